"""The suggestion box (意见建议) that every page leads to: what is wrong or missing on the pages themselves.

Which page it was is what the browser says it came from (``Referer``), cut down to the path; pages behind a receipt name nothing. Whoever writes gets
an address under which the keeper's answer will stand.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.access import Actor
from gridloop.core.errors import Broken, GridloopError, WrongInput
from gridloop.offices.notices.suggestions import queries as box
from gridloop.offices.notices.suggestions.actions import LONGEST, suggest
from gridloop.offices.organisation import queries as organisation
from gridloop.web.public.doors import PUBLIC, private
from gridloop.web.public.limits import count
from gridloop.web.public.told import HONEYPOT
from gridloop.web.reader import moment, reader_of


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion_box(request: HttpRequest) -> HttpResponse:
    """/suggest/?street=<slug>"""
    if request.method != "POST":
        return _form(request, page=_came_from(request))
    if request.POST.get(HONEYPOT):
        return redirect("front")
    try:
        who, street = _who(request)
        count(request, "suggest", at=moment(request), street=street.code)
        row = suggest(
            by=who, at=moment(request), street=street.code, text=request.POST.get("text", ""), page=request.POST.get("page", ""),
            contact=request.POST.get("contact", ""),
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        return _form(request, page=request.POST.get("page", ""), problem=error)
    return redirect(f"{reverse('suggestion', args=[row.ref])}?new=1")


@private
@require_safe
def suggestion(request: HttpRequest, ref: str) -> HttpResponse:
    """/suggest/<ref>/: what was said, and the answer once there is one."""
    found = box.suggestion(ref)
    page = {"row": found, "street": organisation.street(found.street), "is_new": "new" in request.GET}
    return render(request, "public/suggestion.html", page)


def _who(request: HttpRequest) -> tuple[Actor, Any]:
    """Whoever suggests, and to which street: staff to their own, others to the one they name or the only one. Raises WrongInput."""
    if request.user.is_authenticated:
        reader = reader_of(request)
        return reader.actor, reader.street
    slug, streets = request.POST.get("street", ""), organisation.streets()
    if slug:
        return PUBLIC, organisation.street(slug)
    if len(streets) != 1:
        raise WrongInput("public.no_street", _("请选择您要告诉哪个街道。"), field="street")
    return PUBLIC, streets[0]


def _form(request: HttpRequest, *, page: str, problem: GridloopError | None = None) -> HttpResponse:
    shown = {
        "streets": [] if request.user.is_authenticated else organisation.streets(),
        "chosen": request.POST.get("street", "") or request.GET.get("street", ""),
        "from_page": page,
        "said": request.POST if request.method == "POST" else {},
        "problem": problem.sentence if problem else "",
        "field": str(problem.fields.get("field", "")) if problem else "",
        "longest": LONGEST,
        "honeypot": HONEYPOT,
    }
    return render(request, "public/suggest.html", shown, status=problem.status if problem else 200)


def _came_from(request: HttpRequest) -> str:
    """The path of this site's page that led here; empty when the browser does not say."""
    said = urlsplit(request.headers.get("Referer", ""))
    return said.path if said.netloc == request.get_host() else ""
