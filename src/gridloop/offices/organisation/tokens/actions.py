"""The one write of tokens beside issuing and revoking: on which day one was last used, so that a forgotten one can be found.

The day and no more: when someone works is nobody's business. It is written once a day and token, not once a call.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.models import ApiToken

ZONE = ZoneInfo("Asia/Shanghai")
_noted: dict[str, date] = {}
"""By token ref: the last day that this process has written down."""


def note_use(token: str, *, at: datetime) -> None:
    """The token's last day of use is that of the moment; after the first call of a day this costs a look into a dictionary."""
    today = at.astimezone(ZONE).date()
    if _noted.get(token) == today:
        return
    with deed():
        older = Q(last_used_on__isnull=True) | Q(last_used_on__lt=today)
        ApiToken.objects.filter(older, ref=token).update(last_used_on=today)
    _noted[token] = today
