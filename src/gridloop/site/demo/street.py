"""What the two demonstration streets have in common: their district, their printed password, and how tales call their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloop.site.demo.people import Roll
from gridloop.site.demo.tale import Names
from gridloop.site.founding import GridPlan, StreetPlan, UnitPlan

PASSWORD = "wangge-2022"  # noqa: S105 - printed in the documentation; demonstration accounts only


def demonstration(*, roll: Roll, **own: Any) -> StreetPlan:
    """A demonstration street of 中原区 as it is founded; ``own`` is what is this street's alone (see StreetPlan)."""
    return StreetPlan(
        district="410102", district_name="中原区", people=roll.people, is_demonstration=True, allow_holes=False,
        passwords={person.username: PASSWORD for person in roll.people if person.username}, **own,
    )  # fmt: skip


def called(*, units: Sequence[UnitPlan], grids: Sequence[GridPlan], aliases: Mapping[str, str]) -> Names:
    """What the tales call the street's units and grids; the first grid is the street itself, which no tale names."""
    return Names(
        units={unit.name: unit.code for unit in units} | dict(aliases),
        grids={grid.name: grid.code for grid in grids[1:]},
    )
