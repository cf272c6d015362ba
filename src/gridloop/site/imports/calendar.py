"""Importing a year of the working calendar: the holidays and make-up workdays of one State Council notice.

CSV: ``date,is_workday,name`` (日期, 上班, 名称). JSON: the same as a list of objects, a calendar document with ``years``, or a document
with ``year`` and ``days`` of ``date``, ``name``, ``isOffDay``. Years in the file replace those of the newest version; the result is the next
version, and every deadline that was provisional is issued again and named in ``details``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gridloop.core.access import SYSTEM
from gridloop.core.errors import GridloopError, WrongInput
from gridloop.core.worktime import Calendar
from gridloop.offices.archive.transaction import deed
from gridloop.offices.supervision import queries
from gridloop.offices.supervision.actions import publish_calendar
from gridloop.offices.supervision.models import Clock
from gridloop.offices.supervision.seed import calendar_data
from gridloop.site.imports.reading import Row, read_json, read_sheet
from gridloop.site.imports.tally import Tally
from gridloop.site.imports.units import yes_or_no
from gridloop.site.moments import parse_day

COLUMNS = {"date": ("日期",), "is_workday": ("上班", "是否上班", "工作日"), "name": ("名称", "节日")}
WORDS = {"上班": "1", "调休": "1", "补班": "1", "休": "0", "放假": "0", "休息": "0"}
Years = dict[int, list[list[Any]]]


def import_calendar(path: Path, *, at: datetime, street: str, dry_run: bool = False) -> Tally:
    """The street's newest calendar holds the file's years, and provisional deadlines were issued again."""
    tally = Tally("calendar", dry_run)
    years = _years(path, tally)
    newest = next(iter(queries.calendars(street)), None)
    definition: dict[str, Any] = newest.definition if newest else calendar_data()
    standing = {int(year["year"]): year for year in definition["years"]}
    fresh = {year: days for year, days in years.items() if not _is_same(standing.get(year), days)}
    tally.existing = sum(len(days) for year, days in years.items() if year not in fresh)
    tally.added = sum(len(days) for days in fresh.values())
    tally.details = {"years": sorted(years), "version": newest.version if newest else 0, "reissued": []}
    if fresh:
        _publish(tally, definition, fresh, at=at, street=street)
    return tally


def _years(path: Path, tally: Tally) -> Years:
    """The file's special days by year."""
    if path.name.removesuffix(".gz").endswith(".json"):
        rows = [Row(number, cells) for number, cells in enumerate(_json_days(read_json(path)), start=1)]
        tally.read = len(rows)
    else:
        sheet = read_sheet(path, columns=COLUMNS, required=("date", "is_workday", "name"))
        tally.begin(sheet)
        rows = list(sheet.rows)
    return _by_year(rows, tally)


def _json_days(document: Any) -> list[dict[str, str]]:
    """Date, is_workday and name of every special day, whichever of the three shapes the document has."""
    try:
        if isinstance(document, dict) and "years" in document:
            days = [day for year in document["years"] for day in year["exceptions"]]
            return [{"date": str(day), "is_workday": str(int(worked)), "name": str(name)} for day, worked, name in days]
        listed = document["days"] if isinstance(document, dict) else document
        return [{"date": str(day["date"]), "is_workday": _worked(day), "name": str(day["name"])} for day in listed]
    except (KeyError, TypeError, ValueError) as fault:
        sentence = "日历 JSON 应是 {date, is_workday, name} 的列表,或带 years 的日历文件;请对照说明改正。"
        raise WrongInput("calendar.malformed", sentence) from fault


def _worked(day: Mapping[str, Any]) -> str:
    return str(int(day["is_workday"])) if "is_workday" in day else str(int(not day["isOffDay"]))


def _by_year(rows: Iterable[Row], tally: Tally) -> Years:
    """Good days by year, sorted; a bad or repeated day is rejected."""
    years: Years = defaultdict(list)
    seen: set[date] = set()
    for row in rows:
        try:
            day = parse_day(row.cells["date"])
            worked = yes_or_no(WORDS.get(row.cells["is_workday"], row.cells["is_workday"]), field="is_workday")
            if day in seen:
                raise WrongInput("calendar.day_twice", f"{day} 出现了两次;请只留一行。", field="date")
        except GridloopError as error:
            tally.reject(row.number, error)
            continue
        seen.add(day)
        years[day.year].append([day.isoformat(), worked, row.cells["name"]])
    return {year: sorted(days) for year, days in years.items()}


def _is_same(standing: Mapping[str, Any] | None, days: list[list[Any]]) -> bool:
    return standing is not None and bool(standing["published"]) and sorted(standing["exceptions"]) == days


def _publish(tally: Tally, definition: Mapping[str, Any], fresh: Years, *, at: datetime, street: str) -> None:
    """The next version stands; ``details`` names it and every date that moved or became certain."""
    kept = [year for year in definition["years"] if int(year["year"]) not in fresh]
    added = [{"year": year, "published": True, "exceptions": days} for year, days in fresh.items()]
    merged = {**definition, "years": sorted(kept + added, key=lambda year: int(year["year"]))}
    Calendar.from_data(merged)
    with deed():
        before = {clock.pk: clock.due_at for clock in Clock.objects.filter(street=street, is_provisional=True)}
        note = f"载入{'、'.join(str(year) for year in sorted(fresh))}年放假安排"
        version = publish_calendar(by=SYSTEM, at=at, street=street, definition=merged, note=note)
        after = Clock.objects.filter(pk__in=list(before)).order_by("id")
        tally.details |= {
            "version": version.version,
            "reissued": [_reissued(clock, before[clock.pk]) for clock in after],
        }


def _reissued(clock: Clock, before: datetime | None) -> dict[str, Any]:
    return {
        "subject": clock.subject, "stage": clock.stage, "holder": clock.holder,
        "before": before.isoformat() if before else None, "after": clock.due_at.isoformat() if clock.due_at else None,
        "provisional": clock.is_provisional,
    }  # fmt: skip
