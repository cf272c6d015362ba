"""Shapes of the rules of a street: duty list, posts and people, calendar, worked examples, routing tables, the ledger's proofs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.shapes_reference import CategoryOut, GridOut, ProfileOut, UnitOut
from gridloop.api.words import Whole

Code = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Values = Annotated[str, StringConstraints(max_length=120)]


class CategoryPage(Schema):
    items: list[CategoryOut]
    next: str | None


class UnitPage(Schema):
    items: list[UnitOut]
    next: str | None


class GridPage(Schema):
    items: list[GridOut]
    next: str | None


class ProfilePage(Schema):
    items: list[ProfileOut]
    next: str | None


class DutyOut(Schema):
    """One row of the duty list (履职事项清单); a return cites one."""

    ref: str
    code: str
    kind: Literal["basic", "assist", "withdrawn"]
    title: str
    basis: str
    lead: str
    unit_code: str
    category: str


class DutyPage(Schema):
    items: list[DutyOut]
    next: str | None


class HolderOut(Schema):
    person: str
    name: str
    is_substitute: bool
    starts_at: datetime
    ends_at: datetime | None


class PostOut(Schema):
    """A post and who holds it now; nobody means it is vacant (缺岗)."""

    ref: str
    code: str
    title: str
    role: str
    role_label: str
    unit: str
    place: str
    duty: str
    holders: list[HolderOut]


class PostPage(Schema):
    items: list[PostOut]
    next: str | None


class PersonOut(Schema):
    """Someone who holds a post now. The telephone number is masked."""

    ref: str
    name: str
    unit: str
    posts: list[str]
    phone: str


class PersonPage(Schema):
    items: list[PersonOut]
    next: str | None


class SpecialDay(Schema):
    date: date
    is_workday: bool
    name: str


class MonthOut(Schema):
    month: int
    days: int
    workdays: int


class CalendarOut(Schema):
    """One year of the calendar in force. Provisional: the notice for that year is not out yet, so Monday to Friday is assumed."""

    street: str
    version: int
    year: int
    is_provisional: bool
    workdays: int
    months: list[MonthOut]
    special: list[SpecialDay]


class ExampleOut(Schema):
    """What would be due for one stage and grade."""

    stage: str
    grade: str
    limit: str
    due_at: datetime
    provisional: bool
    sentence: str


class ExampleList(Schema):
    items: list[ExampleOut]


EXAMPLE_ROW = {
    "row": "R1", "category": "城乡建设", "unit": "urban", "profile": "san_bu_guo", "reason": "城建类由{unit}主办",
}  # fmt: skip


class RouteRowIn(Told):
    """One row: cases of this category at this place, under these conditions (values joined by ``|``), go to this unit."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE_ROW})

    row: Code = Field(description="编号,人们引用它")
    unit: Code = Field(description="承办单位的代码")
    profile: Code = Field(description="时限方案的代码")
    category: Values = Field("", description="类别路径前缀")
    place: Values = Field("", description="地点路径前缀")
    level: Values = ""
    source: Values = ""
    priority: Values = ""
    time_class: Values = ""
    grade: Values = ""
    metric: Whole = Field(0, ge=-1_000_000, le=1_000_000, description="优先序,小的优先")
    post: Values = ""
    escalates_to: Values = Field("", description="提级到的单位;留空为单位的上级")
    reason: str = Field("", max_length=300)


class DraftIn(Told):
    """The whole table as it shall be; the version in force stays until a second person publishes the change-set."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"rows": [EXAMPLE_ROW], "note": "路灯统一由城管主办"}}
    )

    rows: list[RouteRowIn] = Field(min_length=1, max_length=5000)
    note: str = Field("", max_length=300)
    street: str = ""


class NothingIn(Told):
    """Nothing is needed."""


class TableOut(Schema):
    """One version of the routing table. The one in force is the newest published one whose date has come."""

    ref: str
    version: int
    state: Literal["draft", "published", "discarded"]
    note: str
    rows: int
    drafted_by: str
    drafted_at: datetime
    published_by: str
    published_at: datetime | None
    valid_from: datetime | None
    in_force: bool


class TablePage(Schema):
    items: list[TableOut]
    next: str | None


class Finding(Schema):
    """One thing wrong with a draft, with a counter-example where there is one."""

    kind: str
    rows: list[str]
    example: dict[str, str]
    sentence: str


class TableFile(Schema):
    """A version with its rows; a draft also tells what is wrong with it (nothing: it may be published)."""

    table: TableOut
    backstop: dict[str, str]
    rows: list[dict[str, Any]]
    findings: list[Finding]


class BookOut(Schema):
    street: str
    name: str
    size: int
    signed_size: int
    root: str | None


class BookList(Schema):
    items: list[BookOut]


class EntryOut(Schema):
    """A sealed entry as its header: what happened, when, by whom, to what; never what was said."""

    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor: str
    subject: str
    cause: str
    commitment: str
    leaf: str
    is_erased: bool


class EntryPage(Schema):
    items: list[EntryOut]
    next: str | None


class InclusionOut(Schema):
    """The path from an entry's leaf to the signed root (RFC 9162 §2.1.3)."""

    street: str
    seq: int
    leaf: str
    size: int
    proof: list[str]
    checkpoint: str
