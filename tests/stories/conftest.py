"""What the stories share: the sample street behind a real server, and people who each have a browser of their own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Locator

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.actions import seal
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled
from tests.conftest import PATIENCE
from tests.sample import CODE, PASSWORD, sample_street

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
AT_BOTH_WIDTHS = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])


def ready(settings: Any, found: Callable[[], Any]) -> Any:
    """What ``found`` founds, with nothing left over from the test before; signing in is quick, the passwords are only the tests'."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.SECONDS_TO_WRITE = 0  # a browser that is driven writes faster than a person
    forget_everything()
    forget_compiled()
    call_command("createcachetable", verbosity=0)
    cache.clear()  # how often one address may report is counted there
    founded = found()
    seal(street=CODE)
    return founded


@pytest.fixture
def street(transactional_db: None, settings: Any) -> Any:
    """The sample street, founded."""
    return ready(settings, sample_street)


def press(target: Locator) -> None:
    """Presses a button or link that leads to another page, and waits until that one is loaded.

    Only to wait for "loaded" is not enough: on a busy machine the page of before is still there, loaded, for a while.
    """
    page = target.page
    page.evaluate("document.documentElement.dataset.before = ''")
    target.click()
    page.locator("html[data-before]").wait_for(state="detached")
    page.wait_for_load_state("load")


class Person:
    """Someone in front of a browser. ``do`` fills in a verb's form on the open case page and sends it."""

    def __init__(self, page: Any, home: str) -> None:
        self.page = page
        self.home = home

    def sign_in(self, username: str) -> Person:
        self.page.goto(f"{self.home}/accounts/login/")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/desk/**")
        return self

    def visit(self, path: str) -> Person:
        self.page.goto(f"{self.home}{path}")
        return self

    def do(self, verb: str, **fields: str) -> Person:
        form = self.unfold(verb)
        for name, value in fields.items():
            self._say(form, name, value)
        press(form.locator("button[type=submit]"))
        return self

    def unfold(self, verb: str) -> Any:
        """The verb's form, visible, as a locator."""
        around = self.page.locator(f"details:has(form[action$='/do/{verb}/'])")
        for panel in around.all():  # the outer one ("others") first
            if panel.get_attribute("open") is None:
                panel.locator("> summary").click()
        return self.page.locator(f"form[action$='/do/{verb}/']").first

    def _say(self, form: Any, name: str, value: str) -> None:
        field = form.locator(f"[name={name}]").first
        kind = field.evaluate("element => element.tagName + ':' + (element.type || '')")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif kind.endswith((":radio", ":checkbox")):
            form.locator(f"[name={name}][value='{value}']").check()
        else:
            field.fill(value)

    def send(self, form: str) -> Person:
        """Presses the button of the form chosen by a CSS selector, and waits for the answer."""
        press(self.page.locator(f"{form} button[type=submit]").last)
        return self

    def opens(self, words: str) -> Person:
        """Unfolds what is folded under these words, unless it is open."""
        folded = self.page.locator("details", has=self.page.locator("> summary", has_text=words)).last
        if folded.get_attribute("open") is None:
            folded.locator("> summary").click()
        return self

    def follows(self, words: str) -> Person:
        """Follows the first link with these words."""
        press(self.page.locator("main a", has_text=words).first)
        return self

    def sees(self, words: str) -> bool:
        return words in self.page.locator("body").inner_text()

    def fits(self) -> bool:
        """Nothing hangs out of the window sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def yes(self, verb: str, field: str, *, meaning: bool = True) -> str:
        """The value with which this verb's form says yes (or, ``meaning=False``, no)."""
        form = f"form[action$='/do/{verb}/']"
        options = self.page.locator(f"{form} [name={field}] option, {form} input[name={field}]")
        wanted = ("yes", "true", "1") if meaning else ("no", "false", "0")
        values = options.evaluate_all("all => all.map(each => each.value)")
        return next(value for value in values if value.lower() in wanted)

    def may(self, verb: str) -> bool:
        return bool(self.page.locator(f"form[action$='/do/{verb}/']").count())


@pytest.fixture
def someone(browser: Any, live_server: Any, street: Any) -> Iterator[Callable[..., Person]]:
    """``someone()`` has a browser of their own; ``someone("desk")`` has signed in; ``phone=True`` holds a phone."""
    contexts = []

    def make(username: str = "", *, phone: bool = False, javascript: bool = True) -> Person:
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE if phone else DESKTOP, has_touch=phone,
            java_script_enabled=javascript,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        person = Person(context.new_page(), live_server.url)
        return person.sign_in(username) if username else person

    yield make
    for context in contexts:
        context.close()


def moment(text: str) -> datetime:
    """A moment in Beijing time: ``moment("2022-01-28 10:00")``."""
    return datetime.fromisoformat(f"{text}+08:00")


def book(case: str) -> list[str]:
    """What the ledger holds of a case, in order: the kinds of its entries."""
    return [entry.kind for entry in timeline(scoped_case(case, by=SYSTEM).subject)]


def picture() -> dict[str, Any]:
    """A small photo, as a file input takes it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(out, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
