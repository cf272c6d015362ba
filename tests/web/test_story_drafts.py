"""A struck-off problem of a firm becomes the draft of its story on its page; the public page shows it only while the firm agrees."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gridloop.core.access import SYSTEM
from gridloop.core.story_draft import StoryFacts, draft, impersonal
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.stories import publish_story
from gridloop.offices.enterprise.link_models import Story
from tests.firms import registered
from tests.offices.loop import Story as Told
from tests.offices.loop import told
from tests.sample import MONDAY, who

SignIn = Callable[[str], Client]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def struck_off(firm: Any) -> Told:
    story = told(
        text="车间停电两天,请找赵厂长 138 0000 0005", category="企业服务/融资", source="manager", enterprise=firm.name, enterprise_ref=firm.ref,
        reporter_name="赵厂长", reporter_phone="13800000005",
    )  # fmt: skip
    story.do("economy", "accept")
    story.do("economy", "note_progress", text="已和供电所到现场")
    story.do("economy", "answer", text="已更换变压器,恢复供电")
    story.do("verifier", "verify", passed=True, text="现场已通电")
    story.do("desk", "strike_off")
    return story


@pytest.fixture
def firm(street: object) -> Any:
    return registered(1, name="示例机械厂")


def test_a_draft_names_nobody_and_says_only_what_the_record_says() -> None:
    found = draft(StoryFacts("赵厂长的变压器", "停电", (), "", False, names=("赵厂长", "")))

    assert found.title == "有关人员的变压器"
    assert found.text == "企业遇到的难题:停电\n结果:经核实,问题已经解决。"
    assert (
        impersonal("卡号6222 0200 1234 5678 900,2022年5月23日,10.1亿元,三号线", ())
        == "卡号(略),2022年5月23日,10.1亿元,三号线"
    )


def test_a_struck_off_firm_case_offers_its_story_and_drafts_it_without_names(signed_in: SignIn, firm: Any) -> None:
    story, open_case = (
        struck_off(firm),
        told(category="企业服务/融资", source="manager", enterprise=firm.name, enterprise_ref=firm.ref),
    )
    desk = signed_in("desk")

    assert f"/enterprises/stories/?case={story.ref}" in text(desk.get(f"/cases/{story.ref}/"))
    assert "写成一篇企业故事" not in text(desk.get(f"/cases/{open_case.ref}/"))
    assert "写成一篇企业故事" not in text(signed_in("verifier").get(f"/cases/{story.ref}/"))
    page = text(desk.get(f"/enterprises/stories/?case={story.ref}"))

    assert "企业遇到的难题:车间停电两天,请找有关人员 (略)" in page
    assert "已和供电所到现场" in page and "已更换变压器" in page and "经核实,问题已经解决" in page
    assert "赵厂长" not in page and "0000 0005" not in page and story.case.number in page
    assert desk.get(f"/enterprises/stories/?case={open_case.ref}").status_code == 409
    assert desk.get("/enterprises/stories/?case=nothing").status_code == 404


def test_the_public_page_shows_it_while_the_firm_agrees_and_not_a_moment_longer(
    signed_in: SignIn, firm: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(picture, "JPEG")
    sent = {"enterprise": firm.name, "title": "停了两天的车间", "text": "车间停电两天,变压器换了,恢复生产。"}
    signed_in("desk").post("/enterprises/stories/", sent | {"photo": SimpleUploadedFile("车间.jpg", picture.getvalue(), content_type="image/jpeg")})  # fmt: skip
    row, anybody = Story.objects.get(), Client()
    address = f"/s/sample/stories/{row.ref}/"

    assert "还没有公开的故事" in text(anybody.get("/s/sample/stories/")) and anybody.get(address).status_code == 404
    assert "/s/sample/stories/" not in text(anybody.get("/s/sample/"))
    answer_consent(by=SYSTEM, at=MONDAY, enterprise=firm.ref, kind="story", granted=True, how="书面")
    assert anybody.get(address).status_code == 404  # a draft still
    publish_story(by=who("leader"), at=MONDAY, story=row.ref)

    page = anybody.get(address)
    photo = text(page).split('<img src="')[1].split('"')[0]
    assert "变压器换了" in text(page) and "示例机械厂" in text(page) and page["Cache-Control"] == "no-store"
    assert anybody.get(photo)["Content-Type"] == "image/jpeg"
    assert "停了两天的车间" in text(anybody.get("/s/sample/stories/")) and "/s/sample/stories/" in text(
        anybody.get("/s/sample/")
    )
    assert anybody.get("/s/sample/stories/?after=nonsense").status_code == 422

    answer_consent(by=SYSTEM, at=MONDAY, enterprise=firm.ref, kind="story", granted=False, how="电话收回")
    assert [anybody.get(each).status_code for each in (address, photo)] == [404, 404]
    assert "停了两天的车间" not in text(anybody.get("/s/sample/stories/"))
