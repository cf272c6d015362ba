"""Responsibility segments tile a case, and lateness falls on whoever held it when it was late."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.clock import Segment, attribute_lateness, tile_problems
from gridloop.core.errors import Broken, WrongInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENED = datetime(2022, 5, 1, 9, tzinfo=SHANGHAI)


def day(number: int) -> datetime:
    return OPENED + timedelta(days=number - 1)


def segments_of(lengths: list[int]) -> list[Segment]:
    """Segments of these many seconds, one after another, held by A, B, C, A …"""
    edges = [OPENED]
    for length in lengths:
        edges.append(edges[-1] + timedelta(seconds=length))
    return [Segment("ABC"[n % 3], "lead", edges[n], edges[n + 1]) for n in range(len(lengths))]


LENGTHS = st.lists(st.integers(1, 10**7), min_size=1, max_size=12)


@given(LENGTHS)
def test_segments_that_follow_one_another_tile_the_case(lengths: list[int]):
    segments = segments_of(lengths)

    assert tile_problems(segments[::-1], opened=OPENED, closed=segments[-1].end) == []


@given(LENGTHS, st.data())
def test_taking_a_segment_away_or_doubling_it_is_found(lengths: list[int], draw: st.DataObject):
    segments = segments_of(lengths)
    closed = segments[-1].end
    chosen = draw.draw(st.integers(0, len(segments) - 1))

    assert tile_problems(segments[:chosen] + segments[chosen + 1 :], opened=OPENED, closed=closed)
    assert tile_problems([*segments, segments[chosen]], opened=OPENED, closed=closed)


@pytest.mark.parametrize(
    ("segments", "closed", "word"),
    [
        ([], day(5), "没有任何责任段"),
        ([Segment("A", "lead", day(2), day(5))], day(5), "无人负责"),  # begins late
        ([Segment("A", "lead", day(0), day(5))], day(5), "早于立案"),  # begins early
        ([Segment("A", "lead", day(1), day(4))], day(5), "没有止于结案"),  # ends early
        ([Segment("A", "lead", day(1))], day(5), "没有止于结案"),  # never ends
        ([Segment("A", "lead", day(1), day(5))], None, "起无人负责"),  # an open case nobody holds
        ([Segment("A", "lead", day(1)), Segment("B", "lead", day(3))], None, "重叠"),  # two at once
        ([Segment("A", "lead", day(1), day(2)), Segment("B", "lead", day(3))], None, "无人负责"),  # a gap
        ([Segment("A", "lead", day(1), day(0)), Segment("B", "lead", day(0))], None, "止于开始之前"),
    ],
)
def test_what_does_not_tile_is_said_in_a_sentence(segments: list[Segment], closed: datetime | None, word: str):
    assert any(word in problem for problem in tile_problems(segments, opened=OPENED, closed=closed))


def test_between_strike_off_and_reopening_nobody_need_hold_the_case():
    segments = [Segment("A", "lead", day(1), day(4)), Segment("B", "lead", day(9))]

    assert tile_problems(segments, opened=OPENED, closed=None) != []
    assert tile_problems(segments, opened=OPENED, closed=None, except_for=[(day(4), day(9))]) == []


def test_lateness_falls_on_those_who_held_the_case_after_it_was_due():
    segments = [
        Segment("A", "lead", day(1), day(4)),  # passed it on in time
        Segment("B", "lead", day(4), day(6)),  # late by a day
        Segment("C", "lead", day(6), day(9)),  # late all the while
    ]

    shares = attribute_lateness(segments, due_at=day(5), ended_at=day(9))

    assert shares == {"B": timedelta(days=1), "C": timedelta(days=3)}


def test_an_open_segment_is_late_until_now_and_a_case_in_time_has_no_late_holder():
    segments = [Segment("A", "lead", day(1))]

    assert attribute_lateness(segments, due_at=day(5), ended_at=day(7)) == {"A": timedelta(days=2)}
    assert attribute_lateness(segments, due_at=day(5), ended_at=day(5)) == {}


def test_time_in_which_the_clock_stood_still_is_nobodys_lateness():
    segments = [Segment("A", "lead", day(1), day(6)), Segment("B", "lead", day(8))]

    shares = attribute_lateness(segments, due_at=day(5), ended_at=day(9), except_for=[(day(6), day(8))])

    assert shares == {"A": timedelta(days=1), "B": timedelta(days=1)}


@given(LENGTHS, st.integers(0, 10**8), st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**7)), max_size=4))
def test_the_shares_sum_exactly_to_the_lateness(lengths: list[int], due_after: int, rests: list[tuple[int, int]]):
    segments = segments_of(lengths)
    ended_at = segments[-1].end or OPENED
    due_at = OPENED + timedelta(seconds=due_after)
    spans = [(OPENED + timedelta(seconds=start), OPENED + timedelta(seconds=start + length)) for start, length in rests]

    whole = attribute_lateness(segments, due_at=due_at, ended_at=ended_at)
    rested = attribute_lateness(segments, due_at=due_at, ended_at=ended_at, except_for=spans)

    assert sum(whole.values(), timedelta(0)) == max(timedelta(0), ended_at - due_at)
    assert all(share > timedelta(0) for share in [*whole.values(), *rested.values()])
    assert all(rested[holder] <= whole[holder] for holder in rested)


@pytest.mark.parametrize(
    "segments",
    [
        [Segment("A", "lead", day(1), day(6)), Segment("B", "lead", day(7))],  # a gap
        [Segment("A", "lead", day(1), day(7)), Segment("B", "lead", day(6))],  # an overlap
        # a gap and an overlap of the same length, which a mere sum would not notice
        [Segment("A", "lead", day(1), day(6)), Segment("B", "lead", day(7), day(9)), Segment("C", "lead", day(8))],
    ],
)
def test_lateness_is_not_attributed_when_the_segments_do_not_tile_it(segments: list[Segment]):
    with pytest.raises(Broken, match="首尾相接"):
        attribute_lateness(segments, due_at=day(5), ended_at=day(9))


def test_a_segment_without_a_zone_is_refused():
    with pytest.raises(WrongInput, match="时区"):
        Segment("A", "lead", datetime(2022, 5, 1))
