"""Shapes of what is taken out of the house, and of the records that keepers and auditors read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.words import EntryNumber, IsoDate, Whole, Words
from gridloop.offices.cases.queries.columns import COLUMNS, DEFAULT
from gridloop.offices.cases.queries.lists import SORTS

Narrow = Annotated[str, StringConstraints(max_length=200)]
Column = Literal[tuple(COLUMNS)]  # type: ignore[valid-type]
Sort = Literal[tuple(SORTS)]  # type: ignore[valid-type]
REF = r"^[2-9a-hjkmnp-z]{16}$"
Reason = Annotated[str, Words(longest=200)]


class Narrowed(Schema):
    """What a list of cases is narrowed to; the conditions of ``GET /cases``."""

    state: Narrow = Field("", description="状态代码,或 open(未答复)、live(未办结)")
    unit: Narrow = ""
    category: Narrow = Field("", description="类别路径前缀")
    place: Narrow = Field("", description="地点路径前缀")
    street: Narrow = ""
    q: Narrow = Field("", description="编号、文字、拼音首字母;完整电话号码按盲索引查并留痕")
    grade: Narrow = ""
    source: Narrow = ""
    factor: Annotated[str, StringConstraints(max_length=20)] = Field("", description="标注的不利因素(代码)")
    late: bool = False
    gap: bool = False
    mine: bool = Field(False, description="我首问或经办的")
    since: IsoDate | None = Field(None, description="登记日期,自(含)")
    until: IsoDate | None = Field(None, description="登记日期,至(含)")


class ExportIn(Told):
    """Which cases, which columns, in which form, and what for. The conditions are those of ``GET /cases``."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"state": "open", "columns": ["state", "due"], "file_format": "csv", "purpose": "报区城管局路灯专项"}},
    )  # fmt: skip

    state: Narrow = ""
    unit: Narrow = ""
    category: Narrow = ""
    place: Narrow = ""
    street: Narrow = ""
    q: Narrow = ""
    grade: Narrow = ""
    source: Narrow = ""
    factor: Annotated[str, StringConstraints(max_length=20)] = Field("", description="标注的不利因素(代码)")
    late: StrictBool = False
    gap: StrictBool = False
    mine: StrictBool = False
    since: IsoDate | None = None
    until: IsoDate | None = None
    sort: Sort = ""
    columns: list[Column] = Field(list(DEFAULT), max_length=len(COLUMNS))
    file_format: Literal["xlsx", "csv"] = "xlsx"
    purpose: Annotated[str, Words(least=4, longest=200)] = Field(description="用途;印在文件上并登记")
    shows_contacts: StrictBool = Field(
        False, description="含反映人姓名电话:最多 200 件,逐件留痕;令牌须有 contacts:read"
    )


class ExportOut(Schema):
    """One line of the register: who took which cases out, when, why, and the file's fingerprint."""

    number: str
    at: datetime
    who: str
    purpose: str
    condition: str
    file_format: str
    rows: int
    shows_contacts: bool
    sha256: str


class ExportPage(Schema):
    items: list[ExportOut]
    next: str | None


class LookNote(Schema):
    """One look at personal data: who, when, at what of which thing, why."""

    id: int
    at: datetime
    who: str
    what: str
    subject: str
    reason: str


class LookPage(Schema):
    items: list[LookNote]
    next: str | None


class SignInOut(Schema):
    """One attempt to sign in; ``who`` is empty where no account has that name, which is then not kept either."""

    id: int
    at: datetime
    who: str
    username: str
    outcome: str
    outcome_label: str
    method: str
    device: str
    origin: str
    ended_at: datetime | None
    ended_because: str


class SignInPage(Schema):
    items: list[SignInOut]
    next: str | None


class DeedOut(Schema):
    """One deed of keeping or setting up as the ledger tells it; ``seq`` is null until it is sealed."""

    id: int
    seq: int | None
    kind: str
    label: str
    at: datetime
    by: str
    is_erased: bool


class DeedPage(Schema):
    items: list[DeedOut]
    next: str | None


class EntryHeadOut(Schema):
    """An entry of a case without what it says; only a sealed one can be erased."""

    seq: int | None
    kind: str
    at: datetime
    is_erased: bool


class EntryHeads(Schema):
    number: str
    items: list[EntryHeadOut]


class EraseIn(Told):
    """Which entries (their numbers) of which case, on what basis. What is erased does not come back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"number": "20220529-000017", "entries": [3], "basis": "个人信息保护法第四十七条"}},
    )  # fmt: skip

    number: str = Field(pattern=r"^[0-9]{8}-?[0-9]{1,17}$")
    entries: list[EntryNumber] = Field(min_length=1, max_length=200, json_schema_extra={"uniqueItems": True})
    basis: Annotated[str, Words(longest=200)] = Field(description="文件名称和条款;不写个人信息")


class ErasureOut(Schema):
    """One certificate (销毁证明); ``seq`` is its own number in the ledger."""

    id: int
    at: datetime
    by: str
    basis: str
    entries: list[int]
    seq: int | None


class ErasurePage(Schema):
    items: list[ErasureOut]
    next: str | None


class StandingOut(Schema):
    """One post that is held, or lent by somebody on leave; ``ref`` is what leave names."""

    ref: str
    title: str
    role: str
    role_label: str
    unit: str
    place: str
    starts_at: datetime
    ends_at: datetime | None
    is_substitute: bool
    lent_by: str


class LeaveOut(Schema):
    """One delegation: which post, by whom, to whom, when."""

    ref: str
    post: str
    holder: str
    to: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    state: Literal["over", "now", "coming"]


class Choice(Schema):
    ref: str
    name: str


class LeaveFile(Schema):
    """My posts, my delegations, and whom I may choose to stand in."""

    standings: list[StandingOut]
    leaves: list[LeaveOut]
    people: list[Choice]


class LeaveIn(Told):
    """Who stands in on which of my posts, from the first to the last day, both included."""

    holdings: list[Annotated[str, Field(pattern=REF)]] = Field(min_length=1, max_length=20)
    to: str = Field(pattern=REF)
    first_on: IsoDate
    last_on: IsoDate
    reason: Reason


class SessionOut(Schema):
    """One place where I am signed in."""

    ref: str
    device: str
    origin: str
    method: str
    since: datetime
    seen_at: datetime
    is_here: bool


class SessionList(Schema):
    items: list[SessionOut]


class Ended(Schema):
    ended: int


class AccountOut(Schema):
    """One person of the street with their account, as the keepers' roll shows it."""

    person: str
    name: str
    code: str
    unit: str
    username: str
    state: Literal["open", "locked", "ended", "none"]
    why: str
    posts: list[str]
    last_on: datetime | None
    has_second_factor: bool
    must_change: bool


class AccountPage(Schema):
    items: list[AccountOut]
    next: str | None


class AccountFile(Schema):
    """An account with the posts of its person and, for who may read them, the last attempts to sign in."""

    account: AccountOut
    standings: list[StandingOut]
    sign_ins: list[SignInOut]


class UsernameIn(Told):
    username: str = Field(pattern=r"^[a-z][a-z0-9_.-]{2,29}$")


class BecauseIn(Told):
    reason: Reason


class FirstPassword(Schema):
    """Told this once; it must be changed at the first sign-in."""

    account: AccountOut
    password: str


class KeepingOut(Schema):
    code: str
    deed: str
    by: list[str]


class KeeperOut(Schema):
    role: str
    role_label: str
    names: list[str]


class Keepers(Schema):
    """Who keeps what (三员分工), and who they are today; no name where nobody is."""

    deeds: list[KeepingOut]
    holders: list[KeeperOut]


class SuggestionLine(Schema):
    """One suggestion; how to reach its writer is told by its own address only."""

    ref: str
    page: str
    text: str
    state: Literal["new", "answered"]
    has_contact: bool
    told_at: datetime
    answer: str
    answered_at: datetime | None


class SuggestionPage(Schema):
    items: list[SuggestionLine]
    next: str | None
    new: int


class SuggestionAnswerIn(Told):
    answer: Annotated[str, Words(longest=1000)]


class ContactOut(Schema):
    contact: str


class PublicityIn(Told):
    """What the street shows to everybody from now on, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"shows_map": False, "least": 5, "hours": 48, "reason": "党工委会议 2022-05-20"}},
    )

    shows_map: StrictBool
    least: Whole = Field(ge=3, le=50, description="不到这个人数的格和类别不显示")
    hours: Whole = Field(ge=24, le=720, description="反映满这么久才计入")
    reason: Annotated[str, Words(least=4, longest=300)]


class PublicityOut(Schema):
    shows_map: bool
    least: int
    hours: int


class Decided(Schema):
    shows_map: bool
    least: int
    hours: int
    reason: str
    valid_from: datetime


class PublicityFile(Schema):
    present: PublicityOut
    decisions: list[Decided]


class CategoryModelOut(Schema):
    """One model that suggests categories, with its card: on what it was measured, how well."""

    ref: str
    version: int
    state: str
    state_label: str
    reason: str
    trained_at: datetime | None
    is_in_force: bool
    card: dict[str, object]


class CategoryModels(Schema):
    items: list[CategoryModelOut]
    corrections_waiting: int
