"""A change of the setup as data, and who may draft, publish or roll it back.

Terms

* a *row* is one thing of the setup (a unit, a routing row, a year of the calendar) as plain values, under a *key*;
* a *chapter* (设置项) is all rows of one kind;
* a *change* says of one row what it was and what it shall be: added (before is None), removed (after is None) or altered;
* a *change-set* (变更单) is several changes that take effect together.

Guarantees: ``overlaid(rows, differences(rows, wanted)) == wanted``, and ``inverted`` takes everything back. A change that
no longer finds the row as it was is in *conflict*; nothing is overwritten unseen. Who drafted does not publish.

Worked example::

    change = Change("units", "urban", {"name": "城管中队"}, {"name": "综合执法队"})
    overlaid({"urban": {"name": "城管中队"}}, [change])      # {"urban": {"name": "综合执法队"}}
    inverted([change])[0].after                              # {"name": "城管中队"}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridloop.core.access import GRANTS, SETS_UP, Actor

Row = Mapping[str, Any]
Rows = Mapping[str, Row]

CHANGE_STATES: dict[str, str] = {
    "draft": "草稿",
    "submitted": "待核对",
    "published": "待生效",
    "in_force": "已生效",
    "failed": "未能生效",
    "discarded": "已作废",
}
ADDED, ALTERED, REMOVED = "added", "altered", "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """What one row of a chapter was and what it shall be; None where it was not, or shall not be."""

    chapter: str
    key: str
    before: Row | None
    after: Row | None

    @property
    def kind(self) -> str:
        """added, altered or removed."""
        if self.before is None:
            return ADDED
        return REMOVED if self.after is None else ALTERED

    def to_data(self) -> dict[str, Any]:
        """The change as JSON-able values; ``from_data`` gives an equal change back."""
        return {"chapter": self.chapter, "key": self.key, "before": self.before, "after": self.after}

    @classmethod
    def from_data(cls, source: Mapping[str, Any]) -> Change:
        return cls(source["chapter"], source["key"], source["before"], source["after"])


def differences(chapter: str, rows: Rows, wanted: Rows) -> list[Change]:
    """The changes that make the wanted rows of these; removals first, then in the order of what is wanted."""
    removed = [Change(chapter, key, row, None) for key, row in rows.items() if key not in wanted]
    others = [Change(chapter, key, rows.get(key), row) for key, row in wanted.items() if rows.get(key) != row]
    return removed + others


def overlaid(rows: Rows, changes: Iterable[Change]) -> dict[str, Row]:
    """The rows as they are after the changes."""
    found = dict(rows)
    for change in changes:
        if change.after is None:
            found.pop(change.key, None)
        else:
            found[change.key] = change.after
    return found


def combined(changes: Sequence[Change], later: Iterable[Change]) -> list[Change]:
    """One change a row: a later one takes the place of the earlier but keeps what the row was; one that comes to nothing is gone."""
    found = {(change.chapter, change.key): change for change in changes}
    for change in later:
        name = (change.chapter, change.key)
        earlier = found.get(name)
        found[name] = Change(change.chapter, change.key, earlier.before if earlier else change.before, change.after)
    return [change for change in found.values() if change.before != change.after]


def inverted(changes: Iterable[Change]) -> list[Change]:
    """The changes that take these back, the last first."""
    return [Change(change.chapter, change.key, change.after, change.before) for change in reversed(list(changes))]


def in_conflict(changes: Iterable[Change], rows: Rows) -> list[Change]:
    """The changes whose row is no longer what it was when they were drafted."""
    return [change for change in changes if rows.get(change.key) != change.before]


GRANTING = frozenset({"posts", "holdings", "delegations"})
"""Chapters that decide what somebody may do (三员分工: 授权). The system keeper drafts them, a security keeper or leader publishes."""


@dataclass(frozen=True, slots=True)
class ChangeVerb:
    """One thing that can be done to a change-set: in which states, by which roles, and what its drafter may.

    ``by`` are the roles for ordinary chapters, ``by_granting`` those for chapters that grant; a change-set with both wants both.
    """

    name: str
    label: str
    states: frozenset[str]
    by: frozenset[str]
    by_granting: frozenset[str]
    drafter: str = "may"  # may · only · never


_SETS_UP, _GRANTS = frozenset(SETS_UP), frozenset(GRANTS)


def _verb(name: str, label: str, states: str, drafter: str = "may", *, granting: frozenset[str]) -> ChangeVerb:
    return ChangeVerb(name, label, frozenset(states.split()), _SETS_UP, granting, drafter)


CHANGE_VERBS: dict[str, ChangeVerb] = {
    verb.name: verb
    for verb in (
        #     name         label       in which states                     the drafter    for chapters that grant
        _verb("draft", "起草变更单", "", granting=_SETS_UP | _GRANTS),
        _verb("edit", "修改", "draft submitted failed", "only", granting=_SETS_UP | _GRANTS),
        _verb("submit", "提交核对", "draft", "only", granting=_SETS_UP | _GRANTS),
        _verb("publish", "发布", "submitted", "never", granting=_GRANTS),
        _verb("send_back", "退回起草人", "submitted", "never", granting=_GRANTS),
        _verb("discard", "作废", "draft submitted published failed", granting=_SETS_UP | _GRANTS),
        _verb("roll_back", "回退", "in_force", granting=_SETS_UP | _GRANTS),
    )
}
"""Who may do what to a change-set: the one table. The system, which acts for the command line, is held to the states only.

Everyone who holds a post of the street may read change-sets; secrets stay masked.
"""


@dataclass(frozen=True, slots=True)
class MayChange:
    """Allowed or not, with the reason; ``is_about_state`` when nobody could do it now."""

    allowed: bool
    reason: str = ""
    is_about_state: bool = False


@dataclass(frozen=True, slots=True)
class ChangeStanding:
    """What a decision about a change-set needs to know of it: ``drafter`` is a person id, ``chapters`` those it touches."""

    street: str
    state: str = ""
    drafter: int = 0
    chapters: frozenset[str] = frozenset()


def may_change(verb: str, *, by: Actor, standing: ChangeStanding) -> MayChange:
    """May the actor do this to the change-set?

    The person counts, not the door: a drafter's own token is barred from publishing as the drafter is.
    """
    rule = CHANGE_VERBS[verb]
    if by.kind != "system":
        barred = _barred_by_role(rule, by.roles(standing.street), standing.chapters) or _barred_by_draft(
            rule, by, standing
        )
        if barred:
            return MayChange(False, barred)
    if rule.states and standing.state not in rule.states:
        now = CHANGE_STATES[standing.state]
        return MayChange(False, f"这张变更单现在是“{now}”,不能{rule.label};请刷新页面。", is_about_state=True)
    return MayChange(True)


def _barred_by_role(rule: ChangeVerb, roles: frozenset[str], chapters: frozenset[str]) -> str:
    if (chapters - GRANTING or not chapters) and not roles & (rule.by if chapters else rule.by | rule.by_granting):
        return "设置由系统管理员或街道领导来做;请联系他们。"
    if chapters & GRANTING and not roles & rule.by_granting:
        return f"岗位、任职和代办涉及授权,由安全管理员或街道领导{rule.label};请联系他们。"
    return ""


def _barred_by_draft(rule: ChangeVerb, by: Actor, standing: ChangeStanding) -> str:
    is_drafter = bool(by.person_id) and by.person_id == standing.drafter
    if rule.drafter == "never" and is_drafter:
        return f"变更单是您起草的,不能由您{rule.label};请由第二个人核对后发布。"
    if rule.drafter == "only" and not is_drafter:
        return f"{rule.label}由起草人来做;您可以退回、作废,或另起草一张。"
    return ""
