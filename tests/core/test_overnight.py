"""交办不过夜: when an evening's list is made, and how each of its cases came out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.overnight import STANDINGS, listed_at, midnight_after, standing
from gridloop.offices.supervision.seed import shipped_calendar
from tests.sample import BEIJING

CALENDAR = shipped_calendar()
UNTIL = datetime(2022, 5, 24, tzinfo=BEIJING)
MOMENTS = st.datetimes(datetime(2022, 5, 20), datetime(2022, 5, 28), timezones=st.just(UTC))


@pytest.mark.parametrize(
    "day",
    [
        date(2022, 5, 23),  # a Monday
        date(2022, 5, 28),  # a Saturday: the clock does not rest
        date(2022, 5, 7),  # a Saturday that is worked
        date(2022, 2, 1),  # the Spring Festival
        date(2022, 5, 31),  # the last day of a month
    ],
)
def test_a_list_is_made_at_half_past_five_and_is_to_be_done_by_midnight(day):
    assert listed_at(day, CALENDAR) == datetime(day.year, day.month, day.day, 17, 30, tzinfo=BEIJING)
    assert midnight_after(day, CALENDAR) == datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1)


@pytest.mark.parametrize(
    ("assigned", "is_open", "at", "expected"),
    [
        (None, True, UNTIL - timedelta(hours=4), "waiting"),
        (None, True, UNTIL - timedelta(microseconds=1), "waiting"),
        (None, True, UNTIL, "overnight"),
        (UNTIL - timedelta(hours=1), True, UNTIL - timedelta(minutes=30), "handed_on"),
        (UNTIL, True, UNTIL + timedelta(days=9), "handed_on"),  # at 24:00 sharp: still that day
        (UNTIL + timedelta(microseconds=1), True, UNTIL + timedelta(days=9), "overnight"),
        (UNTIL - timedelta(hours=1), False, UNTIL + timedelta(days=9), "handed_on"),  # struck off since
        (UNTIL + timedelta(hours=9), False, UNTIL + timedelta(days=9), "overnight"),
        (None, False, UNTIL + timedelta(days=9), "dropped"),
    ],
)
def test_how_a_listed_case_stands(assigned, is_open, at, expected):
    assert standing(until=UNTIL, assigned_at=assigned, is_open=is_open, at=at) == expected


@given(MOMENTS, MOMENTS, st.one_of(st.none(), MOMENTS), st.booleans())
def test_what_was_handed_on_or_stayed_overnight_remains_so(first, later, assigned, is_open):
    first, later = sorted((first, later))
    assigned = assigned if assigned is None or assigned <= first else None

    before, after = (standing(until=UNTIL, assigned_at=assigned, is_open=is_open, at=at) for at in (first, later))

    assert {before, after} <= set(STANDINGS)
    assert before == after or (before, after) == ("waiting", "overnight")
