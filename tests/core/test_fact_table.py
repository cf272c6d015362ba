"""A table answers every condition exactly as the clause-by-clause evaluator does, whatever the facts are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.core.condition import evaluate, parse, value_of
from gridloop.core.fact_table import NAMES, FactTable

NUMBERS = st.one_of(
    st.integers(-5, 5), st.sampled_from([0.1, 0.5, 2.0, 3.0, -0.0]), st.sampled_from([Decimal("0.1"), Decimal("3.0"), Decimal(3)])
)  # fmt: skip
DATES = st.sampled_from(["2022-05-29", "2022-05-30", "2021-01-01"])
TEXTS = st.sampled_from(["C", "C26", "C2/6", "C2", "5", "20220529", "410102/41", "410102", "高新"])
BEIJING = timezone(timedelta(hours=8))
SINGLES = st.one_of(NUMBERS, DATES, TEXTS, st.booleans())
ODD = st.sampled_from(
    [
        None, "", float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), date(2022, 5, 29), datetime(2022, 5, 29, 23, 0),
        datetime(2022, 5, 29, 23, 0, tzinfo=UTC), datetime(2022, 5, 30, 7, 0, tzinfo=BEIJING),
    ]
)  # fmt: skip
COLLECTIONS = st.one_of(
    st.lists(SINGLES, max_size=3), st.lists(SINGLES, max_size=3).map(tuple), st.frozensets(TEXTS, max_size=3),
    st.lists(st.lists(TEXTS, max_size=1), max_size=2),
)  # fmt: skip
FACT = st.sampled_from(["a", "b", "c"])
ROWS = st.lists(st.dictionaries(FACT, st.one_of(SINGLES, ODD, COLLECTIONS)), max_size=12)


def ends(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(kind, min_size=2, max_size=2).map(
        lambda pair: sorted(pair, key=lambda end: (str(type(end) is str), end))
    )


OPERANDS = st.one_of(
    st.tuples(st.just("equals"), SINGLES),
    st.tuples(st.just("in"), st.lists(SINGLES, min_size=1, max_size=4)),
    st.tuples(st.just("at_least"), st.one_of(NUMBERS, DATES)),
    st.tuples(st.just("at_most"), st.one_of(NUMBERS, DATES)),
    st.tuples(st.just("between"), st.one_of(ends(NUMBERS), ends(DATES))),
    st.tuples(st.just("is_known"), st.booleans()),
    st.tuples(st.just("starts_with"), TEXTS),
    st.tuples(st.just("under"), TEXTS),
    st.tuples(st.just("contains"), SINGLES),
)
TESTS = st.builds(lambda fact, test: {"fact": fact, test[0]: test[1]}, FACT, OPERANDS)
CONDITIONS = st.recursive(
    TESTS,
    lambda part: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(part, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(part, max_size=3)),
        st.builds(lambda one: {"not": one}, part),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.lists(CONDITIONS, min_size=1, max_size=6))
def test_every_answer_of_the_table_is_the_evaluators(rows: list[dict[str, Any]], written: list[Any]) -> None:
    conditions = [parse(each) for each in written]

    found = FactTable(rows).answers_to_all(conditions)

    wanted = [[evaluate(condition, row).value for row in rows] for condition in conditions]
    assert [[NAMES[answer] for answer in line] for line in found] == wanted


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(FACT, st.one_of(SINGLES, ODD, COLLECTIONS)), CONDITIONS)
def test_the_value_without_its_reasons_is_the_value_with_them(facts: dict[str, Any], written: Any) -> None:
    condition = parse(written)

    assert value_of(condition, facts) == evaluate(condition, facts).value


TWINS = [
    # one number in three kinds is one number
    ([{"a": 3}, {"a": 3.0}, {"a": Decimal("3.00")}], {"fact": "a", "equals": 3}, "met met met"),
    # truth is not the number one, neither as a fact nor as an operand, nor inside a collection
    ([{"a": True}, {"a": 1}], {"fact": "a", "equals": 1}, "not_met met"),
    ([{"a": True}, {"a": 1}], {"fact": "a", "equals": True}, "met not_met"),
    ([{"a": (1,)}, {"a": (True,)}], {"fact": "a", "contains": True}, "not_met met"),
    # one instant in two zones lies on two days
    (
        [{"a": datetime(2022, 5, 29, 23, tzinfo=UTC)}, {"a": datetime(2022, 5, 30, 7, tzinfo=BEIJING)}],
        {"fact": "a", "at_least": "2022-05-30"},
        "not_met met",
    ),
    # a tenth is a tenth
    ([{"a": 0.1}, {"a": Decimal("0.1")}], {"fact": "a", "at_least": 0.1}, "met met"),
    # numbers are not asked for dates, nor dates for numbers
    ([{"a": 20220529}, {"a": "2022-05-29"}], {"fact": "a", "at_most": "2022-05-29"}, "unknown met"),
]


@pytest.mark.parametrize(("rows", "written", "answers"), TWINS)
def test_values_that_python_takes_for_one_are_told_apart(rows: list[Any], written: Any, answers: str) -> None:
    assert " ".join(NAMES[answer] for answer in FactTable(rows).answers(parse(written))) == answers


def test_a_table_without_rows_answers_nothing() -> None:
    table = FactTable([])

    assert len(table) == 0
    assert table.answers_to_all([parse({"fact": "a", "at_least": 1}), parse({"all": []})]).shape == (2, 0)
