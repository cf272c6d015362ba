"""Judging a clock: pauses, extensions, stops and restarts, warnings, lateness, and the next time to look."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.core.clock import (
    ClockEvent,
    ClockState,
    Profile,
    judge,
    reissue,
    remaining_in_words,
    rests_of,
)
from gridloop.core.errors import WrongInput
from gridloop.core.worktime import Calendar, CalendarYear, SpecialDay
from gridloop.offices.supervision.seed import find_profile, shipped_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
ZERO = timedelta(0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def on(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2022) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def event(kind: str, at: datetime, **more: Any) -> ClockEvent:
    return ClockEvent(kind, at, **more)


def week(*events: ClockEvent, at: datetime, **more: Any) -> ClockState:
    """The clock of 三不过's seven days, begun on Monday 9 May 10:00."""
    started = [event("start", on(5, 9, 10)), *events]
    return judge(started, profile=find_profile("三不过"), stage="handle", calendar=CALENDAR, at=at, **more)


def three_workdays(*events: ClockEvent, at: datetime) -> ClockState:
    """The clock of 1137's three working days, begun on Monday 9 May 10:00, due on Thursday 12 May 17:30."""
    started = [event("start", on(5, 9, 10)), *events]
    return judge(started, profile=find_profile("1137"), stage="handle", calendar=CALENDAR, at=at)


def test_a_clock_runs_to_its_deadline_and_is_late_only_after_it():
    assert week(at=on(5, 9, 10)).due_at == on(5, 16, 10)
    assert not week(at=on(5, 16, 10)).is_late

    after = week(at=on(5, 16, 11))

    assert (after.state, after.is_late, after.late_by, after.remaining) == ("running", True, HOUR, ZERO)


def test_a_suspended_clock_over_the_spring_festival_is_not_due():
    events = [event("start", on(1, 28, 10)), event("pause", on(1, 30, 18), until=on(2, 7, 9), reason="春节停工")]
    profile = find_profile("三不过")

    festival = judge(events, profile=profile, stage="handle", calendar=CALENDAR, at=on(2, 5))
    back = judge(events, profile=profile, stage="handle", calendar=CALENDAR, at=on(2, 7, 10))

    assert (festival.state, festival.is_late, festival.due_at) == ("paused", False, on(2, 12, 1))
    assert (back.state, back.due_at) == ("running", on(2, 12, 1))
    assert remaining_in_words(festival, on(2, 5)) == "已挂起,还剩 4 天 16 小时"


def test_a_pause_pushes_a_natural_deadline_by_natural_time():
    paused = [event("pause", on(5, 10)), event("resume", on(5, 12))]

    assert week(*paused, at=on(5, 13)).due_at == on(5, 18, 10)


def test_a_pause_pushes_a_working_deadline_by_office_time():
    over_the_weekend = [event("pause", on(5, 11, 10)), event("resume", on(5, 16, 10))]  # Wednesday to Monday

    state = three_workdays(*over_the_weekend, at=on(5, 16, 11))

    assert state.due_at == on(5, 17, 17, 30)  # three workdays on: Friday, Monday, Tuesday
    assert state.in_office_time


def test_what_is_left_of_a_suspended_working_clock_is_told_in_office_hours():
    state = three_workdays(event("pause", on(5, 10, 9, 30)), at=on(5, 12))

    assert remaining_in_words(state, on(5, 12)) == "已挂起,还剩 工作时间 20 小时 30 分钟"


def test_a_pause_wholly_outside_office_hours_moves_no_working_deadline():
    at_night = [event("pause", on(5, 10, 19)), event("resume", on(5, 11, 7))]

    assert three_workdays(*at_night, at=on(5, 11, 8)).due_at == on(5, 12, 17, 30)


def test_a_pause_without_an_end_leaves_the_deadline_open():
    state = week(event("pause", on(5, 10, 10)), at=on(8, 1))

    assert (state.state, state.due_at, state.next_check_at, state.is_late) == ("paused", None, None, False)
    assert (state.spent, state.remaining) == (DAY, 6 * DAY)
    assert remaining_in_words(state, on(8, 1)) == "已挂起,还剩 6 天"


def test_a_pause_that_expires_lets_the_clock_run_again_by_itself():
    pause = event("pause", on(5, 10, 10), until=on(5, 12, 10))

    assert week(pause, at=on(5, 12, 9)).state == "paused"
    assert week(pause, at=on(5, 12, 9)).next_check_at == on(5, 12, 10)
    assert week(pause, at=on(5, 12, 10)).state == "running"
    assert week(pause, at=on(5, 20)).is_late


def test_a_pause_ended_early_pushes_only_by_the_time_it_lasted():
    events = [event("pause", on(5, 10, 10), until=on(5, 20)), event("resume", on(5, 11, 10))]

    assert week(*events, at=on(5, 12)).due_at == on(5, 17, 10)


def test_two_pauses_at_once_are_one_that_lasts_as_long_as_the_longer():
    events = [event("pause", on(5, 10), until=on(5, 13)), event("pause", on(5, 11), until=on(5, 12))]

    assert week(*events, at=on(5, 14)).due_at == on(5, 19, 10)


def test_a_pause_begun_when_already_late_excuses_nothing():
    events = [event("pause", on(5, 17, 10)), event("resume", on(5, 19, 10))]

    state = week(*events, at=on(5, 20, 10))

    assert (state.due_at, state.is_late) == (on(5, 16, 10), True)
    assert state.late_by == 2 * DAY  # the clock stood still for two of the four days


def test_a_profile_may_bound_or_forbid_pauses():
    source = find_profile("三不过").to_data()
    bounded = Profile.from_data(source | {"pauses": {"allowed": True, "longest_days": 2}})
    forbidden = Profile.from_data(source | {"pauses": {"allowed": False}})
    events = [event("start", on(5, 9, 10)), event("pause", on(5, 10, 10))]

    def due_under(profile: Profile) -> datetime | None:
        return judge(events, profile=profile, stage="handle", calendar=CALENDAR, at=on(5, 11)).due_at

    assert due_under(bounded) == on(5, 18, 10)
    assert due_under(forbidden) == on(5, 16, 10)


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        (3, "natural_day", on(5, 19, 10)),
        (1, "working_day", on(5, 17, 10)),
        (2, "working_hour", on(5, 16, 12)),
        (1, "month", on(6, 16, 10)),
    ],
)
def test_an_extension_moves_the_deadline(amount: int, unit: str, expected: datetime):
    assert week(event("extend", on(5, 12), amount=amount, unit=unit), at=on(5, 13)).due_at == expected


def test_an_extension_while_suspended_is_kept():
    events = [event("pause", on(5, 10, 10)), event("extend", on(5, 11), amount=3, unit="natural_day")]

    assert week(*events, at=on(5, 12)).due_at is None
    assert week(*events, event("resume", on(5, 12, 10)), at=on(5, 13)).due_at == on(5, 21, 10)


def test_a_stopped_clock_stays_as_it_was():
    in_time = week(event("stop", on(5, 15)), at=on(6, 30))
    late = week(event("stop", on(5, 16, 13)), at=on(6, 30))

    assert (in_time.state, in_time.is_late, in_time.next_check_at) == ("stopped", False, None)
    assert (late.state, late.is_late, late.late_by) == ("stopped", True, 3 * HOUR)
    assert remaining_in_words(in_time, on(6, 30)) == "已按期完成"
    assert remaining_in_words(late, on(6, 30)) == "已完成,超期 3 小时"


def test_reopening_resumes_the_old_clock_without_the_time_between():
    events = [event("stop", on(5, 14, 10)), event("restart", on(6, 14, 10))]

    state = week(*events, at=on(6, 15, 10))

    assert (state.state, state.due_at, state.spent) == ("running", on(6, 16, 10), 6 * DAY)


def test_reopening_a_late_case_leaves_it_as_late_as_it_was():
    events = [event("stop", on(5, 17, 10)), event("restart", on(6, 14, 10))]

    state = week(*events, at=on(6, 14, 12))

    assert (state.is_late, state.late_by) == (True, DAY + 2 * HOUR)


def test_a_pause_ends_with_the_stop_and_does_not_come_back_with_the_restart():
    events = [event("pause", on(5, 10, 10)), event("stop", on(5, 12, 10)), event("restart", on(5, 13, 10))]

    state = week(*events, at=on(5, 14, 10))

    assert (state.state, state.due_at) == ("running", on(5, 19, 10))


def test_warnings_come_at_half_and_at_eight_tenths():
    half, eight_tenths = on(5, 12, 22), on(5, 15, 0, 24)

    assert [week(at=moment).warned for moment in (on(5, 9, 10), half, eight_tenths, on(5, 17))] == [0, 1, 2, 2]
    assert [week(at=moment).next_check_at for moment in (on(5, 9, 10), half, eight_tenths)] == [
        half,
        eight_tenths,
        on(5, 16, 10),
    ]


def test_a_working_clock_warns_by_office_time():
    state = three_workdays(at=on(5, 9, 10))

    # 27 h of office time: 6 on Monday, 7 on each of three days; half is 13.5 h: Wednesday 09:30
    assert state.next_check_at == on(5, 11, 9, 30)
    assert state.remaining == 27 * HOUR


def test_at_the_due_moment_the_next_look_is_an_instant_later_and_finds_it_late():
    state = week(at=on(5, 16, 10))

    assert state.next_check_at == on(5, 16, 10) + timedelta(microseconds=1)
    assert week(at=state.next_check_at).is_late
    assert week(at=state.next_check_at).next_check_at is None


def test_an_event_of_the_future_is_not_looked_at():
    assert week(event("stop", on(5, 14)), at=on(5, 13)).state == "running"


def test_a_clock_that_has_not_started_cannot_be_judged():
    with pytest.raises(WrongInput, match="尚未开始计时"):
        week(at=on(5, 1))
    with pytest.raises(WrongInput, match="时区"):
        week(at=datetime(2022, 5, 10))


def test_a_clock_filed_at_night_spends_nothing_before_the_morning():
    source = find_profile("三不过").to_data()
    source["intake"] = {"cut_off": "18:00", "counts_as": "next_day", "at": "09:00"}
    source["stages"][1]["start"] = "filed"
    events = [event("start", on(5, 9, 20)), event("pause", on(5, 9, 21)), event("resume", on(5, 10, 10))]

    state = judge(events, profile=Profile.from_data(source), stage="handle", calendar=CALENDAR, at=on(5, 10, 11))

    assert state.due_at == on(5, 17, 10)  # counted from 09:00, and one hour of the pause lay after that
    assert state.spent == HOUR


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], on(2, 28, 9)),  # the first month, clamped
        ([on(2, 20)], on(3, 31, 9)),  # reported: the second, not drifting to the 28th
        ([on(2, 20), on(2, 21)], on(3, 31, 9)),  # a second report in the same month answers nothing more
        ([on(2, 20), on(3, 15)], on(4, 30, 9)),  # month by month
        ([on(3, 5)], on(3, 31, 9)),  # a late report answers the month that was missed
        ([on(3, 5), on(3, 6)], on(4, 30, 9)),  # the next one answers March
    ],
)
def test_a_repeating_stage_is_due_again_month_by_month(reports: list[datetime], expected: datetime):
    events = [event("start", on(1, 31, 9)), *(event("start", report) for report in reports)]

    state = judge(events, profile=find_profile("信阳"), stage="progress", calendar=CALENDAR, at=on(3, 20))

    assert state.due_at == expected


def test_a_new_calendar_reissues_a_provisional_deadline():
    events = [event("start", on(12, 30, 10, year=2026))]
    off = SpecialDay(on(1, 1, year=2027).date(), False, "元旦")
    later = Calendar(
        code="cn",
        version=2,
        zone="Asia/Shanghai",
        years=[*CALENDAR.years, CalendarYear(2027, True, (off,))],
    )

    found = reissue(
        events,
        profile=find_profile("1137"),
        stage="handle",
        old_calendar=CALENDAR,
        new_calendar=later,
        at=on(12, 31, year=2026),
    )

    assert (found.before.provisional, found.before.due_at) == (True, on(1, 4, 17, 30, year=2027))
    assert (found.after.provisional, found.after.due_at) == (False, on(1, 5, 17, 30, year=2027))
    assert found.changed
    assert found.sentence == "按工作日历第 2 版重新核定,期限由2027年1月4日 17:30 改为2027年1月5日 17:30。"


def test_a_working_extension_into_an_unpublished_year_is_provisional():
    start = on(12, 20, 10, year=2026)  # due on Sunday the 27th, which a count of workdays takes as the end of Friday
    events = [event("start", start), event("extend", on(12, 21, year=2026), amount=5, unit="working_day")]

    state = judge(events, profile=find_profile("三不过"), stage="handle", calendar=CALENDAR, at=on(12, 22, year=2026))

    assert state.provisional and state.due_at == on(1, 2, year=2027)


def test_the_rests_of_a_clock_are_told_in_order():
    events = [
        event("start", on(5, 1)),
        event("pause", on(5, 2), until=on(5, 3)),
        event("stop", on(5, 5)),
        event("restart", on(5, 7)),
        event("pause", on(5, 8)),
    ]

    rests = rests_of(events, profile=find_profile("三不过"), at=on(5, 9))

    assert rests == ((on(5, 2), on(5, 3)), (on(5, 5), on(5, 7)), (on(5, 8), on(5, 9)))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (2 * DAY + 3 * HOUR, "还剩 2 天 3 小时"),
        (2 * DAY, "还剩 2 天"),
        (2 * DAY + timedelta(minutes=5), "还剩 2 天"),  # minutes are not told beside days
        (timedelta(minutes=65), "还剩 1 小时 5 分钟"),
        (timedelta(seconds=30), "还剩 不到 1 分钟"),
        (-5 * HOUR, "已超 5 小时"),
        (-DAY - HOUR, "已超 1 天 1 小时"),
    ],
)
def test_what_remains_is_told_in_words(left: timedelta, words: str):
    assert remaining_in_words(on(5, 9) + left, on(5, 9)) == words


def test_events_come_back_equal_from_their_data_and_odd_ones_are_refused():
    events = [
        event("start", on(5, 9), by="u1"),
        event("pause", on(5, 9), until=on(5, 10), reason="等件"),
        event("extend", on(5, 9), amount=2, unit="working_day"),
    ]

    assert [ClockEvent.from_data(json.loads(json.dumps(one.to_data()))) for one in events] == events
    for broken in (
        {"kind": "sing", "at": "2022-05-09T00:00:00+08:00"},  # no such kind
        {"kind": "start", "at": "2022-05-09T00:00:00"},  # no zone
        {"kind": "start"},  # no time
        {"kind": "extend", "at": "2022-05-09T00:00:00+08:00", "amount": -1, "unit": "hour"},  # nearer
        {"kind": "extend", "at": "2022-05-09T00:00:00+08:00", "amount": 1, "unit": "fortnight"},  # no such unit
    ):
        with pytest.raises(WrongInput):
            ClockEvent.from_data(broken)


# -- properties -------------------------------------------------------------------------------------------------------

START = on(4, 20, 10)
AFTER = st.integers(0, 60 * 24 * 40).map(lambda minutes: START + timedelta(minutes=minutes))
KINDS = st.sampled_from(["pause", "resume", "extend", "stop", "restart"])
STAGES = st.sampled_from([("三不过", "handle"), ("1137", "handle"), ("三不过", "assign"), ("12345", "handle")])


@st.composite
def later_events(draw: st.DrawFn) -> ClockEvent:
    kind, at = draw(KINDS), draw(AFTER)
    if kind == "extend":
        unit = draw(st.sampled_from(["hour", "natural_day", "working_day", "working_hour", "month", "end_of_day"]))
        return event(kind, at, amount=draw(st.integers(1, 5)), unit=unit)
    until = draw(st.none() | AFTER) if kind == "pause" else None
    return event(kind, at, until=until)


STORIES = st.lists(later_events(), max_size=8).map(lambda events: [event("start", START), *events])


def judged(events: list[ClockEvent], stage: tuple[str, str], at: datetime) -> ClockState:
    return judge(events, profile=find_profile(stage[0]), stage=stage[1], calendar=CALENDAR, at=at)


@given(STORIES, STAGES, AFTER)
def test_judging_is_deterministic_whatever_the_order_and_zone_of_the_events(
    events: list[ClockEvent], stage: tuple[str, str], at: datetime
):
    distinct = list({one.at: one for one in events[::-1]}.values())
    in_utc = [
        event(one.kind, one.at.astimezone(UTC), until=one.until, amount=one.amount, unit=one.unit) for one in distinct
    ]

    assert judged(distinct, stage, at) == judged(in_utc[::-1], stage, at.astimezone(UTC))


@given(STORIES, STAGES, AFTER, AFTER, AFTER)
@settings(max_examples=300)
def test_pausing_never_brings_a_deadline_nearer(
    events: list[ClockEvent], stage: tuple[str, str], one: datetime, other: datetime, at: datetime
):
    running = [one for one in events if one.kind in ("start", "extend", "stop", "restart")]
    start, until = sorted((one, other))
    paused = [*running, event("pause", start, until=until)]

    without, with_pause = judged(running, stage, at), judged(paused, stage, at)

    assert without.due_at is not None and with_pause.due_at is not None
    assert with_pause.due_at >= without.due_at
    assert with_pause.late_by <= without.late_by


@given(STORIES, STAGES, AFTER)
def test_extending_never_brings_a_deadline_nearer(events: list[ClockEvent], stage: tuple[str, str], at: datetime):
    plain = [one for one in events if one.kind != "extend"]

    without, extended = judged(plain, stage, at).due_at, judged(events, stage, at).due_at

    assert extended is None or (without is not None and extended >= without)


@given(STORIES, STAGES, AFTER)
@settings(max_examples=300)
def test_a_state_is_consistent_with_itself(events: list[ClockEvent], stage: tuple[str, str], at: datetime):
    state = judged(events, stage, at)

    assert state.spent >= ZERO and state.late_by >= ZERO
    assert state.next_check_at is None or state.next_check_at > at
    assert not (state.is_late and state.due_at is not None and state.due_at >= at)
    assert (state.remaining is None) == (state.state == "stopped")
    assert 0 <= state.warned <= 2
    assert not (state.state == "running" and state.due_at is None)


@given(STORIES, STAGES, AFTER, AFTER)
@settings(max_examples=300)
def test_judging_only_at_the_next_check_misses_nothing(
    events: list[ClockEvent], stage: tuple[str, str], one: datetime, other: datetime
):
    """Between two checks, with no new event, nothing that is told to people changes by itself."""
    at, meanwhile = sorted((one, other))
    known = [one for one in events if one.at <= at]
    state = judged(known, stage, at)
    if state.next_check_at is not None and meanwhile >= state.next_check_at:
        meanwhile = max(at, state.next_check_at - timedelta(microseconds=1))

    later = judged(known, stage, meanwhile)

    assert (later.state, later.is_late, later.warned, later.due_at) == (
        state.state,
        state.is_late,
        state.warned,
        state.due_at,
    )
