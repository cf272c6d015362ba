"""Matters, assist orders and their notices; how long they took, by matter, and how long cases took, with n, p50 and p90."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from gridloop.core import assist
from gridloop.core.access import Actor, Role
from gridloop.core.assist import Material
from gridloop.core.elapsed import Elapsed, Spread, elapsed, in_hours, in_words, spread
from gridloop.core.errors import NotFound
from gridloop.core.worktime import Calendar
from gridloop.offices.archive.queries import TimelineEntry, timeline
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to as cases_visible_to
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.solving import PAGE, seen
from gridloop.offices.enterprise.solution_models import AssistOrder, Matter
from gridloop.offices.supervision.queries import calendar_in_force

SUPERVISES = frozenset({Role.UNIT_LEADER, Role.DUTY_DESK, Role.STREET_LEADER})
MOST_SPANS = 5000
"""So many of the latest cases are measured at a time."""


def matters(street: str) -> list[Matter]:
    """The matters that are seen through for firms."""
    return list(Matter.objects.filter(street=street, retired_at__isnull=True))


def matter(ref: str, *, by: Actor) -> Matter:
    """Raises NotFound."""
    found = Matter.objects.filter(ref=ref, retired_at__isnull=True).first()
    if found is None or (by.kind != "system" and found.street != by.street):
        raise NotFound("assist.no_matter", "没有这个代办事项,或已停用;请从列表中选择。", matter=ref)
    return found


def orders(by: Actor, *, state: str = "", matter: str = "") -> QuerySet[AssistOrder]:
    """The orders that the actor sees; open ones by age, others the newest first."""
    rows = seen(AssistOrder.objects.all(), by, own=Q(helper_id=by.person_id))
    rows = rows.select_related("enterprise", "matter", "helper__unit", "case")
    if state:
        rows = rows.filter(state=state)
    if matter:
        rows = rows.filter(matter__ref=matter)
    return rows.order_by("accepted_at", "pk") if state == "doing" else rows.order_by("-pk")


def order(ref: str, *, by: Actor) -> AssistOrder:
    """Raises NotFound."""
    found: AssistOrder | None = orders(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("assist.no_order", "没有这张代办单,或不在您的责任范围内。", order=ref)
    return found


def materials_of(row: AssistOrder) -> list[Material]:
    return [Material(each["name"], each["required"], bool(each["come_at"])) for each in row.materials]


def given(row: AssistOrder) -> list[str]:
    """What the notices so far have listed."""
    return [name for notice in row.notices.all() for name in notice.missing]


@dataclass(frozen=True, slots=True)
class Taken:
    """How long an order took, or has taken by now, exactly and in words."""

    span: Elapsed
    is_over: bool

    @property
    def natural(self) -> str:
        return in_words(self.span.natural)

    @property
    def working(self) -> str:
        return in_hours(self.span.working)


def taken(row: AssistOrder, *, at: datetime) -> Taken:
    """From receipt to completion; of an order still in hand, to now."""
    _key, calendar = calendar_in_force(row.street)
    return Taken(
        elapsed(calendar, row.accepted_at, row.finished_at or max(at, row.accepted_at)), row.finished_at is not None
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """Of one matter or category: how many were finished, and the natural and working time that half and nine in ten keep within."""

    key: str
    label: str
    natural: Spread
    working: Spread

    @property
    def n(self) -> int:
        return self.natural.n

    @property
    def shown(self) -> tuple[str, str, str, str]:
        """p50 and p90 of natural time, p50 and p90 of working time, in words."""
        return (
            in_words(self.natural.p50), in_words(self.natural.p90), in_hours(self.working.p50), in_hours(self.working.p90),
        )  # fmt: skip


def usual_of_matters(by: Actor) -> list[Usual]:
    """By matter, over the finished orders that the actor sees."""
    rows = orders(by, state="finished").order_by("matter__name")
    told = [(row.matter.ref, row.matter.name, row.accepted_at, row.finished_at) for row in rows]
    return _usual(by.street, told)


def usual_of_cases(by: Actor) -> list[Usual]:
    """By category, over the latest struck-off cases of firms that the actor sees, from filing to strike-off."""
    rows = cases_visible_to(by).filter(cleared_at__isnull=False, cleared_at__gte=F("filed_at")).exclude(enterprise="")
    told = rows.order_by("-pk").values_list("category", "category", "filed_at", "cleared_at")[:MOST_SPANS]
    return sorted(_usual(by.street, told), key=lambda each: each.key)


def _usual(street: str, told: Iterable[tuple[str, str, datetime, datetime | None]]) -> list[Usual]:
    rows = list(told)
    if not rows:
        return []
    _key, calendar = calendar_in_force(street)
    groups: dict[tuple[str, str], list[Elapsed]] = {}
    for key, label, start, end in rows:
        groups.setdefault((key, label), []).append(_span(calendar, start, end))
    found = []
    for (key, label), spans in groups.items():
        natural, working = spread(each.natural for each in spans), spread(each.working for each in spans)
        if natural and working:
            found.append(Usual(key, label, natural, working))
    return found


def _span(calendar: Calendar, start: datetime, end: datetime | None) -> Elapsed:
    return elapsed(calendar, start, end or start)


def may_supervise(by: Actor, row: AssistOrder) -> bool:
    """Whether the actor may ask the firm for more after the first notice: a supervisor other than the helper."""
    return by.kind != "system" and bool(by.roles(row.street) & SUPERVISES) and by.person_id != row.helper_id


def next_step(row: AssistOrder) -> int:
    return assist.next_step([step.done_at is not None for step in row.steps.all()])


def history_of(row: AssistOrder) -> list[TimelineEntry]:
    """What the ledger says of this order."""
    return [entry for entry in timeline(row.enterprise.subject) if entry.payload.get("assist") == row.ref]


def of_case(case: str, *, by: Actor) -> list[AssistOrder]:
    """The orders that came of a case (its ref)."""
    return list(orders(by).filter(case__ref=case))


def of_firm(firm: Enterprise) -> list[AssistOrder]:
    return list(AssistOrder.objects.filter(enterprise=firm).select_related("matter", "helper").order_by("-pk")[:PAGE])


def case_taken(case: Case) -> Elapsed | None:
    """How long a struck-off case took, from filing to strike-off."""
    if case.cleared_at is None:
        return None
    _key, calendar = calendar_in_force(case.street)
    return elapsed(calendar, case.filed_at, case.cleared_at)
