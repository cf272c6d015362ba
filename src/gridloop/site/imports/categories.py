"""Importing the category tree: 一级分类, 二级分类, 三级分类 (or one column ``path`` with 甲/乙/丙); a row is one path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from gridloop.core.access import SYSTEM
from gridloop.core.errors import WrongInput
from gridloop.offices.cases.actions.classification import set_signs
from gridloop.offices.cases.actions.tables import add_category
from gridloop.offices.cases.models import Category
from gridloop.site.imports.reading import Row, read_sheet
from gridloop.site.imports.tally import ADDED, EXISTING, Tally, put_rows

COLUMNS = {
    "path": ("路径", "类别"), "first": ("一级分类", "一级"), "second": ("二级分类", "二级"), "third": ("三级分类", "三级"),
    "description": ("说明",), "labels": ("模型标签",), "words": ("标志词",),
}  # fmt: skip
LEVELS = ("first", "second", "third")
LONGEST = 120


def import_categories(path: Path, *, at: datetime, street: str, dry_run: bool = False) -> Tally:
    """The file's categories stand in the street's tree with every category above them."""
    sheet = read_sheet(path, columns=COLUMNS)
    if "path" not in sheet.header and "first" not in sheet.header:
        raise WrongInput(
            "import.no_column", "缺少列:一级分类(可加 二级分类、三级分类),或 路径;请补上表头。", file=path.name
        )
    tally = Tally("categories", dry_run)
    tally.begin(sheet)
    known = set(Category.objects.filter(street=street).values_list("path", flat=True))

    def put(row: Row) -> str:
        wanted = path_of(row.cells)
        if wanted in known:
            return EXISTING
        add_category(by=SYSTEM, at=at, street=street, path=wanted, description=row.cells.get("description", "")[:200])
        known.update("/".join(wanted.split("/")[:end]) for end in range(1, wanted.count("/") + 2))
        _set_signs(row, wanted, street=street, at=at)
        return ADDED

    put_rows(tally, sheet.rows, put, column="path")
    return tally


def _set_signs(row: Row, path: str, *, street: str, at: datetime) -> None:
    """What the category answers to, where the file says so; several are divided by 、 or a semicolon."""
    labels, words = _parts(row.cells.get("labels", "")), _parts(row.cells.get("words", ""))
    if labels or words:
        set_signs(by=SYSTEM, at=at, street=street, path=path, labels=labels, words=words)


def _parts(cell: str) -> list[str]:
    return [part for part in re.split("[、;;|]", cell) if part.strip()]


def path_of(cells: Mapping[str, str]) -> str:
    """The row's path. Raises WrongInput for a gap between levels, a slash within a name, or a path too long."""
    if cells.get("path"):
        return _fitting(cells["path"].strip("/"))
    parts = [cells.get(level, "") for level in LEVELS]
    filled = [part for part in parts if part]
    if not filled or parts[: len(filled)] != filled:
        raise WrongInput("import.category_gap", "上一级分类是空的;请从一级起依次填写。", field="first")
    if any("/" in part for part in filled):
        raise WrongInput("import.category_slash", f"分类名“{'、'.join(filled)}”里不能有“/”;请改写。", field="third")
    return _fitting("/".join(filled))


def _fitting(path: str) -> str:
    if len(path) > LONGEST or any(len(part) > 60 for part in path.split("/")):
        raise WrongInput("import.category_long", f"分类路径有 {len(path)} 字,超过限度;请缩短名称。", field="path")
    return path
