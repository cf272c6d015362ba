"""The routing table: the rows in force and which wins, an editable grid, sheets both ways, earlier versions.

Every change goes into a change-set (``setup_changes``); the table in force is never edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, TooMuch
from gridloop.core.route_row import CaseFacts
from gridloop.offices.cases.queries import pages
from gridloop.offices.cases.queries.trying import Tried, standing_of, try_route
from gridloop.offices.organisation.changesets import actions
from gridloop.offices.organisation.changesets.chapters import (
    Chapter,
    Column,
    Proposed,
    chapter_of,
    fingerprint,
    word_of,
)
from gridloop.web.reader import Reader, staff
from gridloop.web.route_proof import shown_proof
from gridloop.web.setup_drafts import NEW, drafting, problems_of, to_change_set

CODE = "routes"
BLANK_ROWS = 3
MOST_IN_GRID = 300
LISTED = ("category", "place", "unit", "post", "profile")
TRIED = ("category", "place", "source", "priority", "time_class", "grade")


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row in words."""

    row: str
    category: str
    place: str
    conditions: str
    unit: str
    profile: str
    reason: str
    standing: str


@dataclass(frozen=True, slots=True)
class CellShown:
    """One cell of the grid."""

    name: str
    label: str
    value: str
    source: str
    error: str
    is_narrow: bool


@dataclass(frozen=True, slots=True)
class LineShown:
    """One row of the grid."""

    number: int
    name: str
    standing: str
    cells: tuple[CellShown, ...]
    is_new: bool


# --- the table in force ----------------------------------------------------------------------------------------------


@require_safe
@staff
def routes(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/routes/?version=2, with ``category`` … to try a case."""
    return _page(request, reader)


def _page(request: HttpRequest, reader: Reader, *, error: GridloopError | None = None) -> HttpResponse:
    street = reader.street.code
    tables = pages.routing_tables(street)
    in_force = pages.table_in_force(street, at=reader.at)
    shown = next((table for table in tables if str(table.version) == request.GET.get("version", "")), in_force)
    draft = drafting(request, reader, CODE)
    now = draft.setup.unchanged()
    records = {str(record["row"]): record for record in shown.rows} if shown else {}
    page = {
        "tables": tables, "in_force": in_force, "shown": shown, "rows": [_row(record, now) for record in records.values()], "draft": draft,
        "backstop": now.label("units", shown.backstop["unit"]) if shown else "", "may_draft": draft.may_draft, "error": error, "problems": problems_of(error),
        "tried": _tried(request, now), "tries": _tries(request, now), "chapter": chapter_of(CODE),
        "proof": shown_proof(now, address=lambda row: f"#row-{quote(row)}") if "prove" in request.GET else None,
    }  # fmt: skip
    return render(request, "setup/routes.html", page, status=error.status if error else 200)


def _row(record: Mapping[str, Any], setup: Proposed) -> RowShown:
    """The row with the names of units, places and profiles; the reason as it will be read."""

    def word(name: str) -> str:
        return word_of(chapter_of(CODE).column(name), record.get(name, ""), setup)

    conditions = [word(name) for name in ("level", "source", "priority", "time_class", "grade")]
    reason = (
        str(record.get("reason", "")).replace("{unit}", word("unit")).replace("{place}", word("place") or _("当地"))
    )
    return RowShown(
        str(record["row"]), word("category"), word("place"), ";".join(each for each in conditions if each), word("unit"), word("profile"),
        reason, standing_of(record),
    )  # fmt: skip


def _tried(request: HttpRequest, setup: Proposed) -> Tried | None:
    """The decision for the case in the address, when one is asked for."""
    if "try" not in request.GET:
        return None
    said = {name: request.GET.get(name, "")[:120] for name in TRIED}
    given = {name: value for name, value in said.items() if value}
    return try_route(setup, CaseFacts(level="street", **given))


def _tries(request: HttpRequest, setup: Proposed) -> list[dict[str, Any]]:
    """The choices of the trying form."""
    chapter = chapter_of(CODE)
    return [
        {
            "name": name,
            "label": chapter.column(name).label,
            "pairs": setup.pairs(chapter.column(name).choices),
            "value": request.GET.get(name, ""),
        }
        for name in TRIED
    ]


# --- the grid --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def edit(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/routes/edit/?set=<draft>: every row and some empty ones; what is typed becomes changes of a draft."""
    if request.method != "POST":
        return _grid(request, reader)
    try:
        lines = _typed(request)
        if "add" in request.POST:
            return _grid(request, reader, lines=lines, blank=BLANK_ROWS)
        kept = [
            line for line in lines if not line.get("remove") and any(line[each] for each in line if each != "remove")
        ]
        change_set = actions.propose_sheet(
            by=reader.actor, at=reader.at, street=reader.street.code, chapter=CODE, records=kept, missing=actions.REMOVE_MISSING,
            change_set=_asked_set(request), title=request.POST.get("title", ""), seen=request.POST.get("seen", ""),
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        return _grid(request, reader, lines=_typed(request), error=error)
    messages.success(request, _("已放进变更单,还没有生效;请看过差异和检查结果,再提交核对。"))
    return to_change_set(change_set.ref)


def _asked_set(request: HttpRequest) -> str:
    said = request.POST.get("change_set", "")
    return "" if said == NEW else said


def _typed(request: HttpRequest) -> list[dict[str, str]]:
    """The rows of the grid as typed; a row with nothing in it is left out. Raises TooMuch."""
    said = request.POST.get("rows", "0")
    count = int(said) if said.isdecimal() and len(said) < 6 else 0
    if count > MOST_IN_GRID + 50:
        raise TooMuch("web.grid_too_long", f"表格里最多 {MOST_IN_GRID} 行;更多的行请用 CSV 或 xlsx。", rows=count)
    names = [column.name for column in chapter_of(CODE).columns]
    lines = []
    for number in range(count):
        line = {name: request.POST.get(f"r{number}-{name}", "") for name in names}
        if any(value.strip() for value in line.values() if value != "0"):
            lines.append(line | ({"remove": "1"} if request.POST.get(f"r{number}-remove") else {}))
    return lines


def _grid(
    request: HttpRequest, reader: Reader, *, lines: list[dict[str, str]] | None = None, blank: int = 0, error: GridloopError | None = None
) -> HttpResponse:  # fmt: skip
    draft = drafting(request, reader, CODE)
    chapter = chapter_of(CODE)
    rows = draft.setup.after(CODE)
    if lines is None:
        lines = [
            {column.name: _shown_cell(column, row, draft.setup) for column in chapter.columns} for row in rows.values()
        ]
    empty = {column.name: "" for column in chapter.columns}
    whole = [*lines, *([empty] * (blank or 1))]
    page = {
        "chapter": chapter, "lines": _lines(chapter, whole, problems_of(error), known=rows), "count": len(whole), "draft": draft, "error": error,
        "problems": problems_of(error), "seen": request.POST.get("seen") or fingerprint(rows), "may_draft": draft.may_draft, "is_too_long": len(rows) > MOST_IN_GRID,
        "lists": [(name, _list_of(chapter.column(name), draft.setup)) for name in LISTED], "columns": chapter.columns, "title": request.POST.get("title", ""),
        "conditions": [(c.label, [label for _value, label in draft.setup.pairs(c.choices)]) for c in chapter.columns if c.kind == "several"],
    }  # fmt: skip
    return render(request, "setup/routes_edit.html", page, status=error.status if error else 200)


def _lines(
    chapter: Chapter, lines: list[dict[str, str]], problems: list[Any], *, known: Mapping[str, Any]
) -> list[LineShown]:
    """The grid's rows; a problem stands in its cell. Problems count only the rows that were handed in, from 2."""
    handed = [index for index, line in enumerate(lines) if not line.get("remove") and any(line.values())]
    wrong = {
        (handed[each["number"] - 2], each["column"]): each["reason"]
        for each in problems
        if 0 <= each.get("number", 0) - 2 < len(handed)
    }
    return [
        LineShown(
            number, line["row"] or _("新的一行"), standing_of(known.get(line["row"], {})) if line["row"] in known else "",
            tuple(_cell(column, line, wrong.get((number, column.name), ""), number) for column in chapter.columns), not any(line.values()),
        )
        for number, line in enumerate(lines)
    ]  # fmt: skip


def _cell(column: Column, line: dict[str, str], error: str, number: int) -> CellShown:
    source = column.name if column.name in LISTED else ""
    is_narrow = column.kind in ("several", "number") or column.name == "row"
    return CellShown(f"r{number}-{column.name}", column.label, line[column.name], source, error, is_narrow)


def _shown_cell(column: Column, row: Mapping[str, Any], setup: Proposed) -> str:
    """A cell as it is typed: words where they are unambiguous, for the reader knows no codes."""
    value = str(row.get(column.name, ""))
    if column.kind == "several":
        return word_of(column, value, setup)
    return _typed_as(column, setup).get(value, value) if column.choices else value


def _typed_as(column: Column, setup: Proposed) -> dict[str, str]:
    """By value, the word that means it alone; category paths stand as they are."""
    if column.name == "category":
        return {}
    labels = [label.strip() for _value, label in setup.pairs(column.choices)]
    return {value: label.strip() for value, label in setup.pairs(column.choices) if labels.count(label.strip()) == 1}


def _list_of(column: Column, setup: Proposed) -> list[tuple[str, str]]:
    """What the browser offers while typing: the word, and beside it the value."""
    words = _typed_as(column, setup)
    return [
        (words.get(value, value), value if value in words else label.strip())
        for value, label in setup.pairs(column.choices)
    ]


# --- earlier versions ------------------------------------------------------------------------------------------------


@require_POST
@staff
def adopt(request: HttpRequest, reader: Reader, table: str) -> HttpResponse:
    """/setup/routes/<table>/adopt/: the rows of an earlier version, or of a draft from the command line, go into a new change-set."""
    found = next((each for each in pages.routing_tables(reader.street.code) if each.ref == table), None)
    if found is None:
        raise Http404
    title = _("路由表按第 %(version)s 版") % {"version": found.version}
    try:
        change_set = actions.propose_sheet(
            by=reader.actor, at=reader.at, street=reader.street.code, chapter=CODE, records=found.rows, missing=actions.REMOVE_MISSING, title=title,
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, error=error)
    messages.success(request, _("已按那一版起草,还没有生效;请看过差异,再提交核对。"))
    return to_change_set(change_set.ref)
