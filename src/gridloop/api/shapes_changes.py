"""Shapes of the setup: chapters with their rows, and the change-sets through which alone they are changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints

from gridloop.api.shapes import Told
from gridloop.api.words import IsoDate, Revision

ChangeState = Literal["draft", "submitted", "published", "in_force", "failed", "discarded"]
Cell = Annotated[str, StringConstraints(max_length=2000)]
CellName = Annotated[str, StringConstraints(pattern=r"^[^\u0000]*$", max_length=40)]
Cells = dict[CellName, Cell]
Key = Annotated[str, StringConstraints(max_length=120)]
Reason = Annotated[str, StringConstraints(max_length=300)]
EXAMPLE_CELLS = {"code": "P-13", "kind": "basic", "title": "楼院路灯日常维护", "unit_code": "urban"}


class ColumnOut(Schema):
    """One column of a chapter; ``choices`` are the values it takes, when it takes only some."""

    name: str
    label: str
    kind: str
    required: bool
    fixed: bool
    longest: int
    choices: list[str]
    help: str


class ChapterOut(Schema):
    """One kind of thing that can be set up. A chapter without columns keeps JSON rows of its own."""

    code: str
    label: str
    about: str
    key: str
    may_draft: bool


class ChapterList(Schema):
    items: list[ChapterOut]


class ChapterFile(Schema):
    """A chapter with its columns; ``seen`` is what a whole sheet may say it has seen."""

    chapter: ChapterOut
    columns: list[ColumnOut]
    rows: int
    seen: str


class RowOut(Schema):
    """One row in force, secrets masked; ``seen`` is what a change may say it has seen."""

    key: str
    name: str
    row: dict[str, Any]
    seen: str


class RowPage(Schema):
    items: list[RowOut]
    next: str | None


class IntoDraft(Told):
    change_set: str = Field("", max_length=20, description="放进哪张变更单(ref,须是自己起草的);留空则新起一张")
    title: str = Field("", max_length=200, description="变更单的说明")
    seen: str | None = Field(None, max_length=16, description="读到这一行(或整张表)时的 seen;已被改动则 409")


class RowIn(IntoDraft):
    """What one row shall say; without a key it is a new row, with ``cells`` null it is taken away."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"cells": EXAMPLE_CELLS, "title": "增加一项"}}
    )

    key: Key = ""
    cells: Cells | None = Field(description="各栏;没有写的栏照旧;整个为 null 则取消这一行")


class SheetIn(IntoDraft):
    """Many rows at once, as from a table; a row is found by its key column."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"rows": [EXAMPLE_CELLS]}})

    rows: list[Cells] = Field(min_length=1, max_length=5000)
    missing: Literal["keep", "remove"] = Field("keep", description="表里没有的行:保留或取消")


class ChangeSetOut(Schema):
    """A change-set (变更单). ``rev`` grows with every edit; publishing names the one that was read."""

    ref: str
    rev: int
    title: str
    state: ChangeState
    state_label: str
    changes: int
    drafted_by: str
    drafted_at: datetime
    submitted_at: datetime | None
    published_by: str
    published_at: datetime | None
    effective_at: datetime | None
    in_force_at: datetime | None
    rolls_back: str
    remark: str


class ChangeSetPage(Schema):
    items: list[ChangeSetOut]
    next: str | None


class LineChanged(Schema):
    label: str
    before: str
    after: str


class RowChanged(Schema):
    chapter: str
    chapter_label: str
    key: str
    name: str
    kind: Literal["added", "altered", "removed"]
    lines: list[LineChanged]


class FindingOut(Schema):
    """An error bars publishing, a warning must be accepted, a note was wrong before."""

    severity: Literal["error", "warning", "note"]
    chapter: str
    key: str
    sentence: str


class ChangeSetFile(Schema):
    """A change-set with its differences in words, what would be wrong, what it would move, and what the caller may do now."""

    change_set: ChangeSetOut
    changes: list[RowChanged]
    findings: list[FindingOut]
    effects: list[dict[str, Any]]
    effects_count: int
    waits_for: str
    rolled_back_by: list[str]
    verbs: list[str]


class SubmitIn(Told):
    """Nothing is needed; with a date it takes effect at the beginning of that day."""

    title: str = Field("", max_length=200)
    effective_on: IsoDate | None = Field(None, description="生效日期,今天以后、三年以内;留空则发布即生效")


class PublishIn(Told):
    """The revision that was read and checked; a later one is not published unseen."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"rev": 1, "accept_warnings": False}})

    rev: Revision = Field(description="核对过的那一版")
    accept_warnings: StrictBool = Field(False, description="明知有提醒仍发布")


class SendBackIn(Told):
    reason: Annotated[str, StringConstraints(max_length=300)] = Field(description="要改什么,至少两个字")


class ReasonIn(Told):
    """A reason; needed to discard what somebody else drafted."""

    reason: Reason = ""


class TakeOutIn(Told):
    chapter: str = Field(min_length=1, max_length=40)
    key: Key
