"""交办不过夜: the list at the end of each day of what must be handed on before midnight, and how each case on it came out.

Terms: *to hand on* (交办) is to give a case to the unit that handles it; *overnight* (过夜) is a case that was not handed on by the midnight
after its list. The list is made when the office closes (17:30 by default), on days off too: the clock of 交办不过夜 does not rest.

Guarantees: ``listed_at`` is the same moment for every call of a day; ``midnight_after`` is the end of the day in the street's zone;
``standing`` is a pure function of what happened and of the moment at which one looks.

Worked example::

    standing(until=midnight, assigned_at=None, is_open=True, at=eight_in_the_evening)    # "waiting"
    standing(until=midnight, assigned_at=None, is_open=True, at=the_next_morning)        # "overnight"
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from gridloop.core.worktime import Calendar

STANDINGS = {"handed_on": "当天已交办", "waiting": "今晚须交办", "overnight": "过夜", "dropped": "已撤回或并案"}


def listed_at(day: date, calendar: Calendar) -> datetime:
    """When the day's list is made: close of business, whether or not the day is worked."""
    return calendar.closes_at(day)


def midnight_after(day: date, calendar: Calendar) -> datetime:
    """The end of the day (24:00), by which what is on its list must be handed on."""
    return calendar.at_time(day + timedelta(days=1), time(0))


def standing(*, until: datetime, assigned_at: datetime | None, is_open: bool, at: datetime) -> str:
    """One of ``STANDINGS``: how a case of a list stands at ``at``; ``until`` is the list's midnight."""
    if assigned_at is not None and assigned_at <= until:
        return "handed_on"
    if assigned_at is None and not is_open:
        return "dropped"
    return "overnight" if at >= until else "waiting"
