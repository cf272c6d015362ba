"""/enterprises/stories/: short stories of firms, told with their consent; a draft with its photo, made public by a second person, a .docx of each."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from docx import Document
from docx.shared import Mm

from gridloop.core.errors import NotFound
from gridloop.core.firm_access import may_arrange, may_serve
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.enterprise.actions import stories as acts
from gridloop.offices.enterprise.queries import links as queries
from gridloop.offices.enterprise.queries.story_drafts import story_draft
from gridloop.web.case import file_answer
from gridloop.web.downloads import download
from gridloop.web.enterprise.forums import attempt
from gridloop.web.enterprise.link_forms import StoryForm
from gridloop.web.enterprise.links import firm_named
from gridloop.web.enterprise.lists import must_read
from gridloop.web.forms import refused_in_words
from gridloop.web.reader import Reader, staff
from gridloop.web.webhooks import NO_CHOICES

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def stories(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/stories/: the list, and the form for a draft."""
    must_read(reader)
    joined = [
        (row.ref, f"{row.need.enterprise.name} – {row.offer.enterprise.name}") for row in queries.links(reader.actor)
    ]
    form = StoryForm(
        request.POST or None, request.FILES or None, choices=NO_CHOICES, auto_id="story-%s", links=joined,
        initial=_begun(request, reader),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _written(reader, dict(form.cleaned_data)))
        if made is not None:
            messages.success(request, _("草稿已保存;由另一位值班受理岗或街道领导看过再公开。"))
            return redirect("story", made.ref)
    page = {
        "rows": queries.stories(reader.actor), "form": form, "may_serve": may_serve(reader.actor, reader.street.code),
    }  # fmt: skip
    return render(request, "enterprise/stories.html", page, status=422 if form.is_bound else 200)


def _begun(request: HttpRequest, reader: Reader) -> dict[str, str]:
    """What the form begins with: a link, or the draft made of a struck-off case."""
    case = request.GET.get("case", "")[:40]
    if not case or request.method == "POST":
        return {"link": request.GET.get("link", "")}
    found = story_draft(case, by=reader.actor)
    return {
        "enterprise": found.firm.name,
        "title": found.draft.title,
        "text": found.draft.text,
        "case": found.case.number,
    }


def _written(reader: Reader, told: dict[str, Any]) -> Any:
    """The draft and its photo, both or neither."""
    firm, photo = firm_named(reader, told.pop("enterprise")), told.pop("photo")
    by = {"by": reader.actor, "at": reader.at}
    with deed():
        made = acts.write_story(**by, enterprise=firm.ref, **told)
        if photo:
            acts.add_photo(**by, story=made.ref, name=photo.name, content=photo.read())
    return made


@require_safe
@staff
def story(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/stories/<ref>/"""
    shown = queries.story(ref, by=reader.actor)
    page = {
        "openable": openable(reader.actor, [shown.row.case.ref] if shown.row.case else []),
        "shown": shown, "row": shown.row, "may_serve": may_serve(reader.actor, shown.row.street),
        "may_publish": may_arrange(reader.actor, shown.row.street),
    }  # fmt: skip
    return render(request, "enterprise/story.html", page)


@require_POST
@staff
def publish(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/stories/<ref>/publish/"""
    return _done(request, ref, lambda: acts.publish_story(by=reader.actor, at=reader.at, story=ref), _("已公开。"))


@require_POST
@staff
def withdraw(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/stories/<ref>/withdraw/"""
    reason = request.POST.get("reason", "")
    return _done(
        request,
        ref,
        lambda: acts.withdraw_story(by=reader.actor, at=reader.at, story=ref, reason=reason),
        _("已撤下。"),
    )


def _done(request: HttpRequest, ref: str, do: Any, told: str) -> HttpResponse:
    with refused_in_words(request):
        do()
        messages.success(request, told)
    return redirect("story", ref)


@require_safe
@staff
def photo(request: HttpRequest, reader: Reader, ref: str, file: str) -> HttpResponseBase:
    """/enterprises/stories/<ref>/photos/<file>/"""
    kept = next((each for each in queries.story(ref, by=reader.actor).photos if each.ref == file), None)
    if kept is None:
        raise NotFound("attachment.not_found", "没有这个附件;它可能已随专项结束销毁。")
    return file_answer(kept, is_small=request.GET.get("size") == "small")


@require_safe
@staff
def document(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/stories/<ref>.docx"""
    shown = queries.story(ref, by=reader.actor)
    paper = Document()
    paper.add_heading(shown.row.title, level=1)
    paper.add_paragraph(shown.row.enterprise.name)
    for part in shown.row.text.splitlines():
        paper.add_paragraph(part)
    for kept in shown.photos:
        with kept.file.open("rb") as file:
            paper.add_picture(io.BytesIO(file.read()), width=Mm(150))
    if not shown.is_public:
        paper.add_paragraph("草稿,企业同意并公开之前不得外发。")  # in Chinese, as the story is
    out = io.BytesIO()
    paper.save(out)
    return download(out.getvalue(), name=f"{shown.row.title}.docx", kind=DOCX)
