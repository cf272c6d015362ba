"""Who answers for a case: assigning it, consulting, escalating, correcting and grading it. Returns have a room of their own (``returning``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.lifecycle import OPEN_STATES
from gridloop.core.returns import ADJUDICATOR
from gridloop.core.routing import next_hop_allowed
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.assigning import (
    assigned_to,
    next_check_of_return,
    returns_moved_on,
    rules_for,
    stop_accepting,
)
from gridloop.offices.cases.actions.handling import backstop_of, begin_clocks, taken_on
from gridloop.offices.cases.actions.moves import hand_over, moved, noted, person_of, said, took_part
from gridloop.offices.cases.models import GRADES, PRIORITIES, Case, Consultation, ConsultationDecision, Segment
from gridloop.offices.cases.queries.court import awaits, must_not_be_ruled
from gridloop.offices.cases.queries.finding import case_for_verb
from gridloop.offices.cases.queries.rules import facts_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit
from gridloop.offices.supervision.actions import (
    hand_clocks_over,
    regrade_clocks,
    restart_clocks,
    stop_clocks,
)
from gridloop.offices.supervision.models import Clock


def assign(*, by: Actor, at: datetime, case: str, unit: str, reason: str, rev: int | None = None) -> Case:
    """The duty desk assigns the case to a unit (交办): its clocks start, or tick on for the new holder.

    Raises Refused when the case has passed through too many hands, the unit leads already, or the lead is a matter of a ruling.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="assign", rev=rev)
        must_not_be_ruled(found)
        target = organisation.unit(found.street, unit)
        if target.pk == found.lead_id and not target.is_backstop:
            raise Refused("cases.same_unit", f"{target.name}已经是主办单位;请选另一个单位。", unit=target.code)
        if not next_hop_allowed(found.hops):
            raise Refused("cases.too_many_hops", f"此件已转派 {found.hops} 次;请会商或提级,不再转派。", hops=found.hops)
        return assigned_to(found, target, by=by, at=at, reason=said(reason, field="reason"))


def consult(
    *, by: Actor, at: datetime, case: str, units: Sequence[str], topic: str, lead: str = "", rev: int | None = None
) -> Case:
    """Several units consult, one leads (会商). Raises WrongInput with fewer than two units."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="consult", rev=rev)
        taking_part = [organisation.unit(found.street, code) for code in dict.fromkeys(units)]
        if len(taking_part) < 2:
            raise WrongInput("cases.consult_alone", "会商至少要有两个单位。", field="units")
        leading = organisation.unit(found.street, lead) if lead else taking_part[0]
        meeting = Consultation.objects.create(
            case=found, topic=said(topic, field="topic")[:200], lead=leading, called_by=person_of(by), called_at=at
        )
        meeting.units.set(taking_part)
        for unit in taking_part:
            if unit.pk != leading.pk:
                took_part(found, unit=unit, role="co", at=at)
        return _led_by(found, leading, by=by, at=at, kind="case.consultation_called", state="consulting", topic=meeting.topic,
                       units=[unit.name for unit in taking_part])  # fmt: skip


LED_BECAUSE = {
    "case.consultation_called": "牵头会商",
    "case.consultation_concluded": "会商确定主办",
    "case.escalated": "提级协调",
    "case.pulled_back": "收回提级",
}


def _led_by(case: Case, unit: Unit, *, by: Actor, at: datetime, kind: str, state: str, **payload: Any) -> Case:
    """The case continues under the unit's lead in another state; a new holder means a new segment.

    Whoever consults or coordinates has taken the case on: nobody accepts it any more, so that counts as acceptance.
    """
    former, is_first = case.lead, case.assigned_at is None
    clocks = stop_accepting(case, at=at) if unit.pk != former.pk else stop_clocks(case.subject, event="accepted", at=at)
    if unit.pk != former.pk or is_first:
        hand_over(case, unit=unit, role="handle", at=at, why=LED_BECAUSE[kind])
    if unit.pk != former.pk and not former.is_backstop:
        took_part(case, unit=former, role="former", at=at)
    is_accepted = case.accepted_at is not None
    returns_moved_on(case, at=at)
    moved(
        case, state=state, lead=unit, assigned_at=case.assigned_at or at, accepted_at=case.accepted_at or at, return_closes_at=None,
        is_binding=False,
    )  # fmt: skip
    clocks += stop_clocks(case.subject, event="assigned", at=at) if is_first else []
    clocks += (
        begin_clocks(case, happened={"assigned": at})
        if is_first
        else hand_clocks_over(case.subject, holder=unit.code, at=at)
    )
    clocks += [] if is_accepted else taken_on(case, at=at)
    clocks += stop_clocks(case.subject, event="accepted", at=at)
    return noted(kind, case, by=by, at=at, clocks=clocks, unit=unit.name, former=former.name, **payload)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of a consultation: what, by which unit, until when."""

    text: str
    owner: str
    due_on: date | None = None


def conclude_consultation(
    *,
    by: Actor,
    at: datetime,
    case: str,
    minutes: str,
    decisions: Sequence[Decided],
    lead: str = "",
    rev: int | None = None,
) -> Case:
    """The minutes stand with their decisions and owners, and the lead unit goes on. Raises WrongInput without a decision."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="conclude_consultation", rev=rev)
        if not decisions:
            raise WrongInput("cases.no_decision", "会商纪要至少要有一项决定和它的负责单位。", field="decisions")
        meeting = Consultation.objects.filter(case=found, concluded_at__isnull=True).order_by("-id")[0]
        rows = [
            ConsultationDecision(
                consultation=meeting, text=said(each.text, field="decisions")[:300], owner=organisation.unit(found.street, each.owner),
                due_on=each.due_on,
            )
            for each in decisions
        ]  # fmt: skip
        ConsultationDecision.objects.bulk_create(rows)
        words = said(minutes, field="minutes", least=4)
        Consultation.objects.filter(pk=meeting.pk).update(minutes=words, concluded_at=at)
        leading = organisation.unit(found.street, lead) if lead else meeting.lead
        for row in rows:
            if row.owner_id != leading.pk:
                took_part(found, unit=row.owner, role="co", at=at)  # an owner sees the case that it has to act on
        return _led_by(
            found, leading, by=by, at=at, kind="case.consultation_concluded", state="handling", minutes=words,
            decisions=[{"text": row.text, "owner": row.owner.name, "due_on": row.due_on.isoformat() if row.due_on else None} for row in rows],
        )  # fmt: skip


def escalate(*, by: Actor, at: datetime, case: str, unit: str, reason: str, rev: int | None = None) -> Case:
    """The case goes to a superior unit for coordination (提级); the sub-district may pull it back.

    Raises Refused when the unit is not a superior one.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="escalate", rev=rev)
        above = organisation.unit(found.street, unit)
        if not above.is_superior:
            raise Refused("cases.not_superior", f"{above.name}不是上级部门;平级单位请用交办或会商。", unit=above.code)
        took_part(found, unit=found.lead, role="co", at=at)
        return _led_by(
            found, above, by=by, at=at, kind="case.escalated", state="escalated", reason=said(reason, field="reason")
        )


def pull_back(*, by: Actor, at: datetime, case: str, reason: str, unit: str = "", rev: int | None = None) -> Case:
    """The sub-district takes the case back from above, to a unit of its own (by default the one that had it last)."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="pull_back", rev=rev)
        own = organisation.unit(found.street, unit) if unit else _last_own_unit(found)
        return _led_by(
            found, own, by=by, at=at, kind="case.pulled_back", state="handling", reason=said(reason, field="reason")
        )


def _last_own_unit(case: Case) -> Unit:
    former = Segment.objects.filter(case=case, unit__is_superior=False).select_related("unit").order_by("-id").first()
    return former.unit if former else backstop_of(case)


def correct(
    *,
    by: Actor,
    at: datetime,
    case: str,
    reason: str,
    category: str = "",
    grid: str = "",
    priority: str = "",
    rev: int | None = None,
) -> Case:
    """The category or the place is corrected; a case that nobody has accepted yet is routed again.

    Raises WrongInput when nothing is corrected or the category is unknown.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="correct", rev=rev)
        words = said(reason, field="reason")
        changes = _corrections(found, category=category, grid=grid, priority=priority)
        before = {name: getattr(found, name) for name in changes if name != "grid_id"}
        moved(found, **changes)
        noted("case.corrected", found, by=by, at=at, before=before, reason=words,
              clocks=_regraded(found, at=at) if priority else [],
              after={name: value for name, value in changes.items() if name != "grid_id"})  # fmt: skip
        return _routed_again(found, by=by, at=at) if found.state in ("routed", "returned") else found


def _corrections(case: Case, *, category: str, grid: str, priority: str) -> dict[str, Any]:
    rules = rules_for(case)
    changes: dict[str, Any] = {}
    if category:
        path = category if category in rules.categories else rules.category_by_name.get(category)
        if path is None:
            raise WrongInput("cases.unknown_category", f"没有类别“{category}”;请从类别列表中选择。", field="category")
        changes |= {"category": path, "category_by": "corrected"}
    if grid:
        cell = rules.atlas.by_code.get(grid) or rules.atlas.by_ref.get(grid)
        if cell is None:
            raise WrongInput("cases.no_such_grid", f"本街道没有网格“{grid}”;请重新选择。", field="grid")
        changes |= {"grid_id": cell.id, "place": cell.path, "placed_by": "picked"}
    if priority:
        changes |= {"priority": _known_priority(priority)}
    if not changes:
        raise WrongInput("cases.nothing_corrected", "请至少更正类别或地点中的一项。", field="category")
    return changes


def _known_priority(priority: str) -> str:
    if priority not in PRIORITIES:
        raise WrongInput("cases.unknown_choice", f"优先级只能是:{'、'.join(PRIORITIES)}。", field="priority")
    return priority


def _routed_again(case: Case, *, by: Actor, at: datetime) -> Case:
    """The table in force decides on the corrected facts; a different unit gets the case, while it may still be handed on."""
    rules = rules_for(case)
    table_id, table = rules.table_at(at)
    facts = facts_of(case, rules)
    decision = table.decide(facts)
    unit = Unit.objects.get(pk=rules.units[decision.unit].id)
    stays = unit.pk == case.lead_id and not case.is_gap
    if decision.is_fallback or stays or case.is_binding or _waits_for_ruling(case) or not next_hop_allowed(case.hops):
        return case
    moved(
        case,
        table_id=table_id,
        route_row=decision.row,
        route_reason=decision.reason[:300],
        is_gap=False,
        profile=decision.profile,
    )
    return assigned_to(case, unit, by=by, at=at, reason=decision.reason, kind="case.routed_again", facts=asdict(facts))


def _waits_for_ruling(case: Case) -> bool:
    """Has the court of returns the word?"""
    return case.state == "returned" and awaits(case) == ADJUDICATOR


def propose_grade(*, by: Actor, at: datetime, case: str, grade: str, reason: str, rev: int | None = None) -> Case:
    """A grade is proposed with its reason; 简单 and 一般 hold at once, 疑难 when a second person confirms it."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="propose_grade", rev=rev)
        if grade not in GRADES:
            raise WrongInput("cases.unknown_grade", f"等级只能是:{'、'.join(GRADES)}。", field="grade")
        words = said(reason, field="reason", least=4)[:300]
        if grade == "difficult":
            moved(found, proposed_grade=grade, grade_reason=words, graded_by=by.person_id or None)
            return noted("case.grade_proposed", found, by=by, at=at, grade=grade, reason=words)
        moved(found, grade=grade, proposed_grade="", grade_reason=words, graded_by=by.person_id or None)
        clocks = _regraded(found, at=at)
        return noted("case.graded", found, by=by, at=at, clocks=clocks, grade=grade, reason=words)


def confirm_grade(
    *, by: Actor, at: datetime, case: str, approved: bool, remark: str = "", rev: int | None = None
) -> Case:
    """A second person confirms or rejects the proposed 疑难; confirmed, the clocks are derived again with it."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="confirm_grade", rev=rev)
        if not found.proposed_grade:
            raise Refused("cases.no_grade_proposed", "没有待确认的定级。")
        grade = found.proposed_grade if approved else found.grade
        moved(found, grade=grade, proposed_grade="")
        clocks = _regraded(found, at=at)
        kind = "case.grade_confirmed" if approved else "case.grade_rejected"
        return noted(kind, found, by=by, at=at, clocks=clocks, grade=grade, remark=remark[:300])


def _regraded(case: Case, *, at: datetime) -> list[Clock]:
    """The clocks derived by the case's grade and priority, and those of stages that only these have."""
    if case.state in OPEN_STATES - {"suspended"}:
        restart_clocks(case.subject, at=at)  # what an earlier grade was not timed in
    if case.state in ("routed", "accepted") and case.return_closes_at:
        Case.objects.filter(pk=case.pk).update(return_closes_at=next_check_of_return(case))
    clocks = regrade_clocks(case.subject, grade=case.grade, priority=case.priority, at=at)
    if case.assigned_at is None:
        return clocks
    accepted = {"accepted": case.accepted_at} if case.accepted_at else {}
    return clocks + begin_clocks(case, happened={"assigned": case.assigned_at, **accepted})


def raise_case(*, by: Actor, at: datetime, case: str, reason: str, cause: str = "", rev: int | None = None) -> Case:
    """The case is supervised (督办): its leaders are told; who answers for it does not change."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="raise_case", rev=rev)
        return noted(
            "case.raised",
            found,
            by=by,
            at=at,
            cause=cause,
            clocks=[],
            reason=said(reason, field="reason"),
            unit=found.lead.name,
        )
