"""Periods as people say them: a day, a month, a quarter, half a year, a year, and 以来 (since the first day of one of these).

A period is written so: ``2022-05-29`` · ``2022-05`` · ``2022Q1`` · ``2022H1`` · ``2022``; with ``+2022-05-29`` behind it, it is *since*: from
its first day to that one (上半年以来, 截至 5 月 29 日). Years are from 1900 to 2999, so that the period before and the day behind always exist.

Guarantees: ``Period.parse(p.code) == p``; the period a year before and the one before are of the same kind and length in its terms.

Worked example::

    >>> quarter = Period.parse("2022Q1")
    >>> quarter.label, quarter.year_before.code, quarter.before.code
    ('2022年一季度', '2021Q1', '2021Q4')
    >>> Period.parse("2022H1+2022-05-29").label
    '2022年上半年以来(截至5月29日)'
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from gridloop.core.errors import WrongInput

KINDS: dict[str, str] = {"day": "日", "month": "月", "quarter": "季度", "half": "半年", "year": "年"}
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_WRITTEN = re.compile(r"((?:19|2\d)\d\d)(?:-(\d\d)(?:-(\d\d))?|Q([1-4])|H([12]))?(?:\+(\d{4}-\d\d-\d\d))?", re.ASCII)
_QUARTERS, _HALVES = "一二三四", "上下"
_EARLIEST, _LATEST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included. ``until`` is set where it is 以来 and is then the last day."""

    kind: str
    first: date
    until: date | None = None

    @classmethod
    def parse(cls, written: str) -> Period:
        """The period a code stands for. Raises WrongInput with the forms that there are."""
        found = _WRITTEN.fullmatch(written.strip())
        try:
            return _read(found)
        except ValueError as fault:
            sentence = "期间请写成 2022-05-29、2022-05、2022Q1、2022H1 或 2022;“以来”在后面加 +截止日期。"
            raise WrongInput("period.malformed", sentence, field="period") from fault

    @classmethod
    def of(cls, kind: str, on: date) -> Period:
        """The period of this kind in which the day lies."""
        if kind == "day":
            return cls("day", on)
        months = _MONTHS[kind]
        return cls(kind, date(on.year, (on.month - 1) // months * months + 1, 1))

    @property
    def last(self) -> date:
        return self.until or self.full_last

    @property
    def full_last(self) -> date:
        """The last day of the whole day, month, quarter …"""
        return self.first if self.kind == "day" else _shifted(self.first, _MONTHS[self.kind]) - timedelta(days=1)

    @property
    def code(self) -> str:
        return _CODES[self.kind](self.first) + (f"+{self.until.isoformat()}" if self.until else "")

    @property
    def label(self) -> str:
        whole = _LABELS[self.kind](self.first)
        return f"{whole}以来(截至{self.until.month}月{self.until.day}日)" if self.until else whole

    @property
    def year_before(self) -> Period:
        """The same period of the year before, for 同比. 29 February answers to 28 February."""
        return Period(self.kind, _year_before(self.first), _year_before(self.until) if self.until else None)

    @property
    def before(self) -> Period:
        """The period just before, for 环比; of 以来 the same number of days."""
        if self.kind == "day":
            return Period("day", self.first - timedelta(days=1))
        first = _shifted(self.first, -_MONTHS[self.kind])
        until = first + (self.until - self.first) if self.until else None
        return Period(self.kind, first, min(until, self.first - timedelta(days=1)) if until else None)

    def holds(self, on: date) -> bool:
        return self.first <= on <= self.last


def begins(day: date, zone: tzinfo) -> datetime:
    """The first moment of the day. A day before 1900 or after 2999 stands for the nearest within: nothing is on record beyond."""
    near = min(max(day, _EARLIEST), _LATEST)
    return datetime(near.year, near.month, near.day, tzinfo=zone)


def ends(day: date, zone: tzinfo) -> datetime:
    """The first moment after the day, with the same bounds."""
    return begins(min(max(day, _EARLIEST), _LATEST), zone) + timedelta(days=1)


def _read(found: re.Match[str] | None) -> Period:
    if found is None:
        raise ValueError
    year, month, day, quarter, half, until = found.groups()
    if quarter:
        period = Period("quarter", date(int(year), int(quarter) * 3 - 2, 1))
    elif half:
        period = Period("half", date(int(year), int(half) * 6 - 5, 1))
    elif day:
        period = Period("day", date(int(year), int(month), int(day)))
    else:
        period = Period("month" if month else "year", date(int(year), int(month or 1), 1))
    if not until:
        return period
    end = date.fromisoformat(until)
    if period.kind == "day" or not period.holds(end):
        raise ValueError
    return Period(period.kind, period.first, end)


def _shifted(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _year_before(on: date) -> date:
    year = on.year - 1
    return date(year, on.month, min(on.day, monthrange(year, on.month)[1]))


_CODES: dict[str, Callable[[date], str]] = {
    "day": lambda on: on.isoformat(),
    "month": lambda on: f"{on:%Y-%m}",
    "quarter": lambda on: f"{on.year}Q{(on.month + 2) // 3}",
    "half": lambda on: f"{on.year}H{(on.month + 5) // 6}",
    "year": lambda on: f"{on.year}",
}
_LABELS: dict[str, Callable[[date], str]] = {
    "day": lambda on: f"{on.year}年{on.month}月{on.day}日",
    "month": lambda on: f"{on.year}年{on.month}月",
    "quarter": lambda on: f"{on.year}年{_QUARTERS[(on.month - 1) // 3]}季度",
    "half": lambda on: f"{on.year}年{_HALVES[(on.month - 1) // 6]}半年",
    "year": lambda on: f"{on.year}年",
}
