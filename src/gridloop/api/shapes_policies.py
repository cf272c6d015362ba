"""Shapes of policies for firms (惠企政策): a policy and its clauses, whom it fits, what a firm may apply for, pushes, questions and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.words import IsoDate, Revision, Whole, Words
from gridloop.offices.policies.queries.words import LEVELS, TOPICS

PolicyLevel = Literal[tuple(LEVELS)]  # type: ignore[valid-type]
Topic = Literal[tuple(TOPICS)]  # type: ignore[valid-type]
Fit = Literal["met", "unknown", "not_met"]
MaybeRef = Annotated[str, StringConstraints(pattern=r"^([2-9a-hjkmnp-z]{16})?$")]
How = Annotated[str, Words(least=2, longest=120)]


class ClauseIn(Told):
    """One clause: the words of the document, and what it asks of a firm as a condition (``core.condition``)."""

    quote: Annotated[str, Line(500)] = ""
    condition: dict[str, Any]


STAFF = {"quote": "从业人员300人以下", "condition": {"fact": "staff", "at_most": 300}}


class PolicyIn(Told):
    """A policy to be drafted; a second person publishes it. We inform and link; nothing is paid out here."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"title": "小微企业房租减免", "issuer": "区发展改革委", "benefit": "减免三个月房租", "valid_from": "2022-05-01", "clauses": [STAFF]}
        },
    )  # fmt: skip

    title: Annotated[str, Words(least=2, longest=160)]
    issuer: Annotated[str, Words(least=2, longest=80)]
    benefit: Annotated[str, Words(least=2, longest=4000)]
    valid_from: IsoDate
    valid_until: IsoDate | None = None
    level: PolicyLevel = "district"
    topic: Topic = "subsidy"
    number: Annotated[str, Line(80)] = Field("", description="文号")
    materials: Annotated[str, Line(4000)] = ""
    how: Annotated[str, Line(2000)] = ""
    contact_unit: Annotated[str, Line(80)] = ""
    contact_phone: Annotated[str, Line(40)] = Field("", description="办公电话,不写个人手机")
    link: Annotated[str, StringConstraints(pattern=r"^(https?://[!-~]{1,280})?$")] = ""
    auto_grant: StrictBool = Field(False, description="免申即享")
    clauses: list[ClauseIn] = Field(default_factory=list, max_length=40)


class NewPolicyIn(PolicyIn):
    replaces: MaybeRef = Field("", description="作为哪一项已发布政策的新版")


class PolicyDraftIn(PolicyIn):
    rev: Revision | None = Field(None, description="看到的是第几版;与 If-Match 二选一")


class ClausesIn(Told):
    clauses: list[ClauseIn] = Field(min_length=1, max_length=40)


class AtRevision(Told):
    rev: Revision | None = Field(None, description="看到的是第几版;与 If-Match 二选一")


class WithdrawPolicyIn(AtRevision):
    reason: Annotated[str, Words(least=4, longest=300)]


class PolicyRowIn(Told):
    """One row of the sheet: one test of one clause; the columns of the policy itself stand in its first row."""

    title: Annotated[str, Line(400)] = ""
    issuer: Annotated[str, Line(400)] = ""
    number: Annotated[str, Line(400)] = ""
    level: Annotated[str, Line(40)] = ""
    topic: Annotated[str, Line(40)] = ""
    valid_from: Annotated[str, Line(40)] = ""
    valid_until: Annotated[str, Line(40)] = ""
    benefit: Annotated[str, Line(4000)] = ""
    materials: Annotated[str, Line(4000)] = ""
    how: Annotated[str, Line(4000)] = ""
    contact_unit: Annotated[str, Line(400)] = ""
    contact_phone: Annotated[str, Line(400)] = ""
    link: Annotated[str, Line(400)] = ""
    auto_grant: Annotated[str, Line(40)] = ""
    clause: Annotated[str, Line(40)] = ""
    quote: Annotated[str, Line(500)] = ""
    fact: Annotated[str, Line(80)] = ""
    operator: Annotated[str, Line(80)] = ""
    value: Annotated[str, Line(400)] = ""
    excluded: Annotated[str, Line(40)] = ""


class PolicyRowsIn(Told):
    rows: list[PolicyRowIn] = Field(min_length=1, max_length=1000)


class PushIn(Told):
    """The policies (refs) to be pushed; all in force where none is named."""

    policies: list[Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")]] = Field(
        default_factory=list, max_length=100
    )


class AnswerPushIn(Told):
    answer: Literal["interested", "declined"]
    how: How = Field(description="企业怎样说的,例如:电话问了厂长")
    note: Annotated[str, Line(300)] = ""


class DeclineIn(Told):
    policy: Annotated[str, StringConstraints(pattern=r"^[2-9a-hjkmnp-z]{16}$")]
    how: How
    note: Annotated[str, Line(300)] = ""


class QuestionIn(Told):
    """A question, its answer, and the policy (ref) and clause (from 1) it rests on."""

    question: Annotated[str, Words(least=2, longest=300)]
    answer: Annotated[str, Words(least=2, longest=4000)]
    policy: MaybeRef = ""
    clause: Whole | None = Field(None, ge=1, le=40)
    source: Annotated[str, Line(120)] = ""
    forum_question: MaybeRef = Field("", description="来自哪条恳谈会诉求")


class PolicyFilter(Schema):
    shown: Literal["in_force", "draft", "coming", "ended", "all"] = "in_force"
    topic: Literal[("", *TOPICS)] = ""  # type: ignore[valid-type]
    text: Annotated[str, Line(60)] = ""
    auto_grant: bool | None = None


class FitCounts(Schema):
    """Of how many firms of the register the policy holds, does not hold, or lacks facts; all of them are counted."""

    met: int
    not_met: int
    unknown: int


class PolicyLine(Schema):
    ref: str
    rev: int
    version: int
    state: Literal["draft", "published", "replaced", "withdrawn", "discarded"]
    title: str
    issuer: str
    number: str
    level: PolicyLevel
    topic: Topic
    valid_from: date
    valid_until: date | None
    auto_grant: bool
    is_example: bool
    drafted_by: str
    published_by: str
    published_at: datetime | None


class PolicyCounted(PolicyLine):
    fits: FitCounts


class PolicyList(Schema):
    items: list[PolicyCounted]
    next: str | None


class ClauseCount(Schema):
    requirement: str
    quote: str
    fits: FitCounts


class PreviewOut(Schema):
    """适用 37 家,共 300 家;12 家还缺信息: of the whole, and of each clause by itself."""

    sentence: str
    fits: FitCounts
    clauses: list[ClauseCount]


class PolicyFile(Schema):
    """One version of a policy, with whom it fits and the versions beside it."""

    policy: PolicyLine
    benefit: str
    materials: str
    how: str
    contact_unit: str
    contact_phone: str
    link: str
    ended_because: str
    clauses: list[ClauseIn]
    preview: PreviewOut
    versions: list[PolicyLine]


class ClauseVerdictOut(Schema):
    requirement: str
    quote: str
    value: Fit
    reasons: list[str]
    missing: list[str]


class PushOut(Schema):
    """What was told to the firm about the policy, and its answer."""

    ref: str
    pushed_at: datetime | None
    answer: Literal["", "interested", "declined"]
    answered_at: datetime | None
    answered_how: str
    note: str


class FirmFit(Schema):
    enterprise: str
    name: str
    value: Fit
    clauses: list[ClauseVerdictOut]
    lacking: list[str]
    push: PushOut | None


class FirmFits(Schema):
    """The firms of this verdict within the caller's scope; ``count`` is of all."""

    value: Fit
    count: int
    items: list[FirmFit]
    next: str | None


class PolicyFit(Schema):
    policy: PolicyLine
    value: Fit
    clauses: list[ClauseVerdictOut]
    lacking: list[str]
    push: PushOut | None


class PoliciesOfFirm(Schema):
    enterprise: str
    takes_pushes: bool
    items: list[PolicyFit]


class PushedOut(Schema):
    """Digests (one a firm), pushes in them, firms that take none, what was told before, what waits for the next time."""

    digests: int
    pushes: int
    opted_out: int
    told_before: int
    waiting: int
    sentence: str


class RowFault(Schema):
    row: int
    field: str
    reason: str


class PolicyIntakeOut(Schema):
    """Good policies are drafts; a policy with any fault is left out whole."""

    read: int
    existing: int
    made: list[PolicyLine]
    faults: list[RowFault]


class QuestionOut(Schema):
    ref: str
    question: str
    answer: str
    policy: str
    policy_title: str
    clause: int | None
    source: str
    is_example: bool
    asked_at: datetime


class QuestionList(Schema):
    items: list[QuestionOut]
    next: str | None
