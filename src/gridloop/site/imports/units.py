"""Importing the units of a street: 代码, 名称, 类别, 上级, 属地兜底, 上级部门, 电话. A unit's parent may stand anywhere in the file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gridloop.core.access import SYSTEM
from gridloop.core.errors import WrongInput
from gridloop.offices.organisation import actions as organisation
from gridloop.offices.organisation.models import Unit
from gridloop.site.imports.reading import Row, read_sheet
from gridloop.site.imports.tally import ADDED, EXISTING, Tally, put_rows

COLUMNS = {
    "code": ("代码", "单位代码"), "name": ("名称", "单位名称"), "kind": ("类别",), "parent": ("上级", "上级代码"),
    "is_backstop": ("属地兜底", "兜底"), "is_superior": ("上级部门",), "phone": ("电话",),
}  # fmt: skip
YES, NO = {"1", "true", "yes", "是", "y"}, {"", "0", "false", "no", "否", "n"}


def import_units(path: Path, *, at: datetime, street: str, dry_run: bool = False) -> Tally:
    """The file's units exist; those whose code exists already are left as they are."""
    sheet = read_sheet(path, columns=COLUMNS, required=("code", "name"), strict=True)
    tally = Tally("units", dry_run)
    tally.begin(sheet)
    put_rows(tally, parents_first(sheet.rows), lambda row: _put_unit(row, street=street, at=at), column="parent")
    return tally


def parents_first(rows: tuple[Row, ...]) -> list[Row]:
    """The rows in an order in which a parent in the file comes before its children; a circle keeps the file's order."""
    waiting = {row.cells["code"]: row for row in rows}
    ordered: list[Row] = []
    while waiting:
        ready = [code for code, row in waiting.items() if row.cells.get("parent", "") not in waiting] or list(waiting)
        ordered += [waiting.pop(code) for code in ready]
    return ordered if len(ordered) == len(rows) else list(rows)


def yes_or_no(text: str, *, field: str) -> bool:
    """是/否, 1/0, true/false; empty means no. Raises WrongInput for anything else."""
    said = text.strip().casefold()
    if said in YES:
        return True
    if said in NO:
        return False
    raise WrongInput("import.yes_or_no", f"“{text}”看不懂;请填 是 或 否。", field=field)


def _put_unit(row: Row, *, street: str, at: datetime) -> str:
    cells = row.cells
    if Unit.objects.filter(street=street, code=cells["code"]).exists():
        return EXISTING
    organisation.add_unit(
        by=SYSTEM, at=at, street=street, code=cells["code"], name=cells["name"], kind=cells.get("kind") or "department",
        parent=cells.get("parent", ""), phone=cells.get("phone", ""),
        is_backstop=yes_or_no(cells.get("is_backstop", ""), field="is_backstop"),
        is_superior=yes_or_no(cells.get("is_superior", ""), field="is_superior"),
    )  # fmt: skip
    return ADDED
