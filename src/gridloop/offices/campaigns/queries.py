"""Every read of the campaigns."""

from __future__ import annotations

from datetime import date

from gridloop.offices.campaigns.models import Campaign


def campaigns(street: str) -> list[Campaign]:
    return list(Campaign.objects.filter(street=street))


def running(street: str, *, on: date) -> list[Campaign]:
    """Campaigns whose period includes the day and that were not closed before their end."""
    return list(Campaign.objects.filter(street=street, starts_on__lte=on, ends_on__gte=on, closed_at__isnull=True))
