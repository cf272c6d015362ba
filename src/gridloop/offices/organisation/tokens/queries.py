"""Every read of tokens. Secrets are not among them: only their hash is kept."""

from __future__ import annotations

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.offices.organisation.actions import must_set_up
from gridloop.offices.organisation.models import ApiToken


def tokens(by: Actor, *, everyone: bool = False, before: int = 0, limit: int = 50) -> list[ApiToken]:
    """The actor's own tokens, or those of everyone in the street, the newest first. Raises NotAllowed for everyone's."""
    rows = ApiToken.objects.filter(street=by.street)
    if everyone:
        must_set_up(by, by.street)
    else:
        rows = rows.filter(person_id=by.person_id)
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("person").order_by("-id")[:limit])


def token(ref: str, *, by: Actor) -> ApiToken:
    """The token by ref within the actor's street. Raises NotFound; who may revoke it is for the action to say."""
    found = ApiToken.objects.filter(street=by.street, ref=ref).select_related("person").first()
    if found is None:
        raise NotFound("organisation.no_token", "没有这个令牌;请刷新列表。", token=ref)
    return found
