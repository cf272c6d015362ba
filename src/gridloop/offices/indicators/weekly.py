"""A campaign week by week: visits made, problems collected, problems struck off; each counted from the same rows as the figures above it.

Weeks run from Monday to Sunday in the street's time; the first and the last hold only their days of the period.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridloop.offices.indicators.asked import ZONE, Asked
from gridloop.offices.indicators.helping import visits_made
from gridloop.offices.indicators.of_cases import filed, firm_cases

WEEK = timedelta(days=7)
MOST_WEEKS = 160


@dataclass(frozen=True, slots=True)
class Week:
    """What happened from ``first`` to ``last``, both included."""

    first: date
    last: date
    visits: int
    collected: int
    struck_off: int


def weeks_of(asked: Asked, *, of_firms: bool) -> list[Week]:
    """Every week of the period until now, those without anything too; of the firms' problems, or of all cases. Empty for a period over three years."""
    until = min(asked.period.last, asked.at.astimezone(ZONE).date())
    first = _monday(asked.period.first)
    if until < asked.period.first or (until - first) / WEEK > MOST_WEEKS:
        return []
    cases = firm_cases(asked) if of_firms else filed(asked)
    collected = Counter(_week_of(row.filed_at) for row in cases)
    struck = Counter(_week_of(row.cleared_at) for row in cases if row.cleared_at and row.cleared_at < asked.until)
    visits = (
        Counter(_week_of(row.happened_at) for row in visits_made(asked) if row.happened_at) if of_firms else Counter()
    )
    mondays = [first + number * WEEK for number in range((until - first).days // 7 + 1)]
    return [
        Week(max(monday, asked.period.first), min(monday + WEEK - timedelta(days=1), until), visits[monday], collected[monday], struck[monday])
        for monday in mondays
    ]  # fmt: skip


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week_of(at: datetime) -> date:
    return _monday(at.astimezone(ZONE).date())
