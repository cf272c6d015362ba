"""Shapes of 同诉: hot troubles with their heat, one trouble with its cases and reports, what came back, and proposals of projects (立项建议)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StrictBool

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.shapes_pairing import FirmRef as Ref
from gridloop.api.shapes_projects import Sector
from gridloop.api.words import Words, Yuan

Standing = Literal["suspected", "confirmed", "apart"]
ProposalState = Literal["open", "approved", "declined"]
Because = Annotated[str, Words(least=2, longest=2000)]


class JoinTroubleIn(Told):
    """The chosen cases (refs) become part of ``into``; all of them are cases of this trouble."""

    into: Ref
    cases: list[Ref] = Field(min_length=1, max_length=50)
    reason: Because


class SetApartIn(Told):
    case: Ref
    reason: Because


class NotRecurringIn(Told):
    reason: Because


class ProposeIn(Told):
    """With an estimate, a unit (code) and a sector it becomes a project of the reserve library once it is approved."""

    title: Annotated[str, Words(least=2, longest=120)]
    root_cause: Annotated[str, Words(least=2, longest=2000)] = Field(description="为什么一件件办总是办不完")
    cost: Annotated[str, Words(least=2, longest=1000)] = Field(description="钱、人、时间,写明估算依据")
    benefit: Annotated[str, Words(least=2, longest=1000)] = Field(description="办成后怎么看得出来")
    estimate: Yuan | None = None
    unit: Annotated[str, Line(40)] = ""
    sector: Sector | Literal[""] = ""


class ProposalDecisionIn(Told):
    approved: StrictBool
    remark: Annotated[str, Words(least=2, longest=300)]


class LinkProposalIn(Told):
    project: Ref


class HeatOut(Schema):
    """What the score is made of; ``sentence`` is the formula with its numbers."""

    score: float
    reporters: int
    messages: int
    support: int
    busiest: int
    density: float
    sentence: str


class TroubleLineOut(Schema):
    """``heads`` of the cases are open and handled apart: two or more can be joined."""

    ref: str
    title: str
    place: str
    first_at: datetime
    last_at: datetime
    heat: HeatOut
    cases: int
    heads: int


class TroubleList(Schema):
    """The heat is worked out from the reports of these days."""

    since: date
    until: date
    formula: str
    terms: str
    items: list[TroubleLineOut]
    next: str | None


class CaseNamed(Schema):
    ref: str
    number: str
    title: str
    state: str
    unit: str
    filed_at: datetime


class ProposalNamed(Schema):
    ref: str
    title: str
    state: ProposalState
    proposed_by: str
    proposed_at: datetime


class WeekOut(Schema):
    """Seven days from the first report on, and how many told in them."""

    begins: datetime
    n: int


class TroubleOut(Schema):
    """One trouble as the caller sees it; its cases and its reports have lists of their own."""

    trouble: TroubleLineOut
    recurring: int
    weeks: list[WeekOut]
    proposals: list[ProposalNamed]
    may_join: bool
    may_propose: bool


class TroubleCaseOut(Schema):
    """A case of the trouble; ``merged_into`` and ``earlier`` (what it came back from) are numbers of cases, or empty."""

    case: CaseNamed
    standing: Standing
    reasons: list[str]
    reporters: int
    is_head: bool
    merged_into: str
    earlier: str


class TroubleCaseList(Schema):
    items: list[TroubleCaseOut]
    next: str | None


class TroubleReportOut(Schema):
    """One report: masked. ``is_answered`` says whether its case has an answer, ``solved`` what this reporter said of it."""

    ref: str
    name: str
    phone: str
    told_at: datetime
    case: str
    number: str
    is_answered: bool
    solved: bool | None


class TroubleReportList(Schema):
    items: list[TroubleReportOut]
    next: str | None


class SetApartOut(Schema):
    """The case left the trouble, in which the caller sees ``cases_left``; none are left where the trouble is gone."""

    trouble: str
    case: str
    cases_left: int


class RecurrenceOut(Schema):
    """A case that tells again of what was struck off before."""

    ref: str
    case: CaseNamed
    earlier: CaseNamed
    earlier_cleared_at: datetime | None
    reasons: list[str]
    noted_at: datetime
    dismissed_at: datetime | None
    dismissed_because: str


class RecurrenceList(Schema):
    since: date
    until: date
    items: list[RecurrenceOut]
    next: str | None


class TroubleOfCase(Schema):
    """``trouble`` is a ref, or empty; ``came_back`` are the later cases that tell of this one's trouble again."""

    trouble: str
    recurrence: RecurrenceOut | None
    came_back: list[RecurrenceOut]
    proposals: list[ProposalNamed]
    may_dismiss: bool


class ProjectProposalList(Schema):
    items: list[ProposalNamed]
    next: str | None


class BecameProject(Schema):
    ref: str
    code: str
    name: str
    was_entered: bool


class ProjectProposalOut(Schema):
    """``project`` is what an approved proposal became; null until it is entered or linked."""

    proposal: ProposalNamed
    root_cause: str
    cost: str
    benefit: str
    estimate: str | None
    unit: str
    sector: str
    decided_by: str
    decided_at: datetime | None
    remark: str
    may_decide: bool
    project: BecameProject | None
    cases: list[CaseNamed]
