"""Worked examples for the editor of deadline profiles: three receipts that show what a rule means, with the counting.

A Friday evening, the last workday before Spring Festival, a make-up Saturday: taken from the street's own calendar, the next ones after
the moment, or the last known where none is to come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gridloop.core.deadline import Due, due
from gridloop.core.profile import GRADES, Profile
from gridloop.core.worktime import Calendar, SpecialDay


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sample receipt: what it shows, and when it came in."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Example:
    """What one stage and grade comes to for a receipt."""

    stage: str
    grade: str
    limit: str
    due: Due


def sample_receipts(calendar: Calendar, *, at: datetime) -> list[Receipt]:
    """Friday evening, the last workday before Spring Festival, a make-up Saturday; those that the calendar knows."""
    today = calendar.local(at).date()
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    found = [Receipt("周五下班后收件", calendar.at_time(friday, time(18, 30)))]
    festival = _special(calendar, today, lambda day: "春节" in day.name and not day.is_workday)
    if festival:
        found.append(
            Receipt("春节前最后一个工作日收件", calendar.at_time(_workday_before(calendar, festival), time(16, 0)))
        )
    saturday = _special(calendar, today, lambda day: day.is_workday and day.date.weekday() == 5)
    if saturday:
        found.append(Receipt("调休上班的周六收件", calendar.at_time(saturday, time(10, 0))))
    return found


def _special(calendar: Calendar, today: date, wanted: Callable[[SpecialDay], bool]) -> date | None:
    """The first such day from today on, else the first of the last year that has one."""
    days = sorted(day.date for year in calendar.years if year.published for day in year.exceptions if wanted(day))
    coming = [day for day in days if day >= today]
    if coming:
        return coming[0]
    return next((day for day in days if day.year == days[-1].year), None) if days else None


def _workday_before(calendar: Calendar, day: date) -> date:
    before = day - timedelta(days=1)
    while not calendar.is_workday(before):
        before -= timedelta(days=1)
    return before


def worked(profile: Profile, calendar: Calendar, receipt: Receipt) -> list[Example]:
    """Each stage with each limit that it has, were the case handed on and accepted at once."""
    found = []
    for stage in profile.stages:
        grades = GRADES if stage.depends_on_grade else {"ordinary": ""}
        for grade, word in grades.items():
            if stage.limit(grade, "normal") is not None:
                each = due(profile, stage.code, start=receipt.at, calendar=calendar, grade=grade)
                found.append(Example(stage.name, word, each.limit.words, each))
    return found
