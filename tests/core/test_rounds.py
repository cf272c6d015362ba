"""The order of the doors of a day: opening times are kept, nobody is forgotten, and no shorter order of a few exists."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.core.coordinates import metres_between
from gridloop.core.errors import TooMuch, WrongInput
from gridloop.core.rounds import Call, Day, Round, Stop, faults, in_words, plan_round

START = (113.60, 34.75)
DAY = Day()


def stop(code: str, east: float, north: float = 0.0, **more) -> Stop:
    """A door so many thousandths of a degree from the start."""
    return Stop(code, START[0] + east / 1000, START[1] + north / 1000, more.pop("stay", 1200), **more)


def order(stops: list[Stop], day: Day = DAY) -> list[str]:
    planned = plan_round(stops, start=START, day=day)
    assert faults(planned, stops, start=START, day=day) == []
    return [call.code for call in planned.calls]


def test_a_line_of_doors_is_walked_along():
    assert order([stop("C", 9, 3), stop("A", 3, 3), stop("B", 6, 4)]) in (["A", "B", "C"], ["C", "B", "A"])


def test_a_door_that_opens_late_is_called_at_later():
    assert order([stop("near", 2, spans=((15 * 3600, 16 * 3600),)), stop("far", 9)]) == ["far", "near"]


def test_of_two_spans_one_is_kept():
    lunch = ((9 * 3600, 11 * 3600), (14 * 3600, 17 * 3600))

    planned = plan_round([stop("A", 2, spans=lunch), stop("B", 3, spans=lunch)], start=START, day=DAY)

    assert [call.code for call in planned.calls if call.leaves <= 12 * 3600] == [call.code for call in planned.calls]


@pytest.mark.parametrize(
    ("left", "why"),
    [
        (stop("A", 2, spans=((20 * 3600, 21 * 3600),)), "接待时段"),  # open in the evening only
        (stop("A", 2, stay=36_000), "接待时段"),  # longer than the day
        (stop("A", 900), "路程"),  # eighty kilometres away
    ],
)
def test_a_door_that_no_day_could_hold_is_named_with_the_reason(left, why):
    planned = plan_round([left, stop("B", 3)], start=START, day=DAY)

    assert [call.code for call in planned.calls] == ["B"]
    assert planned.left_out[0][0] == "A"
    assert why in planned.left_out[0][1]


def test_when_not_all_fit_the_weightier_stays_in():
    at_ten = ((36_000, 36_300),)
    stops = [stop("light", 2, spans=at_ten), stop("heavy", -2, spans=at_ten, weight=3)]

    assert order(stops) == ["heavy"]


def test_no_door_means_an_empty_round():
    assert plan_round([], start=START, day=DAY) == Round((), (), DAY.opens, DAY.opens, 0)


@pytest.mark.parametrize(
    ("stops", "error"),
    [
        ([stop("A", 1), stop("A", 2)], WrongInput),
        ([Stop("A", float("nan"), 34.7, 10)], WrongInput),
        ([stop("A", 1, stay=-1)], WrongInput),
        ([stop("A", 1, spans=((42_000, 36_000),))], WrongInput),
        ([stop(str(n), n) for n in range(61)], TooMuch),
    ],
)
def test_malformed_stops_are_told(stops, error):
    with pytest.raises(error):
        plan_round(stops, start=START, day=DAY)


STOPS = st.lists(
    st.builds(
        Stop,
        code=st.uuids().map(str),
        lon=st.floats(113.57, 113.63),
        lat=st.floats(34.72, 34.78),
        stay=st.integers(0, 5400),
        spans=st.sampled_from([(), (), ((32_400, 42_000),), ((36_000, 37_800),), ((33_600, 42_000), (50_400, 60_000))]),
        weight=st.integers(1, 3),
    ),
    max_size=8,
    unique_by=lambda each: each.code,
)


@settings(deadline=None, max_examples=30)
@given(STOPS)
def test_whatever_the_doors_the_round_can_be_gone_as_planned(stops):
    planned = plan_round(stops, start=START, day=DAY)

    assert faults(planned, stops, start=START, day=DAY) == []
    assert plan_round(stops, start=START, day=DAY) == planned


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=2, max_size=6, unique=True))
def test_of_a_few_doors_open_all_day_no_order_is_shorter(places):
    stops = [stop(str(n), east, north) for n, (east, north) in enumerate(places)]

    planned = plan_round(stops, start=START, day=DAY)

    assert planned.metres <= min(length(list(some)) for some in permutations(stops)) + 4 * (len(stops) + 1)


def length(stops: list[Stop]) -> int:
    """Metres of the round in just this order."""
    points = [START, *((each.lon, each.lat) for each in stops), START]
    return sum(round(metres_between(here, there) * DAY.detour) for here, there in pairwise(points))


def test_a_round_that_cannot_be_gone_is_found_out():
    stops = [stop("A", 9)]

    assert faults(Round((Call("A", 32_401, 33_601, 1100),), (), 32_400, 33_900, 2200), stops, start=START, day=DAY)
    assert faults(Round((), (), 32_400, 32_400, 0), stops, start=START, day=DAY)


def test_a_minute_is_said_as_a_clock_shows_it():
    assert in_words(9 * 3600 + 4 * 60 + 1) == "09:05"
