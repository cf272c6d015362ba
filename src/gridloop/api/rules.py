"""The rules in force: duty list, posts and people, calendar, worked examples; and routing tables, whose changes are change-sets."""

from __future__ import annotations

import calendar as months
from datetime import date
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_setup as answers
from gridloop.api.chapters import proposing
from gridloop.api.paging import MOST, page_of
from gridloop.api.repeats import KEY_HEADER
from gridloop.api.revisions import shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_changes import ChangeSetFile
from gridloop.api.shapes_rules import (
    CalendarOut,
    DraftIn,
    DutyPage,
    ExampleList,
    NothingIn,
    PersonPage,
    PostPage,
    TableFile,
    TablePage,
)
from gridloop.api.tokens import READ, SETUP, CallerRequest, doors, street_of, today_of
from gridloop.api.words import IsoMoment
from gridloop.core.errors import NotFound
from gridloop.offices.cases.actions.tables import findings_of
from gridloop.offices.cases.queries import pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.actions import REMOVE_MISSING, propose_sheet
from gridloop.offices.organisation.changesets.queries import must_draft
from gridloop.offices.supervision import queries as supervision

router = Router(tags=["规则"])
REFUSALS = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
ROUTES = "routes"


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
    wanted = year or today_of(request.auth, code).year
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
    response={201: ChangeSetFile, WRITES: Problem},
    summary="起草路由表",
    openapi_extra=KEY_HEADER,
)
def draft(request: CallerRequest, told: DraftIn) -> HttpResponse:
    """The whole table as it shall be, in a draft of a change-set; a second person publishes it (``/change-sets/{ref}/publish``)."""
    records = [{name: str(value) for name, value in row.model_dump().items()} for row in told.rows]
    return _proposed(request, told.street, "POST /routing-tables", records=records, title=told.note)


@router.post(
    "/routing-tables/{ref}/adopt",
    auth=doors(SETUP),
    response={201: ChangeSetFile, WRITES: Problem},
    summary="按此版起草",
    openapi_extra=KEY_HEADER,
)
def adopt(request: CallerRequest, ref: str, told: NothingIn, street: str = "") -> HttpResponse:
    """The rows of an earlier version, in a draft of a change-set: the way back to it, which needs a second person, too."""
    code = street_of(request.auth.actor, street)
    must_draft(request.auth.actor, code, chapter=ROUTES)
    found = _table(code, ref)
    return _proposed(
        request, street, f"adopt {ref}", records=found.rows, title=f"路由表按第 {found.version} 版"
    )  # fmt: skip


def _proposed(request: CallerRequest, street: str, operation: str, **told: Any) -> HttpResponse:
    return proposing(request, street, operation, propose_sheet, chapter=ROUTES, missing=REMOVE_MISSING, **told)


def _table(street: str, ref: str) -> Any:
    found = next((row for row in pages.routing_tables(street) if row.ref == ref), None)
    if found is None:
        raise NotFound("cases.no_table", "没有这份路由表;请从列表中选择。", table=ref)
    return found


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
