"""Shapes of forums (恳谈会与活动): one to come, its guests, what was asked and the cases that it became, minutes and figures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_pairing import FirmRef
from gridloop.api.shapes_policies import MaybeRef
from gridloop.api.words import IsoDate, Whole, Words, Yuan, ZonedMoment
from gridloop.core.forum import ANSWERS, KINDS, STANDINGS, STATES, WAYS

Kind = Literal[tuple(KINDS)]  # type: ignore[valid-type]
Way = Literal[tuple(WAYS)]  # type: ignore[valid-type]
State = Literal[tuple(STATES)]  # type: ignore[valid-type]
Answer = Literal[tuple(ANSWERS)]  # type: ignore[valid-type]
Standing = Literal[tuple(STANDINGS)]  # type: ignore[valid-type]
Because = Annotated[str, Words(least=2, longest=200)]
Venue = Annotated[str, Line(120)]


class ForumIn(Told):
    """A forum to come. ``host`` is a unit's code; without one it is the caller's unit. Only one wholly online needs no venue."""

    kind: Kind
    title: Annotated[str, Words(least=2, longest=120)]
    starts_at: ZonedMoment
    venue: Venue = ""
    way: Way = "on_site"
    topic: Annotated[str, Line(300)] = ""
    host: Annotated[str, Line(40)] = ""


class MoveForumIn(Told):
    starts_at: ZonedMoment
    reason: Because
    venue: Venue = ""


class InviteIn(Told):
    """The refs of firms, as ``GET /forums/{ref}/candidates`` names them."""

    enterprises: list[FirmRef] = Field(min_length=1, max_length=200)


class InvitationAnswerIn(Told):
    """What a firm said to its invitation."""

    enterprise: FirmRef
    answer: Literal["yes", "no"]
    how: Annotated[str, Line(120)] = ""


class CameIn(Told):
    """The refs of the invited firms that came; the others of the caller's scope did not."""

    came: list[FirmRef] = Field(max_length=500)


class WalkInIn(Told):
    enterprise: FirmRef


class MinutesIn(Told):
    text: Annotated[str, Words(least=4, longest=8000)]


class TurnoutIn(Told):
    """What an event brought: at least one of the two figures, and who told them."""

    visitors: Whole | None = Field(None, ge=0, le=100_000_000)
    sales: Yuan | None = None
    source: Annotated[str, Words(least=2, longest=120)]


class ForumQuestionIn(Told):
    text: Annotated[str, Words(least=2, longest=2000)]
    enterprise: MaybeRef = ""
    category: Annotated[str, Line(120)] = ""


class QuestionsIn(Told):
    """What was asked. ``file`` makes each a case in the same moment; ``note`` only notes it, and it must be a case before the day is over."""

    questions: list[ForumQuestionIn] = Field(min_length=1, max_length=30)
    then: Literal["file", "note"] = "file"


class FileIn(Told):
    """The questions to file; none named: all that are open."""

    questions: list[FirmRef] = Field(default_factory=list, max_length=200)


class JoinIn(Told):
    like: FirmRef = Field(description="同一件事、已立为事项的另一条诉求")


class AttachIn(Told):
    case: Annotated[str, Words(least=2, longest=40)] = Field(description="会前已登记的事项编号")


class ForumFilter(Schema):
    """What the calendar is narrowed to; empty means any. ``since`` and ``until`` are days, both included; ``late`` those with questions not filed overnight."""

    kind: Literal[("", *KINDS)] = ""  # type: ignore[valid-type]
    state: Literal[("", *STATES)] = ""  # type: ignore[valid-type]
    since: IsoDate | None = None
    until: IsoDate | None = None
    enterprise: MaybeRef = ""
    late: bool = False


class CounterOut(Schema):
    """“诉求 n 件 已立 n 件”: ``asked`` without those taken back; ``same_day`` of the filed ones within their day; ``due`` today, ``late`` overnight."""

    asked: int
    filed: int
    same_day: int
    due: int
    late: int
    dropped: int


class ForumLine(Schema):
    ref: str
    kind: Kind
    title: str
    topic: str
    way: Way
    venue: str
    starts_at: datetime
    host: str
    state: State
    invited: int
    came: int
    questions: CounterOut


class ForumTotals(Schema):
    """Of the whole list: forums, how many were held, distinct firms that came, and all their questions."""

    forums: int
    held: int
    firms: int
    questions: CounterOut


class ForumPage(Schema):
    items: list[ForumLine]
    totals: ForumTotals
    next: str | None


class GuestOut(Schema):
    """A firm of the list. ``came`` is null before anybody noted it."""

    enterprise: str
    name: str
    answer: Answer
    answered_how: str
    is_walk_in: bool
    came: bool | None


class LeftOutOut(Schema):
    enterprise: str
    why: str


class ForumQuestionOut(Schema):
    """What was asked. ``enterprise`` is empty from the floor or outside the caller's scope, ``case`` (a ref) also where it is not filed."""

    ref: str
    text: str
    enterprise: str
    asked_at: datetime
    standing: Standing
    case: str
    number: str


class ForumFile(Schema):
    """One forum. ``others`` counts guests outside the caller's scope."""

    forum: ForumLine
    guests: list[GuestOut]
    others: int
    left_out: list[LeftOutOut]
    asked: list[ForumQuestionOut]
    minutes: str
    minutes_at: datetime | None
    visitors: int | None
    sales: str | None
    figures_source: str
    cancelled_because: str


class CandidateOut(Schema):
    """A firm that the filter found; ``why_not`` is empty where it may be invited."""

    enterprise: str
    name: str
    why_not: str


class CandidateList(Schema):
    items: list[CandidateOut]
    next: str | None
    count: int


class InvitedOut(Schema):
    asked: list[str]
    left_out: list[LeftOutOut]
