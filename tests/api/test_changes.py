"""Setup over the API: nothing is in force before a second person has published it, whichever way it is changed."""

from __future__ import annotations

import pytest

from gridloop.api.v1 import api
from gridloop.core.changes import CHANGE_VERBS

ROW = {"row": "R1", "unit": "urban", "profile": "san_bu_guo", "reason": "全部由{unit}主办"}
TITLE = {"cells": {"title": "楼院路灯日常维护"}}


@pytest.fixture
def people(caller):
    return caller("keeper"), caller("keeper2")


def drafted(keeper, **changes):
    """A change-set that alters the first item of the duty list."""
    known = keeper.get("/setup/duties/rows", size=1).json()["items"][0]
    return keeper.post("/setup/duties/row", TITLE | {"key": known["key"], "seen": known["seen"]} | changes)


def in_force(who):
    return next(each for each in who.get("/routing-tables").json()["items"] if each["in_force"])


def publish(who, ref, **headers):
    rev = who.get(f"/change-sets/{ref}").json()["change_set"]["rev"]
    return who.post(f"/change-sets/{ref}/publish", {"rev": rev, "accept_warnings": True}, **headers)


def test_every_verb_of_a_change_set_has_its_address():
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    verbs = set(CHANGE_VERBS) - {"draft", "edit"}

    assert {f"/api/v1/change-sets/{{ref}}/{verb.replace('_', '-')}" for verb in verbs} <= set(paths)


def test_a_change_goes_from_one_person_to_a_second_and_back(people):
    keeper, second = people
    made = drafted(keeper)
    ref = made.json()["change_set"]["ref"]

    steps = [
        keeper.post(f"/change-sets/{ref}/submit"), publish(keeper, ref), second.post(f"/change-sets/{ref}/send-back", {"reason": "请写明依据"}),
        keeper.post(f"/change-sets/{ref}/submit"), publish(second, ref),
    ]  # fmt: skip
    back = second.post(f"/change-sets/{ref}/roll-back", {"reason": "写错了"}).json()
    alone = publish(second, back["change_set"]["ref"])
    both = publish(keeper, back["change_set"]["ref"])

    assert made.status_code == 201 and made.json()["changes"][0]["lines"][0]["after"] == "楼院路灯日常维护"
    assert [answer.status_code for answer in steps] == [200, 403, 200, 200, 200]
    assert back["change_set"]["rolls_back"] == ref and back["change_set"]["state"] == "submitted"
    assert (alone.status_code, both.json()["change_set"]["state"]) == (403, "in_force")


def test_nobody_changes_or_takes_back_the_routing_table_alone(people):
    keeper, second = people
    first = in_force(keeper)
    ref = keeper.post("/routing-tables", {"rows": [ROW]}).json()["change_set"]["ref"]
    keeper.post(f"/change-sets/{ref}/submit")

    assert publish(keeper, ref).status_code == 403 and in_force(keeper)["ref"] == first["ref"]
    assert publish(second, ref).json()["change_set"]["state"] == "in_force"

    again = second.post(f"/routing-tables/{first['ref']}/adopt").json()["change_set"]
    second.post(f"/change-sets/{again['ref']}/submit")
    assert publish(second, again["ref"]).status_code == 403 and in_force(second)["rows"] == 1
    publish(keeper, again["ref"])
    assert in_force(second)["rows"] == first["rows"]


def test_a_change_set_is_published_only_as_it_was_seen(people):
    keeper, second = people
    ref = drafted(keeper).json()["change_set"]["ref"]
    seen = second.get(f"/change-sets/{ref}")
    keeper.post(f"/change-sets/{ref}/submit")
    now = second.get(f"/change-sets/{ref}")

    by_tag = second.post(f"/change-sets/{ref}/publish", {"rev": now.json()["change_set"]["rev"]}, If_Match=seen["ETag"])
    by_rev = second.post(f"/change-sets/{ref}/publish", {"rev": seen.json()["change_set"]["rev"]})
    done = publish(second, ref, If_Match=now["ETag"])

    assert [answer.status_code for answer in (by_tag, by_rev, done)] == [412, 409, 200]


def test_a_row_that_was_changed_meanwhile_is_not_changed_unseen(people):
    keeper, second = people
    stale = keeper.get("/setup/duties/rows", size=1).json()["items"][0]
    ref = drafted(keeper).json()["change_set"]["ref"]
    keeper.post(f"/change-sets/{ref}/submit")
    publish(second, ref)

    answer = keeper.post("/setup/duties/row", {"key": stale["key"], "cells": {"title": "别的"}, "seen": stale["seen"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "setup.stale_form")


def test_faults_in_a_sheet_are_named_with_row_and_column(people):
    answer = people[0].post("/setup/duties/sheet", {"rows": [{"code": "P-77", "kind": "没有这种", "title": ""}]})

    assert answer.status_code == 422
    assert {each["column"] for each in answer.json()["fields"]["problems"]} >= {"kind", "title"}


@pytest.mark.parametrize(
    ("who", "scopes", "status"),
    [
        ("desk", None, 403),  # a post that sets nothing up
        ("keeper", ["cases:read"], 403),  # a token that may only look
        ("keeper", None, 201),
    ],
)
def test_who_may_draft_by_the_console_may_by_the_api(caller, who, scopes, status):
    known = caller("keeper").get("/setup/duties/rows", size=1).json()["items"][0]

    answer = caller(who, scopes).post("/setup/duties/row", TITLE | {"key": known["key"]})

    assert answer.status_code == status, answer.json()


def test_another_street_sees_no_change_set(people, caller):
    ref = drafted(people[0]).json()["change_set"]["ref"]

    assert caller("desk").get(f"/change-sets/{ref}").status_code == 200  # the rules of one's own street are no secret
    assert caller("desk").get(f"/change-sets/{ref}", street="410102099").status_code in {403, 404}


def test_secrets_are_masked_in_rows_and_differences(people):
    keeper, _ = people
    for chapter in keeper.get("/setup").json()["items"]:
        whole = keeper.get(f"/setup/{chapter['code']}").json()
        secret = {column["name"] for column in whole["columns"] if column["kind"] == "secret"}
        for row in keeper.get(f"/setup/{chapter['code']}/rows").json()["items"]:
            assert all(set(row["row"][name]) <= {"●"} for name in secret), (chapter["code"], row["key"])


def test_an_effective_day_lies_ahead(people):
    ref = drafted(people[0]).json()["change_set"]["ref"]

    past = people[0].post(f"/change-sets/{ref}/submit", {"effective_on": "2001-01-01"})

    assert (past.status_code, past.json()["code"]) == (422, "api.day_out_of_range")


def test_sent_twice_with_a_key_it_is_drafted_once(people):
    keeper, _ = people
    body = {"rows": [ROW], "note": "一次"}

    answers = [keeper.post("/routing-tables", body, Idempotency_Key="k1") for _ in range(2)]

    assert answers[0].json() == answers[1].json() and answers[1]["Idempotent-Replay"] == "true"
    assert len(keeper.get("/change-sets").json()["items"]) == 1


def test_change_sets_are_walked_in_pages_and_cost_the_same(people, django_assert_max_num_queries):
    keeper, _ = people
    for n in range(4):
        keeper.post("/routing-tables", {"rows": [ROW | {"row": f"R{n}"}]})
    walked, address = [], "/api/v1/change-sets?size=1"
    while address:
        page = keeper.client.get(address, headers=keeper.headers).json()
        walked += [each["ref"] for each in page["items"]]
        address = page["next"]

    assert len(walked) == len(set(walked)) == 4
    with django_assert_max_num_queries(6):
        assert keeper.get("/change-sets").status_code == 200
