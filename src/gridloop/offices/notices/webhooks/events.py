"""What programs outside are told: which kinds of ledger entries, and of each only references and plain facts.

Guarantees: a message holds nobody's name, number, words or place: of an entry's payload only the fields in ``FACTS`` are copied, and of those
only numbers, truth values and short texts. Whoever needs more asks the API with a token and is told what that token may see.

Worked example: an answer is given; the subscriber gets::

    {"type": "case.answered", "timestamp": "2022-05-23T10:00:00+08:00",
     "data": {"street": "410102990", "seq": 118, "subject": "case:2a3b…", "ref": "2a3b…", "number": "20220523-000001",
              "state": "answered", "href": "/api/v1/cases/2a3b…"}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

EVENTS: dict[str, str] = {
    "case.filed": "登记",
    "case.routed_again": "重新派单",
    "case.assigned": "交办",
    "case.accepted": "签收",
    "case.work_began": "开始办理",
    "case.progressed": "进展",
    "case.asked": "请反映人补充",
    "case.supplemented": "反映人补充",
    "case.answered": "答复",
    "case.answered_in_part": "阶段性答复",
    "case.returned": "退回",
    "case.return_taken": "接办退回",
    "case.return_declined": "不接退回",
    "case.return_deemed_taken": "视为接办",
    "case.return_unanswered": "退回逾期未答复",
    "case.designated": "裁定主办",
    "case.deemed_accepted": "视为签收",
    "case.answer_duty_passed": "答复责任转移",
    "case.inspected": "抽查复核",
    "case.consultation_called": "发起会商",
    "case.consultation_concluded": "会商结束",
    "case.escalated": "提级",
    "case.pulled_back": "收回提级",
    "case.extension_requested": "申请延期",
    "case.extension_approved": "延期获批",
    "case.extension_rejected": "延期未获批",
    "case.suspension_requested": "申请挂起",
    "case.suspended": "挂起",
    "case.suspension_rejected": "挂起未获批",
    "case.resumed": "恢复办理",
    "case.merged": "并案",
    "case.took_in": "并入",
    "case.split": "拆分",
    "case.corrected": "更正",
    "case.graded": "定级",
    "case.grade_proposed": "提出定级",
    "case.grade_confirmed": "定级确认",
    "case.grade_rejected": "定级未确认",
    "case.verified": "核实通过",
    "case.verification_failed": "核实未通过",
    "case.called_back": "回访",
    "case.judged": "反映人评价",
    "case.sent_back": "退回重办",
    "case.cleared": "销号",
    "case.reopened": "重新办理",
    "case.withdrawn": "撤回",
    "case.archived": "归档",
    "case.raised": "督办",
    "clock.warned": "时限提醒",
    "clock.breached": "超时",
    "clock.reissued": "期限重新核定",
    "attachment.added": "新附件",
    "routing_table.drafted": "路由表起草",
    "routing_table.published": "路由表发布",
    "routing_table.rolled_back": "路由表回退",
    "calendar.published": "工作日历发布",
    "profile.published": "时限方案发布",
}
"""Kinds of ledger entries that programs may be told of, with what people call them."""
PING = "webhook.ping"
GROUPS = ("case.*", "clock.*")
"""All kinds that begin alike; kinds that come later are included."""
FACTS = frozenset(
    {
        "number", "state", "category", "grade", "source", "is_gap", "stage", "stage_name", "holder", "due", "provisional", "before", "after",
        "amount", "unit_of_time", "until", "solved", "satisfied", "outcome", "version", "valid_from", "code", "into", "media_type", "size",
    }
)  # fmt: skip
LONGEST_FACT = 120
ZONE = ZoneInfo("Asia/Shanghai")


def matches(events: Iterable[str], kind: str) -> bool:
    """Whether a subscription to these events includes the kind."""
    return kind in EVENTS and any(
        event == kind or (event in GROUPS and kind.startswith(event[:-1])) for event in events
    )


def message(entry: Any, payload: Mapping[str, Any]) -> str:
    """The message that tells of a sealed entry, as the text that is signed and sent."""
    thing, _, ref = entry.subject.partition(":")
    facts = {name: value for name, value in payload.items() if name in FACTS and _is_plain(value)}
    told = {"street": entry.book_id, "seq": entry.seq, "subject": entry.subject, "ref": ref, **facts}
    if thing == "case":
        told["href"] = f"/api/v1/cases/{ref}"
    return _spelled(entry.kind, entry.at, told)


def ping(street: str, *, at: Any) -> str:
    """A message that says nothing but that it arrived."""
    return _spelled(PING, at, {"street": street})


def _spelled(kind: str, at: Any, told: Mapping[str, Any]) -> str:
    document = {"type": kind, "timestamp": at.astimezone(ZONE).isoformat(), "data": told}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _is_plain(value: object) -> bool:
    return (
        value is None
        or isinstance(value, bool | int | float)
        or (isinstance(value, str) and len(value) <= LONGEST_FACT)
    )
