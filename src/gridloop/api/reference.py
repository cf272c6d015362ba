"""What a caller looks up: categories, units, cells, profiles, deadlines, the routing table's answers, the ledger's head."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router

from gridloop.api import answers
from gridloop.api.shapes import (
    CategoryOut,
    CheckpointOut,
    DeadlineOut,
    FactsIn,
    GridOut,
    LocatedOut,
    PointsIn,
    Problem,
    ProfileOut,
    TraceOut,
    UnitOut,
)
from gridloop.api.tokens import READ, CallerRequest, doors, street_of
from gridloop.core.errors import NotFound
from gridloop.core.route_row import CaseFacts
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases.queries import pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.territory import queries as territory

router = Router(tags=["查询"])

REFUSALS = frozenset({401, 403, 404, 422})


@router.get("/categories", auth=doors(READ), response={200: list[CategoryOut], REFUSALS: Problem}, summary="类别")
def categories(request: CallerRequest, street: str = "") -> list[Any]:
    """The street's category tree, as paths."""
    return pages.categories(street_of(request.auth.actor, street))


@router.get("/units", auth=doors(READ), response={200: list[UnitOut], REFUSALS: Problem}, summary="单位")
def units(request: CallerRequest, street: str = "") -> list[dict[str, Any]]:
    """The units that exist now."""
    caller = request.auth
    return [answers.unit(row) for row in organisation.units(street_of(caller.actor, street), at=caller.at)]


@router.get("/grids", auth=doors(READ), response={200: list[GridOut], REFUSALS: Problem}, summary="网格")
def grids(request: CallerRequest, street: str = "") -> list[dict[str, Any]]:
    """The grid tree, parents before children."""
    return [answers.grid(row) for row in territory.grids(street_of(request.auth.actor, street))]


@router.get("/grids.geojson", auth=doors(READ), response={200: dict[str, Any], REFUSALS: Problem}, summary="网格边界")
def boundaries(request: CallerRequest, street: str = "") -> dict[str, Any]:
    """The present boundaries as GeoJSON (WGS-84)."""
    rows = territory.boundaries(street_of(request.auth.actor, street))
    return {"type": "FeatureCollection", "features": [answers.boundary_feature(row) for row in rows]}


@router.get("/profiles", auth=doors(READ), response={200: list[ProfileOut], REFUSALS: Problem}, summary="时限方案")
def profiles(request: CallerRequest, street: str = "") -> list[dict[str, Any]]:
    """The deadline profiles in force: the newest version of each."""
    held = supervision.profiles_in_force(street_of(request.auth.actor, street))
    return [
        {"code": found.code, "version": found.version, "name": found.name, "definition": found.to_data()}
        for _, found in held.values()
    ]


@router.get("/deadline", auth=doors(READ), response={200: DeadlineOut, REFUSALS: Problem}, summary="推算时限")
def deadline(
    request: CallerRequest,
    profile: str = Query(..., description="代码、名称或别名,例如 三不过"),
    received: datetime = Query(..., description="登记时刻;不带时区时按本街道时区"),
    grade: Literal["simple", "ordinary", "difficult"] | None = None,
    priority: Literal["normal", "utility", "life"] | None = None,
    assigned: datetime | None = None,
    street: str = "",
) -> dict[str, Any]:
    """Every stage's due time with the days counted and skipped: the document of ``gridloop deadline --json``."""
    return supervision.deadline(
        street_of(request.auth.actor, street),
        code=profile,
        received=received,
        grade=grade,
        priority=priority,
        assigned=assigned,
    )


@router.post("/locate", auth=doors(READ), response={200: LocatedOut, REFUSALS: Problem}, summary="点属于哪个网格")
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


@router.post("/route/trace", auth=doors(READ), response={200: TraceOut, REFUSALS: Problem}, summary="路由推演")
def trace(request: CallerRequest, told: FactsIn) -> dict[str, object]:
    """Which unit and profile the table in force decides on, and why each row won or lost: ``gridloop route trace --json``."""
    caller = request.auth
    facts = CaseFacts(
        category=told.category, place=told.place, level=told.level, source=told.source, priority=told.priority,
        time_class=told.time_class, grade=told.grade,
    )  # fmt: skip
    return pages.trace(street_of(caller.actor, told.street), facts, at=told.at or caller.at)


@router.get(
    "/ledger/checkpoint", auth=doors(READ), response={200: CheckpointOut, REFUSALS: Problem}, summary="台账检查点"
)
def checkpoint(request: CallerRequest, street: str = "") -> dict[str, Any]:
    """The newest signed head of the street's ledger (C2SP checkpoint text in ``note``)."""
    code = street_of(request.auth.actor, street)
    found = archive.latest_checkpoint(code)
    if found is None:
        raise NotFound("api.no_checkpoint", "台账还没有签过检查点;请等下一次 tick。", street=code)
    return {"street": code, "size": found.size, "root": found.root, "note": found.note, "signed_at": found.signed_at}
