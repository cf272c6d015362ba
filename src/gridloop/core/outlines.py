"""Reading outlines from a file that people hand in: GeoJSON, or a Shapefile packed as .zip. Good rows come out, bad rows are named.

Terms: a *row* is a feature's place in the file, the first being 1; a *column* is the property (GeoJSON) or field (Shapefile) that holds
the code, the name, the parent's code. The *system* of the coordinates is WGS-84 (CGCS2000), GCJ-02 or BD-09; what comes out is
always WGS-84.

Guarantees: no row is dropped without a problem that names it; rows of one code are united and said so; coordinates that are no degrees are
refused before anything is believed; an archive that would unpack to more than ``LARGEST`` bytes is not unpacked.

Worked example::

    read_outlines(content, file="grids.geojson", columns=Columns(code="code", name="name"), system="wgs84")
    -> Reading(outlines=(Outline("C1-SW", "西南小区", …),), rows=(1,), problems=(RowProblem(3, "code", "缺少属性…"),))
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapefile  # type: ignore[import-untyped]
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridloop.core.coordinates import to_wgs84
from gridloop.core.errors import GridloopError, TooMuch, WrongInput
from gridloop.core.redraw import Outline, areas_of

LARGEST = 128 * 1024 * 1024
MOST_ROWS = 20_000
SYSTEMS = {"wgs84": "WGS-84 / CGCS2000(天地图、GPS)", "gcj02": "GCJ-02(高德、腾讯)", "bd09": "BD-09(百度)"}
_OLD_DATUMS = {b"BEIJING_1954": "1954 北京坐标系", b"XIAN_1980": "1980 西安坐标系"}
_DAMAGED = (shapefile.ShapefileException, struct.error, ValueError, TypeError, OverflowError, AttributeError, EOFError)
_UNREADABLE = (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which property holds what; ``parent`` and ``kind`` stand where no property says so."""

    code: str = "code"
    name: str = "name"
    parent_column: str = ""
    parent: str = ""
    kind: str = "compound"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with which column of which row (0: the whole file), and what to do."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read with the row each (first) stood in, and what could not."""

    outlines: tuple[Outline, ...]
    rows: tuple[int, ...]
    problems: tuple[RowProblem, ...]
    read: int


def read_outlines(content: bytes, *, file: str, columns: Columns, system: str) -> Reading:
    """The outlines of a file in WGS-84. Raises WrongInput when it is neither GeoJSON nor a Shapefile, TooMuch when it is too large."""
    if len(content) > LARGEST:
        raise TooMuch("grid.file_too_large", "文件太大;请按社区拆开再导入。", field="file")
    features = list(_shapefile(content) if content[:2] == b"PK" else _geojson(content))
    if len(features) > MOST_ROWS:
        raise TooMuch(
            "grid.too_many_rows", f"文件有 {len(features)} 行,超过 {MOST_ROWS} 行;请拆开再导入。", field="file"
        )
    found: dict[str, Outline] = {}
    rows: dict[str, int] = {}
    problems: list[RowProblem] = []
    for row, (properties, geometry) in enumerate(features, start=1):
        try:
            outline = _outline(properties, geometry, columns=columns, system=system)
        except GridloopError as error:
            problems.append(RowProblem(row, str(error.fields.get("field", "geometry")), error.sentence))
            continue
        if outline.code in found:
            problems.append(
                RowProblem(row, columns.code, f"编码“{outline.code}”出现多次,各块图形已合并为一格,请确认。")
            )
            outline = replace(outline, geometry=shapely.union(found[outline.code].geometry, outline.geometry))
        if not shape(geometry).is_valid:
            problems.append(RowProblem(row, "geometry", f"“{outline.code}”的图形自相交,已自动修复,请核对边界。"))
        found[outline.code] = outline
        rows.setdefault(outline.code, row)
    return Reading(tuple(found.values()), tuple(rows.values()), tuple(problems), len(features))


def in_wgs84(geometry: BaseGeometry, system: str) -> BaseGeometry:
    """The shape in true coordinates, flat. Raises WrongInput for a system nobody knows."""

    def moved(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], system=system))

    found: BaseGeometry = shapely.transform(shapely.force_2d(geometry), moved)
    return found


def polygon_of(geometry: object, *, name: str) -> BaseGeometry:
    """A GeoJSON geometry as a sound polygon in degrees. Raises WrongInput."""
    try:
        found = shapely.force_2d(shape(geometry))
    except _UNREADABLE as fault:
        raise WrongInput(
            "territory.bad_geometry", f"“{name}”的边界读不出来;请检查坐标。", field="geometry", grid=name
        ) from fault
    _must_be_degrees(found, name)
    return areas_of(found, name=name)


def _must_be_degrees(geometry: BaseGeometry, name: str) -> None:
    points = shapely.get_coordinates(geometry)
    limits = np.array([180.0, 90.0])
    if not np.isfinite(points).all() or (np.abs(points) > limits).any():
        raise WrongInput(
            "territory.not_degrees",
            f"“{name}”的坐标不是经纬度(经度在前);请转成经纬度再导入。",
            field="geometry",
            grid=name,
        )


def _outline(properties: Mapping[str, Any], geometry: object, *, columns: Columns, system: str) -> Outline:
    code = _text(properties.get(columns.code))
    if not code or "/" in code or len(code) > 30:
        raise WrongInput(
            "import.no_code", f"属性“{columns.code}”缺少代码、含“/”或超过 30 字;请补上或改正。", field=columns.code
        )
    if not geometry:
        raise WrongInput("territory.no_geometry", f"“{code}”没有图形;请补画。", field="geometry")
    parent = _text(properties.get(columns.parent_column)) if columns.parent_column else ""
    polygon = areas_of(in_wgs84(polygon_of(geometry, name=code), system), name=code)
    name = _text(properties.get(columns.name)) or code
    return Outline(code, name[:80], parent or columns.parent, columns.kind, polygon)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = "" if value is None or isinstance(value, bool | dict | list) else str(value)
    return found.replace("\x00", "").strip()


def _geojson(content: bytes) -> Iterator[tuple[Mapping[str, Any], object]]:
    """Properties and geometry of each feature of a FeatureCollection, or of the one Feature that the file is (RFC 7946 §2)."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise WrongInput(
            "grid.not_json", "文件既不是 GeoJSON,也不是打包成 .zip 的 Shapefile;请重新导出。", field="file"
        ) from fault
    is_alone = isinstance(document, dict) and document.get("type") == "Feature"
    features = [document] if is_alone else document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise WrongInput("grid.not_geojson", "文件不是 GeoJSON 的 FeatureCollection,请重新导出。", field="file")
    for feature in features:
        each = feature if isinstance(feature, dict) else {}
        properties = each.get("properties")
        yield (properties if isinstance(properties, dict) else {}), each.get("geometry")


def _shapefile(content: bytes) -> Iterator[tuple[Mapping[str, Any], object]]:
    """The same of a zipped Shapefile, whose texts are in the code page it names, else UTF-8, else GB 18030."""
    parts = _unpacked(content)
    missing = [f".{kind}" for kind in ("shp", "dbf") if kind not in parts]
    if missing:
        raise WrongInput(
            "grid.no_shapefile",
            f"压缩包里缺少{'、'.join(missing)}文件;请把 .shp、.shx、.dbf、.prj 一起打包。",
            field="file",
        )
    if b"PROJCS" in parts.get("prj", b"")[:4000].upper():
        raise WrongInput(
            "grid.projected", "这个 Shapefile 是平面投影坐标;请先转成经纬度(CGCS2000 或 WGS-84)。", field="file"
        )
    datum = next((named for mark, named in _OLD_DATUMS.items() if mark in parts.get("prj", b"")[:4000].upper()), "")
    if datum:
        raise WrongInput(
            "grid.other_datum",
            f"这个 Shapefile 的经纬度是{datum}的,与 WGS-84 相差几十到一百多米;请先转成 CGCS2000 或 WGS-84。",
            field="file",
        )
    fault: Exception | None = None
    for encoding in _encodings(parts):
        try:
            rows = list(_records(parts, encoding))
        except (*_DAMAGED, LookupError) as found:  # a text in another code page shows in many ways
            fault = found
            continue
        yield from rows
        return
    raise WrongInput("grid.bad_shapefile", "Shapefile 读不出来;请以 UTF-8 重新导出再打包。", field="file") from fault


def _encodings(parts: Mapping[str, bytes]) -> list[str]:
    named = parts.get("cpg", b"").decode("ascii", "ignore").strip().lower()
    pages = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "65001": "utf-8"}
    return [*([pages.get(named, named)] if named else []), "utf-8", "gb18030"]


def _records(parts: Mapping[str, bytes], encoding: str) -> Iterator[tuple[Mapping[str, Any], object]]:
    opened = {kind: io.BytesIO(parts[kind]) for kind in ("shp", "dbf", "shx") if kind in parts}
    with shapefile.Reader(**opened, encoding=encoding, encodingErrors="strict") as reader:
        for each in reader.iterShapeRecords():
            geometry = each.shape.__geo_interface__ if each.shape.shapeType != shapefile.NULL else None
            yield each.record.as_dict(), geometry


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The members of the first Shapefile in the archive by their ending, in lower case. Raises WrongInput, TooMuch."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if sum(each.file_size for each in members) > LARGEST:
                raise TooMuch("grid.file_too_large", "压缩包解开后太大;请按社区拆开再导入。", field="file")
            first = next((each.filename for each in members if each.filename.lower().endswith(".shp")), "")
            stem = first[: -len(".shp")]
            wanted = {
                each.filename[len(stem) + 1 :].lower(): each for each in members if each.filename.startswith(f"{stem}.")
            }
            return {ending: archive.read(each) for ending, each in wanted.items() if ending in _PARTS}
    except (zipfile.BadZipFile, RuntimeError, ValueError, OSError, *_TORN) as fault:
        raise WrongInput("grid.bad_zip", "压缩包打不开(损坏或加了密码);请重新打包。", field="file") from fault


_TORN = (EOFError, struct.error, zlib.error, KeyError, IndexError)
_PARTS = frozenset({"shp", "shx", "dbf", "prj", "cpg"})
