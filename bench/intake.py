"""Intake over HTTP with durable commit, the whole pipeline, beside its limit and its peer in the same run.

Run: ``python bench/intake.py`` (SQLite in a temporary folder), with DATABASE_URL set (PostgreSQL; tables are added to that
database, so give it an empty one), or ``--postgresql`` (an embedded server, started and thrown away).

(a) the limit: two rows inserted and committed by the bare driver, one client;
(b) the peer: a minimal Django view that inserts two rows, same server, 16 clients;
(c) gridloop: POST /api/v1/cases, placed, classified, routed, timed, recorded, 16 clients;
(d) gridloop: POST /api/v1/intake, 500 cases a call.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

CLIENTS = 16
WORDS = ("路灯不亮", "井盖松动", "夜间施工噪音", "楼道漏水", "积水严重", "油烟扰民", "垃圾未清运", "树枝遮挡")
NEEDED = {"sqlite": 250, "postgresql": 200}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--postgresql", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("GRIDLOOP_HOME", folder)
        if chosen.postgresql:
            from tests.postgres import running_server

            with running_server(durable=True) as url:
                os.environ["DATABASE_URL"] = url
                measure(chosen.requests)
        else:
            measure(chosen.requests)


def measure(requests: int) -> None:
    """One run: found, insert bare, serve, drive, print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.intake_server.settings"
    os.environ["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'src'}"
    token = _found()
    bare = _bare(seconds=3.0)
    from django.db import connection, connections

    vendor = connection.vendor
    connections.close_all()
    with _Server() as port:
        from bench.http_load import drive

        drive(
            port=port, path="/bench/two-rows", body=_one, headers={}, clients=CLIENTS, requests=50
        )  # each worker has loaded
        minimal = drive(port=port, path="/bench/two-rows", body=_one, headers={}, clients=CLIENTS, requests=requests)
        bearer = {"Authorization": f"Bearer {token}"}
        whole = drive(port=port, path="/api/v1/cases", body=_one, headers=bearer, clients=CLIENTS, requests=requests)
        began = time.perf_counter()
        bulk = drive(port=port, path="/api/v1/intake", body=_many, headers=bearer, clients=2, requests=12)
        per_second = 12 * 500 / (time.perf_counter() - began)
    print(f"intake over HTTP on {vendor}, {CLIENTS} clients, durable commit, {requests} requests each")
    print(f"(a) two rows by the bare driver, 1 client    {bare:9.0f} /s")
    print(
        f"(b) minimal Django view, two rows            {minimal.per_second:9.0f} /s   p99 {minimal.p99_ms:6.1f} ms   failed {minimal.failed}"
    )
    print(
        f"(c) gridloop, the whole pipeline             {whole.per_second:9.0f} /s   p99 {whole.p99_ms:6.1f} ms   failed {whole.failed}"
        f"   needed >= {max(NEEDED[vendor], 0.3 * minimal.per_second):.0f} (0.3 x b and {NEEDED[vendor]}); c/b = {whole.per_second / minimal.per_second:.2f}"
    )
    print(f"(d) gridloop, 500 cases a call               {per_second:9.0f} /s   failed {bulk.failed}   needed >= 2000")


def _found() -> str:
    """An empty database with the sample street and a token."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from bench.intake_server.models import Event, Ticket

    with connection.schema_editor() as editor:
        editor.create_model(Ticket)
        editor.create_model(Event)
    from dataclasses import replace

    from gridloop.core.access import SYSTEM
    from gridloop.offices.organisation import queries
    from gridloop.offices.organisation.actions import issue_token
    from gridloop.site.founding import found
    from tests.sample import CODE, FOUNDED, PLAN

    found(replace(PLAN, passwords={}), at=FOUNDED)
    person = queries.person(CODE, "P01")
    _, secret = issue_token(
        by=SYSTEM,
        at=FOUNDED,
        person=person,
        name="bench",
        scopes=["cases:read", "cases:write", "cases:file", "intake:bulk"],
    )
    return secret


def _bare(*, seconds: float) -> float:
    """Two rows a transaction through the driver, without Django's ORM."""
    from django.db import connection

    ticket = "INSERT INTO intake_server_ticket (title, text, created_at) VALUES (%s, %s, %s) RETURNING id"
    event = "INSERT INTO intake_server_event (ticket_id, kind, payload, at) VALUES (%s, %s, %s, %s)"
    if connection.vendor == "sqlite":
        ticket, event = ticket.replace("%s", "?"), event.replace("%s", "?")
    connection.ensure_connection()
    raw = connection.connection
    moment = "2022-05-23 02:00:00+00:00"
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        cursor = raw.cursor()
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("BEGIN")
        key = cursor.execute(ticket, ("标题", "正文", moment)).fetchone()[0]
        cursor.execute(event, (key, "created", "{}", moment))
        cursor.execute("COMMIT")
        done += 1
    return done / (time.perf_counter() - began)


def _filing(number: int) -> dict[str, object]:
    chance = random.Random(number)
    return {
        "text": f"{chance.choice(WORDS)},已经第{number}天,请尽快处理。",
        "category": chance.choice(["城乡建设/市政设施/路灯", "环境保护/噪音", "城乡建设/房屋管理/漏水"]),
        "lon": 113.5 + 0.02 * chance.random(),
        "lat": 34.7 + 0.02 * chance.random(),
        "source": "phone",
        "reporter_phone": "037160000000",
    }


def _one(number: int) -> bytes:
    return json.dumps(_filing(number)).encode()


def _many(number: int) -> bytes:
    return json.dumps({"cases": [_filing(1000 * number + each) for each in range(500)]}).encode()


class _Server:
    """granian in the arrangement of ``gridloop up``."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        from gridloop.site.serving import web_command

        *command, _ = web_command(host="127.0.0.1", port=self.port)
        self.command = [*command, "bench.intake_server.wsgi:application"]

    def __enter__(self) -> int:
        self.process = subprocess.Popen(self.command, cwd=ROOT)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self.port
            time.sleep(0.1)
        raise SystemExit("the server did not start")

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


if __name__ == "__main__":
    main()
