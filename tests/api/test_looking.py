"""Looking at cases and looking things up: lists, the whole file, receipts, deadlines, cells, traces."""

from __future__ import annotations

import pytest

from gridloop.core import ledger
from gridloop.offices.archive import actions as archive
from gridloop.offices.cases.actions import Filing, file_cases
from tests.sample import CODE, IN_NE, IN_SW, MONDAY, who

LAMP = {"text": "柳荫路路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}


def test_a_list_is_walked_page_by_page_to_its_end(caller):
    file_cases(
        by=who("desk"), at=MONDAY, street=CODE, filings=[Filing(text=f"第 {n} 件", category="噪音") for n in range(7)]
    )
    desk = caller("desk")

    seen, after, links = [], 0, []
    while after is not None:
        answer = desk.get("/cases", size=3, after=after)
        seen += [case["number"] for case in answer.json()["cases"]]
        after = answer.json()["after"]
        links.append(answer.get("Link", ""))

    assert len(seen) == 7 == len(set(seen)) and seen == sorted(seen, reverse=True)
    assert 'rel="next"' in links[0] and links[-1] == ""


def test_a_list_is_narrowed_and_stays_within_the_scope(caller):
    caller("desk").post("/cases", LAMP)
    caller("desk").post("/cases", LAMP | {"category": "环境保护/噪音"})

    assert len(caller("desk").get("/cases", unit="urban").json()["cases"]) == 1
    assert [case["unit"]["code"] for case in caller("environment").get("/cases").json()["cases"]] == ["environment"]
    assert caller("economy").get("/cases").json() == {"cases": [], "after": None, "next": None}
    assert caller("desk").get("/cases", size=1000).status_code == 422


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(caller, django_assert_max_num_queries):
    file_cases(by=who("desk"), at=MONDAY, street=CODE, filings=[Filing(text=f"第 {n} 件", **IN_NE) for n in range(60)])
    desk = caller("desk")
    desk.get("/cases/counts")  # the first call of a day notes the day

    with django_assert_max_num_queries(4):
        assert len(desk.get("/cases", size=50).json()["cases"]) == 50


def test_a_case_is_told_whole(caller):
    ref = caller("manager").post("/cases", LAMP | {"reporter_phone": "13800000000"}).json()["ref"]
    urban = caller("urban")
    urban.verb(ref, "accept")

    told = urban.get(f"/cases/{ref}").json()

    assert told["case"]["state_label"] == "已签收" and told["case"]["first_contact"] == "辛管家"
    assert told["why_here"]["row"] == "R1" and [row["won"] for row in told["why_here"]["rows"]].count(True) == 1
    assert told["why_this_date"][0]["stage"] == "handle" and len(told["why_this_date"][0]["days"]) == 8
    assert [line["unit"] for line in told["segments"]] == ["城市管理中队"]
    assert [entry["kind"] for entry in told["timeline"]] == ["case.filed", "case.accepted"]
    assert "answer" in {verb["verb"] for verb in told["verbs"]} and "verify" not in {
        verb["verb"] for verb in told["verbs"]
    }
    assert "13800000000" not in str(told), "telephone numbers are not given out here"


def test_a_case_outside_the_scope_is_not_found(caller):
    ref = caller("desk").post("/cases", LAMP).json()["ref"]

    for path in (f"/cases/{ref}", f"/cases/{ref}/receipt", "/cases/2222222222222222"):
        answer = caller("economy").get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "cases.not_found")


def test_a_receipt_is_given_once_the_entry_is_sealed_and_checks_out(caller):
    desk = caller("desk")
    ref = desk.post("/cases", LAMP).json()["ref"]
    assert desk.get(f"/cases/{ref}/receipt").json()["code"] == "api.not_sealed_yet"
    assert desk.get("/ledger/checkpoint").status_code == 404
    key = ledger.generate_key("gridloop.test", seed=b"1" * 32)
    while archive.seal(street=CODE):
        pass
    archive.sign(
        street=CODE,
        at=MONDAY,
        origin=ledger.book_origin("gridloop.test", CODE),
        key_name=key.name,
        private_key=key.private,
    )

    receipt = desk.get(f"/cases/{ref}/receipt").json()
    checkpoint = desk.get("/ledger/checkpoint").json()

    assert ledger.check_receipt(receipt, verifier_key=key.verifier_key) == []
    assert receipt["payload"]["title"] == LAMP["text"] and receipt["checkpoint"] == checkpoint["note"]
    assert desk.get(f"/cases/{ref}/receipt", entry=999_999).status_code == 404


def test_what_can_be_looked_up(caller):
    desk = caller("desk")

    assert {row["code"] for row in desk.get("/units").json()["items"]} >= {"office", "urban", "housing"}
    assert "环境保护/噪音" in {row["path"] for row in desk.get("/categories").json()["items"]}
    assert desk.get("/grids").json()["items"][0]["code"] == CODE
    assert len(desk.get("/grids.geojson").json()["features"]) == 4
    assert {"san_bu_guo", "1137"} <= {row["code"] for row in desk.get("/profiles").json()["items"]}


def test_a_deadline_is_told_with_its_counting(caller):
    told = caller("desk").get("/deadline", profile="三不过", received="2022-05-29T08:00:00+08:00").json()

    due = {stage["stage"]: stage["due_at"] for stage in told["stages"]}
    assert due == {"assign": "2022-05-30T00:00:00+08:00", "handle": "2022-06-05T08:00:00+08:00"}
    assert told["stages"][1]["days"][-1]["counted"] is True


def test_an_unknown_profile_is_not_found_and_a_bad_moment_is_named(caller):
    desk = caller("desk")

    assert desk.get("/deadline", profile="明天", received="2022-05-29T08:00:00+08:00").status_code == 404
    assert "received" in desk.get("/deadline", profile="三不过", received="soon").json()["fields"]


def test_points_are_located_and_outside_is_empty(caller):
    points = [{"id": "a", **IN_SW}, {"id": "b", "lon": 0, "lat": 0}, {"id": "c", "lon": 113.51, "lat": 34.71}]

    told = caller("desk").post("/locate", {"points": points}).json()["results"]

    assert [(row["id"], row["code"]) for row in told] == [("a", "C1-SW"), ("b", ""), ("c", "C1-SE")]
    assert caller("desk").post("/locate", {"points": [{"lon": 500, "lat": 0}]}).json()["fields"] == {
        "points.0.lon": "不大于 180.0"
    }


@pytest.mark.parametrize(
    ("facts", "unit"),
    [
        ({"category": "城乡建设/市政设施/路灯", "place": f"410102/{CODE}/C1/C1-SW"}, "urban"),  # the category's row
        ({"category": "城乡建设/市政设施/路灯", "place": f"410102/{CODE}/C2/C2-NE"}, "housing"),  # a row for the place
        ({"category": "", "place": ""}, "office"),  # nothing fits: the sub-district itself
    ],
)
def test_a_route_is_traced(caller, facts, unit):
    told = caller("desk").post("/route/trace", facts).json()

    assert told["unit"] == unit and [row["won"] for row in told["rows"]].count(True) == 1
