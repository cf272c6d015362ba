"""Pictures of the main pages at phone and desktop width, into docs/img, for the README and the user guide.

``python script/screenshots.py http://127.0.0.1:8000`` photographs a running demonstration (``script/run`` in another terminal). It files
one report as a resident, shows its receipt and takes it back; everything else is only looked at.

``MAIN`` are the twelve main pages; ``MORE`` are shown in the guide beside them.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.conftest import QUIET, chromium_path

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "img"
WIDTHS = {"1440": (1440, 1000), "390": (390, 844)}
PASSWORD = "wangge-2022"
CASE = "links => links.map(l => l.getAttribute('href')).find(h => /^\\/cases\\/[a-z0-9]{16}\\/$/.test(h))"


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as one person sees it. ``first`` opens the first case linked there."""

    name: str
    who: str
    path: str
    first: bool = False


MAIN = (
    Picture("front", "", "/"),
    Picture("street", "", "/s/lianhu/"),
    Picture("report", "", "/s/lianhu/report/"),
    Picture("desk", "lianhu_desk", "/desk/"),
    Picture("filing", "lianhu_desk", "/cases/new/"),
    Picture("cases", "lianhu_desk", "/cases/"),
    Picture("case", "lianhu_desk", "/cases/?state=cleared", first=True),
    Picture("atlas", "liuhu_desk", "/atlas/"),
    Picture("rules", "liuhu_keeper", "/setup/"),
    Picture("routes", "liuhu_keeper", "/setup/routes/"),
    Picture("calendar", "liuhu_keeper", "/setup/calendar/"),
    Picture("ledger", "", "/ledger/"),
)
MORE = (
    Picture("sign-in", "", "/accounts/login/"),
    Picture("posts", "lianhu_keeper", "/setup/posts/"),
    Picture("profiles", "lianhu_keeper", "/setup/profiles/"),
    Picture("leader", "lianhu_leader", "/desk/"),
    Picture("unit", "lianhu_unit", "/cases/", first=True),
    Picture("grid", "liuhu_grid", "/desk/"),
    Picture("leave", "lianhu_unit", "/me/leave/"),
    Picture("visits", "lianhu_manager", "/visits/"),
    Picture("enterprises", "lianhu_manager", "/enterprises/"),
    Picture("campaign", "lianhu_leader", "/campaigns/wrzwq/"),
    Picture("projects", "lianhu_leader", "/projects/"),
)
RECEIPT = "receipt"


def photograph(browser: Any, home: str) -> None:
    """Every page at every width; then the receipts, whose reports would else stand first in the lists."""
    for width in WIDTHS:
        people: dict[str, Any] = {}
        for picture in (*MAIN, *MORE):
            if picture.who not in people:
                people[picture.who] = _someone(browser, home, picture.who, width)
            _take(people[picture.who], home, picture, width)
        for page in people.values():
            page.context.close()
    for width in WIDTHS:
        _take_firm(_someone(browser, home, "", width), home, width)
        _take_receipt(_someone(browser, home, "", width), home, width)


def _someone(browser: Any, home: str, who: str, width: str) -> Any:
    """A page in a browser of its own, signed in unless nobody is named."""
    across, down = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": across, "height": down},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=width == "390",
    )
    page = context.new_page()
    if who:
        page.goto(f"{home}/accounts/login/")
        page.fill("input[name=login]", who)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/desk/**")
    return page


def _take(page: Any, home: str, picture: Picture, width: str) -> None:
    page.goto(home + picture.path)
    if picture.first:
        page.goto(home + page.locator("a[href*='/cases/']").evaluate_all(CASE))
    if picture.name == "atlas":
        page.locator("[data-atlas-open], [data-atlas-close]").locator("visible=true").wait_for()
        if page.locator("[data-atlas-open]").is_visible():
            page.locator("[data-atlas-open]").click()
        page.wait_for_selector("[data-atlas][data-ready]")
    _save(page, f"{picture.name}-{width}")


def _take_firm(page: Any, home: str, width: str) -> None:
    """What the contact of the demonstration's own firm sees first."""
    page.goto(f"{home}/firm/")
    page.locator("form[action$='/firm/demonstration/'] button").click()
    page.goto(f"{home}/firm/home/")
    _save(page, f"firm-{width}")


def _take_receipt(page: Any, home: str, width: str) -> None:
    """A resident's report and what the resident holds afterwards."""
    page.goto(f"{home}/s/lianhu/report/")
    page.fill("#text", "3 号楼门口的路灯从上周一起不亮,晚上老人走路看不清。")
    page.check("input[name=no_place]")
    page.wait_for_timeout(2500)  # sent back sooner, a form was not written by a person
    page.locator("form:has(#text) button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/r/[a-z0-9]+/"))
    _save(page, f"{RECEIPT}-{width}")
    page.locator("form[action$='/do/undo/'] button").first.click()
    page.wait_for_load_state("load")


def _save(page: Any, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=str(IMAGES / f"{name}.png"))


def main() -> None:
    """Takes all pictures of the server named on the command line."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    home = (sys.argv[1:] or ["http://127.0.0.1:8000"])[0].rstrip("/")
    with sync_playwright() as playwright:
        in_chinese = {**os.environ, "LANGUAGE": "zh_CN"}  # the browser's own words, as in a date field
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=[*QUIET, "--no-sandbox", "--lang=zh-CN"], env=in_chinese
        )
        photograph(browser, home)
        browser.close()


if __name__ == "__main__":
    main()
