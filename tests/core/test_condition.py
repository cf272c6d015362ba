"""Conditions: three values, reasons, and faults named by their path."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.condition import ALWAYS, Outcome, evaluate, explain, facts_named, parse, write
from gridloop.core.errors import WrongInput

OUTCOMES = [
    # equals: text, number against number of another type, truth is not a number
    ({"fact": "kind", "equals": "工业"}, {"kind": "工业"}, "met"),
    ({"fact": "kind", "equals": "工业"}, {"kind": "商贸"}, "not_met"),
    ({"fact": "staff", "equals": 3}, {"staff": 3.0}, "met"),
    ({"fact": "staff", "equals": 1}, {"staff": True}, "not_met"),
    # a code of eight digits is text, never a date
    ({"fact": "code", "equals": "2022-05-29"}, {"code": "20220529"}, "not_met"),
    # absent, None and "" are unknown, never not met
    ({"fact": "kind", "equals": "工业"}, {}, "unknown"),
    ({"fact": "kind", "equals": "工业"}, {"kind": None}, "unknown"),
    ({"fact": "kind", "equals": "工业"}, {"kind": ""}, "unknown"),
    # zero and False are known
    ({"fact": "debt", "at_most": 0}, {"debt": 0}, "met"),
    ({"fact": "listed", "equals": False}, {"listed": False}, "met"),
    # in
    ({"fact": "street", "in": ["莲湖", "柳湖"]}, {"street": "莲湖"}, "met"),
    ({"fact": "street", "in": ["莲湖", "柳湖"]}, {"street": "建设路"}, "not_met"),
    # ends are included
    ({"fact": "staff", "at_least": 20}, {"staff": 20}, "met"),
    ({"fact": "staff", "at_most": 300}, {"staff": 301}, "not_met"),
    ({"fact": "staff", "between": [20, 300]}, {"staff": 300}, "met"),
    ({"fact": "staff", "between": [20, 300]}, {"staff": 19}, "not_met"),
    # exact decimals: 0.1 is 0.1
    ({"fact": "rate", "at_least": 0.1}, {"rate": Decimal("0.1")}, "met"),
    # dates, written or not
    ({"fact": "founded", "at_least": "2020-01-01"}, {"founded": date(2022, 5, 29)}, "met"),
    ({"fact": "founded", "at_most": "2020-01-01"}, {"founded": "2022-05-29"}, "not_met"),
    # a value that cannot be compared is unknown, with that reason
    ({"fact": "staff", "at_least": 20}, {"staff": "约二十"}, "unknown"),
    ({"fact": "staff", "at_least": 20}, {"staff": date(2022, 1, 1)}, "unknown"),
    # is_known is the only test an unknown fact can settle
    ({"fact": "phone", "is_known": True}, {}, "not_met"),
    ({"fact": "phone", "is_known": False}, {}, "met"),
    # starts_with goes by characters, under by whole segments
    ({"fact": "place", "starts_with": "410102/41"}, {"place": "410102/410102013"}, "met"),
    ({"fact": "place", "under": "410102/41"}, {"place": "410102/410102013"}, "not_met"),
    ({"fact": "place", "under": "410102"}, {"place": "410102/410102013"}, "met"),
    # contains asks a list, never a text
    ({"fact": "tags", "contains": "高新"}, {"tags": ["高新", "规上"]}, "met"),
    ({"fact": "tags", "contains": "高新"}, {"tags": "高新技术"}, "unknown"),
    # all: one not met settles it, whatever is unknown
    ({"all": [{"fact": "a", "equals": 1}, {"fact": "b", "equals": 1}]}, {"a": 2}, "not_met"),
    ({"all": [{"fact": "a", "equals": 1}, {"fact": "b", "equals": 1}]}, {"a": 1}, "unknown"),
    ({"all": []}, {}, "met"),
    # any: one met settles it, whatever is unknown
    ({"any": [{"fact": "a", "equals": 1}, {"fact": "b", "equals": 1}]}, {"a": 1}, "met"),
    ({"any": [{"fact": "a", "equals": 1}, {"fact": "b", "equals": 1}]}, {"a": 2}, "unknown"),
    ({"any": []}, {}, "not_met"),
    # not: the opposite, but unknown stays unknown
    ({"not": {"fact": "a", "equals": 1}}, {"a": 2}, "met"),
    ({"not": {"fact": "a", "equals": 1}}, {}, "unknown"),
]


@pytest.mark.parametrize(("written", "facts", "value"), OUTCOMES)
def test_a_condition_is_met_not_met_or_unknown(written: dict[str, Any], facts: dict[str, Any], value: str) -> None:
    assert evaluate(parse(written), facts).value == value


def test_the_reasons_are_those_of_the_parts_that_decided() -> None:
    condition = parse(
        {"all": [{"fact": "a", "at_least": 5, "label": "面积", "unit": "亩"}, {"fact": "b", "equals": "是"}]}
    )

    outcome = evaluate(condition, {"a": 3, "b": "是"})

    assert outcome == Outcome("not_met", ("面积应不少于5亩,实际为3",))


def test_an_unknown_condition_names_what_is_unknown() -> None:
    condition = parse({"any": [{"fact": "a", "equals": 1, "label": "甲"}, {"fact": "b", "equals": 1, "label": "乙"}]})

    assert evaluate(condition, {"a": 2}).reasons == ("乙未知",)


SENTENCES = [
    ({"all": []}, "无条件"),
    ({"any": []}, "任何情形都不符合"),
    ({"fact": "staff", "between": [20, 300], "label": "员工", "unit": "人"}, "员工在20至300人之间"),
    ({"fact": "street", "in": ["莲湖", "柳湖"], "label": "街道"}, "街道为莲湖、柳湖之一"),
    ({"not": {"fact": "kind", "equals": "工业", "label": "行业"}}, "不属于“行业为工业”"),
    # brackets only where two joining words meet
    (
        {
            "all": [
                {"fact": "甲", "is_known": True},
                {"any": [{"fact": "乙", "equals": 1}, {"fact": "丙", "equals": True}]},
            ]
        },
        "甲已知,并且(乙为1,或者丙为是)",
    ),
    # a day is not "at least" another
    ({"fact": "founded", "at_least": "2020-01-01", "label": "成立日期"}, "成立日期不早于2020-01-01"),
    # a fact without a label takes one from the caller
    ({"fact": "area", "at_most": 9}, "面积不超过9"),
]


@pytest.mark.parametrize(("written", "sentence"), SENTENCES)
def test_a_condition_explains_itself_in_one_sentence(written: dict[str, Any], sentence: str) -> None:
    assert explain(parse(written), {"area": "面积"}) == sentence


def test_values_are_said_as_people_call_them() -> None:
    sizes = {"small": "小型", "micro": "微型", "large": "大型"}
    condition = parse({"fact": "size", "in": ["small", "micro"], "label": "规模"})

    def said(fact: str, value: object) -> str:
        return sizes.get(str(value), str(value))

    assert explain(condition, said=said) == "规模为小型、微型之一"
    assert evaluate(condition, {"size": "large"}, said).reasons == ("规模应为小型、微型之一,实际为大型",)


FAULTS = [
    # what was written, the path of the fault
    ("not an object", ""),
    ({}, ""),
    ({"all": [], "any": []}, ""),
    ({"every": []}, ""),
    ({"all": {"fact": "a", "equals": 1}}, "all"),
    ({"all": [{"fact": "a", "equals": 1}, {"fact": "b"}]}, "all[1]"),
    ({"any": [{"not": {"fact": "a", "between": [9, 1]}}]}, "any[0].not.between"),
    ({"fact": "a", "between": [1]}, "between"),
    ({"fact": "a", "between": [1, "2022-05-29"]}, "between"),
    ({"fact": "a", "at_least": "many"}, "at_least"),
    ({"fact": "a", "at_least": float("nan")}, "at_least"),
    ({"fact": "a", "at_least": True}, "at_least"),
    ({"fact": "a", "in": []}, "in"),
    ({"fact": "a", "in": [1, [2]]}, "in[1]"),
    ({"fact": "a", "is_known": 1}, "is_known"),
    ({"fact": "a", "starts_with": ""}, "starts_with"),
    ({"fact": "a", "equals": None}, "equals"),
    ({"fact": "a", "resembles": 1}, ""),
    ({"fact": "a", "equals": 1, "at_least": 1}, ""),
    ({"fact": "", "equals": 1}, "fact"),
    ({"fact": 7, "equals": 1}, "fact"),
    ({"fact": "a", "equals": 1, "label": 3}, "label"),
]


@pytest.mark.parametrize(("written", "path"), FAULTS)
def test_a_malformed_condition_is_refused_with_its_path(written: object, path: str) -> None:
    with pytest.raises(WrongInput) as refusal:
        parse(written)

    assert refusal.value.code == "condition.malformed"
    assert refusal.value.fields["path"] == path


def test_a_condition_nested_beyond_reading_is_refused() -> None:
    written: dict[str, Any] = {"all": []}
    for _ in range(5_000):
        written = {"not": written}

    with pytest.raises(WrongInput):
        parse(written)


# --- properties ------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from("abc")
MEASURES = st.integers(-3, 3) | st.dates(date(2020, 1, 1), date(2020, 1, 9)).map(date.isoformat)
TESTS = st.one_of(
    st.builds(
        lambda fact, word, end: {"fact": fact, word: end}, NAMES, st.sampled_from(["at_least", "at_most"]), MEASURES
    ),
    st.builds(
        lambda fact, value: {"fact": fact, "equals": value}, NAMES, MEASURES | st.booleans() | st.text(max_size=2)
    ),
    st.builds(lambda fact, values: {"fact": fact, "in": values}, NAMES, st.lists(MEASURES, min_size=1, max_size=3)),
    st.builds(lambda fact, ends: {"fact": fact, "between": sorted(ends)}, NAMES, st.tuples(*[st.integers(-3, 3)] * 2)),
)
WRITTEN = st.recursive(
    TESTS,
    lambda parts: st.one_of(
        st.builds(lambda word, below: {word: below}, st.sampled_from(["all", "any"]), st.lists(parts, max_size=3)),
        st.builds(lambda below: {"not": below}, parts),
    ),
    max_leaves=8,
)
FACTS = st.dictionaries(NAMES, MEASURES | st.booleans() | st.text(max_size=2) | st.none())


@given(WRITTEN)
def test_writing_a_condition_and_reading_it_gives_the_same_condition(written: dict[str, Any]) -> None:
    condition = parse(written)

    assert parse(write(condition)) == condition


@given(WRITTEN, FACTS, NAMES, MEASURES)
def test_learning_a_fact_never_reverses_a_settled_outcome(
    written: dict[str, Any], facts: dict[str, Any], name: str, learned: object
) -> None:
    condition, before = parse(written), {**facts, name: None}

    settled, later = evaluate(condition, before).value, evaluate(condition, {**facts, name: learned}).value

    assert settled in ("unknown", later)


@given(WRITTEN, FACTS)
def test_a_condition_and_its_opposite_never_both_hold(written: dict[str, Any], facts: dict[str, Any]) -> None:
    values = {evaluate(parse(written), facts).value, evaluate(parse({"not": written}), facts).value}

    assert values in ({"met", "not_met"}, {"unknown"})


@given(WRITTEN, FACTS)
def test_only_the_facts_it_names_matter_to_a_condition(written: dict[str, Any], facts: dict[str, Any]) -> None:
    condition = parse(written)
    named = {name: value for name, value in facts.items() if name in facts_named(condition)}

    assert evaluate(condition, named) == evaluate(condition, facts)


def test_no_condition_always_holds() -> None:
    assert evaluate(ALWAYS, {}).value == "met"
