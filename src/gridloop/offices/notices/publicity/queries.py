"""What a street shows to everybody now, and how that was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gridloop.core.anonymity import LEAST_K
from gridloop.offices.notices.models import Publicity

LEAST_DELAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PublicityInForce:
    """Whether the map is shown, the least people behind a number, and how old a report must be before it counts."""

    shows_map: bool = False
    least: int = LEAST_K
    delay_for: timedelta = LEAST_DELAY
    shows_names: bool = False


def publicity_of(street: str) -> PublicityInForce:
    """The newest decision of the street; without one nothing is shown."""
    found = Publicity.objects.filter(street=street).order_by("-id").first()
    if found is None:
        return PublicityInForce()
    return PublicityInForce(found.shows_map, found.least, found.delay_for, found.shows_names)


def decisions(street: str) -> list[Publicity]:
    """Every decision of the street, the newest first."""
    return list(Publicity.objects.filter(street=street).order_by("-id")[:50])
