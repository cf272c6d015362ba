"""Shapes of the four libraries of projects (四库): a project, its months, moves, gaps and obstacles; entry criteria; conversion rates.

Sums of money are texts in 元; a pace (时序进度) is in percent and percent points.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.words import IsoDate, Revision, Whole, Words, Yuan
from gridloop.offices.projects.queries.words import FACTORS, LIBRARIES, PRIORITIES, SECTORS, STANDINGS

Library = Literal[tuple(LIBRARIES)]  # type: ignore[valid-type]
Sector = Literal[tuple(SECTORS)]  # type: ignore[valid-type]
Factor = Literal[tuple(FACTORS)]  # type: ignore[valid-type]
KeyLevel = Literal[("", *PRIORITIES)]  # type: ignore[valid-type]
AlarmCode = Literal["", "not_started", "not_finished", "behind", "unreported", "early"]
Why = Annotated[str, Words(least=4, longest=300)]
ProjectStanding = Literal[tuple(STANDINGS)]  # type: ignore[valid-type]
Gap = Annotated[str, StringConstraints(pattern=r"^(0\.0[1-9]|0\.[1-9][0-9]?|[1-9][0-9]{0,11}(\.[0-9]{1,2})?)$")]


class ProjectDates(Told):
    start_planned_on: IsoDate | None = None
    finish_planned_on: IsoDate | None = None
    started_on: IsoDate | None = None
    finished_on: IsoDate | None = None
    produced_on: IsoDate | None = None
    counted_on: IsoDate | None = None


class ProjectIn(ProjectDates):
    """A project enters the reserve library, once; ``unit`` (责任单位) and ``grid`` are codes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"name": "柳荫智造园", "owner": "示例建设公司", "unit": "economy", "sector": "industry", "total": "320000000.00"}
        },
    )  # fmt: skip

    name: Annotated[str, Words(least=2, longest=120)]
    owner: Annotated[str, Words(least=2, longest=120)] = Field(description="建设单位")
    unit: Annotated[str, Words(least=1, longest=40)]
    sector: Sector
    total: Yuan
    code: Annotated[str, Line(40)] = Field("", description="项目编号;留空则自动编")
    content: Annotated[str, Line(2000)] = ""
    priority: KeyLevel = ""
    grid: Annotated[str, Line(40)] = ""
    address: Annotated[str, Line(200)] = ""
    approval: Annotated[str, Line(80)] = ""
    site_ready: StrictBool | None = None
    permit: Annotated[str, Line(80)] = ""


class ProjectAmendIn(ProjectDates):
    """Only the fields that are sent are changed; the library is changed by a move."""

    name: Annotated[str, Words(least=2, longest=120)] = ""
    owner: Annotated[str, Words(least=2, longest=120)] = ""
    unit: Annotated[str, Words(least=1, longest=40)] = ""
    sector: Sector = "industry"
    total: Yuan = ""
    code: Annotated[str, Line(40)] = ""
    content: Annotated[str, Line(2000)] = ""
    priority: KeyLevel = ""
    grid: Annotated[str, Line(40)] = ""
    address: Annotated[str, Line(200)] = ""
    approval: Annotated[str, Line(80)] = ""
    site_ready: StrictBool | None = None
    permit: Annotated[str, Line(80)] = ""
    rev: Revision | None = Field(None, description="看到的是第几版;与 If-Match 二选一")


class SeenIn(Told):
    rev: Revision | None = Field(None, description="看到的是第几版;与 If-Match 二选一")


class MoveProjectIn(SeenIn):
    """To the library beside its own; going on asks the entry criteria, going back a reason only."""

    to: Library
    reason: Why
    on: IsoDate | None = Field(None, description="实际日期;默认今天")


class DropProjectIn(SeenIn):
    reason: Why


class YearPlanIn(SeenIn):
    """The year's plan, spread evenly over its months from ``first`` on."""

    year: Whole = Field(ge=2000, le=2100)
    amount: Yuan
    first: Whole = Field(1, ge=1, le=12)


class MonthIn(SeenIn):
    """What a month invested; a month that was reported before is corrected with a reason."""

    month: Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    invested: Yuan
    note: Annotated[str, Line(300)] = Field("", description="形象进度")
    reason: Annotated[str, Line(300)] = Field("", description="更正原因")


class GapIn(Told):
    """What the project lacks, in the factor's own unit (亩、万元、人、千伏安 …): a case with its unit and clock follows."""

    factor: Factor
    gap: Gap
    text: Annotated[str, Words(least=2, longest=2000)]
    category: Annotated[str, Line(120)] = ""


class ObstacleIn(Told):
    text: Annotated[str, Words(least=2, longest=2000)]
    category: Annotated[str, Line(120)] = ""


class CriterionIn(Told):
    """What must hold, as a condition over the project (``core.condition``), and the words of the rule."""

    quote: Annotated[str, Line(300)] = ""
    condition: dict[str, Any]


class CriteriaIn(Told):
    """The entry criteria of one library from now on; projects that stand in it already stay."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "clauses": [{"quote": "已取得施工许可", "condition": {"fact": "permit", "is_known": True}}], "reason": "项目管理办法第三条",
            }
        },
    )  # fmt: skip

    clauses: list[CriterionIn] = Field(max_length=20)
    reason: Annotated[str, Words(least=2, longest=300)]


class ProjectFilter(Schema):
    """What the libraries are narrowed to; ``factor`` is one that is lacking now, ``unit`` a code."""

    library: Literal[("", *LIBRARIES)] = ""  # type: ignore[valid-type]
    priority: KeyLevel = ""
    unit: Annotated[str, Line(40)] = ""
    sector: Literal[("", *SECTORS)] = ""  # type: ignore[valid-type]
    factor: Literal[("", *FACTORS)] = ""  # type: ignore[valid-type]
    alarm: AlarmCode = ""
    text: Annotated[str, Line(60)] = ""


class PaceOut(Schema):
    """时序进度: of the year's plan so many percent are done, so many of the year have passed, and the points between."""

    planned: str
    done: str
    month: int
    share: float
    due: float
    points: float


class AlarmOut(Schema):
    code: str
    label: str
    sentence: str
    is_good: bool


class GapOut(Schema):
    factor: Factor
    gap: str
    unit_of_gap: str
    case: str
    number: str
    state: str
    lead: str
    due_at: datetime | None
    is_late: bool
    is_solved: bool


class ProjectLine(Schema):
    ref: str
    rev: int
    code: str
    name: str
    owner: str
    unit: str
    sector: Sector
    priority: KeyLevel
    library: Library
    standing: ProjectStanding
    total: str
    place: str
    invested: str
    pace: PaceOut | None
    alarms: list[AlarmOut]
    needs: list[GapOut]
    entered_at: datetime
    dropped_at: datetime | None
    dropped_because: str


class DroppedProject(Schema):
    ref: str
    code: str
    name: str
    library: Library
    dropped_at: datetime
    dropped_because: str


class DroppedProjects(Schema):
    items: list[DroppedProject]
    next: str | None


class LibraryOut(Schema):
    """One library: how many projects, their total, and every one of them: the figures are made from the rows."""

    library: Library
    label: str
    n: int
    total: str
    projects: list[ProjectLine]


class RateOut(Schema):
    """How many projects went on from one library to the next, of how many, with the 95 % Wilson interval."""

    came_from: str
    to: str
    part: int | None
    n: int
    value: float | None
    lower: float | None
    upper: float | None
    caution: str


class ProjectBoard(Schema):
    libraries: list[LibraryOut]
    next: str | None
    rates: list[RateOut]
    dropped: int


class ProjectMonthOut(Schema):
    month: str
    planned: str
    invested: str | None
    note: str
    reported_at: datetime | None


class MoveOut(Schema):
    number: int
    came_from: str
    to: Library
    direction: Literal["entry", "forward", "back"]
    reason: str
    moved_on: date
    moved_at: datetime


class CriterionOut(Schema):
    """One entry criterion of the next library, and whether the project meets it."""

    requirement: str
    quote: str
    value: Literal["met", "not_met", "unknown"]
    reasons: list[str]


class ObstacleOut(Schema):
    ref: str
    case: str
    number: str
    title: str
    state: str
    lead: str
    raised_at: datetime


class ProposalBehind(Schema):
    """An approved proposal (立项建议) that is this project."""

    ref: str
    title: str


class PlanOfProject(Schema):
    """A plan (化险解困) of the project; ``GET /plans/{ref}`` tells it whole."""

    ref: str
    goal: str
    review_on: date
    opened_at: datetime
    closed_at: datetime | None
    outcome: str


class BankOfProject(Schema):
    """A bank match of the firm that owns the project, or of its gap in funds (``case``), as far as the caller sees it."""

    ref: str
    stage: str
    enterprise: str
    amount: str
    case: str
    bank: str


class ProjectFile(Schema):
    """Everything about one project."""

    project: ProjectLine
    content: str
    address: str
    grid: str
    approval: str
    site_ready: bool | None
    permit: str
    dates: dict[str, date | None]
    next: str
    criteria: list[CriterionOut]
    months: list[ProjectMonthOut]
    moves: list[MoveOut]
    obstacles: list[ObstacleOut]
    proposals: list[ProposalBehind]
    plans: list[PlanOfProject]
    banks: list[BankOfProject]


class CriteriaOut(Schema):
    """Version 0 is what holds until the street sets its own."""

    library: Library
    label: str
    version: int
    clauses: list[CriterionIn]
    in_words: list[str]


class CriteriaList(Schema):
    items: list[CriteriaOut]
