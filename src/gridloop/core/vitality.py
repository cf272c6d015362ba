"""Is a firm running, half stalled, stalled or out of touch? What its year looks like proposes; a person decides.

Terms: *vitality* (经营状态): 正常, 半停滞, 停滞, 失联. A *sign* is something that was seen; each sign argues for one state. The proposal
is the gravest state that the signs argue for, with every sign that argues for it or a graver one; it is a proposal, never a change.

Guarantees: no sign, no proposal; a firm that is already in the proposed state gets none; without figures nothing is concluded from them.

Worked example::

    >>> from datetime import date
    >>> seen = Signs(on=date(2022, 5, 29), vitality="normal", staff_now=40, staff_before=100)
    >>> found = propose(seen)
    >>> found.vitality, found.reasons
    ('half', ('从业人员由 100 人减为 40 人(-60%)',))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

VITALITIES: dict[str, str] = {"normal": "正常", "half": "半停滞", "stalled": "停滞", "lost": "失联"}
HALF_FALL = Decimal("0.5")
STALLED_FALL = Decimal("0.9")
LOST_AFTER = 3
"""Attempts in a row that reached nobody."""
SILENT_FOR = 180
"""Days without any contact after which a firm is to be looked at."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a firm on a day; None is unknown. ``last_seen_on`` is the last day on which anybody of the firm was met or spoken to."""

    on: date
    vitality: str
    staff_now: int | None = None
    staff_before: int | None = None
    revenue_now: Decimal | None = None
    revenue_before: Decimal | None = None
    missed: int = 0
    last_seen_on: date | None = None
    open_troubles: int = 0
    reached_since: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The state the signs argue for, and the sentences that say why."""

    vitality: str
    reasons: tuple[str, ...]


def propose(seen: Signs) -> Proposal | None:
    """The proposal, or None when the signs argue for nothing new."""
    signs = list(_signs(seen))
    if not signs:
        return _recovered(seen)
    order = list(VITALITIES)
    gravest = max((state for state, _ in signs), key=order.index)
    if order.index(gravest) <= order.index(seen.vitality):
        return None
    return Proposal(gravest, tuple(reason for state, reason in signs if order.index(state) >= order.index("half")))


def _recovered(seen: Signs) -> Proposal | None:
    """A firm that was out of touch and was reached again, or that works again, may be normal."""
    if seen.vitality == "lost" and seen.reached_since:
        return Proposal("normal", ("已重新联系上",))
    grown = _change(seen.revenue_now, seen.revenue_before)
    if seen.vitality in ("half", "stalled") and grown is not None and grown >= 0:
        return Proposal("normal", (f"营业收入比上年{_percent(grown)}",))
    return None


def _signs(seen: Signs) -> Iterator[tuple[str, str]]:
    if seen.missed >= LOST_AFTER:
        yield "lost", f"连续 {seen.missed} 次联系未果"
    yield from _falls(seen)
    silent = (seen.on - seen.last_seen_on).days if seen.last_seen_on else 0
    if silent > SILENT_FOR and seen.open_troubles:
        yield "half", f"{silent} 天没有联系,还有 {seen.open_troubles} 件未销号"


def _falls(seen: Signs) -> Iterator[tuple[str, str]]:
    """Staff or revenue that fell by half, or nearly to nothing."""
    staff = _change(seen.staff_now, seen.staff_before)
    if staff is not None and staff <= -HALF_FALL:
        state = "stalled" if staff <= -STALLED_FALL else "half"
        yield state, f"从业人员由 {seen.staff_before} 人减为 {seen.staff_now} 人({_percent(staff)})"
    revenue = _change(seen.revenue_now, seen.revenue_before)
    if revenue is not None and revenue <= -HALF_FALL:
        yield "stalled" if revenue <= -STALLED_FALL else "half", f"营业收入比上年{_percent(revenue)}"


def _change(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """Growth as a share of what was; None without both, or from nothing."""
    if now is None or before is None or before <= 0:
        return None
    return (Decimal(now) - Decimal(before)) / Decimal(before)


def _percent(share: Decimal) -> str:
    return f"{share * 100:+.0f}%"
