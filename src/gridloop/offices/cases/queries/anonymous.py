"""What everybody may know of the cases: how many people told of something near here, where problems are open, how the street is doing.

Terms: *people* are the different reporters of open cases: two reports under one telephone number are one person, a report without a number is a
person of its own. Every number here went through ``core.anonymity``: none is below the street's k.

The map is a snapshot of the last midnight, and a report counts only when it was at least a day old then (公开设置): whoever watches the map
from day to day cannot tell who came last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from gridloop.core.anonymity import Place, Shown, protect, publish_tree
from gridloop.core.lifecycle import OPEN_STATES
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.rules import UNSURE
from gridloop.offices.notices.publicity.queries import publicity_of
from gridloop.offices.organisation.models import Street

RECENT = timedelta(days=90)
OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Nearby:
    """A trouble that several people told of at one place: its category and how many; ``case`` is where one more is joined to."""

    place: str
    category: str
    people: int
    case: int


@dataclass(frozen=True, slots=True)
class OpenProblems:
    """The map's numbers as of midnight ``at``: by place from the street down, and by kind; None where too few told of anything."""

    at: datetime
    least: int
    delay_for: timedelta
    places: Place | None
    kinds: Shown | None


@dataclass(frozen=True, slots=True)
class Doing:
    """How a street did lately: numbers of cases ``since``, each rate with its n beside it."""

    since: datetime
    filed: int
    answered: int
    in_time: int
    judged: int
    solved: int
    rated: int
    content: int


def nearby(street: str, *, place: str, without: int = 0) -> list[Nearby]:
    """Troubles open at exactly this place of which at least k people told, the most told first; one case may be left out."""
    rows = Case.objects.filter(street=street, place=place, state__in=OPEN_STATES).exclude(pk=without)
    open_cases = dict(rows.values_list("pk", "category"))
    people: dict[str, set[str]] = defaultdict(set)
    for answering, who in _who_told(open_cases):
        people[open_cases[answering]].add(who)
    oldest = {category: min(key for key, each in open_cases.items() if each == category) for category in people}
    least = publicity_of(street).least
    found = [
        Nearby(place, category, len(told), oldest[category])
        for category, told in people.items()
        if len(told) >= least and category != UNSURE
    ]
    return sorted(found, key=lambda each: (-each.people, each.category))


def _who_told(cases: Iterable[int]) -> list[tuple[int, str]]:
    """For each report of these cases and of those merged into them: the answering case, and who told."""
    keys = list(cases)
    rows = Report.objects.filter(Q(case__in=keys) | Q(case__merged_into__in=keys), origin=None)
    return [
        (merged or own, phone or f"report:{key}")
        for key, own, merged, phone in rows.values_list("pk", "case_id", "case__merged_into_id", "phone_index")
    ]


def open_problems(street: Street, *, at: datetime, cells: frozenset[str]) -> OpenProblems:
    """What the map shows at ``at``: people by place, snapped to ``cells`` (paths), and by the first part of the category."""
    publicity = publicity_of(street.code)
    midnight = last_midnight(at, zone=street.zone)
    places: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    for place, category, who in _open_reports(street.code, until=midnight - publicity.delay_for):
        places[_snapped(place, cells)].add(who)
        kinds[OTHER if category == UNSURE else category.split("/")[0]].add(who)
    return OpenProblems(
        at=midnight,
        least=publicity.least,
        delay_for=publicity.delay_for,
        places=publish_tree({path: len(who) for path, who in places.items()}, root=street.place, k=publicity.least),
        kinds=protect({kind: len(who) for kind, who in kinds.items()}, k=publicity.least),
    )


def _open_reports(street: str, *, until: datetime) -> list[tuple[str, str, str]]:
    """Place, category and teller of every report of an open case that was told by then; each teller at one place and of one kind only.

    Someone who told of two troubles is counted where they told first: then places and kinds divide the same people, and nothing can be
    learnt by comparing the two.
    """
    is_open = Q(case__state__in=OPEN_STATES) | Q(case__merged_into__state__in=OPEN_STATES)
    rows = Report.objects.filter(is_open, street=street, told_at__lte=until, origin=None).order_by("told_at", "pk")
    first: dict[str, tuple[str, str, str]] = {}
    for key, place, category, phone in rows.values_list("pk", "case__place", "case__category", "phone_index"):
        who = phone or f"report:{key}"
        first.setdefault(who, (place, category, who))
    return list(first.values())


def _snapped(place: str, cells: frozenset[str]) -> str:
    """The cell that the place lies in; a place above all cells stays what it is."""
    parts = place.split("/")
    above = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return next((path for path in above if path in cells), place)


def last_midnight(at: datetime, *, zone: str) -> datetime:
    """The beginning of the day of ``at`` in the street's own time zone."""
    return at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def doing_of(street: Street, *, at: datetime) -> Doing:
    """The street's last 90 days up to midnight, in two statements. Reports that nobody judged count nowhere."""
    midnight = last_midnight(at, zone=street.zone)
    since = midnight - RECENT
    cases = Case.objects.filter(street=street.code, filed_at__gte=since, filed_at__lt=midnight, merged_into=None)
    counted = cases.exclude(state="withdrawn").aggregate(
        filed=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        in_time=Count("pk", filter=Q(answered_at__isnull=False, is_late=False)),
    )
    judged = Report.objects.filter(
        street=street.code, told_at__gte=since, told_at__lt=midnight, judged_at__isnull=False
    )
    opinions = judged.aggregate(
        judged=Count("pk"),
        solved=Count("pk", filter=Q(solved=True)),
        rated=Count("pk", filter=Q(satisfied__isnull=False)),
        content=Count("pk", filter=Q(satisfied__gte=3)),
    )
    return Doing(since=since, **counted, **opinions)
