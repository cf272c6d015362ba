"""The working calendar: a year at a glance, and loading the next year's notice into a change-set."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.cells import text_of
from gridloop.core.errors import Broken, GridloopError, TooMuch, WrongInput
from gridloop.core.holiday_notice import Notice, read_notice
from gridloop.core.worktime import OfficeHours
from gridloop.offices.organisation.changesets import actions
from gridloop.offices.organisation.changesets.cells import read_time
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.chapters import HOURS, day_in_words
from gridloop.web.reader import Reader, staff
from gridloop.web.setup_drafts import NEW, drafting, must_draft, problems_of, to_change_set

CODE = "calendar"
LARGEST = 400_000
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class SpecialShown:
    """One day that departs from Monday to Friday."""

    on: date
    is_workday: bool
    name: str


@dataclass(frozen=True, slots=True)
class MonthShown:
    """One month of a year: its workdays and its special days."""

    number: int
    workdays: int
    days: int
    special: tuple[SpecialShown, ...]


@require_safe
@staff
def calendar(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/calendar/?year=2022"""
    return _page(request, reader)


def _page(
    request: HttpRequest, reader: Reader, *, error: GridloopError | None = None, preview: Notice | None = None
) -> HttpResponse:  # fmt: skip
    street = reader.street.code
    _key, found = supervision.calendar_in_force(street)
    year = _year(request.GET.get("year", ""), reader.today.year)
    draft = drafting(request, reader, CODE)
    next_year = next(each for each in range(reader.today.year, LAST_YEAR) if found.is_provisional(each))
    page = {
        "calendar": found, "year": year, "is_provisional": found.is_provisional(year), "months": _months(found, year), "years": range(year - 2, year + 3),
        "versions": supervision.calendars(street), "workdays": found.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)), "draft": draft,
        "may_draft": draft.may_draft, "next_year": request.POST.get("year") or next_year, "error": error, "problems": problems_of(error), "preview": preview,
        "preview_days": [(day_in_words(day), worked, name) for day, worked, name in preview.days] if preview else [], "text": request.POST.get("text", ""),
        "hours": " ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in found.hours.spans),
    }  # fmt: skip
    return render(request, "setup/calendar.html", page, status=error.status if error else 200)


def _year(said: str, otherwise: int) -> int:
    return int(said) if said.isdecimal() and len(said) == 4 and FIRST_YEAR <= int(said) <= LAST_YEAR else otherwise


def _months(found: Any, year: int) -> list[MonthShown]:
    special = {
        each.date: each
        for notice in found.years
        if notice.year == year and notice.published
        for each in notice.exceptions
    }
    return [_month(found, year, number, special) for number in range(1, 13)]


def _month(found: Any, year: int, number: int, special: dict[date, Any]) -> MonthShown:
    length = months.monthrange(year, number)[1]
    days = [date(year, number, day) for day in range(1, length + 1)]
    shown = tuple(SpecialShown(day, special[day].is_workday, special[day].name) for day in days if day in special)
    return MonthShown(number, sum(found.is_workday(day) for day in days), length, shown)


# --- loading ---------------------------------------------------------------------------------------------------------


@require_POST
@staff
def load(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/calendar/load/: the notice is read; first shown day by day (``preview``), then put into a change-set."""
    must_draft(reader, CODE)
    try:
        notice = _notice(request)
        if "preview" in request.POST or notice.problems:
            return _page(request, reader, preview=notice)
        change_set = _propose(request, reader, key=str(notice.year), row={"days": [list(day) for day in notice.days]})
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, error=error)
    messages.success(request, _("已放进变更单,还没有生效;下面列出哪些期限会改到哪天。"))
    return to_change_set(change_set.ref)


def _notice(request: HttpRequest) -> Notice:
    """The notice that was pasted or sent. Raises WrongInput, TooMuch."""
    year = _year(request.POST.get("year", "").strip(), 0)
    if not year:
        raise WrongInput("web.bad_year", "请写明是哪一年,例如 2027。", field="year")
    return read_notice(_text(request), year=year)


def _text(request: HttpRequest) -> str:
    sent = request.FILES.get("file")
    if sent is None:
        return request.POST.get("text", "")[:LARGEST]
    if sent.size is not None and sent.size > LARGEST:
        raise TooMuch("web.file_too_large", "文件太大,不像一份放假通知;请只传这一年的表。", field="file")
    try:
        return text_of(sent.read())[0]
    except UnicodeDecodeError as fault:
        raise WrongInput(
            "web.not_text", "文件不是文本;请另存为 CSV(UTF-8),或把通知的文字贴进来。", field="file"
        ) from fault


@require_POST
@staff
def hours(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/calendar/hours/: other office hours go into a change-set."""
    must_draft(reader, CODE)
    try:
        change_set = _propose(request, reader, key=HOURS, row={"spans": _spans(request.POST.get("hours", ""))})
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, error=error)
    messages.success(request, _("已放进变更单,还没有生效;下面列出哪些期限会改到哪天。"))
    return to_change_set(change_set.ref)


def _spans(said: str) -> list[list[str]]:
    """``09:00-12:00 13:30-17:30`` as spans. Raises WrongInput."""
    spans = [part.replace("—", "-").replace("–", "-").replace(":", ":").split("-") for part in said.split()[:6]]
    if not spans or any(len(span) != 2 for span in spans):
        raise WrongInput("web.bad_hours", "办公时间请写成“09:00-12:00 13:30-17:30”。", field="hours")
    times = [(read_time(start), read_time(end)) for start, end in spans]
    OfficeHours(tuple(times))
    return [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in times]


def _propose(request: HttpRequest, reader: Reader, *, key: str, row: dict[str, Any]) -> Any:
    said = request.POST.get("change_set", "")
    return actions.propose_row(
        by=reader.actor, at=reader.at, street=reader.street.code, chapter=CODE, key=key, row=row, change_set="" if said == NEW else said,
        title=request.POST.get("title", ""),
    )  # fmt: skip
