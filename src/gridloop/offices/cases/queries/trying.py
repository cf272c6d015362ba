"""Trying a routing table, as it is or as a draft would make it: which row wins for a case, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.core.changes import Row
from gridloop.core.errors import GridloopError
from gridloop.core.route_row import CaseFacts, condition_count, rows_from_records, segments
from gridloop.offices.cases.chapters import compiled
from gridloop.offices.organisation.changesets.chapters import Proposed


@dataclass(frozen=True, slots=True)
class Tried:
    """Who would lead, by which profile and in which words, and each row that was considered."""

    unit: str
    profile: str
    reason: str
    rows: tuple[tuple[str, bool, str], ...]
    refusal: str = ""


def try_route(setup: Proposed, facts: CaseFacts) -> Tried:
    """The decision for these facts; ``refusal`` says why there is none when the table has an error."""
    try:
        table = compiled(setup)
    except GridloopError as error:
        return Tried("", "", "", (), error.sentence)
    decision = table.decide(facts)
    return Tried(
        setup.label("units", decision.unit), setup.label("profiles", decision.profile), decision.reason,
        tuple((traced.row, traced.won, traced.why) for traced in table.trace(facts)),
    )  # fmt: skip


def standing_of(row: Row) -> str:
    """How specific a row is, in words: what it is compared by."""
    rows, _ = rows_from_records([row])
    if not rows:
        return ""
    found = rows[0]
    category, place, conditions = len(segments(found.category)), len(segments(found.place)), condition_count(found)
    parts = [f"类别 {category} 级" if category else "不限类别", f"地点 {place} 级" if place else "不限地点"]
    parts += [f"{conditions} 个条件"] if conditions else []
    parts += [f"优先序 {found.metric}"] if found.metric else []
    return ",".join(parts)
