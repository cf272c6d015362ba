"""意见建议: anybody may write, the keeper of the street reads and answers, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.models import AccessNote
from gridloop.offices.archive.queries import timeline
from gridloop.offices.notices.models import Suggestion
from gridloop.offices.notices.suggestions.actions import answer_suggestion, suggest
from gridloop.offices.notices.suggestions.queries import count_new, suggestions
from gridloop.offices.organisation.models import Account
from gridloop.web.public import limits
from gridloop.web.public.doors import PUBLIC
from tests.sample import CODE, MONDAY, who
from tests.web_public.conftest import Resident

BOX = "/suggest/"


def writes(resident: Resident, text: str = "按钮太小", **words: str) -> Any:
    token = resident.form(BOX)["csrfmiddlewaretoken"]
    return resident.browser.post(BOX, {"csrfmiddlewaretoken": token, "text": text, **words})


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=username))
    return client


def test_every_public_page_leads_to_the_box(resident: Resident) -> None:
    follow = resident.receipt()

    for path in ("/", "/s/sample/", "/s/sample/report/", "/s/sample/contact/", "/follow/", "/ledger/", follow):
        assert 'href="/suggest/' in resident.reads(path), path


def test_a_suggestion_is_kept_and_answered_at_its_own_address(resident: Resident) -> None:
    answer = writes(resident, contact="a@b.example", page="/s/sample/report/?x=1")
    address = str(answer["Location"])

    assert answer.status_code == 302 and "还没有答复" in resident.reads(address)
    row = Suggestion.objects.get()
    assert (row.street, row.page, row.contact) == (CODE, "/s/sample/report/", "a@b.example")
    answer_suggestion(by=who("keeper"), at=MONDAY, suggestion=row.ref, answer="已改大。")
    page = resident.reads(address)
    assert "已改大。" in page and "a@b.example" not in page
    assert "按钮太小" not in str([entry.payload for entry in timeline(f"suggestion:{row.ref}")])


def test_the_page_it_is_about_is_where_the_reader_came_from_without_any_key(resident: Resident) -> None:
    came = resident.browser.get(BOX, HTTP_REFERER=f"http://testserver/r/{'k' * 32}/held/")
    elsewhere = resident.browser.get(BOX, HTTP_REFERER="http://other.example/s/sample/")

    assert "k" * 32 in came.content.decode()  # only its owner's own browser would send it; what is kept is cut
    writes(resident, page=f"/r/{'k' * 32}/held/")
    assert Suggestion.objects.get().page == "/r/…/held/"
    assert "other.example" not in elsewhere.content.decode()


@pytest.mark.parametrize("page", ["//evil.example/", "javascript:alert(1)", "x", "/" + "长" * 300])
def test_a_strange_page_is_not_kept(resident: Resident, page: str) -> None:
    writes(resident, page=page)

    assert Suggestion.objects.get().page in ("", "/…")


@pytest.mark.parametrize("text", ["", " ", "字", "字" * 1001])
def test_nothing_or_too_much_is_refused_beside_the_field(resident: Resident, text: str) -> None:
    answer = writes(resident, text)

    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert not Suggestion.objects.exists()


def test_the_box_is_not_flooded(resident: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.MOST, "suggest", 1)
    writes(resident)

    answer = writes(resident, "再说一遍")

    assert answer.status_code == 429 and "再说一遍" in answer.content.decode()


def test_a_machine_fills_the_honeypot_and_nothing_is_kept(resident: Resident) -> None:
    assert writes(resident, homepage="http://spam.example").status_code == 302
    assert not Suggestion.objects.exists()


def test_staff_suggest_to_their_own_street(resident: Resident) -> None:
    client = signed_in("urban")

    assert client.post(BOX, {"text": "列表太慢", "street": "nowhere"}).status_code == 302
    assert Suggestion.objects.get().told_by == who("urban").label
    assert "/suggest/" in client.get("/setup/").content.decode()


def test_how_to_reach_whoever_wrote_is_masked_until_a_reason_is_given(resident: Resident) -> None:
    row = suggest(by=PUBLIC, at=MONDAY, street=CODE, text="按钮太小", contact="a@b.example")
    keeper = signed_in("keeper")
    address = f"/setup/suggestions/{row.ref}/contact/"

    listed = keeper.get("/setup/suggestions/").content.decode()
    refused = keeper.post(address, {"reason": ""})
    shown = keeper.post(address, {"reason": "约时间看现场"}).content.decode()

    assert "a@b.example" not in listed and "已遮住" in listed
    assert refused.status_code == 422 and "a@b.example" not in refused.content.decode()
    assert "a@b.example" in shown
    note = AccessNote.objects.get()
    assert (note.subject, note.reason) == (f"suggestion:{row.ref}", "约时间看现场")
    assert signed_in("urban").post(address, {"reason": "好奇"}).status_code == 403


@pytest.mark.parametrize("username", ["desk", "urban", "grid", "verifier"])
def test_only_keepers_and_leaders_read_the_box(resident: Resident, username: str) -> None:
    row = suggest(by=PUBLIC, at=MONDAY, street=CODE, text="按钮太小")

    with pytest.raises(NotAllowed):
        suggestions(by=who(username))
    with pytest.raises(NotAllowed):
        answer_suggestion(by=who(username), at=MONDAY, suggestion=row.ref, answer="好的")
    assert count_new(by=who(username)) == 0
    assert signed_in(username).get("/setup/suggestions/").status_code == 403


def test_another_streets_suggestion_is_not_found(resident: Resident) -> None:
    row = suggest(by=PUBLIC, at=MONDAY, street=CODE, text="按钮太小")
    Suggestion.objects.update(street="410102991")

    with pytest.raises(NotFound):
        answer_suggestion(by=who("keeper"), at=MONDAY, suggestion=row.ref, answer="好的")
    assert suggestions(by=who("keeper")) == []


def test_an_answer_is_given_once(resident: Resident) -> None:
    row = suggest(by=PUBLIC, at=MONDAY, street=CODE, text="按钮太小")
    answer_suggestion(by=who("keeper"), at=MONDAY, suggestion=row.ref, answer="已改大。")

    with pytest.raises(Refused):
        answer_suggestion(by=who("keeper2"), at=MONDAY, suggestion=row.ref, answer="我也答")
    with pytest.raises(WrongInput):
        answer_suggestion(by=who("keeper2"), at=MONDAY, suggestion=row.ref, answer="")


def test_the_keeper_answers_on_the_page(resident: Resident) -> None:
    row = suggest(by=PUBLIC, at=MONDAY, street=CODE, text="按钮<b>太小")
    client = signed_in("keeper")

    page = client.get("/setup/suggestions/?state=new").content.decode()
    refused = client.post(f"/setup/suggestions/{row.ref}/answer/", {"answer": ""})
    done = client.post(f"/setup/suggestions/{row.ref}/answer/", {"answer": "已改大。"})

    assert "按钮&lt;b&gt;太小" in page
    assert (refused.status_code, done.status_code) == (422, 302)
    assert Suggestion.objects.get().answer == "已改大。"
    assert client.post("/setup/suggestions/nosuchref/answer/", {"answer": "好的"}).status_code == 404


def test_the_keeper_decides_what_is_public_on_the_page(resident: Resident) -> None:
    client = signed_in("keeper")

    refused = client.post("/setup/publicity/", {"shows_map": "on", "least": "2", "hours": "24", "reason": "会议议定"})
    done = client.post("/setup/publicity/", {"shows_map": "on", "least": "5", "hours": "48", "reason": "会议议定"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "地图公开" in client.get("/setup/publicity/").content.decode()
    assert resident.browser.get("/s/sample/map/").status_code == 200
    assert (
        signed_in("desk").post("/setup/publicity/", {"least": "3", "hours": "24", "reason": "会议议定"}).status_code
        == 403
    )
