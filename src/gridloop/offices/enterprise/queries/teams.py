"""The service teams, who serves which firm, the load of each member, and the coverage of the four services.

Load is workload, not a ranking: it is shown to the member and to whoever leads, in the order of names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import under
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.service_models import SERVICES, Consult, Promise, ServiceOrder, ServiceTeam, TeamMember
from gridloop.offices.organisation.models import Person

OPEN_ORDERS = ("ordered", "booked", "done")


def teams_of(street: str) -> list[ServiceTeam]:
    return list(ServiceTeam.objects.filter(street=street, ended_at__isnull=True))


def team(ref: str, *, by: Actor) -> ServiceTeam:
    """The team by ref, in the actor's street. Raises NotFound."""
    rows = ServiceTeam.objects.filter(ref=ref, ended_at__isnull=True)
    found = (rows if by.kind == "system" else rows.filter(street=by.street)).first()
    if found is None:
        raise NotFound("enterprise.no_team", "没有这个团队;请从团队列表中选择。", team=ref)
    return found


def members_of(teams: Iterable[ServiceTeam]) -> list[TeamMember]:
    """The present members, by kind and then by name."""
    rows = TeamMember.objects.filter(team__in=list(teams), ends_at__isnull=True).select_related("person__unit", "team")
    return sorted(rows, key=lambda row: (row.team_id, row.kind, row.person.code))


def is_member(team: ServiceTeam, person: Person) -> bool:
    return TeamMember.objects.filter(team=team, person=person, ends_at__isnull=True).exists()


def serving_at(street: str, place: str) -> list[TeamMember]:
    """The team members whose beat includes the place, the nearest beat first; a rescue team serves its own firm, not a place."""
    rows = (
        TeamMember.objects.filter(street=street, ends_at__isnull=True, person__left_at__isnull=True)
        .exclude(team__kind="rescue")
        .select_related("person__unit", "team")
    )
    found = [row for row in rows if place == row.place or place.startswith(f"{row.place}/")]
    return sorted(found, key=lambda row: (row.kind, -len(row.place), row.person.code))


@dataclass(frozen=True, slots=True)
class Load:
    """What one person has in hand now: pairings, live cases taken up, consults, orders, open promises."""

    person: Person
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    pairings: int
    cases: int
    consults: int
    orders: int
    promises: int


def loads(street: str, *, only: int = 0) -> list[Load]:
    """The load of each member of the street's teams (or of one person), by staff code; seven statements."""
    rows = TeamMember.objects.filter(street=street, ends_at__isnull=True, team__ended_at__isnull=True)
    rows = rows.filter(person_id=only) if only else rows
    people: dict[int, list[TeamMember]] = {}
    for row in rows.select_related("person__unit").order_by("person__code", "pk"):
        people.setdefault(row.person_id, []).append(row)
    keys = list(people)
    pairings = Counter(_keys(Pairing.objects.filter(street=street, ends_at__isnull=True, person__in=keys), "person_id"))
    cases = Counter(
        _keys(Case.objects.filter(street=street, state__in=LIVE_STATES, first_contact__in=keys), "first_contact_id")
    )
    consults = Counter(
        _keys(Consult.objects.filter(street=street, replied_at__isnull=True, officer__in=keys), "officer_id")
    )
    orders = Counter(
        _keys(ServiceOrder.objects.filter(street=street, state__in=OPEN_ORDERS, officer__in=keys), "officer_id")
    )
    promises = Counter(
        _keys(Promise.objects.filter(street=street, settled_at__isnull=True, person__in=keys), "person_id")
    )
    return [
        Load(
            rows[0].person, tuple(dict.fromkeys(row.get_kind_display() for row in rows)), tuple(dict.fromkeys(row.place for row in rows)),
            pairings[key], cases[key], consults[key], orders[key], promises[key],
        )
        for key, rows in people.items()
    ]  # fmt: skip


def _keys(rows: QuerySet, name: str) -> Iterable[int]:  # type: ignore[type-arg]
    return rows.values_list(name, flat=True)


# -- coverage of the four services ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one service: how many of the firms it covers; all firms of the scope are counted, nothing is estimated."""

    service: str
    label: str
    covered: int
    total: int

    @property
    def lacking(self) -> int:
        return self.total - self.covered


def coverage(actor: Actor) -> list[Coverage]:
    """The four services (行政、办税、环境优化、要素兜底) over the actor's present firms."""
    firms = register.narrowed(actor, register.Wanted())
    total = firms.count()
    lacking = {service: firms.filter(uncovered(service, street=actor.street)).count() for service in SERVICES}
    return [Coverage(service, label, total - lacking[service], total) for service, label in SERVICES.items()]


def uncovered(service: str, *, street: str) -> Q:
    """The firms that the service does not reach: no manager; no tax or environment officer for their place; no unit named as backstop."""
    if service == "admin":
        return register.lacking("manager")
    if service == "factor":
        return register.lacking("backstop")
    beats = TeamMember.objects.filter(
        street=street,
        team__kind=service,
        ends_at__isnull=True,
        team__ended_at__isnull=True,
        person__left_at__isnull=True,
    )
    reached = Q(pk__in=[])
    for place in set(beats.values_list("place", flat=True)):
        reached |= under("place", place)
    return ~reached


def uncovered_firms(actor: Actor, service: str, *, after: int = 0, size: int = 30) -> register.EnterprisePage:
    """The list of the firms a service does not reach. Raises NotFound for an unknown service."""
    if service not in SERVICES:
        raise NotFound("enterprise.no_service", f"服务只有:{'、'.join(SERVICES.values())}。", service=service)
    rows = register.narrowed(actor, register.Wanted()).filter(uncovered(service, street=actor.street))
    count = rows.count()
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("grid", "cluster").order_by("-pk")[: size + 1])
    return register.EnterprisePage(found[:size], count, found[size - 1].pk if len(found) > size else 0)
