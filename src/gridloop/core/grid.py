"""Which grid is this in?  The tree of grids, and the point that falls into one.

* A **grid** (网格) is a cell of the sub-district with one code. Grids form a tree: sub-district, community, grid,
  micro-grid.
* The **path** of a grid is the codes from the root down, joined by ``/``: ``410102013/410102013001/410102013001003``. A
  scope is a prefix of a path; nothing else is needed to ask "everything under this".
* An **index** answers which cell a point lies in. A point on the border of several belongs to the *smallest* code, so
  every point has one answer and every machine gives the same one. Codes compare as numbers when all of them are whole
  numbers, else as text.

Guarantees: the tree names every problem it finds and still answers for the rest; ``locate`` and ``locate_many`` agree
with each other and with shapely's exact ``intersects`` for every point; no grid is dropped without a problem that
names it.

Worked example::

    >>> from shapely import box
    >>> index = GridIndex(["0102", "0101"], [box(0, 0, 1, 1), box(1, 0, 2, 1)])
    >>> index.locate(0.5, 0.5), index.locate(1.0, 0.5), index.locate(9, 9)
    ('0102', '0101', None)

Coordinates are WGS-84 degrees, longitude first; see :mod:`gridloop.core.coordinates` for others.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridloop.core.errors import NotFound, WrongInput

MAX_DEPTH = 8
SEPARATOR = "/"

Codes = npt.NDArray[np.str_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GridNode:
    """One grid. ``parent`` is the code above or None at the root; ``path`` is filled in by the tree."""

    code: str
    name: str
    level: int
    kind: str = "grid"
    parent: str | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class GridProblem:
    """What is wrong with which grid, feature or row; ``kind`` is stable, ``sentence`` says what to do."""

    kind: str
    where: str
    sentence: str


class GridTree:
    """The grids of one or more sub-districts, with paths; what cannot be placed is named in ``problems``."""

    def __init__(self, nodes: Iterable[GridNode], *, max_depth: int = MAX_DEPTH) -> None:
        found: list[GridProblem] = []
        given = _without_duplicates(nodes, found)
        paths = {code: _path_of(code, given) for code in given}
        for code, path in paths.items():
            found += _some(_path_problem(given[code], path, given=given, max_depth=max_depth))
        sound = {code: path for code, path in paths.items() if _is_rooted(path, given)}
        for code in sound:
            found += _some(_level_problem(given[code], given))
        self._nodes = {code: replace(given[code], path=SEPARATOR.join(path)) for code, path in sound.items()}
        self._children: defaultdict[str | None, list[str]] = defaultdict(list)
        for code in smallest_first(self._nodes):
            self._children[self._nodes[code].parent].append(code)
        self.problems: tuple[GridProblem, ...] = tuple(found)

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, code: object) -> bool:
        return code in self._nodes

    def __iter__(self) -> Iterator[GridNode]:
        """Every grid, a parent always before its children."""
        waiting = [root.code for root in reversed(self.roots())]
        while waiting:
            code = waiting.pop()
            yield self._nodes[code]
            waiting += reversed(self._children[code])

    def node(self, code: str) -> GridNode:
        """The grid of this code, or ``NotFound``."""
        if code not in self._nodes:
            raise NotFound("grid.unknown", f"没有编码为“{code}”的网格,请核对编码或先导入网格。", grid=code)
        return self._nodes[code]

    def roots(self) -> tuple[GridNode, ...]:
        """The grids without a parent, smallest code first."""
        return self.children(None)

    def children(self, code: str | None) -> tuple[GridNode, ...]:
        """The grids directly below, smallest code first."""
        return tuple(self._nodes[child] for child in self._children.get(code, ()))

    def lineage(self, code: str) -> tuple[GridNode, ...]:
        """From the root down to the grid itself."""
        return tuple(self._nodes[above] for above in self.node(code).path.split(SEPARATOR))

    def leaves(self, code: str | None = None) -> tuple[GridNode, ...]:
        """The grids with nothing below them, under ``code`` or in the whole tree."""
        start = self.node(code).path if code is not None else ""
        return tuple(node for node in self if not self._children.get(node.code) and is_under(node.path, start))


def is_under(path: str, scope: str) -> bool:
    """Whether ``path`` is the scope itself or lies below it; an empty scope holds everything."""
    return not scope or path == scope or path.startswith(scope + SEPARATOR)


class GridIndex:
    """Points to codes. Geometries are shapely (multi)polygons, one a code; ``repair`` mends invalid ones and says so.

    ``problems`` names every code that was repaired, empty or no polygon.
    """

    def __init__(self, codes: Sequence[str], geometries: Sequence[BaseGeometry], *, repair: bool = True) -> None:
        if len(codes) != len(geometries) or len(set(codes)) != len(codes):
            raise WrongInput(
                "grid.codes_and_shapes", "网格编码与图形须一一对应且编码不重复,请检查导入文件。", codes=len(codes)
            )
        rank = {code: place for place, code in enumerate(smallest_first(codes))}
        found: list[GridProblem] = []
        kept = [
            (code, polygon)
            for code, geometry in sorted(zip(codes, geometries, strict=True), key=lambda item: rank[item[0]])
            if (polygon := _polygon(geometry, code, repair=repair, found=found)) is not None
        ]
        self.problems: tuple[GridProblem, ...] = tuple(found)
        self.codes: Codes = np.array([code for code, _ in kept] + [""])
        self.geometries = np.array([polygon for _, polygon in kept], dtype=object)
        shapely.prepare(self.geometries)
        self._tree = shapely.STRtree(self.geometries)

    def __len__(self) -> int:
        return len(self.geometries)

    def locate(self, lon: float, lat: float) -> str | None:
        """The code of the cell at the point, the smallest on a shared border, or None outside all."""
        if not (math.isfinite(lon) and math.isfinite(lat)):
            return None
        inside = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return str(self.codes[inside.min()]) if inside.size else None

    def locate_many(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> Codes:
        """One code a point, ``""`` outside all cells or where a coordinate is not a finite number.

        1. the tree gives pairs (point, cell whose box holds it); 2. pairs are put in order of the cell, so that each
        prepared polygon is used while it is warm; 3. those that hold the point stay; 4. written from the largest code
        to the smallest.
        """
        x, y = _coordinates(lons, lats)
        rows = np.full(x.shape, len(self.geometries), dtype=np.int64)
        points, cells = self._tree.query(shapely.points(x, y))
        order = np.argsort(cells, kind="stable")[::-1]
        points, cells = points[order], cells[order]
        inside = shapely.intersects_xy(self.geometries[cells], x[points], y[points])
        rows[points[inside]] = cells[inside]
        return self.codes[rows]


def smallest_first(codes: Iterable[str]) -> list[str]:
    """Codes in order: as numbers if every one is a whole number, else as text."""
    given = list(codes)
    if all(code.isdecimal() for code in given):
        return sorted(given, key=lambda code: (int(code), code))
    return sorted(given)


def read_geojson(
    source: str | Mapping[str, Any], *, code_property: str
) -> tuple[list[str], list[BaseGeometry], list[GridProblem]]:
    """Codes, polygons and problems of a FeatureCollection; features of one code are united.

    A problem names the feature by its position from 0. Nothing is dropped silently; ``WrongInput`` if it is no GeoJSON
    at all.
    """
    features = _features(source)
    found: list[GridProblem] = []
    pieces: dict[str, list[BaseGeometry]] = {}
    for position, feature in enumerate(features):
        where = f"feature {position}"
        code = _feature_code(feature, code_property, where=where, found=found)
        label = where if code is None else f"{where} {code_property}={code}"
        polygon = _feature_polygon(feature, where=label, found=found)
        if code is None or polygon is None:
            continue
        if code in pieces:
            found.append(GridProblem("duplicate_code", where, f"编码“{code}”出现多次,各块图形已合并为一格,请确认。"))
        pieces.setdefault(code, []).append(polygon)
    united = {code: parts[0] if len(parts) == 1 else shapely.union_all(parts) for code, parts in pieces.items()}
    return list(united), list(united.values()), found


def locate_csv_rows(
    index: GridIndex, rows: Iterable[Mapping[str, str | None]]
) -> tuple[list[tuple[str, str]], list[GridProblem]]:
    """``(id, code)`` for each row with columns id, lon, lat, in order; no code outside or where a number is bad."""
    identifiers: list[str] = []
    points: list[tuple[float, float]] = []
    found: list[GridProblem] = []
    for number, row in enumerate(rows, start=1):
        identifiers.append((row.get("id") or "").strip())
        lon, lat = _number(row.get("lon"), limit=180), _number(row.get("lat"), limit=90)
        points.append((lon, lat))
        if math.isnan(lon) or math.isnan(lat):
            given = f"lon={row.get('lon') or ''} lat={row.get('lat') or ''}"
            found.append(
                GridProblem("bad_point", f"row {number}", f"第 {number} 行的经纬度不是有效数字({given}),请改正。")
            )
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    codes = index.locate_many(lons, lats).tolist()
    return list(zip(identifiers, codes, strict=True)), found


def _without_duplicates(nodes: Iterable[GridNode], found: list[GridProblem]) -> dict[str, GridNode]:
    given: dict[str, GridNode] = {}
    for node in nodes:
        if not node.code or SEPARATOR in node.code:
            found.append(GridProblem("bad_code", node.code, f"“{node.name}”的编码为空或含有“/”,请改正编码。"))
        elif node.code in given:
            found.append(GridProblem("duplicate", node.code, f"编码“{node.code}”重复,只保留第一个,请改正。"))
        else:
            given[node.code] = node
    return given


def _path_of(code: str, given: Mapping[str, GridNode]) -> tuple[str, ...]:
    """The codes from the top down; an ill path starts with a code not given (orphan) or repeated (cycle)."""
    path: list[str] = []
    above: str | None = code
    while above is not None:
        ill = above not in given or above in path
        path.append(above)
        if ill:
            break
        above = given[above].parent
    return tuple(reversed(path))


def _is_rooted(path: tuple[str, ...], given: Mapping[str, GridNode]) -> bool:
    return path[0] in given and path[0] not in path[1:]


def _path_problem(
    node: GridNode, path: tuple[str, ...], *, given: Mapping[str, GridNode], max_depth: int
) -> GridProblem | None:
    top = path[0]
    if top in path[1:]:
        around = " → ".join(reversed(path))
        return GridProblem("cycle", node.code, f"“{node.name}”的上级绕成了圈({around}),请改正其中一个上级。")
    if top not in given:
        return GridProblem("orphan", node.code, f"“{node.name}”之上的“{top}”不存在,请先导入它或改正上级编码。")
    if len(path) > max_depth:
        return GridProblem("too_deep", node.code, f"“{node.name}”在第 {len(path)} 层,超过 {max_depth} 层,请检查上级。")
    return None


def _some(problem: GridProblem | None) -> list[GridProblem]:
    return [problem] if problem else []


def _level_problem(node: GridNode, given: Mapping[str, GridNode]) -> GridProblem | None:
    """A child must lie on a deeper level than its parent."""
    if node.parent is None or given[node.parent].level < node.level:
        return None
    return GridProblem(
        "level", node.code, f"“{node.name}”的层级 {node.level} 不低于上级“{given[node.parent].name}”,请改正。"
    )


def _polygon(geometry: BaseGeometry, code: str, *, repair: bool, found: list[GridProblem]) -> BaseGeometry | None:
    """The polygonal part of a geometry, mended if need be; None (and a problem) if nothing is left."""
    if geometry.is_empty:
        found.append(GridProblem("empty", code, f"“{code}”的图形是空的,已略过,请补画。"))
        return None
    if geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        found.append(
            GridProblem("not_polygon", code, f"“{code}”的图形是 {geometry.geom_type},不是面,已略过,请改为面。")
        )
        return None
    if not repair or geometry.is_valid:
        return geometry
    reason = shapely.is_valid_reason(geometry)
    mended = _areas_only(shapely.make_valid(geometry))
    if mended.is_empty:
        found.append(GridProblem("empty", code, f"“{code}”的图形无效({reason})且无面积,已略过,请重画。"))
        return None
    found.append(GridProblem("repaired", code, f"“{code}”的图形无效({reason}),已自动修复,请核对边界。"))
    return mended


def _areas_only(geometry: BaseGeometry) -> BaseGeometry:
    parts = [part for part in shapely.get_parts(geometry, return_index=False) if part.geom_type.endswith("Polygon")]
    united: BaseGeometry = shapely.union_all(parts)
    return united


def _coordinates(lons: npt.ArrayLike, lats: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Two flat arrays; where either is not finite both become NaN, which lies in no cell."""
    x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1:
        raise WrongInput("grid.points", "经度与纬度须是等长的两列数字,请检查输入。", lons=x.shape, lats=y.shape)
    finite = np.isfinite(x) & np.isfinite(y)
    return (x, y) if finite.all() else (np.where(finite, x, np.nan), np.where(finite, y, np.nan))


def _features(source: str | Mapping[str, Any]) -> list[Any]:
    try:
        document = json.loads(source) if isinstance(source, str) else source
    except json.JSONDecodeError as fault:
        raise WrongInput("grid.not_json", "文件不是合法的 JSON,请重新导出 GeoJSON。", line=fault.lineno) from fault
    features = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(features, list):
        raise WrongInput("grid.not_geojson", "文件不是 GeoJSON 的 FeatureCollection,请重新导出。")
    return features


def _feature_code(feature: Any, code_property: str, *, where: str, found: list[GridProblem]) -> str | None:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    value = properties.get(code_property) if isinstance(properties, Mapping) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    code = "" if value is None or isinstance(value, bool | dict | list) else str(value).strip()
    if not code:
        found.append(GridProblem("missing_code", where, f"缺少属性“{code_property}”,已略过,请补上编码。"))
        return None
    return code


def _feature_polygon(feature: Any, *, where: str, found: list[GridProblem]) -> BaseGeometry | None:
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    if not geometry:
        found.append(GridProblem("missing_geometry", where, "没有图形,已略过,请补画。"))
        return None
    try:
        return _polygon(shape(geometry), where, repair=True, found=found)
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as fault:
        found.append(GridProblem("bad_geometry", where, f"图形读不出来({fault}),已略过,请重新导出。"))
        return None


def _number(text: str | None, *, limit: float) -> float:
    """The number, or NaN where it is none or lies beyond ± ``limit``."""
    try:
        value = float((text or "").strip())
    except ValueError:
        return math.nan
    return value if abs(value) <= limit else math.nan
