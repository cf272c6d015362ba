"""A campaign (专项): its words, who leads it and who carries its parts, and where an activity stands on a day.

Terms
    *command post* (指挥部)   the group that leads a campaign; *work group* (专项工作组) one of those that do its work
    *task force* (工作专班)   a group for the economy, for one key project or firm, or to rescue a stalled firm
    *activity* (专项活动)     a plan of its own (实施方案): dates, an owner, steps with days, a result

Guarantees: nothing here reads a clock; a standing is derived and kept nowhere; no word or figure speaks of a person's performance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gridloop.core.access import SETS_UP, Actor, Role
from gridloop.core.errors import NotAllowed

KINDS = {"enterprise": "助企", "epidemic": "防控", "style": "作风建设", "other": "其他"}
GROUP_KINDS = {
    "command": "指挥部", "group": "专项工作组", "economy": "经济工作专班", "key": "重点项目(企业)专班", "rescue": "化险解困专班",
}  # fmt: skip
FOR_A_SUBJECT = frozenset({"key", "rescue"})
"""These groups are for one project or firm."""
DUTIES = {"head": "指挥长(组长)", "deputy": "副指挥长(副组长)", "office": "办公室", "member": "成员"}
ACTIVITY_STATES = {
    "planned": "未开始",
    "running": "进行中",
    "late": "到期未完成",
    "done": "已完成",
    "cancelled": "已取消",
}
CODE = re.compile(r"[a-z][a-z0-9_-]{1,39}")
RESERVED = frozenset({"groups", "activities", "new"})
"""Codes that name other pages."""
LEADS = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})
CARRIES = frozenset({Role.UNIT_LEADER, Role.UNIT_WORKER})


@dataclass(frozen=True, slots=True)
class ActivityDates:
    """What the standing of an activity follows from."""

    starts_on: date
    ends_on: date
    is_done: bool = False
    is_cancelled: bool = False


def standing_of(dates: ActivityDates, *, on: date) -> str:
    """Where the activity stands on the day: a code of ``ACTIVITY_STATES``.

    >>> standing_of(ActivityDates(date(2022, 3, 1), date(2022, 3, 31)), on=date(2022, 4, 1))
    'late'
    """
    if dates.is_cancelled:
        return "cancelled"
    if dates.is_done:
        return "done"
    if on < dates.starts_on:
        return "planned"
    return "running" if on <= dates.ends_on else "late"


def may_open(actor: Actor, street: str) -> bool:
    return actor.kind == "system" or bool(actor.roles(street) & (LEADS | SETS_UP))


def may_lead(actor: Actor, street: str) -> bool:
    """May the actor shape a campaign of the street: its groups, its plans, its end?"""
    return actor.kind == "system" or bool(actor.roles(street) & LEADS)


def may_carry(actor: Actor, *, street: str, unit: str) -> bool:
    """May the actor report on what this unit (a code) leads?"""
    own = any(post.street == street and post.unit == unit and post.role in CARRIES for post in actor.posts)
    return may_lead(actor, street) or own


def must_open(actor: Actor, street: str) -> None:
    """Raises NotAllowed for anyone who may not open a campaign."""
    if not may_open(actor, street):
        raise NotAllowed("campaigns.may_not_open", "专项由街道领导、值班受理岗或系统管理员启动;请联系他们。")


def must_lead(actor: Actor, street: str) -> None:
    """Raises NotAllowed for anyone who may not shape the street's campaigns."""
    if not may_lead(actor, street):
        raise NotAllowed("campaigns.may_not_lead", "专项的分工、方案和结束由街道领导或值班受理岗安排;请联系他们。")


def must_carry(actor: Actor, *, street: str, unit: str) -> None:
    """Raises NotAllowed for anyone who may not report on what the unit leads."""
    if not may_carry(actor, street=street, unit=unit):
        raise NotAllowed("campaigns.may_not_carry", "这一项由牵头单位、值班受理岗或街道领导登记;请联系他们。")


def may_read(actor: Actor, street: str) -> bool:
    """Everybody who holds a post in the street reads its campaigns: they hold no personal data."""
    return actor.kind == "system" or any(post.street == street for post in actor.posts)
