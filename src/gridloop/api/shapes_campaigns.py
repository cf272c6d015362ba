"""Shapes of campaigns (专项): what a campaign is, its command post and groups, its activities, its figures, and the evaluation by unit.

Units are evaluated, never persons; every rate has its n and its interval.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Path, Schema
from pydantic import ConfigDict, StringConstraints

from gridloop.api.shapes import TimelineEntry, Told
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_indicators import ComputedOut, FigureTold, PeriodCode, StreetStandingOut
from gridloop.api.shapes_policies import MaybeRef
from gridloop.api.words import IsoDate, Revision, Words, ZonedMoment
from gridloop.offices.campaigns.queries import ACTIVITY_STATES, DUTIES, GROUP_KINDS, KINDS
from gridloop.offices.indicators.voices import PLEASED, WAYS

CampaignCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{1,39}$")]
CampaignKind = Literal[tuple(KINDS)]  # type: ignore[valid-type]
GroupKind = Literal[tuple(GROUP_KINDS)]  # type: ignore[valid-type]
GroupDuty = Literal[tuple(DUTIES)]  # type: ignore[valid-type]
ActivityState = Literal[tuple(ACTIVITY_STATES)]  # type: ignore[valid-type]
Because = Annotated[str, Words(least=4, longest=300)]
UnitCode = Annotated[str, Words(least=1, longest=40)]
Subject = Annotated[str, StringConstraints(pattern=r"^((project|enterprise):[2-9a-hjkmnp-z]{16})?$")]
Short300 = Annotated[str, Words(least=2, longest=300)]


class CampaignIn(Told):
    """A campaign has its basis and its end from the first day on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "code": "wrzwq", "name": "万人助万企", "kind": "enterprise", "basis": "示例方案〔2022〕1号", "data_policy": "不收集个人信息。", "starts_on": "2022-05-01",
                "ends_on": "2022-12-31",
            }
        },
    )  # fmt: skip

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{1,39}$")]
    name: Annotated[str, Words(least=2, longest=80)]
    basis: Short300 = Field(description="依据:文件名称和文号")
    data_policy: Short300 = Field(description="收集哪些个人信息、结束后怎样处理;不收集也要写明")
    starts_on: IsoDate
    ends_on: IsoDate
    kind: CampaignKind = "other"
    scheme: Annotated[str, Line(4000)] = Field("", description="实施方案")
    parent: Annotated[str, Line(40)] = Field("", description="上级专项的代码")
    shown_period: PeriodCode | Literal[""] = Field("", description="页面默认显示的期间,例如 2022H1+2022-05-29")


class CampaignAmendIn(Told):
    """Only the fields that are sent are changed; what was said before stands in the ledger."""

    name: Annotated[str, Words(least=2, longest=80)] = ""
    basis: Short300 = ""
    data_policy: Short300 = ""
    starts_on: IsoDate | None = None
    ends_on: IsoDate | None = None
    kind: CampaignKind = "other"
    scheme: Annotated[str, Line(4000)] = ""
    parent: Annotated[str, Line(40)] = ""
    shown_period: PeriodCode | Literal[""] = ""
    reason: Because
    rev: Revision | None = Field(None, description="看到的是第几版;与 If-Match 二选一")


class EndIn(Told):
    reason: Because


class LeaveGroupIn(Told):
    reason: Short300


class GroupIn(Told):
    """``lead`` is a unit's code; ``subject`` (``project:ref`` or ``enterprise:ref``) belongs to a task force for one project or firm."""

    kind: GroupKind
    name: Annotated[str, Words(least=2, longest=60)]
    lead: UnitCode
    duty: Annotated[str, Line(300)] = ""
    subject: Subject = ""


class GroupMemberIn(Told):
    """A unit, or a person (their code); one of the two is needed."""

    unit: Annotated[str, Line(40)] = ""
    person: Annotated[str, Line(40)] = ""
    duty: GroupDuty = "member"


class TaskIn(Told):
    text: Annotated[str, Words(least=4, longest=200)]
    due_on: IsoDate


class OutcomeIn(Told):
    outcome: Because


class MeetingIn(Told):
    held_at: ZonedMoment
    topic: Annotated[str, Words(least=2, longest=120)]
    minutes: Annotated[str, Words(least=4, longest=4000)]


class ActivityStepIn(Told):
    text: Annotated[str, Words(least=2, longest=200)]
    due_on: IsoDate


class ActivityIn(Told):
    """``owner`` is a unit's code, ``group`` a group's ref; every step lies within the activity."""

    title: Annotated[str, Words(least=2, longest=80)]
    aim: Because
    owner: UnitCode
    starts_on: IsoDate
    ends_on: IsoDate
    group: MaybeRef = ""
    steps: list[ActivityStepIn] = Field(default_factory=list, max_length=20)


class ActivityAmendIn(ActivityIn):
    """The plan as it reads from now on; steps that were done stay."""

    reason: Because


class ActivityDoneIn(Told):
    result: Annotated[str, Words(least=4, longest=500)]


class CancelActivityIn(Told):
    reason: Annotated[str, Words(least=4, longest=200)]


class LinkActivityIn(Told):
    campaign: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{1,39}$")]
    reason: Annotated[str, Words(least=4, longest=200)]


class CampaignLine(Schema):
    ref: str
    rev: int
    code: str
    name: str
    kind: CampaignKind
    parent: str | None
    basis: str
    data_policy: str
    shown_period: str
    starts_on: date
    ends_on: date
    closed_at: datetime | None
    closed_because: str


class CampaignPage(Schema):
    items: list[CampaignLine]
    next: str | None


class GroupMemberOut(Schema):
    ref: str
    label: str
    unit: str
    person: str | None
    duty: GroupDuty
    starts_at: datetime
    ends_at: datetime | None


class TaskOut(Schema):
    ref: str
    text: str
    due_on: date
    done_at: datetime | None
    outcome: str


class MeetingOut(Schema):
    ref: str
    held_at: datetime
    topic: str
    minutes: str


class GroupFile(Schema):
    """A group with its members, tasks and meetings."""

    ref: str
    campaign: str
    kind: GroupKind
    name: str
    lead: str
    duty: str
    subject: str
    founded_at: datetime
    ended_at: datetime | None
    members: list[GroupMemberOut]
    tasks: list[TaskOut]
    meetings: list[MeetingOut]


class CampaignStepOut(Schema):
    ref: str
    number: int
    text: str
    due_on: date
    done_at: datetime | None
    outcome: str


class CountsToo(Schema):
    ref: str
    campaign: str
    name: str
    reason: str


class ActivityFile(Schema):
    """An activity with its steps, where it stands today, and the campaigns that it counts for too."""

    ref: str
    campaign: str
    title: str
    aim: str
    owner: str
    group: str | None
    starts_on: date
    ends_on: date
    state: ActivityState
    is_linked: bool
    result: str
    done_at: datetime | None
    cancelled_at: datetime | None
    cancelled_because: str
    steps: list[CampaignStepOut]
    links: list[CountsToo]


class CampaignFile(Schema):
    campaign: CampaignLine
    scheme: str
    parts: list[str] = Field(description="下级专项的代码")
    groups: list[GroupFile]
    activities: list[ActivityFile]
    timeline: list[TimelineEntry]


class SectionOut(Schema):
    title: str
    figures: list[ComputedOut]


class CampaignFigures(Schema):
    """The numbers of the campaign's page and sheet for a period: counted from rows when they are asked."""

    period: str
    sections: list[SectionOut]
    readings: list[FigureTold]
    standings: list[StreetStandingOut]


class MeasureRate(Schema):
    """One rate of one unit: ``part`` of ``n``, with the 95 % Wilson interval; no value where nothing is counted."""

    measure: Literal["timely", "solved", "confirmed", "false_closure", "satisfied"]
    label: str
    n: int
    part: int | None
    value: float | None
    lower: float | None
    upper: float | None
    caution: str


class EvaluatedUnit(Schema):
    """One unit; ``unit`` is null for all together."""

    unit: str | None
    ref: str | None
    name: str
    groups: list[str] = Field(description="它在本专项牵头的工作组")
    rates: list[MeasureRate]
    cases: int


class EvaluationOut(Schema):
    """Units in the order of their codes: no score, no sum of rates, no order of merit."""

    period: str
    everything: EvaluatedUnit
    units: list[EvaluatedUnit]
    formulas: dict[str, str]


class MarkedCase(Schema):
    """What one case says to each measure; null where it is not counted."""

    ref: str
    number: str
    title: str
    marks: dict[str, bool | None]


class EvaluationOfUnit(Schema):
    period: str
    unit: EvaluatedUnit
    cases: list[MarkedCase]


class SatisfiedPart(Schema):
    label: str
    reached: int
    not_reached: int
    declined: int
    rate: MeasureRate


class SatisfiedRow(Schema):
    ref: str
    number: str
    title: str
    outcome: Literal["reached", "not_reached", "declined"]
    satisfied: int | None


class SatisfactionOut(Schema):
    """Of those reached, how many were satisfied; not reached and declined stand beside, counted as neither."""

    period: str
    everything: SatisfiedPart
    by_unit: list[SatisfiedPart]
    by_month: list[SatisfiedPart]
    rows: list[SatisfiedRow]


Pleased = Literal[("", *PLEASED)]  # type: ignore[valid-type]


class VoiceOut(Schema):
    """``firm`` is empty unless the firm agreed to being told of; ``satisfied`` is null where it gave no mark."""

    case: str
    number: str
    unit: str
    way: Literal[tuple(WAYS)]  # type: ignore[valid-type]
    said_at: datetime
    words: str
    satisfied: int | None
    firm: str


class VoicePage(Schema):
    period: str
    asked: int = Field(description="问过的反映人")
    reached: int = Field(description="其中联系上的")
    items: list[VoiceOut]
    next: str | None
