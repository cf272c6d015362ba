"""Whether the stages of a deadline profile fit in each other: a part is never due after the whole.

Terms
    *inside*  stage A lies inside stage B when A's start event is not before B's and A's terminal event not after B's, in the order of
              :data:`gridloop.core.profile.EVENTS`: 签收→答复 lies inside 登记→销号
    *misfit*  a start at which A, begun at the very moment at which B begins, would be due after B

Guarantees: dates are those of :func:`gridloop.core.deadline.due`, so what is found here is what a case would be told. Each working day, rest
day and last day before a holiday of the year is tried, at opening time, in the afternoon and at night; natural limits are compared as they
stand. A repeating stage has no end of its own and is left out.

Worked example: 1137 asks for 签收 within one working day and 答复 within three; asking for the answer within one hour would be a misfit of
the stage 签收 inside 答复 only if both began with the same event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import permutations

from gridloop.core.deadline import due
from gridloop.core.profile import EVENTS, GRADES, PRIORITIES, Profile, Stage
from gridloop.core.worktime import Calendar

HOURS = (time(9), time(16, 30), time(23))
_ORDER = {event: number for number, event in enumerate(EVENTS)}


@dataclass(frozen=True, slots=True)
class Misfit:
    """The inner stage would be due after the outer one for a case of this grade and priority that begins then."""

    profile: str
    inner: str
    outer: str
    grade: str
    priority: str
    start: datetime
    inner_due: datetime
    outer_due: datetime


def misfits(profile: Profile, *, calendar: Calendar, year: int) -> list[Misfit]:
    """For each pair of stages, grade and priority the first start of the year at which they do not fit."""
    return [
        found
        for inner, outer in permutations(profile.stages, 2)
        if lies_inside(inner, outer)
        for grade, priority in _kinds(inner, outer)
        for found in _first_misfit(profile, inner, outer, grade, priority, calendar=calendar, year=year)
    ]


def lies_inside(inner: Stage, outer: Stage) -> bool:
    """The inner stage is a part of the outer one; of two with the same events neither is."""
    starts, ends = (_ORDER[inner.start], _ORDER[outer.start]), (_ORDER[inner.terminal], _ORDER[outer.terminal])
    same = starts[0] == starts[1] and ends[0] == ends[1]
    return starts[0] >= starts[1] and ends[0] <= ends[1] and not same and not inner.repeats and not outer.repeats


def _kinds(inner: Stage, outer: Stage) -> Iterator[tuple[str, str]]:
    """The grades and priorities that can make a difference; the usual one where none can."""
    grades = GRADES if inner.depends_on_grade or outer.depends_on_grade else ("ordinary",)
    priorities = PRIORITIES if inner.depends_on_priority or outer.depends_on_priority else ("normal",)
    return (
        (grade, priority)
        for grade in grades
        for priority in priorities
        if inner.limit(grade, priority) and outer.limit(grade, priority)
    )


def _first_misfit(
    profile: Profile, inner: Stage, outer: Stage, grade: str, priority: str, *, calendar: Calendar, year: int
) -> Iterator[Misfit]:
    kind = {"grade": grade, "priority": priority, "calendar": calendar}
    for start in _starts(calendar, year):
        part, whole = (due(profile, stage.code, start=start, **kind) for stage in (inner, outer))  # type: ignore[arg-type]
        if part.due_at > whole.due_at:
            yield Misfit(profile.code, inner.name, outer.name, grade, priority, start, part.due_at, whole.due_at)
            return


def _starts(calendar: Calendar, year: int) -> Iterator[datetime]:
    """Each day of the year on which tomorrow is of another kind than today or yesterday was, and each month's first and last days."""
    day = date(year, 1, 1)
    while day.year == year:
        around = {calendar.is_workday(day + timedelta(days=n)) for n in (-1, 0, 1)}
        if len(around) > 1 or day.day in (1, 15, 28, 31):
            for hour in HOURS:
                yield calendar.at_time(day, hour)
        day += timedelta(days=1)
