"""The page behind an outside link, /l/<secret>/: one task for a body without an account, answered on a phone without a script.

Who holds the address may answer: so the page is kept by nobody, indexed by nobody, its secret is struck from the logs, guesses are
counted, and nothing personal is on it before the body asks for it and says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound, WrongInput
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.cases.actions import answer_outside, ask_outside_time, show_contacts_outside
from gridloop.offices.cases.actions.links import LONGEST_LEASE, MOST_PHOTOS
from gridloop.offices.cases.queries import finding, outside
from gridloop.web.filing import quick_response_code
from gridloop.web.public.doors import private
from gridloop.web.public.limits import count
from gridloop.web.public.report import read_photo
from gridloop.web.reader import Reader, moment
from gridloop.web.verbs import new_key

LONGEST_SECRET = 64


def sent_page(request: HttpRequest, reader: Reader, ref: str, *, link: str, secret: str) -> HttpResponse:
    """The address to hand to the outside body, shown in this answer only (and again if the very same form is sent again)."""
    case = finding.scoped_case(ref, by=reader.actor)
    address = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('outside', args=[secret])}"
    page = {
        "case": case, "link": outside.link_of_case(case, link), "address": address, "code": quick_response_code(address), "at": reader.at,
    }  # fmt: skip
    return render(request, "console/link_sent.html", page)


@require_safe
@private
def task(request: HttpRequest, secret: str) -> HttpResponse:
    """/l/<secret>/"""
    return _page(request, secret, _link(request, secret))


def _link(request: HttpRequest, secret: str) -> Any:
    """The link behind the secret. Guesses are counted: raises TooMuch, NotFound."""
    try:
        return outside.link_behind(secret[:LONGEST_SECRET])
    except NotFound:
        count(request, "follow", at=moment(request))
        raise


def _page(
    request: HttpRequest,
    secret: str,
    link: Any,
    *,
    problem: str = "",
    field: str = "",
    contacts: Any = None,
    status: int = 200,
) -> HttpResponse:
    page = {
        "task": outside.lent_task(link, at=moment(request)), "secret": secret, "key": new_key(), "problem": problem, "field": field,
        "said": request.POST, "contacts": contacts, "most_photos": MOST_PHOTOS, "longest": LONGEST_LEASE, "at": moment(request),
    }  # fmt: skip
    return render(request, "public/outside.html", page, status=status)


def _answer(request: HttpRequest, secret: str) -> None:
    photos = [
        (photo.name or _("照片"), read_photo(photo)) for photo in request.FILES.getlist("photos")[: MOST_PHOTOS + 1]
    ]
    answer_outside(secret=secret, at=moment(request), text=request.POST.get("text", ""), photos=photos)


def _ask_time(request: HttpRequest, secret: str) -> None:
    days = request.POST.get("days", "")
    if not (days.isascii() and days.isdigit() and len(days) < 4):
        raise WrongInput("cases.no_days", _("请写要延长几天。"), field="days")
    ask_outside_time(secret=secret, at=moment(request), days=int(days), reason=request.POST.get("reason", ""))


Deed = Callable[[HttpRequest, str], None]
DEEDS: dict[str, tuple[Deed, Any]] = {
    "answer": (_answer, gettext_lazy("答复已送达发件人,等待验收。")),
    "time": (_ask_time, gettext_lazy("延长申请已送达发件人。")),
}


@require_POST
@private
def act(request: HttpRequest, secret: str, deed: str) -> HttpResponse:
    """/l/<secret>/do/<deed>/: done once for the form's key; a refusal comes back as the page, with the words kept."""
    link = _link(request, secret)
    if deed not in DEEDS:
        raise NotFound("outside.no_deed", _("没有这个操作;请刷新页面重试。"))
    do, done = DEEDS[deed]

    def once() -> dict[str, Any]:
        do(request, secret)
        return {}

    said = {name: value for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "key")}
    try:
        count(request, "write", at=moment(request))
        once_sealed(
            door=f"link:{link.ref}",
            key=request.POST.get("key", "")[:64],
            content=[deed, said],
            at=moment(request),
            do=once,
        )
    except Broken:
        raise
    except GridloopError as error:
        shown = _link(request, secret)
        return _page(
            request,
            secret,
            shown,
            problem=error.sentence,
            field=str(error.fields.get("field", "")),
            status=error.status,
        )
    messages.success(request, str(done))
    return redirect("outside", secret=secret)


@require_POST
@private
def contacts(request: HttpRequest, secret: str) -> HttpResponse:
    """/l/<secret>/contacts/: the reporters in this one answer, where the sender allowed it, after the reason is on record."""
    link = _link(request, secret)
    try:
        count(request, "write", at=moment(request))
        found = show_contacts_outside(secret=secret, at=moment(request), reason=request.POST.get("why", ""))
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, secret, link, problem=error.sentence, field="why", status=error.status)
    return _page(request, secret, link, contacts=found)
