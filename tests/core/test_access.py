"""Who may do what where: scopes, relations and decisions, each with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.access import (
    FILES_CASES,
    RELATION_LABELS,
    ROLE_LABELS,
    SEES_THE_PLACE,
    SEES_THE_UNIT,
    SYSTEM,
    Actor,
    CaseStanding,
    PostHeld,
    Role,
    decide,
    lies_in,
    relations,
    scope_of,
)

STREET = "410102/410102990"
CELL = f"{STREET}/C1/C1-SW"
SEGMENT = st.text("ab1-", min_size=1, max_size=4)
PATH = st.lists(SEGMENT, min_size=1, max_size=5).map("/".join)


def someone(role: str, *, unit: str = "urban", place: str = STREET, person_id: int = 7) -> Actor:
    post = PostHeld(post="P", role=role, title="岗", unit=unit, place=place, street="410102990")
    return Actor(kind="person", ref="r", name="甲", street="410102990", posts=(post,), person_id=person_id)


def standing(**changes: object) -> CaseStanding:
    return CaseStanding(**{"state": "routed", "street": "410102990", "place": CELL, "lead_unit": "urban", **changes})


@pytest.mark.parametrize(
    ("actor", "case", "expected"),
    [
        (someone(Role.UNIT_WORKER), standing(), {"lead_unit"}),
        (someone(Role.UNIT_LEADER), standing(), {"lead_unit", "lead_leader"}),
        (someone(Role.UNIT_WORKER, unit="housing"), standing(), set()),  # another unit
        (someone(Role.UNIT_WORKER, unit="housing"), standing(co_units=frozenset({"housing"})), {"co_unit"}),
        (someone(Role.DUTY_DESK, unit="office"), standing(), {"desk"}),
        (someone(Role.DUTY_DESK, unit="office"), standing(lead_unit="office"), {"desk", "lead_unit", "lead_leader"}),
        (someone(Role.DUTY_DESK, unit="office", place="410102/410102991"), standing(), set()),  # the neighbour's desk
        (someone(Role.GRID_WORKER, unit="office", place=f"{STREET}/C1"), standing(), {"grid"}),
        (someone(Role.GRID_WORKER, unit="office", place=f"{STREET}/C"), standing(), set()),  # by whole segments
        (someone(Role.VERIFIER, unit="office"), standing(handlers=frozenset({7})), {"verifier", "handler"}),
        (someone(Role.SERVICE_MANAGER, unit="economy"), standing(first_contact=7), {"first_contact"}),
        (someone(Role.UNIT_WORKER), standing(requester=7, grader=7), {"lead_unit", "requester", "grader"}),
        (someone(Role.SYSTEM_KEEPER, unit="office"), standing(), set()),  # setting up is no licence to look
        (Actor("reporter", "r", "反映人", reports=frozenset({3})), standing(reports=frozenset({3, 4})), {"reporter"}),
        (Actor("reporter", "r", "反映人", reports=frozenset({5})), standing(reports=frozenset({3, 4})), set()),
        (SYSTEM, standing(), {"system"}),
        (Actor("person", "r", "无岗", person_id=7), standing(), set()),
    ],
)
def test_what_someone_is_to_a_case(actor, case, expected):
    assert relations(actor, case) == expected


def test_an_unknown_person_is_nobody_in_particular():
    assert relations(Actor("reporter", "r", "反映人"), standing()) == set(), "0 stands for nobody, not for everybody"


@pytest.mark.parametrize(
    ("actor", "places", "units", "person"),
    [
        (someone(Role.DUTY_DESK), (STREET,), (), 7),
        (someone(Role.UNIT_WORKER), (), ("urban",), 7),
        (someone(Role.SERVICE_MANAGER), (), (), 7),  # only what they filed themselves
        (Actor("person", "r", "无岗", person_id=7), (), (), 0),  # without a post not even that
    ],
)
def test_what_someone_may_see(actor, places, units, person):
    scope = scope_of(actor)

    assert (scope.places, scope.units, scope.person_id, scope.everything) == (places, units, person, False)
    assert scope.is_empty == (not places and not units and not person)


def test_the_system_sees_everything_and_a_receipt_only_its_reports():
    assert scope_of(SYSTEM).everything
    assert scope_of(Actor("reporter", "r", "反映人", reports=frozenset({3}))).reports == {3}


def test_roles_are_held_in_a_street():
    actor = someone(Role.DUTY_DESK)

    assert actor.roles() == actor.roles("410102990") == {Role.DUTY_DESK} and actor.roles("410102991") == frozenset()
    assert actor.label == "person:r" and actor.units() == {"urban"}


def test_every_role_and_relation_has_its_name():
    assert set(ROLE_LABELS) == set(Role) and set(Role) >= SEES_THE_PLACE | SEES_THE_UNIT | FILES_CASES
    assert all(RELATION_LABELS.values())


@given(place=PATH, prefix=PATH)
def test_a_place_lies_in_a_prefix_by_whole_segments(place, prefix):
    parts, wanted = place.split("/"), prefix.split("/")

    assert lies_in(place, prefix) == (parts[: len(wanted)] == wanted)


@given(
    by=st.frozensets(st.sampled_from(sorted(RELATION_LABELS))),
    never=st.frozensets(st.sampled_from(["handler", "requester", "grader", "reporter", "first_contact"])),
    held=st.frozensets(st.sampled_from(sorted(RELATION_LABELS))),
)
def test_a_decision_is_a_bar_before_a_permission_and_a_refusal_has_its_reason(by, never, held):
    decision = decide(verb_label="核实", by=by, never=never, actor_relations=held)

    assert decision.allowed == bool(by & held and not never & held)
    assert decision.allowed == (decision.reason == "")


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ({"verifier", "handler"}, "您经办过此件,不能由您核实;请换一位同事。"),
        ({"reporter"}, "核实由核查员来做;请联系他们。"),
    ],
)
def test_a_reason_is_a_sentence_with_a_way_on(held, says):
    found = decide(
        verb_label="核实", by=frozenset({"verifier"}), never=frozenset({"handler"}), actor_relations=frozenset(held)
    )

    assert found.reason == says
