"""Shapes of the register of enterprises (一企一档): a firm, its dated rows, its contacts (masked), what it agreed to, proposals, imports.

Sums of money are texts in 元. Names and telephone numbers of contacts are masked everywhere but behind ``POST /enterprises/{ref}/contacts/look``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StrictFloat, StringConstraints

from gridloop.api.shapes import TimelineEntry, Told
from gridloop.api.shapes_desk import LookOut
from gridloop.api.words import IsoDate, Revision, Whole, Words, Yuan
from gridloop.core.firm_size import SIZES
from gridloop.core.vitality import VITALITIES
from gridloop.offices.enterprise.queries.register import Wanted
from gridloop.offices.enterprise.queries.words import CONSENTS, LEFT_BECAUSE, PRIORITIES, SLOTS

Size = Literal[("", *SIZES)]  # type: ignore[valid-type]
Priority = Literal[("", *PRIORITIES)]  # type: ignore[valid-type]
Vitality = Literal[tuple(VITALITIES)]  # type: ignore[valid-type]
ConsentKind = Literal[tuple(CONSENTS)]  # type: ignore[valid-type]
Slot = Literal[tuple(SLOTS)]  # type: ignore[valid-type]
LeftBecause = Literal[("", *LEFT_BECAUSE)]  # type: ignore[valid-type]
Reason = Annotated[str, Words(least=2, longest=200)]
Year = Annotated[Whole, Field(ge=1990, le=2100)]


def Line(longest: int) -> StringConstraints:  # noqa: N802 - reads as the type it makes
    """A text of at most so many letters, or none."""
    return StringConstraints(pattern=r"^[^\u0000]*$", max_length=longest)


class FirmBody(Told):
    """What is told of a firm. Empty means unknown; ``grid`` is a code, ``cluster`` a name. Without a grid the point or the address places it."""

    alias: Annotated[str, Line(120)] = ""
    kind: Annotated[str, Line(60)] = ""
    industry: Annotated[str, StringConstraints(pattern=r"^([0-9]{2,4})?$")] = Field(
        "", description="GB/T 4754 的两到四位代码"
    )
    business: Annotated[str, Line(4000)] = ""
    registered_on: IsoDate | None = None
    capital: Yuan | None = None
    address: Annotated[str, Line(200)] = ""
    grid: Annotated[str, Line(40)] = ""
    lon: StrictFloat | None = Field(None, ge=-180, le=180)
    lat: StrictFloat | None = Field(None, ge=-90, le=90)
    cluster: Annotated[str, Line(80)] = ""
    priority: Priority = ""
    size: Size = Field("", description="人工说明的规模;规则能划型时以规则为准")
    above: StrictBool | None = Field(None, description="人工说明是否限额以上;null 则按规则")


Code = Annotated[str, StringConstraints(pattern=r"^([0-9A-Za-z]{15}|[0-9A-Za-z]{18})$")]


class FirmIn(FirmBody):
    """A new firm, with its first year's figures and its first contact where known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"name": "示例机械厂", "code": "91410102MA000000XX", "industry": "3411", "staff": 40, "revenue": "8000000.00"}
        },
    )  # fmt: skip

    name: Annotated[str, Words(least=2, longest=120)]
    code: Code = Field(description="统一社会信用代码;还没换证的写 15 位注册号")
    year: Year | None = Field(None, description="数据年度;默认上一年")
    staff: Whole | None = Field(None, ge=0, le=1_000_000)
    revenue: Yuan | None = None
    assets: Yuan | None = None
    contact: Annotated[str, Line(40)] = ""
    phone: Annotated[str, Line(40)] = ""
    duty: Annotated[str, Line(40)] = ""


class FirmAmendIn(FirmBody):
    """Only the fields that are sent are changed; an empty one takes a value away."""

    name: Annotated[str, Words(least=2, longest=120)] = ""
    code: Code = ""
    reason: Reason = Field(description="修改依据,例如:营业执照变更")
    rev: Revision | None = Field(None, description="看到的是第几版;与 If-Match 二选一")


class FigureIn(Told):
    """At least one of the three; a year that was told before is corrected."""

    year: Year
    staff: Whole | None = Field(None, ge=0, le=1_000_000)
    revenue: Yuan | None = None
    assets: Yuan | None = None
    source: Annotated[str, Line(120)] = Field("", description="例如:企业年报、走访了解")


class VitalityIn(Told):
    vitality: Vitality
    reason: Annotated[str, Words(least=2, longest=300)]


class LeftIn(Told):
    because: Literal["closed", "moved"]
    reason: Reason


class FirmMergeIn(Told):
    into: Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")] = Field(description="并入哪一家")
    reason: Reason


class FirmContactIn(Told):
    name: Annotated[str, Words(least=1, longest=40)]
    phone: Annotated[str, Line(40)] = ""
    duty: Annotated[str, Line(40)] = ""
    is_main: StrictBool = False


class ConsentIn(Told):
    kind: ConsentKind
    granted: StrictBool = Field(description="同意,还是不同意或撤回")
    how: Annotated[str, Words(least=2, longest=120)] = Field(description="怎样表示的,例如:当面签字、电话说明")


class DecideProposalIn(Told):
    accepted: StrictBool
    remark: Annotated[str, Line(300)] = Field("", description="不采纳请写明理由")


Slotted = Literal[("", *SLOTS)]  # type: ignore[valid-type]
Chosen = Annotated[str, StringConstraints(pattern=r"^[^\u0000]*$", max_length=80)]


class FirmFilter(Schema):
    """What a list of firms is narrowed to; empty means any."""

    text: Chosen = Field("", description="名称、简称、代码或拼音首字母")
    section: Annotated[str, StringConstraints(pattern=r"^[A-T]?$")] = Field("", description="行业门类")
    industry: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,4}$")] = Field("", description="行业代码的开头")
    firm_size: Size = Field("", description="规模")
    threshold: Literal["", "yes", "no", "unknown"] = Field("", description="限额以上")
    priority: Literal[("", "any", *PRIORITIES)] = Field("", description="重点级别;any 为各级重点")  # type: ignore[valid-type]
    vitality: Literal[("", *VITALITIES)] = Field("", description="经营状态")  # type: ignore[valid-type]
    place: Chosen = Field("", description="地点路径,包括其下")
    cluster: Chosen = Field("", description="集聚区的 ref")
    lacks: Slotted = Field("", description="包联空缺的层级")
    mine: bool = Field(False, description="只要自己包联的")
    left: bool = Field(False, description="已离开的")

    def as_wanted(self, *, after: int = 0) -> Wanted:
        told = self.model_dump()
        return Wanted(size=told.pop("firm_size"), **told, after=after)


class FirmLine(Schema):
    """A firm in short. ``size_by`` and ``threshold_by`` say whether a rule found it or a person stated it."""

    ref: str
    rev: int
    street: str
    code: str
    code_kind: str
    name: str
    alias: str
    kind: str
    industry: str
    section: str
    size: str
    size_by: str
    above_threshold: bool | None
    threshold_by: str
    priority: str
    vitality: str
    grid: str
    place: str
    placed_by: str
    address: str
    cluster: str
    staff: int | None
    revenue: str | None
    assets: str | None
    figures_year: int | None
    entered_at: datetime
    left_at: datetime | None
    left_because: LeftBecause


class FirmPage(Schema):
    items: list[FirmLine]
    count: int
    next: str | None


class FirmCounts(Schema):
    """How many firms of the narrowed list have each value of the column; the empty one is unknown."""

    by: str
    counts: dict[str, int]


class SlotOut(Schema):
    """Who holds one of the four slots; ``pairing`` is empty where the sub-district stands in by default; who ``has_left`` waits for the next."""

    slot: Slot
    unit: str
    person: str
    substitute: str
    unit_phone: str
    since: datetime | None
    term_ends_on: date | None
    pairing: str
    is_default: bool
    has_left: bool


class StackOut(Schema):
    """The four names of a firm (立体式包联); a slot of ``blanks`` has nobody named."""

    slots: list[SlotOut]
    blanks: list[Slot]


class FirmContactOut(Schema):
    """A contact as everybody sees it: masked."""

    ref: str
    name: str
    phone: str
    duty: str
    is_main: bool


class FirmContactClear(Schema):
    ref: str
    name: str
    phone: str


class FirmContactsClear(Schema):
    contacts: list[FirmContactClear]


class ConsentOut(Schema):
    """What the firm agreed to; without an answer of its own (``is_default``) what holds for all."""

    kind: ConsentKind
    label: str
    granted: bool
    how: str
    since: datetime | None
    is_default: bool


class FigureOut(Schema):
    year: int
    staff: int | None
    revenue: str | None
    assets: str | None
    source: str


class SpellOut(Schema):
    vitality: Vitality
    reason: str
    starts_at: datetime
    ends_at: datetime | None


class FirmCase(Schema):
    ref: str
    number: str
    title: str
    state: str
    unit: str
    due_at: datetime | None
    filed_at: datetime


class ServedBy(Schema):
    """A team member whose beat includes the firm."""

    kind: str
    person: str
    team: str
    place: str


class FirmFile(Schema):
    """Everything about one firm (一企一档). ``looks`` (who saw its contacts) is told to those who arrange."""

    firm: FirmLine
    business: str
    registered_on: date | None
    capital: str | None
    capital_text: str
    merged_into: str
    reasons: list[str]
    stack: StackOut
    team: list[ServedBy]
    contacts: list[FirmContactOut]
    consents: list[ConsentOut]
    figures: list[FigureOut]
    spells: list[SpellOut]
    cases: list[FirmCase]
    timeline: list[TimelineEntry]
    looks: list[LookOut] | None


class AlikePair(Schema):
    one: FirmLine
    other: FirmLine


class AlikePairs(Schema):
    items: list[AlikePair]
    next: str | None


class ProposalOut(Schema):
    """What the rule proposes for a firm's state, and why; a person decides."""

    ref: str
    enterprise: str
    name: str
    present: Vitality
    proposed: Vitality
    reasons: list[str]
    proposed_at: datetime
    accepted: bool | None
    remark: str


class ProposalList(Schema):
    items: list[ProposalOut]
    next: str | None
