"""The words in which cases are spoken of, and the deadline chip that lists show: for the windows, which know no models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridloop.core.clock import ClockState, remaining_in_words
from gridloop.core.lifecycle import LIVE_STATES, OPEN_STATES, STATES
from gridloop.offices.cases.models import GRADES, PLACED_BY, PRIORITIES, SOURCES, Callback, Case, OutsideLink

__all__ = [
    "CALLBACK_OUTCOMES", "CATEGORY_BY", "GRADES", "LIVE_STATES", "OPEN_STATES", "OUTSIDE_STATES", "PLACED_BY", "PRIORITIES", "SOURCES", "STATES", "Chip",
    "chip_of", "in_words",
]  # fmt: skip

CALLBACK_OUTCOMES: dict[str, str] = {str(value): str(label) for value, label in Callback.Outcome.choices}
OUTSIDE_STATES: dict[str, str] = {str(value): str(label) for value, label in OutsideLink.State.choices}
CATEGORY_BY = {"person": "登记时选定", "model": "由系统建议", "unsure": "系统不能确定", "corrected": "经人工更正"}
SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Chip:
    """A deadline in a word: ``state`` is ok, soon, late, paused or met; ``due_at`` the moment it speaks of."""

    state: str
    words: str
    due_at: datetime | None


def chip_of(case: Case, *, at: datetime) -> Chip:
    """The case's deadline as a list shows it at the moment ``at``."""
    if case.state == "suspended":
        return Chip("paused", "已挂起", case.suspended_until)
    if case.state in ("merged", "withdrawn"):
        return Chip("paused", "不再计时", None)
    if case.answered_at is not None and case.state not in LIVE_STATES - {"answered", "verified"}:
        return _of_answered(case, case.answered_at)
    if case.due_at is None:
        return Chip("paused", "未定期限", None)
    words = remaining_in_words(case.due_at, at)
    if at > case.due_at:
        return Chip("late", words, case.due_at)
    return Chip("soon" if case.due_at - at <= SOON else "ok", words, case.due_at)


def _of_answered(case: Case, answered_at: datetime) -> Chip:
    if case.due_at is not None and answered_at > case.due_at:
        return Chip(
            "late", f"超期 {remaining_in_words(case.due_at, answered_at).removeprefix('已超 ')}答复", case.due_at
        )
    return Chip("met", "按期答复", case.due_at)


def in_words(state: ClockState, *, at: datetime) -> str:
    """What a clock has left, or by how much it is late, for a person."""
    return remaining_in_words(state, at)
