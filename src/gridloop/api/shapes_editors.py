"""Shapes of deadline profiles and of the calendar, as a draft takes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StrictFloat, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.shapes_changes import IntoDraft
from gridloop.api.words import Whole, Words
from gridloop.core.profile import EVENTS, GRADES, LONGEST, PRIORITIES, Ends, Unit

Event = Literal[tuple(EVENTS)]  # type: ignore[valid-type]
Grade = Literal[("", *GRADES)]  # type: ignore[valid-type]
Priority = Literal[("", *PRIORITIES)]  # type: ignore[valid-type]
Counted = Literal[tuple(unit.value for unit in Unit)]  # type: ignore[valid-type]
EndsAt = Literal[("", *(each.value for each in Ends))]  # type: ignore[valid-type]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Note = Annotated[str, StringConstraints(max_length=300)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]


class LimitIn(Told):
    """So many of these units, for this grade and priority; without them for all others."""

    number: Whole = Field(ge=1, le=LONGEST)
    unit: Counted
    ends: EndsAt = ""
    grade: Grade = ""
    priority: Priority = ""
    note: Note = ""


class StageIn(Told):
    """From which event to which, within what."""

    stage: Code
    name: Annotated[str, Words(least=1, longest=80)]
    start: Event
    terminal: Event
    repeats: StrictBool = False
    night_due: Clock | None = None
    note: Note = ""
    limits: list[LimitIn] = Field(min_length=1, max_length=12)


class PausesIn(Told):
    allowed: StrictBool = True
    longest_days: Whole | None = Field(None, ge=1, le=9999)


class NightIn(Told):
    """What arrives after ``cut_off`` counts as received at ``at`` of the next day or workday."""

    cut_off: Clock
    counts_as: Literal["next_day", "next_workday"] = "next_day"
    at: Clock


class ProfileBody(Told):
    """A deadline profile without its version, which publishing gives."""

    code: Code
    name: Annotated[str, Words(least=1, longest=80)]
    aliases: list[Annotated[str, Words(least=1, longest=40)]] = Field(default_factory=list, max_length=10)
    warnings: list[Annotated[StrictFloat, Field(gt=0, lt=1)]] = Field(default=[0.5, 0.8], max_length=10)
    pauses: PausesIn = Field(default_factory=PausesIn)
    intake: NightIn | None = None
    note: Annotated[str, StringConstraints(max_length=500)] = ""
    stages: list[StageIn] = Field(min_length=1, max_length=12)


_ONE_LIMIT = {"number": 3, "unit": "working_day"}
_ONE_STAGE = {"stage": "answer", "name": "答复", "start": "filed", "terminal": "answered", "limits": [_ONE_LIMIT]}


class ProfileIn(IntoDraft):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"profile": {"code": "three_days", "name": "三日办结", "stages": [_ONE_STAGE]}}},
    )

    profile: ProfileBody


class NoticeText(Told):
    """The words of the State Council's notice, its rows, or its JSON, and of which year it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"year": 2027, "text": "2027-01-01,放假,元旦\n2027-01-02,放假,元旦"}},
    )

    year: Whole = Field(ge=1990, le=2100)
    text: Annotated[str, Words(longest=200_000)]


class NoticeIn(NoticeText, IntoDraft):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"year": 2027, "text": "2027-01-01,放假,元旦\n2027-02-06,放假,春节"}},
    )


class DayRead(Schema):
    date: date
    is_workday: bool
    name: str


class NoticeRead(Schema):
    year: int
    days: list[DayRead]
    problems: list[str]


class SpanIn(Told):
    start: Clock
    end: Clock


class HoursIn(IntoDraft):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"spans": [{"start": "08:30", "end": "12:00"}, {"start": "14:00", "end": "18:00"}]}
        },
    )

    spans: list[SpanIn] = Field(min_length=1, max_length=6)
