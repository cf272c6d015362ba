"""The console in English, walked through once: every page loads, says it is English, and shows no Chinese but the data's own.

The street has Latin names (``latin``), so Chinese on a page is a text without its English. What is marked as Chinese
(``lang="zh-Hans"``, the button that leads back) is Chinese on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from gridloop.offices.cases.models import Case
from gridloop.offices.notices.suggestions.actions import suggest
from gridloop.offices.organisation.changesets.queries import change_sets
from gridloop.site import tick
from gridloop.site.founding import found
from gridloop.web.public.doors import PUBLIC
from tests import sample
from tests.sample import CODE, who
from tests.stories import latin
from tests.stories.conftest import Person, press, ready

CHINESE = """() => {
  const han = /[\\u3400-\\u9fff]/, found = new Set();
  const skipped = "script, style, textarea, [lang^='zh']:not(html)";
  const told = text => { const plain = text.trim().replace(/\\s+/g, ' '); if (han.test(plain)) found.add(plain); };
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(skipped)) told(walk.currentNode.data);
  for (const it of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], [data-label], [data-text]')) {
    if (it.closest(skipped)) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label', 'data-text']) told(it.getAttribute(name) || '');
  }
  return [...found];
}"""
DESK = ["/desk/", "/cases/", "/cases/?state=cleared", "/cases/?text=lamp&overdue=1", "/cases/?text=nothing", "/cases/new/",
        "/cases/export/", "/atlas/", "/atlas/boundaries/", "/suggest/"]  # fmt: skip
EVERYONE = ["/me/", "/me/leave/", "/me/tokens/", "/accounts/second-factor/", "/accounts/password/change/"]
CHAPTERS = ["units", "people", "posts", "holdings", "delegations", "duties", "categories", "templates", "channels"]
KEEPER = [
    "/setup/", "/setup/routes/", "/setup/routes/edit/", "/setup/profiles/", "/setup/profiles/edit/", "/setup/calendar/", "/setup/posts/",
    "/setup/duties/", "/setup/changes/", "/setup/suggestions/", "/setup/publicity/", "/setup/tokens/", "/setup/webhooks/",
    "/setup/keepers/", "/setup/accounts/", "/atlas/boundaries/",
    *(f"/setup/rows/{chapter}/" for chapter in CHAPTERS), *(f"/setup/rows/{chapter}/edit/" for chapter in CHAPTERS),
]  # fmt: skip
LEADER = ["/desk/", "/exports/", "/atlas/"]
AUDIT = ["/desk/", "/audit/", "/audit/sign-ins/", "/audit/exports/", "/audit/deeds/"]
PUBLIC_PAGES = [
    "/",
    "/s/sample/",
    "/s/sample/report/",
    "/s/sample/contact/",
    "/follow/",
    "/suggest/",
    "/ledger/",
    "/accounts/login/",
]


@pytest.fixture
def street(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The street with Latin names, in the place of the sample street; ``who`` finds its people."""
    monkeypatch.setattr(sample, "PEOPLE", latin.PEOPLE)
    return ready(settings, lambda: found(latin.LATIN, at=sample.FOUNDED))


class Walk:
    """Goes from page to page and writes down what is not English there."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.offending: dict[str, list[str]] = {}

    def along(self, *paths: str) -> Walk:
        for path in paths:
            answer = self.person.page.goto(f"{self.person.home}{path}")
            assert answer.status == 200, f"{path}: {answer.status}"
            assert self.person.page.get_attribute("html", "lang") == "en", path
            self.look(path)
        return self

    def look(self, name: str) -> None:
        found = self.person.page.evaluate(CHINESE)
        if found:
            self.offending[name] = found


def in_english(person: Person, username: str = "") -> Walk:
    """The person has pressed "English" and then signed in."""
    person.visit("/accounts/login/")
    press(person.page.locator("form[action='/i18n/setlang/'] button"))
    return Walk(person.sign_in(username) if username else person)


def report(*walks: Walk) -> str:
    """Each page with its offending texts, each text where it was met first; empty when all is English."""
    pages = {name: texts for walk in walks for name, texts in walk.offending.items()}
    seen: set[str] = set()
    lines = []
    for name, texts in pages.items():
        new = [text for text in texts if text not in seen]
        lines += [f"{name}: {len(texts)}, of them {len(new)} new", *(f"    {text}" for text in new)]
        seen.update(new)
    return "\n".join([f"{len(seen)} Chinese texts on {len(pages)} pages", *lines]) if pages else ""


def verb_pages(person: Person, address: str) -> list[str]:
    """The sheets and the pages of their own that a case page leads to."""
    person.visit(address)
    found = person.page.locator(f"a[href^='{address}sheets/'], a[href^='{address}do/']")
    links = found.evaluate_all("all => all.map(each => each.getAttribute('href'))")
    return sorted({link for link in links if not link.endswith(".docx")})


def test_the_desk_the_unit_and_the_leader_read_english(someone: Callable[..., Person]) -> None:
    now = timezone.now()
    cases = [latin.eventful(now), latin.struck_off(now), latin.overdue(now)]
    tick.once(at=now)
    desk, urban, leader = (in_english(someone(), name) for name in ("desk", "urban", "leader"))
    addresses = [f"/cases/{case.ref}/" for case in cases]

    desk.along(*DESK, *addresses, *EVERYONE, *verb_pages(desk.person, addresses[0]))
    urban.along("/desk/", addresses[0])
    leader.along(*LEADER, addresses[0], addresses[2])

    assert not report(desk, urban, leader), report(desk, urban, leader)


def test_what_the_desk_is_answered_is_english(someone: Callable[..., Person]) -> None:
    """The flashes, refusals and the receipt after a deed."""
    now = timezone.now()
    latin.filed("The street lamp is out again.", latin.LAMP, at=now, **sample.IN_SW)
    desk = in_english(someone(), "desk")
    page = desk.person.page

    desk.along("/cases/new/")
    page.fill("textarea[name=text]", "The street lamp is out again.")
    page.fill("[name=address]", "Willow Rd 1")
    page.select_option("[name=category]", latin.LAMP)
    page.wait_for_selector("#look .gl-like")
    desk.look("/cases/new/ while typing")
    page.check("#look input[value=different]")
    desk.person.send("form[data-draft=new-case]")
    desk.look("/cases/new/ filed")
    desk.person.visit(f"/cases/{Case.objects.latest('pk').ref}/").do("give_notice", text="Bring your house book.")
    desk.look("a case after a notice")
    desk.person.do("split", text_1="x", reason="x")
    desk.look("a refused verb")

    assert not report(desk), report(desk)


def test_the_keepers_read_english(someone: Callable[..., Person]) -> None:
    now = timezone.now()
    suggest(by=PUBLIC, at=now, street=CODE, text="Bigger buttons, please.")
    keeper, lock, audit = (in_english(someone(), name) for name in ("keeper", "lock", "audit"))
    keeper.along(*KEEPER)
    person = keeper.person.visit("/setup/rows/units/edit/")
    for name, value in {"code": "parks", "name": "Parks"}.items():
        person.page.fill(f"main [name={name}]", value)
    person.send("main form:has([name=code])")
    keeper.look("a row put into a draft")
    keeper.along(f"/setup/changes/{change_sets(CODE)[0].ref}/")
    lock.along("/desk/", "/setup/accounts/", "/setup/keepers/", "/audit/sign-ins/")
    audit.along(*AUDIT)

    assert not report(keeper, lock, audit), report(keeper, lock, audit)


def test_a_resident_reads_english(someone: Callable[..., Person]) -> None:
    resident = in_english(someone(phone=True)).along(*PUBLIC_PAGES)
    page = resident.person.visit("/s/sample/report/").page
    page.fill("#text", "The street lamp is out.")
    page.fill("#address", "Willow Rd 1")
    page.select_option("#category", latin.LAMP)
    resident.person.send("form:has(#text)")
    resident.look("the receipt")
    follow = page.url.removeprefix(resident.person.home).partition("?")[0]
    now = timezone.now()
    case = Case.objects.latest("pk").ref
    latin.actions.accept(by=who("urban", at=now), at=now, case=case)
    latin.actions.answer(by=who("urban", at=now), at=now, case=case, text="A new lamp is up.")
    tick.once(at=now)
    resident.along(follow, f"{follow}held/", f"{follow}check/")

    assert not report(resident), report(resident)
