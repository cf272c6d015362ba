"""Cases as the map needs them: points and counts inside the reader's scope, a stamp that changes when they do, and who would move.

What a resident wrote, a title, an address, a name or a phone number (L2 and above) is never among it: a point carries the case's number,
category, state and whether it is late; the rest is one click away, where the looking is noted.

Guarantees: everything goes through ``visible_to``; the number of queries does not depend on the number of cases.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Q, Sum

from gridloop.core.access import Actor, scope_of
from gridloop.core.grid import GridIndex
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.cases.models import Case, case_number
from gridloop.offices.cases.queries.finding import visible_to

MOST_POINTS = 50_000


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One open case with a place. ``n`` is the number people say aloud."""

    n: str
    lon: float
    lat: float
    state: str
    is_late: bool
    category: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One open case that a boundary version would place elsewhere, were it filed then."""

    ref: str
    n: str
    title: str
    from_grid: str
    to_grid: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How many open cases of the street would lie elsewhere, and those of them that the reader may see."""

    n: int
    seen: tuple[Moved, ...]


def map_stamp(actor: Actor, *, at: datetime) -> str:
    """Changes whenever ``map_points`` or the counts by place would: one query, and nothing in it tells about a case."""
    found = visible_to(actor).filter(state__in=LIVE_STATES).order_by()
    counted = found.aggregate(n=Count("pk"), newest=Max("pk"), revs=Sum("rev"), late=Count("pk", filter=_late(at)))
    told = f"{scope_of(actor)!r} {actor.street} {sorted(counted.items())!r}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def map_points(actor: Actor, *, at: datetime) -> list[MapPoint]:
    """The actor's open cases that have a point, the newest first."""
    rows = visible_to(actor).filter(state__in=LIVE_STATES, lon__isnull=False, lat__isnull=False).order_by("-pk")
    late = ExpressionWrapper(_late(at), output_field=BooleanField())
    wanted = rows.annotate(late_now=late).values_list("pk", "filed_at", "lon", "lat", "state", "late_now", "category")
    return [
        MapPoint(case_number(filed_at, key), lon, lat, state, bool(is_late), category)
        for key, filed_at, lon, lat, state, is_late, category in wanted[:MOST_POINTS]
        if lon is not None and lat is not None
    ]


def _late(at: datetime) -> Q:
    return Q(is_late=True) | Q(due_at__lt=at, answered_at__isnull=True)


def would_lie_elsewhere(street: str, index: GridIndex, *, by: Actor) -> Elsewhere:
    """The open cases with a point whose cell by ``index`` is not the cell they were filed in.

    They keep that cell; this only tells the drafter and the publisher. Cases outside the reader's scope are counted, not shown.
    """
    rows = list(
        Case.objects.filter(
            street=street, state__in=LIVE_STATES, placed_by="point", lon__isnull=False, grid__isnull=False
        )
        .order_by("pk")
        .values_list("pk", "lon", "lat", "grid__code")
    )
    cells = index.locate_many([row[1] or 0.0 for row in rows], [row[2] or 0.0 for row in rows]).tolist() if rows else []
    moved = {row[0]: cell for row, cell in zip(rows, cells, strict=True) if cell != row[3]}
    shown = visible_to(by).filter(pk__in=list(moved)[:500]).select_related("grid").order_by("pk")
    return Elsewhere(
        len(moved),
        tuple(
            Moved(each.ref, each.number, each.title, each.grid.name if each.grid else "", moved[each.pk])
            for each in shown[:100]
        ),
    )
