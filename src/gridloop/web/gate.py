"""Pages about the account itself (password, second factor) know their reader, and are closed to whoever has no post today.

allauth's views look only at the account. Here every one of them first finds the reader, as ``web.reader.staff`` does for ours. The step
that may be due (a new password, a second factor) is not asked for: these are the pages on which it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from gridloop.core.errors import NotAllowed
from gridloop.web.answers import refusal
from gridloop.web.reader import reader_of

OPEN = frozenset({"account_login", "account_logout", "account_inactive", "mfa_authenticate", "mfa_login_webauthn"})


class AccountPages:
    """Asks before allauth's pages, under /accounts/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not request.path.startswith("/accounts/") or match is None or match.url_name in OPEN:
            return None
        if not request.user.is_authenticated:
            return None
        try:
            reader_of(request)
        except NotAllowed as closed:
            return refusal(request, closed)
        return None
