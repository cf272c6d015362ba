"""Visits by the API (走访): what was made and is to come, the figures, wishes, quiet days and the cap, plans, the round of a day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_firms as tell
from gridloop.api.answers import fields_named
from gridloop.api.paging import LARGEST_KEY, After, next_link, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firm_places import Over
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.shapes_visits import (
    ArrangeIn,
    CancelVisitIn,
    MoveVisitIn,
    PeriodAsked,
    QuietIn,
    QuietOut,
    UnseenFirms,
    VisitCountsOut,
    VisitFile,
    VisitFilter,
    VisitIn,
    VisitPage,
    VisitRulesIn,
    VisitRulesOut,
    VisitSheetIn,
    VisitSheetOut,
    WishIn,
    WishList,
    WishOut,
)
from gridloop.api.tokens import BULK, READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.core.firm_access import must_serve
from gridloop.core.quiet import Quiet
from gridloop.offices.cases.actions.filing import Filing
from gridloop.offices.enterprise.actions import visit_sheets as sheets
from gridloop.offices.enterprise.actions import visits as actions
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.queries import visits as queries

router = Router(tags=["走访"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
UNSEEN = 200


@router.get("/visits", auth=doors(READ), response={200: VisitPage, SHUT: Problem}, summary="走访列表")
def visits(
    request: CallerRequest, response: HttpResponse, wanted: VisitFilter = Query(...), after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The visits at firms within the caller's scope, and those the caller made, the newest row first."""
    told = queries.VisitsWanted(**wanted.model_dump(), after=after)
    rows, further = queries.list_visits(request.auth.actor, told, size=size)
    return {"items": [visit_line(row) for row in rows], "next": next_link(request, response, str(further or ""))}


def visit_line(row: Any) -> dict[str, Any]:
    """A visit whose firm and host have been read."""
    told = fields_named(row, "ref state way level purposes bodies topic outcome why planned_on happened_at logged_at")
    return told | {
        "enterprise": row.enterprise.ref, "name": row.enterprise.name, "host": row.host.name if row.host else ""
    }  # fmt: skip


@router.get("/visits/counts", auth=doors(READ), response={200: VisitCountsOut, SHUT: Problem}, summary="走访统计")
def visit_counts(
    request: CallerRequest, period: PeriodAsked = Query(...), street: str = Query("", max_length=80)
) -> dict[str, Any]:
    """The figures of the period, counted from the rows: visits and distinct firms."""
    actor = request.auth.actor
    found = queries.counts(actor, street=street_of(actor, street), **period.model_dump())
    names = "visits on_site phone online firms merged declined unreachable registered unvisited cases"
    return fields_named(found, names)


@router.get("/visits/unseen", auth=doors(READ), response={200: UnseenFirms, SHUT: Problem}, summary="未走访的企业")
def unseen(
    request: CallerRequest, response: HttpResponse, period: PeriodAsked = Query(...), street: str = Query("", max_length=80),
    after: After = "", size: int = Query(UNSEEN, ge=1, le=1000),
) -> dict[str, Any]:  # fmt: skip
    """The firms that nobody reached in the period, longest on the register first."""
    actor = request.auth.actor
    rows = queries.unvisited(actor, street=street_of(actor, street), after=after, size=size + 1, **period.model_dump())
    return page_of_query(request, response, rows, size=size, key=queries.LONGEST_KNOWN.key, told=tell.firm_line)


@router.post(
    "/enterprises/{ref}/visits", auth=doors(WRITE), response={201: VisitFile, WRITES: Problem}, summary="记录一次走访",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def log_visit(request: CallerRequest, ref: str, told: VisitIn) -> HttpResponse:
    """The visit stands, and each problem found is a case, all at once or nothing."""
    caller = request.auth
    said = actions.VisitTold(
        told.way, told.outcome, told.level, tuple(told.purposes), told.topic, told.said, tuple(told.bodies), told.happened_at
    )  # fmt: skip
    problems = [Filing(text=each.text, category=each.category) for each in told.problems]

    def do() -> dict[str, Any]:
        found = actions.log_visit(
            by=caller.actor, at=caller.at, enterprise=ref, told=said, problems=problems, visit=told.visit
        )
        return _file(caller, found.visit.ref)

    return told_once(request, VisitFile, operation=f"visit {ref}", do=do, status=201)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    row = queries.visit(ref, by=caller.actor)
    cases = queries.cases_found(row, by=caller.actor)
    return {
        "visit": visit_line(row),
        "cases": [fields_named(case, "ref number title state") for case in cases],
        "wishes": [_wish(each, row.enterprise.ref) for each in queries.wishes_answered(row)],
    }


def _wish(row: Any, enterprise: str) -> dict[str, Any]:
    told = fields_named(row, "ref purpose note by_on urgent made_at")
    return told | {"enterprise": enterprise, "unit": row.unit.code}


@router.post(
    "/visits/sheet", auth=doors(BULK), response={200: VisitSheetOut, WRITES: Problem}, summary="成批登记走访", openapi_extra=KEY_HEADER
)  # fmt: skip
def enter(request: CallerRequest, told: VisitSheetIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The good rows stand as visits. The same firm at the same moment in the same way is known already, whoever wrote it down."""
    caller = request.auth
    code = street_of(caller.actor, street)
    must_serve(caller.actor, code)
    asked = {"by": caller.actor, "at": caller.at, "street": code, "rows": _sheet_rows(told)}

    def do() -> dict[str, Any]:
        if told.check:
            judged = sheets.judge_visits(**asked)
            return {"entered": len(judged.good), "visits": [], **_not_entered(judged)}
        done = sheets.enter_visits(**asked)
        return {"entered": len(done.made), "visits": [row.ref for row in done.made], **_not_entered(done)}

    return told_once(request, VisitSheetOut, operation="POST /visits/sheet", do=do)


def _sheet_rows(told: VisitSheetIn) -> list[sheets.SheetVisit]:
    return [
        sheets.SheetVisit(number, row.enterprise, actions.VisitTold(
            row.way, row.outcome, row.level, tuple(row.purposes), row.topic, row.said, tuple(row.bodies), row.happened_at
        ))
        for number, row in enumerate(told.rows, start=1)
    ]  # fmt: skip


def _not_entered(found: sheets.Judged | sheets.Entered) -> dict[str, Any]:
    refused = [
        {"row": row.number, "field": {"at": "happened_at"}.get(row.column, row.column), "reason": row.reason}
        for row in found.refused
    ]
    return {"known": list(found.known), "refused": refused}


@router.post(
    "/enterprises/{ref}/visits/planned", auth=doors(WRITE), response={201: VisitFile, WRITES: Problem}, summary="安排一次走访",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def arrange(request: CallerRequest, ref: str, told: ArrangeIn) -> HttpResponse:
    """The visit is arranged for the day; the rule that says no is named (409)."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.plan_visit(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump())
        return _file(caller, row.ref)

    return told_once(request, VisitFile, operation=f"arrange {ref}", do=do, status=201)


@router.get("/visits/{ref}", auth=doors(READ), response={200: VisitFile, SHUT: Problem}, summary="一次走访")
def visit(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One visit with its cases."""
    return _file(request.auth, ref)


@router.post(
    "/visits/{ref}/move", auth=doors(WRITE), response={200: VisitFile, WRITES: Problem}, summary="走访改期", openapi_extra=KEY_HEADER
)  # fmt: skip
def move(request: CallerRequest, ref: str, told: MoveVisitIn) -> HttpResponse:
    """The visit is on another day, under the same rules."""
    return _changed(request, ref, "move", actions.move_visit, told.model_dump())


@router.post(
    "/visits/{ref}/cancel", auth=doors(WRITE), response={200: VisitFile, WRITES: Problem}, summary="取消走访", openapi_extra=KEY_HEADER
)  # fmt: skip
def cancel(request: CallerRequest, ref: str, told: CancelVisitIn) -> HttpResponse:
    """The visit does not take place; the wishes it would have answered are open still."""
    return _changed(request, ref, "cancel", actions.cancel_visit, told.model_dump())


def _changed(request: CallerRequest, ref: str, name: str, action: Any, told: dict[str, Any]) -> HttpResponse:
    caller = request.auth

    def do() -> dict[str, Any]:
        action(by=caller.actor, at=caller.at, visit=ref, **told)
        return _file(caller, ref)

    return told_once(request, VisitFile, operation=f"{name} visit {ref}", do=do)


@router.get(
    "/enterprises/{ref}/visit-wishes", auth=doors(READ), response={200: WishList, SHUT: Problem}, summary="走访申请"
)
def wishes(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The open wishes of bodies to visit the firm."""
    firm = register.enterprise(ref, by=request.auth.actor)
    must_serve(request.auth.actor, firm.street)
    return {"items": [_wish(row, firm.ref) for row in queries.wishes_of(firm)]}


@router.post(
    "/enterprises/{ref}/visit-wishes", auth=doors(WRITE), response={201: WishOut, WRITES: Problem}, summary="申请走访",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def wish(request: CallerRequest, ref: str, told: WishIn) -> HttpResponse:
    """The wish waits for the next plan."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _wish(actions.wish_visit(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump()), ref)

    return told_once(request, WishOut, operation=f"wish {ref}", do=do, status=201)


@router.post(
    "/visit-wishes/{ref}/withdraw", auth=doors(WRITE), response={200: Over, WRITES: Problem}, summary="撤回走访申请",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def withdraw(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """The wish is no longer open."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.withdraw_wish(by=caller.actor, at=caller.at, street=caller.actor.street, wish=ref)
        return {"ref": ref}

    return told_once(request, Over, operation=f"withdraw wish {ref}", do=do)


# -- the cap and the quiet days ----------------------------------------------------------------------------------------


@router.get("/visit-rules", auth=doors(READ), response={200: VisitRulesOut, SHUT: Problem}, summary="走访规则和宁静日")
def visit_rules(request: CallerRequest, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """The cap, the load of a day and the quiet days that hold now."""
    return _rules(request.auth, street_of(request.auth.actor, street))


def _rules(caller: Caller, street: str) -> dict[str, Any]:
    told = fields_named(planning.rules_in_force(street), "cap_visits cap_days per_day")
    week = planning.quiet_this_week(street, on=today_of(caller, street))
    return told | {"quiet": [_quiet(row) for row in planning.all_quiet_days(street)], "quiet_this_week": week}


def _quiet(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref first_on last_on month_from month_to reason set_at")
    return told | {"enterprise": row.enterprise.ref if row.enterprise else ""}


@router.put(
    "/visit-rules", auth=doors(WRITE), response={200: VisitRulesOut, WRITES: Problem}, summary="定走访规则", openapi_extra=KEY_HEADER
)  # fmt: skip
def set_rules(request: CallerRequest, told: VisitRulesIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The rules hold from now on. Set by those who arrange."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        actions.set_visit_rules(by=caller.actor, at=caller.at, street=code, **told.model_dump())
        return _rules(caller, code)

    return told_once(request, VisitRulesOut, operation="PUT /visit-rules", do=do)


@router.post(
    "/quiet-days", auth=doors(WRITE), response={201: QuietOut, WRITES: Problem}, summary="定宁静日", openapi_extra=KEY_HEADER
)  # fmt: skip
def set_quiet(request: CallerRequest, told: QuietIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """Nobody calls at the door on these days."""
    caller = request.auth
    code = street_of(caller.actor, street)
    span = Quiet(told.first_on, told.last_on, told.month_from, told.month_to)

    def do() -> dict[str, Any]:
        row = actions.set_quiet_days(
            by=caller.actor, at=caller.at, street=code, span=span, enterprise=told.enterprise, reason=told.reason
        )
        return _quiet(row)

    return told_once(request, QuietOut, operation="POST /quiet-days", do=do, status=201)


@router.post(
    "/quiet-days/{ref}/end", auth=doors(WRITE), response={200: Over, WRITES: Problem}, summary="结束宁静日", openapi_extra=KEY_HEADER
)  # fmt: skip
def end_quiet(
    request: CallerRequest, ref: str, told: NothingIn, street: str = Query("", max_length=80)
) -> HttpResponse:
    """The span no longer holds."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        actions.end_quiet_days(by=caller.actor, at=caller.at, street=code, quiet=ref)
        return {"ref": ref}

    return told_once(request, Over, operation=f"end quiet {ref}", do=do)
