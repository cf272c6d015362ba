"""Shapes of 一企一策: a plan with its measures, task force and reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from gridloop.api.shapes import TimelineEntry, Told
from gridloop.api.shapes_firms import FirmLine, Line
from gridloop.api.shapes_policies import MaybeRef
from gridloop.api.shapes_projects import SeenIn
from gridloop.api.shapes_solutions import Told300
from gridloop.api.words import IsoDate, Words, needed_when
from gridloop.offices.enterprise.queries.solution_words import EFFECTS, MEASURE_STATES, PLAN_KINDS

MeasureState = Literal[tuple(MEASURE_STATES)]  # type: ignore[valid-type]
Effect = Literal[tuple(EFFECTS)]  # type: ignore[valid-type]
PersonCode = Annotated[str, Words(least=1, longest=40)]


class FirmPlanIn(Told):
    """One firm, one plan; the day of its review is today or later."""

    problems: Annotated[str, Words(least=2, longest=2000)] = Field(description="主要困难")
    goal: Told300 = Field(description="到复盘时希望怎样,尽量可以核对")
    review_on: IsoDate


class MeasureIn(SeenIn):
    """``owner`` is a person's code; ``before`` is how things are, in words or a number of ``unit``."""

    text: Told300
    owner: PersonCode
    due_on: IsoDate
    before: Annotated[str, Line(120)] = ""
    unit: Annotated[str, Line(12)] = ""
    case: MaybeRef = Field("", description="由哪件事项来办")


class EndMeasureIn(Told):
    """Done says what is now; dropped says why."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {
            "allOf": [
                needed_when("result", "done", "after", {"type": "string", "pattern": Words(least=1).pattern}),
                needed_when("result", "dropped", "note", {"type": "string", "pattern": Words(least=2).pattern}),
            ],
        },
    }

    result: Effect
    after: Annotated[str, Line(120)] = ""
    note: Annotated[str, Line(300)] = ""


class MoveMeasureIn(Told):
    due_on: IsoDate
    reason: Annotated[str, Words(least=2, longest=200)]


class TaskForceIn(SeenIn):
    """Whoever is no longer named leaves; codes of persons."""

    lead: PersonCode
    members: list[PersonCode] = Field(default_factory=list, max_length=40)


class ReviewIn(SeenIn):
    text: Annotated[str, Words(least=2, longest=2000)]
    next_on: IsoDate


class ClosePlanIn(SeenIn):
    outcome: Annotated[str, Words(least=2, longest=500)]


class MeasureOut(Schema):
    ref: str
    text: str
    owner: str
    due_on: date
    state: MeasureState
    before: str
    after: str
    unit: str
    effect: str
    note: str
    case: str | None
    ended_at: datetime | None


PlanKind = Literal[tuple(PLAN_KINDS)]  # type: ignore[valid-type]


class FirmPlanLine(Schema):
    ref: str
    rev: int
    kind: str = Field(description="firm 一企一策,group 分类施策,project 项目化险解困")
    enterprise: str = Field(description="企业;不是一家企业的方案为空")
    name: str
    vitality: str = Field(description="定方案时的经营或推进状态")
    goal: str
    review_on: date
    is_review_due: bool
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    outcome: str
    measures: dict[str, int] = Field(description="各状态的措施数")


class FirmPlanPage(Schema):
    items: list[FirmPlanLine]
    next: str | None


class ForceMember(Schema):
    person: str
    unit: str
    kind: str
    starts_at: datetime
    ends_at: datetime | None


class ReviewOut(Schema):
    text: str
    by: str
    reviewed_at: datetime
    next_on: date


class FirmPlanFile(Schema):
    plan: FirmPlanLine
    problems: str
    measures: list[MeasureOut]
    force: list[ForceMember]
    reviews: list[ReviewOut]
    timeline: list[TimelineEntry]


class LackingPlan(Schema):
    """Stalled and half-stalled firms without an open plan, the gravest first."""

    items: list[FirmLine]
    next: str | None


class MyMeasure(MeasureOut):
    plan: str
    enterprise: str
    name: str


class MyMeasures(Schema):
    items: list[MyMeasure]
    next: str | None
