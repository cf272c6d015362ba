"""Oversight: precedents of rulings, samples of struck-off cases and what inspectors found, signs of flattered figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from gridloop.api.paging import MOST, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_oversight import (
    InspectIn,
    InspectionOut,
    OvernightPage,
    PrecedentPage,
    SampleFile,
    SamplePage,
    SamplingRuleIn,
    SamplingRuleOut,
    SignList,
    SignReplyIn,
    SignReplyOut,
)
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors, street_of
from gridloop.core.sampling import SampleRule, period_of
from gridloop.offices.cases.actions import record_inspection, reply_to_sign, set_sampling_rule
from gridloop.offices.cases.queries import court, inspecting, overnight, signs
from gridloop.offices.organisation import queries as organisation

router = Router(tags=["监督"])
REFUSALS = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 415, 422})
Month = Annotated[str, Path(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="月份,如 2022-05")]
MonthAsked = Annotated[str, Query(pattern=r"^([0-9]{4}-(0[1-9]|1[0-2]))?$", description="月份;默认本月")]


@router.get("/precedents", auth=doors(READ), response={200: PrecedentPage, REFUSALS: Problem}, summary="先例")
def precedents(
    request: CallerRequest, response: HttpResponse, text: str = "", category: str = "", unit: str = "", street: str = "", after: str = "",
    size: int = Query(MOST, ge=1, le=MOST),
) -> dict[str, Any]:  # fmt: skip
    """Rulings on who leads, narrowed by words, category (and below) or unit; each with the row it was proposed as."""
    rows = court.precedents(
        request.auth.actor,
        street_of(request.auth.actor, street),
        text=text[:120],
        category=category[:120],
        unit=unit[:60],
    )
    return page_of(request, response, rows, key=lambda row: row.ruling.ref, after=after, size=size, told=_precedent)


def _precedent(row: court.PrecedentShown) -> dict[str, Any]:
    ruling = row.ruling
    return {
        "ref": ruling.ref, "number": ruling.number, "category": ruling.category, "place": ruling.place, "unit": ruling.unit.code,
        "duty_items": [item.code for item in ruling.duty_items.all()], "reason": ruling.reason, "ruled_at": ruling.ruled_at, "row": ruling.row,
        "change_set": ruling.change_set.ref if ruling.change_set else None, "is_in_force": row.is_in_force,
    }  # fmt: skip


@router.get(
    "/overnight-lists",
    auth=doors(READ),
    response={200: OvernightPage, REFUSALS: Problem},
    summary="过夜清单(交办不过夜)",
)
def overnight_lists(
    request: CallerRequest, response: HttpResponse, street: str = "", after: date | None = None,
    size: Annotated[int, Query(ge=1, le=200)] = 30,
) -> dict[str, Any]:  # fmt: skip
    """What had to be handed on before midnight when the office closed, evening by evening, the newest first, and how each case came out."""
    code = street_of(request.auth.actor, street)
    rows = overnight.evenings(request.auth.actor, code, at=request.auth.at, before=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda each: each.row.on.isoformat(), told=_evening)


def _evening(found: overnight.Evening) -> dict[str, Any]:
    row = found.row
    cases = [
        {
            "ref": each.case.ref,
            "number": each.case.number,
            "standing": each.standing,
            "assigned_at": each.case.assigned_at,
        }
        for each in found.cases
    ]
    return {"on": row.on, "made_at": row.made_at, "until": row.until, "cases": cases}


@router.get("/inspections", auth=doors(READ), response={200: SamplePage, REFUSALS: Problem}, summary="复核抽查各月")
def samples(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """The months of the street's samples, the oldest first."""
    code = street_of(request.auth.actor, street)
    inspecting.must_see_samples(request.auth.actor, code)
    rows = inspecting.samples(code)
    return page_of(request, response, rows, key=lambda row: row.period, after=after, size=size, told=lambda row: row)


@router.post(
    "/sampling-rules", auth=doors(WRITE), response={201: SamplingRuleOut, WRITES: Problem}, summary="设置抽查办法",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def set_rule(request: CallerRequest, told: SamplingRuleIn, street: str = "") -> HttpResponse:
    """From the next announced month on so many are drawn of each unit. A street leader decides."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        rule = SampleRule(told.least, told.share, told.most, told.first_days)
        done = set_sampling_rule(by=caller.actor, at=caller.at, street=code, rule=rule, reason=told.reason)
        return SamplingRuleOut.model_validate(done, from_attributes=True).model_dump(mode="json")

    return answered_once(request, caller=caller, operation="POST /sampling-rules", do=do, status=201)


@router.get(
    "/inspections/{period}", auth=doors(READ), response={200: SampleFile, REFUSALS: Problem}, summary="一个月的复核抽查"
)
def sample(request: CallerRequest, period: Month, street: str = "") -> dict[str, Any]:
    """One month: rates of the units with n and interval, the drawn cases, and all that repeating the draw takes."""
    code = street_of(request.auth.actor, street)
    inspecting.must_see_samples(request.auth.actor, code)
    found = inspecting.sample_page(request.auth.actor, inspecting.sample_of(code, period), at=request.auth.at)
    return {
        "sample": found.sample, "units": [_unit(row) for row in found.units], "inspections": [_inspection(row.inspection) for row in found.rows],
        "draw": inspecting.draw_document(found.sample), "problems": list(found.problems),
    }  # fmt: skip


def _unit(row: inspecting.UnitRow) -> dict[str, Any]:
    names = ("unit", "name", "population", "drawn", "true", "false", "unable", "open")
    told = {name: getattr(row, name) for name in names}
    return told | {"n": row.rate.n, "rate": row.rate.value, "lower": row.rate.lower, "upper": row.rate.upper}


def _inspection(found: Any) -> dict[str, Any]:
    return {
        "ref": found.ref, "case": found.case.ref, "unit": found.unit.code, "lot": found.lot, "result": found.result, "text": found.text,
        "inspected_at": found.inspected_at,
    }  # fmt: skip


@router.post(
    "/inspections/{period}/{ref}", auth=doors(WRITE), response={200: InspectionOut, WRITES: Problem}, summary="记录抽查结果",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def inspect(request: CallerRequest, period: Month, ref: str, told: InspectIn) -> HttpResponse:
    """What was found; a false closure is reopened. Refused to whoever handled, verified or struck off the case."""
    caller = request.auth

    def do() -> dict[str, Any]:
        done = record_inspection(by=caller.actor, at=caller.at, inspection=ref, result=told.result, text=told.text)
        return InspectionOut.model_validate(_inspection(done)).model_dump(mode="json")

    return answered_once(request, caller=caller, operation=f"inspect {period} {ref}", do=do)


@router.get("/signs", auth=doors(READ), response={200: SignList, REFUSALS: Problem}, summary="异常提示")
def list_signs(request: CallerRequest, period: MonthAsked = "", street: str = "") -> dict[str, Any]:
    """The month's signs of flattered figures, by unit, each with the cases behind it; questions, not verdicts."""
    caller = request.auth
    code = street_of(caller.actor, street)
    signs.must_see_signs(caller.actor, code)
    month = period or period_of(caller.at, organisation.street(code).zone)
    return {"period": month, "items": [_sign(each) for each in signs.shown_signs(caller.actor, code, month)]}


def _sign(found: signs.SignShown) -> dict[str, Any]:
    return {
        "code": found.sign.code, "unit": found.sign.unit, "count": found.sign.count, "whole": found.sign.whole,
        "cases": [case.ref for case in found.cases], "is_open": found.is_open, "replies": [_reply(each) for each in found.replies],
    }  # fmt: skip


def _reply(row: Any) -> dict[str, Any]:
    return {"kind": row.kind, "reason": row.reason, "by": row.by.name, "at": row.at}


@router.post(
    "/signs/{period}/replies", auth=doors(WRITE), response={201: SignReplyOut, WRITES: Problem}, summary="说明或了结异常提示",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def reply(request: CallerRequest, period: Month, told: SignReplyIn, street: str = "") -> HttpResponse:
    """The unit's head answers, a supervisor dismisses; both with a reason."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        done = reply_to_sign(by=caller.actor, at=caller.at, street=code, period=period, **told.model_dump())
        return SignReplyOut.model_validate(_reply(done)).model_dump(mode="json")

    return answered_once(request, caller=caller, operation=f"reply {period}", do=do, status=201)
