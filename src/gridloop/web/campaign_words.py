"""What the ledger says of a campaign, in words; where a subject leads; who may do a deed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.campaign import must_carry, must_lead
from gridloop.offices.archive.queries import TimelineEntry
from gridloop.web.wording import EntryShown
from gridloop.web.wording import said as worded

KIND_WORDS: dict[str, tuple[str, str]] = {
    "campaign.opened": ("启动专项", "new"),
    "campaign.changed": ("调整专项", "quiet"),
    "campaign.closed": ("结束专项", "warn"),
    "campaign.group_founded": ("成立", "open"),
    "campaign.group_ended": ("撤销", "warn"),
    "campaign.member_joined": ("成员加入", "quiet"),
    "campaign.member_left": ("成员退出", "quiet"),
    "campaign.task_set": ("布置任务", "open"),
    "campaign.task_done": ("任务完成", "good"),
    "campaign.met": ("开会", "quiet"),
    "campaign.activity_planned": ("制定活动方案", "open"),
    "campaign.activity_changed": ("调整活动方案", "quiet"),
    "campaign.step_done": ("步骤完成", "good"),
    "campaign.activity_done": ("活动完成", "good"),
    "campaign.activity_cancelled": ("取消活动", "warn"),
    "campaign.activity_linked": ("活动也计入", "quiet"),
    "campaign.activity_unlinked": ("活动不再计入", "quiet"),
    "evaluation.rules_set": ("定考评规则", "open"),
    "evaluation.frozen": ("冻结一期考评", "open"),
    "evaluation.revised": ("考评修订", "warn"),
    "evaluation.objected": ("对考评有异议", "warn"),
    "evaluation.objection_decided": ("裁定异议", "good"),
}
LABELS = {
    "group": "组", "activity": "活动", "member": "成员", "lead": "牵头单位", "owner": "责任单位", "text": "任务", "step": "步骤", "due_on": "期限",
    "outcome": "结果", "result": "结果", "topic": "议题", "into": "专项", "basis": "依据", "reason": "理由", "left_open": "没有完成的", "period": "期间", "version": "规则版本", "revision": "修订", "effective_on": "生效日期", "case": "事项", "measure": "考评内容",
    "decision": "裁定",
}  # fmt: skip
PLACES = {"project": "project", "enterprise": "enterprise"}


def entry_shown(entry: TimelineEntry) -> EntryShown:
    """The entry in words; a kind without a word is shown by its code, so that nothing is hidden."""
    title, tone = KIND_WORDS.get(entry.kind, (entry.kind, "quiet"))
    return EntryShown(worded(title), tone, entry.at, worded(entry.by), entry.seq, tuple(_lines(entry)), entry.is_erased)


def _lines(entry: TimelineEntry) -> Iterator[tuple[str, str]]:
    for name, label in LABELS.items():
        value = entry.payload.get(name)
        if value not in (None, "", 0):
            yield worded(label), str(value)


def place_of(subject: str) -> tuple[str, str]:
    """The page and the ref of a project or a firm; empty for none."""
    kind, _colon, ref = subject.partition(":")
    return (PLACES.get(kind, ""), ref)


def must_do(actor: Actor, deed: Any, *, campaign: Any, row: Any) -> None:
    """Raises NotAllowed for those who may not do the deed here, before anything they typed is read."""
    if deed.may == "lead":
        must_lead(actor, campaign.street)
        return
    must_carry(actor, street=campaign.street, unit=row.lead.code if deed.on == "group" else row.owner.code)
