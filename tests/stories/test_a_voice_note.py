"""A manager says it instead of typing: a voice note is recorded in the page, heard, thrown away, recorded again, and lies with the case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gridloop.offices.archive.models import Attachment
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.cases.models import Case
from tests.conftest import PLAIN, launched
from tests.firms import registered
from tests.sample import CODE, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person

MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
HOLDS = "audio => new Promise((done) => { audio.onerror = () => done(false); audio.onloadedmetadata = () => done(true); audio.load(); })"


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Any]:
    """As the other stories' browser, but with a microphone that beeps."""
    yield from launched(playwright, [*PLAIN, *MICROPHONE])


def records(page: Any, name: str, *, seconds: float = 1.2) -> None:
    """Records for so long with the recorder below the file input of that name."""
    around = page.locator(f".gl-field:has(input[name={name}])")
    around.get_by_role("button", name="录一段话").press("Enter")
    around.get_by_role("button", name="停止").wait_for()
    page.wait_for_timeout(seconds * 1000)
    around.get_by_role("button", name="停止").press("Enter")
    around.locator(".gl-chosen audio").wait_for()
    expect(around.get_by_role("status")).to_contain_text(re.compile("已录好 0:0[1-9]"))  # a busy machine records longer


def is_kept(page: Any) -> None:
    """Waits until the recording is written where a page that comes back finds it: that is done after it is shown."""
    for _ in range(200):
        if page.evaluate("Object.keys(sessionStorage).some((key) => key.startsWith('gridloop:sound:'))"):
            return
        page.wait_for_timeout(50)
    pytest.fail("the recording was not kept")


def chosen(page: Any, name: str) -> int:
    return int(page.evaluate(f"document.querySelector('input[name={name}]').files.length"))


@AT_BOTH_WIDTHS
def test_a_voice_note_is_recorded_heard_thrown_away_and_filed(someone: Callable[..., Person], *, phone: bool) -> None:
    desk = someone("desk", phone=phone).visit("/cases/new/")
    page = desk.page
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)

    records(page, "files")
    assert page.locator(".gl-chosen audio").evaluate(HOLDS), "it plays before it is sent"
    page.get_by_role("button", name="去掉 录音").click()
    assert chosen(page, "files") == 0
    page.get_by_role("button", name="录一段话").click()
    page.get_by_role("button", name="放弃").click()
    page.get_by_text("已放弃这段录音。").wait_for()
    assert chosen(page, "files") == 0
    records(page, "files")
    is_kept(page)
    page.reload()
    page.get_by_text("没有提交的录音还在").wait_for()
    assert chosen(page, "files") == 1
    assert desk.fits()
    page.fill("textarea[name=text]", "来电人说不清楚,录音为准。")
    desk.send("form[data-draft=new-case]")

    kept = Attachment.objects.get()
    assert kept.subject == Case.objects.get().subject
    assert kept.media_type in ("audio/webm", "audio/mp4")
    desk.visit(f"/cases/{Case.objects.get().ref}/")
    assert page.locator(".gl-thumbs audio").evaluate(HOLDS), "and it plays on the case page"
    assert desk.visit("/cases/new/").page.locator(".gl-chosen li").count() == 0, "what was sent is not brought back"
    assert refused == []


def test_whoever_sends_while_recording_sends_what_was_said(someone: Callable[..., Person], street: Any) -> None:
    firm = registered(1, lon="113.505", lat="34.705")
    page = someone("manager").visit(f"/visits/log/{firm.ref}/").page

    page.check("input[name=purposes] >> nth=0")
    page.fill("textarea[name=text_1]", "贷款续不上。")
    page.locator(".gl-field:has(input[name=files_1])").get_by_role("button", name="录一段话").click()
    page.locator(".gl-field:has(input[name=files_1])").get_by_role("button", name="停止").wait_for()
    page.wait_for_timeout(800)
    page.get_by_role("button", name="记下").click()
    page.wait_for_url(lambda address: "/visits/log/" not in address)

    assert Attachment.objects.get().subject == Case.objects.get().subject
    page.goto(page.url.split("/visits/")[0] + f"/visits/log/{firm.ref}/")
    assert page.input_value("textarea[name=text_1]") == "", "what was sent is not brought back as unsent"
    assert page.locator(".gl-chosen li").count() == 0


def test_it_stops_by_itself_after_three_minutes_and_a_refused_microphone_is_told(
    someone: Callable[..., Person],
) -> None:
    page = someone("desk").page
    page.clock.install()
    page.goto(page.url.split("/desk/")[0] + "/cases/new/")

    page.get_by_role("button", name="录一段话").click()
    page.get_by_role("button", name="停止").wait_for()
    page.clock.fast_forward("03:01")
    page.locator(".gl-chosen audio").wait_for()
    assert "已录好 3:00" in page.locator(".gl-recorder").get_by_role("status").inner_text()

    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="录一段话").click()
    page.get_by_text("浏览器没有允许使用麦克风").wait_for()
    assert chosen(page, "files") == 1


def test_a_recording_outlives_the_question_about_the_same_trouble(someone: Callable[..., Person]) -> None:
    told = {
        "text": "柳荫路的路灯坏了,晚上看不见路。",
        "category": "城乡建设/市政设施/路灯",
        "lon": 113.505,
        "lat": 34.705,
    }
    file_case(by=who("desk", at=timezone.now()), at=timezone.now(), street=CODE, filing=Filing(source="phone", **told))
    desk = someone("desk").visit("/cases/new/")
    page = desk.page

    records(page, "files")
    page.fill("textarea[name=text]", "柳荫路的路灯坏了不亮,晚上看不见路。")
    page.select_option("select[name=category]", told["category"])
    page.evaluate(
        "document.querySelector('[name=lon]').value = 113.505; document.querySelector('[name=lat]').value = 34.705"
    )
    desk.send("form[data-draft=new-case]")
    page.get_by_text("还没有登记:请先看看是不是同一问题").wait_for()
    page.get_by_text("没有提交的录音还在").wait_for()
    page.locator("input[name=same]").last.check()
    desk.send("form[data-draft=new-case]")

    assert Attachment.objects.get().subject in {case.subject for case in Case.objects.all()}


def test_without_a_script_a_file_is_chosen_and_nothing_offers_to_record(someone: Callable[..., Person]) -> None:
    page = someone("desk", javascript=False).visit("/cases/new/").page

    assert page.locator("input[name=files]").is_visible()
    assert page.get_by_role("button", name="录一段话").count() == 0
