"""Who is calling: a bearer token acting for a person, or a signed-in person with CSRF; and what the token may be used for.

Terms: a **scope** of a token is one of ``cases:read`` (look), ``cases:write`` (the verbs), ``cases:file`` (file one case), ``intake:bulk``
(file many), ``contacts:read`` (who reported, with a reason), ``setup:write`` (drafts, webhooks), ``accounts:keep`` (keeping accounts, erasing),
``audit:read`` (what auditors read). A signed-in person has every scope; what they may *do* follows from their posts in both cases.

Guarantees: the clock is read once a request, here, and everything the request does happens at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from gridloop.core.access import Actor, lies_in
from gridloop.core.errors import NotAllowed
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts.queries import actor_at_the_door, step_due
from gridloop.offices.organisation.tokens.actions import note_use
from gridloop.offices.organisation.tokens.scopes import (
    AUDIT,
    BULK,
    CONTACTS,
    FILE,
    KEEP,
    READ,
    SCOPES,
    SETUP,
    WRITE,
)

__all__ = [
    "AUDIT", "BULK", "CONTACTS", "FILE", "KEEP", "READ", "SCOPES", "SETUP", "WRITE", "Caller", "CallerRequest", "Session", "Token", "doors",
    "must_have", "person_of", "street_of", "today_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and the moment at which the whole request happens."""

    actor: Actor
    at: datetime


class CallerRequest(HttpRequest):
    """A request that has passed a door."""

    auth: Caller


class Token(HttpBearer):
    """``Authorization: Bearer gl_…``"""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller behind the token. Raises AuthenticationError for a bad token, NotAllowed without the scope."""
        at = timezone.now()
        try:
            actor = organisation.actor_of_token(token, at=at)
        except NotAllowed as refusal:
            raise AuthenticationError(message=refusal.sentence) from refusal
        if not actor.posts:
            raise NotAllowed("organisation.no_post", "令牌所属的人员今天没有岗位;任职期内才能使用。")
        must_have(actor, self.scope)
        note_use(actor.ref, at=at)
        return Caller(actor, at)


def must_have(actor: Actor, scope: str) -> None:
    """The token behind the actor has this scope; a signed-in person has all. Raises NotAllowed."""
    if actor.token_scopes is not None and scope not in actor.token_scopes:
        raise NotAllowed(
            "api.scope_missing", f"此令牌没有“{SCOPES[scope]}”({scope})的范围;请向系统管理员申请。",
            scope=scope, has=sorted(actor.token_scopes),
        )  # fmt: skip


class Session(APIKeyCookie):
    """The session cookie of a signed-in person; every write needs ``X-CSRFToken``."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        """The session cookie; a request without one is anonymous, not a forgery."""
        key = request.COOKIES.get(self.param_name)
        if key and check_csrf(request):
            raise HttpError(403, "CSRF check failed")
        return key

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        if not key or not request.user.is_authenticated:
            return None
        at = timezone.now()
        actor = actor_at_the_door(request.user, at=at)
        _must_be_ready(request, actor)
        return Caller(actor, at)


def _must_be_ready(request: HttpRequest, actor: Actor) -> None:
    """A session whose first password or second factor is still to be set opens nothing here either. Raises NotAllowed."""
    street = organisation.street(actor.street)
    if step_due(request.session, actor=actor, is_demonstration=street.is_demonstration):
        raise NotAllowed("api.step_due", "请先在网页上修改首次密码或设置第二验证,再使用接口。")


def doors(scope: str) -> list[Token | Session]:
    """The two ways in, for endpoints that need this scope."""
    return [Token(scope), Session()]


def person_of(actor: Actor) -> Any:
    """The person behind the actor."""
    return organisation.known_person(
        actor.person_id, street=actor.street, version=organisation.version_of(actor.street)
    )


def today_of(caller: Caller, street: str) -> date:
    """The day of the request, as the street counts days."""
    return caller.at.astimezone(ZoneInfo(organisation.street(street).zone)).date()


def street_of(actor: Actor, wanted: str) -> str:
    """The code of the street that is meant: the actor's own, or the wanted one (code or short name) if it is theirs too.

    Raises NotAllowed for a street in which the actor has no post.
    """
    if not wanted or wanted == actor.street:
        return actor.street
    found = organisation.street(wanted)
    covers = any(post.street == found.code or lies_in(found.place, post.place) for post in actor.posts)
    if found.code != actor.street and not covers:
        raise NotAllowed("api.other_street", f"您在{found.name}没有岗位;请改用您所在的街道。", street=wanted)
    return found.code
