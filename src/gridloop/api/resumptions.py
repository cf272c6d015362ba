"""Resumption by the API (复工): the checklist, applications checked item by item, test batches and charter trips as counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import After, Size, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firm_places import Over
from gridloop.api.shapes_registers import BecauseIn
from gridloop.api.shapes_resumptions import (
    ApplyIn,
    ArriveIn,
    BatchIn,
    BatchList,
    BatchOut,
    ChecklistIn,
    ChecklistOut,
    DaysAsked,
    RemedyIn,
    ResumptionFile,
    ResumptionList,
    TripIn,
    TripList,
    TripOut,
)
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of
from gridloop.core.errors import WrongInput
from gridloop.core.resumption import STATES, TRIP_STATES
from gridloop.offices.enterprise.actions import resumptions as actions
from gridloop.offices.enterprise.actions import trips as trip_actions
from gridloop.offices.enterprise.queries import resumptions as queries
from gridloop.offices.enterprise.queries.resumptions import Period

router = Router(tags=["复工"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
MaybeState = Literal[("", *STATES)]  # type: ignore[valid-type]
MaybeTrip = Literal[("", *TRIP_STATES)]  # type: ignore[valid-type]
Street = Annotated[str, Query(max_length=80)]


def _resumption(shown: queries.ResumptionRow) -> dict[str, Any]:
    told = fields_named(shown.row, "ref state planned_on staff applied_at resumed_at")
    firm, progress = shown.row.enterprise, shown.progress
    return told | {"enterprise": firm.ref, "name": firm.name} | fields_named(progress, "passed returned whole")


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    shown = queries.resumption(ref, by=caller.actor)
    names = "ref number text state reason remedy returns checked_at"
    return {
        "resumption": _resumption(shown),
        "items": [fields_named(each, names) for each in queries.items_of(shown.row)],
    }


@router.get("/checklist", auth=doors(READ), response={200: ChecklistOut, SHUT: Problem}, summary="复工清单")
def checklist(request: CallerRequest, street: Street = "") -> dict[str, Any]:
    """The list that applications are checked by."""
    must_read_firms(request.auth.actor)
    return fields_named(queries.checklist(street_of(request.auth.actor, street)), "items basis starts_at")


@router.post(
    "/checklist", auth=doors(WRITE), response={200: ChecklistOut, WRITES: Problem}, summary="换复工清单", openapi_extra=KEY_HEADER
)  # fmt: skip
def set_checklist(request: CallerRequest, told: ChecklistIn, street: Street = "") -> HttpResponse:
    """Applications from now on follow it."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        row = actions.set_checklist(by=caller.actor, at=caller.at, street=code, **told.model_dump())
        return fields_named(row, "items basis starts_at")

    return told_once(request, ChecklistOut, operation="POST /checklist", do=do)


@router.get("/resumptions", auth=doors(READ), response={200: ResumptionList, SHUT: Problem}, summary="复工申请")
def resumptions(
    request: CallerRequest, response: HttpResponse, state: MaybeState = "", after: After = "", size: Size = 50
) -> dict[str, Any]:
    """Those of firms in scope with their progress, the latest first."""
    must_read_firms(request.auth.actor)
    rows = queries.resumptions(request.auth.actor, state=state, after=after, size=size + 1)
    return page_of_query(
        request, response, rows, size=size, key=lambda each: queries.NEWEST.key(each.row), told=_resumption
    )


@router.post(
    "/enterprises/{ref}/resumptions", auth=doors(WRITE), response={201: ResumptionFile, WRITES: Problem}, summary="提交复工申请",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def apply(request: CallerRequest, ref: str, told: ApplyIn) -> HttpResponse:
    """The application with every item of the list in force; a colleague checks it."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.apply_resumption(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump())
        return _file(caller, row.ref)

    return told_once(request, ResumptionFile, operation=f"resumption {ref}", do=do, status=201)


@router.get(
    "/resumptions/{ref}", auth=doors(READ), response={200: ResumptionFile, SHUT: Problem}, summary="一份复工申请"
)
def resumption(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One application with its items."""
    return _file(request.auth, ref)


@router.post(
    "/resumptions/{ref}/resume", auth=doors(WRITE), response={200: ResumptionFile, WRITES: Problem}, summary="同意复工",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def resume(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """The firm works again; refused (409) while an item has not passed."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.resume_work(by=caller.actor, at=caller.at, resumption=ref)
        return _file(caller, ref)

    return told_once(request, ResumptionFile, operation=f"resume {ref}", do=do)


@router.post(
    "/resumptions/{ref}/withdraw", auth=doors(WRITE), response={200: ResumptionFile, WRITES: Problem}, summary="撤回复工申请",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def withdraw(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """The firm takes it back."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.withdraw_resumption(by=caller.actor, at=caller.at, resumption=ref, reason=told.reason)
        return _file(caller, ref)

    return told_once(request, ResumptionFile, operation=f"withdraw resumption {ref}", do=do)


def _item(request: CallerRequest, ref: str, name: str, do: Callable[[Caller], Any]) -> HttpResponse:
    caller = request.auth
    return told_once(
        request, ResumptionFile, operation=f"{name} {ref}", do=lambda: _file(caller, do(caller).resumption.ref)
    )  # fmt: skip


@router.post(
    "/resumption-items/{ref}/pass", auth=doors(WRITE), response={200: ResumptionFile, WRITES: Problem}, summary="清单项通过",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def pass_item(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """In order; refused (409) for whoever handed the application in."""
    return _item(request, ref, "pass item", lambda caller: actions.pass_item(by=caller.actor, at=caller.at, item=ref))


@router.post(
    "/resumption-items/{ref}/return", auth=doors(WRITE), response={200: ResumptionFile, WRITES: Problem}, summary="清单项退回",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def return_item(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """Not in order, and why."""
    return _item(
        request, ref, "return item",
        lambda caller: actions.return_item(by=caller.actor, at=caller.at, item=ref, reason=told.reason),
    )  # fmt: skip


@router.post(
    "/resumption-items/{ref}/mend", auth=doors(WRITE), response={200: ResumptionFile, WRITES: Problem}, summary="清单项已整改",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def mend_item(request: CallerRequest, ref: str, told: RemedyIn) -> HttpResponse:
    """Put right; it waits to be checked again."""
    return _item(
        request, ref, "mend item",
        lambda caller: actions.mend_item(by=caller.actor, at=caller.at, item=ref, remedy=told.remedy),
    )  # fmt: skip


# -- test batches ------------------------------------------------------------------------------------------------------


def _batch(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref tested_on invited tested venue") | {"enterprise": row.enterprise.ref}


@router.get("/staff-tests", auth=doors(READ), response={200: BatchList, SHUT: Problem}, summary="员工核酸批次")
def batches(
    request: CallerRequest, response: HttpResponse, wanted: DaysAsked = Query(...), after: After = "", size: Size = 50
) -> dict[str, Any]:
    """The batches that were not voided, the latest first, with the sums of all that were asked for."""
    actor = request.auth.actor
    must_read_firms(actor)
    asked: dict[str, Any] = {"period": Period(wanted.since, wanted.until), "enterprise": wanted.enterprise}
    rows = queries.staff_tests(actor, **asked, after=after, size=size + 1)
    page = page_of_query(request, response, rows, size=size, key=queries.LATEST_TEST.key, told=_batch)
    return page | {"totals": asdict(queries.batch_totals(actor, **asked))}


@router.post(
    "/enterprises/{ref}/staff-tests", auth=doors(WRITE), response={201: BatchOut, WRITES: Problem}, summary="记一批核酸",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def note_batch(request: CallerRequest, ref: str, told: BatchIn) -> HttpResponse:
    """How many were to be tested and how many were."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _batch(actions.note_staff_test(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump()))

    return told_once(request, BatchOut, operation=f"batch {ref}", do=do, status=201)


@router.post(
    "/staff-tests/{ref}/void", auth=doors(WRITE), response={200: Over, WRITES: Problem}, summary="批次作废", openapi_extra=KEY_HEADER
)  # fmt: skip
def void_batch(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """Noted wrongly; it counts no longer."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return {"ref": actions.void_staff_test(by=caller.actor, at=caller.at, batch=ref, reason=told.reason).ref}

    return told_once(request, Over, operation=f"void batch {ref}", do=do)


# -- charter trips -----------------------------------------------------------------------------------------------------


def _trip(shown: queries.TripRow) -> dict[str, Any]:
    names = "ref origin leaves_on seats vehicle permit contact_there state arrived arrived_at note"
    return fields_named(shown.row, names) | {
        "met_by": shown.row.met_by.name if shown.row.met_by else "", "workers": shown.workers,
        "shares": [{"enterprise": each.enterprise.ref, "workers": each.workers} for each in shown.shares],
    }  # fmt: skip


@router.get("/charter-trips", auth=doors(READ), response={200: TripList, SHUT: Problem}, summary="包车")
def trips(
    request: CallerRequest, response: HttpResponse, wanted: DaysAsked = Query(...), state: MaybeTrip = "", after: After = "",
    size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """The trips with a firm in scope, the latest first, with the sums of all that were asked for; cancelled ones are not counted."""
    actor = request.auth.actor
    must_read_firms(actor)
    asked: dict[str, Any] = {
        "period": Period(wanted.since, wanted.until),
        "enterprise": wanted.enterprise,
        "state": state,
    }
    rows = queries.trips(actor, **asked, after=after, size=size + 1)
    page = page_of_query(
        request, response, rows, size=size, key=lambda each: queries.LATEST_TRIP.key(each.row), told=_trip
    )
    return page | {"totals": asdict(queries.trip_totals(actor, **asked))}


@router.post(
    "/charter-trips", auth=doors(WRITE), response={201: TripOut, WRITES: Problem}, summary="安排一趟包车", openapi_extra=KEY_HEADER
)  # fmt: skip
def plan_trip(request: CallerRequest, told: TripIn, street: Street = "") -> HttpResponse:
    """A coach with its firms and numbers; a firm stands once."""
    caller = request.auth
    code = street_of(caller.actor, street)
    said = told.model_dump()
    workers = {each["enterprise"]: each["workers"] for each in said.pop("shares")}
    if len(workers) < len(told.shares):
        raise WrongInput("trips.twice", "一家企业只写一次;请把人数合在一起。", field="shares")

    def do() -> dict[str, Any]:
        row = trip_actions.plan_trip(
            by=caller.actor, at=caller.at, street=code, told=trip_actions.TripTold(workers=workers, **said)
        )
        return _trip(queries.trip(row.ref, by=caller.actor))

    return told_once(request, TripOut, operation="POST /charter-trips", do=do, status=201)


@router.get("/charter-trips/{ref}", auth=doors(READ), response={200: TripOut, SHUT: Problem}, summary="一趟包车")
def trip(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One trip."""
    return _trip(queries.trip(ref, by=request.auth.actor))


def _done(request: CallerRequest, ref: str, name: str, do: Callable[[Caller], object]) -> HttpResponse:
    caller = request.auth

    def then() -> dict[str, Any]:
        do(caller)
        return _trip(queries.trip(ref, by=caller.actor))

    return told_once(request, TripOut, operation=f"{name} {ref}", do=then)


@router.post(
    "/charter-trips/{ref}/depart", auth=doors(WRITE), response={200: TripOut, WRITES: Problem}, summary="包车发车",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def depart(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """On the road."""
    return _done(
        request, ref, "depart", lambda caller: trip_actions.depart_trip(by=caller.actor, at=caller.at, trip=ref)
    )  # fmt: skip


@router.post(
    "/charter-trips/{ref}/arrive", auth=doors(WRITE), response={200: TripOut, WRITES: Problem}, summary="包车到达",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def arrive(request: CallerRequest, ref: str, told: ArriveIn) -> HttpResponse:
    """Here, with so many workers."""
    return _done(
        request, ref, "arrive",
        lambda caller: trip_actions.arrive_trip(by=caller.actor, at=caller.at, trip=ref, **told.model_dump()),
    )  # fmt: skip


@router.post(
    "/charter-trips/{ref}/cancel", auth=doors(WRITE), response={200: TripOut, WRITES: Problem}, summary="取消包车",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def cancel_trip(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """It does not run."""
    return _done(
        request, ref, "cancel trip",
        lambda caller: trip_actions.cancel_trip(by=caller.actor, at=caller.at, trip=ref, reason=told.reason),
    )  # fmt: skip
