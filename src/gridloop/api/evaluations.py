"""Evaluations by rules, by the API (考评): versions of the rules, frozen periods, objections; units in the order of their codes, never a score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.campaigns import SHUT, WRITES, Street
from gridloop.api.paging import page_of
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_campaigns import CampaignCode
from gridloop.api.shapes_evaluations import (
    DecisionIn,
    FreezeIn,
    FrozenFile,
    FrozenPage,
    ObjectionIn,
    RulesIn,
    RulesOut,
    RulesPage,
)
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of
from gridloop.core.evaluation import MeasureRule
from gridloop.offices.campaigns import queries
from gridloop.offices.indicators import actions, freezing

router = Router(tags=["专项"])


@router.get(
    "/campaigns/{code}/evaluation-rules", auth=doors(READ), response={200: RulesPage, SHUT: Problem}, summary="考评规则各版"
)  # fmt: skip
def rules(
    request: CallerRequest, response: HttpResponse, code: CampaignCode, after: str = Query("", max_length=40), size: int = Query(50, ge=1, le=500),
    street: Street = "",
) -> dict[str, Any]:  # fmt: skip
    """Every version, the first one first; a period is evaluated by the one that held on its first day."""
    rows = freezing.versions(_campaign(request.auth, code, street))
    return page_of(request, response, rows, key=lambda row: f"{row.version:05}", after=after, size=size, told=_rules)


@router.post(
    "/campaigns/{code}/evaluation-rules", auth=doors(WRITE), response={201: RulesOut, WRITES: Problem}, summary="定考评规则",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def set_rules(request: CallerRequest, code: CampaignCode, told: RulesIn, street: Street = "") -> HttpResponse:
    """The next version; it holds from its day on, and no period that began before is measured anew. By those who lead the campaign."""
    caller = request.auth
    measures = tuple(MeasureRule(each.measure, each.threshold, each.source) for each in told.measures)
    wanted = actions.RulesTold(measures, told.period_kind, told.effective_on, told.reason)

    def do() -> dict[str, Any]:
        row = _campaign(caller, code, street)
        return _rules(actions.set_rules(by=caller.actor, at=caller.at, campaign=row.ref, told=wanted))

    return told_once(request, RulesOut, operation=f"evaluation rules {street} {code}", do=do, status=201)


@router.get(
    "/campaigns/{code}/evaluations", auth=doors(READ), response={200: FrozenPage, SHUT: Problem}, summary="冻结的考评"
)  # fmt: skip
def frozen_ones(
    request: CallerRequest, response: HttpResponse, code: CampaignCode, after: str = Query("", max_length=60), size: int = Query(50, ge=1, le=500),
    street: Street = "",
) -> dict[str, Any]:  # fmt: skip
    """Every frozen revision, by period and revision."""
    rows = freezing.frozen_of(_campaign(request.auth, code, street))
    return page_of(
        request, response, rows, key=lambda row: f"{row.period} {row.revision:05}", after=after, size=size, told=_line
    )


@router.post(
    "/campaigns/{code}/evaluations", auth=doors(WRITE), response={201: FrozenFile, WRITES: Problem}, summary="冻结一期考评",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def freeze(request: CallerRequest, code: CampaignCode, told: FreezeIn, street: Street = "") -> HttpResponse:
    """The figures, every case behind them and the version of the rules are kept as they stand; once for a period that is over."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = _campaign(caller, code, street)
        made = actions.freeze(by=caller.actor, at=caller.at, campaign=row.ref, period=told.period)
        return _file(caller, made.ref)

    return told_once(request, FrozenFile, operation=f"freeze {street} {code}", do=do, status=201)


@router.get(
    "/evaluations/{ref}", auth=doors(READ), response={200: FrozenFile, SHUT: Problem}, summary="一次冻结的考评"
)  # fmt: skip
def frozen(request: CallerRequest, ref: str) -> dict[str, Any]:
    """As it stood, with what today's rows would say otherwise and the objections to its period."""
    return _file(request.auth, ref)


@router.post(
    "/evaluations/{ref}/objections", auth=doors(WRITE), response={201: FrozenFile, WRITES: Problem}, summary="对考评提出异议",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def object_to(request: CallerRequest, ref: str, told: ObjectionIn) -> HttpResponse:
    """The unit of the case holds one mark to be wrong. By people of that unit, against the newest revision."""
    return _deed(request, ref, "object", lambda by: actions.object_to(**by, frozen=ref, **told.model_dump()).frozen.ref)


@router.post(
    "/evaluations/objections/{ref}/decide", auth=doors(WRITE), response={201: FrozenFile, WRITES: Problem}, summary="裁定异议",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def decide(request: CallerRequest, ref: str, told: DecisionIn) -> HttpResponse:
    """By somebody who leads the campaign, did not freeze the figures and is not of the unit; upheld, the answer is the new revision."""

    def do(by: dict[str, Any]) -> str:
        row = actions.decide_objection(**by, objection=ref, **told.model_dump())
        return str((row.into or row.frozen).ref)

    return _deed(request, ref, "decide", do)


def _campaign(caller: Caller, code: str, street: str) -> Any:
    return queries.campaign_by_code(code, by=caller.actor, street=street_of(caller.actor, street))


def _deed(request: CallerRequest, ref: str, verb: str, deed: Callable[[dict[str, Any]], str]) -> HttpResponse:
    caller = request.auth

    def do() -> dict[str, Any]:
        return _file(caller, deed({"by": caller.actor, "at": caller.at}))

    return told_once(request, FrozenFile, operation=f"{verb} {ref}", do=do, status=201)


def _rules(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref version measures period_kind effective_on reason set_at")


def _line(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref period revision digest reason frozen_at") | {"version": row.rules.version}


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    row = freezing.frozen(ref, by=caller.actor)
    shown = freezing.shown(row, by=caller.actor, at=caller.at)
    return {
        "frozen": _line(row), "is_newest": shown.is_newest, "is_sealed": shown.is_sealed, "units": [_unit(each) for each in shown.units],
        "cases": [{"ref": each.row.case, "number": each.row.number, "unit": each.row.unit, "marks": each.row.marks} for each in shown.rows],
        "hidden": shown.hidden,
        "differences": [
            fields_named(each, "number measure frozen now is_gone is_new") | {"ref": each.case} for each, _name in shown.differences
        ],
        "objections": [_objection(each) for each in shown.objections],
    }  # fmt: skip


def _unit(found: freezing.UnitFrozen) -> dict[str, Any]:
    rates = [
        fields_named(each.reading, "n part value lower upper caution")
        | {"measure": each.reading.code, "label": each.name, "threshold": each.threshold, "standing": each.standing}
        for each in found.readings
    ]
    name = found.unit.name if found.unit else "全部"
    return {"unit": found.unit.code if found.unit else None, "name": name, "rates": rates, "cases": found.cases}


def _objection(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref measure text raised_at decision decided_because decided_at")
    return told | {
        "unit": row.unit.code, "case": row.case.ref, "number": row.case.number, "into": row.into.ref if row.into else None,
    }  # fmt: skip
