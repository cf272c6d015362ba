"""The grid map: the street's cells with the open cases on them, and beside it who holds the posts of each grid.

The page holds everything as a list and as a drawing; the script (``frontend/src/atlas.ts``) puts a map over the drawing for whoever
opens it. A street of thousands of cells is shown level by level: ``?level=`` how deep, ``?within=`` below which grid.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.access import lies_in
from gridloop.offices.cases.queries import pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.atlas_tiles import Tiles, tiles
from gridloop.web.atlas_words import FLAW_LABELS, area_words, where_words
from gridloop.web.drawing import Drawing, Point, Shape, draw
from gridloop.web.posts import GRID_ROLES, PostShown, post_shown
from gridloop.web.reader import Reader, staff
from gridloop.web.scope import scope_of

MOST_ROWS = 150
MOST_DRAWN = 150
MOST_MARKS = 100
MOST_FLAWS = 20

Counts = Mapping[str, tuple[int, int]]


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
    deeper: str


@dataclass(frozen=True, slots=True)
class LevelDoor:
    """One level to switch to: how many grids it has."""

    level: int
    n: int
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class FlawRow:
    """One place where the boundaries do not tile."""

    label: str
    kind: str
    where: str
    area: str


@require_safe
@staff
def atlas(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/atlas/?level=3&within=C1"""
    layer = territory.layer(street=reader.street.code, version=reader.street.version)
    level, within = _chosen(request, reader, layer)
    placed = with_above(pages.open_counts_by_place(reader.actor, at=reader.at))
    rows, more = _rows(reader, layer.lines, placed, level=level, within=within)
    flaws = territory.flaws(street=reader.street.code, version=reader.street.version)
    below = tiles()
    scope = scope_of(
        reader.street, within.path if within else "", counted=lambda path: str(placed[path][0]) if placed.get(path, (0, 0))[0] else "",
        address=lambda grid: f"{reverse('atlas')}?{urlencode({'within': grid.code})}" if grid else reverse("atlas"),
    )  # fmt: skip
    page = {
        "scope": scope,
        "map": _drawing(reader, layer, placed, level=level, within=within), "rows": rows, "more": more, "shown": placed.get("", (0, 0))[0],
        "levels": _doors(layer, level=level, within=within), "within": within, "tiles": below,
        "flaws": [_flaw_row(each) for each in flaws[:MOST_FLAWS]], "n_flaws": len(flaws),
        "script": _script(reader, level=level, below=below), "can_draw": bool(layer.cells),
    }  # fmt: skip
    return render(request, "console/atlas.html", page)


def with_above(placed: Counts) -> dict[str, tuple[int, int]]:
    """For every path how many lie there or below, and how many of them are late; under ``""`` all of them."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for place, (n, late) in placed.items():
        parts = place.split("/")
        for end in range(len(parts) + 1):
            path = "/".join(parts[:end])
            found[path] = (found[path][0] + n, found[path][1] + late)
    return dict(found)


def _chosen(request: HttpRequest, reader: Reader, layer: territory.Layer) -> tuple[int, Any]:
    """The level and the grid within which; by default as deep as still fits on a page."""
    asked = request.GET.get("within", "")
    within = territory.grid(reader.street.code, asked) if asked else None
    levels = [level for level, _n in layer.levels] or [1]
    fits, total = levels[0], 0
    for level, n in layer.levels:
        total += n
        fits = level if total <= MOST_ROWS else fits
    if within:
        return within.level + 1, within
    wanted = request.GET.get("level", "")
    return (int(wanted) if wanted.isdecimal() and int(wanted) in levels else fits), None


def _doors(layer: territory.Layer, *, level: int, within: Any) -> list[LevelDoor]:
    return [
        LevelDoor(each, n, f"{reverse('atlas')}?{urlencode({'level': each})}", each == level and not within)
        for each, n in layer.levels
    ]


def _drawing(reader: Reader, layer: territory.Layer, placed: Counts, *, level: int, within: Any) -> Drawing | None:
    """The cells of the level (and shallower ones with nothing below), linked to their cases; None without boundaries."""
    cells = [each for each in layer.cells if each.level == level or (each.is_leaf and each.level < level)]
    if within:
        cells = [each for each in cells if lies_in(each.path, within.path)]
    if len(cells) > MOST_DRAWN:
        cells = [each for each in layer.cells if each.level == level - 1]
    if not cells:
        return None
    shapes = [
        Shape(each.code, each.name, each.geometry, _tone(each.path, placed), address=_cases_at(each.path))
        for each in cells[:MOST_DRAWN]
    ]
    inside = pages.open_points(reader.actor, limit=MOST_MARKS)
    marks = [
        Point(
            each.lon,
            each.lat,
            each.title,
            reverse("case", args=[each.ref]),
            "bad" if _is_late(each, reader) else "open",
        )
        for each in inside
        if each.lon is not None and each.lat is not None and not within
    ]
    return draw(shapes, points=marks, label=_("网格图"), is_synthetic=any(each.is_synthetic for each in cells))


def _cases_at(path: str) -> str:
    return f"{reverse('cases')}?state=live&place={path}"


def _is_late(case: pages.Case, reader: Reader) -> bool:
    return case.is_late or (case.due_at is not None and case.answered_at is None and case.due_at < reader.at)


def _tone(path: str, placed: Counts) -> str:
    n, late = placed.get(path, (0, 0))
    return "bad" if late else "warn" if n else ""


def _rows(
    reader: Reader, every: tuple[territory.GridLine, ...], placed: Counts, *, level: int, within: Any
) -> tuple[list[GridRow], int]:
    """The grids in tree order down to the level, and how many are not shown; a community without a grid worker shows 缺岗."""
    by_place: dict[str, list[PostShown]] = defaultdict(list)
    for post in organisation.posts(reader.street.code):
        if post.role in GRID_ROLES:
            by_place[post.place].append(post_shown(post, at=reader.at))
    found = [grid for grid in every if grid.level <= level and (within is None or lies_in(grid.path, within.path))]
    top = min((grid.level for grid in found), default=1)
    rows = [
        GridRow(
            grid.code, grid.name, grid.kind_label, grid.level - top, tuple(_briefly(post, grid.name) for post in by_place.get(grid.path, ())),
            *placed.get(grid.path, (0, 0)), address=_cases_at(grid.path),
            deeper=f"{reverse('atlas')}?{urlencode({'within': grid.code})}" if grid.has_below and grid.level >= level else "",
        )
        for grid in found[:MOST_ROWS]
    ]  # fmt: skip
    return rows, max(len(found) - MOST_ROWS, 0)


def _briefly(post: PostShown, grid: str) -> PostShown:
    """The post without the name of the grid it stands under: 网格长, not 汇泉东社区第1网格网格长."""
    return replace(post, title=post.title.removeprefix(grid) or post.title)


def _flaw_row(each: territory.Placed) -> FlawRow:
    return FlawRow(str(FLAW_LABELS[each.flaw.kind]), each.flaw.kind, where_words(each), area_words(each.flaw.area_m2))


def _script(reader: Reader, *, level: int, below: Tiles) -> str:
    """What the script needs, as JSON: addresses of the layers, the level, tiles, and its words in the reader's language."""
    told = {
        "grids": reverse("atlas_grids", args=[reader.street.slug, reader.street.version]),
        "flaws": reverse("atlas_flaws", args=[reader.street.slug, reader.street.version]),
        "cases": reverse("atlas_cases"),
        "posts": reverse("atlas_posts"),
        "list": f"{reverse('cases')}?state=live&place=",
        "level": level,
        "sheet": static("gridloop/map.css"),
        "tiles": list(below.addresses),
        "credit": " ".join(part for part in (below.credit, below.note) if part),
        "words": map_words(),
    }
    return json.dumps(told, ensure_ascii=False)


def map_words() -> dict[str, str]:
    """The words of the map itself."""
    return {
        "map": _("地图:方向键移动,加号减号缩放,回车看正中的网格,退出键关闭"), "close": _("关闭"), "open": _("未销号 {n} 件"),
        "late": _("超期 {n} 件"), "isLate": _("已超期"), "vacant": _("缺岗"), "noPost": _("未设岗"), "see": _("看其中的事项"), "case": _("看这一件"),
        "area": _("约 {n} 平方米"), "zoomIn": _("放大"), "zoomOut": _("缩小"), "failed": _("地图没有打开,请用下面的图和旁边的清单。"),
        "ready": _("地图已打开。"), "opening": _("正在打开地图……"),
    }  # fmt: skip
