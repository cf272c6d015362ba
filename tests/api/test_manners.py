"""What every address does alike: which requests it reads, media types, caching, revisions, pages."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import Client

from gridloop.offices.cases.actions import Filing, file_case, file_cases
from tests.sample import CODE, IN_SW, MONDAY, who

LAMP = {"text": "柳荫路路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}


def raw(caller, path, body, media_type="application/json", **headers):
    return caller.client.post(f"/api/v1{path}", body, media_type, headers=caller.headers | headers)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"text": "路灯不亮", "lon": NaN}', 400),  # Python reads it, JSON does not know it
        ('{"text": "路灯不亮", "lon": -Infinity}', 400),
        ('{"text": "路灯\\u0000不亮"}', 400),  # PostgreSQL keeps no null character
        ('{"text": "路灯\\ud800不亮"}', 400),  # half a surrogate pair
        ('{"text": "路灯不亮 \\\\u0000"}', 201),  # a backslash, a u and four zeros are text
        ('{"text": "路灯不亮 \\ud83d\\ude00"}', 201),  # a whole pair is one character
        ('{"text": "𠮷野家门口路灯不亮"}', 201),  # four bytes
        ('{"text": "路灯不亮", "lon": 1e400}', 422),  # too large for a number
        (f'{{"text": "路灯不亮", "lon": {"9" * 5000}}}', 400),  # more digits than anyone reads
        ("[1, 2]", 422),
        ("null", 422),
        ("{", 400),
        ("", 422),
    ],
)
def test_a_body_that_cannot_be_kept_never_reaches_an_action(caller, body, status):
    answer = raw(caller("desk"), "/cases", body)

    assert answer.status_code == status, answer.content.decode()


def test_bodies_of_another_media_type_are_refused_by_name(caller):
    desk = caller("desk")
    ref = desk.post("/cases", LAMP).json()["ref"]

    text = raw(desk, "/cases", json.dumps(LAMP), "text/plain")
    form = desk.client.post("/api/v1/cases", {"text": "路灯不亮"}, headers=desk.headers)
    named = raw(desk, "/cases", json.dumps(LAMP), "application/vnd.office+json")
    no_file = raw(desk, f"/cases/{ref}/attachments", "{}")
    cut = raw(desk, f"/cases/{ref}/attachments", b"--x\r\n", "multipart/form-data")

    assert [answer.status_code for answer in (text, form, named, no_file, cut)] == [415, 415, 201, 415, 400]
    assert no_file.json()["fields"] == {"reads": "multipart/form-data"}


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.5", 200),
        ("", 200),  # nothing asked for is anything
        ("text/html", 406),
        ("application/json;q=0, text/html", 406),  # asked not to be sent JSON
        ("image/png, text/csv", 406),
    ],
)
def test_a_caller_that_reads_no_json_is_told_so(caller, accept, status):
    desk = caller("desk")

    answer = desk.client.get("/api/v1/units", headers=desk.headers | {"Accept": accept})

    assert answer.status_code == status


def test_a_null_character_in_an_address_is_refused(caller):
    desk = caller("desk")

    for path in ("/cases?q=%00", "/cases/%00", "/units?after=a%00b", "/cases/numbered/%00"):
        assert desk.get(path).status_code == 400, path


def test_every_look_carries_a_validator_and_is_not_sent_twice(caller):
    desk = caller("desk")
    first = desk.get("/units")

    again = desk.client.get("/api/v1/units", headers=desk.headers | {"If-None-Match": f'W/"x", {first["ETag"]}'})
    weak = desk.client.get("/api/v1/units", headers=desk.headers | {"If-None-Match": f"W/{first['ETag']}"})
    other = desk.client.get("/api/v1/units", headers=desk.headers | {"If-None-Match": '"other"'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (weak.status_code, other.status_code) == (304, 200)
    assert first["Cache-Control"] == "private, no-cache"
    assert desk.post("/locate", {"points": [IN_SW]})["Cache-Control"] == "no-store"


def test_the_validator_of_a_case_begins_with_its_revision_and_changes_with_it(caller):
    desk, urban = caller("desk"), caller("urban")
    ref = desk.post("/cases", LAMP).json()["ref"]
    before = urban.get(f"/cases/{ref}")["ETag"]

    urban.verb(ref, "accept")
    urban.post(f"/cases/{ref}/contacts", {"reason": "回访核对电话"})
    after = urban.get(f"/cases/{ref}")["ETag"]

    assert before.startswith('"0-') and after.startswith('"1-') and before != after


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("{etag}", 200),  # what was looked at is still so
        ('"0"', 200),  # the revision alone
        ('"7", "0", "9"', 200),  # one of several
        ("*", 200),  # whatever there is
        ("", 200),  # nothing asked
        ('"1"', 412),
        ('W/"0"', 412),  # a weak tag never matches
        ('"abc"', 412),
        ("0", 412),  # no tag at all
        ('"99999999999999999999"', 412),  # larger than any database counts
    ],
)
def test_a_verb_is_done_only_to_the_revision_that_was_seen(caller, header, status):
    desk, urban = caller("desk"), caller("urban")
    ref = desk.post("/cases", LAMP).json()["ref"]
    etag = urban.get(f"/cases/{ref}")["ETag"]

    answer = raw(urban, f"/cases/{ref}/verbs/accept", "{}", **{"If-Match": header.replace("{etag}", etag)})

    assert answer.status_code == status
    if status == 412:
        assert (answer.json()["code"], answer.json()["fields"]) == ("api.stale", {"rev": 0})
        assert urban.get(f"/cases/{ref}").json()["case"]["state"] == "routed"


def test_a_stale_verb_with_a_key_is_refused_and_does_not_use_the_key_up(caller):
    desk, urban = caller("desk"), caller("urban")
    ref = desk.post("/cases", LAMP).json()["ref"]

    stale = raw(urban, f"/cases/{ref}/verbs/accept", "{}", **{"If-Match": '"5"', "Idempotency-Key": "k1"})
    fresh = raw(urban, f"/cases/{ref}/verbs/accept", "{}", **{"If-Match": '"0"', "Idempotency-Key": "k1"})
    again = raw(urban, f"/cases/{ref}/verbs/accept", "{}", **{"If-Match": '"0"', "Idempotency-Key": "k1"})

    assert (stale.status_code, stale.json()["fields"]) == (412, {"rev": 0})
    assert (fresh.status_code, again.status_code, again["Idempotent-Replay"]) == (200, 200, "true")


def test_the_body_and_the_header_must_name_the_same_revision(caller):
    desk, urban = caller("desk"), caller("urban")
    ref = desk.post("/cases", LAMP).json()["ref"]

    answer = raw(urban, f"/cases/{ref}/verbs/accept", '{"rev": 3}', **{"If-Match": '"0"'})

    assert answer.status_code == 412


def test_pages_neither_repeat_nor_lose_a_row_when_rows_are_added_meanwhile(caller):
    desk = caller("desk")
    ref = desk.post("/cases", LAMP).json()["ref"]
    for n in range(5):
        caller("urban").verb(ref, "accept") if n == 0 else desk.verb(ref, "raise_case", reason=f"第 {n} 次催办")

    seen, path = [], f"/api/v1/cases/{ref}/timeline?size=2"
    while path:
        answer = desk.client.get(path, headers=desk.headers)
        seen += [entry["id"] for entry in answer.json()["items"]]
        path = answer.json()["next"]
        assert answer.get("Link", "") == (f'<{path}>; rel="next"' if path else "")
        if len(seen) == 2:
            desk.verb(ref, "raise_case", reason="其间又催办一次")

    assert seen == sorted(set(seen)) and len(seen) == 7


@pytest.mark.parametrize(
    "path", ["/units", "/categories", "/grids", "/profiles", "/duties", "/posts", "/people", "/routing-tables"]
)
def test_every_reference_list_is_walked_in_pages(caller, path):
    desk = caller("desk")
    whole = desk.get(path).json()["items"]

    walked, address = [], f"/api/v1{path}?size=1"
    while address:
        page = desk.client.get(address, headers=desk.headers).json()
        walked += page["items"]
        address = page["next"]

    assert walked == whole and whole


def test_lists_and_the_desk_cost_the_same_however_much_there_is(caller, django_assert_max_num_queries):
    filings = [Filing(text=f"第 {n} 件路灯不亮", category="城乡建设/市政设施/路灯", **IN_SW) for n in range(30)]
    file_cases(by=who("desk"), at=MONDAY, street=CODE, filings=filings)
    desk = caller("desk")
    desk.get("/me")

    for path, most in (
        ("/desk", 17),
        ("/posts", 5),
        ("/people", 6),
        ("/notices", 5),
        ("/duties", 4),
        ("/routing-tables", 5),
    ):
        with django_assert_max_num_queries(most):
            assert desk.get(path).status_code == 200


def test_reporters_are_told_with_a_reason_and_it_is_written_down(caller):
    filing = Filing(
        text="柳荫路路灯不亮",
        category="城乡建设/市政设施/路灯",
        reporter_name="王小明",
        reporter_phone="037160000001",
        **IN_SW,
    )
    ref = file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case.ref
    desk = caller("desk")

    told = desk.post(f"/cases/{ref}/contacts", {"reason": "回访核对电话"}).json()["contacts"]
    looks = desk.get(f"/cases/{ref}/looks").json()["items"]

    assert [(each["name"], each["phone"]) for each in told] == [("王小明", "0371-60000001")]
    assert (looks[0]["reason"], looks[0]["by"]) == ("回访核对电话", "甲受理(测试)")
    assert (
        caller("desk", ["cases:read", "cases:write"]).post(f"/cases/{ref}/contacts", {"reason": "看看"}).status_code
        == 403
    )
    assert caller("economy").post(f"/cases/{ref}/contacts", {"reason": "看看别人"}).status_code == 404
    assert desk.post(f"/cases/{ref}/contacts", {"reason": " "}).status_code == 422


def test_the_headers_of_the_ledger_are_for_those_who_watch_the_street(caller):
    for username, status in (("desk", 200), ("leader", 200), ("keeper", 200), ("urban", 403), ("grid", 403)):
        assert caller(username).get("/ledger/entries").status_code == status, username


def test_people_are_listed_without_their_numbers(caller):
    people = caller("desk").get("/people").json()["items"]

    assert {"甲受理", "丙城管"} <= {each["name"] for each in people}
    assert all("*" in each["phone"] or each["phone"] == "" for each in people)


def test_only_a_signed_in_person_issues_a_token_and_it_narrows_what_they_may(caller, street):
    from gridloop.offices.organisation.models import Account, ApiToken

    desk = caller("desk")
    client = Client()
    client.force_login(
        Account.objects.get(username="desk"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    told = {"name": "热线", "scopes": ["cases:read"]}

    refused = desk.post("/tokens", told)
    made = client.post("/api/v1/tokens", told, "application/json").json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}

    assert refused.status_code == 401
    assert client.get("/api/v1/units", headers=bearer).status_code == 200
    assert (
        Client().post("/api/v1/cases", LAMP, "application/json", headers=bearer).json()["code"] == "api.scope_missing"
    )
    assert ApiToken.objects.get(ref=made["token"]["ref"]).last_used_on is not None
    assert client.post("/api/v1/tokens", told | {"person": "P02"}, "application/json").status_code == 403, (
        "only a keeper issues for others"
    )
    assert client.delete(f"/api/v1/tokens/{made['token']['ref']}").status_code == 204
    assert Client().get("/api/v1/units", headers=bearer).status_code == 401


def test_a_head_is_a_get_without_its_body(caller):
    desk = caller("desk")
    desk.post("/cases", LAMP)
    got = desk.get("/cases", size=1)

    head = desk.client.head("/api/v1/cases?size=1", headers=desk.headers)
    known = desk.client.head("/api/v1/cases?size=1", headers=desk.headers | {"If-None-Match": got["ETag"]})
    unknown = desk.client.head("/api/v1/cases", headers={})
    done = desk.client.head("/api/v1/cases/bulk", headers=desk.headers)

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", got["ETag"])
    assert int(head["Content-Length"]) == len(got.content)
    assert (known.status_code, unknown.status_code, done.status_code) == (304, 401, 405)


def test_options_says_which_methods_an_address_takes(caller):
    desk = caller("desk")

    cases = desk.client.options("/api/v1/cases", headers=desk.headers)
    bulk = desk.client.options("/api/v1/cases/bulk")

    assert (cases.status_code, cases.content, cases["Allow"]) == (204, b"", "GET, HEAD, OPTIONS, POST")
    assert bulk["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize(
    ("path", "body", "field", "words"),
    [
        ("/cases/{ref}/verbs/request_extension", {"reason_code": "x"}, "reason_code", "只能是 'third_party', 'materials', 'weather', 'evidence', 'procedure'"),
        ("/cases/{ref}/verbs/request_extension", {"amount": 1.5}, "amount", "应为整数"),
        ("/cases/bulk", {"verb": "accept", "cases": [{"ref": "2a3b4c5d6e7f8g9h"}] * 201}, "cases", "最多 200 项"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_field_is_said_in_our_own_words(caller, path, body, field, words):
    ref = caller("desk").post("/cases", LAMP).json()["ref"]

    answer = caller("urban").post(path.format(ref=ref), body)

    assert (answer.status_code, answer.json()["fields"][field]) == (422, words)


def test_a_file_that_is_too_large_is_413_everywhere(caller, monkeypatch):
    monkeypatch.setattr("gridloop.core.outlines.LARGEST", 1)
    told = {"name": "grids.geojson", "content": base64.b64encode(b"{}").decode()}

    answer = caller("keeper").post("/boundaries/file", told)

    assert (answer.status_code, answer.json()["code"]) == (413, "grid.file_too_large")
