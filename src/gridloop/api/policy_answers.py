"""What policies mean to one firm by the API: what may fit it and why, its answers to what was told; and questions with their answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_policies as tell
from gridloop.api.paging import After, Size, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firm_places import Over
from gridloop.api.shapes_policies import (
    AnswerPushIn,
    DeclineIn,
    MaybeRef,
    PoliciesOfFirm,
    PushOut,
    QuestionIn,
    QuestionList,
    QuestionOut,
)
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors, street_of, today_of
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.facts import agrees
from gridloop.offices.enterprise.queries.forums import question as forum_question
from gridloop.offices.policies import actions
from gridloop.offices.policies.queries import finding, matching

router = Router(tags=["政策"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
REST = 20
"""Policies that do not fit, told with their reasons."""


@router.get(
    "/enterprises/{ref}/policies", auth=doors(READ), response={200: PoliciesOfFirm, SHUT: Problem}, summary="企业适用的政策"
)  # fmt: skip
def policies_of_firm(request: CallerRequest, ref: str) -> dict[str, Any]:
    """What fits the firm, what would if something more were known, and the first that do not; with what it was told and answered."""
    firm = register.enterprise(ref, by=request.auth.actor)
    found = matching.matches_of_firm(firm, on=today_of(request.auth, firm.street), rest=REST)
    return {
        "enterprise": firm.ref,
        "takes_pushes": agrees(firm, "push"),
        "items": [tell.policy_fit(match) for match in found],
    }


@router.post(
    "/pushes/{ref}/answer", auth=doors(WRITE), response={200: PushOut, WRITES: Problem}, summary="记录企业的答复", openapi_extra=KEY_HEADER
)  # fmt: skip
def answer_push(request: CallerRequest, ref: str, told: AnswerPushIn) -> HttpResponse:
    """想申请 or 不需要, as the firm's contact said; what it declined is never pushed to it again."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return tell.pushed(actions.answer_push(by=caller.actor, at=caller.at, push=ref, **told.model_dump()))

    return told_once(request, PushOut, operation=f"answer push {ref}", do=do)


@router.post(
    "/enterprises/{ref}/policies/decline", auth=doors(WRITE), response={200: PushOut, WRITES: Problem}, summary="企业谢绝一项政策",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def decline(request: CallerRequest, ref: str, told: DeclineIn) -> HttpResponse:
    """The firm does not want this policy, whether it was told of it or not."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.decline_policy(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump())
        return tell.pushed(row)

    return told_once(request, PushOut, operation=f"decline {ref}", do=do)


@router.get("/policy-questions", auth=doors(READ), response={200: QuestionList, SHUT: Problem}, summary="政策问答")
def questions(
    request: CallerRequest, response: HttpResponse, text: str = Query("", max_length=60), policy: MaybeRef = "",
    street: str = Query("", max_length=80), after: After = "", size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """The answered questions in which every word occurs, of one policy (all its versions) or of all; the newest first."""
    actor = request.auth.actor
    family = finding.policy(policy, by=actor).family if policy else ""
    rows = finding.questions(
        actor, street=street_of(actor, street), text=text, policy_family=family, after=after, size=size + 1
    )
    return page_of_query(request, response, rows, size=size, key=finding.NEWEST.key, told=tell.question)


@router.post(
    "/policy-questions", auth=doors(WRITE), response={201: QuestionOut, WRITES: Problem}, summary="答一个问题", openapi_extra=KEY_HEADER
)  # fmt: skip
def answer_question(request: CallerRequest, told: QuestionIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The question stands with its answer, to be found by everybody."""
    caller = request.auth
    code = street_of(caller.actor, street)

    said = told.model_dump()
    asked = said.pop("forum_question")
    origin = forum_question(asked, by=caller.actor).subject if asked else ""

    def do() -> dict[str, Any]:
        return tell.question(actions.answer_question(by=caller.actor, at=caller.at, street=code, origin=origin, **said))

    return told_once(request, QuestionOut, operation="POST /policy-questions", do=do, status=201)


@router.post(
    "/policy-questions/{ref}/retire", auth=doors(WRITE), response={200: Over, WRITES: Problem}, summary="撤下问答",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def retire(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """The question is shown no more."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.retire_question(by=caller.actor, at=caller.at, question=ref)
        return {"ref": ref}

    return told_once(request, Over, operation=f"retire {ref}", do=do)
