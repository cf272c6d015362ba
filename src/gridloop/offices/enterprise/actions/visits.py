"""Visits: wished by bodies, planned, made; what is found becomes cases at once (交办不过夜 counts from that minute).

A visit to come respects quiet days, the firm's refusal and the cap; only an urgent one (safety, fire, environment) may break the first
two, with its reason. A visit that was made is a fact and is always taken down. Contacts by telephone and online count like those at the
door and disturb no quiet day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_arrange, must_serve, speaks_for
from gridloop.core.quiet import Quiet
from gridloop.core.visit_plan import CAPPED, DECLINED, QUIET, Cap, Firm, Rules, why_not
from gridloop.core.visiting import LEVELS, OUTCOMES, PURPOSES, WAYS
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import Filed, Filing
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register, visits
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.queries.facts import agrees
from gridloop.offices.enterprise.visit_models import (
    QuietDays,
    Visit,
    VisitCase,
    VisitRules,
    VisitWish,
)
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person

MOST_PROBLEMS = 10
AHEAD = timedelta(days=366)
BACK = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class VisitTold:
    """What is told of a visit that was made. ``happened_at`` None means now; ``bodies`` are codes of the units that took part."""

    way: str = "on_site"
    outcome: str = "done"
    level: str = "manager"
    purposes: tuple[str, ...] = ()
    topic: str = ""
    said: str = ""
    bodies: tuple[str, ...] = ()
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """The visit taken down and the cases that were filed from it."""

    visit: Visit
    filed: tuple[Filed, ...]


def log_visit(
    *, by: Actor, at: datetime, enterprise: str, told: VisitTold, problems: Sequence[Filing] = (), visit: str = ""
) -> Logged:
    """The visit stands, planned before (``visit``) or not, and each problem found is a case, all in one transaction.

    Raises WrongInput for what was told badly (``problem`` counts from 1 where a problem is at fault), NotFound outside the scope,
    Refused for a planned visit that is no longer open or a firm that left.
    """
    check_told(told, problems, at=at)
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_serve(by, firm.street)
        if firm.left_at is not None:
            raise Refused("visits.firm_left", "这家企业已离开本街道,不再记走访。", enterprise=firm.ref)
        row = _planned(visit, firm) if visit else Visit(street=firm.street, enterprise=firm)
        fill(row, told, bodies=_bodies(told.bodies, row, by), by=by, at=at)
        row.save()
        filed = tuple(_file(number, filing, firm, by=by, at=at) for number, filing in enumerate(problems, 1))
        VisitCase.objects.bulk_create([VisitCase(visit=row, case=each.case) for each in filed])
        VisitWish.objects.filter(pk__in=_answered(row, firm)).update(answered_by=row)
        record(
            f"enterprise.visit_{row.state}", by=by, at=at, street=firm.street, subject=firm.subject,
            payload=as_recorded(row, cases=[each.case.number for each in filed]),
        )  # fmt: skip
    return Logged(row, filed)


def as_recorded(row: Visit, *, cases: Sequence[str] = ()) -> dict[str, Any]:
    """What the ledger says of a visit that was made or tried."""
    on = row.happened_at.astimezone(BEIJING).date().isoformat() if row.happened_at else ""
    return {
        "visit": row.ref, "way": row.way, "level": row.level, "purposes": row.purposes, "bodies": row.bodies, "on": on, "cases": list(cases),
    }  # fmt: skip


def check_told(told: VisitTold, problems: Sequence[Filing], *, at: datetime) -> None:
    """Raises WrongInput for what cannot be so."""
    for name, value, words in (("way", told.way, WAYS), ("level", told.level, LEVELS)):
        if value not in words:
            raise WrongInput("visits.word", f"可选的是:{'、'.join(words.values())}。", field=name)
    if told.outcome not in OUTCOMES:
        raise WrongInput("visits.outcome", "请选择:已走访、企业谢绝,或未联系上。", field="outcome")
    _check_purposes(told.purposes, needed=told.outcome == "done")
    if told.outcome != "done" and problems:
        raise WrongInput(
            "visits.problem_unmet", "没有见到企业,就没有走访发现的问题;请按普通事项登记。", field="outcome"
        )
    if told.happened_at is not None and told.happened_at > at:
        raise WrongInput("visits.future", "走访时间不能晚于现在;以后的走访请先安排。", field="happened_at")
    if told.happened_at is not None and told.happened_at < at - BACK:
        raise WrongInput("visits.long_past", "走访时间在十年以前;请核对年份。", field="happened_at")
    if len(problems) > MOST_PROBLEMS:
        raise WrongInput(
            "visits.problems", f"一次走访最多登记 {MOST_PROBLEMS} 个问题;其余请单独登记。", field="problems"
        )


def _check_purposes(purposes: Sequence[str], *, needed: bool = True, field: str = "purposes") -> None:
    """Raises WrongInput for a purpose that is none, and without any where one is needed."""
    if set(purposes) - set(PURPOSES):
        raise WrongInput("visits.purpose", f"事由可选:{'、'.join(PURPOSES.values())}。", field=field)
    if needed and not purposes:
        raise WrongInput("visits.no_purpose", "请至少选一个事由。", field=field)


def fill(row: Visit, told: VisitTold, *, bodies: Sequence[str], by: Actor, at: datetime) -> None:
    """The unsaved row says what was told; ``bodies`` are codes of units that the street has."""
    row.way, row.state, row.level = told.way, told.outcome, told.level
    row.purposes = list(dict.fromkeys(told.purposes or row.purposes))
    row.bodies = list(bodies)
    row.topic, row.outcome = told.topic.strip()[:120], told.said.strip()[:2000]
    row.happened_at, row.logged_at = told.happened_at or at, at
    row.host_id = row.host_id or by.person_id or None


def _bodies(told: Sequence[str], row: Visit, by: Actor) -> list[str]:
    """The units that took part: those told and the visitor's own. Raises NotFound for a unit the street lacks."""
    own = [post.unit for post in by.posts if post.street == row.street][:1]
    named = list(dict.fromkeys([*row.bodies, *told] or own))
    return [organisation.unit(row.street, code).code for code in named]


def _file(number: int, filing: Filing, firm: Enterprise, *, by: Actor, at: datetime) -> Filed:
    try:
        return file_need(by=by, at=at, enterprise=firm.ref, filing=replace(filing, source="manager"))
    except GridloopError as error:
        error.fields["problem"] = number
        raise


def _planned(ref: str, firm: Enterprise) -> Visit:
    row = Visit.objects.filter(ref=ref, enterprise=firm).first()
    if row is None:
        raise NotFound("visits.not_found", "没有这次走访,或不在您的责任范围内;请核对。", visit=ref)
    if row.state != "planned":
        raise Refused("visits.not_open", f"这次走访已是“{row.get_state_display()}”,不能再记;请刷新页面。", visit=ref)
    return row


def _answered(row: Visit, firm: Enterprise) -> list[int]:
    """The open wishes that a visit made answers: those of the bodies that took part."""
    if row.state != "done":
        return []
    wishes = visits.wishes_open(firm.street).filter(enterprise=firm, unit__code__in=row.bodies)
    return list(wishes.values_list("pk", flat=True))


def plan_visit(
    *, by: Actor, at: datetime, enterprise: str, on: date, host: str = "", way: str = "on_site",
    purposes: Sequence[str] = (), urgent_because: str = "",
) -> Visit:  # fmt: skip
    """The visit is arranged for the day; ``host`` is a person's code, by default the actor.

    Raises WrongInput, NotFound, and Refused on a quiet day, at a firm that declined, or beyond the cap.
    """
    if way not in WAYS:
        raise WrongInput("visits.word", f"可选的是:{'、'.join(WAYS.values())}。", field="way")
    _check_purposes(purposes)
    if on < at.astimezone(BEIJING).date():
        raise WrongInput("visits.past", "只能安排今天或以后的走访;已经去过的请直接记录。", field="on")
    must_be_near(on, at=at)
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_serve(by, firm.street)
        must_be_open(firm, on=on, way=way, urgent_because=urgent_because)
        person = organisation.person(firm.street, host) if host else Person.objects.filter(pk=by.person_id).first()
        row = Visit(
            street=firm.street, enterprise=firm, way=way, state="planned", planned_on=on, host=person, purposes=list(dict.fromkeys(purposes)),
            bodies=[person.unit.code] if person else [], why=urgent_because[:200], logged_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "enterprise.visit_planned", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"visit": row.ref, "on": on.isoformat(), "way": way, "purposes": row.purposes, "urgent": urgent_because[:200]},
        )  # fmt: skip
    return row


def must_be_near(day: date, *, at: datetime, field: str = "on") -> None:
    """Visits are arranged for the coming year; a later day is a slip of the pen. Raises WrongInput."""
    if day > at.astimezone(BEIJING).date() + AHEAD:
        raise WrongInput("visits.too_far", "最远只能安排一年以内的走访;请核对日期。", field=field)


def must_be_open(firm: Enterprise, *, on: date, way: str, urgent_because: str = "", without: int = 0) -> None:
    """Somebody may call at the firm on the day. Raises Refused with the rule that says no; telephone and online are always open."""
    if firm.left_at is not None:
        raise Refused("visits.firm_left", "这家企业已离开本街道,不再记走访。", enterprise=firm.ref)
    if way != "on_site":
        return
    quiet, told = planning.quiet_on(firm, on), planning.rules_in_force(firm.street)
    facts = Firm(
        firm.ref, "", on_site=tuple(planning.door_days(firm, without=without)), declined=not agrees(firm, "visit"),
        quiet=frozenset({on}) if quiet else frozenset(),
    )  # fmt: skip
    rules = Rules(cap=Cap(told.cap_visits, told.cap_days))
    why = why_not(facts, on, rules=rules, urgent=bool(urgent_because.strip()))
    if why == DECLINED:
        raise Refused("visits.declined", "企业表示不愿被上门走访;请改用电话或线上,或先征得同意。", enterprise=firm.ref)
    if why == QUIET and quiet is not None:
        sentence = f"{on} 是宁静日({quiet.reason or '不上门'});请换一天,或写明安全、消防、环保的急事。"
        raise Refused("visits.quiet", sentence, field="on")
    if why == CAPPED:
        sentence = f"{told.cap_days} 天内上门已到 {told.cap_visits} 次;请并入已有的走访,或改用电话。"
        raise Refused("visits.capped", sentence, field="on")


def move_visit(*, by: Actor, at: datetime, visit: str, on: date, reason: str) -> Visit:
    """The visit is on another day. Raises as ``plan_visit``; WrongInput without a reason."""
    if len(reason.strip()) < 2:
        raise WrongInput("visits.why_moved", "请写明改期的原因。", field="reason")
    with deed():
        row = _open_visit(visit, by=by)
        if on < at.astimezone(BEIJING).date():
            raise WrongInput("visits.past", "只能安排今天或以后的走访;已经去过的请直接记录。", field="on")
        must_be_near(on, at=at)
        must_be_open(
            row.enterprise, on=on, way=row.way, urgent_because=row.why if row.plan_id is None else "", without=row.pk
        )
        before, row.planned_on = row.planned_on, on
        row.save(update_fields=["planned_on"])
        _record_change(
            "enterprise.visit_moved",
            row,
            by=by,
            at=at,
            told={"from": str(before), "on": str(on), "reason": reason.strip()[:200]},
        )
    return row


def cancel_visit(*, by: Actor, at: datetime, visit: str, reason: str) -> Visit:
    """The visit does not take place; the wishes it would have answered are open still. Raises WrongInput without a reason."""
    if len(reason.strip()) < 2:
        raise WrongInput("visits.why_cancelled", "请写明取消的原因。", field="reason")
    with deed():
        row = _open_visit(visit, by=by)
        row.state, row.outcome = "cancelled", reason.strip()[:2000]
        row.save(update_fields=["state", "outcome"])
        _record_change("enterprise.visit_cancelled", row, by=by, at=at, told={"reason": reason.strip()[:200]})
    return row


def decline_visit(*, by: Actor, at: datetime, visit: str, reason: str = "") -> Visit:
    """The firm does not want this one visit; whoever was to come is told. Raises NotAllowed for anyone but its contact, NotFound, Refused."""
    with deed():
        firm = register.enterprise_to_change(by.firm, by=by)
        if not speaks_for(by, firm.ref):
            raise NotAllowed("visits.not_the_firm", "谢绝走访由企业自己说;企业当面或电话谢绝的,请记为一次走访。")
        row = _planned(visit, firm)
        row.state, row.happened_at, row.logged_at = "declined", at, at
        row.outcome = reason.replace("\x00", "").strip()[:2000]
        row.save(update_fields=["state", "happened_at", "logged_at", "outcome"])
        host = row.host.ref if row.host else ""
        told = {"on": str(row.planned_on), "host": host, "reason": row.outcome[:200], "how": "企业页面"}
        _record_change("enterprise.visit_declined", row, by=by, at=at, told=told)
    return row


def _open_visit(ref: str, *, by: Actor) -> Visit:
    found = visits.visit(ref, by=by)
    firm = register.enterprise_to_change(found.enterprise.ref, by=by)
    must_serve(by, firm.street)
    return _planned(ref, firm)


def _record_change(kind: str, row: Visit, *, by: Actor, at: datetime, told: Mapping[str, Any]) -> None:
    record(kind, by=by, at=at, street=row.street, subject=row.enterprise.subject, payload={"visit": row.ref, **told})


# -- wishes of bodies, quiet days, rules -------------------------------------------------------------------------------


def wish_visit(
    *, by: Actor, at: datetime, enterprise: str, unit: str, purpose: str, note: str = "", by_on: date | None = None, urgent: bool = False
) -> VisitWish:  # fmt: skip
    """The body's wish waits for the next plan; wishes of several bodies become one visit. Raises WrongInput, NotFound, NotAllowed."""
    _check_purposes([purpose], field="purpose")
    if urgent and len(note.strip()) < 2:
        raise WrongInput("visits.urgent_why", "急事请写明是什么隐患。", field="note")
    if by_on is not None and by_on < at.astimezone(BEIJING).date():
        raise WrongInput("visits.past", "期限不能早于今天。", field="by_on")
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_serve(by, firm.street)
        body = organisation.unit(firm.street, unit)
        row = VisitWish(
            street=firm.street, enterprise=firm, unit=body, person_id=by.person_id or None, purpose=purpose, note=note.strip()[:200],
            by_on=by_on, urgent=urgent, made_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "enterprise.visit_wished", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"wish": row.ref, "unit": body.code, "purpose": purpose, "by": str(by_on or ""), "urgent": urgent},
        )  # fmt: skip
    return row


def withdraw_wish(*, by: Actor, at: datetime, street: str, wish: str) -> None:
    """The wish is no longer open. Raises NotFound."""
    must_serve(by, street)
    with deed():
        row = visits.wishes_open(street).filter(ref=wish).select_related("enterprise").first()
        if row is None:
            raise NotFound("visits.no_wish", "这条走访申请已经办了或撤回了;请刷新页面。", wish=wish)
        VisitWish.objects.filter(pk=row.pk).update(withdrawn_at=at)
        record(
            "enterprise.wish_withdrawn",
            by=by,
            at=at,
            street=street,
            subject=row.enterprise.subject,
            payload={"wish": row.ref},
        )


def set_quiet_days(
    *, by: Actor, at: datetime, street: str, span: Quiet, enterprise: str = "", reason: str = ""
) -> QuietDays:
    """The days are quiet, for all firms (arranged by desk or leader) or for one (by whoever serves it). Raises NotAllowed, NotFound."""
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by) if enterprise else None
        (must_serve if firm else must_arrange)(by, street)
        row = QuietDays(
            street=street, enterprise=firm, first_on=span.first_on, last_on=span.last_on, month_from=span.month_from,
            month_to=span.month_to, reason=reason.strip()[:200], by=by.label, set_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "visits.quiet_days_set", by=by, at=at, street=street, subject=firm.subject if firm else f"street:{street}",
            payload={"quiet": row.ref, "first_on": str(span.first_on or ""), "last_on": str(span.last_on or ""),
                     "month_from": span.month_from, "month_to": span.month_to, "reason": row.reason},
        )  # fmt: skip
    return row


def end_quiet_days(*, by: Actor, at: datetime, street: str, quiet: str) -> None:
    """The rule no longer holds. Raises NotFound."""
    with deed():
        row = (
            QuietDays.objects.filter(street=street, ref=quiet, ended_at__isnull=True)
            .select_related("enterprise")
            .first()
        )
        if row is None:
            raise NotFound("visits.no_quiet", "这条宁静日已经结束;请刷新页面。", quiet=quiet)
        (must_serve if row.enterprise else must_arrange)(by, street)
        QuietDays.objects.filter(pk=row.pk).update(ended_at=at)
        subject = row.enterprise.subject if row.enterprise else f"street:{street}"
        record("visits.quiet_days_ended", by=by, at=at, street=street, subject=subject, payload={"quiet": row.ref})


def set_visit_rules(
    *, by: Actor, at: datetime, street: str, cap_visits: int, cap_days: int, per_day: int
) -> VisitRules:
    """The rules hold from now on in place of the former. Raises WrongInput, NotAllowed."""
    must_arrange(by, street)
    if not (1 <= cap_visits <= 31 and 1 <= cap_days <= 366 and 1 <= per_day <= 20):
        raise WrongInput("visits.rules", "上限 1–31 次,每 1–366 天;每人每天 1–20 家。", field="cap_visits")
    with deed():
        VisitRules.objects.filter(street=street, ends_at__isnull=True).update(ends_at=at)
        row = VisitRules(
            street=street, cap_visits=cap_visits, cap_days=cap_days, per_day=per_day, by=by.label, starts_at=at
        )
        row.save(force_insert=True)
        record(
            "visits.rules_set", by=by, at=at, street=street, subject=f"street:{street}",
            payload={"cap_visits": cap_visits, "cap_days": cap_days, "per_day": per_day},
        )  # fmt: skip
    return row
