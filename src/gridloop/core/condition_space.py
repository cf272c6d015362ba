"""Every combination of condition values as one bit, so that what routing rows leave over is decided exactly.

Terms
    *values*       what a fact can be: the values known (:data:`KNOWN`) and those that some row states
    *combination*  one value of each of level, source, priority, time class and grade; number 0 is the most usual case
    *mask*         an integer with one bit for each combination

A street's known values make 729 combinations; a row that states a value of its own adds those with it. The category and place trees are
never enumerated here.

Guarantees: ``mask_of`` has a bit set exactly where the row's conditions hold, so that ``a & ~b`` is exactly what ``a`` accepts and ``b`` does
not; ``case`` returns the most usual of the combinations in a mask.

Worked example::

    >>> night = RouteRow("R1", "u", "p", time_classes=frozenset({"night"}))
    >>> space = Space.of([night])
    >>> space.case(space.everything & ~space.mask_of(night), "环卫", "").time_class
    'work'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from gridloop.core.route_row import CONDITIONS, USUAL, VALUE_WORDS, CaseFacts, RouteRow, accepted

KNOWN: Mapping[str, frozenset[str]] = {fact: frozenset(words) for fact, words in VALUE_WORDS.items()}
"""The values that cases have. A row may state others, such as the level of an office above."""


class Space:
    """The combinations of values; immutable."""

    def __init__(self, values: Iterable[Iterable[str]]) -> None:
        """``values``: those of each condition, in the order of :data:`CONDITIONS`."""
        ordered = [_usual_first(each, fact) for each, (_, fact, _) in zip(values, CONDITIONS, strict=True)]
        self.values: tuple[tuple[str, ...], ...] = tuple(map(tuple, ordered))
        self.combinations = sorted(product(*ordered), key=lambda one: sum(map(_is_unusual, one, _USUAL)))
        self.everything = (1 << len(self.combinations)) - 1
        self._with: list[dict[str, int]] = [dict.fromkeys(each, 0) for each in ordered]
        for number, combination in enumerate(self.combinations):
            for by_value, value in zip(self._with, combination, strict=True):
                by_value[value] |= 1 << number

    @classmethod
    def of(cls, rows: Iterable[RouteRow], known: Mapping[str, Iterable[str]] = KNOWN) -> Space:
        """The known values of each fact and those that a row states; the usual value where there is neither."""
        table = tuple(rows)
        return cls(
            frozenset(known.get(fact, ())).union(*(accepted(row, name) for row in table)) or {USUAL[fact]}
            for name, fact, _ in CONDITIONS
        )

    def mask_of(self, row: RouteRow) -> int:
        """The combinations for which the row's conditions hold."""
        mask = self.everything
        for by_value, (name, _, _) in zip(self._with, CONDITIONS, strict=True):
            stated = accepted(row, name)
            if stated:
                mask &= _union(by_value.get(value, 0) for value in stated)
        return mask

    def by_value(self, fact: str) -> Mapping[str, int]:
        """For each value of a fact the combinations that have it."""
        return self._with[[name for _, name, _ in CONDITIONS].index(fact)]

    def case(self, mask: int, category: str, place: str) -> CaseFacts:
        """The most usual case of a mask that is not empty, at this category and place."""
        combination = self.combinations[(mask & -mask).bit_length() - 1]
        facts = [fact for _, fact, _ in CONDITIONS]
        return CaseFacts(category, place, **dict(zip(facts, combination, strict=True)))


_USUAL = tuple(USUAL[fact] for _, fact, _ in CONDITIONS)


def _is_unusual(value: str, usual: str) -> bool:
    return value != usual


def _usual_first(values: Iterable[str], fact: str) -> list[str]:
    words = list(VALUE_WORDS.get(fact, ()))
    return sorted(
        set(values),
        key=lambda value: (value != USUAL[fact], words.index(value) if value in words else len(words), value),
    )


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
