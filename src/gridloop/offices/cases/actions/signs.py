"""A sign of flattered figures is answered by its unit's head, or dismissed by a supervisor; both with a reason in the ledger."""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, NotFound
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.cases.inspection_models import SignReply
from gridloop.offices.cases.queries.signs import must_see_signs, shown_signs
from gridloop.offices.organisation import queries as organisation

ANSWER, DISMISS = "answered", "dismissed"


def reply_to_sign(
    *, by: Actor, at: datetime, street: str, period: str, code: str, unit: str, kind: str, reason: str
) -> SignReply:
    """The reply stands with the rows that the sign has now; more rows make it a new question.

    Raises NotFound for a sign that is not there (any more), NotAllowed for whoever may not answer or dismiss it.
    """
    with deed():
        must_see_signs(by, street)
        found = next(
            (each for each in shown_signs(by, street, period) if (each.sign.code, each.sign.unit) == (code, unit)), None
        )
        if found is None:
            raise NotFound("cases.no_sign", "没有这条异常提示,或它已经变化;请刷新页面。", sign=code, unit=unit)
        if not (found.may_dismiss if kind == DISMISS else found.may_answer):
            raise NotAllowed("cases.may_not_reply", "单位负责人说明本单位的提示,街道领导了结;已了结的不再改。")
        reply = SignReply.objects.create(
            street=street, period=period, code=code, unit=organisation.unit(street, unit), rows=found.rows,
            kind=DISMISS if kind == DISMISS else ANSWER, reason=said(reason, field="reason", least=4, longest=500), by=person_of(by), at=at,
        )  # fmt: skip
        record(
            f"sign.{reply.kind}", by=by, at=at, street=street, subject=f"sign:{reply.ref}",
            payload={"period": period, "code": code, "unit": reply.unit.name, "rows": found.rows, "reason": reply.reason},
        )  # fmt: skip
    return reply
