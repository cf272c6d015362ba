"""Grids drawn on the server as SVG: for browsers without WebGL, for print, and for picking a point.

The drawing is linear in both directions, west … east over the width and north … south over the height, so that the script can turn
a click into degrees (frontend/README.md). Height follows the cosine of the latitude, so squares look square. What is drawn
is escaped here and nowhere else.

Worked example::

    drawing = draw([Shape("C1", "柳荫社区", geometry)], points=[Point(113.505, 34.705, "路灯不亮", "/cases/…/")])
    drawing.svg          # safe to show with {% drawn drawing.svg %}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridloop.offices.territory import queries as territory

WIDTH = 800.0
MARGIN = 0.04  # of the longer side
FINENESS = 1 / 1500  # of the width: smaller wiggles are not drawn
LARGEST_LETTER, SMALLEST_LETTER = 30.0, 11.0
PIN = 1.6


@dataclass(frozen=True, slots=True)
class Shape:
    """One cell: a stable code, its name, its outline; ``tone`` as pills have it; ``address`` makes it a link."""

    code: str
    name: str
    geometry: BaseGeometry
    tone: str = ""
    is_current: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point in WGS-84 degrees with what it is called, and where it leads."""

    lon: float
    lat: float
    title: str
    address: str = ""
    tone: str = "open"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing with its frame in degrees. ``is_synthetic`` asks for the remark that the cells are not surveyed."""

    svg: SafeString
    west: float
    east: float
    south: float
    north: float
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawn extent: degrees outside, user units inside."""

    west: float
    south: float
    east: float
    north: float
    height: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """The place of a point on the drawing."""
        return (
            (lon - self.west) / (self.east - self.west) * WIDTH,
            (self.north - lat) / (self.north - self.south) * self.height,
        )


def shapes_of(street: str) -> tuple[list[Shape], bool]:
    """The outlines in force of a street's smallest cells, and whether they are only illustrative."""
    rows = territory.boundaries(street)
    parents = {row.grid.parent_id for row in rows}
    smallest = [row for row in rows if row.grid_id not in parents]
    cells = [Shape(row.grid.code, row.grid.name, shape(json.loads(row.geometry))) for row in smallest]
    return cells, any(row.grid.is_synthetic for row in smallest)


def draw_place(street: str, *, place: str, lon: float | None, lat: float | None) -> Drawing | None:
    """The street with one cell marked and, where there is one, the point. None without boundaries."""
    cells, is_synthetic = shapes_of(street)
    if not cells:
        return None
    code = place.rsplit("/", 1)[-1]
    marked = [Shape(cell.code, cell.name, cell.geometry, is_current=cell.code == code) for cell in cells]
    points = [Point(lon, lat, "", tone="bad")] if lon is not None and lat is not None else []
    return draw(marked, points=points, label=_("事项所在网格"), is_synthetic=is_synthetic)


def draw_picker(
    street: str, *, lon_input: str = "lon", lat_input: str = "lat", status: str = "point-status"
) -> Drawing | None:
    """The street as a map on which a point is picked into two hidden inputs. None without boundaries."""
    cells, is_synthetic = shapes_of(street)
    if not cells:
        return None
    attributes = format_html(
        ' data-point-map data-lon-input="{}" data-lat-input="{}" data-point-status="{}"', lon_input, lat_input, status
    )
    return draw(
        cells,
        label=_("在地图上点选位置:方向键移动,回车放到中间,删除键取消"),
        attributes=attributes,
        is_synthetic=is_synthetic,
    )


def draw(
    shapes: Sequence[Shape],
    *,
    points: Iterable[Point] = (),
    label: str = "",
    attributes: SafeString | None = None,
    is_synthetic: bool = False,
) -> Drawing:
    """The cells with their names, then the points."""
    frame = _frame([each.geometry.bounds for each in shapes])
    svg = format_html(
        '<svg viewBox="0 0 {} {}" role="{}" aria-label="{}" data-west="{}" data-east="{}" data-south="{}" data-north="{}"{}>'
        '<rect class="gl-map-frame" width="{}" height="{}"/>{}{}{}</svg>',
        _n(WIDTH), _n(frame.height), "application" if attributes else "group", label or _("网格图"),
        f"{frame.west:.6f}", f"{frame.east:.6f}", f"{frame.south:.6f}", f"{frame.north:.6f}", attributes or "",
        _n(WIDTH), _n(frame.height),
        format_html_join("", "{}", ((_cell(each, frame),) for each in shapes)),
        format_html_join("", "{}", ((_name(each, frame),) for each in shapes)),
        format_html_join("", "{}", ((_point(each, frame),) for each in points)),
    )  # fmt: skip
    return Drawing(svg, frame.west, frame.east, frame.south, frame.north, is_synthetic)


def _frame(bounds: Sequence[tuple[float, float, float, float]]) -> Frame:
    """All bounds with a margin. One degree of longitude is shorter than one of latitude by the cosine."""
    west, south = min(each[0] for each in bounds), min(each[1] for each in bounds)
    east, north = max(each[2] for each in bounds), max(each[3] for each in bounds)
    margin = max(east - west, north - south, 1e-4) * MARGIN
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    ratio = (north - south) / ((east - west) * cos(radians((south + north) / 2)))
    return Frame(west, south, east, north, round(WIDTH * min(max(ratio, 0.3), 1.6), 1))


def _cell(each: Shape, frame: Frame) -> SafeString:
    outline = each.geometry.simplify((frame.east - frame.west) * FINENESS, preserve_topology=True)
    mark = mark_safe(' aria-current="true"') if each.is_current else ""
    tone = format_html(' data-tone="{}"', each.tone) if each.tone else ""
    path = format_html(
        '<path class="gl-cell"{}{} d="{}"><title>{}</title></path>', mark, tone, _outline(outline, frame), each.name
    )
    return format_html('<a href="{}">{}</a>', each.address, path) if each.address else path


def _outline(geometry: BaseGeometry, frame: Frame) -> str:
    """The path of every ring: holes stay holes."""
    polygons: list[Any] = list(getattr(geometry, "geoms", [geometry]))
    rings = [
        ring
        for polygon in polygons
        if polygon.geom_type == "Polygon"
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return "".join(f"M{'L'.join(_pair(frame.at(*corner[:2])) for corner in ring.coords[:-1])}Z" for ring in rings)


def _pair(at: tuple[float, float]) -> str:
    return f"{_n(at[0])} {_n(at[1])}"


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


def _name(each: Shape, frame: Frame) -> SafeString:
    """The name inside its cell, where it fits."""
    west, _south, east, _north = each.geometry.bounds
    room = (east - west) / (frame.east - frame.west) * WIDTH
    letter = min(LARGEST_LETTER, room / (len(each.name) + 0.5))
    if letter < SMALLEST_LETTER:
        return SafeString("")
    inside = each.geometry.representative_point()
    x, y = frame.at(inside.x, inside.y)
    return format_html(
        '<text class="gl-map-label" x="{}" y="{}" font-size="{}" aria-hidden="true">{}</text>',
        _n(x),
        _n(y),
        _n(letter),
        each.name,
    )


def _point(each: Point, frame: Frame) -> SafeString:
    x, y = frame.at(each.lon, each.lat)
    marker = format_html(
        '<g class="gl-marker" data-tone="{}" transform="translate({} {}) scale({})"><path d="M0 0C-4-8-11-13-11-21a11 11 0 1 1 22 0c0 8-7 13-11 21z"/>'
        '<circle r="4" cy="-21"/></g>',
        each.tone, _n(x), _n(y), _n(PIN),
    )  # fmt: skip
    if not each.address:
        return marker
    target = format_html(
        '<circle class="gl-marker-target" cx="{}" cy="{}" r="24" fill="transparent"><title>{}</title></circle>',
        _n(x),
        _n(y - 20),
        each.title,
    )
    return format_html('<a href="{}" aria-label="{}">{}{}</a>', each.address, each.title, marker, target)
