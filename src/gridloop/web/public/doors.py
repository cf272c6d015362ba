"""What the public views share: the street behind a short name, the receipt behind a secret, and pages that tell nobody else.

A page behind a receipt is *private*: whoever has its address has the receipt. So it is never cached, never indexed, and its address
never leaves in a ``Referer``: ``strict-origin`` names at most the host. (``no-referrer`` would hide the host as well, but then browsers
send ``Origin: null`` with every form of the page, and Django rightly refuses such forms.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gridloop.core.access import Actor
from gridloop.core.errors import Broken, GridloopError, NotFound
from gridloop.offices.cases.queries import following
from gridloop.offices.organisation import queries as organisation
from gridloop.web.answers import refusal
from gridloop.web.reader import moment

PUBLIC = Actor(kind="reporter", ref="public", name="居民")
"""Whoever files without an account; what they may do later follows from their receipt."""
SECRET_LENGTH = 32
PRIVATE = {
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A receipt that was opened: its secret, the report and its offshoots, who may act on them, their street, the moment.

    ``home`` is where the page lies when it was opened otherwise (from a firm's own page).
    """

    secret: str
    reports: list[Any]
    by: Actor
    street: Any
    at: datetime
    home: str = ""

    @property
    def address(self) -> str:
        return self.home or reverse("follow", args=[self.secret])

    def report(self, ref: str) -> Any:
        """The report by ref among those of this receipt; without ref the receipt's own. Raises NotFound."""
        found = next((report for report in self.reports if report.ref == ref), None) if ref else self.reports[0]
        if found is None:
            raise NotFound("public.not_yours", "这张回执里没有这件事项;请刷新页面重试。", report=ref)
        return found


View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """The answer, whatever it is, is kept by nobody and found by nobody."""

    @wraps(view)
    def privately(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except Broken:
            raise
        except GridloopError as error:
            answer = refusal(request, error)
        for name, value in PRIVATE.items():
            answer[name] = value
        return answer

    return privately


def with_receipt(view: View) -> View:
    """The view gets what the secret opens; a secret that opens nothing gets a page that says where to look."""

    @wraps(view)
    def for_reporter(request: HttpRequest, secret: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            opened = open_receipt(secret, at=moment(request))
        except NotFound:
            return render(request, "public/no_receipt.html", {"length": SECRET_LENGTH}, status=404)
        return view(request, opened, *args, **kwargs)

    return private(for_reporter)


def open_receipt(secret: str, *, at: datetime) -> Opened:
    """What the secret opens. Raises NotFound."""
    reports = following.told_by(following.report_of(secret))
    return Opened(secret, reports, following.reporter(reports), organisation.street(reports[0].street), at)


def secret_in(said: str) -> str:
    """The secret in what was typed or pasted: a whole link, capitals, blanks and dashes are understood."""
    linked = re.search(r"/r/([^/?#\s]+)", said)
    return re.sub(r"[\s\-_·.。,,、]", "", linked.group(1) if linked else said).lower()


def grouped(secret: str) -> str:
    """The secret in groups of four, as it is printed and read aloud."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def absolute(address: str) -> str:
    """The address as it stands on paper: with the installation's public host."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{address}"
