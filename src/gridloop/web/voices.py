"""/indicators/voices/: what firms said, in the words of the record, with how many were asked and reached."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridloop.offices.indicators.asked import Asked
from gridloop.offices.indicators.voices import PLEASED, heard
from gridloop.web.indicators import offered_periods, period_asked, said
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken

PAGE = 50


@require_safe
@staff
def voices(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/indicators/voices/?period=2022H1&unit=…&pleased=yes&after=…"""
    period = period_asked(request, reader)
    unit, pleased, after = (request.GET.get(name, "")[:60] for name in ("unit", "pleased", "after"))
    found = heard(
        Asked(reader.actor, reader.street.code, period, reader.at),
        unit=unit,
        pleased=pleased if pleased in PLEASED else "",
    )
    rows = [each for each in found.voices if not after or each.key < after]
    shown, asked = rows[:PAGE], {"period": period.code, "unit": unit, "pleased": pleased}
    page: dict[str, Any] = {
        "period": period, "period_said": said(period), "found": found, "rows": shown, "unit": unit, "pleased": pleased, "is_first": not after,
        "choices": [(code, spoken(label)) for code, label in PLEASED.items()], "first": f"?{urlencode(asked)}",
        "next": f"?{urlencode(asked | {'after': shown[-1].key})}" if len(rows) > PAGE else "",
        "offered": [(each.code, said(each)) for each in offered_periods(reader, period)],
    }  # fmt: skip
    return render(request, "indicators/voices.html", page)
