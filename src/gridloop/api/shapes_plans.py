"""Shapes of plans for groups of firms (分类施策), of what the rule says of projects that stand still, and of their plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.words import IsoDate, Revision, Words
from gridloop.offices.projects.queries.words import STANDINGS

Standing = Literal[tuple(STANDINGS)]  # type: ignore[valid-type]


class PlanBodyIn(Told):
    """What is the matter, what is hoped for, when it is looked at again."""

    problems: Annotated[str, Words(least=2, longest=2000)]
    goal: Annotated[str, Words(least=2, longest=300)]
    review_on: IsoDate


class GroupPlanIn(PlanBodyIn):
    """A plan for the firms of a place (因地), an industry (因业), a season (因时); what is empty does not narrow."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"title": "制造业夏季用电方案", "industry": "C", "problems": "迎峰度夏用电紧张", "goal": "限电日错峰,不停产", "review_on": "2099-06-30"}
        },
    )  # fmt: skip

    title: Annotated[str, Words(least=2, longest=120)]
    grid: Annotated[str, Line(40)] = Field("", description="网格代码,含其下各级")
    industry: Annotated[str, Line(4)] = Field("", description="GB/T 4754 门类字母或大类代码")
    starts_on: IsoDate | None = None
    ends_on: IsoDate | None = None


class GroupPlanOut(Schema):
    """A group's plan and how many firms of the caller's scope it holds for today."""

    ref: str
    title: str
    place: str
    place_name: str
    industry: str
    starts_on: date | None
    ends_on: date | None
    problems: str
    goal: str
    review_on: date
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    firms: int


class GroupPlanList(Schema):
    items: list[GroupPlanOut]
    next: str | None


class HoldingPlan(Schema):
    """A group's plan that holds for the firm today, and why."""

    plan: str
    title: str
    goal: str
    reasons: list[str]


class HoldingPlans(Schema):
    items: list[HoldingPlan]


class StandingProposal(Schema):
    """What the rule proposes, and on what ground."""

    standing: Standing
    reasons: list[str]


class ProjectWatched(Schema):
    """A project that stands still, or of which the rule would say so."""

    ref: str
    rev: int
    code: str
    name: str
    library: str
    standing: Standing
    proposal: StandingProposal | None
    lacks_plan: bool = Field(description="停滞或半停滞而没有进行中的方案")
    plan: str = Field(description="进行中的方案;没有为空")


class ProjectWatch(Schema):
    items: list[ProjectWatched]
    next: str | None


class ProjectStandingIn(Told):
    """A person's decision: accepted, the project stands so; not accepted, the rule keeps silent for ninety days."""

    standing: Standing
    accepted: StrictBool = True
    remark: Annotated[str, Line(300)] = Field("", description="不采纳,或没有建议而改,必填")
    rev: Revision | None = None


class PlanOpened(Schema):
    """The plan is open; its measures and task force are done on its page."""

    ref: str
    kind: str
    title: str
    goal: str
    review_on: date
