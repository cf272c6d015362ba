"""The draw of struck-off cases: a function of seed, rule and population; who may inspect."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import WrongInput
from gridloop.core.sampling import (
    Drawn,
    SampleRule,
    bounds_of,
    commitment_of,
    draw,
    draw_problems,
    may_inspect,
    period_of,
    seed_of,
)

SECRET, ROOT = "ab" * 32, "cd" * 32
REFS = st.lists(st.text("abcdefgh23456789", min_size=4, max_size=8), unique=True, max_size=60)
POPULATION = st.dictionaries(st.sampled_from(["urban", "housing", "economy"]), REFS, max_size=3)
RULES = st.builds(SampleRule, st.integers(1, 3), st.integers(1, 100), st.integers(3, 20))


def seed(period: str = "2022-05") -> str:
    return seed_of(SECRET, root=ROOT, street="410102990", period=period)


@pytest.mark.parametrize(
    ("population", "size"),
    [(0, 0), (1, 1), (2, 2), (3, 2), (20, 2), (21, 3), (100, 10), (199, 20), (5000, 20)],
)
def test_a_tenth_is_drawn_rounded_up_at_least_two_at_most_twenty(population, size):
    assert SampleRule().size(population) == size


@given(POPULATION, RULES)
def test_the_same_seed_draws_the_same_whatever_the_order_and_every_unit_is_drawn_from(population, rule):
    drawn = draw(population, seed=seed(), rule=rule)

    assert drawn == draw(
        {unit: list(reversed(refs)) for unit, refs in reversed(population.items())}, seed=seed(), rule=rule
    )
    for unit, refs in population.items():
        own = [each for each in drawn if each.unit == unit]
        assert len(own) == rule.size(len(refs)) and {each.ref for each in own} <= set(refs)


@given(POPULATION, RULES)
def test_what_was_drawn_as_announced_has_no_problem_and_any_change_has(population, rule):
    told = {"secret": SECRET, "commitment": commitment_of(SECRET), "root": ROOT, "street": "410102990", "period": "2022-05", "rule": rule, "population": population}  # fmt: skip
    drawn = draw(population, seed=seed(), rule=rule)

    assert draw_problems(**told, drawn=drawn) == []
    assert draw_problems(**told | {"commitment": commitment_of("00" * 32)}, drawn=drawn) != []
    assert draw_problems(**told, drawn=[*drawn, Drawn("urban", "not-one-of-them", "00")]) != []
    if drawn:
        assert draw_problems(**told, drawn=drawn[1:]) != []
        assert draw_problems(**told, drawn=[replace(drawn[0], unit="else"), *drawn[1:]]) != []


def test_secret_root_street_and_month_all_decide_the_draw():
    seeds = {
        seed(), seed("2022-06"), seed_of("00" * 32, root=ROOT, street="410102990", period="2022-05"),
        seed_of(SECRET, root="00" * 32, street="410102990", period="2022-05"), seed_of(SECRET, root=ROOT, street="410102991", period="2022-05"),
    }  # fmt: skip

    assert len(seeds) == 5


def test_every_case_is_as_likely_as_any_other():
    refs = [f"case{number:02}" for number in range(20)]
    times = dict.fromkeys(refs, 0)
    for month in range(2000):
        for each in draw({"urban": refs}, seed=seed(f"{month}"), rule=SampleRule(least=5)):
            times[each.ref] += 1

    assert all(420 < count < 580 for count in times.values()), times  # 500 each; 4 standard deviations are 77


def test_a_month_is_that_of_the_street():
    assert period_of(datetime.fromisoformat("2022-05-31T16:30:00+00:00"), "Asia/Shanghai") == "2022-06"
    starts, ends = bounds_of("2022-12", "Asia/Shanghai")
    assert (starts.isoformat(), ends.isoformat()) == ("2022-12-01T00:00:00+08:00", "2023-01-01T00:00:00+08:00")


@pytest.mark.parametrize(
    "written", ["2022-13", "2022-5", "+2022-05", "２０２２-05", "0001-01", "9999-12", "2022-05\n", ""]
)
def test_a_month_of_no_calendar_of_ours_is_refused_in_words(written):
    with pytest.raises(WrongInput):
        bounds_of(written, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("roles", "barred", "turn", "may"),
    [
        (["env_monitor"], [], True, True),
        (["verifier"], [], True, False),  # the monitors' days are not over
        (["verifier"], [], False, True),
        (["env_monitor"], ["核实"], False, False),
        (["duty_desk"], ["销号"], False, False),
        (["unit_worker"], [], False, False),
        (["grid_worker", "system_keeper"], [], False, False),
    ],
)
def test_monitors_inspect_first_and_nobody_inspects_what_they_had_a_part_in(roles, barred, turn, may):
    assert (may_inspect(roles=roles, barred=barred, is_monitors_turn=turn) == "") is may


@pytest.mark.parametrize(
    "values", [{"least": 0}, {"least": 5, "most": 4}, {"share": 0}, {"share": 101}, {"first_days": 31}]
)
def test_a_rule_that_makes_no_sense_is_refused(values):
    with pytest.raises(WrongInput):
        SampleRule(**values)
