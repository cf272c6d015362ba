"""Webhooks by the API: subscribing programs of the street to events, watching what was sent, sending again.

For those who set up the street, with a token of ``setup:write``. Secrets are told once, when they are made.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Status

from gridloop.api import answers_setup as answers
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.revisions import IF_MATCH, seen, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.shapes_webhooks import (
    DeliveryOut,
    DeliveryPage,
    EventList,
    WebhookChange,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookSecret,
)
from gridloop.api.tokens import READ, SETUP, CallerRequest, doors
from gridloop.offices.notices.webhooks import actions, queries
from gridloop.offices.notices.webhooks.events import EVENTS

router = Router(tags=["网络钩子"])
READS = frozenset({401, 403, 404})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 415, 422, 429})
ONLY_IF = {"parameters": [IF_MATCH | {"description": "只在仍是这一版时改:GET 给出的 ETag,或只写版本号;已被别人改过则 412。"}]}  # fmt: skip


@router.get(
    "/webhooks/events", auth=doors(READ), response={200: EventList, frozenset({401, 403}): Problem}, summary="事件表"
)
def events(request: CallerRequest) -> dict[str, Any]:
    """Everything that a program can be told of."""
    return {"items": [{"kind": kind, "label": label} for kind, label in EVENTS.items()]}


@router.get(
    "/webhooks", auth=doors(SETUP), response={200: WebhookList, frozenset({401, 403}): Problem}, summary="网络钩子"
)
def webhooks(request: CallerRequest) -> dict[str, Any]:
    """The street's subscriptions, the newest first; at most twenty."""
    actor = request.auth.actor
    return {"items": [answers.webhook(row) for row in queries.webhooks(actor.street, by=actor)]}


@router.post(
    "/webhooks",
    auth=doors(SETUP),
    response={201: WebhookSecret, WRITES - {412}: Problem},
    summary="订阅",
    openapi_extra=KEY_HEADER,
)
def add(request: CallerRequest, told: WebhookIn) -> HttpResponse:
    """The program is told of these events from now on. The answer holds the secret, this once."""
    caller = request.auth

    def do() -> dict[str, Any]:
        made, secret = actions.add_webhook(
            by=caller.actor, at=caller.at, street=caller.actor.street, name=told.name, url=told.url, events=told.events
        )
        return _with_secret(made, secret)

    return answered_once(request, caller=caller, operation="POST /webhooks", do=do, status=201)


@router.get("/webhooks/{ref}", auth=doors(SETUP), response={200: WebhookOut, READS: Problem}, summary="一个网络钩子")
def webhook(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One subscription; its ETag begins with its revision."""
    found = queries.webhook(ref, by=request.auth.actor)
    shows_revision(request, found.rev)
    return answers.webhook(found)


@router.patch(
    "/webhooks/{ref}",
    auth=doors(SETUP),
    response={200: WebhookOut, WRITES: Problem},
    summary="修改",
    openapi_extra=ONLY_IF,
)
def change(request: CallerRequest, ref: str, told: WebhookChange) -> dict[str, Any]:
    """What is given is changed; switched on again, the program is told of what happens from then on."""
    caller = request.auth
    with seen(request, present=lambda: queries.webhook(ref, by=caller.actor).rev) as rev:
        done = actions.change_webhook(
            by=caller.actor, at=caller.at, webhook=ref, rev=rev, name=told.name, url=told.url, events=told.events, is_active=told.is_active
        )  # fmt: skip
    return answers.webhook(done)


@router.delete(
    "/webhooks/{ref}",
    auth=doors(SETUP),
    response={204: None, READS | {409, 412}: Problem},
    summary="删除",
    openapi_extra=ONLY_IF,
)
def close(request: CallerRequest, ref: str) -> Status[None]:
    """The program is no longer told; what was on its way is not sent."""
    caller = request.auth
    with seen(request, present=lambda: queries.webhook(ref, by=caller.actor).rev) as rev:
        actions.close_webhook(by=caller.actor, at=caller.at, webhook=ref, rev=rev)
    return Status(204, None)


@router.post(
    "/webhooks/{ref}/secret",
    auth=doors(SETUP),
    response={200: WebhookSecret, WRITES: Problem},
    summary="更换密钥",
    openapi_extra=ONLY_IF,
)
def rotate(request: CallerRequest, ref: str, told: NothingIn) -> dict[str, Any]:
    """A new secret, told this once. For 24 hours messages are signed with the former one, too."""
    caller = request.auth
    with seen(request, present=lambda: queries.webhook(ref, by=caller.actor).rev) as rev:
        done, secret = actions.rotate_secret(by=caller.actor, at=caller.at, webhook=ref, rev=rev)
    return _with_secret(done, secret)


@router.post(
    "/webhooks/{ref}/ping", auth=doors(SETUP), response={202: DeliveryOut, WRITES - {412}: Problem}, summary="试投"
)
def ping(request: CallerRequest, ref: str, told: NothingIn) -> Status[dict[str, Any]]:
    """A message without content is on its way."""
    caller = request.auth
    return Status(202, answers.delivery(actions.ping_webhook(by=caller.actor, at=caller.at, webhook=ref)))


@router.get(
    "/webhooks/{ref}/deliveries",
    auth=doors(SETUP),
    response={200: DeliveryPage, READS | {422}: Problem},
    summary="投递记录",
)
def deliveries(
    request: CallerRequest,
    response: HttpResponse,
    ref: str,
    after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(30, ge=1, le=100),
) -> dict[str, Any]:
    """The messages to this program, the newest first, each with every attempt; kept for 90 days."""
    found = queries.webhook(ref, by=request.auth.actor)
    rows = queries.deliveries(found, before=after, limit=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.pk, told=answers.delivery)


@router.post(
    "/webhook-deliveries/{ref}/send-again",
    auth=doors(SETUP),
    response={202: DeliveryOut, WRITES - {412, 429}: Problem},
    summary="重新投递",
)
def send_again(request: CallerRequest, ref: str, told: NothingIn) -> Status[dict[str, Any]]:
    """The message is on its way again, under the same ``webhook-id``."""
    caller = request.auth
    return Status(202, answers.delivery(actions.send_again(by=caller.actor, at=caller.at, delivery=ref)))


def _with_secret(made: Any, secret: str) -> dict[str, Any]:
    told = {"webhook": answers.webhook(made), "secret": secret}
    return WebhookSecret.model_validate(told).model_dump(mode="json")
