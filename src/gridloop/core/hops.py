"""Where a case can go from unit to unit assigned, escalated, returned; and that it always ends at someone who can decide.

Terms
    *assignment*  (交办) from the desk to the unit of the row that wins
    *return*      (退回) from the unit back to the desk, which assigns again, at most ``return_limit`` times; then it is designated
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
    * The circle of assigning and returning is the only one there may be, and it is bounded: a unit whose returns have no limit is reported for
      each row that leads there, and ``journey`` says how many steps a case can make at most.

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
from gridloop.core.route_row import CaseFacts, RouteRow, is_under, plainness
from gridloop.core.routing import HOP_LIMIT


@dataclass(frozen=True, slots=True)
class UnitAbove:
    """What the journey needs to know of a unit: its parent's code, whether escalation ends there, how often it may return a case.

    ``return_limit`` None means without end.
    """

    parent: str = ""
    is_authority: bool = False
    is_backstop: bool = False
    return_limit: int | None = HOP_LIMIT


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
class Journey:
    """The most steps of each kind that a case can make before somebody must decide. ``escalations`` are those of one assignment."""

    assignments: int
    returns: int
    escalations: int


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


def dead_ends(
    rows: Sequence[RouteRow],
    units: Mapping[str, UnitAbove],
    *,
    categories: Iterable[str] = (),
    places: Iterable[str] = (),
) -> list[DeadEnd]:
    """The rows from whose unit a case can come to where it stops without anyone to decide.

    ``categories`` and ``places`` are those that cases have; what a row names counts as well where no case lies under it.
    """
    ways = _Ways(rows, units, points=(sorted(categories, key=plainness), sorted(places, key=plainness)))
    return [end for row in rows for end in ways.stuck(row)]


def journey(rows: Sequence[RouteRow], units: Mapping[str, UnitAbove]) -> Journey | None:
    """How long a case can be under way at most; None where there is a loop or a return without limit.

    The escalations are counted over the units, whatever the case, so that no case makes more (some may make fewer).
    """
    limits = [units[row.unit].return_limit for row in rows if row.unit in units]
    if loops(rows, units) or None in limits:
        return None
    returns = max((limit for limit in limits if limit is not None), default=0)
    return Journey(returns + 1, returns, _Ways(rows, units).most_escalations({row.unit for row in rows}))


class _Ways:
    """The steps upwards from each unit, with the region in which each is possible."""

    def __init__(
        self,
        rows: Sequence[RouteRow],
        units: Mapping[str, UnitAbove],
        *,
        points: tuple[Sequence[str], Sequence[str]] = ((), ()),
    ) -> None:
        self.points = points
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
        leads_on = {code for code, steps in self.steps.items() if any(step.region == everywhere for step in steps)}
        self._stops = {
            code for code in known if code not in units or not (units[code].is_authority or code in leads_on)
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
            case = self._stuck_at(code, trip.region) if code in self._stops else None
            if case is not None:
                yield DeadEnd(row.row, code, case)
                return

    def _stuck_at(self, code: str, region: _Region) -> CaseFacts | None:
        """A case of the region that no step leads on from the unit; None when each is led on."""
        steps = [step.region for step in self.steps.get(code, ())]
        categories, places = (_by_cover(points, prefix, [getattr(step, name) for step in steps]) for points, prefix, name in (
            (self.points[0], region.category, "category"), (self.points[1], region.place, "place")
        ))  # fmt: skip
        for by_category, category in categories.items():
            for by_place, place in places.items():
                left = region.mask
                for number in by_category & by_place:
                    left &= ~steps[number].mask
                if left:
                    return self.space.case(left, category, place)
        return None

    def most_escalations(self, starts: Iterable[str]) -> int:
        """The longest way upwards over the units; where only different cases close a circle, each unit once."""
        heights: dict[str, int] = {}
        under_way: set[str] = set()

        def height(code: str) -> int:
            if code in under_way:
                return len(self.steps)
            if code not in heights:
                under_way.add(code)
                heights[code] = max((1 + height(step.to) for step in self.steps.get(code, ())), default=0)
                under_way.discard(code)
            return heights[code]

        return min(max(map(height, starts), default=0), len({*self.steps, *self.below}))

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


def _by_cover(points: Sequence[str], prefix: str, covers: Sequence[str]) -> dict[frozenset[int], str]:
    """The points under the prefix by which of the covers hold them, the plainest of each; the prefix itself where there is none."""
    found: dict[frozenset[int], str] = {}
    for point in [each for each in points if is_under(each, prefix)] or [prefix]:
        held = frozenset(number for number, cover in enumerate(covers) if is_under(point, cover))
        found.setdefault(held, point)
    return found


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
