"""What was entered twice is merged: nothing that still matters is lost, and the firm's word holds under either name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gridloop.core.errors import Refused
from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.merging import merge_enterprises
from gridloop.offices.enterprise.actions.register import tell_figures
from gridloop.offices.enterprise.actions.serving import promise
from gridloop.offices.enterprise.actions.visits import VisitTold, log_visit, plan_visit, wish_visit
from gridloop.offices.enterprise.models import Contact, Enterprise, YearFigures
from gridloop.offices.enterprise.queries.facts import agrees
from gridloop.offices.enterprise.queries.visit_planning import door_days
from gridloop.offices.enterprise.queries.visits import counts
from gridloop.offices.enterprise.service_models import Promise
from gridloop.offices.enterprise.visit_models import Visit, VisitWish
from tests.firms import registered
from tests.sample import FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def merged(kept: Enterprise, double: Enterprise) -> Enterprise:
    merge_enterprises(by=who("desk"), at=MONDAY, duplicate=double.ref, into=kept.ref, reason="同一家,旧证新证")
    return Enterprise.objects.get(pk=kept.pk)


def test_the_kept_record_takes_over_what_it_lacked() -> None:
    kept = registered(1, industry="", staff="", revenue="", address="")
    double = registered(2, alias="老示例", capital="50", contact="张三", phone="13812345678")
    tell_figures(by=who("desk"), at=MONDAY, enterprise=double.ref, year=2020, staff=35)
    tell_figures(by=who("desk"), at=MONDAY, enterprise=kept.ref, year=2021, revenue=Decimal(9_000_000))

    found = merged(kept, double)

    assert (found.alias, found.industry, found.capital, found.place) == ("老示例", "3411", 500_000, double.place)
    figures = YearFigures.objects.filter(enterprise=kept).order_by("year").values_list("year", "staff", "revenue")
    assert list(figures) == [(2020, 35, None), (2021, 40, Decimal(9_000_000))]  # its own revenue of 2021 stands
    assert found.size == "small"
    assert [(each.name, each.phone, each.is_main) for each in Contact.objects.filter(enterprise=kept)] == [
        ("张三", "13812345678", True)
    ]
    assert timeline(kept.subject)[-1].payload["reason"] == "并入“示例机械厂2号”"


def test_the_firms_latest_word_holds_whichever_name_it_was_given_under() -> None:
    kept, double = registered(1), registered(2)
    answer_consent(by=who("desk"), at=MONDAY, enterprise=double.ref, kind="visit", granted=False, how="电话里说的")
    answer_consent(by=who("desk"), at=MONDAY, enterprise=double.ref, kind="push", granted=False, how="电话里说的")
    later = MONDAY + timedelta(minutes=1)
    answer_consent(by=who("desk"), at=MONDAY, enterprise=kept.ref, kind="bank", granted=False, how="电话里说的")
    answer_consent(by=who("desk"), at=later, enterprise=double.ref, kind="bank", granted=True, how="当面签字")

    found = merged(kept, double)

    assert [agrees(found, kind) for kind in ("visit", "push", "bank")] == [False, False, True]


def test_what_is_still_to_be_done_goes_on_and_the_cap_counts_both() -> None:
    kept, double = registered(1), registered(2)
    met = VisitTold(purposes=("policy",), topic="减税政策", said="已了解。", happened_at=MONDAY - timedelta(days=3))
    log_visit(by=who("manager"), at=MONDAY, enterprise=double.ref, told=met)
    wish_visit(by=who("leader"), at=MONDAY, enterprise=double.ref, unit="urban", purpose="problem")
    promise(by=who("manager"), at=MONDAY, enterprise=double.ref, text="周五前送来清单", due_on=TODAY)

    found = merged(kept, double)

    assert VisitWish.objects.get().enterprise == Promise.objects.get().enterprise == found
    assert Visit.objects.get().enterprise == double  # what was made stays where it was made
    assert door_days(found) == [TODAY - timedelta(days=3)]
    figures = counts(who("leader"), street=found.street, since=None, until=None)
    assert (figures.visits, figures.firms, figures.registered, figures.unvisited) == (1, 1, 1, 0)
    with pytest.raises(Refused, match="上门已到 1 次"):
        plan_visit(by=who("manager"), at=MONDAY, enterprise=found.ref, on=TODAY, purposes=["know"])
