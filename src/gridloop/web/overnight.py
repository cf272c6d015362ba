"""/desk/overnight/: what had to be handed on before midnight, evening by evening, and how each case came out (交办不过夜)."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridloop.offices.cases.queries.overnight import evenings
from gridloop.web.reader import Reader, staff

SHOWN = 30


@require_safe
@staff
def lists(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The lists, the newest first; ``?before=2022-05-23`` shows the older ones. What is no date counts as not asked."""
    found = evenings(
        reader.actor, reader.street.code, at=reader.at, before=_day(request.GET.get("before", "")), size=SHOWN + 1
    )
    shown = found[:SHOWN]
    page = {
        "evenings": shown, "at": reader.at,
        "older": shown[-1].row.on.isoformat() if len(found) > SHOWN else "", "is_first": "before" not in request.GET,
    }  # fmt: skip
    return render(request, "console/overnight.html", page)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
