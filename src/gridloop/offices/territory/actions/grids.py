"""Grids, dated boundaries and addresses, one at a time: for founding a street and for imports."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.validation import make_valid

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.fitting import must_fit
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.actions import must_set_up, renew
from gridloop.offices.territory.models import Address, Boundary, Grid
from gridloop.offices.territory.queries import places as queries


def add_grid(
    *,
    by: Actor,
    at: datetime,
    street: str,
    code: str,
    name: str,
    kind: str,
    parent: str = "",
    root: str = "",
    is_synthetic: bool = False,
) -> Grid:
    """The grid stands in the tree below its parent, or below the path ``root`` when it is the street's first.

    Raises Refused when the code is taken, WrongInput for an unknown kind.
    """
    must_set_up(by, street)
    if kind not in Grid.Kind.values:
        raise WrongInput("territory.unknown_kind", f"网格类别只有:{'、'.join(Grid.Kind.values)}。", field="kind")
    with deed():
        if Grid.objects.filter(street=street, code=code).exists():
            raise Refused("territory.code_taken", f"网格代码“{code}”已被使用;请换一个。", grid=code)
        above = queries.grid(street, parent) if parent else None
        path = f"{above.path}/{code}" if above else f"{root}/{code}".strip("/")
        grid = Grid(
            street=street, code=code, name=name, level=above.level + 1 if above else 1, kind=kind, parent=above, path=path,
            is_synthetic=is_synthetic, valid_from=at,
        )  # fmt: skip
        must_fit(grid)
        grid.save(force_insert=True)
        renew(street)
        record(
            "grid.added",
            by=by,
            at=at,
            street=street,
            subject=f"grid:{grid.ref}",
            payload={"code": code, "name": name, "path": path},
        )
    return grid


def publish_boundary(*, by: Actor, at: datetime, grid: Grid, geometry: dict[str, Any], source: str) -> Boundary:
    """The grid has this boundary from now on; the former one ends, and old cases keep their cell.

    ``geometry`` is GeoJSON in WGS-84. An invalid polygon is repaired. Raises WrongInput when it is no polygon, or
    not in degrees.
    """
    must_set_up(by, grid.street)
    repaired = _polygon(geometry, grid.name)
    with deed():
        former = Boundary.objects.filter(grid=grid, valid_until__isnull=True)
        version = 1 + max([0, *Boundary.objects.filter(grid=grid).values_list("version", flat=True)])
        former.update(valid_until=at)
        boundary = Boundary.objects.create(
            grid=grid,
            version=version,
            geometry=json.dumps(repaired, separators=(",", ":")),
            source=source[:120],
            valid_from=at,
        )
        renew(grid.street)
        record(
            "boundary.published", by=by, at=at, street=grid.street, subject=f"grid:{grid.ref}",
            payload={"grid": grid.code, "version": version, "source": source},
        )  # fmt: skip
    return boundary


def _polygon(geometry: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        polygon = shape(geometry)
    except (ShapelyError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise WrongInput(
            "territory.bad_geometry", f"“{name}”的边界读不出来;请检查 GeoJSON 坐标。", grid=name
        ) from fault
    polygon = polygon if polygon.is_valid else make_valid(polygon)
    if polygon.is_empty or polygon.geom_type not in ("Polygon", "MultiPolygon", "GeometryCollection"):
        raise WrongInput("territory.no_polygon", f"“{name}”的边界不是面;请提供 Polygon 或 MultiPolygon。", grid=name)
    west, south, east, north = polygon.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise WrongInput(
            "territory.not_degrees",
            f"“{name}”的坐标不是经纬度(范围 {west:g} 至 {east:g}、{south:g} 至 {north:g});请换算成 WGS-84 经纬度再导出。",
            grid=name,
            field="geometry",
        )
    result: dict[str, Any] = mapping(polygon)
    return result


def add_address(
    *, by: Actor, at: datetime, street: str, name: str, grid: str, lon: float | None = None, lat: float | None = None
) -> Address:
    """The place name leads to the cell."""
    must_set_up(by, street)
    with deed():
        if Address.objects.filter(street=street, name=name).exists():
            raise Refused("territory.address_taken", f"地名“{name}”已登记;请改名或更正原有登记。", name=name)
        address = Address(street=street, name=name, grid=queries.grid(street, grid), lon=lon, lat=lat)
        must_fit(address)
        address.save(force_insert=True)
        renew(street)
        record(
            "address.added",
            by=by,
            at=at,
            street=street,
            subject=f"address:{address.ref}",
            payload={"name": name, "grid": grid},
        )
    return address
