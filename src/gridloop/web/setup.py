"""The rules in force, to be read by everybody: duty list, posts, deadline profiles, calendar. The routing table has its own module."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.territory import queries as territory
from gridloop.web.posts import PostShown, post_shown
from gridloop.web.reader import Reader, staff


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit with its posts."""

    name: str
    code: str
    above: str
    is_backstop: bool
    is_superior: bool
    phone: str
    posts: tuple[PostShown, ...]


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
def setup(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/: the doors to the rules."""
    vacant = organisation.vacant_posts(reader.street.code, at=reader.at)
    return render(request, "setup/index.html", {"vacant": len(vacant)})


@require_safe
@staff
def posts(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/posts/"""
    street = reader.street.code
    held: dict[int, list[PostShown]] = {}
    for post in organisation.posts(street):
        held.setdefault(post.unit_id, []).append(post_shown(post, at=reader.at))
    rows = [
        UnitRow(
            unit.name, unit.code, unit.parent.name if unit.parent else "", unit.is_backstop, unit.is_superior, unit.phone,
            tuple(held.get(unit.pk, ())),
        )
        for unit in organisation.units(street, at=reader.at)
    ]  # fmt: skip
    names = {grid.path: grid.name for grid in territory.grids(street)} | {reader.street.place: reader.street.name}
    vacancies = [post for row in rows for post in row.posts if post.is_vacant]
    return render(request, "setup/posts.html", {"rows": rows, "names": names, "vacancies": vacancies})


@require_safe
@staff
def duties(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/duties/"""
    return render(request, "setup/duties.html", {"items": organisation.duty_items(reader.street.code)})


@require_safe
@staff
def profiles(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/profiles/: each deadline profile with what would be due for a case received now."""
    street = reader.street.code
    shown = [
        {"profile": profile, "examples": supervision.worked_example(street, code=code, received=reader.at)}
        for code, (_key, profile) in sorted(supervision.profiles_in_force(street).items())
    ]
    return render(request, "setup/profiles.html", {"profiles": shown, "at": reader.at})


@require_safe
@staff
def calendar(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/calendar/?year=2022"""
    street = reader.street.code
    _key, found = supervision.calendar_in_force(street)
    year = _year(request.GET.get("year", ""), reader.at.year)
    page = {
        "calendar": found, "year": year, "is_provisional": found.is_provisional(year), "months": _months(found, year),
        "years": range(year - 2, year + 3), "versions": supervision.calendars(street),
        "workdays": found.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)),
    }  # fmt: skip
    return render(request, "setup/calendar.html", page)


def _year(said: str, otherwise: int) -> int:
    return int(said) if said.isdecimal() and 1990 <= int(said) <= 2100 else otherwise


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
