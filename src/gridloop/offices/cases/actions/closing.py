"""How a case ends: verified by another, called back, judged by its reporter, struck off, reopened, withdrawn, archived.

The rule of strike-off (销号): an answer text ∧ (every reporter's confirmation ∨ an independent verification of this answer). Who
handled the case does neither. Reopening resumes the old clock.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.handling import resume_after_answer
from gridloop.offices.cases.actions.moves import end_segments, moved, noted, person_of, said
from gridloop.offices.cases.models import Callback, Case, Report, Verification
from gridloop.offices.cases.queries.finding import case_for_verb, told_of
from gridloop.offices.supervision.actions import stop_all, stop_clocks

SATISFACTION = {5: "很满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "很不满意"}


def reports_of(case: Case) -> QuerySet[Report]:
    """Every telling of this trouble: the case's own and those of cases merged into it."""
    return Report.objects.filter(told_of(case)).order_by("id")


def verify(*, by: Actor, at: datetime, case: str, passed: bool, text: str, rev: int | None = None) -> Case:
    """Someone who did not handle the case has looked: verified, or back to work (返工) on the old clock."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="verify", rev=rev)
        words = said(text, least=4)
        Verification.objects.create(case=found, by=person_of(by), passed=passed, text=words[:500], verified_at=at)
        if passed:
            moved(found, state="verified")
            return noted("case.verified", found, by=by, at=at, text=words)
        return _to_be_done_again(found, by=by, at=at, kind="case.verification_failed", why=words)


def _to_be_done_again(case: Case, *, by: Actor, at: datetime, kind: str, why: str) -> Case:
    clocks = resume_after_answer(case, at=at, why=why)
    moved(case, state="handling", reworks=case.reworks + 1)
    return noted(kind, case, by=by, at=at, clocks=clocks, text=why, unit=case.lead.name)


def record_callback(
    *, by: Actor, at: datetime, case: str, outcome: str, report: str = "", solved: bool | None = None, satisfied: int | None = None,
    text: str = "", rev: int | None = None,
) -> Case:  # fmt: skip
    """One attempt to call a reporter back. "Not solved" sends an answered case back to work.

    Raises WrongInput when the reporter was reached and no judgement is given.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="record_callback", rev=rev)
        telling = _report(found, report)
        if outcome not in Callback.Outcome.values:
            raise WrongInput("cases.unknown_outcome", "回访结果只有:已联系上、未联系上、拒绝回访。", field="outcome")
        if outcome == Callback.Outcome.REACHED and solved is None:
            raise WrongInput("cases.no_judgement", "已联系上时要记录是否解决。", field="solved")
        if outcome != Callback.Outcome.REACHED:
            solved, satisfied = None, None
        _rated(satisfied)
        Callback.objects.create(
            case=found,
            report=telling,
            outcome=outcome,
            solved=solved,
            satisfied=satisfied,
            text=text.strip()[:500],
            by=person_of(by),
            called_at=at,
        )
        moved(found)
        noted(
            "case.called_back",
            found,
            by=by,
            at=at,
            report=telling.ref,
            outcome=outcome,
            solved=solved,
            satisfied=satisfied,
            text=text,
        )
        return _judged(found, telling, by=by, at=at, solved=solved, satisfied=satisfied, comment=text)


def _report(case: Case, ref: str) -> Report:
    """The report by ref, or the case's first. Raises NotFound."""
    found = reports_of(case).filter(ref=ref).first() if ref else reports_of(case).first()
    if found is None:
        raise NotFound("cases.no_report", "此件没有这位反映人。", report=ref)
    return found


def _rated(satisfied: int | None) -> None:
    if satisfied is not None and satisfied not in SATISFACTION:
        raise WrongInput(
            "cases.unknown_rating", f"满意度从 1 到 5:{'、'.join(SATISFACTION.values())}。", field="satisfied"
        )


def judge_answer(
    *,
    by: Actor,
    at: datetime,
    case: str,
    report: str,
    solved: bool,
    satisfied: int | None = None,
    comment: str = "",
    rev: int | None = None,
) -> Case:
    """The reporter's own judgement. "Not solved" sends the case back to work, also after strike-off."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="judge_answer", rev=rev)
        _rated(satisfied)
        telling = _report(found, report)
        moved(found)
        noted(
            "case.judged",
            found,
            by=by,
            at=at,
            report=telling.ref,
            solved=solved,
            satisfied=satisfied,
            text=comment[:500],
        )
        return _judged(found, telling, by=by, at=at, solved=solved, satisfied=satisfied, comment=comment)


def _judged(
    case: Case, report: Report, *, by: Actor, at: datetime, solved: bool | None, satisfied: int | None, comment: str
) -> Case:
    """The judgement stands on the report; a "no" reopens the work."""
    if solved is None:
        return case
    Report.objects.filter(pk=report.pk).update(
        solved=solved, satisfied=satisfied, judged_at=at, comment=comment.strip()[:500]
    )
    if solved or case.state not in ("answered", "verified", "cleared"):
        return case
    if case.state == "cleared":
        return reopened(case, by=by, at=at, why="反映人表示未解决")
    return _to_be_done_again(case, by=by, at=at, kind="case.sent_back", why="反映人表示未解决")


def rework(*, by: Actor, at: datetime, case: str, reason: str, rev: int | None = None) -> Case:
    """The answer does not hold; the unit works on, on the old clock."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="rework", rev=rev)
        return _to_be_done_again(found, by=by, at=at, kind="case.sent_back", why=said(reason, field="reason", least=4))


def strike_off(*, by: Actor, at: datetime, case: str, remark: str = "", rev: int | None = None) -> Case:
    """The case is struck off. Raises Refused when neither every reporter confirmed nor someone else verified the answer."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="strike_off", rev=rev)
        ground = strike_off_ground(found)
        if not ground:
            raise Refused("cases.not_verified", "还不能销号:先请反映人确认,或由未经办的人核实。", case=found.number)
        clocks = stop_clocks(found.subject, event="cleared", at=at) + stop_all(found.subject, at=at)
        end_segments(found, at=at)
        moved(found, state="cleared", cleared_at=at)
        return noted(
            "case.cleared", found, by=by, at=at, clocks=clocks, ground=ground, lead=found.lead.code, remark=remark[:300]
        )


def strike_off_ground(case: Case) -> str:
    """On what ground the case may be struck off now: verification or confirmation; empty when it may not."""
    if not case.answer.strip() or case.answered_at is None:
        return ""
    if Verification.objects.filter(case=case, passed=True, verified_at__gte=case.answered_at).exists():
        return "independent_verification"
    judgements = list(reports_of(case).values_list("solved", "judged_at"))
    confirmed = all(solved and judged and judged >= case.answered_at for solved, judged in judgements)
    return "reporter_confirmation" if judgements and confirmed else ""


def reopen(*, by: Actor, at: datetime, case: str, reason: str, rev: int | None = None) -> Case:
    """A struck-off case is worked on again; its old clock resumes where it stood."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="reopen", rev=rev)
        if found.cleared_at is None:
            raise Refused(
                "cases.never_cleared", "此件没有销号(并案或撤回后归档),不能重新办理;请重新登记。", case=found.number
            )
        return reopened(found, by=by, at=at, why=said(reason, field="reason", least=4))


def reopened(case: Case, *, by: Actor, at: datetime, why: str) -> Case:
    """The case is worked on again by its unit; called inside a deed that has found that it must be."""
    clocks = resume_after_answer(case, at=at, why=why)
    moved(case, state="handling", reopens=case.reopens + 1, cleared_at=None)
    return noted("case.reopened", case, by=by, at=at, clocks=clocks, reason=why, unit=case.lead.name)


def withdraw(*, by: Actor, at: datetime, case: str, reason: str, rev: int | None = None) -> Case:
    """The reporter no longer asks for it; the desk may note it for them. Refused while others reported the same trouble."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="withdraw", rev=rev)
        if reports_of(found).count() > 1:
            raise Refused(
                "cases.others_ask_too", "还有其他人反映同一问题,此件要继续办;可以只撤回联系方式(请值班受理岗办理)。"
            )
        words = said(reason, field="reason")
        clocks = stop_all(found.subject, at=at)
        end_segments(found, at=at)
        moved(found, state="withdrawn", withdrawn_reason=words[:300], merged_into=None)
        return noted("case.withdrawn", found, by=by, at=at, clocks=clocks, reason=words)


def archive_case(*, by: Actor, at: datetime, case: str, rev: int | None = None) -> Case:
    """The closed case is filed away; it can still be reopened."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="archive_case", rev=rev)
        moved(found, state="archived")
        return noted("case.archived", found, by=by, at=at)
