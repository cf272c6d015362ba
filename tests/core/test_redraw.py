"""Cutting, joining and fitting lose no ground; the check finds what is not covered."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gridloop.core.errors import WrongInput
from gridloop.core.redraw import Outline, areas_of, beside, check_ground, fitted, joined, snapped, split_by_line

WEST, SOUTH, SIDE = 113.5, 34.7, 0.01


def cell(code, geometry, parent="S"):
    return Outline(code, f"{code}小区", parent, "compound", geometry)


def square(column, row):
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return box(west, south, west + SIDE, south + SIDE)


FOUR = {
    code: cell(code, square(column, row))
    for code, column, row in (("SW", 0, 0), ("SE", 1, 0), ("NW", 0, 1), ("NE", 1, 1))
}


def kinds(before, after, **options):
    return [flaw.kind for checked in check_ground(before, after, **options) for flaw in checked.report.flaws]


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_cell_cut_by_a_line_is_the_two_pieces_and_nothing_else(left, right):
    line = [(WEST - 1, SOUTH + SIDE * left), (WEST + 1, SOUTH + SIDE * right)]

    larger, smaller = split_by_line(square(0, 0), line)

    assert larger.area >= smaller.area
    assert larger.area + smaller.area == pytest.approx(square(0, 0).area)
    assert larger.intersection(smaller).area == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    "line",
    [
        [(WEST + 0.005, SOUTH + 0.002), (WEST + 0.005, SOUTH + 0.008)],  # lies inside
        [(WEST + 0.005, SOUTH - 1), (WEST + 0.005, SOUTH + 0.005)],  # ends inside
        [(WEST - 1, SOUTH), (WEST - 1, SOUTH + 1)],  # passes by
        [(WEST, SOUTH - 1), (WEST, SOUTH + 1)],  # runs along the border
        [
            (WEST - 1, SOUTH + 0.003),
            (WEST + 1, SOUTH + 0.003),
            (WEST + 1, SOUTH + 0.006),
            (WEST - 1, SOUTH + 0.006),
        ],  # twice
        [(WEST, SOUTH)],  # is a point
        [(WEST, SOUTH), (WEST, SOUTH)],  # is one point twice
    ],
)
def test_a_line_that_does_not_cut_in_two_is_refused(line):
    with pytest.raises(WrongInput):
        split_by_line(square(0, 0), line)


def test_a_part_that_the_line_misses_stays_with_the_larger_piece():
    two_parts = shapely.multipolygons([square(0, 0), square(5, 0)])

    larger, smaller = split_by_line(two_parts, [(WEST + 0.002, SOUTH - 1), (WEST + 0.002, SOUTH + 1)])

    assert larger.geom_type == "MultiPolygon"
    assert smaller.area == pytest.approx(SIDE * 0.002)


def test_only_neighbours_are_joined():
    assert joined([square(0, 0), square(1, 0)]).area == pytest.approx(2 * SIDE * SIDE)
    with pytest.raises(WrongInput):
        joined([square(0, 0), square(1, 1)])  # touch in a corner only


def test_a_border_moved_with_the_neighbours_following_leaves_no_gap_and_no_overlap():
    drawn = cell("SW", box(WEST, SOUTH, WEST + 0.012, SOUTH + 0.008))

    changed = fitted(drawn, FOUR)

    assert set(changed) == {"SW", "SE", "NW"}
    assert kinds(FOUR, {**FOUR, **changed}) == []


@given(st.floats(0.2, 1.8), st.floats(0.2, 1.8))
def test_fitting_keeps_the_ground_whole(width, height):
    drawn = cell("SW", box(WEST, SOUTH, WEST + SIDE * width, SOUTH + SIDE * height))

    after = {**FOUR, **fitted(drawn, FOUR)}

    assert [kind for kind in kinds(FOUR, after) if kind != "sliver"] == []


def test_a_border_moved_alone_leaves_a_gap_and_an_overlap():
    drawn = cell("SW", box(WEST, SOUTH, WEST + 0.012, SOUTH + 0.008))

    assert sorted(kinds(FOUR, {**FOUR, "SW": drawn})) == ["gap", "overlap"]


def test_ground_that_was_covered_may_not_be_lost_even_where_no_parent_is_drawn():
    after = {code: each for code, each in FOUR.items() if code != "NE"}

    assert kinds(FOUR, after) == ["gap"]
    assert kinds({}, after) == []  # drawn so for the first time: nobody has said that the corner belongs


def test_a_first_drawing_with_a_hole_in_it_has_a_gap():
    ring = {"A": cell("A", box(0, 0, 3, 3).difference(box(1, 1, 2, 2)))}

    assert kinds({}, ring) == ["gap"]
    assert kinds({}, ring, holes=[box(1, 1, 2, 2)]) == []


def test_a_declared_hole_that_a_cell_covers_is_no_hole():
    assert kinds(FOUR, FOUR, holes=[square(0, 0)]) == []


def test_children_are_checked_against_their_drawn_parent():
    parent = {"P": cell("P", box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE), parent="")}
    inside = {"A": cell("A", square(0, 0), "P"), "B": cell("B", square(1, 0), "P")}

    assert kinds({**parent, **inside}, {**parent, **inside}) == []
    assert kinds({**parent, **inside}, {**parent, "A": inside["A"]}) == ["gap"]
    assert kinds({**parent, **inside}, {**parent, "A": inside["A"]}, partly=frozenset({"P"})) == []


def test_a_corner_that_went_out_with_six_decimals_comes_back_exact():
    exact = box(113.50000012345, 34.7, 113.51, 34.71)
    rounded = shapely.transform(exact, lambda points: points.round(6))

    assert snapped(rounded, [exact]).equals(exact)


def test_a_shape_that_crosses_itself_is_mended_and_a_line_is_no_cell():
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])

    assert areas_of(bow, name="A").is_valid
    with pytest.raises(WrongInput):
        areas_of(shapely.LineString([(0, 0), (1, 1)]), name="A")


def test_a_place_is_said_by_its_neighbours():
    strip = box(WEST + SIDE - 0.0001, SOUTH, WEST + SIDE + 0.0001, SOUTH + SIDE)

    assert {(each.code, side) for each, side in beside(strip, [FOUR["SW"], FOUR["SE"]])} == {("SW", "e"), ("SE", "w")}
    assert beside(square(40, 40), FOUR.values()) == []
