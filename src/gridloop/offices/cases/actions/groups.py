"""Merging and splitting: one handling for many tellings, or one telling that holds several troubles.

Whatever happens to the cases, every reporter keeps a receipt, an answer and a callback of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.lifecycle import OPEN_STATES
from gridloop.offices.archive.identifiers import new_ref, new_secret
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import Filing, file_case, hash_receipt
from gridloop.offices.cases.actions.moves import end_segments, hand_over, moved, noted, said
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.finding import case_by_number, case_for_verb, scoped_case
from gridloop.offices.supervision.actions import restart_clocks, stop_all


def merge(*, by: Actor, at: datetime, case: str, into: str, reason: str, rev: int | None = None) -> Case:
    """The case is handled as part of another; its reporters follow the other's answer with their own receipts.

    ``into`` is the other's ref, or the number people say (``20220529-000017``). Raises Refused for merging into itself, into a closed or a merged case, or across streets.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="merge", rev=rev)
        target = case_by_number(into, by=by) if "-" in into else scoped_case(into, by=by)
        if target.pk == found.pk or target.street != found.street:
            raise Refused("cases.merge_itself", "请选择本街道的另一个事项来并入。", into=into)
        if target.state in ("merged", "cleared", "withdrawn", "archived"):
            raise Refused(
                "cases.merge_closed", f"要并入的事项是“{target.get_state_display()}”,不能再并入;请另选。", into=into
            )
        words = said(reason, field="reason")
        clocks = stop_all(found.subject, at=at)
        end_segments(found, at=at)
        moved(found, state="merged", merged_into=target)
        Case.objects.filter(merged_into=found).update(merged_into=target)
        noted("case.took_in", target, by=by, at=at, merged=found.number, reports=found.reports.count(), reason=words)
        return noted(
            "case.merged", found, by=by, at=at, clocks=clocks, into=target.number, into_ref=target.ref, reason=words
        )


def unmerge(*, by: Actor, at: datetime, case: str, reason: str, rev: int | None = None) -> Case:
    """The merged case stands by itself again: its unit is answerable, its clocks run on from where they stood, its reporters follow it.

    Raises Refused when the case it was merged into is no longer open: what was answered there was answered for its reporters too.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="unmerge", rev=rev)
        target = found.merged_into
        if target is None or target.state not in OPEN_STATES:
            raise Refused(
                "cases.unmerge_closed",
                "并入的那一件已经答复或结束,不能撤销并案;请改用重办,或另行登记。",
                case=found.number,
            )
        words = said(reason, field="reason")
        state = "accepted" if found.accepted_at else "routed"
        moved(found, state=state, merged_into=None)
        hand_over(found, unit=found.lead, role="handle", at=at, why=f"撤销并案:{words}")
        still_ahead = ("answered", "cleared") if found.accepted_at else ("accepted", "answered", "cleared")
        clocks = restart_clocks(found.subject, at=at, ending_with=still_ahead)
        noted("case.gave_back", target, by=by, at=at, merged=found.number, reason=words)
        return noted(
            "case.unmerged", found, by=by, at=at, clocks=clocks, unit=found.lead.name, out_of=target.number, out_of_ref=target.ref,
            reason=words,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One trouble taken out of a telling: its own words, category and, if different, its own cell."""

    text: str
    category: str = ""
    grid: str = ""


def split(
    *, by: Actor, at: datetime, case: str, parts: Sequence[Part], reason: str, rev: int | None = None
) -> list[Case]:
    """Each part becomes a case of its own, routed and timed by itself; the reporters are asked about each separately.

    Raises WrongInput without a part. The original keeps what remains.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="split", rev=rev)
        if not parts:
            raise WrongInput("cases.no_parts", "请写明要拆分出来的问题。", field="parts")
        words = said(reason, field="reason")
        made = [_part_filed(found, part, by=by, at=at) for part in parts]
        moved(found)
        noted(
            "case.split",
            found,
            by=by,
            at=at,
            into=[each.number for each in made],
            refs=[each.ref for each in made],
            reason=words,
        )
    return made


def _part_filed(whole: Case, part: Part, *, by: Actor, at: datetime) -> Case:
    """The part, filed like any problem, with the first contact and the reporters of the whole."""
    filing = Filing(
        text=part.text, category=part.category, source=whole.source, grid=part.grid or (whole.grid.code if whole.grid else ""),
        address=whole.address, enterprise=whole.enterprise, enterprise_ref=whole.enterprise_ref,
    )  # fmt: skip
    case = file_case(by=by, at=at, street=whole.street, filing=filing, first_contact=whole.first_contact).case
    Case.objects.filter(pk=case.pk).update(split_from=whole, answerer=whole.answerer_id)
    Report.objects.filter(case=case).delete()
    for report in whole.reports.all():
        Report.objects.create(
            ref=new_ref(), street=case.street, case=case, name=report.name, phone=report.phone, phone_index=report.phone_index,
            is_enterprise=report.is_enterprise, text=part.text, token_hash=hash_receipt(new_secret()), told_at=report.told_at,
            origin=report.origin or report,
        )  # fmt: skip
    return case
