"""Shapes of resumption (复工): the checklist, an application with its items, test batches and charter trips as counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_pairing import FirmRef
from gridloop.api.shapes_policies import MaybeRef
from gridloop.api.words import IsoDate, Whole, Words
from gridloop.core.resumption import ITEM_STATES, STATES, TRIP_STATES

State = Literal[tuple(STATES)]  # type: ignore[valid-type]
ItemState = Literal[tuple(ITEM_STATES)]  # type: ignore[valid-type]
TripState = Literal[tuple(TRIP_STATES)]  # type: ignore[valid-type]


class ChecklistIn(Told):
    items: list[Annotated[str, Words(least=1, longest=200)]] = Field(min_length=1, max_length=40)
    basis: Annotated[str, Words(least=2, longest=200)]


class ChecklistOut(Schema):
    """The list in force; ``starts_at`` is null where the street never set one."""

    items: list[str]
    basis: str
    starts_at: datetime | None


class ApplyIn(Told):
    planned_on: IsoDate
    staff: Whole = Field(ge=1, le=100_000)


class RemedyIn(Told):
    remedy: Annotated[str, Words(least=2, longest=200)]


class BatchIn(Told):
    """Counts of one day; ``tested`` not more than ``invited``. No person, no result."""

    tested_on: IsoDate
    invited: Whole = Field(ge=1, le=100_000)
    tested: Whole = Field(ge=0, le=100_000)
    venue: Annotated[str, Line(120)] = ""


class ShareIn(Told):
    enterprise: FirmRef
    workers: Whole = Field(ge=1, le=300)


class TripIn(Told):
    """A coach with workers for one firm or several; not more of them than seats. ``contact_there`` is an office, ``met_by`` a staff code."""

    origin: Annotated[str, Words(least=2, longest=80)]
    leaves_on: IsoDate
    seats: Whole = Field(ge=1, le=300)
    shares: list[ShareIn] = Field(min_length=1, max_length=50)
    vehicle: Annotated[str, Line(80)] = ""
    permit: Annotated[str, Line(120)] = ""
    contact_there: Annotated[str, Line(120)] = ""
    met_by: Annotated[str, Line(40)] = ""
    note: Annotated[str, Line(200)] = ""


class ArriveIn(Told):
    arrived: Whole = Field(ge=0, le=300)
    note: Annotated[str, Line(200)] = ""


class DaysAsked(Schema):
    """Days, both included, and a firm (ref); empty means any."""

    since: IsoDate | None = None
    until: IsoDate | None = None
    enterprise: MaybeRef = ""


class ItemOut(Schema):
    ref: str
    number: int
    text: str
    state: ItemState
    reason: str
    remedy: str
    returns: int
    checked_at: datetime | None


class ResumptionLine(Schema):
    """“复工进度 7/9 项”: ``passed`` of ``whole``."""

    ref: str
    enterprise: str
    name: str
    state: State
    planned_on: date
    staff: int
    passed: int
    returned: int
    whole: int
    applied_at: datetime
    resumed_at: datetime | None


class ResumptionList(Schema):
    items: list[ResumptionLine]
    next: str | None


class ResumptionFile(Schema):
    resumption: ResumptionLine
    items: list[ItemOut]


class SumsOut(Schema):
    """Sums of all rows that were asked for, on this page or not: of batches invited and tested, of trips planned and arrived."""

    rows: int
    firms: int
    planned: int
    done: int


class BatchOut(Schema):
    ref: str
    enterprise: str
    tested_on: date
    invited: int
    tested: int
    venue: str


class BatchList(Schema):
    items: list[BatchOut]
    next: str | None
    totals: SumsOut


class ShareOut(Schema):
    enterprise: str
    workers: int


class TripOut(Schema):
    """``workers`` are those of all firms, ``shares`` those of the firms in the caller's scope."""

    ref: str
    origin: str
    leaves_on: date
    seats: int
    vehicle: str
    permit: str
    contact_there: str
    met_by: str
    state: TripState
    workers: int
    shares: list[ShareOut]
    arrived: int | None
    arrived_at: datetime | None
    note: str


class TripList(Schema):
    items: list[TripOut]
    next: str | None
    totals: SumsOut
