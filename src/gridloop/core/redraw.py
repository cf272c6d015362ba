"""Redrawing boundaries: cut a cell by a line, join neighbours, fit a new outline in, and say whether the ground is still covered.

Terms

* an **outline** is a cell with its code, name, parent's code and polygon (WGS-84 degrees);
* the **ground** is what must be covered: a drawn parent, or, where no parent is drawn, everything that was covered before
  together with everything that is covered now, without the holes in it;
* a **declared hole** (申报空洞) is ground that no cell is meant to cover (a reservoir, a barracks), with a reason; where a cell
  covers it after all, the hole ends there.

Guarantees: cutting and joining neither lose nor add ground; fitting in leaves the union of the cells as it was, plus what the
new outline adds outside; nothing here rounds a coordinate, so a corner shared before is shared after.

Worked example::

    >>> from shapely import box
    >>> larger, smaller = split_by_line(box(0, 0, 2, 1), [(1.5, -1), (1.5, 2)])
    >>> larger.area, smaller.area
    (1.5, 0.5)
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from gridloop.core.errors import WrongInput
from gridloop.core.partition import Report, partition_report

DECIMALS = 6  # what a map or a file keeps of a coordinate: about 0.1 m
NEAR = 3e-4  # degrees, about 30 m: how far a neighbour may be and still help to say where a place is
COMPASS = ("e", "ne", "n", "nw", "w", "sw", "s", "se")

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """One cell as it is drawn. ``parent`` is the code above it, empty at the top."""

    code: str
    name: str
    parent: str
    kind: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Checked:
    """The report on one group of cells; ``parent`` is the code of what they tile, empty for the ground itself."""

    parent: str
    report: Report


def areas_of(geometry: BaseGeometry, *, name: str) -> BaseGeometry:
    """The polygonal part of a geometry, mended where it crosses itself. Raises WrongInput when nothing is left."""
    whole = geometry if geometry.is_valid else shapely.make_valid(geometry)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon" and part.area > 0]
    if not parts:
        raise WrongInput("territory.no_polygon", f"“{name}”的边界不是面;请提供 Polygon 或 MultiPolygon。", grid=name)
    united: BaseGeometry = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    return united


def split_by_line(geometry: BaseGeometry, line: Sequence[Corner]) -> tuple[BaseGeometry, BaseGeometry]:
    """The larger and the smaller piece. The line must cross the cell exactly once, from outside to outside."""
    if len(line) < 2 or len(set(line)) < 2:
        raise WrongInput("territory.bad_line", "分割线至少要有两个不同的点;请重画。", field="line")
    cut = shapely.LineString(line)
    pieces = [piece for part in shapely.get_parts(geometry) for piece in split(part, cut).geoms]
    extra = len(pieces) - len(shapely.get_parts(geometry))
    if extra != 1:
        raise WrongInput(
            "territory.line_does_not_split",
            "分割线没有把网格切成两块;请让线从网格外面开始,穿过一次,到外面结束。",
            field="line",
            pieces=len(pieces),
        )
    crossed = [piece for piece in pieces if not _is_part(piece, geometry)]
    smaller = min(crossed, key=lambda piece: piece.area)
    rest = [piece for piece in pieces if piece is not smaller]
    return (rest[0] if len(rest) == 1 else shapely.multipolygons(rest)), smaller


def _is_part(piece: BaseGeometry, geometry: BaseGeometry) -> bool:
    """Was the piece a part of its own before the cut?"""
    return any(bool(shapely.equals(piece, part)) for part in shapely.get_parts(geometry))


def joined(geometries: Sequence[BaseGeometry]) -> BaseGeometry:
    """The cells as one. Raises WrongInput unless they share borders, so that the result hangs together."""
    united: BaseGeometry = shapely.union_all(list(geometries))
    most = max(len(shapely.get_parts(each)) for each in geometries)
    if len(shapely.get_parts(united)) > most:
        raise WrongInput(
            "territory.not_neighbours", "这两个网格没有公共边界,不能合并;请选相邻的网格。", field="absorbed"
        )
    return united


def snapped(geometry: BaseGeometry, corners_of: Iterable[BaseGeometry]) -> BaseGeometry:
    """Corners that agree with a known corner in the first six decimals are that corner.

    A map hands a boundary out with six decimals; without this an untouched corner would come back 5 cm away.
    """
    known = {_rounded(x, y): (x, y) for each in corners_of for x, y in shapely.get_coordinates(each).tolist()}

    def pulled(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.array([known.get(_rounded(x, y), (x, y)) for x, y in points.tolist()], dtype=np.float64)

    found: BaseGeometry = shapely.transform(shapely.force_2d(geometry), pulled)
    return found


def _rounded(x: float, y: float) -> Corner:
    return round(x, DECIMALS), round(y, DECIMALS)


def fitted(drawn: Outline, cells: Mapping[str, Outline]) -> dict[str, Outline]:
    """The new outline with its neighbours adapted: they lose what it gained; what it gave up goes to the longest border.

    Returns every outline that changed, by code. Raises WrongInput when a neighbour would vanish.
    """
    before = cells.get(drawn.code)
    found = {drawn.code: drawn}
    for other in _siblings(drawn, cells):
        if not other.geometry.intersects(drawn.geometry):
            continue
        rest = other.geometry.difference(drawn.geometry)
        if other.geometry.intersection(drawn.geometry).area > 0:
            found[other.code] = replace(other, geometry=areas_of(rest, name=other.name))
    given_up = before.geometry.difference(drawn.geometry) if before else shapely.Polygon()
    for piece in shapely.get_parts(given_up):
        _give(piece, drawn, cells, found)
    return found


def _siblings(drawn: Outline, cells: Mapping[str, Outline]) -> list[Outline]:
    return [each for each in cells.values() if each.parent == drawn.parent and each.code != drawn.code]


def _give(piece: BaseGeometry, drawn: Outline, cells: Mapping[str, Outline], found: dict[str, Outline]) -> None:
    """The piece goes to the neighbour it shares most border with; where there is none it stays a gap, and is reported."""
    if piece.area == 0:
        return
    borders = [(found.get(each.code, each), each.code) for each in _siblings(drawn, cells)]
    lengths = [(shapely.intersection(piece, each.geometry).length, code, each) for each, code in borders]
    length, code, neighbour = max(lengths, key=lambda item: (item[0], item[1]), default=(0.0, "", drawn))
    if length > 0:
        found[code] = replace(neighbour, geometry=shapely.union(neighbour.geometry, piece))


def check_ground(
    before: Mapping[str, Outline],
    after: Mapping[str, Outline],
    *,
    holes: Sequence[BaseGeometry] = (),
    partly: frozenset[str] = frozenset(),
) -> list[Checked]:
    """A report for the cells under each drawn parent, and one for those under none; in order of the parent's code.

    ``partly`` names parents some of whose children have no outline at all: whether those tile cannot be said yet.
    """
    free = _still_free(holes, after)
    groups: defaultdict[str, dict[str, BaseGeometry]] = defaultdict(dict)
    for each in after.values():
        groups[each.parent if each.parent in after else ""][each.code] = each.geometry
    return [
        Checked(parent, partition_report(_without(_ground(parent, before, after), free, children), children))
        for parent, children in sorted(groups.items())
        if parent not in partly
    ]


def _ground(parent: str, before: Mapping[str, Outline], after: Mapping[str, Outline]) -> BaseGeometry:
    if parent:
        return after[parent].geometry
    tops = [each.geometry for cells in (before, after) for each in cells.values() if each.parent not in cells]
    return without_interiors(shapely.union_all(tops))


def without_interiors(geometry: BaseGeometry) -> BaseGeometry:
    """The shape with every hole in it filled."""
    solid = [shapely.Polygon(part.exterior) for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    filled: BaseGeometry = shapely.union_all(solid)
    return filled


def _still_free(holes: Sequence[BaseGeometry], after: Mapping[str, Outline]) -> BaseGeometry:
    if not holes:
        return shapely.Polygon()
    parents = {each.parent for each in after.values()}
    covered = shapely.union_all([each.geometry for each in after.values() if each.code not in parents])
    free: BaseGeometry = shapely.difference(shapely.union_all(list(holes)), covered)
    return free


def _without(ground: BaseGeometry, free: BaseGeometry, children: Mapping[str, BaseGeometry]) -> BaseGeometry:
    """The ground without the declared holes, unless nothing would be left; a parent may itself lie over a hole."""
    if free.is_empty or not ground.intersects(free):
        return ground
    over = shapely.intersection(free, shapely.union_all(list(children.values())))
    rest = shapely.difference(ground, shapely.difference(free, over))
    parts = [part for part in shapely.get_parts(rest) if part.geom_type == "Polygon"]
    kept: BaseGeometry = shapely.union_all(parts)
    return ground if kept.is_empty else kept


def beside(place: BaseGeometry, cells: Iterable[Outline], *, most: int = 2) -> list[tuple[Outline, str]]:
    """The cells nearest to a place (within about 30 m), each with the side of it on which the place lies, as of a compass.

    For words such as “西南小区东侧、东南小区西侧”. Nearest first; among equals the smaller cell, which says more.
    """
    near = [(each.geometry.distance(place), each.geometry.area, each.code, each) for each in cells]
    found = sorted(item for item in near if item[0] <= NEAR)[:most]
    return [(each, _side(each.geometry, place)) for _distance, _area, _code, each in found]


def _side(cell: BaseGeometry, place: BaseGeometry) -> str:
    middle, there = cell.centroid, place.centroid
    east = (there.x - middle.x) * math.cos(math.radians(middle.y))
    turn = math.degrees(math.atan2(there.y - middle.y, east)) % 360
    return COMPASS[round(turn / 45) % 8]
