"""Serving firms by the API: the teams and their members' loads; legal consults, on-site orders and promises, step by step."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import After, Size, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firm_places import Over
from gridloop.api.shapes_pairing import (
    BookIn,
    ConfirmOrderIn,
    ConsultIn,
    ConsultList,
    ConsultOut,
    ConsultReplyIn,
    LoadList,
    MemberIn,
    MemberOut,
    OrderIn,
    OrderList,
    OrderOut,
    PromiseIn,
    PromiseList,
    PromiseOut,
    ResultIn,
    SettleIn,
    TeamFile,
    TeamIn,
    TeamLine,
    TeamList,
)
from gridloop.api.shapes_registers import BecauseIn
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors, street_of, today_of
from gridloop.core.firm_access import may_arrange
from gridloop.offices.enterprise.actions import serving as actions
from gridloop.offices.enterprise.actions import teams as joining
from gridloop.offices.enterprise.queries import serving, teams
from gridloop.offices.enterprise.queries.words import MEMBER_KINDS

router = Router(tags=["服务企业"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


# -- teams -------------------------------------------------------------------------------------------------------------


@router.get("/teams", auth=doors(READ), response={200: TeamList, SHUT: Problem}, summary="服务团队")
def team_list(request: CallerRequest, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """The teams of the street, each with how many people of each kind."""
    must_read_firms(request.auth.actor)
    found = teams.teams_of(street_of(request.auth.actor, street))
    members = teams.members_of(found)
    return {"items": [_team(row, [each for each in members if each.team_id == row.pk]) for row in found]}


def _team(row: Any, members: list[Any]) -> dict[str, Any]:
    people = {kind: len({each.person_id for each in members if each.kind == kind}) for kind in MEMBER_KINDS}
    told = fields_named(row, "ref kind name founded_at")
    return told | {"people": {kind: number for kind, number in people.items() if number}}


@router.post(
    "/teams", auth=doors(WRITE), response={201: TeamLine, WRITES: Problem}, summary="建立服务团队", openapi_extra=KEY_HEADER
)  # fmt: skip
def found_team(request: CallerRequest, told: TeamIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The team exists, without members yet."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        return _team(joining.found_team(by=caller.actor, at=caller.at, street=code, **told.model_dump()), [])

    return told_once(request, TeamLine, operation="POST /teams", do=do, status=201)


@router.get("/teams/loads", auth=doors(READ), response={200: LoadList, SHUT: Problem}, summary="团队成员在手的事")
def loads(request: CallerRequest, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """What each member has in hand, for those who arrange; one's own for everybody else."""
    actor = request.auth.actor
    must_read_firms(actor)
    code = street_of(actor, street)
    if may_arrange(actor, code):
        found = teams.loads(code)
    else:
        found = teams.loads(code, only=actor.person_id) if actor.person_id else []
    return {"items": [_load(each) for each in found]}


def _load(found: teams.Load) -> dict[str, Any]:
    told = fields_named(found, "pairings cases consults orders promises")
    return told | {"person": found.person.name, "kinds": list(found.kinds), "places": list(found.places)}


@router.get("/teams/{ref}", auth=doors(READ), response={200: TeamFile, SHUT: Problem}, summary="一个服务团队")
def team(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The team with its present members."""
    must_read_firms(request.auth.actor)
    found = teams.team(ref, by=request.auth.actor)
    members = teams.members_of([found])
    return {"team": _team(found, members), "members": [_member(row) for row in members]}


def _member(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref kind place starts_at")
    return told | {"person": row.person.name, "unit": row.person.unit.name}


@router.post(
    "/teams/{ref}/members", auth=doors(WRITE), response={201: MemberOut, WRITES: Problem}, summary="加入服务团队",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def join_team(request: CallerRequest, ref: str, told: MemberIn) -> HttpResponse:
    """The person serves in the team from now on, for the grid or for the whole street."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _member(joining.join_team(by=caller.actor, at=caller.at, team=ref, **told.model_dump()))

    return told_once(request, MemberOut, operation=f"join {ref}", do=do, status=201)


@router.post(
    "/members/{ref}/leave", auth=doors(WRITE), response={200: Over, WRITES: Problem}, summary="离开服务团队", openapi_extra=KEY_HEADER
)  # fmt: skip
def leave_team(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """The person no longer serves in the team."""
    caller = request.auth

    def do() -> dict[str, Any]:
        joining.leave_team(by=caller.actor, at=caller.at, member=ref, reason=told.reason)
        return {"ref": ref}

    return told_once(request, Over, operation=f"leave {ref}", do=do)


# -- consults ----------------------------------------------------------------------------------------------------------


@router.get("/consults", auth=doors(READ), response={200: ConsultList, SHUT: Problem}, summary="法律咨询")
def consults(
    request: CallerRequest, response: HttpResponse, state: Literal["open", "mine", "replied"] = "open", after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The queue, the oldest open one first: open, mine or replied (the latest first)."""
    must_read_firms(request.auth.actor)
    order = serving.order_of_consults(state)
    rows = order.page(serving.consults(request.auth.actor, state=state), after=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=order.key, told=_consult)


def _consult(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref question asked_at taken_at reply replied_at")
    return told | _of_firm(row) | {"officer": row.officer.name if row.officer else ""}


def _of_firm(row: Any) -> dict[str, Any]:
    return {"enterprise": row.enterprise.ref, "name": row.enterprise.name}


@router.post(
    "/enterprises/{ref}/consults", auth=doors(WRITE), response={201: ConsultOut, WRITES: Problem}, summary="提法律咨询",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def ask_law(request: CallerRequest, ref: str, told: ConsultIn) -> HttpResponse:
    """The question waits in the queue of the legal officers."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _consult(actions.ask_law(by=caller.actor, at=caller.at, enterprise=ref, question=told.question))

    return told_once(request, ConsultOut, operation=f"ask law {ref}", do=do, status=201)


@router.post(
    "/consults/{ref}/take", auth=doors(WRITE), response={200: ConsultOut, WRITES: Problem}, summary="接办法律咨询",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def take_consult(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """The caller, a legal officer, has taken it on."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.take_consult(by=caller.actor, at=caller.at, consult=ref)
        return _consult(serving.consult(ref, by=caller.actor))

    return told_once(request, ConsultOut, operation=f"take {ref}", do=do)


@router.post(
    "/consults/{ref}/reply", auth=doors(WRITE), response={200: ConsultOut, WRITES: Problem}, summary="答复法律咨询",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def reply_law(request: CallerRequest, ref: str, told: ConsultReplyIn) -> HttpResponse:
    """The firm has its reply, once."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.reply_law(by=caller.actor, at=caller.at, consult=ref, reply=told.reply)
        return _consult(serving.consult(ref, by=caller.actor))

    return told_once(request, ConsultOut, operation=f"reply {ref}", do=do)


# -- orders ------------------------------------------------------------------------------------------------------------


@router.get("/orders", auth=doors(READ), response={200: OrderList, SHUT: Problem}, summary="上门服务")
def orders(
    request: CallerRequest, response: HttpResponse, state: Literal["open", "confirmed", "cancelled"] = "open", after: After = "",
    size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """On-site orders, those without a time first, the booked ones by their time."""
    must_read_firms(request.auth.actor)
    rows = serving.BY_BOOKING.page(serving.orders(request.auth.actor, state=state), after=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=serving.BY_BOOKING.key, told=_order)


def _order(row: Any) -> dict[str, Any]:
    names = "ref service wanted state ordered_at booked_for done_at result confirmed_at confirmed_how reworks cancelled_because"
    told = fields_named(row, names) | _of_firm(row)
    return told | {"team": row.team.name, "officer": row.officer.name if row.officer else ""}


@router.post(
    "/enterprises/{ref}/orders", auth=doors(WRITE), response={201: OrderOut, WRITES: Problem}, summary="预约上门服务",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def order_service(request: CallerRequest, ref: str, told: OrderIn) -> HttpResponse:
    """The order waits for the team to agree on a time."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _order(actions.order_service(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump()))

    return told_once(request, OrderOut, operation=f"order {ref}", do=do, status=201)


def _order_step(request: CallerRequest, ref: str, name: str, action: Any, told: dict[str, Any]) -> HttpResponse:
    caller = request.auth

    def do() -> dict[str, Any]:
        action(by=caller.actor, at=caller.at, order=ref, **told)
        return _order(serving.order(ref, by=caller.actor))

    return told_once(request, OrderOut, operation=f"{name} {ref}", do=do)


@router.post(
    "/orders/{ref}/book", auth=doors(WRITE), response={200: OrderOut, WRITES: Problem}, summary="约定上门时间", openapi_extra=KEY_HEADER
)  # fmt: skip
def book_order(request: CallerRequest, ref: str, told: BookIn) -> HttpResponse:
    """A member of the team comes at that time; booking again moves it."""
    return _order_step(request, ref, "book", actions.book_order, told.model_dump())


@router.post(
    "/orders/{ref}/finish", auth=doors(WRITE), response={200: OrderOut, WRITES: Problem}, summary="已上门", openapi_extra=KEY_HEADER
)  # fmt: skip
def finish_order(request: CallerRequest, ref: str, told: ResultIn) -> HttpResponse:
    """The officer was there; it counts once the firm confirms it."""
    return _order_step(request, ref, "finish", actions.finish_order, told.model_dump())


@router.post(
    "/orders/{ref}/confirm", auth=doors(WRITE), response={200: OrderOut, WRITES: Problem}, summary="企业确认", openapi_extra=KEY_HEADER
)  # fmt: skip
def confirm_order(request: CallerRequest, ref: str, told: ConfirmOrderIn) -> HttpResponse:
    """The firm says whether it was done; never told by the officer who went."""
    return _order_step(request, ref, "confirm", actions.confirm_order, told.model_dump())


@router.post(
    "/orders/{ref}/cancel", auth=doors(WRITE), response={200: OrderOut, WRITES: Problem}, summary="取消上门服务", openapi_extra=KEY_HEADER
)  # fmt: skip
def cancel_order(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """The order is off."""
    return _order_step(request, ref, "cancel", actions.cancel_order, told.model_dump())


# -- promises ----------------------------------------------------------------------------------------------------------


@router.get("/promises", auth=doors(READ), response={200: PromiseList, SHUT: Problem}, summary="承诺")
def promises(
    request: CallerRequest, response: HttpResponse, state: Literal["open", "kept", "broken"] = "open", after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The log, the nearest day first (settled ones: the latest), with 承诺兑现 n/m counted from all rows."""
    actor = request.auth.actor
    must_read_firms(actor)
    counted = serving.promise_count(actor, on=today_of(request.auth, actor.street))
    order = serving.order_of_promises(state)
    rows = order.page(serving.promises(actor, state=state), after=after, size=size + 1)
    page = page_of_query(request, response, rows, size=size, key=order.key, told=_promise)
    return page | fields_named(counted, "kept in_time due waiting")


def _promise(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref text promised_at due_on settled_at kept outcome")
    return told | _of_firm(row) | {"person": row.person.name}


@router.post(
    "/enterprises/{ref}/promises", auth=doors(WRITE), response={201: PromiseOut, WRITES: Problem}, summary="记一条承诺",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def promise(request: CallerRequest, ref: str, told: PromiseIn) -> HttpResponse:
    """What was promised stands with its day."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _promise(actions.promise(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump()))

    return told_once(request, PromiseOut, operation=f"promise {ref}", do=do, status=201)


@router.post(
    "/promises/{ref}/settle", auth=doors(WRITE), response={200: PromiseOut, WRITES: Problem}, summary="承诺兑现与否",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def settle_promise(request: CallerRequest, ref: str, told: SettleIn) -> HttpResponse:
    """It was kept, or it was not, and why; once."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.settle_promise(by=caller.actor, at=caller.at, promise=ref, **told.model_dump())
        return _promise(serving.promise(ref, by=caller.actor))

    return told_once(request, PromiseOut, operation=f"settle {ref}", do=do)
