"""What happens at the door: signed in, refused, seen, ended; a password or a second factor changed.

One row a sign-in, which is also the session while it lasts. Terms: ``sign_in`` is the row's ref, kept in the session itself;
``session`` is Django's key of the session, needed to end it from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.models import Account, SignIn

CHANGES = {
    "totp_activated": "account.second_factor_added",
    "totp_deactivated": "account.second_factor_removed",
    "webauthn_added": "account.passkey_added",
    "webauthn_removed": "account.passkey_removed",
    "recovery_codes_generated": "account.recovery_codes_made",
}
"""What allauth calls a change, and what the ledger calls it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """From where someone comes to the door: device in words, network without its last part (``core.visitor``)."""

    device: str
    origin: str


def note_sign_in(*, at: datetime, account: Account, visit: Visit, session: str, method: str) -> str:
    """The account has signed in; returns the ref by which the session knows its row."""
    with deed():
        row = SignIn.objects.create(
            street=_street(account), account=account, outcome=SignIn.Outcome.DONE, method=method[:40], device=visit.device,
            origin=visit.origin, at=at, session=session, seen_at=at,
        )  # fmt: skip
        Account.objects.filter(pk=account.pk).update(last_login=at)
    return str(row.ref)


def note_refusal(*, at: datetime, username: str, visit: Visit, outcome: str) -> None:
    """An attempt failed. A name that belongs to no account is not kept: it may have been a password."""
    account = Account.objects.filter(username=username).select_related("person").first() if username else None
    with deed():
        SignIn.objects.create(
            street=_street(account) if account else "", account=account, outcome=outcome, device=visit.device, origin=visit.origin, at=at,
        )  # fmt: skip


def _street(account: Account) -> str:
    return account.person.street if account.person else ""


def note_use(*, at: datetime, sign_in: str) -> None:
    """The session was used now."""
    with deed():
        SignIn.objects.filter(ref=sign_in, ended_at__isnull=True).update(seen_at=at)


def follow_session(*, sign_in: str, session: str) -> None:
    """The session has a new key (Django renews it when the password changes)."""
    with deed():
        SignIn.objects.filter(ref=sign_in).update(session=session)


def end_sign_in(*, at: datetime, sign_in: str, because: str) -> None:
    """The session is over; ending it twice is ending it once."""
    with deed():
        _end(list(SignIn.objects.filter(ref=sign_in, ended_at__isnull=True)), at=at, because=because)


def end_own_sign_in(*, at: datetime, account: Account, sign_in: str) -> None:
    """One of the person's own sessions is over. Raises NotFound for somebody else's."""
    with deed():
        found = SignIn.objects.filter(ref=sign_in, account=account, outcome=SignIn.Outcome.DONE).first()
        if found is None:
            raise NotFound("accounts.no_session", "没有这次登录,或不是您的;请刷新页面。")
        _end([found] if found.ended_at is None else [], at=at, because="本人结束")


def end_other_sign_ins(*, at: datetime, account: Account, keep: str, because: str = "本人结束") -> int:
    """Every session of the account but the one named ``keep`` is over; returns how many were ended."""
    with deed():
        return _end(list(_open(account).exclude(ref=keep)), at=at, because=because)


def end_sign_ins_of(account: Account, *, at: datetime, because: str) -> int:
    """Every session of the account is over. Part of a keeper's deed."""
    return _end(list(_open(account)), at=at, because=because)


def _open(account: Account):  # type: ignore[no-untyped-def]
    return SignIn.objects.filter(account=account, outcome=SignIn.Outcome.DONE, ended_at__isnull=True)


def _end(rows: list[SignIn], *, at: datetime, because: str) -> int:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for row in rows:
        if row.session:
            store.delete(row.session)
    keys = [row.pk for row in rows]
    SignIn.objects.filter(pk__in=keys).update(ended_at=at, ended_because=because[:40], session="")
    return len(keys)


def note_password_changed(*, by: Actor, at: datetime, account: Account, sign_in: str) -> None:
    """The person has chosen a new password: every other session is over, and a first password is used up."""
    with deed():
        Account.objects.filter(pk=account.pk).update(must_change_password=False)
        ended = _end(list(_open(account).exclude(ref=sign_in)), at=at, because="密码已修改")
        record(
            "account.password_changed", by=by, at=at, street=by.street, subject=f"person:{by.ref}", payload={"sessions": ended},
        )  # fmt: skip


def note_account_changed(*, by: Actor, at: datetime, change: str) -> None:
    """A second factor was added or taken away (``change`` is one of ``CHANGES``)."""
    with deed():
        record(CHANGES[change], by=by, at=at, street=by.street, subject=f"person:{by.ref}", payload={})
