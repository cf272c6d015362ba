"""How an enterprise is doing: the rule proposes from what was seen, a person decides; a person may also say so without a proposal."""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_keep
from gridloop.core.vitality import VITALITIES, propose
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of
from gridloop.offices.enterprise.models import Enterprise, VitalityProposal, VitalitySpell
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.signs import signs_of_all


def set_vitality(*, by: Actor, at: datetime, enterprise: str, vitality: str, reason: str) -> Enterprise:
    """The enterprise is in this state from now on; an open proposal is settled with it. Raises WrongInput, Refused when it is so already."""
    if vitality not in VITALITIES:
        raise WrongInput("enterprise.vitality", f"经营状态只能是:{'、'.join(VITALITIES.values())}。", field="vitality")
    if len(reason.strip()) < 2:
        raise WrongInput("enterprise.no_reason", "请写明依据(例如:现场查看停产)。", field="reason")
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_keep(by, firm.street)
        if firm.left_at is not None or firm.vitality == vitality:
            raise Refused(
                "enterprise.vitality_same", f"现在就是“{VITALITIES[firm.vitality]}”,没有改动。", field="vitality"
            )
        before = firm.vitality
        _move(firm, vitality, reason=reason.strip(), by=by, at=at)
        _settle(firm, accepted=vitality, by=by, at=at, remark=reason)
        record(
            "enterprise.vitality_changed", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"before": before, "after": vitality, "before_name": VITALITIES[before], "after_name": VITALITIES[vitality], "reason": reason.strip()[:300]},
        )  # fmt: skip
    return firm


def _move(firm: Enterprise, vitality: str, *, reason: str, by: Actor, at: datetime) -> None:
    VitalitySpell.objects.filter(enterprise=firm, ends_at__isnull=True).update(ends_at=at)
    VitalitySpell.objects.create(enterprise=firm, vitality=vitality, reason=reason[:300], by=by.label, starts_at=at)
    firm.vitality = vitality
    firm.rev += 1
    firm.save(update_fields=["vitality", "rev"])


def _settle(firm: Enterprise, *, accepted: str, by: Actor, at: datetime, remark: str) -> None:
    """An open proposal is answered by what was decided."""
    row = VitalityProposal.objects.filter(enterprise=firm, decided_at__isnull=True).first()
    if row is not None:
        VitalityProposal.objects.filter(pk=row.pk).update(
            accepted=row.proposed == accepted, decided_at=at, decided_by=by.person_id or None, remark=remark[:300]
        )


def propose_vitality(*, at: datetime, street: str) -> int:
    """What the rule sees in the street's enterprises is proposed, one open proposal for each; how many are new. Done by the system.

    A proposal that was rejected is not made again for the same reasons; one whose signs are gone is withdrawn.
    """
    with deed():
        seen = signs_of_all(street, at=at)
        standing = {
            row.enterprise_id: row for row in VitalityProposal.objects.filter(street=street, decided_at__isnull=True)
        }
        rejected = {
            (row.enterprise_id, row.proposed, tuple(row.reasons))
            for row in VitalityProposal.objects.filter(street=street, accepted=False)
        }
        facts: list[Fact] = []
        for firm, signs in seen:
            found = propose(signs)
            row = standing.get(firm.pk)
            if row and (found is None or (row.proposed, tuple(row.reasons)) != (found.vitality, found.reasons)):
                VitalityProposal.objects.filter(pk=row.pk).delete()
                row = None
            if found and row is None and (firm.pk, found.vitality, found.reasons) not in rejected:
                VitalityProposal.objects.create(
                    enterprise=firm, street=street, present=firm.vitality, proposed=found.vitality, reasons=list(found.reasons),
                    proposed_at=at,
                )  # fmt: skip
                told = {
                    "before_name": VITALITIES[firm.vitality],
                    "proposed": found.vitality,
                    "proposed_name": VITALITIES[found.vitality],
                }
                facts.append(
                    Fact("enterprise.vitality_proposed", firm.subject, {**told, "reasons": list(found.reasons)})
                )
        record_many(facts, by=SYSTEM, at=at, street=street)
    return len(facts)


def decide_proposal(*, by: Actor, at: datetime, proposal: str, accepted: bool, remark: str = "") -> VitalityProposal:
    """The proposal is taken up (the state changes) or rejected (it stays, and the reasons are not proposed again).

    Raises NotFound, WrongInput for a rejection without a remark, Refused when it was decided before.
    """
    with deed():
        row = VitalityProposal.objects.filter(ref=proposal).select_related("enterprise").first()
        if row is None:
            raise NotFound("enterprise.no_proposal", "没有这条建议;请刷新页面。", proposal=proposal)
        firm = register.enterprise_to_change(row.enterprise.ref, by=by)
        must_keep(by, firm.street)
        if row.decided_at is not None:
            raise Refused("enterprise.decided", "这条建议已经处理过;请刷新页面。", proposal=proposal)
        if not accepted and len(remark.strip()) < 2:
            raise WrongInput("enterprise.no_remark", "不采纳请写明理由(例如:季节性停产)。", field="remark")
        row.decided_by, row.decided_at, row.accepted, row.remark = person_of(by), at, accepted, remark.strip()[:300]
        row.save(update_fields=["decided_by", "decided_at", "accepted", "remark"])
        reason = remark.strip() or "采纳建议:" + ";".join(row.reasons)
        if accepted:
            _move(firm, row.proposed, reason=reason, by=by, at=at)
        record(
            "enterprise.vitality_changed" if accepted else "enterprise.vitality_kept", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={
                "before": row.present, "after": row.proposed, "before_name": VITALITIES[row.present],
                "after_name": VITALITIES[row.proposed], "reason": reason[:300], "reasons": row.reasons,
            },
        )  # fmt: skip
    return row
