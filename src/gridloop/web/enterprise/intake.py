"""A file of firms put in by hand: checked first if one likes, the good rows go in, the refused ones come back as a sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.errors import Broken, GridloopError, TooMuch, WrongInput
from gridloop.core.firm_access import must_arrange
from gridloop.core.firm_record import COLUMNS
from gridloop.offices.enterprise.actions.importing import import_enterprises, keep_intake
from gridloop.offices.enterprise.queries import pages
from gridloop.offices.enterprise.sheets import read_firms, refused_sheet
from gridloop.web.downloads import download
from gridloop.web.reader import Reader, staff

MOST_ROWS = 20_000
"""Rows a page takes; more go in by the command line, where nobody waits before a browser."""
LARGEST = 12 * 1024 * 1024
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def intakes(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/import/: the last files, and a form for the next."""
    must_arrange(reader.actor, reader.street.code)
    if request.method != "POST":
        return _page(request, reader)
    try:
        made, left_out = _put_in(request, reader)
    except Broken:
        raise
    except GridloopError as error:
        if error.status == 403:
            raise
        return _page(request, reader, problem=error.sentence, status=error.status)
    if left_out:
        messages.info(request, _("这些列没有用到:%(columns)s。") % {"columns": "、".join(left_out)})
    messages.success(
        request, _("已导入:新增 %(added)s 家,退回 %(refused)s 行。") % {"added": made.added, "refused": made.refused}
    )
    return redirect("enterprise_intake", made.ref)


def _put_in(request: HttpRequest, reader: Reader) -> tuple[Any, tuple[str, ...]]:
    sent = request.FILES.get("file")
    if sent is None:
        raise WrongInput("web.no_file", "请选择要导入的文件。", field="file")
    if (sent.size or 0) > LARGEST:
        raise TooMuch("web.file_too_large", "文件超过 12 MB;请拆分,或用命令行导入。", field="file")
    content = sent.read()
    sheet = read_firms(content, most=MOST_ROWS)
    prefer = "file" if request.POST.get("prefer") == "file" else "kept"
    name = str(sent.name)
    found = import_enterprises(
        by=reader.actor, at=reader.at, street=reader.street.code, rows=sheet.rows, source=name, prefer=prefer
    )
    made = keep_intake(
        by=reader.actor, at=reader.at, street=reader.street.code, name=name, content=content, found=found
    )
    return made, sheet.left_out


def _page(request: HttpRequest, reader: Reader, *, problem: str = "", status: int = 200) -> HttpResponse:
    page = {
        "intakes": pages.intakes(reader.actor, reader.street.code), "problem": problem, "most": MOST_ROWS,
        "columns": [(names[0], "、".join(names[1:])) for names in COLUMNS.values()],
    }  # fmt: skip
    return render(request, "enterprise/import.html", page, status=status)


@require_safe
@staff
def intake(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/import/<ref>/"""
    found = pages.intake(reader.actor, reader.street.code, ref)
    refused = pages.refused_rows(found)
    page = {"intake": found, "refused": refused[:SHOWN], "refused_count": len(refused), "report": found.report}
    return render(request, "enterprise/intake.html", page)


@require_safe
@staff
def refused(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/import/<ref>/refused.csv: the refused rows with their reasons, to be corrected and put in again."""
    found = pages.intake(reader.actor, reader.street.code, ref)
    return download(refused_sheet(pages.refused_rows(found)), name=_("退回的行.csv"), kind="text/csv; charset=utf-8")
