"""一企一策 and 化险解困专班: a firm's plan with its measures, its task force and its reviews, opened and closed with what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.firm_access import must_arrange, must_keep, must_serve
from gridloop.core.vitality import VITALITIES
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.enterprise.actions.teams import found_team, join_team, leave_team
from gridloop.offices.enterprise.queries import plans, register
from gridloop.offices.enterprise.queries.solving import must_be_as_seen
from gridloop.offices.enterprise.service_models import TeamMember
from gridloop.offices.enterprise.solution_models import EFFECTS, FirmPlan, Measure, PlanReview
from gridloop.offices.organisation import queries as organisation


def open_plan(*, by: Actor, at: datetime, enterprise: str, problems: str, goal: str, review_on: date) -> FirmPlan:
    """The firm has its plan, without measures yet. Raises WrongInput, NotFound, NotAllowed, Refused while it has an open one."""
    not_past(review_on, at, field="review_on")
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_keep(by, firm.street)
        if firm.left_at is not None:
            raise Refused("enterprise.left_unserved", "这家企业已离开本街道。", enterprise=firm.ref)
        if plans.open_plan_of(firm) is not None:
            raise Refused("plan.open_already", "这家企业已有一份进行中的方案;请在那一份上继续。", enterprise=firm.ref)
        row = FirmPlan.objects.create(
            street=firm.street, enterprise=firm, vitality=firm.vitality, problems=said(problems, field="problems"),
            goal=said(goal, field="goal", longest=300), opened_by=person_of(by), opened_at=at, review_on=review_on,
        )  # fmt: skip
        _noted(
            "plan.opened",
            row,
            by=by,
            at=at,
            goal=row.goal,
            before_name=VITALITIES[firm.vitality],
            review_on=review_on.isoformat(),
        )
    return row


def add_measure(
    *, by: Actor, at: datetime, plan: str, text: str, owner: str, due_on: date, before: str = "", unit: str = "", case: str = "", rev: int | None = None
) -> Measure:  # fmt: skip
    """The measure stands in the plan, with its owner (a person's code) and its day; ``before`` is how things are, in words or a number.

    Raises WrongInput for a day that has passed, NotFound, NotAllowed.
    """
    not_past(due_on, at, field="due_on")
    with deed():
        row = _open_plan(plan, by=by, rev=rev)
        someone = organisation.person(row.street, owner)
        made = Measure.objects.create(
            street=row.street, plan=row, text=said(text, longest=300), owner=someone, due_on=due_on, before=before.strip()[:120],
            unit=unit.strip()[:12], case=scoped_case(case, by=by) if case else None, added_at=at,
        )  # fmt: skip
        _changed(row)
        _noted(
            "plan.measure_added",
            row,
            by=by,
            at=at,
            measure=made.ref,
            text=made.text,
            person=someone.name,
            due_on=due_on.isoformat(),
        )
    return made


def end_measure(*, by: Actor, at: datetime, measure: str, result: str, after: str = "", note: str = "") -> Measure:
    """The measure is done, with what is now (``after``), or dropped, with why (``note``).

    Raises WrongInput, NotFound, NotAllowed for anyone but its owner and those who keep the plan, Refused when it was ended before.
    """
    if result not in EFFECTS:
        raise WrongInput("plan.result", f"结果只能是:{'、'.join(EFFECTS.values())}。", field="result")
    if result == "done" and not after.strip():
        raise WrongInput("plan.no_effect", "完成了请写现在怎样(文字或数字),与“之前”对照。", field="after")
    if result == "dropped" and len(note.strip()) < 2:
        raise WrongInput("plan.no_note", "取消请写明为什么。", field="note")
    with deed():
        row = plans.measure(measure, by=by)
        if by.person_id != row.owner_id:
            must_keep(by, row.street)
        told: dict[str, Any] = {
            "ended": result,
            "ended_at": at,
            "after": after.strip()[:120],
            "ended_note": note.strip()[:300],
        }
        if row.plan.closed_at is not None or not Measure.objects.filter(pk=row.pk, ended="").update(**told):
            raise Refused("plan.measure_ended", "这条措施已有结果,或方案已结束;请刷新页面。", measure=measure)
        _changed(row.plan)
        _noted(
            "plan.measure_done" if result == "done" else "plan.measure_dropped", row.plan, by=by, at=at, measure=row.ref, text=row.text,
            before=row.before, after=told["after"], note=told["ended_note"],
        )  # fmt: skip
    row.refresh_from_db()
    return row


def move_measure(*, by: Actor, at: datetime, measure: str, due_on: date, reason: str) -> Measure:
    """The measure has another day; the ledger keeps both. Raises WrongInput, NotAllowed for its owner, who cannot put it off alone."""
    not_past(due_on, at, field="due_on")
    with deed():
        row = plans.measure(measure, by=by)
        must_keep(by, row.street)
        if by.person_id == row.owner_id:
            raise NotAllowed("plan.own_day", "责任人不能自己改期限;请由方案负责人或街道领导来改。")
        words = said(reason, field="reason", longest=200)
        if row.ended or row.plan.closed_at is not None:
            raise Refused("plan.measure_ended", "这条措施已有结果,或方案已结束;请刷新页面。", measure=measure)
        before = row.due_on
        Measure.objects.filter(pk=row.pk).update(due_on=due_on)
        _changed(row.plan)
        _noted(
            "plan.measure_moved", row.plan, by=by, at=at, measure=row.ref, text=row.text, before=before.isoformat(), after=due_on.isoformat(),
            reason=words,
        )  # fmt: skip
    row.refresh_from_db()
    return row


def form_task_force(
    *, by: Actor, at: datetime, plan: str, lead: str, members: Sequence[str] = (), rev: int | None = None
) -> FirmPlan:
    """The plan has its task force: a lead and members (persons' codes), from now on. Told again, a new lead follows the former one.

    Raises NotAllowed for all but those who arrange, NotFound, WrongInput without a lead.
    """
    with deed():
        row = _open_plan(plan, by=by, rev=rev)
        must_arrange(by, row.street)
        if not lead:
            raise WrongInput("plan.no_lead", "专班要有一名组长。", field="lead")
        if row.team is None:
            team = found_team(by=by, at=at, street=row.street, kind="rescue", name=_name_of(row))
            _changed(row, team=team)
        else:
            _changed(row)
        _staff(row, lead, [code for code in members if code != lead], by=by, at=at)
        someone = organisation.person(row.street, lead)
        _noted("plan.task_force_formed", row, by=by, at=at, lead=someone.name, members=len(set(members) - {lead}))
    return row


def _name_of(row: FirmPlan) -> str:
    """A team's name holds 60 characters and is used once; the plan's ref keeps it so."""
    return f"{row.name[:40]}化险解困专班-{row.ref[:6]}"


def _staff(row: FirmPlan, lead: str, members: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Whoever is no longer named, or is something else now, leaves; whoever is new joins."""
    wanted = {lead: "leader"} | dict.fromkeys(members, "member")
    present = TeamMember.objects.filter(team=row.team, ends_at__isnull=True).select_related("person")
    kept = {each.person.code for each in present if wanted.get(each.person.code) == each.kind}
    for each in present:
        if each.person.code not in kept:
            leave_team(by=by, at=at, member=each.ref, reason="专班调整")
    for code, kind in wanted.items():
        if code not in kept and row.team is not None:
            join_team(by=by, at=at, team=row.team.ref, person=code, kind=kind)


def review_plan(*, by: Actor, at: datetime, plan: str, text: str, next_on: date, rev: int | None = None) -> PlanReview:
    """The plan was looked at again; it will be again on that day. Raises WrongInput, NotFound, NotAllowed."""
    not_past(next_on, at, field="next_on")
    with deed():
        row = _open_plan(plan, by=by, rev=rev)
        made = PlanReview.objects.create(
            street=row.street, plan=row, text=said(text), by=person_of(by), reviewed_at=at, next_on=next_on
        )
        _changed(row, review_on=next_on)
        _noted("plan.reviewed", row, by=by, at=at, text=made.text[:300], review_on=next_on.isoformat())
    return made


def close_plan(*, by: Actor, at: datetime, plan: str, outcome: str, rev: int | None = None) -> FirmPlan:
    """The plan is over, and what came of it. Raises Refused while a measure is open."""
    with deed():
        row = _open_plan(plan, by=by, rev=rev)
        left = row.measures.filter(ended="").count()
        if left:
            raise Refused("plan.measures_open", f"还有 {left} 条措施没有结果;请先逐条登记完成或取消。", plan=plan)
        _changed(row, closed_at=at, outcome=said(outcome, field="outcome", longest=500))
        _noted("plan.closed", row, by=by, at=at, outcome=row.outcome)
    return row


def not_past(day: date, at: datetime, *, field: str) -> None:
    """Raises WrongInput for a day before today in the street."""
    if day < at.astimezone(BEIJING).date():
        raise WrongInput("plan.past", "日期不能早于今天。", field=field)


def _open_plan(ref: str, *, by: Actor, rev: int | None) -> FirmPlan:
    row = plans.plan(ref, by=by)
    must_serve(by, row.street)
    must_be_as_seen(row, rev)
    if row.closed_at is not None:
        raise Refused("plan.over", "这份方案已经结束;请另开一份。", plan=ref)
    return row


def _changed(row: FirmPlan, **changes: Any) -> None:
    """Compare-and-set on the revision: of two at once one wins."""
    if not FirmPlan.objects.filter(pk=row.pk, rev=row.rev).update(rev=row.rev + 1, **changes):
        raise Refused("plan.moved", "这份方案刚刚被别人改过;请刷新页面。", plan=row.ref)
    for name, value in {**changes, "rev": row.rev + 1}.items():
        setattr(row, name, value)


def _noted(kind: str, row: FirmPlan, *, by: Actor, at: datetime, **payload: object) -> None:
    record(kind, by=by, at=at, street=row.street, subject=row.subject, payload={"plan": row.ref, **payload})
