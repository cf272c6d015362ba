"""One transaction per deed, and on SQLite one writer at a time, served in the order of arrival.

SQLite lets one connection write; contenders that wait in its busy handler are served at random and some wait for
seconds. Inside one process we therefore queue in front of it: a ticket lock, first come first served. PostgreSQL
needs no queue. ``deed()`` nests: an action called by an action shares the outer transaction.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


class TicketLock:
    """A lock that serves waiting threads in the order in which they came; the holder may enter again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._owner: int | None = None
        self._depth = 0

    def acquire(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner in (None, me):
                self._owner, self._depth = me, self._depth + 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()
        self._owner, self._depth = me, 1

    def release(self) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            if self._waiting:
                self._owner = -1  # handed over, not up for grabs
                self._waiting.popleft().set()
            else:
                self._owner = None


_writer = TicketLock()


@contextmanager
def deed() -> Iterator[None]:
    """Everything inside happens or nothing does; on SQLite after waiting for one's turn to write."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    _writer.acquire()
    try:
        with transaction.atomic():
            yield
    finally:
        _writer.release()
