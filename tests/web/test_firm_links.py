"""The pages of 企企联建: offers and needs, proposals with reasons, both firms' word, the outcome; leads; stories with a photo and a .docx."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from PIL import Image

from gridloop.core.access import SYSTEM
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.link_models import FirmLink, Lead, Listing, Story
from tests.firms import registered
from tests.sample import MONDAY

SignIn = Callable[[str], Client]
NEED = {
    "enterprise": "示例老面馆", "side": "need", "kind": "platform", "words": "传统面馆想上短视频平台", "tags": "短视频,老字号", "valid_until": "2022-07-01",
    "agreed_how": "当面签字",
}  # fmt: skip
OFFER = NEED | {"enterprise": "示例短视频平台", "side": "offer", "words": "短视频代运营", "tags": "短视频 直播"}


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return str(answer.content.decode())


def send(client: Client, where: str, /, **told: Any) -> str:
    return str(client.post(where, told, follow=True).content.decode())


@pytest.fixture
def desk(street: object, signed_in: SignIn) -> Client:
    """The desk, with an old shop and a platform on the register."""
    registered(1, name="示例老面馆")
    registered(2, name="示例短视频平台")
    return signed_in("desk")


def linked(desk: Client) -> FirmLink:
    send(desk, "/enterprises/links/new/", **NEED)
    send(desk, "/enterprises/links/new/", **OFFER)
    need, offer = Listing.objects.order_by("pk")
    send(desk, "/enterprises/links/propose/", need=need.ref, offer=offer.ref)
    return FirmLink.objects.get()


def test_a_need_and_an_offer_are_brought_together_and_come_to_their_outcome(desk: Client) -> None:
    assert "没有牵线建议" in page(desk, "/enterprises/links/")
    send(desk, "/enterprises/links/new/", **NEED)
    send(desk, "/enterprises/links/new/", **OFFER)
    board = page(desk, "/enterprises/links/?kind=platform")
    assert "共同标签:短视频(2 分)" in board
    assert "没有牵线建议" in page(desk, "/enterprises/links/?kind=media")
    link = linked_now(desk)
    where = f"/enterprises/links/{link.ref}/do"

    for listing in (link.need, link.offer):
        send(desk, f"{where}/answer/", enterprise=listing.enterprise.ref, willing="yes", how="电话说明")
    assert "引荐" in page(desk, f"/enterprises/links/{link.ref}/")
    assert desk.post(f"{where}/introduce/", {"how": ""}).status_code == 422
    send(desk, f"{where}/introduce/", how="社区会议室见面")
    send(desk, f"{where}/settle/", cooperated="yes", outcome="签了半年代运营")

    shown = page(desk, f"/enterprises/links/{link.ref}/")
    for words in ("已合作", "签了半年代运营", "写成故事", "共同标签:短视频(2 分)"):
        assert words in shown, words
    assert "示例老面馆" in page(desk, "/enterprises/links/?state=cooperated")
    assert "还没有联建" in page(desk, "/enterprises/links/?state=ended")


def linked_now(desk: Client) -> FirmLink:
    need, offer = Listing.objects.order_by("pk")
    assert "去问两家" in page(desk, "/enterprises/links/")
    send(desk, "/enterprises/links/propose/", need=need.ref, offer=offer.ref)
    return FirmLink.objects.get()


def test_a_no_needs_its_reason_and_parts_the_two(desk: Client) -> None:
    link = linked(desk)
    where = f"/enterprises/links/{link.ref}/do/answer/"
    told = {"enterprise": link.need.enterprise.ref, "willing": "no", "how": "电话说明"}

    refused = desk.post(where, told)
    assert refused.status_code == 422
    assert "请写清楚" in refused.content.decode()
    assert "以后不再把这两家放在一起" in send(desk, where, **told, reason="以前合作不愉快")

    send(desk, "/enterprises/links/new/", **NEED | {"enterprise": "示例短视频平台"})
    send(desk, "/enterprises/links/new/", **OFFER | {"enterprise": "示例老面馆"})
    assert "没有牵线建议" in page(desk, "/enterprises/links/")
    assert "这两条不能牵线" in send(
        desk, "/enterprises/links/propose/", need=Listing.objects.filter(side="need").latest("pk").ref,
        offer=Listing.objects.filter(side="offer").latest("pk").ref,
    )  # fmt: skip


def test_without_the_firms_agreement_nothing_is_listed_and_the_field_says_so(desk: Client) -> None:
    refused = desk.post("/enterprises/links/new/", NEED | {"agreed_how": ""})

    assert refused.status_code == 422
    assert "还没有同意参加企企联建" in refused.content.decode()
    unknown = desk.post("/enterprises/links/new/", NEED | {"enterprise": "没有这家"})
    assert "没有找到这家企业" in unknown.content.decode()
    assert not Listing.objects.exists()


def test_a_listing_is_withdrawn_with_a_reason(desk: Client) -> None:
    send(desk, "/enterprises/links/new/", **NEED)
    ref = Listing.objects.get().ref

    assert "请写清楚" in send(desk, f"/enterprises/links/listings/{ref}/withdraw/", reason="")
    assert "已撤下" in send(desk, f"/enterprises/links/listings/{ref}/withdraw/", reason="已找到")

    assert "传统面馆想上短视频平台" not in page(desk, "/enterprises/links/")


def test_leads_are_told_and_moved(desk: Client) -> None:
    told = {"enterprise": "示例老面馆", "brand": "示例运动品牌", "wants": "两百平方米铺位", "source": "嘉年华现场"}
    assert "线索已登记" in send(desk, "/enterprises/leads/", **told)
    lead = Lead.objects.get()

    assert desk.post(f"/enterprises/leads/{lead.ref}/move/", {"state": "talking", "note": ""}).status_code == 422
    send(desk, f"/enterprises/leads/{lead.ref}/move/", state="signed", note="签三年")

    assert "签三年" in page(desk, "/enterprises/leads/?state=signed")
    assert "示例运动品牌" not in page(desk, "/enterprises/leads/?state=talking")
    assert desk.post("/enterprises/leads/", told | {"brand": ""}).status_code == 422


def test_a_story_with_its_photo_goes_public_by_a_second_person(
    desk: Client, signed_in: SignIn, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    link = linked(desk)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(picture, "JPEG")
    told = {
        "enterprise": "示例老面馆",
        "title": "老店上了短视频",
        "text": "老店和平台合作之后,外地订单也有了。",
        "link": link.ref,
    }
    photo = SimpleUploadedFile("店面.jpg", picture.getvalue(), content_type="image/jpeg")

    assert "草稿已保存" in send(desk, "/enterprises/stories/", **told, photo=photo)
    story = Story.objects.get()
    shown = page(desk, f"/enterprises/stories/{story.ref}/")
    assert "没有同意" in shown
    assert "没有同意公开案例" in send(desk, f"/enterprises/stories/{story.ref}/publish/")
    answer_consent(by=SYSTEM, at=MONDAY, enterprise=story.enterprise.ref, kind="story", granted=True, how="书面")
    assert "不能自己公开" in send(desk, f"/enterprises/stories/{story.ref}/publish/")
    assert "已公开" in send(signed_in("leader"), f"/enterprises/stories/{story.ref}/publish/")

    address = shown.split('data-lightbox><img src="')[1].split("?")[0]
    assert desk.get(address)["Content-Type"] == "image/jpeg"
    assert desk.get(f"{address}?size=small").status_code == 200
    page(desk, f"/enterprises/stories/{story.ref}/photos/nothing/", 404)
    written = Document(io.BytesIO(desk.get(f"/enterprises/stories/{story.ref}.docx").content))
    assert [part.text for part in written.paragraphs][:2] == ["老店上了短视频", "示例老面馆"]
    assert len(written.inline_shapes) == 1
    assert "已撤下" in send(desk, f"/enterprises/stories/{story.ref}/withdraw/", reason="企业要求")


def test_what_is_no_photo_leaves_no_draft(desk: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    told = {"enterprise": "示例老面馆", "title": "一则故事", "text": "老店和平台合作之后,外地订单也有了。"}

    refused = desk.post("/enterprises/stories/", told | {"photo": SimpleUploadedFile("a.jpg", b"not a picture")})

    assert refused.status_code == 422
    assert not Story.objects.exists()


def test_who_sees_no_firms_sees_none_of_it(street: object, signed_in: SignIn) -> None:
    keeper = signed_in("keeper")

    for address in ("links/", "links/new/", "leads/", "stories/"):
        page(keeper, f"/enterprises/{address}", 403)
