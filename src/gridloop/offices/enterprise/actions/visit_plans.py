"""Plans of visits: proposed by the rule, looked at by a person, adopted or dropped. Nothing is visited because a program said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import Broken, Refused, WrongInput
from gridloop.core.firm_access import must_serve
from gridloop.core.visit_check import plan_faults
from gridloop.core.visit_plan import Firm, Plan, plan_visits, why_not
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.actions.visits import must_be_near
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.visit_models import Visit, VisitPlan
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person

MOST_DAYS = 40


@dataclass(frozen=True, slots=True)
class Adopted:
    """The plan, how many visits were arranged, and the rows that no longer hold: firm, sentence."""

    plan: VisitPlan
    arranged: int
    refused: tuple[tuple[str, str], ...]


def propose_visits(*, by: Actor, at: datetime, street: str, first_on: date, days: int, manager: str = "") -> VisitPlan:
    """A draft for that many workdays; for all service managers, or one (a person's ref). Raises WrongInput, NotAllowed."""
    must_serve(by, street)
    if not 1 <= days <= MOST_DAYS:
        raise WrongInput("visits.days_many", f"一次最多排 {MOST_DAYS} 个工作日。", field="days")
    if first_on < at.astimezone(BEIJING).date():
        raise WrongInput("visits.past", "请从今天或以后开始排。", field="first_on")
    must_be_near(first_on, at=at, field="first_on")
    asked = planning.question(organisation.street(street), first_on=first_on, days=days, manager=manager)
    if not asked.firms:
        raise Refused("visits.nobody", "没有可排的企业:请先登记企业,并为它们配服务管家。", field="manager")
    question: dict[str, Any] = {
        "days": asked.days,
        "managers": asked.managers,
        "rules": asked.rules,
        "wishes": asked.wishes,
        "busy": asked.busy,
    }
    plan = plan_visits(asked.firms, **question)
    if faults := plan_faults(plan, asked.firms, **question):
        raise Broken("visits.plan_broken", f"走访计划自检未通过:{faults[0]}。请联系系统管理员。")
    with deed():
        row = _draft(plan, asked, by=by, at=at, street=street, manager=manager)
        row.save(force_insert=True)
        record(
            "visits.plan_proposed", by=by, at=at, street=street, subject=row.subject,
            payload={"first_on": str(row.first_on), "last_on": str(row.last_on), "visits": len(plan.visits), "left_out": len(plan.left_out)},
        )  # fmt: skip
    return row


def _draft(plan: Plan, asked: planning.Question, *, by: Actor, at: datetime, street: str, manager: str) -> VisitPlan:
    cap = asked.rules.cap
    return VisitPlan(
        street=street, first_on=asked.days[0], last_on=asked.days[-1], made_by_id=by.person_id or None, made_at=at,
        asked={
            "days": [day.isoformat() for day in asked.days], "manager": manager, "cap_visits": cap.visits, "cap_days": cap.days,
            "quiet": sorted(day.isoformat() for day in asked.rules.quiet), "managers": asked.names,
            "per_day": max(asked.managers.values(), default=0),
        },
        visits=[
            {"firm": visit.firm, "manager": visit.manager, "day": visit.day.isoformat(), "need": round(visit.need, 1), "why": visit.why,
             "bodies": list(visit.bodies), "purposes": list(visit.purposes), "urgent": visit.urgent}
            for visit in plan.visits
        ],
        left_out=[
            {"firm": each.firm, "why": each.why, "free_on": each.free_on.isoformat() if each.free_on else ""} for each in plan.left_out
        ],
    )  # fmt: skip


def adopt_plan(*, by: Actor, at: datetime, street: str, plan: str) -> Adopted:
    """The rows that still hold are visits to come; each other comes back with the rule that says no. Raises Refused when it was decided."""
    must_serve(by, street)
    with deed():
        row = _open(street, plan)
        now = planning.question_of_days(street, [date.fromisoformat(day) for day in row.asked["days"]])
        known = {firm.code: firm for firm in now.firms}
        firms = planning.firms_by_ref(street, [told["firm"] for told in row.visits])
        hosts = {person.ref: person for person in planning.people_by_ref(street, row.asked["managers"])}
        arranged: list[Visit] = []
        refused: list[tuple[str, str]] = []
        for told in row.visits:
            firm, day = firms.get(told["firm"]), date.fromisoformat(told["day"])
            why = _why_no_longer(known.get(told["firm"]), day, told, now, at=at)
            now.busy[told["manager"], day] += not why
            if why or firm is None:
                refused.append((firm.name if firm else told["firm"], why))
            else:
                arranged.append(_arranged(told, firm, hosts.get(told["manager"]), row, day=day, at=at))
        Visit.objects.bulk_create(arranged)
        row.state, row.decided_at = "adopted", at
        row.save(update_fields=["state", "decided_at"])
        record(
            "visits.plan_adopted", by=by, at=at, street=street, subject=row.subject,
            payload={"arranged": len(arranged), "refused": len(refused), "visits": [visit.ref for visit in arranged]},
        )  # fmt: skip
    return Adopted(row, len(arranged), tuple(refused))


def _why_no_longer(firm: Firm | None, day: date, told: dict[str, Any], now: planning.Question, *, at: datetime) -> str:
    if firm is None:
        return "已不在册"
    if day < at.astimezone(BEIJING).date():
        return "日期已过"
    if firm.manager != told["manager"]:
        return "服务管家已换人"
    if now.busy[firm.manager, day] >= now.managers[firm.manager]:
        return "服务管家当天已排满"
    return why_not(firm, day, rules=now.rules, urgent=bool(told["urgent"]))


def _arranged(
    told: dict[str, Any], firm: Enterprise, host: Person | None, plan: VisitPlan, *, day: date, at: datetime
) -> Visit:  # fmt: skip
    own = [host.unit.code] if host else []
    return Visit(
        street=plan.street, enterprise=firm, state="planned", planned_on=day, host=host, purposes=told["purposes"] or ["know"],
        bodies=list(dict.fromkeys([*own, *told["bodies"]])), why=told["why"], plan=plan, logged_at=at,
    )  # fmt: skip


def drop_plan(*, by: Actor, at: datetime, street: str, plan: str) -> VisitPlan:
    """The draft is given up. Raises Refused when it was decided."""
    must_serve(by, street)
    with deed():
        row = _open(street, plan)
        row.state, row.decided_at = "dropped", at
        row.save(update_fields=["state", "decided_at"])
        record("visits.plan_dropped", by=by, at=at, street=street, subject=row.subject, payload={})
    return row


def _open(street: str, ref: str) -> VisitPlan:
    row = planning.plan(street, ref)
    locked = VisitPlan.objects.select_for_update().get(pk=row.pk)
    if locked.state != "draft":
        raise Refused("visits.plan_decided", f"这份计划{locked.get_state_display()};请刷新页面。", plan=ref)
    return locked
