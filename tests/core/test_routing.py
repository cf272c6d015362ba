"""The routing table: who wins, and why; its form in a spreadsheet; the worked table of its rule page."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import NotFound
from gridloop.core.routing import (
    FALLBACK,
    CaseFacts,
    RouteRow,
    RoutingTable,
    next_hop_allowed,
    rows_from_records,
    rows_to_records,
    table_errors,
    trace_document,
)
from tests.core.routing_samples import FACTS, GRID, OFFICE, STREET, oracle, row, tables

ROWS = [
    row("all-night", time_classes={"night", "holiday"}),
    row("city", "城乡建设"),
    row("green", "城乡建设/园林绿化"),
    row("city-here", "城乡建设", STREET),
    row("city-grid", "城乡建设", GRID, metric=5),
    row("city-grid-first", "城乡建设", GRID, metric=1, sources={"public"}),
    row("green-night", "城乡建设/园林绿化", time_classes={"night"}),
    row("green-night-urgent", "城乡建设/园林绿化", time_classes={"night"}, priorities={"life"}),
]

DECISIONS = [
    # the only row that covers the category
    (CaseFacts("城乡建设/道路"), "city"),
    # a longer category beats a longer place
    (CaseFacts("城乡建设/园林绿化/树木", GRID), "green"),
    # equal category: a longer place wins
    (CaseFacts("城乡建设/道路", f"{STREET}/x"), "city-here"),
    (CaseFacts("城乡建设/道路", GRID), "city-grid"),
    # equal prefixes: more conditions win, before the metric is asked
    (CaseFacts("城乡建设/道路", GRID, source="public"), "city-grid-first"),
    (CaseFacts("城乡建设/园林绿化", time_class="night", priority="life"), "green-night-urgent"),
    (CaseFacts("城乡建设/园林绿化", time_class="night"), "green-night"),
    # prefixes match whole segments only
    (CaseFacts("城乡建设局"), FALLBACK),
    (CaseFacts("城乡建设/道路", f"{STREET}9"), "city"),
    # unsure category and no place are values: only rows that ask for nothing cover them
    (CaseFacts(), FALLBACK),
    (CaseFacts(time_class="night"), "all-night"),
    # nothing covers it: the sub-district itself
    (CaseFacts("教育文体", GRID), FALLBACK),
]


@pytest.mark.parametrize(("facts", "label"), DECISIONS)
def test_the_most_specific_row_wins(facts: CaseFacts, label: str) -> None:
    table = RoutingTable.compile(ROWS, fallback=OFFICE)

    decision = table.decide(facts)

    assert decision.row == label
    assert decision.is_fallback == (label == FALLBACK)


def test_the_smaller_metric_wins_among_equally_specific_rows() -> None:
    rows = [row("later", "环卫", metric=20), row("sooner", "环卫", metric=10)]

    assert RoutingTable.compile(rows, fallback=OFFICE).decide(CaseFacts("环卫/垃圾")).row == "sooner"


def test_the_reason_is_said_with_names() -> None:
    rows = [row("R7", "噪声", reason="{category}在{place}由{unit}办,{time_class},{priority}", unit="CG")]
    names = {"CG": "城管中队", "410102013": "莲湖街道"}
    table = RoutingTable.compile(rows, fallback=OFFICE, unit_names=names)

    reason = table.decide(CaseFacts("噪声/夜间施工", STREET, time_class="night")).reason

    assert reason == "噪声/夜间施工在莲湖街道由城管中队办,夜间,普通"


def test_a_fall_through_says_it_is_a_routing_gap() -> None:
    decision = RoutingTable.compile([], fallback=OFFICE, unit_names={"LH": "莲湖街道办"}).decide(CaseFacts())

    assert (decision.unit, decision.profile, decision.post) == ("LH", "san_bu_guo", "")
    assert decision.reason == "未定类别(未定地点)在路由表中没有对应的行,由莲湖街道办属地兜底,并记为路由缺口"


def test_a_table_remembers_only_so_many_paths_and_decides_the_same() -> None:
    table = RoutingTable.compile(ROWS, fallback=OFFICE)

    for number in range(70_000):
        table.decide(CaseFacts(f"x{number}", f"y{number}"))

    assert len(table._prefixes_of) <= 65_536 and len(table._buckets_of) <= 65_536
    assert table.decide(CaseFacts("城乡建设/道路", GRID)).row == "city-grid"


def test_a_case_is_handed_on_three_times_and_then_designated() -> None:
    assert [next_hop_allowed(hops) for hops in range(5)] == [True, True, True, False, False]


# --- tracing ---------------------------------------------------------------------------------------------------------


def test_a_trace_says_why_each_row_won_or_lost() -> None:
    table = RoutingTable.compile(ROWS, fallback=OFFICE)

    document = trace_document(table, CaseFacts("城乡建设/园林绿化", GRID, source="phone"))

    assert document == {
        "unit": "U-green",
        "profile": "p",
        "reason": f"城乡建设/园林绿化({GRID})由U-green承办,依据路由表green行",
        "rows": [
            {
                "row": "green",
                "won": True,
                "why": "在能承接的行中最具体:类别前缀 2 段、地点前缀不限、条件 0 项、优先序 0",
            },
            {
                "row": "green-night-urgent",
                "won": False,
                "why": "条件不符:优先级须为生命财产,本件为普通;时段须为夜间,本件为工作时间",
            },
            {"row": "green-night", "won": False, "why": "条件不符:时段须为夜间,本件为工作时间"},
            {"row": "city-grid-first", "won": False, "why": "条件不符:来源须为居民,本件为电话"},
            {"row": "city-grid", "won": False, "why": "不如 green 行具体:类别前缀 1 段,对方 2 段"},
            {"row": "city-here", "won": False, "why": "不如 green 行具体:类别前缀 1 段,对方 2 段"},
            {"row": "city", "won": False, "why": "不如 green 行具体:类别前缀 1 段,对方 2 段"},
            {"row": "all-night", "won": False, "why": "条件不符:时段须为节假日或夜间,本件为工作时间"},
            {"row": "属地兜底", "won": False, "why": "green 行能承接,不需要属地兜底"},
        ],
    }


WHY_NOT = [
    # the four steps, then the two mismatches of paths
    ("city", CaseFacts("城乡建设/道路", STREET), "不如 city-here 行具体:地点前缀不限,对方 2 段"),
    ("city-grid", CaseFacts("城乡建设", GRID, source="public"), "不如 city-grid-first 行具体:条件 0 项,对方 1 项"),
    ("green", CaseFacts("城乡建设"), "类别不符:本行管“城乡建设/园林绿化”,本件是“城乡建设”"),
    ("city-here", CaseFacts("城乡建设"), f"地点不符:本行管“{STREET}”,本件在“未定地点”"),
]


@pytest.mark.parametrize(("label", "facts", "why"), WHY_NOT)
def test_anyone_may_ask_why_not_this_row(label: str, facts: CaseFacts, why: str) -> None:
    assert RoutingTable.compile(ROWS, fallback=OFFICE).why_not(label, facts).why == why


def test_a_row_outranked_by_metric_is_told_so() -> None:
    table = RoutingTable.compile([row("a", metric=2), row("b", metric=1)], fallback=OFFICE)

    assert table.why_not("a", CaseFacts()).why == "不如 b 行优先:优先序 2,对方 1,小的优先"


def test_asking_for_a_row_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        RoutingTable.compile(ROWS, fallback=OFFICE).why_not("R99", CaseFacts())


# --- spreadsheets ----------------------------------------------------------------------------------------------------

SHEET = """行,类别,网格/地点,层级,来源,优先级,时段,等级,单位,岗位,时限方案,优先序,理由
R1,城乡建设/园林绿化,410102/410102013,,public|phone,生命财产,夜间|节假日,疑难,YL,队长,san_bu_guo,10,{category}归{unit}
R2,,,,,,,,LH,,san_bu_guo,,
"""


def test_a_chinese_sheet_becomes_rows() -> None:
    rows, problems = rows_from_records(csv.DictReader(io.StringIO(SHEET)))

    assert problems == []
    assert rows[0] == row(
        "R1", "城乡建设/园林绿化", STREET, sources={"public", "phone"}, priorities={"life"}, grades={"difficult"},
        time_classes={"night", "holiday"}, unit="YL", post="队长", profile="san_bu_guo", metric=10,
        reason="{category}归{unit}",
    )  # fmt: skip
    assert rows[1] == RouteRow("R2", "LH", "san_bu_guo")


FAULTY = [
    # record, (row, column) of the problem
    ({"row": "R1", "unit": "", "profile": "p"}, ("R1", "unit")),
    ({"row": "", "unit": "U", "profile": "p"}, ("第 2 行", "row")),
    ({"row": "R1", "unit": "U"}, ("R1", "profile")),
    ({"row": "R1", "unit": "U", "profile": "p", "metric": "先"}, ("R1", "metric")),
    ({"row": "R1", "unit": "U", "profile": "p", "category": "甲//乙"}, ("R1", "category")),
    ({"row": "R1", "unit": "U", "profile": "p", "来源": "a||b"}, ("R1", "source")),
    ({"row": "R1", "unit": "U", "profile": "p", "时断": "夜间"}, ("R1", "时断")),
    ({"row": "R1", "unit": "U", "profile": "p", "reason": "{谁}"}, ("R1", "reason")),
    ({"row": "R1", "unit": "U", "profile": "p", None: ["too", "many"]}, ("R1", "(多出的格)")),
]


@pytest.mark.parametrize(("record", "where"), FAULTY)
def test_a_fault_in_a_sheet_is_named_by_row_and_column(record: dict[Any, object], where: tuple[str, str]) -> None:
    rows, problems = rows_from_records([record])

    assert rows == []
    assert [(problem.row, problem.column) for problem in problems] == [where]


# --- properties ------------------------------------------------------------------------------------------------------


@given(tables(), st.lists(FACTS, min_size=1, max_size=8))
def test_the_compiled_table_decides_as_a_plain_scan_does(rows: list[RouteRow], cases: list[CaseFacts]) -> None:
    table = RoutingTable.compile(rows, fallback=OFFICE)

    assert [table.decide(case).row for case in cases] == [oracle(rows, case) for case in cases]


@given(tables(), FACTS)
def test_exactly_one_traced_row_wins_and_it_is_the_decision(rows: list[RouteRow], case: CaseFacts) -> None:
    table = RoutingTable.compile(rows, fallback=OFFICE)

    traced = table.trace(case)

    assert [one.row for one in traced if one.won] == [table.decide(case).row]
    assert all(one.why for one in traced)
    assert all(table.why_not(one.row, case) == one for one in traced)


@given(tables(), FACTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_never_matters(rows: list[RouteRow], case: CaseFacts, chance: random.Random) -> None:
    shuffled = chance.sample(rows, len(rows))

    one, other = (RoutingTable.compile(order, fallback=OFFICE) for order in (rows, shuffled))

    assert one.decide(case) == other.decide(case)


@given(tables())
def test_rows_written_to_a_sheet_are_read_back_the_same(rows: list[RouteRow]) -> None:
    assert rows_from_records(rows_to_records(rows)) == (rows, [])


# --- the rule page ---------------------------------------------------------------------------------------------------

RULE_PAGE = Path(__file__).parents[2] / "docs" / "routing.md"


def page_rows() -> list[RouteRow]:
    sheet = RULE_PAGE.read_text("utf-8").split("```csv\n")[1].split("```")[0]
    rows, problems = rows_from_records(csv.DictReader(io.StringIO(sheet)))
    assert problems == []
    return rows


def page_cases() -> list[list[str]]:
    table = RULE_PAGE.read_text("utf-8").split("| 承接 | 为什么 |\n")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-2]] for line in table.splitlines()[1:]]


def test_the_worked_table_of_the_rule_page_is_true() -> None:
    table, cases = RoutingTable.compile(page_rows(), fallback=OFFICE), page_cases()

    decided = [table.decide(CaseFacts(case[0], case[1], source=case[2], time_class=case[3])).row for case in cases]

    assert decided == [case[4] for case in cases]
    assert len(decided) == 8


def test_the_tie_of_the_rule_page_is_refused_with_its_sentence() -> None:
    rows = [replace(one, metric=20) if one.row == "R6" else one for one in page_rows()]

    (error,) = table_errors(rows)

    assert error.sentence.startswith(
        "R5 行与 R6 行分不出先后:类别“城乡建设”、地点“410102/410102013”、来源为居民时两行同样具体、优先序都是 20。"
    )
