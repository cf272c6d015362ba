"""What keepers and leaders do, by the kind of its ledger entry, with its name: the list of the audit. A test keeps it complete."""

from __future__ import annotations

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
    "sample.rule_set": "设置抽查办法",
    "sample.announced": "公布抽查月份",
    "sample.drawn": "抽取复核样本",
    "sign.answered": "说明异常提示",
    "sign.dismissed": "了结异常提示",
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
