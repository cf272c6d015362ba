"""How long it took, exactly: natural and working time, in words, and what is usual (用时, 中位数, 九成以内).

Terms
    *natural time* (自然用时)   the span from receipt to completion
    *working time* (工作用时)   the office time within it, by the street's calendar (``core.worktime``)
    *p50, p90*                  the shortest span within which at least half, or nine in ten, were done (nearest rank: a span that occurred)

Guarantees: no rounding up (59 seconds are 不到 1 分); working time is never more than natural time; a percentile is one of the spans told,
and ``p50 <= p90``; nothing is said of no spans at all.

Worked example::

    >>> from datetime import timedelta
    >>> in_words(timedelta(hours=5, minutes=40))
    '5 小时 40 分'
    >>> spread([timedelta(hours=1), timedelta(hours=2), timedelta(hours=9)])
    Spread(n=3, p50=datetime.timedelta(seconds=7200), p90=datetime.timedelta(seconds=32400))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from gridloop.core.errors import WrongInput
from gridloop.core.worktime import Calendar

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """What passed between two moments."""

    natural: timedelta
    working: timedelta


@dataclass(frozen=True, slots=True)
class Spread:
    """Of how many spans, the one that half keep within, and the one that nine in ten keep within."""

    n: int
    p50: timedelta
    p90: timedelta


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> Elapsed:
    """Natural and working time between two moments. Raises WrongInput where the end lies before the start."""
    if end < start:
        raise WrongInput(
            "elapsed.backwards", "办结时间早于受理时间;请核对。", start=start.isoformat(), end=end.isoformat()
        )
    return Elapsed(end - start, calendar.work_time_between(start, end))


def in_words(span: timedelta) -> str:
    """Days, hours and minutes, whole minutes only: 2 天 3 小时 5 分, 5 小时 40 分, 12 分."""
    minutes = int(span.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时 {rest} 分"
    return _below_a_day(hours, rest)


def in_hours(span: timedelta) -> str:
    """Hours and minutes, for a working day has no 24 hours: 29 小时 30 分."""
    minutes = int(span.total_seconds()) // 60
    return _below_a_day(minutes // 60, minutes % 60)


def _below_a_day(hours: int, minutes: int) -> str:
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分" if minutes else "不到 1 分"


def percentile(ordered: Sequence[timedelta], share: float) -> timedelta:
    """The shortest span within which at least this share of them lies; ``ordered`` is ascending and not empty (nearest rank)."""
    return ordered[max(ceil(share * len(ordered)), 1) - 1]


def spread(spans: Iterable[timedelta]) -> Spread | None:
    """n, p50 and p90; None of nothing."""
    ordered = sorted(spans)
    return Spread(len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.9)) if ordered else None
