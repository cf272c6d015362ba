"""Every read of the notices."""

from __future__ import annotations

from gridloop.core.access import Actor
from gridloop.offices.notices.models import Channel, Delivery, Notice


def notices_of(actor: Actor, *, limit: int = 50) -> list[Notice]:
    """The actor's own notices, newest first."""
    return list(Notice.objects.filter(to_id=actor.person_id).order_by("-id")[:limit])


def count_new(actor: Actor) -> int:
    return Notice.objects.filter(to_id=actor.person_id, seen_at__isnull=True).count()


def channels_of(actor: Actor) -> list[Channel]:
    return list(Channel.objects.filter(person_id=actor.person_id, is_active=True))


def given_up(street: str) -> list[Delivery]:
    """Deliveries that will not be tried again, with their fault: the keeper's list."""
    rows = Delivery.objects.filter(notice__street=street, next_try_at__isnull=True, sent_at__isnull=True)
    return list(rows.select_related("notice", "channel"))
