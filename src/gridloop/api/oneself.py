"""About oneself, by the API: where one is signed in, and who stands in while one is on leave."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status

from gridloop.api.answers import fields_named
from gridloop.api.keeping import standing
from gridloop.api.shapes import Problem
from gridloop.api.shapes_registers import Ended, LeaveFile, LeaveIn, SessionList
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors
from gridloop.offices.organisation.accounts import actions, queries
from gridloop.offices.organisation.accounts.actions.leave import Leave
from gridloop.offices.organisation.accounts.queries import SIGN_IN

router = Router(tags=["我的账号"])
SHUT = frozenset({401, 403, 404})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


def _here(request: CallerRequest) -> str:
    """The ref of the session that asks; empty for a token, which is none."""
    return str(request.session.get(SIGN_IN, "")) if request.auth.actor.kind == "person" else ""


@router.get("/me/sessions", auth=doors(READ), response={200: SessionList, SHUT: Problem}, summary="我的登录")
def sessions(request: CallerRequest) -> dict[str, Any]:
    """Where the person is signed in now, the newest first: device and network, no address."""
    caller = request.auth
    rows = queries.sessions(queries.own_account(caller.actor), here=_here(request), at=caller.at)
    return {"items": [fields_named(row, "ref device origin method since seen_at is_here") for row in rows]}


@router.post(
    "/me/sessions/end-others", auth=doors(WRITE), response={200: Ended, WRITES: Problem}, summary="结束其他登录"
)
def end_others(request: CallerRequest, told: NothingIn) -> dict[str, Any]:
    """Every session of the person but the asking one is over; asked with a token, every one."""
    caller = request.auth
    account = queries.own_account(caller.actor)
    return {"ended": actions.end_other_sign_ins(at=caller.at, account=account, keep=_here(request))}


@router.delete("/me/sessions/{ref}", auth=doors(WRITE), response={204: None, SHUT: Problem}, summary="结束一次登录")
def end_session(request: CallerRequest, ref: str) -> Status[None]:
    """That session is over."""
    caller = request.auth
    actions.end_own_sign_in(at=caller.at, account=queries.own_account(caller.actor), sign_in=ref)
    return Status(204, None)


@router.get("/me/leave", auth=doors(READ), response={200: LeaveFile, SHUT: Problem}, summary="请假代理")
def leave(request: CallerRequest) -> dict[str, Any]:
    """The person's posts, the delegations given and taken, and whom one may choose to stand in."""
    return _file(request.auth)


def _file(caller: Caller) -> dict[str, Any]:
    found = queries.leaves(caller.actor, at=caller.at)
    return {
        "standings": [standing(each) for each in queries.standings(caller.actor.person_id, at=caller.at)],
        "leaves": [fields_named(each, "ref post holder to reason starts_at ends_at state") for each in found],
        "people": [{"ref": ref, "name": name} for ref, name in queries.may_stand_in(caller.actor, at=caller.at)],
    }


@router.post("/me/leave", auth=doors(WRITE), response={200: LeaveFile, WRITES: Problem}, summary="请人代理")
def take_leave(request: CallerRequest, told: LeaveIn) -> dict[str, Any]:
    """The other person stands in on these posts in this time; the ledger names both in whatever is done so."""
    caller = request.auth
    wanted = Leave(told.holdings, told.to, told.first_on, told.last_on, told.reason)
    actions.take_leave(by=caller.actor, at=caller.at, leave=wanted)
    return _file(caller)


@router.post("/me/leave/{ref}/end", auth=doors(WRITE), response={200: LeaveFile, WRITES: Problem}, summary="结束代理")
def end_leave(request: CallerRequest, ref: str, told: NothingIn) -> dict[str, Any]:
    """Back, or not going: the stand-in's time is over."""
    caller = request.auth
    actions.end_leave(by=caller.actor, at=caller.at, delegation=ref)
    return _file(caller)
