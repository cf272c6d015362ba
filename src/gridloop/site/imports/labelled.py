"""Reading texts to classify, with or without their labels, from the CSV files people have.

Columns: the text is ``text`` (内容), or ``tokens`` (a text cut into words), or 留言主题 with 留言详情; the label is ``label``, 一级标签 or
一级分类. Plain or gzipped, UTF-8 (with or without BOM), UTF-16 or GB18030. Rows without a text, or without the label asked for, and rows
that do not fit the header are left out and named by file, row and column, never guessed. No Django here.

Worked example::

    found = read_labelled([Path("labelled.csv")])
    found.examples.labels[0], [each.sentence for each in found.left_out]
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gridloop.core.calibration import Examples
from gridloop.core.errors import WrongInput
from gridloop.core.learning import Hints
from gridloop.core.model_card import Source
from gridloop.site.imports.reading import Rejection, Sheet, read_sheet, read_text

COLUMNS = {
    "text": ("text", "内容", "留言内容"), "tokens": ("tokens", "分词"), "title": ("留言主题", "主题"), "body": ("留言详情", "详情"),
    "label": ("一级标签", "一级分类", "label", "标签"), "id": ("id", "留言编号", "编号"),
}  # fmt: skip
TREE = {"first": ("一级分类", "一级"), "second": ("二级分类", "二级"), "third": ("三级分类", "三级")}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not used: its file, where in it, and why."""

    file: str
    rejection: Rejection

    @property
    def sentence(self) -> str:
        return f"{self.file} {self.rejection.sentence}"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Examples, the source of each file, and the rows that were not used."""

    examples: Examples
    sources: tuple[Source, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One text to classify: its id (the row number where the file has none) and what was said."""

    id: str
    text: str


def read_labelled(paths: Sequence[Path]) -> Labelled:
    """All labelled rows of the files. Raises WrongInput when a file cannot be read, lacks a column or has no usable row."""
    texts: list[str] = []
    labels: list[str] = []
    origins: list[int] = []
    sources: list[Source] = []
    left_out: list[LeftOut] = []
    for number, path in enumerate(paths):
        sheet = _sheet(path)
        if "label" not in sheet.header:
            raise WrongInput("classify.no_label", "缺少标签列:一级标签、一级分类 或 label;请补上表头。", file=path.name)
        own_names = _own_names(path)
        told = [(row.number, text_of(row.cells), row.cells.get("label", "").strip()) for row in sheet.rows]
        good = [(text, label) for _, text, label in told if text and label]
        if not good:
            raise WrongInput("classify.no_rows", f"{path.name} 里没有既有内容又有标签的行;请核对。", file=path.name)
        faults = [
            *sheet.rejected,
            *(fault for row, text, label in told for fault in _faults(row, text, label, own_names)),
        ]
        left_out += [LeftOut(path.name, fault) for fault in sorted(faults, key=lambda fault: fault.row)]
        texts += [text for text, _ in good]
        labels += [label for _, label in good]
        origins += [number] * len(good)
        sources.append(Source(path.name, len(good), fingerprint_of(path)))
    return Labelled(Examples(tuple(texts), tuple(labels), tuple(origins)), tuple(sources), tuple(left_out))


def read_told(paths: Sequence[Path]) -> tuple[list[Told], tuple[LeftOut, ...]]:
    """All texts of the files, labelled or not, in order, and the rows that do not fit their header; an empty text stays, so that the
    answer has a row for it. Raises WrongInput as :func:`read_labelled` does.
    """
    sheets = [(path.name, _sheet(path)) for path in paths]
    told = [
        Told(row.cells.get("id") or str(row.number), text_of(row.cells)) for _, sheet in sheets for row in sheet.rows
    ]
    return told, tuple(LeftOut(name, fault) for name, sheet in sheets for fault in sheet.rejected)


def _own_names(path: Path) -> dict[str, str]:
    """What this file calls the columns we know."""
    header = [
        title.strip().lstrip("\ufeff") for title in next(csv.reader(io.StringIO(read_text(path)[0], newline="")), [])
    ]
    return {name: title for title in header for name, aliases in COLUMNS.items() if title in (name, *aliases)}


def _faults(number: int, text: str, label: str, own_names: Mapping[str, str]) -> list[Rejection]:
    """What a row lacks; the column is called as the file calls it."""
    column = next(name for name in ("text", "tokens", "title", "body") if name in own_names)
    missing = [name for name, there in ((column, text), ("label", label)) if not there]
    return [Rejection(number, own_names[name], "是空的,此行未用;请补上。") for name in missing]


def text_of(cells: Mapping[str, str]) -> str:
    """What was said: the text, else the words, else subject and body."""
    found = cells.get("text") or cells.get("tokens")
    return found or "\n".join(part for part in (cells.get("title", ""), cells.get("body", "")) if part)


def hints_from(categories: Path | None, others: Sequence[Path]) -> Hints:
    """Hints from a tree of categories (一级分类, 二级分类, 三级分类) and files of messages without labels.

    Each second-level category is a short text of its names, each third-level one another; both are labelled by the first level.
    """
    rows = [tuple(row.cells.get(name, "") for name in TREE) for row in read_sheet(categories, columns=TREE, required=("first",)).rows] if categories else []  # fmt: skip
    below: dict[tuple[str, str], list[str]] = {}
    for first, second, third in rows:
        below.setdefault((first, second), []).extend([third] if third else [])
    texts = [f"{second or first}\n{' '.join([second, *thirds, first])}" for (first, second), thirds in below.items()]
    texts += [f"{third}\n{second} {third}" for (_first, second), thirds in below.items() for third in thirds]
    labels = [first for first, _second in below] + [first for (first, _), thirds in below.items() for _third in thirds]
    told, _left_out = read_told(others) if others else ([], ())
    return Hints(tuple(texts), tuple(labels), tuple(each.text for each in told if each.text))


def fingerprint_of(path: Path) -> str:
    """The SHA-256 of the file as it lies there."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sheet(path: Path) -> Sheet:
    sheet = read_sheet(path, columns=COLUMNS)
    if not {"text", "tokens", "title", "body"} & set(sheet.header):
        raise WrongInput(
            "classify.no_text", "缺少内容列:text、tokens,或 留言主题 与 留言详情;请补上表头。", file=path.name
        )
    return sheet
