"""The answers as ``docs/permissions.md``: one table a group of addresses, a column a role."""

from __future__ import annotations

from collections.abc import Iterable

from tests.matrix.asking import ROLES, Answers

SHORT = {
    "duty_desk": "受理", "street_leader": "领导", "unit_leader": "单位长", "unit_worker": "承办", "grid_leader": "网格长", "grid_worker": "网格员",
    "health_officer": "防疫", "building_steward": "楼栋", "service_manager": "管家", "legal_officer": "法律", "police_officer": "警务",
    "env_monitor": "监督", "verifier": "核查", "system_keeper": "系统", "security_keeper": "安全", "audit_keeper": "审计",
}  # fmt: skip
SCOPES = {
    "cases:read": "读",
    "cases:write": "办",
    "cases:file": "登",
    "intake:bulk": "批",
    "contacts:read": "联",
    "setup:write": "设",
    "accounts:keep": "管",
    "audit:read": "审",
}
GROUPS = {
    "/": "首页", "accounts": "登录和第二验证", "i18n": "语言", "s": "公众:街道", "follow": "公众:查询", "r": "公众:凭回执", "suggest": "公众:意见建议", "ledger": "公众:台账",
    "l": "外单位:凭链接", "desk": "工作台", "cases": "事项", "exports": "导出登记", "atlas": "网格图", "me": "我的账号", "setup": "规则和账号", "audit": "审计",
    "search": "查找", "api/v1": "接口",
}  # fmt: skip
HEAD = """# 谁能打开什么

这张表由程序逐个地址、逐个角色实际访问后写出,不是手写的;`python script/permissions.py --write` 重新生成,`tests/test_permissions.py` 每次核对。
新的地址没有写进表里,测试就不通过。

读法:✓ 能打开或能做(规则再说不行也算,例如状态不对)· 填 能进来,内容要填对才知道下一步 · — 不由此人做(403)· 404 对此人来说不存在 · 登录 要先登录(企业自己的页面:要先凭邀请函进来)· 再验 要再证明一次是本人。
同一格只有一个样本:西南小区的一件路灯事项,由城管中队主办,值班受理岗登记;属于个人的东西(登录、代理、令牌、渠道、视图、密钥)属于值班受理岗。
“他街”是本街道各个角色去打开另一街道的同类东西,“无岗”是有账号、今天没有岗位的人,“无号”是没有登录的人。接口的“读办登批联设管审”是只有一个范围的令牌
(cases:read、cases:write、cases:file、intake:bulk、contacts:read、setup:write、accounts:keep、audit:read),由一位身兼受理、领导、单位负责人的人持有。

角色:{roles}。
"""


def document(found: Iterable[Answers], *, unsampled: Iterable[str]) -> str:
    """The whole document."""
    groups: dict[str, list[Answers]] = {}
    for answers in found:
        groups.setdefault(answers.door.group, []).append(answers)
    known = [group for group in GROUPS if group in groups]
    parts = [HEAD.format(roles="、".join(SHORT[role] for role in ROLES))]
    parts += [_group(group, groups[group]) for group in [*known, *sorted(set(groups) - set(GROUPS))]]
    missing = sorted(unsampled)
    if missing:
        parts.append(
            "## 没有样本的参数\n\n下列地址用了一个谁也没有的编号来问;有了样本请写进 `tests/matrix/samples.py`。\n\n"
            + "\n".join(f"- `{each}`" for each in missing)
            + "\n"
        )
    return "\n".join(parts)


def _group(group: str, rows: list[Answers]) -> str:
    is_api = group == "api/v1"
    heads = ["地址", *(SHORT[role] for role in ROLES), "他街", "无岗", "无号", *(SCOPES.values() if is_api else ())]
    lines = [f"## {GROUPS.get(group, group)}", "", _line(heads), _line("---" for _ in heads)]
    lines += [_line(_cells(each, is_api=is_api)) for each in rows]
    return "\n".join([*lines, ""])


def _cells(each: Answers, *, is_api: bool) -> list[str]:
    tokens = [each.tokens.get(scope, "") for scope in SCOPES] if is_api else []
    other = "/".join(sorted(each.other)) or "·"
    return [f"`{each.door.key}`", *(each.own[role] for role in ROLES), other, each.no_post, each.nobody, *tokens]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def rows_of(text: str) -> dict[str, str]:
    """By door (``GET /desk/``), its line in the document."""
    return {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
