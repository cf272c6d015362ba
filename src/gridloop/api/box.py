"""意见建议 and 公开设置 by the API: what people say about the pages, and what the street shows to everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.paging import LARGEST_KEY, next_link
from gridloop.api.shapes import Problem
from gridloop.api.shapes_desk import LookIn
from gridloop.api.shapes_registers import (
    CategoryModels,
    ContactOut,
    PublicityFile,
    PublicityIn,
    SuggestionAnswerIn,
    SuggestionLine,
    SuggestionPage,
)
from gridloop.api.tokens import CONTACTS, READ, SETUP, Caller, CallerRequest, doors
from gridloop.offices.cases.queries import category_model
from gridloop.offices.notices.publicity import queries as publicity
from gridloop.offices.notices.publicity.actions import set_publicity
from gridloop.offices.notices.suggestions import queries as suggestions_box
from gridloop.offices.notices.suggestions.actions import answer_suggestion, look_at_contact

router = Router(tags=["公众"])
SHUT = frozenset({401, 403})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


@router.get("/suggestions", auth=doors(READ), response={200: SuggestionPage, SHUT | {422}: Problem}, summary="意见建议")
def suggestions(
    request: CallerRequest, response: HttpResponse, state: Literal["", "new", "answered"] = "", after: int = Query(0, ge=0, le=LARGEST_KEY)
) -> dict[str, Any]:  # fmt: skip
    """The suggestion box of the caller's street, the newest first, 50 a page; for who sets up."""
    actor = request.auth.actor
    rows = suggestions_box.suggestions(by=actor, state=state, after=after)
    more = str(rows[-1].pk) if len(rows) == suggestions_box.PAGE else ""
    new = suggestions_box.count_new(by=actor)
    return {"items": [_line(row) for row in rows], "next": next_link(request, response, more), "new": new}


def _line(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref page text state told_at answer answered_at")
    return told | {"has_contact": bool(row.contact)}


@router.post(
    "/suggestions/{ref}/answer",
    auth=doors(SETUP),
    response={200: SuggestionLine, WRITES: Problem},
    summary="答复意见建议",
)
def answer(request: CallerRequest, ref: str, told: SuggestionAnswerIn) -> dict[str, Any]:
    """Answered, once; whoever wrote it reads the answer at the address they were given."""
    caller = request.auth
    return _line(answer_suggestion(by=caller.actor, at=caller.at, suggestion=ref, answer=told.answer))


@router.post(
    "/suggestions/{ref}/contact",
    auth=doors(CONTACTS),
    response={200: ContactOut, WRITES: Problem},
    summary="查看意见人联系方式",
)
def contact(request: CallerRequest, ref: str, told: LookIn) -> dict[str, Any]:
    """How to reach whoever wrote it; who looked and why is written down first."""
    caller = request.auth
    return {"contact": look_at_contact(by=caller.actor, at=caller.at, suggestion=ref, reason=told.reason)}


@router.get("/publicity", auth=doors(READ), response={200: PublicityFile, SHUT: Problem}, summary="公开设置")
def shown(request: CallerRequest) -> dict[str, Any]:
    """What the street shows to everybody now, and how that was decided."""
    return _publicity(request.auth)


def _publicity(caller: Caller) -> dict[str, Any]:
    street = caller.actor.street
    return {
        "present": _in_hours(publicity.publicity_of(street)),
        "decisions": [_in_hours(row) | fields_named(row, "reason valid_from") for row in publicity.decisions(street)],
    }


def _in_hours(found: Any) -> dict[str, Any]:
    return fields_named(found, "shows_map least") | {"hours": int(found.delay_for.total_seconds() // 3600)}


@router.put("/publicity", auth=doors(SETUP), response={200: PublicityFile, WRITES: Problem}, summary="决定公开什么")
def decide(request: CallerRequest, told: PublicityIn) -> dict[str, Any]:
    """From now on the street shows its map of open problems, or no longer; who decided so and why stands in the ledger."""
    caller = request.auth
    set_publicity(
        by=caller.actor, at=caller.at, street=caller.actor.street, shows_map=told.shows_map, least=told.least,
        delay_for=timedelta(hours=told.hours), reason=told.reason,
    )  # fmt: skip
    return _publicity(caller)


@router.get("/category-models", auth=doors(READ), response={200: CategoryModels, SHUT: Problem}, summary="分类模型")
def category_models(request: CallerRequest) -> dict[str, Any]:
    """Which model suggests categories, what it is worth, and what became of the others."""
    street = request.auth.actor.street
    return {
        "items": [_model(line) for line in category_model.category_models(street)],
        "corrections_waiting": category_model.corrections_waiting(street),
    }


def _model(line: category_model.ModelLine) -> dict[str, Any]:
    told = fields_named(line, "ref version state reason trained_at is_in_force")
    return told | {"state_label": line.state_name, "card": dict(line.card)}
