"""Tokens by the API: issued, listed, revoked. Only a signed-in person issues one: a token that issued tokens would outlive its limits."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Status

from gridloop.api import answers_setup as answers
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.shapes import Problem
from gridloop.api.shapes_desk import TokenIn, TokenIssued, TokenPage
from gridloop.api.tokens import READ, CallerRequest, Session, doors, person_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import issue_token, revoke_token
from gridloop.offices.organisation.tokens import queries as tokens

router = Router(tags=["令牌"])
REFUSALS = frozenset({401, 403, 404, 422})


@router.get("/tokens", auth=doors(READ), response={200: TokenPage, REFUSALS: Problem}, summary="令牌")
def list_tokens(
    request: CallerRequest,
    response: HttpResponse,
    everyone: bool = Query(False, description="全街道的令牌;由系统管理员或街道领导查看"),
    after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=100),
) -> dict[str, Any]:
    """The caller's own tokens, or those of the whole street for who sets it up; the newest first."""
    rows = tokens.tokens(request.auth.actor, everyone=everyone, before=after, limit=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.pk, told=answers.token)


@router.post(
    "/tokens", auth=[Session()], response={201: TokenIssued, REFUSALS | {400, 409, 415}: Problem}, summary="发放令牌"
)
def issue(request: CallerRequest, told: TokenIn) -> Status[dict[str, Any]]:
    """A new token. Its secret is told in this one answer and never again."""
    caller = request.auth
    person = organisation.person(caller.actor.street, told.person) if told.person else person_of(caller.actor)
    made, secret = issue_token(
        by=caller.actor, at=caller.at, person=person, name=told.name, scopes=list(told.scopes), expires_at=told.expires_at
    )  # fmt: skip
    return Status(201, {"token": answers.token(made), "secret": secret})


@router.delete("/tokens/{ref}", auth=doors(READ), response={204: None, REFUSALS: Problem}, summary="收回令牌")
def revoke(request: CallerRequest, ref: str) -> Status[None]:
    """The token opens nothing any more. One's own, or any of the street for who sets it up; a token may revoke itself."""
    caller = request.auth
    revoke_token(by=caller.actor, at=caller.at, token=tokens.token(ref, by=caller.actor))
    return Status(204, None)
