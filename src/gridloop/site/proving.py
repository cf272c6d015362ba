"""The ground that ``gridloop route prove`` stands on: a street's, or what its files say.

Terms: see ``core/table_proof.py``. A unit is *on duty* while anybody holds one of its posts, or stands in on one; a unit without posts of
its own (the gas company, a district department) is reached by the duty desk, and so is on duty when the desk is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from gridloop.core.access import Role
from gridloop.core.errors import WrongInput
from gridloop.core.hops import UnitAbove, units_above
from gridloop.core.profile import Profile
from gridloop.core.route_row import RouteRow, rows_from_records
from gridloop.core.staffing import Stretch
from gridloop.core.table_proof import Duty, Ground
from gridloop.offices.supervision.seed import shipped_calendar, shipped_profiles
from gridloop.site.imports.reading import read_records, read_sheet

PATHS = {
    "path": (
        "类别",
        "类别路径",
        "地点",
        "地点路径",
        "网格",
        "路径",
        "category",
        "place",
        "代码",
        "code",
        "名称",
        "name",
    )
}
UNITS = {
    "code": ("代码", "单位代码"), "name": ("名称", "单位名称"), "parent": ("上级", "上级代码"),
    "is_backstop": ("属地兜底", "兜底", "backstop"), "is_superior": ("上级部门", "superior"),
}  # fmt: skip
YES = frozenset({"1", "true", "yes", "是", "y"})


def rows_of(path: Path) -> list[RouteRow]:
    """The rows of a table in a CSV file. Raises WrongInput naming every bad row, column and reason."""
    rows, problems = rows_from_records([record for _, record in read_records(path)])
    if problems:
        told = ";".join(f"{each.row}“{each.column}”{each.reason}" for each in problems)
        raise WrongInput("route.bad_rows", f"路由表“{path.name}”有 {len(problems)} 处要改:{told}", file=str(path))
    return rows


def ground_of_files(*, categories: Path, places: Path, units: Path | None) -> Ground:
    """What the files say; profiles and the calendar are those shipped. Who is on duty no file says."""
    told = list(_records(units)) if units else []
    return Ground(
        categories=_paths(categories), places=_paths(places), units=units_above(told) if units else None, profiles=_by_every_name(shipped_profiles()),
        calendar=shipped_calendar(), year=max(each.year for each in shipped_calendar().years if each.published), names={str(each["code"]): str(each["name"]) for each in told if each["name"]},
    )  # fmt: skip


def ground_of_street(street: str, *, at: datetime, days: int) -> tuple[list[RouteRow], Ground]:
    """The rows in force in the street and all that it knows now; its posts are looked at for so many days."""
    from gridloop.offices.cases.queries.rules import rules_of
    from gridloop.offices.organisation import queries as organisation

    rules = rules_of(street, version=organisation.version_of(street))
    leaves = [path for path, is_leaf in rules.categories.items() if is_leaf]
    places = [cell.path for cell in rules.atlas.by_ref.values()]
    units = organisation.units(street)
    ground = Ground(
        categories=leaves, places=places or [rules.street.place], also_categories=["不确定", ""], also_places=[rules.street.place], units=_above(units),
        profiles={code: profile for code, (_, profile) in rules.profiles.items()}, calendar=rules.calendar, year=rules.calendar.local(at).year,
        duty=duty_of(street, at=at, days=days), names={unit.code: unit.name for unit in units},
    )  # fmt: skip
    return list(rules.table_at(at)[1].rows), ground


def duty_of(street: str, *, at: datetime, days: int) -> Duty:
    """Who is on duty for each unit and each ``unit/post`` from now on for so many days."""
    from gridloop.offices.organisation import queries as organisation

    stretches: defaultdict[str, list[Stretch]] = defaultdict(list)
    desk: list[Stretch] = []
    posts = organisation.posts(street)
    for post in posts:
        held = [Stretch(each.starts_at, each.ends_at) for each in post.holdings.all()]
        stretches[post.unit.code] += held
        stretches[f"{post.unit.code}/{post.code}"] += held
        desk += held if post.role == Role.DUTY_DESK else []
    with_posts = {post.unit.code for post in posts}
    for unit in organisation.units(street):
        if unit.code not in with_posts:
            stretches[unit.code] = desk
    return Duty(at, at + timedelta(days=days), stretches)


def _above(units: Iterable[object]) -> dict[str, UnitAbove]:
    told = [
        {"code": unit.code, "parent": unit.parent.code if unit.parent else "", "is_backstop": unit.is_backstop, "is_superior": unit.is_superior}  # type: ignore[attr-defined]
        for unit in units
    ]  # fmt: skip
    return units_above(told)


def _paths(path: Path) -> list[str]:
    """The first column that names a path, or the only one there is."""
    sheet = read_sheet(path, columns=PATHS, required=("path",))
    return [row.cells["path"].strip("/") for row in sheet.rows]


def _records(path: Path) -> Iterable[dict[str, object]]:
    for row in read_sheet(path, columns=UNITS, required=("code",)).rows:
        cells = row.cells
        yield {
            "code": cells["code"], "name": cells.get("name", ""), "parent": cells.get("parent", ""),
            "is_backstop": cells.get("is_backstop", "").casefold() in YES, "is_superior": cells.get("is_superior", "").casefold() in YES,
        }  # fmt: skip


def _by_every_name(profiles: Sequence[Profile]) -> dict[str, Profile]:
    return {name: each for each in profiles for name in (each.code, each.name, *each.aliases)}
