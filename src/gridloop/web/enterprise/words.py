"""What the ledger says of an enterprise, in words, and the choices that its pages offer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridloop.core.firm_record import COLUMNS
from gridloop.offices.archive.queries import TimelineEntry
from gridloop.web.dates import day, when
from gridloop.web.deed_words import kind_said
from gridloop.web.sentences import spoken_if_ours
from gridloop.web.wording import EntryShown, said

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
KINDS: dict[str, tuple[str, str]] = {
    "enterprise.registered": ("建档", "new"),
    "enterprise.amended": ("修改档案", "quiet"),
    "enterprise.figures_told": ("登记年度数据", "quiet"),
    "enterprise.left": ("离开街道", "warn"),
    "enterprise.merged": ("作为重复并入另一家", "warn"),
    "enterprise.contact_added": ("增加联系人", "quiet"),
    "enterprise.contact_ended": ("联系人结束", "quiet"),
    "enterprise.contact_invited": ("邀请联系人打开企业页面", "open"),
    "enterprise.contact_signed_in": ("联系人登录企业页面", "good"),
    "enterprise.access_ended": ("企业页面的登录结束", "quiet"),
    "enterprise.visit_planned": ("安排走访", "open"),
    "enterprise.visit_moved": ("走访改期", "quiet"),
    "enterprise.visit_cancelled": ("取消走访", "quiet"),
    "enterprise.visit_done": ("走访", "good"),
    "enterprise.visit_declined": ("企业谢绝走访", "warn"),
    "enterprise.visit_unreachable": ("没有联系上", "warn"),
    "enterprise.visit_wished": ("提出走访申请", "new"),
    "enterprise.wish_withdrawn": ("撤回走访申请", "quiet"),
    "visits.quiet_days_set": ("设宁静日", "quiet"),
    "visits.quiet_days_ended": ("宁静日结束", "quiet"),
    "policy.pushed": ("推送政策", "open"),
    "policy.wanted": ("企业想申请政策", "good"),
    "policy.declined": ("企业不需要这项政策", "quiet"),
    "enterprise.consented": ("企业同意", "good"),
    "enterprise.declined": ("企业不同意或撤回", "warn"),
    "enterprise.vitality_proposed": ("规则建议改经营状态", "wait"),
    "enterprise.vitality_changed": ("经营状态改变", "warn"),
    "enterprise.vitality_kept": ("不采纳状态建议", "quiet"),
    "pairing.begun": ("开始包联", "open"),
    "pairing.handed_over": ("包联移交", "open"),
    "pairing.substitute_set": ("备岗", "quiet"),
    "pairing.ended": ("包联结束", "warn"),
    "consult.asked": ("提出法律咨询", "new"),
    "consult.taken": ("法律专员接办", "open"),
    "consult.replied": ("法律咨询已答复", "good"),
    "order.placed": ("预约上门服务", "new"),
    "order.booked": ("约定上门时间", "open"),
    "order.done": ("已上门,待企业确认", "wait"),
    "order.confirmed": ("企业确认办好", "good"),
    "order.sent_back": ("企业说没办好", "bad"),
    "order.cancelled": ("取消上门", "quiet"),
    "promise.made": ("作出承诺", "open"),
    "promise.kept": ("承诺兑现", "good"),
    "promise.broken": ("承诺未兑现", "bad"),
    "factor.needed": ("登记要素缺口", "new"),
    "factor.settled": ("要素缺口解决了多少", "good"),
    "bank.demanded": ("登记资金需求", "new"),
    "bank.consented": ("企业授权给银行看", "open"),
    "bank.introduced": ("介绍给银行", "wait"),
    "bank.granted": ("银行授信", "good"),
    "bank.declined": ("银行未通过", "bad"),
    "bank.drawn": ("放款", "good"),
    "bank.drawing_voided": ("作废一次放款", "bad"),
    "bank.withdrawn": ("撤回资金需求", "quiet"),
    "bank.handed_over": ("换对接人", "quiet"),
    "assist.accepted": ("受理代办", "new"),
    "assist.notice_given": ("一次性告知", "wait"),
    "assist.material_come": ("收到材料", "quiet"),
    "assist.step_done": ("办完一步", "open"),
    "assist.finished": ("代办办结", "good"),
    "assist.withdrawn": ("撤回代办", "quiet"),
    "plan.opened": ("建立一企一策", "open"),
    "plan.measure_added": ("增加措施", "open"),
    "plan.measure_done": ("措施完成", "good"),
    "plan.measure_dropped": ("措施取消", "quiet"),
    "plan.measure_moved": ("措施改期", "warn"),
    "plan.task_force_formed": ("组建化险解困专班", "open"),
    "plan.reviewed": ("方案复盘", "quiet"),
    "plan.closed": ("方案结束", "good"),
}
LABELS: dict[str, str] = {
    "reason": "理由", "holder": "现在是", "before": "原来是", "slot_name": "层级", "substitute": "备岗", "what": "事项", "how": "方式",
    "year": "年度", "staff": "从业人员", "revenue": "营业收入(元)", "assets": "资产总额(元)", "source": "来源", "before_name": "原状态",
    "after_name": "新状态", "proposed_name": "建议", "reasons": "依据", "duty": "职务", "service": "服务", "wanted": "希望的时间", "team": "团队",
    "officer": "上门人员", "booked_for": "约定时间", "result": "结果", "text": "承诺", "person": "承诺人", "due_on": "期限", "outcome": "结果",
    "into_name": "并入", "title": "政策", "on": "日期", "device": "设备", "until": "最迟到",
    "factor_name": "要素", "gap": "缺口", "unit": "主办", "number": "事项", "solved": "解决数量", "solved_before": "原来登记",
    "amount": "金额(元)", "purpose_name": "用途", "term": "期限(月)", "forum": "对接会", "bank": "银行", "product": "产品", "fits_name": "是否符合",
    "granted": "授信(元)", "rate": "年利率(%)", "drawn": "放款(元)", "left": "还可放款(元)", "matter": "代办事项", "missing": "缺少的材料", "materials": "材料", "step": "第几步",
    "took": "用时", "took_working": "工作用时", "goal": "目标", "review_on": "下次复盘", "lead": "组长",
}  # fmt: skip
LABELS_OF: dict[str, dict[str, str]] = {
    "assist": {"name": "步骤", "note": "说明", "person": "代办人"},
    "bank": {"person": "对接人", "on": "放款日期", "note": "说明"},
    "enterprise": {"cases": "发现的问题"},
    "notice": {"title": "通知"},
    "plan": {"text": "措施", "person": "责任人", "before": "之前", "after": "之后", "note": "说明"},
}
"""What a column is called in entries of these kinds, where that differs from elsewhere or the column is theirs alone."""
_ORDER = tuple(LABELS)
_OF_PAIRINGS = ("slot_name", "before", "holder", "substitute", "reason")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a firm: an entry of its own ledger, or a case; ``visit`` is the ref of the visit on which it was found."""

    at: datetime
    entry: EntryShown | None = None
    case: Any = None
    visit: str = ""


def entry_shown(entry: TimelineEntry) -> EntryShown:
    """The entry in words: as this page calls it, else as the audit does."""
    title, tone = (
        (said(KINDS[entry.kind][0]), KINDS[entry.kind][1]) if entry.kind in KINDS else (kind_said(entry.kind), "quiet")
    )
    return EntryShown(title, tone, entry.at, said(entry.by), entry.seq, tuple(_lines(entry)), entry.is_erased)


def _lines(entry: TimelineEntry) -> Iterator[tuple[str, str]]:
    payload = entry.payload
    own = LABELS_OF.get(entry.kind.partition(".")[0], {})
    for name in _OF_PAIRINGS if entry.kind.startswith("pairing.") else dict.fromkeys((*_ORDER, *own)):
        value = payload.get(name)
        if value in (None, "", [], {}) or isinstance(value, dict) or (name == "before" and "after_name" in payload):
            continue
        yield said(own.get(name) or LABELS[name]), said(_value(value)) if entry.kind == "notice.told" else _value(value)
    for column, (before, after) in payload.get("changed", {}).items():
        if column in COLUMNS:
            yield said(COLUMNS[column][0]), f"{_value(before) or '–'} → {_value(after) or '–'}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(said(str(each)) for each in value)
    if isinstance(value, bool):
        return said("是") if value else said("否")
    text = "" if value is None else str(value)
    if DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    return when(datetime.fromisoformat(text)) if MOMENT.fullmatch(text) else spoken_if_ours(text)


def timeline_of(entries: list[TimelineEntry], cases: list[Any], found_on: Mapping[int, str]) -> list[Happening]:
    """Everything that happened, the newest first: the firm's own entries and the filing of its cases; ``found_on`` names the visits by case."""
    found = [Happening(entry.at, entry=entry_shown(entry)) for entry in entries]
    found += [Happening(case.filed_at, case=case, visit=found_on.get(case.pk, "")) for case in cases]
    return sorted(found, key=lambda each: each.at, reverse=True)
