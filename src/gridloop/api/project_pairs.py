"""分组分包 by the API: the key projects with their four names and their task forces; one project's pairing, its pack, and filling its blanks."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_firms as tell
from gridloop.api.answers import fields_named
from gridloop.api.paging import After, Size, page_of
from gridloop.api.pairings import pairing_told
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_pairing import PairIn, PairingOut
from gridloop.api.shapes_project_pairs import ProjectMatrix, ProjectPairs
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors, street_of
from gridloop.core.firm_access import may_arrange, must_arrange
from gridloop.offices.enterprise.actions.pairing import pair as pair_subject
from gridloop.offices.projects.queries import pairs
from gridloop.offices.projects.queries.finding import project as found_project

router = Router(tags=["项目"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


def _row(row: pairs.Paired) -> dict[str, Any]:
    project = row.project
    return fields_named(project, "ref code name priority library") | {
        "unit": project.unit.code, "stack": tell.stack(row.stack), "forces": [_force(each) for each in row.forces],
    }  # fmt: skip


def _force(shown: Any) -> dict[str, Any]:
    group = shown.group
    return fields_named(group, "ref name") | {
        "lead": group.lead.name if group.lead else "", "members": [member.label for member in shown.members],
    }  # fmt: skip


@router.get(
    "/projects/matrix", auth=doors(READ), response={200: ProjectMatrix, SHUT: Problem}, summary="重点项目分组分包"
)
def matrix(
    request: CallerRequest, response: HttpResponse, street: Annotated[str, Query(max_length=80)] = "", after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The projects of a priority that stand in a library, each with its four names and task forces; how much is blank in all of them."""
    actor = request.auth.actor
    code = street_of(actor, street)
    rows = pairs.paired(pairs.key_projects(actor, street=code), by=actor, street=code)
    page = page_of(
        request, response, rows, key=lambda row: f".{row.project.pk:018d}", after=after, size=size, told=_row
    )
    return page | {
        "count": len(rows), "blanks": sum(len(row.stack.blanks) for row in rows), "without_force": sum(not row.forces for row in rows),
    }  # fmt: skip


@router.get(
    "/projects/{ref}/pairings",
    auth=doors(READ),
    response={200: ProjectPairs, SHUT: Problem},
    summary="项目的包联与交接",
)
def project_pairs(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The four names and the task forces; what whoever takes over must know; every pairing there ever was, the newest first."""
    actor = request.auth.actor
    found = found_project(ref, by=actor)
    (row,) = pairs.paired([found], by=actor, street=found.street)
    pack = pairs.pack_of(found)
    gap = "factor unit_of_gap number state lead due_at"
    return {
        "project": _row(row), "may_arrange": may_arrange(actor, found.street) and not found.dropped_at,
        "needs": [fields_named(need, gap) | {"gap": f"{need.gap:f}", "case": need.case_ref} for need in pack.needs],
        "obstacles": [_obstacle(each) for each in pack.obstacles], "history": [pairing_told(each) for each in pack.history],
    }  # fmt: skip


def _obstacle(row: Any) -> dict[str, Any]:
    case = row.case
    return fields_named(case, "ref number title state") | {"lead": case.lead.name}


@router.post(
    "/projects/{ref}/pairings", auth=doors(WRITE), response={201: PairingOut, WRITES: Problem}, summary="补上项目的一个层级",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def pair(request: CallerRequest, ref: str, told: PairIn) -> HttpResponse:
    """One slot of the project is held from now on; refused while somebody holds it (POST /pairings/{ref}/hand-over)."""
    caller = request.auth

    def do() -> dict[str, Any]:
        found = found_project(ref, by=caller.actor)
        must_arrange(caller.actor, found.street)
        pairs.must_be_there(found)
        row = pair_subject(
            by=caller.actor, at=caller.at, street=found.street, subject=found.subject, **told.model_dump()
        )
        return pairing_told(row)

    return told_once(request, PairingOut, operation=f"pair project {ref}", do=do, status=201)
