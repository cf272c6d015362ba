"""Rows that can never win: for each, the case it was written for and the row that takes it instead.

Terms
    *point*     a category or a place that a case can have; for streets the leaves of both trees, "unsure" and "no place"
    *shadowed*  at every point under the row, and for every combination of its conditions, some stronger row matches
    *chain*     the prefixes of a point at which rows stand, the deepest first; points with one chain are alike for every row

Guarantees
    * Exact: a row is reported when, and only when, it wins for no case with a category point, a place point and values of the space.
    * No cell is enumerated: points with the same chain are decided once, conditions as bits (:mod:`gridloop.core.condition_space`).

Worked example::

    >>> rows = [RouteRow("R1", "a", "p", category="环卫"), RouteRow("R2", "b", "p", category="环卫", metric=5)]
    >>> [(each.row, each.by) for each in shadowed(rows, ["环卫"], ["1"])]
    [('R2', ('R1',))]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gridloop.core.condition_space import Space
from gridloop.core.route_row import (
    CaseFacts,
    RouteRow,
    condition_count,
    conditions_hold,
    is_under,
    plainness,
    prefixes,
    segments,
)


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A row that wins nowhere, the plainest case it covers, and who takes it all; ``case`` is None where no point lies under it."""

    row: str
    case: CaseFacts | None
    by: tuple[str, ...]


def rank(row: RouteRow) -> tuple[int, int, int, int]:
    """Smaller is stronger; only comparable among rows that match one case, whose prefixes then nest."""
    return -len(segments(row.category)), -len(segments(row.place)), -condition_count(row), row.metric


def shadowed(
    rows: Sequence[RouteRow], categories: Iterable[str], places: Iterable[str], *, space: Space | None = None
) -> list[Shadowed]:
    """Every row that can never win, in the order of the table. ``categories`` and ``places`` are the points."""
    table = Winners(rows, categories, places, space=space)
    return [table.shadow(row) for row in rows if not table.wins(row)]


_Chain = tuple[str, ...]
_Cell = list[tuple[RouteRow, int]]


@dataclass(frozen=True, slots=True)
class _Axis:
    """The points of one tree by their chains: for a key, the chains through it with one point each, the plainest first."""

    through: Mapping[str, list[tuple[_Chain, str]]]

    @classmethod
    def of(cls, points: Iterable[str], keys: frozenset[str]) -> _Axis:
        groups: dict[_Chain, str] = {}
        for point in sorted(set(points), key=plainness):
            groups.setdefault(tuple(prefix for prefix in prefixes(point) if prefix in keys), point)
        through: defaultdict[str, list[tuple[_Chain, str]]] = defaultdict(list)
        for chain, point in sorted(groups.items(), key=lambda group: len(group[0])):
            for key in chain:
                through[key].append((chain, point))
        return cls(through)

    def above(self, key: str) -> Iterator[tuple[_Chain, str]]:
        """For each chain through the key: the part of it that is deeper than the key, and the point."""
        for chain, point in self.through.get(key, ()):
            yield chain[: chain.index(key)], point


class Winners:
    """Which cases each row wins: the rows by cell, the strongest first, and the points by chain."""

    def __init__(
        self, rows: Sequence[RouteRow], categories: Iterable[str], places: Iterable[str], *, space: Space | None = None
    ) -> None:
        self.rows, self.space = rows, space or Space.of(rows)
        self.categories = _Axis.of(categories, frozenset(row.category for row in rows))
        self.places = _Axis.of(places, frozenset(row.place for row in rows))
        self.cells: dict[str, dict[str, _Cell]] = {}
        for row in sorted(rows, key=rank):
            self.cells.setdefault(row.category, {}).setdefault(row.place, []).append((row, self.space.mask_of(row)))

    def wins(self, row: RouteRow) -> bool:
        """The row wins some case."""
        return next(self._won(row), None) is not None

    def time_classes(self, row: RouteRow) -> frozenset[str]:
        """The times of the day at which the row wins some case."""
        open_ones = {
            name: mask for name, mask in self.space.by_value("time_class").items() if mask & self.space.mask_of(row)
        }
        found: set[str] = set()
        for mask, _, _ in self._won(row):
            found |= {name for name, of_class in open_ones.items() if of_class & mask}
            if len(found) == len(open_ones):
                break
        return frozenset(found)

    def plainest_case(self, row: RouteRow, time_classes: Iterable[str] = ()) -> CaseFacts | None:
        """Of the cases that the row wins (at one of these times of the day, if any are named) the plainest; None if there is none."""
        asked = _union(self.space.by_value("time_class").get(name, 0) for name in time_classes) or self.space.everything
        won = ((mask & asked, category, place) for mask, category, place in self._won(row) if mask & asked)
        best = min(
            won,
            key=lambda each: (len(segments(each[1])) + len(segments(each[2])), each[1:], each[0] & -each[0]),
            default=None,
        )
        return self.space.case(*best) if best else None

    def _won(self, row: RouteRow) -> Iterator[tuple[int, str, str]]:
        """The combinations that the row wins, with a category and a place; one at most for each pair of chains."""
        above = tuple(prefix for prefix in prefixes(row.place) if prefix != row.place)
        own = self.cells[row.category]
        mine = self.space.mask_of(row) & ~_masks(own, (row.place,), stronger_than=row)
        place_groups = list(self.places.above(row.place)) if mine else []
        for deeper, category in self.categories.above(row.category):
            fields = [self.cells[key] for key in deeper]
            left = mine & ~_union(_masks(field, (row.place, *above)) for field in fields)
            if not left:
                continue
            for below, place in place_groups:
                rest = left & ~_union(_masks(field, below) for field in (own, *fields))
                if rest:
                    yield rest, category, place

    def shadow(self, row: RouteRow) -> Shadowed:
        """The plainest case under the row and the rows that win where it would."""
        categories = [point for _, point in self.categories.above(row.category)]
        places = [point for _, point in self.places.above(row.place)]
        if not categories or not places:
            return Shadowed(row.row, None, ())
        case = self.space.case(self.space.mask_of(row), min(categories, key=plainness), min(places, key=plainness))
        return Shadowed(row.row, case, (self._winner(case).row,))

    def _winner(self, case: CaseFacts) -> RouteRow:
        covering = (
            row for row in self.rows if is_under(case.category, row.category) and is_under(case.place, row.place)
        )
        return min((row for row in covering if conditions_hold(row, case)), key=rank)


def _masks(field: Mapping[str, _Cell], places: Iterable[str], *, stronger_than: RouteRow | None = None) -> int:
    """What the rows of these places accept together; of ``stronger_than``'s own cell, only those that rank before it."""
    found = 0
    for place in places:
        for row, mask in field.get(place, ()):
            if stronger_than is None or (row is not stronger_than and rank(row) < rank(stronger_than)):
                found |= mask
    return found


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
