"""Checks of what a street is set up with: routing table, boundaries, posts, calendar."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridloop.core.access import Role
from gridloop.core.errors import GridloopError
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.core.partition import partition_report
from gridloop.offices.cases.actions.tables import findings_of
from gridloop.offices.cases.models import Case, RoutingTable
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.chapters import Proposed
from gridloop.offices.organisation.keeping.posts import gaps_of
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.models import Clock
from gridloop.offices.territory import queries as territory
from gridloop.offices.territory.models import Grid
from gridloop.site.checks.finding import ERROR, NOTE, WARNING, Found

SHOWN = 3
MOST_FAULTS = 20
MENDABLE = {"shadowed", "unstaffed", "timed"}
GRAVE_FLAWS = {"gap", "overlap", "outside"}


def check_routing(street: str, *, at: datetime) -> Iterator[Found]:
    """What of its proof the table in force no longer keeps. Where somebody answers all the same (the sub-district in a hole, the unit's next
    shift, the row that takes the shadowed one's cases) it is a warning."""
    published = RoutingTable.objects.filter(street=street, state=RoutingTable.State.PUBLISHED, valid_from__lte=at)
    table = published.order_by("-valid_from", "-version").first()
    if table is None:
        yield Found("routing", ERROR, street, "没有已生效的路由表,不能受理;请起草并由第二个人发布一份。")
        return
    where = f"{street} 路由表第 {table.version} 版"
    if not table.rows:
        yield Found("routing", NOTE, where, "路由表还没有行,事项都由属地兜底;请按职责分工补充。")
        return
    findings = findings_of(table, at=at)
    told = [each for each in findings if each["kind"] != "hole"]
    for each in told[:MOST_FAULTS]:
        yield Found("routing", WARNING if each["kind"] in MENDABLE else ERROR, where, str(each["sentence"]))
    if len(told) > MOST_FAULTS:
        yield Found(
            "routing", WARNING, where, f"另有 {len(told) - MOST_FAULTS} 处不成立;请用 gridloop route prove 查看全部。"
        )
    holes = [str(each["sentence"]) for each in findings if each["kind"] == "hole"]
    if holes:
        more = f"(共 {len(holes)} 处)" if len(holes) > 1 else ""
        yield Found("routing", WARNING, where, f"{holes[0]}{more}")


def check_partition(street: str) -> Iterator[Found]:
    """Where drawn children do not tile their drawn parent. A parent or child without a boundary is not judged."""
    rows = territory.boundaries(street)
    drawn = {row.grid_id: (row.grid, shape(json.loads(row.geometry))) for row in rows}
    children: dict[int, dict[str, BaseGeometry]] = defaultdict(dict)
    for grid, geometry in drawn.values():
        if grid.parent_id in drawn:
            children[grid.parent_id][grid.code] = _areas(geometry)
    for parent, parts in children.items():
        yield from _flaws(street, *drawn[parent], parts)


def _areas(geometry: BaseGeometry) -> BaseGeometry:
    """The polygonal part: a repaired boundary may drag a line along."""
    if geometry.geom_type.endswith("Polygon"):
        return geometry
    united: BaseGeometry = shapely.union_all(
        [part for part in shapely.get_parts(geometry) if part.geom_type.endswith("Polygon")]
    )
    return united


def _flaws(street: str, parent: Grid, geometry: BaseGeometry, parts: dict[str, BaseGeometry]) -> Iterator[Found]:
    where = f"{street} {parent.name}"
    if parent.children.filter(valid_until__isnull=True).exclude(code__in=list(parts)).exists():
        yield Found("partition", NOTE, where, "有的下级网格还没有边界,暂不核对是否拼满;请补画。")
        return
    try:
        report = partition_report(_areas(geometry), parts)
    except GridloopError as error:
        yield Found("partition", ERROR, where, error.sentence)
        return
    grave = [flaw for flaw in report.flaws if flaw.kind in GRAVE_FLAWS]
    for flaw in grave[:SHOWN]:
        yield Found("partition", ERROR, where, flaw.sentence)
    if len(grave) > SHOWN:
        yield Found("partition", ERROR, where, f"另有 {len(grave) - SHOWN} 处空白、重叠或越界;请逐处改正边界。")
    for flaw in [flaw for flaw in report.flaws if flaw.kind == "contested"][:SHOWN]:
        yield Found("partition", WARNING, where, flaw.sentence)


def check_posts(street: str, *, at: datetime) -> Iterator[Found]:
    """A vacant duty desk is an error as soon as there is a case to answer for; any other flaw of staffing is a warning.

    The same look as a change-set's check has (``organisation.staffing``): posts vacant now or later, and held by several at once.
    """
    if not organisation.people_with_roles(street, roles=(Role.DUTY_DESK,), at=at):
        has_cases = Case.objects.filter(street=street, state__in=LIVE_STATES).exists()
        yield Found("posts", ERROR if has_cases else WARNING, street, "值班受理岗无人在岗;请任命一位,否则不能受理。")
    for gap in gaps_of(Proposed(street, at)):
        if gap.post.role != Role.DUTY_DESK or gap.kind != "vacant":
            yield Found("posts", WARNING, f"{street} {gap.post.code}", gap.sentence)


def check_calendar(street: str, *, at: datetime) -> Iterator[Found]:
    """This year must be published; next year is wanted; deadlines that rest on an unpublished year are counted."""
    try:
        _, calendar = supervision.calendar_in_force(street)
    except GridloopError as error:
        yield Found("calendar", ERROR, street, error.sentence)
        return
    where = f"{street} 日历第 {calendar.version} 版"
    year = calendar.local(at).year
    provisional = Clock.objects.filter(street=street, is_provisional=True).exclude(state=Clock.State.STOPPED).count()
    if provisional:
        yield Found(
            "calendar", WARNING, where, f"有 {provisional} 个时限是暂定的;放假安排公布后请 gridloop import calendar。"
        )
    for wanted, severity in ((year, WARNING), (year + 1, NOTE)):
        if calendar.is_provisional(wanted):
            yield Found("calendar", severity, where, f"{wanted} 年的放假安排还没有载入,工作日时限将按周一至周五暂计。")
