"""The register of enterprises: entered with a valid code, placed, sized by the rule, amended with a reason, seen within one's scope."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gridloop.core.access import Actor
from gridloop.core.condition import evaluate, parse
from gridloop.core.errors import NotAllowed, NotFound, Outdated, Refused, WrongInput
from gridloop.core.firm_size import wan
from gridloop.offices.archive.models import AccessNote, Entry
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.enterprise.actions.cases import file_need, link_case
from gridloop.offices.enterprise.actions.clusters import add_cluster, end_cluster
from gridloop.offices.enterprise.actions.contacts import add_contact, answer_consent, end_contact, look_at_contacts
from gridloop.offices.enterprise.actions.merging import merge_enterprises
from gridloop.offices.enterprise.actions.register import (
    amend_enterprise,
    end_enterprise,
    register_enterprise,
    tell_figures,
)
from gridloop.offices.enterprise.models import Consent, Contact, Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.cases import cases_of
from gridloop.offices.enterprise.queries.facts import FACTS, agrees, facts_of, facts_of_all, present
from gridloop.offices.enterprise.queries.register import Wanted, list_enterprises
from tests.firms import code_of, registered, told
from tests.sample import CODE, FOUNDED, IN_NE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def names(actor: Actor, wanted: Wanted) -> list[str]:
    return [firm.name for firm in list_enterprises(actor, wanted).enterprises]


def test_a_registered_firm_is_placed_sized_and_stands_in_the_ledger() -> None:
    firm = registered(
        1, by=who("manager"), registered_on="2010-01-05", capital="50(万元)", contact="张经理", phone="67181234"
    )

    assert firm.place.endswith("/C1/C1-SW")  # by its address
    assert (firm.size, firm.size_by) == ("small", "rule")
    assert firm.above_threshold is False
    assert [entry.kind for entry in timeline(firm.subject)] == ["enterprise.registered"]
    assert "张经理" not in str(Entry.objects.filter(subject=firm.subject).values_list("payload", flat=True))


def test_a_code_is_registered_once_and_the_refusal_leads_to_the_firm() -> None:
    first = registered(1)

    with pytest.raises(Refused) as refused:
        register_enterprise(by=who("manager"), at=MONDAY, street=CODE, told=told(1, name="别的名字"))

    assert refused.value.fields["enterprise"] == first.ref


def test_a_firm_told_badly_is_refused_with_every_fault() -> None:
    with pytest.raises(WrongInput) as refused:
        register_enterprise(by=who("manager"), at=MONDAY, street=CODE, told=told(1, code="9141", staff="many"))

    assert [problem["field"] for problem in refused.value.fields["problems"]] == ["code", "staff"]
    assert not Enterprise.objects.exists()


def test_a_unit_worker_keeps_no_register() -> None:
    with pytest.raises(NotAllowed):
        register_enterprise(by=who("urban"), at=MONDAY, street=CODE, told=told(1))


def test_whoever_watches_a_place_sees_its_firms_and_no_others() -> None:
    registered(1)
    registered(2, address="河畔花园")

    assert names(who("desk"), Wanted()) == ["示例机械厂2号", "示例机械厂1号"]
    assert names(who("manager"), Wanted()) == ["示例机械厂1号"]  # the beat of the manager is C1
    assert names(who("urban"), Wanted()) == []
    with pytest.raises(NotFound):
        register.enterprise(Enterprise.objects.get(name="示例机械厂2号").ref, by=who("manager"))


def test_firms_are_found_by_name_initials_and_code() -> None:
    registered(1)
    registered(2, name="河畔花店", alias="小花")
    desk = who("desk")

    assert names(desk, Wanted(text="机械")) == ["示例机械厂1号"]
    assert names(desk, Wanted(text="hphd")) == ["河畔花店"]
    assert names(desk, Wanted(text="xh")) == ["河畔花店"]
    assert names(desk, Wanted(text=code_of(2)[-6:].lower())) == ["河畔花店"]
    assert names(desk, Wanted(text="没有")) == []


def test_the_list_is_narrowed_and_paged() -> None:
    for number in range(1, 6):
        registered(number, industry="5261" if number % 2 else "3411")

    first = list_enterprises(who("desk"), Wanted(industry="52"), size=2)
    second = list_enterprises(who("desk"), Wanted(industry="52", after=first.after), size=2)

    assert (first.count, len(first.enterprises), len(second.enterprises), second.after) == (3, 2, 1, 0)
    assert register.counts(who("desk"), Wanted(), by="section") == {"F": 3, "C": 2}


def test_an_amendment_keeps_before_and_after_and_derives_again() -> None:
    firm = registered(1)

    amend_enterprise(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, told={"industry": "5261", **{k: str(v) for k, v in IN_NE.items()}},
        reason="营业执照变更", rev=firm.rev,
    )  # fmt: skip

    firm.refresh_from_db()
    assert firm.place.endswith("/C2/C2-NE")
    assert firm.above_threshold is True  # 800 万元 is above the threshold of retail
    changed = timeline(firm.subject)[-1].payload["changed"]
    assert changed["industry"] == ["3411", "5261"]
    with pytest.raises(Outdated):
        amend_enterprise(by=who("desk"), at=MONDAY, enterprise=firm.ref, told={"alias": "一号"}, reason="补充", rev=0)


def test_an_amendment_that_changes_nothing_or_says_no_reason_is_refused() -> None:
    firm = registered(1)

    with pytest.raises(Refused):
        amend_enterprise(by=who("manager"), at=MONDAY, enterprise=firm.ref, told={"industry": "3411"}, reason="核对")
    with pytest.raises(WrongInput):
        amend_enterprise(by=who("manager"), at=MONDAY, enterprise=firm.ref, told={"industry": "5261"}, reason="")


def test_what_a_person_stated_stands_until_it_is_taken_back() -> None:
    firm = registered(1, above="是", industry="4710", staff="", revenue="")

    assert (firm.above_threshold, firm.threshold_by) == (True, "stated")
    amend_enterprise(by=who("manager"), at=MONDAY, enterprise=firm.ref, told={"above": ""}, reason="资质到期")
    firm.refresh_from_db()
    assert (firm.above_threshold, firm.threshold_by) == (None, "")


def test_figures_of_the_latest_year_make_the_size() -> None:
    firm = registered(1)

    tell_figures(by=who("manager"), at=MONDAY, enterprise=firm.ref, year=2020, staff=1500, revenue=wan(50000))
    firm.refresh_from_db()
    assert (firm.size, firm.figures_year) == ("small", 2021)  # an older year changes nothing
    tell_figures(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, year=2022, staff=1500, revenue=wan(50000), source="年报"
    )
    firm.refresh_from_db()

    assert (firm.size, firm.figures_year, firm.staff) == ("large", 2022, 1500)
    assert [row.year for row in firm.figures.all()] == [2022, 2021, 2020]
    with pytest.raises(WrongInput):
        tell_figures(by=who("manager"), at=MONDAY, enterprise=firm.ref, year=2023, staff=1)


def test_facts_are_the_same_for_one_firm_and_for_all() -> None:
    firm = registered(1, priority="市重点")
    registered(2, industry="", staff="", revenue="")

    alone, together = facts_of(firm), {each.ref: each.facts for each in facts_of_all(present(CODE))}

    assert alone == together[firm.ref]
    assert set(alone) <= set(FACTS)
    assert alone["revenue"] == Decimal(800)  # in 万元
    question = parse({"all": [{"fact": "section", "equals": "C"}, {"fact": "revenue", "at_least": 500}]})
    assert evaluate(question, alone).value == "met"
    assert [evaluate(question, facts).value for facts in together.values()] == ["met", "unknown"]


def test_contacts_are_masked_until_a_reason_is_given_and_the_look_is_on_record() -> None:
    firm = registered(1)
    add_contact(by=who("manager"), at=MONDAY, enterprise=firm.ref, name="张经理", phone="67181234", duty="厂长")

    with pytest.raises(WrongInput):
        look_at_contacts(by=who("manager"), at=MONDAY, enterprise=firm.ref, reason="")
    shown = look_at_contacts(by=who("manager"), at=MONDAY, enterprise=firm.ref, reason="约走访时间")

    assert [(each.name, each.phone) for each in shown] == [("张经理", "0371-67181234")]
    assert AccessNote.objects.get().reason == "约走访时间"


def test_the_first_contact_is_the_main_one_and_a_new_main_one_takes_its_place() -> None:
    firm = registered(1)
    add_contact(by=who("manager"), at=MONDAY, enterprise=firm.ref, name="甲", duty="厂长")
    second = add_contact(by=who("manager"), at=MONDAY, enterprise=firm.ref, name="乙", is_main=True)

    assert [contact.is_main for contact in Contact.objects.order_by("id")] == [False, True]
    end_contact(by=who("manager"), at=MONDAY, enterprise=firm.ref, contact=second.ref)
    with pytest.raises(NotFound):
        end_contact(by=who("manager"), at=MONDAY, enterprise=firm.ref, contact=second.ref)


def test_visits_are_agreed_to_until_declined_and_banks_only_once_agreed_to() -> None:
    firm = registered(1)

    assert (agrees(firm, "visit"), agrees(firm, "bank")) == (True, False)
    answer_consent(by=who("manager"), at=MONDAY, enterprise=firm.ref, kind="visit", granted=False, how="电话说明")
    answer_consent(by=who("manager"), at=MONDAY, enterprise=firm.ref, kind="bank", granted=True, how="当面签字")

    assert (agrees(firm, "visit"), agrees(firm, "bank")) == (False, True)
    assert agrees(firm, "visit", at=FOUNDED) is True  # as it was before
    with pytest.raises(Refused):
        answer_consent(by=who("manager"), at=MONDAY, enterprise=firm.ref, kind="bank", granted=True, how="当面签字")
    answer_consent(by=who("manager"), at=MONDAY, enterprise=firm.ref, kind="bank", granted=False, how="书面撤回")
    assert agrees(firm, "bank") is False
    assert Consent.objects.filter(kind="bank").count() == 2  # withdrawn, not erased
    assert [entry.kind for entry in timeline(firm.subject)][-1] == "enterprise.declined"


def test_a_firm_that_left_is_out_of_the_list_and_keeps_its_page() -> None:
    firm = registered(1)

    end_enterprise(by=who("desk"), at=MONDAY, enterprise=firm.ref, because="closed", reason="注销公告")

    assert names(who("desk"), Wanted()) == []
    assert names(who("desk"), Wanted(left=True)) == ["示例机械厂1号"]
    with pytest.raises(Refused):
        amend_enterprise(by=who("desk"), at=MONDAY, enterprise=firm.ref, told={"alias": "一号"}, reason="补充")


def test_what_was_entered_twice_is_merged_and_its_cases_follow() -> None:
    kept, double = registered(1), registered(2, name="示例机械厂")
    filed = file_case(by=who("desk"), at=MONDAY, street=CODE, filing=Filing(text="变压器跳闸", enterprise="示例机械厂"))

    merge_enterprises(by=who("desk"), at=MONDAY, duplicate=double.ref, into=kept.ref, reason="同一家,旧证新证")

    assert names(who("desk"), Wanted()) == [kept.name]
    assert [case.pk for case in cases_of(kept)] == [filed.case.pk]
    assert register.enterprise_by_code(CODE, double.code) == kept
    with pytest.raises(Refused):
        merge_enterprises(by=who("desk"), at=MONDAY, duplicate=double.ref, into=kept.ref, reason="再并")


def test_a_firms_problem_is_a_case_at_its_place_and_stands_on_its_page() -> None:
    firm = registered(1)

    filed = file_need(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, filing=Filing(text="想贷款八十万元", source="manager")
    )

    assert (filed.case.enterprise, filed.case.enterprise_ref) == (firm.name, firm.ref)
    assert filed.case.place == firm.place
    assert [case.pk for case in cases_of(firm)] == [filed.case.pk]


def test_a_case_filed_under_another_spelling_is_linked_by_hand() -> None:
    firm = registered(1)
    filed = file_case(by=who("desk"), at=MONDAY, street=CODE, filing=Filing(text="门口积水", enterprise="机械一厂"))
    assert list(cases_of(firm)) == []

    link_case(by=who("desk"), at=MONDAY, enterprise=firm.ref, case=filed.case.ref)

    assert [case.pk for case in cases_of(firm)] == [filed.case.pk]
    assert timeline(filed.case.subject)[-1].payload["before"] == "机械一厂"
    with pytest.raises(Refused):
        link_case(by=who("desk"), at=MONDAY, enterprise=firm.ref, case=filed.case.ref)


def test_a_public_report_with_name_and_code_stands_on_the_firms_page() -> None:
    firm = registered(1)
    report = Filing(text="门口修路进不来车", enterprise=f"{firm.name}({firm.code})", source="enterprise")
    filed = file_case(by=who("desk"), at=MONDAY, street=CODE, filing=report)

    assert [case.pk for case in cases_of(firm)] == [filed.case.pk]


def test_a_cluster_holds_firms_and_ends_only_when_empty() -> None:
    cluster = add_cluster(by=who("desk"), at=MONDAY, street=CODE, name="示例汽车城", kind="auto", grid="C1-SE")
    firm = registered(1, cluster="示例汽车城")

    assert [(each.name, each.firms) for each in register.clusters(CODE)] == [("示例汽车城", 1)]  # type: ignore[attr-defined]
    assert names(who("desk"), Wanted(cluster=cluster.ref)) == [firm.name]
    with pytest.raises(Refused):
        end_cluster(by=who("desk"), at=MONDAY, street=CODE, cluster=cluster.ref, reason="拆迁")
    with pytest.raises(NotFound):
        registered(2, cluster="没有的商场")
