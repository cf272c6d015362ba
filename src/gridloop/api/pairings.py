"""Pairing by the API (立体式包联): the matrix, filling blanks, handing over with its pack, substitutes, the public notice, coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router

from gridloop.api import answers_firms as tell
from gridloop.api.answers import fields_named, timeline_entry
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import LARGEST_KEY, next_link
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firms import FirmFilter, FirmPage
from gridloop.api.shapes_pairing import (
    CoverageOut,
    HandOverIn,
    Matrix,
    Pack,
    Paired,
    PairIn,
    PairingList,
    PairingOut,
    PairManyIn,
    PublicNotice,
    SubstituteIn,
)
from gridloop.api.shapes_registers import BecauseIn
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors, street_of
from gridloop.core.errors import NotFound, Refused
from gridloop.offices.enterprise.actions import pairing as actions
from gridloop.offices.enterprise.queries import packs, pairing, register, teams
from gridloop.offices.enterprise.queries.words import SERVICES
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.projects.queries.finding import project as found_project

router = Router(tags=["包联"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
Uncovered = Literal[tuple(SERVICES)]  # type: ignore[valid-type]


@router.get("/pairings", auth=doors(READ), response={200: Matrix, SHUT: Problem}, summary="包联矩阵")
def matrix(
    request: CallerRequest, response: HttpResponse, wanted: FirmFilter = Query(...), after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=200),
) -> dict[str, Any]:  # fmt: skip
    """The firms of the narrowed list with their four names, and how many blanks there are in each slot."""
    actor = request.auth.actor
    must_read_firms(actor)
    rows, found = pairing.matrix(actor, wanted.as_wanted(after=after), size=size)
    whole = replace(wanted.as_wanted(), lacks="")
    return {
        "items": [
            {"enterprise": row.ref, "name": row.name, "grid": row.note, "stack": tell.stack(row.stack)} for row in rows
        ],
        "count": found.count, "total": register.narrowed(actor, whole).count(), "blanks": pairing.blanks(actor, whole),
        "next": next_link(request, response, str(found.after or "")),
    }  # fmt: skip


@router.post(
    "/pairings", auth=doors(WRITE), response={200: Paired, WRITES: Problem}, summary="批量补上空缺", openapi_extra=KEY_HEADER
)  # fmt: skip
def pair_many(request: CallerRequest, told: PairManyIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """One slot of these firms is held from now on; where somebody holds it already, nothing is changed."""
    caller = request.auth
    code = street_of(caller.actor, street)
    said = told.model_dump()
    subjects = [f"enterprise:{ref}" for ref in said.pop("enterprises")]

    def do() -> dict[str, Any]:
        filled = actions.pair_many(by=caller.actor, at=caller.at, street=code, subjects=subjects, **said)
        return {"filled": filled, "asked": len(set(subjects))}

    return told_once(request, Paired, operation="POST /pairings", do=do)


@router.post(
    "/enterprises/{ref}/pairings", auth=doors(WRITE), response={201: PairingOut, WRITES: Problem}, summary="补上一个层级",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def pair(request: CallerRequest, ref: str, told: PairIn) -> HttpResponse:
    """One slot of the firm is held from now on; refused while somebody holds it."""
    caller = request.auth
    firm = register.enterprise(ref, by=caller.actor)

    def do() -> dict[str, Any]:
        row = actions.pair(by=caller.actor, at=caller.at, street=firm.street, subject=firm.subject, **told.model_dump())
        return pairing_told(row)

    return told_once(request, PairingOut, operation=f"pair {ref}", do=do, status=201)


@router.get(
    "/enterprises/{ref}/pairings", auth=doors(READ), response={200: PairingList, SHUT: Problem}, summary="历次包联"
)
def history(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Every pairing the firm ever had, the newest first."""
    firm = register.enterprise(ref, by=request.auth.actor)
    return {"items": [pairing_told(row) for row in pairing.history_of(firm.subject)]}


def pairing_told(row: Any) -> dict[str, Any]:
    """A pairing whose relations have been read, of a firm or of a project."""
    kind, _, ref = row.subject.partition(":")
    told = fields_named(row, "ref slot reason note term_ends_on starts_at ends_at ended_because")
    return told | {
        "enterprise": ref if kind == "enterprise" else "", "project": ref if kind == "project" else "", "unit": row.unit.name, "person": row.person.name if row.person else "",
        "substitute": row.substitute.name if row.substitute else "", "followed_by": row.followed_by.ref if row.followed_by else "",
    }  # fmt: skip


@router.post(
    "/pairings/{ref}/hand-over", auth=doors(WRITE), response={201: PairingOut, WRITES: Problem}, summary="移交包联",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def hand_over(request: CallerRequest, ref: str, told: HandOverIn) -> HttpResponse:
    """The slot passes on at this instant; the answer is the new holder's pairing, whose pack is to be handed on."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return pairing_told(actions.hand_over(by=caller.actor, at=caller.at, pairing=ref, **told.model_dump()))

    return told_once(request, PairingOut, operation=f"hand over {ref}", do=do, status=201)


@router.post(
    "/pairings/{ref}/substitute", auth=doors(WRITE), response={200: PairingOut, WRITES: Problem}, summary="定备岗",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def set_substitute(request: CallerRequest, ref: str, told: SubstituteIn) -> HttpResponse:
    """The person stands in while the holder is away; nobody does where it is left empty."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.set_substitute(by=caller.actor, at=caller.at, pairing=ref, substitute=told.substitute)
        return pairing_told(_row(request, ref))

    return told_once(request, PairingOut, operation=f"substitute {ref}", do=do)


@router.post(
    "/pairings/{ref}/end", auth=doors(WRITE), response={200: PairingOut, WRITES: Problem}, summary="结束包联", openapi_extra=KEY_HEADER
)  # fmt: skip
def end_pairing(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """Nobody holds the slot any more; it is a blank until somebody does."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.end_pairing(by=caller.actor, at=caller.at, pairing=ref, reason=told.reason)
        return pairing_told(_row(request, ref))

    return told_once(request, PairingOut, operation=f"end pairing {ref}", do=do)


def _row(request: CallerRequest, ref: str) -> Any:
    """The pairing, for those who see its firm or its project. Raises NotFound."""
    row = pairing.pairing_row(ref, by=request.auth.actor)
    if row is None:
        raise NotFound("enterprise.no_pairing", "没有这条包联;请刷新页面。", pairing=ref)
    kind, _, subject = row.subject.partition(":")
    if kind == "project":
        found_project(subject, by=request.auth.actor)
    else:
        packs.subject_of(row, by=request.auth.actor)
    return row


@router.get("/pairings/{ref}/pack", auth=doors(READ), response={200: Pack, SHUT: Problem}, summary="交接包")
def pack(request: CallerRequest, ref: str) -> dict[str, Any]:
    """What the next holder must know: what is open, what was promised, what the firm does not want, what happened last."""
    found = packs.pack_of(_row(request, ref), by=request.auth.actor)
    return fields_named(found, "name code address slot holder former reason note consults declined agreed") | {
        "names": [{"slot": slot, "holder": holder} for slot, holder in found.names],
        "cases": [fields_named(case, "number ref title state unit due_at") for case in found.cases],
        "promises": [fields_named(each, "text person due_on") for each in found.promises],
        "orders": [{"service": service, "state": state} for service, state in found.orders],
        "latest": [timeline_entry(entry) for entry in found.latest],
    }


@router.get(
    "/enterprises/{ref}/notice", auth=doors(READ), response={200: PublicNotice, SHUT | {409}: Problem}, summary="公示牌"
)
def notice(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The four names as posted at the firm's door, with where its QR code leads. As PDF and docx on the page."""
    firm = register.enterprise(ref, by=request.auth.actor)
    if firm.left_at is not None:
        raise Refused("enterprise.left", "企业已离开本街道,不再有公示牌。", enterprise=ref)
    slug = organisation.street(firm.street).slug
    found = packs.notice_of(firm, address=f"{settings.PUBLIC_URL.rstrip('/')}{reverse('report', args=[slug])}")
    return fields_named(found, "street firm phone address") | {
        "lines": [fields_named(each, "slot duty unit person phone") for each in found.lines],
        "team": [{"kind": kind, "person": person} for kind, person in found.team],
    }


@router.get("/coverage", auth=doors(READ), response={200: CoverageOut, SHUT: Problem}, summary="四项服务覆盖")
def coverage(request: CallerRequest) -> dict[str, Any]:
    """行政、办税、环境优化、要素兜底: how many of the caller's firms each reaches, of all of them."""
    must_read_firms(request.auth.actor)
    return {"items": [fields_named(each, "service label covered total") for each in teams.coverage(request.auth.actor)]}


@router.get(
    "/coverage/{service}", auth=doors(READ), response={200: FirmPage, SHUT: Problem}, summary="一项服务未覆盖的企业"
)
def uncovered(
    request: CallerRequest, response: HttpResponse, service: Uncovered, after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The firms that the service does not reach."""
    must_read_firms(request.auth.actor)
    found = teams.uncovered_firms(request.auth.actor, service, after=after, size=size)
    return {
        "items": [tell.firm_line(firm) for firm in found.enterprises],
        "count": found.count,
        "next": next_link(request, response, str(found.after or "")),
    }
