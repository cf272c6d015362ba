"""Near-duplicates shown before a problem is filed: open cases within the reader's reach that may be the same trouble.

One question to the database, whatever the street holds: the newest open cases of the same neighbourhood (the cell's community, the
surroundings of the point, the same address). Without any place the newest of all that the reader sees are compared by words alone.
How alike they are is ``core.likeness``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.lifecycle import OPEN_STATES
from gridloop.core.likeness import NEAR, Telling, likeness
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.cases.queries.rules import rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory.queries import Cell

MOST_COMPARED = 300
MOST_SHOWN = 4
LOOKED_BACK = timedelta(days=180)
AROUND = 2 * NEAR / 111_320  # degrees: a little more than near, so that the flat map decides


@dataclass(frozen=True, slots=True)
class LikeCase:
    """An open case that may be the same trouble, with the reasons in words."""

    case: Case
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is about to be filed; ``grid`` is a code or ref."""

    text: str
    address: str = ""
    grid: str = ""
    lon: float | None = None
    lat: float | None = None
    category: str = ""


def like_cases(actor: Actor, asked: Asked, *, street: str, at: datetime, except_for: int = 0) -> list[LikeCase]:
    """The open cases most alike, the most alike first, at most four. ``except_for`` leaves one case (by key) out."""
    if len(asked.text.strip()) < 4:
        return []
    cell = _cell(asked, street)
    rows = visible_to(actor).filter(street=street, state__in=OPEN_STATES, filed_at__gte=at - LOOKED_BACK)
    rows = _around(rows, asked, cell).exclude(pk=except_for).select_related("lead", "grid")
    new = Telling(
        asked.text,
        cell=cell.code if cell else "",
        address=asked.address,
        lon=asked.lon,
        lat=asked.lat,
        category=asked.category,
    )
    found = [(case, likeness(new, _telling(case))) for case in rows.order_by("-id")[:MOST_COMPARED]]
    alike = [LikeCase(case, like.score, like.reasons) for case, like in found if like.is_alike]
    return sorted(alike, key=lambda each: -each.score)[:MOST_SHOWN]


def like_case(case: Case, *, by: Actor, at: datetime) -> list[LikeCase]:
    """The open cases most like a case that is filed already: candidates for merging."""
    asked = asked_of(case)
    return like_cases(by, asked, street=case.street, at=at, except_for=case.pk)


def asked_of(case: Case) -> Asked:
    """A case that is filed already, as what would be asked about it."""
    return Asked(
        case.text, address=case.address, grid=case.grid.code if case.grid else "", lon=case.lon, lat=case.lat, category=case.category
    )  # fmt: skip


def around(rows: QuerySet[Case], case: Case) -> QuerySet[Case]:
    """Those of the rows that lie in the neighbourhood of the case; all of them where it has no place."""
    asked = asked_of(case)
    return _around(rows, asked, _cell(asked, case.street)).exclude(pk=case.pk)


def _cell(asked: Asked, street: str) -> Cell | None:
    """Where filing would place it."""
    atlas = rules_of(street, version=organisation.version_of(street)).atlas
    if asked.grid:
        return atlas.by_code.get(asked.grid) or atlas.by_ref.get(asked.grid)
    if asked.lon is not None and asked.lat is not None:
        return atlas.locate(asked.lon, asked.lat)
    return atlas.find_address(asked.address) if asked.address else None


def _around(rows: QuerySet[Case], asked: Asked, cell: Cell | None) -> QuerySet[Case]:
    """The neighbourhood; every case where no place is known."""
    near = Q()
    if cell:
        community = "/".join(cell.path.split("/")[:3])
        near |= Q(place=community) | Q(place__startswith=f"{community}/")
    if asked.lon is not None and asked.lat is not None:
        near |= Q(
            lon__range=(asked.lon - AROUND, asked.lon + AROUND), lat__range=(asked.lat - AROUND, asked.lat + AROUND)
        )
    if len(asked.address.strip()) >= 4:
        near |= Q(address__icontains=asked.address.strip())
    return rows.filter(near) if near else rows


def _telling(case: Case) -> Telling:
    grid = case.grid.code if case.grid else ""
    return Telling(case.text, cell=grid, address=case.address, lon=case.lon, lat=case.lat, category=case.category)
