"""One trouble, many reporters: noticing it when a case is filed, joining its cases, keeping apart what only looks alike, what came back.

Noticing is the machine's and only a suggestion; joining and keeping apart are the desk's. Joining merges, so each reporter keeps a receipt, an
answer and a callback; it can be undone case by case (``unmerge``). What a person put apart is never suggested together again.

Worked example::

    notice_trouble(by=SYSTEM, at=at, case=ref)                       # a reaction to case.filed
    join_cases(by=desk, at=at, trouble=trouble.ref, into=first.ref, cases=[second.ref, third.ref], reason="同一盏路灯")
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.groups import merge
from gridloop.offices.cases.actions.moves import moved, noted, person_of, said
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.cases.queries.troubles import (
    is_seen,
    may_join,
    recurrence_of,
    same_trouble,
    struck_off_before,
    trouble_of,
)
from gridloop.offices.cases.trouble_models import Recurrence, Trouble, TroubleCase

MOST_AT_ONCE = 50
SUSPECTED, CONFIRMED, APART = TroubleCase.Standing.SUSPECTED, TroubleCase.Standing.CONFIRMED, TroubleCase.Standing.APART


def notice_same(*, by: Actor, at: datetime, case: str) -> None:
    """What the case tells again stands beside it: the trouble of others, and what was struck off. Imported records are history: nobody joins them."""
    if scoped_case(case, by=by).source != "import":
        notice_trouble(by=by, at=at, case=case)
        notice_recurrence(by=by, at=at, case=case)


def notice_trouble(*, by: Actor, at: datetime, case: str) -> Trouble | None:
    """The case stands in the trouble that it tells of again, as suspected; None when it tells of none, or stands in one already."""
    with deed():
        found = scoped_case(case, by=by)
        told = None if found.state == "withdrawn" or trouble_of(found) else same_trouble(found)
        if told is None:
            return None
        first = scoped_case(told.case, by=by) if told.case else None
        trouble = _trouble(told.trouble) if told.trouble else Trouble.objects.create(street=found.street, noticed_at=at)
        reasons = list(told.bonds[0].reasons)
        if first is not None:
            _stands(first, trouble, SUSPECTED, reasons=reasons, by=by, at=at)
        _stands(found, trouble, SUSPECTED, reasons=reasons, score=told.bonds[0].score, by=by, at=at)
        payload = {
            "case": found.number,
            "case_ref": found.ref,
            "with": first.number if first else "",
            "reasons": reasons,
        }
        record("trouble.noticed", by=by, at=at, street=found.street, subject=f"trouble:{trouble.ref}", payload=payload)
    return trouble


def keep_together(*, by: Actor, at: datetime, case: str, into: str = "") -> Trouble | None:
    """What was merged (or joined by a further reporter) is one trouble: both cases stand in it as confirmed; None when that was undone since."""
    with deed():
        found = scoped_case(case, by=by)
        if into and found.merged_into is None:
            return None
        target = scoped_case(into, by=by) if into else found
        trouble = trouble_of(target) or trouble_of(found) or Trouble.objects.create(street=found.street, noticed_at=at)
        for each in {found.pk: found, target.pk: target}.values():
            _stands(each, trouble, CONFIRMED, by=by, at=at)
        payload = {"case": found.number, "into": target.number}
        record(
            "trouble.confirmed", by=by, at=at, street=found.street, subject=f"trouble:{trouble.ref}", payload=payload
        )
    return trouble


def join_cases(
    *, by: Actor, at: datetime, trouble: str, into: str, cases: Sequence[str], reason: str
) -> Trouble:  # fmt: skip
    """The chosen cases are handled as part of ``into``; every one of their reporters keeps their own receipt, answer and callback.

    Raises NotAllowed for who may not merge, WrongInput without a case or with one that is not of this trouble, Refused for closed ones.
    """
    with deed():
        found = _seen_trouble(trouble, by=by)
        _must_join(by, found.street)
        words = said(reason, field="reason")
        members = {row.case.ref: row.case for row in _members(found)}
        chosen = [ref for ref in dict.fromkeys(cases) if ref != into]
        if not chosen or into not in members or not set(chosen) <= set(members) or len(chosen) > MOST_AT_ONCE:
            raise WrongInput(
                "troubles.choose", "请选定主办的一件,再勾选本问题里要并入它的事项(一次最多 50 件)。", field="cases"
            )
        for ref in chosen:
            merge(by=by, at=at, case=ref, into=into, reason=words)
        for ref in (into, *chosen):
            _stands(members[ref], found, CONFIRMED, by=by, at=at)
        payload = {"into": members[into].number, "cases": [members[ref].number for ref in chosen], "reason": words}
        record("trouble.joined", by=by, at=at, street=found.street, subject=f"trouble:{found.ref}", payload=payload)
    return found


def set_apart(*, by: Actor, at: datetime, trouble: str, case: str, reason: str) -> Trouble:
    """The case is another trouble: it leaves this one and is never suggested with it again.

    Raises NotAllowed for who may not join, NotFound when it is no member, Refused while it is merged (undo that first).
    """
    with deed():
        found = _seen_trouble(trouble, by=by)
        _must_join(by, found.street)
        row = _members(found).filter(case__ref=case).first()
        if row is None:
            raise NotFound("troubles.no_member", "此件不在这个同诉问题里;请刷新页面。", case=case)
        if row.case.merged_into_id is not None or Case.objects.filter(merged_into=row.case).exists():
            raise Refused("troubles.still_merged", "此件已经并案,请先在事项页撤销并案。", case=row.case.number)
        words = said(reason, field="reason")
        _stands(row.case, found, APART, by=by, at=at, remark=words)
        payload = {"case": row.case.number, "reason": words}
        record("trouble.set_apart", by=by, at=at, street=found.street, subject=f"trouble:{found.ref}", payload=payload)
    return found


def notice_recurrence(*, by: Actor, at: datetime, case: str) -> Recurrence | None:
    """The case is linked to the one struck off before whose trouble it tells of again, at the same place; None when there is none."""
    with deed():
        found = scoped_case(case, by=by)
        if found.state == "withdrawn" or Recurrence.objects.filter(case=found).exists():
            return None
        before = struck_off_before(found)
        if before is None:
            return None
        earlier, near = before
        row = Recurrence.objects.create(
            case=found, earlier=earlier, reasons=list(near.reasons), noted_by=by.label, noted_at=at
        )
        noted("case.recurred", found, by=by, at=at, earlier=earlier.number, earlier_ref=earlier.ref, reasons=list(near.reasons))  # fmt: skip
    return row


def dismiss_recurrence(*, by: Actor, at: datetime, case: str, reason: str) -> Recurrence:
    """A person says that the case is no recurrence: the mark is taken away, the reason stays.

    Raises NotAllowed for anybody but the desk and the leaders, NotFound when the case is not marked.
    """
    with deed():
        found = scoped_case(case, by=by)
        _must_join(by, found.street)
        row = recurrence_of(found)
        if row is None:
            raise NotFound("troubles.no_recurrence", "此件没有标为反复问题;请刷新页面。", case=case)
        words = said(reason, field="reason")
        row.dismissed_by, row.dismissed_at, row.dismissed_because = person_of(by), at, words[:300]
        row.save(update_fields=["dismissed_by", "dismissed_at", "dismissed_because"])
        moved(found)
        noted("case.recurrence_dismissed", found, by=by, at=at, earlier=row.earlier.number, reason=words)
    return row


def _seen_trouble(ref: str, *, by: Actor) -> Trouble:
    """The trouble, if the actor sees a case of it. Raises NotFound: one of another street is not told from none."""
    return _trouble(ref if by.kind == "system" or is_seen(by, ref) else "")


def _trouble(ref: str) -> Trouble:
    found = Trouble.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound("troubles.not_found", "没有这个同诉问题,或其中的事项不在您的责任范围内。", trouble=ref)
    return found


def _must_join(by: Actor, street: str) -> None:
    if not may_join(by, street):
        raise NotAllowed("troubles.may_not_join", "认定同一问题由值班受理岗或街道领导办理。")


def _members(trouble: Trouble):  # type: ignore[no-untyped-def]
    return TroubleCase.objects.filter(trouble=trouble).exclude(standing=APART).select_related("case")


def _stands(
    case: Case, trouble: Trouble, standing: str, *, by: Actor, at: datetime, reasons: Sequence[str] = (), score: float = 1.0, remark: str = ""
) -> None:  # fmt: skip
    """The case stands in this trouble as said, and in no other."""
    TroubleCase.objects.filter(case=case).exclude(trouble=trouble).exclude(standing=APART).delete()
    row, is_new = TroubleCase.objects.get_or_create(
        trouble=trouble, case=case,
        defaults={"standing": standing, "reasons": list(reasons), "score": score, "noted_by": by.label, "noted_at": at, "remark": remark[:300]},
    )  # fmt: skip
    if not is_new and row.standing != standing:
        row.standing, row.noted_by, row.noted_at, row.remark = standing, by.label, at, remark[:300]
        row.save(update_fields=["standing", "noted_by", "noted_at", "remark"])
