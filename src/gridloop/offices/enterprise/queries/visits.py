"""Visits as they are read: the scoped list and its counts, what the planner is asked, the round of a day, and who is paired as manager.

Counts are of rows, never typed: *visits* that were made (at the door, by telephone or online alike), *distinct firms* among them, *merged* ones
(two bodies or more), refusals, and firms of the register that were not reached at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.period import begins, ends
from gridloop.offices.archive.keyset import Order
from gridloop.offices.cases.models import BEIJING, Case
from gridloop.offices.cases.queries.finding import visible_to as cases_visible_to
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.visit_models import Visit, VisitCase, VisitWish
from gridloop.offices.organisation import queries as organisation

PAGE = 30
LONGEST_KNOWN = Order("entered_at", is_falling=False)


@dataclass(frozen=True, slots=True)
class VisitsWanted:
    """What the list is narrowed to; ``since`` and ``until`` are days (both included) of the visit, or of the plan for those to come."""

    state: str = ""
    way: str = ""
    purpose: str = ""
    level: str = ""
    since: date | None = None
    until: date | None = None
    enterprise: str = ""
    mine: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """The figures of a period. ``firms`` are distinct; ``unvisited`` are firms of the register now without a contact in the period."""

    visits: int
    on_site: int
    phone: int
    online: int
    firms: int
    merged: int
    declined: int
    unreachable: int
    registered: int
    unvisited: int
    cases: int


def visible_visits(actor: Actor) -> QuerySet[Visit]:
    """The visits at firms that the actor may see, and those the actor made."""
    seen = Q(enterprise__in=register.visible_to(actor).order_by().values("pk"))
    if actor.person_id:
        seen |= Q(host_id=actor.person_id)
    return Visit.objects.filter(seen)


def visit(ref: str, *, by: Actor) -> Visit:
    """The visit by ref. Raises NotFound, also outside the scope."""
    found = visible_visits(by).filter(ref=ref).select_related("enterprise", "host").first()
    if found is None:
        raise NotFound("visits.not_found", "没有这次走访,或不在您的责任范围内;请核对。", visit=ref)
    return found


def narrowed(actor: Actor, wanted: VisitsWanted) -> QuerySet[Visit]:
    """The actor's visits, narrowed."""
    rows = visible_visits(actor)
    for column, value in (("state", wanted.state), ("way", wanted.way), ("level", wanted.level)):
        if value:
            rows = rows.filter(**{column: value})
    if wanted.enterprise:
        rows = rows.filter(enterprise__ref=wanted.enterprise)
    if wanted.mine:
        rows = rows.filter(host_id=actor.person_id)
    if wanted.purpose:
        rows = rows.filter(purposes__icontains=f'"{wanted.purpose}"')
    return rows.filter(_between(wanted.since, wanted.until))


def _between(since: date | None, until: date | None) -> Q:
    made, to_come = Q(happened_at__isnull=False), Q(happened_at__isnull=True)
    if since:
        made &= Q(happened_at__gte=begins(since, BEIJING))
        to_come &= Q(planned_on__gte=since)
    if until:
        made &= Q(happened_at__lt=ends(until, BEIJING))
        to_come &= Q(planned_on__lte=until)
    return made | to_come


def list_visits(actor: Actor, wanted: VisitsWanted, *, size: int = PAGE) -> tuple[list[Visit], int]:
    """A page of visits, the newest row first, and the id to go on with (0 at the end)."""
    rows = narrowed(actor, wanted)
    if wanted.after:
        rows = rows.filter(pk__lt=wanted.after)
    found = list(rows.select_related("enterprise", "host").order_by("-pk")[: size + 1])
    return found[:size], (found[size - 1].pk if len(found) > size else 0)


def counts(actor: Actor, *, street: str, since: date | None, until: date | None) -> VisitCounts:
    """The figures of the period for what the actor may see."""
    rows = narrowed(actor, VisitsWanted(since=since, until=until))
    made = rows.filter(state="done")
    of_way = dict(made.order_by().values_list("way").annotate(Count("pk")))
    firms = register.visible_to(actor).filter(street=street, left_at__isnull=True)
    reached = _firms_of(made)
    return VisitCounts(
        visits=sum(of_way.values()), on_site=of_way.get("on_site", 0), phone=of_way.get("phone", 0), online=of_way.get("online", 0),
        firms=reached.count(), merged=sum(len(bodies) > 1 for bodies in made.values_list("bodies", flat=True)),
        declined=rows.filter(state="declined").count(), unreachable=rows.filter(state="unreachable").count(),
        registered=firms.count(), unvisited=firms.exclude(pk__in=reached).count(),
        cases=made.order_by().filter(found__isnull=False).values("found").count(),
    )  # fmt: skip


def _firms_of(made: QuerySet[Visit]) -> QuerySet[Visit, Any]:
    """The keys of the distinct firms visited; one that was entered twice is one."""
    return made.order_by().values(firm=Coalesce("enterprise__merged_into_id", "enterprise_id")).distinct()


def unvisited(
    actor: Actor, *, street: str, since: date | None, until: date | None, after: str = "", size: int = 200
) -> list[Enterprise]:
    """The firms without a contact in the period, longest on the register first."""
    reached = _firms_of(narrowed(actor, VisitsWanted(state="done", since=since, until=until)))
    firms = register.visible_to(actor).filter(street=street, left_at__isnull=True).exclude(pk__in=reached)
    return LONGEST_KNOWN.page(firms.select_related("grid"), after=after, size=size)


def to_come(actor: Actor, *, size: int = 12) -> list[Visit]:
    """The actor's own visits to come, the next first."""
    rows = Visit.objects.filter(host_id=actor.person_id or 0, state="planned").select_related("enterprise", "host")
    return list(rows.order_by("planned_on", "pk")[:size])


def cases_found(row: Visit, *, by: Actor) -> list[Case]:
    """The cases filed from the visit that the actor may see."""
    return list(cases_visible_to(by).filter(found_by_visit__visit=row).order_by("pk"))


def found_on(cases: Iterable[Case]) -> dict[int, str]:
    """By case id: the ref of the visit on which it was found; one statement."""
    rows = VisitCase.objects.filter(case__in=[case.pk for case in cases])
    return dict(rows.values_list("case_id", "visit__ref"))


def visit_of_case(case: Case, *, by: Actor) -> Visit | None:
    """The visit on which the case was found, for those who may see the visit."""
    return visible_visits(by).filter(found__case=case).select_related("host").first()


def wishes_open(street: str) -> QuerySet[VisitWish]:
    return VisitWish.objects.filter(street=street, answered_by__isnull=True, withdrawn_at__isnull=True)


def wishes_of(firm: Enterprise) -> list[VisitWish]:
    """The open wishes to visit the firm."""
    return list(wishes_open(firm.street).filter(enterprise=firm).select_related("unit"))


def wishes_answered(row: Visit) -> list[VisitWish]:
    return list(row.wishes.select_related("unit"))


def unit_names(street: str) -> dict[str, str]:
    """By code: the names of the street's units."""
    return {unit.code: unit.name for unit in organisation.units(street)}


def body_names(row: Visit) -> list[str]:
    """The units that take part, by name."""
    names = unit_names(row.street)
    return [names.get(code, code) for code in row.bodies]


@dataclass(frozen=True, slots=True)
class ContactSigns:
    """Whether anybody was reached lately: attempts in a row that reached nobody, the last moment somebody was."""

    missed: int
    last_seen_at: datetime | None


NOBODY_CALLED = ContactSigns(0, None)


def contact_signs(enterprise: Enterprise) -> ContactSigns:
    """What the visits of one firm say about being in touch."""
    return _signs_by_firm(enterprise.visits.all()).get(enterprise.pk, NOBODY_CALLED)


def contact_signs_of_all(street: str) -> dict[int, ContactSigns]:
    """By enterprise id: what the visits say about being in touch, for the rule that proposes a state; one statement."""
    return _signs_by_firm(Visit.objects.filter(street=street))


def _signs_by_firm(rows: QuerySet[Visit]) -> dict[int, ContactSigns]:
    """The newest first, each firm's attempts that reached nobody, up to the last that reached somebody; a refusal is neither."""
    found: dict[int, ContactSigns] = {}
    tried = rows.filter(state__in=("done", "unreachable"), happened_at__isnull=False).order_by("-happened_at", "-pk")
    for firm, state, at in tried.values_list("enterprise_id", "state", "happened_at").iterator(chunk_size=5000):
        seen = found.get(firm, NOBODY_CALLED)
        if seen.last_seen_at is None:
            found[firm] = ContactSigns(seen.missed, at) if state == "done" else ContactSigns(seen.missed + 1, None)
    return found
