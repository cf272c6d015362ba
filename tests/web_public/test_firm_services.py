"""What a firm asks for, confirms, agrees to and refuses on its own page; and that it can do so for no other firm."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import localdate, now

from gridloop.core.bank_match import Demand
from gridloop.core.errors import NotAllowed, NotFound, Refused
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.actions.contact import show_contacts
from gridloop.offices.cases.actions.searching import seek_phone
from gridloop.offices.enterprise.actions import assisting, banking, links, plans, resumptions, serving
from gridloop.offices.enterprise.actions.banking import Offer
from gridloop.offices.enterprise.actions.contacts import look_at_contacts
from gridloop.offices.enterprise.actions.forum_questions import QuestionTold, judge_question, raise_questions
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum, answer_invitation, invite
from gridloop.offices.enterprise.actions.links import ListingTold
from gridloop.offices.enterprise.actions.teams import found_team, join_team
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion, Invitation
from gridloop.offices.enterprise.link_models import FirmLink, Listing
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import access
from gridloop.offices.enterprise.resumption_models import Resumption
from gridloop.offices.enterprise.service_models import Consult, ServiceOrder, ServiceTeam
from gridloop.offices.notices.models import Notice
from gridloop.offices.organisation.actions import add_post, appoint
from gridloop.offices.policies import actions as policies
from gridloop.site import tick
from tests.sample import CODE, who
from tests.web_public.firm_contact import FirmContact, firm_of

SERVICES, TOGETHER = "/firm/services/", "/firm/together/"
DAY = timedelta(days=1)


@pytest.fixture
def team(firm: Enterprise) -> ServiceTeam:
    """A tax team with one officer."""
    made = found_team(by=who("desk", at=now()), at=now(), street=CODE, kind="tax", name="办税团队")
    join_team(by=who("desk", at=now()), at=now(), team=made.ref, person="P08", kind="tax")
    return made


def told_of(kind: str) -> list[str]:
    """Who has a notice of this kind, after a tick."""
    tick.once(at=now())
    return [row.to.name for row in Notice.objects.filter(kind=kind).select_related("to").order_by("pk") if row.to]


# -- what it asks for --------------------------------------------------------------------------------------------------


def test_a_firm_asks_a_legal_question_and_reads_the_reply(contact: FirmContact) -> None:
    keeper, leader = who("keeper", at=now()), who("leader", at=now())
    add_post(by=keeper, at=now(), street=CODE, code="LAW-1", title="法律专员", role="legal_officer", unit="housing")
    appoint(by=leader, at=now(), street=CODE, post="LAW-1", person="P05")
    asked = contact.says("ask-law", page=SERVICES, question="房东要涨租金,合同只写了另行协商,能不能不同意?")
    assert asked.status_code == 302, asked.content.decode()[:500]
    row = Consult.objects.get()
    assert (row.enterprise, row.asked_by) == (contact.firm, None) and "待接办" in contact.reads(SERVICES)
    assert told_of("consult.asked") == ["戊房管"]

    serving.reply_law(by=who("housing", at=now()), at=now(), consult=row.ref, reply="另行协商不等于单方涨价。")

    page = contact.reads(SERVICES)
    assert "另行协商不等于单方涨价" in page and "已答复" in page
    refused = contact.says("ask-law", page=SERVICES, question="嗯")
    assert refused.status_code == 422 and ">嗯</textarea>" in refused.content.decode()


def test_a_firm_orders_a_service_and_its_own_word_ends_it(contact: FirmContact, team: ServiceTeam) -> None:
    assert contact.says("order-service", page=SERVICES, team=team.ref, service="上门辅导退税", wanted="周三下午").status_code == 302  # fmt: skip
    order = ServiceOrder.objects.get()
    assert (order.state, order.ordered_by, order.enterprise) == ("ordered", None, contact.firm)
    assert told_of("order.placed") == ["辛管家"]
    manager = who("manager", at=now())
    serving.book_order(by=manager, at=now(), order=order.ref, officer="P08", booked_for=now() + timedelta(hours=2))
    serving.finish_order(by=manager, at=now(), order=order.ref, result="申报表已提交")
    assert "上门服务办好没有(1)" in contact.reads("/firm/home/") and "申报表已提交" in contact.reads(SERVICES)

    no_word = contact.says("confirm-order", page=SERVICES, order=order.ref, solved="no")
    assert no_word.status_code == 422 and "没办好请写明还差什么" in no_word.content.decode()
    contact.says("confirm-order", page=SERVICES, order=order.ref, solved="no", why="少了一张附表")
    order.refresh_from_db()
    assert (order.state, order.reworks) == ("booked", 1) and told_of("order.sent_back") == ["辛管家"]

    serving.finish_order(by=manager, at=now(), order=order.ref, result="附表补齐")
    contact.says("confirm-order", page=SERVICES, order=order.ref, solved="yes")
    order.refresh_from_db()
    assert (order.state, order.confirmed_how) == ("confirmed", "企业页面")
    entry = Entry.objects.filter(kind="order.confirmed").latest("pk")
    assert entry.actor.startswith("contact:") and "张三丰" not in str(entry.payload)


def test_a_firm_calls_an_order_off_and_may_not_book_or_promise(contact: FirmContact, team: ServiceTeam) -> None:
    contact.says("order-service", page=SERVICES, team=team.ref, service="上门开票")
    order = ServiceOrder.objects.get()
    by = access.actor_of(contact.firm.contacts.get())
    with pytest.raises(NotAllowed):
        serving.book_order(by=by, at=now(), order=order.ref, officer="P08", booked_for=now() + DAY)
    with pytest.raises(NotAllowed):
        serving.promise(by=by, at=now(), enterprise=contact.firm.ref, text="三天办好", due_on=localdate() + DAY)

    contact.says("cancel-order", page=SERVICES, order=order.ref)

    order.refresh_from_db()
    assert order.state == "cancelled" and "已取消" in contact.reads(SERVICES)


def test_a_firm_applies_for_resumption_mends_what_was_returned_and_sees_seven_of_nine(contact: FirmContact) -> None:
    on = str(localdate() + 3 * DAY)
    assert contact.says("apply-resumption", page=SERVICES, planned_on="", staff="31").status_code == 422
    assert contact.says("apply-resumption", page=SERVICES, planned_on=on, staff="31").status_code == 302
    row = Resumption.objects.get()
    assert row.applied_by is None and "复工进度 0/9 项" in contact.reads(SERVICES)
    desk = who("desk", at=now())
    items = list(row.items.all())
    for item in items[:7]:
        resumptions.pass_item(by=desk, at=now(), item=item.ref)
    resumptions.return_item(by=desk, at=now(), item=items[7].ref, reason="灭火器过期")
    assert "复工进度 7/9 项" in contact.reads(SERVICES) and "灭火器过期" in contact.reads(SERVICES)

    contact.says("mend-item", page=SERVICES, item=items[7].ref, remedy="已换新")
    items[7].refresh_from_db()
    assert (items[7].state, items[7].remedy) == ("waiting", "已换新")
    assert "辛管家" in told_of("resumption.item_mended")

    contact.says("withdraw-resumption", page=SERVICES, resumption=row.ref, reason="推迟一个月")
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_its_assisted_matter_and_its_plan_are_shown_with_their_steps(contact: FirmContact) -> None:
    desk = who("desk", at=now())
    matter = assisting.set_matter(
        by=desk, at=now(), street=CODE, name="食品经营许可变更", steps=["受理", "核验", "发证"], materials=["营业执照", "平面图"]
    )  # fmt: skip
    order = assisting.accept_order(
        by=who("manager", at=now()), at=now(), matter=matter.ref, enterprise=contact.firm.ref, brought=("营业执照",)
    )
    assisting.give_notice(by=who("manager", at=now()), at=now(), order=order.ref, how="当面告知")
    plan = plans.open_plan(
        by=desk,
        at=now(),
        enterprise=contact.firm.ref,
        problems="订单不足,每周三天",
        goal="恢复五天",
        review_on=localdate() + DAY,
    )
    plans.add_measure(by=desk, at=now(), plan=plan.ref, text="对接两家新客户", owner="P08", due_on=localdate() + DAY)

    page = contact.reads(SERVICES)

    assert "食品经营许可变更" in page and "核验" in page and "还缺的材料:平面图" in page and "一次性告知" in page
    assert "恢复五天" in page and "对接两家新客户" in page and "辛管家" in page


# -- whom it is brought together with ----------------------------------------------------------------------------------


def forum_of(firm: Enterprise) -> Forum:
    told = ForumTold(
        kind="talk", title="政企恳谈会", starts_at=now() + timedelta(hours=1), venue="二楼会议室", host="economy"
    )
    made = announce_forum(by=who("desk", at=now()), at=now(), street=CODE, told=told)
    invite(by=who("desk", at=now()), at=now(), forum=made.ref, enterprises=[firm.ref])
    return made


def test_a_firm_answers_an_invitation_itself(contact: FirmContact) -> None:
    forum = forum_of(contact.firm)
    assert "参不参加会(1)" in contact.reads("/firm/home/") and "政企恳谈会" in contact.reads(TOGETHER)

    contact.says("answer-forum", page=TOGETHER, forum=forum.ref, answer="yes")

    guest = Invitation.objects.get()
    assert (guest.answer, guest.answered_how) == ("yes", "企业页面")
    assert "参不参加会" not in contact.reads("/firm/home/")


def test_a_firm_says_whether_the_answer_to_its_question_answered_it(contact: FirmContact) -> None:
    forum, economy = forum_of(contact.firm), who("economy", at=now())
    (filed,) = raise_questions(
        by=who("manager", at=now()), at=now(), forum=forum.ref,
        told=[QuestionTold("置换补贴什么时候到账?", enterprise=contact.firm.ref, category="企业服务/融资")],
    )  # fmt: skip
    row = ForumQuestion.objects.get()
    too_soon = contact.says("judge-question", page=TOGETHER, question=row.ref, helped="yes")
    assert too_soon.status_code == 409 and "还没有答复" in too_soon.content.decode()
    cases.accept(by=economy, at=now(), case=filed.case.ref)
    cases.answer(by=economy, at=now(), case=filed.case.ref, text="审核后十五个工作日到账。")
    policies.answer_question(
        by=economy, at=now(), street=CODE, question="置换补贴何时到账", answer="审核通过后十五个工作日。", origin=row.subject
    )  # fmt: skip
    assert "会上问的答到没有(1)" in contact.reads("/firm/home/") and "审核通过后十五个工作日" in contact.reads(TOGETHER)

    assert contact.says("judge-question", page=TOGETHER, question=row.ref, helped="no").status_code == 422
    contact.says("judge-question", page=TOGETHER, question=row.ref, helped="no", note="没说找谁问")

    row.refresh_from_db()
    assert (row.helped, row.judged_note, row.judged_how) == (False, "没说找谁问", "企业页面")
    assert "辛管家" in told_of("forum.question_judged") and "没答到" in contact.reads(TOGETHER)
    contact.says("judge-question", page=TOGETHER, question=row.ref, helped="yes")
    row.refresh_from_db()
    assert row.helped is True and Entry.objects.filter(kind="forum.question_judged").count() == 2


def link_between(firm: Enterprise, other: Enterprise) -> FirmLink:
    desk, until = who("desk", at=now()), localdate() + 30 * DAY
    need = links.tell_listing(
        by=desk, at=now(), enterprise=firm.ref, told=ListingTold("need", "media", "想找人拍短视频", until, ("短视频",)), agreed_how="当面签字"
    )  # fmt: skip
    offer = links.tell_listing(
        by=desk, at=now(), enterprise=other.ref, told=ListingTold("offer", "media", "代拍短视频", until, ("短视频",)), agreed_how="当面签字"
    )  # fmt: skip
    return links.propose_link(by=who("manager", at=now()), at=now(), need=need.ref, offer=offer.ref)


def test_two_firms_agree_on_their_own_pages_and_learn_each_others_name_only_then(contact: FirmContact) -> None:
    other = FirmContact(firm_of(2))
    other.enters()
    link = link_between(contact.firm, other.firm)
    page = contact.reads(TOGETHER)
    assert (
        "代拍短视频" in page
        and other.firm.name not in page
        and "愿不愿意认识一家企业(1)" in contact.reads("/firm/home/")
    )

    contact.says("answer-link", page=TOGETHER, link=link.ref, willing="yes")
    assert other.firm.name not in contact.reads(TOGETHER) and told_of("firm_link.agreed") == ["辛管家"]
    other.says("answer-link", page=TOGETHER, link=link.ref, willing="yes")

    link.refresh_from_db()
    assert (link.state, link.need_how) == ("agreed", "企业页面")
    assert other.firm.name in contact.reads(TOGETHER) and contact.firm.name in other.reads(TOGETHER)
    by = access.actor_of(contact.firm.contacts.get())
    with pytest.raises(NotAllowed):
        links.introduce_link(by=by, at=now(), link=link.ref, how="自己打电话")


def test_a_firm_that_says_no_says_why_and_tells_its_own_offer_with_its_consent(contact: FirmContact) -> None:
    link = link_between(contact.firm, firm_of(2))
    assert contact.says("answer-link", page=TOGETHER, link=link.ref, willing="no").status_code == 422
    contact.says("answer-link", page=TOGETHER, link=link.ref, willing="no", reason="做过一次,不合适")
    link.refresh_from_db()
    assert (link.state, link.outcome) == ("declined", "做过一次,不合适")

    stranger = FirmContact(firm_of(3))
    stranger.enters()
    told = {
        "side": "offer",
        "kind": "space",
        "words": "周末空着的仓库可以借",
        "valid_until": str(localdate() + 30 * DAY),
        "tags": "仓库、场地",
    }
    refused = stranger.says("tell-listing", page=TOGETHER, **told)
    assert refused.status_code == 409 and "周末空着的仓库可以借</textarea>" in refused.content.decode()
    assert stranger.says("tell-listing", page=TOGETHER, agree="yes", **told).status_code == 302
    row = Listing.objects.get(enterprise=stranger.firm)
    assert (row.tags, row.told_by) == (["仓库", "场地"], None)
    stranger.says("withdraw-listing", page=TOGETHER, listing=row.ref)
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_a_firm_consents_that_a_bank_is_told_having_seen_what_it_will_be_told(contact: FirmContact) -> None:
    desk = who("desk", at=now())
    match = banking.demand_credit(by=desk, at=now(), demand=Demand(Decimal(500_000), "turnover", 12, "none"), enterprise=contact.firm.ref)  # fmt: skip
    page = contact.reads(TOGETHER)
    assert "授权后给银行看这些" in page and "从业人员" in page and "138" not in page
    product = banking.add_product(by=desk, at=now(), street=CODE, offer=Offer("示例银行", "周转贷", Decimal(1_000_000), Decimal(4), Decimal(5), 36))  # fmt: skip
    with pytest.raises(Refused):
        banking.introduce_to_bank(by=desk, at=now(), match=match.ref, product=product.ref)

    contact.says("consent-bank", page=TOGETHER, match=match.ref)

    match.refresh_from_db()
    assert (match.stage, match.consent_name, match.consent_how) == ("consented", "张三丰", "企业页面")
    assert told_of("bank.consented") == ["甲受理"]
    banking.introduce_to_bank(by=desk, at=now(), match=match.ref, product=product.ref)
    assert "示例银行 周转贷" in contact.reads("/firm/held/")  # who was given what, among the firm's data

    contact.says("withdraw-bank", page=TOGETHER, match=match.ref, reason="自己筹到了")
    match.refresh_from_db()
    assert match.stage == "withdrawn"


# -- only for itself ---------------------------------------------------------------------------------------------------


def test_nothing_of_another_firm_can_be_seen_or_done(contact: FirmContact, team: ServiceTeam) -> None:
    other, desk = firm_of(2), who("desk", at=now())
    order = serving.order_service(by=desk, at=now(), enterprise=other.ref, team=team.ref, service="别家的上门")
    match = banking.demand_credit(by=desk, at=now(), demand=Demand(Decimal(900_000), "wages", 12, "none"), enterprise=other.ref)  # fmt: skip
    applied = resumptions.apply_resumption(by=desk, at=now(), enterprise=other.ref, planned_on=localdate(), staff=3)
    forum = forum_of(other)
    link = link_between(other, firm_of(3))
    for deed, told in (
        ("cancel-order", {"order": order.ref}), ("consent-bank", {"match": match.ref}), ("withdraw-bank", {"match": match.ref, "reason": "试试"}),
        ("withdraw-resumption", {"resumption": applied.ref, "reason": "试试"}), ("mend-item", {"item": applied.items.all()[0].ref, "remedy": "试试"}),
        ("answer-forum", {"forum": forum.ref, "answer": "no"}), ("answer-link", {"link": link.ref, "willing": "yes"}),
        ("withdraw-listing", {"listing": link.need.ref}),
    ):  # fmt: skip
        assert contact.says(deed, page=SERVICES, **told).status_code == 404, deed

    assert "别家的上门" not in contact.reads(SERVICES) and other.name not in contact.reads(TOGETHER)
    by = access.actor_of(contact.firm.contacts.get())
    with pytest.raises(NotFound):
        serving.ask_law(by=by, at=now(), enterprise=other.ref, question="替别家问一句")
    raise_questions(by=desk, at=now(), forum=forum.ref, told=[QuestionTold("别家问的", enterprise=other.ref)])
    with pytest.raises(NotFound):
        judge_question(by=by, at=now(), question=ForumQuestion.objects.get().ref, helped=True, how="企业页面")
    with pytest.raises(NotFound):
        answer_invitation(by=by, at=now(), forum=forum.ref, enterprise=other.ref, answer="no")


def test_who_looked_misses_nothing_whatever_was_looked_at(contact: FirmContact) -> None:
    contact.sends("/firm/report/", text="门口堆了建筑垃圾,货车进不来")
    desk = who("desk", at=now())
    case = access.reports_of(contact.firm).get().case
    show_contacts(by=desk, at=now(), case=case.ref, reason="问垃圾位置")
    look_at_contacts(by=desk, at=now(), enterprise=contact.firm.ref, reason="约走访")
    seek_phone(by=desk, at=now(), phone="13812345678")

    page = contact.reads("/firm/held/")

    for words in ("问垃圾位置", "约走访", "按电话查事项"):
        assert words in page
    assert "甲受理" not in page
