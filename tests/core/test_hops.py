"""Escalation: the circles that one case could be sent round, and where nobody is left to decide."""

from __future__ import annotations

from itertools import product

from hypothesis import given

from gridloop.core.hops import DeadEnd, UnitAbove, dead_ends, loops, units_above
from gridloop.core.route_row import CaseFacts
from tests.core.escalation_samples import escalations, goes_round
from tests.core.routing_samples import row

UNITS = {
    "office": UnitAbove(is_authority=True, is_backstop=True),
    "urban": UnitAbove("office"),
    "housing": UnitAbove("office"),
    "water": UnitAbove(),  # a company: above it is the backstop
    "bureau": UnitAbove(is_authority=True),
}

# rows, and the units of the loops they make
CIRCLES = [
    ([row("A", "违建", unit="urban", escalates_to="housing")], []),
    (
        [row("A", "违建", unit="urban", escalates_to="housing"), row("B", "违建/屋顶", unit="housing", escalates_to="urban")],
        [("housing", "urban")],
    ),
    # two circles on paper, but no case could go round: other categories, other times
    ([row("A", "违建", unit="urban", escalates_to="housing"), row("B", "噪声", unit="housing", escalates_to="urban")], []),
    (
        [
            row("A", unit="urban", escalates_to="housing", time_classes={"night"}),
            row("B", unit="housing", escalates_to="urban", time_classes={"work"}),
        ],
        [],
    ),
    ([row("A", unit="urban", escalates_to="urban")], [("urban",)]),
    (
        [
            row("A", unit="urban", escalates_to="housing"),
            row("B", unit="housing", escalates_to="water"),
            row("C", "漏水", unit="water", escalates_to="urban"),
        ],
        [("housing", "water", "urban")],
    ),
    ([row("A", unit="office", escalates_to="urban")], [("office", "urban")]),  # the backstop hands it down again
]  # fmt: skip


def test_loops_are_found_where_one_case_could_go_round() -> None:
    assert [[loop.units for loop in loops(rows, UNITS)] for rows, _ in CIRCLES] == [wanted for _, wanted in CIRCLES]


def test_a_loop_names_its_rows_and_a_case() -> None:
    (found,) = loops(CIRCLES[1][0], UNITS)

    assert sorted(found.rows) == ["A", "B"]
    assert found.case == CaseFacts("违建/屋顶", "", "street", "public")


def test_units_that_are_each_others_parents_are_a_loop_without_any_row() -> None:
    units = {"a": UnitAbove("b"), "b": UnitAbove("a")}

    assert [(loop.units, loop.rows) for loop in loops([], units)] == [(("a", "b"), ())]


def test_a_unit_without_anyone_above_who_may_decide_is_a_dead_end() -> None:
    units = {"team": UnitAbove(), "urban": UnitAbove("team"), "bureau": UnitAbove(is_authority=True)}
    rows = [row("A", "违建", unit="urban"), row("B", "噪声", unit="bureau"), row("C", unit="gone"), row("D", "违建", unit="bureau", escalates_to="gone")]  # fmt: skip

    assert [(end.row, end.unit) for end in dead_ends(rows, units)] == [("A", "team"), ("C", "gone"), ("D", "gone")]
    assert dead_ends(rows, units)[0] == DeadEnd("A", "team", CaseFacts("违建", "", "street", "public"))


def test_units_are_told_as_rows_of_a_sheet() -> None:
    told = [{"code": "office", "is_backstop": True}, {"code": "urban", "parent": "office"}, {"code": "bureau", "is_superior": True}]  # fmt: skip

    assert units_above(told) == {code: UNITS[code] for code in ("office", "urban", "bureau")}


@given(drawn=escalations())
def test_there_is_a_loop_exactly_when_some_case_can_go_round(drawn) -> None:
    rows, units = drawn
    paths = [""] + ["/".join(parts) for length in (1, 2, 3) for parts in product("abc", repeat=length)]
    categories = {each.category for each in rows} | {""}
    places = {each.place for each in rows} | {""}
    assert categories <= set(paths)

    every_case = [CaseFacts(category, place, time_class=time) for category in categories for place in places for time in ("work", "night", "holiday")]  # fmt: skip

    assert bool(loops(rows, units)) == any(goes_round(rows, units, case) for case in every_case)
