"""The rules in force: duty list, posts and people, calendar, worked examples; and routing tables, drafted and published by two people."""

from __future__ import annotations

import calendar as months
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_setup as answers
from gridloop.api.paging import MOST, page_of
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.revisions import IF_MATCH, must_match, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_rules import (
    CalendarOut,
    DraftIn,
    DutyPage,
    ExampleList,
    NothingIn,
    PersonPage,
    PostPage,
    PublishIn,
    TableFile,
    TablePage,
)
from gridloop.api.tokens import READ, SETUP, CallerRequest, doors, street_of
from gridloop.api.words import IsoMoment
from gridloop.core.errors import NotFound
from gridloop.offices.cases.actions.tables import draft_table, findings_of, publish_table, roll_back_table
from gridloop.offices.cases.queries import pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision import queries as supervision

router = Router(tags=["规则"])
REFUSALS = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 415, 422})
BOTH_HEADERS = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH | {"description": "只在此表仍是这个样子时办理:GET 给出的 ETag;已变则 412。"}]}  # fmt: skip


@router.get("/duties", auth=doors(READ), response={200: DutyPage, REFUSALS: Problem}, summary="履职事项清单")
def duties(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """The duty list; returning a case cites one row of it."""
    rows = organisation.duty_items(street_of(request.auth.actor, street))
    return page_of(
        request, response, rows, key=lambda row: row.code, after=after, size=size, told=answers.duty
    )  # fmt: skip


@router.get("/posts", auth=doors(READ), response={200: PostPage, REFUSALS: Problem}, summary="岗位")
def posts(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """The posts with who holds each now; a post without a holder is vacant."""
    caller = request.auth
    rows = organisation.posts(street_of(caller.actor, street))
    return page_of(
        request, response, rows, key=lambda row: row.code, after=after, size=size, told=lambda row: answers.post(row, at=caller.at)
    )  # fmt: skip


@router.get("/people", auth=doors(READ), response={200: PersonPage, REFUSALS: Problem}, summary="在岗人员")
def people(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """Who holds a post now, by name; telephone numbers are masked."""
    caller = request.auth
    code = street_of(caller.actor, street)
    units = {unit.pk: unit.code for unit in organisation.units(code)}
    rows = answers.people(organisation.posts(code), units=units, at=caller.at)
    return page_of(request, response, rows, key=lambda row: row["ref"], after=after, size=size, told=lambda row: row)


@router.get("/calendar", auth=doors(READ), response={200: CalendarOut, REFUSALS | {409}: Problem}, summary="工作日历")
def calendar(
    request: CallerRequest,
    year: int | None = Query(None, ge=1990, le=2100, description="默认今年"),
    street: str = "",
) -> dict[str, Any]:
    """One year of the calendar in force: workdays of each month, holidays and make-up workdays."""
    code = street_of(request.auth.actor, street)
    _, found = supervision.calendar_in_force(code)
    wanted = year or request.auth.at.year
    special = [
        each for notice in found.years if notice.year == wanted and notice.published for each in notice.exceptions
    ]
    return {
        "street": code, "version": found.version, "year": wanted, "is_provisional": found.is_provisional(wanted),
        "workdays": found.workdays_between(date(wanted - 1, 12, 31), date(wanted, 12, 31)),
        "months": [_month(found, wanted, number) for number in range(1, 13)],
        "special": [{"date": day.date, "is_workday": day.is_workday, "name": day.name} for day in special],
    }  # fmt: skip


def _month(found: Any, year: int, number: int) -> dict[str, int]:
    length = months.monthrange(year, number)[1]
    workdays = sum(found.is_workday(date(year, number, day)) for day in range(1, length + 1))
    return {"month": number, "days": length, "workdays": workdays}


@router.get(
    "/profiles/{code}/examples",
    auth=doors(READ),
    response={200: ExampleList, REFUSALS | {409}: Problem},
    summary="时限算例",
)
def examples(
    request: CallerRequest,
    code: str,
    received: IsoMoment | None = Query(None, description="登记时刻;默认现在"),
    street: str = "",
) -> dict[str, Any]:
    """For each stage and grade of the profile: what would be due for a case received at that moment."""
    caller = request.auth
    rows = supervision.worked_example(
        street_of(caller.actor, street), code=code, received=answers.bounded(received or caller.at)
    )
    return {"items": [answers.worked_example(row) for row in rows]}


@router.get("/routing-tables", auth=doors(READ), response={200: TablePage, REFUSALS: Problem}, summary="路由表各版")
def tables(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(100, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """Every version of the routing table, the oldest first; drafts are among them."""
    code = street_of(request.auth.actor, street)
    in_force = pages.table_in_force(code, at=request.auth.at)
    return page_of(
        request, response, pages.routing_tables(code), key=lambda row: f"{row.version:08}", after=after, size=size,
        told=lambda row: answers.table(row, in_force=in_force),
    )  # fmt: skip


@router.get(
    "/routing-tables/{ref}", auth=doors(READ), response={200: TableFile, REFUSALS: Problem}, summary="一版路由表"
)
def table(request: CallerRequest, ref: str, street: str = "") -> dict[str, Any]:
    """One version with its rows; of a draft also what is wrong with it, each with a counter-example."""
    code = street_of(request.auth.actor, street)
    found = _table(code, ref)
    shows_revision(request, _mark(found, request))
    return _told(found, code, request)


@router.post(
    "/routing-tables",
    auth=doors(SETUP),
    response={201: TableFile, WRITES: Problem},
    summary="起草路由表",
    openapi_extra=KEY_HEADER,
)
def draft(request: CallerRequest, told: DraftIn) -> HttpResponse:
    """A draft of the next version. It is in force only when a second person has published it."""
    caller = request.auth
    code = street_of(caller.actor, told.street)

    def do() -> dict[str, Any]:
        made = draft_table(
            by=caller.actor, at=caller.at, street=code, records=[row.model_dump() for row in told.rows], note=told.note,
            backstop_profile=told.backstop_profile or _backstop_profile(code, at=caller.at),
        )  # fmt: skip
        return _told(made, code, request)

    return answered_once(request, caller=caller, operation="POST /routing-tables", do=do, status=201)


@router.post(
    "/routing-tables/{ref}/publish",
    auth=doors(SETUP),
    response={200: TableFile, WRITES | {412}: Problem},
    summary="发布路由表",
    openapi_extra=BOTH_HEADERS,
)
def publish(request: CallerRequest, ref: str, told: PublishIn, street: str = "") -> HttpResponse:
    """The draft is in force from its date on. Refused to who drafted it, and with the findings when it does not hold."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        must_match(request, _mark(_table(code, ref), request))
        done = publish_table(
            by=caller.actor, at=caller.at, street=code, table=ref, valid_from=told.valid_from, allow_holes=told.allow_holes
        )  # fmt: skip
        return _told(done, code, request)

    return answered_once(request, caller=caller, operation=f"publish {ref}", do=do)


@router.post(
    "/routing-tables/{ref}/roll-back",
    auth=doors(SETUP),
    response={200: TableFile, WRITES | {412}: Problem},
    summary="回退到此版",
    openapi_extra=BOTH_HEADERS,
)
def roll_back(request: CallerRequest, ref: str, told: NothingIn, street: str = "") -> HttpResponse:
    """An earlier published version is in force again, as a new version with the same rows."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        must_match(request, _mark(_table(code, ref), request))
        return _told(roll_back_table(by=caller.actor, at=caller.at, street=code, table=ref), code, request)

    return answered_once(request, caller=caller, operation=f"roll-back {ref}", do=do)


def _table(street: str, ref: str) -> Any:
    found = next((row for row in pages.routing_tables(street) if row.ref == ref), None)
    if found is None:
        raise NotFound("cases.no_table", "没有这份路由表;请从列表中选择。", table=ref)
    return found


def _backstop_profile(street: str, *, at: datetime) -> str:
    found = pages.table_in_force(street, at=at)
    return str(found.backstop["profile"]) if found else "san_bu_guo"


def _told(found: Any, street: str, request: CallerRequest) -> dict[str, Any]:
    in_force = pages.table_in_force(street, at=request.auth.at)
    findings = findings_of(found, at=request.auth.at) if found.state == "draft" else []
    told = {
        "table": answers.table(found, in_force=in_force), "backstop": found.backstop, "rows": found.rows, "findings": findings,
    }  # fmt: skip
    return TableFile.model_validate(told).model_dump(mode="json")


def _mark(found: Any, request: CallerRequest) -> str:
    """Changes with whatever may change of a table: drafts are published or discarded, others come into force."""
    in_force = pages.table_in_force(found.street, at=request.auth.at)
    is_in_force = in_force is not None and in_force.pk == found.pk
    facts = f"{found.ref} {found.state} {found.valid_from} {is_in_force} {found.rows}"
    return f"{found.version}.{sha256(facts.encode()).hexdigest()[:12]}"
