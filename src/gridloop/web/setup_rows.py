"""One list and one edit page for every chapter of plain rows: units, people, posts, holdings, delegations, duties, categories, templates, channels.

Nothing here changes the setup: a form becomes a change in a draft (``changesets.actions.propose``), a file many changes at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.cells import csv_file
from gridloop.core.errors import Broken, GridloopError, WrongInput
from gridloop.offices.organisation.changesets import actions
from gridloop.offices.organisation.changesets.cells import KEEP
from gridloop.offices.organisation.changesets.chapters import (
    MASKED,
    Chapter,
    Column,
    chapter_of,
    fingerprint,
    name_of,
    word_of,
)
from gridloop.web.downloads import download
from gridloop.web.reader import Reader, staff
from gridloop.web.setup_drafts import NEW, Drafting, drafting, must_draft, problems_of, to_change_set
from gridloop.web.setup_sheets import CSV_TYPE, XLSX_TYPE, records_of, table_of, xlsx_of

OWN_PAGES = {"routes": "routes", "profiles": "profiles", "calendar": "calendar"}
FIRST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One column of the form: its value as typed or as it is, its choices, and what is wrong with it."""

    column: Column
    value: str
    choices: tuple[tuple[str, str], ...]
    error: str

    @property
    def id(self) -> str:
        return f"cell-{self.column.name}"


def plain_chapter(code: str) -> Chapter:
    """The chapter, if it has columns; one with an editor of its own has a page of its own."""
    found = chapter_of(code)
    if not found.columns:
        raise Http404
    return found


@require_safe
@staff
def rows(request: HttpRequest, reader: Reader, chapter: str) -> HttpResponse:
    """/setup/rows/units/"""
    if chapter in OWN_PAGES:
        return redirect(OWN_PAGES[chapter])
    return rows_page(request, reader, plain_chapter(chapter))


def rows_page(
    request: HttpRequest, reader: Reader, chapter: Chapter, *, error: GridloopError | None = None
) -> HttpResponse:
    found = drafting(request, reader, chapter.code)
    now = found.setup.unchanged()
    asked = request.GET.get("text", "").strip()[:40]
    shown = [_row_shown(chapter, key, row, now) for key, row in now.after(chapter.code).items()]
    kept = [row for row in shown if not asked or any(asked in cell for _label, cell in row["cells"])]
    pending = {change.key for change in found.setup.changes if change.chapter == chapter.code}
    page = {
        "chapter": chapter, "rows": kept[:FIRST_SHOWN], "count": len(kept), "columns": [each.label for each in chapter.columns], "text": asked,
        "may_draft": found.may_draft, "draft": found, "pending": pending, "error": error, "problems": problems_of(error), "is_long": len(shown) > 12,
    }  # fmt: skip
    return render(request, "setup/rows.html", page, status=error.status if error else 200)


def _row_shown(chapter: Chapter, key: str, row: Any, setup: Any) -> dict[str, Any]:
    cells = [(column.label, word_of(column, row.get(column.name, ""), setup)) for column in chapter.columns]
    return {"key": key, "name": name_of(chapter, key, row, setup), "cells": cells}


# --- one row ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def edit(request: HttpRequest, reader: Reader, chapter: str) -> HttpResponse:
    """/setup/rows/units/edit/?key=urban: the form of one row; without a key of a new one."""
    found = plain_chapter(chapter)
    if request.method != "POST":
        return _form(request, reader, found)
    try:
        change_set = actions.propose(
            by=reader.actor, at=reader.at, street=reader.street.code, chapter=chapter, key=request.POST.get("key", ""),
            cells=None if request.POST.get("remove") else _cells(request, found), change_set=_asked_set(request),
            title=request.POST.get("title", ""), seen=request.POST.get("seen") if request.POST.get("key") else None,
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        return _form(request, reader, found, error=error)
    messages.success(request, _("已放进变更单,还没有生效;可以继续改,改完提交核对。"))
    return to_change_set(change_set.ref)


def _asked_set(request: HttpRequest) -> str:
    said = request.POST.get("change_set", "")
    return "" if said == NEW else said


def _cells(request: HttpRequest, chapter: Chapter) -> dict[str, str]:
    """The form's cells; a box that is not ticked says no, several ticks are one cell, an empty secret stays."""
    cells: dict[str, str] = {}
    for column in chapter.columns:
        if column.kind == "several":
            cells[column.name] = "|".join(request.POST.getlist(column.name))
        elif (
            column.kind == "secret"
            and not request.POST.get(column.name)
            and not request.POST.get(f"{column.name}-empty")
        ):
            cells[column.name] = KEEP
        else:
            cells[column.name] = request.POST.get(column.name, "")
    return cells


def _form(
    request: HttpRequest, reader: Reader, chapter: Chapter, *, error: GridloopError | None = None
) -> HttpResponse:
    found = drafting(request, reader, chapter.code)
    key = request.POST.get("key", "") or request.GET.get("key", "")
    row = found.setup.after(chapter.code).get(key)
    if key and row is None and error is None:
        raise Http404
    problems = {str(each.get("column")): str(each.get("reason")) for each in problems_of(error)}
    page = {
        "chapter": chapter, "key": key, "name": name_of(chapter, key, row, found.setup) if row else "", "draft": found,
        "fields": [_field(column, request, row or {}, found, problems) for column in chapter.columns], "seen": fingerprint(row) if row else "",
        "error": error, "may_draft": found.may_draft, "title": request.POST.get("title", ""),
    }  # fmt: skip
    return render(request, "setup/row.html", page, status=error.status if error else 200)


def _field(column: Column, request: HttpRequest, row: Any, found: Drafting, problems: dict[str, str]) -> FieldShown:
    value = str(row.get(column.name, ""))
    if request.method == "POST":
        value = (
            "|".join(request.POST.getlist(column.name))
            if column.kind == "several"
            else request.POST.get(column.name, "")
        )
    elif not row and column.name in request.GET:
        value = request.GET[column.name][: column.longest]
    if column.kind == "secret":
        value = MASKED if row.get(column.name) else ""
    pairs = found.setup.pairs(column.choices) if column.choices else []
    choices = (
        tuple(pairs)
        if not value or column.kind == "several" or any(each == value for each, _label in pairs)
        else (*pairs, (value, value))
    )
    return FieldShown(column, value, choices, problems.get(column.name, ""))


# --- whole sheets ----------------------------------------------------------------------------------------------------


@require_safe
@staff
def sheet(request: HttpRequest, reader: Reader, chapter: str, form: str) -> HttpResponse:
    """/setup/rows/units/sheet.csv, .xlsx: what is in force (or, with ?set=, as the draft would make it)."""
    found = plain_chapter(chapter)
    setup = (
        drafting(request, reader, chapter).setup
        if request.GET.get("set")
        else drafting(request, reader, chapter).setup.unchanged()
    )
    table = table_of(found, setup)
    content, kind = (csv_file(table), CSV_TYPE) if form == "csv" else (xlsx_of(table, title=found.label), XLSX_TYPE)
    name = f"{reader.street.name}-{found.label}-{reader.today:%Y%m%d}.{form}"
    return download(content, name=name, kind=kind)


@require_POST
@staff
def upload(request: HttpRequest, reader: Reader, chapter: str) -> HttpResponse:
    """/setup/rows/units/upload/: a file becomes changes in a draft."""
    found = plain_chapter(chapter)
    must_draft(reader, chapter)
    try:
        change_set = actions.propose_sheet(
            by=reader.actor, at=reader.at, street=reader.street.code, chapter=chapter, records=uploaded(request, found),
            change_set=_asked_set(request), title=request.POST.get("title", ""), missing=request.POST.get("missing", actions.KEEP_MISSING),
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        return rows_page(request, reader, found, error=error)
    messages.success(request, _("表已放进变更单,还没有生效;请逐项看过差异,再提交核对。"))
    return to_change_set(change_set.ref)


def uploaded(request: HttpRequest, chapter: Chapter) -> list[dict[str, str]]:
    """The records of the file that was sent. Raises WrongInput without one."""
    sent = request.FILES.get("file")
    if sent is None:
        raise WrongInput("web.no_file", "请选择一个 CSV 或 xlsx 文件。", field="file")
    return records_of(chapter, sent.read())
