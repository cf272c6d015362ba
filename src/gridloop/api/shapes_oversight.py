"""Shapes of oversight: precedents, samples of struck-off cases with their inspections, signs of flattered figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from gridloop.api.shapes import Told
from gridloop.api.words import Whole, Words


class PrecedentOut(Schema):
    """A ruling on who leads, as a precedent (先例). ``place`` is empty where it speaks of the whole street."""

    ref: str
    number: str
    category: str
    place: str
    unit: str
    duty_items: list[str]
    reason: str
    ruled_at: datetime
    row: str
    change_set: str | None
    is_in_force: bool


class PrecedentPage(Schema):
    items: list[PrecedentOut]
    next: str | None


class OvernightCase(Schema):
    """A case of an evening's list; ``standing`` is what became of it: handed on that day, still to be, overnight, or taken back."""

    ref: str
    number: str
    standing: Literal["handed_on", "waiting", "overnight", "dropped"]
    assigned_at: datetime | None


class OvernightOut(Schema):
    """One evening's list: made at closing time; ``until`` is the midnight before which its cases are to be handed on."""

    on: date
    made_at: datetime
    until: datetime
    cases: list[OvernightCase]


class OvernightPage(Schema):
    items: list[OvernightOut]
    next: str | None


class SampleOut(Schema):
    """One month's sample: announced with a commitment, drawn when the month is over."""

    period: str
    commitment: str
    announced_at: datetime
    ends_at: datetime
    drawn_at: datetime | None


class SamplePage(Schema):
    items: list[SampleOut]
    next: str | None


class UnitRateOut(Schema):
    """A unit's false-closure rate in a sample; ``rate`` and the 95 % Wilson interval are null where nothing was told true or false."""

    unit: str
    name: str
    population: int
    drawn: int
    true: int
    false: int
    unable: int
    open: int
    n: int
    rate: float | None
    lower: float | None
    upper: float | None


class InspectionOut(Schema):
    ref: str
    case: str
    unit: str
    lot: str
    result: Literal["", "true", "false", "unable"]
    text: str
    inspected_at: datetime | None


class SampleFile(Schema):
    """A sample with its units and cases, and the whole draw (``draw``) as anybody can repeat it; ``problems`` is empty where it repeats."""

    sample: SampleOut
    units: list[UnitRateOut]
    inspections: list[InspectionOut]
    draw: dict[str, Any]
    problems: list[str]


class InspectIn(Told):
    result: Literal["true", "false", "unable"] = Field(description="确已解决、虚假销号(随即重新办理)、无法核实")
    text: Annotated[str, Words(least=4, longest=500)]


class SamplingRuleIn(Told):
    """How many are drawn of each unit, from the next announced month on."""

    least: Whole = Field(2, ge=1, le=200, description="每单位最少几件;不大于 most")
    share: Whole = Field(10, ge=1, le=100, description="百分之几")
    most: Whole = Field(20, ge=1, le=200, description="每单位最多几件")
    first_days: Whole = Field(5, ge=0, le=30, description="监督员优先几个工作日")
    reason: Annotated[str, Words(least=4, longest=300)]


class SamplingRuleOut(Schema):
    ref: str
    least: int
    share: int
    most: int
    first_days: int
    reason: str
    valid_from: datetime


class SignReplyOut(Schema):
    kind: Literal["answered", "dismissed"]
    reason: str
    by: str
    at: datetime


class SignOut(Schema):
    """A sign: what was counted of a unit, of how many, the cases behind it that the caller may see, and what was said to it."""

    code: Literal["early_close", "mass_returns", "self_made", "merge_to_hide"]
    unit: str
    count: int
    whole: int
    cases: list[str]
    is_open: bool
    replies: list[SignReplyOut]


class SignList(Schema):
    period: str
    items: list[SignOut]


class SignReplyIn(Told):
    code: Literal["early_close", "mass_returns", "self_made", "merge_to_hide"]
    unit: str
    kind: Literal["answered", "dismissed"]
    reason: Annotated[str, Words(least=4, longest=500)]
