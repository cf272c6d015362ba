"""The grids as a map draws them: every level in one layer, simplified, rounded, compiled once for each version of a street.

Terms: a *level* is a grid's depth in the tree, 1 the street; a grid that has no outline of its own is drawn as the union of the grids below
it, so that every level can be drawn. Neighbours are simplified together: a border stays one line for both.

Guarantees: coordinates are WGS-84 degrees with six decimals at most; only what is drawn is here (codes, names, levels), nothing about
cases or people; the layer is a function of the street's version.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gridloop.core.partition import Flaw, partition_report
from gridloop.core.redraw import DECIMALS, Outline, beside
from gridloop.offices.organisation.snapshot import per_version
from gridloop.offices.territory.models import Grid
from gridloop.offices.territory.queries.versions import outlines_present, present_reports

FINENESS = 1 / 8000  # of the extent: finer wiggles are not drawn


@dataclass(frozen=True, slots=True)
class LayerCell:
    """One grid of the map. ``is_leaf``: nothing below it has an outline."""

    code: str
    name: str
    kind: str
    level: int
    path: str
    parent: str
    is_leaf: bool
    is_synthetic: bool
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Placed:
    """One flaw of the ground in force with the neighbours that say where it is: (name, side as of a compass)."""

    flaw: Flaw
    where: tuple[tuple[str, str], ...]
    parent: str


@dataclass(frozen=True, slots=True)
class GridLine:
    """One grid of the list, drawn or not; ``has_below``: there are grids below it."""

    code: str
    name: str
    kind_label: str
    level: int
    path: str
    has_below: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """Every grid and every drawn one, in tree order; how many of each level there are; a FeatureCollection ready to send."""

    lines: tuple[GridLine, ...]
    cells: tuple[LayerCell, ...]
    levels: tuple[tuple[int, int], ...]
    document: bytes


@per_version
def layer(street: str) -> Layer:
    """Compiles the street's layer."""
    rows = list(Grid.objects.filter(street=street, valid_until__isnull=True).select_related("parent").order_by("path"))
    drawn = _outlined(rows, {code: each.geometry for code, each in outlines_present(street).items()})
    parents = {row.parent.code for row in rows if row.parent and row.code in drawn}
    fine = _simplified({row.code: (row.level, drawn[row.code]) for row in rows if row.code in drawn})
    cells = tuple(
        LayerCell(
            row.code, row.name, row.kind, row.level, row.path, row.parent.code if row.parent else "", row.code not in parents,
            row.is_synthetic, fine[row.code],
        )
        for row in rows
        if row.code in drawn
    )  # fmt: skip
    levels = tuple(sorted(Counter(row.level for row in rows).items()))
    return Layer(
        _lines(rows), cells, levels, json.dumps(_collection(cells), ensure_ascii=False, separators=(",", ":")).encode()
    )


def _lines(rows: list[Grid]) -> tuple[GridLine, ...]:
    above = {row.parent_id for row in rows}
    return tuple(
        GridLine(row.code, row.name, row.get_kind_display(), row.level, row.path, row.pk in above) for row in rows
    )


@per_version
def flaws(street: str) -> tuple[Placed, ...]:
    """Compiles where the boundaries in force do not tile, slivers left out, the largest first."""
    present = outlines_present(street)
    found = [
        (each.parent, flaw) for each in present_reports(street) for flaw in each.report.flaws if flaw.kind != "sliver"
    ]
    found.sort(key=lambda item: -item[1].area_m2)
    return placed(found, present)


def placed(found: list[tuple[str, Flaw]], cells: Mapping[str, Outline]) -> tuple[Placed, ...]:
    """The flaws with the words for where they are."""
    parents = {each.parent for each in cells.values()}
    smallest = [each for each in cells.values() if each.code not in parents]
    tree = shapely.STRtree([each.geometry for each in smallest])
    return tuple(
        Placed(flaw, tuple((each.name, side) for each, side in _near(flaw, smallest, tree)), parent)
        for parent, flaw in found
    )


def _near(flaw: Flaw, smallest: list[Outline], tree: shapely.STRtree) -> list[tuple[Outline, str]]:
    return beside(flaw.geometry, [smallest[place] for place in tree.query(flaw.geometry.buffer(4e-4)).tolist()])


def square_metres(geometry: BaseGeometry) -> float:
    """The area on the ground."""
    return partition_report(geometry, {"": geometry}).parent_m2


def drawn_geometry(geometry: BaseGeometry) -> dict[str, Any]:
    """GeoJSON with six decimals; a corner comes back exact by ``core.redraw.snapped``."""
    found: dict[str, Any] = mapping(shapely.transform(geometry, lambda points: points.round(DECIMALS)))
    return found


def _outlined(rows: list[Grid], own: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The outline of every grid that has one or has something outlined below it; the deepest first."""
    found = dict(own)
    below: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: -row.level):
        if row.code not in found and below[row.code]:
            found[row.code] = shapely.union_all(below[row.code])
        if row.code in found and row.parent:
            below[row.parent.code].append(found[row.code])
    return found


def _simplified(drawn: dict[str, tuple[int, BaseGeometry]]) -> dict[str, BaseGeometry]:
    """Each level simplified as one coverage: neighbours keep their common border."""
    if not drawn:
        return {}
    bounds = shapely.total_bounds([geometry for _level, geometry in drawn.values()])
    fineness = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * FINENESS
    found: dict[str, BaseGeometry] = {}
    for level in {level for level, _geometry in drawn.values()}:
        codes = [code for code, (at, _geometry) in drawn.items() if at == level]
        simple = shapely.coverage_simplify([drawn[code][1] for code in codes], fineness)
        kept = [each if not each.is_empty else drawn[code][1] for code, each in zip(codes, simple, strict=True)]
        found |= dict(zip(codes, shapely.transform(kept, lambda points: points.round(DECIMALS)), strict=True))
    return found


def _inside(geometry: BaseGeometry) -> list[float]:
    """Where the cell's words stand."""
    point = geometry.representative_point()
    return [round(point.x, DECIMALS), round(point.y, DECIMALS)]


def _collection(cells: tuple[LayerCell, ...]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "code": each.code, "name": each.name, "level": each.level, "path": each.path, "leaf": each.is_leaf,
                    "at": _inside(each.geometry),
                },
                "geometry": mapping(each.geometry),
            }
            for each in cells
        ],
    }  # fmt: skip
