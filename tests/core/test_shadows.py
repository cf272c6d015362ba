"""Which rows can never win: the same answer as trying every case, and it names who takes theirs."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.condition_space import Space
from gridloop.core.route_row import CONDITIONS, CaseFacts, RouteRow, conditions_hold
from gridloop.core.shadows import shadowed
from tests.core.routing_samples import FACTS, PATHS, oracle, row, tables

CATEGORIES = ["环卫/垃圾", "环卫/厕所", "噪声"]
PLACES = ["410102/A", "410102/B"]

# rows, and the labels of those that win nowhere
TABLES = [
    ([row("A", "环卫"), row("B", "环卫", metric=1)], ["B"]),  # the same, only later
    ([row("A", "环卫"), row("B", "环卫", metric=1, grades={"difficult"})], []),  # a condition is more specific
    ([row("A", "环卫"), row("B", "环卫/垃圾"), row("C", "环卫/厕所")], ["A"]),  # every leaf below has a row of its own
    ([row("A", "环卫"), row("B", "环卫/垃圾")], []),
    # together the three times of the day are every time
    ([row("A"), *(row(f"B{t}", time_classes={t}) for t in ("work", "night", "holiday"))], ["A"]),
    ([row("A", "环卫", "410102"), row("B", "环卫", "410102/A"), row("C", "环卫", "410102/B")], ["A"]),
    # one row takes the night of A, the others its day, at different depths
    (
        [row("A", "环卫", time_classes={"night", "work"}), row("B", "环卫", "410102", time_classes={"night"}), row("C", "环卫", "410102", time_classes={"work"})],
        ["A"],
    ),
    ([row("A", "没有的类别")], ["A"]),
]  # fmt: skip


def test_rows_that_never_win_are_found() -> None:
    assert [[each.row for each in shadowed(rows, CATEGORIES, PLACES)] for rows, _ in TABLES] == [
        wanted for _, wanted in TABLES
    ]


def test_it_says_which_case_the_row_was_for_and_who_takes_it() -> None:
    (found,) = shadowed(
        [row("A", "环卫", grades={"simple"}), row("B", "环卫", metric=3, grades={"simple"})], CATEGORIES, PLACES
    )

    assert found.case == CaseFacts("环卫/厕所", "410102/A", "street", "public", grade="simple")
    assert found.by == ("A",)


def test_a_row_for_no_category_at_all_is_told_apart() -> None:
    (found,) = shadowed([row("A", "没有的类别")], CATEGORIES, PLACES)

    assert (found.case, found.by) == (None, ())


def winners(rows: list[RouteRow], categories: list[str], places: list[str], space: Space) -> set[str]:
    """Every case there is, tried one by one."""
    facts = [fact for _, fact, _ in CONDITIONS]
    return {
        oracle(rows, CaseFacts(category, place, **dict(zip(facts, values, strict=True))))
        for category, place, values in product(categories, places, space.combinations)
    }


@given(rows=tables(), categories=st.lists(PATHS, min_size=1, max_size=6, unique=True), places=st.lists(PATHS, min_size=1, max_size=6, unique=True))  # fmt: skip
def test_the_rows_found_are_those_that_win_no_case_at_all(rows, categories, places) -> None:
    space = Space.of(
        rows, {"time_class": {"work", "night", "holiday"}, "grade": {"ordinary", "difficult"}, "level": {"3"}}
    )

    found = {each.row for each in shadowed(rows, categories, places, space=space)}

    assert found == {each.row for each in rows} - winners(rows, categories, places, space)


@given(rows=tables(), case=FACTS)
def test_a_mask_has_the_bits_of_the_combinations_that_a_row_accepts(rows, case) -> None:
    space = Space.of(rows)

    for each in rows:
        accepts = [
            number
            for number, values in enumerate(space.combinations)
            if conditions_hold(each, CaseFacts(case.category, case.place, *values))
        ]
        assert space.mask_of(each) == sum(1 << number for number in accepts)


def test_the_most_usual_case_comes_first() -> None:
    space = Space.of([])

    assert space.case(space.everything, "", "") == CaseFacts(level="street", source="public")
    assert len(space.combinations) == 729
