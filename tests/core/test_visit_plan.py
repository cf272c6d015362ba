"""Whom to visit next: caps, quiet days and room are kept, wishes become one visit, and the neediest are seen."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.core.errors import WrongInput
from gridloop.core.visit_check import plan_faults
from gridloop.core.visit_plan import (
    CAPPED,
    DECLINED,
    NO_MANAGER,
    NO_ROOM,
    QUIET,
    TOO_SOON,
    Cap,
    Firm,
    Plan,
    Rules,
    Wish,
    need_of,
    plan_visits,
)

MONDAY = date(2022, 5, 30)
WEEK = [MONDAY + timedelta(days=n) for n in range(5)]
NOBODY_WAITS = Rules(cap=Cap(9, 30))


def on(*days: int) -> tuple[date, ...]:
    """Days of May 2022."""
    return tuple(date(2022, 5, day) for day in days)


def planned(firms: list[Firm], *, rules: Rules = NOBODY_WAITS, room: int = 1, wishes: list[Wish] | None = None, days: list[date] = WEEK) -> Plan:  # fmt: skip
    return plan_visits(firms, days=days, managers={"m": room, "n": room}, rules=rules, wishes=wishes or ())


def reasons(plan: Plan) -> dict[str, str]:
    return {each.firm: each.why for each in plan.left_out}


def test_who_waits_longest_is_seen_first_and_a_telephone_call_counts_as_a_contact():
    firms = [
        Firm("door", "m", contacts=on(2), on_site=on(2)),
        Firm("phone", "m", contacts=on(1)),  # a call on the 1st: waits a day longer than the visit on the 2nd
        Firm("phoned-yesterday", "m", contacts=on(1, 29)),
    ]

    plan = planned(firms, days=[MONDAY])

    assert [visit.firm for visit in plan.visits] == ["phone"]
    assert [each.firm for each in plan.left_out] == ["door", "phoned-yesterday"]


@pytest.mark.parametrize(
    ("firm", "need"),
    [
        (Firm("A", "m", contacts=on(20)), 10 * 1.1),  # a small firm, ten days
        (Firm("A", "m", contacts=on(20), size="large"), 10.0),  # a large one waits no faster
        (Firm("A", "m", contacts=on(20), size="micro", risk="stalled"), 10 * 1.2 * 3),  # a stalled small one does
        (Firm("A", "m", size="large"), 365.0),  # never contacted
        (
            Firm("A", "m", contacts=(*on(20), date(2022, 6, 10)), size="large"),
            10.0,
        ),  # what is agreed for June is no contact yet
    ],
)
def test_the_need_says_how_it_was_made_up(firm, need):
    value, why = need_of(firm, at=MONDAY, rules=NOBODY_WAITS)

    assert value == pytest.approx(need)
    assert f"= {need:.1f}" in why


def test_wishes_of_several_bodies_become_one_visit():
    wishes = [Wish("A", "税务", "送政策"), Wish("A", "城管", "解难题"), Wish("A", "税务", "送服务")]

    plan = planned([Firm("A", "m")], wishes=wishes)

    assert len(plan.visits) == 1
    assert plan.visits[0].bodies == ("城管", "税务")
    assert plan.visits[0].purposes == ("解难题", "送政策", "送服务")


def test_a_wish_with_a_last_day_goes_before_a_greater_need():
    firms = [Firm("never", "m"), Firm("yesterday", "m", contacts=on(29))]

    plan = planned(firms, wishes=[Wish("yesterday", "消防", "检查", by=MONDAY)], days=[MONDAY])

    assert [visit.firm for visit in plan.visits] == ["yesterday"]


@pytest.mark.parametrize(
    ("firm", "rules", "wishes", "why"),
    [
        (Firm("A", "m", declined=True), NOBODY_WAITS, [], DECLINED),
        (Firm("A", "m", on_site=on(20)), Rules(), [], CAPPED),  # once in thirty days
        (
            Firm("A", "m", on_site=(date(2022, 6, 15),)),
            Rules(),
            [],
            CAPPED,
        ),  # what is agreed for June counts backwards too
        (Firm("A", "m"), Rules(quiet=frozenset(WEEK)), [], QUIET),
        (Firm("A", "m", quiet=frozenset(WEEK)), NOBODY_WAITS, [], QUIET),
        (Firm("A", "absent"), NOBODY_WAITS, [], NO_MANAGER),
        (Firm("A", "m"), NOBODY_WAITS, [Wish("A", "税务", "送政策", by=date(2022, 5, 27))], TOO_SOON),
    ],
)
def test_a_firm_that_cannot_be_visited_is_named_with_the_reason(firm, rules, wishes, why):
    plan = planned([firm], rules=rules, wishes=wishes)

    assert plan.visits == ()
    assert reasons(plan) == {"A": why}


def test_a_capped_firm_is_told_when_it_is_free_again():
    plan = planned([Firm("A", "m", on_site=on(20))], rules=Rules())

    assert plan.left_out[0].free_on == date(2022, 6, 19)  # thirty days from 20 May


def test_an_urgent_wish_may_break_a_quiet_day_and_a_refusal_but_no_cap():
    quiet = Rules(quiet=frozenset(WEEK))
    fire = [Wish("A", "消防", "隐患", urgent=True)]

    assert planned([Firm("A", "m", declined=True)], rules=quiet, wishes=fire).visits
    assert reasons(planned([Firm("A", "m", on_site=on(20))], rules=Rules(), wishes=fire)) == {"A": CAPPED}


def test_room_is_made_by_moving_who_can_be_moved():
    tuesday_only = frozenset(set(WEEK) - {WEEK[1]})
    firms = [
        Firm("free", "m", contacts=on(1)),  # the neediest: takes Monday unless asked to move
        Firm("monday", "m", contacts=on(10), quiet=frozenset(WEEK[1:])),
        Firm("tuesday", "m", contacts=on(20), quiet=tuesday_only),
    ]

    plan = planned(firms)

    assert {visit.firm: visit.day for visit in plan.visits}["monday"] == WEEK[0]
    assert len(plan.visits) == 3


def test_firms_of_one_area_are_drawn_together():
    firms = [Firm(f"{area}{n}", "m", contacts=on(n), area=area) for n in range(1, 4) for area in ("east", "west")]

    plan = planned(firms, room=3, days=WEEK[:2])

    by_day = {day: {visit.firm[:4] for visit in plan.visits if visit.day == day} for day in WEEK[:2]}
    assert sorted(map(len, by_day.values())) == [1, 1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"days": []}, "visits.days"),
        ({"days": [WEEK[1], WEEK[0]]}, "visits.days"),
        ({"managers": {"m": -1}}, "visits.room"),
        ({"wishes": [Wish("nobody", "税务", "送政策")]}, "visits.unknown_firm"),
        ({"firms": [Firm("A", "m"), Firm("A", "m")]}, "visits.firm_twice"),
    ],
)
def test_a_question_that_makes_no_sense_is_told(change, code):
    asked = {"firms": [Firm("A", "m")], "days": WEEK, "managers": {"m": 1}, "rules": NOBODY_WAITS, **change}

    with pytest.raises(WrongInput) as told:
        plan_visits(asked.pop("firms"), **asked)

    assert told.value.code == code


DAYS = st.integers(0, 60).map(lambda back: MONDAY - timedelta(days=back))
FIRMS = st.lists(
    st.builds(
        Firm,
        code=st.uuids().map(str),
        manager=st.sampled_from(["m", "n"]),
        contacts=st.lists(DAYS, max_size=2).map(tuple),
        on_site=st.lists(DAYS, max_size=3).map(tuple),
        size=st.sampled_from(["large", "small", "micro"]),
        risk=st.sampled_from(["normal", "stalled"]),
        declined=st.booleans(),
        quiet=st.frozensets(st.sampled_from(WEEK), max_size=4),
        area=st.sampled_from(["", "east", "west"]),
    ),
    max_size=7,
    unique_by=lambda firm: firm.code,
)


@settings(deadline=None)
@given(FIRMS, st.builds(Cap, st.integers(1, 3), st.integers(1, 40)), st.frozensets(st.sampled_from(WEEK), max_size=3), st.integers(0, 2), st.data())  # fmt: skip
def test_whatever_is_asked_no_promise_is_broken(firms, cap, quiet, room, data):
    codes = [firm.code for firm in firms]
    wish = st.builds(Wish, st.sampled_from(codes or [""]), st.sampled_from(["税务", "消防"]), st.just("送政策"), st.none() | st.sampled_from(WEEK), st.booleans())  # fmt: skip
    wishes = data.draw(st.lists(wish, max_size=4)) if codes else []
    question = {
        "days": WEEK,
        "managers": {"m": room, "n": room},
        "rules": Rules(quiet=quiet, cap=cap),
        "wishes": wishes,
    }

    plan = plan_visits(firms, **question)

    assert plan_faults(plan, firms, **question) == []
    assert plan_visits(list(reversed(firms)), **question) == plan


@settings(deadline=None, max_examples=60)
@given(FIRMS, st.frozensets(st.sampled_from(WEEK), max_size=2))
def test_no_other_plan_of_a_manager_sees_a_greater_need(firms, quiet):
    firms = [firm for firm in firms if firm.manager == "m"][:5]
    days = WEEK[:3]
    rules = Rules(quiet=quiet, cap=Cap(1, 10))

    plan = plan_visits(firms, days=days, managers={"m": 1}, rules=rules)

    needs = {firm.code: need_of(firm, at=days[0], rules=rules)[0] for firm in firms}
    assert sum(visit.need for visit in plan.visits) == pytest.approx(best_by_trying(firms, days, rules, needs))


def best_by_trying(firms: list[Firm], days: list[date], rules: Rules, needs: dict[str, float]) -> float:
    """The greatest need that can be seen with one visit a day: every set of firms, every way of giving them days."""

    def may(firm: Firm, day: date) -> bool:
        visits = sorted([*firm.on_site, day])
        windows = [day - timedelta(days=back) for back in range(rules.cap.days)]
        full = any(
            sum(start <= v < start + timedelta(days=rules.cap.days) for v in visits) > rules.cap.visits
            for start in windows
        )
        return not (full or firm.declined or day in rules.quiet or day in firm.quiet)

    best = 0.0
    for size in range(len(days) + 1):
        for some in combinations(firms, size):
            if any(len(set(given)) == size and all(map(may, some, given)) for given in product(days, repeat=size)):
                best = max(best, sum(needs[firm.code] for firm in some))
    return best


def test_a_broken_plan_is_found_out():
    firms = [Firm("A", "m"), Firm("B", "m", declined=True)]
    plan = planned(firms)
    question = {"days": WEEK, "managers": {"m": 1, "n": 1}, "rules": NOBODY_WAITS}

    assert plan_faults(plan, firms, **question) == []
    assert plan_faults(Plan(plan.visits, ()), firms, **question)
    assert plan_faults(Plan((*plan.visits, *plan.visits), plan.left_out), firms, **question)
    assert plan_faults(plan, firms, **{**question, "rules": Rules(quiet=frozenset(WEEK))})


def test_nobody_is_left_out_for_want_of_room_while_there_is_room():
    plan = planned([Firm(f"F{n}", "m") for n in range(7)])

    assert len(plan.visits) == 5
    assert set(reasons(plan).values()) == {NO_ROOM}
