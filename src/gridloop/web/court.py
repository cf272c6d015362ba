"""Precedents: how disputes about who leads were ruled on, searchable, each with its row of the routing table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridloop.offices.cases.queries import court, pages
from gridloop.offices.organisation import queries as organisation
from gridloop.web.reader import Reader, staff

LONGEST = 120


@require_safe
@staff
def precedents(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/precedents/?text=&category=&unit="""
    street = reader.street.code
    asked = {
        name: request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in ("text", "category", "unit")
    }
    page: dict[str, Any] = {
        "asked": asked, "found": court.precedents(reader.actor, street, **asked), "is_narrowed": any(asked.values()),
        "categories": [row.path for row in pages.categories(street)], "units": organisation.units(street, at=reader.at),
    }  # fmt: skip
    return render(request, "console/precedents.html", page)
