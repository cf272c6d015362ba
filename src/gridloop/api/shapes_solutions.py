"""Shapes of what is done about the problems of firms: factor gaps (要素缺口) and assisted matters (代办); what a verdict of conditions says.

Amounts of a factor are texts in its own unit; how long something took is in seconds, to the minute, and in words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import TimelineEntry, Told
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_policies import MaybeRef
from gridloop.api.shapes_projects import Factor, Gap, SeenIn
from gridloop.api.words import Whole, Words
from gridloop.offices.enterprise.queries.solution_words import FACTORS, GAP_STATES, ORDER_STATES

GapState = Literal[tuple(GAP_STATES)]  # type: ignore[valid-type]
OrderState = Literal[tuple(ORDER_STATES)]  # type: ignore[valid-type]
Told300 = Annotated[str, Words(least=2, longest=300)]
Solved = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$")]
Item = Annotated[str, Words(least=1, longest=120)]


class FirmGapFilter(Schema):
    """``unit`` is a code, ``firm`` a ref."""

    factor: Literal[("", *FACTORS)] = ""  # type: ignore[valid-type]
    state: Literal[("", *GAP_STATES)] = ""  # type: ignore[valid-type]
    unit: Annotated[str, Line(40)] = ""
    firm: MaybeRef = ""


class FirmGapIn(Told):
    """What the firm lacks, in the factor's own unit (亩、万元、人、千伏安 …): a case with its unit and clock follows."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"factor": "power", "gap": "800", "text": "夏季用电缺 800 千伏安"}}
    )  # fmt: skip

    factor: Factor
    gap: Gap
    text: Annotated[str, Words(least=2, longest=2000)]
    category: Annotated[str, Line(120)] = Field("", description="类别路径;留空按要素取街道自己的类别")


class MeasuredIn(Told):
    """Of which factor the case is about, and how much of it."""

    factor: Factor
    gap: Gap


class GapSolvedIn(Told):
    solved: Solved = Field(description="与缺口同一单位;一点没解决写 0")
    how: Told300


class FirmGapOut(Schema):
    ref: str
    enterprise: str
    name: str
    factor: Factor
    label: str
    gap: str
    unit_of_gap: str
    state: GapState
    solved: str | None
    solved_how: str
    solved_at: datetime | None
    raised_at: datetime
    case: str
    number: str
    lead: str
    due_at: datetime | None


class FirmGapPage(Schema):
    items: list[FirmGapOut]
    next: str | None


class FactorTally(Schema):
    """Of one factor: how many gaps by state, how much is lacking in all and how much of it was met; those of projects beside it."""

    factor: Factor
    label: str
    unit_of_gap: str
    n: int
    open: int
    late: int
    solved: int
    gap: str
    met: str
    projects: int


class FactorMatrix(Schema):
    items: list[FactorTally]


class VerdictClause(Schema):
    requirement: str
    quote: str
    value: Literal["met", "not_met", "unknown"]
    reasons: list[str]
    missing: list[str]


class MatterIn(Told):
    """What can be seen through for firms. Of a known name it is a new version; orders in hand keep what they were opened with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"name": "食品经营许可", "steps": ["受理", "踏勘", "发证"], "materials": ["申请书", "营业执照"], "optional": ["平面图"]}
        },
    )  # fmt: skip

    name: Annotated[str, Words(least=2, longest=80)]
    steps: list[Item] = Field(min_length=1, max_length=30)
    materials: list[Item] = Field(min_length=1, max_length=30, description="必需的材料")
    optional: list[Item] = Field(default_factory=list, max_length=30, description="可有可无的材料")


class NeededMaterial(Schema):
    name: str
    required: bool


class MatterOut(Schema):
    ref: str
    name: str
    steps: list[str]
    materials: list[NeededMaterial]
    is_example: bool
    set_at: datetime


class MatterList(Schema):
    items: list[MatterOut]


class AssistFilter(Schema):
    """``matter`` is a ref."""

    state: Literal[("", *ORDER_STATES)] = ""  # type: ignore[valid-type]
    matter: MaybeRef = ""


class AssistIn(Told):
    """For a firm, or for the firm behind a case; ``helper`` is a person's code, by default whoever accepts it."""

    matter: Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")]
    enterprise: MaybeRef = ""
    case: MaybeRef = ""
    helper: Annotated[str, Line(40)] = ""
    brought: list[Item] = Field(default_factory=list, max_length=60, description="已带来的材料,写清单上的名称")


class MaterialNoticeIn(SeenIn):
    """Everything required that is missing is listed by itself; a second notice is a supervisor's, with its reason."""

    how: Annotated[str, Words(least=2, longest=120)] = Field(description="怎样告知的,例如:当面书面告知")
    more: list[Item] = Field(default_factory=list, max_length=30, description="清单上没有而确实要的材料")
    reason: Annotated[str, Line(300)] = Field("", description="为什么再次要求;只在第二次及以后")


class MaterialsIn(SeenIn):
    materials: list[Item] = Field(min_length=1, max_length=60, description="刚收到的材料")


class StepDoneIn(SeenIn):
    number: Whole = Field(ge=1, le=30, description="第几步;按顺序办")
    note: Annotated[str, Line(200)] = ""


class AssistResultIn(SeenIn):
    result: Told300


class WithdrawAssistIn(SeenIn):
    reason: Told300


class SpanOut(Schema):
    """Exact to the minute, so that two looks within one are alike."""

    natural_seconds: float
    working_seconds: float
    natural: str
    working: str


class AssistLine(Schema):
    ref: str
    rev: int
    enterprise: str
    name: str
    matter: str
    case: str | None
    number: str
    helper: str
    state: OrderState
    accepted_at: datetime
    finished_at: datetime | None
    result: str
    missing: list[str]
    taken: SpanOut


class AssistPage(Schema):
    items: list[AssistLine]
    next: str | None


class MaterialOut(Schema):
    name: str
    required: bool
    come_at: datetime | None


class AssistStepOut(Schema):
    number: int
    name: str
    done_at: datetime | None
    done_by: str
    note: str


class NoticeGivenOut(Schema):
    number: int
    missing: list[str]
    how: str
    reason: str
    given_by: str
    given_at: datetime


class AssistFile(Schema):
    """One order: its materials, steps and notices; ``due`` is the number of the step that comes next, 0 when all are done."""

    order: AssistLine
    materials: list[MaterialOut]
    steps: list[AssistStepOut]
    due: int
    notices: list[NoticeGivenOut]
    timeline: list[TimelineEntry]


class UsualOut(Schema):
    """Of how many; half kept within p50, nine in ten within p90: spans that occurred (seconds)."""

    key: str
    label: str
    n: int
    natural_p50: float
    natural_p90: float
    working_p50: float
    working_p90: float
    words: list[str]


class UsualTimes(Schema):
    matters: list[UsualOut]
    cases: list[UsualOut]
    most: int = Field(description="按类别统计时只看最近这么多件")


class RetiredOut(Schema):
    ref: str
    retired: StrictBool
