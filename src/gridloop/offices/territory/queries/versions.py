"""Reading boundary versions: the cells as they are, as they would be, and what is wrong with the ground then."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from gridloop.core.errors import NotFound
from gridloop.core.grid import GridIndex
from gridloop.core.partition import Flaw
from gridloop.core.redraw import Checked, Outline, areas_of, check_ground
from gridloop.offices.territory.models import Boundary, BoundaryVersion, Grid

SHOWN = 50
NEWEST = 2**31 - 1


def boundary_versions(street: str, *, before: int = 0, size: int = SHOWN) -> list[BoundaryVersion]:
    """The street's versions, the newest first (those below a version, where one is named), without their outlines."""
    rows = BoundaryVersion.objects.filter(street=street).defer("outlines", "before", "holes")
    rows = rows.filter(version__lt=min(before, NEWEST)) if before else rows
    return list(rows.order_by("-version")[:size])


def boundary_version(street: str, ref: str) -> BoundaryVersion:
    """The version by its opaque ref. Raises NotFound."""
    found = BoundaryVersion.objects.filter(street=street, ref=ref).first()
    if found is None:
        raise NotFound("territory.no_version", "没有这一版边界;请从列表中选择。", version=ref)
    return found


def due_versions(street: str, *, at: datetime) -> list[str]:
    """The refs of published versions whose date has come, the earliest first."""
    rows = BoundaryVersion.objects.filter(street=street, state=BoundaryVersion.State.PUBLISHED, valid_from__lte=at)
    return list(rows.order_by("valid_from", "pk").values_list("ref", flat=True))


def declared_holes(street: str) -> list[dict[str, Any]]:
    """The holes of the version in force: [{geometry, why}]."""
    rows = BoundaryVersion.objects.filter(street=street, state=BoundaryVersion.State.IN_FORCE)
    found = rows.order_by("-enacted_at", "-pk").values_list("holes", flat=True).first()
    return list(found or [])


def outlines_present(street: str) -> dict[str, Outline]:
    """The present cells that have a boundary, by code."""
    rows = Boundary.objects.filter(grid__street=street, valid_until__isnull=True, grid__valid_until__isnull=True)
    found = {}
    for row in rows.select_related("grid__parent").order_by("grid__path"):
        above = row.grid.parent.code if row.grid.parent else ""
        polygon = areas_of(shape(json.loads(row.geometry)), name=row.grid.name)
        found[row.grid.code] = Outline(row.grid.code, row.grid.name, above, row.grid.kind, polygon)
    return found


def outlines_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Outline]:
    """The outlines that a version has written down, by code."""
    return {
        each["code"]: Outline(each["code"], each["name"], each["parent"], each["kind"], shape(each["geometry"]))
        for each in rows
    }


def outlines_after(version: BoundaryVersion, *, present: Mapping[str, Outline]) -> dict[str, Outline]:
    """The cells as they would be with the version in force."""
    cells = {**present, **outlines_of(version.outlines)}
    return {code: each for code, each in cells.items() if code not in version.retired}


def written(geometry: BaseGeometry) -> dict[str, Any]:
    """The polygon as plain GeoJSON, every digit kept."""
    found: dict[str, Any] = json.loads(json.dumps(mapping(geometry)))
    return found


def reports_of(version: BoundaryVersion) -> list[Checked]:
    """The partition report of every group of cells that the version would leave."""
    present = outlines_present(version.street)
    after = outlines_after(version, present=present)
    return check_ground(present, after, holes=_shapes(version.holes), partly=_partly(version.street, after))


def present_reports(street: str) -> list[Checked]:
    """The same of the boundaries in force."""
    present = outlines_present(street)
    return check_ground(present, present, holes=_shapes(declared_holes(street)), partly=_partly(street, present))


def _shapes(holes: Iterable[Mapping[str, Any]]) -> list[BaseGeometry]:
    return [shape(each["geometry"]) for each in holes]


def _partly(street: str, drawn: Mapping[str, Outline]) -> frozenset[str]:
    """Drawn parents with a child that has no outline."""
    undrawn = Grid.objects.filter(street=street, valid_until__isnull=True).exclude(code__in=list(drawn))
    return frozenset(code for code in undrawn.values_list("parent__code", flat=True) if code)


def grave_flaws(version: BoundaryVersion) -> list[Flaw]:
    """What stands in the way of publishing: every gap, overlap, contested strip and overreach above the tolerance."""
    return [flaw for checked in reports_of(version) for flaw in checked.report.flaws if flaw.kind != "sliver"]


def index_after(version: BoundaryVersion) -> GridIndex:
    """Points to the smallest cells as they would be."""
    cells = outlines_after(version, present=outlines_present(version.street))
    parents = {each.parent for each in cells.values()}
    smallest = [each for each in cells.values() if each.code not in parents]
    return GridIndex([each.code for each in smallest], [each.geometry for each in smallest])


def boundary_at(grid: int, *, at: datetime) -> Boundary | None:
    """The boundary that a grid (by its id) had at a moment: what an old case was placed by."""
    rows = Boundary.objects.filter(grid_id=grid, valid_from__lte=at).select_related("grid")
    return rows.order_by("-valid_from", "-version").first()
