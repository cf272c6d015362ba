"""Shapes of boundary versions: drafts of other cells, what is wrong with them, what they would move."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StrictFloat

from gridloop.api.shapes import Told
from gridloop.api.shapes_desk import FeatureCollection
from gridloop.api.shapes_registers import REF
from gridloop.api.words import IsoDate, Revision, Words

State = Literal["draft", "published", "in_force", "rolled_back", "discarded"]
System = Literal["wgs84", "gcj02", "bd09"]
Lon = Annotated[StrictFloat, Field(ge=-180, le=180)]
Lat = Annotated[StrictFloat, Field(ge=-90, le=90)]
Code = Annotated[str, Words(least=1, longest=30)]
Point = Annotated[list[StrictFloat], Field(min_length=2, max_length=2, description="[经度, 纬度]")]
MOST_BASE64 = 16_777_216
"""What twelve megabytes become in base64."""


class VersionOut(Schema):
    """One version of the street's boundaries."""

    ref: str
    rev: int
    version: int
    note: str
    state: State
    drafted_at: datetime
    valid_from: datetime | None


class VersionList(Schema):
    items: list[VersionOut]
    next: str | None


class MovedCase(Schema):
    ref: str
    number: str
    title: str
    before: str
    after: str


class VersionFile(Schema):
    """A version with the cells as they would be; of an open one also where they do not tile, and which open cases would lie elsewhere.

    ``grave`` counts what stands in the way of publishing. ``problems`` names the rows of a file that did not go in.
    """

    version: VersionOut
    changed: list[str]
    retired: list[str]
    holes: list[str]
    cells: FeatureCollection
    flaws: FeatureCollection
    grave: int
    elsewhere: int
    moved: list[MovedCase]
    is_own: bool
    problems: list[dict[str, Any]]


class Onto(Told):
    """The open draft that is added to, at the revision that was seen; without one a new draft is begun."""

    onto: str = Field("", pattern=f"^$|{REF}", description="加到哪一版草稿(ref);留空则新起一版")
    rev: Revision | None = Field(None, description="看到的那一版;已被改动则 409")


class SplitIn(Onto):
    """The cell is cut by the line: it begins outside, crosses once and ends outside. The smaller piece gets the new code."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"grid": "C1-SW", "line": [[113.505, 34.69], [113.505, 34.72]], "code": "C1-SW2", "name": "柳荫路西"}},
    )  # fmt: skip

    grid: Code
    line: list[Point] = Field(min_length=2, max_length=500)
    code: Code
    name: Annotated[str, Words(least=1, longest=80)]


class MergeIn(Onto):
    """The first grid takes the ground of the second, which ends."""

    grid: Code
    absorbed: Code


Position = Annotated[list[StrictFloat], Field(min_length=2, max_length=3)]
Ring = Annotated[list[Position], Field(min_length=4, max_length=100_000)]
Rings = Annotated[list[Ring], Field(min_length=1, max_length=1000)]


class PolygonIn(Told):
    """GeoJSON (RFC 7946): the outer ring, then holes."""

    type: Literal["Polygon"]
    coordinates: Rings


class MultiPolygonIn(Told):
    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[Rings], Field(min_length=1, max_length=1000)]


class OutlineIn(Onto):
    """The grid has another outline; with ``follow`` its neighbours are adapted so that nothing gaps or overlaps."""

    grid: Code
    geometry: PolygonIn | MultiPolygonIn = Field(description="GeoJSON:Polygon 或 MultiPolygon")
    system: System = "wgs84"
    follow: StrictBool = True


class OutlineFileIn(Onto):
    """A GeoJSON, or a zipped Shapefile; which attribute holds what."""

    name: Annotated[str, Words(least=1, longest=120)]
    content: str = Field(
        max_length=MOST_BASE64, description="文件内容,base64", json_schema_extra={"contentEncoding": "base64"}
    )
    system: System = "wgs84"
    code_column: Annotated[str, Words(least=1, longest=60)] = "code"
    name_column: Annotated[str, Words(least=1, longest=60)] = "name"
    parent_column: str = Field("", max_length=60)
    parent: str = Field("", max_length=30)
    kind: Literal["compound", "micro", "dedicated", "community", "village", "street"] = "compound"


class HoleIn(Told):
    """The gap at this place of the draft belongs to no cell, and why."""

    onto: str = Field(pattern=REF)
    rev: Revision | None = None
    lon: Lon
    lat: Lat
    why: Annotated[str, Words(longest=200)]


class EnactIn(Told):
    """The revision that was checked; without a date it is in force at once."""

    rev: Revision
    valid_from: IsoDate | None = Field(None, description="生效日期,零时;留空即刻生效")


class CoveredPost(Schema):
    title: str
    people: list[str]
    vacant: bool


class Coverage(Schema):
    """By place path: the posts that answer for that grid, and whether nobody holds one."""

    places: dict[str, list[CoveredPost]]
