"""Serving: two children under one roof, kept running, stopped together."""

from __future__ import annotations

import signal
import sys
import threading
import time

from gridloop.site.serving import Keeper, Restarted, web_command

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
END = (sys.executable, "-c", "raise SystemExit(3)")


def test_asked_to_stop_both_children_end_and_the_exit_code_is_0():
    keeper = Keeper(web=SLEEP, tick=SLEEP)
    threading.Timer(0.5, keeper.ask_to_stop).start()

    assert keeper.keep() == 0


def test_when_the_web_server_dies_everything_stops_with_its_code():
    assert Keeper(web=END, tick=SLEEP).keep() == 3


def test_a_tick_that_dies_is_started_again():
    import subprocess

    tick = Restarted(SLEEP, subprocess.Popen)
    first = tick.child
    first.send_signal(signal.SIGKILL)
    first.wait()

    deadline = time.monotonic() + 60
    while tick.child is first and time.monotonic() < deadline:
        tick.look_after()
        time.sleep(0.05)

    assert tick.child is not first
    assert tick.child.poll() is None
    tick.child.kill()
    tick.child.wait()


def test_the_web_server_serves_our_door():
    command = web_command(host="127.0.0.1", port=8000)

    assert command[-1] == "gridloop.site.wsgi:application"
    assert command[command.index("--interface") + 1] == "wsgi"
