"""``gridloop up``: the web server and the tick, started together, kept running, stopped together.

Terms: the *web server* is granian over WSGI; the *tick* is ``gridloop.site.tick`` in a process of its own, so that neither slows the
other; the *keeper* is this process, which only watches the two.

Guarantees

* Before anything is served the tables are as this version expects them.
* SQLite: one worker with several threads (one page cache; writing calls queue at the door, ``turns``). PostgreSQL: a worker a core, one thread each.
* SIGTERM or SIGINT stops both cleanly: requests under way are answered, a tick under way is finished; what does not stop
  within 20 s is killed, which is harmless (``tick`` promises that).
* A tick that dies is started again after a pause; when the web server dies, everything stops and the exit code is not 0, so that
  whoever supervises us (systemd, a container) starts us again.

Worked example::

    up(host="127.0.0.1", port=8000)      # returns when stopped
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from django.core.management import call_command
from django.db import connection

from gridloop.site.database import open_django
from gridloop.site.home import PORT

THREADS_ON_SQLITE = 4
SECONDS_TO_STOP = 20
LONGEST_PAUSE = 30.0
TICK = (
    sys.executable,
    "-c",
    "from gridloop.site.database import open_django; open_django(); from gridloop.site.tick import main; main()",
)


def up(*, host: str = "127.0.0.1", port: int = 8000, workers: int | None = None) -> int:
    """The house is open until SIGTERM or SIGINT; the exit code: 0 when it was asked to stop, else the web server's."""
    open_django()
    prepare()
    tell_children(port=port)
    keeper = Keeper(web=web_command(host=host, port=port, workers=workers), tick=TICK)
    before = {number: signal.signal(number, keeper.ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    connection.close()
    try:
        return keeper.keep()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tell_children(*, port: int) -> None:
    """What the children write into receipts and QR codes leads to this port; 0, any port that is free, nobody knows before."""
    if port:
        os.environ[PORT] = str(port)


def prepare() -> None:
    """The tables are as this version expects them, the cache's included."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def web_command(*, host: str, port: int, workers: int | None = None) -> tuple[str, ...]:
    """How the web server is started: ``workers`` by default one on SQLite, one a core on PostgreSQL."""
    is_sqlite = connection.vendor == "sqlite"
    count = 1 if is_sqlite else workers or os.cpu_count() or 1
    threads = THREADS_ON_SQLITE if is_sqlite else 1
    return (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(count),
        "--blocking-threads", str(threads), "--backpressure", str(max(64, threads * 8)), "--no-ws",
        "--workers-kill-timeout", str(SECONDS_TO_STOP // 2), "--respawn-failed-workers", "--log-level", "warning",
        "gridloop.site.wsgi:application",
    )  # fmt: skip


@dataclass(slots=True)
class Keeper:
    """Two child processes under one roof."""

    web: Sequence[str]
    tick: Sequence[str]
    start: Callable[[Sequence[str]], subprocess.Popen[bytes]] = subprocess.Popen
    stopping: threading.Event = field(default_factory=threading.Event)

    def ask_to_stop(self, *_: object) -> None:
        self.stopping.set()

    def keep(self) -> int:
        """Watches until asked to stop or the web server has ended; then both are stopped."""
        web, tick = self.start(self.web), Restarted(self.tick, self.start)
        try:
            while not self.stopping.wait(0.2) and web.poll() is None:
                tick.look_after()
        finally:
            end_all([web, tick.child])
        return 0 if self.stopping.is_set() else web.returncode or 1


class Restarted:
    """A child that is started again when it dies, each time after a longer pause while it keeps dying at once."""

    def __init__(self, command: Sequence[str], start: Callable[[Sequence[str]], subprocess.Popen[bytes]]) -> None:
        self._command, self._start = command, start
        self._pause, self._next = 1.0, 0.0
        self._born = monotonic()
        self.child = start(command)

    def look_after(self) -> None:
        if self.child.poll() is None:
            return
        now = monotonic()
        if not self._next:
            self._pause = 1.0 if now - self._born > LONGEST_PAUSE else min(self._pause * 2, LONGEST_PAUSE)
            self._next = now + self._pause
        elif now >= self._next:
            self._born, self._next = now, 0.0
            self.child = self._start(self._command)


def end_all(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Every child has ended: asked first, killed after 20 s."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = monotonic() + SECONDS_TO_STOP
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
