"""The grid map: the street's cells with the open cases on them, and beside it who holds the posts of each grid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gridloop.core.access import Role
from gridloop.offices.cases.queries import pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.drawing import Drawing, Point, draw, shapes_of
from gridloop.web.posts import PostShown, post_shown
from gridloop.web.reader import Reader, staff

GRID_ROLES = frozenset(
    {Role.GRID_LEADER, Role.GRID_WORKER, Role.HEALTH_OFFICER, Role.BUILDING_STEWARD, Role.SERVICE_MANAGER}
)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One grid with the posts that answer for exactly this place, and how many open cases lie in it (``n`` counts below, too)."""

    code: str
    name: str
    kind: str
    depth: int
    posts: tuple[PostShown, ...]
    n: int
    late: int
    address: str


@require_safe
@staff
def atlas(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/atlas/"""
    points = pages.open_points(reader.actor)
    placed = pages.open_counts_by_place(reader.actor, at=reader.at)
    page = {"map": _map(reader, points, placed), "rows": _rows(reader, placed), "shown": len(points)}
    return render(request, "console/atlas.html", page)


def _map(reader: Reader, points: list[pages.Case], placed: dict[str, tuple[int, int]]) -> Drawing | None:
    shapes, is_synthetic = shapes_of(reader.street.code)
    if not shapes:
        return None
    paths = {grid.code: grid.path for grid in territory.grids(reader.street.code)}
    linked = [
        replace(
            each,
            address=f"{reverse('cases')}?state=live&place={paths[each.code]}",
            tone=_tone(paths[each.code], placed),
        )
        for each in shapes
    ]
    marks = [
        Point(
            case.lon,
            case.lat,
            case.title,
            reverse("case", args=[case.ref]),
            "bad" if _is_late(case, reader) else "open",
        )
        for case in points
        if case.lon is not None and case.lat is not None
    ]
    return draw(linked, points=marks, label="网格图", is_synthetic=is_synthetic)


def _is_late(case: pages.Case, reader: Reader) -> bool:
    return case.is_late or (case.due_at is not None and case.answered_at is None and case.due_at < reader.at)


def _tone(path: str, placed: dict[str, tuple[int, int]]) -> str:
    n, late = _within(path, placed)
    return "bad" if late else "warn" if n else ""


def _rows(reader: Reader, placed: dict[str, tuple[int, int]]) -> list[GridRow]:
    """Every grid in tree order; a community without a grid worker shows 缺岗."""
    by_place: dict[str, list[PostShown]] = defaultdict(list)
    for post in organisation.posts(reader.street.code):
        if post.role in GRID_ROLES:
            by_place[post.place].append(post_shown(post, at=reader.at))
    found = territory.grids(reader.street.code)
    top = min((grid.level for grid in found), default=1)
    return [
        GridRow(
            grid.code, grid.name, grid.get_kind_display(), grid.level - top, tuple(by_place.get(grid.path, ())), *_within(grid.path, placed),
            address=f"{reverse('cases')}?state=live&place={grid.path}",
        )
        for grid in found
    ]  # fmt: skip


def _within(path: str, placed: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """How many open cases lie at the path or below, and how many of them are late."""
    found = [counts for place, counts in placed.items() if place == path or place.startswith(f"{path}/")]
    return sum(n for n, _late in found), sum(late for _n, late in found)
