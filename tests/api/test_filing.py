"""Filing through the API: the answer, its repetition, many at once, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.offices.cases.actions import Filing, file_cases
from gridloop.offices.cases.models import Case, Report
from tests.firms import registered
from tests.sample import CODE, IN_NE, IN_SW, MONDAY, who

LAMP = {"text": "柳荫路路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}


def test_a_case_is_filed_placed_routed_timed_and_answered_with_its_receipt(caller):
    answer = caller("desk").post("/cases", LAMP)

    told = answer.json()
    assert answer.status_code == 201
    assert told["unit"] == {"code": "urban", "name": "城市管理中队"}
    assert told["reason"] == "城建类由城市管理中队主办"
    assert told["place"].endswith("C1-SW") and told["placed_by"] == "point"
    assert told["due_at"] and len(told["receipt"]) == 32
    assert told["links"]["self"] == f"/api/v1/cases/{told['ref']}"
    assert told["links"]["follow"].endswith(f"/r/{told['receipt']}/")


def test_the_person_behind_the_token_is_the_first_contact(caller):
    ref = caller("manager").post("/cases", LAMP).json()["ref"]

    assert Case.objects.get(ref=ref).first_contact.name == "辛管家"


def test_a_repeated_key_gives_the_same_answer_and_files_once(caller):
    desk = caller("desk")

    first = desk.post("/cases", LAMP, Idempotency_Key="k-1")
    again = desk.post("/cases", LAMP, Idempotency_Key="k-1")

    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replay"] == "true" and "Idempotent-Replay" not in first
    assert Case.objects.count() == 1


def test_a_key_used_for_another_content_is_refused(caller):
    desk = caller("desk")
    desk.post("/cases", LAMP, Idempotency_Key="k-1")

    answer = desk.post("/cases", LAMP | {"text": "另一件事"}, Idempotency_Key="k-1")

    assert (answer.status_code, answer.json()["code"]) == (409, "door.key_reused")


def test_a_refused_filing_may_be_corrected_under_the_same_key(caller):
    desk = caller("desk")
    assert desk.post("/cases", LAMP | {"category": "没有"}, Idempotency_Key="k-1").status_code == 422

    assert desk.post("/cases", LAMP, Idempotency_Key="k-1").status_code == 201


def test_two_callers_do_not_share_keys(caller):
    caller("desk").post("/cases", LAMP, Idempotency_Key="k-1")

    answer = caller("grid").post("/cases", LAMP, Idempotency_Key="k-1")

    assert answer.status_code == 201 and "Idempotent-Replay" not in answer
    assert Case.objects.count() == 2


def test_the_kept_answer_does_not_reveal_the_receipt(caller):
    from gridloop.offices.archive.models import Deed

    receipt = caller("desk").post("/cases", LAMP, Idempotency_Key="k-1").json()["receipt"]

    assert receipt not in str(Deed.objects.get().answer)


def test_a_malformed_filing_names_each_field(caller):
    answer = caller("desk").post("/cases", {"lon": "x", "colour": "red"})

    told = answer.json()
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert told["fields"] == {"text": "必填", "lon": "应为数", "colour": "没有这一项"}
    assert "text(必填)" in told["detail"]


def test_bulk_intake_answers_each_row_and_files_the_good_ones(caller):
    rows = [
        LAMP,
        {"text": "x" * 10_001},
        {"txt": "wrong"},
        {"text": "无处安放的烦恼"},
        LAMP | IN_NE | {"external_id": "E-5"},
    ]

    told = caller("desk").post("/intake", {"cases": rows}).json()

    assert [row["ok"] for row in told["results"]] == [True, False, False, True, True]
    assert (told["filed"], told["refused"]) == (3, 2)
    assert told["results"][1]["problem"]["fields"] == {"text": "最多 10000 个字"}
    assert told["results"][2]["problem"]["fields"] == {"text": "必填", "txt": "没有这一项"}
    assert (
        told["results"][4]["case"]["external_id"] == "E-5" and told["results"][4]["case"]["unit"]["code"] == "housing"
    )
    assert Case.objects.count() == 3 == Report.objects.count()


def test_a_repeated_bulk_call_gives_the_same_answer(caller):
    desk = caller("desk")
    body = {"cases": [LAMP, {"text": ""}]}

    first = desk.post("/intake", body, Idempotency_Key="b-1")
    again = desk.post("/intake", body, Idempotency_Key="b-1")

    assert again.content == first.content and again["Idempotent-Replay"] == "true"
    assert Case.objects.count() == 1


def test_more_than_a_thousand_rows_are_too_many(caller):
    answer = caller("desk").post("/intake", {"cases": [LAMP] * 1001})

    assert (answer.status_code, answer.json()["code"]) == (413, "api.too_many_rows")
    assert not Case.objects.exists()


def test_a_thousand_rows_are_filed_in_one_call(caller):
    told = (
        caller("desk").post("/intake", {"cases": [LAMP | {"text": f"第 {n} 盏路灯不亮"} for n in range(1000)]}).json()
    )

    assert told["filed"] == 1000 == len({row["case"]["ref"] for row in told["results"]})


def test_someone_whose_post_files_nothing_is_told_so(caller):
    answer = caller("keeper").post("/cases", LAMP)

    assert (answer.status_code, answer.json()["code"]) == (403, "cases.may_not_file")


@pytest.mark.parametrize("earlier", [0, 500])
def test_filing_one_case_takes_at_most_fifteen_queries_whatever_the_history(caller, earlier):
    desk = caller("desk")
    desk.post("/cases", LAMP, Idempotency_Key="warm")  # the street's rules are compiled once
    file_cases(
        by=who("desk"), at=MONDAY, street=CODE, filings=[Filing(text=f"第 {n} 件", **IN_SW) for n in range(earlier)]
    )

    with CaptureQueriesContext(connection) as queries:
        assert desk.post("/cases", LAMP, Idempotency_Key="k").status_code == 201

    told = [query["sql"][:80] for query in queries.captured_queries]
    assert len(told) <= 15, "\n".join(told)


def test_the_first_contact_stands_in_the_ledger_by_name(caller):
    desk = caller("desk")

    ref = desk.post("/cases", LAMP).json()["ref"]

    filed = desk.get(f"/cases/{ref}/timeline").json()["items"][0]
    assert filed["payload"]["first_contact"] == "甲受理"


def test_a_problem_of_a_registered_firm_is_linked_to_its_record(caller):
    firm = registered(1)

    ref = caller("desk").post("/cases", {"text": "贷款贴息没有回音", "enterprise_ref": firm.ref}).json()["ref"]

    case = Case.objects.get(ref=ref)
    assert (case.enterprise, case.enterprise_ref, case.address) == (firm.name, firm.ref, firm.address)


def test_a_firm_that_the_caller_may_not_see_cannot_be_named_one_row_does_not_hold_up_the_others(caller):
    elsewhere = registered(2, address="河畔花园")

    refused = caller("grid").post("/cases", LAMP | {"enterprise_ref": elsewhere.ref})
    rows = [LAMP | {"enterprise_ref": "nobody"}, LAMP]
    told = caller("desk").post("/intake", {"cases": rows}).json()

    assert (refused.status_code, refused.json()["code"]) == (404, "enterprise.not_found")
    assert [row["ok"] for row in told["results"]] == [False, True]
