"""``gridloop deadline``: the stable document, Chinese and English words, provisional years, the street's own rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.supervision.actions import publish_calendar, publish_profile
from gridloop.offices.supervision.seed import calendar_data, profile_data
from tests.sample import CODE, sample_street
from tests.site.command_line import document, gridloop


def deadline(*words: str) -> Any:
    return document(gridloop("deadline", *words, "--json"))


def due_dates(told: Any) -> dict[str, str]:
    return {stage["stage"]: stage["due_at"] for stage in told["stages"]}


def test_the_document_has_the_shape_others_script_against() -> None:
    told = deadline("--profile", "三不过", "--received", "2022-05-29T20:00")

    assert {"profile", "calendar", "stages"} <= set(told)
    assert all({"stage", "due_at", "provisional", "days"} <= set(stage) for stage in told["stages"])
    assert all({"date", "counted", "why"} == set(day) for stage in told["stages"] for day in stage["days"])
    assert due_dates(told) == {"assign": "2022-05-30T00:00:00+08:00", "handle": "2022-06-05T20:00:00+08:00"}


@pytest.mark.parametrize("grade", ["疑难", "difficult"])
def test_a_grade_may_be_said_in_chinese_or_english(grade: str) -> None:
    told = deadline("--profile", "san_bu_guo", "--received", "2022-01-31 09:00", "--grade", grade)

    assert due_dates(told)["handle"] == "2022-02-28T09:00:00+08:00"


@pytest.mark.parametrize("priority", ["生命财产", "life", "涉及生命财产安全"])
def test_a_priority_may_be_said_in_chinese_or_english(priority: str) -> None:
    told = deadline("--profile", "12345", "--received", "2022-05-29T20:00", "--priority", priority)

    assert due_dates(told)["accept"] == "2022-05-29T20:15:00+08:00"


@pytest.mark.parametrize(
    "received", ["2022-05-29T20:00+08:00", "2022-05-29T12:00Z", "2022/5/29 20:00", "2022年5月29日 20:00"]
)
def test_a_moment_may_be_written_in_several_ways(received: str) -> None:
    assert due_dates(deadline("--profile", "三不过", "--received", received))["handle"] == "2022-06-05T20:00:00+08:00"


def test_the_time_of_assignment_starts_the_handling() -> None:
    told = deadline("--profile", "三不过", "--received", "2022-05-29T20:00", "--assigned", "2022-05-30T08:00")

    assert due_dates(told)["handle"] == "2022-06-06T08:00:00+08:00"


def test_working_days_of_an_unpublished_year_are_provisional_and_natural_days_are_not() -> None:
    working = deadline("--profile", "1137", "--received", "2027-03-01T09:00")
    natural = deadline("--profile", "三不过", "--received", "2027-03-01T09:00")

    assert all(stage["provisional"] for stage in working["stages"])
    assert not any(stage["provisional"] for stage in natural["stages"])


@pytest.mark.parametrize(
    "words",
    [
        ("--profile", "nosuch", "--received", "2022-05-29"),  # unknown profile
        ("--profile", "三不过", "--received", "tomorrow"),  # no moment
        ("--profile", "三不过", "--received", "2022-02-30"),  # no such day
        ("--profile", "三不过", "--received", "9999-12-31T23:00"),  # beyond all calendars
        ("--profile", "三不过", "--received", "2022-05-29", "--grade", "hard"),  # unknown grade
        ("--profile", "三不过", "--received", "2022-05-29", "--priority", "red"),  # unknown priority
    ],
)
def test_what_cannot_be_counted_is_wrong_use_with_a_sentence(words: tuple[str, ...]) -> None:
    result = gridloop("deadline", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("错误:")


def test_without_json_a_person_reads_every_day_and_why() -> None:
    result = gridloop("deadline", "--profile", "1137", "--received", "2022-04-29 16:00")

    assert result.exit_code == 0
    assert "调休上班(劳动节)" in result.stdout and "起算当日不计入" in result.stdout


@pytest.mark.django_db
def test_a_street_named_counts_by_its_own_newer_profile_and_calendar() -> None:
    sample_street()
    slow = {**next(each for each in profile_data() if each["code"] == "1137")}
    slow["stages"] = [
        {
            "stage": "handle",
            "name": "办理",
            "start": "filed",
            "terminal": "answered",
            "limits": [{"number": 1, "unit": "working_day"}],
        }
    ]
    rest = {**calendar_data()}
    rest["years"] = [each for each in rest["years"] if each["year"] != 2022]
    rest["years"].append({"year": 2022, "published": True, "exceptions": [["2022-05-24", False, "街道节"]]})
    publish_profile(by=SYSTEM, at=timezone.now(), street=CODE, definition=slow)
    publish_calendar(by=SYSTEM, at=timezone.now(), street=CODE, definition=rest, note="试")

    told = deadline("--profile", "1137", "--received", "2022-05-23T09:00", "--street", "sample")

    assert due_dates(told) == {"handle": "2022-05-25T17:30:00+08:00"}
    assert told["calendar_version"] == 2


@pytest.mark.parametrize(
    ("received", "begun"),
    [
        ("2022-05-29T24:00", "2022-05-30T00:00"),  # ISO 8601, and as this program itself writes it
        ("2022-05-29 24:00:00", "2022-05-30T00:00"),
        ("2022-05-29T24:00:00+08:00", "2022-05-30T00:00"),
        ("2022年5月29日20:00", "2022-05-29T20:00"),  # without a blank
        ("2022年12月31日24:00", "2023-01-01T00:00"),  # into the next year
    ],
)
def test_midnight_and_chinese_dates_are_read_as_they_are_written(received: str, begun: str) -> None:
    assert deadline("--profile", "三不过", "--received", received) == deadline(
        "--profile", "三不过", "--received", begun
    )


@pytest.mark.parametrize("received", ["2022-05-29T24:30", "2022-05-29T25:00", "2022-05-2920:00"])
def test_what_is_no_time_of_day_stays_refused(received: str) -> None:
    assert gridloop("deadline", "--profile", "三不过", "--received", received).exit_code == 2


def test_nothing_is_assigned_before_it_is_received() -> None:
    words = ("--profile", "三不过", "--received", "2022-05-29T20:00", "--assigned", "2022-05-28T20:00")

    result = gridloop("deadline", *words, "--json")

    assert result.exit_code == 2
    assert document(result)["error"]["code"] == "time.assigned_early"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("三不过", "san_bu_guo"),
        ("13710", "13710"),
        ("1137", "1137"),
        ("信阳", "xinyang_7"),
        ("信阳 7-day", "xinyang_7"),
        ("信阳7天", "xinyang_7"),
        ("12345", "12345"),
        ("12345 热线", "12345"),
    ],
)
def test_every_shipped_profile_answers_to_what_people_call_it(name: str, code: str) -> None:
    assert deadline("--profile", name, "--received", "2022-05-29T20:00")["profile"] == code
