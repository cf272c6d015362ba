"""Before a case is filed: what the words suggest and which open cases look alike; and joining one of those instead of filing another."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from gridloop.api import answers
from gridloop.api.answers import fields_named
from gridloop.api.filing import filing_of
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.shapes import CaseIn, CaseOut, Problem
from gridloop.api.shapes_console import AskedIn, BeforeFiling, JoinedOut, OffersOut, TellingIn
from gridloop.api.tokens import FILE, CallerRequest, doors
from gridloop.offices.cases.actions import join_case, must_file
from gridloop.offices.cases.queries import likeness, offering

router = Router(tags=["登记"])
LEAST_TEXT = 4


@router.post(
    "/cases/alike",
    auth=doors(FILE),
    response={200: BeforeFiling, frozenset({400, 401, 403, 413, 415, 422}): Problem},
    summary="登记前看一看",
)
def alike(request: CallerRequest, told: TellingIn) -> dict[str, Any]:
    """The suggested category, and open cases that look alike; nothing is kept."""
    caller = request.auth
    street = caller.actor.street
    must_file(caller.actor, street)
    asked = likeness.Asked(**told.model_dump())
    found = likeness.like_cases(caller.actor, asked, street=street, at=caller.at)
    suggested = offering.suggested(street=street, text=told.text) if len(told.text.strip()) >= LEAST_TEXT else None
    return {
        "suggestion": answers.suggestion(suggested) if suggested else None,
        "alike": [_alike(each) for each in found],
    }


def _alike(found: likeness.LikeCase) -> dict[str, Any]:
    return {
        "case": answers.case_in_short(found.case), "score": round(found.score, 3), "reasons": [str(each) for each in found.reasons],
    }  # fmt: skip


@router.post(
    "/cases/offers",
    auth=doors(FILE),
    response={200: OffersOut, frozenset({400, 401, 403, 413, 415, 422}): Problem},
    summary="地点和类别候选",
)
def offers(request: CallerRequest, told: AskedIn) -> dict[str, Any]:
    """Places and categories for what was typed (part of a name, pinyin initials), the best first. Sent, not asked for: it may be an address."""
    actor = request.auth.actor
    must_file(actor, actor.street)
    places = offering.places_for(actor, street=actor.street, asked=told.asked)
    categories = offering.categories_offered(street=actor.street, asked=told.asked)
    return {
        "places": [fields_named(each, "label address grid kind") for each in places],
        "categories": [fields_named(each, "path label why") for each in categories],
    }


@router.post(
    "/cases/{ref}/reports",
    auth=doors(FILE),
    response={201: JoinedOut, frozenset({400, 401, 403, 404, 409, 413, 415, 422}): Problem},
    summary="并入已有事项",
    openapi_extra=KEY_HEADER,
)
def join(request: CallerRequest, ref: str, told: CaseIn) -> HttpResponse:
    """A further report of the same trouble: its teller gets a receipt, an answer and a callback of their own."""
    caller = request.auth

    def do() -> dict[str, Any]:
        done = join_case(
            by=caller.actor, at=caller.at, case=ref, filing=filing_of(told, by=caller.actor, street=caller.actor.street)
        )
        case = CaseOut.model_validate(answers.case_in_short(done.case)).model_dump(mode="json")
        return {"case": case, "receipt": done.receipt, "follow": answers.follow_address(done.receipt)}

    return answered_once(request, caller=caller, operation=f"join {ref}", do=do, status=201)
