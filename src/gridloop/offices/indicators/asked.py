"""What a computed indicator is made of: who asks, the calculation, the rows behind the number.

Calculations live in ``computed`` and ``helping``; this is what they share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from gridloop.core.access import Actor
from gridloop.core.bank_match import said
from gridloop.core.indicator import Reading, ratio
from gridloop.core.period import Period
from gridloop.core.project import YI, in_yi

ZONE = ZoneInfo("Asia/Shanghai")
NOW = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row behind a number: what it is (``kind:ref``), its name, a detail, and whether it is in the part that is counted."""

    subject: str
    label: str
    detail: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which street and period, when."""

    by: Actor
    street: str
    period: Period
    at: datetime
    known: dict[str, Any] = field(default_factory=dict, compare=False)
    """What was read once for several numbers of one page; a page asks anew."""

    def once(self, name: str, read: Callable[[], Any]) -> Any:
        """What ``read`` found, read once for this asking."""
        if name not in self.known:
            self.known[name] = read()
        return self.known[name]

    @property
    def since(self) -> datetime:
        return datetime.combine(self.period.first, time(), tzinfo=ZONE)

    @property
    def until(self) -> datetime:
        """The end of the last day, or just after now."""
        return min(datetime.combine(self.period.last + timedelta(days=1), time(), tzinfo=ZONE), self.at + NOW)


@dataclass(frozen=True, slots=True)
class Computed:
    """A number with everything it rests on. ``amount`` is set where it is money (元), ``length`` where it is a time."""

    code: str
    name: str
    basis: str
    reading: Reading
    rows: list[SourceRow] = field(default_factory=list)
    amount: Decimal | None = None
    length: timedelta | None = None

    @property
    def shown(self) -> str:
        if self.length is not None:
            return hours_and_minutes(self.length)
        return money_shown(self.amount) if self.amount is not None else self.reading.shown


Calculation = Callable[[Asked], tuple[Reading, list[SourceRow], Decimal | timedelta | None]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is computed: name, basis in words, the calculation."""

    code: str
    name: str
    basis: str
    calculate: Calculation


def money_shown(amount: Decimal) -> str:
    """元 as people say it: from one 亿元 on in 亿元, less in 万元 (an amount of a few loans would else be 0.03 亿元)."""
    return in_yi(amount) if amount == 0 or amount >= YI else f"{said(amount)} 万元"


def rate(code: str, rows: Sequence[SourceRow]) -> Reading:
    """Of the rows, those that count."""
    return ratio(code, part=sum(row.counts for row in rows), whole=len(rows))


def hours_and_minutes(length: timedelta) -> str:
    """A time as people say it: ``5 小时 40 分钟``."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours} 小时 {minutes} 分钟"
