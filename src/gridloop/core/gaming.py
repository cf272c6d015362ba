"""Signs that figures are made to look better than the work: counted per unit, with the rows behind each, for a supervisor to ask about.

Terms: a **sign** (异常提示) is a question, not a verdict: it names a unit, what was counted, the threshold and the cases; the unit answers,
the supervisor accepts or dismisses. Signs speak of units, never of persons.

Guarantees: pure functions of the facts and the thresholds; no sign without at least ``least`` rows; raising a threshold never adds a sign;
every sign carries exactly the rows that were counted.

Worked example: six of a unit's twenty struck-off cases were reopened within fourteen days::

    early_closings(facts, Thresholds())     # (Sign("early_close", "urban", rows=6, whole=20, …),)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

SIGNS = {
    "early_close": "匆忙销号又重办",
    "mass_returns": "大量退回",
    "self_made": "自己登记自己办结",
    "merge_to_hide": "临期或超期时并案",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a count becomes a question: at least ``least`` rows, and at least ``share`` of the unit's cases; the windows in time."""

    least: int = 3
    share: float = 0.2
    reopened_within: timedelta = timedelta(days=14)
    before_due: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Struck:
    """A strike-off: of which unit, when, when reopened (if it was), and whether the unit itself had filed the case."""

    ref: str
    unit: str
    cleared_at: datetime
    reopened_at: datetime | None = None
    filed_by_unit: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A case that came to a unit, and whether the unit returned it."""

    ref: str
    unit: str
    is_returned: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """A case merged away while a unit led it: when, and when it would have been due."""

    ref: str
    unit: str
    merged_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sign:
    """What was counted of a unit: the rows (case references), of how many."""

    code: str
    unit: str
    rows: tuple[str, ...]
    whole: int

    @property
    def count(self) -> int:
        return len(self.rows)


def early_closings(struck: Iterable[Struck], limits: Thresholds) -> tuple[Sign, ...]:
    """Units whose strike-offs were reopened soon and often."""
    listed = list(struck)
    soon = [
        each for each in listed if each.reopened_at and each.reopened_at - each.cleared_at <= limits.reopened_within
    ]
    return _signs("early_close", _by_unit(soon), _by_unit(listed), limits)


def mass_returns(handed: Iterable[Handed], limits: Thresholds) -> tuple[Sign, ...]:
    """Units that returned much of what came to them."""
    listed = list(handed)
    return _signs("mass_returns", _by_unit(each for each in listed if each.is_returned), _by_unit(listed), limits)


def self_made(struck: Iterable[Struck], limits: Thresholds) -> tuple[Sign, ...]:
    """Units much of whose closed work they had filed themselves."""
    listed = list(struck)
    return _signs(
        "self_made", _by_unit(each for each in listed if each.filed_by_unit == each.unit), _by_unit(listed), limits
    )


def merged_to_hide(merged: Iterable[Merged], limits: Thresholds) -> tuple[Sign, ...]:
    """Units whose cases were merged away when they were late or about to be; of all that were merged away."""
    listed = list(merged)
    late = [each for each in listed if each.due_at and each.merged_at >= each.due_at - limits.before_due]
    return _signs("merge_to_hide", _by_unit(late), _by_unit(listed), limits)


def _by_unit(rows: Iterable[Struck | Handed | Merged]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(row.ref)
    return found


def _signs(
    code: str, counted: Mapping[str, list[str]], whole: Mapping[str, list[str]], limits: Thresholds
) -> tuple[Sign, ...]:
    return tuple(_over(code, counted, whole, limits))


def _over(
    code: str, counted: Mapping[str, list[str]], whole: Mapping[str, list[str]], limits: Thresholds
) -> Iterator[Sign]:
    for unit in sorted(counted):
        rows, n = counted[unit], len(whole[unit])
        if len(rows) >= limits.least and len(rows) >= limits.share * n:
            yield Sign(code, unit, tuple(rows), n)
