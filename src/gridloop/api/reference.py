"""What a caller looks up: categories, units, cells, profiles, deadlines, the routing table's answers."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers
from gridloop.api.answers_setup import bounded
from gridloop.api.paging import MOST, page_of
from gridloop.api.shapes import Problem
from gridloop.api.shapes_reference import DeadlineOut, FactsIn, LocatedOut, PointsIn, TraceOut
from gridloop.api.shapes_rules import CategoryPage, GridPage, ProfilePage, UnitPage
from gridloop.api.tokens import READ, CallerRequest, doors, street_of
from gridloop.api.words import IsoMoment
from gridloop.core.route_row import CaseFacts
from gridloop.offices.cases.queries import pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.territory import queries as territory

router = Router(tags=["查询"])

REFUSALS = frozenset({401, 403, 404, 422})


@router.get("/categories", auth=doors(READ), response={200: CategoryPage, REFUSALS: Problem}, summary="类别")
def categories(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """The street's category tree, as paths."""
    rows = pages.categories(street_of(request.auth.actor, street))
    return page_of(
        request, response, rows, key=lambda row: row.path, after=after, size=size, told=lambda row: row
    )  # fmt: skip


@router.get("/units", auth=doors(READ), response={200: UnitPage, REFUSALS: Problem}, summary="单位")
def units(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """The units that exist now."""
    caller = request.auth
    rows = organisation.units(street_of(caller.actor, street), at=caller.at)
    return page_of(
        request, response, rows, key=lambda row: row.code, after=after, size=size, told=answers.unit
    )  # fmt: skip


@router.get("/grids", auth=doors(READ), response={200: GridPage, REFUSALS: Problem}, summary="网格")
def grids(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """The grid tree by its paths, parents before children."""
    rows = territory.grids(street_of(request.auth.actor, street))
    return page_of(
        request, response, rows, key=lambda row: row.path, after=after, size=size, told=answers.grid
    )  # fmt: skip


@router.get("/grids.geojson", auth=doors(READ), response={200: dict[str, Any], REFUSALS: Problem}, summary="网格边界")
def boundaries(request: CallerRequest, street: str = "") -> dict[str, Any]:
    """The present boundaries as GeoJSON (WGS-84)."""
    rows = territory.boundaries(street_of(request.auth.actor, street))
    return {"type": "FeatureCollection", "features": [answers.boundary_feature(row) for row in rows]}


@router.get("/profiles", auth=doors(READ), response={200: ProfilePage, REFUSALS: Problem}, summary="时限方案")
def profiles(
    request: CallerRequest, response: HttpResponse, street: str = "", after: str = "", size: int = Query(MOST, ge=1, le=MOST)
) -> dict[str, Any]:  # fmt: skip
    """The deadline profiles in force: the newest version of each."""
    held = supervision.profiles_in_force(street_of(request.auth.actor, street))
    rows = [found for _, found in held.values()]
    return page_of(
        request, response, rows, key=lambda row: row.code, after=after, size=size,
        told=lambda row: {"code": row.code, "version": row.version, "name": row.name, "definition": row.to_data()},
    )  # fmt: skip


@router.get("/deadline", auth=doors(READ), response={200: DeadlineOut, REFUSALS | {409}: Problem}, summary="推算时限")
def deadline(
    request: CallerRequest,
    profile: str = Query(..., description="代码、名称或别名,例如 三不过"),
    received: IsoMoment = Query(..., description="登记时刻;不带时区时按本街道时区"),
    grade: Literal["simple", "ordinary", "difficult"] | None = None,
    priority: Literal["normal", "utility", "life"] | None = None,
    assigned: IsoMoment | None = None,
    street: str = "",
) -> dict[str, Any]:
    """Every stage's due time with the days counted and skipped: the document of ``gridloop deadline --json``."""
    return supervision.deadline(
        street_of(request.auth.actor, street),
        code=profile,
        received=bounded(received),
        grade=grade,
        priority=priority,
        assigned=bounded(assigned) if assigned else None,
    )


@router.post(
    "/locate", auth=doors(READ), response={200: LocatedOut, REFUSALS | {409}: Problem}, summary="点属于哪个网格"
)
def locate(request: CallerRequest, told: PointsIn) -> dict[str, Any]:
    """For each point the smallest cell that contains it; an empty code outside."""
    street = street_of(request.auth.actor, told.street)
    atlas = territory.atlas(street=street, version=organisation.version_of(street))
    found = [(point.id, atlas.locate(point.lon, point.lat)) for point in told.points]
    return {
        "results": [
            {
                "id": each,
                "code": cell.code if cell else "",
                "name": cell.name if cell else "",
                "path": cell.path if cell else "",
            }
            for each, cell in found
        ]
    }


@router.post("/route/trace", auth=doors(READ), response={200: TraceOut, REFUSALS | {409}: Problem}, summary="路由推演")
def trace(request: CallerRequest, told: FactsIn) -> dict[str, object]:
    """Which unit and profile the table in force decides on, and why each row won or lost: ``gridloop route trace --json``."""
    caller = request.auth
    facts = CaseFacts(
        category=told.category, place=told.place, level=told.level, source=told.source, priority=told.priority,
        time_class=told.time_class, grade=told.grade,
    )  # fmt: skip
    return pages.trace(street_of(caller.actor, told.street), facts, at=bounded(told.at or caller.at))
