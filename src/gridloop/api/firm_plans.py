"""一企一策 by the API: the plans, the firms that lack one, one's own measures, and every step of a plan and of a measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_firms as tell
from gridloop.api.answers import fields_named, timeline_entry
from gridloop.api.deeds import DeedsOn
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import LARGEST_KEY, After, Size, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firm_plans import (
    ClosePlanIn,
    EndMeasureIn,
    FirmPlanFile,
    FirmPlanIn,
    FirmPlanPage,
    LackingPlan,
    MeasureIn,
    MoveMeasureIn,
    MyMeasures,
    PlanKind,
    ReviewIn,
    TaskForceIn,
)
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, today_of
from gridloop.offices.enterprise.actions import plans as actions
from gridloop.offices.enterprise.queries import plans
from gridloop.offices.enterprise.queries.solving import page_under

router = Router(tags=["一企一策"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
GUARDED = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH]}


@router.get("/plans", auth=doors(READ), response={200: FirmPlanPage, SHUT: Problem}, summary="一企一策列表")
def firm_plans(
    request: CallerRequest, response: HttpResponse, state: Literal["open", "closed", ""] = "",
    kind: PlanKind = "firm", after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The plans of a kind: of the caller's firms, of their task forces, or with a measure of theirs; the newest first."""
    caller = request.auth
    must_read_firms(caller.actor)
    rows = page_under(plans.plans(caller.actor, state=state, kind=kind), after, size=size)
    return page_of_query(
        request, response, rows, size=size, key=lambda row: row.pk, told=lambda row: _line(_shown(caller, row))
    )


def _shown(caller: Caller, row: Any) -> plans.PlanShown:
    return plans.shown(row, today=today_of(caller, row.street))


def _line(shown: plans.PlanShown) -> dict[str, Any]:
    """A plan whose firm has been read."""
    row = shown.row
    told = fields_named(row, "ref rev kind vitality goal review_on opened_at closed_at outcome")
    return told | {
        "enterprise": row.enterprise.ref if row.enterprise else "", "name": row.name, "is_review_due": shown.is_review_due, "opened_by": row.opened_by.name,
        "measures": shown.counts,
    }  # fmt: skip


def _measure(each: plans.MeasureShown) -> dict[str, Any]:
    row = each.row
    told = fields_named(row, "ref text due_on before after unit ended_at")
    return told | {
        "owner": row.owner.name, "state": each.state, "effect": each.effect, "note": row.ended_note,
        "case": row.case.ref if row.case else None,
    }  # fmt: skip


@router.get(
    "/plans/lacking", auth=doors(READ), response={200: LackingPlan, SHUT: Problem}, summary="还没有方案的停滞企业"
)
def lacking(request: CallerRequest, response: HttpResponse, after: After = "", size: Size = 50) -> dict[str, Any]:
    """The stalled and half-stalled firms within the caller's scope without an open plan, the gravest first."""
    actor = request.auth.actor
    must_read_firms(actor)
    return page_of(
        request, response, plans.lacking(actor), key=plans.lacking_key, after=after, size=size, told=tell.firm_line
    )


@router.get("/plans/measures", auth=doors(READ), response={200: MyMeasures, SHUT: Problem}, summary="我负责的措施")
def my_measures(request: CallerRequest, response: HttpResponse, after: After = "", size: Size = 50) -> dict[str, Any]:
    """What the caller has promised to do in open plans, the nearest day first."""
    caller = request.auth
    rows = plans.my_measures(caller.actor)
    shown = plans.measures_shown(rows, today=today_of(caller, caller.actor.street))
    return page_of(request, response, shown, key=plans.measure_key, after=after, size=size, told=_mine)


def _mine(each: plans.MeasureShown) -> dict[str, Any]:
    plan = each.row.plan
    return _measure(each) | {
        "plan": plan.ref,
        "enterprise": plan.enterprise.ref if plan.enterprise else "",
        "name": plan.name,
    }


@router.post(
    "/enterprises/{ref}/plans", auth=doors(WRITE), response={201: FirmPlanFile, WRITES: Problem}, summary="建立一企一策",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def open_plan(request: CallerRequest, ref: str, told: FirmPlanIn) -> HttpResponse:
    """The firm has its plan, without measures yet; refused while it has an open one."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _file(caller, actions.open_plan(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump()).ref)

    return told_once(request, FirmPlanFile, operation=f"plan {ref}", do=do, status=201)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    row = plans.plan(ref, by=caller.actor)
    shown = _shown(caller, row)
    force = [
        fields_named(each, "kind starts_at ends_at") | {"person": each.person.name, "unit": each.person.unit.name}
        for each in plans.force_of(row)
    ]
    reviews = row.reviews.select_related("by")
    return {
        "plan": _line(shown), "problems": row.problems, "measures": [_measure(each) for each in shown.measures], "force": force,
        "reviews": [fields_named(each, "text reviewed_at next_on") | {"by": each.by.name} for each in reviews],
        "timeline": [timeline_entry(entry) for entry in plans.history_of(row)],
    }  # fmt: skip


@router.get("/plans/{ref}", auth=doors(READ), response={200: FirmPlanFile, SHUT: Problem}, summary="一份一企一策")
def firm_plan(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Its measures with what came of them, its task force, its reviews; what the paper on the page is drawn from."""
    told = _file(request.auth, ref)
    shows_revision(request, told["plan"]["rev"])
    return told


DEEDS = DeedsOn(kind="plan", argument="plan", shape=FirmPlanFile, found=plans.plan, file=_file)


@router.post(
    "/plans/{ref}/measures", auth=doors(WRITE), response={200: FirmPlanFile, WRITES: Problem}, summary="增加措施", openapi_extra=GUARDED
)  # fmt: skip
def add_measure(request: CallerRequest, ref: str, told: MeasureIn) -> HttpResponse:
    """The measure stands in the plan, with its owner and its day."""
    return DEEDS.do(request, ref, "measure", actions.add_measure, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/plans/{ref}/force", auth=doors(WRITE), response={200: FirmPlanFile, WRITES: Problem}, summary="组建专班", openapi_extra=GUARDED
)  # fmt: skip
def form_force(request: CallerRequest, ref: str, told: TaskForceIn) -> HttpResponse:
    """The plan has its task force from now on. For those who arrange."""
    return DEEDS.do(request, ref, "force", actions.form_task_force, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/plans/{ref}/reviews", auth=doors(WRITE), response={200: FirmPlanFile, WRITES: Problem}, summary="复盘", openapi_extra=GUARDED
)  # fmt: skip
def review(request: CallerRequest, ref: str, told: ReviewIn) -> HttpResponse:
    """The plan was looked at again, and will be again on that day."""
    return DEEDS.do(request, ref, "review", actions.review_plan, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/plans/{ref}/close", auth=doors(WRITE), response={200: FirmPlanFile, WRITES: Problem}, summary="结束方案", openapi_extra=GUARDED
)  # fmt: skip
def close(request: CallerRequest, ref: str, told: ClosePlanIn) -> HttpResponse:
    """The plan is over, and what came of it; refused while a measure is open."""
    return DEEDS.do(request, ref, "close", actions.close_plan, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/plans/measures/{ref}/end", auth=doors(WRITE), response={200: FirmPlanFile, WRITES: Problem}, summary="登记措施结果",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def end_measure(request: CallerRequest, ref: str, told: EndMeasureIn) -> HttpResponse:
    """The measure is done, with what is now, or dropped, with why. By its owner or those who keep the firm."""
    return _of_measure(request, ref, "end", actions.end_measure, told)


@router.post(
    "/plans/measures/{ref}/move", auth=doors(WRITE), response={200: FirmPlanFile, WRITES: Problem}, summary="改措施期限",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def move_measure(request: CallerRequest, ref: str, told: MoveMeasureIn) -> HttpResponse:
    """The measure has another day; the ledger keeps both. Its owner cannot put it off alone."""
    return _of_measure(request, ref, "move", actions.move_measure, told)


def _of_measure(request: CallerRequest, ref: str, name: str, action: Callable[..., Any], told: Any) -> HttpResponse:
    caller = request.auth

    def do() -> dict[str, Any]:
        row = action(by=caller.actor, at=caller.at, measure=ref, **told.model_dump())
        return _file(caller, row.plan.ref)

    return told_once(request, FirmPlanFile, operation=f"{name} measure {ref}", do=do)
