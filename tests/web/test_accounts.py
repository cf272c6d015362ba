"""Signing in, second factor, sessions: what is refused says why, what happened is recorded, and nothing secret is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.test import Client

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.models import Entry
from gridloop.offices.organisation import actions as organisation_actions
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts import actions
from gridloop.offices.organisation.accounts.actions.signing import Visit
from gridloop.offices.organisation.models import Account, Holding, SignIn, Street
from tests.sample import BEIJING, CODE, MONDAY, PASSWORD
from tests.web.conftest import Wall

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36 Edg/124.0"
HARD = "柳岸-晓风-7-残月"


COMMITTED = pytest.mark.django_db(transaction=True)
"""allauth tells of a new second factor once it is committed, so these tests really commit."""


def signed(username: str = "desk", password: str = PASSWORD, agent: str = WINDOWS) -> tuple[Client, object]:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR="203.0.113.57")
    return client, client.post("/accounts/login/", {"login": username, "password": password})


def real() -> None:
    """The street is no demonstration any more."""
    Street.objects.filter(code=CODE).update(is_demonstration=False)


def code_now(secret: str, step: int = 0) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + step))


def test_a_sign_in_is_recorded_with_device_and_rough_origin_and_no_secret(street, wall):
    signed()

    row = SignIn.objects.get()
    assert (row.outcome, row.method, row.device, row.origin, row.street) == (
        "in",
        "密码",
        "Windows · Edge",
        "203.0.113.*",
        CODE,
    )
    assert PASSWORD not in str(SignIn.objects.values())


def test_a_failure_is_recorded_and_a_name_that_nobody_has_is_not(street, wall):
    signed(password="wrong")
    signed("my-secret-typed-here", password="x")

    rows = list(SignIn.objects.order_by("id"))
    assert [(row.outcome, row.account_id is None, row.street) for row in rows] == [
        ("wrong_password", False, CODE), ("wrong_password", True, ""),
    ]  # fmt: skip
    assert "my-secret" not in str(list(SignIn.objects.values()))


def test_a_wrong_name_and_a_wrong_password_meet_the_same_words_also_when_locked_out(street, wall):
    known = [signed("desk", "wrong")[1] for _ in range(6)]
    unknown = [signed("nobody", "wrong")[1] for _ in range(6)]

    words = [[page.context["form"].non_field_errors() for page in pages] for pages in (known[:1], unknown[:1])]
    assert words[0] == words[1]
    assert "锁定" in known[5].content.decode() and "分钟后再试" in known[5].content.decode()


def test_the_lock_out_says_when_to_try_again_and_is_recorded(street, wall):
    pages = [signed("desk", "wrong")[1] for _ in range(6)]

    assert "请 5 分钟后再试" in pages[5].content.decode()
    assert SignIn.objects.filter(outcome="too_often").count() == 1


def test_behind_a_proxy_one_persons_mistakes_do_not_lock_out_the_house(street, wall, settings):
    settings.PUBLIC_URL = "https://street.example"
    for number in range(10):
        Client(REMOTE_ADDR="127.0.0.1").post(
            "/accounts/login/", {"login": f"x{number}", "password": "x"}, headers={"X-Forwarded-For": "198.51.100.7"}
        )

    answer = Client(REMOTE_ADDR="127.0.0.1").post(
        "/accounts/login/", {"login": "desk", "password": PASSWORD}, headers={"X-Forwarded-For": "198.51.100.8"}
    )

    assert answer.status_code == 302


def test_the_account_ends_with_the_post_at_midnight_of_the_street(street, wall: Wall):
    midnight = MONDAY.astimezone(BEIJING).replace(hour=0) + timedelta(days=1)
    Holding.objects.filter(person__code="P01").update(ends_at=midnight)
    organisation_actions.renew(CODE)
    wall.at = midnight - timedelta(seconds=1)
    client, _ = signed()

    before = client.get("/desk/")
    wall.at = midnight
    after = client.get("/desk/")
    later = client.get("/desk/")
    again = signed()[1]

    assert before.status_code == 200
    assert after.status_code == 403 and "已于 2022年5月23日(周一)24:00 结束" in after.content.decode()
    assert later.status_code == 302 and "/accounts/login/" in later["Location"]
    assert again.status_code == 403 and "请安全管理员任命" in again.content.decode()
    assert list(SignIn.objects.order_by("id").values_list("outcome", "ended_because")) == [
        ("in", "岗位已结束或账号已停用"), ("no_post", ""),
    ]  # fmt: skip


def test_a_post_that_begins_tomorrow_opens_nothing_today(street, wall):
    Holding.objects.filter(person__code="P01").update(starts_at=MONDAY + timedelta(days=1))
    organisation_actions.renew(CODE)

    answer = signed()[1]

    assert answer.status_code == 403 and "从 2022年5月24日(周二)10:00 开始" in answer.content.decode()


def test_a_person_who_has_left_may_not_come_in(street, wall):
    person = organisation.person(CODE, "P01")
    person.left_at = MONDAY
    person.save()

    answer = signed()[1]

    assert answer.status_code == 403 and "离开本街道" in answer.content.decode()


def test_the_api_closes_with_the_post_too(street, wall):
    _, secret = organisation_actions.issue_token(
        by=SYSTEM, at=MONDAY, person=organisation.person(CODE, "P01"), name="测试", scopes=["cases:read"]
    )
    client, _ = signed()
    Holding.objects.filter(person__code="P01").update(ends_at=MONDAY)
    organisation_actions.renew(CODE)

    assert client.get("/api/v1/cases").status_code == 403
    assert Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code == 403


def test_a_locked_account_opens_neither_page_nor_session_nor_token(street, wall):
    person = organisation.person(CODE, "P01")
    _, secret = organisation_actions.issue_token(
        by=SYSTEM, at=MONDAY, person=person, name="测试", scopes=["cases:read"]
    )
    client, _ = signed()

    actions.lock_account(by=SYSTEM, at=MONDAY, street=CODE, person=person.ref, reason="手机丢失")

    assert client.get("/desk/").status_code == 302
    assert client.get("/api/v1/cases").status_code == 401
    assert Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    again = signed()[1]
    assert again.status_code == 403 and "已锁定(手机丢失)" in again.content.decode()


def test_a_wrong_password_does_not_tell_that_an_account_is_locked(street, wall):
    actions.lock_account(
        by=SYSTEM, at=MONDAY, street=CODE, person=organisation.person(CODE, "P01").ref, reason="手机丢失"
    )

    assert "已锁定(" not in signed(password="wrong")[1].content.decode()


def test_a_changed_password_ends_every_other_session_and_is_recorded(street, wall):
    here, _ = signed()
    there, _ = signed()

    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": HARD, "password2": HARD})

    assert answer.status_code == 302 and answer["Location"] == "/me/"
    assert here.get("/me/").status_code == 200 and there.get("/me/").status_code == 302
    entry = Entry.objects.get(kind="account.password_changed")
    assert HARD not in (entry.payload or "") and SignIn.objects.filter(ended_because="密码已修改").count() == 1


def test_my_sessions_are_listed_in_words_and_one_or_all_others_can_be_ended(street, wall):
    here, _ = signed()
    phone, _ = signed(agent="Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0")
    third, _ = signed()

    page = here.get("/me/").content.decode()
    one = SignIn.objects.get(device="Android · 微信")
    here.post(f"/me/sessions/{one.ref}/end/")
    ended, still = phone.get("/me/").status_code, third.get("/me/").status_code
    here.post("/me/sessions/end-others/")

    assert "Android · 微信" in page and page.count("Windows · Edge") >= 2 and "这里" in page
    assert (ended, still) == (302, 200)
    assert third.get("/me/").status_code == 302 and here.get("/me/").status_code == 200
    assert Session.objects.count() == 1


def test_nobody_ends_somebody_elses_session(street, wall):
    signed("leader")
    theirs = SignIn.objects.get()
    mine, _ = signed("desk")

    assert mine.post(f"/me/sessions/{theirs.ref}/end/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_leaving_is_recorded(street, wall):
    client, _ = signed()

    client.post("/accounts/logout/")

    assert SignIn.objects.get().ended_because == "退出登录"


def confirmed(client: Client, password: str = PASSWORD) -> None:
    client.post("/accounts/reauthenticate/", {"password": password})


def with_app(client: Client) -> str:
    """The client's account has an authenticator app; returns its secret."""
    confirmed(client)
    secret = client.get("/accounts/second-factor/totp/activate/").context["form"].secret
    answer = client.post("/accounts/second-factor/totp/activate/", {"code": code_now(secret)})
    assert answer.status_code == 302
    return str(secret)


@COMMITTED
def test_an_authenticator_app_is_asked_for_at_the_next_sign_in(street, wall):
    first, _ = signed()
    secret = with_app(first)

    client, asked = signed()
    early = client.get("/desk/")
    wrong = client.post("/accounts/second-factor/authenticate/", {"code": "000000"})
    right = client.post("/accounts/second-factor/authenticate/", {"code": code_now(secret, 1)})

    assert asked["Location"] == "/accounts/second-factor/authenticate/" and early.status_code == 302
    assert "验证码不对" in wrong.content.decode() and right.status_code == 302
    assert client.get("/desk/").status_code == 200
    assert SignIn.objects.filter(outcome="wrong_code", account__username="desk").count() == 1
    assert SignIn.objects.filter(outcome="in").order_by("-id").first().method == "密码 + 验证器"


@COMMITTED
def test_the_secret_of_the_app_lies_encrypted_and_its_coming_and_going_is_recorded(street, wall):
    client, _ = signed()
    secret = with_app(client)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    client.post("/accounts/second-factor/recovery-codes/generate/")
    client.post("/accounts/second-factor/totp/deactivate/")

    assert secret not in stored
    kinds = set(Entry.objects.filter(kind__startswith="account.").values_list("kind", flat=True))
    assert {"account.second_factor_added", "account.second_factor_removed", "account.recovery_codes_made"} <= kinds
    assert secret not in str(list(Entry.objects.values_list("payload", flat=True)))


@COMMITTED
def test_a_recovery_code_works_once(street, wall):
    client, _ = signed()
    with_app(client)
    code = client.get("/accounts/second-factor/recovery-codes/").context["unused_codes"][0]

    once, _ = signed()
    first = once.post("/accounts/second-factor/authenticate/", {"code": code})
    twice, _ = signed()
    second = twice.post("/accounts/second-factor/authenticate/", {"code": code})

    assert first.status_code == 302 and second.status_code == 200


@COMMITTED
@pytest.mark.parametrize("username", ["keeper", "leader"])
def test_keepers_and_leaders_set_up_a_second_factor_before_anything_else(street, wall, username):
    real()
    client, _ = signed(username)

    page = client.get("/me/second-factor/").content.decode()
    api = client.get("/api/v1/cases")

    assert client.get("/setup/")["Location"] == "/me/second-factor/"
    assert "要求第二验证" in page and api.status_code == 403
    with_app(client)
    assert client.get("/setup/").status_code == 200 and client.get("/api/v1/cases").status_code == 200
    stays = client.post("/accounts/second-factor/totp/deactivate/")
    assert stays.status_code == 200 and "先添加另一种" in stays.content.decode()


def test_others_and_demonstrations_need_no_second_factor(street, wall):
    assert signed("leader")[0].get("/desk/").status_code == 200
    real()
    assert signed("desk")[0].get("/desk/").status_code == 200


def test_changing_the_second_factor_asks_for_the_password_again(street, wall):
    client, _ = signed()

    for address in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
        answer = client.get(f"/accounts/second-factor/{address}")

        assert answer.status_code == 302 and "reauthenticate" in answer["Location"], address


@COMMITTED
def test_every_page_about_the_account_is_ours_and_free_of_inline_script(street, wall):
    client, _ = signed()
    with_app(client)
    confirmed(client)

    for address in (
        "/me/", "/me/leave/", "/accounts/password/change/", "/accounts/reauthenticate/", "/accounts/second-factor/",
        "/accounts/second-factor/totp/deactivate/", "/accounts/second-factor/recovery-codes/", "/accounts/second-factor/reauthenticate/",
        "/accounts/second-factor/recovery-codes/generate/", "/accounts/second-factor/webauthn/", "/accounts/second-factor/webauthn/add/",
    ):  # fmt: skip
        answer = client.get(address)

        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert page.count("<h1") == 1 and '<main id="main"' in page and "甲受理" in page, address
        assert "style=" not in page and "<script>" not in page and "onload" not in page, address


def test_a_first_password_must_be_changed_before_anything_else(street, wall):
    person = organisation.person(CODE, "P01")
    first = actions.issue_password(by=SYSTEM, at=MONDAY, street=CODE, person=person.ref)
    client, _ = signed(password=first)

    held, api = client.get("/desk/"), client.get("/api/v1/cases")
    client.post("/accounts/password/change/", {"oldpassword": first, "password1": HARD, "password2": HARD})

    assert held["Location"] == "/accounts/password/change/" and api.status_code == 403
    assert client.get("/desk/").status_code == 200
    assert first not in str(list(Entry.objects.values_list("payload", flat=True)))


def test_a_session_in_use_is_seen_now_and_then_only(street, wall: Wall, django_assert_max_num_queries):
    client, _ = signed()
    client.get("/me/")
    row = SignIn.objects.get()
    wall.at = MONDAY + timedelta(minutes=11)

    client.get("/me/")
    seen = SignIn.objects.get().seen_at
    client.get("/me/")

    assert row.seen_at == MONDAY and seen == wall.at == SignIn.objects.get().seen_at


def test_my_page_costs_the_same_however_often_i_signed_in(street, wall):
    from tests.web.test_queries import queries

    client, _ = signed()
    few = queries(client, "/me/")
    account = Account.objects.get(username="desk")
    for number in range(20):
        actions.note_sign_in(
            at=MONDAY, account=account, visit=Visit("Windows", "x"), session=f"k{number}", method="密码"
        )

    assert queries(client, "/me/") == few <= 25
