"""Indicators by the API (指标): a period's figures and standings, the rows behind a number, telling, correcting, checking, defining."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.answers_firms import yuan
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_indicators import (
    PERIOD,
    CheckIn,
    DefinitionIn,
    DefinitionOut,
    FigureFile,
    IndicatorFile,
    IndicatorsOut,
    ReadingIn,
    SourceIn,
    StandingIn,
    StreetStandingOut,
)
from gridloop.api.tokens import READ, SETUP, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.core.period import Period
from gridloop.offices.indicators import actions, queries
from gridloop.offices.indicators.computed import MOST_ROWS, Computed, compute, compute_all, is_computed

router = Router(tags=["指标"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
Code = Annotated[str, Path(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")]
Asked = Annotated[str, Query(max_length=24, description=f"{PERIOD};默认最近登记过的一期")]


@router.get("/indicators", auth=doors(READ), response={200: IndicatorsOut, SHUT: Problem}, summary="一期指标")
def indicators(request: CallerRequest, period: Asked = "", street: str = Query("", max_length=80)) -> dict[str, Any]:
    """What was published for the period, what our rows say of it, and where others placed the street."""
    caller = request.auth
    code = street_of(caller.actor, street)
    asked = period_asked(caller, code, period)
    return {
        "period": asked.code,
        "readings": [
            figure_told(row) for row in queries.readings_of_period(caller.actor, street=code, period=asked.code)
        ],
        "computed": [
            computed_told(each) for each in compute_all(by=caller.actor, street=code, period=asked, at=caller.at)
        ],
        "standings": [standing_told(row) for row in queries.standings(caller.actor, street=code)],
        "definitions": [_definition(row) for row in queries.definitions(code)],
    }


def period_asked(caller: Caller, street: str, asked: str) -> Period:
    """The period asked for; the newest that was told, else this quarter. Raises WrongInput for one that is none."""
    if asked:
        return Period.parse(asked)
    told = queries.periods_told(caller.actor, street=street)
    return told[0] if told else Period.of("quarter", today_of(caller, street))


def figure_told(shown: queries.ReadingShown) -> dict[str, Any]:
    """A published figure with its doubts."""
    row = shown.reading
    names = "ref code period unit issuer document issued_on told_at reason checked_at checked_note"
    sums = {"value": row.value, "base": shown.base, "growth": row.growth, "computed": shown.computed}
    return (
        fields_named(row, names)
        | {name: None if value is None else f"{value.normalize():f}" for name, value in sums.items()}
        | {"name": row.definition.name, "base_from": shown.base_from, "doubts": shown.doubts}
    )


def computed_told(found: Computed) -> dict[str, Any]:
    """A number of our own with its n and interval."""
    told = fields_named(found.reading, "kind value n part lower upper caution")
    length = None if found.length is None else int(found.length.total_seconds())
    return told | fields_named(found, "code name basis") | {"amount": yuan(found.amount), "seconds": length}


def standing_told(row: Any) -> dict[str, Any]:
    """Where others placed the street."""
    return fields_named(row, "ref about period stood among area issuer document issued_on")


def _definition(row: Any) -> dict[str, Any]:
    return fields_named(row, "code version name kind unit basis source valid_from")


@router.get("/indicators/{code}", auth=doors(READ), response={200: IndicatorFile, SHUT: Problem}, summary="一个指标")
def indicator(
    request: CallerRequest, code: Code, period: Asked = "", street: str = Query("", max_length=80)
) -> dict[str, Any]:
    """The rows behind a computed number, each to be looked at; of a published one its versions and its series."""
    caller = request.auth
    where = street_of(caller.actor, street)
    asked = period_asked(caller, where, period)
    if is_computed(code, street=where):
        found = compute(code, by=caller.actor, street=where, period=asked, at=caller.at)
        rows = [fields_named(row, "subject label detail counts") for row in found.rows[:MOST_ROWS]]
        left = len(found.rows) - len(rows)
        told = {"computed": computed_told(found), "rows": rows, "rows_left_out": left, "definitions": [], "series": []}
    else:
        queries.definition(where, code)
        told = {
            "computed": None, "rows": [], "rows_left_out": 0,
            "definitions": [_definition(row) for row in queries.versions_of(where, code)],
            "series": [figure_told(row) for row in queries.series_of(caller.actor, street=where, code=code)],
        }  # fmt: skip
    return {"code": code, "period": asked.code} | told


@router.post(
    "/indicators", auth=doors(SETUP), response={201: DefinitionOut, WRITES: Problem}, summary="定义指标", openapi_extra=KEY_HEADER
)  # fmt: skip
def define(request: CallerRequest, told: DefinitionIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The code means this from now on; figures told before keep the version they were told under."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        return _definition(actions.define(by=caller.actor, at=caller.at, street=code, **told.model_dump()))

    return told_once(request, DefinitionOut, operation="POST /indicators", do=do, status=201)


@router.post(
    "/readings", auth=doors(WRITE), response={201: FigureFile, WRITES: Problem}, summary="登记或更正读数", openapi_extra=KEY_HEADER
)  # fmt: skip
def tell_reading(request: CallerRequest, told: ReadingIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The figure stands as it was published; where one stood before, it is corrected with a reason."""
    caller = request.auth
    code = street_of(caller.actor, street)
    sums = {name: Decimal(said) if (said := getattr(told, name)) else None for name in ("base", "growth")}

    def do() -> dict[str, Any]:
        row = actions.tell_reading(
            by=caller.actor, at=caller.at, street=code, source=_source(told), value=Decimal(told.value), **sums,
            **{name: getattr(told, name) for name in ("code", "period", "unit", "reason")},
        )  # fmt: skip
        return _file(caller, row.ref)

    return told_once(request, FigureFile, operation="POST /readings", do=do, status=201)


def _source(told: SourceIn) -> actions.Source:
    return actions.Source(told.issuer, told.document, told.issued_on)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    row = queries.reading(ref, by=caller.actor)
    before = [
        fields_named(each, "ref unit issuer document told_at corrected_at") | {"value": f"{each.value.normalize():f}"}
        for each in queries.corrected_before(row)
        if each.pk != row.pk
    ]
    return {"figure": figure_told(queries.shown(row)), "before": before}


@router.get("/readings/{ref}", auth=doors(READ), response={200: FigureFile, SHUT: Problem}, summary="一个读数")
def reading(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One published figure with its doubts, and what stood there before."""
    return _file(request.auth, ref)


@router.post(
    "/readings/{ref}/check", auth=doors(WRITE), response={200: FigureFile, WRITES: Problem}, summary="核对读数", openapi_extra=KEY_HEADER
)  # fmt: skip
def check_reading(request: CallerRequest, ref: str, told: CheckIn) -> HttpResponse:
    """Somebody held the figure against its source and says what they found; the figure itself stays."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.check_reading(by=caller.actor, at=caller.at, reading_ref=ref, note=told.note)
        return _file(caller, ref)

    return told_once(request, FigureFile, operation=f"check {ref}", do=do)


@router.post(
    "/standings", auth=doors(WRITE), response={201: StreetStandingOut, WRITES: Problem}, summary="登记名次", openapi_extra=KEY_HEADER
)  # fmt: skip
def note_standing(request: CallerRequest, told: StandingIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """Where the street was placed by somebody else's document."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        said = {name: getattr(told, name) for name in ("about", "period", "stood", "among", "area")}
        return standing_told(
            actions.note_standing(by=caller.actor, at=caller.at, street=code, source=_source(told), **said)
        )

    return told_once(request, StreetStandingOut, operation="POST /standings", do=do, status=201)
