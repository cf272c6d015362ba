"""The firm's own page, as a contact meets it without a script; and everybody who tries to get in another way."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client
from django.utils.timezone import localdate, now

from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.enterprise.access_models import FirmSignIn, PageInvitation
from gridloop.offices.enterprise.actions.contacts import add_contact, end_contact, look_at_contacts
from gridloop.offices.enterprise.actions.serving import promise
from gridloop.offices.enterprise.actions.visits import plan_visit
from gridloop.offices.enterprise.models import Consent, Enterprise
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.notices.models import Notice
from gridloop.offices.policies.models import PolicyPush
from gridloop.site import tick
from gridloop.web.firm_page.doors import COOKIE
from gridloop.web.public.unlogged import struck_out
from tests.policies import published
from tests.sample import PASSWORD, who
from tests.web_public.firm_contact import PHONE, FirmContact, firm_of


def test_the_letter_opens_the_page_once_after_the_number_and_looking_at_it_uses_nothing_up(firm: Enterprise) -> None:
    contact = FirmContact(firm)
    letter = contact.letter()
    for _ in range(3):
        assert "您在街道登记的电话" in contact.reads(letter)  # as chat programs look before people do

    wrong = contact.enters(letter, phone="13800000000")
    right = contact.enters(letter)

    assert wrong.status_code == 422 and "不一致" in wrong.content.decode()
    assert (right.status_code, right["Location"]) == (302, "/firm/home/")
    cookie = right.cookies[COOKIE]
    assert cookie["httponly"] and cookie["path"] == "/firm/" and cookie["samesite"] == "Lax"
    again = FirmContact(firm)
    assert again.browser.get(letter).status_code == 409 and COOKIE not in again.browser.cookies
    assert struck_out(f"Not Found: {letter}") == "Not Found: /firm/open/…/"


def test_the_home_page_names_four_who_answer_with_office_telephones_and_the_promises(contact: FirmContact) -> None:
    promise(
        by=who("manager", at=now()),
        at=now(),
        enterprise=contact.firm.ref,
        text="三天内答复用地",
        due_on=localdate() + timedelta(days=3),
    )

    page = contact.reads("/firm/home/")

    assert "辛管家(经济发展办)" in page and "0371-60000000" in page and "三天内答复用地" in page
    assert "到期 0 条,兑现 0 条;另有 1 条没到期" in page
    assert contact.browser.get("/firm/home/")["Cache-Control"] == "no-store"


def test_a_firm_tells_a_problem_follows_it_and_judges_it(contact: FirmContact) -> None:
    told = contact.sends("/firm/report/", text="贷款贴息两周没有回音", category="企业服务/融资")
    assert told.status_code == 302, told.content.decode()[:500]
    case = Case.objects.get()
    assert (case.enterprise_ref, case.source, case.lead.code) == (contact.firm.ref, "enterprise", "economy")
    assert case.first_contact.name == "辛管家"  # the firm's manager answers for it, not the desk
    economy = who("economy", at=now())
    actions.accept(by=economy, at=now(), case=case.ref)
    actions.answer(by=economy, at=now(), case=case.ref, text="已联系银行,本周放款。")
    here = told["Location"]
    page = contact.reads(here)
    assert "已联系银行" in page and "经济发展办已签收" in page and "请您评价" in page
    assert "请评价" in contact.reads("/firm/home/")

    judged = contact.sends(f"{here}do/judge/", page=here, solved="yes", satisfied="5", report=Report.objects.get().ref)

    assert (judged.status_code, judged["Location"]) == (302, here)
    assert Report.objects.get().solved is True


def test_a_double_click_tells_once_and_a_short_word_is_refused_with_what_was_typed(contact: FirmContact) -> None:
    form = contact.browser.get("/firm/report/").content.decode()
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|key)" value="([^"]*)"', form))
    for _ in range(2):
        assert contact.browser.post("/firm/report/", {**hidden, "text": "停水影响生产"}).status_code == 302
    assert Case.objects.count() == 1

    refused = contact.sends("/firm/report/", text="水", address="东门")
    assert refused.status_code == 422 and "东门" in refused.content.decode()


def test_a_firm_declines_one_policy_and_then_all(contact: FirmContact) -> None:
    policy = published(at=now() - timedelta(days=1))
    assert "可能适用 1 项" in contact.reads("/firm/policies/") and "从业人员不超过300人" in contact.reads(
        "/firm/policies/"
    )

    assert contact.says("decline-policy", page="/firm/policies/", policy=policy.ref).status_code == 302
    assert contact.says("pushes", page="/firm/policies/", kind="push", granted="no").status_code == 302

    assert PolicyPush.objects.get().answer == "declined" and PolicyPush.objects.get().answered_how == "企业页面"
    assert "您不接收政策推送" in contact.reads("/firm/policies/")
    assert contact.says("pushes", page="/firm/policies/", kind="push", granted="no").status_code == 409


def test_a_firm_says_no_to_one_visit_and_whoever_was_to_come_is_told(contact: FirmContact) -> None:
    visit = plan_visit(
        by=who("manager", at=now()),
        at=now(),
        enterprise=contact.firm.ref,
        on=localdate() + timedelta(days=3),
        purposes=["know"],
    )
    assert "辛管家" in contact.reads("/firm/visits/")

    assert contact.says("decline-visit", page="/firm/visits/", visit=visit.ref, reason="盘点").status_code == 302
    tick.once(at=now())

    assert Visit.objects.get().state == "declined"
    assert Notice.objects.get(kind="enterprise.visit_declined").to.name == "辛管家"
    contact.says("visits", page="/firm/visits/", kind="visit", granted="no")
    assert Consent.objects.get(kind="visit", ends_at=None).granted is False
    assert "您不接受上门走访" in contact.reads("/firm/visits/")


def test_who_looked_is_told_by_post_with_the_reason_and_what_is_held_can_be_corrected(contact: FirmContact) -> None:
    look_at_contacts(by=who("desk", at=now()), at=now(), enterprise=contact.firm.ref, reason="约定走访时间")

    page = contact.reads("/firm/held/")
    assert "值班受理岗" in page and "约定走访时间" in page and "甲受理" not in page
    assert "张三丰" not in page and PHONE not in page and "138****5678" in page

    assert contact.says("correct", text="从业人员已增到五十人").status_code == 302
    assert Case.objects.get().title == "企业资料更正申请" and "企业资料更正申请" in contact.reads("/firm/home/")


def test_devices_are_listed_and_ended_one_by_one_or_all(contact: FirmContact) -> None:
    other = FirmContact(contact.firm)
    other.enters()
    assert contact.reads("/firm/held/").count("最近使用") == 2

    theirs = FirmSignIn.objects.order_by("-pk").first()
    assert theirs is not None
    contact.sends("/firm/leave/", page="/firm/held/", device=theirs.ref)
    assert other.browser.get("/firm/home/").status_code == 302
    contact.sends("/firm/leave/", page="/firm/held/", all="1")
    assert (
        contact.browser.get("/firm/home/")["Location"] == "/firm/"
        and not FirmSignIn.objects.filter(ended_at=None).exists()
    )


# -- attacks -----------------------------------------------------------------------------------------------------------


PAGES = ("/firm/home/", "/firm/report/", "/firm/policies/", "/firm/visits/", "/firm/held/", "/firm/cases/abc/")


def test_without_an_invitation_every_page_leads_to_the_door(firm: Enterprise) -> None:
    stranger = Client()

    for page in PAGES:
        assert stranger.get(page)["Location"] == "/firm/"
    stranger.cookies[COOKIE] = "forged:1abc:def"
    assert stranger.get("/firm/home/")["Location"] == "/firm/"
    assert stranger.get("/firm/open/nonsense/").status_code == 404


def test_a_staff_session_opens_nothing_here_and_may_not_open_a_letter(firm: Enterprise) -> None:
    staff = FirmContact(firm)
    assert staff.browser.login(username="manager", password=PASSWORD)
    letter = staff.letter()

    for page in PAGES:
        assert staff.browser.get(page)["Location"] == "/firm/"
    answer = staff.enters(letter)
    assert answer.status_code == 409 and "工作人员不能替企业登录" in answer.content.decode()
    assert FirmContact(firm).enters(letter).status_code == 302  # the letter is still good for whom it was meant


def test_a_firms_session_opens_nothing_of_the_console(contact: FirmContact) -> None:
    for page in ("/desk/", "/cases/", f"/enterprises/{contact.firm.ref}/", "/policies/"):
        assert contact.browser.get(page)["Location"].startswith("/accounts/login/")
    assert contact.browser.get(f"/api/v1/cases/{Case.objects.count()}").status_code == 401


def test_another_firms_case_visit_and_policy_answer_are_not_there(contact: FirmContact) -> None:
    other = FirmContact(firm_of(2))
    other.enters()
    other.sends("/firm/report/", text="隔壁厂的秘密")
    theirs = Report.objects.get()
    visit = plan_visit(
        by=who("desk", at=now()),
        at=now(),
        enterprise=other.firm.ref,
        on=localdate() + timedelta(days=3),
        purposes=["know"],
    )

    assert contact.browser.get(f"/firm/cases/{theirs.ref}/").status_code == 404
    assert contact.sends(f"/firm/cases/{theirs.ref}/do/withdraw/", page="/firm/home/", sure="1").status_code == 404
    assert contact.says("decline-visit", visit=visit.ref).status_code == 404
    assert "隔壁厂的秘密" not in contact.reads("/firm/home/")
    assert Visit.objects.get().state == "planned"


def test_an_ended_contact_is_out_at_the_next_click(contact: FirmContact) -> None:
    row = contact.firm.contacts.get()
    add_contact(by=who("desk", at=now()), at=now(), enterprise=contact.firm.ref, name="李四", phone="13900000000")

    end_contact(by=who("desk", at=now()), at=now(), enterprise=contact.firm.ref, contact=row.ref)

    assert contact.browser.get("/firm/home/")["Location"] == "/firm/"
    assert FirmSignIn.objects.get().ended_because == "联系人已结束"


def test_guessing_numbers_and_letters_is_stopped(firm: Enterprise) -> None:
    contact = FirmContact(firm)
    letter = contact.letter()
    answers = [contact.enters(letter, phone=f"1390000000{n}").status_code for n in range(5)]
    assert answers == [422] * 4 + [409]
    assert PageInvitation.objects.get().revoked_because

    guesses = [FirmContact(firm).browser.get(f"/firm/open/{n:032d}/").status_code for n in range(30)]
    assert guesses[0] == 404 and guesses[-1] == 429


def test_a_form_without_its_token_does_nothing(contact: FirmContact) -> None:
    assert contact.browser.post("/firm/do/visits/", {"kind": "visit", "granted": "no"}).status_code == 403
    assert not Consent.objects.exists()


def test_the_page_speaks_english(contact: FirmContact) -> None:
    contact.browser.cookies["django_language"] = "en"

    for page in ("/firm/home/", "/firm/report/", "/firm/policies/", "/firm/visits/", "/firm/held/"):
        assert "Sign out" in contact.reads(page)
