"""Plans for groups of firms by the API (分类施策), and projects that stand still with the plan of each (化险解困)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import After, Size, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, seen
from gridloop.api.shapes import Problem
from gridloop.api.shapes_plans import (
    GroupPlanIn,
    GroupPlanList,
    GroupPlanOut,
    HoldingPlans,
    PlanBodyIn,
    PlanOpened,
    ProjectStandingIn,
    ProjectWatch,
    ProjectWatched,
)
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.offices.enterprise.actions.group_plans import open_group_plan
from gridloop.offices.enterprise.queries import group_plans, plans, register
from gridloop.offices.projects import actions
from gridloop.offices.projects.queries import standstill
from gridloop.offices.projects.queries.finding import project as found_project

router = Router(tags=["企业"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
GUARDED = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH]}


@router.get("/group-plans", auth=doors(READ), response={200: GroupPlanList, SHUT: Problem}, summary="分类施策方案")
def group_plan_list(
    request: CallerRequest,
    response: HttpResponse,
    state: str = Query("open", pattern="^(open|closed)$"),
    street: str = Query("", max_length=80),
    after: After = "",
    size: Size = 50,
) -> dict[str, Any]:
    """The plans for groups of firms, each with how many firms of your scope it holds for today."""
    caller = request.auth
    must_read_firms(caller.actor)
    code = street_of(caller.actor, street)
    today = today_of(caller, code)
    found = plans.plans(caller.actor, state=state, kind="group").filter(street=code)
    rows = plans.NEWEST.page(found, after=after, size=size + 1)
    return page_of_query(
        request, response, rows, size=size, key=plans.NEWEST.key, told=lambda row: _plan(caller, row, today)
    )


def _plan(caller: Caller, row: Any, today: date) -> dict[str, Any]:
    told = "ref title place place_name industry starts_on ends_on problems goal review_on opened_at closed_at outcome"
    return fields_named(row, told) | {"firms": len(group_plans.firms_of(row, by=caller.actor, today=today))}


@router.post(
    "/group-plans", auth=doors(WRITE), response={201: GroupPlanOut, WRITES: Problem}, summary="定分类施策方案", openapi_extra=KEY_HEADER
)  # fmt: skip
def make_group_plan(request: CallerRequest, told: GroupPlanIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The plan holds for the firms of the group from now on, in its season. For those who arrange."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        row = open_group_plan(by=caller.actor, at=caller.at, street=code, **told.model_dump())
        return _plan(caller, row, today_of(caller, code))

    return told_once(request, GroupPlanOut, operation="POST /group-plans", do=do, status=201)


@router.get(
    "/enterprises/{ref}/group-plans", auth=doors(READ), response={200: HoldingPlans, SHUT: Problem}, summary="适用于企业的分类施策方案"
)  # fmt: skip
def plans_holding(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The groups' plans that hold for the firm today, each with its reasons."""
    caller = request.auth
    firm = register.enterprise(ref, by=caller.actor)
    found = group_plans.holding_for(firm, today=today_of(caller, firm.street))
    return {
        "items": [
            {"plan": each.plan.ref, "title": each.plan.title, "goal": each.plan.goal, "reasons": list(each.reasons)}
            for each in found
        ]
    }


@router.get("/projects/watch", auth=doors(READ), response={200: ProjectWatch, SHUT: Problem}, summary="停滞项目")
def watch(
    request: CallerRequest, response: HttpResponse, street: str = Query("", max_length=80), after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """Projects that stand still or half still, and what the rule proposes; those without a plan first."""
    caller = request.auth
    code = street_of(caller.actor, street)
    rows = standstill.watch(caller.actor, street=code, at=caller.at)
    return page_of(request, response, rows, key=standstill.watch_key, after=after, size=size, told=_watched)


def _watched(row: standstill.Watched) -> dict[str, Any]:
    proposal = row.proposal
    open_plan = next((each for each in standstill.plans_of(row.project) if each.closed_at is None), None)
    told = fields_named(row.project, "ref rev code name library standing")
    return told | {
        "proposal": {"standing": proposal.standing, "reasons": list(proposal.reasons)} if proposal else None,
        "lacks_plan": row.lacks_plan, "plan": open_plan.ref if open_plan else "",
    }  # fmt: skip


@router.post(
    "/projects/{ref}/standing", auth=doors(WRITE), response={200: ProjectWatched, WRITES: Problem}, summary="决定推进状态",
    openapi_extra=GUARDED,
)  # fmt: skip
def decide_standing(request: CallerRequest, ref: str, told: ProjectStandingIn) -> HttpResponse:
    """A person decides whether the project stands still."""
    caller = request.auth

    def do(present: int | None) -> dict[str, Any]:
        row = actions.decide_standing(
            by=caller.actor, at=caller.at, project=ref, rev=present, **told.model_dump(exclude={"rev"})
        )
        return _watched(standstill.watched(row, at=caller.at))

    with seen(request, rev=told.rev, present=lambda: int(found_project(ref, by=caller.actor).rev)) as present:
        return told_once(request, ProjectWatched, operation=f"standing project {ref}", do=lambda: do(present))


@router.post(
    "/projects/{ref}/rescue", auth=doors(WRITE), response={201: PlanOpened, WRITES: Problem}, summary="定项目化险解困方案",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def open_project_plan(request: CallerRequest, ref: str, told: PlanBodyIn) -> HttpResponse:
    """The project has its plan; one at a time."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.open_project_plan(by=caller.actor, at=caller.at, project=ref, **told.model_dump())
        return fields_named(row, "ref kind title goal review_on")

    return told_once(request, PlanOpened, operation=f"rescue project {ref}", do=do, status=201)
