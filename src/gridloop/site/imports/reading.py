"""Reading what people hand in: CSV in the encodings that spreadsheets really write, plain or gzipped, .xlsx, and JSON.

Terms: a *row number* is the one a spreadsheet shows, the header being row 1. A *rejection* names the row, the column and what to do.

Guarantees: UTF-8 (with or without BOM), UTF-16 with BOM and GB18030 (and so GBK, GB2312) are recognised, and commas, semicolons or tabs
between the cells; of an .xlsx the first sheet is read; a row whose cells do not fit
the header is rejected by name, never guessed; blank rows are passed over. No Django here.

Worked example::

    sheet = read_sheet(Path("units.csv"), columns={"code": ("代码",), "name": ("名称",)}, required=("code", "name"))
    sheet.rows[0].number, sheet.rows[0].cells["code"]      # 2, "urban"
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridloop.core.cells import text_of
from gridloop.core.errors import WrongInput

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
WORKBOOK = b"PK\x03\x04"
GZIP = b"\x1f\x8b"
LARGEST = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Rejection:
    """One thing of a file that did not go in: where it stands and what to do about it."""

    row: int
    column: str
    reason: str

    @property
    def sentence(self) -> str:
        return f"第 {self.row} 行“{self.column}”:{self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its spreadsheet row number and its trimmed cells by column name."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's records, the rows that could not be read as such, and the encoding it was written in."""

    rows: tuple[Row, ...]
    rejected: tuple[Rejection, ...]
    encoding: str
    header: tuple[str, ...] = field(default=())

    @property
    def count(self) -> int:
        """How many records the file holds, readable or not."""
        return len({row.number for row in self.rows} | {each.row for each in self.rejected})


def read_text(path: Path) -> tuple[str, str]:
    """The file's text and its encoding. Raises WrongInput when it cannot be opened, unzipped or decoded."""
    content = _content(path)
    try:
        return text_of(content)
    except UnicodeDecodeError as fault:
        sentence = f"文件“{path.name}”既不是 UTF-8 也不是 GB18030;请另存为 UTF-8 的 CSV 再导入。"
        raise WrongInput("import.encoding", sentence, file=str(path), position=fault.start) from fault


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        if content.startswith(GZIP):
            with gzip.open(io.BytesIO(content)) as file:
                content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as fault:
        raise WrongInput(
            "import.unreadable", f"打不开文件“{path.name}”({fault});请核对路径和权限。", file=str(path)
        ) from fault
    if len(content) > LARGEST:
        raise WrongInput("import.too_large", f"文件“{path.name}”超过 512 MB;请拆开再导入。", file=str(path))
    return content


def read_json(path: Path) -> Any:
    """The file's JSON document. Raises WrongInput when it is none."""
    text, _ = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as fault:
        sentence = f"文件“{path.name}”第 {fault.lineno} 行不是合法的 JSON;请重新导出。"
        raise WrongInput("import.not_json", sentence, file=str(path), line=fault.lineno) from fault


def read_sheet(
    path: Path, *, columns: Mapping[str, Sequence[str]], required: Sequence[str] = (), strict: bool = False
) -> Sheet:
    """The records of a CSV file under the names in ``columns``, each with the other headers that mean the same.

    Columns not named are left out, or with ``strict`` refused. Raises WrongInput when a required column is missing; a row
    with a missing required cell or more cells than the header is rejected, not raised.
    """
    titles, lines, encoding = read_grid(path)
    header = _header(titles, columns)
    _must_have(path, header, {name: columns[name] for name in required})
    unknown = [name for name in header if name and name not in columns]
    if strict and unknown:
        raise WrongInput(
            "import.unknown_column", f"文件“{path.name}”有不认识的列:{'、'.join(unknown)};请改正表头。", columns=unknown
        )
    rows: list[Row] = []
    rejected: list[Rejection] = []
    for number, cells in lines:
        row, faults = _row(number, cells, header, required)
        rejected += faults
        rows += [row] if not faults else []
    return Sheet(tuple(rows), tuple(rejected), encoding, tuple(header))


def read_records(
    path: Path, *, required: Mapping[str, Sequence[str]] | None = None
) -> list[tuple[int, dict[str, str]]]:
    """Every record with its row number under the headers as they stand; too many cells come under ``(多出的格)``.

    Raises WrongInput when the header has no column of a required name (or of what else it may be called).
    """
    titles, lines, _ = read_grid(path)
    header = [title.strip().lstrip("\ufeff") for title in titles]
    _must_have(path, header, required or {})
    found = []
    for number, cells in lines:
        record = {title: _tidy(cell) for title, cell in zip(header, cells, strict=False)}
        if any(cell.strip() for cell in cells[len(header) :]):
            record["(多出的格)"] = "、".join(cells[len(header) :])
        found.append((number, record))
    return found


def read_grid(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]], str]:
    """The header, the records that hold anything with their row numbers, and the encoding (``xlsx`` for a workbook)."""
    if is_workbook(path):
        first, *others = workbook_rows(path) or [[]]
        return (
            first,
            ((number, cells) for number, cells in enumerate(others, start=2) if any(map(str.strip, cells))),
            "xlsx",
        )
    text, encoding = read_text(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    return next(lines, []), _records(lines, path), encoding


def is_workbook(path: Path) -> bool:
    """Whether the file is an .xlsx, whatever it is called."""
    try:
        with path.open("rb") as file:
            return file.read(4) == WORKBOOK
    except OSError:
        return False  # reading the text says why


def workbook_rows(path: Path) -> list[list[str]]:
    """The rows of the first sheet as text. Raises WrongInput when it is none."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        return [[_said(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except Exception as fault:  # a damaged archive fails in as many ways as it has parts
        sentence = f"打不开工作簿“{path.name}”;请另存为 .xlsx 或 CSV 再试。"
        raise WrongInput("import.unreadable", sentence, file=str(path)) from fault


def _said(cell: Any) -> str:
    """A cell as text: a whole number without its point."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15 else str(cell)


def _delimiter(text: str) -> str:
    """What parts the titles: a tab or a semicolon only where there is no comma."""
    titles = text.partition("\n")[0]
    return "," if "," in titles else next((each for each in "\t;" if each in titles), ",")


def _must_have(path: Path, header: Sequence[str], required: Mapping[str, Sequence[str]]) -> None:
    missing = [name for name, aliases in required.items() if not {name, *aliases} & set(header)]
    if missing:
        wanted = "、".join("/".join((name, *required[name])) for name in missing)
        raise WrongInput(
            "import.no_column", f"文件“{path.name}”缺少列:{wanted};请补上表头。", file=str(path), columns=missing
        )


def _header(titles: Sequence[str], columns: Mapping[str, Sequence[str]]) -> list[str]:
    """The header under our names, capitals or not; titles we do not know stay as they are."""
    ours = {alias.casefold(): name for name, aliases in columns.items() for alias in (name, *aliases)}
    tidied = [title.strip().lstrip("\ufeff").strip() for title in titles]
    return [ours.get(title.casefold(), title) for title in tidied]


def _records(lines: Iterator[list[str]], path: Path) -> Iterator[tuple[int, list[str]]]:
    """Records that hold anything, numbered as a spreadsheet does. Raises WrongInput where the quotes do not pair."""
    number = 1
    try:
        for number, cells in enumerate(lines, start=2):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as fault:
        raise WrongInput(
            "import.bad_csv", f"文件“{path.name}”第 {number + 1} 行的引号或分隔不对({fault});请修正。", row=number + 1
        ) from fault


def _tidy(cell: str) -> str:
    """Without blanks around it, and without the null characters that no database keeps."""
    return cell.replace("\x00", "").strip()


def _row(
    number: int, cells: Sequence[str], header: Sequence[str], required: Sequence[str]
) -> tuple[Row, list[Rejection]]:
    """The record, and what is wrong with its shape."""
    named = {name: _tidy(cell) for name, cell in zip(header, cells, strict=False) if name}
    faults = []
    if any(cell.strip() for cell in cells[len(header) :]):
        faults.append(
            Rejection(number, "(多出的格)", f"有 {len(cells)} 格,表头只有 {len(header)} 列;请检查逗号和引号。")
        )
    faults += [Rejection(number, name, "不能为空;请补上。") for name in required if not named.get(name)]
    return Row(number, named), faults
