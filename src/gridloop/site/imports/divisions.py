"""Importing the real tree: district → sub-districts → communities, from the official division codes.

Two files are understood, told apart by their header: communities (``code,name,street_code,street_name,area_code,area_name``) and
sub-districts alone (``code,name,area_code,area_name``). Each sub-district becomes a street that can take cases: its office as the
backstop unit, a level-1 grid, the shipped calendar and deadline profiles, a first routing table in which everything
falls to the office. Each community becomes a level-2 grid (村 by its committee's name, else 社区). Nothing is synthetic.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gridloop.core.access import SYSTEM
from gridloop.core.errors import GridloopError, WrongInput
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Street
from gridloop.offices.territory import actions as territory
from gridloop.offices.territory import queries as places
from gridloop.site.founding import GridPlan, StreetPlan, UnitPlan, found
from gridloop.site.imports.reading import Row, Sheet, read_sheet
from gridloop.site.imports.tally import ADDED, EXISTING, Tally, put_rows

COLUMNS = {
    "code": ("代码", "统计用区划代码"),
    "name": ("名称",),
    "street_code": ("街道代码",),
    "street_name": ("街道名称", "街道"),
    "area_code": ("区划代码", "区县代码"),
    "area_name": ("区县名称", "区县"),
}
REQUIRED = ("code", "name", "area_code", "area_name")
OFFICES = (("街道", "办事处"), ("镇", "人民政府"), ("乡", "人民政府"))


def import_divisions(path: Path, *, at: datetime, dry_run: bool = False) -> Tally:
    """The streets and communities of the file stand in the tree; read again, it adds nothing."""
    sheet = read_sheet(path, columns=COLUMNS, required=REQUIRED)
    tally = Tally("divisions", dry_run)
    tally.begin(sheet)
    counts = {"streets": 0, "streets_added": 0, "communities": 0}
    tally.details = counts
    if "street_code" in sheet.header:
        _put_communities(tally, sheet, counts, at=at)
    else:
        put_rows(tally, sheet.rows, lambda row: _put_street(_street_of(row), counts, at=at), column="code")
    return tally


def _put_communities(tally: Tally, sheet: Sheet, counts: dict[str, int], *, at: datetime) -> None:
    """The sub-districts named in the file first, then the communities in each."""
    ill: dict[str, GridloopError] = {}
    for street in {row.cells.get("street_code", ""): row for row in sheet.rows}.values():
        try:
            _put_street(_parent_of(street), counts, at=at)
        except GridloopError as error:
            ill[street.cells.get("street_code", "")] = error

    def put(row: Row) -> str:
        if row.cells.get("street_code", "") in ill:
            raise ill[row.cells.get("street_code", "")]
        counts["communities"] += 1
        return _put_community(row, at=at)

    put_rows(tally, sheet.rows, put, column="street_code")


def _street_of(row: Row) -> tuple[str, str, str, str]:
    """Code, name, district and its name, from a row that is a sub-district."""
    cells = row.cells
    return cells["code"], cells["name"], cells["area_code"], cells["area_name"]


def _parent_of(row: Row) -> tuple[str, str, str, str]:
    """The same, from a row that is a community."""
    cells = row.cells
    return cells.get("street_code", ""), cells.get("street_name", ""), cells["area_code"], cells["area_name"]


def _put_street(street: tuple[str, str, str, str], counts: dict[str, int], *, at: datetime) -> str:
    """The street exists and can take cases. Raises WrongInput for a code that is none."""
    code, name, district, district_name = street
    _must_be_code(code, "街道代码", size=9)
    _must_be_code(district, "区划代码", size=6)
    if not name:
        raise WrongInput("import.no_name", "街道名称不能为空;请补上。", field="street_name")
    if not code.startswith(district):
        raise WrongInput(
            "import.code_mismatch", f"街道代码 {code} 不在区划 {district} 之下;请核对。", field="area_code"
        )
    counts["streets"] += 1
    if Street.objects.filter(code=code).exists():
        return EXISTING
    found(_plan(code, name, district, district_name), at=at)
    counts["streets_added"] += 1
    return ADDED


def _must_be_code(code: str, what: str, *, size: int) -> None:
    if not (code.isascii() and code.isdigit() and len(code) == size):
        raise WrongInput(
            "import.bad_code", f"{what}“{code}”应是 {size} 位数字;请核对(表格软件可能吃掉了前导零)。", field="code"
        )


def _plan(code: str, name: str, district: str, district_name: str) -> StreetPlan:
    """What a street starts with when all that is known are its code and name."""
    return StreetPlan(
        code=code, slug=code, name=name, district=district, district_name=district_name,
        units=(UnitPlan("office", office_name(name), kind="street_office", is_backstop=True),),
        grids=(GridPlan(code, name, "street"),),
        people=(), categories=(), routes=(), is_synthetic=False,
    )  # fmt: skip


def office_name(street: str) -> str:
    """What the office of a division is called: 街道办事处, 镇人民政府, else 管理机构."""
    return next((street + office for ending, office in OFFICES if street.endswith(ending)), f"{street}管理机构")


def _put_community(row: Row, *, at: datetime) -> str:
    code, street = row.cells["code"], row.cells["street_code"]
    _must_be_code(code, "社区代码", size=12)
    if not code.startswith(street):
        raise WrongInput("import.code_mismatch", f"社区代码 {code} 不在街道 {street} 之下;请核对。", field="code")
    top = next((grid for grid in places.grids(street) if grid.level == 1), None)
    if top is None:
        raise WrongInput("import.no_top_grid", f"街道 {street} 没有一级网格;请先登记。", field="street_code")
    if any(grid.code == code for grid in places.grids(street)):
        return EXISTING
    territory.add_grid(
        by=SYSTEM,
        at=at,
        street=street,
        code=code,
        name=row.cells["name"],
        kind=kind_of(row.cells["name"]),
        parent=top.code,
    )
    return ADDED


def kind_of(name: str) -> str:
    """村 by the name of its committee (…村委会), else 社区."""
    return "village" if name.endswith(("村委会", "村民委员会", "村")) else "community"


def tree() -> list[dict[str, object]]:
    """The streets and their grids, as ``gridloop tree --json`` prints them."""
    return [
        {
            "code": street.code, "slug": street.slug, "name": street.name, "district": street.district,
            "district_name": street.district_name,
            "grids": [
                {"code": grid.code, "name": grid.name, "level": grid.level, "kind": grid.kind, "path": grid.path}
                for grid in places.grids(street.code)
            ],
        }
        for street in organisation.streets()
    ]  # fmt: skip
