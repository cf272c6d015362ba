"""The reminder at the end of the working day: whose forum has questions that are no cases is told once, whatever the day and the hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gridloop.core.forum import reminder_at
from gridloop.offices.archive.models import Entry
from gridloop.offices.enterprise.actions.forum_questions import (
    QuestionTold,
    drop_question,
    file_questions,
    take_question,
)
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion
from gridloop.offices.notices.models import Notice
from gridloop.offices.supervision.seed import shipped_calendar
from gridloop.site.tick import keep_books_of
from tests.sample import BEIJING, CODE, FOUNDED, sample_street, who

pytestmark = pytest.mark.django_db
CALENDAR = shipped_calendar()


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-{text}").replace(tzinfo=BEIJING)


def asked(moment: str) -> tuple[Forum, ForumQuestion]:
    """A forum of the economy office in the hour before, and one question that was noted there at the moment and is no case yet."""
    when = at(moment)
    told = ForumTold("talk", "恳谈会", when - timedelta(hours=1), venue="街道会议室", host="economy")
    found = announce_forum(by=who("desk", at=FOUNDED), at=FOUNDED, street=CODE, told=told)
    question = QuestionTold("续贷材料能不能一次说清?", category="企业服务/融资")
    return found, take_question(by=who("desk", at=when), at=when, forum=found.ref, told=question)


def reminders() -> list[str]:
    """The titles of the notices that the office was sent because the day was over."""
    return list(Notice.objects.filter(title__startswith="还有").values_list("title", flat=True))


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("05-23 10:00", "05-23"),  # Monday morning: that day
        ("05-23 00:00", "05-23"),  # the first instant of a working day
        ("05-23 23:59:59", "05-24"),  # after hours, before midnight: the next working day
        ("05-27 19:00", "05-30"),  # Friday evening: Monday
        ("05-28 10:00", "05-30"),  # a Saturday
        ("05-07 10:00", "05-07"),  # a Saturday that is worked, in place of the May holiday
        ("04-30 10:00", "05-05"),  # the first day of the May holiday: the day after it
        ("01-31 10:00", "02-07"),  # the Spring Festival
    ],
)
def test_the_reminder_comes_at_the_close_of_the_working_day_of_the_question(moment: str, due: str) -> None:
    day = at(f"{due} 00:00").date()

    assert reminder_at(at(moment), CALENDAR) == CALENDAR.closes_at(day)


def test_a_question_that_was_asked_at_the_very_close_belongs_to_that_day() -> None:
    closes = CALENDAR.closes_at(at("05-23 00:00").date())

    assert reminder_at(closes, CALENDAR) == closes
    assert reminder_at(closes + timedelta(microseconds=1), CALENDAR) == closes + timedelta(days=1)


def test_the_host_is_told_once_when_the_working_day_is_over_and_not_before() -> None:
    asked("05-23 10:00")
    closes = CALENDAR.closes_at(at("05-23 00:00").date())

    keep_books_of(CODE, at=closes - timedelta(seconds=1))
    assert reminders() == []
    for moment in (closes, closes + timedelta(seconds=1), at("05-23 23:59:59"), at("05-24 00:00"), at("05-24 20:00")):
        keep_books_of(CODE, at=moment)

    assert reminders() == ["还有 1 条诉求未立:恳谈会"]
    assert Notice.objects.get(title__startswith="还有").to.unit.code == "economy"
    assert Entry.objects.filter(kind="forum.filing_due").count() == 1


def test_what_is_filed_or_taken_back_by_then_is_not_spoken_of() -> None:
    found, _first = asked("05-23 10:00")
    again = QuestionTold("门口没有路灯", category="城乡建设/市政设施/路灯")
    second = take_question(by=who("desk"), at=at("05-23 11:00"), forum=found.ref, told=again)
    drop_question(by=who("desk"), at=at("05-23 12:00"), question=second.ref, reason="会上已当场答复")
    file_questions(by=who("desk"), at=at("05-23 15:00"), forum=found.ref)

    keep_books_of(CODE, at=at("05-23 20:00"))

    assert reminders() == []


def test_what_comes_in_after_a_reminder_has_its_own_on_its_own_day() -> None:
    found, _first = asked("05-27 10:00")
    keep_books_of(CODE, at=at("05-27 18:30"))
    take_question(by=who("desk"), at=at("05-28 09:00"), forum=found.ref, told=QuestionTold("周末又问了一件"))

    keep_books_of(CODE, at=at("05-29 23:00"))
    assert len(reminders()) == 1  # the weekend is quiet
    keep_books_of(CODE, at=at("05-30 18:30"))

    assert reminders() == ["还有 1 条诉求未立:恳谈会", "还有 2 条诉求未立:恳谈会"] or len(reminders()) == 2
