"""The part of the walk (``tests.api.walk``) among visits, policies, projects and indicators."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from gridloop.offices.enterprise.queries.visit_planning import workdays_from
from tests.firms import registered
from tests.sample import CODE, IN_NE, IN_SW

SMALL = {"quote": "从业人员300人以下", "condition": {"fact": "staff", "at_most": 300}}
RENT = {
    "title": "小微企业房租减免", "issuer": "区发展改革委", "number": "区发改〔2026〕3号", "benefit": "减免三个月房租",
    "valid_from": "2022-05-01", "topic": "rent", "clauses": [SMALL],
}  # fmt: skip


def today() -> date:
    return timezone.localdate()


def visit(walk: Any, ref: str) -> None:
    """One visit made, one arranged, moved and cancelled; a wish, quiet days, a plan and a round."""
    _visit_one(walk, ref)
    wished = {"unit": "urban", "purpose": "service", "note": "宣传安全用电"}
    wish = walk.does("manager", "visits_wish", wished, ref=ref)["ref"]
    walk.does("manager", "visits_wishes", ref=ref)
    walk.does("manager", "visits_withdraw", {}, ref=wish)
    walk.does("desk", "visits_set_rules", {"cap_visits": 2, "cap_days": 30, "per_day": 4})
    quiet = walk.does("desk", "visits_set_quiet", {"month_from": 26, "month_to": 31, "reason": "月末盘点"})["ref"]
    walk.does("desk", "visits_visit_rules")
    walk.does("desk", "visits_end_quiet", {}, ref=quiet)
    _plan(walk)


def _visit_one(walk: Any, ref: str) -> None:
    days = workdays_from(CODE, today() + timedelta(days=1), 3)
    told = {"on": days[0].isoformat(), "purposes": ["policy"]}
    coming = walk.does("manager", "visits_arrange", told, ref=ref)["visit"]["ref"]
    walk.does("manager", "visits_move", {"on": days[1].isoformat(), "reason": "企业临时有会"}, ref=coming)
    walk.does("manager", "visits_cancel", {"reason": "改为电话联系"}, ref=coming)
    made = {
        "purposes": ["problem"], "said": "厂区门口路灯不亮", "bodies": ["urban"],
        "problems": [{"text": "厂区门口路灯不亮三天了", "category": "城乡建设/市政设施/路灯"}],
    }  # fmt: skip
    done = walk.does("manager", "visits_log_visit", made, ref=ref)["visit"]["ref"]
    walk.does("manager", "visits_visit", ref=done)
    walk.does("desk", "visits_visits", size=2)
    walk.does("desk", "visits_visit_counts")
    walk.does("desk", "visits_unseen")
    row = {
        "enterprise": "9141010000000000XX",
        "happened_at": (timezone.now() - timedelta(hours=2)).isoformat(),
        "purposes": ["policy"],
    }
    walk.does("manager", "visits_enter", {"rows": [row | {"enterprise": ref, "topic": "减税政策"}, row]})


def _plan(walk: Any) -> None:
    """Two firms with points on the map, one manager, ten workdays; the doors of the first planned day in order."""
    for number, place in ((7101, IN_SW), (7102, IN_NE)):
        firm = registered(number, **{name: str(value) for name, value in place.items()})
        told = {"slot": "manager", "person": "P08"}
        walk.does("desk", "pairings_pair", told, ref=firm.ref)
    first = {"first_on": today().isoformat(), "days": 10}
    dropped = walk.does("manager", "visit_plans_propose", first)["plan"]["ref"]
    walk.does("manager", "visit_plans_plan", ref=dropped)
    walk.does("manager", "visit_plans_drop", {}, ref=dropped)
    kept = walk.does("manager", "visit_plans_propose", first)
    walk.does("manager", "visit_plans_adopt", {}, ref=kept["plan"]["ref"])
    walk.does("manager", "visit_plans_plans")
    walk.does("manager", "visit_plans_round_of_day", on=kept["visits"][0]["day"])


def offer_policies(walk: Any, ref: str) -> None:
    """Drafted, published by another person, pushed, answered; one withdrawn, one discarded; questions."""
    walk.does("desk", "policies_preview", {"clauses": [SMALL]})
    made = walk.does("desk", "policies_draft", RENT)["policy"]
    changed = RENT | {"benefit": "减免六个月房租", "rev": made["rev"]}
    walk.does("desk", "policies_change_draft", changed, ref=made["ref"])
    walk.does("leader", "policies_publish", {}, ref=made["ref"])
    walk.does("desk", "policies_policies")
    walk.does("desk", "policies_policy", ref=made["ref"])
    walk.does("desk", "policies_firms_of_policy", ref=made["ref"])
    walk.does("desk", "policies_push", {"policies": [made["ref"]]})
    fits = walk.does("manager", "policy_answers_policies_of_firm", ref=ref)["items"]
    push = next(each["push"]["ref"] for each in fits if each["push"])
    walk.does("manager", "policy_answers_answer_push", {"answer": "interested", "how": "电话问了厂长"}, ref=push)
    walk.does("manager", "policy_answers_decline", {"policy": made["ref"], "how": "当面说明"}, ref=ref)
    asked = {"question": "租的厂房能减免吗", "answer": "能,凭租赁合同办理。", "policy": made["ref"], "clause": 1}
    question = walk.does("desk", "policy_answers_answer_question", asked)["ref"]
    walk.does("desk", "policy_answers_questions", text="租")
    walk.does("desk", "policy_answers_retire", {}, ref=question)
    walk.does("leader", "policies_withdraw", {"reason": "文件已到期"}, ref=made["ref"])
    row = {
        "title": "用工补贴", "issuer": "区人社局", "level": "区", "topic": "稳岗用工", "valid_from": "2022-05-01", "benefit": "每人补贴一千元",
        "clause": "1", "quote": "从业人员10人以上", "fact": "从业人员", "operator": "不少于", "value": "10",
    }  # fmt: skip
    drafted = walk.does("desk", "policies_import_rows", {"rows": [row, {"title": "缺东西的政策"}]})["made"]
    walk.does("desk", "policies_discard", {}, ref=drafted[0]["ref"])


def move_projects(walk: Any) -> None:
    """Entered once, moved on and reported, with a gap and an obstacle; then dropped. The criteria of a library are set anew."""
    told = {
        "name": "柳荫智造园", "owner": "示例建设公司", "unit": "economy", "sector": "industry", "total": "320000000.00", "grid": "C1",
        "approval": "区发改备〔2026〕1号", "site_ready": True, "start_planned_on": today().isoformat(),
    }  # fmt: skip
    ref = walk.does("economy", "projects_enter", told)["project"]["ref"]
    rev = walk.does("economy", "projects_project", ref=ref)["project"]["rev"]
    walk.does("economy", "projects_change", {"content": "标准厂房两栋", "priority": "city", "rev": rev}, ref=ref)
    walk.does("economy", "projects_move", {"to": "planned", "reason": "已立项,用地已落实"}, ref=ref)
    year = today().year
    walk.does("economy", "projects_plan_year", {"year": year, "amount": "120000000.00", "first": 1}, ref=ref)
    month = {"month": f"{today():%Y-%m}", "invested": "8000000.00", "note": "基础施工"}
    walk.does("economy", "projects_report_month", month, ref=ref)
    gap = {"factor": "power", "gap": "800", "text": "施工用电缺 800 千伏安", "category": "企业服务/证照"}
    walk.does("economy", "projects_need_factor", gap, ref=ref)
    blocked = {"text": "门口积水,车辆进不来", "category": "城乡建设/市政设施/积水"}
    walk.does("economy", "projects_raise_obstacle", blocked, ref=ref)
    walk.does("desk", "projects_projects")
    walk.does("keeper", "projects_criteria")
    permit = {"quote": "已取得施工许可", "condition": {"fact": "permit", "is_known": True}}
    walk.does(
        "keeper", "projects_set_criteria", {"clauses": [permit], "reason": "项目管理办法第三条"}, library="building"
    )
    _stand_still(walk, ref)
    walk.does("economy", "projects_drop", {"reason": "企业终止投资"}, ref=ref)
    walk.does("desk", "projects_dropped")


def _stand_still(walk: Any, ref: str) -> None:
    """The project is said to stand still, and has its plan; the street has a plan for its manufacturers."""
    still = {"standing": "stalled", "remark": "现场查看,停工一个月"}
    walk.does("economy", "group_plans_decide_standing", still, ref=ref)
    body = {"problems": "业主资金断", "goal": "年内复工", "review_on": (today() + timedelta(days=14)).isoformat()}
    walk.does("economy", "group_plans_open_project_plan", body, ref=ref)
    walk.does("desk", "group_plans_watch")
    told = {**body, "title": "制造业用电方案", "industry": "C", "problems": "夏季用电紧张", "goal": "错峰不停产"}
    walk.does("desk", "group_plans_make_group_plan", told)
    walk.does("desk", "group_plans_group_plan_list")
    firm = walk.does("desk", "firms_firms")["items"][0]["ref"]
    walk.does("desk", "group_plans_plans_holding", ref=firm)


def measure(walk: Any) -> None:
    """An indicator defined, told, corrected and checked; a standing; the rows behind a number of our own."""
    meant = {"code": "retail", "name": "社会消费品零售总额", "kind": "amount", "unit": "亿元", "basis": "限额以上和限额以下合计"}  # fmt: skip
    walk.does("keeper", "indicators_define", meant)
    source = {"issuer": "区统计局", "document": "2022 年一季度快报", "issued_on": "2022-04-20"}
    told = {"code": "retail", "period": "2022Q1", "value": "12.6", "unit": "亿元", "base": "11.7", "growth": "7.69", **source}  # fmt: skip
    walk.does("desk", "indicators_tell_reading", told)
    told |= {"value": "12.7", "reason": "统计局更正"}
    right = walk.does("desk", "indicators_tell_reading", told)["figure"]["ref"]
    walk.does("desk", "indicators_check_reading", {"note": "与公报第2页一致"}, ref=right)
    walk.does("desk", "indicators_reading", ref=right)
    stood = {"about": "街道经济综合评价", "period": "2022Q1", "stood": 2, "among": 14, "area": "全区", **source}
    walk.does("desk", "indicators_note_standing", stood)
    walk.does("desk", "indicators_indicators", period="2022Q1")
    walk.does("desk", "indicators_indicator", code="cases_filed", period=f"{today().year}")
    walk.does("desk", "indicators_indicator", code="retail", period="2022Q1")
