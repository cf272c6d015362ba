"""宁静日: the days on which nobody calls at a firm, as spans of days or of days of the month.

A span of the month whose last day a month does not have ends with that month: the 6th to the 31st is the 6th to the 28th of February.

Worked example::

    >>> from datetime import date
    >>> rule = Quiet(month_from=6, month_to=31)
    >>> [covers(rule, date(2022, 2, day)) for day in (5, 6, 28)]
    [False, True, True]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridloop.core.errors import WrongInput

LONGEST = 366
"""Days: nothing waits longer than a year for the end of quiet days."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Either first_on..last_on, or each month month_from..month_to (both included)."""

    first_on: date | None = None
    last_on: date | None = None
    month_from: int | None = None
    month_to: int | None = None

    def __post_init__(self) -> None:
        by_day = self.first_on is not None and self.last_on is not None and self.first_on <= self.last_on
        by_month = (
            self.month_from is not None and self.month_to is not None and 1 <= self.month_from <= self.month_to <= 31
        )
        halves = (self.first_on is None) != (self.last_on is None) or (self.month_from is None) != (
            self.month_to is None
        )
        if halves or by_day == by_month:
            sentence = "宁静日请写起止两天(先后不能颠倒),或每月的第几日到第几日(1 到 31)。"
            raise WrongInput("quiet.span", sentence, field="first_on")


def covers(rule: Quiet, day: date) -> bool:
    """Whether the day is quiet by this rule."""
    if rule.first_on is not None and rule.last_on is not None:
        return rule.first_on <= day <= rule.last_on
    return rule.month_from is not None and rule.month_to is not None and rule.month_from <= day.day <= rule.month_to


def quiet_among(rules: Sequence[Quiet], days: Iterable[date]) -> frozenset[date]:
    """Which of the days are quiet."""
    return frozenset(day for day in days if any(covers(rule, day) for rule in rules))


def next_open_day(rules: Sequence[Quiet], day: date) -> date:
    """The first day from ``day`` on that no rule makes quiet; where all of a year is quiet, the day a year later."""
    return next(
        (each for each in (day + timedelta(days=ahead) for ahead in range(LONGEST)) if not quiet_among(rules, [each])),
        day + timedelta(days=LONGEST),
    )
