"""One transaction per deed, and on SQLite one writer at a time, served in the order of arrival.

SQLite lets one connection write; contenders that wait in its busy handler sleep, are served at random, and some wait for
seconds. We therefore queue in front of it: the threads of a process by a ticket lock, first come first served, and the
processes (web workers, tick, commands) by a lock on a file beside the database, which the system takes back from whoever
dies. PostgreSQL needs no queue. ``deed()`` nests: an action called by an action shares the outer transaction.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

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
    """On SQLite this thread's turn, then this process's; on PostgreSQL everyone writes at once."""
    with queue_to_write():
        if connection.vendor != "sqlite":
            yield
            return
        with _turn_of_the_process(str(connection.settings_dict["NAME"])):
            yield


@contextmanager
def queue_to_write() -> Iterator[None]:
    """On SQLite no other thread of this process writes meanwhile; on PostgreSQL nothing. May be entered again."""
    if connection.vendor != "sqlite":
        yield
        return
    _writer.acquire()
    try:
        yield
    finally:
        _writer.release()


@contextmanager
def _turn_of_the_process(database: str) -> Iterator[None]:
    """No other process of this machine writes to the database file meanwhile."""
    file = _queue_file(database, os.getpid())
    if file is None:
        yield
        return
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


@cache
def _queue_file(database: str, process: int) -> int | None:
    """An open file to queue at; None for a database in memory, which no other process can see."""
    if not database or "memory" in database.rpartition("/")[2]:
        return None
    return os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
