"""Who is paired with whom: the matrix, filling blanks, handing over with a pack, the public notice, one's own firms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound
from gridloop.core.firm_access import may_arrange, must_arrange
from gridloop.offices.enterprise.actions.pairing import end_pairing, hand_over, name_of, pair_many, set_substitute
from gridloop.offices.enterprise.queries import packs, pairing, register, teams
from gridloop.offices.enterprise.queries.words import SLOTS
from gridloop.web.downloads import download
from gridloop.web.enterprise.documents import notice_docx, notice_pdf, pack_docx
from gridloop.web.enterprise.firm import named
from gridloop.web.enterprise.forms import EndPairingForm, HandOverForm, PairForm, choices_of
from gridloop.web.enterprise.lists import filters, links_of, must_read, query_of, wanted_from
from gridloop.web.forms import refused_in_words, tried
from gridloop.web.public.doors import absolute
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _slots() -> list[tuple[str, str]]:
    return [(slot, said(label)) for slot, label in SLOTS.items()]


@require_safe
@staff
def matrix(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/matrix/?lacks=manager"""
    return _matrix_page(request, reader)


def _matrix_page(request: HttpRequest, reader: Reader, *, status: int = 200, form: Any = None) -> HttpResponse:
    must_read(reader)
    wanted = wanted_from(request.GET)
    rows, found = pairing.matrix(reader.actor, wanted)
    unfilled = replace(wanted, lacks="", after=0)
    total, blank = register.narrowed(reader.actor, unfilled).count(), pairing.blanks(reader.actor, unfilled)
    page = {
        "rows": [(row, named(row.stack)) for row in rows], "count": found.count, "total": total, "wanted": wanted, "query": query_of(wanted),
        "choices": filters(reader, wanted), "slots": _slots(), "may_arrange": may_arrange(reader.actor, reader.street.code),
        "blanks": [(slot, label, blank[slot], f"?{query_of(replace(unfilled, lacks=slot))}") for slot, label in _slots()],
        "form": form or PairForm(choices=choices_of(reader.street.code, at=reader.at), slots=_slots()), **links_of(found, wanted),
        "terms": pairing.terms_running_out(reader.street.code, until=reader.today),
    }  # fmt: skip
    return render(request, "enterprise/matrix.html", page, status=status)


@require_POST
@staff
def fill(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/matrix/pair/: one slot of the ticked firms is held from now on."""
    street = reader.street.code
    form = PairForm(request.POST, choices=choices_of(street, at=reader.at), slots=_slots())
    ticked = [f"enterprise:{ref}" for ref in request.POST.getlist("firm")][:500]
    if not form.is_valid():
        return _matrix_page(request, reader, status=422, form=form)
    if not ticked:
        form.add_error(None, _("请先勾选要包联的企业。"))
        return _matrix_page(request, reader, status=422, form=form)
    try:
        filled = pair_many(by=reader.actor, at=reader.at, street=street, subjects=ticked, **form.cleaned_data)
    except Broken:
        raise
    except GridloopError as error:
        if error.status == 403:
            raise
        form.refuse(error)
        return _matrix_page(request, reader, status=error.status, form=form)
    messages.success(
        request,
        _("补上 %(filled)s 家;原来有人的 %(kept)s 家没有动。") % {"filled": filled, "kept": len(ticked) - filled},
    )
    return redirect("pairing_matrix")


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def change(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/pairings/<ref>/: the slot passes to somebody else."""
    row, subject = _pairing(reader, ref)
    form = HandOverForm(request.POST or None, choices=choices_of(row.street, at=reader.at))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        following = tried(form, lambda: hand_over(by=reader.actor, at=reader.at, pairing=ref, **told), passes=(403,))
        if following is not None:
            messages.success(request, _("已移交给%(name)s;请把交接包交给接手的人。") % {"name": name_of(following)})
            return redirect("handover_pack", following.ref)
    page = {
        "row": row, "slot": said(SLOTS[row.slot]), "holder": name_of(row), "subject": subject, "form": form,
        "end_form": EndPairingForm(choices=choices_of(row.street, at=reader.at), auto_id="end-%s"), "pack": packs.pack_of(row, by=reader.actor),
    }  # fmt: skip
    return render(request, "enterprise/handover.html", page, status=422 if form.is_bound else 200)


def _pairing(reader: Reader, ref: str) -> tuple[Any, Any]:
    """The pairing and the firm it is for, if the reader sees the firm. Raises NotFound, NotAllowed."""
    row = pairing.pairing_row(ref, by=reader.actor)
    if row is None:
        raise NotFound("enterprise.no_pairing", "没有这条包联;请刷新页面。", pairing=ref)
    must_arrange(reader.actor, row.street)
    return row, packs.subject_of(row, by=reader.actor)


@require_POST
@staff
def finish(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/pairings/<ref>/end/"""
    _row, subject = _pairing(reader, ref)
    with refused_in_words(request) as refused:
        end_pairing(by=reader.actor, at=reader.at, pairing=ref, reason=request.POST.get("reason", ""))
    if refused:
        return redirect("change_pairing", ref)
    messages.success(request, _("包联已结束;空缺会显示为红色,直到有人接上。"))
    return redirect("enterprise", subject.ref)


@require_POST
@staff
def substitute(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/pairings/<ref>/substitute/"""
    _row, subject = _pairing(reader, ref)
    with refused_in_words(request) as refused:
        set_substitute(by=reader.actor, at=reader.at, pairing=ref, substitute=request.POST.get("substitute", ""))
    if refused:
        return redirect("change_pairing", ref)
    messages.success(request, _("备岗已更新。"))
    return redirect("enterprise", subject.ref)


@require_safe
@staff
def pack(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/pairings/<ref>/pack/: what the next holder must know, to read or to print."""
    row, subject = _own_pairing(reader, ref)
    page = {
        "row": row,
        "slot": said(SLOTS[row.slot]),
        "holder": name_of(row),
        "subject": subject,
        "pack": packs.pack_of(row, by=reader.actor),
    }
    return render(request, "enterprise/pack.html", page)


@require_safe
@staff
def pack_file(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/pairings/<ref>/pack.docx"""
    row, _subject = _own_pairing(reader, ref)
    return download(pack_docx(packs.pack_of(row, by=reader.actor), at=reader.at), name="交接包.docx", kind=DOCX)


def _own_pairing(reader: Reader, ref: str) -> tuple[Any, Any]:
    """The pairing, for those who arrange and for whoever sees the firm. Raises NotFound."""
    row = pairing.pairing_row(ref, by=reader.actor)
    if row is None:
        raise NotFound("enterprise.no_pairing", "没有这条包联;请刷新页面。", pairing=ref)
    return row, packs.subject_of(row, by=reader.actor)


@require_safe
@staff
def notice(request: HttpRequest, reader: Reader, ref: str, form: str) -> HttpResponse:
    """/enterprises/<ref>/notice.pdf or .docx: the four names as a public notice (公示牌)."""
    found = register.enterprise(ref, by=reader.actor)
    if found.left_at is not None:
        raise Http404
    report = absolute(f"{reverse('report', args=[reader.street.slug])}?firm={found.ref}")
    told = packs.notice_of(found, address=report)
    make, kind, name = (
        (notice_pdf, "application/pdf", "公示牌.pdf") if form == "pdf" else (notice_docx, DOCX, "公示牌.docx")
    )
    return download(make(told, at=reader.at), name=name, kind=kind)


@require_safe
@staff
def coverage(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/coverage/?service=tax: the four coverages, and the firms that one of them does not reach."""
    must_read(reader)
    service = request.GET.get("service", "")
    wanted = wanted_from(request.GET)
    bars = teams.coverage(reader.actor)
    found = teams.uncovered_firms(reader.actor, service, after=wanted.after) if service else None
    page = {
        "bars": [{"bar": bar, "label": said(bar.label), "share": bar.covered / bar.total if bar.total else 0.0} for bar in bars],
        "service": service, "label": next((said(bar.label) for bar in bars if bar.service == service), ""), "found": found,
        "next": f"?service={service}&after={found.after}" if found and found.after else "",
    }  # fmt: skip
    return render(request, "enterprise/coverage.html", page)
