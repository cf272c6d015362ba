"""A contact is invited, signs in once by link and number, speaks for its own firm only, and is signed out in every way there is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, NotFound, Refused, TooLate, TooMuch, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import Filing, accept, answer, file_case, judge_answer
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.access_models import FirmSignIn, PageInvitation
from gridloop.offices.enterprise.actions import inviting
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.contacts import add_contact, answer_consent, end_contact
from gridloop.offices.enterprise.actions.pairing import pair
from gridloop.offices.enterprise.actions.register import end_enterprise
from gridloop.offices.enterprise.actions.visits import decline_visit, plan_visit
from gridloop.offices.enterprise.models import Contact, Enterprise
from gridloop.offices.enterprise.queries import access, register
from gridloop.offices.enterprise.queries.facts import agrees
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.models import PolicyPush
from tests.firms import registered
from tests.offices.test_archive import in_threads
from tests.policies import published
from tests.sample import CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PHONE = "0371-67181234"


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


def firm_of(number: int = 1, **more: str) -> Enterprise:
    return registered(number, contact="张三丰", phone=PHONE, duty="厂长", **more)


def contact_of(firm: Enterprise) -> Contact:
    return firm.contacts.get(ends_at=None)


def invited(firm: Enterprise, *, by: Actor | None = None, at: object = MONDAY) -> inviting.Invited:
    return inviting.invite_contact(by=by or who("manager"), at=at, enterprise=firm.ref, contact=contact_of(firm).ref)  # type: ignore[arg-type]


def opened(firm: Enterprise) -> access.SignedIn:
    token = inviting.open_invitation(secret=invited(firm).secret, phone=PHONE, device="手机", at=MONDAY).token
    found = access.signed_in(token, at=MONDAY)
    assert found is not None
    return found


def kinds(firm: Enterprise) -> list[str]:
    rows = Entry.objects.filter(subject=firm.subject).order_by("id").values_list("kind", flat=True)
    return [kind for kind in rows if "contact" in kind or "access" in kind]


def test_a_contact_signs_in_once_by_the_link_and_its_own_number() -> None:
    firm = firm_of()
    sent = invited(firm)

    token = inviting.open_invitation(secret=sent.secret, phone="037167181234", device="手机", at=MONDAY).token

    found = access.signed_in(token, at=MONDAY)
    assert found is not None and found.firm == firm and found.by.kind == "contact"
    with pytest.raises(Refused, match="已经用过"):
        inviting.open_invitation(secret=sent.secret, phone=PHONE, device="别的手机", at=MONDAY)
    assert kinds(firm) == ["enterprise.contact_invited", "enterprise.contact_signed_in"]
    told = "".join(Entry.objects.filter(subject=firm.subject).values_list("payload", flat=True))
    assert "张三丰" not in told and "67181234" not in told and sent.secret not in told and token not in told


def test_of_two_who_open_an_invitation_one_after_the_other_only_the_first_is_in() -> None:
    sent = invited(firm_of())
    row = access.open_invitation(sent.secret, at=MONDAY)
    inviting.open_invitation(secret=sent.secret, phone=PHONE, device="甲", at=MONDAY)

    assert row.used_at is None  # as a second one has seen it a moment ago
    with pytest.raises(Refused):
        inviting.open_invitation(secret=sent.secret, phone=PHONE, device="乙", at=MONDAY)
    assert FirmSignIn.objects.count() == 1


def test_the_fifth_wrong_number_takes_the_invitation_back() -> None:
    firm = firm_of()
    sent = invited(firm)

    for _ in range(5):
        with pytest.raises(WrongInput):
            inviting.open_invitation(secret=sent.secret, phone="13800000000", device="", at=MONDAY)

    with pytest.raises(Refused, match="收回"):
        inviting.open_invitation(secret=sent.secret, phone=PHONE, device="", at=MONDAY)
    assert (
        PageInvitation.objects.get().revoked_because == "电话号码连续填错"
        and kinds(firm)[-1] == "enterprise.access_ended"
    )


def test_an_invitation_ends_with_its_lease_a_new_one_and_the_contact() -> None:
    firm = firm_of()
    old, new = invited(firm), invited(firm)

    with pytest.raises(Refused):
        access.open_invitation(old.secret, at=MONDAY)
    with pytest.raises(TooLate):
        access.open_invitation(new.secret, at=MONDAY + 3 * DAY)
    end_contact(by=who("manager"), at=MONDAY, enterprise=firm.ref, contact=contact_of(firm).ref)
    with pytest.raises(Refused):
        access.open_invitation(new.secret, at=MONDAY)
    with pytest.raises(NotFound):
        access.open_invitation("nonsense", at=MONDAY)


def test_who_may_invite_keeps_the_record_or_is_paired_with_the_firm() -> None:
    firm = firm_of()
    elsewhere = firm_of(2, address="河畔花园")
    for name in ("urban", "grid", "keeper", "economy"):
        with pytest.raises((NotAllowed, NotFound)):
            invited(firm, by=who(name))
    with pytest.raises(NotFound):
        invited(elsewhere)  # the manager's beat is the other community

    pair(by=who("desk"), at=MONDAY, street=CODE, subject=elsewhere.subject, slot="department", unit="economy")

    assert invited(elsewhere, by=who("economy")).secret
    assert invited(firm, by=who("desk")).secret


def test_a_contact_without_a_number_and_the_sixth_invitation_of_a_day_are_refused() -> None:
    firm = firm_of()
    silent = add_contact(by=who("desk"), at=MONDAY, enterprise=firm.ref, name="李四")
    with pytest.raises(Refused, match="没有登记电话"):
        inviting.invite_contact(by=who("desk"), at=MONDAY, enterprise=firm.ref, contact=silent.ref)
    row = firm.contacts.exclude(pk=silent.pk).get()
    for _ in range(5):
        inviting.invite_contact(by=who("desk"), at=MONDAY, enterprise=firm.ref, contact=row.ref)

    with pytest.raises(TooMuch):
        inviting.invite_contact(by=who("desk"), at=MONDAY, enterprise=firm.ref, contact=row.ref)
    assert inviting.invite_contact(by=who("desk"), at=MONDAY + DAY + MINUTE, enterprise=firm.ref, contact=row.ref)


@pytest.mark.parametrize("days", [30, 180])
def test_a_sign_in_ends_when_it_was_not_used_for_a_month_and_after_half_a_year(days: int) -> None:
    firm = firm_of()
    token = inviting.open_invitation(secret=invited(firm).secret, phone=PHONE, device="", at=MONDAY).token
    if days == 180:
        FirmSignIn.objects.update(used_at=MONDAY + 179 * DAY)

    assert access.signed_in(token, at=MONDAY + days * DAY - MINUTE) is not None
    assert access.signed_in(token, at=MONDAY + days * DAY) is None


def test_officer_contact_and_the_firms_leaving_end_what_is_signed_in() -> None:
    firm, other = firm_of(1), firm_of(2)
    first, second = opened(firm), opened(other)

    with pytest.raises(NotFound):
        inviting.sign_out(by=first.by, at=MONDAY, sign_in=second.sign_in.ref)  # another firm's device
    assert inviting.sign_out(by=first.by, at=MONDAY) == 1
    inviting.end_access(
        by=who("manager"), at=MONDAY, enterprise=other.ref, contact=second.contact.ref, reason="手机丢失"
    )
    assert not FirmSignIn.objects.filter(ended_at=None).exists()
    with pytest.raises(Refused):
        inviting.end_access(
            by=who("manager"), at=MONDAY, enterprise=other.ref, contact=second.contact.ref, reason="再收一次"
        )

    third = firm_of(3)
    token = inviting.open_invitation(secret=invited(third).secret, phone=PHONE, device="", at=MONDAY).token
    end_enterprise(by=who("desk"), at=MONDAY, enterprise=third.ref, because="moved", reason="迁往外区")
    assert access.signed_in(token, at=MONDAY) is None


def test_a_contact_speaks_for_its_own_firm_and_for_no_other() -> None:
    firm, other = firm_of(1), firm_of(2)
    by = opened(firm).by

    answer_consent(by=by, at=MONDAY, enterprise=firm.ref, kind="push", granted=False, how="企业页面")
    assert not agrees(firm, "push") and agrees(other, "push")
    for deed in (
        lambda: answer_consent(by=by, at=MONDAY, enterprise=other.ref, kind="push", granted=False, how="企业页面"),
        lambda: file_need(by=by, at=MONDAY, enterprise=other.ref, filing=Filing(text="冒名反映")),
        lambda: register.enterprise(other.ref, by=by),
    ):
        with pytest.raises(NotFound):
            deed()
    with pytest.raises(NotAllowed):
        inviting.invite_contact(by=by, at=MONDAY, enterprise=firm.ref, contact=contact_of(firm).ref)
    with pytest.raises(NotAllowed):
        add_contact(by=by, at=MONDAY, enterprise=firm.ref, name="自己人")


def test_a_firm_declines_a_policy_for_good_and_not_for_its_neighbour() -> None:
    firm, other = firm_of(1), firm_of(2)
    policy = published()
    by = opened(firm).by

    policies.decline_policy(by=by, at=MONDAY, enterprise=firm.ref, policy=policy.ref, how="企业页面")
    with pytest.raises(NotFound):
        policies.decline_policy(by=by, at=MONDAY, enterprise=other.ref, policy=policy.ref, how="企业页面")

    assert policies.push_policies(by=who("desk"), at=MONDAY, street=CODE).digests == 1
    assert PolicyPush.objects.get(enterprise=firm).digest is None
    pushed = PolicyPush.objects.get(enterprise=other)
    with pytest.raises((NotAllowed, NotFound)):
        policies.answer_push(by=by, at=MONDAY, push=pushed.ref, answer="declined", how="企业页面")


def test_a_firm_says_no_to_one_visit_and_only_to_its_own() -> None:
    firm, other = firm_of(1), firm_of(2)
    own = plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=MONDAY.date(), purposes=["know"])
    theirs = plan_visit(by=who("manager"), at=MONDAY, enterprise=other.ref, on=MONDAY.date(), purposes=["know"])
    by = opened(firm).by

    assert decline_visit(by=by, at=MONDAY, visit=own.ref, reason="月底盘点").state == "declined"
    with pytest.raises(Refused):
        decline_visit(by=by, at=MONDAY, visit=own.ref)
    with pytest.raises(NotFound):
        decline_visit(by=by, at=MONDAY, visit=theirs.ref)
    with pytest.raises((NotAllowed, NotFound)):
        decline_visit(by=who("manager"), at=MONDAY, visit=theirs.ref)


def test_a_firm_follows_and_judges_what_was_told_for_it_and_nothing_told_in_its_name_by_others() -> None:
    firm = firm_of()
    found = opened(firm)
    filed = file_need(
        by=found.by,
        at=MONDAY,
        enterprise=firm.ref,
        filing=Filing(text="贷款没有回音", source="enterprise", category="企业服务/融资"),
    )
    by_manager = file_need(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, filing=Filing(text="缺工三十人", source="manager")
    )
    resident = Actor(kind="reporter", ref="public", name="居民")
    told = Filing(text="这家厂欠薪", source="public", enterprise=firm.name, enterprise_ref=firm.ref)
    file_case(by=resident, at=MONDAY, street=CODE, filing=told)

    assert {row.case for row in access.reports_of(firm)} == {filed.case, by_manager.case}
    accept(by=who("economy"), at=MONDAY, case=filed.case.ref)
    answer(by=who("economy"), at=MONDAY, case=filed.case.ref, text="已联系银行,本周放款。")
    report = filed.case.reports.get()
    judge_answer(
        by=access.with_reports(found), at=MONDAY, case=filed.case.ref, report=report.ref, solved=False, satisfied=2
    )
    assert Case.objects.get(pk=filed.case.pk).state == "handling"
    stranger = opened(firm_of(2))
    with pytest.raises(NotFound):
        judge_answer(by=access.with_reports(stranger), at=MONDAY, case=filed.case.ref, report=report.ref, solved=True)


@pytest.mark.django_db(transaction=True)
def test_two_contacts_who_decline_at_once_leave_one_answer() -> None:
    firm = firm_of()
    by = opened(firm).by

    def decline() -> str:
        try:
            answer_consent(by=by, at=MONDAY, enterprise=firm.ref, kind="visit", granted=False, how="企业页面")
        except Refused:
            return "said already"
        return "said"

    assert sorted(in_threads(2, decline)) == ["said", "said already"]
    assert firm.consents.filter(kind="visit", ends_at=None).count() == 1
