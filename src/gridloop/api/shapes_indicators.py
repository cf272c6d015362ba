"""Shapes of indicators (指标): what others published with its source and its doubts, what our rows say with n and interval, where we stood."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.words import IsoDate, Whole, Words
from gridloop.offices.indicators.words import KINDS, UNITS

Kind = Literal[tuple(KINDS)]  # type: ignore[valid-type]
UnitOfFigure = Literal[tuple(UNITS)]  # type: ignore[valid-type]
PeriodCode = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?|Q[1-4]|H[12])?(\+[0-9]{4}-[0-9]{2}-[0-9]{2})?$")
]
PERIOD = "2022-05-29、2022-05、2022Q1、2022H1 或 2022;“以来”写 2022H1+2022-05-29"
Figure = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?$")]
Percent = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?$")]


class SourceIn(Told):
    issuer: Annotated[str, Words(least=2, longest=80)] = Field(description="发布单位")
    document: Annotated[str, Words(least=2, longest=160)] = Field(description="文件或出处")
    issued_on: IsoDate | None = None


class ReadingIn(SourceIn):
    """A figure as it was published. Nothing is converted or repaired; a figure told before is corrected with a reason and both stay."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"code": "retail", "period": "2022Q1", "value": "12.6", "unit": "亿元", "issuer": "区统计局", "document": "一季度快报"}
        },
    )  # fmt: skip

    code: Annotated[str, Words(least=1, longest=40)]
    period: PeriodCode = Field(description=PERIOD)
    value: Figure
    unit: UnitOfFigure
    base: Figure | None = Field(None, description="去年同期,单位与本期相同")
    growth: Percent | None = Field(None, description="发布的增速(%)")
    reason: Annotated[str, Line(300)] = Field("", description="更正原因")


class StandingIn(SourceIn):
    """Where somebody else's document placed the *street*; never a person."""

    about: Annotated[str, Words(least=2, longest=120)]
    period: PeriodCode = Field(description=PERIOD)
    stood: Whole = Field(ge=1, le=999)
    among: Whole | None = Field(None, ge=1, le=999)
    area: Annotated[str, Line(40)] = ""


class DefinitionIn(Told):
    """What a code means from now on; a known code gets its next version."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")]
    name: Annotated[str, Words(least=2, longest=60)]
    kind: Kind
    unit: UnitOfFigure
    basis: Annotated[str, Words(least=4, longest=300)] = Field(description="口径")


class CheckIn(Told):
    note: Annotated[str, Words(least=4, longest=300)] = Field(description="例如:与统计公报第2页一致")


class DefinitionOut(Schema):
    code: str
    version: int
    name: str
    kind: Kind
    unit: UnitOfFigure
    basis: str
    source: Literal["external", "computed"]
    valid_from: datetime


class FigureTold(Schema):
    """A published figure, with the growth computed from its base beside the printed one, and what may be doubted of it."""

    ref: str
    code: str
    name: str
    period: str
    value: str
    unit: str
    base: str | None
    base_from: str
    growth: str | None
    computed: str | None
    doubts: list[str]
    issuer: str
    document: str
    issued_on: date | None
    told_at: datetime
    reason: str
    checked_at: datetime | None
    checked_note: str


class FigureBefore(Schema):
    ref: str
    value: str
    unit: str
    issuer: str
    document: str
    told_at: datetime
    corrected_at: datetime | None


class FigureFile(Schema):
    """One published figure and what stood in its place before."""

    figure: FigureTold
    before: list[FigureBefore]


class ComputedOut(Schema):
    """What our own rows say, computed when it is asked. A rate has its part, its n and the 95 % Wilson interval."""

    code: str
    name: str
    basis: str
    kind: str
    value: float | None
    n: int
    part: int | None
    lower: float | None
    upper: float | None
    caution: str
    amount: str | None = Field(description="合计的金额,单位元;不是金额的指标为 null")
    seconds: int | None = Field(description="用时,单位秒(例如办证最短用时);不是用时的指标为 null")


class StreetStandingOut(Schema):
    ref: str
    about: str
    period: str
    stood: int
    among: int | None
    area: str
    issuer: str
    document: str
    issued_on: date | None


class IndicatorsOut(Schema):
    period: str
    readings: list[FigureTold]
    computed: list[ComputedOut]
    standings: list[StreetStandingOut]
    definitions: list[DefinitionOut]


class RowBehind(Schema):
    """A row behind a number: ``subject`` is ``case:ref``, ``project:ref``, ``enterprise:ref`` or ``policy:ref``."""

    subject: str
    label: str
    detail: str
    counts: bool


class IndicatorFile(Schema):
    """One indicator: the rows behind a computed number (``rows_left_out`` beyond the most), or the series of a published one."""

    code: str
    period: str
    computed: ComputedOut | None
    rows: list[RowBehind]
    rows_left_out: int
    definitions: list[DefinitionOut]
    series: list[FigureTold]
