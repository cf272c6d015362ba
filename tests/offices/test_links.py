"""企企联建: typed with consent, proposed with reasons, answered by both, introduced, settled; a refusal parts two firms; leads and stories."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.models import Attachment
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.actions.filing import Filing
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.links import (
    ListingTold,
    answer_link,
    introduce_link,
    move_lead,
    propose_link,
    settle_link,
    tell_lead,
    tell_listing,
    withdraw_listing,
)
from gridloop.offices.enterprise.actions.register import end_enterprise
from gridloop.offices.enterprise.actions.stories import add_photo, publish_story, withdraw_story, write_story
from gridloop.offices.enterprise.link_models import FirmLink, Listing, Story
from gridloop.offices.enterprise.models import Consent, Enterprise
from gridloop.offices.enterprise.queries import links
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
LATER = TODAY + timedelta(days=30)
NEEDS = ListingTold("need", "platform", "传统面馆想上短视频平台", LATER, ("短视频", "老字号"))
OFFERS = ListingTold("offer", "platform", "短视频代运营", LATER, ("短视频",))
TEXT = "老店和短视频平台合作之后,年轻客人多了,外地订单也有了。"


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def told(firm: Enterprise, what: ListingTold) -> Listing:
    return tell_listing(by=who("desk"), at=MONDAY, enterprise=firm.ref, told=what, agreed_how="当面签字")


def pair() -> tuple[Enterprise, Enterprise, FirmLink]:
    """An old shop and a platform, brought together."""
    shop, platform = registered(1, name="示例老面馆"), registered(2, name="示例短视频平台", address="河畔花园")
    need, offer = told(shop, NEEDS), told(platform, OFFERS)
    return shop, platform, propose_link(by=who("desk"), at=MONDAY, need=need.ref, offer=offer.ref)


def test_a_firm_is_listed_only_once_it_agreed_and_the_agreement_is_on_record():
    firm = registered(1)

    with pytest.raises(Refused) as refused:
        tell_listing(by=who("desk"), at=MONDAY, enterprise=firm.ref, told=NEEDS)
    assert refused.value.fields["field"] == "agreed_how"
    told(firm, NEEDS)
    tell_listing(by=who("desk"), at=MONDAY, enterprise=firm.ref, told=OFFERS)  # it agreed before

    assert Consent.objects.get(kind="link").how == "当面签字"
    assert [entry.kind for entry in timeline(firm.subject)][-3:] == [
        "enterprise.consented",
        "listing.told",
        "listing.told",
    ]


def test_what_fits_is_proposed_with_its_reasons_and_goes_to_its_outcome():
    shop, platform, link = pair()
    assert link.reasons == ["共同标签:短视频(2 分)"]
    assert link.points == 2

    answer_link(by=who("desk"), at=MONDAY, link=link.ref, enterprise=shop.ref, willing=True, how="电话说明")
    with pytest.raises(Refused):
        introduce_link(by=who("desk"), at=MONDAY, link=link.ref, how="见面")
    answer_link(by=who("desk"), at=MONDAY, link=link.ref, enterprise=platform.ref, willing=True, how="来函")
    introduce_link(by=who("desk"), at=MONDAY, link=link.ref, how="社区会议室见面")
    settle_link(by=who("desk"), at=MONDAY, link=link.ref, cooperated=True, outcome="签了半年代运营")

    link.refresh_from_db()
    assert (link.state, link.outcome) == ("cooperated", "签了半年代运营")
    kinds = [entry.kind for entry in timeline(link.subject)]
    assert kinds == [
        "firm_link.proposed",
        "firm_link.agreed",
        "firm_link.agreed",
        "firm_link.introduced",
        "firm_link.cooperated",
    ]
    assert links.counts(who("desk"))["cooperated"] == 1


def test_a_refusal_means_never_again_with_that_partner():
    shop, platform, link = pair()
    with pytest.raises(WrongInput):
        answer_link(by=who("desk"), at=MONDAY, link=link.ref, enterprise=shop.ref, willing=False, how="电话说明")
    answer_link(
        by=who("desk"), at=MONDAY, link=link.ref, enterprise=shop.ref, willing=False, how="电话说明", reason="以前合作不愉快"
    )  # fmt: skip

    need, offer = told(platform, NEEDS), told(shop, OFFERS)  # the other way round, newly typed

    assert links.proposals(who("desk"), street=CODE, on=TODAY) == []
    with pytest.raises(Refused) as refused:
        propose_link(by=who("desk"), at=MONDAY, need=need.ref, offer=offer.ref)
    assert "一方曾表示不愿与对方联系" in refused.value.sentence


def test_a_pair_is_brought_up_once_and_shown_with_its_reasons_before():
    shop, platform = registered(1), registered(2)
    need, offer = told(shop, NEEDS), told(platform, OFFERS)

    [found] = links.proposals(who("desk"), street=CODE, on=TODAY)
    assert (found.need.ref, found.offer.ref, found.fit.points) == (need.ref, offer.ref, 2 + 1)  # also in one community
    propose_link(by=who("desk"), at=MONDAY, need=need.ref, offer=offer.ref)

    assert links.proposals(who("desk"), street=CODE, on=TODAY) == []
    with pytest.raises(Refused):
        propose_link(by=who("desk"), at=MONDAY, need=need.ref, offer=offer.ref)


def test_what_was_withdrawn_or_is_over_is_not_proposed():
    shop, platform = registered(1), registered(2)
    need, offer = told(shop, NEEDS), told(platform, OFFERS)
    assert links.proposals(who("desk"), street=CODE, on=LATER + timedelta(days=1)) == []

    withdraw_listing(by=who("desk"), at=MONDAY, listing=need.ref, reason="已找到")

    assert links.proposals(who("desk"), street=CODE, on=TODAY) == []
    with pytest.raises(Refused):
        propose_link(by=who("desk"), at=MONDAY, need=need.ref, offer=offer.ref)
    with pytest.raises(Refused):
        withdraw_listing(by=who("desk"), at=MONDAY, listing=need.ref, reason="再撤一次")


def test_when_a_firm_takes_its_consent_back_it_is_proposed_no_more():
    shop, platform = registered(1), registered(2)
    told(shop, NEEDS), told(platform, OFFERS)

    answer_consent(by=SYSTEM, at=MONDAY, enterprise=platform.ref, kind="link", granted=False, how="来电")

    assert links.proposals(who("desk"), street=CODE, on=TODAY) == []


def test_a_manager_answers_for_the_firm_they_see_and_for_no_other():
    shop, platform, link = pair()  # the platform lies outside the manager's beat

    answer_link(by=who("manager"), at=MONDAY, link=link.ref, enterprise=shop.ref, willing=True, how="上门问过")

    with pytest.raises(NotFound):
        answer_link(by=who("manager"), at=MONDAY, link=link.ref, enterprise=platform.ref, willing=True, how="没问过")
    with pytest.raises(NotFound):
        links.link(link.ref, by=who("urban"))


def test_who_has_no_part_in_a_link_does_not_answer_and_nobody_answers_twice():
    shop, _platform, link = pair()
    other = registered(3)
    with pytest.raises(Refused):
        answer_link(by=who("desk"), at=MONDAY, link=link.ref, enterprise=other.ref, willing=True, how="电话")
    answer_link(by=who("desk"), at=MONDAY, link=link.ref, enterprise=shop.ref, willing=True, how="电话")
    with pytest.raises(Refused):
        answer_link(
            by=who("desk"), at=MONDAY, link=link.ref, enterprise=shop.ref, willing=False, how="电话", reason="反悔"
        )


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (ListingTold("gift", "platform", "说明文字", LATER), "side"),
        (ListingTold("need", "magic", "说明文字", LATER), "kind"),
        (ListingTold("need", "platform", "说明文字", date(2022, 1, 1)), "valid_until"),
        (ListingTold("need", "platform", "说明文字", date(2032, 1, 1)), "valid_until"),
        (ListingTold("need", "platform", " ", LATER), "words"),
        (ListingTold("need", "platform", "说明文字", LATER, tuple("一二三四五六七八九")), "tags"),
    ],
)
def test_what_is_told_badly_is_refused_at_its_field(what, field):
    firm = registered(1)

    with pytest.raises(WrongInput) as refused:
        told(firm, what)

    assert refused.value.fields["field"] == field


def test_only_who_works_for_firms_brings_them_together():
    firm = registered(1)
    with pytest.raises((NotAllowed, NotFound)):
        tell_listing(by=who("grid"), at=MONDAY, enterprise=firm.ref, told=NEEDS, agreed_how="口头")


def test_a_lead_goes_from_new_to_signed_and_ends_there():
    outlet = registered(1, name="示例奥特莱斯")
    lead = tell_lead(
        by=who("desk"),
        at=MONDAY,
        enterprise=outlet.ref,
        brand="示例运动品牌",
        wants="300 平方米铺位",
        source="嘉年华现场",
    )

    move_lead(by=who("manager"), at=MONDAY, lead=lead.ref, state="talking", note="看过铺位")
    move_lead(by=who("desk"), at=MONDAY, lead=lead.ref, state="signed", note="签三年")

    lead.refresh_from_db()
    assert (lead.state, lead.note) == ("signed", "签三年")
    with pytest.raises(Refused):
        move_lead(by=who("desk"), at=MONDAY, lead=lead.ref, state="lost", note="反悔了")
    assert [each.ref for each in links.leads(who("desk"), state="signed")] == [lead.ref]
    assert links.leads(who("urban")) == []


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(out, "JPEG")
    return out.getvalue()


def test_a_story_is_public_with_consent_by_a_second_person_and_gone_when_the_firm_says_so(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    shop, _platform, link = pair()
    case = file_need(by=who("manager"), at=MONDAY, enterprise=shop.ref, filing=Filing(text="想找线上平台")).case
    story = write_story(
        by=who("desk"),
        at=MONDAY,
        enterprise=shop.ref,
        title="老店上了短视频",
        text=TEXT,
        link=link.ref,
        case=case.number,
    )
    add_photo(by=who("desk"), at=MONDAY, story=story.ref, name="店面.jpg", content=picture())
    assert story.case == case

    with pytest.raises(Refused) as refused:
        publish_story(by=who("leader"), at=MONDAY, story=story.ref)
    assert "没有同意" in refused.value.sentence
    answer_consent(by=who("desk"), at=MONDAY, enterprise=shop.ref, kind="story", granted=True, how="书面")
    with pytest.raises(Refused) as own:
        publish_story(by=who("desk"), at=MONDAY, story=story.ref)
    assert "不能自己公开" in own.value.sentence
    publish_story(by=who("leader"), at=MONDAY, story=story.ref)

    assert links.story(story.ref, by=who("manager")).is_public
    assert len(links.story(story.ref, by=who("manager")).photos) == 1
    answer_consent(by=who("desk"), at=MONDAY, enterprise=shop.ref, kind="story", granted=False, how="电话收回")
    assert not links.story(story.ref, by=who("manager")).is_public

    withdraw_story(by=who("manager"), at=MONDAY, story=story.ref, reason="企业收回")
    assert Story.objects.get().state == "withdrawn"


def test_what_is_no_picture_is_no_photo_and_leaves_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    firm = registered(1)
    story = write_story(by=who("desk"), at=MONDAY, enterprise=firm.ref, title="一则故事", text=TEXT)

    with pytest.raises(WrongInput):
        add_photo(by=who("desk"), at=MONDAY, story=story.ref, name="声音.pdf", content=b"%PDF-1.4\n%\xe2\xe3\xcf\xd3")

    assert not Attachment.objects.exists()


def test_a_story_of_a_link_is_about_one_of_its_firms():
    _shop, _platform, link = pair()
    other = registered(3)
    with pytest.raises(WrongInput):
        write_story(by=who("desk"), at=MONDAY, enterprise=other.ref, title="一则故事", text=TEXT, link=link.ref)
    with pytest.raises(NotFound):
        write_story(by=who("desk"), at=MONDAY, enterprise=other.ref, title="一则故事", text=TEXT, case="没有这件")


def test_a_firm_that_took_back_its_consent_or_left_is_not_introduced():
    shop, platform, link = pair()
    for firm in (shop, platform):
        answer_link(by=who("desk"), at=MONDAY, link=link.ref, enterprise=firm.ref, willing=True, how="电话说明")
    answer_consent(by=who("desk"), at=MONDAY, enterprise=platform.ref, kind="link", granted=False, how="来函")
    with pytest.raises(Refused, match="收回"):
        introduce_link(by=who("desk"), at=MONDAY, link=link.ref, how="见面")

    answer_consent(by=who("desk"), at=MONDAY, enterprise=platform.ref, kind="link", granted=True, how="来函")
    end_enterprise(by=who("desk"), at=MONDAY, enterprise=shop.ref, because="closed", reason="注销公告")
    with pytest.raises(Refused, match="已离开"):
        introduce_link(by=who("desk"), at=MONDAY, link=link.ref, how="见面")
