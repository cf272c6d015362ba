"""Bank products, and one firm's demand from its first word to the money: each step an action, out of turn refused with a sentence.

Nothing is shown to a bank before the firm has said yes: who of it, how and when stand with the match, and a later no in the register
(授权:向银行提供资料) stops the introduction. Its invited contact says yes, or takes the demand back, itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.core import bank_match
from gridloop.core.access import Actor
from gridloop.core.bank_match import PURPOSES, Demand, check_demand, check_drawn, check_drawn_on, check_granted
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_arrange, must_serve, must_serve_or_speak
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.models import Consent
from gridloop.offices.enterprise.queries import banking
from gridloop.offices.enterprise.queries.solving import firm_behind, must_be_as_seen
from gridloop.offices.enterprise.solution_models import BankDrawing, BankMatch, BankProduct
from gridloop.offices.organisation import queries as organisation

HIGHEST_RATE = Decimal(36)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a bank offers; money in 元, rates in percent a year, ``longest`` in months; ``clauses`` as ``core.condition`` writes them."""

    bank: str
    name: str
    limit: Decimal
    rate_low: Decimal
    rate_high: Decimal
    longest: int
    clauses: Sequence[Mapping[str, Any]] = ()
    desk: str = ""


def add_product(*, by: Actor, at: datetime, street: str, offer: Offer, is_example: bool = False) -> BankProduct:
    """The product is on offer. Raises NotAllowed, WrongInput, Refused when the bank offers one of this name."""
    must_arrange(by, street)
    _check_offer(offer)
    with deed():
        row = BankProduct(
            street=street, bank=said(offer.bank, field="bank", longest=80), name=said(offer.name, field="name", longest=80), limit=offer.limit,
            rate_low=offer.rate_low, rate_high=offer.rate_high, longest=offer.longest, desk=offer.desk.strip()[:120],
            clauses=[dict(each) for each in offer.clauses], is_example=is_example, added_at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused(
                "bank.product_twice", f"{row.bank}已有产品“{row.name}”;请先下架旧的,或换名称。", field="name"
            ) from fault
        record(
            "bank.product_added", by=by, at=at, street=street, subject=f"bank_product:{row.ref}",
            payload={"bank": row.bank, "name": row.name, "limit": str(row.limit), "clauses": row.clauses},
        )  # fmt: skip
    return row


def _check_offer(offer: Offer) -> None:
    if not (offer.limit.is_finite() and 0 < offer.limit <= bank_match.MOST):
        raise WrongInput("bank.limit", "请写最高额度(大于 0)。", field="limit")
    rates = (offer.rate_low, offer.rate_high)
    if not all(rate.is_finite() and 0 <= rate <= HIGHEST_RATE for rate in rates) or offer.rate_low > offer.rate_high:
        raise WrongInput("bank.rates", f"年利率在 0 到 {HIGHEST_RATE:f} 之间,低的写在前面。", field="rate_low")
    if not 1 <= offer.longest <= 360:
        raise WrongInput("bank.term", "期限按月写,在 1 到 360 之间。", field="longest")
    banking.clauses_of(offer.clauses)


def end_product(*, by: Actor, at: datetime, product: str, reason: str) -> BankProduct:
    """The product is no longer on offer; matches with it stand. Raises NotFound, NotAllowed, WrongInput without a reason."""
    with deed():
        row = banking.product(product, by=by)
        must_arrange(by, row.street)
        words = said(reason, field="reason", longest=200)
        BankProduct.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=at, ended_because=words)
        record(
            "bank.product_ended", by=by, at=at, street=row.street, subject=f"bank_product:{row.ref}",
            payload={"bank": row.bank, "name": row.name, "reason": words},
        )  # fmt: skip
    row.refresh_from_db()
    return row


def demand_credit(
    *, by: Actor, at: datetime, demand: Demand, enterprise: str = "", case: str = "", forum: str = "", note: str = ""
) -> BankMatch:  # fmt: skip
    """The firm's demand is on record; nobody outside sees it. From a case (``case``) the firm is the case's; ``forum`` is the ref of the
    银企对接会 where it was said, empty for one to one.

    Raises WrongInput, NotFound, NotAllowed, Refused while a demand of this case is open or for a firm that left.
    """
    check_demand(demand)
    with deed():
        firm, behind = firm_behind(enterprise, case, by=by)
        must_serve(by, firm.street)
        if firm.left_at is not None:
            raise Refused("enterprise.left_unserved", "这家企业已离开本街道。", enterprise=firm.ref)
        if behind is not None and BankMatch.objects.filter(case=behind, stage__in=bank_match.OPEN).exists():
            raise Refused("bank.case_has_match", "这件事项已有一笔在办的银企对接;请在那一笔上继续。", case=behind.ref)
        event = banking.bank_forum(firm.street, forum) if forum.strip() else None
        row = BankMatch.objects.create(
            street=firm.street, enterprise=firm, case=behind, event=event, amount=demand.amount, purpose=demand.purpose,
            term=demand.term, collateral=demand.collateral, note=note.strip()[:300], officer_id=by.person_id or None, demanded_at=at,
        )  # fmt: skip
        _noted(
            "bank.demanded", row, by=by, at=at, amount=str(row.amount), purpose_name=PURPOSES[row.purpose], term=row.term, forum=row.event_name,
            number=behind.number if behind else "",
        )  # fmt: skip
    return row


def consent_to_bank(
    *, by: Actor, at: datetime, match: str, name: str, duty: str, how: str, rev: int | None = None
) -> BankMatch:
    """The firm has agreed that banks are told: who of it, and how. The name is kept encrypted and never enters the ledger."""
    with deed():
        row, stage = _own_to_move(match, "consent", by=by, rev=rev)
        told = {
            "consent_name": said(name, field="name", longest=40),
            "consent_duty": said(duty, field="duty", longest=40),
        }
        _moved(row, stage=stage, consented_at=at, consent_how=said(how, field="how", longest=120), **told)
        _noted("bank.consented", row, by=by, at=at, duty=row.consent_duty, how=row.consent_how)
    return row


def introduce_to_bank(
    *, by: Actor, at: datetime, match: str, product: str, why: str = "", rev: int | None = None
) -> BankMatch:
    """The bank of this product is told of the demand. A product that does not suit, as far as is known, asks for a reason (``why``).

    Raises Refused without consent or where the firm has said no since, NotFound for a product that is not on offer.
    """
    with deed():
        row, stage = _to_move(match, "introduce", by=by, rev=rev)
        _must_still_agree(row)
        found = next((each for each in banking.suited(row, at=at) if each.product.ref == product), None)
        if found is None:
            raise NotFound("bank.no_product", "没有这个银行产品,或已下架;请从产品列表中选择。", product=product)
        if found.verdict.value == "not_met" and len(why.strip()) < 2:
            reasons = ";".join(
                reason for clause in found.verdict.clauses if clause.value == "not_met" for reason in clause.reasons
            )
            raise WrongInput("bank.does_not_suit", f"这个产品不符合:{reasons};仍要介绍请写明理由。", field="why")
        _moved(row, stage=stage, product=found.product, fits=found.verdict.value, introduced_at=at)
        _noted(
            "bank.introduced", row, by=by, at=at, bank=found.product.bank, product=found.product.name, fits=found.verdict.value,
            fits_name=found.verdict.word, reason=why.strip()[:200],
        )  # fmt: skip
    return row


def _must_still_agree(row: BankMatch) -> None:
    """The firm has not said no to banks since it agreed."""
    said_no = Consent.objects.filter(enterprise=row.enterprise, kind="bank", granted=False, ends_at__isnull=True)
    if row.consented_at is None or said_no.filter(starts_at__gt=row.consented_at).exists():
        raise Refused(
            "bank.consent_taken_back", "企业已收回向银行提供资料的授权,不能介绍;请先征得企业同意。", match=row.ref
        )


def grant_credit(
    *,
    by: Actor,
    at: datetime,
    match: str,
    granted: Decimal,
    rate: Decimal | None = None,
    why: str = "",
    rev: int | None = None,
) -> BankMatch:
    """The bank grants so much (元), at this rate a year. Raises WrongInput, Refused out of turn."""
    with deed():
        row, stage = _to_move(match, "grant", by=by, rev=rev)
        amount = check_granted(row.amount, granted, why=why)
        if rate is not None and not (rate.is_finite() and 0 <= rate <= HIGHEST_RATE):
            raise WrongInput("bank.rate", f"年利率在 0 到 {HIGHEST_RATE:f} 之间。", field="rate")
        _moved(row, stage=stage, granted=amount, rate=rate, answered_at=at)
        _noted(
            "bank.granted",
            row,
            by=by,
            at=at,
            granted=str(amount),
            rate="" if rate is None else str(rate),
            reason=why.strip()[:200],
        )
    return row


def decline_credit(*, by: Actor, at: datetime, match: str, reason: str, rev: int | None = None) -> BankMatch:
    """The bank does not grant it, and why. Raises WrongInput without a reason, Refused out of turn."""
    with deed():
        row, stage = _to_move(match, "decline", by=by, rev=rev)
        _moved(row, stage=stage, declined_because=said(reason, field="reason", longest=300), answered_at=at)
        _noted("bank.declined", row, by=by, at=at, reason=row.declined_because)
    return row


def draw_credit(
    *, by: Actor, at: datetime, match: str, drawn: Decimal, drawn_on: date | None = None, note: str = "", rev: int | None = None
) -> BankMatch:  # fmt: skip
    """So much of the credit (元) has reached the firm on this day (today, if none is told). A credit is drawn in one part or in several.

    Raises WrongInput beyond what is left of the credit and for a day to come, Refused out of turn.
    """
    with deed():
        row, stage = _locked(match, "draw", by=by, rev=rev)
        before, today = row.drawn or Decimal(0), at.astimezone(BEIJING).date()
        amount = check_drawn(row.granted or Decimal(0), drawn, before=before)
        demanded_on = row.demanded_at.astimezone(BEIJING).date()
        drawing = BankDrawing(
            street=row.street, match=row, drawn_on=check_drawn_on(drawn_on or today, today=today, demanded_on=demanded_on),
            amount=amount, note=note.strip()[:200], told_by_id=by.person_id or None, told_at=at,
        )  # fmt: skip
        drawing.save(force_insert=True)
        _moved(row, stage=stage, drawn=before + amount, drawn_at=at)
        _noted(
            "bank.drawn", row, by=by, at=at, drawing=drawing.ref, drawn=str(amount), on=drawing.drawn_on.isoformat(), note=drawing.note,
            left=str(row.left),
        )  # fmt: skip
    return row


def void_drawing(
    *, by: Actor, at: datetime, match: str, drawing: str, reason: str, rev: int | None = None
) -> BankMatch:
    """A drawing was put down wrongly and counts no longer; the row stays, with the reason. The credit stands as if it had not been drawn.

    Raises NotFound, WrongInput without a reason, Refused when it was voided before or out of turn.
    """
    why = said(reason, field="reason", longest=200)
    with deed():
        row, stage = _locked(match, "void_drawing", by=by, rev=rev)
        wrong = banking.drawing(row, drawing)
        BankDrawing.objects.filter(pk=wrong.pk).update(void_at=at, void_because=why)
        kept = [each for each in banking.drawings(row) if each.void_at is None]
        if not kept:
            _moved(row, stage="granted", drawn=None, drawn_at=None)
        else:
            drawn = sum((each.amount for each in kept), Decimal(0))
            _moved(row, stage=stage, drawn=drawn, drawn_at=max(each.told_at for each in kept))
        _noted(
            "bank.drawing_voided", row, by=by, at=at, drawing=wrong.ref, drawn=str(wrong.amount), on=wrong.drawn_on.isoformat(), reason=why,
            left=str(row.left),
        )  # fmt: skip
    return row


def withdraw_demand(*, by: Actor, at: datetime, match: str, reason: str, rev: int | None = None) -> BankMatch:
    """The firm no longer wants it. Raises WrongInput without a reason, Refused once money was drawn or the bank said no."""
    with deed():
        row, stage = _own_to_move(match, "withdraw", by=by, rev=rev)
        _moved(row, stage=stage, withdrawn_because=said(reason, field="reason", longest=300))
        _noted("bank.withdrawn", row, by=by, at=at, reason=row.withdrawn_because)
    return row


def hand_match_over(*, by: Actor, at: datetime, match: str, officer: str, rev: int | None = None) -> BankMatch:
    """Another person has the match in hand. Raises NotFound, Refused when it is theirs already or over."""
    with deed():
        row = banking.match(match, by=by)
        must_serve(by, row.street)
        must_be_as_seen(row, rev)
        someone = organisation.person(row.street, officer)
        if row.stage not in bank_match.OPEN or row.officer_id == someone.pk:
            raise Refused("bank.same_officer", "这笔对接已经结束,或本来就由这个人负责。", field="officer")
        _moved(row, officer=someone)
        _noted("bank.handed_over", row, by=by, at=at, person=someone.name)
    return row


def _to_move(ref: str, step: str, *, by: Actor, rev: int | None) -> tuple[BankMatch, str]:
    """The match and the stage the step leads to. Raises NotFound, NotAllowed, Refused, Outdated."""
    row = banking.match(ref, by=by)
    must_serve(by, row.street)
    must_be_as_seen(row, rev)
    return row, bank_match.after(row.stage, step)


def _locked(ref: str, step: str, *, by: Actor, rev: int | None) -> tuple[BankMatch, str]:
    """As ``_to_move``, the match locked and read again under the lock: of two drawings at once the second sees what the first has left."""
    BankMatch.objects.select_for_update().get(pk=banking.match(ref, by=by).pk)
    return _to_move(ref, step, by=by, rev=rev)


def _own_to_move(ref: str, step: str, *, by: Actor, rev: int | None) -> tuple[BankMatch, str]:
    """As ``_to_move``, also for the firm whose demand it is."""
    row = banking.match(ref, by=by)
    must_serve_or_speak(by, row.street, row.enterprise.ref)
    must_be_as_seen(row, rev)
    return row, bank_match.after(row.stage, step)


def _moved(row: BankMatch, **changes: Any) -> None:
    """Compare-and-set on the revision: of two at once one wins."""
    if not BankMatch.objects.filter(pk=row.pk, rev=row.rev).update(rev=row.rev + 1, **changes):
        raise Refused("bank.moved", "这笔对接刚刚被别人办过;请刷新页面。", match=row.ref)
    for name, value in {**changes, "rev": row.rev + 1}.items():
        setattr(row, name, value)


def _noted(kind: str, row: BankMatch, *, by: Actor, at: datetime, **payload: object) -> None:
    record(kind, by=by, at=at, street=row.street, subject=row.enterprise.subject, payload={"match": row.ref, **payload})
