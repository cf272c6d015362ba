"""莲湖's enterprises in the demonstration: 345 synthetic firms with valid codes, four names each, three teams, the same each time."""

from __future__ import annotations

from datetime import datetime

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.identity import check_uscc
from gridloop.offices.archive.identifiers import seeded
from gridloop.offices.cases.actions.filing import Filing
from gridloop.offices.enterprise.models import Contact, Enterprise, VitalityProposal
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries import pairing, teams
from gridloop.offices.enterprise.service_models import TeamMember
from gridloop.site.demo import FOUNDED, lianhu, lianhu_firms
from gridloop.site.demo.tale import BEIJING, Tale
from gridloop.site.founding import found

pytestmark = pytest.mark.django_db
TALES = [Tale("Q01", FOUNDED, "管家02", Filing(text="x", enterprise="示例机械厂(演示)", grid="410102013204003"), ())]


@pytest.fixture
def lived(settings: object) -> None:
    """The street as founded, with its firms, up to June."""
    with seeded(13):
        found(lianhu.plan(), at=FOUNDED)
        calls = lianhu.roll().calls
        lianhu_firms.begin(at=FOUNDED, calls=calls, tales=TALES)
        lianhu_firms.carry_on(at=datetime(2022, 6, 20, 9, 30, tzinfo=BEIJING), calls=calls)


def test_every_firm_has_a_valid_code_four_names_and_no_telephone(lived: None) -> None:
    firms = list(Enterprise.objects.all())
    stacks = pairing.stacks_of([firm.subject for firm in firms], street=lianhu.CODE)

    assert len(firms) == 345
    assert all(check_uscc(firm.code).valid and firm.is_synthetic and firm.name.endswith("(演示)") for firm in firms)
    assert all(stack.is_full for stack in stacks.values())
    assert all(each.covered == each.total == 345 for each in teams.coverage(SYSTEM_OF_LIANHU))
    assert not Contact.objects.exists()
    assert sum(firm.placed_by == "none" for firm in firms) == 0


def test_the_four_in_one_team_has_15_5_26_and_10_members(lived: None) -> None:
    counted = {
        kind: TeamMember.objects.filter(team__kind="four", kind=kind).values("person").distinct().count()
        for kind in ("manager", "legal", "police", "monitor")
    }

    assert counted == {"manager": 15, "legal": 5, "police": 26, "monitor": 10}


def test_a_pairing_has_changed_hands_and_the_rule_has_proposed(lived: None) -> None:
    assert Pairing.objects.filter(followed_by__isnull=False).count() == 1
    assert VitalityProposal.objects.filter(decided_at__isnull=True).count() >= 3


SYSTEM_OF_LIANHU = type(SYSTEM)(kind="system", ref="gridloop", name="系统", street=lianhu.CODE)
