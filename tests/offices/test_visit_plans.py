"""What a plan of visits owes those who go: never more than a day's work, never to a firm that left or has another manager."""

from __future__ import annotations

import pytest

from gridloop.offices.enterprise.actions.register import end_enterprise
from gridloop.offices.enterprise.actions.visit_plans import adopt_plan, propose_visits
from gridloop.offices.enterprise.actions.visits import plan_visit, set_visit_rules, wish_visit
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.visit_models import VisitWish
from tests.firms import registered
from tests.offices.test_visits import paired
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def test_a_second_plan_gives_nobody_more_than_a_days_work():
    firms = [paired(registered(n)) for n in range(1, 8)]
    set_visit_rules(by=who("leader"), at=MONDAY, street=CODE, cap_visits=1, cap_days=30, per_day=2)
    plan_visit(by=who("manager"), at=MONDAY, enterprise=firms[6].ref, on=TODAY, purposes=["know"], host="P08")
    drafts = [propose_visits(by=who("manager"), at=MONDAY, street=CODE, first_on=TODAY, days=2) for _ in range(2)]
    adopted = [adopt_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref) for draft in drafts]

    assert [len(draft.visits) for draft in drafts] == [3, 3]  # 2 days × 2 less the one arranged by hand
    assert [each.arranged for each in adopted] == [3, 0]
    assert {why for _, why in adopted[1].refused} == {"服务管家当天已排满"}
    assert not propose_visits(by=who("manager"), at=MONDAY, street=CODE, first_on=TODAY, days=2).visits


def test_a_plan_sends_nobody_to_a_firm_that_changed_hands():
    firm = paired(registered(1))
    draft = propose_visits(by=who("manager"), at=MONDAY, street=CODE, first_on=TODAY, days=1)
    Pairing.objects.filter(subject=firm.subject).update(ends_at=MONDAY)
    paired(firm, "P07")

    assert adopt_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref).refused == (
        (firm.name, "服务管家已换人"),
    )


def test_nobody_is_sent_to_a_firm_that_has_left():
    firm = paired(registered(1))
    row = plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=TODAY, purposes=["know"])
    wish_visit(by=who("leader"), at=MONDAY, enterprise=firm.ref, unit="urban", purpose="problem")

    end_enterprise(by=who("manager"), at=MONDAY, enterprise=firm.ref, because="moved", reason="迁往外区")

    row.refresh_from_db()
    assert (row.state, row.outcome) == ("cancelled", "企业已迁出")
    assert VisitWish.objects.get().withdrawn_at == MONDAY
