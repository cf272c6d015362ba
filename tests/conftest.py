"""What all tests share: a home folder of their own, the marker ``pure``, no silent skip in CI, and a browser.

The database is SQLite in a temporary GRIDLOOP_HOME, or what DATABASE_URL names (``python -m tests.postgres pytest``).
The settings read their environment when they are imported; therefore it is completed here, first of all.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

if "GRIDLOOP_HOME" not in os.environ:
    os.environ["GRIDLOOP_HOME"] = tempfile.mkdtemp(prefix="gridloop-test-")
    atexit.register(shutil.rmtree, os.environ["GRIDLOOP_HOME"], ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
# Playwright's own event loop runs in the thread of a story; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import django
from django.conf import settings

django.setup()
# Founding the sample street opens a dozen accounts; a password hash that is slow on purpose would cost most of each test.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A loaded machine is not a failing test; and what CI says of one commit it says again of the same commit.
hypothesis.settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("house")

TESTS = Path(__file__).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As quiet as a browser can be: nothing is fetched but the pages under test.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-quic", "--disable-sync", "--no-first-run"]  # fmt: skip
PATIENCE = 60_000  # ms: a loaded machine is not a failing test
PLAIN = ["--disable-gpu"]
WITH_WEBGL = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]  # drawn by the processor, slowly


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything under tests/core is pure: it needs no second run on PostgreSQL."""
    for item in items:
        if TESTS / "core" in item.path.parents:
            item.add_marker(pytest.mark.pure)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI is set a skip is a failure: nothing is left out silently."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A whole module that skips itself is a failure too."""
    report = yield
    _refuse_skip(report)
    return report


def chromium_path() -> str | None:
    """GRIDLOOP_CHROMIUM, else the Chromium of PATH; None lets Playwright use the one it has installed itself."""
    named = os.environ.get("GRIDLOOP_CHROMIUM")
    return named or next((found for name in CHROMIUM if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """Playwright of this worker: it allows one at a time in a thread, so every browser comes from it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    """One headless Chromium for all stories of this worker (a playwright.sync_api.Browser)."""
    yield from launched(playwright, PLAIN)


def launched(playwright: Any, arguments: list[str]) -> Iterator[Any]:
    """A headless Chromium, closed when its tests are over."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    started = playwright.chromium.launch(
        executable_path=chromium_path(), args=[*QUIET, *arguments, *(["--no-sandbox"] if is_root else [])]
    )
    yield started
    started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of a person who has never been here: no cookies, Chinese, Beijing time, 1440 x 900."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
