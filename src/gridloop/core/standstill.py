"""Does a project stand still? What its dates and months look like proposes; a person decides.

Terms
    *standing* (推进状态)  正常 normal, 半停滞 half, 停滞 stalled: where people agree that a project is
    *sign*                 应开未开 for so many days, or so many months in a row without any investment in a project under construction

Guarantees: the gravest sign proposes; a project that already stands so gets no proposal; a proposal is never a change; a month that
nobody reported counts as one without progress and is named as such, so that silence does not look like work.

Worked example::

    >>> seen = Signs(on=date(2022, 5, 20), standing="normal", library="building", months_idle=4, months_unreported=1)
    >>> propose(seen)
    Proposal(standing='stalled', reasons=('连续 4 个月没有完成投资(其中 1 个月没有月报)',))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

STANDINGS: dict[str, str] = {"normal": "正常", "half": "半停滞", "stalled": "停滞"}
NEEDS_PLAN = frozenset({"half", "stalled"})
HALF_IDLE, STALLED_IDLE = 2, 4
"""Months in a row without investment."""
HALF_UNOPENED, STALLED_UNOPENED = 30, 180
"""Days past the planned start."""
KEPT_FOR = 90
"""Days for which a rejected proposal of the same state is not made again."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a project on a day."""

    on: date
    standing: str
    library: str
    start_planned: date | None = None
    started: date | None = None
    months_idle: int = 0
    months_unreported: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """The state that the signs argue for, and why."""

    standing: str
    reasons: tuple[str, ...]


def idle_months(invested: Iterable[tuple[date, Decimal | None]], *, since: date, on: date) -> tuple[int, int]:
    """How many whole months up to the last one that is due passed without investment, and how many of these nobody reported.

    ``invested`` holds the first day of a month and its 元 (None: not reported); ``since`` is when building began. A month is due on the
    tenth of the next.
    """
    known = dict(invested)
    month = _before(on.replace(day=1))
    if on.day <= 10 and known.get(month) is None:
        month = _before(month)
    idle = unreported = 0
    while month >= since.replace(day=1):
        done = known.get(month)
        if done:
            break
        idle, unreported = idle + 1, unreported + (done is None)
        month = _before(month)
    return idle, unreported


def propose(seen: Signs) -> Proposal | None:
    """The proposal, or None when the signs argue for nothing new."""
    signs, order = list(_signs(seen)), list(STANDINGS)
    if not signs:
        return Proposal("normal", ("已按计划开工或恢复投资",)) if seen.standing in NEEDS_PLAN else None
    gravest = max((state for state, _ in signs), key=order.index)
    if order.index(gravest) <= order.index(seen.standing):
        return None
    return Proposal(gravest, tuple(reason for _, reason in signs))


def is_kept(proposed: str, *, rejected: str, rejected_on: date, on: date) -> bool:
    """Whether a rejection still stands against this proposal: the same state, within ninety days."""
    return proposed == rejected and (on - rejected_on).days < KEPT_FOR


def _signs(seen: Signs) -> Iterator[tuple[str, str]]:
    if seen.library in ("reserve", "planned") and seen.start_planned and seen.started is None:
        late = (seen.on - seen.start_planned).days
        if late >= HALF_UNOPENED:
            yield "stalled" if late >= STALLED_UNOPENED else "half", f"应开未开:计划开工日已过 {late} 天"
    if seen.library == "building" and seen.months_idle >= HALF_IDLE:
        told = f"(其中 {seen.months_unreported} 个月没有月报)" if seen.months_unreported else ""
        state = "stalled" if seen.months_idle >= STALLED_IDLE else "half"
        yield state, f"连续 {seen.months_idle} 个月没有完成投资{told}"


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
