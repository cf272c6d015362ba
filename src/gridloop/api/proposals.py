"""立项建议 by the API: a trouble proposed as a project, decided by a leader who did not propose it, and the project that it became."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.answers_firms import yuan
from gridloop.api.paging import After, Size, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_troubles import (
    LinkProposalIn,
    ProjectProposalList,
    ProjectProposalOut,
    ProposalDecisionIn,
    ProposeIn,
)
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of
from gridloop.api.troubles import case_named, proposals_named
from gridloop.core.access import Role
from gridloop.offices.cases.actions import proposals as actions
from gridloop.offices.cases.queries import trouble_lists as lists
from gridloop.offices.cases.queries import troubles as queries
from gridloop.offices.projects.actions import link_proposal
from gridloop.offices.projects.queries.proposed import project_of_proposal

router = Router(tags=["同诉"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


def _told(caller: Caller, ref: str) -> dict[str, Any]:
    row = lists.proposal(caller.actor, ref)
    became = project_of_proposal(ref)
    decides = Role.STREET_LEADER in caller.actor.roles(row.street) and row.proposed_by_id != caller.actor.person_id
    return fields_named(row, "root_cause cost benefit unit sector decided_at remark") | {
        "proposal": proposals_named([row])[0], "estimate": yuan(row.estimate), "decided_by": row.decided_by.name if row.decided_by else "",
        "may_decide": decides and row.approved is None, "cases": [case_named(case) for case in lists.cases_of(row, by=caller.actor)],
        "project": fields_named(became.project, "ref code name") | {"was_entered": became.was_entered} if became else None,
    }  # fmt: skip


@router.get("/proposals", auth=doors(READ), response={200: ProjectProposalList, SHUT: Problem}, summary="立项建议")
def proposals(
    request: CallerRequest, response: HttpResponse, street: Annotated[str, Query(max_length=80)] = "", after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The proposals about cases in the caller's scope, the latest first."""
    actor = request.auth.actor
    rows = lists.proposals(actor, street=street_of(actor, street), after=after, size=size + 1)
    return page_of_query(
        request, response, rows, size=size, key=lists.LATEST_PROPOSED.key, told=lambda row: proposals_named([row])[0]
    )


@router.get(
    "/proposals/{ref}", auth=doors(READ), response={200: ProjectProposalOut, SHUT: Problem}, summary="一份立项建议"
)
def proposal(request: CallerRequest, ref: str) -> dict[str, Any]:
    """What it says, what it stands on, what was decided and which project it became."""
    return _told(request.auth, ref)


@router.post(
    "/troubles/{ref}/proposals", auth=doors(WRITE), response={201: ProjectProposalOut, WRITES: Problem}, summary="提出立项建议",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def propose(request: CallerRequest, ref: str, told: ProposeIn) -> HttpResponse:
    """The trouble's cases, and what those that came back had come from, become its ground; it waits for a leader."""
    caller = request.auth

    def do() -> dict[str, Any]:
        found = queries.trouble_file(caller.actor, ref)
        said = told.model_dump() | {"estimate": Decimal(told.estimate) if told.estimate else None}
        cases = [case.ref for case in lists.ground_of(found)]
        row = actions.propose_project(
            by=caller.actor, at=caller.at, street=found.trouble.street, cases=cases, **said
        )  # fmt: skip
        return _told(caller, row.ref)

    return told_once(request, ProjectProposalOut, operation=f"propose {ref}", do=do, status=201)


def _done(request: CallerRequest, ref: str, name: str, do: Callable[[Caller], object]) -> HttpResponse:
    caller = request.auth

    def done() -> dict[str, Any]:
        do(caller)
        return _told(caller, ref)

    return told_once(request, ProjectProposalOut, operation=f"{name} proposal {ref}", do=done)


@router.post(
    "/proposals/{ref}/decide", auth=doors(WRITE), response={200: ProjectProposalOut, WRITES: Problem}, summary="批示立项建议",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def decide(request: CallerRequest, ref: str, told: ProposalDecisionIn) -> HttpResponse:
    """A leader who did not propose it says yes or no, with the reason."""
    return _done(
        request, ref, "decide",
        lambda caller: actions.decide_proposal(by=caller.actor, at=caller.at, proposal=ref, **told.model_dump()),
    )  # fmt: skip


@router.post(
    "/proposals/{ref}/link", auth=doors(WRITE), response={200: ProjectProposalOut, WRITES: Problem}, summary="关联项目",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def link(request: CallerRequest, ref: str, told: LinkProposalIn) -> HttpResponse:
    """The approved proposal is this project, which the caller keeps; refused (409) where it has become one already."""

    def do(caller: Caller) -> None:
        lists.proposal(caller.actor, ref)
        link_proposal(by=caller.actor, at=caller.at, proposal=ref, project=told.project)

    return _done(request, ref, "link", do)
