"""The pages of plans for groups and of projects that stand still, each step sent as a browser sends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from gridloop.offices.enterprise.solution_models import BankMatch, FirmPlan
from gridloop.offices.projects import actions
from gridloop.offices.projects.models import Project
from tests.firms import registered
from tests.offices.test_projects import READY, told
from tests.sample import CODE, MONDAY, who
from tests.web.test_solution_pages import page, send

SignIn = Callable[[str], Client]
DAY = timedelta(days=1)


def test_a_plan_for_an_industry_stands_on_the_card_of_its_firms_with_the_reason(
    street: object, signed_in: SignIn
) -> None:
    works, shop = registered(1), registered(2, industry="5261")
    desk = signed_in("desk")
    body = {"title": "制造业用电方案", "problems": "夏季用电紧张", "goal": "错峰不停产", "review_on": "2022-06-30"}

    refused = desk.post("/enterprises/plans/groups/new/", body)
    assert refused.status_code == 422 and "至少写明一项" in refused.content.decode()
    made = send(desk, "/enterprises/plans/groups/new/", **body, industry="C").content.decode()
    assert "方案已建立" in made and works.name in made and shop.name not in made
    card = page(desk, f"/enterprises/{works.ref}/")
    assert "专属方案" in card and "因业:行业属于 C 制造业" in card
    assert "制造业用电方案" not in page(desk, f"/enterprises/{shop.ref}/")
    assert "制造业用电方案" in page(desk, "/enterprises/plans/?kind=group")
    plan = FirmPlan.objects.get()
    told = send(desk, f"/enterprises/plans/{plan.ref}/do/measure/", text="排错峰表", owner="P10", due_on="2022-06-01")
    assert "措施已列入方案" in told.content.decode()
    assert desk.get(f"/enterprises/plans/{plan.ref}.docx").status_code == 200
    assert signed_in("manager").post("/enterprises/plans/groups/new/", {**body, "industry": "F"}).status_code == 403


def late_project(**more: Any) -> Project:
    start = (MONDAY - 100 * DAY).date()
    return actions.enter_project(
        by=who("economy"), at=MONDAY, street=CODE, told=told(**{**READY, "start_planned_on": start, **more})
    )


def test_a_project_that_stands_still_gets_its_decision_its_plan_and_its_force(
    street: object, signed_in: SignIn
) -> None:
    project = late_project()
    economy = signed_in("economy")
    assert "应开未开:计划开工日已过 100 天" in page(economy, "/projects/watch/")

    vague = economy.post(f"/projects/{project.ref}/standing/", {"standing": "half", "answer": "no", "remark": ""})
    assert vague.status_code == 422 and "请写明依据" in vague.content.decode()
    decided = send(
        economy, f"/projects/{project.ref}/standing/", standing="half", answer="yes", remark=""
    ).content.decode()
    assert "决定已登记" in decided and "没有方案" in decided
    assert "应开未开:计划开工日已过 100 天</textarea>" in page(economy, f"/projects/{project.ref}/plan/")
    body = {"problems": "业主资金断", "goal": "七月开工", "review_on": "2022-06-30"}
    assert "方案已建立" in send(economy, f"/projects/{project.ref}/plan/", **body).content.decode()
    plan = FirmPlan.objects.get(kind="project")
    assert "还没有专班" in page(economy, "/projects/watch/")
    formed = send(signed_in("leader"), f"/enterprises/plans/{plan.ref}/do/force/", lead="P10")
    assert "专班已生效" in formed.content.decode()
    assert f"/enterprises/plans/{plan.ref}/" in page(economy, f"/projects/{project.ref}/")
    assert signed_in("urban").post(f"/projects/{project.ref}/plan/", body).status_code == 403


def test_the_card_of_a_project_shows_the_bank_matches_of_its_owner_and_begins_one(
    street: object, signed_in: SignIn
) -> None:
    firm = registered(1)
    project = late_project(owner=firm.name, owner_subject=firm.subject)
    desk = signed_in("desk")
    card = page(desk, f"/projects/{project.ref}/")
    begin = f"/enterprises/banks/new/?enterprise={firm.ref}"
    assert begin in card

    send(desk, begin, enterprise=firm.ref, amount_wan="500", purpose="expansion", term="24", collateral="property")

    match = BankMatch.objects.get()
    card = page(desk, f"/projects/{project.ref}/")
    assert f"/enterprises/banks/{match.ref}/" in card and "500 万元" in card
    assert f"/enterprises/banks/{match.ref}/" not in page(signed_in("urban"), f"/projects/{project.ref}/")
