"""Shapes of the webhooks: subscriptions, messages, attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.words import Words
from gridloop.offices.notices.webhooks.events import EVENTS, GROUPS

Event = Literal[(*GROUPS, *EVENTS)]  # type: ignore[valid-type]
Name = Annotated[str, Words(least=1, longest=80)]
Address = Annotated[
    str,
    StringConstraints(
        min_length=9, max_length=500, pattern=r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~=&%-]*)?)?$"
    ),
]  # fmt: skip
EXAMPLE = {
    "name": "区热线平台",
    "url": "https://hotline.example/hooks/gridloop",
    "events": ["case.answered", "case.cleared"],
}


class WebhookIn(Told):
    """Where a program is told of which events. Only https, and only addresses that the installation allows."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    name: Name = Field(description="谁在接收")
    url: Address = Field(description="接收地址;不再显示")
    events: list[Event] = Field(min_length=1, max_length=100)


class WebhookChange(Told):
    """What is given is changed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"is_active": False}})

    name: Name | None = None
    url: Address | None = None
    events: list[Event] | None = Field(None, min_length=1, max_length=100)
    is_active: StrictBool | None = None


class WebhookOut(Schema):
    """A subscription. ``failing_since``: nothing was taken since then. ``former_until``: until then the former secret signs, too."""

    ref: str
    rev: int
    name: str
    host: str
    events: list[str]
    is_active: bool
    failing_since: datetime | None
    former_until: datetime | None
    made_by: str
    made_at: datetime
    deliveries: str


class WebhookSecret(Schema):
    """The secret with which messages are signed is told this once and never again."""

    webhook: WebhookOut
    secret: str


class WebhookList(Schema):
    items: list[WebhookOut]


class AttemptOut(Schema):
    """One try: the status and the first 500 characters of the answer, or what went wrong."""

    at: datetime
    status: int | None
    answer: str
    fault: str


class DeliveryOut(Schema):
    """One message: ``ref`` is its ``webhook-id``, ``body`` exactly what is signed and sent."""

    ref: str
    kind: str
    seq: int | None
    state: Literal["waiting", "taken", "given_up", "held"]
    body: str
    made_at: datetime
    tries: int
    next_try_at: datetime | None
    taken_at: datetime | None
    given_up_at: datetime | None
    attempts: list[AttemptOut]


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    next: str | None


class EventOut(Schema):
    kind: str
    label: str


class EventList(Schema):
    items: list[EventOut]
