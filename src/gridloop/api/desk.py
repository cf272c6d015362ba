"""What a person has before them: who they are here, the desk, the notices and the channels through which they are told."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Status

from gridloop.api import answers, answers_setup
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.shapes import Problem
from gridloop.api.shapes_desk import ChannelIn, ChannelList, ChannelOut, DeskOut, Me, NoticePage, Seen
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors, person_of
from gridloop.offices.cases.queries import pages
from gridloop.offices.notices import queries as notices
from gridloop.offices.notices.actions import add_channel, close_channel, note_seen
from gridloop.offices.organisation import queries as organisation

router = Router(tags=["工作台"])
SHUT = frozenset({401, 403})


@router.get("/me", auth=doors(READ), response={200: Me, SHUT: Problem}, summary="我是谁")
def me(request: CallerRequest) -> dict[str, Any]:
    """The caller, the posts held at this moment (delegations included) and the token's scopes."""
    actor = request.auth.actor
    return {
        "kind": actor.kind, "name": actor.name, "street": actor.street, "street_name": organisation.street(actor.street).name,
        "scopes": None if actor.token_scopes is None else sorted(actor.token_scopes),
        "posts": [answers_setup.post_held(post) for post in actor.posts],
    }  # fmt: skip


@router.get("/desk", auth=doors(READ), response={200: DeskOut, SHUT: Problem}, summary="我的工作台")
def desk(request: CallerRequest) -> dict[str, Any]:
    """What waits for the caller now: the piles of the console's desk, at most 20 on each."""
    found = pages.desk(request.auth.actor, at=request.auth.at)
    piles = ("to_do", "due_soon", "came_back", "to_grade", "to_verify", "gaps", "overdue", "mine")
    return {
        **{pile: [answers.case_in_short(case) for case in getattr(found, pile)] for pile in piles},
        **{
            pile: [answers.case_in_short(each.case) for each in getattr(found, pile)]
            for pile in ("to_answer", "to_rule", "to_inspect")
        },
        "outside": [answers_setup.outside_task(each) for each in found.outside],
        "decisions": [answers_setup.decision_task(each) for each in found.decisions],
        "to_approve": [answers_setup.waiting_request(each) for each in found.to_approve],
        "new_notices": notices.count_new(request.auth.actor),
    }


@router.get("/notices", auth=doors(READ), response={200: NoticePage, SHUT | {422}: Problem}, summary="我的通知")
def list_notices(
    request: CallerRequest,
    response: HttpResponse,
    after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(30, ge=1, le=100),
) -> dict[str, Any]:
    """The caller's own notices, newest first."""
    actor = request.auth.actor
    rows = notices.notices_before(actor, before=after, limit=size + 1)
    page = page_of_query(request, response, rows, size=size, key=lambda row: row.pk, told=answers_setup.notice)
    return page | {"new": notices.count_new(actor)}


@router.post("/notices/seen", auth=doors(READ), response={200: Seen, SHUT: Problem}, summary="通知已看过")
def seen(request: CallerRequest) -> dict[str, int]:
    """The caller's notices no longer count as new. Nobody else can see this: there are no read receipts."""
    return {"seen": note_seen(by=request.auth.actor, at=request.auth.at)}


@router.get("/channels", auth=doors(READ), response={200: ChannelList, SHUT: Problem}, summary="我的通知渠道")
def channels(request: CallerRequest) -> dict[str, Any]:
    """Where the caller is told besides the console; addresses are not told."""
    return {"items": [answers_setup.channel(row) for row in notices.channels_of(request.auth.actor)]}


@router.post(
    "/channels",
    auth=doors(WRITE),
    response={201: ChannelOut, SHUT | {400, 404, 415, 422}: Problem},
    summary="增加通知渠道",
)
def add(request: CallerRequest, told: ChannelIn) -> Status[dict[str, Any]]:
    """The caller is also told through this channel."""
    caller = request.auth
    person = person_of(caller.actor)
    made = add_channel(
        by=caller.actor, at=caller.at, person=person, kind=told.kind, address=told.address, as_digest=told.as_digest
    )
    return Status(201, answers_setup.channel(made))


@router.delete(
    "/channels/{ref}", auth=doors(WRITE), response={204: None, SHUT | {404}: Problem}, summary="停用通知渠道"
)
def close(request: CallerRequest, ref: str) -> Status[None]:
    """The caller is no longer told through this channel."""
    close_channel(by=request.auth.actor, at=request.auth.at, channel=ref)
    return Status(204, None)
