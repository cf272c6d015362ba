"""Every page answers for every role, with one headline, its landmarks and no lazy query."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.sample import PASSWORD, PEOPLE

EVERYBODY = [person.username for person in PEOPLE if person.username]
PAGES = [
    "/desk/",
    "/cases/",
    "/setup/",
    "/setup/routes/",
    "/setup/profiles/",
    "/setup/calendar/",
    "/setup/posts/",
    "/setup/duties/",
    "/atlas/",
]


def headlines(page: str) -> int:
    return len(re.findall(r"<h1[ >]", page))


@pytest.mark.parametrize("username", EVERYBODY)
def test_every_page_opens_for_every_role(signed_in, light, username):
    client = signed_in(username)

    for address in PAGES:
        answer = client.get(address)

        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert headlines(page) == 1, address
        assert '<main id="main"' in page and 'class="gl-skip"' in page, address
        assert "style=" not in page and "<script>" not in page, address


@pytest.mark.parametrize("username", ["desk", "leader", "urban", "urban_leader", "verifier", "manager", "grid"])
def test_the_case_page_opens_for_those_it_concerns(signed_in, light, username):
    answer = signed_in(username).get(f"/cases/{light}/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert headlines(page) == 1
    for said in (
        "为什么到这里",
        "为什么是这一天",
        "责任段",
        "经过(台账)",
        "2022年5月23日(周一)10:00",
        "待封存",
        "辛管家",
    ):
        assert said in page


@pytest.mark.parametrize("username", ["housing", "environment", "keeper"])
def test_the_case_page_is_not_found_for_those_it_does_not_concern(signed_in, light, username):
    answer = signed_in(username).get(f"/cases/{light}/")

    assert answer.status_code == 404
    assert "不在您的责任范围内" in answer.content.decode()


def test_nobody_reads_without_signing_in(street):
    for address in [*PAGES, "/cases/new/"]:
        answer = Client().get(address)

        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), address


def test_a_person_without_a_filing_post_may_not_file(signed_in):
    answer = signed_in("verifier").get("/cases/new/")

    assert answer.status_code == 403
    assert "请联系值班受理岗" in answer.content.decode()


def test_an_unknown_address_says_what_to_do(signed_in):
    answer = signed_in("desk").get("/no-such-page/")

    assert answer.status_code == 404
    assert "首页" in answer.content.decode()


def test_the_sign_in_page_lists_demonstration_accounts_and_opens_the_desk(street):
    client = Client()

    page = client.get("/accounts/login/").content.decode()
    answer = client.post("/accounts/login/", {"login": "desk", "password": PASSWORD})

    assert "演示账号" in page and "wangge-2022" in page and "值班受理岗" in page
    assert answer.status_code == 302 and answer["Location"] == "/desk/"


def test_a_wrong_password_says_what_to_do_and_five_lock_out(street):
    client = Client()

    pages = [client.post("/accounts/login/", {"login": "desk", "password": "wrong"}).content.decode() for _ in range(6)]

    assert "用户名或密码不对" in pages[0]
    assert "锁定" in pages[5] and "没有登录成功" in pages[5]


def test_nobody_registers_themselves(street):
    assert Client().get("/accounts/signup/").status_code == 404


def test_the_readers_settings_come_from_cookies(signed_in):
    client = signed_in("desk")
    client.cookies["theme"] = "dark"
    client.cookies["type"] = "large"

    page = client.get("/desk/").content.decode()

    assert 'data-bs-theme="dark"' in page and 'data-type="large"' in page


def test_what_staff_see_is_not_kept_by_caches(signed_in):
    assert signed_in("desk").get("/desk/")["Cache-Control"] == "no-store"


def test_the_list_of_shortcuts_is_read_from_its_head(signed_in):
    page = signed_in("desk").get("/desk/").content.decode()

    assert '<h2 id="shortcuts-title" tabindex="-1" autofocus>' in page  # else the button at its foot has the focus


def test_english_pages_begin_names_with_a_capital_and_call_months_by_name(signed_in):
    client = signed_in("leader")
    client.cookies["django_language"] = "en"

    desk, calendar = (client.get(address).content.decode() for address in ("/desk/", "/setup/calendar/"))

    shortcuts = desk[desk.index("gl-keys") : desk.index("</dl>", desk.index("gl-keys"))]
    assert all(f"<dd>{name}" in shortcuts for name in ("Policy", "Project", "Indicator"))
    assert '<th scope="row">January</th>' in calendar and "1 Month" not in calendar
