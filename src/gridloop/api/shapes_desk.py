"""Shapes of what a person has before them: the desk, notices, channels, tokens; and the parts of a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool

from gridloop.api.shapes import AttachmentOut, CaseOut, DecisionOut, PossibleVerb, RequestOut, TimelineEntry, Told
from gridloop.api.words import Words, ZonedMoment, needed_when
from gridloop.offices.notices.actions import SCHEMES


class CaseCounts(Schema):
    """What stands beside each choice of the console's list: how many cases it would hold if that choice were taken and all else stayed.

    A choice without cases is left out. Units are named by their codes; ``categories`` and ``places`` count what lies exactly there, not below.
    """

    states: dict[str, int]
    total: int
    units: dict[str, int]
    categories: dict[str, int]
    places: dict[str, int]
    grades: dict[str, int]
    sources: dict[str, int]
    late: int
    gap: int
    mine: int
    is_at_least: bool = Field(
        description="数是下限:已结事项或检索命中太多,只数了最新的一部分;未结的件数不检索时总是准的"
    )


class PlaceCount(Schema):
    live: int
    late: int


class PlaceCounts(Schema):
    places: dict[str, PlaceCount]


class FeatureCollection(Schema):
    """GeoJSON (RFC 7946), WGS-84."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class TimelinePage(Schema):
    items: list[TimelineEntry]
    next: str | None


class VerbList(Schema):
    """What may be done now, and the revision that a verb may name."""

    rev: int
    state: str
    verbs: list[PossibleVerb]


class AttachmentList(Schema):
    items: list[AttachmentOut]


class LookIn(Told):
    """Why someone needs to see who reported."""

    reason: Annotated[str, Words(longest=200)] = Field(description="查看原因,例如:回访核对电话")


class LookOut(Schema):
    by: str
    what: str
    reason: str
    looked_at: datetime


class LookList(Schema):
    items: list[LookOut]


class Contact(Schema):
    report: str
    name: str
    phone: str


class Contacts(Schema):
    contacts: list[Contact]


class PostHeldOut(Schema):
    post: str
    role: str
    role_label: str
    title: str
    unit: str
    place: str
    street: str
    is_substitute: bool


class Me(Schema):
    """Who calls, with the posts held at this moment; ``scopes`` is null for a signed-in person, who has all."""

    kind: str
    name: str
    street: str
    street_name: str
    scopes: list[str] | None
    posts: list[PostHeldOut]


class WaitingRequest(RequestOut):
    case: str
    number: str
    lead: str


class OutsideTaskOut(Schema):
    """What an outside body left on the desk: answered, expired, or asks_time."""

    case: str
    number: str
    body: str
    why: str
    since: datetime
    sender: str
    is_mine: bool


class DecisionTask(DecisionOut):
    """A decision that waits for the caller's unit."""

    case: str
    number: str


class DeskOut(Schema):
    """What waits for the caller now; each pile the most pressing first."""

    to_do: list[CaseOut]
    due_soon: list[CaseOut]
    came_back: list[CaseOut]
    to_approve: list[WaitingRequest]
    to_grade: list[CaseOut]
    to_verify: list[CaseOut]
    gaps: list[CaseOut]
    overdue: list[CaseOut]
    mine: list[CaseOut]
    to_answer: list[CaseOut]
    to_rule: list[CaseOut]
    to_inspect: list[CaseOut]
    outside: list[OutsideTaskOut]
    decisions: list[DecisionTask]
    new_notices: int


class NoticeOut(Schema):
    ref: str
    kind: str
    title: str
    text: str
    subject: str
    is_urgent: bool
    told_at: datetime
    seen_at: datetime | None


class NoticePage(Schema):
    items: list[NoticeOut]
    next: str | None
    new: int


class Seen(Schema):
    seen: int


ADDRESSES = needed_when("kind", "apprise", "address", {"type": "string", "pattern": f"^({'|'.join(SCHEMES)})://"})


class ChannelIn(Told):
    """Where the caller is told besides the console. The address is a secret and is never told again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=ADDRESSES)

    kind: Literal["email", "apprise"]
    address: Annotated[str, Words(longest=500)] = Field(description="邮箱地址,或群机器人的 Apprise 地址")
    as_digest: StrictBool = True


class ChannelOut(Schema):
    ref: str
    kind: str
    as_digest: bool


class ChannelList(Schema):
    items: list[ChannelOut]


Scope = Literal[
    "cases:read",
    "cases:write",
    "cases:file",
    "intake:bulk",
    "contacts:read",
    "setup:write",
    "accounts:keep",
    "audit:read",
]


class TokenIn(Told):
    """A token for oneself, or, told ``person``, for someone of the street (by the system keeper)."""

    name: Annotated[str, Words(least=1, longest=80)]
    scopes: list[Scope] = Field(min_length=1, max_length=6)
    person: str = Field("", description="人员(ref 或工号);默认本人")
    expires_at: ZonedMoment | None = None


class TokenOut(Schema):
    """A token as it may be shown: never its secret."""

    ref: str
    name: str
    person: str
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None


class TokenIssued(Schema):
    """The secret is told this once and never again."""

    token: TokenOut
    secret: str


class TokenPage(Schema):
    items: list[TokenOut]
    next: str | None
