"""Pictures of the main pages at phone and desktop width, into docs/img.

``python script/screenshots.py http://127.0.0.1:8000`` photographs a running demonstration (``script/run`` in another terminal).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.conftest import QUIET, chromium_path

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "img"
WIDTHS = {"1440": (1440, 1000), "390": (390, 844)}
PUBLIC = {"front": "/", "report": "/s/lianhu/report/", "ledger": "/ledger/", "sign-in": "/accounts/login/"}
STAFF = {
    "desk": "/desk/",
    "cases": "/cases/",
    "filing": "/cases/new/",
    "atlas": "/atlas/",
    "routes": "/setup/routes/",
    "profiles": "/setup/profiles/",
    "calendar": "/setup/calendar/",
    "posts": "/setup/posts/",
}
CASE_LINK = "links => links.map(l => l.getAttribute('href')).find(h => /^\\/cases\\/[a-z0-9]{16}\\/$/.test(h))"


def photograph(browser: Any, home: str) -> None:
    """Every page, at every width."""
    for width, (across, down) in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": across, "height": down}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        page = context.new_page()
        for name, path in PUBLIC.items():
            _take(page, f"{home}{path}", f"{name}-{width}")
        page.fill("input[name=login]", "lianhu_desk")
        page.fill("input[name=password]", "wangge-2022")
        page.click("main button[type=submit]")
        page.wait_for_load_state("load")
        for name, path in STAFF.items():
            _take(page, f"{home}{path}", f"{name}-{width}")
        page.goto(f"{home}/cases/?state=cleared")
        _take(page, home + page.locator("a[href*='/cases/']").evaluate_all(CASE_LINK), f"case-{width}")
        context.close()


def _take(page: Any, address: str, name: str) -> None:
    page.goto(address)
    page.screenshot(path=str(IMAGES / f"{name}.png"))


def main() -> None:
    """Takes all pictures of the server named on the command line."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    home = (sys.argv[1:] or ["http://127.0.0.1:8000"])[0].rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIET, "--no-sandbox"])
        photograph(browser, home)
        browser.close()


if __name__ == "__main__":
    main()
