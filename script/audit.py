"""Lighthouse and axe on the main pages of a running demonstration, printed beside the limits; exit code 1 when one is missed.

``script/audit`` starts a server of its own; ``script/audit http://127.0.0.1:8000`` asks one that runs. ``--axe-only`` leaves Lighthouse out,
``--only desk,case`` names pages. Lighthouse runs from ``frontend/node_modules`` with the Chromium that the tests use.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import QUIET, chromium_path  # noqa: E402 - found through the line above
from tests.frontend.accessibility import MODES, NARROW, inline_parts, sideways, violations  # noqa: E402

LIMIT = 95
CATEGORIES = ("performance", "accessibility", "best-practices")
LIGHTHOUSE = ROOT / "frontend" / "node_modules" / "lighthouse" / "cli" / "index.js"
SHAPES = {"mobile": (), "desktop": ("--preset=desktop",)}
MEASURED = ("report", "desk", "case", "atlas")
PUBLIC = {
    "front": "/", "street": "/s/lianhu/", "report": "/s/lianhu/report/", "contact": "/s/lianhu/contact/", "find": "/follow/",
    "ledger": "/ledger/", "suggest": "/suggest/", "sign-in": "/accounts/login/",
}  # fmt: skip
STAFF = {
    "desk": "/desk/", "cases": "/cases/", "filing": "/cases/new/", "atlas": "/atlas/", "setup": "/setup/", "routes": "/setup/routes/",
    "profiles": "/setup/profiles/", "calendar": "/setup/calendar/", "posts": "/setup/posts/", "duties": "/setup/duties/",
}  # fmt: skip
SIGNED_IN = ("lianhu_desk", "wangge-2022")
CASE_LINK = "links => links.map(l => l.getAttribute('href')).find(h => /^\\/cases\\/[a-z0-9]{16}\\/$/.test(h))"


@dataclass(frozen=True, slots=True)
class Page:
    """One page to look at: its name, its address, the cookies that open it."""

    name: str
    address: str
    cookies: str


def pages(browser: Any, home: str) -> tuple[list[Page], list[dict[str, Any]]]:
    """The main pages, and the cookies of the signed-in desk. A report is filed to have a receipt to follow."""
    context = browser.new_context(base_url=home, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    follow = _receipt(page)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", SIGNED_IN[0])
    page.fill("input[name=password]", SIGNED_IN[1])
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")
    page.goto("/cases/")
    case = page.locator("a[href*='/cases/']").evaluate_all(CASE_LINK)
    kept = context.cookies()
    context.close()
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in kept if each["name"] == "sessionid")
    public = {
        **PUBLIC,
        "receipt": f"{follow}?receipt=1",
        "follow": follow,
        "held": f"{follow}held/",
        "check": f"{follow}check/",
    }
    found = [Page(name, f"{home}{path}", "") for name, path in public.items()]
    return found + [Page(name, f"{home}{path}", cookies) for name, path in {**STAFF, "case": case}.items()], kept


def _receipt(page: Any) -> str:
    page.goto("/s/lianhu/report/")
    page.fill("textarea[name=text]", "审计用:3 号楼门口的路灯不亮。")
    page.check("input[name=no_place]")
    time.sleep(3)  # the form's time trap
    page.click("main form .gl-submit button")
    page.wait_for_url("**/r/**")
    return "/" + page.url.split("/", 3)[3].split("?")[0]


def look(browser: Any, found: list[Page], kept: list[dict[str, Any]]) -> Iterator[str]:
    """What axe, the policy and a narrow window find wrong, in every mode."""
    for mode, cookies in MODES.items():
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
        )
        context.add_cookies(
            [{"name": name, "value": value, "url": found[0].address} for name, value in cookies.items()]
        )
        blank = context.new_page()
        refused = _refused_by_policy(blank)
        signed_in = False
        for each in found:
            if each.cookies and not signed_in:
                context.add_cookies(kept)
                signed_in = True
            blank.goto(each.address)
            problems = violations(blank) + [f"policy: {text[:160]}" for text in refused]
            if mode == "light":
                problems += [f"inline: {part!r}" for part in inline_parts(context.request.get(each.address).text())]
            blank.set_viewport_size(NARROW)
            problems += [f"sideways at 320 px: {part}" for part in sideways(blank)]
            blank.set_viewport_size({"width": 1280, "height": 900})
            refused.clear()
            yield from (f"{each.name} ({mode}): {problem}" for problem in problems)
        context.close()


def _refused_by_policy(page: Any) -> list[str]:
    """What the page's Content-Security-Policy refuses, as the console tells it; filled while pages are opened."""
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if "Content Security Policy" in told.text else None)
    return refused


def scores(node: str, each: Page, *, shape: str, kept: list[dict[str, Any]]) -> dict[str, int]:
    """The page's Lighthouse scores, 0 to 100."""
    with _browser_of(kept if each.cookies else []) as port:
        command = [
            node, str(LIGHTHOUSE), each.address, "--quiet", "--output=json", "--output-path=stdout", f"--only-categories={','.join(CATEGORIES)}",
            f"--port={port}", f"--extra-headers={json.dumps({'Accept-Language': 'zh-CN'})}", *SHAPES[shape],
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode:
        print(done.stderr[-600:], file=sys.stderr)
        return dict.fromkeys(CATEGORIES, 0)
    told = json.loads(done.stdout)["categories"]
    return {name: round((told[name]["score"] or 0) * 100) for name in CATEGORIES}


@contextmanager
def _browser_of(kept: list[dict[str, Any]]) -> Iterator[int]:
    """The port of a Chromium that holds these cookies. As a header they would be lost to all that a page fetches once it sets a cookie."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gridloop-audit-", ignore_cleanup_errors=True) as profile:
        command = [str(chromium_path()), *QUIET, "--no-sandbox", "--headless=new", f"--remote-debugging-port={port}", f"--user-data-dir={profile}"]  # fmt: skip
        browser = subprocess.Popen([*command, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(f"http://127.0.0.1:{port}/json/version", seconds=60)
            with sync_playwright() as playwright:
                playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0].add_cookies(kept)  # type: ignore[arg-type]
            yield port
        finally:
            browser.terminate()
            browser.wait(timeout=60)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with the demonstration, in a home that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="gridloop-audit-") as home:
        port = free_port()
        environment = {**os.environ, "GRIDLOOP_HOME": home}
        command = [sys.executable, "-m", "gridloop", "up", "--demo", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(f"http://127.0.0.1:{port}/", seconds=600)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def _wait_for(address: str, *, seconds: int) -> None:
    for _ in range(seconds):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(1)
    raise SystemExit("the server did not start")


def audit(home: str, *, node: str, only: set[str], with_lighthouse: bool) -> bool:
    """Prints scores and violations; whether every limit is kept."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIET, "--no-sandbox"])
        found, kept = pages(browser, home)
        chosen = [each for each in found if not only or each.name in only]
        problems = list(look(browser, chosen, kept))
        browser.close()
    print(f"axe, policy, 320 px: {len(problems)} (limit 0) on {len(chosen)} pages in {len(MODES)} modes")
    print("\n".join(f"  {problem}" for problem in problems))
    measured = [each for each in chosen if each.name in MEASURED] if with_lighthouse else []
    return _measured(node, measured, kept) and not problems


def _measured(node: str, found: list[Page], kept: list[dict[str, Any]]) -> bool:
    is_kept = True
    for each in found:
        for shape in SHAPES:
            told = scores(node, each, shape=shape, kept=kept)
            is_kept &= min(told.values()) >= LIMIT
            print(
                f"  {each.name:8} {shape:8} "
                + "  ".join(f"{name} {told[name]}" for name in CATEGORIES)
                + f"  (limit {LIMIT})",
                flush=True,
            )
    return is_kept


def main() -> None:
    """Audits the server named on the command line, or one of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", nargs="?", default="")
    parser.add_argument("--node", default="node")
    parser.add_argument("--only", default="")
    parser.add_argument("--axe-only", action="store_true")
    chosen = parser.parse_args()
    options = {
        "node": chosen.node,
        "only": set(filter(None, chosen.only.split(","))),
        "with_lighthouse": not chosen.axe_only,
    }
    if chosen.home:
        sys.exit(not audit(chosen.home.rstrip("/"), **options))
    with served() as home:
        sys.exit(not audit(home, **options))


if __name__ == "__main__":
    main()
