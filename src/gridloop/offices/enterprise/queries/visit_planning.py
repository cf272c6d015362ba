"""What the planner of visits is asked and what it needs: rules and quiet days in force, firms with their contacts, the round of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from gridloop.core.errors import NotFound
from gridloop.core.quiet import Quiet, quiet_among
from gridloop.core.rounds import Day, Round, Stop, plan_round
from gridloop.core.visit_plan import Cap, Firm, Rules, Wish
from gridloop.offices.archive.keyset import Order
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.forum_models import Invitation
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries.facts import agreeing, present
from gridloop.offices.enterprise.queries.visits import wishes_open
from gridloop.offices.enterprise.visit_models import QuietDays, Visit, VisitPlan, VisitRules
from gridloop.offices.organisation.models import Person, Street
from gridloop.offices.supervision.queries import calendar_in_force

LOOKS_BACK = timedelta(days=730)
STAY = 1800
LATEST = Order()
"""Seconds at a door, unless told otherwise."""


# -- rules and quiet days ----------------------------------------------------------------------------------------------


def rules_in_force(street: str) -> VisitRules:
    """The street's rules; the defaults where nobody set any."""
    return VisitRules.objects.filter(street=street, ends_at__isnull=True).first() or VisitRules(street=street)


def quiet_days(street: str, *, enterprise: Enterprise | None = None) -> list[QuietDays]:
    """The quiet days in force for all firms, or for one firm alone."""
    rows = QuietDays.objects.filter(street=street, ended_at__isnull=True, enterprise=enterprise)
    return list(rows)


def all_quiet_days(street: str) -> list[QuietDays]:
    """Those of the street and of single firms."""
    return list(QuietDays.objects.filter(street=street, ended_at__isnull=True).select_related("enterprise"))


def as_rule(row: QuietDays) -> Quiet:
    return Quiet(row.first_on, row.last_on, row.month_from, row.month_to)


def quiet_on(firm: Enterprise, day: date) -> QuietDays | None:
    """The rule by which the day is quiet at the firm; None when one may call."""
    rows = [*quiet_days(firm.street), *quiet_days(firm.street, enterprise=firm)]
    return next((row for row in rows if quiet_among([as_rule(row)], [day])), None)


def quiet_rules(street: str) -> tuple[list[Quiet], dict[int, list[Quiet]]]:
    """The rules that hold for all firms of the street, and by enterprise id those of single firms; one statement."""
    for_all: list[Quiet] = []
    of_one: dict[int, list[Quiet]] = {}
    for row in QuietDays.objects.filter(street=street, ended_at__isnull=True):
        (of_one.setdefault(row.enterprise_id, []) if row.enterprise_id else for_all).append(as_rule(row))
    return for_all, of_one


def quiet_this_week(street: str, *, on: date) -> list[date]:
    """The quiet days for all firms in the week of the day, for the line “本周宁静日”."""
    monday = on - timedelta(days=on.weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    return sorted(quiet_among([as_rule(row) for row in quiet_days(street)], week))


# -- what the planner is asked -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """The planner's arguments for one street; ``names`` gives each ref its name, ``busy`` what stands at doors by person and day."""

    firms: list[Firm]
    days: list[date]
    managers: dict[str, int]
    rules: Rules
    wishes: list[Wish]
    names: dict[str, str]
    busy: Counter[tuple[str, date]]


def workdays_from(street: str, first_on: date, count: int) -> list[date]:
    """That many workdays, beginning with the first one on or after the day."""
    _, calendar = calendar_in_force(street)
    day = calendar.next_workday(first_on)
    return [day, *(calendar.add_workdays(day, ahead) for ahead in range(1, count))]


def question(street: Street, *, first_on: date, days: int, manager: str = "") -> Question:
    """What is known for a plan: all firms of the register, or those of one manager (a person's ref)."""
    return question_of_days(street.code, workdays_from(street.code, first_on, days), manager=manager)


def question_of_days(street: str, days: list[date], *, manager: str = "") -> Question:
    """The same for given days: what is known now of a plan that was made before."""
    told = rules_in_force(street)
    hosts = managers_of(street)
    if manager:
        hosts = {key: person for key, person in hosts.items() if person.ref == manager}
    firms = _planned_firms(street, hosts, days, only_managed=bool(manager))
    known = {firm.code for firm in firms}
    wishes = [
        Wish(row.enterprise.ref, row.unit.code, row.purpose, row.by_on, row.urgent)
        for row in wishes_open(street).select_related("enterprise", "unit")
        if row.enterprise.ref in known
    ]
    names = {person.ref: person.name for person in hosts.values()}
    quiet = quiet_among([as_rule(row) for row in quiet_days(street)], days)
    rules = Rules(quiet, Cap(told.cap_visits, told.cap_days))
    return Question(firms, days, dict.fromkeys(names, told.per_day), rules, wishes, names, _busy(street, days))


def _busy(street: str, days: Sequence[date]) -> Counter[tuple[str, date]]:
    """By person (ref) and day: the visits at the door that are arranged, or made already."""
    doors = Visit.objects.filter(street=street, way="on_site", host__isnull=False)
    agreed = doors.filter(state="planned", planned_on__in=days).values_list("host__ref", "planned_on")
    since = datetime(days[0].year, days[0].month, days[0].day, tzinfo=BEIJING)
    made = doors.filter(state="done", happened_at__gte=since).values_list("host__ref", "happened_at")
    told = [*agreed, *((host, _day_of(at)) for host, at in made)]
    return Counter((host, day) for host, day in told if day is not None)


def managers_of(street: str) -> dict[str, Person]:
    """By the firm's subject: the service manager paired with it now."""
    rows = Pairing.objects.filter(
        street=street, slot="manager", ends_at__isnull=True, subject__startswith="enterprise:"
    )
    return {row.subject: row.person for row in rows.select_related("person") if row.person is not None}


def _planned_firms(street: str, hosts: dict[str, Person], days: Sequence[date], *, only_managed: bool) -> list[Firm]:
    rows = present(street).select_related("grid").only("ref", "street", "size", "vitality", "grid__code")
    firms = [firm for firm in rows if not only_managed or firm.subject in hosts]
    keys = [firm.pk for firm in firms]
    met, on_site = _contacts(
        street, since=datetime(days[0].year, days[0].month, days[0].day, tzinfo=BEIJING) - LOOKS_BACK
    )
    willing = agreeing(keys, "visit")
    own_quiet: dict[int, list[Quiet]] = {}
    for row in QuietDays.objects.filter(street=street, ended_at__isnull=True, enterprise__isnull=False):
        own_quiet.setdefault(row.enterprise_id or 0, []).append(as_rule(row))
    return [
        Firm(
            firm.ref, hosts[firm.subject].ref if firm.subject in hosts else "", tuple(met.get(firm.pk, ())),
            tuple(on_site.get(firm.pk, ())), firm.size, firm.vitality, not willing[firm.pk],
            quiet_among(own_quiet.get(firm.pk, ()), days), firm.grid.code if firm.grid else "",
        )
        for firm in firms
    ]  # fmt: skip


def _contacts(street: str, *, since: datetime) -> tuple[dict[int, list[date]], dict[int, list[date]]]:
    """By firm: the days somebody was met in any way, at a forum too; and the days at the door, made or agreed, which the cap counts."""
    met: dict[int, list[date]] = {}
    on_site: dict[int, list[date]] = {}
    made = Visit.objects.filter(street=street, state="done", happened_at__gte=since)
    for firm, merged_into, way, at in made.values_list(
        "enterprise_id", "enterprise__merged_into_id", "way", "happened_at"
    ):
        key, day = merged_into or firm, _day_of(at)
        if day is None:
            continue
        met.setdefault(key, []).append(day)
        if way == "on_site":
            on_site.setdefault(key, []).append(day)
    came = Invitation.objects.filter(forum__street=street, came=True, came_at__gte=since)
    for key, at in came.values_list("enterprise_id", "came_at"):
        if (day := _day_of(at)) is not None:
            met.setdefault(key, []).append(day)
    agreed = Visit.objects.filter(street=street, state="planned", way="on_site")
    for key, day in agreed.values_list("enterprise_id", "planned_on"):
        if day is not None:
            on_site.setdefault(key, []).append(day)
    return met, on_site


def door_days(firm: Enterprise, *, without: int = 0) -> list[date]:
    """The days at the firm's door, made or agreed, for the cap; one visit may be left out of account."""
    whose = Q(enterprise=firm) | Q(enterprise__merged_into=firm)
    rows = Visit.objects.filter(whose, way="on_site", state__in=("done", "planned")).exclude(pk=without)
    found = (_day_of(at) or planned for at, planned in rows.values_list("happened_at", "planned_on"))
    return [day for day in found if day is not None]


def _day_of(at: datetime | None) -> date | None:
    return at.astimezone(BEIJING).date() if at else None


def plan(street: str, ref: str) -> VisitPlan:
    """The plan by ref. Raises NotFound."""
    found = VisitPlan.objects.filter(street=street, ref=ref).select_related("made_by").first()
    if found is None:
        raise NotFound("visits.no_plan", "没有这份走访计划;请从走访页打开。", plan=ref)
    return found


def plans(street: str, *, after: str = "", size: int = 10) -> list[VisitPlan]:
    """The latest plans."""
    rows = VisitPlan.objects.filter(street=street).select_related("made_by").defer("visits", "left_out")
    return LATEST.page(rows, after=after, size=size)


def ref_of_person(person_id: int) -> str:
    """The opaque reference of a person; empty for nobody."""
    return Person.objects.filter(pk=person_id).values_list("ref", flat=True).first() or ""


def firms_by_ref(street: str, refs: Iterable[str]) -> dict[str, Enterprise]:
    """By ref: the street's enterprises, for showing a plan."""
    wanted = list(refs)
    found: dict[str, Enterprise] = {}
    for start in range(0, len(wanted), 500):
        rows = Enterprise.objects.filter(street=street, ref__in=wanted[start : start + 500]).select_related("grid")
        found |= {firm.ref: firm for firm in rows}
    return found


def people_by_ref(street: str, refs: Iterable[str]) -> list[Person]:
    """The people of these refs, with their units."""
    return list(Person.objects.filter(street=street, ref__in=list(refs)).select_related("unit"))


# -- the round of a day ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayRound:
    """The visits at the door of one person on one day in the order to go, with those that have no place on the map."""

    visits: list[Visit]
    planned: Round
    unplaced: list[Visit]
    start: tuple[float, float]


def day_round(
    person_id: int, *, on: date, start: tuple[float, float] | None = None, day: Day | None = None
) -> DayRound:
    """The round; it begins at ``start`` or, where none is given, at the middle of the stops. Raises what ``plan_round`` raises."""
    rows = Visit.objects.filter(host_id=person_id, state="planned", way="on_site", planned_on=on)
    visits = list(rows.select_related("enterprise", "enterprise__grid").order_by("pk"))
    placed = {row.ref: row for row in visits if row.enterprise.lon is not None and row.enterprise.lat is not None}
    stops = [Stop(ref, *_point(row), STAY) for ref, row in placed.items()]
    begin = start or _middle([(stop.lon, stop.lat) for stop in stops])
    planned = plan_round(stops, start=begin, day=day or Day())
    ordered = [placed[call.code] for call in planned.calls]
    return DayRound(ordered, planned, [row for row in visits if row.ref not in placed], begin)


def unordered(person_id: int, *, on: date) -> DayRound:
    """The doors of the day without an order, for when none can be found."""
    rows = Visit.objects.filter(host_id=person_id, state="planned", way="on_site", planned_on=on)
    return DayRound(
        [],
        Round((), (), 0, 0, 0),
        list(rows.select_related("enterprise", "enterprise__grid").order_by("pk")),
        (0.0, 0.0),
    )


def calls_of_day(person_id: int, *, on: date) -> list[Visit]:
    """The contacts by telephone or online of the day."""
    rows = Visit.objects.filter(host_id=person_id, state="planned", planned_on=on).exclude(way="on_site")
    return list(rows.select_related("enterprise").order_by("pk"))


def _point(row: Visit) -> tuple[float, float]:
    firm: Any = row.enterprise
    return float(firm.lon), float(firm.lat)


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    if not points:
        return (0.0, 0.0)
    return sum(lon for lon, _ in points) / len(points), sum(lat for _, lat in points) / len(points)
