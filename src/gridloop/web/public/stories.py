"""/s/<slug>/stories/: what firms agreed to have told: a list, one story, its photos. Taken down the moment a firm takes its word back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.errors import NotFound
from gridloop.offices.enterprise.queries import links as queries
from gridloop.offices.organisation import queries as organisation
from gridloop.web.case import file_answer

PAGE = 12


@require_safe
def stories(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/stories/?after=…"""
    street = organisation.street(slug)
    asked = request.GET.get("after", "")[:40]
    rows = queries.public_stories(street.code, after=asked, size=PAGE + 1)
    shown = rows[:PAGE]
    page = {
        "street": street, "rows": shown, "is_first": not asked, "next": queries.NEWEST.key(shown[-1].row) if len(rows) > PAGE else "",
    }  # fmt: skip
    return _fresh(render(request, "public/stories.html", page))


@require_safe
def story(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """/s/<slug>/stories/<ref>/"""
    street = organisation.street(slug)
    shown = queries.public_story(street.code, ref)
    return _fresh(render(request, "public/story.html", {"street": street, "shown": shown, "row": shown.row}))


@require_safe
def photo(request: HttpRequest, slug: str, ref: str, file: str) -> HttpResponseBase:
    """/s/<slug>/stories/<ref>/photos/<file>/"""
    shown = queries.public_story(organisation.street(slug).code, ref)
    kept = next((each for each in shown.photos if each.ref == file), None)
    if kept is None:
        raise NotFound("public.no_photo", _("没有这张照片;请从查询页重新打开。"))
    return _fresh(file_answer(kept, is_small=request.GET.get("size") == "small"))


def _fresh(answer: Any) -> Any:
    """Nobody keeps a copy: what a firm takes back is gone at once."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
