"""The day a compound is divided: the map opens, a keeper drafts, a gap stands in the way, a second person publishes, an old case stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.models import Case
from gridloop.offices.territory.models import Boundary, BoundaryVersion
from tests.conftest import WITH_WEBGL, launched
from tests.sample import CODE, who
from tests.stories.conftest import press

both_widths = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "390 px"])


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    """As the other stories' browser, but with WebGL."""
    yield from launched(playwright, WITH_WEBGL)


def lamp(lon: float, lat: float) -> Case:
    filing = cases.Filing(text="东院路灯不亮", category="城乡建设/市政设施/路灯", source="phone", lon=lon, lat=lat)
    return cases.file_case(
        by=who("desk", at=timezone.now()), at=timezone.now() - timedelta(hours=1), street=CODE, filing=filing
    ).case


def rev() -> str:
    return str(BoundaryVersion.objects.get().rev)


@both_widths
def test_the_map_is_interactive_and_says_what_is_in_a_cell(someone, street, phone):
    lamp(113.505, 34.705)
    desk = someone("desk", phone=phone).visit("/atlas/")
    faults: list[str] = []
    desk.page.on("pageerror", lambda fault: faults.append(str(fault)))

    assert desk.page.locator("[data-atlas-drawing] svg").is_visible()
    desk.page.get_by_role("button", name="打开可移动的地图").click()
    desk.page.wait_for_selector("[data-atlas][data-ready]")
    assert desk.page.locator("[data-atlas-drawing]").is_hidden()
    assert desk.page.evaluate("document.activeElement.className") == "maplibregl-canvas"
    desk.page.uncheck("[data-layer=cases]")
    desk.page.check("[data-layer=posts]")
    desk.page.check("[data-layer=flaws]")
    box = desk.page.locator(".maplibregl-canvas").bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] * 0.42, box["y"] + box["height"] * 0.6)

    desk.page.wait_for_selector(".gl-atlas-popup")
    assert "西南小区" in desk.page.locator(".gl-atlas-popup").inner_text()
    desk.page.keyboard.press("Escape")
    desk.page.locator(".maplibregl-canvas").focus()
    desk.page.keyboard.press("Enter")
    desk.page.locator(".gl-atlas-popup a").click()
    desk.page.wait_for_url("**/cases/**")
    assert faults == []


def test_whoever_opened_the_map_finds_it_open_again_until_it_is_closed(someone, street):
    desk = someone("desk").visit("/atlas/")
    desk.page.get_by_role("button", name="打开可移动的地图").press("Enter")
    desk.page.wait_for_selector("[data-atlas][data-ready]")

    desk.visit("/atlas/").page.wait_for_selector("[data-atlas][data-ready]")
    desk.page.get_by_role("button", name="回到简图").click()
    assert desk.page.locator("[data-atlas-drawing] svg").is_visible()

    desk.visit("/atlas/").page.get_by_role("button", name="打开可移动的地图").wait_for()
    assert desk.page.locator("[data-atlas-map]").is_hidden()


def test_where_the_map_cannot_be_fetched_the_drawing_stays_and_the_page_says_so(someone, street):
    desk = someone("desk").visit("/atlas/")
    desk.page.context.set_offline(True)

    desk.page.get_by_role("button", name="打开可移动的地图").click()

    desk.page.get_by_text("地图没有打开").wait_for(state="attached")
    assert desk.page.locator("[data-atlas-drawing] svg").is_visible()


def test_without_script_the_drawing_and_the_list_say_the_same(someone, street):
    lamp(113.505, 34.705)
    plain = someone("desk", javascript=False).visit("/atlas/")

    assert plain.page.locator("[data-atlas-drawing] svg path.gl-cell").count() == 4
    assert plain.page.locator("[data-atlas-open]").is_hidden() and plain.page.locator("[data-atlas-map]").is_hidden()
    assert plain.sees("西南小区") and plain.sees("壬网格")


@both_widths
def test_a_compound_is_divided_by_two_people_and_an_old_case_stays(someone, street, phone):
    old = lamp(113.508, 34.705)
    keeper = someone("keeper", phone=phone).visit("/atlas/boundaries/")
    page = keeper.page
    page.locator("details[data-step=outline] > summary").click()
    page.fill("[name=outline-grid]", "C1-SW")
    page.fill(
        "[name=outline-geometry]",
        '{"type":"Polygon","coordinates":[[[113.5,34.7],[113.506,34.7],[113.506,34.71],[113.5,34.71],[113.5,34.7]]]}',
    )
    page.uncheck("[name=outline-follow]")
    press(page.locator("details[data-step=outline] button[type=submit]"))
    assert keeper.sees("1 处要改") and keeper.sees("空白") and keeper.sees("东南小区西侧")
    address = page.url.replace(keeper.home, "")

    leader = someone("leader", phone=phone).visit(address)
    press(leader.page.locator("form[action$='/publish/'] button"))
    assert leader.sees("边界还不能发布")
    press(leader.page.locator("form[action$='/discard/'] button"))

    keeper.visit("/atlas/boundaries/")
    page.locator("details[data-step=split] > summary").click()
    page.fill("[name=split-grid]", "C1-SW")
    page.fill("[name=split-line]", "113.506,34.69 113.506,34.7101")
    page.fill("[name=split-code]", "C1-SW2")
    page.fill("[name=split-name]", "西南小区东院")
    press(page.locator("details[data-step=split] button[type=submit]"))
    assert keeper.sees("拼满,没有空白和重叠") and keeper.sees("请由第二个人核对后发布")
    assert page.locator("form[action$='/publish/']").count() == 0

    leader.visit(page.url.replace(keeper.home, ""))
    assert leader.sees("东院路灯不亮")  # would lie elsewhere, and stays
    press(leader.page.locator("form[action$='/publish/'] button"))

    assert leader.sees("已生效")
    assert Boundary.objects.filter(grid__code="C1-SW2", valid_until__isnull=True).count() == 1
    assert Case.objects.get(pk=old.pk).place.endswith("/C1-SW")
    assert lamp(113.508, 34.705).place.endswith("/C1-SW2")


@both_widths
def test_a_line_drawn_on_the_map_becomes_a_draft_a_version_and_leaves_the_old_case(someone, street, phone):
    old = lamp(113.5099, 34.705)
    keeper = someone("keeper", phone=phone).visit("/atlas/boundaries/")
    page = keeper.page
    page.wait_for_selector("[data-boundary][data-ready]")
    page.locator("[data-tool=line]").click()
    canvas = page.locator(".maplibregl-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for down in (0.98, 0.1):  # from below the cell to above it
        x, y = box["x"] + box["width"] * 0.45, box["y"] + box["height"] * down
        page.mouse.move(x - 5, y)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.up()
        page.wait_for_timeout(400)  # two quick clicks are a double click
    page.keyboard.press("Enter")

    expect(page.locator("[name=split-line]")).to_have_value(re.compile(r"^\S+ \S+$"))
    assert page.locator("details[data-step=split]").get_attribute("open") is not None
    page.fill("[name=split-grid]", "C1-SW")
    page.fill("[name=split-code]", "C1-SW2")
    page.fill("[name=split-name]", "西南小区东院")
    page.locator("details[data-step=split] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/atlas/boundaries/[a-z0-9]{16}/$"))
    assert keeper.sees("拼满,没有空白和重叠")

    leader = someone("leader", phone=phone).visit(page.url.replace(keeper.home, ""))
    press(leader.page.locator("form[action$='/publish/'] button"))
    assert leader.sees("已生效")
    assert Boundary.objects.filter(grid__code="C1-SW2", valid_until__isnull=True).count() == 1
    assert Case.objects.get(pk=old.pk).place.endswith("/C1-SW")
