"""The facts of many at once: what thousands of firms answer to a condition, in microseconds, and not one answer differs.

``core.condition`` asks one condition of one thing and gives its reasons. Here the things stand in a table, a fact is a
column, and a condition is asked of the whole column: a test looks at each *distinct* value once (a threshold at none: the
values lie in order and it is found by halving), and all/any/not are the minimum, the maximum and the sign of numbers,
which is Kleene's logic when met is 1, unknown 0 and not met -1.

Guarantees
    * ``NAMES[table.answers(condition)[i]]`` is ``condition.evaluate(condition, rows[i]).value``, for every condition that
      ``condition.parse`` accepts and every fact made of texts, numbers, dates, truths and collections of them.
    * Exact: numbers are compared as decimals, never as binary fractions.
    * A column is made when a condition first asks for it, and kept; the rows must not change meanwhile.

Worked example::

    >>> from gridloop.core.condition import parse
    >>> table = FactTable([{"staff": 50}, {"staff": 500}, {}])
    >>> [NAMES[answer] for answer in table.answers(parse({"fact": "staff", "at_most": 300}))]
    ['met', 'not_met', 'unknown']
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gridloop.core.condition import All, AnyOf, Condition, Facts, Not, Test, Value, answer_to, measure

MET, UNKNOWN, NOT_MET = 1, 0, -1
NAMES: Mapping[int, Value] = {MET: "met", UNKNOWN: "unknown", NOT_MET: "not_met"}
NUMBERS: Mapping[Value, int] = {name: number for number, name in NAMES.items()}

Answers: TypeAlias = npt.NDArray[np.int8]
"""One of MET, UNKNOWN, NOT_MET for each row, in their order."""

_PLAIN = frozenset({str, int, bool, float, date})


class FactTable:
    """The facts of many things, a row for each."""

    def __init__(self, rows: Sequence[Facts]) -> None:
        self._rows = rows
        self._columns: dict[str, _Column] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def facts(self, row: int) -> Facts:
        return self._rows[row]

    def answers(self, condition: Condition) -> Answers:
        """What each row answers to the condition."""
        match condition:
            case Test():
                return self._column(condition.fact).answers(condition)
            case Not(part):
                return np.negative(self.answers(part))
            case All(parts):
                return self._settled(np.minimum, MET, parts)
            case AnyOf(parts):
                return self._settled(np.maximum, NOT_MET, parts)

    def answers_to_all(self, conditions: Sequence[Condition]) -> Answers:
        """A line for each condition, a place in it for each row."""
        found = np.empty((len(conditions), len(self._rows)), dtype=np.int8)
        for line, condition in zip(found, conditions, strict=True):
            line[:] = self.answers(condition)
        return found

    def _settled(self, join: Callable[..., Answers], otherwise: int, parts: Iterable[Condition]) -> Answers:
        found = np.full(len(self._rows), otherwise, dtype=np.int8)
        for part in parts:
            join(found, self.answers(part), out=found)
        return found

    def _column(self, fact: str) -> _Column:
        if fact not in self._columns:
            self._columns[fact] = _Column([row.get(fact) for row in self._rows])
        return self._columns[fact]


class _Column:
    """One fact of every row: its distinct values, and for each row the number of its value.

    The values lie so: unknown (number 0), whatever has no order, numbers ascending, dates ascending.
    """

    def __init__(self, facts: Sequence[object]) -> None:
        distinct, codes = _told_apart(facts)
        measures = [None if code == 0 else measure(value) for code, value in enumerate(distinct)]
        order = sorted(range(len(distinct)), key=lambda code: _rank(code, measures[code]))
        places = np.empty(len(order), dtype=np.intp)
        places[order] = np.arange(len(order))
        self._codes = places[codes]
        self._values = [distinct[code] for code in order]
        self._measures = [measures[code] for code in order]
        self._sorted = [each for each in self._measures if each is not None]
        self._first_measured = len(order) - len(self._sorted)
        self._first_date = self._first_measured + sum(isinstance(each, Decimal) for each in self._sorted)
        self._texts = [code for code, value in enumerate(self._values) if isinstance(value, str) and code]
        self._collections = [code for code, value in enumerate(self._values) if _is_collection(value)]
        self._equal: Mapping[object, list[int]] | None = None
        self._holding: Mapping[object, list[int]] | None = None

    def answers(self, test: Test) -> Answers:
        """What each row answers to the test."""
        return self._by_value(test)[self._codes]

    def _by_value(self, test: Test) -> Answers:
        """What each distinct value answers."""
        match test.operator:
            case "is_known":
                return self._filled(MET if test.operand is True else NOT_MET, unknown=-1 if test.operand is True else 1)
            case "at_least" | "at_most" | "between":
                return self._in_range(test)
            case "equals" | "in":
                return self._equal_to(test)
            case "contains":
                return self._with_member(test)
            case "starts_with" | "under":
                return self._asked(test, self._texts)
        return self._asked(test, range(len(self._values)))

    def _filled(self, answer: int, *, unknown: int = UNKNOWN) -> Answers:
        found = np.full(len(self._values), answer, dtype=np.int8)
        found[0] = unknown
        return found

    def _asked(self, test: Test, codes: Iterable[int]) -> Answers:
        """These values are asked one by one; the others cannot be compared."""
        found = self._filled(UNKNOWN)
        for code in codes:
            found[code] = NUMBERS[answer_to(test, self._values[code])]
        return found

    def _in_range(self, test: Test) -> Answers:
        """Thresholds by halving among the values that are of the operand's kind; the other kinds cannot be compared."""
        ends = test.operand if isinstance(test.operand, tuple) else (test.operand, test.operand)
        low, high = measure(ends[0]), measure(ends[-1])
        if low is None or high is None or isinstance(low, date) != isinstance(high, date):
            return self._asked(test, range(len(self._values)))
        first, last = self._bounds(low)
        start = first if test.operator == "at_most" else self._place(bisect_left, low, first, last)
        stop = last if test.operator == "at_least" else self._place(bisect_right, high, first, last)
        found = self._filled(UNKNOWN)
        found[first:last] = NOT_MET
        found[start:stop] = MET
        return found

    def _bounds(self, kind: Decimal | date) -> tuple[int, int]:
        """Where the numbers stand, or the dates."""
        if isinstance(kind, date):
            return self._first_date, len(self._values)
        return self._first_measured, self._first_date

    def _place(self, halve: Callable[..., int], end: Decimal | date, first: int, last: int) -> int:
        offset = self._first_measured
        return halve(self._sorted, end, first - offset, last - offset) + offset

    def _equal_to(self, test: Test) -> Answers:
        """The values that equal the operand, or one of its members."""
        wanted = test.operand if test.operator == "in" else (test.operand,)
        if not isinstance(wanted, tuple):
            return self._asked(test, range(len(self._values)))
        if self._equal is None:
            self._equal = _index((_likeness(value), code) for code, value in enumerate(self._values) if code)
        found = self._filled(NOT_MET)
        for operand in wanted:
            found[self._equal.get(_likeness(operand), [])] = MET
        return found

    def _with_member(self, test: Test) -> Answers:
        """The collections that hold the operand; what is no collection cannot be asked."""
        if self._holding is None:
            self._holding = _index(self._members())
        found = self._filled(UNKNOWN)
        found[self._collections] = NOT_MET
        found[self._holding.get(_likeness(test.operand), [])] = MET
        return found

    def _members(self) -> Iterator[tuple[object, int]]:
        for code in self._collections:
            value = self._values[code]
            assert isinstance(value, Collection)
            yield from ((_likeness(member), code) for member in value)


def _told_apart(facts: Sequence[object]) -> tuple[list[object], npt.NDArray[np.intp]]:
    """The distinct values, "unknown" first, and for each fact the number of its value.

    Values are one when their kind and they themselves are the same; what cannot be told safely counts as its own.
    """
    distinct: list[object] = [None]
    numbers: dict[object, int] = {}
    codes = np.zeros(len(facts), dtype=np.intp)
    for row, fact in enumerate(facts):
        if fact is None or fact == "":
            continue
        key = (type(fact), fact) if type(fact) in _PLAIN or _is_finite(fact) or _is_texts(fact) else row
        code = numbers.get(key)
        if code is None:
            code = numbers[key] = len(distinct)
            distinct.append(fact)
        codes[row] = code
    return distinct, codes


def _is_finite(fact: object) -> bool:
    return isinstance(fact, Decimal) and fact.is_finite()


def _is_texts(fact: object) -> bool:
    """A tuple of texts; one with numbers is not: (1,) equals (True,), and the two answer differently."""
    return type(fact) is tuple and all(type(member) is str for member in fact)


def _is_collection(value: object) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str)


def _rank(code: int, measured: Decimal | date | None) -> tuple[int, Decimal | date | int]:
    if measured is None:
        return (0, code)
    return (1, measured) if isinstance(measured, Decimal) else (2, measured)


def _likeness(value: object) -> object:
    """Two values are equal to a condition exactly when this is; None for what equals no operand."""
    measured = measure(value)
    if measured is not None:
        return measured
    try:
        hash(value)
    except TypeError:
        return None
    return (isinstance(value, bool), value)


def _index(pairs: Iterable[tuple[object, int]]) -> Mapping[object, list[int]]:
    found: dict[object, list[int]] = defaultdict(list)
    for likeness, code in pairs:
        if likeness is not None:
            found[likeness].append(code)
    return dict(found)
