"""Serving: two children under one roof, kept running, stopped together."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

from gridloop.site.serving import Keeper, Restarted, tell_children, web_command

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
END = (sys.executable, "-c", "raise SystemExit(3)")


def test_asked_to_stop_both_children_end_and_the_exit_code_is_0():
    keeper = Keeper(web=SLEEP, tick=SLEEP)
    threading.Timer(0.5, keeper.ask_to_stop).start()

    assert keeper.keep() == 0


def test_when_the_web_server_dies_everything_stops_with_its_code():
    assert Keeper(web=END, tick=SLEEP).keep() == 3


def test_a_tick_that_dies_is_started_again():
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


def test_what_the_children_write_into_receipts_leads_to_the_port_that_is_served(monkeypatch, tmp_path):
    monkeypatch.setenv("GRIDLOOP_HOME", str(tmp_path))
    monkeypatch.setenv("GRIDLOOP_URL", "")
    monkeypatch.setenv("GRIDLOOP_PORT", "")
    ask = "from gridloop.site import settings; print(settings.PUBLIC_URL, settings.LEDGER_KEY_NAME)"

    tell_children(port=0)
    at_any = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    tell_children(port=8317)
    child = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)

    assert at_any.stdout.split() == ["http://127.0.0.1:8000", "127.0.0.1:8000"]
    assert child.stdout.split() == ["http://127.0.0.1:8317", "127.0.0.1:8000"]


def test_the_web_server_serves_our_door():
    command = web_command(host="127.0.0.1", port=8000)

    assert command[-1] == "gridloop.site.wsgi:application"
    assert command[command.index("--interface") + 1] == "wsgi"
