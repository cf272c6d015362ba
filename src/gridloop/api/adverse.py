"""Adverse factors (不利因素) on the problem of a firm, by the API: what is on it, what the street offers, and putting them on or taking them off."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem, Told
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors
from gridloop.offices.cases.actions.adverse import tag_factors
from gridloop.offices.cases.queries.adverse import factors_of, may_tag, offered_factors
from gridloop.offices.cases.queries.finding import scoped_case

router = Router(tags=["事项"])
UNSEEN = frozenset({401, 403, 404})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
FactorCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,19}$")]


class FactorOut(Schema):
    code: str
    name: str


class FactorTagged(FactorOut):
    """``name`` as it was called when it was put on."""

    tagged_by: str
    tagged_at: datetime


class FactorsFile(Schema):
    items: list[FactorTagged]
    offered: list[FactorOut] = Field(description="街道清单里现在能标的")
    may_tag: bool


class FactorsIn(Told):
    """Exactly these are on the case afterwards; an empty list takes all off."""

    factors: list[FactorCode] = Field(max_length=40)


@router.get("/cases/{ref}/factors", auth=doors(READ), response={200: FactorsFile, UNSEEN: Problem}, summary="不利因素")
def factors(request: CallerRequest, ref: str) -> dict[str, Any]:
    """What weighs on the firm, as people tagged it; by category it is counted elsewhere."""
    return _file(request.auth, ref)


@router.post(
    "/cases/{ref}/factors", auth=doors(WRITE), response={200: FactorsFile, WRITES: Problem}, summary="标注不利因素", openapi_extra=KEY_HEADER
)  # fmt: skip
def tag(request: CallerRequest, ref: str, told: FactorsIn) -> HttpResponse:
    """Exactly these factors are on the case; who and when stands in the ledger. By whoever took it in, classifies or handles it."""
    caller = request.auth

    def do() -> dict[str, Any]:
        tag_factors(by=caller.actor, at=caller.at, case=ref, factors=told.factors)
        return _file(caller, ref)

    return told_once(request, FactorsFile, operation=f"factors {ref}", do=do)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    case = scoped_case(ref, by=caller.actor)
    offered = [{"code": code, "name": name} for code, name in offered_factors(case.street).items()]
    return {"items": factors_of(case), "offered": offered, "may_tag": may_tag(caller.actor, case)}
