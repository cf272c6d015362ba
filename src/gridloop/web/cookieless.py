"""Residents whose browser keeps no cookies report, follow and suggest like everybody else.

A forged form (CSRF) abuses the cookie that a browser sends along with it. A request without a single cookie carries nobody's authority: whoever
forges it could as well send it themselves. So the token, which needs a cookie, is not asked of it on pages that need no account. A form that says
it comes from another site is still refused, and everything with a cookie is checked as ever. Signing in is not among these pages: there a forged
form could sign somebody in as another person.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

OPEN = ("/s/", "/r/", "/l/", "/follow/", "/suggest/")
"""The addresses whose forms need no account: reporting, a receipt, a task of an outside body, finding a receipt, the suggestion box."""


class NoCookieNeeded:
    """Stands before Django's check of forged forms, and tells it when there is nothing to check."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.COOKIES and request.path_info.startswith(OPEN) and _comes_from_here(request):
            request.csrf_processing_done = True  # type: ignore[attr-defined]
        return self.get_response(request)


def _comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser names this site as where the form stood, or does not say."""
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"
