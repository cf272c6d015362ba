"""Ways to spoil a routing table that is proved, or the ground it stands on, for the tests of the proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gridloop.core.profile import Limit, LimitRow, Stage, Unit
from gridloop.core.route_row import RouteRow
from gridloop.core.staffing import Stretch
from gridloop.core.table_proof import Ground


def spoilt(rows: list[RouteRow], ground: Ground) -> list[tuple[str, list[RouteRow], dict[str, Any]]]:
    """The property that must fail, the rows, and what of the ground is another; at least one for each property."""
    first, last = rows[0], rows[-1]
    others = rows[1:]
    peer = next(row.unit for row in rows if row.unit != first.unit and row.category != first.category)
    gone = ground.duty.start + timedelta(days=3)
    night = [Stretch(ground.duty.start, gone), Stretch(gone + timedelta(hours=8))]
    above = {**ground.units, "office": replace(ground.units["office"], is_authority=False, is_backstop=False)}
    tight = replace(ground.profiles[first.profile], stages=(
        Stage("part", "办理", "assigned", "answered", (LimitRow(Limit(9, Unit.NATURAL_DAY)),)), Stage("all", "全程", "filed", "cleared", (LimitRow(Limit(5, Unit.WORKING_DAY)),)),
    ))  # fmt: skip
    return [
        ("total", others, {}),
        ("total", [replace(first, time_classes=frozenset({"work"})), *others], {}),
        ("total", rows, {"categories": [*ground.categories, "全新的一类/没人管"]}),
        ("unambiguous", [*rows, replace(first, row="X1", unit=peer)], {}),
        ("unambiguous", [replace(first, unit="nobody"), *others], {}),
        ("unambiguous", [replace(first, category="没有的类别"), *others], {}),
        ("unambiguous", [*others, replace(first, row=last.row)], {}),
        ("no_shadowed_row", [*rows, replace(first, row="X1", metric=first.metric + 1)], {}),
        ("no_shadowed_row", [*rows, *(replace(first, row=f"X{n}", time_classes=frozenset({each})) for n, each in enumerate(("work", "night", "holiday")))], {}),
        ("no_loops", [replace(first, escalates_to=peer), *others, replace(first, row="X1", unit=peer, grades=frozenset({"difficult"}), escalates_to=first.unit)], {}),
        ("no_loops", [replace(first, escalates_to=first.unit), *others], {}),
        ("no_loops", rows, {"units": above}),
        ("no_loops", rows, {"units": {**ground.units, first.unit: replace(ground.units[first.unit], return_limit=None)}}),
        ("staffed", rows, {"duty": replace(ground.duty, stretches={**ground.duty.stretches, first.unit: night})}),
        ("staffed", [replace(first, post="NOBODY-THERE"), *others], {}),
        ("timed", [replace(first, profile="gone"), *others], {}),
        ("timed", rows, {"profiles": {**ground.profiles, first.profile: tight}}),
    ]  # fmt: skip
