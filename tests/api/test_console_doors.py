"""What the console offers on its filing page and list, over the API: alike cases, joining, many at once, kept views."""

from __future__ import annotations

from gridloop.offices.cases.models import Case, Report
from tests.sample import IN_SW

LAMP = {"text": "柳荫路路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}


def test_a_second_telling_is_found_and_joins_instead_of_being_filed(caller):
    desk = caller("desk")
    ref = desk.post("/cases", LAMP).json()["ref"]

    alike = desk.post("/cases/alike", {"text": LAMP["text"], **IN_SW}).json()
    joined = [desk.post(f"/cases/{ref}/reports", LAMP, Idempotency_Key="once") for _ in range(2)]

    assert [each["case"]["ref"] for each in alike["alike"]] == [ref] and alike["suggestion"] is not None
    assert [answer.status_code for answer in joined] == [201, 201]
    assert joined[0].json() == joined[1].json() and joined[0].json()["receipt"] in joined[0].json()["follow"]
    assert (Case.objects.count(), Report.objects.count()) == (1, 2)


def test_who_files_nothing_joins_nothing_and_sees_nothing_alike(caller):
    ref = caller("desk").post("/cases", LAMP).json()["ref"]
    verifier = caller("verifier")

    assert verifier.post("/cases/alike", {"text": LAMP["text"]}).status_code == 403
    assert verifier.post(f"/cases/{ref}/reports", LAMP).status_code in {403, 404}
    assert caller("desk", ["cases:read"]).post(f"/cases/{ref}/reports", LAMP).status_code == 403


def test_a_case_that_is_over_is_not_joined(caller):
    desk = caller("desk")
    ref = desk.post("/cases", LAMP).json()["ref"]
    desk.verb(ref, "withdraw", reason="反映人表示不再需要")

    assert desk.post(f"/cases/{ref}/reports", LAMP).json()["code"] == "cases.join_closed"


def test_many_cases_at_once_each_with_its_own_result(caller):
    desk, urban = caller("desk"), caller("urban")
    refs = [desk.post("/cases", LAMP | {"text": f"第 {n} 盏路灯不亮"}).json()["ref"] for n in range(3)]
    urban.verb(refs[1], "accept")

    chosen = [{"ref": refs[0]}, {"ref": refs[1], "rev": 0}, {"ref": refs[2]}, {"ref": "2a3b4c5d6e7f8g9h"}]
    body = {"verb": "accept", "cases": chosen}
    answers = [urban.post("/cases/bulk", body, Idempotency_Key="k") for _ in range(2)]

    assert [each["is_done"] for each in answers[0].json()["results"]] == [True, False, True, False]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["results"][3]["number"] == ""


def test_what_is_told_of_many_must_fit_the_verb(caller):
    urban = caller("urban")
    one = [{"ref": "2a3b4c5d6e7f8g9h"}]

    told = urban.post("/cases/bulk", {"verb": "note_progress", "cases": one, "told": {}})
    verb = urban.post("/cases/bulk", {"verb": "answer", "cases": one, "told": {"text": "已修好了"}})
    many = urban.post("/cases/bulk", {"verb": "accept", "cases": one * 201})

    assert (told.status_code, set(told.json()["fields"])) == (422, {"text"})
    assert (verb.status_code, verb.json()["code"]) == (422, "cases.not_in_bulk")
    assert many.status_code == 422


def test_a_view_is_kept_shared_and_removed_by_its_owner_only(caller):
    desk, other = caller("desk"), caller("urban")
    made = desk.post("/views", {"name": "我的路灯", "query": "state=open", "sharing": "street"}).json()

    assert [each["ref"] for each in other.get("/views").json()["items"]] == [made["ref"]]
    assert other.client.delete(f"/api/v1/views/{made['ref']}", headers=other.headers).status_code == 404
    assert desk.post("/views", {"name": "按电话", "query": "p%68one=13900000000"}).status_code == 409
    assert desk.client.delete(f"/api/v1/views/{made['ref']}", headers=desk.headers).status_code == 204
    assert desk.get("/views").json()["items"] == []
