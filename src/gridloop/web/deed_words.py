"""The words for what keepers and leaders do, as the ledger records it. A test keeps this list complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridloop.offices.archive.queries import TimelineEntry
from gridloop.offices.organisation.accounts.deed_kinds import BY_CHANGE_SET, CHANGED, DEEDS
from gridloop.web.wording import KINDS, said

__all__ = ["BY_CHANGE_SET", "CHANGED", "DEEDS", "DeedShown", "deed_shown", "kind_said"]

LABELS = {
    "username": "用户名", "person": "人员", "reason": "原因", "sessions": "结束的登录", "post": "岗位", "title": "名称", "from": "原任",
    "to": "代理人", "starts": "自", "until": "至", "name": "名称", "unit": "单位", "code": "代码", "role": "角色", "for": "使用人",
    "scopes": "范围", "basis": "依据", "entries": "条目", "version": "版", "note": "说明", "before": "原来", "after": "现在", "number": "登记号", "rows": "行数", "purpose": "用途", "substitute": "备岗", "year": "年", "path": "路径",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeedShown:
    """One deed as the audit shows it."""

    id: int
    seq: int | None
    at: datetime
    by: str
    title: str
    lines: tuple[tuple[str, str], ...]
    is_erased: bool


def kind_said(kind: str) -> str:
    """What an entry of this kind is called: by the loop's words, else by those of the offices."""
    return said(KINDS[kind][0] if kind in KINDS else DEEDS.get(kind, kind))


def deed_shown(entry: TimelineEntry) -> DeedShown:
    """The deed in words; labels without a word are left out, so that nothing unreadable is shown."""
    lines = tuple(
        (said(LABELS[name]), _value(value))
        for name, value in entry.payload.items()
        if name in LABELS and value not in ("", None, [], False)
    )
    return DeedShown(entry.id, entry.seq, entry.at, entry.by, kind_said(entry.kind), lines, entry.is_erased)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name} {each}" for name, each in list(value.items())[:8])[:300]
    if isinstance(value, list):
        shown = "、".join(str(each) for each in value[:12])
        return f"{shown} …" if len(value) > 12 else shown
    return said("是") if value is True else str(value)[:200]
