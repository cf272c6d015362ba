"""Working time, night or holiday (时段): which of them a moment is, and how they follow each other.

Terms
    *work*     a workday, from the opening to the closing of the office, the lunch break included
    *night*    a workday, before opening or after closing
    *holiday*  the whole of a day that is not worked

Guarantee: ``spells`` tile [start, end) without gap or overlap, and within each ``time_class`` is what the spell says.

Worked example::

    >>> calendar = Calendar(code="cn", version=1, zone="Asia/Shanghai")
    >>> friday = datetime(2022, 5, 27, 17, 0, tzinfo=calendar.tz)
    >>> [spell.time_class for spell in spells(calendar, start=friday, end=friday + timedelta(days=1))]
    ['work', 'night', 'holiday']
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gridloop.core.worktime import Calendar

WORK, NIGHT, HOLIDAY = "work", "night", "holiday"
TIME_CLASSES = (WORK, NIGHT, HOLIDAY)


@dataclass(frozen=True, slots=True)
class Spell:
    """One time class from ``start`` until before ``end``."""

    time_class: str
    start: datetime
    end: datetime


def time_class_at(calendar: Calendar, at: datetime) -> str:
    """What the calendar says of this moment."""
    local = calendar.local(at)
    if not calendar.is_workday(local.date()):
        return HOLIDAY
    return WORK if calendar.hours.opens <= local.time() < calendar.hours.closes else NIGHT


def spells(calendar: Calendar, *, start: datetime, end: datetime) -> Iterator[Spell]:
    """The spells of [start, end) in order; neighbours of one class on different days are told apart."""
    day = calendar.local(start).date()
    while calendar.at_time(day, time()) < end:
        for spell in _of_day(calendar, day):
            first, last = max(spell.start, start), min(spell.end, end)
            if first < last:
                yield Spell(spell.time_class, first, last)
        day += timedelta(days=1)


def _of_day(calendar: Calendar, day: date) -> Iterator[Spell]:
    midnight, next_midnight = calendar.at_time(day, time()), calendar.at_time(day + timedelta(days=1), time())
    if not calendar.is_workday(day):
        yield Spell(HOLIDAY, midnight, next_midnight)
        return
    opens, closes = calendar.at_time(day, calendar.hours.opens), calendar.closes_at(day)
    yield Spell(NIGHT, midnight, opens)
    yield Spell(WORK, opens, closes)
    yield Spell(NIGHT, closes, next_midnight)
