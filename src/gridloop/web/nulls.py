"""What is asked and what is typed is read without the null character: no text holds it, and PostgreSQL refuses even to be asked for it.

Nobody types it; it comes from a damaged paste or from a program that tries everything. A page reads the rest as if it were not there. The
API refuses it instead (``api.manners``), for there a program can mend what it sends; the pages of accounts have forms that refuse it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

NULL = "\x00"
OTHERWISE = ("/api/", "/accounts/")


class WithoutNull:
    """Cleans the address and the form before a view reads them. A form whose size a view must judge first (it bears ``csrf_exempt``) is left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _named: Any) -> None:
        """The values without it. Returns None: the view is called as ever."""
        if request.path_info.startswith(OTHERWISE):
            return
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = cleaned(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and not getattr(view, "csrf_exempt", False) and _holds_null(request.POST):
            request.POST = cleaned(request.POST)  # type: ignore[assignment]


def _holds_null(sent: QueryDict) -> bool:
    return any(NULL in value for _name, values in sent.lists() for value in values)


def cleaned(sent: QueryDict) -> QueryDict:
    """The same names and values in the same order, without the null character."""
    found = QueryDict(mutable=True)
    for name, values in sent.lists():
        found.setlist(name.replace(NULL, ""), [value.replace(NULL, "") for value in values])
    found._mutable = False
    return found
