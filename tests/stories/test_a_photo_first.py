"""A resident begins with a photo on the phone: it is shown, it may be taken out again, and it may say where; then a question of the category."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridloop.offices.archive.models import Attachment
from gridloop.offices.cases.models import Case
from tests.offices.change_sets import done
from tests.stories.conftest import AT_BOTH_WIDTHS, Person
from tests.web_public.conftest import photo

LIGHTS = "城乡建设/市政设施/路灯"


def sent(name: str, *, with_gps: bool) -> dict[str, Any]:
    taken = photo(name, with_gps=with_gps)
    return {"name": name, "mimeType": "image/jpeg", "buffer": taken.read()}


@AT_BOTH_WIDTHS
def test_a_photo_tells_the_place_and_the_category_asks_one_thing(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    done("questions", "", {"text": "几盏不亮", "category": LIGHTS, "kind": "选一个", "options": "一盏、两盏以上"})
    resident = someone(phone=phone).visit("/s/sample/report/")
    page = resident.page

    page.set_input_files("#photos", [sent("灯.jpg", with_gps=True), sent("手指.jpg", with_gps=False)])
    page.wait_for_selector("#chosen-photos img")
    page.locator("#chosen-photos li", has_text="手指.jpg").get_by_role("button").click()
    page.get_by_role("button", name="用照片的拍摄位置作地点").click()
    assert page.input_value("input[name=lon]").startswith("113.5")
    page.fill("#text", "院门口的路灯不亮。")
    page.select_option("#category", LIGHTS)
    page.locator("label.gl-choice", has_text="两盏以上").click()
    assert resident.fits()
    page.locator("form:has(#text) button[type=submit]").last.click()
    page.wait_for_url("**/r/**")

    case = Case.objects.get()
    assert case.text == "院门口的路灯不亮。\n几盏不亮:两盏以上"
    assert case.placed_by == "point"
    assert Attachment.objects.filter(subject=case.subject).count() == 1


def test_the_desk_works_by_keys_and_sees_who_else_is_there(someone: Callable[..., Person]) -> None:
    resident = someone().visit("/s/sample/report/")
    resident.page.fill("#text", "院门口的路灯不亮。")
    resident.page.fill("#address", "柳荫路1号院")
    resident.page.locator("form:has(#text) button[type=submit]").last.click()
    resident.page.wait_for_url("**/r/**")
    case = Case.objects.get()
    urban = someone("urban").visit(f"/cases/{case.ref}/")
    urban.page.wait_for_load_state("networkidle")

    desk = someone("desk")
    keys = desk.page.keyboard
    keys.press("g")
    keys.press("c")
    desk.page.wait_for_url("**/cases/")
    keys.press("j")
    keys.press("x")
    assert desk.page.locator("input[name=case]:checked").count() == 1
    keys.press("Enter")
    desk.page.wait_for_url(f"**/cases/{case.ref}/")
    desk.page.locator(".gl-here").wait_for()
    assert "也开着这件" in desk.page.inner_text(".gl-here")
    keys.press("?")
    assert desk.page.locator("dialog#shortcuts[open]").count() == 1
    keys.press("Escape")
    keys.press("1")

    assert desk.page.evaluate("document.activeElement.dataset.digit") == "1"
    keys.press("0")
    assert desk.page.locator("details:has(> [data-more-steps])[open]").count() == 1
