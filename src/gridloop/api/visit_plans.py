"""Plans of visits by the API: proposed by the rule, looked at, adopted or dropped by a person; and the order of the doors of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.paging import After, Size, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.shapes_visits import AdoptedOut, PlanFile, PlanIn, PlanLine, PlanList, RoundOut
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors, street_of, today_of
from gridloop.api.visits import visit_line
from gridloop.api.words import IsoDate
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.firm_access import must_serve
from gridloop.core.rounds import in_words
from gridloop.offices.enterprise.actions import visit_plans as actions
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.queries import visits as queries

router = Router(tags=["走访"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
SHOWN = 300
"""Firms left out that an answer lists; the count says how many there are in all."""


@router.get("/visit-plans", auth=doors(READ), response={200: PlanList, SHUT: Problem}, summary="走访计划")
def plans(
    request: CallerRequest, response: HttpResponse, street: str = Query("", max_length=80), after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The plans, the latest first."""
    rows = planning.plans(_street(request, street), after=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=planning.LATEST.key, told=_line)


def _street(request: CallerRequest, wanted: str) -> str:
    """The street, for those who work for its firms. Raises NotAllowed."""
    code = street_of(request.auth.actor, wanted)
    must_serve(request.auth.actor, code)
    return code


def _line(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref first_on last_on state made_at decided_at")
    return told | {"made_by": row.made_by.name if row.made_by else ""}


@router.post(
    "/visit-plans", auth=doors(WRITE), response={201: PlanFile, WRITES: Problem}, summary="排走访计划", openapi_extra=KEY_HEADER
)  # fmt: skip
def propose(request: CallerRequest, told: PlanIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """A draft: who is to be visited on which workday, and who is left out for what reason."""
    caller = request.auth
    code = _street(request, street)

    def do() -> dict[str, Any]:
        row = actions.propose_visits(by=caller.actor, at=caller.at, street=code, **told.model_dump())
        return _file(code, row.ref)

    return told_once(request, PlanFile, operation="POST /visit-plans", do=do, status=201)


@router.get("/visit-plans/{ref}", auth=doors(READ), response={200: PlanFile, SHUT: Problem}, summary="一份走访计划")
def plan(request: CallerRequest, ref: str, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """Day by day, with the planner's reasons."""
    return _file(_street(request, street), ref)


def _file(street: str, ref: str) -> dict[str, Any]:
    row = planning.plan(street, ref)
    left = row.left_out[:SHOWN]
    firms = planning.firms_by_ref(street, [each["firm"] for each in (*row.visits, *left)])
    names = {key: firm.name for key, firm in firms.items()}
    return {
        "plan": _line(row), "quiet": [date.fromisoformat(day) for day in row.asked["quiet"]],
        "visits": [_visit(each, names, row.asked["managers"]) for each in row.visits],
        "left_out": [
            {"enterprise": each["firm"], "name": names.get(each["firm"], ""), "why": each["why"], "free_on": each["free_on"] or None}
            for each in left
        ],
        "left_count": len(row.left_out),
    }  # fmt: skip


def _visit(told: dict[str, Any], names: dict[str, str], people: dict[str, str]) -> dict[str, Any]:
    kept = {name: told[name] for name in ("day", "need", "why", "bodies", "purposes", "urgent")}
    return kept | {
        "enterprise": told["firm"],
        "name": names.get(told["firm"], ""),
        "host": people.get(told["manager"], ""),
    }


@router.post(
    "/visit-plans/{ref}/adopt", auth=doors(WRITE), response={200: AdoptedOut, WRITES: Problem}, summary="采用走访计划",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def adopt(request: CallerRequest, ref: str, told: NothingIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The rows that still hold are visits to come; each other comes back with the rule that says no."""
    caller = request.auth
    code = _street(request, street)

    def do() -> dict[str, Any]:
        done = actions.adopt_plan(by=caller.actor, at=caller.at, street=code, plan=ref)
        refused = [{"name": name, "why": why} for name, why in done.refused]
        return {"plan": _line(planning.plan(code, ref)), "arranged": done.arranged, "refused": refused}

    return told_once(request, AdoptedOut, operation=f"adopt {ref}", do=do)


@router.post(
    "/visit-plans/{ref}/drop", auth=doors(WRITE), response={200: PlanLine, WRITES: Problem}, summary="放弃走访计划",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def drop(request: CallerRequest, ref: str, told: NothingIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The draft is given up."""
    caller = request.auth
    code = _street(request, street)

    def do() -> dict[str, Any]:
        actions.drop_plan(by=caller.actor, at=caller.at, street=code, plan=ref)
        return _line(planning.plan(code, ref))

    return told_once(request, PlanLine, operation=f"drop {ref}", do=do)


@router.get("/visit-round", auth=doors(READ), response={200: RoundOut, SHUT: Problem}, summary="一天的上门顺序")
def round_of_day(request: CallerRequest, on: IsoDate | None = None) -> dict[str, Any]:
    """The caller's own doors of a day (today by default) in the order to go, and the calls by telephone or online."""
    caller = request.auth
    actor = caller.actor
    day = on or today_of(caller, actor.street)
    problem = ""
    try:
        found = planning.day_round(actor.person_id, on=day)
    except (Refused, WrongInput) as error:
        found, problem = planning.unordered(actor.person_id, on=day), error.sentence
    by_ref = {row.ref: row for row in found.visits}
    left = [(queries.visit(ref, by=actor).enterprise.name, why) for ref, why in found.planned.left_out]
    return {
        "on": day, "problem": problem, "metres": found.planned.metres, "ends": in_words(found.planned.ends),
        "stops": [
            {"visit": visit_line(by_ref[call.code]), "arrives": in_words(call.arrives), "leaves": in_words(call.leaves), "metres": call.metres}
            for call in found.planned.calls
        ],
        "unplaced": [visit_line(row) for row in found.unplaced], "left_out": [{"name": name, "why": why} for name, why in left],
        "calls": [visit_line(row) for row in planning.calls_of_day(actor.person_id, on=day)],
    }  # fmt: skip
