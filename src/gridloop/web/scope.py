"""全街道 ▸ 社区 ▸ 网格: picking the place that a page is about, step by step down the tree; the choice stands in the address.

Worked example: on ``/cases/?place=410102/410102013/C1`` the trail is 全街道 ▸ 莲湖社区, and below it stand the grids of that community, each with
its number of cases; every step is a link that keeps the page's other conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gridloop.offices.territory import queries as territory


@dataclass(frozen=True, slots=True)
class Step:
    """One place: its name, where it leads, and what is counted there (empty for nothing)."""

    name: str
    address: str
    count: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The way down to the chosen place, the whole street first, and the places just below it."""

    trail: list[Step]
    below: list[Step]

    @property
    def is_whole(self) -> bool:
        return len(self.trail) == 1


def scope_of(street: Any, path: str, *, address: Callable[[Any], str], counted: Callable[[str], str]) -> Scope:
    """The picker for a place path (empty: the whole street). ``address`` is of a grid, or of None for the street; ``counted`` is of a path.

    A path that the street does not have is as the whole street.
    """
    grids = [grid for grid in territory.grids(street.code) if grid.path != street.place]
    above = [grid for grid in grids if path == grid.path or path.startswith(f"{grid.path}/")]
    above.sort(key=lambda grid: len(grid.path))
    here = above[-1].path if above else street.place
    whole = Step(_("全街道"), address(None), counted(street.place), is_here=not above)
    trail = [whole, *(Step(grid.name, address(grid), counted(grid.path), is_here=grid.path == here) for grid in above)]
    below = [
        Step(grid.name, address(grid), counted(grid.path)) for grid in grids if grid.path.rpartition("/")[0] == here
    ]
    return Scope(trail, below)
