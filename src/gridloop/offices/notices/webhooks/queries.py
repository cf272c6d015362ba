"""Every read of the webhooks: subscriptions of a street, their messages and attempts, what is to be sent now."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Prefetch

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.offices.notices.webhook_models import Webhook, WebhookAttempt, WebhookDelivery
from gridloop.offices.organisation.actions import must_set_up

__all__ = [
    "any_active",
    "deliveries",
    "delivery",
    "is_anything_to_post",
    "subscribers",
    "to_be_posted",
    "webhook",
    "webhooks",
]


def webhooks(street: str, *, by: Actor) -> list[Webhook]:
    """The street's webhooks, the newest first; closed ones are gone. Raises NotAllowed for who does not set up the street."""
    must_set_up(by, street)
    return list(Webhook.objects.filter(street=street, closed_at__isnull=True).select_related("made_by"))


def webhook(ref: str, *, by: Actor) -> Webhook:
    """The webhook by ref. Raises NotAllowed, NotFound outside the actor's street."""
    must_set_up(by, by.street)
    found = Webhook.objects.filter(street=by.street, ref=ref, closed_at__isnull=True).select_related("made_by").first()
    if found is None:
        raise NotFound("webhooks.no_webhook", "没有这个网络钩子,或已删除;请刷新列表。", webhook=ref)
    return found


def deliveries(found: Webhook, *, before: int = 0, limit: int = 50) -> list[WebhookDelivery]:
    """The webhook's messages, the newest first, with their attempts (two statements)."""
    rows = WebhookDelivery.objects.filter(webhook=found).order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    attempts = Prefetch("attempts", queryset=WebhookAttempt.objects.order_by("id"))
    return list(rows.prefetch_related(attempts)[:limit])


def delivery(ref: str, *, by: Actor) -> WebhookDelivery:
    """The message by ref. Raises NotAllowed, NotFound."""
    must_set_up(by, by.street)
    rows = WebhookDelivery.objects.filter(street=by.street, ref=ref, webhook__closed_at__isnull=True)
    found = rows.select_related("webhook").prefetch_related("attempts").first()
    if found is None:
        raise NotFound("webhooks.no_delivery", "没有这次投递;请刷新记录。", delivery=ref)
    return found


def any_active(street: str) -> bool:
    return Webhook.objects.filter(street=street, is_active=True, closed_at__isnull=True).exists()


def subscribers(street: str) -> list[Webhook]:
    return list(Webhook.objects.filter(street=street, is_active=True, closed_at__isnull=True).order_by("id"))


def is_anything_to_post(*, at: datetime) -> bool:
    """Whether a message's time has come: one look into a partial index."""
    return WebhookDelivery.objects.filter(next_try_at__lte=at).exists()


def to_be_posted(*, at: datetime, limit: int) -> list[WebhookDelivery]:
    """The messages to try now, the oldest first. Called inside a deed; on PostgreSQL those that another tick holds are left to it."""
    rows = WebhookDelivery.objects.filter(next_try_at__lte=at).select_related("webhook").order_by("next_try_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows[:limit])
