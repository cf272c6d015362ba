"""Charter trips (包车): arranged with seats and firms, on the road, arrived with a count, or cancelled with a reason. Counts, never names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.firm_access import must_serve
from gridloop.core.resumption import too_many
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.enterprise.queries import register, resumptions
from gridloop.offices.enterprise.resumption_models import CharterTrip, TripShare
from gridloop.offices.organisation import queries as organisation

MOST_SEATS = 300


@dataclass(frozen=True, slots=True)
class TripTold:
    """A coach to come. ``workers`` are counts by firm (ref); ``contact_there`` is an office, ``met_by`` a person's code of the street's own people."""

    origin: str
    leaves_on: date
    seats: int
    workers: Mapping[str, int]
    vehicle: str = ""
    permit: str = ""
    contact_there: str = ""
    met_by: str = ""
    note: str = ""


def plan_trip(*, by: Actor, at: datetime, street: str, told: TripTold) -> CharterTrip:
    """The coach is arranged. Raises WrongInput, NotFound for a firm outside the scope, NotAllowed."""
    must_serve(by, street)
    if not 1 <= told.seats <= MOST_SEATS:
        raise WrongInput("trips.seats", f"座位 1 到 {MOST_SEATS}。", field="seats")
    if not told.workers or any(n < 1 for n in told.workers.values()):
        raise WrongInput("trips.workers", "请至少写一家企业和它的人数。", field="workers")
    over = too_many(told.seats, told.workers.values())
    if over:
        raise WrongInput("trips.too_many", f"人数比座位多 {over} 人;请加车,或分两趟。", field="workers")
    with deed():
        firms = {ref: register.enterprise(ref, by=by) for ref in told.workers}
        person = organisation.person(street, told.met_by) if told.met_by else None
        row = CharterTrip(
            street=street, origin=said(told.origin, field="origin", longest=80), leaves_on=told.leaves_on, seats=told.seats,
            vehicle=told.vehicle.strip()[:80], permit=told.permit.strip()[:120], contact_there=told.contact_there.strip()[:120], met_by=person,
            note=told.note.strip()[:200], told_by_id=by.person_id or None, told_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        TripShare.objects.bulk_create(
            [TripShare(trip=row, enterprise=firms[ref], workers=n) for ref, n in told.workers.items()]
        )
        record(
            "trip.planned", by=by, at=at, street=street, subject=row.subject,
            payload={"origin": row.origin, "leaves_on": row.leaves_on.isoformat(), "seats": row.seats, "workers": dict(told.workers)},
        )  # fmt: skip
    return row


def depart_trip(*, by: Actor, at: datetime, trip: str) -> CharterTrip:
    """The coach is on the road. Raises Refused unless it was to leave."""
    with deed():
        row = _to_change(trip, ("planned",), by=by)
        row.state = "departed"
        row.save(update_fields=["state"])
        record("trip.departed", by=by, at=at, street=row.street, subject=row.subject, payload={"origin": row.origin})
    return row


def arrive_trip(*, by: Actor, at: datetime, trip: str, arrived: int, note: str = "") -> CharterTrip:
    """The coach is here with so many workers. Raises WrongInput for more than its seats, Refused once it is over."""
    with deed():
        row = _to_change(trip, ("planned", "departed"), by=by)
        if not 0 <= arrived <= row.seats:
            raise WrongInput("trips.arrived", f"到达人数 0 到 {row.seats}。", field="arrived")
        row.state, row.arrived, row.arrived_at, row.note = "arrived", arrived, at, note.strip()[:200] or row.note
        row.save(update_fields=["state", "arrived", "arrived_at", "note"])
        record(
            "trip.arrived", by=by, at=at, street=row.street, subject=row.subject,
            payload={"origin": row.origin, "arrived": arrived, "note": row.note},
        )  # fmt: skip
    return row


def cancel_trip(*, by: Actor, at: datetime, trip: str, reason: str) -> CharterTrip:
    """The coach does not run. Raises WrongInput without a reason, Refused once it left."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = _to_change(trip, ("planned",), by=by)
        row.state, row.note = "cancelled", why
        row.save(update_fields=["state", "note"])
        record(
            "trip.cancelled",
            by=by,
            at=at,
            street=row.street,
            subject=row.subject,
            payload={"origin": row.origin, "reason": why},
        )
    return row


def _to_change(ref: str, states: tuple[str, ...], *, by: Actor) -> CharterTrip:
    """The trip, locked and in one of the states. Raises NotFound, NotAllowed, Refused."""
    row = resumptions.trip(ref, by=by).row
    must_serve(by, row.street)
    if connection.vendor != "sqlite":
        row = CharterTrip.objects.select_for_update().get(pk=row.pk)
    if row.state not in states:
        raise Refused("trips.wrong_state", f"这趟包车{row.get_state_display()},不能做这一步;请刷新页面。", trip=ref)
    return row
