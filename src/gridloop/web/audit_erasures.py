"""/audit/erasures/: a security keeper or a leader erases what the ledger says of a case, on a basis; and what was erased so far.

Three steps on one page: (1) find the case by its number, (2) tick the entries, of which only kind and moment are shown, (3) name the
basis and say that it is final. The content itself is never shown here: who erases need not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gridloop.core.access import may_keep
from gridloop.core.errors import Broken, GridloopError
from gridloop.offices.archive.actions import LONGEST_BASIS, erase_of
from gridloop.offices.archive.looking import EntryHead, entries_of
from gridloop.offices.archive.looking import erasures as certificates
from gridloop.offices.cases.queries.naming import ref_of_number
from gridloop.offices.organisation.accounts.auditing import must_read
from gridloop.web.audit import TABS
from gridloop.web.deed_words import kind_said
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

SIZE = 50
LONGEST_NUMBER = 18
"""Digits of an entry's number."""


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry of the case that was looked up; ``why_not`` says why it cannot be ticked."""

    seq: int | None
    title: str
    at: datetime
    why_not: str


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def erasures(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The page; a POST erases the ticked entries of the case."""
    must_read(reader.actor, "erase", street=reader.street.code)
    if request.method != "POST":
        return _page(request, reader, number=request.GET.get("number", ""))
    number = request.POST.get("number", "")
    try:
        gone = _erase(request, reader, number)
    except Broken:
        raise
    except GridloopError as error:
        if error.status in (403, 404):
            raise
        return _page(request, reader, number=number, error=error, status=error.status)
    messages.success(request, _("已销毁 %(n)d 条的正文;销毁证明记入台账。") % {"n": len(gone)})
    return redirect(f"{reverse('audit_erasures')}?number={_plain(number)}")


def _erase(request: HttpRequest, reader: Reader, number: str) -> tuple[int, ...]:
    street = reader.street.code
    ref = ref_of_number(street, _plain(number))
    ticked = [
        int(each)
        for each in request.POST.getlist("entries")
        if each.isascii() and each.isdecimal() and len(each) <= LONGEST_NUMBER
    ]
    return erase_of(
        f"case:{ref}", entries=ticked, street=street, basis=request.POST.get("basis", ""), by=reader.actor, at=reader.at
    )


def _page(
    request: HttpRequest, reader: Reader, *, number: str, error: GridloopError | None = None, status: int = 200
) -> HttpResponse:
    street, asked = reader.street.code, _plain(number)
    ref = ref_of_number(street, asked) if asked else ""
    found = [_shown(head) for head in entries_of(f"case:{ref}", street=street)] if ref else []
    before = request.GET.get("before", "")
    rows = certificates(street, before=int(before) if _is_key(before) else 0, size=SIZE)
    page = {
        "tabs": [(name, said(label)) for name, keeping, label in TABS if may_keep(reader.actor, keeping, street=street)],
        "number": asked, "found": found, "can": any(not each.why_not for each in found), "is_unknown": bool(asked and not ref),
        "error": error, "basis": request.POST.get("basis", "")[:LONGEST_BASIS], "ticked": request.POST.getlist("entries"),
        "rows": rows[:SIZE], "before": rows[SIZE - 1].id if len(rows) > SIZE else "", "longest": LONGEST_BASIS,
    }  # fmt: skip
    return render(request, "audit/erasures.html", page, status=status)


def _plain(number: str) -> str:
    return number.replace("\x00", "").strip()[:30]


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _shown(head: EntryHead) -> EntryShown:
    why = _("已销毁") if head.is_erased else _("待封存,一分钟后再试") if head.seq is None else ""
    return EntryShown(head.seq, kind_said(head.kind), head.at, why)
