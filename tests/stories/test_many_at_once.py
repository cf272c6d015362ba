"""The duty desk finds what belongs together, ticks it across pages and assigns it; a colleague uses the view that was kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gridloop.offices.cases.actions import Filing, file_cases
from gridloop.offices.cases.models import Case
from tests.sample import CODE, IN_SW, MONDAY, who
from tests.stories.conftest import Person, press

NOISES = [
    Filing(
        text=f"第 {n} 处夜间施工噪音", category="环境保护/噪音", source="phone", reporter_phone="13800000005", **IN_SW
    )
    for n in range(34)
]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_ticked_cases_stay_ticked_from_page_to_page_and_each_has_its_result(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    file_cases(by=who("desk"), at=MONDAY, street=CODE, filings=NOISES)
    desk = someone("desk", phone=phone).visit("/cases/")
    page = desk.page
    page.fill("#filter-text", "噪音")
    press(page.locator(".gl-filters button[type=submit]"))
    page.locator("input[name=case]").nth(0).check()
    press(page.locator("a[rel=next]"))
    page.locator("input[name=case]").nth(0).check()
    assert desk.sees("已选 2 件")

    page.select_option("#bulk-verb", "assign")
    press(page.locator(".gl-bulk button[type=submit]"))
    page.select_option("#bulk-unit", "urban")
    page.fill("#bulk-reason", "集中整治夜间施工")
    press(page.locator("main form button[type=submit]"))

    assert desk.sees("2 件已办,0 件未办")
    assert Case.objects.filter(lead__code="urban").count() == 2
    desk.visit("/cases/?text=噪音")
    assert desk.sees("已选 0 件")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_the_page_is_ticked_and_the_view_is_shared(someone: Callable[..., Person]) -> None:
    file_cases(by=who("desk"), at=MONDAY, street=CODE, filings=NOISES[:3])
    desk = someone("desk", javascript=False).visit("/cases/?unit=environment")
    desk.page.locator("details.gl-drop", has_text="保存为视图").locator("summary").click()
    desk.page.fill("#view-name", "环境类")
    desk.page.select_option("#view-sharing", "street")
    press(desk.page.locator("form[action$='/cases/views/'] button"))
    assert desk.sees("环境类")

    environment = someone("environment").visit("/cases/")
    press(environment.page.locator("a.gl-view"))
    for tick in environment.page.locator("input[name=case]").all():
        tick.check()
    environment.page.select_option("#bulk-verb", "accept")
    press(environment.page.locator(".gl-bulk button[type=submit]"))
    press(environment.page.locator("main form button[type=submit]"))

    assert environment.sees("3 件已办,0 件未办")
