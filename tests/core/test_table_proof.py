"""The proof of a routing table: a sound one passes, each of its faults is found with a case, and it agrees with trying every case."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.core.condition_space import Space
from gridloop.core.deadline import due_at
from gridloop.core.errors import WrongInput
from gridloop.core.hops import UnitAbove
from gridloop.core.profile import Ends, Limit, LimitRow, Profile, Stage, Unit
from gridloop.core.route_row import CONDITIONS, CaseFacts, RouteRow, condition_count, conditions_hold
from gridloop.core.routing import FALLBACK, RoutingTable
from gridloop.core.staffing import Stretch, gaps, shifted
from gridloop.core.stage_fit import misfits
from gridloop.core.table_proof import PROPERTIES, Duty, Ground, leaves, prove
from gridloop.core.time_class import time_class_at
from gridloop.offices.supervision.seed import find_profile, shipped_calendar, shipped_profiles
from tests.core.escalation_samples import covers, escalations, goes_round, stops_short
from tests.core.routing_samples import OFFICE, PATHS, oracle, row, tables

NOON = datetime(2022, 5, 23, 4, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
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

    journey = {"assignments": 4, "returns": 3, "escalations": 1}
    assert proof.document() == {"ok": True, "failures": [], "unproved": [], "journey": journey}


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
    (SOUND, {"units": {**UNITS, "urban": replace(UNITS["urban"], return_limit=None)}}, "no_loops", "R1", "退回没有次数上限"),
    (altered("R3", profile="gone"), {}, "timed", "R3", "不存在"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "more", "failing", "label", "words"), MUTATIONS)
def test_each_fault_is_found_with_its_row_and_a_case(rows, more, failing, label, words) -> None:
    found = [each for each in prove(rows, ground(**more)).failures if each.property == failing]

    assert [each.row for each in found][:1] == [label]
    assert words in found[0].sentence
    assert bool(found[0].counter_example)


def test_the_counter_example_of_a_tie_is_a_case_there_can_be() -> None:
    rows = [
        *SOUND,
        plain("R9", "城乡建设", time_classes={"night"}),
        plain("R10", "城乡建设", time_classes={"night", "holiday"}),
    ]

    (tie,) = prove(rows, ground()).of("unambiguous")

    assert tie.rows == ("R9", "R10")
    assert (tie.counter_example["category"], tie.counter_example["place"]) == ("城乡建设/路灯", PLACES[0])
    assert (tie.counter_example["source"], tie.counter_example["time_class"]) == ("public", "night")


def test_who_is_sent_work_in_office_hours_only_need_not_be_there_at_night() -> None:
    at_night = [*SOUND, plain("R9", "城乡建设", unit="environment", time_classes={"night", "holiday"}), plain("R10", "城乡建设/路灯", PLACES[0], unit="environment", time_classes={"night", "holiday"})]  # fmt: skip
    office_hours = [
        Stretch(NOON - DAY, NOON + timedelta(hours=5, minutes=30)),
        Stretch(NOON + timedelta(hours=21), None),
    ]
    duty = Duty(NOON, NOON + 3 * DAY, {**{unit: [Stretch(NOON - DAY)] for unit in UNITS}, "urban": office_hours})

    assert prove(at_night, ground(duty=duty)).of("staffed") == ()
    assert [(each.row, each.counter_example["at"], each.counter_example["time_class"]) for each in prove(SOUND, ground(duty=duty)).of("staffed")] == [
        ("R1", (NOON + timedelta(hours=5, minutes=30)).isoformat(), "night")
    ]  # fmt: skip


def test_without_units_the_circles_that_rows_close_by_themselves_are_told_all_the_same() -> None:
    rows = [plain("R1", unit="a", escalates_to="b"), plain("R2", "城乡建设", unit="b", escalates_to="a")]

    proof = prove(rows, Ground(None, None))

    assert [each.property for each in proof.failures] == ["no_loops"]
    assert proof.unproved == ("total", "no_shadowed_row", "no_loops", "staffed", "timed")


def test_without_trees_a_row_that_another_always_beats_is_told_all_the_same() -> None:
    rows = [plain("R1", "城乡建设"), plain("R2", "城乡建设", metric=1), plain("R3", "城乡建设/路灯")]

    assert [each.row for each in prove(rows, Ground(None, None)).of("no_shadowed_row")] == ["R2"]


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


@st.composite
def tied_tables(draw: st.DrawFn) -> list[RouteRow]:
    """Rows with few metrics, so that some are tied."""
    return [replace(each, metric=draw(st.integers(0, 1))) for each in draw(tables())[:8]]


@given(rows=tied_tables())
def test_rows_are_tied_exactly_when_some_case_cannot_tell_them_apart(rows) -> None:
    facts = [fact for _, fact, _ in CONDITIONS]
    combinations = [CaseFacts(**dict(zip(facts, values, strict=True))) for values in Space.of(rows).combinations]

    def alike(one: RouteRow, other: RouteRow) -> bool:
        same = (one.category, one.place, one.metric, condition_count(one)) == (other.category, other.place, other.metric, condition_count(other))  # fmt: skip
        return same and any(conditions_hold(one, case) and conditions_hold(other, case) for case in combinations)

    found = {each.rows for each in prove(rows, Ground(None, None)).of("unambiguous")}

    assert found == {(one.row, other.row) for one, other in itertools.combinations(rows, 2) if alike(one, other)}


@given(drawn=escalations())
def test_loops_and_dead_ends_are_what_following_every_case_says(drawn) -> None:
    rows, units = drawn
    points = sorted({"z", *(each.category for each in rows)}), sorted({"z", *(each.place for each in rows)})
    cases = [CaseFacts(category, place, time_class=time) for category in points[0] for place in points[1] for time in ("work", "night", "holiday")]  # fmt: skip
    stuck = {
        row.row for row in rows for case in cases if covers(row, case) and stops_short(row.unit, rows, units, case)
    }

    found = prove(rows, Ground(points[0], points[1], also_categories=points[0], also_places=points[1], units=units)).of(
        "no_loops"
    )

    assert any("转圈" in each.sentence for each in found) == any(goes_round(rows, units, case) for case in cases)
    assert {each.row for each in found if "就断了" in each.sentence} == stuck


@given(rows=tables(), shifts=st.lists(st.tuples(st.integers(-6, 60), st.integers(0, 30)), max_size=4), paths=st.lists(PATHS, min_size=1, max_size=3))  # fmt: skip
@settings(max_examples=50)
def test_every_next_hop_is_on_duty_at_every_hour_at_which_a_case_can_come(rows, shifts, paths) -> None:
    calendar, hours = shipped_calendar(), [NOON + n * HOUR / 2 for n in range(2 * 72)]
    rows = [replace(each, unit=f"u{number % 2}") for number, each in enumerate(rows[:6])]
    stretches = [Stretch(NOON + a * HOUR, NOON + (a + length) * HOUR) for a, length in shifts]
    facts = [fact for _, fact, _ in CONDITIONS]
    asked = [values if any(getattr(each, name) for each in rows) else values[:1] for values, (name, _, _) in zip(Space.of(rows).values, CONDITIONS, strict=True)]  # fmt: skip
    points = {*leaves(paths), *(row.category for row in rows)}, {*leaves(paths), *(row.place for row in rows)}
    cases = [
        CaseFacts(category, place, **dict(zip(facts, values, strict=True)))
        for category, place, values in product(*points, product(*asked))
    ]
    times = {(oracle(rows, case), case.time_class) for case in cases}
    unattended = {
        row.unit for row in rows for at in hours
        if (row.row, time_class_at(calendar, at)) in times and not any(each.start <= at < (each.end or at) for each in stretches)
    }  # fmt: skip

    ground = Ground(paths, paths, also_categories=points[0], also_places=points[1], calendar=calendar, duty=Duty(NOON, NOON + 72 * HOUR, {"u0": stretches, "u1": stretches}))  # fmt: skip
    found = prove(rows, ground).of("staffed")

    units = {row.row: row.unit for row in rows}
    assert {units[each.row] for each in found} == unattended


@given(data=st.data())
@settings(max_examples=25)
def test_stages_fit_exactly_when_no_minute_of_the_days_tried_says_otherwise(data) -> None:
    limits = st.builds(
        lambda number, unit: Limit(number, unit, Ends.CLOSE_OF_BUSINESS if unit is Unit.WORKING_DAY else Ends.SAME_TIME),
        st.integers(1, 9), st.sampled_from([Unit.MINUTE, Unit.HOUR, Unit.WORKING_HOUR, Unit.WORKING_DAY, Unit.NATURAL_DAY, Unit.END_OF_DAY]),
    )  # fmt: skip
    part, whole = data.draw(limits), data.draw(limits)
    stages = (
        Stage("part", "部分", "assigned", "answered", (LimitRow(part),)),
        Stage("whole", "全程", "filed", "cleared", (LimitRow(whole),)),
    )
    profile = Profile("p", 1, "试", stages)
    calendar = shipped_calendar()
    first = data.draw(st.integers(0, 360))
    starts = (datetime(2022, 1, 1, tzinfo=calendar.tz) + (first * 24 * 60 + minute) * timedelta(minutes=1) for minute in range(4 * 24 * 60))  # fmt: skip
    kind = {"calendar": calendar}

    wrong = [
        at for at in starts if due_at(profile, "part", start=at, **kind) > due_at(profile, "whole", start=at, **kind)
    ]

    found = misfits(profile, calendar=calendar, year=2022)
    assert not wrong or (found and found[0].start <= wrong[0])
    for each in found:
        assert due_at(profile, "part", start=each.start, **kind) == each.inner_due > each.outer_due


@given(rows=tables())
def test_a_table_that_compiles_has_no_tie(rows) -> None:
    proof = prove(rows, Ground(["a/b/c"], ["a/b/c"]))
    ties = [each for each in proof.failures if "分不出先后" in each.sentence]

    RoutingTable.compile(rows, fallback=OFFICE)

    assert ties == []


# --- who is on duty --------------------------------------------------------------------------------------------------

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
