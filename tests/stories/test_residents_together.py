"""Residents with a phone in the hand: me too, undo, a question answered, what is held about me, a word about the site itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions.contact import show_contacts
from gridloop.offices.cases.models import Case, Report
from gridloop.web.public.doors import PUBLIC
from tests.sample import CODE, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book, picture, press

LAMP = "城乡建设/市政设施/路灯"


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def neighbours(times: int) -> Case:
    """So many people have told of the same lamp; the first case."""
    filing = actions.Filing(text="路灯不亮", category=LAMP, grid="C1-SW")
    filed = [actions.file_case(by=PUBLIC, at=timezone.now(), street=CODE, filing=filing).case for _ in range(times)]
    return filed[0]


def reports(resident: Person, text: str, **contact: str) -> str:
    """Fills in the form and sends it; the path of the follow page."""
    page = resident.visit("/s/sample/report/").page
    page.fill("#text", text)
    page.fill("#address", "柳荫路1号院")
    page.select_option("#category", LAMP)
    for name, value in contact.items():
        page.fill(f"#{name}", value)
    return sent(resident)


def sent(resident: Person) -> str:
    resident.page.locator("form:has(#text) button[type=submit]").last.click()
    resident.page.wait_for_url(re.compile(r"/r/[a-z0-9]+/"))
    return resident.page.url.removeprefix(resident.home).partition("?")[0]


@AT_BOTH_WIDTHS
def test_me_too_joins_the_neighbours_and_a_slip_is_undone(someone: Callable[..., Person], *, phone: bool) -> None:
    first = neighbours(3)
    resident = someone(phone=phone).visit("/s/sample/report/")
    page = resident.page
    page.fill("#text", "我家门口也黑,请一起修。")
    page.fill("#address", "柳荫路1号院")
    page.dispatch_event("#address", "change")
    page.wait_for_selector("#nearby input[name=join]")
    assert "已有 3 人反映" in page.inner_text("#nearby")
    page.check(f"#nearby input[value='{LAMP}']")
    page.set_input_files("#photos", picture())
    assert "现场.jpg" in page.inner_text("#chosen-photos")
    follow = sent(resident)

    joined = Case.objects.latest("pk")
    assert (joined.state, joined.merged_into_id) == ("merged", first.pk)
    resident.visit(follow)
    assert resident.sees(first.number)
    assert resident.sees("我家门口也黑,请一起修。")
    assert book(joined.ref) == ["case.filed", "case.merged"]

    again = reports(resident, "按错了,这不是我要说的。")
    resident.send("form[action$='/do/undo/']")
    resident.visit(again)
    assert resident.sees("撤回")
    assert Case.objects.latest("pk").state == "withdrawn"
    assert resident.fits()


@AT_BOTH_WIDTHS
def test_the_resident_is_asked_judges_and_reads_what_is_held(someone: Callable[..., Person], *, phone: bool) -> None:
    resident = someone(phone=phone)
    follow = reports(resident, "楼下路灯不亮三天了。", name="张三丰", phone="0371-60000001")
    case, now = Case.objects.get(), timezone.now()
    actions.accept(by=who("urban", at=now), at=now, case=case.ref)
    actions.ask_reporter(by=who("urban", at=now), at=now, case=case.ref, text="是哪一盏灯?")

    resident.visit(follow)
    assert resident.sees("是哪一盏灯?")
    resident.page.fill("[name=text]", "3 号楼西侧第二盏。")
    resident.send("form[action$='/do/supplement/']")
    now = timezone.now()
    actions.answer(by=who("urban", at=now), at=now, case=case.ref, text="第二盏灯已换,今晚亮灯。")
    show_contacts(by=who("desk", at=now), at=now, case=case.ref, reason="回访核对电话")
    actions.record_callback(by=who("desk", at=now), at=now, case=case.ref, outcome="not_reached")
    resident.visit(follow)
    assert resident.sees("第二盏灯已换,今晚亮灯。")
    resident.page.check("input[name=solved][value=yes]")
    resident.page.select_option("[name=satisfied]", "5")
    resident.send("form[action$='/do/judge/']")
    assert resident.sees("您已评价:已解决")
    assert resident.fits()

    resident.visit(f"{follow}held/")
    assert resident.sees("回访核对电话")
    assert not resident.sees("张三丰")
    assert resident.fits()
    resident.opens("更正称呼和电话").page.fill("#phone", "0371-60000009")
    resident.page.fill("#name", "张先生")
    resident.send("form[action$='/held/correct/']")
    resident.visit(f"{follow}held/").opens("删除称呼和电话").page.check("input[name=sure]")
    resident.send("form[action$='/held/forget/']")
    resident.visit(f"{follow}held/")
    assert resident.sees("没有存您的姓名和电话")
    assert (Report.objects.get().name, Report.objects.get().phone) == ("", "")
    assert [kind for kind in book(case.ref) if kind in {"case.asked", "case.supplemented", "case.answered", "case.judged"}] == [
        "case.asked", "case.supplemented", "case.answered", "case.judged",
    ]  # fmt: skip


@AT_BOTH_WIDTHS
def test_a_word_about_the_site_is_answered_where_it_was_said(someone: Callable[..., Person], *, phone: bool) -> None:
    resident = someone(phone=phone).visit("/s/sample/report/")
    press(resident.page.locator("footer a", has_text="意见建议"))
    resident.page.fill("#text", "按钮再大一点。")
    resident.send("form[action$='/suggest/']")
    own = resident.page.url.removeprefix(resident.home)
    assert resident.sees("还没有答复")

    keeper = someone("keeper", phone=phone).visit("/setup/suggestions/")
    assert keeper.sees("按钮再大一点。")
    keeper.page.fill("textarea[name=answer]", "已改大,长者模式下更大。")
    keeper.send("form[action$='/answer/']")
    resident.visit(own)

    assert resident.sees("已改大,长者模式下更大。")
    assert resident.fits()
    assert Entry.objects.filter(kind="suggestion.answered").count() == 1
