"""Shapes of what stands around the register: clusters of firms, and files of firms that were put in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from gridloop.api.shapes import Told
from gridloop.api.shapes_firms import Line
from gridloop.api.words import Words
from gridloop.core.firm_record import COLUMNS
from gridloop.offices.enterprise.queries.words import CLUSTER_KINDS

ClusterKind = Literal[tuple(CLUSTER_KINDS)]  # type: ignore[valid-type]
Cell = Annotated[str, Line(4000)]


class ClusterIn(Told):
    name: Annotated[str, Words(least=2, longest=80)]
    kind: ClusterKind
    grid: Annotated[str, Line(40)] = ""
    address: Annotated[str, Line(200)] = ""
    operator: Annotated[str, Line(120)] = ""
    note: Annotated[str, Line(300)] = ""


class ClusterOut(Schema):
    """集聚区. ``firms`` counts those that have not left."""

    ref: str
    name: str
    kind: ClusterKind
    place: str
    address: str
    operator: str
    note: str
    firms: int


class ClusterList(Schema):
    items: list[ClusterOut]
    next: str | None


class Over(Schema):
    """The thing of this ref is over."""

    ref: str


class FirmRowIn(Told):
    """One firm as a sheet tells it: texts as people write them, money in 万元 unless 元 or 亿元 stands behind."""

    name: Cell = ""
    code: Cell = ""
    alias: Cell = ""
    kind: Cell = ""
    industry: Cell = ""
    business: Cell = ""
    registered_on: Cell = ""
    capital: Cell = ""
    year: Cell = ""
    staff: Cell = ""
    revenue: Cell = ""
    assets: Cell = ""
    size: Cell = ""
    above: Cell = ""
    address: Cell = ""
    grid: Cell = ""
    lon: Cell = ""
    lat: Cell = ""
    cluster: Cell = ""
    priority: Cell = ""
    vitality: Cell = ""
    contact: Cell = ""
    phone: Cell = ""
    duty: Cell = ""


assert set(FirmRowIn.model_fields) == set(COLUMNS), "a sheet and a program tell the same columns"


class FirmRowsIn(Told):
    """Up to 1,000 firms. Each is judged by itself: a bad row does not hold up the others."""

    name: Annotated[str, Words(least=2, longest=160)] = Field(
        "接口导入", description="这一批叫什么,例如:市场监管局 5 月新增"
    )
    prefer: Literal["kept", "file"] = Field("kept", description="两边不一致时以谁为准:档案(kept)或本次(file)")
    rows: list[FirmRowIn] = Field(min_length=1, max_length=1000)


class IntakeCounts(Schema):
    """What became of the rows of one file."""

    ref: str
    name: str
    by: str
    taken_at: datetime
    read: int
    added: int
    merged: int
    same: int
    refused: int


class Conflict(Schema):
    """A value that differs from the record and was not taken over."""

    row: int
    name: str
    column: str
    kept: str
    told: str


class NearName(Schema):
    """A new name that nearly is that of another firm; nothing is merged by itself."""

    row: int
    name: str
    other: str
    other_code: str


class RowWarning(Schema):
    row: int
    name: str
    warning: str


class RefusedRow(Schema):
    """A row that did not go in, with every reason; its contact is masked here and whole in the sheet to be corrected."""

    row: int
    told: dict[str, str]
    reasons: list[str]


class FirmIntakeFile(Schema):
    intake: IntakeCounts
    conflicts: list[Conflict]
    near: list[NearName]
    warnings: list[RowWarning]
    refused: list[RefusedRow]


class FirmIntakeList(Schema):
    items: list[IntakeCounts]
    next: str | None
