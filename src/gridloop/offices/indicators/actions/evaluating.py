"""考评 by rules: a version of the rules set, a period frozen by the version that held, an objection raised and decided (core.evaluation).

Guarantees: a new version never holds before the day on which it was set, so nothing that has passed is measured anew; a frozen revision is never
altered, an upheld objection makes the next one; whoever froze the figures does not decide on objections to them, nor does the unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from gridloop.core import evaluation as core
from gridloop.core.access import SYSTEM, Actor
from gridloop.core.campaign import must_lead
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.evaluation import FrozenRow, MeasureRule
from gridloop.core.period import Period
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.campaigns.models import Campaign
from gridloop.offices.campaigns.queries import campaign, campaign_to_change
from gridloop.offices.indicators import freezing
from gridloop.offices.indicators.asked import ZONE, Asked
from gridloop.offices.indicators.evaluating import MEASURES
from gridloop.offices.indicators.evaluation_models import EvaluationRules, FrozenEvaluation, Objection, as_kept
from gridloop.offices.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class RulesTold:
    """What is told of a version: what counts, by which kind of period, from which day on, and why."""

    measures: tuple[MeasureRule, ...]
    period_kind: str
    effective_on: date
    reason: str


def set_rules(*, by: Actor, at: datetime, campaign: str, told: RulesTold) -> EvaluationRules:
    """The next version holds from its day on; earlier periods keep theirs. Raises NotAllowed, WrongInput, Refused."""
    _check_rules(told)
    with deed():
        row = campaign_to_change(campaign, by=by)
        must_lead(by, row.street)
        last = EvaluationRules.objects.filter(campaign=row).order_by("-version").first()
        _must_hold_later(told.effective_on, last, campaign=row, today=at.astimezone(ZONE).date())
        made = EvaluationRules(
            campaign=row, version=last.version + 1 if last else 1, period_kind=told.period_kind, effective_on=told.effective_on,
            measures=[{"measure": each.measure, "threshold": each.threshold, "source": each.source.strip()} for each in told.measures],
            reason=told.reason.strip()[:300], set_by=by.label, set_at=at,
        )  # fmt: skip
        _insert(made, "evaluations.set_meanwhile", "刚刚有人定了新的一版;请刷新页面再看。")
        _record(
            "evaluation.rules_set", row, by=by, at=at,
            told={
                "version": made.version, "measures": made.measures, "period_kind": made.period_kind,
                "effective_on": made.effective_on.isoformat(), "reason": made.reason,
            },
        )  # fmt: skip
    return made


def freeze(*, by: Actor, at: datetime, campaign: str, period: str) -> FrozenEvaluation:
    """The period's figures and every case behind them are kept as they stand now. Raises NotAllowed, NotFound, Refused, WrongInput."""
    with deed():
        row = _campaign(campaign, by=by)
        span = Period.parse(period)
        rules = freezing.rules_on(row, span.first)
        _must_be_over(span, rules, today=at.astimezone(ZONE).date())
        assert rules is not None  # _must_be_over has refused without rules
        rows = freezing.rows_now(Asked(SYSTEM, row.street, span, at), rules.codes)
        return _keep(row, rules, span, rows, by=by, at=at, revision=1)


def object_to(*, by: Actor, at: datetime, frozen: str, case: str, measure: str, text: str) -> Objection:
    """The unit holds this mark of its case to be wrong. Raises NotAllowed, NotFound, WrongInput, Refused when it is said already."""
    if len(text.strip()) < 10:
        raise WrongInput("evaluations.no_text", "请写明哪里不对、依据是什么(不少于 10 个字)。", field="text")
    with deed():
        found = freezing.frozen(frozen, by=by)
        kept = next((each for each in found.kept if each.case == case), None)
        if kept is None:
            raise NotFound("evaluations.no_case", "这一次冻结的明细里没有这一件;请刷新页面。", case=case)
        core.must_object(by, street=found.campaign.street, unit=kept.unit)
        if measure not in found.rules.codes:
            raise WrongInput("evaluations.no_measure", "这一版规则不看这一项;请重选。", field="measure")
        if freezing.newest(found).pk != found.pk:
            raise Refused(
                "evaluations.revised", "这一期已有新的修订;请对最新的修订提出。", frozen=freezing.newest(found).ref
            )
        made = Objection(
            frozen=found, unit=organisation.unit(found.campaign.street, kept.unit), case=freezing.case_of(kept), measure=measure,
            text=text.strip()[:500], raised_by=by.label, raised_at=at,
        )  # fmt: skip
        _insert(made, "evaluations.objected_already", "这一项已有异议在等裁定。")
        _record(
            "evaluation.objected", found.campaign, by=by, at=at,
            told={"period": found.period, "revision": found.revision, "case": kept.number, "measure": MEASURES[measure][0], "text": made.text},
        )  # fmt: skip
    return made


def decide_objection(*, by: Actor, at: datetime, objection: str, decision: str, because: str) -> Objection:
    """Somebody else has decided; upheld, a new revision leaves the case out or turns the mark. Raises NotAllowed, NotFound, Refused, WrongInput."""
    if decision not in core.DECISIONS:
        raise WrongInput("evaluations.no_decision", "请选:不计入、更正或不成立。", field="decision")
    if len(because.strip()) < 4:
        raise WrongInput("evaluations.no_reason", "请写裁定的理由(不少于 4 个字)。", field="because")
    with deed():
        row = freezing.objection_to_decide(objection, by=by)
        found = row.frozen
        must_lead(by, found.campaign.street)
        core.must_decide(by, street=found.campaign.street, unit=row.unit.code, frozen_by=found.frozen_by)
        row.decision, row.decided_because, row.decided_by, row.decided_at = (
            decision,
            because.strip()[:300],
            by.label,
            at,
        )
        if decision != "dismissed":
            row.into = _revised(row, by=by, at=at)
        row.save(update_fields=["decision", "decided_because", "decided_by", "decided_at", "into"])
        _record(
            "evaluation.objection_decided", found.campaign, by=by, at=at,
            told={
                "period": found.period, "case": row.case.number, "measure": MEASURES[row.measure][0], "decision": row.decision_label,
                "reason": row.decided_because, "revision": row.into.revision if row.into else found.revision,
            },
        )  # fmt: skip
    return row


def _revised(row: Objection, *, by: Actor, at: datetime) -> FrozenEvaluation:
    """The next revision of the period, made from the newest one's rows and nothing else."""
    last = freezing.newest(row.frozen)
    if row.decision == "left_out":
        rows = core.without(last.kept, row.case.ref)
    else:
        mark = next((each.marks.get(row.measure) for each in last.kept if each.case == row.case.ref), None)
        if mark is None:
            raise Refused(
                "evaluations.nothing_to_correct",
                "这一项本来没有计入,没有可更正的;可以选“不计入”或“不成立”。",
                field="decision",
            )
        rows = core.corrected(last.kept, row.case.ref, row.measure, mark=not mark)
    span = Period.parse(last.period)
    return _keep(
        last.campaign, last.rules, span, rows, by=by, at=at, revision=last.revision + 1, reason=row.decided_because
    )


def _keep(
    row: Campaign, rules: EvaluationRules, span: Period, rows: list[FrozenRow], *, by: Actor, at: datetime, revision: int, reason: str = ""
) -> FrozenEvaluation:  # fmt: skip
    digest = core.digest_of(rows, version=rules.version, period=span.code, revision=revision)
    made = FrozenEvaluation(
        campaign=row, rules=rules, period=span.code, last_on=span.last, revision=revision, rows=as_kept(rows), digest=digest, reason=reason,
        frozen_by=by.label, frozen_at=at,
    )  # fmt: skip
    taken = "这一期已经冻结;要改动请走异议。" if revision == 1 else "这一期刚刚有了新的修订;请刷新页面再试。"
    _insert(made, "evaluations.frozen_already", taken)
    told = core.figures(rows, rules.codes)
    _record(
        "evaluation.frozen" if revision == 1 else "evaluation.revised", row, by=by, at=at,
        told={
            "frozen": made.ref, "period": span.code, "revision": revision, "version": rules.version, "digest": digest, "cases": len(rows),
            "figures": {unit: {each.code: [each.part, each.n] for each in readings} for unit, readings in told.items()}, "reason": reason,
        },
    )  # fmt: skip
    return made


def _campaign(ref: str, *, by: Actor) -> Campaign:
    """The campaign, also a closed one: its last period ends with it."""
    row = campaign(ref, by=by)
    must_lead(by, row.street)
    return row


def _must_be_over(span: Period, rules: EvaluationRules | None, *, today: date) -> None:
    if rules is None:
        raise Refused("evaluations.no_rules", "这一期开始时还没有考评规则;请先定规则,从下一期起考评。", field="period")
    if span.until is not None or span.kind != rules.period_kind:
        kind = core.PERIOD_KINDS[rules.period_kind]
        raise WrongInput("evaluations.other_period", f"这一版规则按{kind}考评;请选一个完整的{kind}。", field="period")
    if span.last >= today:
        raise Refused("evaluations.not_over", "这一期还没有结束,结束后才能冻结。", field="period")


def _check_rules(told: RulesTold) -> None:
    codes = [each.measure for each in told.measures]
    if not codes or len(set(codes)) != len(codes) or not set(codes) <= set(MEASURES):
        raise WrongInput("evaluations.no_measures", "请至少选一项考评内容,每项一次。", field="measures")
    if told.period_kind not in core.PERIOD_KINDS:
        raise WrongInput("evaluations.no_period", "请选考评周期。", field="period_kind")
    if len(told.reason.strip()) < 4:
        raise WrongInput("evaluations.no_reason", "请写明为什么这样定(不少于 4 个字)。", field="reason")
    for each in told.measures:
        if each.threshold is not None and not 0 <= each.threshold <= 100:
            raise WrongInput("evaluations.threshold", "标准写 0 到 100 的整数(百分数)。", field=each.measure)
        if len(each.source) > 120 or (each.threshold is not None and len(each.source.strip()) < 4):
            raise WrongInput(
                "evaluations.no_source", "定了标准就要写出处(文件名称、文号或条款,不超过 120 字)。", field=each.measure
            )


def _must_hold_later(effective_on: date, last: EvaluationRules | None, *, campaign: Campaign, today: date) -> None:
    if last is None:
        if effective_on < campaign.starts_on:
            raise WrongInput("evaluations.too_early", "生效日期不能早于专项开始的那天。", field="effective_on")
        return
    if effective_on < today or effective_on <= last.effective_on:
        raise WrongInput(
            "evaluations.too_early",
            "新的一版从今天或以后生效,并晚于上一版;以前各期照原来的规则。",
            field="effective_on",
        )


def _insert(row: EvaluationRules | FrozenEvaluation | Objection, code: str, sentence: str) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(code, sentence) from fault


def _record(kind: str, row: Campaign, *, by: Actor, at: datetime, told: dict[str, object]) -> None:
    record(kind, by=by, at=at, street=row.street, subject=row.subject, payload=told)
