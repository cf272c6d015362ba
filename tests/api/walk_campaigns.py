"""The part of the walk (``tests.api.walk``) among campaigns: opened, led, carried out, evaluated, closed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gridloop.core.period import Period
from gridloop.offices.cases import actions
from gridloop.offices.indicators.asked import ZONE
from tests.api.walk_programs import today
from tests.sample import CODE, IN_SW, who

HELPS = {
    "code": "wrzwq", "name": "万人助万企", "kind": "enterprise", "basis": "示例方案〔2022〕1号", "data_policy": "不收集个人信息。", "scheme": "走访、收集、化解、回访。",
}  # fmt: skip


def campaign(walk: Any) -> None:
    """One campaign with a command post, a group and two activities; another that an activity counts for too."""
    dates = {
        "starts_on": (today() - timedelta(days=100)).isoformat(),
        "ends_on": (today() + timedelta(days=90)).isoformat(),
    }
    walk.does("leader", "campaigns_open_campaign", HELPS | dates)
    style = {"code": "style", "name": "作风建设", "basis": "示例方案〔2022〕2号", "data_policy": "不收集个人信息。"}
    walk.does("leader", "campaigns_open_campaign", style | dates)
    rev = walk.does("economy", "campaigns_campaign", code="wrzwq")["campaign"]["rev"]
    changed = {"scheme": "走访、收集、化解、回访、复盘。", "reason": "补上复盘", "rev": rev}
    walk.does("leader", "campaigns_change", changed, code="wrzwq")
    _lead(walk)
    _carry_out(walk, dates)
    walk.does("economy", "campaigns_campaigns", size=1)
    year = f"{today().year}"
    walk.does("economy", "campaigns_figures", code="wrzwq", period=year)
    units = walk.does("economy", "campaign_activities_evaluation", code="wrzwq", period=year)["units"]
    walk.does("economy", "campaign_activities_evaluation_of_unit", code="wrzwq", unit=units[0]["unit"], period=year)
    walk.does("economy", "campaign_activities_satisfied", period=year)
    walk.does("economy", "campaign_activities_voices", period="2022-05")
    _freeze(walk)
    walk.does("leader", "campaigns_close", {"reason": "并入助企专项"}, code="style")


def _freeze(walk: Any) -> None:
    """Rules, last month frozen by them, an objection of the unit, decided by somebody else."""
    month = Period.of("month", today()).before
    day = datetime.combine(month.first, time(10), tzinfo=ZONE)
    filing = actions.Filing(text="想贷款扩建车间,不知找谁", source="manager", category="企业服务/融资", **IN_SW)
    case = actions.file_case(by=who("manager", at=day), at=day, street=CODE, filing=filing).case.ref
    walk.does("economy", "adverse_tag", {"factors": ["funds", "energy"]}, ref=case)
    walk.does("economy", "adverse_factors", ref=case)
    expected = {"measure": "timely", "threshold": 95, "source": "示例考评办法第三条"}
    told = {
        "measures": [expected, {"measure": "solved"}], "period_kind": "month", "effective_on": month.first.isoformat(), "reason": "按办法定第一版",
    }  # fmt: skip
    walk.does("leader", "evaluations_set_rules", told, code="wrzwq")
    walk.does("economy", "evaluations_rules", code="wrzwq")
    frozen = walk.does("desk", "evaluations_freeze", {"period": month.code}, code="wrzwq")["frozen"]["ref"]
    words = {"case": case, "measure": "solved", "text": "企业上月已撤回诉求,不应算作没有解决。"}
    objected = walk.does("economy", "evaluations_object_to", words, ref=frozen)["objections"][0]["ref"]
    because = {"decision": "left_out", "because": "企业已书面撤回"}
    revised = walk.does("leader", "evaluations_decide", because, ref=objected)["frozen"]["ref"]
    walk.does("economy", "evaluations_frozen_ones", code="wrzwq")
    walk.does("economy", "evaluations_frozen", ref=revised)


def _lead(walk: Any) -> None:
    told = {"kind": "group", "name": "政策落实组", "lead": "economy", "duty": "政策送达和兑现"}
    ref = walk.does("desk", "campaigns_found_group", told, code="wrzwq")["ref"]
    member = walk.does("desk", "campaigns_join", {"person": "P08", "duty": "head"}, ref=ref)["members"][0]["ref"]
    due = (today() + timedelta(days=10)).isoformat()
    task = walk.does("economy", "campaigns_set_task", {"text": "梳理惠企政策清单", "due_on": due}, ref=ref)["tasks"][0][
        "ref"
    ]
    walk.does("economy", "campaigns_finish_task", {"outcome": "清单已印发"}, ref=task)
    held = (timezone.now() - timedelta(hours=2)).isoformat(timespec="seconds")
    met = {"held_at": held, "topic": "部署宣讲", "minutes": "每月讲一场,先讲用工政策。"}
    walk.does("economy", "campaigns_note_meeting", met, ref=ref)
    walk.does("economy", "campaigns_group", ref=ref)
    walk.does("desk", "campaigns_leave", {"reason": "调离"}, ref=member)
    gone = walk.does("desk", "campaigns_found_group", told | {"name": "临时工作组"}, code="wrzwq")["ref"]
    walk.does("desk", "campaigns_end_group", {"reason": "工作已完成"}, ref=gone)


def _carry_out(walk: Any, dates: dict[str, str]) -> None:
    told = {"title": "政策宣讲进企业", "aim": "每月讲一场新政策", "owner": "economy", **dates}
    step = {"text": "印发通知", "due_on": today().isoformat()}
    made = walk.does("desk", "campaign_activities_plan", told | {"steps": [step]}, code="wrzwq")
    ref = made["ref"]
    walk.does("economy", "campaign_activities_finish_step", {"outcome": "通知已印发"}, ref=made["steps"][0]["ref"])
    replanned = told | {"aim": "每月讲两场新政策", "reason": "企业要求多讲一场"}
    walk.does("desk", "campaign_activities_replan", replanned, ref=ref)
    counts = {"campaign": "style", "reason": "同一件工作不用重填"}
    links = walk.does("desk", "campaign_activities_link", counts, ref=ref)["links"]
    walk.does("desk", "campaign_activities_unlink", {"reason": "不属于作风建设"}, ref=links[0]["ref"])
    walk.does("economy", "campaign_activities_finish", {"result": "已讲六场,到会一百二十家"}, ref=ref)
    walk.does("economy", "campaign_activities_activity", ref=ref)
    off = walk.does("desk", "campaign_activities_plan", told | {"title": "银企对接周"}, code="wrzwq")["ref"]
    walk.does("desk", "campaign_activities_cancel", {"reason": "与市里活动重复"}, ref=off)
