"""What keepers do to accounts: give, issue a password, lock, unlock, end. Who does which stands in ``core.access.KEEPING``.

Guarantees: nobody keeps their own account; no secret is recorded; whoever is locked, ended or given a new password is signed out
everywhere at once. The password and the second factor are in two hands: the system keeper issues the one, the security keeper
clears the other, so neither alone can take over an account.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator

from gridloop.core.access import KEEPING, Actor, may_keep, who_keeps
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.identifiers import new_secret
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts.actions.signing import end_sign_ins_of
from gridloop.offices.organisation.accounts.queries import account_of
from gridloop.offices.organisation.actions import open_account
from gridloop.offices.organisation.models import Account, ApiToken

USERNAME = re.compile(r"[a-z][a-z0-9_.-]{2,29}")
PASSWORD_LENGTH = 14


def must_keep(by: Actor, what: str, *, street: str) -> None:
    """The actor may do this deed of keeping. Raises NotAllowed, naming who may."""
    if not may_keep(by, what, street=street):
        raise NotAllowed("accounts.not_yours", f"{KEEPING[what].deed}由{who_keeps(what)}来做;请联系他们。", deed=what)


def give_account(*, by: Actor, at: datetime, street: str, person: str, username: str) -> str:
    """The person (ref) has an account; returns its first password, which is shown once and must be changed at the first sign-in.

    Raises NotAllowed, WrongInput for a malformed user name, Refused when the person has an account or the name is taken.
    """
    must_keep(by, "open_account", street=street)
    name = username.strip().lower()
    if not USERNAME.fullmatch(name):
        raise WrongInput(
            "accounts.username", "用户名用 3 到 30 个小写字母、数字、点、横线,以字母开头。", field="username"
        )
    with deed():
        found = organisation.person(street, person)
        if Account.objects.filter(person=found).exists():
            raise Refused("accounts.has_one", f"{found.name}已有账号;忘记密码请重设,不要另开。", person=person)
        password = _new_password()
        account = open_account(by=by, at=at, person=found, username=name, password=password)
        Account.objects.filter(pk=account.pk).update(must_change_password=True)
    return password


def issue_password(*, by: Actor, at: datetime, street: str, person: str) -> str:
    """The account has a new first password, returned to be shown once; every session of it has ended."""
    must_keep(by, "issue_password", street=street)
    with deed():
        account = _kept(by, street, person)
        if account.ended_at:
            raise Refused("accounts.ended", "此账号已注销,不再发放密码;此人回来工作请另开账号。", person=person)
        password = _new_password()
        account.set_password(password)
        account.must_change_password = True
        account.save(update_fields=["password", "must_change_password"])
        end_sign_ins_of(account, at=at, because="密码已重设")
        _noted("account.password_issued", account, by=by, at=at)
    return password


def _new_password() -> str:
    """Letters and digits that are not mistaken for one another, in groups of a hand-written note."""
    drawn = re.sub(r"[^a-hj-km-np-z2-9]", "", (new_secret() + new_secret() + new_secret()).lower())[:PASSWORD_LENGTH]
    return f"{drawn[:5]}-{drawn[5:10]}-{drawn[10:]}"


def lock_account(*, by: Actor, at: datetime, street: str, person: str, reason: str) -> None:
    """The account opens nothing until it is unlocked; its sessions have ended, its tokens are refused. Locking twice is one lock."""
    must_keep(by, "lock", street=street)
    because = _reason(reason)
    with deed():
        account = _kept(by, street, person)
        if not account.is_active:
            raise Refused("accounts.locked_already", "此账号已经锁定或注销;请刷新页面。", person=person)
        Account.objects.filter(pk=account.pk).update(is_active=False, locked_at=at, locked_because=because)
        end_sign_ins_of(account, at=at, because="账号已锁定")
        _noted("account.locked", account, by=by, at=at, reason=because)


def unlock_account(*, by: Actor, at: datetime, street: str, person: str) -> None:
    """The account opens again what its person's posts allow."""
    must_keep(by, "lock", street=street)
    with deed():
        account = _kept(by, street, person)
        if account.ended_at or account.is_active:
            raise Refused("accounts.not_locked", "此账号没有锁定,或已注销;请刷新页面。", person=person)
        Account.objects.filter(pk=account.pk).update(is_active=True, locked_at=None, locked_because="")
        _noted("account.unlocked", account, by=by, at=at)


def end_account(*, by: Actor, at: datetime, street: str, person: str, reason: str) -> None:
    """The account is over for good: no sign-in, no token. The person and what they did stay on record."""
    must_keep(by, "end_account", street=street)
    because = _reason(reason)
    with deed():
        account = _kept(by, street, person)
        if account.ended_at:
            raise Refused("accounts.ended", "此账号已注销;请刷新页面。", person=person)
        Account.objects.filter(pk=account.pk).update(is_active=False, ended_at=at)
        ApiToken.objects.filter(person=account.person, revoked_at__isnull=True).update(revoked_at=at)
        end_sign_ins_of(account, at=at, because="账号已注销")
        _noted("account.ended", account, by=by, at=at, reason=because)


def clear_second_factor(*, by: Actor, at: datetime, street: str, person: str, reason: str) -> None:
    """The lost second factor is gone; whoever needs one sets up a new one at the next sign-in."""
    must_keep(by, "clear_second_factor", street=street)
    because = _reason(reason)
    with deed():
        account = _kept(by, street, person)
        gone, _ = Authenticator.objects.filter(user=account).delete()
        if not gone:
            raise Refused("accounts.no_second_factor", "此账号没有第二验证,不用清除。", person=person)
        end_sign_ins_of(account, at=at, because="第二验证已清除")
        _noted("account.second_factor_cleared", account, by=by, at=at, reason=because)


def sign_out_everywhere(*, by: Actor, at: datetime, street: str, person: str) -> int:
    """Every session of the account has ended; returns how many. The account stays open."""
    must_keep(by, "lock", street=street)
    with deed():
        account = _kept(by, street, person)
        ended = end_sign_ins_of(account, at=at, because="由安全管理员结束")
        _noted("account.signed_out", account, by=by, at=at, sessions=ended)
    return ended


def _kept(by: Actor, street: str, person: str) -> Account:
    """The account of the person (ref) in the street, which is not the keeper's own. Raises NotFound, NotAllowed."""
    account = account_of(street, person)
    if by.person_id and account.person_id == by.person_id:
        raise NotAllowed("accounts.own", "不能管理自己的账号;改密码和第二验证请到“我的账号”,其余请另一位管理员来做。")
    return account


def _reason(text: str) -> str:
    because = text.replace("\x00", "").strip()
    if len(because) < 2:
        raise WrongInput("accounts.reason_missing", "请写明原因(例如:调离、手机丢失)。", field="reason")
    return because[:200]


def _noted(kind: str, account: Account, *, by: Actor, at: datetime, **payload: Any) -> None:
    """The deed stands in the ledger of the person's street, without any secret."""
    person = account.person
    if person:
        facts = {"username": account.username, "person": person.name, **payload}
        record(kind, by=by, at=at, street=person.street, subject=f"person:{person.ref}", payload=facts)
