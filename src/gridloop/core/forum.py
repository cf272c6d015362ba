"""Forums with enterprises: which kinds there are, who may be asked to come, and by when what was asked must be a case.

Chinese terms: 恳谈会 (talk), 政策宣讲 (policy), 银企对接会 (bank), 专题推进会 (push), 联展联促 (fair); 到会 (came); 诉求 (question). To have come
counts as a contact with the firm, never as a visit.

Guarantees

* A firm that refused calls at its door, or whose day is quiet, is not asked to an event where it would have to appear (``why_not_invited``);
  by telephone or online everybody may be asked, as with visits.
* A question is a case on the day it was asked. ``standing`` says whether it is (``filed``), must still become one today (``due``), or the day
  is over (``late``).

Worked example::

    why_not_invited(Guest(declined=False, quiet="年报季"), "on_site")   # "当天是宁静日(年报季)"
    standing(asked_on=date(2022, 4, 8), filed_on=None, today=date(2022, 4, 9))   # "late"
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridloop.core.worktime import Calendar

KINDS = {
    "talk": "“政企面对面”恳谈会",
    "policy": "政策宣讲进企业",
    "bank": "银企对接会",
    "push": "专题推进会",
    "fair": "联展联促、嘉年华",
}
WAYS = {"on_site": "现场", "online": "线上", "both": "线上线下"}
STATES = {"planned": "待召开", "held": "已召开", "cancelled": "已取消"}
ANSWERS = {"": "未答复", "yes": "参加", "no": "不参加"}
STANDINGS = {"filed": "已立", "due": "今日须立", "late": "过夜未立", "dropped": "已撤回"}


@dataclass(frozen=True, slots=True)
class Guest:
    """What is known of a firm before it is asked: did it leave, did it refuse calls, is the day quiet there (and why)."""

    left: bool = False
    declined: bool = False
    quiet: str | None = None
    invited: bool = False


def reminder_at(asked_at: datetime, calendar: Calendar) -> datetime:
    """When the working day ends by whose end the question should be a case; what is asked after hours or on a day off, on the next working day."""
    day = calendar.local(asked_at).date()
    if calendar.is_workday(day) and asked_at <= calendar.closes_at(day):
        return calendar.closes_at(day)
    return calendar.closes_at(calendar.next_workday(day + timedelta(days=1)))


def why_not_invited(guest: Guest, way: str) -> str:
    """The reason not to ask the firm; empty when it may be asked."""
    if guest.left:
        return "企业已离开本街道"
    if guest.invited:
        return "已经邀请过"
    if way == "online":
        return ""
    if guest.declined:
        return "企业表示不愿被打扰"
    if guest.quiet is not None:
        return f"当天是宁静日({guest.quiet or '不上门'})"
    return ""


def standing(*, asked_on: date, filed_on: date | None, today: date, is_dropped: bool = False) -> str:
    """How a question stands today: filed, due, late or dropped."""
    if filed_on is not None:
        return "filed"
    if is_dropped:
        return "dropped"
    return "due" if asked_on >= today else "late"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for counting: the days on which it was asked and became a case."""

    asked_on: date
    filed_on: date | None = None
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """“诉求 n 件 已立 n 件”: of those asked and not withdrawn, how many are cases, how many of these within their day; what is still open."""

    asked: int
    filed: int
    same_day: int
    due: int
    late: int
    dropped: int


def count_questions(rows: Iterable[Asked], *, today: date) -> Counter:
    """The counter of these questions as of today."""
    told = list(rows)
    stands = [
        standing(asked_on=row.asked_on, filed_on=row.filed_on, today=today, is_dropped=row.is_dropped) for row in told
    ]
    same_day = sum(row.filed_on == row.asked_on for row in told)
    dropped = stands.count("dropped")
    return Counter(
        len(told) - dropped, stands.count("filed"), same_day, stands.count("due"), stands.count("late"), dropped
    )
