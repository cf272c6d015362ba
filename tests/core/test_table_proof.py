"""The proof of a routing table: a sound one passes, each of its faults is found with a case, and it agrees with trying every case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.condition_space import Space
from gridloop.core.errors import WrongInput
from gridloop.core.hops import UnitAbove
from gridloop.core.route_row import CONDITIONS, CaseFacts, RouteRow
from gridloop.core.routing import FALLBACK, RoutingTable
from gridloop.core.staffing import Stretch, gaps, shifted
from gridloop.core.table_proof import PROPERTIES, Duty, Ground, leaves, prove
from gridloop.offices.supervision.seed import find_profile, shipped_calendar, shipped_profiles
from tests.core.routing_samples import OFFICE, PATHS, oracle, row, tables

NOON = datetime(2022, 5, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)
CATEGORIES = ["城乡建设/路灯", "城乡建设/道路", "环境保护/噪音"]
PLACES = ["410102/410102013/C1", "410102/410102013/C2"]
UNITS = {
    "office": UnitAbove(is_authority=True, is_backstop=True),
    "urban": UnitAbove("office"),
    "environment": UnitAbove("office"),
    "bureau": UnitAbove(is_authority=True),
}


def plain(label: str, category: str = "", place: str = "", **more: Any) -> RouteRow:
    return row(label, category, place, **{"unit": "urban", "profile": "san_bu_guo", **more})


SOUND = [
    plain("R1", "城乡建设"),
    plain("R2", "城乡建设/路灯", PLACES[0], escalates_to="bureau"),
    plain("R3", "环境保护", unit="environment", time_classes={"night"}),
    plain("R4", "环境保护", unit="environment", time_classes={"work", "holiday"}, profile="1137"),
]


def ground(**more: Any) -> Ground:
    everybody = {unit: [Stretch(NOON - DAY)] for unit in UNITS}
    given: dict[str, Any] = {
        "categories": CATEGORIES, "places": PLACES, "also_categories": [""], "also_places": ["410102/410102013"], "units": UNITS,
        "profiles": {code: find_profile(code) for code in ("san_bu_guo", "1137")}, "calendar": shipped_calendar(), "year": 2022,
        "duty": Duty(NOON, NOON + 30 * DAY, everybody), "names": {"urban": "城管中队", "environment": "环保站"},
    }  # fmt: skip
    return Ground(**given | more)


def test_a_sound_table_is_proved() -> None:
    proof = prove(SOUND, ground())

    assert proof.document() == {"ok": True, "failures": [], "unproved": []}


def altered(label: str, **changes: Any) -> list[RouteRow]:
    return [replace(each, **changes) if each.row == label else each for each in SOUND]


NIGHT = Stretch(NOON + 10 * timedelta(hours=1), NOON + 18 * timedelta(hours=1))
NIGHTLESS = {**{unit: [Stretch(NOON)] for unit in UNITS}, "environment": [Stretch(NOON, NIGHT.start), Stretch(NIGHT.end or NOON)]}  # fmt: skip

# what is changed, the property that fails, the row it names, and words of the sentence
MUTATIONS: list[tuple[list[RouteRow], dict[str, Any], str, str, str]] = [
    (SOUND[1:], {}, "total", "", "类别“城乡建设/道路”"),  # a row taken out: a hole
    (altered("R4", time_classes=frozenset({"work"})), {}, "total", "", "时段为节假日"),  # one time of the day left out
    ([*altered("R2", place=PLACES[0], category="城乡建设/路灯"), plain("R9", "城乡建设/路灯", PLACES[0])], {}, "unambiguous", "R2", "分不出先后"),
    (altered("R1", unit="nobody"), {"duty": None}, "unambiguous", "R1", "nobody"),
    (altered("R2", category="城乡建设/路登"), {}, "unambiguous", "R2", "路登"),
    ([*SOUND, plain("R9", "城乡建设/路灯", PLACES[0], metric=9)], {}, "no_shadowed_row", "R9", "R2 行承接"),
    ([*SOUND, plain("R9", "城乡建设/路灯", metric=9), plain("R8", "城乡建设/道路")], {"also_categories": []}, "no_shadowed_row", "R1", "永远轮不到"),
    ([*altered("R2", escalates_to="environment"), plain("R9", "城乡建设/路灯", PLACES[0], unit="environment", escalates_to="urban", metric=1, grades={"difficult"})], {}, "no_loops", "R2", "转圈"),
    (SOUND, {"units": {**UNITS, "urban": UnitAbove("environment"), "environment": UnitAbove("urban")}}, "no_loops", "", "互相指着"),
    (SOUND, {"units": {**UNITS, "office": UnitAbove(), "environment": UnitAbove("office")}}, "no_loops", "R1", "就断了"),
    (SOUND, {"duty": Duty(NOON, NOON + 30 * DAY, NIGHTLESS)}, "staffed", "R3", "没有人在岗"),
    (altered("R3", post="LEADER"), {}, "staffed", "R3", "岗"),
    (altered("R3", profile="gone"), {}, "timed", "R3", "不存在"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "more", "failing", "label", "words"), MUTATIONS)
def test_each_fault_is_found_with_its_row_and_a_case(rows, more, failing, label, words) -> None:
    found = [each for each in prove(rows, ground(**more)).failures if each.property == failing]

    assert [each.row for each in found][:1] == [label]
    assert words in found[0].sentence
    assert found[0].counter_example or failing in ("unambiguous",)


def test_stages_that_do_not_fit_are_found_with_the_day() -> None:
    data = find_profile("1137").to_data()
    whole = {"stage": "whole", "name": "全程", "start": "filed", "terminal": "cleared", "limits": [{"number": 1, "unit": "hour"}]}  # fmt: skip
    profile = type(find_profile("1137")).from_data({**data, "stages": [*data["stages"], whole]})

    found = [each for each in prove(SOUND, ground(profiles={"san_bu_guo": find_profile("san_bu_guo"), "1137": profile})).failures if each.property == "timed"]  # fmt: skip

    assert found and all(each.row == "R4" and "环节打架" in each.sentence and each.counter_example["at"].startswith("2022-") for each in found)  # fmt: skip


def test_the_shipped_profiles_fit_on_the_shipped_calendar() -> None:
    rows = [
        plain(f"R{number}", profile=code, metric=number)
        for number, code in enumerate(each.code for each in shipped_profiles())
    ]

    proof = prove(rows, ground(profiles={each.code: each for each in shipped_profiles()}))

    assert [each.sentence for each in proof.failures if each.property == "timed"] == []


def test_what_is_not_given_is_not_proved_and_says_so() -> None:
    proof = prove(SOUND, Ground(CATEGORIES, PLACES))

    assert proof.unproved == ("no_loops", "staffed", "timed")
    assert set(proof.unproved) < set(PROPERTIES)


@given(
    rows=tables(),
    categories=st.lists(PATHS.filter(bool), min_size=1, max_size=5),
    places=st.lists(PATHS.filter(bool), min_size=1, max_size=5),
)
def test_total_unambiguous_and_no_idle_row_are_what_trying_every_case_says(rows, categories, places) -> None:
    space = Space.of(rows)
    facts = [fact for _, fact, _ in CONDITIONS]
    # every combination would be 648 and more for each cell; the facts no row asks for make no difference
    asked = [values if any(getattr(each, name) for each in rows) else values[:1] for values, (name, _, _) in zip(space.values, CONDITIONS, strict=True)]  # fmt: skip
    winners = {
        oracle(rows, CaseFacts(category, place, **dict(zip(facts, values, strict=True))))
        for category, place, values in product(leaves(categories), leaves(places), product(*asked))
    }

    proof = prove(rows, Ground(categories, places))

    failing = {each.property for each in proof.failures}
    assert ("total" in failing) == (FALLBACK in winners)
    assert {each.row for each in proof.failures if each.property == "no_shadowed_row"} == {
        each.row for each in rows
    } - winners


@given(rows=tables())
def test_a_table_that_compiles_has_no_tie(rows) -> None:
    proof = prove(rows, Ground(["a/b/c"], ["a/b/c"]))
    ties = [each for each in proof.failures if "分不出先后" in each.sentence]

    RoutingTable.compile(rows, fallback=OFFICE)

    assert ties == []


# --- who is on duty --------------------------------------------------------------------------------------------------

HOUR = timedelta(hours=1)
ROSTERS = [
    ([], [(0, 24)]),
    ([(0, None)], []),
    ([(-5, 30)], []),
    ([(0, 8), (8, 16), (16, 24)], []),  # shifts that meet
    ([(16, 24), (0, 8), (7, 12)], [(12, 16)]),  # in any order, overlapping
    ([(30, 40)], [(0, 24)]),
    ([(3, 3), (5, None)], [(0, 5)]),  # a shift of no length covers nothing
]


@pytest.mark.parametrize(("shifts", "uncovered"), ROSTERS)
def test_gaps_are_what_no_shift_covers(shifts, uncovered) -> None:
    stretches = [Stretch(NOON + a * HOUR, None if b is None else NOON + b * HOUR) for a, b in shifts]

    found = gaps(stretches, start=NOON, end=NOON + 24 * HOUR)

    assert [(each.start, each.end) for each in found] == [(NOON + a * HOUR, NOON + b * HOUR) for a, b in uncovered]


HOURS = st.lists(st.tuples(st.integers(-10, 40), st.integers(0, 20)), max_size=8)


@given(shifts=HOURS)
def test_every_hour_is_either_covered_or_in_a_gap(shifts) -> None:
    stretches = [Stretch(NOON + a * HOUR, NOON + (a + length) * HOUR) for a, length in shifts]

    found = gaps(stretches, start=NOON, end=NOON + 24 * HOUR)

    for hour in range(24):
        at = NOON + hour * HOUR
        covered = any(each.start <= at < (each.end or at) for each in stretches)
        assert covered != any(each.start <= at < (each.end or at) for each in found)


def test_on_duty_is_who_holds_the_post_and_is_on_the_roster() -> None:
    holding = Stretch(NOON, NOON + 10 * HOUR)

    found = shifted(holding, [Stretch(NOON - HOUR, NOON + HOUR), Stretch(NOON + 9 * HOUR), Stretch(NOON + 11 * HOUR)])

    assert [(each.start, each.end) for each in found] == [(NOON, NOON + HOUR), (NOON + 9 * HOUR, NOON + 10 * HOUR)]


def test_a_shift_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(WrongInput) as refusal:
        Stretch(NOON, NOON - HOUR)

    assert refusal.value.code == "staffing.backwards"
