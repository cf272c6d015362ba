"""What a token may be used for: its scopes, and what makes a set of them acceptable.

Terms: ``cases:read`` (look), ``cases:write`` (the verbs), ``cases:file`` (file one case), ``intake:bulk`` (file many), ``contacts:read`` (who
reported, with a reason), ``setup:write`` (drafts of the rules, webhooks), ``accounts:keep`` (what keepers do to accounts), ``audit:read`` (the
records that auditors read). A scope only narrows what the person behind the token may do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, WrongInput

READ, WRITE, FILE, BULK = "cases:read", "cases:write", "cases:file", "intake:bulk"
CONTACTS, SETUP, KEEP, AUDIT = "contacts:read", "setup:write", "accounts:keep", "audit:read"
SCOPES = {
    READ: "查看事项", WRITE: "办理事项", FILE: "登记事项", BULK: "批量登记", CONTACTS: "查看反映人信息", SETUP: "设置",
    KEEP: "管理账号和销毁", AUDIT: "查阅审计记录",
}  # fmt: skip


def must_be_issuable(scopes: Iterable[str], *, by: Actor, at: datetime, expires_at: datetime | None) -> None:
    """A token may be issued like this. Raises NotAllowed to a token, WrongInput for unknown scopes or an end that has passed."""
    wanted = list(scopes)
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if by.kind == "token":
        raise NotAllowed("organisation.token_of_token", "令牌不能再发令牌;请登录后发放。")
    if unknown or not wanted:
        raise WrongInput("organisation.bad_scopes", f"请从这些范围中至少选一个:{'、'.join(SCOPES)}。", field="scopes")
    if expires_at is not None and expires_at <= at:
        raise WrongInput("organisation.token_over", "到期时间要在以后;请改一个日期。", field="expires_at")
