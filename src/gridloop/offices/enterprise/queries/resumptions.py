"""Resumptions with their progress, test batches and charter trips with their sums: the scoped doors. Every sum is of the rows that are listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.resumption import ITEMS, Progress, Totals, progress
from gridloop.offices.archive.keyset import Order
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.resumption_models import (
    CharterTrip,
    Checklist,
    Resumption,
    ResumptionItem,
    StaffTest,
    TripShare,
)

PAGE = 200
NEWEST = Order()
"""Applications."""
LATEST_TEST = Order("tested_on")
LATEST_TRIP = Order("leaves_on")


@dataclass(frozen=True, slots=True)
class ResumptionRow:
    """A resumption with “复工进度 7/9 项”."""

    row: Resumption
    progress: Progress


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included; None is open."""

    since: date | None = None
    until: date | None = None


def _seen(by: Actor) -> QuerySet[Enterprise]:
    return register.visible_to(by).order_by().values("pk")  # type: ignore[return-value]


# -- resumptions -------------------------------------------------------------------------------------------------------


def checklist(street: str) -> Checklist:
    """The street's list in force; where nobody set one, what the software starts with."""
    return Checklist.objects.filter(street=street, ends_at__isnull=True).first() or Checklist(
        street=street, items=list(ITEMS), basis="软件自带的起始清单"
    )


def resumptions(
    by: Actor, *, state: str = "", enterprise: str = "", after: str = "", size: int = PAGE
) -> list[ResumptionRow]:
    """Those of firms in scope, the latest first, with their progress."""
    rows = Resumption.objects.filter(enterprise__in=_seen(by)).select_related("enterprise", "applied_by")
    for column, value in (("state", state), ("enterprise__ref", enterprise)):
        if value:
            rows = rows.filter(**{column: value})
    return _with_progress(NEWEST.page(rows, after=after, size=size))


def _with_progress(rows: Sequence[Resumption]) -> list[ResumptionRow]:
    states: dict[int, list[str]] = defaultdict(list)
    items = ResumptionItem.objects.filter(resumption__in=[row.pk for row in rows])
    for key, state in items.values_list("resumption_id", "state"):
        states[key].append(state)
    return [ResumptionRow(row, progress(states[row.pk])) for row in rows]


def resumption(ref: str, *, by: Actor) -> ResumptionRow:
    """The resumption by ref. Raises NotFound, also outside the scope."""
    rows = Resumption.objects.filter(ref=ref, enterprise__in=_seen(by))
    found = rows.select_related("enterprise", "applied_by", "resumed_by").first()
    if found is None:
        raise NotFound("resumptions.not_found", "没有这份复工申请,或不在您的责任范围内;请核对。", resumption=ref)
    return _with_progress([found])[0]


def item(ref: str, *, by: Actor) -> ResumptionItem:
    """The item by ref. Raises NotFound."""
    rows = ResumptionItem.objects.filter(ref=ref, resumption__enterprise__in=_seen(by))
    found = rows.select_related("resumption__enterprise", "checked_by").first()
    if found is None:
        raise NotFound("resumptions.no_item", "没有这一项,或不在您的责任范围内;请刷新页面。", item=ref)
    return found


def items_of(row: Resumption) -> list[ResumptionItem]:
    return list(row.items.select_related("checked_by"))


# -- test batches ------------------------------------------------------------------------------------------------------


def staff_tests(
    by: Actor, *, period: Period, enterprise: str = "", after: str = "", size: int = PAGE
) -> list[StaffTest]:
    """The batches of firms in scope that were not voided, the latest first."""
    rows = _tests(by, period=period, enterprise=enterprise).select_related("enterprise", "told_by")
    return LATEST_TEST.page(rows, after=after, size=size)


def batch_totals(by: Actor, *, period: Period, enterprise: str = "") -> Totals:
    """批次、企业、应检、实检."""
    rows = _tests(by, period=period, enterprise=enterprise).order_by()
    sums = rows.aggregate(invited=Sum("invited"), tested=Sum("tested"))
    firms = rows.values("enterprise").distinct().count()
    return Totals(rows.count(), firms, sums["invited"] or 0, sums["tested"] or 0)


def _tests(by: Actor, *, period: Period, enterprise: str) -> QuerySet[StaffTest]:
    rows = StaffTest.objects.filter(enterprise__in=_seen(by), void_at__isnull=True)
    if enterprise:
        rows = rows.filter(enterprise__ref=enterprise)
    return _within(rows, "tested_on", period)


def staff_test(ref: str, *, by: Actor) -> StaffTest:
    """The batch by ref. Raises NotFound."""
    found = StaffTest.objects.filter(ref=ref, enterprise__in=_seen(by)).select_related("enterprise").first()
    if found is None:
        raise NotFound("resumptions.no_batch", "没有这个批次,或不在您的责任范围内;请刷新页面。", batch=ref)
    return found


# -- charter trips -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TripRow:
    """A trip with the firms of the reader's scope on it, and how many workers there are for all firms."""

    row: CharterTrip
    shares: tuple[TripShare, ...]
    workers: int


def trips(
    by: Actor, *, period: Period, state: str = "", enterprise: str = "", after: str = "", size: int = PAGE
) -> list[TripRow]:
    """The trips with a firm in scope, the latest first."""
    rows = _trips(by, period=period, state=state, enterprise=enterprise).select_related("met_by")
    return _with_shares(LATEST_TRIP.page(rows, after=after, size=size), by=by)


def trip(ref: str, *, by: Actor) -> TripRow:
    """The trip by ref. Raises NotFound, also when no firm on it is in scope."""
    rows = _trips(by, period=Period(), state="", enterprise="").filter(ref=ref)
    found = rows.select_related("met_by", "told_by").first()
    if found is None:
        raise NotFound("resumptions.no_trip", "没有这趟包车,或不在您的责任范围内;请核对。", trip=ref)
    return _with_shares([found], by=by)[0]


def trip_totals(by: Actor, *, period: Period, state: str = "", enterprise: str = "") -> Totals:
    """趟次、企业、计划人数、到达人数; cancelled trips are not counted."""
    rows = _trips(by, period=period, state=state, enterprise=enterprise).exclude(state="cancelled").order_by()
    shares = TripShare.objects.filter(trip__in=rows.values("pk"), enterprise__in=_seen(by))
    workers = TripShare.objects.filter(trip__in=rows.values("pk")).aggregate(n=Sum("workers"))["n"] or 0
    arrived = rows.aggregate(n=Sum("arrived"))["n"] or 0
    return Totals(rows.count(), shares.values("enterprise").distinct().count(), workers, arrived)


def _trips(by: Actor, *, period: Period, state: str, enterprise: str) -> QuerySet[CharterTrip]:
    shares = TripShare.objects.filter(trip=OuterRef("pk"), enterprise__in=_seen(by))
    if enterprise:
        shares = shares.filter(enterprise__ref=enterprise)
    rows = CharterTrip.objects.filter(Exists(shares))
    return _within(rows.filter(state=state) if state else rows, "leaves_on", period)


def _within(rows: QuerySet, column: str, period: Period) -> QuerySet:  # type: ignore[type-arg]
    bounds = Q()
    if period.since:
        bounds &= Q(**{f"{column}__gte": period.since})
    if period.until:
        bounds &= Q(**{f"{column}__lte": period.until})
    return rows.filter(bounds)


def _with_shares(rows: Sequence[CharterTrip], *, by: Actor) -> list[TripRow]:
    keys = [row.pk for row in rows]
    workers: dict[int, int] = defaultdict(int)
    for key, n in TripShare.objects.filter(trip__in=keys).values_list("trip_id", "workers"):
        workers[key] += n
    seen: dict[int, list[TripShare]] = defaultdict(list)
    for share in _shares(keys, by=by):
        seen[share.trip_id].append(share)
    return [TripRow(row, tuple(seen[row.pk]), workers[row.pk]) for row in rows]


def _shares(keys: Iterable[int], *, by: Actor) -> QuerySet[TripShare]:
    return TripShare.objects.filter(trip__in=list(keys), enterprise__in=_seen(by)).select_related("enterprise")
