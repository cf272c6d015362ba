"""The parts of a case one by one, for callers that need no whole file; counts, places and points for maps; and the one look behind the mask.

Every part is that of ``GET /cases/{ref}``, within the same scope. Names and telephone numbers of reporters are told by one address only,
which asks for a reason and writes it down before it answers.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from gridloop.api import answers
from gridloop.api.cases import router as both_methods  # one router holds both methods of an address
from gridloop.api.paging import LARGEST_KEY, MOST, page_of_query
from gridloop.api.shapes import CaseOut, Problem, SegmentOut, WhyHere, WhyThisDate
from gridloop.api.shapes_desk import (
    AttachmentList,
    CaseCounts,
    Contacts,
    FeatureCollection,
    LookIn,
    LookList,
    PlaceCounts,
    TimelinePage,
    VerbList,
)
from gridloop.api.shapes_registers import Narrowed
from gridloop.api.tokens import CONTACTS, READ, CallerRequest, doors
from gridloop.core.access import relations
from gridloop.core.errors import NotAllowed
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases.actions.contact import sees_looks, show_contacts
from gridloop.offices.cases.actions.searching import note_what_is_sought
from gridloop.offices.cases.queries import finding, pages
from gridloop.offices.cases.queries.counts import by_unit_code, count
from gridloop.offices.cases.queries.lists import Filter
from gridloop.offices.supervision import queries as supervision

router = Router(tags=["事项"])
UNSEEN = frozenset({401, 403, 404})
NUMBER = r"^[0-9]{8}-?[0-9]{1,17}$"


@router.get(
    "/cases/counts", auth=doors(READ), response={200: CaseCounts, frozenset({401, 403, 422}): Problem}, summary="各种筛选的件数"
)  # fmt: skip
def counts(request: CallerRequest, narrowed: Query[Narrowed]) -> dict[str, Any]:
    """How many of the caller's cases each choice of the list would show, by the conditions of ``GET /cases``; without any, of all of them."""
    caller = request.auth
    told = narrowed.model_dump(exclude={"q", "since", "until"})
    words, phone = note_what_is_sought(by=caller.actor, at=caller.at, said=narrowed.q)
    days = {"since": str(narrowed.since or ""), "until": str(narrowed.until or "")}
    found = count(caller.actor, Filter(**told, **days, text=words, phone=phone))
    return {
        "states": found.by_state, "total": found.total, "units": by_unit_code(found),
        "categories": found.by_category, "places": found.by_place, "grades": found.by_grade, "sources": found.by_source,
        "late": found.late, "gap": found.gap, "mine": found.mine, "is_at_least": found.is_capped or found.are_hits_cut,
    }  # fmt: skip


@router.get(
    "/cases/places", auth=doors(READ), response={200: PlaceCounts, frozenset({401, 403}): Problem}, summary="各地点件数"
)
def places(request: CallerRequest) -> dict[str, Any]:
    """By place path: how many live cases lie exactly there, and how many of them are late now."""
    found = pages.open_counts_by_place(request.auth.actor, at=request.auth.at)
    return {"places": {place: {"live": live, "late": late} for place, (live, late) in sorted(found.items())}}


@router.get(
    "/cases/points",
    auth=doors(READ),
    response={200: FeatureCollection, frozenset({401, 403}): Problem},
    summary="未办结事项的点位",
)
def points(request: CallerRequest) -> dict[str, Any]:
    """The caller's live cases that have a point, as GeoJSON (WGS-84), at most 2,000."""
    return {
        "type": "FeatureCollection",
        "features": [answers.case_feature(case) for case in pages.open_points(request.auth.actor)],
    }


@router.get(
    "/cases/numbered/{number}", auth=doors(READ), response={200: CaseOut, UNSEEN | {422}: Problem}, summary="按编号查找"
)
def numbered(
    request: CallerRequest,
    number: Annotated[str, Path(pattern=NUMBER, description="口头所说的编号,例如 20220529-000017")],
) -> dict[str, Any]:
    """The case by the number people say aloud, in short."""
    return answers.case_in_short(finding.case_by_number(number, by=request.auth.actor))


@router.get(
    "/cases/{ref}/timeline", auth=doors(READ), response={200: TimelinePage, UNSEEN | {422}: Problem}, summary="经过"
)
def timeline(
    request: CallerRequest,
    response: HttpResponse,
    ref: str,
    after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(100, ge=1, le=MOST),
) -> dict[str, Any]:
    """The case's entries in the ledger, oldest first."""
    case = finding.scoped_case(ref, by=request.auth.actor)
    rows = [line for line in archive.timeline(case.subject) if line.id > after][: size + 1]
    return page_of_query(request, response, rows, size=size, key=lambda line: line.id, told=answers.timeline_entry)


@router.get(
    "/cases/{ref}/segments", auth=doors(READ), response={200: list[SegmentOut], UNSEEN: Problem}, summary="责任段"
)
def segments(request: CallerRequest, ref: str) -> list[dict[str, Any]]:
    """Who was responsible from when until when; the segments tile the case without gap or overlap."""
    case = finding.scoped_case(ref, by=request.auth.actor)
    return [answers.segment(line) for line in pages.segment_lines(case, at=request.auth.at)]


@router.get(
    "/cases/{ref}/why-here", auth=doors(READ), response={200: WhyHere, UNSEEN: Problem}, summary="为什么由它主办"
)
def why_here(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Each row of the routing table that was considered, and why it won or lost."""
    case = finding.scoped_case(ref, by=request.auth.actor)
    version, rows = pages.why_here(case, archive.timeline(case.subject))
    return answers.why_here(case, version=version, rows=rows)


@router.get(
    "/cases/{ref}/why-this-date",
    auth=doors(READ),
    response={200: list[WhyThisDate], UNSEEN: Problem},
    summary="为什么是这个期限",
)
def why_this_date(request: CallerRequest, ref: str) -> list[dict[str, Any]]:
    """Each clock of the case: every day counted or skipped, every pause and extension, and how it stands now."""
    case = finding.scoped_case(ref, by=request.auth.actor)
    clocks = supervision.clocks_of(case.subject)
    return [answers.why_this_date(supervision.why_this_date(clock, at=request.auth.at)) for clock in clocks]


@router.get(
    "/cases/{ref}/verbs",
    auth=doors(READ),
    response={200: VerbList, UNSEEN: Problem},
    summary="现在能做什么",
    tags=["动作"],
)
def verbs(request: CallerRequest, ref: str) -> dict[str, Any]:
    """What the caller may do with the case now, in the order of the state chart, and the revision to say with it."""
    case = finding.scoped_case(ref, by=request.auth.actor)
    possible = finding.possible_verbs(case, by=request.auth.actor)
    return {"rev": case.rev, "state": case.state, "verbs": [answers.verb(each, case.ref) for each in possible]}


@both_methods.get(
    "/cases/{ref}/attachments",
    auth=doors(READ),
    response={200: AttachmentList, UNSEEN: Problem},
    summary="附件目录",
    tags=["附件"],
)
def attachments(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The files of the case; each is fetched by its ``href``."""
    case = finding.scoped_case(ref, by=request.auth.actor)
    return {"items": [answers.attachment(kept) for kept in archive.attachments_of(case.subject)]}


@router.get(
    "/cases/{ref}/looks", auth=doors(READ), response={200: LookList, UNSEEN: Problem}, summary="谁看过反映人信息"
)
def looks(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Who looked behind the mask, when and why, the newest first; for who answers for the case, and the keepers who watch."""
    actor = request.auth.actor
    case = finding.scoped_case(ref, by=actor)
    if not sees_looks(actor, relations(actor, finding.standing_of(case))):
        raise NotAllowed("api.may_not_see_looks", "查看记录由负责此件的人和安全、审计管理员查看;请联系他们。")
    return {"items": [answers.look(note) for note in archive.access_notes(case.subject)]}


@router.post(
    "/cases/{ref}/contacts",
    auth=doors(CONTACTS),
    response={200: Contacts, frozenset({400, 401, 403, 404, 415, 422}): Problem},
    summary="查看反映人信息",
)
def contacts(request: CallerRequest, ref: str, told: LookIn) -> dict[str, Any]:
    """Names and telephone numbers in the clear, for who works on the case; who looked and why is written down first."""
    caller = request.auth
    found = show_contacts(by=caller.actor, at=caller.at, case=ref, reason=told.reason)
    return {"contacts": [{"report": each.report, "name": each.name, "phone": each.phone} for each in found]}
