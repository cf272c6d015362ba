"""The keepers' pages: the roll of accounts and what may be done to one, and who keeps what (三员分工)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.access import KEEPERS, KEEPING, ROLE_LABELS, Role, may_keep
from gridloop.core.errors import GridloopError, NotAllowed, NotFound, Refused
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts import actions, auditing, queries
from gridloop.web.answers import refusal
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

SIZE = 50
STATES = {"open": _("正常"), "locked": _("已锁定"), "ended": _("已注销"), "none": _("没有账号")}
TONES = {"open": "good", "locked": "bad", "ended": "quiet", "none": "wait"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be done to the account: its name, label, and whether a reason or a user name is asked."""

    name: str
    label: Any
    hint: Any
    asks: str = ""
    hurts: bool = False


OFFERS: dict[str, tuple[str, frozenset[str], Offer]] = {
    offer.name: (keeping, frozenset(states.split()), offer)
    for keeping, states, offer in (
        ("open_account", "none", Offer("give", _("开立账号"), _("密码只显示一次,请当面交给本人。"), "username")),
        ("issue_password", "open locked", Offer("password", _("重设密码"), _("旧密码和所有登录立即失效;新密码只显示一次。"))),
        ("lock", "open", Offer("sign_out", _("全部退出登录"), _("结束此账号现在的所有登录,账号不停用。"))),
        ("lock", "open", Offer("lock", _("锁定"), _("立即退出登录,解锁前不能再登录,令牌停用。"), "reason", hurts=True)),
        ("lock", "locked", Offer("unlock", _("解锁"), _("恢复登录;能做什么仍由岗位决定。"))),
        ("clear_second_factor", "open locked", Offer("factor", _("清除第二验证"), _("手机或密钥丢失时用;本人下次登录要重新设置。"), "reason")),
        ("end_account", "open locked", Offer("end", _("注销"), _("永久停用,令牌作废;人员和经办记录保留。"), "reason", hurts=True)),
    )
}  # fmt: skip


@require_safe
@staff
def accounts(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/accounts/?text=&state=&after="""
    street = _must_see(reader)
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("text", "state", "after")}
    rows = queries.roll(street, at=reader.at, size=SIZE, **asked)
    page = {
        "rows": rows[:SIZE], "after": rows[SIZE - 1].code if len(rows) > SIZE else "", "asked": asked, "states": STATES, "tones": TONES,
        "at": reader.at,
    }  # fmt: skip
    return render(request, "setup/accounts.html", page)


def _must_see(reader: Reader) -> str:
    """The reader's street, whose accounts they may see. Raises NotAllowed."""
    if not may_keep(reader.actor, "see_accounts", street=reader.street.code):
        raise NotAllowed("accounts.not_yours", "账号名册由三员查看;自己的账号请到“我的账号”。")
    code: str = reader.street.code
    return code


@require_safe
@staff
def account(request: HttpRequest, reader: Reader, person: str) -> HttpResponse:
    """/setup/accounts/<person>/"""
    return _account_page(request, reader, person)


def _account_page(request: HttpRequest, reader: Reader, person: str, **more: Any) -> HttpResponse:
    street = _must_see(reader)
    found = organisation.person(street, person)
    line = queries.account_line(street, found.ref, at=reader.at)
    attempts = ()
    if line.username and may_keep(reader.actor, "read_sign_ins", street=street):
        attempts = tuple(auditing.sign_ins(street, reader=reader.actor, person=found.ref, size=10))
    page = {
        "line": line, "state": STATES[line.state], "tone": TONES[line.state], "at": reader.at, "sign_ins": attempts,
        "standings": queries.standings(found.pk, at=reader.at), "offers": _offers(reader, line), "is_own": found.pk == reader.actor.person_id,
    }  # fmt: skip
    return render(request, "setup/account.html", page | more)


def _offers(reader: Reader, line: queries.AccountLine) -> list[Offer]:
    """What the reader may do to this account now; nothing to their own."""
    if line.person == reader.actor.ref:
        return []
    return [
        offer
        for keeping, states, offer in OFFERS.values()
        if line.state in states
        and may_keep(reader.actor, keeping, street=reader.street.code)
        and (offer.name != "factor" or line.has_second_factor)
    ]


@require_POST
@staff
def act(request: HttpRequest, reader: Reader, person: str, deed: str) -> HttpResponse:
    """One deed of keeping. A password is shown on the very page that answers, once."""
    if deed not in OFFERS:
        raise NotFound("accounts.no_deed", "没有这个操作;请从账号页上的按钮中选择。")
    _must_keep(reader, deed)
    about: dict[str, Any] = {"by": reader.actor, "at": reader.at, "street": reader.street.code, "person": person}
    try:
        password = _do(deed, about, request.POST)
    except Refused as refused:
        return refusal(request, refused)
    except GridloopError as error:
        if "field" not in error.fields:
            raise
        answer = _account_page(request, reader, person, error=error, tried=deed)
        answer.status_code = error.status
        return answer
    if password:
        return _account_page(request, reader, person, password=password)
    return redirect("keep_account", person=person)


def _must_keep(reader: Reader, deed: str) -> None:
    keeping = OFFERS[deed][0]
    actions.must_keep(reader.actor, keeping, street=reader.street.code)


def _do(deed: str, about: dict[str, Any], told: Any) -> str:
    """The deed is done; returns a password to be shown, or nothing."""
    reason = told.get("reason", "")
    if deed == "give":
        return actions.give_account(**about, username=told.get("username", ""))
    if deed == "password":
        return actions.issue_password(**about)
    if deed in ("sign_out", "unlock"):
        (actions.sign_out_everywhere if deed == "sign_out" else actions.unlock_account)(**about)
        return ""
    {"lock": actions.lock_account, "factor": actions.clear_second_factor, "end": actions.end_account}[deed](
        **about, reason=reason
    )
    return ""


@dataclass(frozen=True, slots=True)
class KeepingShown:
    """One row of who keeps what: a cell for each of the three keepers and the leader."""

    deed: str
    cells: tuple[tuple[str, bool], ...]


SHOWN = (Role.SYSTEM_KEEPER, Role.SECURITY_KEEPER, Role.AUDIT_KEEPER, Role.STREET_LEADER)


@require_safe
@staff
def keepers(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/keepers/: the table of who keeps what, and who they are today. Everybody may read it."""
    rows = [
        KeepingShown(said(each.deed), tuple((said(ROLE_LABELS[role]), role in each.by) for role in SHOWN))
        for each in KEEPING.values()
    ]
    page = {
        "rows": rows,
        "roles": [said(ROLE_LABELS[role]) for role in SHOWN],
        "holders": _holders(reader, at=reader.at),
    }
    return render(request, "setup/keepers.html", page)


def _holders(reader: Reader, *, at: datetime) -> list[tuple[str, str]]:
    """(role, names) of the three keepers today; no name where nobody is."""
    found: dict[str, list[str]] = {role: [] for role in sorted(KEEPERS)}
    for post in organisation.posts(reader.street.code):
        if post.role in found:
            found[post.role] += [
                held.person.name
                for held in post.holdings.all()
                if held.starts_at <= at and not (held.ends_at and held.ends_at <= at)
            ]
    return [(said(ROLE_LABELS[role]), "、".join(found[role])) for role in SHOWN if role in found]
