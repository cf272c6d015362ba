"""Shapes of 企企联建: offers and needs, what fits and why, links with both firms' word, leads, stories."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_pairing import FirmRef
from gridloop.api.shapes_policies import MaybeRef
from gridloop.api.words import IsoDate, Words, needed_when
from gridloop.core.matching import KINDS, SIDES, STATES
from gridloop.offices.enterprise.queries.words import LEAD_STATES, STORY_STATES

Kind = Literal[tuple(KINDS)]  # type: ignore[valid-type]
Side = Literal[tuple(SIDES)]  # type: ignore[valid-type]
LinkState = Literal[tuple(STATES)]  # type: ignore[valid-type]
LeadState = Literal[tuple(LEAD_STATES)]  # type: ignore[valid-type]
StoryState = Literal[tuple(STORY_STATES)]  # type: ignore[valid-type]
Tag = Annotated[str, Words(least=1, longest=12)]
NO_SAYS_WHY = needed_when(
    "willing", value=False, needed="reason", schema={"type": "string", "pattern": Words().pattern}
)
How = Annotated[str, Words(least=2, longest=120)]


class ListingIn(Told):
    """What a firm needs or offers. ``agreed_how`` takes down that it agrees to take part, where it has not yet."""

    side: Side
    kind: Kind
    words: Annotated[str, Words(least=2, longest=500)]
    valid_until: IsoDate
    tags: list[Tag] = Field(default_factory=list, max_length=8)
    agreed_how: Annotated[str, Line(120)] = ""


class LinkIn(Told):
    need: FirmRef
    offer: FirmRef


class LinkAnswerIn(Told):
    """One firm's word about this introduction; a no needs its reason and parts the two for good."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=NO_SAYS_WHY)

    enterprise: FirmRef
    willing: StrictBool
    how: How
    reason: Annotated[str, Line(200)] = ""


class LinkIntroduceIn(Told):
    how: Annotated[str, Words(least=2, longest=200)]


class LinkOutcomeIn(Told):
    cooperated: StrictBool
    outcome: Annotated[str, Words(least=2, longest=500)]


class LeadIn(Told):
    """Someone who may come to the firm's premises; a brand, never a person."""

    brand: Annotated[str, Words(least=2, longest=120)]
    wants: Annotated[str, Words(least=2, longest=300)]
    source: How
    link: MaybeRef = ""


class MoveLeadIn(Told):
    state: Literal["talking", "signed", "lost"]
    note: Annotated[str, Words(least=2, longest=300)]


class StoryIn(Told):
    """A draft; ``case`` is the number of a case. A second person publishes it, with the firm's consent."""

    title: Annotated[str, Words(least=2, longest=80)]
    text: Annotated[str, Words(least=10, longest=3000)]
    link: MaybeRef = ""
    case: Annotated[str, Line(40)] = ""


class ListingOut(Schema):
    ref: str
    enterprise: str
    name: str
    side: Side
    kind: Kind
    words: str
    tags: list[str]
    valid_until: date
    told_at: datetime
    withdrawn_at: datetime | None


class ListingList(Schema):
    items: list[ListingOut]
    next: str | None


class FitOut(Schema):
    """A need and an offer that fit; the reasons are the points."""

    need: ListingOut
    offer: ListingOut
    points: int
    reasons: list[str]


class FitList(Schema):
    items: list[FitOut]
    next: str | None


class LinkOut(Schema):
    """A need and an offer that were brought together. ``need_agrees`` and ``offer_agrees`` are null before the firm has answered."""

    ref: str
    state: LinkState
    need: ListingOut
    offer: ListingOut
    points: int
    reasons: list[str]
    proposed_at: datetime
    need_agrees: bool | None
    offer_agrees: bool | None
    introduced_at: datetime | None
    introduced_how: str
    settled_at: datetime | None
    outcome: str


class LinkList(Schema):
    """``counts`` are of all links in scope, by state."""

    items: list[LinkOut]
    next: str | None
    counts: dict[str, int]


class LeadOut(Schema):
    ref: str
    enterprise: str
    brand: str
    wants: str
    source: str
    state: LeadState
    note: str
    told_at: datetime
    moved_at: datetime | None


class LeadList(Schema):
    items: list[LeadOut]
    next: str | None


class StoryDraftOut(Schema):
    """What a story may begin with; to be read, rewritten and published by people."""

    enterprise: str
    case: str
    title: str
    text: str


class StoryOut(Schema):
    """``agrees`` is whether the firm agrees now; ``is_public`` only while it does."""

    ref: str
    enterprise: str
    title: str
    text: str
    state: StoryState
    agrees: bool
    is_public: bool
    link: str
    case: str
    photos: list[str]
    written_at: datetime
    published_at: datetime | None


class StoryList(Schema):
    items: list[StoryOut]
    next: str | None
