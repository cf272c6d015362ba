"""The drawing is linear, escaped, and lighter than the survey."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point as Place
from shapely.geometry import box

from gridloop.web.drawing import WIDTH, Frame, Point, Shape, draw


def test_the_corners_of_the_frame_are_the_corners_of_the_drawing():
    frame = Frame(113.5, 34.7, 113.52, 34.72, 960.0)

    assert frame.at(113.5, 34.72) == (0.0, 0.0)
    assert frame.at(113.52, 34.7) == (pytest.approx(WIDTH), pytest.approx(960.0))


@given(st.floats(113.5, 113.52), st.floats(34.7, 34.72))
def test_a_point_and_back_is_the_same_point(lon, lat):
    frame = Frame(113.5, 34.7, 113.52, 34.72, 960.0)

    x, y = frame.at(lon, lat)

    assert frame.west + x / WIDTH * (frame.east - frame.west) == pytest.approx(lon, abs=1e-9)
    assert frame.north - y / frame.height * (frame.north - frame.south) == pytest.approx(lat, abs=1e-9)


def test_names_and_titles_are_escaped():
    drawing = draw(
        [Shape("A", "<b>甲</b>", box(113.5, 34.7, 113.52, 34.72))],
        points=[Point(113.51, 34.71, '"><script>', "/cases/x/")],
    )

    assert "<b>" not in drawing.svg and "<script>" not in drawing.svg


def test_a_survey_of_thousands_of_corners_is_drawn_with_few():
    circle = Place(113.51, 34.71).buffer(0.01, quad_segs=2000)

    drawing = draw([Shape("A", "圆", circle)])

    outline = re.search(r'd="(M[^"]*Z)"', drawing.svg)[1]
    assert outline.count("L") < 200


def test_a_hole_stays_a_hole():
    ring = box(113.5, 34.7, 113.52, 34.72).difference(box(113.508, 34.708, 113.512, 34.712))

    assert re.search(r'd="(M[^"]*Z)"', draw([Shape("A", "环", ring)]).svg)[1].count("M") == 2


def test_the_extent_says_what_the_picker_reads():
    drawing = draw([Shape("A", "甲", box(113.5, 34.7, 113.52, 34.72))])

    west, east = (float(re.search(rf'data-{side}="([^"]*)"', drawing.svg)[1]) for side in ("west", "east"))
    assert west < 113.5 and east > 113.52
