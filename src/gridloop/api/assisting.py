"""Matters seen through for firms (代办/帮办) by the API: the matters, the orders with their materials, notices and steps, how long they take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named, timeline_entry
from gridloop.api.deeds import DeedsOn
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.shapes_solutions import (
    AssistFile,
    AssistFilter,
    AssistIn,
    AssistPage,
    AssistResultIn,
    MaterialNoticeIn,
    MaterialsIn,
    MatterIn,
    MatterList,
    MatterOut,
    RetiredOut,
    StepDoneIn,
    UsualTimes,
    WithdrawAssistIn,
)
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of
from gridloop.core import assist
from gridloop.offices.enterprise.actions import assisting as actions
from gridloop.offices.enterprise.queries import assisting
from gridloop.offices.enterprise.queries.solving import page_under

router = Router(tags=["代办"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
GUARDED = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH]}
MINUTE = timedelta(minutes=1)


@router.get("/assists", auth=doors(READ), response={200: AssistPage, SHUT: Problem}, summary="代办单列表")
def orders(
    request: CallerRequest, response: HttpResponse, wanted: AssistFilter = Query(...), after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The orders within the caller's scope, and those the caller has in hand, the newest first."""
    caller = request.auth
    must_read_firms(caller.actor)
    rows = page_under(assisting.orders(caller.actor, **wanted.model_dump()), after, size=size)
    return page_of_query(
        request, response, rows, size=size, key=lambda row: row.pk, told=lambda row: _line(row, caller)
    )


def _line(row: Any, caller: Caller) -> dict[str, Any]:
    told = fields_named(row, "ref rev state accepted_at finished_at result")
    return told | {
        "enterprise": row.enterprise.ref, "name": row.enterprise.name, "matter": row.matter.name, "helper": row.helper.name,
        "case": row.case.ref if row.case else None, "number": row.case.number if row.case else "",
        "missing": list(assist.missing(assisting.materials_of(row))), "taken": _span(assisting.taken(row, at=caller.at)),
    }  # fmt: skip


def _span(found: Any) -> dict[str, Any]:
    natural, working = found.span.natural, found.span.working
    told = {"natural_seconds": natural // MINUTE * 60, "working_seconds": working // MINUTE * 60}
    return told | fields_named(found, "natural working")


@router.get("/assists/matters", auth=doors(READ), response={200: MatterList, SHUT: Problem}, summary="代办事项")
def matters(request: CallerRequest, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """What can be seen through for firms, with its steps and materials."""
    must_read_firms(request.auth.actor)
    return {"items": [_matter(row) for row in assisting.matters(street_of(request.auth.actor, street))]}


def _matter(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref name steps materials is_example set_at")


@router.post(
    "/assists/matters", auth=doors(WRITE), response={201: MatterOut, WRITES: Problem}, summary="登记代办事项", openapi_extra=KEY_HEADER
)  # fmt: skip
def set_matter(request: CallerRequest, told: MatterIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The matter can be seen through from now on. Set by those who arrange."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        return _matter(actions.set_matter(by=caller.actor, at=caller.at, street=code, **told.model_dump()))

    return told_once(request, MatterOut, operation="POST matters", do=do, status=201)


@router.post(
    "/assists/matters/{ref}/retire", auth=doors(WRITE), response={200: RetiredOut, WRITES: Problem}, summary="停用代办事项",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def retire(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """No new order is opened for it; those in hand are seen through."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.retire_matter(by=caller.actor, at=caller.at, matter=ref)
        return {"ref": ref, "retired": True}

    return told_once(request, RetiredOut, operation=f"retire {ref}", do=do)


@router.get("/assists/times", auth=doors(READ), response={200: UsualTimes, SHUT: Problem}, summary="通常用时")
def times(request: CallerRequest) -> dict[str, Any]:
    """How long each matter takes, and the cases of firms by category: n, p50 and p90, natural and working time."""
    actor = request.auth.actor
    must_read_firms(actor)
    return {
        "matters": [_usual(each) for each in assisting.usual_of_matters(actor)],
        "cases": [_usual(each) for each in assisting.usual_of_cases(actor)],
        "most": assisting.MOST_SPANS,
    }


def _usual(found: Any) -> dict[str, Any]:
    spans = {
        f"{kind}_{name}": getattr(getattr(found, kind), name).total_seconds()
        for kind in ("natural", "working")
        for name in ("p50", "p90")
    }
    return fields_named(found, "key label n") | spans | {"words": list(found.shown)}


@router.post(
    "/assists", auth=doors(WRITE), response={201: AssistFile, WRITES: Problem}, summary="受理代办", openapi_extra=KEY_HEADER
)  # fmt: skip
def accept(request: CallerRequest, told: AssistIn) -> HttpResponse:
    """The firm's matter is accepted: time runs from here. What is missing is to be told at once."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _file(caller, actions.accept_order(by=caller.actor, at=caller.at, **told.model_dump()).ref)

    return told_once(request, AssistFile, operation="POST /assists", do=do, status=201)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    row = assisting.order(ref, by=caller.actor)
    notices = row.notices.select_related("given_by")
    return {
        "order": _line(row, caller), "materials": row.materials, "due": assisting.next_step(row),
        "steps": [_step(each) for each in row.steps.select_related("done_by")],
        "notices": [fields_named(each, "number missing how reason given_at") | {"given_by": each.given_by.name} for each in notices],
        "timeline": [timeline_entry(entry) for entry in assisting.history_of(row)],
    }  # fmt: skip


def _step(each: Any) -> dict[str, Any]:
    return fields_named(each, "number name done_at note") | {"done_by": each.done_by.name if each.done_by else ""}


@router.get("/assists/{ref}", auth=doors(READ), response={200: AssistFile, SHUT: Problem}, summary="一张代办单")
def order(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Its materials, what was told to be missing, its steps, how long it has taken, and everything that happened."""
    told = _file(request.auth, ref)
    shows_revision(request, told["order"]["rev"])
    return told


DEEDS = DeedsOn(kind="assist", argument="order", shape=AssistFile, found=assisting.order, file=_file)


@router.post(
    "/assists/{ref}/notice", auth=doors(WRITE), response={200: AssistFile, WRITES: Problem}, summary="一次性告知", openapi_extra=GUARDED
)  # fmt: skip
def notice(request: CallerRequest, ref: str, told: MaterialNoticeIn) -> HttpResponse:
    """The firm was told at once of everything that is missing; a second notice is refused to all but a supervisor with a reason."""
    return DEEDS.do(request, ref, "notice", actions.give_notice, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/assists/{ref}/materials", auth=doors(WRITE), response={200: AssistFile, WRITES: Problem}, summary="收到材料", openapi_extra=GUARDED
)  # fmt: skip
def take(request: CallerRequest, ref: str, told: MaterialsIn) -> HttpResponse:
    """These materials have come."""
    return DEEDS.do(request, ref, "materials", actions.take_material, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/assists/{ref}/steps", auth=doors(WRITE), response={200: AssistFile, WRITES: Problem}, summary="办完一步", openapi_extra=GUARDED
)  # fmt: skip
def do_step(request: CallerRequest, ref: str, told: StepDoneIn) -> HttpResponse:
    """The step is done; refused out of turn."""
    return DEEDS.do(request, ref, "step", actions.do_step, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/assists/{ref}/finish", auth=doors(WRITE), response={200: AssistFile, WRITES: Problem}, summary="代办办结", openapi_extra=GUARDED
)  # fmt: skip
def finish(request: CallerRequest, ref: str, told: AssistResultIn) -> HttpResponse:
    """It is done, and time stops; refused while a step is open or a required material is missing."""
    return DEEDS.do(request, ref, "finish", actions.finish_assist, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/assists/{ref}/withdraw", auth=doors(WRITE), response={200: AssistFile, WRITES: Problem}, summary="撤回代办", openapi_extra=GUARDED
)  # fmt: skip
def withdraw(request: CallerRequest, ref: str, told: WithdrawAssistIn) -> HttpResponse:
    """The firm no longer wants it, or it cannot be had."""
    return DEEDS.do(request, ref, "withdraw", actions.withdraw_assist, told.model_dump(exclude={"rev"}), rev=told.rev)
