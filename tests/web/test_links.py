"""The page behind an outside link: opened by whoever has the address, kept by nobody, answered without an account or a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridloop.offices.archive.queries import attachments_of, timeline
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import OutsideLink
from gridloop.web.public.unlogged import struck_out
from tests.sample import MONDAY, who
from tests.web.test_verbs import PNG, hidden

ASKED = {"body": "某照明工程公司", "task": "请更换 17 号灯杆的灯具", "days": "3"}


@pytest.fixture
def sent(signed_in, light):
    """The secret of a link that the urban team sent through its form."""
    actions.accept(by=who("urban"), at=MONDAY, case=light)
    client = signed_in("urban")
    carried = hidden(client.get(f"/cases/{light}/").content.decode(), "send_outside")
    answer = client.post(f"/cases/{light}/do/send_outside/", carried | ASKED)
    again = client.post(f"/cases/{light}/do/send_outside/", carried | ASKED)
    found = [re.search(r"/l/([a-z0-9]{32})/", page.content.decode())[1] for page in (answer, again)]
    assert answer.status_code == 200 and found[0] == found[1] and OutsideLink.objects.count() == 1
    return found[0]


def key_of(page):
    return re.search(r'name="key" value="([^"]*)"', page)[1]


def test_the_page_shows_the_task_and_nothing_of_the_reporter(sent):
    answer = Client().get(f"/l/{sent}/")

    page = answer.content.decode()
    assert answer.status_code == 200 and "请更换 17 号灯杆的灯具" in page and "城市管理中队" in page
    for secret in ("王小明", "13800000005", "柳荫路路灯不亮三天了"):
        assert secret not in page
    assert answer["Cache-Control"] == "no-store" and "noindex" in answer["X-Robots-Tag"]


def test_it_is_answered_with_a_photo_on_a_phone_without_a_script(sent, light):
    client = Client()
    key = key_of(client.get(f"/l/{sent}/").content.decode())
    told = {"key": key, "text": "已更换灯具"}

    answers = [
        client.post(f"/l/{sent}/do/answer/", told | {"photos": SimpleUploadedFile("现场.png", PNG)}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    kinds = [entry.kind for entry in timeline(f"case:{light}")]
    assert kinds.count("case.outside_answered") == 1 and len(attachments_of(f"case:{light}")) == 1
    assert "已答复,等验收" in client.get(f"/l/{sent}/").content.decode()


def test_a_refused_answer_keeps_the_words(sent):
    client = Client()

    answer = client.post(f"/l/{sent}/do/answer/", {"key": "k", "text": "好的"})
    wrong = client.post(
        f"/l/{sent}/do/answer/", {"key": "k2", "text": "已更换灯具", "photos": SimpleUploadedFile("a.exe", b"MZ" * 40)}
    )

    assert answer.status_code == 422 and "好的" in answer.content.decode() and 'role="alert"' in answer.content.decode()
    assert wrong.status_code == 422 and OutsideLink.objects.get().state == "out"


def test_more_time_is_asked_for(sent):
    client = Client()
    bad = client.post(f"/l/{sent}/do/time/", {"key": "a", "days": "許多", "reason": "等灯具到货"})

    good = client.post(f"/l/{sent}/do/time/", {"key": "b", "days": "4", "reason": "等灯具到货"})

    assert (bad.status_code, good.status_code) == (422, 302)
    assert OutsideLink.objects.get().asked_days == 4


def test_after_the_lease_nothing_is_taken(sent, wall):
    wall.at = MONDAY + timedelta(days=3)
    client = Client()

    page = client.get(f"/l/{sent}/").content.decode()
    answer = client.post(f"/l/{sent}/do/answer/", {"key": "k", "text": "已更换灯具"})

    assert "期限已过" in page and "<textarea" not in page
    assert answer.status_code == 409


def test_contacts_are_shown_only_where_allowed_and_after_a_reason(sent, light):
    refused = Client().post(f"/l/{sent}/contacts/", {"why": "约时间"})
    made = actions.send_outside(
        by=who("urban"),
        at=MONDAY,
        case=light,
        body="另一家公司",
        task="请入户检修",
        shows_contact=True,
        reason="约定入户",
    )
    client = Client()
    before = client.get(f"/l/{made.secret}/").content.decode()

    nameless = client.post(f"/l/{made.secret}/contacts/", {"why": ""})
    shown = client.post(f"/l/{made.secret}/contacts/", {"why": "约时间入户"}).content.decode()

    assert refused.status_code == 409 and nameless.status_code == 422
    assert "13800000005" not in before and "13800000005" in shown
    assert "13800000005" not in client.get(f"/l/{made.secret}/").content.decode()


@pytest.mark.parametrize("secret", ["x", "2" * 32, "é" * 40, "a" * 4000])
def test_a_guess_opens_nothing_and_guesses_are_counted(street, wall, secret):
    client = Client()

    answers = [client.get(f"/l/{secret}/").status_code for _ in range(31)]

    assert answers[0] == 404 and answers[-1] == 429


def test_an_unknown_deed_and_a_get_do_nothing(sent):
    client = Client()

    assert client.post(f"/l/{sent}/do/erase/", {"key": "k"}).status_code == 404
    assert client.get(f"/l/{sent}/do/answer/").status_code == 405


def test_the_secret_stays_out_of_the_logs():
    assert struck_out('GET "/l/abc234xyz/do/answer/" 404') == 'GET "/l/…/do/answer/" 404'
    assert struck_out("Not Found: /r/abc234xyz/") == "Not Found: /r/…/"


def test_the_senders_desk_and_case_page_show_what_came_back(sent, light, signed_in):
    client = Client()
    client.post(f"/l/{sent}/do/answer/", {"key": "k", "text": "已更换灯具"})
    urban = signed_in("urban")

    desk, page = urban.get("/desk/").content.decode(), urban.get(f"/cases/{light}/").content.decode()
    done = urban.post(
        f"/cases/{light}/do/review_outside/",
        hidden(page, "review_outside") | {"link": OutsideLink.objects.get().ref, "approved": "yes", "days": "3"},
    )

    assert "待验收" in desk and "某照明工程公司" in desk
    assert "已更换灯具" in page and "代 外单位 某照明工程公司" in page
    assert done.status_code == 302 and OutsideLink.objects.get().state == "accepted"
