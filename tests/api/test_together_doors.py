"""Forums, links between firms, stories and resumption over the API: who may not, what is refused and how it is said, and long lists in pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gridloop.api.v1 import api
from gridloop.core.access import SYSTEM
from gridloop.offices.archive.models import Entry
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum
from gridloop.offices.enterprise.actions.resumptions import note_staff_test
from tests.api.conftest import Caller
from tests.api.shut import asked_again, desk_beside
from tests.api.walk import Walk, picture
from tests.api.walk_together import meet
from tests.firms import registered
from tests.sample import CODE, IN_SW

SOON = timezone.now() + timedelta(days=2)
FORUM = {"kind": "talk", "title": "恳谈会", "starts_at": SOON.isoformat(), "venue": "会议室", "host": "economy"}
PLACE = {key: str(value) for key, value in IN_SW.items()}


@pytest.fixture
def walk(street):
    done = Walk(api.get_openapi_schema(path_prefix="/api/v1/"))
    meet(done, picture=picture())
    return done


def test_whoever_may_not_is_refused_at_every_door_and_nothing_is_done(walk, caller):
    verifier, reads = caller("verifier").headers, caller("desk", ["cases:read"]).headers
    before = Entry.objects.filter(book_id=CODE).count()

    beside = {name: status for name, status, _ in asked_again(walk, desk_beside(), only_named=True)}
    nobody = {name: status for name, status, _ in asked_again(walk, {})}
    watcher = {name: status for name, status, _ in asked_again(walk, verifier, only_writes=True)}
    reader = {name: status for name, status, _ in asked_again(walk, reads, only_writes=True)}

    assert set(beside.values()) == {404} and len(beside) > 30, beside
    assert set(nobody.values()) == {401} and len(nobody) > 50
    assert {name: status for name, status in watcher.items() if status not in (403, 404)} == {}
    assert set(reader.values()) == {403}
    assert Entry.objects.filter(book_id=CODE).count() == before


def test_only_the_desk_and_leaders_set_the_checklist_and_publish_stories(walk, caller):
    manager = caller("manager")
    story = walk.done["firm_links_publish_story"].parameters["ref"]

    lists = manager.post("/checklist", {"items": ["人员名单已核对"], "basis": "复工通知"})
    told = manager.post(f"/stories/{story}/publish", {})

    assert (lists.status_code, told.status_code) == (403, 403)
    assert caller("leader").post("/checklist", {"items": ["人员名单已核对"], "basis": "复工通知"}).status_code == 200


def test_a_list_is_read_only_by_posts_that_see_firms(walk, caller):
    keeper = caller("keeper")

    for path in ("/forums", "/firm-listings", "/firm-links", "/leads", "/stories", "/resumptions", "/staff-tests", "/charter-trips"):  # fmt: skip
        assert keeper.get(path).status_code == 403, path


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/forums", FORUM | {"venue": ""}, 422, "forums.venue"),
        ("/forums", FORUM | {"kind": "party"}, 422, "api.invalid"),
        ("/firm-links", {"need": "2" * 16, "offer": "3" * 16}, 404, "links.no_listing"),
        (
            "/charter-trips",
            {"origin": "信阳", "leaves_on": "2099-01-01", "seats": 20, "shares": [{"enterprise": "2" * 16, "workers": 5}] * 2},
            422,
            "trips.twice",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do_next(caller, path, body, status, code):
    answer = caller("desk").post(path, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert len(answer.json()["detail"]) > 5


def test_a_firm_that_did_not_agree_is_not_listed_and_two_that_do_not_fit_are_not_linked(caller, street):
    firms = [registered(number, name=f"示例店{number}", **PLACE).ref for number in (1, 2)]
    told = {
        "side": "need", "kind": "platform", "words": "想上短视频平台", "valid_until": (timezone.localdate() + timedelta(days=60)).isoformat(),
    }  # fmt: skip
    manager = caller("manager")

    unasked = manager.post(f"/enterprises/{firms[0]}/listings", told)
    need = manager.post(f"/enterprises/{firms[0]}/listings", told | {"agreed_how": "当面签字"}).json()["ref"]
    offer = told | {"side": "offer", "kind": "space", "words": "空铺位", "agreed_how": "当面签字"}
    other = manager.post(f"/enterprises/{firms[1]}/listings", offer).json()["ref"]
    linked = manager.post("/firm-links", {"need": need, "offer": other})

    assert (unasked.status_code, linked.status_code) == (409, 409)
    assert "同意" in unasked.json()["detail"]


def test_nobody_passes_the_items_of_their_own_application(caller, street):
    firm = registered(1, **PLACE).ref
    desk = caller("desk")
    made = desk.post(f"/enterprises/{firm}/resumptions", {"planned_on": timezone.localdate().isoformat(), "staff": 9})
    item = made.json()["items"][0]["ref"]

    assert (made.status_code, desk.post(f"/resumption-items/{item}/pass", {}).status_code) == (201, 409)
    assert caller("leader").post(f"/resumption-items/{item}/pass", {}).status_code == 200


def test_a_deed_sent_twice_with_one_key_is_done_once(caller, street):
    desk = caller("desk")

    answers = [desk.post("/forums", FORUM, Idempotency_Key="one") for _ in range(2)]

    assert answers[0].json() == answers[1].json() and answers[1]["Idempotent-Replay"] == "true"
    assert len(desk.get("/forums").json()["items"]) == 1


def test_a_photo_sent_twice_with_one_key_is_kept_once(walk, caller):
    firm = registered(9, **PLACE).ref
    manager = caller("manager")
    told = {"title": "老店上了短视频", "text": "老店和平台合作之后,外地订单也有了。"}
    story = manager.post(f"/enterprises/{firm}/stories", told).json()["ref"]

    def sent(content: bytes):
        photo = {"file": SimpleUploadedFile("店面.jpg", content, content_type="image/jpeg")}
        headers = manager.headers | {"Idempotency-Key": "one"}
        return manager.client.post(f"/api/v1/stories/{story}/photos", photo, headers=headers)

    first, again, other = sent(picture()), sent(picture()), sent(picture() + b"x")

    assert (first.status_code, first.json()) == (201, again.json()) and other.status_code == 409
    assert manager.get(f"/stories/{story}").json()["photos"] == [first.json()["ref"]]


# -- pages -------------------------------------------------------------------------------------------------------------


def turned(someone: Caller, path: str, between, **query) -> list[dict]:
    """All rows of a list in pages of two, ``between`` happening after each page; the Link header says what ``next`` says."""
    rows, answer = [], someone.get(path, size=2, **query)
    while True:
        told = answer.json()
        rows += told["items"]
        assert len(told["items"]) <= 2
        if told["next"] is None:
            assert "Link" not in answer
            return rows
        assert answer["Link"] == f'<{told["next"]}>; rel="next"'
        between()
        answer = someone.client.get(told["next"], headers=someone.headers)


def test_the_calendar_is_turned_by_key_while_forums_are_added(caller, street):
    at = timezone.now()

    def hold(days: int = 9) -> str:
        told = ForumTold("talk", "恳谈会", at + timedelta(days=days), venue="会议室", host="economy")
        return announce_forum(by=SYSTEM, at=at, street=CODE, told=told).ref

    made = [hold(days) for days in (5, 4, 4, 3, 2)]

    found = [row["ref"] for row in turned(caller("desk"), "/forums", hold)]

    assert sorted(found) == sorted(made)
    assert caller("desk").get("/forums", after="gestern").status_code == 422


def test_batches_are_turned_by_key_and_their_sums_are_of_all(caller, street):
    at, firm = timezone.now(), registered(1, **PLACE).ref
    today = timezone.localdate()

    def test_some(on=today) -> str:
        return note_staff_test(by=SYSTEM, at=at, enterprise=firm, tested_on=on, invited=10, tested=9).ref

    made = [test_some(today - timedelta(days=days)) for days in (1, 2, 2, 3, 4)]
    sums = caller("desk").get("/staff-tests", size=2).json()["totals"]

    found = [row["ref"] for row in turned(caller("desk"), "/staff-tests", test_some)]

    assert sorted(found) == sorted(made) and (sums["rows"], sums["planned"], sums["done"]) == (5, 50, 45)
