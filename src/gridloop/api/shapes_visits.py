"""Shapes of visits (走访): what is told of one, a day for one to come, wishes of bodies, quiet days, the cap, plans and rounds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import FirmLine, Line
from gridloop.api.words import IsoDate, Whole, Words, ZonedMoment
from gridloop.core.visiting import LEVELS, OUTCOMES, PLAN_STATES, PURPOSES, STATES, WAYS

Way = Literal[tuple(WAYS)]  # type: ignore[valid-type]
Purpose = Literal[tuple(PURPOSES)]  # type: ignore[valid-type]
Level = Literal[tuple(LEVELS)]  # type: ignore[valid-type]
VisitState = Literal[tuple(STATES)]  # type: ignore[valid-type]
Outcome = Literal[tuple(OUTCOMES)]  # type: ignore[valid-type]
PlanState = Literal[tuple(PLAN_STATES)]  # type: ignore[valid-type]
UnitCode = Annotated[str, Words(least=1, longest=40)]
Because = Annotated[str, Words(least=2, longest=200)]


class FoundIn(Told):
    """A problem found at a visit: it becomes a case in the same moment. Without a category the text decides."""

    text: Annotated[str, Words(least=2, longest=2000)]
    category: Annotated[str, Line(120)] = ""


class VisitMade(Told):
    """What is told of a visit that was made, tried or declined."""

    outcome: Outcome = "done"
    way: Way = "on_site"
    level: Level = "manager"
    purposes: list[Purpose] = Field(default_factory=list, max_length=4, description="已走访时至少一个")
    topic: Annotated[str, Line(120)] = ""
    said: Annotated[str, Line(2000)] = ""
    bodies: list[UnitCode] = Field(default_factory=list, max_length=20, description="一起去的单位的代码")


class VisitIn(VisitMade):
    """A visit that was made, tried or declined. ``visit`` names the one that was arranged for it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"purposes": ["problem"], "said": "厂区路灯不亮", "problems": [{"text": "厂区门口路灯不亮三天了"}]}
        },
    )  # fmt: skip

    happened_at: ZonedMoment | None = None
    visit: Annotated[str, StringConstraints(pattern=r"^([2-9a-hjkmnp-z]{16})?$")] = ""
    problems: list[FoundIn] = Field(default_factory=list, max_length=10)


class SheetRowIn(VisitMade):
    """A visit that was made, of a sheet; the firm by ref, name or code. Without problems: those are told alone, on the day they are heard."""

    enterprise: Annotated[str, Words(least=1, longest=160)] = Field(
        description="企业的编号(ref)、名称或统一社会信用代码"
    )
    happened_at: ZonedMoment


class VisitSheetIn(Told):
    """Up to 500 visits, each judged by itself. With ``check`` nothing is written: the answer says what would become of the rows."""

    check: StrictBool = False
    rows: list[SheetRowIn] = Field(min_length=1, max_length=500)


class ArrangeIn(Told):
    """A visit to come. A quiet day, a firm that declined and the cap say no; an urgent danger is written out."""

    on: IsoDate
    way: Way = "on_site"
    purposes: list[Purpose] = Field(min_length=1, max_length=4)
    host: Annotated[str, Line(40)] = Field("", description="走访人的工号;默认是调用者")
    urgent_because: Annotated[str, Line(200)] = Field("", description="安全、消防、环保的急事")


class MoveVisitIn(Told):
    on: IsoDate
    reason: Because


class CancelVisitIn(Told):
    reason: Because


class WishIn(Told):
    """A body wishes to visit; wishes of several become one visit."""

    unit: UnitCode
    purpose: Purpose
    note: Annotated[str, Line(200)] = ""
    by_on: IsoDate | None = None
    urgent: StrictBool = False


class QuietIn(Told):
    """Either between two days, or each month from one day to another (31 is the end of the month); of all firms, or of one."""

    first_on: IsoDate | None = None
    last_on: IsoDate | None = None
    month_from: Whole | None = Field(None, ge=1, le=31)
    month_to: Whole | None = Field(None, ge=1, le=31)
    enterprise: Annotated[str, StringConstraints(pattern=r"^([2-9a-hjkmnp-z]{16})?$")] = ""
    reason: Annotated[str, Line(200)] = ""


class VisitRulesIn(Told):
    """At most so many visits at a firm's door in so many days; so many a day for one person."""

    cap_visits: Whole = Field(ge=1, le=31)
    cap_days: Whole = Field(ge=1, le=366)
    per_day: Whole = Field(ge=1, le=20)


class PlanIn(Told):
    """For how many workdays from which day, for all service managers or for one (the ref of a person)."""

    first_on: IsoDate
    days: Whole = Field(10, ge=1, le=40)
    manager: Annotated[str, StringConstraints(pattern=r"^([2-9a-hjkmnp-z]{16})?$")] = ""


class VisitFilter(Schema):
    """What a list of visits is narrowed to; empty means any. ``since`` and ``until`` are days, both included."""

    state: Literal[("", *STATES)] = ""  # type: ignore[valid-type]
    way: Literal[("", *WAYS)] = ""  # type: ignore[valid-type]
    purpose: Literal[("", *PURPOSES)] = ""  # type: ignore[valid-type]
    level: Literal[("", *LEVELS)] = ""  # type: ignore[valid-type]
    since: IsoDate | None = None
    until: IsoDate | None = None
    enterprise: Annotated[str, StringConstraints(pattern=r"^([2-9a-hjkmnp-z]{16})?$")] = ""
    mine: bool = False


class PeriodAsked(Schema):
    """Between two days, both included; without them all the time there is."""

    since: IsoDate | None = None
    until: IsoDate | None = None


class VisitLine(Schema):
    """One contact with a firm, planned or made; at the door, by telephone and online are counted alike."""

    ref: str
    enterprise: str
    name: str
    state: VisitState
    way: Way
    level: Level
    purposes: list[Purpose]
    bodies: list[str]
    host: str
    topic: str
    outcome: str
    why: str
    planned_on: date | None
    happened_at: datetime | None
    logged_at: datetime


class SheetRefusal(Schema):
    """A row (from 1) that does not go in, with the field at fault and what to write instead."""

    row: int
    field: str
    reason: str


class VisitSheetOut(Schema):
    """How many rows went in (or would), the visits in the order of their rows, the rows known already, and the refused ones."""

    entered: int
    visits: list[str]
    known: list[int]
    refused: list[SheetRefusal]


class VisitPage(Schema):
    items: list[VisitLine]
    next: str | None


class FoundCase(Schema):
    ref: str
    number: str
    title: str
    state: str


class WishOut(Schema):
    ref: str
    enterprise: str
    unit: str
    purpose: Purpose
    note: str
    by_on: date | None
    urgent: bool
    made_at: datetime


class WishList(Schema):
    items: list[WishOut]


class VisitFile(Schema):
    """A visit with the cases that were filed from it and the wishes that it answered."""

    visit: VisitLine
    cases: list[FoundCase]
    wishes: list[WishOut]


class VisitCountsOut(Schema):
    """Visits *and* distinct firms; ``unvisited`` are firms of the register nobody reached in the period."""

    visits: int
    on_site: int
    phone: int
    online: int
    firms: int
    merged: int
    declined: int
    unreachable: int
    registered: int
    unvisited: int
    cases: int


class UnseenFirms(Schema):
    items: list[FirmLine]
    next: str | None


class QuietOut(Schema):
    ref: str
    enterprise: str
    first_on: date | None
    last_on: date | None
    month_from: int | None
    month_to: int | None
    reason: str
    set_at: datetime


class VisitRulesOut(Schema):
    """What holds now: the cap, the load of a day, and every span of quiet days, for all firms and for single ones."""

    cap_visits: int
    cap_days: int
    per_day: int
    quiet: list[QuietOut]
    quiet_this_week: list[date]


class PlanLine(Schema):
    ref: str
    first_on: date
    last_on: date
    state: PlanState
    made_by: str
    made_at: datetime
    decided_at: datetime | None


class PlanList(Schema):
    items: list[PlanLine]
    next: str | None


class PlannedVisit(Schema):
    """One row of a plan; ``why`` is the planner's reason."""

    enterprise: str
    name: str
    day: date
    host: str
    need: float
    why: str
    bodies: list[str]
    purposes: list[Purpose]
    urgent: bool


class LeftOutFirm(Schema):
    enterprise: str
    name: str
    why: str
    free_on: date | None


class PlanFile(Schema):
    """A plan day by day, and whom it leaves out for what reason (the first 300 of ``left_count``)."""

    plan: PlanLine
    quiet: list[date]
    visits: list[PlannedVisit]
    left_out: list[LeftOutFirm]
    left_count: int


class RefusedVisit(Schema):
    name: str
    why: str


class AdoptedOut(Schema):
    """How many visits were arranged; each row that no longer holds, with the rule that says no."""

    plan: PlanLine
    arranged: int
    refused: list[RefusedVisit]


class StopOut(Schema):
    """One door: when to be there and when to go on (minutes of the day, as words), metres from the door before."""

    visit: VisitLine
    arrives: str
    leaves: str
    metres: int


class RoundOut(Schema):
    """The caller's doors of a day in the order to go; ``unplaced`` have no point on the map, ``problem`` says why no order was found."""

    on: date
    stops: list[StopOut]
    unplaced: list[VisitLine]
    left_out: list[RefusedVisit]
    calls: list[VisitLine]
    metres: int
    ends: str
    problem: str
