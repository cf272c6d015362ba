"""What the stories share: the sample street behind a real server, and people who each have a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command

from gridloop.offices.archive.actions import seal
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled
from tests.sample import CODE, PASSWORD, sample_street

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def street(transactional_db: None, settings: Any) -> Any:
    """The sample street, founded; signing in is quick because the passwords are only the tests'."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = {}
    forget_everything()
    forget_compiled()
    call_command("createcachetable", verbosity=0)
    founded = sample_street()
    seal(street=CODE)
    return founded


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
        form = self.page.locator(f"form[action$='/do/{verb}/']").first
        around = self.page.locator(f"details:has(form[action$='/do/{verb}/'])")
        for panel in around.all():  # the outer one ("others") first
            if panel.get_attribute("open") is None:
                panel.locator("> summary").click()
        for name, value in fields.items():
            self._say(form, name, value)
        form.locator("button[type=submit]").click()
        self.page.wait_for_load_state("load")
        return self

    def _say(self, form: Any, name: str, value: str) -> None:
        field = form.locator(f"[name={name}]").first
        kind = field.evaluate("element => element.tagName + ':' + (element.type || '')")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif kind.endswith((":radio", ":checkbox")):
            form.locator(f"[name={name}][value='{value}']").check()
        else:
            field.fill(value)

    def sees(self, words: str) -> bool:
        return words in self.page.locator("body").inner_text()

    def may(self, verb: str) -> bool:
        return bool(self.page.locator(f"form[action$='/do/{verb}/']").count())


@pytest.fixture
def someone(browser: Any, live_server: Any, street: Any) -> Iterator[Callable[..., Person]]:
    """``someone()`` has a browser of their own; ``someone("desk")`` has signed in; ``phone=True`` holds a phone."""
    contexts = []

    def make(username: str = "", *, phone: bool = False, javascript: bool = True) -> Person:
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE if phone else {"width": 1440, "height": 900},
            java_script_enabled=javascript,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        person = Person(context.new_page(), live_server.url)
        return person.sign_in(username) if username else person

    yield make
    for context in contexts:
        context.close()


def moment(text: str) -> datetime:
    """A moment in Beijing time: ``moment("2022-01-28 10:00")``."""
    return datetime.fromisoformat(f"{text}+08:00")
