"""A street's history for a replay: its past cases in a period, and every version of its rules in the order in which they were in force.

A case enters with its facts as they stand now (a category corrected since is the corrected one, for both sides alike), without title, text
or anybody's name. Terms and semantics: ``core/replay.py`` and docs/routing.md.

Worked example::

    period = period_of(street, first=date(2022, 1, 1), last=date(2022, 6, 30))
    part = replay_part(past_cases(street, period), replay_rules(street), Setting(draft, until=period.end))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from gridloop.core.errors import NotFound, WrongInput
from gridloop.core.profile import Profile
from gridloop.core.replay import Dated, PastCase, Rules, Setting, Unit, document, replay_part
from gridloop.core.route_row import RouteRow
from gridloop.core.routing import RoutingTable as Table
from gridloop.core.worktime import Calendar
from gridloop.offices.cases.chapters import compiled
from gridloop.offices.cases.models import Case, Request, RoutingTable, case_number
from gridloop.offices.cases.queries.rules import compile_table
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets import queries as changesets
from gridloop.offices.organisation.changesets.chapters import Proposed
from gridloop.offices.organisation.models import Unit as UnitRow
from gridloop.offices.supervision import queries as supervision

FETCHED_AT_ONCE = 2_000
_FIELDS = (
    "pk", "category", "place", "level", "source", "priority", "grade", "filed_at", "assigned_at", "accepted_at", "answered_at", "cleared_at",
)  # fmt: skip
_FILED_AT = _FIELDS.index("filed_at")


@dataclass(frozen=True, slots=True)
class Period:
    """Cases filed in [start, end), which are the days from first to last in the street's zone."""

    first: date
    last: date
    start: datetime
    end: datetime


def period_of(street: str, *, first: date, last: date) -> Period:
    """Raises WrongInput when the last day is before the first."""
    if last < first:
        raise WrongInput(
            "replay.period", f"结束日 {last} 早于开始日 {first};请对调。", first=str(first), last=str(last)
        )
    _, calendar = supervision.calendar_in_force(street)
    start, end = (calendar.at_time(day, time()) for day in (first, last + timedelta(days=1)))
    return Period(first, last, start, end)


def whole_history(street: str) -> tuple[date, date] | None:
    """The days of the first and the last case; None where there is none."""
    _, calendar = supervision.calendar_in_force(street)
    filed = Case.objects.filter(street=street).order_by("filed_at").values_list("filed_at", flat=True)
    first, last = filed.first(), filed.last()
    return (calendar.local(first).date(), calendar.local(last).date()) if first and last else None


def count_of(street: str, period: Period) -> int:
    """How many cases were filed in the period."""
    return Case.objects.filter(street=street, filed_at__gte=period.start, filed_at__lt=period.end).count()


def past_cases(street: str, period: Period) -> Iterator[PastCase]:
    """The cases filed in the period, by key."""
    held = set(Request.objects.filter(case__street=street, approved=True).values_list("case_id", flat=True))
    rows = Case.objects.filter(street=street, filed_at__gte=period.start, filed_at__lt=period.end).order_by("pk")
    for row in rows.values_list(*_FIELDS).iterator(FETCHED_AT_ONCE):
        number = case_number(row[_FILED_AT], row[0])
        yield PastCase._make((row[0], number, *row[1:], row[0] in held))


def replay_rules(street: str) -> Rules:
    """Every published version of the street's tables, calendars and profiles, and its units. Raises WrongInput where there is none."""
    units = {
        unit.code: Unit(unit.name, unit.valid_from, unit.valid_until) for unit in UnitRow.objects.filter(street=street)
    }
    names = {code: unit.name for code, unit in units.items()}
    tables = RoutingTable.objects.filter(street=street, state=RoutingTable.State.PUBLISHED, valid_from__isnull=False)
    profiles: dict[str, list[tuple[datetime, Profile]]] = {}
    for version in supervision.profile_versions(street):
        profiles.setdefault(version.code, []).append((version.published_at, Profile.from_data(version.definition)))
    return Rules(
        Dated((table.valid_from, compile_table(table, names)) for table in tables.order_by("version") if table.valid_from),
        Dated((each.published_at, Calendar.from_data(each.definition)) for each in supervision.calendars(street)[::-1]),
        {code: Dated(versions) for code, versions in sorted(profiles.items())}, units,
    )  # fmt: skip


def draft_of(street: str, ref: str, *, at: datetime) -> tuple[str, Table]:
    """The table that a change-set would make, or of a draft or an earlier version, with what to call it. Raises NotFound."""
    if ref.isalnum() and any(each.ref == ref for each in changesets.change_sets(street, limit=1000)):
        found = changesets.change_set(street, ref)
        return f"change_set:{ref}", compiled(changesets.proposed(found, at=at))
    row = RoutingTable.objects.filter(street=street, ref=ref).first()
    if row is None:
        raise NotFound(
            "replay.no_draft", f"没有“{ref}”这份草稿:它不是文件,也不是变更单或路由表的编号;请核对。", draft=ref
        )
    return f"routing_table:{ref}", compile_table(row, {unit.code: unit.name for unit in organisation.units(street)})


def table_of_rows(street: str, rows: list[RouteRow], *, at: datetime) -> Table:
    """A table of these rows, with the street's backstop."""
    return Table.compile(rows, fallback=compiled(Proposed(street, at)).fallback)


def replayed(street: str, draft: Table, period: Period, *, calendar: str, org: str, named: str) -> dict[str, Any]:
    """The document of a replay in this process."""
    rules, setting = replay_rules(street), Setting(draft, period.end, calendar, org)
    part = replay_part(past_cases(street, period), rules, setting)
    return document(part, rules, setting, asked=asked_of(street, period, named))


def asked_of(street: str, period: Period, named: str) -> dict[str, str]:
    """What was asked, as the document tells it."""
    return {"street": street, "from": period.first.isoformat(), "to": period.last.isoformat(), "draft": named}
