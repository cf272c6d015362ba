"""Where a case can go upwards from unit to unit, and that it always ends at someone who can decide.

Terms
    *escalation*  (提级) from a unit to the one above: to the row's ``escalates_to`` where a row of that unit says so, else to the unit's
                  parent, else to the sub-district's own backstop
    *authority*   a unit where escalation ends: the backstop (属地兜底) or a superior department (上级部门)
    *region*      the cases at which an escalation is possible: a category, a place and a mask of condition combinations
    *loop*        units that some one case could be escalated round without end

Guarantees
    * Exact: a loop is reported when, and only when, there is a case at which each of its steps is possible. Rows of different categories
      that would close a circle on paper are no loop.
    * Every loop is reported once, with the fewest units it can have from where it starts. What has no way to an authority is reported for
      each row that leads there.
    * Returns need no proof here: a case is handed on by the table at most :data:`gridloop.core.routing.HOP_LIMIT` times.

Worked example::

    >>> units = {"office": UnitAbove(is_authority=True), "urban": UnitAbove("office"), "housing": UnitAbove("office")}
    >>> rows = [RouteRow("R1", "urban", "p", category="违建", escalates_to="housing"),
    ...         RouteRow("R2", "housing", "p", category="违建/屋顶", escalates_to="urban")]
    >>> [loop.units for loop in loops(rows, units)]
    [('housing', 'urban')]
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gridloop.core.condition_space import Space
from gridloop.core.route_row import CaseFacts, RouteRow, is_under


@dataclass(frozen=True, slots=True)
class UnitAbove:
    """What escalation needs to know of a unit: its parent's code, and whether escalation ends there."""

    parent: str = ""
    is_authority: bool = False
    is_backstop: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """The units of a circle in their order, the rows that make its steps in the table's order, and a case that could go round."""

    units: tuple[str, ...]
    rows: tuple[str, ...]
    case: CaseFacts


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """From the row's unit escalation comes to ``unit``, which is no authority and has nobody above it, or does not exist."""

    row: str
    unit: str
    case: CaseFacts


@dataclass(frozen=True, slots=True)
class _Region:
    category: str
    place: str
    mask: int

    def within(self, other: _Region) -> _Region | None:
        """The cases in both, or None."""
        category = _deeper(self.category, other.category)
        place = _deeper(self.place, other.place)
        mask = self.mask & other.mask
        return _Region(category, place, mask) if category is not None and place is not None and mask else None


@dataclass(frozen=True, slots=True)
class _Step:
    to: str
    region: _Region
    row: str = ""


@dataclass(frozen=True, slots=True)
class _Trip:
    path: tuple[str, ...]
    rows: tuple[str, ...]
    region: _Region


def loops(rows: Sequence[RouteRow], units: Mapping[str, UnitAbove]) -> list[Loop]:
    """Every circle that one case could be escalated round, the shortest first."""
    ways = _Ways(rows, units)
    found = {frozenset(loop.units): loop for start in sorted(ways.steps) for loop in ways.round_trip(start)}
    return sorted(found.values(), key=lambda loop: (len(loop.units), loop.units))


def dead_ends(rows: Sequence[RouteRow], units: Mapping[str, UnitAbove]) -> list[DeadEnd]:
    """The rows from whose unit a case can come to where it stops without anyone to decide."""
    ways = _Ways(rows, units)
    return [end for row in rows for end in ways.stuck(row)]


class _Ways:
    """The steps upwards from each unit, with the region in which each is possible."""

    def __init__(self, rows: Sequence[RouteRow], units: Mapping[str, UnitAbove]) -> None:
        self.space = Space.of(rows)
        self.units = units
        self.labels = [row.row for row in rows]
        self.backstop = next((code for code, unit in units.items() if unit.is_backstop), "")
        self.steps: defaultdict[str, list[_Step]] = defaultdict(list)
        everywhere = _Region("", "", self.space.everything)
        for row in rows:
            if row.escalates_to:
                self.steps[row.unit].append(_Step(row.escalates_to, self.region(row), row.row))
        for code, unit in units.items():
            above = "" if unit.is_authority else unit.parent or self.backstop
            if above:
                self.steps[code].append(_Step(above, everywhere))
        self.below: defaultdict[str, set[str]] = defaultdict(set)
        for code, steps in self.steps.items():
            for step in steps:
                self.below[step.to].add(code)
        known = {*units, *self.below, *(row.unit for row in rows)}
        self._stops = {
            code for code in known if code not in units or not (units[code].is_authority or self.steps.get(code))
        }
        self._stops_leading = self._leading_to(self._stops)

    def region(self, row: RouteRow) -> _Region:
        return _Region(row.category, row.place, self.space.mask_of(row))

    def case(self, region: _Region) -> CaseFacts:
        return self.space.case(region.mask, region.category, region.place)

    def round_trip(self, start: str) -> Iterator[Loop]:
        """The shortest way from the unit back to itself, if one case can take it."""
        first = (_Trip((start,), (), _Region("", "", self.space.everything)),)
        for trip in self._trips(first, towards=self._leading_to({start})):
            if len(trip.path) > 1 and trip.path[-1] == start:
                units = trip.path[:-1]
                turn = units.index(min(units))
                in_order = sorted(trip.rows, key=self.labels.index)
                yield Loop(units[turn:] + units[:turn], tuple(in_order), self.case(trip.region))
                return

    def stuck(self, row: RouteRow) -> Iterator[DeadEnd]:
        """Where the row's cases stop, at most once."""
        for trip in self._trips((_Trip((row.unit,), (), self.region(row)),), towards=self._stops_leading):
            code = trip.path[-1]
            if code in self._stops:
                yield DeadEnd(row.row, code, self.case(trip.region))
                return

    def _leading_to(self, ends: Iterable[str]) -> set[str]:
        """The units from which one of these can be come to, whatever the case: those worth looking at."""
        found, waiting = set[str](), list(ends)
        while waiting:
            code = waiting.pop()
            if code not in found:
                found.add(code)
                waiting += self.below.get(code, ())
        return found

    def _trips(self, first: Iterable[_Trip], *, towards: set[str]) -> Iterator[_Trip]:
        """Every unit on a way towards, that can be come to and for which cases, each once, the nearest first."""
        waiting, seen = deque(trip for trip in first if trip.path[-1] in towards), set[tuple[str, _Region]]()
        while waiting:
            trip = waiting.popleft()
            yield trip
            for step in self.steps.get(trip.path[-1], ()):
                both = trip.region.within(step.region) if step.to in towards else None
                if both is not None and (step.to, both) not in seen:
                    seen.add((step.to, both))
                    waiting.append(_Trip((*trip.path, step.to), (*trip.rows, *((step.row,) if step.row else ())), both))


def _deeper(one: str, other: str) -> str | None:
    """The longer of two nested paths; None when neither covers the other."""
    if is_under(one, other):
        return one
    return other if is_under(other, one) else None


def units_above(units: Iterable[Mapping[str, object]]) -> dict[str, UnitAbove]:
    """Units told as mappings with code, parent, is_backstop and is_superior."""
    return {
        str(unit["code"]): UnitAbove(
            str(unit.get("parent") or ""),
            bool(unit.get("is_backstop") or unit.get("is_superior")),
            bool(unit.get("is_backstop")),
        )
        for unit in units
    }
