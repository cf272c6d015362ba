"""Tokens and webhooks in the console: who may, secrets shown once, forms sent twice, stale forms, other streets."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gridloop.offices.archive.actions import seal
from gridloop.offices.notices.models import WebhookDelivery
from gridloop.offices.notices.webhook_models import Webhook
from gridloop.offices.notices.webhooks.actions import Reply, announce, post_messages
from gridloop.offices.organisation.models import ApiToken
from tests.sample import CODE, MONDAY

TOKEN = {"key": "k1", "name": "区热线平台同步", "scopes": ["cases:read", "cases:file"], "expires_on": "2030-01-31"}
HOOK = {"key": "k1", "name": "区热线平台", "url": "https://hotline.example/hooks?key=geheim", "events": ["case.*"]}


def shown_secret(page):
    return re.search(r'<strong class="gl-secret-text">((?:gl|whsec)_[^<]+)</strong>', page).group(1)


def test_somebody_issues_a_token_for_themselves_and_sees_its_secret_once(signed_in):
    desk = signed_in("desk")

    issued = desk.post("/me/tokens/", TOKEN)
    secret = shown_secret(issued.content.decode())
    later = desk.get("/me/tokens/").content.decode()

    assert issued["Cache-Control"] == "no-store" and secret not in later and "区热线平台同步" in later
    used = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json()
    assert (used["name"], used["scopes"]) == ("甲受理(区热线平台同步)", ["cases:file", "cases:read"])
    token = ApiToken.objects.get()
    assert (
        token.last_used_on and token.expires_at.isoformat() == "2030-01-31T16:00:00+00:00"
    )  # the end of the day in Beijing
    assert "没有用过" in later


def test_a_form_sent_twice_issues_one_token_and_shows_the_same_secret(signed_in):
    desk = signed_in("desk")

    first, again = (shown_secret(desk.post("/me/tokens/", TOKEN).content.decode()) for _ in range(2))

    assert first == again and ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "用途"),
        ({"scopes": []}, "可以做什么"),
        ({"scopes": ["everything"]}, "everything"),
        ({"expires_on": "2020-01-01"}, "到期时间要在以后"),
    ],
)
def test_what_cannot_be_issued_is_said_at_its_field(signed_in, changes, words):
    answer = signed_in("desk").post("/me/tokens/", TOKEN | changes)

    assert answer.status_code == 422 and words in answer.content.decode() and not ApiToken.objects.exists()


def test_a_keeper_issues_for_others_sees_all_and_revokes(signed_in):
    keeper, desk = signed_in("keeper"), signed_in("desk")
    desk.post("/me/tokens/", TOKEN)
    page = keeper.get("/setup/tokens/").content.decode()
    other = re.search(r'<option value="([^"]+)">丙城管', page).group(1)

    keeper.post("/setup/tokens/", TOKEN | {"key": "k2", "person": other, "name": "城管手持机"})
    listed = keeper.get("/setup/tokens/").content.decode()
    own = ApiToken.objects.get(name="区热线平台同步")
    revoked = keeper.post(f"/me/tokens/{own.ref}/revoke/", {"everyone": "1"})
    own.refresh_from_db()

    assert "丙城管" in listed and "城管手持机" in listed and "甲受理" in listed
    assert revoked["Location"] == "/setup/tokens/" and own.revoked_at is not None
    assert ApiToken.objects.get(name="城管手持机").person.code == "P03"


def test_nobody_else_sees_or_revokes_a_token(signed_in):
    signed_in("desk").post("/me/tokens/", TOKEN)
    token = ApiToken.objects.get()

    assert signed_in("urban").get("/setup/tokens/").status_code == 403
    assert signed_in("urban").post("/setup/tokens/", TOKEN).status_code == 403
    assert signed_in("urban").post(f"/me/tokens/{token.ref}/revoke/").status_code == 404
    assert token.ref not in signed_in("urban").get("/me/tokens/").content.decode()
    assert Client().get("/me/tokens/").status_code == 302


def test_a_token_for_somebody_else_is_not_issued_under_ones_own(signed_in):
    from gridloop.offices.organisation import queries

    leader = queries.person(CODE, "P02").ref
    signed_in("desk").post("/me/tokens/", TOKEN | {"person": leader})

    assert ApiToken.objects.get().person.code == "P01"


def test_the_number_of_tokens_does_not_change_the_number_of_queries(signed_in, django_assert_max_num_queries):
    keeper = signed_in("keeper")
    for number in range(6):
        keeper.post("/setup/tokens/", TOKEN | {"key": f"k{number}"})

    with django_assert_max_num_queries(14):
        keeper.get("/setup/tokens/")


def made(keeper):
    page = keeper.post("/setup/webhooks/", HOOK).content.decode()
    return Webhook.objects.get(), page


def test_a_webhook_is_added_and_its_secret_shown_once(signed_in):
    keeper = signed_in("keeper")

    webhook, page = made(keeper)
    again = keeper.post("/setup/webhooks/", HOOK).content.decode()
    later = keeper.get(f"/setup/webhooks/{webhook.ref}/").content.decode()

    assert shown_secret(page) == shown_secret(again) == webhook.secret and Webhook.objects.count() == 1
    assert webhook.secret not in later and "geheim" not in later + page and "hotline.example" in later
    assert "区热线平台" in keeper.get("/setup/webhooks/").content.decode()


def test_who_does_not_set_up_the_street_sees_no_webhook(signed_in):
    webhook, _ = made(signed_in("keeper"))

    for username in ("desk", "urban", "grid"):
        client = signed_in(username)
        assert client.get("/setup/webhooks/").status_code == 403
        assert client.get(f"/setup/webhooks/{webhook.ref}/").status_code == 403
        for deed in ("change", "secret", "switch", "ping", "close"):
            assert client.post(f"/setup/webhooks/{webhook.ref}/{deed}/").status_code == 403, (username, deed)
    assert not WebhookDelivery.objects.exists()


def test_deliveries_are_listed_with_their_attempts_and_sent_again(signed_in, light):
    keeper = signed_in("keeper")
    webhook, _ = made(keeper)
    keeper.post(f"/setup/webhooks/{webhook.ref}/ping/")
    seal(street=CODE)
    announce(street=CODE)
    post_messages(at=MONDAY, post=lambda letters: [Reply(410 - 6, answer="<b>nichts</b>") for _ in letters])
    WebhookDelivery.objects.update(next_try_at=None, given_up_at=MONDAY)

    page = keeper.get(f"/setup/webhooks/{webhook.ref}/").content.decode()
    message = WebhookDelivery.objects.get(kind="webhook.ping")
    answer = keeper.post(f"/setup/webhooks/{webhook.ref}/deliveries/{message.ref}/again/")
    message.refresh_from_db()

    assert "404" in page and "&lt;b&gt;nichts" in page and "已放弃" in page and "试投" in page
    assert answer.status_code == 302 and message.next_try_at == MONDAY


def test_a_stale_form_does_not_undo_what_another_keeper_did(signed_in):
    keeper, other = signed_in("keeper"), signed_in("keeper2")
    webhook, _ = made(keeper)

    keeper.post(f"/setup/webhooks/{webhook.ref}/change/", HOOK | {"url": "", "rev": 0, "name": "甲改的"})
    late = other.post(f"/setup/webhooks/{webhook.ref}/change/", HOOK | {"url": "", "rev": 0, "name": "乙改的"})
    webhook.refresh_from_db()

    assert late.status_code == 422 and "刚刚被别人改过" in late.content.decode()
    assert (webhook.name, webhook.url) == ("甲改的", HOOK["url"])


def test_a_webhook_is_switched_off_rotated_and_closed(signed_in):
    keeper = signed_in("keeper")
    webhook, _ = made(keeper)
    before = webhook.secret

    keeper.post(f"/setup/webhooks/{webhook.ref}/switch/", {"on": "0", "rev": "0"})
    page = keeper.post(f"/setup/webhooks/{webhook.ref}/secret/", {"rev": "1", "key": "z"}).content.decode()
    webhook.refresh_from_db()
    assert not webhook.is_active and shown_secret(page) == webhook.secret != before

    keeper.post(f"/setup/webhooks/{webhook.ref}/close/", {"rev": "2"})
    assert keeper.get(f"/setup/webhooks/{webhook.ref}/").status_code == 404
    assert "还没有网络钩子" in keeper.get("/setup/webhooks/").content.decode()


@pytest.mark.parametrize("url", ["http:/x", "https://user:pass@a.example/", "ftp://a.example/"])
def test_an_address_that_cannot_be_is_said_at_its_field(signed_in, url):
    answer = signed_in("keeper").post("/setup/webhooks/", HOOK | {"url": url})

    assert answer.status_code == 422 and "https://主机/路径" in answer.content.decode()
