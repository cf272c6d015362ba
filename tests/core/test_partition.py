"""Whether parts make the whole: on the ground, and among people over time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from gridloop.core.errors import WrongInput
from gridloop.core.grid import GridIndex, read_geojson
from gridloop.core.partition import (
    Interval,
    Responsibility,
    coverage_gaps,
    coverage_overlaps,
    partition_report,
)
from tests.shared_data import shared

# A square of a hundredth of a degree near 郑州: about 914 m by 1,112 m.
WEST, SOUTH, SIDE = 113.60, 34.74, 0.01
WHOLE = box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)


def cell(left: float, right: float, bottom: float = 0.0, top: float = 1.0) -> Polygon:
    """A part of the square, in fractions of its sides."""
    return box(WEST + left * SIDE, SOUTH + bottom * SIDE, WEST + right * SIDE, SOUTH + top * SIDE)


def test_children_that_tile_the_parent_are_a_partition() -> None:
    report = partition_report(WHOLE, {"A": cell(0, 0.5), "B": cell(0.5, 1)})

    assert report.is_partition
    assert report.flaws == ()
    assert report.sentences == ("下级网格恰好拼满上级。",)
    assert report.parent_m2 == pytest.approx(report.children_m2)


def test_area_is_true_to_the_sphere() -> None:
    report = partition_report(WHOLE, {"A": WHOLE})

    # R² · Δλ · Δ(sin φ)
    sines = np.sin(np.radians(SOUTH + SIDE)) - np.sin(np.radians(SOUTH))
    assert report.parent_m2 == pytest.approx(6371007.2**2 * np.radians(SIDE) * sines, rel=1e-9)


@pytest.mark.parametrize(
    ("children", "kind", "codes"),
    [
        # ground that nobody covers
        ({"A": cell(0, 0.5), "B": cell(0.6, 1)}, "gap", ()),
        # a hole in the middle of one child
        ({"A": cell(0, 1).difference(cell(0.4, 0.5, 0.4, 0.5))}, "gap", ()),
        # a broad overlap
        ({"A": cell(0, 0.6), "B": cell(0.5, 1)}, "overlap", ("A", "B")),
        # a strip some nine metres wide, claimed by both
        ({"A": cell(0, 0.51), "B": cell(0.5, 1)}, "contested", ("A", "B")),
        # a child that reaches beyond the parent
        ({"A": cell(0, 0.5), "B": cell(0.5, 1.1)}, "outside", ("B",)),
    ],
)
def test_each_flaw_is_named_with_its_place(
    children: dict[str, BaseGeometry], kind: str, codes: tuple[str, ...]
) -> None:
    report = partition_report(WHOLE, children)

    assert [(flaw.kind, flaw.codes) for flaw in report.flaws] == [(kind, codes)]
    assert not report.is_partition
    flaw = report.flaws[0]
    assert flaw.geometry.contains(shapely.Point(flaw.point))
    assert flaw.to_feature()["geometry"]["type"] == "Polygon"
    assert flaw.sentence in report.sentences


def test_a_sliver_is_listed_but_forgiven() -> None:
    report = partition_report(WHOLE, {"A": cell(0, 0.5), "B": cell(0.500001, 1)})

    assert report.is_partition
    assert len(report.slivers) == 1
    assert "碎屑 1 处" in report.sentences[0]


def test_a_corner_on_the_straight_border_of_a_neighbour_makes_no_sliver() -> None:
    report = partition_report(WHOLE, {"A": cell(0, 1, 0, 0.5), "B": cell(0, 0.3, 0.5, 1), "C": cell(0.3, 1, 0.5, 1)})

    assert report.flaws == ()


def test_the_order_of_children_changes_nothing() -> None:
    children = {"A": cell(0, 0.6), "B": cell(0.5, 0.8), "C": cell(0.7, 0.9)}

    assert partition_report(WHOLE, children) == partition_report(WHOLE, dict(reversed(children.items())))


def test_no_children_leave_the_whole_parent_open() -> None:
    report = partition_report(WHOLE, {})

    assert [flaw.area_m2 for flaw in report.gaps] == pytest.approx([report.parent_m2])


def test_an_unsound_polygon_is_refused_by_name() -> None:
    with pytest.raises(WrongInput) as refusal:
        partition_report(WHOLE, {"A": Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])})

    assert refusal.value.fields["grid"] == "A"


@pytest.mark.parametrize(
    ("file", "code_property", "cells"),
    [("uk_lsoa_london", "LSOA11CD", 4835), ("nyc_community_districts", "BoroCD", 71)],
)
def test_real_districts_partition_their_outline_and_one_taken_out_is_the_gap(
    file: str, code_property: str, cells: int
) -> None:
    source = shared(f"boundaries/{file}.geojson").read_text(encoding="utf-8")
    codes, shapes, _ = read_geojson(source, code_property=code_property)
    outline = shapely.union_all([Polygon(part.exterior) for part in shapely.get_parts(shapely.union_all(shapes))])
    children = dict(zip(codes, shapes, strict=True))
    taken = codes[len(codes) // 2]

    whole = partition_report(outline, children)
    lacking = partition_report(outline, {code: shape for code, shape in children.items() if code != taken})

    assert len(codes) == cells
    assert whole.is_partition, whole.sentences
    assert not lacking.is_partition
    open_m2 = sum(flaw.area_m2 for flaw in lacking.flaws)
    assert open_m2 == pytest.approx(whole.children_m2 - lacking.children_m2, rel=1e-6)


@st.composite
def torn_voronoi(draw: st.DrawFn) -> dict[str, BaseGeometry]:
    """Random Voronoi cells of the square, some of them lost."""
    fractions = st.integers(1, 9_999).map(lambda number: number / 10_000)
    seeds = draw(st.lists(st.tuples(fractions, fractions), min_size=3, max_size=12, unique=True))
    points = shapely.MultiPoint([(WEST + x * SIDE, SOUTH + y * SIDE) for x, y in seeds])
    cells = [part.intersection(WHOLE) for part in shapely.voronoi_polygons(points, extend_to=WHOLE).geoms]
    kept = draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells)))
    named = {f"G{place:02}": part for place, (part, keep) in enumerate(zip(cells, kept, strict=True)) if keep}
    return {code: part for code, part in named.items() if part.geom_type == "Polygon" and part.is_valid}


@settings(max_examples=60, deadline=None)
@given(torn_voronoi(), st.lists(st.tuples(st.floats(0.001, 0.999), st.floats(0.001, 0.999)), min_size=1, max_size=40))
def test_every_point_falls_in_exactly_one_grid_or_a_reported_gap(
    children: dict[str, BaseGeometry], fractions: list[tuple[float, float]]
) -> None:
    report = partition_report(WHOLE, children)
    index = GridIndex(list(children), list(children.values()))
    open_ground = shapely.union_all([flaw.geometry for flaw in report.flaws if not flaw.codes])

    for x, y in fractions:
        lon, lat = WEST + x * SIDE, SOUTH + y * SIDE
        assert index.locate(lon, lat) is not None or open_ground.intersects(shapely.Point(lon, lat))
    assert report.overlaps == report.contested == report.outside == ()
    open_m2 = sum(flaw.area_m2 for flaw in report.flaws if not flaw.codes)
    assert open_m2 + report.children_m2 == pytest.approx(report.parent_m2, abs=1.0)


JAN = date(2022, 1, 1)


def day(number: int) -> date:
    """The day so many days after New Year."""
    return JAN + timedelta(days=number)


def term(
    first: int, last: int | None, *, holder: str = "张", subject: str = "G1", role: str = "leader"
) -> Responsibility[date]:
    """Somebody answers for a grid from one day up to another."""
    return Responsibility(subject, role, day(first), None if last is None else day(last), holder)


@pytest.mark.parametrize(
    ("terms", "gaps"),
    [
        # nobody ever
        ([], [(0, 100)]),
        # until further notice
        ([term(0, None)], []),
        # began before, ends after
        ([term(-5, 200)], []),
        # a hand-over on the day leaves no gap
        ([term(0, 50), term(50, None)], []),
        # three days between
        ([term(0, 50), term(53, None)], [(50, 53)]),
        # late start and early end
        ([term(10, 20)], [(0, 10), (20, 100)]),
        # another role does not count
        ([term(0, None, role="health_officer")], [(0, 100)]),
        # a term that ends before it begins covers nothing
        ([term(20, 10)], [(0, 100)]),
    ],
)
def test_days_without_anybody_are_found(terms: list[Responsibility[date]], gaps: list[tuple[int, int]]) -> None:
    found = coverage_gaps(terms, ["G1"], role="leader", start=day(0), end=day(100))

    assert found == [("G1", Interval(day(first), day(last))) for first, last in gaps]


def test_days_with_two_accountable_are_found_with_their_names() -> None:
    terms = [term(0, 50, holder="张"), term(40, 60, holder="李"), term(55, None, holder="王")]

    found = coverage_overlaps(terms, ["G1"], role="leader", start=day(0), end=day(100))

    assert found == [("G1", Interval(day(40), day(50)), ("张", "李")), ("G1", Interval(day(55), day(60)), ("李", "王"))]


def test_subjects_are_answered_in_the_order_given() -> None:
    found = coverage_gaps([term(0, None)], ["G2", "G1", "G3"], role="leader", start=day(0), end=day(9))

    assert [subject for subject, _ in found] == ["G2", "G3"]


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(WrongInput):
        coverage_gaps([], ["G1"], role="leader", start=day(1), end=day(1))


@given(st.lists(st.tuples(st.integers(-5, 25), st.integers(-5, 25) | st.none()), max_size=6))
def test_gaps_and_overlaps_agree_with_counting_day_by_day(spans: list[tuple[int, int | None]]) -> None:
    terms = [term(first, last, holder=str(place)) for place, (first, last) in enumerate(spans)]

    gaps = coverage_gaps(terms, ["G1"], role="leader", start=day(0), end=day(20))
    overlaps = coverage_overlaps(terms, ["G1"], role="leader", start=day(0), end=day(20))

    for number in range(20):
        on = day(number)
        holders = sum(each.valid_from <= on and (each.valid_to is None or on < each.valid_to) for each in terms)
        assert any(gap.start <= on < gap.end for _, gap in gaps) == (holders == 0)
        assert any(span.start <= on < span.end for _, span, _ in overlaps) == (holders > 1)
