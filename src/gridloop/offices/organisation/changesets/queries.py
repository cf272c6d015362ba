"""Change-sets as people read them: which are open, what each would change from what to what, and what would be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.changes import ADDED, CHANGE_VERBS, GRANTING, Change, ChangeStanding, ChangeVerb, may_change
from gridloop.core.errors import NotAllowed, NotFound
from gridloop.offices.organisation.changesets.chapters import (
    Line,
    Outcome,
    Proposed,
    chapter_of,
    chapters,
    lines_of,
    name_of,
)
from gridloop.offices.organisation.changesets.checking import Checked, check
from gridloop.offices.organisation.models import ChangeSet, Person

OPEN = ("draft", "submitted", "published", "failed")
KIND_LABELS = {"added": "新增", "altered": "修改", "removed": "取消"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One change in words: of each cell its label, what it was and what it shall be."""

    chapter: str
    chapter_label: str
    key: str
    name: str
    kind: str
    kind_label: str
    lines: tuple[tuple[str, str, str], ...]


def change_sets(
    street: str, *, states: tuple[str, ...] = (), before: int = 0, limit: int = 100
) -> list[ChangeSet]:  # fmt: skip
    """The street's change-sets, newest first, with who drafted and who published; ``before`` is the key of the last one shown."""
    rows = ChangeSet.objects.filter(street=street).select_related("drafter", "publisher", "rolls_back")
    rows = rows.filter(pk__lt=before) if before else rows
    return list((rows.filter(state__in=states) if states else rows).defer("outcome")[:limit])


def change_set(street: str, ref: str) -> ChangeSet:
    """The change-set by ref. Raises NotFound outside the street."""
    rows = ChangeSet.objects.filter(street=street, ref=ref).select_related("drafter", "publisher", "rolls_back")
    found = rows.first()
    if found is None:
        raise NotFound("setup.no_change_set", "没有这张变更单;请从列表中选择。", change_set=ref)
    return found


def waiting_for(actor: Actor, street: str) -> list[ChangeSet]:
    """Those that the actor may publish or send back now: somebody else's, handed in."""
    found = change_sets(street, states=("submitted",))
    return [each for each in found if permitted(each, "publish", by=actor)]


def code_of_person(actor: Actor) -> str:
    """The staff code of the person behind the actor; empty for the system."""
    found = Person.objects.filter(pk=actor.person_id).values_list("code", flat=True).first() if actor.person_id else ""
    return found or ""


def own_drafts(actor: Actor, street: str) -> list[ChangeSet]:
    """The actor's drafts, newest first: where the next change may be put."""
    rows = ChangeSet.objects.filter(
        street=street, drafter_id=actor.person_id, state__in=("draft", "submitted", "failed")
    )
    return list(rows.defer("outcome")) if actor.person_id else []


def due_to_take_effect(street: str, *, at: datetime) -> list[str]:
    """The refs of published change-sets whose date has come, the earliest first."""
    rows = ChangeSet.objects.filter(street=street, state="published", effective_at__lte=at)
    return list(rows.order_by("effective_at", "id").values_list("ref", flat=True))


def permitted(found: ChangeSet, verb: str, *, by: Actor) -> bool:
    return may_change(verb, by=by, standing=standing_of(found)).allowed


def standing_of(found: ChangeSet) -> ChangeStanding:
    touched = frozenset(str(each["chapter"]) for each in found.changes)
    return ChangeStanding(found.street, found.state, found.drafter_id or 0, touched)


def publishers_of(found: ChangeSet) -> str:
    """Who may publish it, in words."""
    touched = standing_of(found).chapters
    if touched & GRANTING:
        return "街道领导" if touched - GRANTING else "安全管理员或街道领导"
    return "另一位系统管理员或街道领导"


def may_draft(actor: Actor, street: str, *, chapter: str = "") -> bool:
    """May the actor draft changes of the chapter (of any, when none is named)?"""
    touched = frozenset({chapter} if chapter else ())
    return may_change("draft", by=actor, standing=ChangeStanding(street, chapters=touched)).allowed


def must_draft(actor: Actor, street: str, *, chapter: str = "") -> None:
    """Raises NotAllowed when the actor may not draft changes of the chapter; asked before anything that was sent is read."""
    touched = frozenset({chapter} if chapter else ())
    allowed = may_change("draft", by=actor, standing=ChangeStanding(street, chapters=touched))
    if not allowed.allowed:
        raise NotAllowed("changes.not_allowed", allowed.reason)


def verbs_for(found: ChangeSet, *, by: Actor) -> list[ChangeVerb]:
    """What the actor may do to the change-set now."""
    return [verb for verb in CHANGE_VERBS.values() if verb.states and permitted(found, verb.name, by=by)]


def changes_of(found: ChangeSet) -> list[Change]:
    return [Change.from_data(each) for each in found.changes]


def proposed(found: ChangeSet, *, at: datetime) -> Proposed:
    """The setup as it would be with this change-set in force."""
    return Proposed(found.street, at, changes_of(found))


def check_of(found: ChangeSet, setup: Proposed) -> Checked:
    """What would be wrong if it were in force now."""
    rows = ChangeSet.objects.filter(street=found.street, state__in=("submitted", "published")).exclude(pk=found.pk)
    return check(setup, others=[(each.title, changes_of(each)) for each in rows.defer("outcome")])


def effects_of(setup: Proposed) -> list[Outcome]:
    """What taking effect would move besides the rows: deadlines, routes of open cases."""
    touched = setup.touched()
    return [
        effect
        for chapter in chapters()
        if chapter.effects and chapter.code in touched
        for effect in chapter.effects(setup)
    ]


def shown_changes(setup: Proposed) -> list[Changed]:
    """The changes in words, in the order of the chapters."""
    order = {chapter.code: chapter.order for chapter in chapters()}
    known = [change for change in setup.changes if change.chapter in order]
    return [_shown(change, setup) for change in sorted(known, key=lambda change: order[change.chapter])]


def _shown(change: Change, setup: Proposed) -> Changed:
    chapter = chapter_of(change.chapter)
    before = lines_of(chapter, change.before, setup) if change.before is not None else []
    after = lines_of(chapter, change.after, setup) if change.after is not None else []
    row: Any = change.after or change.before or {}
    return Changed(
        chapter.code, chapter.label, change.key, name_of(chapter, change.key, row, setup), change.kind, KIND_LABELS[change.kind],
        tuple(_lines(before, after, kind=change.kind, secrets=_altered_secrets(change))),
    )  # fmt: skip


def _altered_secrets(change: Change) -> frozenset[str]:
    """Labels of secret columns whose masked words look alike though the cells differ."""
    before, after = change.before or {}, change.after or {}
    columns = chapter_of(change.chapter).columns
    return frozenset(
        each.label for each in columns if each.kind == "secret" and before.get(each.name) != after.get(each.name)
    )


def _lines(before: list[Line], after: list[Line], *, kind: str, secrets: frozenset[str]) -> list[tuple[str, str, str]]:
    """The lines that differ; of an added or removed row those that say anything."""
    was, is_now = dict(before), dict(after)
    found = []
    for label in dict.fromkeys([*was, *is_now]):
        old, new = was.get(label, ""), is_now.get(label, "")
        if kind == ADDED and new in ("", "否"):
            continue
        if old != new or label in secrets:
            found.append((label, old, f"{new}(已更换)" if old and old == new else new))
    return found
