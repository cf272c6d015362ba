"""Shapes of 银企对接: bank products, one firm's demand and one bank's answer, the board's totals.

Sums of money are texts in 元, rates texts in percent a year. Whoever of the firm agreed is masked.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

from gridloop.api.shapes import TimelineEntry, Told
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_policies import ClauseIn, MaybeRef
from gridloop.api.shapes_projects import SeenIn
from gridloop.api.shapes_solutions import Told300, VerdictClause, WithdrawAssistIn
from gridloop.api.words import IsoDate, Whole, Words, Yuan
from gridloop.offices.enterprise.queries.solution_words import COLLATERALS, PURPOSES, STAGES

Stage = Literal[tuple(STAGES)]  # type: ignore[valid-type]
Purpose = Literal[tuple(PURPOSES)]  # type: ignore[valid-type]
Collateral = Literal[tuple(COLLATERALS)]  # type: ignore[valid-type]
Rate = Annotated[str, StringConstraints(pattern=r"^(([0-9]|[12][0-9]|3[0-5])(\.[0-9]{1,2})?|36(\.00?)?)$")]
Months = Annotated[Whole, Field(ge=1, le=360)]
SUITS = {"quote": "从业人员10人以上", "condition": {"fact": "staff", "at_least": 10}}


class ProductIn(Told):
    """What a bank offers; conditions over facts of the firm and of its demand (``demand_amount`` in 万元)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"bank": "示例银行", "name": "助企贷", "limit": "5000000.00", "rate_low": "3.45", "rate_high": "4.35", "longest": 36, "clauses": [SUITS]}
        },
    )  # fmt: skip

    bank: Annotated[str, Words(least=2, longest=80)]
    name: Annotated[str, Words(least=2, longest=80)]
    limit: Yuan = Field(description="最高额度")
    rate_low: Rate
    rate_high: Rate
    longest: Months = Field(description="最长期限(月)")
    desk: Annotated[str, Line(120)] = Field("", description="对接窗口:部门和办公电话,不写个人手机")
    clauses: list[ClauseIn] = Field(default_factory=list, max_length=40)


class ProductOut(Schema):
    ref: str
    bank: str
    name: str
    limit: str
    rate_low: str
    rate_high: str
    longest: int
    desk: str
    clauses: list[ClauseIn]
    in_words: list[str]
    is_example: bool
    added_at: datetime


class ProductList(Schema):
    items: list[ProductOut]
    next: str | None


class EndProductIn(Told):
    reason: Annotated[str, Words(least=2, longest=200)]


class BankDemandIn(Told):
    """For a firm, or for the firm behind a case. No bank is told before the firm has agreed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"enterprise": "2a3b4c5d6e7f8g9h", "amount": "500000.00", "purpose": "turnover", "term": 12, "collateral": "none"}
        },
    )  # fmt: skip

    enterprise: MaybeRef = ""
    case: MaybeRef = ""
    amount: Yuan
    purpose: Purpose
    term: Months
    collateral: Collateral
    forum: Annotated[str, Line(60)] = Field("", description="在银企对接会上提出的,写那一场的 ref;一对一的不写")
    note: Annotated[str, Line(300)] = ""


class BankConsentIn(SeenIn):
    """Who of the firm agreed; the name is kept encrypted and never enters the ledger."""

    name: Annotated[str, Words(least=2, longest=40)]
    duty: Annotated[str, Words(least=2, longest=40)]
    how: Annotated[str, Words(least=2, longest=120)]


class IntroduceIn(SeenIn):
    product: Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")]
    why: Annotated[str, Line(200)] = Field("", description="仍要介绍的理由;只在产品不符合时要写")


class GrantIn(SeenIn):
    granted: Yuan
    rate: Rate | None = None
    why: Annotated[str, Line(200)] = Field("", description="授信多于需求时要写")


class BankDeclineIn(SeenIn):
    reason: Told300


class DrawIn(SeenIn):
    """One drawing of the credit; all together are never more than was granted."""

    drawn: Yuan
    drawn_on: IsoDate | None = Field(None, description="放款日期;不写就是今天")
    note: Annotated[str, Line(200)] = ""


class VoidDrawingIn(SeenIn):
    """A drawing that was put down wrongly; it stays on record and counts no longer."""

    drawing: Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")]
    reason: Annotated[str, Words(least=2, longest=200)]


class DrawingOut(Schema):
    ref: str
    drawn_on: date
    amount: str
    note: str
    told_by: str = Field(description="登记人;从旧数据转来的为空")
    told_at: datetime
    void_at: datetime | None
    void_because: str


class BankOfficerIn(SeenIn):
    officer: Annotated[str, Words(least=1, longest=40)] = Field(description="人员编号")


class WithdrawDemandIn(WithdrawAssistIn):
    """The firm no longer wants it."""


class BankFilter(Schema):
    stage: Literal[("", *STAGES)] = ""  # type: ignore[valid-type]
    bank: Annotated[str, Line(80)] = ""
    forum: Annotated[str, Line(80)] = ""


class BankMatchLine(Schema):
    ref: str
    rev: int
    enterprise: str
    name: str
    case: str | None
    number: str
    forum: str = Field(description="银企对接会的名称;一对一的为空")
    forum_ref: str
    stage: Stage
    label: str
    amount: str
    purpose: Purpose
    term: int
    collateral: Collateral
    note: str
    officer: str
    product: str | None
    bank: str
    product_name: str
    fits: str
    granted: str | None
    rate: str | None
    drawn: str | None = Field(description="各次放款合计")
    left: str | None = Field(description="授信还可放款多少;没有授信的为空")
    demanded_at: datetime
    consented_at: datetime | None
    introduced_at: datetime | None
    answered_at: datetime | None
    drawn_at: datetime | None
    declined_because: str
    withdrawn_because: str


class BankMatchPage(Schema):
    items: list[BankMatchLine]
    next: str | None


class SumOut(Schema):
    """How many, and how much together."""

    n: int
    amount: str


class BankTotals(Schema):
    """By stage how many; demand (withdrawn ones left out), granted and drawn, each with its n."""

    stages: dict[str, int]
    demand: SumOut
    granted: SumOut
    drawn: SumOut


class SuitedOut(Schema):
    """What one product says of the demand, clause by clause."""

    product: str
    bank: str
    name: str
    value: Literal["met", "not_met", "unknown"]
    clauses: list[VerdictClause]


class ToldToBank(Schema):
    label: str
    value: str


class BankMatchFile(Schema):
    """One match: who agreed (masked), what a bank is shown, which products suit, what can be done now, what happened."""

    match: BankMatchLine
    consent_name: str
    consent_duty: str
    consent_how: str
    sheet: list[ToldToBank]
    drawings: list[DrawingOut] = Field(description="各次放款,作废的也在内")
    suited: list[SuitedOut]
    steps: list[str]
    timeline: list[TimelineEntry]
