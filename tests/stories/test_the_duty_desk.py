"""A morning at the duty desk: two calls, one of them about a known trouble; a notice, a dispatch; then order in the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Report
from tests.sample import CODE, IN_SW, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book

LAMP = "城乡建设/市政设施/路灯"


def filed(text: str, *, category: str = LAMP, **place: Any) -> Case:
    """A case that somebody else at the desk filed just now."""
    now = timezone.now()
    filing = actions.Filing(text=text, category=category, source="phone", **(place or IN_SW))
    return actions.file_case(by=who("desk", at=now), at=now, street=CODE, filing=filing).case


def takes_from(person: Person, box: str, typed: str, offer: str) -> None:
    """Types into a type-ahead box and takes what it offers."""
    person.page.locator(box).press_sequentially(typed)
    person.page.locator(f"{box} ~ ul[role=listbox] li", has_text=offer).first.click()


def calls_in(desk: Person, text: str) -> Person:
    """The desk writes while the caller speaks; place and category come from a few letters."""
    page = desk.visit("/cases/new/").page
    page.fill("textarea[name=text]", text)
    takes_from(desk, "input[name=address]", "lyl", "柳荫路1号院")
    takes_from(desk, "input.gl-filter:has(+ ul + select[name=category])", "ld", "路灯")
    page.fill("[name=reporter_name]", "王小明")
    page.fill("[name=reporter_phone]", "0371-60000005")
    return desk


@AT_BOTH_WIDTHS
def test_a_call_is_taken_and_the_known_trouble_is_seen_before_saving(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    known = filed("柳荫路的路灯坏了,晚上看不见路。")
    desk = someone("desk", phone=phone)

    page = calls_in(desk, "柳荫路路灯坏了不亮,老人晚上看不见路。").page
    assert page.input_value("[name=category]") == LAMP
    assert page.locator("select[name=grid] option:checked").inner_text().strip().endswith("西南小区")
    page.wait_for_selector("#look .gl-like")
    assert "把握" in page.inner_text("#look") or "不确定" in page.inner_text("#look")
    assert known.number in page.inner_text("#look")
    assert Case.objects.count() == 1
    page.check(f"#look input[value='{known.ref}']")
    desk.send("form[data-draft=new-case]")

    assert desk.sees("已并入未结事项")
    assert "/r/" in page.inner_text(".gl-receipt")
    assert (Case.objects.exclude(state="merged").count(), Report.objects.count()) == (1, 2)
    assert book(known.ref) == ["case.filed", "case.joined"]
    assert desk.fits()


@AT_BOTH_WIDTHS
def test_the_caller_is_told_once_what_is_needed_and_the_case_goes_to_another_unit(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    desk = calls_in(someone("desk", phone=phone), "院里的路灯要迁移,想问怎么申请。")
    desk.send("form[data-draft=new-case]")
    assert desk.sees("已登记并派件")
    assert desk.sees("城市管理中队")
    case = Case.objects.get()

    desk.visit(f"/cases/{case.ref}/").do(
        "give_notice", text="请带:1. 申请书;2. 业主签名表。到街道一楼窗口,两个工作日答复。"
    )
    desk.visit(f"/cases/{case.ref}/sheets/notice/")
    assert desk.sees("一次性告知")
    assert desk.sees("业主签名表")
    desk.visit(f"/cases/{case.ref}/").do("assign", unit="housing", reason="院内路灯归房管所管理。")

    assert desk.sees("房管所")
    assert desk.sees("院内路灯归房管所管理。")
    assert book(case.ref) == ["case.filed", "case.notice_given", "case.assigned"]
    assert desk.fits()


@AT_BOTH_WIDTHS
def test_the_list_is_put_in_order_kept_as_a_view_and_exported(someone: Callable[..., Person], *, phone: bool) -> None:
    noises = [filed(f"第{n}处夜间施工噪音", category="环境保护/噪音") for n in ("一", "二", "三")]
    filed("路灯不亮")
    desk = someone("desk", phone=phone).visit("/cases/?text=噪音")
    page = desk.page
    page.check("[data-pick-page]") if not phone else [tick.check() for tick in page.locator("input[name=case]").all()]
    page.select_option("#bulk-verb", "assign")
    desk.send(".gl-bulk")
    page.select_option("#bulk-unit", "urban")
    page.fill("#bulk-reason", "集中整治夜间施工")
    desk.send("main form[data-once]")
    assert desk.sees("3 件已办,0 件未办")
    assert all(book(case.ref)[-1] == "case.assigned" for case in noises)

    desk.visit("/cases/?text=噪音").opens("保存为视图")
    page.fill("#view-name", "夜间施工")
    desk.send("form[action$='/cases/views/']")
    assert page.locator("a.gl-view", has_text="夜间施工").count() == 1

    desk.follows("导出")
    page.fill("[name=purpose]", "夜间施工整治周报")
    with page.expect_download() as taken:
        page.locator("main form button[type=submit]").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    register = someone("leader", phone=phone).visit("/exports/")
    assert register.sees("夜间施工整治周报")
    assert register.fits()
    assert Entry.objects.filter(kind="cases.exported").count() == 1
