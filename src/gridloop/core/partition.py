"""Do the parts make the whole?  横向到边、纵向到底: on the ground, and among the people, over time.

On the ground, the children of a grid should tile it with no gap and no overlap (无缝拼接, GB/T 30428.1). A
:class:`Report` names every place where they do not:

* **gap**: ground of the parent that no child covers;
* **overlap**: ground that two children both cover; a narrow one is a **contested strip**, typically two drawings of one
  street, and wants a word between neighbours rather than a redrawing;
* **outside**: ground of a child beyond the parent;
* **sliver**: any of these too small to matter (under ``tolerance_m2``); listed, but no obstacle.

Among the people, each subject (a grid, a compound, a firm) should have exactly one person accountable in a role at
every instant: :func:`coverage_gaps` finds the instants with none, :func:`coverage_overlaps` those with several.
Intervals hold their start and not their end.

Guarantees: a point of the parent lies in a child or in a reported gap or sliver, except for rounding dust under a
hundredth of a square metre; areas are true to the sphere (Lambert's cylindrical equal-area projection); the order of
children changes nothing.

Worked example::

    >>> from shapely import box
    >>> report = partition_report(box(0, 0, 2, 1), {"A": box(0, 0, 1, 1), "B": box(1, 0, 1.5, 1)})
    >>> report.is_partition, [flaw.kind for flaw in report.flaws]
    (False, ['gap'])
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridloop.core.errors import WrongInput
from gridloop.core.grid import smallest_first

TOLERANCE_M2 = 10.0
STRIP_WIDTH_M = 20.0

_DUST_M2 = 0.01
_AUTHALIC_RADIUS = 6371007.2
_WORDS = {"gap": "空白", "overlap": "重叠", "contested": "争议地带", "outside": "越界", "sliver": "碎屑"}


class Moment(Protocol):
    """A date or an aware datetime: anything with an order."""

    def __lt__(self, other: Any, /) -> bool: ...


When = TypeVar("When", bound=Moment)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place where children do not tile the parent.

    ``kind`` is gap, overlap, contested, outside or sliver; ``codes`` the children concerned (none for a gap);
    ``point`` a (lon, lat) inside it.
    """

    kind: str
    codes: tuple[str, ...]
    area_m2: float
    width_m: float
    geometry: BaseGeometry
    point: tuple[float, float]
    sentence: str

    def to_feature(self) -> dict[str, Any]:
        """A GeoJSON feature for the map."""
        properties = {
            "kind": self.kind,
            "codes": list(self.codes),
            "area_m2": round(self.area_m2, 2),
            "sentence": self.sentence,
        }
        return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(self.geometry)}


@dataclass(frozen=True, slots=True)
class Report:
    """Whether the children tile the parent, and where not; areas in square metres, largest flaw first."""

    parent_m2: float
    children_m2: float
    flaws: tuple[Flaw, ...]

    @property
    def gaps(self) -> tuple[Flaw, ...]:
        """Ground that nobody covers."""
        return self._of("gap")

    @property
    def overlaps(self) -> tuple[Flaw, ...]:
        """Ground covered twice, broad."""
        return self._of("overlap")

    @property
    def contested(self) -> tuple[Flaw, ...]:
        """Ground covered twice, in a narrow strip."""
        return self._of("contested")

    @property
    def outside(self) -> tuple[Flaw, ...]:
        """Ground of children beyond the parent."""
        return self._of("outside")

    @property
    def slivers(self) -> tuple[Flaw, ...]:
        """Flaws too small to matter."""
        return self._of("sliver")

    @property
    def is_partition(self) -> bool:
        """No gap, overlap, contested strip or ground outside; slivers are forgiven."""
        return len(self.slivers) == len(self.flaws)

    @property
    def sentences(self) -> tuple[str, ...]:
        """A verdict, then each flaw that stands in the way."""
        blocking = [flaw.sentence for flaw in self.flaws if flaw.kind != "sliver"]
        small = f",另有碎屑 {len(self.slivers)} 处(可忽略)" if self.slivers else ""
        if not blocking:
            return (f"下级网格恰好拼满上级{small}。",)
        counts = "、".join(
            f"{_WORDS[kind]} {n} 处" for kind in _WORDS if kind != "sliver" and (n := len(self._of(kind)))
        )
        return (f"下级网格未能拼满上级:{counts}{small}。", *blocking)

    def _of(self, kind: str) -> tuple[Flaw, ...]:
        return tuple(flaw for flaw in self.flaws if flaw.kind == kind)


def partition_report(
    parent: BaseGeometry,
    children: Mapping[str, BaseGeometry],
    *,
    tolerance_m2: float = TOLERANCE_M2,
    strip_width_m: float = STRIP_WIDTH_M,
) -> Report:
    """Every gap, overlap and overreach of ``children`` (code → polygon) in ``parent``; all valid, WGS-84 degrees.

    An overlap whose mean width (twice its area by its perimeter) is under ``strip_width_m`` is contested ground.
    ``WrongInput`` names an invalid or empty polygon: repair first with ``grid.read_geojson``.
    """
    _demand_sound(parent, children)
    codes = smallest_first(children)
    shapes = np.array([children[code] for code in codes], dtype=object)
    measure = _Measure(parent)
    limits = _Limits(tolerance_m2, strip_width_m)
    found = [
        *_flaws("gap", (), parent.difference(shapely.union_all(shapes)), measure, limits),
        *_overlaps(codes, shapes, measure, limits),
        *_overreach(parent, codes, shapes, measure, limits),
    ]
    found.sort(key=lambda flaw: (-flaw.area_m2, flaw.codes, flaw.point))
    return Report(measure.area(parent), sum(measure.area(each) for each in shapes), tuple(found))


@dataclass(frozen=True, slots=True)
class Interval(Generic[When]):
    """From ``start`` up to but not including ``end``."""

    start: When
    end: When


@dataclass(frozen=True, slots=True)
class Responsibility(Generic[When]):
    """``holder`` answers for ``subject`` in ``role`` from ``valid_from`` until ``valid_to`` (None: further notice)."""

    subject: str
    role: str
    valid_from: When
    valid_to: When | None
    holder: str = ""


def coverage_gaps(
    responsibilities: Iterable[Responsibility[When]], subjects: Sequence[str], *, role: str, start: When, end: When
) -> list[tuple[str, Interval[When]]]:
    """When, between ``start`` and ``end``, nobody answers for which subject; in the order given, then by time."""
    return [
        (subject, interval)
        for subject, interval, holders in _spans(responsibilities, subjects, role=role, start=start, end=end)
        if not holders
    ]


def coverage_overlaps(
    responsibilities: Iterable[Responsibility[When]], subjects: Sequence[str], *, role: str, start: When, end: When
) -> list[tuple[str, Interval[When], tuple[str, ...]]]:
    """When more than one answers for which subject, and who: exactly one must be accountable at each instant."""
    spans = _spans(responsibilities, subjects, role=role, start=start, end=end)
    return [span for span in spans if len(span[2]) > 1]


@dataclass(frozen=True, slots=True)
class _Limits:
    tolerance_m2: float
    strip_width_m: float


class _Measure:
    """Square metres and metres near one latitude.

    Overlays are computed in degrees, where a vertex on a neighbour's straight border stays on it; only the finished
    pieces are projected to be measured. The other way round, projecting bends borders and invents slivers.
    """

    def __init__(self, parent: BaseGeometry) -> None:
        south, north = parent.bounds[1], parent.bounds[3]
        self._squeeze = max(math.cos(math.radians((south + north) / 2)), 1e-6)

    def area(self, geometry: BaseGeometry) -> float:
        """Square metres."""
        return float(self._projected(geometry).area)

    def width(self, geometry: BaseGeometry) -> float:
        """Mean width in metres: twice the area by the perimeter."""
        flat = self._projected(geometry)
        return float(2 * flat.area / flat.length) if flat.length else 0.0

    def _projected(self, geometry: BaseGeometry) -> BaseGeometry:
        flat: BaseGeometry = shapely.transform(geometry, self._flatten)
        return flat

    def _flatten(self, points: Any) -> Any:
        east = _AUTHALIC_RADIUS * np.radians(points[:, 0]) * self._squeeze
        north = _AUTHALIC_RADIUS * np.sin(np.radians(points[:, 1])) / self._squeeze
        return np.column_stack([east, north])


def _demand_sound(parent: BaseGeometry, children: Mapping[str, BaseGeometry]) -> None:
    for name, geometry in [("上级", parent), *children.items()]:
        if geometry.is_empty or not geometry.is_valid or not geometry.geom_type.endswith("Polygon"):
            raise WrongInput("partition.unsound", f"“{name}”的图形为空、无效或不是面,请先修复再核对。", grid=name)


def _overlaps(codes: Sequence[str], shapes: Any, measure: _Measure, limits: _Limits) -> Iterator[Flaw]:
    """Each pair once; neighbours that only touch leave lines, which have no area and fall away."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    shared = shapely.intersection(shapes[first[pairs]], shapes[second[pairs]])
    for one, other, common in zip(first[pairs], second[pairs], shared, strict=True):
        yield from _flaws("overlap", (codes[one], codes[other]), common, measure, limits)


def _overreach(
    parent: BaseGeometry, codes: Sequence[str], shapes: Any, measure: _Measure, limits: _Limits
) -> Iterator[Flaw]:
    shapely.prepare(parent)
    for code, geometry in zip(codes, shapes, strict=True):
        if not parent.contains_properly(geometry):
            yield from _flaws("outside", (code,), geometry.difference(parent), measure, limits)


def _flaws(
    kind: str, codes: tuple[str, ...], geometry: BaseGeometry, measure: _Measure, limits: _Limits
) -> Iterator[Flaw]:
    for part in shapely.get_parts(geometry):
        if part.geom_type != "Polygon" or (area := measure.area(part)) < _DUST_M2:
            continue
        width = measure.width(part)
        named = _kind(kind, area, width, limits)
        inside = part.representative_point()
        point = (float(inside.x), float(inside.y))
        yield Flaw(named, codes, area, width, part, point, _sentence(named, kind, codes, area=area, point=point))


def _kind(kind: str, area: float, width: float, limits: _Limits) -> str:
    if area < limits.tolerance_m2:
        return "sliver"
    return "contested" if kind == "overlap" and width < limits.strip_width_m else kind


def _sentence(named: str, kind: str, codes: tuple[str, ...], *, area: float, point: tuple[float, float]) -> str:
    where = f"({point[0]:.6f}, {point[1]:.6f}) 附近 {area:,.1f} 平方米"
    both = "与".join(f"“{code}”" for code in codes)
    if named == "sliver":
        return f"{where}的{_WORDS[kind]}小于容差,可忽略。"
    if named == "gap":
        return f"{where}没有任何网格负责,请补划到相邻网格。"
    if named == "outside":
        return f"{both}在{where}超出上级边界,请改正边界。"
    if named == "contested":
        return f"{both}在{where}有一条狭长的争议地带,请两边议定归谁。"
    return f"{both}在{where}重叠,请改正其中一个的边界。"


def _spans(
    responsibilities: Iterable[Responsibility[When]], subjects: Sequence[str], *, role: str, start: When, end: When
) -> Iterator[tuple[str, Interval[When], tuple[str, ...]]]:
    """The time from start to end cut wherever the holders of a subject change; neighbouring spans differ in holders."""
    if not start < end:
        raise WrongInput("partition.period", "起始时间须早于结束时间,请改正。", start=str(start), end=str(end))
    terms: defaultdict[str, list[Responsibility[When]]] = defaultdict(list)
    for each in responsibilities:
        if each.role == role:
            terms[each.subject].append(each)
    for subject in subjects:
        for interval, holders in _holders(terms[subject], start, end):
            yield subject, interval, holders


def _holders(
    terms: Sequence[Responsibility[When]], start: When, end: When
) -> list[tuple[Interval[When], tuple[str, ...]]]:
    """Sweep over the moments when somebody begins or ends; equal neighbours are joined."""
    changes: dict[When, list[tuple[int, int]]] = {start: [], end: []}
    for place, term in enumerate(terms):
        since = max(start, term.valid_from)
        until = term.valid_to if term.valid_to is not None and term.valid_to < end else end
        if since < until:
            changes.setdefault(since, []).append((place, 1))
            changes.setdefault(until, []).append((place, -1))
    moments = sorted(changes)
    active: set[int] = set()
    found: list[tuple[Interval[When], tuple[str, ...]]] = []
    for since, until in pairwise(moments):
        for place, step in changes[since]:
            (active.add if step > 0 else active.discard)(place)
        holders = tuple(terms[place].holder for place in sorted(active))
        if found and found[-1][1] == holders:
            found[-1] = (Interval(found[-1][0].start, until), holders)
        else:
            found.append((Interval(since, until), holders))
    return found
