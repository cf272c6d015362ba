"""What firms lack of the seven factors (要素缺口) by the API: the matrix, its rows, a new gap with its case, a case measured, a gap settled."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_solutions import (
    FactorMatrix,
    FirmGapFilter,
    FirmGapIn,
    FirmGapOut,
    FirmGapPage,
    GapSolvedIn,
    MeasuredIn,
)
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors
from gridloop.core.factor import FACTORS, UNITS, said
from gridloop.offices.enterprise.actions import factors as actions
from gridloop.offices.enterprise.queries import factors
from gridloop.offices.enterprise.queries.solving import page_under
from gridloop.offices.projects.queries.factors import tally_of_projects

router = Router(tags=["要素"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


@router.get("/factors", auth=doors(READ), response={200: FirmGapPage, SHUT: Problem}, summary="企业要素缺口")
def gaps(
    request: CallerRequest, response: HttpResponse, wanted: FirmGapFilter = Query(...), after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The gaps within the caller's scope, narrowed, the newest first."""
    must_read_firms(request.auth.actor)
    rows = page_under(factors.gaps(request.auth.actor, **wanted.model_dump()), after, size=size)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.pk, told=gap_told)


def gap_told(row: Any) -> dict[str, Any]:
    """A gap whose firm and case have been read."""
    told = fields_named(row, "ref factor unit_of_gap solved_how solved_at raised_at")
    return told | {
        "enterprise": row.enterprise.ref, "name": row.enterprise.name, "label": FACTORS[row.factor], "gap": said(row.gap),
        "state": factors.told(row).state, "solved": None if row.solved is None else said(row.solved), "case": row.case.ref,
        "number": row.case.number, "lead": row.case.lead.name, "due_at": row.case.due_at,
    }  # fmt: skip


@router.get("/factors/matrix", auth=doors(READ), response={200: FactorMatrix, SHUT: Problem}, summary="七要素汇总")
def matrix(request: CallerRequest) -> dict[str, Any]:
    """A line for each of the seven factors, also for those that nobody lacks: counted from the rows of ``GET /factors``."""
    actor = request.auth.actor
    must_read_firms(actor)
    of_projects = tally_of_projects(actor.street)
    return {"items": [_line(*each, of_projects) for each in factors.lines(factors.gaps(actor))]}


def _line(factor: str, label: str, found: Any, of_projects: dict[str, Any]) -> dict[str, Any]:
    told = {
        "factor": factor,
        "label": label,
        "unit_of_gap": UNITS[factor],
        "gap": said(found.gap),
        "met": said(found.met),
    }
    return told | fields_named(found, "n open late solved") | {"projects": of_projects[factor].n}


@router.post(
    "/enterprises/{ref}/factors", auth=doors(WRITE), response={201: FirmGapOut, WRITES: Problem}, summary="登记企业要素缺口",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def need(request: CallerRequest, ref: str, told: FirmGapIn) -> HttpResponse:
    """The gap stands in the matrix, and its case is with whom the routing table names."""
    caller = request.auth
    said = told.model_dump() | {"gap": Decimal(told.gap)}

    def do() -> dict[str, Any]:
        made = actions.need_firm_factor(by=caller.actor, at=caller.at, enterprise=ref, **said)
        return gap_told(made)

    return told_once(request, FirmGapOut, operation=f"need factor {ref}", do=do, status=201)


@router.post(
    "/cases/{ref}/factor", auth=doors(WRITE), response={201: FirmGapOut, WRITES: Problem}, summary="事项登记要素缺口",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def measure(request: CallerRequest, ref: str, told: MeasuredIn) -> HttpResponse:
    """A case about a firm, filed as any other, stands in the matrix with so much of a factor; once."""
    caller = request.auth

    def do() -> dict[str, Any]:
        made = actions.measure_gap(by=caller.actor, at=caller.at, case=ref, factor=told.factor, gap=Decimal(told.gap))
        return gap_told(made)

    return told_once(request, FirmGapOut, operation=f"measure {ref}", do=do, status=201)


@router.post(
    "/factors/{ref}/settle", auth=doors(WRITE), response={200: FirmGapOut, WRITES: Problem}, summary="登记解决数量", openapi_extra=KEY_HEADER
)  # fmt: skip
def settle(request: CallerRequest, ref: str, told: GapSolvedIn) -> HttpResponse:
    """So much of the gap was met, and how; the case goes its own way."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.settle_factor(by=caller.actor, at=caller.at, gap=ref, solved=Decimal(told.solved), how=told.how)
        return gap_told(factors.gap(ref, by=caller.actor))

    return told_once(request, FirmGapOut, operation=f"settle {ref}", do=do)
