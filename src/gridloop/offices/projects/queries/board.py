"""The four libraries as people look at them: counts, sums, the board, the table, the alarms, the conversion between libraries.

Guarantee: every count and sum is made from the rows that are listed under it, at the moment it is shown; none is kept anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from gridloop.core.access import Actor
from gridloop.core.factor import FACTORS
from gridloop.core.indicator import Reading
from gridloop.core.project import (
    LIBRARIES,
    Alarm,
    Dates,
    Move,
    Pace,
    alarms,
    conversions,
    in_yi,
    pace,
    totals,
)
from gridloop.offices.archive.keyset import Order
from gridloop.offices.projects.models import MonthlyProgress, Project, StageMove
from gridloop.offices.projects.queries.factors import Need, matrix_of, needs_of
from gridloop.offices.projects.queries.finding import visible_to

LAST_DROPPED = Order("dropped_at")
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is narrowed to; empty means all. ``alarm`` is an alarm's code, ``factor`` one that is lacking now."""

    library: str = ""
    priority: str = ""
    unit: str = ""
    sector: str = ""
    factor: str = ""
    alarm: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One project as the board shows it."""

    project: Project
    invested: Decimal
    planned: Decimal
    done: Decimal
    pace: Pace | None
    alarms: list[Alarm]
    needs: list[Need] = field(default_factory=list)

    @property
    def open_needs(self) -> list[Need]:
        return [need for need in self.needs if not need.is_solved]

    @property
    def cells(self) -> list[tuple[str, str, Need | None]]:
        return matrix_of(self.needs)

    @property
    def total_shown(self) -> str:
        return in_yi(self.project.total)


@dataclass(frozen=True, slots=True)
class Library:
    """One library with the rows that make its figures."""

    code: str
    label: str
    rows: list[Row]

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def total(self) -> Decimal:
        return sum((row.project.total for row in self.rows), Decimal(0))

    @property
    def total_shown(self) -> str:
        return in_yi(self.total)


def board(by: Actor, *, street: str, at: datetime, wanted: Wanted | None = None) -> list[Library]:
    """The four libraries with their rows, narrowed to what is wanted; dropped projects are in none."""
    rows = [
        row for row in rows_of(_found(by, street, wanted or Wanted()), at=at) if _is_wanted(row, wanted or Wanted())
    ]
    return [
        Library(code, label, [row for row in rows if row.project.library == code]) for code, label in LIBRARIES.items()
    ]


def rows_of(projects: Sequence[Project], *, at: datetime) -> list[Row]:
    """The projects with their pace, alarms and needs."""
    months = _months(projects)
    needs = needs_of(projects)
    on = at.astimezone(ZONE).date()
    return [_row(each, months.get(each.pk, []), needs.get(each.pk, []), on) for each in projects]


def summary(by: Actor, *, street: str) -> Mapping[str, tuple[int, Decimal]]:
    """By library how many projects and how many 元, counted from the rows."""
    return totals(visible_to(by).filter(street=street, dropped_at__isnull=True).values_list("library", "total"))


def conversion_rates(by: Actor, *, street: str, since: date, until: date) -> list[tuple[str, str, Reading]]:
    """From each library to the next: how many went on, of how many, with their interval. Projects that left later count too."""
    histories: dict[int, list[Move]] = {}
    moves = StageMove.objects.filter(project__in=visible_to(by).filter(street=street)).order_by("project", "number")
    for move in moves:
        histories.setdefault(move.project_id, []).append(Move(move.came_from, move.to, move.moved_on))
    return conversions(histories.values(), since=since, until=until)


def dropped(by: Actor, *, street: str) -> list[Project]:
    """Projects that left the libraries, the last first."""
    return list(visible_to(by).filter(street=street, dropped_at__isnull=False).order_by("-dropped_at"))


def dropped_page(by: Actor, *, street: str, after: str, size: int) -> list[Project]:
    """As ``dropped``, beyond the key."""
    return LAST_DROPPED.page(visible_to(by).filter(street=street, dropped_at__isnull=False), after=after, size=size)


def months_of(project: Project) -> list[MonthlyProgress]:
    return list(MonthlyProgress.objects.filter(project=project).order_by("month"))


def moves_of(project: Project) -> list[StageMove]:
    return list(StageMove.objects.filter(project=project).order_by("number"))


def _found(by: Actor, street: str, wanted: Wanted) -> list[Project]:
    rows = visible_to(by).filter(street=street, dropped_at__isnull=True)
    named = {"library": wanted.library, "priority": wanted.priority, "sector": wanted.sector, "unit__code": wanted.unit}
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if wanted.text:
        rows = (
            rows.filter(name__icontains=wanted.text)
            | rows.filter(owner__icontains=wanted.text)
            | rows.filter(code__iexact=wanted.text)
        )
    return list(rows.order_by("code"))


def _is_wanted(row: Row, wanted: Wanted) -> bool:
    lacks = not wanted.factor or any(need.factor == wanted.factor for need in row.open_needs)
    return lacks and (not wanted.alarm or any(alarm.code == wanted.alarm for alarm in row.alarms))


def _months(projects: Sequence[Project]) -> dict[int, list[MonthlyProgress]]:
    found: dict[int, list[MonthlyProgress]] = {}
    for month in MonthlyProgress.objects.filter(project__in=list(projects)).order_by("month"):
        found.setdefault(month.project_id, []).append(month)
    return found


def _row(project: Project, months: Sequence[MonthlyProgress], needs: list[Need], on: date) -> Row:
    reported = [month for month in months if month.invested is not None]
    last = reported[-1].month if reported else None
    year = last.year if last and last.year == on.year else on.year
    this_year = [month for month in months if month.month.year == year]
    planned = sum((month.planned for month in this_year), Decimal(0))
    done = sum((month.invested or Decimal(0) for month in this_year), Decimal(0))
    keeps = pace(planned=planned, done=done, month=last.month) if last and last.year == year else None
    dates = Dates(
        project.library, project.start_planned_on, project.finish_planned_on, project.started_on, project.finished_on, last,
        project.entered_at.astimezone(ZONE).date(),
    )  # fmt: skip
    invested = sum((month.invested or Decimal(0) for month in reported), Decimal(0))
    return Row(project, invested, planned, done, keeps, alarms(dates, on=on, pace=keeps), needs)


__all__ = [
    "FACTORS",
    "Library",
    "Row",
    "Wanted",
    "board",
    "conversion_rates",
    "dropped",
    "months_of",
    "moves_of",
    "rows_of",
    "summary",
]
