"""What a page narrows by or shows, its doors do too: found missing when every entry of the list of doors was read against its page."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from gridloop.api.v1 import api
from tests.api.walk import Walk
from tests.api.walk_troubles import PROJECT, gather


def test_what_left_the_libraries_is_listed_with_its_reason_the_last_first(caller, street):
    desk = caller("desk")
    refs = [desk.post("/projects", PROJECT | {"name": f"示例项目{number}"}).json()["project"]["ref"] for number in range(3)]  # fmt: skip
    for ref in refs:
        desk.post(f"/projects/{ref}/drop", {"reason": "企业终止投资"})

    first = desk.get("/projects/dropped", size=2).json()
    rest = desk.client.get(first["next"], headers=desk.headers).json()

    assert [row["ref"] for row in (*first["items"], *rest["items"])] == refs[::-1] and rest["next"] is None
    assert {row["dropped_because"] for row in first["items"]} == {"企业终止投资"}


def test_a_project_tells_its_standing_its_proposals_and_its_plans(caller, street):
    walk = Walk(api.get_openapi_schema(path_prefix="/api/v1/"))
    gather(walk)
    desk = caller("desk")
    ref = walk.done["proposals_link"].request["project"]
    body = {
        "problems": "业主资金断",
        "goal": "年内复工",
        "review_on": (timezone.localdate() + timedelta(days=14)).isoformat(),
    }
    desk.post(f"/projects/{ref}/standing", {"standing": "stalled", "remark": "现场查看,停工一个月"})
    plan = desk.post(f"/projects/{ref}/rescue", body).json()["ref"]

    told = desk.get(f"/projects/{ref}").json()

    assert told["project"]["standing"] == "stalled" and told["banks"] == []
    assert [each["title"] for each in told["proposals"]] == ["河畔花园管网改造"]
    assert [each["ref"] for each in told["plans"]] == [plan]
    assert [each["ref"] for each in desk.get("/plans", kind="project").json()["items"]] == [plan]
    assert desk.get("/plans").json()["items"] == []


def test_questions_are_narrowed_to_a_policy(caller, street):
    desk = caller("desk")
    asked = {"question": "租的厂房能减免吗", "answer": "能,凭租赁合同办理。"}
    told = {
        "title": "减免房租", "issuer": "区政府", "level": "district", "topic": "rent", "valid_from": timezone.localdate().isoformat(),
        "benefit": "减免三个月房租", "clauses": [{"quote": "从业人员10人以上", "condition": {"fact": "staff", "at_least": 10}}],
    }  # fmt: skip
    made = desk.post("/policies", told).json()["policy"]["ref"]
    caller("leader").post(f"/policies/{made}/publish", {})
    desk.post("/policy-questions", asked)
    of_it = desk.post("/policy-questions", asked | {"policy": made}).json()["ref"]

    assert len(desk.get("/policy-questions").json()["items"]) == 2
    assert [row["ref"] for row in desk.get("/policy-questions", policy=made).json()["items"]] == [of_it]
    assert desk.get("/policy-questions", policy="2" * 16).status_code == 404


def test_rows_of_the_setup_are_narrowed_by_what_stands_in_them(caller, street):
    keeper = caller("keeper")

    whole, some = (keeper.get("/setup/duties/rows", text=text).json()["items"] for text in ("", "照明"))

    assert 0 < len(some) < len(whole)


def test_proposed_links_are_narrowed_by_kind(caller, street):
    assert caller("desk").get("/firm-links/proposals", kind="space").json()["items"] == []
    assert caller("desk").get("/firm-links/proposals", kind="party").status_code == 422


def test_a_preview_says_each_clause_in_the_words_of_the_register(caller, street):
    told = caller("desk").post("/policies/preview", {"clauses": [{"condition": {"fact": "staff", "at_most": 300}}]})

    assert [each["requirement"] for each in told.json()["clauses"]] == ["从业人员不超过300人"]
