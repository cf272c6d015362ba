"""A trouble that comes back or is told by many is proposed as a project; a leader who did not propose it decides.

The proposal names the cases, the root cause, what it would cost and bring. Decided or not, each of its cases points to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.project import SECTORS
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.cases.queries.trouble_lists import MOST_GROUND
from gridloop.offices.cases.queries.trouble_lists import proposal as seen_proposal
from gridloop.offices.cases.trouble_models import ProjectProposal
from gridloop.offices.organisation import queries as organisation

PROPOSES = frozenset({Role.DUTY_DESK, Role.STREET_LEADER, Role.UNIT_LEADER})
LARGEST = Decimal(10) ** 15


def propose_project(
    *, by: Actor, at: datetime, street: str, title: str, cases: Sequence[str], root_cause: str, cost: str, benefit: str,
    estimate: Decimal | None = None, unit: str = "", sector: str = "",
) -> ProjectProposal:  # fmt: skip
    """The proposal waits for a leader. With an ``estimate`` in 元, a ``unit`` (code) and a ``sector`` it becomes a project once it is approved.

    Raises NotAllowed for who may not propose, WrongInput for missing words or cases, NotFound for a unit the street lacks.
    """
    if estimate is not None and not 0 < estimate < LARGEST:
        raise WrongInput("proposals.estimate", "投资估算要大于零,单位是元;请核对。", field="estimate")
    if sector and sector not in SECTORS:
        raise WrongInput("proposals.sector", f"类别可选:{'、'.join(SECTORS.values())}。", field="sector")
    with deed():
        if not by.roles(street) & PROPOSES:
            raise NotAllowed("proposals.may_not", "立项建议由值班受理岗、单位负责人或街道领导提出。")
        found = list(visible_to(by).filter(street=street, ref__in=list(cases)[:MOST_GROUND]).order_by("id"))
        if not found or len(found) != len(set(cases)):
            raise WrongInput("proposals.no_cases", "请至少选一件看得到的事项作为依据。", field="cases")
        row = ProjectProposal.objects.create(
            street=street, title=said(title, field="title", longest=120), root_cause=said(root_cause, field="root_cause"),
            cost=said(cost, field="cost", longest=1000), benefit=said(benefit, field="benefit", longest=1000),
            estimate=estimate, unit=organisation.unit(street, unit).code if unit else "", sector=sector,
            proposed_by=person_of(by), proposed_at=at,
        )  # fmt: skip
        row.cases.set(found)
        payload = {
            "title": row.title, "cases": [case.number for case in found], "root_cause": row.root_cause, "cost": row.cost, "benefit": row.benefit,
            "estimate": str(row.estimate or ""), "unit": row.unit, "sector": row.sector,
        }  # fmt: skip
        record("proposal.made", by=by, at=at, street=street, subject=f"proposal:{row.ref}", payload=payload)
    return row


def decide_proposal(*, by: Actor, at: datetime, proposal: str, approved: bool, remark: str) -> ProjectProposal:
    """A leader's decision, with its reason. Raises NotFound outside the actor's scope, NotAllowed for others and for the proposer, Refused when it is decided already."""
    with deed():
        row = seen_proposal(by, proposal)
        if Role.STREET_LEADER not in by.roles(row.street):
            raise NotAllowed("proposals.may_not_decide", "立项建议由街道领导批示。")
        if by.person_id == row.proposed_by_id:
            raise NotAllowed("proposals.own", "提出人不批示自己的立项建议;请另一位街道领导批示。")
        if row.approved is not None:
            raise Refused("proposals.decided", "这份立项建议已经批示过了。", proposal=proposal)
        row.approved, row.decided_by, row.decided_at, row.remark = (
            approved,
            person_of(by),
            at,
            said(remark, field="remark", longest=300),
        )
        row.save(update_fields=["approved", "decided_by", "decided_at", "remark"])
        payload = {"title": row.title, "approved": approved, "remark": row.remark}
        record("proposal.decided", by=by, at=at, street=row.street, subject=f"proposal:{row.ref}", payload=payload)
    return row
