"""Who stands at a firm's own page: the contact behind the device's cookie, found once a request.

The cookie is signed, lives under ``/firm/`` only and knows nothing of a staff session; a staff session opens nothing here. A token that
opens nothing any more is taken out of the browser, and the door says how to get in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from gridloop.offices.enterprise.actions.inviting import SIGNED_IN_FOR, note_use
from gridloop.offices.enterprise.queries import access
from gridloop.offices.enterprise.queries.access import SignedIn
from gridloop.offices.organisation import queries as organisation
from gridloop.web.public.doors import private
from gridloop.web.reader import moment

COOKIE, SALT, PATH = "gridloop_firm", "gridloop.firm", "/firm/"
BETWEEN_NOTES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Visitor:
    """The contact in front of the page at ``at``, with the firm and its street."""

    signed: SignedIn
    street: Any
    at: datetime

    @property
    def today(self) -> date:
        """Today in the street."""
        return self.at.astimezone(ZoneInfo(self.street.zone)).date()

    @property
    def firm(self) -> Any:
        return self.signed.firm

    @property
    def by(self) -> Any:
        return self.signed.by


View = Callable[..., HttpResponse]


def for_firm(view: View) -> View:
    """The view gets the visitor; whoever is not signed in is shown the door."""

    @wraps(view)
    def when_signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visitor = visitor_of(request)
        if visitor is None:
            return forget(redirect("firm_door"))
        return view(request, visitor, *args, **kwargs)

    return private(when_signed_in)


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who holds the cookie; now and then it is noted that the device is in use."""
    token = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=SIGNED_IN_FOR)
    found = access.signed_in(token, at=moment(request)) if token else None
    if found is None:
        return None
    at = moment(request)
    if at - found.sign_in.used_at > BETWEEN_NOTES:
        note_use(at=at, sign_in=found.sign_in.pk)
    return Visitor(found, organisation.street(found.firm.street), at)


def remember(answer: HttpResponse, token: str) -> HttpResponse:
    """The browser keeps the token, out of reach of scripts and of other sites."""
    answer.set_signed_cookie(
        COOKIE, token, salt=SALT, max_age=SIGNED_IN_FOR, path=PATH, httponly=True, samesite="Lax",
        secure=settings.PUBLIC_URL.startswith("https://"),
    )  # fmt: skip
    return answer


def forget(answer: HttpResponse) -> HttpResponse:
    """The browser keeps nothing."""
    answer.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return answer
