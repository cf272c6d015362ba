"""Who answers for a firm: four slots, each held by one at a time, handed on without a gap; teams, loads and the four coverages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions.pairing import (
    end_pairing,
    hand_over,
    hand_over_all,
    pair,
    pair_many,
    set_substitute,
)
from gridloop.offices.enterprise.actions.register import end_enterprise
from gridloop.offices.enterprise.actions.teams import found_team, join_team, leave_team
from gridloop.offices.enterprise.actions.visits import plan_visit
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries import pairing, register, teams
from gridloop.offices.enterprise.queries.register import Wanted, list_enterprises
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.organisation.actions import add_person, add_post, appoint
from gridloop.offices.organisation.models import Person
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def street() -> None:
    """The sample street with a second service manager."""
    sample_street(FOUNDED)
    keeper = who("keeper", at=FOUNDED)
    add_person(by=keeper, at=FOUNDED, street=CODE, code="P20", name="卯管家", unit="economy")
    add_post(
        by=keeper, at=FOUNDED, street=CODE, code="MANAGER-2", title="服务管家", role="service_manager", unit="economy"
    )
    appoint(by=who("leader", at=FOUNDED), at=FOUNDED, street=CODE, post="MANAGER-2", person="P20")


def paired(firm: Enterprise, slot: str = "manager", **holder: str) -> Pairing:
    told = holder or {"person": "P08"}
    return pair(by=who("desk"), at=MONDAY, street=CODE, subject=firm.subject, slot=slot, **told)  # type: ignore[arg-type]


def test_a_firm_has_four_names_and_the_street_stands_behind_by_default() -> None:
    firm = registered(1)
    paired(firm)
    paired(firm, "leader", person="P12")
    paired(firm, "department", unit="economy")

    stack = pairing.stack_of(firm.subject, street=CODE)

    assert {slot: held.label if held else "" for slot, held in stack.slots.items()} == {
        "leader": "丑区局(区城市管理局)", "department": "经济发展办", "manager": "辛管家(经济发展办)", "backstop": "柳荫街道办事处",
    }  # fmt: skip
    assert stack.blanks == ["backstop"]  # standing in is not the same as being named
    paired(firm, "backstop", unit="office")
    assert pairing.stack_of(firm.subject, street=CODE).is_full


def test_a_slot_is_held_by_one_at_a_time() -> None:
    firm = registered(1)
    paired(firm)

    with pytest.raises(Refused, match="移交"):
        paired(firm, person="P20")


def test_a_pairing_changes_hands_at_one_instant_and_the_firms_timeline_tells_it() -> None:
    firm = registered(1)
    row = paired(firm)

    hand_over(by=who("desk"), at=LATER, pairing=row.ref, person="P20", reason="原管家调岗", note="下周二看车间")

    before, after = reversed(pairing.history_of(firm.subject))
    assert (before.ends_at, after.starts_at, before.followed_by) == (LATER, LATER, after)
    assert after.note == "下周二看车间"
    assert pairing.stack_of(firm.subject, street=CODE, at=MONDAY).slots["manager"].name == "辛管家"  # type: ignore[union-attr]
    assert pairing.stack_of(firm.subject, street=CODE).slots["manager"].name == "卯管家"  # type: ignore[union-attr]
    told = timeline(firm.subject)[-1]
    assert (told.kind, told.payload["before"], told.payload["holder"]) == (
        "pairing.handed_over",
        "辛管家(经济发展办)",
        "卯管家(经济发展办)",
    )


def test_a_hand_over_needs_a_reason_and_another_holder_and_happens_once() -> None:
    row = paired(registered(1))

    with pytest.raises(WrongInput):
        hand_over(by=who("desk"), at=LATER, pairing=row.ref, person="P20", reason="")
    with pytest.raises(Refused):
        hand_over(by=who("desk"), at=LATER, pairing=row.ref, person="P08", reason="调岗")
    hand_over(by=who("desk"), at=LATER, pairing=row.ref, person="P20", reason="调岗")
    with pytest.raises(Refused):
        hand_over(by=who("desk"), at=LATER, pairing=row.ref, person="P20", reason="调岗")


def test_everything_of_one_manager_passes_to_another() -> None:
    firms = [registered(number) for number in (1, 2, 3)]
    filled = pair_many(
        by=who("desk"), at=MONDAY, street=CODE, subjects=[firm.subject for firm in firms], slot="manager", person="P08"
    )

    made = hand_over_all(
        by=who("desk"), at=LATER, street=CODE, slot="manager", leaver="P08", person="P20", reason="休假"
    )

    assert (filled, len(made)) == (3, 3)
    assert all(pairing.stack_of(firm.subject, street=CODE).slots["manager"].name == "卯管家" for firm in firms)  # type: ignore[union-attr]
    with pytest.raises(Refused):
        hand_over_all(by=who("desk"), at=LATER, street=CODE, slot="manager", leaver="P08", person="P20", reason="休假")


def test_filling_many_leaves_those_that_are_held() -> None:
    firms = [registered(number) for number in (1, 2)]
    paired(firms[0])

    filled = pair_many(
        by=who("desk"), at=MONDAY, street=CODE, subjects=[firm.subject for firm in firms], slot="manager", person="P20"
    )

    assert filled == 1
    assert pairing.stack_of(firms[0].subject, street=CODE).slots["manager"].name == "辛管家"  # type: ignore[union-attr]


def test_who_may_hold_which_slot() -> None:
    firm = registered(1)

    with pytest.raises(Refused, match="不是服务管家"):
        paired(firm, person="P03")
    with pytest.raises(WrongInput):
        paired(firm, "leader", unit="office")  # a leader is a person
    with pytest.raises(NotAllowed):
        pair(by=who("manager"), at=MONDAY, street=CODE, subject=firm.subject, slot="manager", person="P08")
    with pytest.raises(NotFound):
        paired(firm, person="P99")
    with pytest.raises(WrongInput):
        pair(by=who("desk"), at=MONDAY, street=CODE, subject="household:abc", slot="manager", person="P08")


def test_whoever_is_paired_sees_the_firm_wherever_it_lies_and_so_does_the_unit() -> None:
    firm = registered(1, address="河畔花园")
    assert list_enterprises(who("manager"), Wanted()).count == 0

    paired(firm)
    paired(firm, "department", unit="urban")

    assert [row.name for row in list_enterprises(who("manager"), Wanted(mine=True)).enterprises] == [firm.name]
    assert list_enterprises(who("urban"), Wanted()).count == 1
    assert list_enterprises(who("housing"), Wanted()).count == 0


def test_a_substitute_stands_in_and_sees_the_firm() -> None:
    row = paired(registered(1, address="河畔花园"))

    set_substitute(by=who("desk"), at=MONDAY, pairing=row.ref, substitute="P10")

    assert list_enterprises(who("economy"), Wanted()).count == 1
    with pytest.raises(Refused):
        set_substitute(by=who("desk"), at=MONDAY, pairing=row.ref, substitute="P08")


def test_blanks_are_counted_and_listed() -> None:
    first, second = registered(1), registered(2)
    row = paired(first)

    rows, page = pairing.matrix(who("desk"), Wanted(lacks="manager"))

    assert (page.count, [each.name for each in rows]) == (1, [second.name])
    assert pairing.blanks(who("desk"), Wanted())["manager"] == 1
    end_pairing(by=who("desk"), at=LATER, pairing=row.ref, reason="退出")
    assert pairing.blanks(who("desk"), Wanted())["manager"] == 2


def test_a_firm_that_leaves_is_paired_with_nobody() -> None:
    firm = registered(1)
    paired(firm)

    end_enterprise(by=who("desk"), at=LATER, enterprise=firm.ref, because="moved", reason="迁往外区")

    assert pairing.history_of(firm.subject)[0].ended_because == "迁出"
    with pytest.raises(Refused):
        paired(firm)


def test_a_term_that_runs_out_is_listed() -> None:
    firm = registered(1)
    pair(
        by=who("desk"),
        at=MONDAY,
        street=CODE,
        subject=firm.subject,
        slot="manager",
        person="P08",
        term_ends_on=date(2022, 6, 30),
    )

    assert len(pairing.terms_running_out(CODE, until=date(2022, 7, 1))) == 1
    assert pairing.terms_running_out(CODE, until=date(2022, 6, 29)) == []
    with pytest.raises(WrongInput):
        pair(
            by=who("desk"),
            at=MONDAY,
            street=CODE,
            subject=firm.subject,
            slot="leader",
            person="P12",
            term_ends_on=date(2022, 1, 1),
        )


def test_projects_are_paired_by_the_same_rules() -> None:
    pair(by=who("desk"), at=MONDAY, street=CODE, subject="project:abc", slot="backstop", unit="office")

    assert pairing.stack_of("project:abc", street=CODE).blanks == ["leader", "department", "manager"]


def test_the_four_coverages_have_denominators_and_lists_of_the_uncovered() -> None:
    first, second = registered(1), registered(2, address="河畔花园")
    paired(first)
    desk = who("desk")
    tax = found_team(by=desk, at=MONDAY, street=CODE, kind="tax", name="办税服务队")
    member = join_team(by=desk, at=MONDAY, team=tax.ref, person="P10", kind="tax", grid="C1")

    found = {each.service: (each.covered, each.total) for each in teams.coverage(desk)}

    assert found == {"admin": (1, 2), "tax": (1, 2), "environment": (0, 2), "factor": (0, 2)}
    assert [row.name for row in teams.uncovered_firms(desk, "tax").enterprises] == [second.name]
    join_team(by=desk, at=MONDAY, team=tax.ref, person="P03", kind="tax")  # for the whole street
    assert teams.uncovered_firms(desk, "tax").count == 0
    Person.objects.filter(street=CODE, code="P03").update(
        left_at=MONDAY
    )  # left the sub-district, not the team: serves nobody
    assert [row.name for row in teams.uncovered_firms(desk, "tax").enterprises] == [second.name]
    Person.objects.filter(street=CODE, code="P03").update(left_at=None)
    leave_team(by=desk, at=LATER, member=member.ref, reason="调岗")
    with pytest.raises(Refused):
        leave_team(by=desk, at=LATER, member=member.ref)


def test_the_team_members_of_a_place_are_those_whose_beat_includes_it() -> None:
    desk = who("desk")
    four = found_team(by=desk, at=MONDAY, street=CODE, kind="four", name="四位一体服务团队")
    join_team(by=desk, at=MONDAY, team=four.ref, person="P03", kind="police", grid="C1")
    join_team(by=desk, at=MONDAY, team=four.ref, person="P05", kind="police", grid="C2")
    join_team(by=desk, at=MONDAY, team=four.ref, person="P06", kind="legal")

    found = teams.serving_at(CODE, registered(1).place)

    assert [(row.kind, row.person.code) for row in found] == [("legal", "P06"), ("police", "P03")]
    with pytest.raises(Refused):
        join_team(by=desk, at=MONDAY, team=four.ref, person="P06", kind="legal")


def test_load_is_counted_by_person_and_ordered_by_staff_code() -> None:
    desk = who("desk")
    four = found_team(by=desk, at=MONDAY, street=CODE, kind="four", name="四位一体服务团队")
    join_team(by=desk, at=MONDAY, team=four.ref, person="P20", kind="manager")
    join_team(by=desk, at=MONDAY, team=four.ref, person="P08", kind="manager")
    paired(registered(1), person="P20")

    assert [(load.person.code, load.pairings) for load in teams.loads(CODE)] == [("P08", 0), ("P20", 1)]
    assert register.visible_to(desk).count() == 1


def test_the_visits_that_a_manager_arranged_pass_on_with_the_firm() -> None:
    one, other = registered(1), registered(2)
    row = paired(one)
    paired(other)
    for firm in (one, other):
        plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=LATER.date(), purposes=["know"])

    hand_over(by=who("desk"), at=MONDAY, pairing=row.ref, person="P20", reason="原管家调岗")

    hosts = dict(Visit.objects.values_list("enterprise__name", "host__code"))
    assert hosts == {one.name: "P20", other.name: "P08"}
    assert timeline(one.subject)[-1].payload["visits"] == 1


def test_who_has_left_leaves_a_blank_that_the_next_pairing_takes_over() -> None:
    firms = [registered(n) for n in (91, 92, 93)]
    rows = [paired(firm) for firm in firms]
    Person.objects.filter(street=CODE, code="P08").update(left_at=MONDAY)

    assert "manager" in pairing.stack_of(firms[0].subject, street=CODE).blanks
    assert pairing.blanks(who("desk"), Wanted())["manager"] == 3
    assert next(each for each in teams.coverage(who("desk")) if each.service == "admin").covered == 0

    taken = paired(firms[0], person="P20")
    others = [firm.subject for firm in firms]
    filled = pair_many(by=who("desk"), at=LATER, street=CODE, subjects=others, slot="manager", person="P20")

    assert (filled, pairing.blanks(who("desk"), Wanted())["manager"]) == (2, 0)
    assert Pairing.objects.get(pk=rows[0].pk).followed_by == taken  # handed over, so the pack names the former
    assert taken.reason == "原包联人已离开"
