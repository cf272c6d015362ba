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
from contextvars import ContextVar

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
        self._wait(turn)
        self._owner, self._depth = me, 1

    def _wait(self, turn: threading.Event) -> None:
        """Until it is this turn. Whoever is interrupted while waiting leaves the queue, or passes the turn on."""
        try:
            turn.wait()
        except BaseException:
            with self._guard:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                else:
                    self._pass_on()
            raise

    def release(self) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._pass_on()

    def _pass_on(self) -> None:
        """The longest waiting thread is next, or nobody; called under the guard."""
        if self._waiting:
            self._owner = -1  # handed over, not up for grabs
            self._waiting.popleft().set()
        else:
            self._owner = None


_writer = TicketLock()


_is_inside: ContextVar[bool] = ContextVar("inside a deed", default=False)


@contextmanager
def deed() -> Iterator[None]:
    """Everything inside happens or nothing does; on SQLite after waiting for one's turn to write.

    A deed inside a deed shares its transaction without a savepoint: when the inner one fails, the outer one cannot go on.
    """
    if _is_inside.get():
        with transaction.atomic(savepoint=False):
            yield
        return
    with _turn_to_write():
        inside = _is_inside.set(True)
        try:
            with transaction.atomic():
                yield
        finally:
            _is_inside.reset(inside)


@contextmanager
def _turn_to_write() -> Iterator[None]:
    """On SQLite this thread's turn; on PostgreSQL everyone writes at once."""
    if connection.vendor != "sqlite":
        yield
        return
    _writer.acquire()
    try:
        yield
    finally:
        _writer.release()
