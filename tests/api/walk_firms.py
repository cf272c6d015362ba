"""The part of the walk (``tests.api.walk``) among firms: the register, who is paired with whom, the teams, what is asked, ordered and promised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.enterprise.actions.vitality import propose_vitality
from gridloop.offices.enterprise.models import Enterprise, VitalityProposal
from gridloop.offices.organisation import actions as organisation
from tests.firms import code_of
from tests.sample import CODE

WORKS = {
    "name": "示例机械厂", "code": code_of(7001), "industry": "3411", "address": "柳荫路1号院", "staff": 40, "revenue": "8000000.00",
    "contact": "张经理", "phone": "037160000001", "duty": "经理",
}  # fmt: skip


def keep_firms(walk: Any) -> str:
    """The register, clusters and imports; the ref of a firm that stays."""
    ref = str(walk.does("manager", "firms_register_firm", WORKS)["ref"])
    rev = walk.does("manager", "firms_firm", ref=ref)["firm"]["rev"]
    changed = {"address": "柳荫路1号院甲", "priority": "district", "reason": "营业执照变更", "rev": rev}
    walk.does("manager", "firms_amend", changed, ref=ref)
    walk.does("manager", "firms_tell_figures", {"year": 2025, "staff": 42, "revenue": "9000000.00", "source": "企业年报"}, ref=ref)  # fmt: skip
    told = walk.does("manager", "firms_add_contact", {"name": "李主任", "phone": "037160000002", "duty": "办公室"}, ref=ref)  # fmt: skip
    walk.does("manager", "firms_look_at_contacts", {"reason": "核对走访时间"}, ref=ref)
    walk.does("manager", "firms_end_contact", ref=ref, contact=told["ref"])
    walk.does("manager", "firms_answer_consent", {"kind": "bank", "granted": True, "how": "当面签字"}, ref=ref)
    walk.does("manager", "firms_set_vitality", {"vitality": "half", "reason": "两条线停了一条"}, ref=ref)
    walk.does("desk", "firms_firm_counts", by="vitality")
    _put_in_many(walk)
    _tell_twins(walk)
    _decide(walk, ref)
    walk.does("desk", "firms_firms", size=2)
    return ref


def _put_in_many(walk: Any) -> None:
    made = walk.does("desk", "firm_places_add_cluster", {"name": "柳荫汽车城", "kind": "auto", "address": "柳荫路2号"})
    walk.does("desk", "firm_places_clusters")
    walk.does("desk", "firm_places_end_cluster", {"reason": "改作他用"}, ref=made["ref"])
    rows = [
        {"name": "示例轴承厂", "code": code_of(7002), "address": "柳荫路1号院"},
        {"name": "写错代码的厂", "code": "91410102MA", "contact": "王某", "phone": "037160000003"},
    ]
    put = walk.does("desk", "firm_places_put_in", {"name": "市场监管局 5 月新增", "rows": rows})["intake"]["ref"]
    walk.does("desk", "firm_places_imports")
    walk.does("desk", "firm_places_one_import", ref=put)
    walk.does("desk", "firm_places_refused_rows", ref=put)


def _tell_twins(walk: Any) -> None:
    """Entered twice, merged; another one closes."""
    one, other, third = (
        walk.does("manager", "firms_register_firm", {"name": name, "code": code_of(number), "address": "柳荫路1号院"})[
            "ref"
        ]
        for name, number in (("示例纺织有限公司", 7003), ("示例纺织有限责任公司", 7004), ("示例旧书店", 7005))
    )
    walk.does("desk", "firms_alike_firms")
    walk.does("desk", "firms_merge_firms", {"into": one, "reason": "同一家登记了两次"}, ref=other)
    walk.does("manager", "firms_leave", {"because": "closed", "reason": "已注销"}, ref=third)


def _decide(walk: Any, ref: str) -> None:
    at = timezone.now()
    propose_vitality(at=at, street=CODE)
    firm = Enterprise.objects.get(ref=ref)
    row = VitalityProposal.objects.filter(enterprise=firm, decided_at=None).first() or VitalityProposal.objects.create(
        enterprise=firm, street=CODE, present=firm.vitality, proposed="stalled", reasons=["连续三次联系不上"], proposed_at=at
    )  # fmt: skip
    walk.does("manager", "firms_proposals")
    walk.does("manager", "firms_decide_proposal", {"accepted": False, "remark": "季节性停产"}, ref=row.ref)


def pair_and_serve(walk: Any, ref: str) -> None:
    """Names in the slots, a hand-over, the teams and their queues."""
    _pair(walk, ref)
    _serve(walk, ref)


def _pair(walk: Any, ref: str) -> None:
    held = walk.does("desk", "pairings_pair", {"slot": "manager", "person": "P08", "substitute": "P10"}, ref=ref)
    walk.does("desk", "pairings_pair_many", {"slot": "department", "unit": "economy", "enterprises": [ref]})
    walk.does("desk", "pairings_set_substitute", {"substitute": "P09"}, ref=held["ref"])
    past = walk.does("desk", "pairings_history", ref=ref)["items"]
    department = next(row["ref"] for row in past if row["slot"] == "department")
    told = {"unit": "urban", "reason": "职能调整", "note": "每周三上午联系厂长"}
    now = walk.does("desk", "pairings_hand_over", told, ref=department)
    walk.does("desk", "pairings_pack", ref=now["ref"])
    walk.does("desk", "pairings_matrix", size=2)
    walk.does("desk", "pairings_notice", ref=ref)
    walk.does("desk", "pairings_end_pairing", {"reason": "任期已满"}, ref=now["ref"])
    walk.does("desk", "pairings_coverage")
    walk.does("desk", "pairings_uncovered", service="tax", size=2)


def _serve(walk: Any, ref: str) -> None:
    team = walk.does("desk", "serving_found_team", {"kind": "four", "name": "第一服务团队"})["ref"]
    member = walk.does("desk", "serving_join_team", {"person": "P08", "kind": "manager", "grid": "C1"}, ref=team)
    gone = walk.does("desk", "serving_join_team", {"person": "P10", "kind": "legal"}, ref=team)
    walk.does("desk", "serving_leave_team", {"reason": "调离"}, ref=gone["ref"])
    walk.does("desk", "serving_team_list")
    walk.does("desk", "serving_team", ref=team)
    walk.does("desk", "serving_loads")
    assert member["person"]
    _ask_a_lawyer(walk, ref)
    _order(walk, ref, team)
    due = (timezone.now() + timedelta(days=20)).date().isoformat()
    kept = walk.does("manager", "serving_promise", {"text": "接通专线", "due_on": due}, ref=ref)["ref"]
    walk.does("manager", "serving_promises")
    walk.does("manager", "serving_settle_promise", {"kept": True, "outcome": "已接通"}, ref=kept)


def _ask_a_lawyer(walk: Any, ref: str) -> None:
    at = timezone.now() - timedelta(hours=1)
    organisation.add_post(
        by=SYSTEM, at=at, street=CODE, code="LEGAL-1", title="法律专员", role="legal_officer", unit="economy"
    )
    organisation.appoint(by=SYSTEM, at=at, street=CODE, post="LEGAL-1", person="P10")
    asked = walk.does("manager", "serving_ask_law", {"question": "劳动合同到期怎样续签"}, ref=ref)["ref"]
    walk.does("economy", "serving_consults")
    walk.does("economy", "serving_take_consult", {}, ref=asked)
    walk.does("economy", "serving_reply_law", {"reply": "到期前三十日书面通知。"}, ref=asked)


def _order(walk: Any, ref: str, team: str) -> None:
    told = {"team": team, "service": "变更经营范围", "wanted": "下周二上午"}
    order = walk.does("manager", "serving_order_service", told, ref=ref)["ref"]
    when = (timezone.now() + timedelta(days=2)).isoformat(timespec="seconds")
    walk.does("manager", "serving_book_order", {"officer": "P08", "booked_for": when}, ref=order)
    walk.does("manager", "serving_orders")
    walk.does("manager", "serving_finish_order", {"result": "材料已收齐,当场受理"}, ref=order)
    walk.does("desk", "serving_confirm_order", {"solved": True, "how": "电话问了厂长"}, ref=order)
    off = walk.does("manager", "serving_order_service", told, ref=ref)["ref"]
    walk.does("manager", "serving_cancel_order", {"reason": "企业自己办了"}, ref=off)
