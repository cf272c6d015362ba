"""On SQLite, one writing API call at a time inside a process, queued at the door instead of at the first statement.

Threads of one interpreter that work on writes at the same time gain nothing (one writer, one interpreter lock) and lose a third of
their speed handing the lock to and fro at each statement (bench/intake.py). Reading is not queued, so a page is answered while an import runs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from gridloop.offices.archive.transaction import queue_to_write

READS = ("GET", "HEAD", "OPTIONS")


class QueueAtTheDoor:
    """A call that writes waits for its turn after its body has arrived, so that a slow sender holds nobody up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.method in READS
            or not request.path.startswith("/api/")
            or request.content_type != "application/json"
        ):
            return self.get_response(request)
        with suppress(RequestDataTooBig, UnreadablePostError):  # the call itself meets it again, and answers
            _ = request.body
        with queue_to_write():
            return self.get_response(request)
