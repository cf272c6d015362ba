"""From chapters and change-sets to what the API says. Secrets are masked here as they are in the console."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.api.answers import fields_named
from gridloop.core.access import Actor
from gridloop.core.changes import CHANGE_STATES
from gridloop.offices.organisation.changesets import queries
from gridloop.offices.organisation.changesets.chapters import MASKED, Chapter, Column, Proposed, fingerprint, name_of
from gridloop.offices.organisation.changesets.checking import Checked

MOST_EFFECTS = 200
MOST_CHOICES = 1000


def chapter(found: Chapter, *, may_draft: bool) -> dict[str, Any]:
    return fields_named(found, "code label about key") | {"may_draft": may_draft}


def chapter_file(found: Chapter, setup: Proposed, *, may_draft: bool) -> dict[str, Any]:
    rows = setup.after(found.code)
    return {
        "chapter": chapter(found, may_draft=may_draft), "columns": [column(each, setup) for each in found.columns], "rows": len(rows),
        "seen": fingerprint(rows),
    }  # fmt: skip


def column(found: Column, setup: Proposed) -> dict[str, Any]:
    choices = [value for value, _label in setup.pairs(found.choices)][:MOST_CHOICES] if found.choices else []
    return fields_named(found, "name label kind required fixed longest help") | {"choices": choices}


def row(found: Chapter, key: str, said: Any, setup: Proposed) -> dict[str, Any]:
    """One row in force."""
    secrets = {each.name for each in found.columns if each.kind == "secret"}
    shown = {name: MASKED if name in secrets and value else value for name, value in said.items()}
    return {"key": key, "name": name_of(found, key, said, setup), "row": shown, "seen": fingerprint(said)}


def change_set(found: Any) -> dict[str, Any]:
    """A change-set whose drafter, publisher and forerunner have been read."""
    told = fields_named(
        found, "ref rev title state drafted_at submitted_at published_at effective_at in_force_at remark"
    )
    return told | {
        "state_label": CHANGE_STATES[found.state], "changes": len(found.changes),
        "drafted_by": found.drafter.name if found.drafter else "", "published_by": found.publisher.name if found.publisher else "",
        "rolls_back": found.rolls_back.ref if found.rolls_back else "",
    }  # fmt: skip


def change_set_file(found: Any, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The whole change-set. Here the offices' queries are asked: what it would change is a calculation of theirs."""
    setup = queries.proposed(found, at=at)
    is_open = found.state in queries.OPEN
    effects = queries.effects_of(setup) if is_open else found.outcome
    return {
        "change_set": change_set(found),
        "changes": [_changed(each) for each in queries.shown_changes(setup)],
        "findings": _findings(queries.check_of(found, setup)) if is_open else [],
        "effects": effects[:MOST_EFFECTS], "effects_count": len(effects),
        "waits_for": queries.publishers_of(found) if found.state == "submitted" else "",
        "rolled_back_by": [each.ref for each in found.roll_backs.all()],
        "verbs": [each.name for each in queries.verbs_for(found, by=by)],
    }  # fmt: skip


def _changed(found: queries.Changed) -> dict[str, Any]:
    lines = [{"label": label, "before": before, "after": after} for label, before, after in found.lines]
    return fields_named(found, "chapter chapter_label key name kind") | {"lines": lines}


def _findings(checked: Checked) -> list[dict[str, str]]:
    return [fields_named(each, "severity chapter key sentence") for each in (*checked.new, *checked.known)]
