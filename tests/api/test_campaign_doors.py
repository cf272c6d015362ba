"""Campaigns by the API: everybody with a post reads, who leads them shapes them, the unit in charge reports; units are evaluated, never persons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gridloop.api.indicators import computed_told
from gridloop.core.access import SYSTEM
from gridloop.core.indicator import count
from gridloop.offices.campaigns import actions
from gridloop.offices.indicators.asked import Computed
from tests.sample import CODE


@pytest.fixture
def dates(street):
    today = timezone.localdate()
    return {
        "starts_on": (today - timedelta(days=9)).isoformat(),
        "ends_on": (today + timedelta(days=60)).isoformat(),
    }


@pytest.fixture
def helps(dates):
    return {
        "code": "helps",
        "name": "助企专项",
        "basis": "示例方案〔2022〕1号",
        "data_policy": "不收集个人信息。",
        **dates,
    }


@pytest.fixture
def group(caller, helps):
    leader = caller("leader")
    assert leader.post("/campaigns", helps).status_code == 201
    told = {"kind": "group", "name": "政策落实组", "lead": "economy"}
    return leader.post("/campaigns/helps/groups", told).json()


def problem(answer):
    return answer.status_code, answer.json()["code"]


def send(someone, method, path, body, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return getattr(someone.client, method)(f"/api/v1{path}", body, "application/json", headers=someone.headers | named)


def test_a_campaign_is_opened_by_those_who_may_and_read_by_all(caller, helps):
    assert Client().get("/api/v1/campaigns").status_code == 401
    assert problem(caller("economy").post("/campaigns", helps)) == (403, "campaigns.may_not_open")
    assert caller("leader").post("/campaigns", helps).status_code == 201
    assert problem(caller("leader").post("/campaigns", helps)) == (409, "campaigns.code_taken")
    assert caller("grid").get("/campaigns/helps").json()["campaign"]["name"] == "助企专项"


def test_a_unit_reports_on_what_it_leads_and_nothing_else(caller, group):
    due = (timezone.localdate() + timedelta(days=5)).isoformat()
    task = {"text": "梳理政策清单", "due_on": due}
    ref = group["ref"]

    assert problem(caller("urban").post(f"/campaigns/groups/{ref}/tasks", task)) == (403, "campaigns.may_not_carry")
    assert problem(caller("economy").post(f"/campaigns/groups/{ref}/members", {"unit": "urban"})) == (
        403, "campaigns.may_not_lead"
    )  # fmt: skip
    made = caller("economy").post(f"/campaigns/groups/{ref}/tasks", task).json()
    done = caller("economy").post(f"/campaigns/tasks/{made['tasks'][0]['ref']}/finish", {"outcome": "清单已印发"})
    assert done.json()["tasks"][0]["outcome"] == "清单已印发"
    assert problem(caller("desk").post(f"/campaigns/tasks/{made['tasks'][0]['ref']}/finish", {"outcome": "再来一次"})) == (
        409, "campaigns.done_already"
    )  # fmt: skip


def test_a_campaign_of_another_street_is_not_there(caller, dates):
    from gridloop.offices.organisation.actions import open_street

    at = timezone.now()
    open_street(
        by=SYSTEM, at=at, code="410102991", slug="other", name="别的街道", district="410102", district_name="中原区"
    )
    days = {name: timezone.localdate() + timedelta(days=n) for name, n in (("starts_on", 0), ("ends_on", 9))}
    row = actions.open_campaign(
        by=SYSTEM,
        at=at,
        street="410102991",
        code="theirs",
        name="别的专项",
        basis="别的文件",
        data_policy="不收集。",
        **days,
    )
    reader = caller("leader")

    assert problem(reader.get("/campaigns/theirs")) == (404, "campaigns.not_found")
    assert problem(reader.get("/campaigns/theirs", street="other")) == (403, "api.other_street")
    assert reader.get("/campaigns").json()["items"] == [] and row.street != CODE


def test_what_was_changed_meanwhile_is_not_overwritten(caller, helps, group, dates):
    leader = caller("leader")
    seen = leader.get("/campaigns/helps")["ETag"]
    told = {"scheme": "走访、化解。", "reason": "补上方案"}
    plan = {"title": "政策宣讲", "aim": "每月讲一场", "owner": "economy", **dates}
    made = leader.post("/campaigns/helps/activities", plan).json()
    looked = leader.get(f"/campaigns/activities/{made['ref']}")["ETag"]
    again = plan | {"aim": "每月讲两场", "reason": "多讲一场"}

    assert send(leader, "patch", "/campaigns/helps", told, If_Match=seen).status_code == 200
    assert problem(send(leader, "patch", "/campaigns/helps", told | {"scheme": "别的"}, If_Match=seen)) == (
        412, "api.stale"
    )  # fmt: skip
    assert problem(send(leader, "patch", "/campaigns/helps", told, If_Match=seen, Idempotency_Key="k")) == (
        412, "api.stale"
    )  # fmt: skip
    first = send(leader, "put", f"/campaigns/activities/{made['ref']}", again, If_Match=looked)
    late = send(leader, "put", f"/campaigns/activities/{made['ref']}", again | {"aim": "不讲了吧"}, If_Match=looked)
    assert first.json()["aim"] == "每月讲两场" and problem(late) == (412, "api.stale")


def test_a_task_force_is_for_a_project_that_its_founder_sees(caller, group):
    told = {"kind": "key", "name": "项目专班", "lead": "economy", "subject": "project:2222222222222222"}

    assert caller("leader").post("/campaigns/helps/groups", told).status_code == 404


def test_an_activity_counts_for_another_campaign_without_being_typed_again(caller, helps, group, dates):
    leader = caller("leader")
    leader.post("/campaigns", helps | {"code": "style", "name": "作风建设"})
    plan = {"title": "政策宣讲", "aim": "每月讲一场", "owner": "economy", **dates}
    ref = leader.post("/campaigns/helps/activities", plan).json()["ref"]

    leader.post(f"/campaigns/activities/{ref}/links", {"campaign": "style", "reason": "同一件工作"})
    shown = leader.get("/campaigns/style").json()["activities"]

    assert [(each["ref"], each["is_linked"], each["campaign"]) for each in shown] == [(ref, True, "helps")]


def test_no_rate_stands_without_its_n_and_nobody_is_named(caller, group):
    told = caller("economy").get("/campaigns/helps/evaluation").json()
    said = caller("economy").get("/satisfaction").json()

    assert {rate["n"] for rate in told["everything"]["rates"]} == {0} and told["units"] == []
    assert all(rate["value"] is None for rate in told["everything"]["rates"])
    assert said["everything"]["rate"]["value"] is None and "person" not in str(told)
    assert problem(caller("economy").get("/campaigns/helps/evaluation/economy")) == (404, "campaigns.no_unit")


def test_the_pages_of_the_list_hold_every_campaign_once(caller, helps):
    leader = caller("leader")
    for code in ("one", "two", "three"):
        leader.post("/campaigns", helps | {"code": code, "name": f"专项{code}"})

    first = leader.get("/campaigns", size=2).json()
    rest = leader.get(first["next"].removeprefix("/api/v1")).json()

    assert [each["code"] for each in first["items"] + rest["items"]] == ["one", "three", "two"] and rest["next"] is None


def test_a_time_that_was_taken_is_told_in_seconds_beside_its_rows():
    """The shortest permit, 5 小时 40 分, would else be told as the number of permits alone."""
    found = Computed("fastest_permit", "办证最短用时", "取最短的一件。", count("fastest_permit", n=6), [], None, timedelta(hours=5, minutes=40))  # fmt: skip

    told = computed_told(found)

    assert (told["seconds"], told["amount"], told["n"]) == (20_400, None, 6)
