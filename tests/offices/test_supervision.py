"""Supervision: clocks move by events, the sweep tells what is new exactly once, a new calendar issues dates again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.models import Entry
from gridloop.offices.supervision import actions, queries
from gridloop.offices.supervision.models import Clock
from gridloop.offices.supervision.seed import calendar_data
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUBJECT = "case:sample"
DUE = datetime(2022, 5, 30, 10, 0, tzinfo=BEIJING)
"""Seven natural days from Monday 10:00 (三不过, 一般)."""


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def started(
    *,
    at: datetime = MONDAY,
    profile: str = "san_bu_guo",
    grade: str = "ordinary",
    subject: str = SUBJECT,
    **happened: datetime,
) -> list[Clock]:
    """The subject's clocks, started by what has happened (by default: filed and assigned at ``at``)."""
    return actions.start_clocks(
        actions.Start(
            street=CODE, subject=subject, holder="urban", grade=grade, priority="normal",
            profile=queries.profiles_in_force(CODE)[profile], calendar=queries.calendar_in_force(CODE),
            happened=happened or {"filed": at, "assigned": at},
        )
    )  # fmt: skip


def clock(stage: str = "handle") -> Clock:
    return next(each for each in queries.clocks_of(SUBJECT) if each.stage == stage)


def told(kind: str) -> list[dict[str, object]]:
    return [archive.payload_of(entry) for entry in Entry.objects.filter(kind=kind).order_by("id")]


# -- the sweep --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "warnings", "breaches"),
    [
        (MONDAY, 0, 0),  # nothing has come near
        (MONDAY + 4 * DAY, 1, 0),  # half of the time is gone
        (DUE - HOUR, 1, 0),  # both points have passed, and are told as one
        (DUE, 1, 0),  # the last moment is in time
        (DUE + timedelta(microseconds=1), 0, 1),  # an instant later it is late, which says more than a warning
        (DUE + 30 * DAY, 0, 1),
    ],
)
def test_what_a_sweep_tells_at_a_moment(at, warnings, breaches):
    started()

    actions.sweep(at=at)

    assert (len(told("clock.warned")), len(told("clock.breached"))) == (warnings, breaches)


def test_sweeping_every_hour_tells_each_point_once():
    started()

    for hours in range(24 * 9):
        actions.sweep(at=MONDAY + hours * HOUR)

    assert [entry["warned"] for entry in told("clock.warned")] == [1, 2]
    assert len(told("clock.breached")) == 1
    assert clock().next_check_at is None


def test_a_breach_names_stage_holder_and_date():
    started()

    actions.sweep(at=DUE + HOUR)

    breach = told("clock.breached")[0]
    assert (breach["stage"], breach["holder"], breach["stage_name"]) == ("handle", "urban", "办理")
    assert datetime.fromisoformat(str(breach["due"])) == DUE


def test_an_empty_sweep_asks_once_and_writes_nothing():
    started()

    with CaptureQueriesContext(connection) as asked:
        assert actions.sweep(at=MONDAY) == 0

    assert len(asked) == 1


def test_a_sweep_in_small_parts_tells_the_same():
    for number in range(7):
        started(subject=f"case:{number}")

    while actions.sweep(at=DUE + HOUR, limit=2):
        pass

    assert len(told("clock.breached")) == 7


def test_the_statements_of_a_sweep_do_not_grow_with_the_clocks():
    for number in range(30):
        started(subject=f"case:{number}")

    with CaptureQueriesContext(connection) as asked:
        actions.sweep(at=DUE + HOUR)

    assert len([query for query in asked.captured_queries if "SELECT" in query["sql"]]) <= 6


# -- stopping, restarting ---------------------------------------------------------------------------------------------


def test_a_clock_stopped_in_time_is_never_late():
    started()
    actions.stop_clocks(SUBJECT, event="answered", at=DUE)

    actions.sweep(at=DUE + 100 * DAY)

    assert clock().state == "stopped"
    assert not clock().is_late
    assert not told("clock.breached")


def test_a_clock_stopped_late_says_so():
    started()

    actions.stop_clocks(SUBJECT, event="answered", at=DUE + HOUR)

    assert clock().is_late


def test_a_deed_between_a_breach_and_the_sweep_does_not_swallow_the_breach():
    started()

    actions.hand_clocks_over(SUBJECT, holder="housing", at=DUE + HOUR)
    actions.sweep(at=DUE + 2 * HOUR)

    assert len(told("clock.breached")) == 1
    assert clock().is_late


def test_a_restarted_clock_goes_on_where_it_stopped():
    started()
    actions.stop_clocks(SUBJECT, event="answered", at=MONDAY + 2 * DAY)

    actions.restart_clocks(SUBJECT, at=MONDAY + 5 * DAY)

    assert clock().state == "running"
    assert clock().due_at == DUE + 3 * DAY
    assert queries.truth(clock(), at=MONDAY + 5 * DAY).spent == 2 * DAY


@pytest.mark.parametrize(
    ("profile", "stage", "is_running"),
    [
        ("san_bu_guo", "handle", True),  # ended by the answer
        ("13710", "handle", True),  # counted from filing, ended by the strike-off
        ("13710", "assign", False),  # assigning happens once
        ("12345", "accept", False),  # so does accepting
    ],
)
def test_what_a_reopened_case_resumes(profile, stage, is_running):
    started(profile=profile, filed=MONDAY)
    started(profile=profile, assigned=MONDAY)
    actions.stop_all(SUBJECT, at=MONDAY + HOUR)

    actions.restart_clocks(SUBJECT, at=MONDAY + DAY)

    states = {each.state for each in queries.clocks_of(SUBJECT) if each.stage == stage}
    assert states == {"running"} if is_running else states == {"stopped"}


def test_a_report_of_progress_ends_the_stage_that_waits_for_it():
    started(profile="13710", filed=MONDAY)

    actions.report_on_clocks(SUBJECT, at=MONDAY + HOUR)

    assert clock("opinion").state == "stopped"
    assert clock("handle").state == "running"


def test_a_monthly_report_answers_its_month_only():
    started(profile="xinyang_7", filed=MONDAY)
    first = clock("progress").due_at

    actions.report_on_clocks(SUBJECT, at=MONDAY + DAY)

    assert clock("progress").state == "running"
    assert clock("progress").due_at > first


# -- pausing, extending, regrading ------------------------------------------------------------------------------------


def test_a_clock_paused_over_spring_festival_is_not_due():
    eve, back = datetime(2022, 1, 28, 10, 0, tzinfo=BEIJING), datetime(2022, 2, 7, 9, 0, tzinfo=BEIJING)
    started(at=eve)
    actions.pause_clocks(SUBJECT, at=eve + HOUR, until=back, reason="春节停工")

    actions.sweep(at=back - HOUR)

    assert clock().state == "paused"
    assert not told("clock.breached")
    assert clock().due_at == back + 7 * DAY - HOUR


def test_a_pause_ends_by_itself():
    started()
    actions.pause_clocks(SUBJECT, at=MONDAY + DAY, until=MONDAY + 2 * DAY, reason="等待批复")

    actions.sweep(at=MONDAY + 3 * DAY)

    assert clock().state == "running"
    assert clock().due_at == DUE + DAY


def test_a_resumed_clock_gets_back_only_the_time_it_rested():
    started()
    actions.pause_clocks(SUBJECT, at=MONDAY + DAY, until=MONDAY + 9 * DAY, reason="等待批复")

    actions.resume_clocks(SUBJECT, at=MONDAY + 3 * DAY)

    assert clock().due_at == DUE + 2 * DAY


def test_an_extension_moves_the_date_and_lets_the_points_be_told_again():
    started()
    actions.sweep(at=MONDAY + 4 * DAY)

    actions.extend_clocks(SUBJECT, at=MONDAY + 4 * DAY, amount=14, unit="natural_day", reason="需第三方配合")
    actions.sweep(at=DUE + 6 * DAY)

    assert clock().due_at == DUE + 14 * DAY
    assert [entry["warned"] for entry in told("clock.warned")] == [1, 1]


def test_an_extension_granted_late_makes_room_for_a_second_breach():
    started()
    actions.sweep(at=DUE + HOUR)

    actions.extend_clocks(SUBJECT, at=DUE + DAY, amount=3, unit="natural_day", reason="需第三方配合")

    assert not clock().is_late
    actions.sweep(at=DUE + 3 * DAY + HOUR)
    assert len(told("clock.breached")) == 2


def test_a_confirmed_hard_case_has_a_month():
    started()

    actions.regrade_clocks(SUBJECT, grade="difficult", at=MONDAY + DAY)

    assert clock().due_at == datetime(2022, 6, 23, 10, 0, tzinfo=BEIJING)


# -- calendars and profiles -------------------------------------------------------------------------------------------


def calendar_until(year: int) -> dict[str, object]:
    """The shipped calendar as it was before later years were published."""
    whole = calendar_data()
    return {**whole, "years": [each for each in whole["years"] if each["year"] <= year]}


def test_a_date_that_rested_on_an_unpublished_year_is_issued_again_with_an_entry():
    december = datetime(2021, 12, 30, 10, 0, tzinfo=BEIJING)
    actions.publish_calendar(
        by=SYSTEM, at=december - DAY, street=CODE, definition=calendar_until(2021), note="只到 2021 年"
    )
    started(at=december, profile="12345", filed=december, assigned=december, accepted=december)
    before = next(each for each in queries.clocks_of(SUBJECT) if each.is_provisional)

    actions.publish_calendar(
        by=SYSTEM, at=december + HOUR, street=CODE, definition=calendar_data(), note="2022 年放假安排"
    )

    after = Clock.objects.get(pk=before.pk)
    assert not after.is_provisional
    entry = told("clock.reissued")[0]
    assert [datetime.fromisoformat(str(entry[name])) for name in ("before", "after")] == [before.due_at, after.due_at]
    assert after.due_at == before.due_at + DAY, "3 January 2022 turned out to be a holiday"


def test_a_new_calendar_that_changes_nothing_records_nothing_of_clocks():
    started()

    actions.publish_calendar(by=SYSTEM, at=MONDAY + HOUR, street=CODE, definition=calendar_data(), note="重发")

    assert not told("clock.reissued")


def test_a_running_clock_keeps_its_profile_version():
    started()
    definition = next(row.definition for row in queries.profile_versions(CODE) if row.code == "san_bu_guo")

    actions.publish_profile(by=SYSTEM, at=MONDAY + HOUR, street=CODE, definition=definition)

    assert clock().profile.version == 1
    assert queries.profiles_in_force(CODE)["san_bu_guo"][1].version == 2


def test_only_keepers_and_leaders_publish():
    with pytest.raises(NotAllowed):
        actions.publish_calendar(by=who("urban"), at=MONDAY, street=CODE, definition=calendar_data(), note="无权")


def test_a_profile_without_a_code_is_refused_in_words():
    with pytest.raises(WrongInput):
        actions.publish_profile(by=SYSTEM, at=MONDAY, street=CODE, definition={})


def test_a_profile_may_forbid_pausing():
    definition = next(row.definition for row in queries.profile_versions(CODE) if row.code == "san_bu_guo")
    actions.publish_profile(by=SYSTEM, at=MONDAY, street=CODE, definition={**definition, "pauses": {"allowed": False}})
    started()

    with pytest.raises(Refused):
        actions.pause_clocks(SUBJECT, at=MONDAY + HOUR, until=MONDAY + DAY, reason="等待批复")
