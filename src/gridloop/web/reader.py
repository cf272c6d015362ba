"""Who is reading: the signed-in person as an actor, their street, and the moment of the request, each found once.

Views take a ``Reader``; they never look at the account themselves. The clock is read once, by the middleware.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts.actions import end_sign_in, note_use
from gridloop.offices.organisation.accounts.queries import (
    PASSWORD_DUE,
    SECOND_FACTOR_DUE,
    SIGN_IN,
    actor_at_the_door,
    step_due,
)

STEPS = {PASSWORD_DUE: "account_change_password", SECOND_FACTOR_DUE: "second_factor"}
BETWEEN_NOTES = 600
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The person in front of the page at ``at``; ``street`` is theirs."""

    actor: Actor
    street: Any
    at: datetime

    @property
    def today(self) -> date:
        """Today in the street; ``at`` itself is in UTC, where the day begins eight hours later."""
        return self.at.astimezone(ZoneInfo(self.street.zone)).date()


def moment(request: HttpRequest) -> datetime:
    """The one moment at which this request is answered."""
    if not hasattr(request, "answered_at"):
        request.answered_at = timezone.now()  # type: ignore[attr-defined]
    found: datetime = request.answered_at  # type: ignore[attr-defined]
    return found


def reader_of(request: HttpRequest) -> Reader:
    """The reader, found once per request. Raises NotAllowed when no person or no post stands behind the account."""
    known = known_reader(request)
    if known:
        return known
    at = moment(request)
    try:
        actor = actor_at_the_door(request.user, at=at)  # type: ignore[arg-type]
    except NotAllowed:
        _show_out(request, at=at)
        raise
    found = Reader(actor, organisation.street(actor.street), at)
    request.reader = found  # type: ignore[attr-defined]
    _note_use(request, at=at)
    return found


def _show_out(request: HttpRequest, *, at: datetime) -> None:
    """The session of someone whose account is closed or whose posts are over has ended."""
    row = request.session.get(SIGN_IN)
    logout(request)
    if row:
        end_sign_in(at=at, sign_in=row, because="岗位已结束或账号已停用")


def _note_use(request: HttpRequest, *, at: datetime) -> None:
    """Now and then it is noted that a session is in use, for the list of one's sessions."""
    row, seen = request.session.get(SIGN_IN), request.session.get("seen_at", 0)
    if row and at.timestamp() - seen > BETWEEN_NOTES:
        request.session["seen_at"] = int(at.timestamp())
        note_use(at=at, sign_in=row)


def known_reader(request: HttpRequest) -> Reader | None:
    """The reader, when this request has found one already."""
    return getattr(request, "reader", None)


View = Callable[..., HttpResponse]


def staff(view: View) -> View:
    """The view is for signed-in staff: it gets the reader as its second argument.

    A first password must be changed, and a missing second factor set up, before anything else is opened.
    """

    def when_ready(request: HttpRequest, reader: Reader, *args: Any, **kwargs: Any) -> HttpResponse:
        due = step_due(request.session, actor=reader.actor, is_demonstration=reader.street.is_demonstration)
        return redirect(STEPS[due]) if due else view(request, reader, *args, **kwargs)

    return signed_in(wraps(view)(when_ready))


def signed_in(view: View) -> View:
    """As ``staff``, also for those who have a step still to do: the pages about one's own account."""

    @wraps(view)
    def for_signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, reader_of(request), *args, **kwargs)

    return for_signed_in
