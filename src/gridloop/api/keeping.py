"""Keeping accounts by the API: the roll, and what keepers do to one account. Who does which stands in ``core.access.KEEPING``.

Not here, and nowhere but in a browser: one's own password and second factor. A program that could change them could take a person's place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.auditing import sign_in
from gridloop.api.paging import next_link
from gridloop.api.shapes import Problem
from gridloop.api.shapes_registers import (
    AccountFile,
    AccountOut,
    AccountPage,
    BecauseIn,
    Ended,
    FirstPassword,
    Keepers,
    UsernameIn,
)
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.tokens import KEEP, READ, Caller, CallerRequest, doors
from gridloop.core.access import KEEPERS, KEEPING, ROLE_LABELS, may_keep
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts import actions, auditing, queries

router = Router(tags=["账号"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


@router.get("/keepers", auth=doors(READ), response={200: Keepers, frozenset({401, 403}): Problem}, summary="三员分工")
def keepers(request: CallerRequest) -> dict[str, Any]:
    """Who keeps what, and who they are today. Everybody may read it."""
    caller = request.auth
    deeds = [{"code": each.code, "deed": each.deed, "by": sorted(each.by)} for each in KEEPING.values()]
    held: dict[str, list[str]] = {str(role): [] for role in sorted(KEEPERS)}
    for post in organisation.posts(caller.actor.street):
        if post.role in held:
            now = [
                each
                for each in post.holdings.all()
                if each.starts_at <= caller.at and not (each.ends_at and each.ends_at <= caller.at)
            ]
            held[post.role] += [each.person.name for each in now]
    holders = [{"role": role, "role_label": ROLE_LABELS[role], "names": names} for role, names in held.items()]
    return {"deeds": deeds, "holders": holders}


@router.get("/accounts", auth=doors(KEEP), response={200: AccountPage, SHUT: Problem}, summary="账号名册")
def roll(
    request: CallerRequest, response: HttpResponse, text: str = Query("", max_length=60), state: Literal["", "open", "locked", "ended", "none"] = "",
    after: str = Query("", max_length=60), size: int = Query(50, ge=1, le=100),
) -> dict[str, Any]:  # fmt: skip
    """The people of the street with their accounts, by staff code."""
    caller = _keeper(request)
    rows = queries.roll(caller.actor.street, at=caller.at, text=text, state=state, after=after, size=size)
    more = rows[size - 1].code if len(rows) > size else ""
    return {"items": [_line(row) for row in rows[:size]], "next": next_link(request, response, more)}


def _keeper(request: CallerRequest) -> Caller:
    """The caller, who may see the accounts of their street. Raises NotAllowed."""
    actions.must_keep(request.auth.actor, "see_accounts", street=request.auth.actor.street)
    return request.auth


def _line(row: queries.AccountLine) -> dict[str, Any]:
    told = fields_named(row, "person name code unit username state why last_on has_second_factor must_change")
    return told | {"posts": list(row.posts)}


@router.get("/accounts/{ref}", auth=doors(KEEP), response={200: AccountFile, SHUT: Problem}, summary="一个账号")
def account(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The account of the person, with the posts that it works for and, for who may read them, the last attempts to sign in."""
    caller = _keeper(request)
    street = caller.actor.street
    person = organisation.person(street, ref)
    may_read = may_keep(caller.actor, "read_sign_ins", street=street)
    attempts = auditing.sign_ins(street, reader=caller.actor, person=person.ref, size=10)[:10] if may_read else []
    return {
        "account": _line(queries.account_line(street, person.ref, at=caller.at)),
        "standings": [standing(each) for each in queries.standings(person.pk, at=caller.at)],
        "sign_ins": [sign_in(each) for each in attempts],
    }


def standing(held: queries.Standing) -> dict[str, Any]:
    told = fields_named(held, "ref title role unit place starts_at ends_at is_substitute lent_by")
    return told | {"role_label": ROLE_LABELS[held.role]}


def _done(request: CallerRequest, ref: str, action: Callable[..., Any], **told: Any) -> Any:
    """What the action returned; it asks itself who may do it."""
    caller = request.auth
    street = caller.actor.street
    return action(by=caller.actor, at=caller.at, street=street, person=organisation.person(street, ref).ref, **told)


def _shown(request: CallerRequest, ref: str) -> dict[str, Any]:
    return _line(queries.account_line(request.auth.actor.street, ref, at=request.auth.at))


@router.post(
    "/accounts/{ref}/give", auth=doors(KEEP), response={200: FirstPassword, WRITES: Problem}, summary="开立账号"
)
def give(request: CallerRequest, ref: str, told: UsernameIn) -> dict[str, Any]:
    """The person has an account; its first password is told this once."""
    actions.must_keep(request.auth.actor, "open_account", street=request.auth.actor.street)
    password = _done(request, ref, actions.give_account, username=told.username)
    return {"account": _shown(request, ref), "password": password}


@router.post(
    "/accounts/{ref}/password", auth=doors(KEEP), response={200: FirstPassword, WRITES: Problem}, summary="重设密码"
)
def password(request: CallerRequest, ref: str, told: NothingIn) -> dict[str, Any]:
    """The account has a new first password, told this once; every session of it has ended."""
    actions.must_keep(request.auth.actor, "issue_password", street=request.auth.actor.street)
    made = _done(request, ref, actions.issue_password)
    return {"account": _shown(request, ref), "password": made}


@router.post(
    "/accounts/{ref}/sign-out", auth=doors(KEEP), response={200: Ended, WRITES: Problem}, summary="全部退出登录"
)
def sign_out(request: CallerRequest, ref: str, told: NothingIn) -> dict[str, Any]:
    """Every session of the account has ended; the account stays open."""
    actions.must_keep(request.auth.actor, "lock", street=request.auth.actor.street)
    return {"ended": _done(request, ref, actions.sign_out_everywhere)}


def _door(deed: str, summary: str, keeping: str, action: Callable[..., Any], body: type[Any]) -> None:
    """The address of a deed that answers with the account as it is then."""

    def do(request: CallerRequest, ref: str, told: Any) -> dict[str, Any]:
        actions.must_keep(request.auth.actor, keeping, street=request.auth.actor.street)
        _done(request, ref, action, **told.model_dump())
        return _shown(request, ref)

    do.__annotations__ |= {"told": body, "request": CallerRequest, "ref": str}
    router.post(
        f"/accounts/{{ref}}/{deed}", auth=doors(KEEP), response={200: AccountOut, WRITES: Problem}, summary=summary,
        operation_id=f"keeping_{deed.replace('-', '_')}", url_name=f"keeping_{deed}",
        description=(action.__doc__ or "").strip().split("\n\n")[0],
    )(do)  # fmt: skip


_door("lock", "锁定", "lock", actions.lock_account, BecauseIn)
_door("unlock", "解锁", "lock", actions.unlock_account, NothingIn)
_door("clear-second-factor", "清除第二验证", "clear_second_factor", actions.clear_second_factor, BecauseIn)
_door("end", "注销", "end_account", actions.end_account, BecauseIn)
