"""Every main page of the sample street in a real browser: axe finds nothing in any mode, nothing is inline, nothing scrolls sideways at 320 px,
and a page without map and charts loads within 100 KB."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import localdate, now

from gridloop.core.bank_match import Demand
from gridloop.offices.archive.actions import seal
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.enterprise.actions import assisting, banking, links, plans, resumptions, serving
from gridloop.offices.enterprise.actions.forum_questions import QuestionTold, raise_questions
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum, invite
from gridloop.offices.enterprise.actions.inviting import invite_contact
from gridloop.offices.enterprise.actions.links import ListingTold
from gridloop.offices.enterprise.actions.teams import found_team, join_team
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.notices.publicity.actions import set_publicity
from gridloop.offices.notices.suggestions.actions import suggest
from gridloop.offices.organisation.models import Account
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled
from gridloop.web.firm_page.doors import COOKIE
from gridloop.web.public.doors import PUBLIC
from tests.firms import registered
from tests.frontend.accessibility import LARGEST_LOAD, MODES, NARROW, inline_parts, sideways, violations
from tests.sample import CODE, sample_street, who

NOBODY = [
    "/", "/s/sample/", "/s/sample/report/", "/s/sample/contact/", "/s/sample/map/", "/follow/", "/ledger/", "/suggest/",
    "/accounts/login/", "/no/such/page/",
]  # fmt: skip
BY_RECEIPT = ["", "?new=1", "held/", "check/", "withdraw/"]
BY_DESK = ["/desk/", "/cases/", "/cases/new/", "/atlas/", "/setup/", "/setup/routes/", "/setup/profiles/", "/setup/calendar/", "/setup/posts/",
           "/setup/duties/"]  # fmt: skip
BY_FIRM = [
    "/firm/",
    *(f"/firm/{tab}/" for tab in ("home", "report", "policies", "visits", "services", "together", "held")),
]
BY_KEEPER = ["/setup/suggestions/", "/setup/publicity/"]
PHONE = "13812345678"
HEAVY = re.compile(r"/map/|/static/gridloop/(atlas|boundary|chart)|\.(png|jpe?g|webp|woff2?)$")
"""What the figure leaves out: map and charts."""


@pytest.fixture
def receipt(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The sample street with a few reports, one of them answered: the address behind its receipt."""
    settings.MEDIA_ROOT, settings.SECONDS_TO_WRITE, settings.ACCOUNT_RATE_LIMITS = tmp_path, 0, {}
    forget_everything()
    forget_compiled()
    call_command("createcachetable", verbosity=0)
    sample_street()
    at = now()
    for _ in range(3):
        filed = file_case(by=PUBLIC, at=at - timedelta(days=2), street=CODE, filing=_told())
    actions.accept(by=who("urban", at=at), at=at, case=filed.case.ref)
    actions.answer(by=who("urban", at=at), at=at, case=filed.case.ref, text="已更换灯泡,恢复照明。")
    fresh = file_case(by=PUBLIC, at=at, street=CODE, filing=_told())
    file_case(by=PUBLIC, at=at - timedelta(days=2), street=CODE, filing=_told())
    set_publicity(
        by=who("keeper", at=at),
        at=at,
        street=CODE,
        shows_map=True,
        least=3,
        delay_for=timedelta(days=1),
        reason="会议议定",
    )
    suggest(by=PUBLIC, at=at, street=CODE, text="按钮太小", page="/s/sample/")
    firm_with_something_of_everything(at=at - timedelta(days=1))
    seal(street=CODE)
    yield f"/r/{filed.receipt}/ /r/{fresh.receipt}/"
    cache.clear()
    forget_everything()
    forget_compiled()


def firm_with_something_of_everything(*, at: datetime) -> None:
    """A firm whose own page has a row in each of its lists, with every form open to it."""
    desk, until = who("desk", at=at), localdate(at) + timedelta(days=30)
    firm, other = registered(1, at=at, contact="张三丰", phone=PHONE), registered(2, at=at, name="另一家示例厂")
    team = found_team(by=desk, at=at, street=CODE, kind="tax", name="办税团队")
    join_team(by=desk, at=at, team=team.ref, person="P08", kind="tax")
    order = serving.order_service(by=desk, at=at, enterprise=firm.ref, team=team.ref, service="上门辅导")
    serving.book_order(by=desk, at=at, order=order.ref, officer="P08", booked_for=at + timedelta(hours=1))
    serving.finish_order(by=desk, at=at + timedelta(hours=2), order=order.ref, result="办好了")
    serving.order_service(by=desk, at=at, enterprise=firm.ref, team=team.ref, service="再来一次")
    serving.ask_law(by=desk, at=at, enterprise=firm.ref, question="押金不退怎么办?")
    applied = resumptions.apply_resumption(
        by=who("manager", at=at), at=at, enterprise=firm.ref, planned_on=until, staff=9
    )
    resumptions.return_item(by=desk, at=at, item=applied.items.all()[0].ref, reason="名单不全")
    matter = assisting.set_matter(
        by=desk, at=at, street=CODE, name="许可变更", steps=["受理", "发证"], materials=["执照"]
    )
    assisting.accept_order(by=who("manager", at=at), at=at, matter=matter.ref, enterprise=firm.ref)
    plan = plans.open_plan(by=desk, at=at, enterprise=firm.ref, problems="订单不足", goal="恢复五天", review_on=until)
    plans.add_measure(by=desk, at=at, plan=plan.ref, text="对接客户", owner="P08", due_on=until)
    banking.demand_credit(by=desk, at=at, demand=Demand(Decimal(500_000), "turnover", 12, "none"), enterprise=firm.ref)
    made = [
        links.tell_listing(
            by=desk,
            at=at,
            enterprise=each.ref,
            told=ListingTold(side, "media", "拍短视频", until, ("短视频",)),
            agreed_how="签字",
        )
        for side, each in (("need", firm), ("offer", other))
    ]
    links.propose_link(by=desk, at=at, need=made[0].ref, offer=made[1].ref)
    told = ForumTold(kind="talk", title="恳谈会", starts_at=at + timedelta(hours=1), venue="二楼", host="economy")
    forum = announce_forum(by=desk, at=at, street=CODE, told=told)
    invite(by=desk, at=at, forum=forum.ref, enterprises=[firm.ref])
    asked = [QuestionTold("门口停车难", enterprise=firm.ref, category="城乡建设/市政设施/路灯")]
    (filed,) = raise_questions(by=desk, at=at + timedelta(hours=1), forum=forum.ref, told=asked)
    actions.accept(by=who("urban", at=at), at=at + timedelta(hours=2), case=filed.case.ref)
    actions.answer(by=who("urban", at=at), at=at + timedelta(hours=3), case=filed.case.ref, text="已划线。")


def _told() -> Filing:
    return Filing(
        text="3 号楼门口的路灯不亮",
        category="城乡建设/市政设施/路灯",
        grid="C1-SW",
        reporter_name="王某",
        reporter_phone="0371-60000001",
    )


def addresses(receipt: str) -> dict[str, list[str]]:
    """By who opens them: every main page, a case among them."""
    answered, fresh = receipt.split()
    case = Client()
    case.force_login(Account.objects.get(username="desk"))
    found = re.findall(r'href="(/cases/[a-z0-9]{16}/)"', case.get("/cases/").content.decode())
    return {
        "": [*NOBODY, *(answered + each for each in BY_RECEIPT[:-1]), fresh + "withdraw/", fresh],
        "desk": [*BY_DESK, found[0]],
        "keeper": BY_KEEPER,
        "firm": BY_FIRM,
    }


def someone(username: str) -> Client:
    """A browser without scripts in which this person is signed in, or the contact of the firm."""
    client = Client()
    if username == "firm":
        firm = Enterprise.objects.get(name="示例机械厂1号")
        sent = invite_contact(by=who("desk", at=now()), at=now(), enterprise=firm.ref, contact=firm.contacts.get().ref)
        client.post(f"/firm/open/{sent.secret}/", {"phone": PHONE})
    elif username:
        client.force_login(Account.objects.get(username=username))
    return client


def sign_in(context: Any, home: str, username: str) -> None:
    """The browser has the session of this person, without filling in the form."""
    name = COOKIE if username == "firm" else "sessionid"
    context.add_cookies([{"name": name, "value": someone(username).cookies[name].value, "url": home}])


@pytest.mark.parametrize("mode", list(MODES))
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    mode: str, browser: Any, live_server: Any, receipt: str
) -> None:
    found: list[str] = []
    for username, paths in addresses(receipt).items():
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
        )
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in MODES[mode].items()]
        )
        if username:
            sign_in(context, live_server.url, username)
        page = context.new_page()
        page.on(
            "console", lambda told: found.append(told.text[:200]) if "Content Security Policy" in told.text else None
        )
        for path in paths:
            page.goto(live_server.url + path)
            found += [f"{path}: {problem}" for problem in violations(page)]
            page.set_viewport_size(NARROW)
            found += [f"{path}: sideways at 320 px: {part}" for part in sideways(page)]
            page.set_viewport_size({"width": 1280, "height": 900})
        context.close()

    assert found == []


def test_no_page_has_an_inline_style_or_script_and_every_page_brings_the_policy(receipt: str) -> None:
    found: list[str] = []
    for username, paths in addresses(receipt).items():
        client = someone(username)
        for path in paths:
            answer = client.get(path)
            found += [f"{path}: {part}" for part in inline_parts(answer.content.decode())]
            policy = answer["Content-Security-Policy"]
            found += [f"{path}: {policy}"] if "unsafe" in policy or "default-src 'self'" not in policy else []

    assert found == []


def test_a_page_without_map_and_charts_loads_within_a_hundred_kilobytes(
    browser: Any, live_server: Any, receipt: str
) -> None:
    heavy: list[str] = []
    for username, paths in addresses(receipt).items():
        context = browser.new_context(locale="zh-CN")
        if username:
            sign_in(context, live_server.url, username)
        for path in paths:
            size = _load(context, live_server.url + path)
            heavy += [f"{path}: {size // 1024} KB"] if size > LARGEST_LOAD else []
        context.close()

    assert heavy == []


def _load(context: Any, address: str) -> int:
    """Bytes over the line: static files as they lie compressed beside themselves, a page as it was sent."""
    page = context.new_page()
    answers: list[Any] = []

    def keep(answer: Any) -> None:  # Playwright takes functions only, no methods of builtins
        answers.append(answer)

    page.on("response", keep)
    page.goto(address, wait_until="networkidle")
    size = sum(_weight(answer) for answer in answers if answer.ok and not HEAVY.search(answer.url))
    page.close()
    return size


def _weight(answer: Any) -> int:
    body = answer.body()
    is_compressed = "/static/" in answer.url or answer.headers.get("content-encoding") == "gzip"
    return len(gzip.compress(body)) if is_compressed else len(body)
