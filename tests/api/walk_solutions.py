"""The part of the walk (``tests.api.walk``) among what is done for firms: factor gaps, banks, assisted matters, plans with their measures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum
from tests.api.walk_programs import today
from tests.firms import registered
from tests.sample import CODE

SUITS = {"quote": "从业人员10人以上", "condition": {"fact": "staff", "at_least": 10}}
LOAN = {
    "bank": "示例银行", "name": "助企贷", "limit": "5000000.00", "rate_low": "3.45", "rate_high": "4.35", "longest": 36, "clauses": [SUITS],
}  # fmt: skip
DEMAND = {"amount": "500000.00", "purpose": "turnover", "term": 12, "collateral": "none", "note": "旺季备货"}
AGREED = {"name": "张经理", "duty": "财务负责人", "how": "当面签字"}


def solve(walk: Any, ref: str) -> None:
    """Everything that is done about the problems of one firm."""
    _meet_gaps(walk, ref)
    _match_with_banks(walk, ref)
    _see_matters_through(walk, ref)
    _plan_for(walk, ref)


def _meet_gaps(walk: Any, ref: str) -> None:
    told = {"factor": "power", "gap": "800", "text": "夏季用电缺 800 千伏安", "category": "企业服务/证照"}
    gap = walk.does("manager", "factors_need", told, ref=ref)["ref"]
    walk.does("manager", "factors_settle", {"solved": "500", "how": "已增容 500 千伏安"}, ref=gap)
    case = walk.file("manager", text="厂里缺周转资金", category="企业服务/证照", enterprise_ref=ref)
    walk.does("manager", "factors_measure", {"factor": "funds", "gap": "50"}, ref=case)
    walk.does("manager", "factors_gaps", size=1)
    walk.does("manager", "factors_matrix")


def _match_with_banks(walk: Any, ref: str) -> None:
    product = walk.does("desk", "banking_add_product", LOAN)["ref"]
    walk.does("manager", "banking_products")
    made = walk.does("manager", "banking_demand", DEMAND | {"enterprise": ref})["match"]
    walk.does("manager", "banking_match", ref=made["ref"])
    walk.does("manager", "banking_consent", AGREED | {"rev": made["rev"]}, ref=made["ref"])
    walk.does("manager", "banking_introduce", {"product": product}, ref=made["ref"])
    walk.does("manager", "banking_hand_over", {"officer": "P10"}, ref=made["ref"])
    walk.does("manager", "banking_grant", {"granted": "400000.00", "rate": "3.85"}, ref=made["ref"])
    first = {"drawn": "150000.00", "drawn_on": timezone.localdate().isoformat(), "note": "第一笔,用于采购"}
    walk.does("manager", "banking_draw", first, ref=made["ref"])
    wrong = walk.does("manager", "banking_draw", {"drawn": "250000.00"}, ref=made["ref"])["drawings"][-1]["ref"]
    walk.does("manager", "banking_void_drawing", {"drawing": wrong, "reason": "这笔银行还没有放"}, ref=made["ref"])
    other = walk.does("manager", "banking_demand", DEMAND | {"enterprise": ref})["match"]["ref"]
    walk.does("manager", "banking_withdraw", {"reason": "股东已增资"}, ref=other)
    told = ForumTold("bank", "银企对接会", timezone.now() + timedelta(days=1), venue="三楼会议室", host="economy")
    meeting = announce_forum(by=SYSTEM, at=timezone.now(), street=CODE, told=told)
    third = walk.does("manager", "banking_demand", DEMAND | {"enterprise": ref, "forum": meeting.ref})["match"]["ref"]
    walk.does("manager", "banking_consent", AGREED, ref=third)
    walk.does("manager", "banking_introduce", {"product": product}, ref=third)
    walk.does("manager", "banking_decline", {"reason": "流水不足半年"}, ref=third)
    walk.does("manager", "banking_matches", size=1)
    walk.does("manager", "banking_totals")
    walk.does("desk", "banking_end_product", {"reason": "银行停办"}, ref=product)


def _see_matters_through(walk: Any, ref: str) -> None:
    told = {
        "name": "食品经营许可",
        "steps": ["受理", "踏勘"],
        "materials": ["申请书", "营业执照"],
        "optional": ["平面图"],
    }
    matter = walk.does("desk", "assisting_set_matter", told)["ref"]
    walk.does("manager", "assisting_matters")
    accepted = {"matter": matter, "enterprise": ref, "brought": ["营业执照"]}
    made = walk.does("manager", "assisting_accept", accepted)["order"]
    notice = {"how": "当面书面告知", "more": ["健康证"], "rev": made["rev"]}
    walk.does("manager", "assisting_notice", notice, ref=made["ref"])
    walk.does("manager", "assisting_take", {"materials": ["申请书", "健康证"]}, ref=made["ref"])
    for number in (1, 2):
        walk.does("manager", "assisting_do_step", {"number": number, "note": "当场办完"}, ref=made["ref"])
    walk.does("manager", "assisting_finish", {"result": "已取得许可"}, ref=made["ref"])
    walk.does("manager", "assisting_order", ref=made["ref"])
    off = walk.does("manager", "assisting_accept", accepted | {"helper": "P10"})["order"]["ref"]
    walk.does("manager", "assisting_withdraw", {"reason": "企业自己去办"}, ref=off)
    walk.does("manager", "assisting_orders", size=1)
    walk.does("manager", "assisting_times")
    walk.does("desk", "assisting_retire", {}, ref=matter)


def _plan_for(walk: Any, ref: str) -> None:
    """A plan with two measures, one done and one dropped; another firm stands still without one."""
    still = registered(7201, alias="停产的厂")
    walk.does("manager", "firms_set_vitality", {"vitality": "stalled", "reason": "停产三个月"}, ref=still.ref)
    walk.does("manager", "firm_plans_lacking")
    later = (today() + timedelta(days=20)).isoformat()
    told = {"problems": "订单减少,两条线停了一条", "goal": "八月底恢复两条线", "review_on": later}
    made = walk.does("manager", "firm_plans_open_plan", told, ref=ref)["plan"]
    step = {"text": "对接三家采购商", "owner": "P08", "due_on": later, "before": "2", "unit": "家", "rev": made["rev"]}
    walk.does("manager", "firm_plans_add_measure", step, ref=made["ref"])
    other = {"text": "申请稳岗补贴", "owner": "P10", "due_on": later}
    measures = walk.does("manager", "firm_plans_add_measure", other, ref=made["ref"])["measures"]
    mine, theirs = (next(each["ref"] for each in measures if each["text"] == row["text"]) for row in (step, other))
    walk.does("desk", "firm_plans_form_force", {"lead": "P08", "members": ["P10"]}, ref=made["ref"])
    walk.does("manager", "firm_plans_my_measures")
    moved = {"due_on": (today() + timedelta(days=30)).isoformat(), "reason": "窗口下月开放"}
    walk.does("manager", "firm_plans_move_measure", moved, ref=theirs)
    walk.does("manager", "firm_plans_end_measure", {"result": "done", "after": "5"}, ref=mine)
    walk.does("economy", "firm_plans_end_measure", {"result": "dropped", "note": "不符合条件"}, ref=theirs)
    walk.does("manager", "firm_plans_review", {"text": "一条线已恢复", "next_on": later}, ref=made["ref"])
    walk.does("manager", "firm_plans_firm_plan", ref=made["ref"])
    walk.does("manager", "firm_plans_close", {"outcome": "两条线都已恢复"}, ref=made["ref"])
    walk.does("manager", "firm_plans_firm_plans", size=1)
