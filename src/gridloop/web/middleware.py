"""Answers an error of the one tree with a page that says what to do next, and keeps what staff see out of shared caches."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from gridloop.core.errors import Broken, GridloopError
from gridloop.web.answers import refusal


class Answers:
    """A ``GridloopError`` of a page becomes a designed answer with its status. ``Broken`` is ours and goes on, loudly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if "reader" in request.__dict__:
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, GridloopError) or isinstance(error, Broken) or request.path.startswith("/api/"):
            return None
        return refusal(request, error)
