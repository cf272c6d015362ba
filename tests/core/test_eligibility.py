"""A policy's clauses say 符合, 不符合 or 还缺, clause by clause, and name what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.condition import parse
from gridloop.core.eligibility import Clause, Count, count, count_clauses, judge, rows_with, whole
from gridloop.core.fact_table import MET, FactTable

STAFF = Clause(parse({"fact": "staff", "at_most": 300, "label": "员工人数", "unit": "人"}), "从业人员300人以下")
TRADE = Clause(
    parse(
        {"any": [{"fact": "industry", "starts_with": "F52", "label": "行业"}, {"fact": "cluster", "equals": "汽车城"}]}
    ),
    "汽车零售企业或汽车城内企业",
)

VERDICTS: list[tuple[dict[str, Any], str, list[str]]] = [
    # every clause is met
    ({"staff": 20, "industry": "F526"}, "符合", []),
    # one that is not met settles it, whatever is unknown: nothing need be asked for
    ({"staff": 301}, "不符合", []),
    # what is missing is what would settle it; a clause that is met already asks for nothing
    ({"industry": "F526"}, "还缺信息", ["staff"]),
    ({"staff": 20, "industry": "C36"}, "还缺信息", ["cluster"]),
    ({}, "还缺信息", ["staff", "industry", "cluster"]),
    # a value that cannot be compared is asked for again
    ({"staff": "约二十", "industry": "F526"}, "还缺信息", ["staff"]),
]


@pytest.mark.parametrize(("facts", "word", "missing"), VERDICTS)
def test_a_policy_says_whether_it_applies_and_what_is_missing(
    facts: dict[str, Any], word: str, missing: list[str]
) -> None:
    verdict = judge([STAFF, TRADE], facts)

    assert (verdict.word, list(verdict.missing)) == (word, missing)


def test_every_clause_is_explained_with_its_quote_and_its_reason() -> None:
    first, second = judge([STAFF, TRADE], {"staff": 500, "cluster": "汽车城"}).clauses

    assert (first.requirement, first.quote, first.word) == ("员工人数不超过300人", "从业人员300人以下", "不符合")
    assert first.reasons == ("员工人数应不超过300人,实际为500",)
    assert (second.word, second.reasons) == ("符合", ("cluster为汽车城(实际为汽车城)",))


def test_a_preview_counts_the_firms_and_what_each_clause_lets_through() -> None:
    table = FactTable([{"staff": 20, "industry": "F526"}, {"staff": 301}, {"staff": 5, "industry": "C36"}, {}])

    assert count(whole([STAFF, TRADE]), table) == Count(met=1, not_met=1, unknown=2)
    assert count_clauses([STAFF, TRADE], table) == [Count(2, 1, 1), Count(1, 0, 3)]
    assert rows_with(table.answers(whole([STAFF, TRADE])), MET) == [0]


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "staff": st.sampled_from([20, 300, 301, ""]),
        "industry": st.sampled_from(["F52", "C"]),
        "cluster": st.sampled_from(["汽车城", "x"]),
    },
)


@given(st.lists(FACTS, max_size=8))
def test_the_count_and_the_verdicts_agree_firm_by_firm(rows: list[dict[str, Any]]) -> None:
    values = [judge([STAFF, TRADE], row).value for row in rows]

    found = count(whole([STAFF, TRADE]), FactTable(rows))

    assert found == Count(*(values.count(value) for value in ("met", "not_met", "unknown")))


@given(FACTS)
def test_telling_what_is_missing_can_settle_a_verdict_and_nothing_is_missing_elsewhere(facts: dict[str, Any]) -> None:
    verdict = judge([STAFF, TRADE], facts)

    assert bool(verdict.missing) == (verdict.value == "unknown")
    told = {**facts, **dict.fromkeys(verdict.missing, "汽车城"), "staff": facts.get("staff") or 20}
    assert verdict.value != "unknown" or judge([STAFF, TRADE], told).value != "unknown"
