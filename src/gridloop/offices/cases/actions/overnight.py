"""When the office closes, what must still be handed on before midnight is listed, once a day (交办不过夜)."""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import SYSTEM
from gridloop.core.overnight import listed_at, midnight_after
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.overnight_models import OvernightList
from gridloop.offices.cases.queries.overnight import has_list, to_be_handed_on
from gridloop.offices.supervision.queries import calendar_in_force


def list_overnight(*, street: str, at: datetime) -> int:
    """How many lists were made (0 or 1). Done by the tick; an evening on which nothing waits has none, and a day is listed once.

    What comes in after the list has its own notice to the desk at the moment of its filing.
    """
    calendar = calendar_in_force(street)[1]
    day = calendar.local(at).date()
    if at < listed_at(day, calendar) or has_list(street, day):
        return 0
    until = midnight_after(day, calendar)
    if not to_be_handed_on(street, until=until):
        return 0
    with deed():
        waiting = to_be_handed_on(street, until=until)
        if not waiting:
            return 0
        made, is_new = OvernightList.objects.get_or_create(
            street=street, on=day, defaults={"made_at": at, "until": until, "cases": [case.ref for case in waiting]}
        )
        if not is_new:
            return 0
        payload = {"on": day.isoformat(), "until": until.isoformat(), "count": len(waiting), "cases": made.cases}
        record("overnight.listed", by=SYSTEM, at=at, street=street, subject=made.subject, payload=payload)
    return 1
