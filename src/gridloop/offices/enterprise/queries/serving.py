"""Consults, on-site orders and promises, as far as the actor sees the firm they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotFound
from gridloop.offices.archive.keyset import Order
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.register import visible_to
from gridloop.offices.enterprise.service_models import Consult, Promise, ServiceOrder
from gridloop.offices.organisation.models import Person

APART = timedelta(hours=1)
"""Two bookings of one officer lie at least this far apart."""
PAGE = 50
BY_BOOKING = Order("booked_for", is_falling=False)
"""Orders without a time first, then by their time."""


def consults(by: Actor, *, state: str = "open") -> QuerySet[Consult]:
    """The queue: open, mine or replied; the oldest open one first. Legal officers see the street's whole queue."""
    rows = _consults(by).select_related("enterprise", "officer", "asked_by")
    if state == "replied":
        return rows.filter(replied_at__isnull=False).order_by("-replied_at")
    rows = rows.filter(replied_at__isnull=True)
    return (rows.filter(officer_id=by.person_id) if state == "mine" else rows).order_by("asked_at", "pk")


def order_of_consults(state: str) -> Order:
    """How the queue is turned in pages: the oldest open one first, of the replied ones the latest."""
    return Order("replied_at") if state == "replied" else Order("asked_at", is_falling=False)


def _consults(by: Actor) -> QuerySet[Consult]:
    if by.kind == "system":
        return Consult.objects.all()
    if Role.LEGAL_OFFICER in by.roles(by.street):
        return Consult.objects.filter(street=by.street)
    return Consult.objects.filter(Q(enterprise__in=visible_to(by).values("pk")) | Q(officer_id=by.person_id))


def consult(ref: str, *, by: Actor) -> Consult:
    """Raises NotFound."""
    found = _consults(by).filter(ref=ref).select_related("enterprise", "officer", "asked_by").first()
    if found is None:
        raise NotFound("enterprise.no_consult", "没有这件咨询,或不在您的责任范围内。", consult=ref)
    return found


def orders(by: Actor, *, state: str = "open") -> QuerySet[ServiceOrder]:
    """Orders in a state, or open ones; the booked ones by their time."""
    rows = _orders(by).select_related("enterprise", "team", "officer")
    rows = (
        rows.filter(state__in=("ordered", "booked", "done"))
        if state == "open"
        else rows.filter(state=state)
        if state
        else rows
    )
    return rows.order_by(F("booked_for").asc(nulls_first=True), "ordered_at", "pk")


def _orders(by: Actor) -> QuerySet[ServiceOrder]:
    if by.kind == "system":
        return ServiceOrder.objects.all()
    own = Q(officer_id=by.person_id) | Q(team__members__person_id=by.person_id, team__members__ends_at__isnull=True)
    return ServiceOrder.objects.filter(own | Q(enterprise__in=visible_to(by).values("pk")), street=by.street).distinct()


def order(ref: str, *, by: Actor) -> ServiceOrder:
    """Raises NotFound."""
    found = _orders(by).filter(ref=ref).select_related("enterprise", "team", "officer").first()
    if found is None:
        raise NotFound("enterprise.no_order", "没有这张上门服务单,或不在您的责任范围内。", order=ref)
    return found


def is_busy(person: Person, when: datetime, *, but: ServiceOrder) -> bool:
    """Whether the officer is booked elsewhere within an hour of that time."""
    near = ServiceOrder.objects.filter(
        officer=person, state="booked", booked_for__gt=when - APART, booked_for__lt=when + APART
    )
    return near.exclude(pk=but.pk).exists()


def promises(by: Actor, *, state: str = "open") -> QuerySet[Promise]:
    """The log: open (the nearest day first), kept, broken or all."""
    rows = _promises(by).select_related("enterprise", "person")
    wanted = {"open": Q(settled_at__isnull=True), "kept": Q(kept=True), "broken": Q(kept=False)}
    rows = rows.filter(wanted[state]) if state in wanted else rows
    return rows.order_by("due_on", "pk") if state == "open" else rows.order_by("-promised_at", "-pk")


def order_of_promises(state: str) -> Order:
    """How the log is turned in pages: of the open ones the nearest day first, of the others the latest."""
    return Order("due_on", is_falling=False) if state == "open" else Order("promised_at")


def _promises(by: Actor) -> QuerySet[Promise]:
    if by.kind == "system":
        return Promise.objects.all()
    return Promise.objects.filter(
        Q(enterprise__in=visible_to(by).values("pk")) | Q(person_id=by.person_id), street=by.street
    )


def promise(ref: str, *, by: Actor) -> Promise:
    """Raises NotFound."""
    found = _promises(by).filter(ref=ref).select_related("enterprise", "person").first()
    if found is None:
        raise NotFound("enterprise.no_promise", "没有这条承诺,或不在您的责任范围内。", promise=ref)
    return found


@dataclass(frozen=True, slots=True)
class PromiseCount:
    """承诺兑现 n/m: of those that are settled or past their day, how many were kept, and how many of these in time."""

    kept: int
    in_time: int
    due: int
    waiting: int


def promise_count(by: Actor, *, on: date) -> PromiseCount:
    """Counted over what the actor sees; a promise past its day that nobody settled counts as due and not kept."""
    rows = list(_promises(by).values_list("kept", "settled_at", "due_on"))
    due = [row for row in rows if row[1] is not None or row[2] < on]
    kept = [row for row in due if row[0]]
    in_time = [row for row in kept if row[1] and row[1].astimezone(BEIJING).date() <= row[2]]
    return PromiseCount(len(kept), len(in_time), len(due), len(rows) - len(due))


def of_firm(firm: Enterprise) -> tuple[list[Consult], list[ServiceOrder], list[Promise]]:
    """What was asked, ordered and promised for the firm, the newest first."""
    return (
        list(Consult.objects.filter(enterprise=firm).select_related("officer").order_by("-pk")[:PAGE]),
        list(ServiceOrder.objects.filter(enterprise=firm).select_related("officer", "team").order_by("-pk")[:PAGE]),
        list(Promise.objects.filter(enterprise=firm).select_related("person").order_by("-pk")[:PAGE]),
    )
