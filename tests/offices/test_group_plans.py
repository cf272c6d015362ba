"""分类施策 and 项目化险解困 through the actions: for whom a plan holds, when a project stands still, and what is done about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.enterprise.actions import plans
from gridloop.offices.enterprise.actions.group_plans import open_group_plan
from gridloop.offices.enterprise.queries import group_plans
from gridloop.offices.enterprise.queries import plans as planned
from gridloop.offices.enterprise.solution_models import FirmPlan
from gridloop.offices.projects import actions
from gridloop.offices.projects.queries import standstill
from tests.firms import registered
from tests.offices.test_projects import READY, entered
from tests.sample import CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
TODAY = date(2022, 5, 23)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


def group_plan(by: str = "desk", **more: Any) -> FirmPlan:
    told = {
        "title": "制造业用电方案",
        "problems": "夏季用电紧张",
        "goal": "错峰不停产",
        "review_on": TODAY + 30 * DAY,
        **more,
    }
    return open_group_plan(by=who(by), at=MONDAY, street=CODE, **told)


def test_the_firm_card_has_the_plans_that_hold_today_with_the_reason() -> None:
    works, shop = registered(1), registered(2, industry="5261")
    industry = group_plan(industry="34")
    season = group_plan(title="汛期方案", starts_on=TODAY, ends_on=TODAY + 5 * DAY)

    assert [(each.plan, each.reasons) for each in group_plans.holding_for(works, today=TODAY)] == [
        (season, ("因时:2022年5月23日至2022年5月28日",)), (industry, ("因业:行业属于 34 通用设备制造业",)),
    ]  # fmt: skip
    assert [each.plan for each in group_plans.holding_for(shop, today=TODAY)] == [season]
    assert [each.plan for each in group_plans.holding_for(works, today=TODAY + 9 * DAY)] == [industry]


def test_the_plans_page_and_the_firms_page_say_the_same() -> None:
    firms = [registered(1), registered(2, industry="5261"), registered(3, industry="")]
    rows = [
        group_plan(industry="C"),
        group_plan(title="一社区方案", grid="C1"),
        group_plan(title="都要", grid="C1", industry="F"),
    ]

    for row in rows:
        told = {firm.ref for firm in group_plans.firms_of(row, by=who("desk"), today=TODAY)}
        assert told == {
            firm.ref for firm in firms if row in [each.plan for each in group_plans.holding_for(firm, today=TODAY)]
        }


def test_a_groups_plan_has_measures_a_force_and_an_end_like_any_plan() -> None:
    row = group_plan(industry="C")
    measure = plans.add_measure(
        by=who("desk"), at=MONDAY, plan=row.ref, text="排错峰表", owner="P10", due_on=TODAY + 3 * DAY
    )
    plans.form_task_force(by=who("leader"), at=MONDAY, plan=row.ref, lead="P10")
    with pytest.raises(Refused, match="还有 1 条措施"):
        plans.close_plan(by=who("desk"), at=MONDAY, plan=row.ref, outcome="平稳")
    plans.end_measure(by=who("economy"), at=MONDAY, measure=measure.ref, result="done", after="已排 12 家")
    plans.close_plan(by=who("desk"), at=MONDAY, plan=row.ref, outcome="平稳度夏")

    assert group_plans.holding_for(registered(1), today=TODAY) == []
    assert [entry.payload.get("plan") for entry in planned.history_of(row)] == [row.ref] * 5
    assert list(planned.plans(who("desk"), state="")) == []  # a list of firms' plans has no groups among them


def test_only_those_who_arrange_make_a_groups_plan_and_never_one_for_everybody() -> None:
    with pytest.raises(NotAllowed):
        group_plan("manager", industry="C")
    with pytest.raises(WrongInput, match="至少写明一项"):
        group_plan()
    with pytest.raises(NotFound):
        group_plan(grid="nowhere")
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmPlan.objects.filter(pk=group_plan(industry="C").pk).update(industry="")


# -- projects that stand still ----------------------------------------------------------------------------------------


def late() -> Any:
    """A project that should have begun 100 days ago."""
    return entered(**{**READY, "start_planned_on": TODAY - 100 * DAY})


def test_a_late_project_is_proposed_a_person_decides_and_it_is_red_until_it_has_a_plan() -> None:
    project = late()
    entered("示例正常园", **{**READY, "start_planned_on": TODAY + DAY})
    (row,) = standstill.watch(who("desk"), street=CODE, at=MONDAY)
    assert row.proposal is not None and row.proposal.reasons == ("应开未开:计划开工日已过 100 天",)
    assert (row.project, row.proposal.standing, row.lacks_plan) == (project, "half", False)

    actions.decide_standing(by=who("economy"), at=MONDAY, project=project.ref, standing="half")
    (row,) = standstill.watch(who("desk"), street=CODE, at=MONDAY)
    assert (row.project.standing, row.proposal, row.lacks_plan) == ("half", None, True)
    told = {"problems": "业主资金断", "goal": "七月开工", "review_on": TODAY + 14 * DAY}
    plan = actions.open_project_plan(by=who("economy"), at=MONDAY, project=project.ref, **told)
    with pytest.raises(Refused, match="已有一份进行中"):
        actions.open_project_plan(by=who("desk"), at=MONDAY, project=project.ref, **told)
    plans.form_task_force(by=who("leader"), at=MONDAY, plan=plan.ref, lead="P10", members=["P03"])

    (row,) = standstill.watch(who("desk"), street=CODE, at=MONDAY)
    assert not row.lacks_plan and standstill.plans_of(project) == [plan]
    kinds = Entry.objects.filter(subject=project.subject).order_by("id").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["project.standing_changed", "plan.opened", "plan.task_force_formed"]


def test_a_rejection_needs_its_reason_and_silences_the_rule_for_ninety_days() -> None:
    project = late()
    with pytest.raises(WrongInput, match="请写明依据"):
        actions.decide_standing(by=who("economy"), at=MONDAY, project=project.ref, standing="half", accepted=False)
    actions.decide_standing(
        by=who("economy"), at=MONDAY, project=project.ref, standing="half", accepted=False, remark="等汛期过后开工"
    )

    assert standstill.watch(who("desk"), street=CODE, at=MONDAY + 70 * DAY) == []
    (again,) = standstill.watch(who("desk"), street=CODE, at=MONDAY + 91 * DAY)
    assert again.proposal is not None and again.proposal.standing == "stalled"
    (decision,) = standstill.decisions_of(project)
    assert (decision.accepted, decision.reasons) == (False, ["应开未开:计划开工日已过 100 天"])


def test_a_standing_without_a_proposal_needs_a_ground_and_is_decided_by_whoever_keeps_the_project() -> None:
    project = entered(**READY)

    with pytest.raises(WrongInput):
        actions.decide_standing(by=who("economy"), at=MONDAY, project=project.ref, standing="stalled")
    with pytest.raises(NotAllowed):
        actions.decide_standing(by=who("urban"), at=MONDAY, project=project.ref, standing="stalled", remark="停了")
    actions.decide_standing(by=who("desk"), at=MONDAY, project=project.ref, standing="stalled", remark="现场无人施工")
    with pytest.raises(Refused, match="现在就是"):
        actions.decide_standing(
            by=who("desk"), at=MONDAY, project=project.ref, standing="stalled", remark="现场无人施工"
        )
