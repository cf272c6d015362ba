"""What may not be published: faulty rows, ties and holes, each with its counter-example."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import Refused, WrongInput
from gridloop.core.routing import (
    FALLBACK,
    CaseFacts,
    RouteRow,
    RoutingTable,
    holes,
    require_no_holes,
    table_errors,
)
from tests.core.routing_samples import FACTS, GRID, OFFICE, PATHS, STREET, oracle, row, starts, tables

# --- table errors ----------------------------------------------------------------------------------------------------


def test_a_tie_is_refused_with_the_two_rows_and_a_case_both_match() -> None:
    rows = [
        row("A", "环卫", GRID, sources={"phone", "public"}),
        row("B", "环卫", GRID, sources={"public", "import"}),
    ]

    with pytest.raises(WrongInput) as refusal:
        RoutingTable.compile(rows, fallback=OFFICE)

    errors: Any = refusal.value.fields["errors"]
    (error,) = errors
    assert (error.kind, error.rows) == ("tie", ("A", "B"))
    assert error.counter_example == CaseFacts("环卫", GRID, source="public")
    assert "A 行与 B 行分不出先后" in refusal.value.sentence


NO_TIES = [
    # different metric, number of conditions, place or category
    (row("A", "环卫", metric=1), row("B", "环卫", metric=2)),
    (row("A", "环卫"), row("B", "环卫", levels={"1"})),
    (row("A", "环卫", STREET), row("B", "环卫")),
    (row("A", "环卫"), row("B", "环卫/垃圾")),
    # the same number of conditions, but none both can meet
    (row("A", levels={"1"}), row("B", levels={"2"})),
    (row("A", levels={"1"}, grades={"difficult"}), row("B", levels={"1"}, grades={"simple"})),
]


@pytest.mark.parametrize("rows", NO_TIES)
def test_rows_that_can_be_told_apart_are_no_tie(rows: tuple[RouteRow, RouteRow]) -> None:
    assert table_errors(rows) == []


def test_conditions_of_different_kinds_tie_because_one_case_can_meet_both() -> None:
    (error,) = table_errors([row("A", levels={"1"}), row("B", priorities={"urgent"})])

    assert error.counter_example == CaseFacts(level="1", priority="urgent")


def test_every_error_of_a_table_is_listed_at_once() -> None:
    rows = [
        row("A", "环卫/", unit="CG"),
        row("A", "环卫", unit=""),
        row("B", "鬼怪", place="9", unit="ZZ", profile="q", reason="{unit.__class__} {who"),
        row("C", reason="{unit!r}{}"),
    ]

    errors = table_errors(
        rows, known_units={"CG", "U-C"}, known_profiles={"p"}, known_categories=["环卫/垃圾"], known_places=[GRID]
    )

    assert [(error.kind, error.rows[0]) for error in errors] == [
        ("malformed_path", "A"),
        ("missing", "A"),
        ("bad_reason", "B"),
        ("bad_reason", "C"),
        ("bad_reason", "C"),
        ("duplicate_row", "A"),
        ("unknown_unit", "B"),
        ("unknown_profile", "B"),
        ("unknown_category", "A"),
        ("unknown_category", "B"),
        ("unknown_place", "B"),
    ]


def test_a_path_that_leads_to_a_known_one_is_known() -> None:
    rows = [row("A", "城乡建设", "410102")]

    assert table_errors(rows, known_categories=["城乡建设/园林绿化/树木"], known_places=[GRID]) == []


@pytest.mark.parametrize(
    ("rows", "fallback"),
    [
        ([], row("mine")),  # a fallback must carry its own label
        ([], replace(OFFICE, category="环卫")),  # and ask for nothing
        ([], replace(OFFICE, unit="")),  # and have a unit
        ([row(FALLBACK)], OFFICE),  # and nobody else may use its label
    ],
)
def test_an_unsound_fallback_does_not_compile(rows: list[RouteRow], fallback: RouteRow) -> None:
    with pytest.raises(WrongInput):
        RoutingTable.compile(rows, fallback=fallback)


# --- holes -----------------------------------------------------------------------------------------------------------

CATEGORIES = ["环卫/垃圾", "环卫/扬尘", "噪声"]
PLACES = ["S/A/1", "S/A/2", "S/B/1"]

HOLES = [
    # everything is answered
    ([row("r")], []),
    # nothing is answered: one hole, the whole
    ([], [("", "")]),
    # a top category is missed
    ([row("r", "环卫")], [("噪声", "")]),
    # one place of a category is missed
    ([row("r", "环卫", "S/A"), row("s", "噪声"), row("t", "环卫/垃圾", "S/B")], [("环卫/扬尘", "S/B")]),
    # the same place is missed in all categories: said once
    ([row("r", place="S/A")], [("", "S/B")]),
    # a condition leaves out the cases that do not meet it
    ([row("r", time_classes={"night"})], [("", "")]),
    # a row beyond every leaf answers nothing
    ([row("r", "噪声/酒吧", "S/A/1/9"), row("s", "环卫")], [("噪声", "")]),
]


@pytest.mark.parametrize(("rows", "found"), HOLES)
def test_a_hole_is_found_and_said_as_widely_as_it_is(rows: list[RouteRow], found: list[tuple[str, str]]) -> None:
    assert [(hole.category, hole.place) for hole in holes(rows, CATEGORIES, PLACES)] == found


def test_conditions_that_together_accept_a_whole_domain_leave_no_hole() -> None:
    rows = [
        row("day", time_classes={"work"}),
        row("night", time_classes={"night"}),
        row("off", time_classes={"holiday"}),
    ]

    assert holes(rows, CATEGORIES, PLACES, domains={"time_class": {"work", "night", "holiday"}}) == []
    (hole,) = holes(rows[:2], CATEGORIES, PLACES, domains={"time_class": {"work", "night", "holiday"}})
    assert hole.example.time_class == "holiday"


def test_a_draft_with_a_hole_is_refused_with_its_counter_example() -> None:
    rows = [row("R1", "环卫"), row("R2", "噪声", "S/A")]

    with pytest.raises(Refused) as refusal:
        require_no_holes(rows, CATEGORIES, PLACES)

    assert refusal.value.code == "routing.hole"
    assert "类别“噪声”在地点“S/B”没有任何一行承接" in refusal.value.sentence
    found: Any = refusal.value.fields["holes"]
    assert RoutingTable.compile(rows, fallback=OFFICE).decide(found[0].example).is_fallback


def test_a_table_without_holes_passes_the_gate() -> None:
    require_no_holes([row("R1", "环卫"), row("R2", "噪声")], CATEGORIES, PLACES)


# --- properties ------------------------------------------------------------------------------------------------------


@given(tables(), FACTS)
def test_a_reported_tie_is_a_case_both_rows_match(rows: list[RouteRow], case: CaseFacts) -> None:
    level = [replace(one, metric=0) for one in rows]

    for error in table_errors(level):
        pair = [one for one in level if one.row in error.rows]
        assert error.counter_example is not None
        assert all(oracle([one], error.counter_example) == one.row for one in pair)


@given(tables(), st.lists(FACTS, max_size=8))
def test_without_reported_ties_no_case_has_two_strongest_rows(rows: list[RouteRow], cases: list[CaseFacts]) -> None:
    level = [replace(one, metric=0) for one in rows]
    tied = {frozenset(error.rows) for error in table_errors(level)}

    for case in cases:
        winner = oracle(level, case)
        mirrored = oracle(level[::-1], case)
        assert winner == mirrored or frozenset({winner, mirrored}) in tied


DOMAINS = {
    "level": ["", "1", "2"],
    "source": ["", "x", "y"],
    "time_class": ["work", "night", "holiday"],
    "grade": ["ordinary", "difficult"],
}


def falls_through(rows: list[RouteRow], category: str, place: str) -> bool:
    cases = (
        CaseFacts(category, place, level, source, "normal", time, grade)
        for level in DOMAINS["level"] for source in DOMAINS["source"]
        for time in DOMAINS["time_class"] for grade in DOMAINS["grade"]
    )  # fmt: skip
    return any(oracle(rows, case) == FALLBACK for case in cases)


@given(
    tables(),
    st.sets(st.sampled_from(["a", "b/a", "b/b", "c/a/a"]), min_size=1),
    st.sets(PATHS.filter(bool), min_size=1),
)
def test_the_reported_holes_are_exactly_the_leaf_pairs_that_fall_through(
    rows: list[RouteRow], categories: set[str], places: set[str]
) -> None:
    leaves = {path for path in places if not any(other != path and starts(other, path) for other in places)}

    found = holes(rows, categories, places, domains=DOMAINS)

    reported = {
        (category, place)
        for category in categories
        for place in leaves
        if any(starts(category, hole.category) and starts(place, hole.place) for hole in found)
    }
    assert reported == {(c, p) for c in categories for p in leaves if falls_through(rows, c, p)}
    assert all(oracle(rows, hole.example) == FALLBACK for hole in found)
