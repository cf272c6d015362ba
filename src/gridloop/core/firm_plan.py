"""一企一策: what is done for a firm in difficulty, by whom until when, and what came of it.

Terms
    *plan* (专属方案)      a firm's problems, its measures and its reviews; one open plan for a firm
    *measure* (措施)       what is to be done, its owner, its day, and what was before and after: in words or as numbers
    *stalled* (停滞/半停滞) the states of a firm that call for a plan (``core.vitality``)

Guarantees: a measure is exactly one of done, dropped, overdue and open; a change is computed only of two numbers; nothing is said of a
change from nought.

Worked example::

    >>> effect("12", "30", "人")
    '12 → 30 人(+18)'
    >>> effect("停工", "一条线已复工", "")
    '停工 → 一条线已复工'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

NEEDS_PLAN = frozenset({"half", "stalled"})
STATES: dict[str, str] = {"open": "进行中", "overdue": "已逾期", "done": "已完成", "dropped": "已取消"}


@dataclass(frozen=True, slots=True)
class Due:
    """A measure as far as its day goes: ``ended`` is done, dropped or empty."""

    on: date
    ended: str = ""


def state_of(measure: Due, *, today: date) -> str:
    """done, dropped, overdue or open; the day itself is still in time."""
    if measure.ended:
        return measure.ended
    return "overdue" if today > measure.on else "open"


def lacks_plan(vitality: str, *, has_plan: bool) -> bool:
    """Whether a firm in this state should have a plan and has none."""
    return vitality in NEEDS_PLAN and not has_plan


def counted(measures: Iterable[Due], *, today: date) -> dict[str, int]:
    """How many measures are in each state; the four sum to all of them."""
    states = [state_of(measure, today=today) for measure in measures]
    return {state: states.count(state) for state in STATES}


def number_in(text: str) -> Decimal | None:
    """The number that the text is; None for words."""
    try:
        found = Decimal(text.replace(",", "").replace(",", "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def effect(before: str, after: str, unit: str) -> str:
    """Before and after as people read it; with the difference where both are numbers. Empty without an after."""
    if not after.strip():
        return ""
    was, now = number_in(before), number_in(after)
    told = f"{before.strip()} → {after.strip()}" if before.strip() else after.strip()
    measured = f"{told} {unit}".strip() if now is not None else told
    return f"{measured}({now - was:+f})" if was is not None and now is not None else measured
