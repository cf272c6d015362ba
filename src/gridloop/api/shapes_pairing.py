"""Shapes of pairing (立体式包联), service teams, and what is asked, ordered and promised for a firm."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import TimelineEntry, Told
from gridloop.api.shapes_firms import Line, Reason, Slot, StackOut
from gridloop.api.words import IsoDate, Words, ZonedMoment
from gridloop.offices.enterprise.queries.words import MEMBER_KINDS, ORDER_STATES, SERVICES, TEAM_KINDS

TeamKind = Literal[tuple(TEAM_KINDS)]  # type: ignore[valid-type]
MemberKind = Literal[tuple(MEMBER_KINDS)]  # type: ignore[valid-type]
OrderState = Literal[tuple(ORDER_STATES)]  # type: ignore[valid-type]
Service = Literal[tuple(SERVICES)]  # type: ignore[valid-type]
Staff = Annotated[str, Line(40)]
"""The staff code of a person."""
FirmRef = Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")]


class HolderIn(Told):
    """A person (县级领导 and 服务管家 must be one), or a unit; ``substitute`` stands in (备岗)."""

    person: Staff = ""
    unit: Staff = ""
    substitute: Staff = ""
    term_ends_on: IsoDate | None = None


class PairIn(HolderIn):
    slot: Slot
    reason: Annotated[str, Line(200)] = ""


class PairManyIn(PairIn):
    """One slot of up to 500 firms; where somebody holds it already, nothing is changed."""

    enterprises: list[FirmRef] = Field(min_length=1, max_length=500)


class HandOverIn(HolderIn):
    reason: Reason
    note: Annotated[str, Line(2000)] = Field("", description="交接说明,随交接包交给接手的人")


class SubstituteIn(Told):
    substitute: Staff = Field("", description="工号;留空则不再有备岗")


class PairingOut(Schema):
    """One slot of one firm or of one project (the other is empty), held from when until when, and who followed."""

    ref: str
    enterprise: str
    project: str
    slot: Slot
    unit: str
    person: str
    substitute: str
    reason: str
    note: str
    term_ends_on: date | None
    starts_at: datetime
    ends_at: datetime | None
    ended_because: str
    followed_by: str


class PairingList(Schema):
    items: list[PairingOut]


class Paired(Schema):
    """How many blanks were filled, of how many firms."""

    filled: int
    asked: int


class MatrixLine(Schema):
    """A firm with its four names."""

    enterprise: str
    name: str
    grid: str
    stack: StackOut


class Matrix(Schema):
    """``blanks`` counts, over the whole list without regard to ``lacks``, in how many firms nobody was named for a slot."""

    items: list[MatrixLine]
    count: int
    total: int
    blanks: dict[str, int]
    next: str | None


class PackCase(Schema):
    number: str
    ref: str
    title: str
    state: str
    unit: str
    due_at: datetime | None


class PackPromise(Schema):
    text: str
    person: str
    due_on: date


class PackOrder(Schema):
    service: str
    state: str


class PackName(Schema):
    slot: str
    holder: str


class Pack(Schema):
    """交接包: what the next holder must know."""

    name: str
    code: str
    address: str
    slot: str
    holder: str
    former: str
    reason: str
    note: str
    names: list[PackName]
    cases: list[PackCase]
    promises: list[PackPromise]
    orders: list[PackOrder]
    consults: list[str]
    declined: list[str]
    agreed: list[str]
    latest: list[TimelineEntry]


class NoticeLine(Schema):
    slot: str
    duty: str
    unit: str
    person: str
    phone: str


class NoticeMember(Schema):
    kind: str
    person: str


class PublicNotice(Schema):
    """公示牌: the four names of a firm as posted at its door; telephones of offices only."""

    street: str
    firm: str
    lines: list[NoticeLine]
    team: list[NoticeMember]
    phone: str
    address: str


class CoverageLine(Schema):
    """Of one service: how many of the caller's present firms it covers, of all of them."""

    service: Service
    label: str
    covered: int
    total: int


class CoverageOut(Schema):
    items: list[CoverageLine]


class TeamIn(Told):
    kind: TeamKind
    name: Annotated[str, Words(least=2, longest=60)]


class MemberIn(Told):
    person: Annotated[str, Words(least=1, longest=40)] = Field(description="工号")
    kind: MemberKind
    grid: Staff = Field("", description="片区;留空为整个街道")


class MemberOut(Schema):
    ref: str
    person: str
    unit: str
    kind: MemberKind
    place: str
    starts_at: datetime


class TeamLine(Schema):
    """A team. ``people`` counts persons by kind; one with several beats is one person."""

    ref: str
    kind: TeamKind
    name: str
    founded_at: datetime
    people: dict[str, int]


class TeamList(Schema):
    items: list[TeamLine]


class TeamFile(Schema):
    team: TeamLine
    members: list[MemberOut]


class LoadLine(Schema):
    """What one person has in hand now: workload, in the order of staff codes, not a ranking."""

    person: str
    kinds: list[str]
    places: list[str]
    pairings: int
    cases: int
    consults: int
    orders: int
    promises: int


class LoadList(Schema):
    items: list[LoadLine]


class ConsultIn(Told):
    question: Annotated[str, Words(least=2, longest=2000)] = Field(description="不写个人信息")


class ConsultReplyIn(Told):
    reply: Annotated[str, Words(least=2, longest=2000)]


class ConsultOut(Schema):
    ref: str
    enterprise: str
    name: str
    question: str
    asked_at: datetime
    officer: str
    taken_at: datetime | None
    reply: str
    replied_at: datetime | None


class ConsultList(Schema):
    items: list[ConsultOut]
    next: str | None


class OrderIn(Told):
    team: FirmRef
    service: Annotated[str, Words(least=2, longest=200)]
    wanted: Annotated[str, Line(80)] = Field("", description="希望的时间")


class BookIn(Told):
    officer: Annotated[str, Words(least=1, longest=40)] = Field(description="工号,须在该团队")
    booked_for: ZonedMoment


class ResultIn(Told):
    result: Annotated[str, Words(least=2, longest=300)]


class ConfirmOrderIn(Told):
    solved: StrictBool
    how: Annotated[str, Words(least=2, longest=120)] = Field(description="怎样确认的,例如:电话问了厂长")


class OrderOut(Schema):
    ref: str
    enterprise: str
    name: str
    team: str
    service: str
    wanted: str
    state: OrderState
    ordered_at: datetime
    officer: str
    booked_for: datetime | None
    done_at: datetime | None
    result: str
    confirmed_at: datetime | None
    confirmed_how: str
    reworks: int
    cancelled_because: str


class OrderList(Schema):
    items: list[OrderOut]
    next: str | None


class PromiseIn(Told):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "六月底前接通专线", "due_on": "2099-06-30"}}
    )

    text: Annotated[str, Words(least=2, longest=300)]
    due_on: IsoDate
    person: Staff = Field("", description="承诺人的工号;默认是调用者")


class SettleIn(Told):
    kept: StrictBool
    outcome: Annotated[str, Words(least=2, longest=300)]


class PromiseOut(Schema):
    ref: str
    enterprise: str
    name: str
    text: str
    person: str
    promised_at: datetime
    due_on: date
    settled_at: datetime | None
    kept: bool | None
    outcome: str


class PromiseList(Schema):
    """``due`` counts the promises settled or past their day; ``kept`` how many of them were kept, ``in_time`` how many of these in time."""

    items: list[PromiseOut]
    next: str | None
    kept: int
    in_time: int
    due: int
    waiting: int
