"""Extensions and suspensions: typed, reasoned, within a quota, decided by someone else than the requester.

No peer system has them; without them deadlines are "arranged" by hand. Quotas: two approved extensions a case, each of at
most 30 days; a suspension names its end, at most 180 days ahead, and ends by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, TooMuch, WrongInput
from gridloop.core.lifecycle import CASE, STATES
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import moved, noted, person_of, said
from gridloop.offices.cases.models import Case, Request
from gridloop.offices.cases.queries.finding import case_for_verb
from gridloop.offices.supervision.actions import extend_clocks, pause_clocks, resume_clocks

EXTENSION_REASONS = {
    "third_party": "需第三方配合",
    "materials": "材料或备件未到",
    "weather": "天气或不可抗力",
    "evidence": "需要调查取证",
    "procedure": "法定程序未走完",
}
SUSPENSION_REASONS = {
    "litigation": "已进入诉讼或仲裁",
    "superior": "等待上级批复",
    "season": "季节性停工",
    "festival": "节日停工(如春节)",
    "reporter_absent": "反映人要求暂缓",
}
UNITS_OF_TIME = {"working_day": "个工作日", "natural_day": "个自然日"}
MOST_EXTENSIONS = 2
LONGEST_EXTENSION = 30
LONGEST_SUSPENSION = timedelta(days=180)


def request_extension(
    *,
    by: Actor,
    at: datetime,
    case: str,
    reason_code: str,
    reason: str,
    amount: int,
    unit_of_time: str = "working_day",
    rev: int | None = None,
) -> Request:
    """The lead unit asks for more time. Raises TooMuch beyond the quota, WrongInput for an unknown reason."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="request_extension", rev=rev)
        _known(reason_code, EXTENSION_REASONS, "reason_code")
        _known(unit_of_time, UNITS_OF_TIME, "unit_of_time")
        if not 1 <= amount <= LONGEST_EXTENSION:
            raise TooMuch("cases.extension_too_long", f"一次最多延期 {LONGEST_EXTENSION} 天;请改小。", field="amount")
        if Request.objects.filter(case=found, kind=Request.Kind.EXTENSION, approved=True).count() >= MOST_EXTENSIONS:
            raise TooMuch(
                "cases.extension_quota", f"此件已延期 {MOST_EXTENSIONS} 次;请会商、提级或挂起。", quota=MOST_EXTENSIONS
            )
        asked = Request(
            case=found, kind=Request.Kind.EXTENSION, reason_code=reason_code, reason=said(reason, field="reason", least=4)[:500],
            amount=amount, unit_of_time=unit_of_time, requested_by=person_of(by), requested_at=at,
        )  # fmt: skip
        return _asked(asked, by=by, at=at)


def request_suspension(
    *, by: Actor, at: datetime, case: str, reason_code: str, reason: str, until: datetime, rev: int | None = None
) -> Request:
    """The lead unit asks to suspend the case until a moment. Raises TooMuch beyond 180 days, WrongInput for a past end."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="request_suspension", rev=rev)
        _known(reason_code, SUSPENSION_REASONS, "reason_code")
        if until <= at:
            raise WrongInput("cases.suspension_past", "挂起的到期时间要在以后。", field="until")
        if until - at > LONGEST_SUSPENSION:
            raise TooMuch(
                "cases.suspension_too_long", f"一次最多挂起 {LONGEST_SUSPENSION.days} 天;请改近。", field="until"
            )
        asked = Request(
            case=found, kind=Request.Kind.SUSPENSION, reason_code=reason_code, reason=said(reason, field="reason", least=4)[:500],
            until=until, requested_by=person_of(by), requested_at=at,
        )  # fmt: skip
        return _asked(asked, by=by, at=at)


def _known(value: str, choices: dict[str, str], field: str) -> None:
    if value not in choices:
        raise WrongInput("cases.unknown_choice", f"请从列表中选择:{'、'.join(choices.values())}。", field=field)


def _asked(asked: Request, *, by: Actor, at: datetime) -> Request:
    """The request waits for a decision. Raises Refused when one of its kind is waiting already."""
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused("cases.request_open", f"已有一份{asked.get_kind_display()}申请在等审批。") from fault
    moved(asked.case)
    noted(
        f"case.{asked.kind}_requested", asked.case, by=by, at=at, reason_code=asked.reason_code, reason=asked.reason, amount=asked.amount,
        unit_of_time=asked.unit_of_time, until=asked.until.isoformat() if asked.until else None,
    )  # fmt: skip
    return asked


def decide_extension(
    *, by: Actor, at: datetime, case: str, approved: bool, remark: str = "", rev: int | None = None
) -> Case:
    """Someone else than the requester decides; approved, the clocks get the time."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="decide_extension", rev=rev)
        _still_asked_for(found, approved, verb="request_extension")
        asked = _decided(found, Request.Kind.EXTENSION, by=by, at=at, approved=approved, remark=remark)
        clocks = (
            extend_clocks(found.subject, at=at, amount=asked.amount, unit=asked.unit_of_time, reason=asked.reason)
            if approved
            else []
        )
        moved(found)
        kind = "case.extension_approved" if approved else "case.extension_rejected"
        return noted(
            kind,
            found,
            by=by,
            at=at,
            clocks=clocks,
            amount=asked.amount,
            unit_of_time=asked.unit_of_time,
            remark=remark,
        )


def decide_suspension(
    *, by: Actor, at: datetime, case: str, approved: bool, remark: str = "", rev: int | None = None
) -> Case:
    """Someone else than the requester decides; approved, the clocks stand still until the named end."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="decide_suspension", rev=rev)
        _still_asked_for(found, approved, verb="request_suspension")
        asked = _decided(found, Request.Kind.SUSPENSION, by=by, at=at, approved=approved, remark=remark)
        if not approved:
            moved(found)
            return noted("case.suspension_rejected", found, by=by, at=at, remark=remark)
        assert asked.until is not None
        if asked.until <= at:
            raise WrongInput("cases.suspension_past", "申请的挂起期限已过;请驳回后重新申请。", field="until")
        clocks = pause_clocks(found.subject, at=at, until=asked.until, reason=asked.reason)
        moved(found, state="suspended", suspended_until=asked.until)
        return noted(
            "case.suspended",
            found,
            by=by,
            at=at,
            clocks=clocks,
            until=asked.until.isoformat(),
            reason=asked.reason,
            remark=remark,
        )


def _still_asked_for(case: Case, approved: bool, *, verb: str) -> None:  # noqa: FBT001 - the decision itself
    """Raises Refused when the case has moved on so far that it could not be asked for any more; it can still be rejected."""
    if approved and case.state not in CASE.verbs[verb].sources:
        raise Refused("cases.request_moot", f"此件现在是“{STATES[case.state]}”,申请已不适用;请驳回。", state=case.state)


def _decided(case: Case, kind: str, *, by: Actor, at: datetime, approved: bool, remark: str) -> Request:
    asked = Request.objects.filter(case=case, kind=kind, decided_at__isnull=True).first()
    if asked is None:
        raise Refused("cases.no_request", "没有待审批的申请;它可能已被审批。")
    if asked.requested_by_id == by.person_id:
        raise Refused("cases.own_request", "申请是您提出的,不能自己审批;请换一位同事。")
    Request.objects.filter(pk=asked.pk).update(
        decided_by=person_of(by), decided_at=at, approved=approved, remark=remark[:300]
    )
    return asked


def resume(*, by: Actor, at: datetime, case: str, reason: str, rev: int | None = None) -> Case:
    """The suspension is over, by a person or because its end has come; the clocks run on."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="resume", rev=rev)
        clocks = resume_clocks(found.subject, at=at)
        moved(found, state="handling", suspended_until=None)
        return noted("case.resumed", found, by=by, at=at, clocks=clocks, reason=said(reason, field="reason"))
