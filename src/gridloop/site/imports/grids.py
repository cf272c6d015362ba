"""Importing the grids of a street: GeoJSON or a zipped Shapefile with boundaries, or CSV with codes, names and (if known) boundaries.

A grid that is new is added below its parent; a boundary that is new or changed is published as a new dated version; what is the same
already is left alone. Coordinates may be WGS-84, GCJ-02 or BD-09 and are kept as WGS-84. A GeoJSON "row" is the feature's
place in the file, the first being 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from gridloop.core.access import SYSTEM
from gridloop.core.coordinates import to_wgs84
from gridloop.core.errors import WrongInput
from gridloop.core.outlines import Columns, read_outlines
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import actions as territory
from gridloop.offices.territory import queries as places
from gridloop.offices.territory.models import Boundary, Grid
from gridloop.site.imports.reading import Rejection, Row, read_json, read_sheet
from gridloop.site.imports.tally import ADDED, EXISTING, Tally, put_rows

COLUMNS = {
    "code": ("代码", "网格代码"), "name": ("名称", "网格名称"), "parent": ("上级", "上级代码"), "kind": ("类别",),
    "boundary": ("边界", "wkt", "geometry"),
}  # fmt: skip
KINDS = {label: value for value, label in Grid.Kind.choices}
SAME = 1e-9  # degrees, about 0.1 mm


@dataclass(frozen=True, slots=True)
class GridColumns:
    """Which GeoJSON properties hold what, the parent and kind where no property says so, and the coordinates' system."""

    code: str = "code"
    name: str = "name"
    parent_property: str = ""
    parent: str = ""
    kind: str = "compound"
    crs: str = "wgs84"
    source: str = ""


def import_grids(path: Path, *, at: datetime, street: str, columns: GridColumns, dry_run: bool = False) -> Tally:
    """The file's grids stand in the street's tree with their boundaries; read again, it adds nothing."""
    tally = Tally("grids", dry_run)
    details = {"boundaries_published": 0}
    tally.details = details
    rows, shapes = _read(path, columns, tally)
    top = next((grid.code for grid in places.grids(street) if grid.level == 1), "")

    def put(row: Row) -> str:
        grid, outcome = _put_grid(row, street=street, columns=columns, top=top, at=at)
        geometry = shapes.get(row.number)
        if geometry is not None:
            details["boundaries_published"] += _put_boundary(
                grid, _in_wgs84(geometry, columns.crs), at=at, source=columns.source or path.name
            )
        return outcome

    put_rows(tally, rows, put, column="code")
    return tally


def _read(path: Path, columns: GridColumns, tally: Tally) -> tuple[list[Row], dict[int, BaseGeometry]]:
    """The rows, and the shapes by row number."""
    if path.suffix.lower() == ".zip":
        return _shapefile(path, columns, tally)
    return _features(path, columns, tally) if _is_json(path) else _records(path, tally)


def _shapefile(path: Path, columns: GridColumns, tally: Tally) -> tuple[list[Row], dict[int, BaseGeometry]]:
    """The shapes of a zipped Shapefile as they stand in the file: they are moved to WGS-84 with all others."""
    wanted = Columns(columns.code, columns.name, columns.parent_property)
    reading = read_outlines(path.read_bytes(), file=path.name, columns=wanted, system="wgs84")
    tally.read = reading.read
    tally.rejected += [Rejection(each.row, each.column, each.sentence) for each in reading.problems]
    numbered = list(zip(reading.rows, reading.outlines, strict=True))
    rows = [
        Row(row, {"code": each.code, "name": each.name, "parent": each.parent, "kind": ""}) for row, each in numbered
    ]
    return rows, {row: each.geometry for row, each in numbered}


def _is_json(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(("json", "geojson"))


def _features(path: Path, columns: GridColumns, tally: Tally) -> tuple[list[Row], dict[int, BaseGeometry]]:
    """The features as rows, and their shapes by row number."""
    document = read_json(path)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise WrongInput("grid.not_geojson", "文件不是 GeoJSON 的 FeatureCollection,请重新导出。", file=path.name)
    tally.read = len(features)
    rows, shapes = [], {}
    for number, feature in enumerate(features, start=1):
        try:
            cells = _cells(feature, columns)
            shapes[number] = _shape(feature.get("geometry"), cells["code"])
            rows.append(Row(number, cells))
        except WrongInput as error:
            tally.reject(number, error)
    return rows, shapes


def _cells(feature: Any, columns: GridColumns) -> dict[str, str]:
    """Code, name and parent from a feature's properties. Raises WrongInput without a code."""
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    found = {
        name: _text((properties or {}).get(name))
        for name in (columns.code, columns.name, columns.parent_property)
        if name
    }
    if not found[columns.code]:
        raise WrongInput(
            "import.no_code", f"缺少属性“{columns.code}”;请补上网格代码,或用 --code 指明属性名。", field=columns.code
        )
    return {
        "code": found[columns.code],
        "name": found[columns.name] or found[columns.code],
        "parent": found.get(columns.parent_property, ""),
        "kind": "",
    }


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or isinstance(value, bool | dict | list) else str(value).strip()


def _shape(geometry: Any, code: str) -> BaseGeometry:
    try:
        return shape(geometry)
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as fault:
        raise WrongInput(
            "territory.bad_geometry", f"“{code}”的边界读不出来;请检查 GeoJSON 坐标。", field="geometry"
        ) from fault


def _records(path: Path, tally: Tally) -> tuple[list[Row], dict[int, BaseGeometry]]:
    """The rows of a CSV and the boundaries (WKT or GeoJSON) that some of them give."""
    sheet = read_sheet(path, columns=COLUMNS, required=("code", "name"))
    tally.begin(sheet)
    rows, shapes = [], {}
    for row in sheet.rows:
        written = row.cells.get("boundary", "")
        try:
            if written:
                shapes[row.number] = (
                    shape(json.loads(written)) if written.startswith("{") else shapely.from_wkt(written)
                )
            rows.append(row)
        except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError):
            tally.rejected.append(Rejection(row.number, "boundary", "边界不是 WKT 也不是 GeoJSON;请改正或留空。"))
    return rows, shapes


def _in_wgs84(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    """The shape in true coordinates. Raises WrongInput for a system nobody knows."""

    def moved(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], system=crs))

    return shapely.transform(shapely.force_2d(geometry), moved)


def _put_grid(row: Row, *, street: str, columns: GridColumns, top: str, at: datetime) -> tuple[Grid, str]:
    """The grid, and whether it is new. Raises Refused where it exists under another parent."""
    code, name = row.cells["code"], row.cells["name"]
    parent = row.cells.get("parent") or columns.parent or top
    standing = Grid.objects.filter(street=street, code=code).select_related("parent").first()
    if standing is not None:
        _must_agree(standing, row.cells.get("parent") or columns.parent)
        return standing, EXISTING
    kind = KINDS.get(row.cells.get("kind", ""), row.cells.get("kind", "")) or columns.kind
    root = "" if parent else organisation.street(street).district
    made = territory.add_grid(
        by=SYSTEM, at=at, street=street, code=code, name=name, kind=kind, parent=parent, root=root
    )
    return made, ADDED


def _must_agree(standing: Grid, parent: str) -> None:
    above = standing.parent.code if standing.parent else ""
    if parent and parent != above:
        sentence = (
            f"网格“{standing.code}”已在“{above or '最上级'}”之下,文件说是“{parent}”;请先核对,挪动网格要另行办理。"
        )
        raise WrongInput("import.other_parent", sentence, field="parent")


def _put_boundary(grid: Grid, geometry: BaseGeometry, *, at: datetime, source: str) -> int:
    """1 when the boundary was published, 0 when it is the one in force."""
    present = Boundary.objects.filter(grid=grid, valid_until__isnull=True).first()
    if present is not None and _is_same(shape(json.loads(present.geometry)), geometry):
        return 0
    territory.publish_boundary(by=SYSTEM, at=at, grid=grid, geometry=dict(mapping(geometry)), source=source[:120])
    return 1


def _is_same(one: BaseGeometry, other: BaseGeometry) -> bool:
    whole = other if other.is_valid else shapely.make_valid(other)
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(whole), SAME))
