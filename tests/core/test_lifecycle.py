"""The state chart of a case holds together, and what is permitted follows from it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.access import RELATION_LABELS
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.lifecycle import CASE, CLOSED_STATES, LIVE_STATES, OPEN_STATES, chart_problems, permit, possible

VERBS = st.sampled_from(sorted(CASE.verbs))
STATES = st.sampled_from(sorted(CASE.states))
RELATIONS = st.frozensets(st.sampled_from(sorted(RELATION_LABELS)))


def with_verb(name: str, **changes: object):
    """The chart, with one verb changed."""
    return replace(CASE, verbs={**CASE.verbs, name: replace(CASE.verbs[name], **changes)})


def without_exits(state: str):
    """The chart, with no verb that leads out of the state."""
    return replace(
        CASE, verbs={name: replace(verb, sources=verb.sources - {state}) for name, verb in CASE.verbs.items()}
    )


def test_the_chart_of_a_case_holds_together():
    assert chart_problems(CASE) == []


@pytest.mark.parametrize(
    ("chart", "problem"),
    [
        (with_verb("escalate", targets=("heaven",)), "verb escalate names the unknown state heaven"),
        (with_verb("merge", targets=()), "state merged cannot be reached"),
        (without_exits("suspended"), "state suspended has no way out"),
        (with_verb("answer", by=frozenset()), "verb answer is permitted to nobody"),
        (with_verb("verify", by=frozenset({"handler"})), "verb verify is permitted to nobody"),
    ],
)
def test_a_chart_with_a_hole_is_told_where(chart, problem):
    assert problem in chart_problems(chart)


def test_open_live_and_closed_states_are_told_apart():
    assert OPEN_STATES < LIVE_STATES and not LIVE_STATES & CLOSED_STATES
    assert set(CASE.states) == LIVE_STATES | CLOSED_STATES
    assert {"answered", "verified"} == LIVE_STATES - OPEN_STATES


def test_who_handles_neither_verifies_nor_strikes_off_nor_calls_back():
    for name in ("verify", "strike_off", "record_callback"):
        assert "handler" in CASE.verbs[name].never


def test_who_asks_does_not_decide_and_who_grades_does_not_confirm():
    assert CASE.verbs["decide_extension"].never == CASE.verbs["decide_suspension"].never == {"requester"}
    assert CASE.verbs["confirm_grade"].never == {"grader"}


def test_a_verb_is_permitted_to_those_it_names():
    assert permit(CASE, verb="verify", state="answered", actor_relations=frozenset({"verifier"})).label == "核实"


@pytest.mark.parametrize(
    ("verb", "state", "relations", "error", "says"),
    [
        ("verify", "answered", {"verifier", "handler"}, NotAllowed, "您经办过此件"),  # barred, though permitted
        ("verify", "answered", {"reporter"}, NotAllowed, "请联系他们"),  # not named
        ("verify", "routed", {"verifier"}, Refused, "待签收"),  # the state forbids it
        ("verify", "routed", set(), NotAllowed, "请联系他们"),  # who may not do it learns nothing of the state
        ("fly", "routed", {"desk"}, WrongInput, "没有“fly”这个动作"),
    ],
)
def test_a_refusal_says_why(verb, state, relations, error, says):
    with pytest.raises(error, match=says):
        permit(CASE, verb=verb, state=state, actor_relations=frozenset(relations))


@given(verb=VERBS, state=STATES, relations=RELATIONS)
def test_what_is_permitted_is_exactly_what_is_possible(verb, state, relations):
    offered = verb in {each.name for each in possible(CASE, state=state, actor_relations=relations)}

    try:
        permit(CASE, verb=verb, state=state, actor_relations=relations)
        permitted = True
    except (NotAllowed, Refused):
        permitted = False

    assert permitted == offered


@given(verb=VERBS, state=STATES, relations=RELATIONS, more=RELATIONS)
def test_only_a_bar_takes_away_what_was_permitted(verb, state, relations, more):
    found = CASE.verbs[verb]
    before = {each.name for each in possible(CASE, state=state, actor_relations=relations)}
    after = {each.name for each in possible(CASE, state=state, actor_relations=relations | more)}

    assert verb not in before or verb in after or found.never & more


@given(state=STATES)
def test_nobody_may_do_anything_without_a_relation(state):
    assert possible(CASE, state=state, actor_relations=frozenset()) == []
