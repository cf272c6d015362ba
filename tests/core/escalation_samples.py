"""Rows that escalate, units above units, and following one case by hand, for the tests of hops and of the proof."""

from __future__ import annotations

from hypothesis import strategies as st

from gridloop.core.hops import UnitAbove
from gridloop.core.route_row import CaseFacts, RouteRow, conditions_hold
from tests.core.routing_samples import PATHS, starts

CODES = ["a", "b", "c", "d"]


@st.composite
def escalations(draw: st.DrawFn) -> tuple[list[RouteRow], dict[str, UnitAbove]]:
    rows = [
        RouteRow(
            f"R{number}", draw(st.sampled_from(CODES)), "p", draw(PATHS), draw(PATHS), escalates_to=draw(st.sampled_from(["", *CODES])),
            time_classes=draw(st.sampled_from([frozenset(), frozenset({"night"}), frozenset({"work", "holiday"})])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    units = {code: UnitAbove(draw(st.sampled_from(["", *CODES])), draw(st.booleans())) for code in CODES}
    return rows, units


def covers(row: RouteRow, case: CaseFacts) -> bool:
    return starts(case.category, row.category) and starts(case.place, row.place) and conditions_hold(row, case)


def above(code: str, rows: list[RouteRow], units: dict[str, UnitAbove], case: CaseFacts) -> set[str]:
    """Where this very case can be escalated to from the unit."""
    own = {units[code].parent} if units[code].parent and not units[code].is_authority else set()
    return own | {each.escalates_to for each in rows if each.unit == code and each.escalates_to and covers(each, case)}


def reached(code: str, rows: list[RouteRow], units: dict[str, UnitAbove], case: CaseFacts) -> set[str]:
    found, waiting = set[str](), [code]
    while waiting:
        new = above(waiting.pop(), rows, units, case) - found
        found |= new
        waiting += new
    return found


def goes_round(rows: list[RouteRow], units: dict[str, UnitAbove], case: CaseFacts) -> bool:
    """Whether this very case could come back to a unit that has had it."""
    return any(code in reached(code, rows, units, case) for code in CODES)


def stops_short(code: str, rows: list[RouteRow], units: dict[str, UnitAbove], case: CaseFacts) -> bool:
    """Whether this very case can come to a unit that is no authority and has nobody above it."""
    come_to = {code, *reached(code, rows, units, case)}
    return any(not units[each].is_authority and not above(each, rows, units, case) for each in come_to)
