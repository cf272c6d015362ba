"""Posts and who holds them, changed by change-sets: no vacancy at the desk, no gap unsaid, nobody appoints himself."""

from __future__ import annotations

import pytest

from gridloop.core.errors import NotAllowed, Refused
from gridloop.offices.organisation.models import Holding
from tests.offices.change_sets import DAY, done, hold, holding, new_findings, propose, publish, submit
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who


@pytest.fixture(autouse=True)
def street(db):
    """The sample street."""
    return sample_street()


def test_a_handover_without_a_gap_raises_no_finding():
    draft = propose("holdings", holding("GRID-C1"), {"ends": "2022-06-01 00:00"})
    draft = hold("GRID-C1", "P10", starts="2022-06-01", change_set=draft.ref)

    assert new_findings(draft) == ()


def test_a_gap_between_two_holders_is_told_with_its_day():
    draft = propose("holdings", holding("GRID-C1"), {"ends": "2022-06-01"})
    draft = hold("GRID-C1", "P10", starts="2022-06-05", change_set=draft.ref)

    assert ["2022-06-01" in found.sentence for found in new_findings(draft)] == [True]


def test_two_holders_of_a_grid_post_at_once_are_told_but_a_substitute_is_welcome():
    twice = hold("GRID-C1", "P10", starts="2022-06-01")
    beside = hold("GRID-C1", "P10", starts="2022-06-01", substitute="是", by="leader")

    assert "两人同时担任" in new_findings(twice)[0].sentence
    assert new_findings(beside) == ()


def test_the_duty_desk_is_never_left_vacant():
    draft = propose("holdings", holding("DESK"), None)

    with pytest.raises(Refused, match="值班受理岗”无人在岗"):
        submit(draft)


def test_the_last_two_keepers_cannot_be_taken_away():
    draft = propose("holdings", holding("KEEPER"), None, by="leader")
    draft = propose("holdings", holding("KEEPER-2"), None, by="leader", change_set=draft.ref)

    with pytest.raises(Refused, match="只剩 1 个"):
        submit(draft, by="leader")


def test_granting_is_published_by_a_leader_or_security_keeper_and_not_about_oneself():
    draft = submit(hold("GRID-C1", "P10", substitute="是"))
    about = submit(hold("GRID-C1", "P02", substitute="是"))

    with pytest.raises(NotAllowed, match="涉及授权"):
        publish(draft, by="keeper2")
    with pytest.raises(NotAllowed, match="关于您自己"):
        publish(about, by="leader")
    assert publish(draft).state == "in_force"


def test_a_new_holder_may_act_from_the_day_on():
    done(
        "holdings",
        "",
        {"post": "GRID-C1", "person": "P10", "starts": "2022-06-01", "ends": "2022-06-03", "is_substitute": "是"},
    )

    roles = [who("economy", at=MONDAY + DAY * days).roles(CODE) for days in (0, 9, 12)]

    assert ["grid_worker" in each for each in roles] == [False, True, False]


def test_leave_is_delegated_and_ends_by_itself():
    done(
        "delegations",
        "",
        {"holding": holding("URBAN-0"), "to": "P03", "reason": "年休假", "starts": "2022-05-24", "ends": "2022-05-28"},
    )

    assert "unit_leader" in who("urban", at=MONDAY + DAY).roles(CODE)
    assert "unit_leader" not in who("urban", at=MONDAY + DAY * 6).roles(CODE)


def test_an_edit_of_one_cell_leaves_the_exact_moment_of_another():
    key = holding("GRID-C1")
    started = Holding.objects.get(ref=key).starts_at
    done("holdings", key, {"ends": "2022-12-31"})

    found = Holding.objects.get(ref=key)
    assert found.starts_at == started
    assert found.ends_at.astimezone(BEIJING).date().isoformat() == "2022-12-31"
