"""Around the register by the API: clusters of firms (集聚区), and firms put in by the hundred with a report of the refused rows."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import After, Size, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firm_places import (
    ClusterIn,
    ClusterList,
    ClusterOut,
    FirmIntakeFile,
    FirmIntakeList,
    FirmRowsIn,
    Over,
)
from gridloop.api.shapes_registers import BecauseIn
from gridloop.api.tokens import BULK, READ, WRITE, CallerRequest, doors, street_of
from gridloop.core.firm_access import must_arrange
from gridloop.core.identity import mask_name, mask_phone
from gridloop.offices.enterprise.actions import clusters as actions
from gridloop.offices.enterprise.actions.importing import import_enterprises, keep_intake
from gridloop.offices.enterprise.queries import pages, register
from gridloop.offices.enterprise.sheets import SheetRow, refused_sheet

router = Router(tags=["企业"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
SHOWN = 200


@router.get("/clusters", auth=doors(READ), response={200: ClusterList, SHUT: Problem}, summary="集聚区")
def clusters(
    request: CallerRequest, response: HttpResponse, street: str = Query("", max_length=80), after: After = "", size: Size = 100
) -> dict[str, Any]:  # fmt: skip
    """The places with many firms, and how many stand in each; the firms themselves by ``GET /enterprises?cluster=``."""
    must_read_firms(request.auth.actor)
    rows = register.clusters(street_of(request.auth.actor, street))

    def told(row: Any) -> dict[str, Any]:
        return _cluster(row, row.firms)

    return page_of(request, response, rows, key=lambda row: f".{row.pk:018d}", after=after, size=size, told=told)


def _cluster(row: Any, firms: int) -> dict[str, Any]:
    return fields_named(row, "ref name kind place address operator note") | {"firms": firms}


@router.post(
    "/clusters", auth=doors(WRITE), response={201: ClusterOut, WRITES: Problem}, summary="登记集聚区", openapi_extra=KEY_HEADER
)  # fmt: skip
def add_cluster(request: CallerRequest, told: ClusterIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The cluster stands, without firms yet."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        return _cluster(actions.add_cluster(by=caller.actor, at=caller.at, street=code, **told.model_dump()), 0)

    return told_once(request, ClusterOut, operation="POST /clusters", do=do, status=201)


@router.post(
    "/clusters/{ref}/end", auth=doors(WRITE), response={200: Over, WRITES: Problem}, summary="结束集聚区", openapi_extra=KEY_HEADER
)  # fmt: skip
def end_cluster(
    request: CallerRequest, ref: str, told: BecauseIn, street: str = Query("", max_length=80)
) -> HttpResponse:
    """The cluster is no more; refused while firms stand in it."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        actions.end_cluster(by=caller.actor, at=caller.at, street=code, cluster=ref, reason=told.reason)
        return {"ref": ref}

    return told_once(request, Over, operation=f"end cluster {ref}", do=do)


@router.get(
    "/enterprises/imports", auth=doors(READ), response={200: FirmIntakeList, SHUT: Problem}, summary="企业导入记录"
)
def imports(
    request: CallerRequest, response: HttpResponse, street: str = Query("", max_length=80), after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The latest files put in, by page, by command line or here. For those who arrange."""
    actor = request.auth.actor
    rows = pages.intakes(actor, street_of(actor, street), after=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=pages.LATEST_INTAKE.key, told=_intake)


def _intake(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref name taken_at read added merged same refused") | {"by": row.by_name}


@router.post(
    "/enterprises/imports", auth=doors(BULK), response={201: FirmIntakeFile, WRITES: Problem}, summary="批量导入企业",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def put_in(request: CallerRequest, told: FirmRowsIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """New firms are registered, known ones (by code) completed; refused rows come back with every reason."""
    caller = request.auth
    code = street_of(caller.actor, street)
    must_arrange(caller.actor, code)

    def do() -> dict[str, Any]:
        rows = [SheetRow(number, row.model_dump()) for number, row in enumerate(told.rows, start=1)]
        found = import_enterprises(
            by=caller.actor, at=caller.at, street=code, rows=rows, source=told.name, prefer=told.prefer
        )
        content = json.dumps([dict(row.told) for row in rows], ensure_ascii=False).encode()
        kept = keep_intake(by=caller.actor, at=caller.at, street=code, name=told.name, content=content, found=found)
        return _whole(pages.intake(caller.actor, code, kept.ref))

    return told_once(request, FirmIntakeFile, operation="POST /enterprises/imports", do=do, status=201)


@router.get(
    "/enterprises/imports/{ref}", auth=doors(READ), response={200: FirmIntakeFile, SHUT: Problem}, summary="一次企业导入"
)  # fmt: skip
def one_import(request: CallerRequest, ref: str, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """What became of the rows: conflicts that were not overwritten, names that look alike, refused rows with their reasons."""
    actor = request.auth.actor
    return _whole(pages.intake(actor, street_of(actor, street), ref))


def _whole(row: Any) -> dict[str, Any]:
    told = {name: row.report.get(name, []) for name in ("conflicts", "near", "warnings")}
    refused = [
        {"row": each["row"], "told": _masked(each["told"]), "reasons": each["reasons"]}
        for each in pages.refused_rows(row)[:SHOWN]
    ]
    return {"intake": _intake(row), **told, "refused": refused}


def _masked(told: dict[str, str]) -> dict[str, str]:
    hidden = {"contact": mask_name, "phone": mask_phone}
    return {name: hidden[name](value) if name in hidden and value else value for name, value in told.items()}


@router.get(
    "/enterprises/imports/{ref}/refused.csv", auth=doors(BULK), response={200: None, SHUT: Problem}, summary="退回的行"
)  # fmt: skip
def refused_rows(request: CallerRequest, ref: str, street: str = Query("", max_length=80)) -> HttpResponse:
    """The refused rows as they were told, with their reasons, to be corrected and put in again. For those who arrange."""
    actor = request.auth.actor
    found = pages.intake(actor, street_of(actor, street), ref)
    answer = HttpResponse(refused_sheet(pages.refused_rows(found)), content_type="text/csv")
    answer["Content-Disposition"] = str(content_disposition_header(True, "refused.csv"))
    return answer
