"""Shapes of evaluations by rules (考评规则), their frozen revisions (冻结) and the objections of units (异议)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.shapes_campaigns import Because, MeasureRate
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_indicators import PeriodCode
from gridloop.api.words import IsoDate, Words
from gridloop.core.evaluation import DECISIONS, PERIOD_KINDS, STANDINGS
from gridloop.offices.indicators.evaluating import MEASURES

Ref = Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")]
MeasureCode = Literal[tuple(MEASURES)]  # type: ignore[valid-type]
PeriodKind = Literal[tuple(PERIOD_KINDS)]  # type: ignore[valid-type]
Decision = Literal[tuple(DECISIONS)]  # type: ignore[valid-type]
DecisionOrNone = Literal[("", *DECISIONS)]  # type: ignore[valid-type]
StandingCode = Literal[tuple(STANDINGS)]  # type: ignore[valid-type]


class MeasureRuleIn(Told):
    measure: MeasureCode
    threshold: int | None = Field(None, ge=0, le=100, description="百分数;null:只列出,不定标准")
    source: Annotated[str, Line(120)] = Field("", description="标准的出处;定了标准就要写")


class RulesIn(Told):
    """One more version; it holds from its day on and alters no period that began before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "measures": [{"measure": "timely", "threshold": 95, "source": "示例考评办法第三条"}], "period_kind": "month", "effective_on": "2099-05-01",
                "reason": "按办法定第一版",
            }
        },
    )  # fmt: skip

    measures: Annotated[list[MeasureRuleIn], Field(min_length=1, max_length=len(MEASURES))]
    period_kind: PeriodKind
    effective_on: IsoDate
    reason: Because


class MeasureRuleOut(Schema):
    measure: MeasureCode
    threshold: int | None
    source: str


class RulesOut(Schema):
    """``version`` counts from 1; a period is evaluated by the version that held on its first day."""

    ref: str
    version: int
    measures: list[MeasureRuleOut]
    period_kind: PeriodKind
    effective_on: date
    reason: str
    set_at: datetime


class RulesPage(Schema):
    items: list[RulesOut]
    next: str | None


class FreezeIn(Told):
    period: PeriodCode = Field(description="一个完整的、已结束的期间,例如 2022-05 或 2022Q2")


class FrozenLine(Schema):
    ref: str
    period: str
    revision: int
    version: int = Field(description="照哪一版规则")
    digest: str = Field(description="明细的 SHA-256,台账里封存的就是它")
    reason: str = Field(description="修订原因;第一次为空")
    frozen_at: datetime


class FrozenPage(Schema):
    items: list[FrozenLine]
    next: str | None


class FrozenRate(MeasureRate):
    threshold: int | None
    standing: StandingCode


class FrozenUnit(Schema):
    """One unit; ``unit`` is null for all together. Units stand in the order of their codes."""

    unit: str | None
    name: str
    rates: list[FrozenRate]
    cases: int


class FrozenCase(Schema):
    """What a case says to each measure, as it stood; only cases that the caller sees."""

    ref: str
    number: str
    unit: str
    marks: dict[str, bool | None]


class DifferenceOut(Schema):
    """What today's rows would say otherwise; ``measure`` is empty where the case is on one side only."""

    ref: str
    number: str
    measure: str
    frozen: bool | None
    now: bool | None
    is_gone: bool
    is_new: bool


class ObjectionOut(Schema):
    ref: str
    unit: str
    case: str
    number: str
    measure: MeasureCode
    text: str
    raised_at: datetime
    decision: DecisionOrNone
    decided_because: str
    decided_at: datetime | None
    into: str | None = Field(description="成立时得出的新修订")


class FrozenFile(Schema):
    frozen: FrozenLine
    is_newest: bool
    is_sealed: bool = Field(description="明细与台账里封存的指纹一致")
    units: list[FrozenUnit]
    cases: list[FrozenCase]
    hidden: int = Field(description="不在调用者范围内的明细件数")
    differences: list[DifferenceOut]
    objections: list[ObjectionOut]


class ObjectionIn(Told):
    case: Ref = Field(description="明细里的事项")
    measure: MeasureCode
    text: Annotated[str, Words(least=10, longest=500)]


class DecisionIn(Told):
    decision: Decision
    because: Because
