"""分类施策 and the rescue of a late project in 莲湖街道, through the offices' actions. All made up."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridloop.offices.enterprise.actions import plans
from gridloop.offices.enterprise.actions.group_plans import open_group_plan
from gridloop.offices.projects.actions import decide_standing, open_project_plan
from gridloop.offices.projects.models import Project
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage

LATE = "莲湖邻里中心(演示)"
DAY = timedelta(days=1)


def happenings(now: datetime) -> list[Happening]:
    """In the last days: a plan for an industry, one for a place in a season; a project forty days late is half stalled and has its plan."""
    return [
        Happening(now - timedelta(hours=30), "分类施策方案", _groups),
        Happening(now - timedelta(hours=28), "项目化险解困", _late_project),
    ]


def _groups(stage: Stage, at: datetime) -> None:
    desk, today = actor_of_stage(stage, "值班1", at), at.date()
    industry = open_group_plan(
        by=desk, at=at, street=stage.street, title="制造业用电错峰方案(演示)", industry="C", problems="迎峰度夏,工业小区变压器紧张(演示)",
        goal="限电日错峰生产,不停产", review_on=today + 30 * DAY,
    )  # fmt: skip
    plans.add_measure(
        by=desk,
        at=at,
        plan=industry.ref,
        text="与供电所排定错峰表",
        owner=stage.calls["供电所"],
        due_on=today + 10 * DAY,
        before="0",
        unit="家",
    )
    open_group_plan(
        by=desk, at=at, street=stage.street, title="阳光商圈促消费方案(演示)", grid="410102013001", industry="52",
        starts_on=today - 7 * DAY, ends_on=today + 53 * DAY, problems="客流少于往年同期(演示)", goal="联展联促,夜间延时经营", review_on=today + 20 * DAY,
    )  # fmt: skip


def _late_project(stage: Stage, at: datetime) -> None:
    desk, today = actor_of_stage(stage, "值班1", at), at.date()
    found = Project.objects.get(street=stage.street, name=LATE)
    decide_standing(by=desk, at=at, project=found.ref, standing="half", remark="现场查看,围挡已立,未动工(演示)")
    plan = open_project_plan(
        by=desk,
        at=at,
        project=found.ref,
        problems="施工图审查未完成,配套资金未落实(演示)",
        goal="下月动工",
        review_on=today + 14 * DAY,
    )
    plans.form_task_force(
        by=actor_of_stage(stage, "主任", at),
        at=at,
        plan=plan.ref,
        lead=stage.calls["主任"],
        members=[stage.calls["经济发展办"]],
    )
    plans.add_measure(
        by=desk,
        at=at,
        plan=plan.ref,
        text="催办施工图审查",
        owner=stage.calls["经济发展办"],
        due_on=today + 10 * DAY,
        before="待审",
    )
