"""The court of returns (退回裁定): who answers a return, until when, what silence means, and how the third return ends.

Terms

* a **return** (退回) is refused work: inside the window, citing a row of the duty list; after the window the case counts as taken;
* the **other side** is whom the cited row points to, when that is another unit of our own; else the desk that dispatched;
* an **answer** (答复退回): the other side takes the case on, or declines, citing a row of its own;
* a **ruling** (裁定) names the unit after the last return that the rule allows. It binds: what was ruled on is not returned again;
* a **precedent** (先例) is a ruling as the next case finds it: a row of the routing table, proposed as a draft.

Guarantees

* Every return has exactly one next step, and every next step ends in bounded time: answered, or by what silence means.
* At most ``ReturnRule.most`` returns, then a ruling; where the hop limit is reached before, the ruling comes earlier.
* ``proposed_lead`` depends on the citations alone: the same rows, cited in the same order, propose the same unit.
* ``row_of_ruling`` changes exactly one row of a table; unless a narrower row or one with conditions stands there, it decides the case.

Worked example: housing returns a case citing a row led by urban. Urban has four office hours; it says nothing; it has taken the case::

    other_side("urban", returning="housing", backstop="office", own=frozenset({"urban", "housing", "office"}))   # "urban"
    next_step(returns=1, hops=0, rule=ReturnRule(), side="urban", backstop="office")                            # "unit"
    after_silence("unit", ReturnRule())                                                                         # "taken"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gridloop.core.deadline import count_limit
from gridloop.core.profile import ReturnRule
from gridloop.core.route_row import RouteRow, condition_count
from gridloop.core.routing import next_hop_allowed
from gridloop.core.worktime import Calendar

UNIT, DESK, ADJUDICATOR = "unit", "desk", "adjudicator"
AWAITS = {UNIT: "被引用单位", DESK: "值班受理岗", ADJUDICATOR: "街道领导裁定"}
"""Whose move it is after a return."""
OUTCOMES = {
    "": "等待",
    "taken": "接办",
    "declined": "不接,已说明",
    "deemed_taken": "逾期未答复,视为接办",
    "unanswered": "逾期未答复,交值班受理岗判定",
    "raised": "逾期未重派,已督办",
    "moved_on": "已另行交办、会商或提级",
    "ruled": "已裁定",
    "ruled_by_rule": "逾期未裁定,按规则确定",
}
WEIGHT = {"basic": 3, "assist": 2, "withdrawn": 1}
"""What a cited row of the duty list weighs: 基本履职, 配合履职, 上级收回."""
PRECEDENT = "先例"


def window_closes(assigned_at: datetime, *, grade: str, rule: ReturnRule, calendar: Calendar) -> datetime:
    """Until when a case may be returned: close of business on the n-th workday after it was assigned."""
    day = calendar.local(assigned_at).date()
    return calendar.closes_at(calendar.add_workdays(day, rule.window_of(grade)))


def other_side(cited: str, *, returning: str, backstop: str, own: frozenset[str]) -> str:
    """The unit that a return is put to: whom the cited row names, if that is another unit of our own; else the desk's."""
    return cited if cited in own and cited != returning else backstop


def next_step(*, returns: int, hops: int, rule: ReturnRule, side: str, backstop: str) -> str:
    """Whose move it is after this many returns: the adjudicator's from the last one on, or where nobody may hand on any more."""
    if returns >= rule.most or not next_hop_allowed(hops):
        return ADJUDICATOR
    return DESK if side == backstop else UNIT


def answers_until(step: str, at: datetime, *, rule: ReturnRule, calendar: Calendar) -> datetime:
    """Until when the move is to be made."""
    return count_limit(rule.ruling if step == ADJUDICATOR else rule.answer, at, calendar=calendar)


def after_silence(step: str, rule: ReturnRule) -> str:
    """What it means that the time is over: the outcome of the return."""
    if step == ADJUDICATOR:
        return "ruled_by_rule"
    if step == DESK:
        return "raised"
    return "deemed_taken" if rule.silence == "taken" else "unanswered"


@dataclass(frozen=True, slots=True)
class Cited:
    """A row of the duty list as it was cited: its code, its kind, the unit it names (empty for a body outside) and who cited it."""

    code: str
    kind: str
    unit: str
    by: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The unit that the citations speak for, the rows that say so, and why, in a sentence."""

    unit: str
    rows: tuple[str, ...]
    reason: str


def proposed_lead(citations: Sequence[Cited], *, backstop: str, own: frozenset[str]) -> Proposal:
    """The unit that the cited rows point to most weightily; the sub-district itself (属地兜底) where none points to one of ours.

    1. Rows that name a unit of ours count, once for each unit that cited them. 2. 基本 weighs three, 配合 two, 收回 one. 3. Of equals the
    one cited last.
    """
    weighty = [each for each in dict.fromkeys(citations) if each.unit in own and each.unit != backstop]
    if not weighty:
        return Proposal(
            backstop,
            tuple(dict.fromkeys(each.code for each in citations)),
            "引用的清单事项没有指向本街道的单位,由属地兜底",
        )
    weights = {
        unit: sum(WEIGHT.get(each.kind, 1) for each in weighty if each.unit == unit)
        for unit in {each.unit for each in weighty}
    }
    last = {each.unit: place for place, each in enumerate(weighty)}
    unit = max(weights, key=lambda one: (weights[one], last[one]))
    rows = tuple(dict.fromkeys(each.code for each in weighty if each.unit == unit))
    return Proposal(unit, rows, f"各方引用的清单事项 {'、'.join(rows)} 指向同一单位")


@dataclass(frozen=True, slots=True)
class Precedent:
    """What a ruling says of the cases to come: this category, at this place (empty: anywhere), to this unit, by this profile."""

    number: str
    category: str
    place: str
    unit: str
    profile: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowProposed:
    """The one row that a precedent changes: new (``before`` is None) or altered."""

    before: RouteRow | None
    after: RouteRow


def row_of_ruling(rows: Sequence[RouteRow], precedent: Precedent) -> RowProposed | None:
    """The row that makes the table say what was ruled; None when it says so already.

    A row for the very same category and place, without conditions, is altered (two of them would be a tie); else a row is added.
    Rows with conditions (夜间, 疑难 …) stay more specific than a precedent, as they were decided for their own reasons.
    """
    same = [
        row
        for row in rows
        if (row.category, row.place) == (precedent.category, precedent.place) and not condition_count(row)
    ]
    if same:
        first = min(same, key=lambda row: row.metric)
        if first.unit == precedent.unit:
            return None
        return RowProposed(
            first, replace(first, unit=precedent.unit, post="", reason=precedent.reason, escalates_to="")
        )
    added = RouteRow(
        row=_free_name(f"{PRECEDENT}{precedent.number}", rows), unit=precedent.unit, profile=precedent.profile,
        category=precedent.category, place=precedent.place, reason=precedent.reason,
    )  # fmt: skip
    return RowProposed(None, added)


def _free_name(name: str, rows: Sequence[RouteRow]) -> str:
    taken = {row.row for row in rows}
    if name not in taken:
        return name
    return next(f"{name}-{each}" for each in range(2, len(taken) + 3) if f"{name}-{each}" not in taken)
