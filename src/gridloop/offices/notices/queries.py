"""Every read of the notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max, Q

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.offices.notices.models import Channel, Delivery, Notice


def notices_of(actor: Actor, *, limit: int = 50) -> list[Notice]:
    """The actor's own notices, newest first."""
    return list(Notice.objects.filter(to_id=actor.person_id).order_by("-id")[:limit])


def notices_before(actor: Actor, *, before: int = 0, limit: int = 50) -> list[Notice]:
    """The actor's own notices older than the one with that id (0: from the newest), newest first."""
    rows = Notice.objects.filter(to_id=actor.person_id).order_by("-id")
    return list(rows.filter(pk__lt=before)[:limit] if before else rows[:limit])


def count_new(actor: Actor) -> int:
    return Notice.objects.filter(to_id=actor.person_id, seen_at__isnull=True).count()


def channels_of(actor: Actor) -> list[Channel]:
    return list(Channel.objects.filter(person_id=actor.person_id, is_active=True))


def channel_of(actor: Actor, ref: str) -> Channel:
    """The actor's own channel by ref. Raises NotFound for anyone else's."""
    found = Channel.objects.filter(person_id=actor.person_id, ref=ref).select_related("person").first()
    if found is None:
        raise NotFound("notices.no_channel", "没有这个通知渠道;请刷新页面。")
    return found


def is_anything_to_send(*, at: datetime) -> bool:
    """Whether a delivery's time has come: one look into a partial index."""
    return Delivery.objects.filter(next_try_at__lte=at).exists()


def to_be_sent(*, at: datetime, limit: int) -> list[Delivery]:
    """The deliveries to try now, the oldest first: those whose time has come, and what a leaving digest takes along.

    Called inside a deed. On PostgreSQL they are locked, and those that another tick holds are left to it.
    """
    due = Delivery.objects.filter(next_try_at__lte=at)
    leaving = due.filter(notice__is_urgent=False, channel__as_digest=True).values("channel_id")
    along = Q(channel_id__in=leaving, channel__as_digest=True, tries=0, next_try_at__isnull=False)
    rows = Delivery.objects.filter(Q(next_try_at__lte=at) | along).select_related("notice", "channel")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows.order_by("next_try_at", "id")[:limit])


def given_up(street: str) -> list[Delivery]:
    """Deliveries that will not be tried again, with their fault: the keeper's list."""
    rows = Delivery.objects.filter(notice__street=street, next_try_at__isnull=True, sent_at__isnull=True)
    return list(rows.select_related("notice", "channel"))


@dataclass(frozen=True, slots=True)
class Failing:
    """A channel by which something could not be brought out: whose, of what kind, how much was given up and is tried again, the last fault."""

    person: str
    kind: str
    given_up: int
    retrying: int
    fault: str


def failing(street: str, *, since: datetime) -> list[Failing]:
    """The open channels of the street that failed and have not worked again since, by person: the keeper's list. Never an address."""
    rows = Delivery.objects.filter(
        channel__street=street, channel__is_active=True, sent_at__isnull=True, tries__gt=0, notice__told_at__gte=since
    )
    of_channel: dict[int, list[Delivery]] = {}
    for row in rows.exclude(fault="").select_related("channel__person").order_by("id"):
        of_channel.setdefault(row.channel_id, []).append(row)
    worked = dict(
        Delivery.objects.filter(channel__in=of_channel, sent_at__isnull=False)
        .order_by()
        .values_list("channel_id")
        .annotate(Max("notice_id"))
    )
    found = [
        _failing(failed)
        for key, failed in of_channel.items()
        if worked.get(key) is None or failed[-1].notice_id > (worked[key] or 0)
    ]
    return sorted(found, key=lambda each: (each.person, each.kind))


def _failing(rows: list[Delivery]) -> Failing:
    over = sum(row.next_try_at is None for row in rows)
    channel = rows[-1].channel
    return Failing(channel.person.name, channel.get_kind_display(), over, len(rows) - over, rows[-1].fault)
