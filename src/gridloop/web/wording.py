"""The console's words: what a code, a ledger entry or a clock event is called on a page.

A ledger entry becomes a title, a tone, and lines of "label: value" from its payload. Unknown kinds are shown by their code, so a
new kind of entry is never hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gridloop.core.access import ROLE_LABELS, SYSTEM
from gridloop.core.firm_plan import STATES as MEASURE_STATES
from gridloop.core.gaming import SIGNS
from gridloop.core.overnight import STANDINGS
from gridloop.core.returns import AWAITS, OUTCOMES
from gridloop.core.sampling import RESULTS
from gridloop.core.visiting import PURPOSES
from gridloop.offices.archive.queries import TimelineEntry
from gridloop.offices.cases.actions.closing import SATISFACTION
from gridloop.offices.cases.actions.requests import EXTENSION_REASONS, SUSPENSION_REASONS, UNITS_OF_TIME
from gridloop.offices.cases.queries import words
from gridloop.web.dates import until
from gridloop.web.sentences import spoken, spoken_if_ours

SEGMENT_ROLES = {"dispatch": "派件", "handle": "办理", "verify": "核实销号"}
CLOCK_EVENTS = {
    "start": "开始计时",
    "pause": "暂停",
    "resume": "恢复",
    "extend": "延期",
    "stop": "停止",
    "restart": "重新计时",
}
UNITS_OF_TIME_ALL = {"natural_day": "个自然日", "working_day": "个工作日", "hour": "小时", "minute": "分钟"}
REQUEST_REASONS = EXTENSION_REASONS | SUSPENSION_REASONS
CLOCK_STATES = {"running": "计时中", "paused": "已暂停", "stopped": "已停止"}
LEVELS = {"street": "街道", "district": "区", "community": "社区"}
GROUNDS = {"independent_verification": "由未经办的人核实", "reporter_confirmation": "由反映人确认"}
WORDS: dict[str, dict[str, str]] = {
    "state": words.STATES, "grade": words.GRADES, "source": words.SOURCES, "priority": words.PRIORITIES, "placed_by": words.PLACED_BY,
    "category_by": words.CATEGORY_BY, "segment": SEGMENT_ROLES, "role": dict(ROLE_LABELS), "outcome": words.CALLBACK_OUTCOMES,
    "reason": REQUEST_REASONS, "event": CLOCK_EVENTS, "clock": CLOCK_STATES, "unit_of_time": UNITS_OF_TIME_ALL, "ground": GROUNDS,
    "outside": words.OUTSIDE_STATES,
    "purpose": PURPOSES, "measure": MEASURE_STATES,
    "awaits": AWAITS, "inspection": RESULTS, "sign": SIGNS, "overnight": STANDINGS, "return_outcome": OUTCOMES,
    "satisfied": {str(value): label for value, label in SATISFACTION.items()},
}  # fmt: skip
STATE_TONES = {
    "routed": "new", "accepted": "open", "handling": "open", "asking": "wait", "consulting": "open", "escalated": "open",
    "returned": "warn", "suspended": "wait", "answered": "warn", "verified": "good", "cleared": "good", "merged": "quiet",
    "withdrawn": "quiet", "archived": "quiet",
}  # fmt: skip
CHIP_TONES = {"late": "bad", "soon": "warn", "met": "good", "paused": "wait"}

KINDS: dict[str, tuple[str, str]] = {
    "case.filed": ("登记并派件", "new"),
    "case.accepted": ("签收", "open"),
    "case.work_began": ("开始办理", "open"),
    "case.progressed": ("记录进展", "open"),
    "case.asked": ("请反映人补充", "wait"),
    "case.supplemented": ("补充情况", "open"),
    "case.answered": ("答复", "good"),
    "case.answered_in_part": ("阶段性答复", "open"),
    "case.returned": ("退回", "warn"),
    "case.inspected": ("抽查复核", "quiet"),
    "case.answer_duty_passed": ("答复责任转到另一人", "warn"),
    "case.return_taken": ("接办退回", "open"),
    "case.return_declined": ("不接退回,说明理由", "warn"),
    "case.return_deemed_taken": ("逾期未答复退回,视为接办", "bad"),
    "case.return_unanswered": ("逾期未答复退回", "bad"),
    "case.designated": ("裁定主办单位", "warn"),
    "case.deemed_accepted": ("退回期限已过,视为签收", "warn"),
    "case.assigned": ("交办", "open"),
    "case.routed_again": ("更正后重新派件", "open"),
    "case.consultation_called": ("发起会商", "open"),
    "case.consultation_concluded": ("形成会商纪要", "open"),
    "case.escalated": ("提级", "warn"),
    "case.pulled_back": ("收回提级", "open"),
    "case.corrected": ("更正", "quiet"),
    "case.grade_proposed": ("提出定级", "quiet"),
    "case.graded": ("定级", "quiet"),
    "case.grade_confirmed": ("确认定级", "quiet"),
    "case.grade_rejected": ("不同意定级", "quiet"),
    "case.raised": ("督办", "bad"),
    "case.extension_requested": ("申请延期", "wait"),
    "case.suspension_requested": ("申请挂起", "wait"),
    "case.extension_approved": ("同意延期", "wait"),
    "case.extension_rejected": ("不同意延期", "quiet"),
    "case.suspended": ("同意挂起", "wait"),
    "case.suspension_rejected": ("不同意挂起", "quiet"),
    "case.resumed": ("恢复办理", "open"),
    "case.took_in": ("并入了另一件", "quiet"),
    "case.merged": ("并案", "quiet"),
    "case.unmerged": ("撤销并案", "warn"),
    "case.gave_back": ("并入的一件单独办理", "quiet"),
    "case.recurred": ("反复问题", "warn"),
    "case.recurrence_dismissed": ("不是反复问题", "quiet"),
    "case.split": ("拆分", "quiet"),
    "case.verified": ("核实通过", "good"),
    "case.verification_failed": ("核实未通过,重办", "bad"),
    "case.called_back": ("回访", "quiet"),
    "case.factors_tagged": ("标注不利因素", "quiet"),
    "case.enterprise_named": ("写明是哪家企业", "quiet"),
    "case.judged": ("反映人评价", "quiet"),
    "case.sent_back": ("退回重办", "bad"),
    "case.cleared": ("销号", "good"),
    "case.reopened": ("重新办理", "warn"),
    "case.withdrawn": ("撤回", "quiet"),
    "case.archived": ("归档", "quiet"),
    "case.joined": ("又有人反映同一问题", "new"),
    "case.notice_given": ("一次性告知", "open"),
    "case.decision_done": ("会商决定已完成", "good"),
    "case.contact_withdrawn": ("撤回联系方式", "quiet"),
    "case.sent_outside": ("请外单位办理", "open"),
    "case.outside_answered": ("外单位答复", "good"),
    "case.outside_asked_time": ("外单位申请延长", "wait"),
    "case.outside_extended": ("同意外单位延长", "wait"),
    "case.outside_not_extended": ("不同意外单位延长", "quiet"),
    "case.outside_accepted": ("验收外单位答复", "good"),
    "case.outside_sent_back": ("退回外单位重办", "warn"),
    "case.outside_recalled": ("收回外单位链接", "quiet"),
    "case.outside_expired": ("外单位到期未答复,退回经办人", "bad"),
    "attachment.added": ("添加附件", "quiet"),
    "clock.warned": ("到期提醒", "warn"),
    "clock.breached": ("超期", "bad"),
    "clock.reissued": ("期限重新核定", "warn"),
    "notice.told": ("发出通知", "quiet"),
    "report.contact_changed": ("反映人更改联系方式", "quiet"),
    "report.contact_forgotten": ("反映人要求删除联系方式", "quiet"),
    "suggestion.told": ("收到意见建议", "new"),
    "suggestion.answered": ("答复意见建议", "good"),
    "trouble.noticed": ("发现反复问题", "warn"),
    "trouble.joined": ("归入反复问题", "warn"),
    "trouble.confirmed": ("确认反复问题", "warn"),
    "trouble.set_apart": ("移出反复问题", "quiet"),
    "proposal.made": ("提出治本建议", "open"),
    "proposal.decided": ("决定治本建议", "good"),
    "view.saved": ("保存视图", "quiet"),
    "view.shared": ("共享视图", "quiet"),
    "view.removed": ("删除视图", "quiet"),
}

LABELS: dict[str, str] = {
    "first_contact": "首问人", "unit_name": "主办单位", "unit": "单位", "former": "原单位", "units": "参加单位", "topic": "议题",
    "minutes": "纪要", "duty_item": "引用清单", "duty_title": "清单事项", "reason": "理由", "text": "内容", "category": "类别",
    "grade": "等级", "proposed_grade": "待确认等级", "remark": "备注", "amount": "延长", "until": "至", "into": "去向", "merged": "并入的事项", "out_of": "原并入", "earlier": "以前销号的", "reasons": "依据",
    "outcome": "结果", "solved": "是否解决", "satisfied": "满意度", "ground": "依据", "name": "文件", "title": "标题", "to": "收件人",
    "result": "抽查结果", "period": "月份", "answers": "由谁答复", "before": "原责任人", "rule": "依据规则", "nth": "第几次", "side": "请谁答复", "answer_by": "答复期限", "duty_items": "依据清单", "precedent": "先例", "closed": "退回期限",
    "body": "外单位", "decision": "会商决定", "days": "天数", "photos": "照片", "shows_contact": "可看联系方式",
    "reason_code": "理由类别", "added": "标上", "removed": "去掉", "source": "来源", "sentence": "说明", "stage": "环节", "due": "到期", "holder": "责任单位",
}  # fmt: skip
SHOWN: dict[str, str] = {
    "case.filed": "first_contact category unit_name reason grade proposed_grade source",
    "case.factors_tagged": "added removed",
    "notice.told": "title to",
    "attachment.added": "name",
    "case.joined": "source",
    "case.inspected": "period unit result text",
    "case.answer_duty_passed": "answers before rule",
    "case.returned": "unit nth duty_item duty_title reason side answer_by",
    "case.designated": "unit former reason duty_items precedent",
    "case.deemed_accepted": "unit closed",
    "case.outside_answered": "body text photos",
    "case.outside_asked_time": "body days reason",
    "case.sent_outside": "body text until shows_contact",
}
SHOWN_BY_DEFAULT = (
    "body decision unit former units topic text minutes duty_item duty_title reason_code reason grade amount until into merged outcome solved satisfied "
    "ground remark stage holder due sentence"
)


OUR_WORDS = frozenset({"title", "sentence", "due", "until"})
"""What the software itself has said in an entry; the rest is in the words of whoever did it."""


@dataclass(frozen=True, slots=True)
class EntryShown:
    """A ledger entry as the timeline shows it."""

    title: str
    tone: str
    at: datetime
    by: str
    seq: int | None
    lines: tuple[tuple[str, str], ...]
    is_erased: bool


def said(text: str) -> str:
    """A Chinese word or sentence of ours, in the reader's language."""
    return spoken(text) if text else ""


def entry_shown(entry: TimelineEntry, *, units: dict[str, str]) -> EntryShown:
    """One line of the timeline; ``units`` names the units that entries know by code."""
    title, tone = KINDS.get(entry.kind, (entry.kind, "quiet"))
    return EntryShown(
        said(title), tone, entry.at, said(entry.by), entry.seq, tuple(_lines(entry, units)), entry.is_erased
    )


def _lines(entry: TimelineEntry, units: dict[str, str]) -> Iterator[tuple[str, str]]:
    payload = entry.payload
    for name in SHOWN.get(entry.kind, SHOWN_BY_DEFAULT).split():
        value = _value(name, payload.get(name), payload)
        value = said(value) if entry.by == SYSTEM.name else value
        if value:
            yield said(LABELS.get(name, name)), units.get(value, value) if name == "holder" else value
    for decision in payload.get("decisions", []):
        yield (
            said("决定"),
            "、".join(part for part in (decision["text"], decision["owner"], decision["due_on"]) if part),
        )


def _value(name: str, value: Any, payload: dict[str, Any]) -> str:
    """The value in words; empty for what says nothing."""
    if value is None or value == "" or value == [] or (value == 0 and value is not False):
        return ""
    worded = _WORDED.get(name)
    if worded:
        return worded(value, payload)
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    return said(str(value)) if name in OUR_WORDS else spoken_if_ours(str(value))


def _from(table: dict[str, str]) -> Callable[[Any, dict[str, Any]], str]:
    return lambda value, payload: said(table.get(str(value), str(value)))


def _moment(value: Any, payload: dict[str, Any]) -> str:
    return until(datetime.fromisoformat(str(value)))


_WORDED: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "grade": _from(words.GRADES),
    "proposed_grade": _from(words.GRADES),
    "source": _from(words.SOURCES),
    "category": lambda value, payload: (
        f"{' › '.join(str(value).split('/'))}({said(words.CATEGORY_BY.get(payload.get('category_by', ''), ''))})"
    ),
    "outcome": _from(words.CALLBACK_OUTCOMES),
    "satisfied": _from(WORDS["satisfied"]),
    "shows_contact": lambda value, payload: said("是") if value else "",
    "solved": lambda value, payload: said("已解决") if value else said("未解决"),
    "ground": _from(GROUNDS),
    "reason_code": _from(REQUEST_REASONS),
    "amount": lambda value, payload: f"{value} {said(UNITS_OF_TIME.get(payload.get('unit_of_time', ''), ''))}",
    "until": _moment,
    "answer_by": _moment,
    "result": _from(RESULTS),
    "closed": _moment,
    "due": lambda value, payload: _moment(value, payload) if isinstance(value, str) else "",
    "stage": _from({"assign": "交办", "handle": "办理", "accept": "签收", "answer": "答复", "contact": "联系"}),
}


def duration(length: timedelta) -> str:
    """The two largest units of a duration: 1 天 12 小时."""
    minutes = max(length, timedelta()) // timedelta(minutes=1)
    sizes = ((minutes // 1440, _("天")), (minutes // 60 % 24, _("小时")), (minutes % 60, _("分钟")))
    told = [(number, unit) for number, unit in sizes if number]
    return " ".join(f"{number} {unit}" for number, unit in told[:2]) or _("不到 1 分钟")


def ago(length: timedelta) -> str:
    """How long ago, in its largest unit: 3 小时前; empty for more than a week (then a date says more) and for what is still to come."""
    minutes = length // timedelta(minutes=1)
    if not timedelta(seconds=-1) <= length < timedelta(days=7):
        return ""
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return _("%(n)d 分钟前") % {"n": minutes}
    return _("%(n)d 小时前") % {"n": minutes // 60} if minutes < 1440 else _("%(n)d 天前") % {"n": minutes // 1440}


def masked_name(name: str) -> str:
    """王**: the family name stays."""
    return f"{name[0]}{'*' * min(len(name) - 1, 2)}" if name else ""


def masked_phone(phone: str) -> str:
    """138****0005: enough to recognise one's own number."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 10 else ("****" if phone else "")
