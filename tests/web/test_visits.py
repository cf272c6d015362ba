"""The pages of the visits: taken down with problems, planned and adopted, moved, capped and quiet, each told at its field."""

from __future__ import annotations

from typing import Any

import pytest

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.visits import VisitTold, log_visit
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.visit_models import QuietDays, Visit, VisitPlan, VisitWish
from gridloop.offices.organisation import queries as organisation
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, who

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date().isoformat()


@pytest.fixture
def firm(street: Any) -> Any:
    """A firm in the manager's beat, paired with the manager."""
    found = registered(1, lon="113.505", lat="34.705")
    person = organisation.person(CODE, "P08")
    Pairing.objects.create(
        street=CODE, subject=found.subject, slot="manager", unit=person.unit, person=person, starts_at=FOUNDED
    )
    return found


def test_a_visit_with_a_problem_is_taken_down_once_however_often_it_is_sent(signed_in, firm):
    told = {
        "outcome": "done",
        "way": "on_site",
        "level": "manager",
        "purposes": ["problem"],
        "text_1": "贷款续不上",
        "key": "k1",
    }

    first = signed_in("manager").post(f"/visits/log/{firm.ref}/", told)
    second = signed_in("manager").post(f"/visits/log/{firm.ref}/", told)

    assert first.status_code == second.status_code == 302
    assert Visit.objects.count() == Case.objects.count() == 1
    page = signed_in("manager").get(first["Location"]).content.decode()
    assert Case.objects.get().number in page
    assert "解难题" in page


def test_a_problem_told_badly_is_refused_at_its_field(signed_in, firm):
    told = {"outcome": "unreachable", "way": "phone", "level": "manager", "text_1": "贷款续不上", "key": "k2"}

    answer = signed_in("manager").post(f"/visits/log/{firm.ref}/", told)

    assert answer.status_code == 422
    assert "没有见到企业" in answer.content.decode()
    assert not Visit.objects.exists()


def test_the_list_shows_the_figures_and_who_was_not_seen(signed_in, firm):
    registered(2)
    log_visit(by=SYSTEM, at=MONDAY, enterprise=firm.ref, told=VisitTold(purposes=("policy",), topic="减税"))

    page = signed_in("leader").get(f"/visits/?since={TODAY}&until={TODAY}").content.decode()

    assert "1 次" in page
    assert "在册 2 家" in page
    assert "示例机械厂2号" in page
    assert "减税" in page


def test_a_plan_is_made_looked_at_and_adopted_in_the_browser(signed_in, firm):
    VisitWish.objects.create(
        street=CODE, enterprise=firm, unit=organisation.unit(CODE, "urban"), purpose="problem", made_at=MONDAY
    )

    made = signed_in("manager").post("/visits/plan/", {"first_on": TODAY, "days": 5, "manager": ""})
    page = signed_in("manager").get(made["Location"]).content.decode()
    adopted = signed_in("manager").post(f"{made['Location']}adopt/")
    again = signed_in("manager").post(f"{made['Location']}adopt/", follow=True)

    assert "城市管理中队" in page
    assert adopted.status_code == 302
    assert "已采用" in again.content.decode()
    assert Visit.objects.filter(state="planned").count() == 1


def test_a_plan_without_anybody_to_visit_is_told(signed_in, street):
    answer = signed_in("manager").post("/visits/plan/", {"first_on": TODAY, "days": 5, "manager": ""})

    assert answer.status_code == 422
    assert "没有可排的企业" in answer.content.decode()
    assert not VisitPlan.objects.exists()


def test_a_visit_on_a_quiet_day_is_refused_at_the_day(signed_in, firm):
    signed_in("leader").post("/visits/rules/", {"first_on": TODAY, "last_on": TODAY, "reason": "高考"})

    answer = signed_in("manager").post(
        f"/visits/arrange/{firm.ref}/", {"on": TODAY, "way": "on_site", "purposes": ["know"]}
    )

    assert answer.status_code == 422
    assert "宁静日" in answer.content.decode()
    row = QuietDays.objects.get()
    assert signed_in("leader").post(f"/visits/quiet/{row.ref}/end/").status_code == 302
    assert (
        signed_in("manager")
        .post(f"/visits/arrange/{firm.ref}/", {"on": TODAY, "way": "on_site", "purposes": ["know"]})
        .status_code
        == 302
    )


def test_the_round_of_the_day_is_shown_in_order(signed_in, firm):
    signed_in("manager").post(f"/visits/arrange/{firm.ref}/", {"on": TODAY, "way": "on_site", "purposes": ["know"]})

    page = signed_in("manager").get(f"/visits/round/?on={TODAY}").content.decode()

    assert firm.name in page
    assert "09:00" in page


def test_a_wish_is_entered_and_withdrawn(signed_in, firm):
    told = {"unit": "urban", "purpose": "problem", "urgent": "no"}

    assert signed_in("leader").post(f"/visits/wish/{firm.ref}/", told).status_code == 302
    row = VisitWish.objects.get()
    assert signed_in("leader").post(f"/visits/wishes/{row.ref}/withdraw/", {"back": "//elsewhere/"}).url == "/visits/"
    assert VisitWish.objects.get().withdrawn_at is not None


def test_a_visit_is_moved_and_cancelled_with_reasons(signed_in, firm):
    signed_in("manager").post(f"/visits/arrange/{firm.ref}/", {"on": TODAY, "way": "phone", "purposes": ["know"]})
    row = Visit.objects.get()

    assert signed_in("manager").post(f"/visits/{row.ref}/move/", {"on": TODAY, "reason": ""}).status_code == 422
    assert (
        signed_in("manager").post(f"/visits/{row.ref}/move/", {"on": "2022-05-25", "reason": "停电"}).status_code == 302
    )
    assert signed_in("manager").post(f"/visits/{row.ref}/cancel/", {"reason": "搬家"}).status_code == 302
    assert Visit.objects.get().state == "cancelled"


def test_whoever_does_not_serve_firms_plans_and_takes_down_nothing(signed_in, firm):
    assert signed_in("grid").get("/visits/plan/").status_code == 403
    assert (
        signed_in("verifier")
        .post(f"/visits/log/{firm.ref}/", {"outcome": "done", "way": "phone", "level": "other", "purposes": ["know"]})
        .status_code
        == 403
    )


def test_a_case_found_on_a_visit_names_the_visit_and_the_visit_and_the_firm_name_the_case(signed_in, firm):
    problem = Filing(text="变压器容量不足,下午常跳闸", category="企业服务/证照", source="manager")
    made = log_visit(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, told=VisitTold(purposes=("problem",)), problems=[problem]
    )
    case = made.filed[0].case

    desk = signed_in("desk")
    of_case = desk.get(f"/cases/{case.ref}/").content.decode()
    of_visit = desk.get(f"/visits/{made.visit.ref}/").content.decode()
    of_firm = desk.get(f"/enterprises/{firm.ref}/").content.decode()

    assert f'<a href="/visits/{made.visit.ref}/">走访中发现' in of_case
    assert f"/cases/{case.ref}/" in of_visit
    assert f'<a href="/visits/{made.visit.ref}/">走访中发现</a>' in of_firm
    assert "发现的问题" in of_firm and case.number in of_firm
