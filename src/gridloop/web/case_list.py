"""The list of cases: narrowed by address parameters, paged by key, so that a page can be kept as a bookmark."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.offices.cases.queries import pages, words
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said


@dataclass(frozen=True, slots=True)
class Tab:
    """One state to narrow to, and how many cases stand in it."""

    label: str
    count: int
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One narrowing control: its parameter, label, options (value, label) and what is chosen."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@require_safe
@staff
def case_list(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/?state=open&unit=…&late=1&after=…"""
    wanted = wanted_from(request.GET)
    found = pages.list_cases(reader.actor, wanted)
    page = {
        "at": reader.at,
        "cases": found.cases,
        "tabs": _tabs(pages.count_by_state(reader.actor), wanted),
        "choices": _choices(reader, wanted),
        "wanted": wanted,
        "is_narrowed": any(value for name, value in asdict(wanted).items() if name not in ("after", "state")),
        "next": f"?{_query(wanted, after=found.after)}" if found.after else "",
        "first": f"?{_query(wanted, after=0)}" if wanted.after else "",
    }
    return render(request, "console/case_list.html", page)


def wanted_from(sent: QueryDict) -> pages.Filter:
    """What the address asks for; an impossible page key counts as the first page."""
    after = sent.get("after", "")
    texts = {
        name: sent.get(name, "").strip()[:120]
        for name in ("state", "unit", "category", "place", "text", "grade", "source")
    }
    return pages.Filter(
        **texts, late=sent.get("late") == "1", gap=sent.get("gap") == "1",
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
    )  # fmt: skip


def _query(wanted: pages.Filter, **changes: Any) -> str:
    values = asdict(wanted) | changes
    return urlencode({name: "1" if value is True else value for name, value in values.items() if value})


def _tabs(counts: dict[str, int], wanted: pages.Filter) -> list[Tab]:
    """All, all open, then each state that holds a case."""
    groups = [
        ("", _("全部"), sum(counts.values())),
        ("open", _("在办"), sum(counts.get(state, 0) for state in words.OPEN_STATES)),
    ]
    states = [(state, said(label), counts[state]) for state, label in words.STATES.items() if counts.get(state)]
    shown = groups + states
    if wanted.state == "live":
        shown.insert(2, ("live", _("未销号"), sum(counts.get(state, 0) for state in words.LIVE_STATES)))
    elif wanted.state in words.STATES and not counts.get(wanted.state):
        shown.append((wanted.state, said(words.STATES[wanted.state]), 0))
    return [
        Tab(label, count, f"?{_query(wanted, state=state, after=0)}", state == wanted.state)
        for state, label, count in shown
    ]


def _choices(reader: Reader, wanted: pages.Filter) -> list[Choice]:
    """The narrowing controls of the reader's street."""
    street = reader.street.code
    units = [(unit.code, unit.name) for unit in organisation.units(street)]
    places = [(grid.path, f"{'　' * max(grid.level - 1, 0)}{grid.name}") for grid in territory.grids(street)]
    categories = [(row.path, f"{'　' * row.path.count('/')}{row.name}") for row in pages.categories(street)]
    return [
        Choice("unit", _("主办单位"), units, wanted.unit),
        Choice("category", _("类别"), categories, wanted.category),
        Choice("place", _("网格"), places, wanted.place),
        Choice("grade", _("等级"), _worded(words.GRADES), wanted.grade),
        Choice("source", _("来源"), _worded(words.SOURCES), wanted.source),
    ]


def _worded(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(value, said(label)) for value, label in table.items()]
