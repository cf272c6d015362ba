"""Shapes of what is looked up: the ledger's head, categories, units, cells, profiles, points, routes, deadlines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict, StrictFloat

from gridloop.api.shapes import Day, Told, TraceRow
from gridloop.api.words import ZonedMoment


class CheckpointOut(Schema):
    street: str
    size: int
    root: str
    note: str
    signed_at: datetime


class CategoryOut(Schema):
    path: str
    name: str
    is_leaf: bool
    description: str


class UnitOut(Schema):
    ref: str
    code: str
    name: str
    kind: str
    parent: str | None
    is_backstop: bool
    is_superior: bool
    phone: str


class GridOut(Schema):
    ref: str
    code: str
    name: str
    level: int
    kind: str
    path: str
    parent: str | None
    is_synthetic: bool


class ProfileOut(Schema):
    code: str
    version: int
    name: str
    definition: dict[str, Any]


class Point(Told):
    id: str = ""
    lon: StrictFloat = Field(ge=-180, le=180)
    lat: StrictFloat = Field(ge=-90, le=90)


class PointsIn(Told):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"points": [{"id": "a", "lon": 113.505, "lat": 34.705}]}}
    )

    street: str = ""
    points: list[Point] = Field(min_length=1, max_length=10_000)


class Located(Schema):
    """The smallest cell that contains the point; ``code`` is empty outside."""

    id: str
    code: str
    name: str
    path: str


class LocatedOut(Schema):
    results: list[Located]


class FactsIn(Told):
    """The facts that routing asks."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"category": "城乡建设/市政设施/路灯", "place": "410102/410102013"}},
    )

    street: str = ""
    category: str = ""
    place: str = ""
    level: str = "street"
    source: str = "phone"
    priority: str = "normal"
    time_class: str = Field("", description="work、night、holiday;留空则按时刻判断")
    grade: str = "ordinary"
    at: ZonedMoment | None = None


class TraceOut(Schema):
    unit: str
    profile: str
    reason: str
    rows: list[TraceRow]


class StageOut(Schema):
    stage: str
    due_at: datetime
    provisional: bool
    days: list[Day]
    assumes: str = ""


class DeadlineOut(Schema):
    profile: str
    profile_version: int
    calendar: str
    calendar_version: int
    stages: list[StageOut]
