"""Who is reading: the signed-in person as an actor, their street, and the moment of the request, each found once.

Views take a ``Reader``; they never look at the account themselves. The clock is read once, by the middleware.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed
from gridloop.offices.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class Reader:
    """The person in front of the page at ``at``; ``street`` is theirs."""

    actor: Actor
    street: Any
    at: datetime


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
    actor = organisation.actor_of_account(request.user, at=at)  # type: ignore[arg-type]
    if not actor.posts:
        raise NotAllowed("web.no_post", "您现在没有任何岗位,看不到事项;请系统管理员先任命岗位。")
    found = Reader(actor, organisation.street(actor.street), at)
    request.reader = found  # type: ignore[attr-defined]
    return found


def known_reader(request: HttpRequest) -> Reader | None:
    """The reader, when this request has found one already."""
    return getattr(request, "reader", None)


View = Callable[..., HttpResponse]


def staff(view: View) -> View:
    """The view is for signed-in staff: it gets the reader as its second argument."""

    @wraps(view)
    def for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, reader_of(request), *args, **kwargs)

    return for_staff
