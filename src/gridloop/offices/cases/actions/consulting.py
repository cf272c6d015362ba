"""What comes after the minutes: each decision of a consultation is done by the unit that owns it, and leaves its desk.

Consultations are called and concluded in ``dispatch``; there every owner becomes a co-unit, so that it sees the case.
"""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotAllowed, NotFound, Refused
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import handled_by, moved, noted, person_of, said
from gridloop.offices.cases.models import Case, ConsultationDecision
from gridloop.offices.cases.queries.finding import case_for_verb


def finish_decision(*, by: Actor, at: datetime, case: str, decision: str, text: str, rev: int | None = None) -> Case:
    """The owner has done what was decided, and says what came of it.

    Raises NotFound for a decision of another case, NotAllowed for another unit than the owner (the desk may note it), Refused for one
    that is done.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="finish_decision", rev=rev)
        row = _decision(found, decision)
        if row.owner.code not in by.units() and Role.DUTY_DESK not in by.roles(found.street):
            raise NotAllowed("cases.not_your_decision", f"这项决定由{row.owner.name}负责;请他们来填完成情况。")
        words = said(text, least=2)
        done = ConsultationDecision.objects.filter(pk=row.pk, done_at__isnull=True)
        if not done.update(done_at=at, done_by=person_of(by), outcome=words[:500]):
            raise Refused("cases.decision_done", "这项决定已经填过完成情况。", field="decision")
        handled_by(found, by=by, at=at)
        moved(found)
        return noted("case.decision_done", found, by=by, at=at, decision=row.text, unit=row.owner.name, text=words)


def _decision(case: Case, ref: str) -> ConsultationDecision:
    rows = ConsultationDecision.objects.filter(consultation__case=case, ref=ref)
    found = rows.select_related("owner").first()
    if found is None:
        raise NotFound("cases.no_decision_found", "此件没有这项会商决定;请刷新页面。", field="decision")
    return found
