"""The words for what keepers and leaders do, as the ledger records it. A test keeps this list complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridloop.offices.archive.queries import TimelineEntry
from gridloop.web.wording import said

DEEDS: dict[str, str] = {
    "account.opened": "开立账号",
    "account.password_issued": "发放密码",
    "account.password_changed": "本人修改密码",
    "account.locked": "锁定账号",
    "account.unlocked": "解锁账号",
    "account.ended": "注销账号",
    "account.signed_out": "请人退出登录",
    "account.second_factor_added": "启用验证器",
    "account.second_factor_removed": "停用验证器",
    "account.second_factor_cleared": "清除第二验证",
    "account.passkey_added": "添加通行密钥",
    "account.passkey_removed": "移除通行密钥",
    "account.recovery_codes_made": "生成备用码",
    "post.added": "设岗",
    "post.appointed": "任命",
    "post.released": "免去",
    "post.delegated": "代理",
    "post.delegation_ended": "结束代理",
    "person.added": "登记人员",
    "unit.added": "登记单位",
    "token.issued": "发放令牌",
    "token.revoked": "收回令牌",
    "archive.erased": "销毁台账正文",
    "street.opened": "建立街道",
    "street.publicity_set": "设置公示",
    "routing_table.drafted": "起草路由表",
    "routing_table.published": "发布路由表",
    "routing_table.rolled_back": "回退路由表",
    "calendar.published": "发布日历",
    "profile.published": "发布时限方案",
    "category.added": "添加类别",
    "grid.added": "添加网格",
    "address.added": "添加地址",
    "boundary.published": "发布边界",
    "boundary_version.drafted": "起草边界",
    "boundary_version.published": "发布边界版本",
    "boundary_version.rolled_back": "回退边界版本",
    "boundary_version.discarded": "作废边界草稿",
    "duty_item.added": "添加清单事项",
    "channel.added": "添加通知渠道",
    "channel.closed": "关闭通知渠道",
    "campaign.opened": "启动专项",
    "campaign.closed": "结束专项",
    "cases.exported": "导出事项",
    "category.signs_set": "设置类别特征词",
    "category_model.promoted": "采用分类模型",
    "category_model.rejected": "不用分类模型",
    "change_set.drafted": "起草变更单",
    "change_set.edited": "修改变更单",
    "change_set.submitted": "提交变更单",
    "change_set.sent_back": "退回变更单",
    "change_set.published": "发布变更单",
    "change_set.in_force": "变更单生效",
    "change_set.failed": "变更单未能生效",
    "change_set.discarded": "作废变更单",
    "webhook.added": "添加推送",
    "webhook.pinged": "试推送",
    "webhook.sent_again": "重新推送",
    "webhook.gone": "推送停用",
    "webhook.changed": "更改推送",
    "webhook.secret_rotated": "更换推送密钥",
    "webhook.closed": "关闭推送",
}

BY_CHANGE_SET = {
    "unit": "单位", "person": "人员", "post": "岗位", "holding": "任职", "delegation": "代办", "duty_item": "清单事项", "channel": "通知渠道",
    "reply_template": "答复模板", "grid": "网格", "category": "类别",
}  # fmt: skip
"""What a change-set adds, changes and ends, row by row (``organisation.keeping``)."""
CHANGED = {"added": "新增", "changed": "更改", "ended": "停用"}
DEEDS |= {
    f"{noun}.{verb}": f"{word}{label}"
    for noun, label in BY_CHANGE_SET.items()
    for verb, word in CHANGED.items()
    if f"{noun}.{verb}" not in DEEDS
}

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


def deed_shown(entry: TimelineEntry) -> DeedShown:
    """The deed in words; labels without a word are left out, so that nothing unreadable is shown."""
    lines = tuple(
        (said(LABELS[name]), _value(value))
        for name, value in entry.payload.items()
        if name in LABELS and value not in ("", None, [], False)
    )
    return DeedShown(
        entry.id, entry.seq, entry.at, entry.by, said(DEEDS.get(entry.kind, entry.kind)), lines, entry.is_erased
    )


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name} {each}" for name, each in list(value.items())[:8])[:300]
    if isinstance(value, list):
        shown = "、".join(str(each) for each in value[:12])
        return f"{shown} …" if len(value) > 12 else shown
    return said("是") if value is True else str(value)[:200]
