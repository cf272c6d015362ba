"""The page of one case: what it is, why it is here, why it is due then, who was answerable, and what may be done now.

Every verb is posted to its own address. A refusal by rule comes back as the same page, with the sentence at the form, what was
typed kept, and the error's status.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.attachments import thumbnail
from gridloop.offices.cases.actions.adverse import tag_factors
from gridloop.offices.cases.actions.contact import Contact, show_contacts
from gridloop.offices.cases.queries import finding, pages
from gridloop.offices.cases.queries.explaining import explained, plainly_explained
from gridloop.web.case_choices import choices_named
from gridloop.web.case_shown import shown
from gridloop.web.enterprise.beside import beside_case
from gridloop.web.forms import CaseForm, refused_in_words
from gridloop.web.links import sent_page
from gridloop.web.ranged import part_of
from gridloop.web.reader import Reader, staff
from gridloop.web.verbs import act, filled_form, verb_named

PICTURES = ("image/jpeg", "image/png", "image/webp")


@require_safe
@staff
def case(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/cases/<ref>/"""
    return _page(request, reader, ref)


def _page(
    request: HttpRequest, reader: Reader, ref: str, *, status: int = 200, refused: tuple[str, CaseForm] | None = None,
    contacts: list[Contact] | None = None, unmask_error: str = "",
) -> HttpResponse:  # fmt: skip
    found = pages.case_file(finding.scoped_case(ref, by=reader.actor), by=reader.actor, at=reader.at)
    page = shown(found, reader, refused=refused, contacts=contacts)
    page |= {"unmask_error": unmask_error, "beside": beside_case(found.case, reader)}
    return render(request, "console/case.html", page, status=status)


@require_safe
@staff
def route(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/cases/<ref>/route/: every row of the table that routed the case, and why it won or lost, to read and to print."""
    found = finding.scoped_case(ref, by=reader.actor)
    page = {
        "case": found,
        "explained": explained(found, archive.timeline(found.subject)),
        "plain": plainly_explained(found),
    }
    return render(request, "console/case_route.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def do_verb(request: HttpRequest, reader: Reader, ref: str, verb: str) -> HttpResponse:
    """/cases/<ref>/do/<verb>/: asked for, the verb alone on a page; sent, it is done."""
    wanted = verb_named(verb)
    found = finding.scoped_case(ref, by=reader.actor)
    if request.method != "POST":
        return _verb_page(request, reader, found, verb)
    form = filled_form(verb, request.POST, request.FILES, choices=choices_named(request, reader, found))
    if not form.is_valid():
        return _page(request, reader, ref, status=422, refused=(verb, form))
    try:
        told = act(verb, by=reader.actor, at=reader.at, case=ref, form=form)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _page(request, reader, ref, status=error.status, refused=(verb, form))
    if "secret" in told:
        return sent_page(request, reader, ref, link=told["link"], secret=told["secret"])
    messages.success(request, str(wanted.said))
    return redirect(_whereto(reader, ref))


def _verb_page(request: HttpRequest, reader: Reader, found: Any, verb: str) -> HttpResponse:
    """One verb with room: what was told beside it, and for merging the cases that look alike. The case page when it is not offered."""
    file = pages.case_file(found, by=reader.actor, at=reader.at)
    page = shown(file, reader, refused=None, contacts=None)
    listed = [*page["offers"], *(offer for _title, offers in page["more_offers"] for offer in offers)]
    offer = next((each for each in listed if each.name == verb), None)
    if offer is None:
        messages.info(request, _("此件现在不能做这一步,或不由您来做。"))
        return redirect("case", ref=found.ref)
    return render(request, "console/case_verb.html", page | {"offer": offer})


def _whereto(reader: Reader, ref: str) -> str:
    """The case again, or the desk when it has left the reader's scope by this very deed."""
    try:
        finding.scoped_case(ref, by=reader.actor)
    except NotFound:
        return reverse("desk")
    return reverse("case", args=[ref])


@require_POST
@staff
def unmask(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/cases/<ref>/contacts/: the reporters in the clear, in this one answer, after the reason is on record."""
    try:
        contacts = show_contacts(by=reader.actor, at=reader.at, case=ref, reason=request.POST.get("reason", ""))
    except Broken:
        raise
    except GridloopError as error:
        if isinstance(error, NotFound):
            raise
        return _page(request, reader, ref, status=error.status, unmask_error=error.sentence)
    messages.info(request, _("已显示反映人信息,查看原因已记录。离开本页后恢复隐藏。"))
    return _page(request, reader, ref, contacts=contacts)


@require_POST
@staff
def factors(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/cases/<ref>/factors/: exactly the chosen adverse factors are on the case."""
    with refused_in_words(request):
        tag_factors(by=reader.actor, at=reader.at, case=ref, factors=request.POST.getlist("factors")[:40])
        messages.success(request, _("不利因素已记下。"))
    return redirect("case", ref)


@require_safe
@staff
def attachment(request: HttpRequest, reader: Reader, ref: str, file: str) -> HttpResponseBase:
    """/cases/<ref>/files/<file>/"""
    found = finding.scoped_case(ref, by=reader.actor)
    kept: Any = archive.attachment(file)
    if kept.subject != found.subject:
        raise NotFound("attachment.not_found", "没有这个附件;它可能已随专项结束销毁。")
    part = None if request.GET.get("size") else part_of(request, kept)
    return _guarded(part) if part else file_answer(kept, is_small=request.GET.get("size") == "small")


def file_answer(kept: Any, *, is_small: bool) -> HttpResponseBase:
    """The kept file, a picture in place (or as its thumbnail), anything else to be saved."""
    if is_small and kept.media_type in PICTURES:
        return _guarded(HttpResponse(thumbnail(kept), content_type="image/jpeg"))
    in_place = kept.media_type in PICTURES or kept.media_type.partition("/")[0] in ("audio", "video")
    answer = FileResponse(
        kept.file.open("rb"), as_attachment=not in_place, filename=kept.name, content_type=kept.media_type
    )
    answer.headers["Accept-Ranges"] = "bytes"
    return _guarded(answer)


def _guarded(answer: Any) -> HttpResponseBase:
    """A file from outside runs nothing and is guessed at by nobody."""
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    found: HttpResponseBase = answer
    return found
