"""Whether the stages of a deadline profile fit in each other: a part is never due after the whole.

Terms
    *inside*  stage A lies inside stage B when A's start event is not before B's and A's terminal event not after B's, in the order of
              :data:`gridloop.core.profile.EVENTS`: 签收→答复 lies inside 登记→销号
    *misfit*  a start at which A, begun at the very moment at which B begins, would be due after B
    *break*   a time of day at which a limit's date may change otherwise than the clock itself: midnight, the edges of the office hours, the
              edges of the night intake, and, for limits in minutes or hours, what comes to such a time when the limit has gone by

Guarantees
    * Dates are those of :func:`gridloop.core.deadline.due_at`, so what is found here is what a case would be told.
    * Exact for every start of the year in a zone without summer time. Between two breaks of a day both dates stand still or move with the
      clock, so that their distance is greatest at an end: each break of each day is tried, with the instant before and the instant after.
    * The misfit told is the first of the year. A repeating stage has no end of its own and is left out.

Worked example: 1137 asks for 签收 within one working day and 答复 within three; asking for the answer within one hour would be a misfit of
the stage 签收 inside 答复 only if both began with the same event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import permutations

from gridloop.core.deadline import due_at
from gridloop.core.profile import EVENTS, GRADES, PRIORITIES, Limit, Profile, Stage, Unit
from gridloop.core.worktime import Calendar

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
_ORDER = {event: number for number, event in enumerate(EVENTS)}
_SHIFTS = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1)}


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


@lru_cache(maxsize=512)
def misfits(profile: Profile, *, calendar: Calendar, year: int) -> tuple[Misfit, ...]:
    """For each pair of stages and each pair of limits that can meet there, the first start of the year at which they do not fit."""
    return tuple(
        found
        for inner, outer in permutations(profile.stages, 2)
        if lies_inside(inner, outer)
        for grade, priority in _kinds(inner, outer)
        for found in _first_misfit(profile, inner, outer, grade, priority, calendar=calendar, year=year)
    )


def lies_inside(inner: Stage, outer: Stage) -> bool:
    """The inner stage is a part of the outer one; of two with the same events neither is."""
    starts, ends = (_ORDER[inner.start], _ORDER[outer.start]), (_ORDER[inner.terminal], _ORDER[outer.terminal])
    same = starts[0] == starts[1] and ends[0] == ends[1]
    return starts[0] >= starts[1] and ends[0] <= ends[1] and not same and not inner.repeats and not outer.repeats


def _kinds(inner: Stage, outer: Stage) -> Iterator[tuple[str, str]]:
    """The most usual grade and priority for each pair of limits; none where a stage does not apply."""
    usual_first = [
        (grade, priority) for grade in _first("ordinary", GRADES) for priority in _first("normal", PRIORITIES)
    ]
    seen: set[tuple[Limit, Limit]] = set()
    for grade, priority in usual_first:
        part, whole = inner.limit(grade, priority), outer.limit(grade, priority)
        if part and whole and (part, whole) not in seen:
            seen.add((part, whole))
            yield grade, priority


def _first(usual: str, values: Iterable[str]) -> list[str]:
    return sorted(values, key=lambda value: value != usual)


def _first_misfit(
    profile: Profile, inner: Stage, outer: Stage, grade: str, priority: str, *, calendar: Calendar, year: int
) -> Iterator[Misfit]:
    part, whole = (profile.limit_of(stage.code, grade=grade, priority=priority) for stage in (inner, outer))
    if _is_shorter(part, whole) and _begin_alike(profile, inner, outer):
        return
    kind = {"grade": grade, "priority": priority, "calendar": calendar}
    for start in _starts(_breaks(profile, (part, whole), calendar), calendar, year):
        inner_due, outer_due = (due_at(profile, stage.code, start=start, **kind) for stage in (inner, outer))  # type: ignore[arg-type]
        if inner_due > outer_due:
            yield Misfit(profile.code, inner.name, outer.name, grade, priority, start, inner_due, outer_due)
            return


def _begin_alike(profile: Profile, inner: Stage, outer: Stage) -> bool:
    """The night intake moves both or neither."""
    return profile.intake is None or (
        inner.start == outer.start and inner.night_due is None and outer.night_due is None
    )


def _is_shorter(part: Limit, whole: Limit) -> bool:
    """No look at the calendar is needed: counted alike, the smaller number is never due later."""
    return part.unit is whole.unit and part.ends is whole.ends and part.number <= whole.number


def _starts(breaks: Iterable[timedelta], calendar: Calendar, year: int) -> Iterator[datetime]:
    """Each break of each day of the year, in order, with the instants beside it."""
    around = sorted({each + beside for each in breaks for beside in (-INSTANT, timedelta(), INSTANT)})
    within = [each for each in around if timedelta() <= each < DAY]
    day = date(year, 1, 1)
    while day.year == year:
        midnight = calendar.at_time(day, time())
        yield from (midnight + each for each in within)
        day += DAY


def _breaks(profile: Profile, limits: Iterable[Limit], calendar: Calendar) -> set[timedelta]:
    """The times of day, since midnight, at which the date of one of these limits may change otherwise than the clock."""
    edges = {timedelta(), DAY, *(_since_midnight(each) for span in calendar.hours.spans for each in span)}
    if profile.intake:
        edges |= {_since_midnight(profile.intake.cut_off), _since_midnight(profile.intake.at)}
    shifted = {
        (edge - limit.number * _SHIFTS[limit.unit]) % DAY for limit in limits if limit.unit in _SHIFTS for edge in edges
    }
    worked = {each for limit in limits if limit.unit is Unit.WORKING_HOUR for each in _worked_breaks(limit, calendar)}
    return edges | shifted | worked


def _worked_breaks(limit: Limit, calendar: Calendar) -> Iterator[timedelta]:
    """The times of day from which the limit's working hours end just at the edge of a span."""
    length = calendar.hours.length
    for span in calendar.hours.spans:
        for edge in span:
            worked = (calendar.hours.worked_by(edge) - timedelta(hours=limit.number)) % length
            yield calendar.hours.moment_of(worked or length)


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
