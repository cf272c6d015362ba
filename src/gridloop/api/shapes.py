"""The shapes that go in and come out: one schema for each thing, in plain values.

Moments are ISO 8601 with a zone; coordinates are WGS-84 degrees; a place is a path (``410102/410102013/C1``); ``ref`` is opaque and
stands in addresses, ``number`` is what people say aloud. Unknown fields are refused, so that a typing error is not
silently ignored.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictFloat

from gridloop.api.words import PHONE, Words, needed_when

EXAMPLE_CASE = {
    "text": "柳荫路 1 号院门口路灯不亮三天了",
    "source": "phone",
    "category": "城乡建设/市政设施/路灯",
    "lon": 113.505,
    "lat": 34.705,
    "reporter_name": "王先生",
    "reporter_phone": "037160000000",
}


class Told(Schema):
    """What comes in. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


LONGEST_TEXT = 10_000
HARD_CASES_SAY_WHY = needed_when(
    "grade", "difficult", "grade_reason", {"type": "string", "pattern": Words(least=4).pattern}
)


class CaseIn(Told):
    """A problem to be filed. Only ``text`` is needed; the category is suggested when left out, "unsure" is a value."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE_CASE, **HARD_CASES_SAY_WHY})

    text: Annotated[str, Words(longest=LONGEST_TEXT)] = Field(description="内容")
    source: Literal["public", "enterprise", "manager", "grid", "phone", "paper", "import", "forum", "superior"] = Field(
        "phone", description="来源"
    )
    title: str = ""
    category: str = Field("", description="类别路径或唯一的末级名称;留空则由模型建议")
    grade: Literal["simple", "ordinary", "difficult"] = Field(
        "ordinary", description="疑难(difficult)须写 grade_reason,并由第二人确认"
    )
    grade_reason: str = ""
    priority: Literal["normal", "utility", "life"] = "normal"
    level: str = Field("street", max_length=12)
    lon: StrictFloat | None = Field(None, ge=-180, le=180)
    lat: StrictFloat | None = Field(None, ge=-90, le=90)
    address: str = ""
    grid: str = Field("", description="网格代码;填写即为人工选定")
    enterprise: str = ""
    enterprise_ref: str = Field(
        "", max_length=20, description="企业名录里的编号;填写即与该企业的档案关联,名称和地点以档案为准"
    )
    reporter_name: str = ""
    reporter_phone: str = Field("", json_schema_extra={"pattern": PHONE})
    external_id: str = Field("", description="来源系统的编号,原样返回,便于对照")


class CaseToFile(CaseIn):
    """One problem, and the street it is filed in (by default that of the token's person)."""

    street: str = ""


class IntakeIn(Told):
    """Up to 1,000 problems. Each is judged by itself: a bad row does not hold up the others."""

    street: str = ""
    cases: list[Any] = Field(description="每项同 POST /cases 的内容(CaseIn),最多 1,000 项")


class Unit(Schema):
    code: str
    name: str


class Filed(Schema):
    """A filed case. ``receipt`` opens the reporter's follow-up page; it is told once and only its hash is kept."""

    number: str
    ref: str
    street: str
    state: str
    unit: Unit
    reason: str
    row: str
    is_gap: bool
    category: str
    category_by: str
    grade: str
    proposed_grade: str
    place: str
    placed_by: str
    profile: str
    filed_at: datetime
    due_at: datetime | None
    receipt: str
    external_id: str
    links: dict[str, str]


class Problem(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, Any]
    instance: str = ""


class IntakeRow(Schema):
    index: int
    ok: bool
    case: Filed | None = None
    problem: Problem | None = None


class IntakeOut(Schema):
    filed: int
    refused: int
    results: list[IntakeRow]


class CaseOut(Schema):
    """A case in short."""

    number: str
    ref: str
    street: str
    state: str
    state_label: str
    rev: int
    title: str
    source: str
    enterprise: str
    category: str
    category_by: str
    grade: str
    proposed_grade: str
    priority: str
    place: str
    placed_by: str
    address: str
    lon: float | None
    lat: float | None
    unit: Unit
    first_contact: str
    profile: str
    is_gap: bool
    is_late: bool
    due_at: datetime | None
    filed_at: datetime
    assigned_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    cleared_at: datetime | None
    suspended_until: datetime | None
    hops: int
    returns: int
    reworks: int
    reopens: int


class CasePage(Schema):
    """One page of a list. ``next`` asks for the next one, null at the end; ``after`` is its key where the newest come first."""

    cases: list[CaseOut]
    after: int | None
    next: str | None


class TraceRow(Schema):
    row: str
    won: bool
    why: str


class WhyHere(Schema):
    table_version: int
    row: str
    reason: str
    rows: list[TraceRow]


class Day(Schema):
    date: date
    counted: bool
    why: str


class WhyThisDate(Schema):
    """One clock: how its date came about, and how it stands."""

    stage: str
    stage_name: str
    holder: str
    of_segment: bool
    state: str
    due_at: datetime | None
    provisional: bool
    is_late: bool
    sentence: str
    days: list[Day]
    events: list[dict[str, Any]]


class SegmentOut(Schema):
    """One responsibility segment; ``late_seconds`` is the lateness that is its holder's."""

    unit: str
    role: str
    starts_at: datetime
    ends_at: datetime | None
    why: str
    late_seconds: float
    share: float


class TimelineEntry(Schema):
    """One ledger entry. ``seq`` is null until it is sealed."""

    id: int
    seq: int | None
    kind: str
    at: datetime
    by: str
    payload: dict[str, Any]
    is_erased: bool


class PossibleVerb(Schema):
    verb: str
    label: str
    needs: list[str]
    href: str


class ReportOut(Schema):
    """One person's telling. Names and telephone numbers are not given out here."""

    ref: str
    case: str
    told_at: datetime
    text: str
    answer: str
    solved: bool | None
    satisfied: int | None
    judged_at: datetime | None
    comment: str


class RequestOut(Schema):
    ref: str
    kind: str
    reason_code: str
    reason: str
    amount: int
    unit_of_time: str
    until: datetime | None
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    approved: bool | None
    remark: str


class ReturnOut(Schema):
    unit: str
    duty_item: str
    duty_title: str
    reason: str
    by: str
    returned_at: datetime


class DecisionOut(Schema):
    ref: str
    text: str
    owner: str
    due_on: date | None
    done_at: datetime | None
    outcome: str


class ConsultationOut(Schema):
    topic: str
    lead: str
    units: list[str]
    called_at: datetime
    minutes: str
    concluded_at: datetime | None
    decisions: list[DecisionOut]


class VerificationOut(Schema):
    by: str
    passed: bool
    text: str
    verified_at: datetime


class CallbackOut(Schema):
    report: str
    outcome: str
    solved: bool | None
    satisfied: int | None
    text: str
    by: str
    called_at: datetime


class AttachmentOut(Schema):
    ref: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    href: str


class CaseLink(Schema):
    ref: str
    number: str
    title: str
    state: str


class OutsideOut(Schema):
    """A task lent to a body without an account, until its lease ends."""

    ref: str
    body: str
    task: str
    state: str
    sent_by: str
    sent_at: datetime
    expires_at: datetime
    answer: str
    answered_at: datetime | None
    asked_days: int
    asked_reason: str
    shows_contact: bool


class CaseFileOut(Schema):
    """Everything about one case."""

    case: CaseOut
    text: str
    answer: str
    grade_reason: str
    why_here: WhyHere
    why_this_date: list[WhyThisDate]
    segments: list[SegmentOut]
    timeline: list[TimelineEntry]
    verbs: list[PossibleVerb]
    reports: list[ReportOut]
    requests: list[RequestOut]
    returns: list[ReturnOut]
    consultations: list[ConsultationOut]
    verifications: list[VerificationOut]
    callbacks: list[CallbackOut]
    attachments: list[AttachmentOut]
    merged: list[CaseLink]
    split: list[CaseLink]
    outside: list[OutsideOut]


class VerbDone(Schema):
    """The case after a verb. ``made`` lists the cases that a split made; ``request`` is the request that now waits.

    ``address`` is where an outside body answers: told this once, to whoever sends it on.
    """

    case: CaseOut
    made: list[CaseOut] = []
    request: str = ""
    address: str = ""
