"""Change-sets by the API: drafted by one person, read with their differences, published by a second, rolled back by a further one.

Nothing here decides who may do what: ``changesets.actions`` does, by the one table in ``core.changes``; a drafter's own token is barred from
publishing as the drafter is. A verb may say ``If-Match``; publishing always names the revision that was read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from gridloop.api import answers_changes as answers
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.revisions import IF_MATCH, must_match, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_changes import (
    ChangeSetFile,
    ChangeSetPage,
    ChangeState,
    PublishIn,
    ReasonIn,
    SendBackIn,
    SubmitIn,
    TakeOutIn,
)
from gridloop.api.tokens import READ, SETUP, Caller, CallerRequest, doors, street_of
from gridloop.core.errors import WrongInput
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets import actions, queries

router = Router(tags=["变更单"])
REFUSALS = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
MOST_YEARS_AHEAD = 3
BOTH_HEADERS = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH | {"description": "只在变更单仍是这一版时办理:GET 给出的 ETag;已变则 412。"}]}  # fmt: skip


@router.get("/change-sets", auth=doors(READ), response={200: ChangeSetPage, REFUSALS: Problem}, summary="变更单")
def change_sets(
    request: CallerRequest, response: HttpResponse, state: ChangeState | None = None, street: str = "",
    after: int = Query(0, ge=0, le=LARGEST_KEY), size: int = Query(50, ge=1, le=100),
) -> dict[str, Any]:  # fmt: skip
    """The street's change-sets, the newest first."""
    code = street_of(request.auth.actor, street)
    rows = queries.change_sets(code, states=(state,) if state else (), before=after, limit=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.pk, told=answers.change_set)


@router.get(
    "/change-sets/{ref}", auth=doors(READ), response={200: ChangeSetFile, REFUSALS: Problem}, summary="一张变更单"
)
def change_set(request: CallerRequest, ref: str, street: str = "") -> dict[str, Any]:
    """What it would change, row by row and from what to what; what would be wrong; what it would move; what the caller may do."""
    caller = request.auth
    found = queries.change_set(street_of(caller.actor, street), ref)
    shows_revision(request, found.rev)
    return answers.change_set_file(found, by=caller.actor, at=caller.at)


def change_set_told(street: str, ref: str, caller: Caller) -> dict[str, Any]:
    """The change-set as it is after a deed, as JSON can say it."""
    told = answers.change_set_file(queries.change_set(street, ref), by=caller.actor, at=caller.at)
    return ChangeSetFile.model_validate(told).model_dump(mode="json")


Do = Callable[..., Any]


def _verb(request: HttpRequest, caller: Caller, ref: str, street: str, *, action: Do, **told: Any) -> HttpResponse:
    """The verb is done once for the request's key, to the revision that If-Match names."""
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        must_match(request, str(queries.change_set(code, ref).rev))
        done = action(by=caller.actor, at=caller.at, street=code, change_set=ref, **told)
        return change_set_told(code, done.ref, caller)

    return answered_once(request, caller=caller, operation=f"{action.__name__} {ref}", do=do)


def _door(verb: str, summary: str) -> Callable[[Do], Do]:
    """The address of one verb."""
    return router.post(
        f"/change-sets/{{ref}}/{verb}", auth=doors(SETUP), response={200: ChangeSetFile, WRITES: Problem}, summary=summary,
        openapi_extra=BOTH_HEADERS,
    )  # fmt: skip


@_door("submit", "提交核对")
def submit(request: CallerRequest, ref: str, told: SubmitIn, street: str = "") -> HttpResponse:
    """The draft waits for a second person. Refused, with the findings, when it would not hold."""
    caller = request.auth
    starts = _beginning_of(told.effective_on, street_of(caller.actor, street), at=caller.at)
    return _verb(request, caller, ref, street, action=actions.submit, title=told.title, effective_at=starts)


def _beginning_of(on: date | None, street: str, *, at: datetime) -> datetime | None:
    """Midnight at the beginning of that day in the street; None for at once. Raises WrongInput."""
    if on is None:
        return None
    zone = ZoneInfo(organisation.street(street).zone)
    today = at.astimezone(zone).date()
    if not today <= on <= today.replace(year=today.year + MOST_YEARS_AHEAD, day=1):
        raise WrongInput(
            "api.day_out_of_range", "生效日期要在今天以后、三年以内;请改正,或不写表示发布即生效。", field="effective_on"
        )
    return None if on == today else datetime.combine(on, time(), tzinfo=zone)


@_door("publish", "发布")
def publish(request: CallerRequest, ref: str, told: PublishIn, street: str = "") -> HttpResponse:
    """In force at once or from its date on. Never by who drafted it; the findings are told when it does not hold."""
    return _verb(
        request, request.auth, ref, street, action=actions.publish, rev=told.rev, accept_warnings=told.accept_warnings
    )


@_door("send-back", "退回起草人")
def send_back(request: CallerRequest, ref: str, told: SendBackIn, street: str = "") -> HttpResponse:
    """A draft again, with what is to be mended."""
    return _verb(request, request.auth, ref, street, action=actions.send_back, reason=told.reason)


@_door("discard", "作废")
def discard(request: CallerRequest, ref: str, told: ReasonIn, street: str = "") -> HttpResponse:
    """It will never take effect."""
    return _verb(request, request.auth, ref, street, action=actions.discard, reason=told.reason)


@_door("roll-back", "回退")
def roll_back(request: CallerRequest, ref: str, told: ReasonIn, street: str = "") -> HttpResponse:
    """A new change-set that takes this one back, which a second person must publish; it is what is answered."""
    return _verb(request, request.auth, ref, street, action=actions.roll_back, reason=told.reason)


@_door("take-out", "移出一行")
def take_out(request: CallerRequest, ref: str, told: TakeOutIn, street: str = "") -> HttpResponse:
    """The draft no longer changes this row."""
    return _verb(request, request.auth, ref, street, action=actions.take_out, chapter=told.chapter, key=told.key)
