"""The four libraries of projects by the API (四库): the board with its figures, one project, and everything done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.answers_firms import yuan
from gridloop.api.deeds import DeedsOn
from gridloop.api.paging import After, Size, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_projects import (
    CriteriaIn,
    CriteriaList,
    CriteriaOut,
    DroppedProjects,
    DropProjectIn,
    GapIn,
    Library,
    MonthIn,
    MoveProjectIn,
    ObstacleIn,
    ProjectAmendIn,
    ProjectBoard,
    ProjectFile,
    ProjectFilter,
    ProjectIn,
    YearPlanIn,
)
from gridloop.api.tokens import READ, SETUP, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.core.condition import write
from gridloop.core.project import neighbours
from gridloop.offices.projects import actions
from gridloop.offices.projects.queries import board
from gridloop.offices.projects.queries.banks import banks_of
from gridloop.offices.projects.queries.criteria import all_criteria, in_words, judged
from gridloop.offices.projects.queries.factors import obstacles_of
from gridloop.offices.projects.queries.finding import project as found_project
from gridloop.offices.projects.queries.proposed import proposals_behind
from gridloop.offices.projects.queries.standstill import plans_of
from gridloop.offices.projects.queries.words import LIBRARIES

router = Router(tags=["项目"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
GUARDED = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH]}
DATES = ("start_planned_on", "finish_planned_on", "started_on", "finished_on", "produced_on", "counted_on")


@router.get("/projects", auth=doors(READ), response={200: ProjectBoard, SHUT: Problem}, summary="四库")
def projects(
    request: CallerRequest, response: HttpResponse, wanted: ProjectFilter = Query(...), street: str = Query("", max_length=80),
    after: After = "", size: Size = 100,
) -> dict[str, Any]:  # fmt: skip
    """The four libraries, narrowed, with figures of all their projects and this page's projects; and this year's conversion from one to the next."""
    caller = request.auth
    code = street_of(caller.actor, street)
    found = board.board(caller.actor, street=code, at=caller.at, wanted=board.Wanted(**wanted.model_dump()))
    today = today_of(caller, code)
    rows = [row for library in found for row in library.rows]
    page = page_of(
        request, response, rows, key=lambda row: f".{row.project.pk:018d}", after=after, size=size, told=lambda row: row
    )
    shown = {row.project.pk for row in page["items"]}
    rates = board.conversion_rates(caller.actor, street=code, since=date(today.year, 1, 1), until=today)
    return {
        "libraries": [_library(each, shown) for each in found],
        "next": page["next"],
        "rates": [_rate(*each) for each in rates],
        "dropped": len(board.dropped(caller.actor, street=code)),
    }


def _library(found: board.Library, shown: set[int]) -> dict[str, Any]:
    told = {"library": found.code, "label": found.label, "n": found.n, "total": yuan(found.total)}
    return told | {"projects": [_line(row) for row in found.rows if row.project.pk in shown]}


def _rate(came_from: str, to: str, found: Any) -> dict[str, Any]:
    return {"came_from": came_from, "to": to} | fields_named(found, "part n value lower upper caution")


def _line(row: board.Row) -> dict[str, Any]:
    project = row.project
    told = fields_named(
        project, "ref rev code name owner sector priority library standing entered_at dropped_at dropped_because"
    )
    return told | {
        "unit": project.unit.code, "total": yuan(project.total), "place": project.grid.path if project.grid else "",
        "invested": yuan(row.invested), "pace": _pace(row.pace) if row.pace else None,
        "alarms": [fields_named(each, "code label sentence is_good") for each in row.alarms], "needs": [_gap(each) for each in row.needs],
    }  # fmt: skip


def _pace(found: Any) -> dict[str, Any]:
    told = {"planned": yuan(found.planned), "done": yuan(found.done), "month": found.month}
    return told | {name: float(getattr(found, name)) for name in ("share", "due", "points")}


def _gap(need: Any) -> dict[str, Any]:
    told = fields_named(need, "factor unit_of_gap number state lead due_at is_late is_solved")
    return told | {"gap": f"{need.gap:f}", "case": need.case_ref}


@router.get("/projects/dropped", auth=doors(READ), response={200: DroppedProjects, SHUT: Problem}, summary="已出库项目")
def dropped(
    request: CallerRequest, response: HttpResponse, street: str = Query("", max_length=80), after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The projects that left the libraries, the last first, each with its reason."""
    actor = request.auth.actor
    rows = board.dropped_page(actor, street=street_of(actor, street), after=after, size=size + 1)

    def told(row: Any) -> dict[str, Any]:
        return fields_named(row, "ref code name library dropped_at dropped_because")

    return page_of_query(request, response, rows, size=size, key=board.LAST_DROPPED.key, told=told)


@router.post(
    "/projects", auth=doors(WRITE), response={201: ProjectFile, WRITES: Problem}, summary="项目入储备库", openapi_extra=KEY_HEADER
)  # fmt: skip
def enter(request: CallerRequest, told: ProjectIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The project stands in the reserve library and is never typed again."""
    caller = request.auth
    code = street_of(caller.actor, street)
    said = actions.Told(**told.model_dump() | {"total": Decimal(told.total)})

    def do() -> dict[str, Any]:
        return _file(caller, actions.enter_project(by=caller.actor, at=caller.at, street=code, told=said).ref)

    return told_once(request, ProjectFile, operation="POST /projects", do=do, status=201)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    found = found_project(ref, by=caller.actor)
    (row,) = board.rows_of([found], at=caller.at)
    after = neighbours(found.library)[0] if found.library != "completed" else ""
    criteria = judged(found, after, at=caller.at) if after else ()
    moves = "number came_from to direction reason moved_on moved_at"
    return {
        "project": _line(row), **fields_named(found, "content address approval site_ready permit"),
        "grid": found.grid.code if found.grid else "", "dates": {name: getattr(found, name) for name in DATES}, "next": after,
        "criteria": [fields_named(each, "requirement quote value") | {"reasons": list(each.reasons)} for each in criteria],
        "months": [_month(each) for each in board.months_of(found)],
        "moves": [fields_named(each, moves) for each in board.moves_of(found)],
        "obstacles": [_obstacle(each) for each in obstacles_of(found)],
        "proposals": [fields_named(each.proposal, "ref title") for each in proposals_behind(found)],
        "plans": [fields_named(each, "ref goal review_on opened_at closed_at outcome") for each in plans_of(found)],
        "banks": [_bank(each) for each in banks_of(found, by=caller.actor)],
    }  # fmt: skip


def _bank(row: Any) -> dict[str, Any]:
    """A bank match whose firm and product have been read."""
    return fields_named(row, "ref stage") | {
        "enterprise": row.enterprise.ref, "amount": yuan(row.amount), "case": row.case.ref if row.case else "",
        "bank": row.product.bank if row.product else "",
    }  # fmt: skip


def _month(row: Any) -> dict[str, Any]:
    told = fields_named(row, "note reported_at")
    return told | {"month": f"{row.month:%Y-%m}", "planned": yuan(row.planned), "invested": yuan(row.invested)}


def _obstacle(row: Any) -> dict[str, Any]:
    case = row.case
    told = {"ref": row.ref, "raised_at": row.raised_at, "case": case.ref, "lead": case.lead.name}
    return told | fields_named(case, "number title state")


@router.get("/projects/criteria", auth=doors(READ), response={200: CriteriaList, SHUT: Problem}, summary="入库条件")
def criteria(request: CallerRequest, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """What must hold before a project enters each library, as data and in words."""
    code = street_of(request.auth.actor, street)
    return {"items": [_criteria(*each) for each in all_criteria(code, at=request.auth.at)]}


def _criteria(library: str, version: int, clauses: list[Any]) -> dict[str, Any]:
    return {
        "library": library, "label": LIBRARIES[library], "version": version, "in_words": [in_words(each) for each in clauses],
        "clauses": [{"quote": each.quote, "condition": write(each.condition)} for each in clauses],
    }  # fmt: skip


@router.put(
    "/projects/criteria/{library}", auth=doors(SETUP), response={200: CriteriaOut, WRITES: Problem}, summary="定入库条件",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def set_criteria(
    request: CallerRequest, told: CriteriaIn, library: Library = Path(...), street: str = Query("", max_length=80)
) -> HttpResponse:
    """A new version holds from now on. Set by those who set up the street."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        clauses = [each.model_dump() for each in told.clauses]
        actions.set_criteria(
            by=caller.actor, at=caller.at, street=code, library=library, clauses=clauses, reason=told.reason
        )
        return next(_criteria(*each) for each in all_criteria(code, at=caller.at) if each[0] == library)

    return told_once(request, CriteriaOut, operation=f"PUT criteria {library}", do=do)


@router.get("/projects/{ref}", auth=doors(READ), response={200: ProjectFile, SHUT: Problem}, summary="一个项目")
def project(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Where it stands, what the next library asks, its months, what it lacks and what stands in its way."""
    told = _file(request.auth, ref)
    shows_revision(request, told["project"]["rev"])
    return told


@router.patch(
    "/projects/{ref}", auth=doors(WRITE), response={200: ProjectFile, WRITES: Problem}, summary="修改项目", openapi_extra=GUARDED
)  # fmt: skip
def change(request: CallerRequest, ref: str, told: ProjectAmendIn) -> HttpResponse:
    """What is sent is changed; what was before stands in the ledger."""
    said = told.model_dump(exclude_unset=True, exclude={"rev"})
    said |= {"total": Decimal(said["total"])} if said.get("total") else {}
    return DEEDS.do(request, ref, "change", actions.change_project, said, rev=told.rev)


DEEDS = DeedsOn(kind="project", argument="project", shape=ProjectFile, found=found_project, file=_file)


@router.post(
    "/projects/{ref}/move", auth=doors(WRITE), response={200: ProjectFile, WRITES: Problem}, summary="移库", openapi_extra=GUARDED
)  # fmt: skip
def move(request: CallerRequest, ref: str, told: MoveProjectIn) -> HttpResponse:
    """The project stands in the library beside its own; refused with what is missing."""
    return DEEDS.do(request, ref, "move", actions.move_project, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/projects/{ref}/drop", auth=doors(WRITE), response={200: ProjectFile, WRITES: Problem}, summary="出库", openapi_extra=GUARDED
)  # fmt: skip
def drop(request: CallerRequest, ref: str, told: DropProjectIn) -> HttpResponse:
    """The project counts in no library any more; its record stays."""
    return DEEDS.do(request, ref, "drop", actions.drop_project, {"reason": told.reason}, rev=told.rev)


@router.post(
    "/projects/{ref}/plan", auth=doors(WRITE), response={200: ProjectFile, WRITES: Problem}, summary="年度计划", openapi_extra=GUARDED
)  # fmt: skip
def plan_year(request: CallerRequest, ref: str, told: YearPlanIn) -> HttpResponse:
    """The year's amount is spread evenly over its months; the months sum to it."""
    said = {"year": told.year, "amount": Decimal(told.amount), "first": told.first}
    return DEEDS.do(request, ref, "plan", actions.plan_year, said, rev=told.rev)


@router.post(
    "/projects/{ref}/months", auth=doors(WRITE), response={200: ProjectFile, WRITES: Problem}, summary="月报", openapi_extra=GUARDED
)  # fmt: skip
def report_month(request: CallerRequest, ref: str, told: MonthIn) -> HttpResponse:
    """What the month invested."""
    year, _dash, month = told.month.partition("-")
    said = {
        "month": date(int(year), int(month), 1), "invested": Decimal(told.invested), "note": told.note, "reason": told.reason
    }  # fmt: skip
    return DEEDS.do(request, ref, "month", actions.report_month, said, rev=told.rev)


def _raised(
    request: CallerRequest, ref: str, name: str, action: Callable[..., Any], told: dict[str, Any]
) -> HttpResponse:
    """A case follows; the answer is the project with it."""
    caller = request.auth

    def do() -> dict[str, Any]:
        action(by=caller.actor, at=caller.at, project=ref, **told)
        return _file(caller, ref)

    return told_once(request, ProjectFile, operation=f"{name} project {ref}", do=do, status=201)


@router.post(
    "/projects/{ref}/needs", auth=doors(WRITE), response={201: ProjectFile, WRITES: Problem}, summary="要素缺口",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def need_factor(request: CallerRequest, ref: str, told: GapIn) -> HttpResponse:
    """What is lacking stands in the factor matrix, and its case is with whom the routing table names."""
    return _raised(request, ref, "need", actions.need_factor, told.model_dump() | {"gap": Decimal(told.gap)})


@router.post(
    "/projects/{ref}/obstacles", auth=doors(WRITE), response={201: ProjectFile, WRITES: Problem}, summary="堵点",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def raise_obstacle(request: CallerRequest, ref: str, told: ObstacleIn) -> HttpResponse:
    """What stands in the way is a case of its own."""
    return _raised(request, ref, "obstacle", actions.raise_obstacle, told.model_dump())
