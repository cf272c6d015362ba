"""The court of returns: windows, whose move it is, what silence means, what citations speak for, and the row of a ruling."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import WrongInput
from gridloop.core.profile import Ends, Limit, Profile, ReturnRule, Unit
from gridloop.core.returns import (
    ADJUDICATOR,
    DESK,
    UNIT,
    Cited,
    Precedent,
    after_silence,
    answers_until,
    next_step,
    other_side,
    proposed_lead,
    row_of_ruling,
    window_closes,
)
from gridloop.core.route_row import CaseFacts, RouteRow
from gridloop.core.routing import HOP_LIMIT, RoutingTable, fallback_row
from gridloop.offices.supervision.seed import find_profile, shipped_calendar

BEIJING = timezone(timedelta(hours=8))
CALENDAR = shipped_calendar()
OWN = frozenset({"urban", "housing", "office"})
USUAL = ReturnRule()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("grade", "closes"),
    [("ordinary", "2022-05-24T17:30"), ("simple", "2022-05-24T17:30"), ("difficult", "2022-05-25T17:30")],
)
def test_a_window_is_one_working_day_and_two_for_a_difficult_case(grade, closes):
    assert window_closes(moment("2022-05-23T10:00"), grade=grade, rule=USUAL, calendar=CALENDAR) == moment(closes)


@pytest.mark.parametrize(
    ("cited", "returning", "side"),
    [
        ("urban", "housing", "urban"),  # another unit of ours
        ("housing", "housing", "office"),  # a unit cannot be put against itself
        ("district_urban", "housing", "office"),  # a body above us is not made to answer
        ("", "housing", "office"),  # the row names nobody we know
    ],
)
def test_a_return_is_put_to_the_unit_that_the_cited_row_names_else_to_the_desk(cited, returning, side):
    assert other_side(cited, returning=returning, backstop="office", own=OWN) == side


@pytest.mark.parametrize(
    ("returns", "hops", "side", "step"),
    [
        (1, 0, "urban", UNIT),
        (1, 0, "office", DESK),
        (2, 1, "urban", UNIT),
        (3, 2, "urban", ADJUDICATOR),  # the third return is ruled on
        (3, 2, "office", ADJUDICATOR),
        (1, HOP_LIMIT, "urban", ADJUDICATOR),  # nobody may hand it on any more
    ],
)
def test_whose_move_it_is_follows_from_the_returns_and_hops(returns, hops, side, step):
    assert next_step(returns=returns, hops=hops, rule=USUAL, side=side, backstop="office") == step


def test_the_other_side_has_four_office_hours_and_the_adjudicator_a_working_day():
    at = moment("2022-05-27T16:00")  # a Friday

    assert answers_until(UNIT, at, rule=USUAL, calendar=CALENDAR) == moment("2022-05-30T11:30")
    assert answers_until(ADJUDICATOR, at, rule=USUAL, calendar=CALENDAR) == moment("2022-05-30T17:30")


def test_every_silence_has_an_outcome():
    outcomes = {step: after_silence(step, USUAL) for step in (UNIT, DESK, ADJUDICATOR)}

    assert outcomes == {UNIT: "deemed_taken", DESK: "raised", ADJUDICATOR: "ruled_by_rule"}
    assert after_silence(UNIT, ReturnRule(silence="desk")) == "unanswered"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, HOP_LIMIT)), max_size=12))
def test_a_case_is_ruled_on_after_three_returns_at_the_latest(history):
    steps = [
        next_step(returns=number, hops=hops, rule=USUAL, side="urban" if put else "office", backstop="office")
        for number, (put, hops) in enumerate(history, start=1)
    ]

    assert all(step == ADJUDICATOR for step in steps[USUAL.most - 1 :])


def test_the_citations_speak_for_the_unit_they_name_most_weightily():
    cited = [
        Cited("A-1", "assist", "housing", "urban"),
        Cited("B-1", "basic", "urban", "housing"),
        Cited("X-9", "withdrawn", "", "urban"),
    ]

    found = proposed_lead(cited, backstop="office", own=OWN)

    assert (found.unit, found.rows) == ("urban", ("B-1",))


def test_where_the_citations_name_nobody_of_ours_the_sub_district_itself_leads():
    found = proposed_lead([Cited("P-12", "assist", "district_urban", "urban")], backstop="office", own=OWN)

    assert (found.unit, found.rows) == ("office", ("P-12",))


@given(st.lists(st.builds(Cited, st.sampled_from(["A", "B", "C"]), st.sampled_from(["basic", "assist", "withdrawn"]), st.sampled_from(["urban", "housing", "else", ""]), st.sampled_from(["urban", "housing"])), max_size=6))  # fmt: skip
def test_a_proposal_always_names_a_unit_of_ours(citations):
    found = proposed_lead(citations, backstop="office", own=OWN)

    assert found.unit in OWN and found == proposed_lead(citations, backstop="office", own=OWN)


LAMP, HERE = "城乡建设/市政设施/路灯", "410102/S/C1/SW"
ROWS = (
    RouteRow("R1", "urban", "san_bu_guo", category="城乡建设"),
    RouteRow("R2", "urban", "san_bu_guo", category=LAMP, place=HERE, time_classes=frozenset({"night"})),
)


def decided(rows: list[RouteRow]) -> str:
    table = RoutingTable.compile(rows, fallback=fallback_row(unit="office", profile="san_bu_guo"), unit_names={})
    return table.decide(CaseFacts(category=LAMP, place=HERE, level="street", source="phone")).unit


def test_a_ruling_becomes_one_more_row_that_decides_the_next_case():
    asked = row_of_ruling(ROWS, Precedent("2022-000017", LAMP, HERE, "housing", "san_bu_guo", "依先例"))

    assert asked.before is None and asked.after.row == "先例2022-000017"
    assert (decided(list(ROWS)), decided([*ROWS, asked.after])) == ("urban", "housing")


def test_where_a_row_stands_for_the_very_same_cases_it_is_altered_so_that_no_tie_arises():
    asked = row_of_ruling(ROWS, Precedent("2022-000017", "城乡建设", "", "housing", "1137", "依先例"))

    assert (asked.before.row, asked.after.row, asked.after.unit, asked.after.profile) == (
        "R1",
        "R1",
        "housing",
        "san_bu_guo",
    )


def test_a_ruling_that_the_table_says_already_asks_for_no_row():
    assert row_of_ruling(ROWS, Precedent("2022-000017", "城乡建设", "", "urban", "san_bu_guo", "依先例")) is None


def test_the_rule_of_returns_is_data_of_the_profile_and_comes_back_as_it_was():
    profile = find_profile("三不过")
    other = ReturnRule(2, 3, Limit(6, Unit.WORKING_HOUR), Limit(2, Unit.WORKING_DAY, Ends.CLOSE_OF_BUSINESS), "desk", 2)
    told = profile.to_data() | {"returns": {"window": 2, "window_difficult": 3, "answer": {"number": 6, "unit": "working_hour"}, "ruling": {"number": 2, "unit": "working_day"}, "silence": "desk", "most": 2}}  # fmt: skip

    found = Profile.from_data(told)

    assert profile.returns == USUAL and "returns" not in profile.to_data()
    assert found.returns == other and Profile.from_data(found.to_data()) == found


@pytest.mark.parametrize(
    "returns", [{"silence": "maybe"}, {"most": 9}, {"window": 3, "window_difficult": 2}, {"window": 0}]
)
def test_a_rule_of_returns_that_makes_no_sense_is_refused(returns):
    with pytest.raises(WrongInput):
        Profile.from_data(find_profile("三不过").to_data() | {"returns": returns})
