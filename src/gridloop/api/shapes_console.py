"""Shapes of what the console's filing page and list know besides one case: alike cases, joining, many at once, kept views."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictFloat, StringConstraints

from gridloop.api.shapes import CaseOut, Told
from gridloop.api.words import Revision
from gridloop.offices.cases.actions.bulk import LABELS, MOST

Sharing = Literal["own", "unit", "street"]


class TellingIn(Told):
    """What somebody tells, before it is filed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "柳荫路路灯不亮", "lon": 113.505, "lat": 34.705}})  # fmt: skip

    text: str = Field(max_length=4000)
    category: str = Field("", max_length=200)
    address: str = Field("", max_length=200)
    grid: str = Field("", max_length=40)
    lon: StrictFloat | None = Field(None, ge=-180, le=180)
    lat: StrictFloat | None = Field(None, ge=-90, le=90)


class AskedIn(Told):
    """What was typed so far."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"asked": "柳荫"}})

    asked: str = Field(max_length=60)


class PlaceOffer(Schema):
    """A place to choose: what is written as the address (empty for a cell), the cell's code, and what kind of place it is."""

    label: str
    address: str
    grid: str
    kind: str


class CategoryOffer(Schema):
    path: str
    label: str
    why: str


class OffersOut(Schema):
    places: list[PlaceOffer]
    categories: list[CategoryOffer]


class CategoryGuess(Schema):
    path: str
    confidence: float


class SuggestionOut(Schema):
    """The category that the words suggest; an empty path means the model does not know."""

    path: str
    confidence: float
    words: list[str]
    others: list[CategoryGuess]
    leaves: list[str]


class AlikeOut(Schema):
    case: CaseOut
    score: float
    reasons: list[str]


class BeforeFiling(Schema):
    suggestion: SuggestionOut | None
    alike: list[AlikeOut]


class JoinedOut(Schema):
    """The case that was joined. ``receipt`` opens the new reporter's follow-up page; it is told once."""

    case: CaseOut
    receipt: str
    follow: str


class ChosenIn(Told):
    ref: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    rev: Revision | None = None


class BulkIn(Told):
    """One verb on many cases; each is a deed of its own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "verb": "note_progress",
                "cases": [{"ref": "2a3b4c5d6e7f8g9h"}],
                "told": {"text": "已排期维修。"},
            }
        },
    )

    verb: str = Field(json_schema_extra={"enum": list(LABELS)})
    cases: list[ChosenIn] = Field(min_length=1, max_length=MOST)
    told: dict[str, Any] = Field(default_factory=dict, description="与该动作单件办理时的内容相同(不含 rev)")


class BulkResult(Schema):
    ref: str
    number: str
    is_done: bool
    state: str
    code: str
    sentence: str


class BulkOut(Schema):
    done: int
    refused: int
    results: list[BulkResult]


class ViewIn(Told):
    """A filter under a name; ``query`` is what stands behind the question mark of the console's list."""

    name: Annotated[str, StringConstraints(pattern=r"^[^\u0000]*\S[^\u0000]*$", max_length=40)]
    query: Annotated[str, StringConstraints(max_length=1000)] = ""
    sharing: Sharing = "own"


class SharingIn(Told):
    sharing: Sharing


class ViewOut(Schema):
    ref: str
    name: str
    query: str
    sharing: Sharing
    owner: str
    is_own: bool


class ViewList(Schema):
    items: list[ViewOut]
