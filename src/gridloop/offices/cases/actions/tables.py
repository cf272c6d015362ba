"""Routing tables and categories: drafted, checked, published by a second person, in force from a date, rolled back.

A draft whose proof fails (``core/table_proof.py``) is refused with each counter-example; a table in force is never edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.route_row import rows_from_records, rows_to_records
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.models import Category, RoutingTable
from gridloop.offices.cases.queries.proving import proof_of
from gridloop.offices.organisation.actions import must_set_up, renew
from gridloop.offices.organisation.changesets.chapters import Proposed
from gridloop.offices.organisation.models import ApiToken, Person, Unit

FALLBACK_REASON = "没有匹配的路由行,由属地兜底"


def add_category(*, by: Actor, at: datetime, street: str, path: str, description: str = "") -> Category:
    """The category stands in the tree, with every category above it. Raises WrongInput for an empty part."""
    must_set_up(by, street)
    parts = [part.strip() for part in path.split("/")]
    if not all(parts):
        raise WrongInput("cases.bad_category", f"类别“{path}”有空的一级;请写成“一级/二级/三级”。", field="path")
    with deed():
        for end in range(1, len(parts)):
            _category(street, parts[:end], is_leaf=False)
        made = _category(street, parts, is_leaf=True, description=description)
        renew(street)
        record(
            "category.added", by=by, at=at, street=street, subject=f"category:{made.ref}", payload={"path": made.path}
        )
    return made


def _category(street: str, parts: Sequence[str], *, is_leaf: bool, description: str = "") -> Category:
    path = "/".join(parts)
    found, is_new = Category.objects.get_or_create(
        street=street, path=path, defaults={"name": parts[-1], "is_leaf": is_leaf, "description": description}
    )
    if not is_new and not is_leaf and found.is_leaf:
        Category.objects.filter(pk=found.pk).update(is_leaf=False)
    return found


def draft_table(
    *,
    by: Actor,
    at: datetime,
    street: str,
    records: Iterable[Mapping[str, object]],
    backstop_profile: str,
    note: str = "",
) -> RoutingTable:
    """A draft of the next routing table. Raises WrongInput naming every bad row, column and reason."""
    must_set_up(by, street)
    rows, problems = rows_from_records(records)
    if problems:
        listed = [{"row": each.row, "column": each.column, "reason": each.reason} for each in problems]
        first = problems[0]
        raise WrongInput(
            "cases.bad_rows",
            f"路由表有 {len(problems)} 处要改:第 {first.row} 行“{first.column}”{first.reason}",
            problems=listed,
        )
    unit = Unit.objects.filter(street=street, is_backstop=True).order_by("id").first()
    if unit is None:
        raise Refused("cases.no_backstop", "请先登记属地兜底单位(街道办),再起草路由表。")
    with deed():
        version = 1 + max([0, *RoutingTable.objects.filter(street=street).values_list("version", flat=True)])
        table = RoutingTable.objects.create(
            street=street, version=version, rows=rows_to_records(rows), note=note[:300], drafted_by=by.label, drafted_at=at,
            backstop={"unit": unit.code, "profile": backstop_profile, "reason": FALLBACK_REASON},
        )  # fmt: skip
        record(
            "routing_table.drafted", by=by, at=at, street=street, subject=f"routing_table:{table.ref}",
            payload={"version": version, "rows": len(rows), "note": note},
        )  # fmt: skip
    return table


KINDS = {"total": "hole", "no_shadowed_row": "shadowed", "no_loops": "loop", "staffed": "unstaffed", "timed": "timed"}
"""By property of the proof the kind of a finding; what makes a table ambiguous has kinds of its own."""


def findings_of(table: RoutingTable, *, at: datetime) -> list[dict[str, Any]]:
    """Everything wrong with a table at the moment, each with its rows, a counter-example and a sentence; empty when it may be published."""
    rows, _ = rows_from_records(table.rows)
    proof = proof_of(Proposed(table.street, at), rows=rows)
    return [
        {
            "kind": each.kind or KINDS[each.property], "rows": list(each.rows), "example": dict(each.counter_example),
            "sentence": each.sentence,
        }
        for each in proof.failures
    ]  # fmt: skip


def publish_table(
    *, by: Actor, at: datetime, street: str, table: str, valid_from: datetime | None = None, allow_holes: bool = False
) -> RoutingTable:
    """The draft is in force from ``valid_from`` (by default now).

    Raises NotAllowed when the drafter publishes it, Refused with the findings when its proof fails. The system, which founds a street
    before anybody holds a post there, is not held to the duty of its units.
    """
    must_set_up(by, street)
    with deed():
        draft = _table(street, table)
        if draft.state != RoutingTable.State.DRAFT:
            raise Refused(
                "cases.not_a_draft", f"第 {draft.version} 版是“{draft.get_state_display()}”,不能再发布;请起草新的一版。"
            )
        if by.kind != "system" and draft.drafted_by in _labels_of(by):
            raise NotAllowed("cases.own_draft", "草稿是您起草的,请由第二个人核对后发布。")
        allowed = ({"hole"} if allow_holes else set()) | ({"unstaffed"} if by.kind == "system" else set())
        findings = [each for each in findings_of(draft, at=at) if each["kind"] not in allowed]
        if findings:
            raise Refused(
                "cases.table_does_not_hold",
                f"路由表还不能发布,有 {len(findings)} 处问题:{findings[0]['sentence']}",
                findings=findings,
            )
        starts = valid_from or at
        RoutingTable.objects.filter(pk=draft.pk).update(
            state=RoutingTable.State.PUBLISHED, published_by=by.label, published_at=at, valid_from=starts
        )
        renew(street)
        record(
            "routing_table.published", by=by, at=at, street=street, subject=f"routing_table:{draft.ref}",
            payload={"version": draft.version, "valid_from": starts.isoformat()},
        )  # fmt: skip
        draft.refresh_from_db()
    return draft


def _labels_of(by: Actor) -> set[str]:
    """Every name under which the person behind the actor may have drafted: their own, and their tokens'."""
    people = Person.objects.filter(pk=by.person_id).values_list("ref", flat=True)
    tokens = ApiToken.objects.filter(person_id=by.person_id).values_list("ref", flat=True)
    return {by.label, *(f"person:{ref}" for ref in people), *(f"token:{ref}" for ref in tokens)}


def _table(street: str, ref: str) -> RoutingTable:
    found = RoutingTable.objects.filter(street=street, ref=ref).first()
    if found is None:
        raise NotFound("cases.no_table", "没有这份路由表;请从列表中选择。", table=ref)
    return found


def roll_back_table(*, by: Actor, at: datetime, street: str, table: str) -> RoutingTable:
    """An earlier published table is in force again, as a new version with the same rows."""
    must_set_up(by, street)
    with deed():
        earlier = _table(street, table)
        if earlier.state != RoutingTable.State.PUBLISHED:
            raise Refused("cases.never_in_force", "这一版没有发布过,不能回退到它。")
        version = 1 + max(RoutingTable.objects.filter(street=street).values_list("version", flat=True))
        again = RoutingTable.objects.create(
            street=street, version=version, rows=earlier.rows, backstop=earlier.backstop, note=f"回退到第 {earlier.version} 版",
            state=RoutingTable.State.PUBLISHED, drafted_by=earlier.drafted_by, drafted_at=at, published_by=by.label, published_at=at,
            valid_from=at,
        )  # fmt: skip
        renew(street)
        record(
            "routing_table.rolled_back", by=by, at=at, street=street, subject=f"routing_table:{again.ref}",
            payload={"version": version, "like": earlier.version},
        )  # fmt: skip
    return again
