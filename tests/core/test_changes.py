"""Changes of the setup as data: nothing is lost, everything can be taken back, who drafted does not publish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.access import SYSTEM, Actor, PostHeld
from gridloop.core.changes import (
    CHANGE_VERBS,
    Change,
    ChangeStanding,
    combined,
    differences,
    in_conflict,
    inverted,
    may_change,
    overlaid,
)

ROWS = st.dictionaries(st.sampled_from("abcdef"), st.fixed_dictionaries({"name": st.sampled_from(["甲", "乙", "丙"])}))


@given(ROWS, ROWS)
def test_the_differences_make_the_wanted_rows(rows, wanted):
    assert overlaid(rows, differences("units", rows, wanted)) == wanted


@given(ROWS, ROWS)
def test_the_inverted_changes_take_everything_back(rows, wanted):
    changes = differences("units", rows, wanted)

    assert overlaid(overlaid(rows, changes), inverted(changes)) == rows


@given(ROWS, ROWS, ROWS)
def test_two_edits_of_a_draft_come_to_one_change_a_row(rows, first, second):
    changes = differences("units", rows, first)
    both = combined(changes, differences("units", first, second))

    assert overlaid(rows, both) == second
    assert len({change.key for change in both}) == len(both)
    assert all(change.before != change.after for change in both)


@given(ROWS, ROWS)
def test_changes_just_drafted_are_in_no_conflict(rows, wanted):
    assert in_conflict(differences("units", rows, wanted), rows) == []


def test_a_row_changed_by_somebody_else_is_in_conflict():
    change = Change("units", "a", {"name": "甲"}, {"name": "乙"})

    assert in_conflict([change], {"a": {"name": "丙"}}) == [change]
    assert in_conflict([change], {}) == [change]


def actor(role: str, person: int = 1, kind: str = "person") -> Actor:
    return Actor(kind, f"p{person}", "某人", "S", (PostHeld("X", role, "岗", "u", "S", "S"),), person)


CASES = [
    # verb        role              person chapters     state        allowed
    ("draft", "system_keeper", 1, {"units"}, "", True),
    ("draft", "street_leader", 1, {"routes"}, "", True),
    ("draft", "unit_worker", 1, {"units"}, "", False),
    ("draft", "security_keeper", 1, {"units"}, "", False),  # 三员分工: security does not set up
    ("draft", "security_keeper", 1, {"holdings"}, "", True),  # but grants
    ("draft", "audit_keeper", 1, {"holdings"}, "", False),
    ("publish", "system_keeper", 2, {"routes"}, "submitted", True),
    ("publish", "system_keeper", 1, {"routes"}, "submitted", False),  # own draft
    ("publish", "system_keeper", 2, {"holdings"}, "submitted", False),  # granting is for security
    ("publish", "security_keeper", 2, {"holdings"}, "submitted", True),
    ("publish", "security_keeper", 2, {"holdings", "units"}, "submitted", False),  # both want a leader
    ("publish", "street_leader", 2, {"holdings", "units"}, "submitted", True),
    ("publish", "system_keeper", 2, {"routes"}, "draft", False),  # not handed in
    ("publish", "system_keeper", 2, {"routes"}, "in_force", False),  # twice
    ("edit", "system_keeper", 2, {"routes"}, "draft", False),  # only its drafter
    ("edit", "system_keeper", 1, {"routes"}, "published", False),  # what was published stays
    ("discard", "system_keeper", 2, {"routes"}, "published", True),  # before its date
    ("discard", "system_keeper", 2, {"routes"}, "in_force", False),
    ("roll_back", "system_keeper", 2, {"routes"}, "in_force", True),
]


@pytest.mark.parametrize(("verb", "role", "person", "chapters", "state", "allowed"), CASES)
def test_the_table_of_who_may_do_what(verb, role, person, chapters, state, allowed):
    standing = ChangeStanding("S", state, 1, frozenset(chapters))

    decision = may_change(verb, by=actor(role, person), standing=standing)

    assert decision.allowed is allowed
    assert bool(decision.reason) is not allowed


@pytest.mark.parametrize("verb", CHANGE_VERBS)
def test_nobody_of_another_street_may_do_anything(verb):
    standing = ChangeStanding("T", "draft", 1, frozenset({"units"}))

    assert not may_change(verb, by=actor("street_leader"), standing=standing).allowed


def test_a_drafters_token_is_barred_as_the_drafter_is():
    standing = ChangeStanding("S", "submitted", 1, frozenset({"routes"}))

    assert not may_change("publish", by=actor("system_keeper", 1, kind="token"), standing=standing).allowed


def test_the_system_is_held_to_the_states():
    assert may_change("publish", by=SYSTEM, standing=ChangeStanding("S", "submitted")).allowed
    assert not may_change("publish", by=SYSTEM, standing=ChangeStanding("S", "draft")).allowed
