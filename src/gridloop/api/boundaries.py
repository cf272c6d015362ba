"""Boundary versions by the API: drafted in steps, read with what is wrong, published by a second person, rolled back; and who covers which grid."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.paging import LARGEST_KEY, Size, page_of_query
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_boundaries import (
    Coverage,
    EnactIn,
    HoleIn,
    MergeIn,
    Onto,
    OutlineFileIn,
    OutlineIn,
    SplitIn,
    VersionFile,
    VersionList,
)
from gridloop.api.shapes_desk import FeatureCollection
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.tokens import READ, SETUP, Caller, CallerRequest, doors, today_of
from gridloop.core.access import Role
from gridloop.core.errors import WrongInput
from gridloop.offices.cases.queries import mapped
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import must_set_up
from gridloop.offices.territory import actions
from gridloop.offices.territory import queries as territory

router = Router(tags=["边界"])
SHUT = frozenset({401, 403, 404})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
OPEN_STATES = frozenset({"draft", "published"})
COVERS = frozenset(
    {Role.GRID_LEADER, Role.GRID_WORKER, Role.HEALTH_OFFICER, Role.BUILDING_STEWARD, Role.SERVICE_MANAGER}
)
LARGEST = 12 * 1024 * 1024


@router.get(
    "/grids/coverage",
    auth=doors(READ),
    response={200: Coverage, frozenset({401, 403}): Problem},
    summary="网格上的岗位",
)
def coverage(request: CallerRequest) -> dict[str, Any]:
    """The posts that answer for a grid, by its place path, with who holds them now."""
    caller = request.auth
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for post in organisation.posts(caller.actor.street):
        if post.role in COVERS and post.place:
            now = [
                each
                for each in post.holdings.all()
                if each.starts_at <= caller.at and (each.ends_at is None or each.ends_at > caller.at)
            ]
            found[post.place].append(
                {"title": post.title, "people": [each.person.name for each in now], "vacant": not now}
            )
    return {"places": dict(sorted(found.items()))}


@router.get(
    "/grids/flaws",
    auth=doors(READ),
    response={200: FeatureCollection, frozenset({401, 403}): Problem},
    summary="网格没有拼满的地方",
)
def flaws(request: CallerRequest) -> dict[str, Any]:
    """Where the boundaries in force gap, overlap or are contested, as GeoJSON, the largest first."""
    code = request.auth.actor.street
    found = territory.flaws(street=code, version=organisation.street(code).version)
    return _features(_flaw(each) for each in found)


def _features(rows: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(rows)}


def _flaw(each: territory.Placed) -> dict[str, Any]:
    found: dict[str, Any] = each.flaw.to_feature()
    where = [{"grid": name, "side": side} for name, side in each.where]
    found["properties"] = {
        "kind": each.flaw.kind,
        "area_m2": round(each.flaw.area_m2, 1),
        "parent": each.parent,
        "where": where,
    }
    return found


@router.get(
    "/boundaries",
    auth=doors(READ),
    response={200: VersionList, frozenset({401, 403, 422}): Problem},
    summary="边界各版",
)
def versions(
    request: CallerRequest, response: HttpResponse, after: int = Query(0, ge=0, le=LARGEST_KEY), size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """The versions of the street's boundaries, the newest first."""
    rows = territory.boundary_versions(request.auth.actor.street, before=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.version, told=_version)


def _version(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref rev version note state drafted_at valid_from")


def _file(caller: Caller, row: Any, problems: Any = ()) -> dict[str, Any]:
    is_open = row.state in OPEN_STATES
    present = territory.outlines_present(row.street)
    after = territory.outlines_after(row, present=present) if is_open else present
    found = _flaws_of(row, after) if is_open else []
    elsewhere = (
        mapped.would_lie_elsewhere(row.street, territory.index_after(row), by=caller.actor)
        if is_open
        else mapped.Elsewhere(0, ())
    )
    return {
        "version": _version(row), "changed": [each["code"] for each in row.outlines], "retired": list(row.retired),
        "holes": [each["why"] for each in row.holes], "cells": _features(_cell(each) for each in after.values()),
        "flaws": _features(_flaw(each) for each in found), "grave": sum(each.flaw.kind != "sliver" for each in found),
        "elsewhere": elsewhere.n, "moved": [_moved(each) for each in elsewhere.seen], "is_own": caller.actor.label in {row.drafted_by, *row.drafters},
        "problems": [fields_named(each, "row column sentence") for each in problems],
    }  # fmt: skip


def _flaws_of(row: Any, after: Mapping[str, Any]) -> list[territory.Placed]:
    found = [(each.parent, flaw) for each in territory.reports_of(row) for flaw in each.report.flaws]
    found.sort(key=lambda item: (item[1].kind == "sliver", -item[1].area_m2))
    return list(territory.placed(found, after))


def _cell(each: Any) -> dict[str, Any]:
    properties = fields_named(each, "code name parent kind")
    return {"type": "Feature", "geometry": territory.drawn_geometry(each.geometry), "properties": properties}


def _moved(each: Any) -> dict[str, Any]:
    return {"ref": each.ref, "number": each.n, "title": each.title, "before": each.from_grid, "after": each.to_grid}


Step = Callable[[dict[str, Any]], Any]


def _drafting(request: CallerRequest, operation: str, told: Onto | HoleIn, step: Step) -> HttpResponse:
    """The step stands in a draft, done once for the request's key; the answer is the whole draft."""
    caller = request.auth
    must_set_up(caller.actor, caller.actor.street)
    who = {
        "by": caller.actor,
        "at": caller.at,
        "street": caller.actor.street,
        "onto": actions.Onto(told.onto, told.rev),
    }

    def do() -> dict[str, Any]:
        made = step(who)
        row, problems = (made.version, made.problems) if hasattr(made, "problems") else (made, ())
        return VersionFile.model_validate(_file(caller, row, problems)).model_dump(mode="json")

    return answered_once(request, caller=caller, operation=f"boundary {operation}", do=do, status=201)


def _door(step: str, summary: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return router.post(
        f"/boundaries/{step}", auth=doors(SETUP), response={201: VersionFile, WRITES: Problem}, summary=summary, openapi_extra=KEY_HEADER
    )  # fmt: skip


@_door("split", "起草:分割网格")
def split(request: CallerRequest, told: SplitIn) -> HttpResponse:
    """The larger piece keeps its code, the smaller one is a new grid."""
    line = [(point[0], point[1]) for point in told.line]
    return _drafting(
        request,
        "split",
        told,
        lambda who: actions.draft_split(**who, grid=told.grid, line=line, code=told.code, name=told.name),
    )


@_door("merge", "起草:合并网格")
def merge(request: CallerRequest, told: MergeIn) -> HttpResponse:
    """Both lie under one parent and share a border."""
    return _drafting(
        request, "merge", told, lambda who: actions.draft_merge(**who, grid=told.grid, absorbed=told.absorbed)
    )


@_door("outline", "起草:改画网格")
def outline(request: CallerRequest, told: OutlineIn) -> HttpResponse:
    """The grid's new outline, in the coordinate system that is named."""
    redraw = actions.draft_fitted_outline if told.follow else actions.draft_outline
    geometry = told.geometry.model_dump(mode="json")
    return _drafting(
        request, "outline", told, lambda who: redraw(**who, grid=told.grid, geometry=geometry, system=told.system)
    )


@_door("file", "起草:导入边界文件")
def outlines_file(request: CallerRequest, told: OutlineFileIn) -> HttpResponse:
    """The good rows stand in the draft, the bad ones are named by row and column."""
    content = _decoded(told.content)
    columns = actions.Columns(told.code_column, told.name_column, told.parent_column, told.parent, told.kind)
    return _drafting(
        request, "file", told,
        lambda who: actions.draft_file(**who, content=content, file=told.name, columns=columns, system=told.system),
    )  # fmt: skip


def _decoded(content: str) -> bytes:
    try:
        found = b64decode(content, validate=True)
    except (NotBase64, ValueError) as fault:
        raise WrongInput("api.not_base64", "content 不是有效的 base64;请重新编码。", field="content") from fault
    if len(found) > LARGEST:
        raise WrongInput("web.file_too_large", "文件超过 12 MB;请按社区拆开再传。", field="content")
    return found


@_door("hole", "起草:申报空洞")
def hole(request: CallerRequest, told: HoleIn) -> HttpResponse:
    """The gap does not count as one any more."""
    return _drafting(
        request, "hole", told, lambda who: actions.declare_hole(**who, place=(told.lon, told.lat), why=told.why)
    )


@router.get("/boundaries/{ref}", auth=doors(READ), response={200: VersionFile, SHUT: Problem}, summary="一版边界")
def version(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The cells as they would be, where they do not tile, and which open cases would lie elsewhere."""
    return _file(request.auth, territory.boundary_version(request.auth.actor.street, ref))


@router.post(
    "/boundaries/{ref}/publish", auth=doors(SETUP), response={200: VersionFile, WRITES: Problem}, summary="发布边界"
)
def publish(request: CallerRequest, ref: str, told: EnactIn) -> dict[str, Any]:
    """In force at once or from its date on; never by who took part in drafting, and only when the cells tile."""
    caller = request.auth
    code = caller.actor.street
    zone = ZoneInfo(organisation.street(code).zone)
    starts = datetime.combine(told.valid_from, time(), tzinfo=zone) if told.valid_from else None
    year = today_of(caller, code).year
    if starts is not None and not year - 1 <= starts.year <= year + 3:
        raise WrongInput("api.day_out_of_range", "生效日期要在三年以内;请改正,或不写表示即刻生效。", field="valid_from")
    done = actions.publish_version(
        by=caller.actor, at=caller.at, street=code, version=ref, valid_from=starts, rev=told.rev
    )
    return _file(caller, done)


@router.post(
    "/boundaries/{ref}/discard", auth=doors(SETUP), response={200: VersionFile, WRITES: Problem}, summary="作废边界草稿"
)
def discard(request: CallerRequest, ref: str, told: NothingIn) -> dict[str, Any]:
    """It will never be in force."""
    return _done(request.auth, ref, actions.discard_version)


@router.post(
    "/boundaries/{ref}/roll-back", auth=doors(SETUP), response={200: VersionFile, WRITES: Problem}, summary="回退边界"
)
def roll_back(request: CallerRequest, ref: str, told: NothingIn) -> dict[str, Any]:
    """What the newest version in force replaced is in force again."""
    return _done(request.auth, ref, actions.roll_back_version)


def _done(caller: Caller, ref: str, deed: Callable[..., Any]) -> dict[str, Any]:
    return _file(caller, deed(by=caller.actor, at=caller.at, street=caller.actor.street, version=ref))
