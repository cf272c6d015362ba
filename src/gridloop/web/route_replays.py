"""A draft of the routing table replayed over history: the period asked for, figures, charts with their tables, the cases it would have moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.errors import Broken, GridloopError, TooMuch, WrongInput
from gridloop.core.replay import NOW, THEN, document_bytes
from gridloop.offices.cases.queries import replaying
from gridloop.offices.cases.queries.naming import refs_of
from gridloop.offices.organisation.changesets import queries
from gridloop.offices.organisation.changesets.chapters import Proposed
from gridloop.web.reader import Reader, staff

MOST_CASES = 200_000
MOST_SHOWN = 200
MOST_BARS = 20
USUAL_SPAN = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks."""

    first: str
    last: str
    calendar: str
    org: str


@require_safe
@staff
def replay(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/changes/<ref>/replay/?from=2022-01-01&to=2022-06-30&calendar=then&org=now, with ``form=json`` as the command prints it.

    For those who may draft or publish a table: it tells of cases all over the street, though of no person.
    """
    found = queries.change_set(reader.street.code, ref)
    queries.must_draft(reader.actor, reader.street.code, chapter="routes")
    asked = asked_of(request, reader)
    try:
        whole = _replayed(reader, ref, asked)
    except Broken:
        raise
    except GridloopError as error:
        page = {"set": found, "asked": asked, "error": error, "problems": []}
        return render(request, "setup/replay.html", page, status=error.status)
    if request.GET.get("form") == "json":
        answer = HttpResponse(document_bytes(whole), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="replay-{ref}.json"'
        return answer
    return render(request, "setup/replay.html", {"set": found, "asked": asked, **_shown(whole, reader)})


def asked_of(request: HttpRequest, reader: Reader) -> Asked:
    """What the address asks; by default the last half year of the history."""
    whole = replaying.whole_history(reader.street.code)
    last = whole[1] if whole else reader.today
    first = max(whole[0], last - USUAL_SPAN) if whole else last
    said = request.GET
    return Asked(
        said.get("from") or first.isoformat(), said.get("to") or last.isoformat(), NOW if said.get("calendar") == NOW else THEN,
        THEN if said.get("org") == THEN else NOW,
    )  # fmt: skip


def _replayed(reader: Reader, ref: str, asked: Asked) -> dict[str, Any]:
    """Raises WrongInput for days that are none, TooMuch for a period that the command line is for."""
    street = reader.street.code
    period = replaying.period_of(street, first=_day(asked.first), last=_day(asked.last))
    if replaying.count_of(street, period) > MOST_CASES:
        raise TooMuch("web.replay_too_long", _("这段时间的事项太多,请缩短时段,或用 gridloop route replay。"))
    named, draft = replaying.draft_of(street, ref, at=reader.at)
    return replaying.replayed(street, draft, period, calendar=asked.calendar, org=asked.org, named=named)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as fault:
        raise WrongInput("web.bad_day", "日期看不懂;请写成 2022-05-23。", field="from") from fault


def _shown(whole: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """The document for the page: names instead of codes, the first of the cases with their addresses."""
    setup = Proposed(reader.street.code, reader.at)
    changed = whole["changed_cases"][:MOST_SHOWN]
    refs = refs_of(reader.street.code, [each["case"] for each in changed])
    units = [each | {"difference": each["after"] - each["before"]} for each in whole["load"]["units"]]
    posts = [
        {"name": f"{setup.label('units', each['unit'])} · {setup.label('posts', each['post'])}", "before": each["before"], "after": each["after"], "difference": each["after"] - each["before"]}
        for each in whole["load"]["posts"]
    ]  # fmt: skip

    def side(told: dict[str, Any]) -> dict[str, Any]:
        return told | {
            "unit": setup.label("units", told["unit"]),
            "post": setup.label("posts", told["post"]) if told["post"] else "",
        }

    return {
        "whole": whole, "units": units[:MOST_BARS], "more_units": max(0, len(units) - MOST_BARS), "posts": posts[:MOST_BARS], "months": whole["months"],
        "changed": [each | {"ref": refs.get(each["case"], ""), "before": side(each["before"]), "after": side(each["after"])} for each in changed],
        "more_cases": len(whole["changed_cases"]) - len(changed),
    }  # fmt: skip
