"""A district of fourteen sub-districts with 300,000 cases: desk, lists with filters, search and the case page over HTTP.

Limits (p95): 200 ms on PostgreSQL, 300 ms on SQLite. Each page is asked by the people who use it: duty desk, a unit's handler, a grid
worker, the leader. The rows are written in bulk as filing leaves them, with reports, segments and participations, and indexed for
search; two hundred cases of the first street are filed and worked on by the ordinary actions, and theirs are the case pages asked for.

Usage: ``python bench/district.py [--cases 300000] [--rounds 40] [--postgresql]``; SQLite in a temporary GRIDLOOP_HOME, an embedded
PostgreSQL with ``--postgresql``, or what DATABASE_URL names (an empty database: tables are made, rows stay).
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]
BEIJING = timezone(timedelta(hours=8))
START = datetime(2022, 1, 4, 9, 0, tzinfo=BEIJING)
STREETS, BATCH = 14, 5_000
LIMITS = {"postgresql": 200.0, "sqlite": 300.0}
PAGES = (
    ("desk", "desk", "/desk/"), ("desk, unit", "urban", "/desk/"), ("desk, leader", "leader", "/desk/"),
    ("list, all", "desk", "/cases/"), ("list, open", "desk", "/cases/?state=open"), ("list, late, by date due", "desk", "/cases/?state=open&late=1&sort=due"),
    ("list, unit and category", "desk", "/cases/?unit=urban&category=%E5%9F%8E%E4%B9%A1%E5%BB%BA%E8%AE%BE"), ("list, a unit's own", "urban", "/cases/"),
    ("list, a grid worker's", "grid", "/cases/?state=live"), ("list, period, oldest first", "leader", "/cases/?since=2022-03-01&until=2022-04-01&sort=oldest"),
    ("list, mine", "manager", "/cases/?mine=1"), ("search, two characters", "desk", "/cases/?text=%E5%99%AA%E9%9F%B3"),
    ("search, phrase and unit", "urban", "/cases/?text=%E8%B7%AF%E7%81%AF%E4%B8%8D%E4%BA%AE"), ("search, initials", "desk", "/cases/?text=lyl"),
    ("search, number", "desk", "/cases/?text=NUMBER"), ("search, absent", "desk", "/cases/?text=%E7%90%89%E7%92%83%E5%8E%82"),
    ("case page", "desk", "/cases/REF/"), ("case page, unit", "urban", "/cases/REF/"),
)  # fmt: skip


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--cases", type=int, default=300_000)
    wanted.add_argument("--rounds", type=int, default=40)
    wanted.add_argument("--postgresql", action="store_true")
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="gridloop-district-") as folder:
        os.environ.setdefault("GRIDLOOP_HOME", folder)
        if not asked.postgresql:
            return measure(asked.cases, asked.rounds)
        from tests.postgres import running_server

        with running_server(durable=True) as url:
            os.environ["DATABASE_URL"] = url
            return measure(asked.cases, asked.rounds)


def measure(cases: int, rounds: int) -> int:
    """Prints a line for each page; 1 when a limit is not kept."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.intake_server.settings"
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
    from gridloop.site.database import open_database

    open_database(to_write=True)
    from django.core.management import call_command
    from django.db import connection, connections

    from bench.intake import _Server

    call_command("createcachetable", verbosity=0)
    began = perf_counter()
    codes = [found_street(number) for number in range(STREETS)]
    for code in codes:
        fill(code, cases // STREETS)
    refs, number = worked_on(codes[0])
    print(
        f"{connection.vendor}: {count():,} cases in {STREETS} sub-districts, made in {perf_counter() - began:.0f} s",
        flush=True,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    cookies = {name: signed_in(name) for name in {name for _, name, _ in PAGES}}
    limit = LIMITS[connection.vendor]
    connections.close_all()
    slow = 0
    with _Server() as port:
        for what, name, address in PAGES:
            taken, size = asked_for(port, cookies[name], address.replace("NUMBER", number), refs, rounds)
            p95 = taken[int(len(taken) * 0.95)]
            slow += p95 > limit
            print(
                f"  {what:28} p50 {taken[len(taken) // 2]:7.1f}   p95 {p95:7.1f} ms   limit {limit:.0f} ms   "
                f"{'kept' if p95 <= limit else 'NOT KEPT'}   {size / 1024:6.1f} KB",
                flush=True,
            )
    return 1 if slow else 0


def found_street(number: int) -> str:
    """A sub-district like the sample street, with codes and names of its own."""
    from gridloop.site.founding import found
    from tests import sample

    code = f"4101029{number:02d}"
    grids = tuple(
        replace(
            grid,
            code=code if grid.code == sample.CODE else f"{number}-{grid.code}",
            parent=_parent(grid.parent, code, number),
        )
        for grid in sample.GRIDS
    )
    people = tuple(
        replace(
            person,
            username=person.username if number == 0 else f"{person.username}{number}",
            posts=tuple((*post[:4], f"{number}-{post[4]}" if post[4] else "") for post in person.posts),
        )
        for person in sample.PEOPLE
    )
    routes = tuple(row for row in sample.ROUTES if "place" not in row)
    addresses = tuple((name, f"{number}-{grid}") for name, grid in sample.PLAN.addresses)
    plan = replace(
        sample.PLAN, code=code, slug=f"street-{number}", name=f"第{number}街道", grids=grids, people=people, routes=routes, addresses=addresses,
        passwords={person.username: sample.PASSWORD for person in people} if number == 0 else {},
    )  # fmt: skip
    found(plan, at=START)
    return code


def _parent(parent: str, code: str, number: int) -> str:
    from tests import sample

    return "" if not parent else code if parent == sample.CODE else f"{number}-{parent}"


def fill(code: str, cases: int) -> None:
    """Cases of one street in bulk, with what belongs to them, indexed."""
    from gridloop.offices.archive.rows import write_rows, write_rows_with_keys
    from gridloop.offices.archive.transaction import deed
    from gridloop.offices.cases.actions.searching import index_cases

    for start in range(0, cases, BATCH):
        made = list(rows(code, start, min(start + BATCH, cases), cases))
        with deed():
            write_rows_with_keys(made)
            write_rows([report_of(case) for case in made])
            write_rows([segment_of(case) for case in made])
            write_rows([part_of(case) for case in made if case.state != "routed"])
            index_cases([case.pk for case in made])


def rows(code: str, start: int, end: int, cases: int) -> Iterator[Any]:
    """A tenth of the cases is open; the older, the more are closed."""
    from bench.search import PROBLEMS, TAILS
    from bench.search import STREETS as ROADS
    from gridloop.offices.archive.identifiers import new_ref
    from gridloop.offices.cases.models import Case
    from gridloop.offices.organisation import queries as organisation
    from gridloop.offices.territory import queries as territory
    from tests.sample import CATEGORIES

    chance = random.Random(f"{code}{start}")
    units = [unit for unit in organisation.units(code) if not unit.is_superior]
    grids = [grid for grid in territory.grids(code) if grid.level == 3]
    contacts = [organisation.person(code, person) for person in ("P01", "P08", "P09")]
    for number in range(start, end):
        grid, where, problem = chance.choice(grids), chance.choice(ROADS), chance.choice(PROBLEMS)
        filed = START + timedelta(minutes=number * 20)
        is_open = chance.random() < 0.02 + 0.25 * (number / cases) ** 3
        state = (
            chance.choice(("routed", "accepted", "handling", "answered", "returned", "verified"))
            if is_open
            else chance.choice(("cleared", "archived"))
        )
        answered = filed + timedelta(days=3) if state in ("answered", "verified", "cleared", "archived") else None
        contact = chance.choice(contacts)
        yield Case(
            ref=new_ref(), street=code, state=state, title=f"{where}{problem}", text=f"{where}{number % 300}号{problem}," + ",".join(chance.sample(TAILS, 3)),
            source=chance.choice(("phone", "public", "grid")), filed_at=filed, filed_by="bench", first_contact=contact, answerer=contact,
            placed_by="picked", grid=grid, place=grid.path, address=f"{where}{number % 300}号", category=chance.choice(CATEGORIES),
            lead=chance.choice(units), profile="san_bu_guo", route_row="R1", route_reason="按类别", answer="已处理完毕" if answered else "",
            assigned_at=filed, answered_at=answered, cleared_at=answered if state in ("cleared", "archived") else None,
            due_at=filed + timedelta(days=7), is_late=chance.random() < 0.08,
        )  # fmt: skip


def report_of(case: Any) -> Any:
    from gridloop.offices.archive.identifiers import new_ref, new_secret
    from gridloop.offices.cases.actions.filing import hash_receipt
    from gridloop.offices.cases.models import Report

    return Report(
        ref=new_ref(),
        street=case.street,
        case=case,
        text=case.text,
        token_hash=hash_receipt(new_secret()),
        told_at=case.filed_at,
    )


def segment_of(case: Any) -> Any:
    from gridloop.offices.cases.models import Segment

    return Segment(
        case=case, unit_id=case.lead_id, role="handle", starts_at=case.filed_at, ends_at=case.cleared_at, why="按类别"
    )


def part_of(case: Any) -> Any:
    from gridloop.offices.cases.models import Participation

    return Participation(
        case=case, unit_id=case.lead_id, person=case.first_contact, role="handler", since=case.filed_at
    )


def worked_on(code: str) -> tuple[list[str], str]:
    """Two hundred cases filed and worked on by the ordinary actions; their refs, and the number of one."""
    from gridloop.offices.cases import actions
    from gridloop.offices.organisation import queries as organisation

    at = START + timedelta(days=400)

    def who(person: str) -> Any:
        return organisation.actor_of(organisation.person(code, person), at=at)

    filings = [
        actions.Filing(
            text=f"第{n}处路灯不亮,夜间噪音也大",
            source="phone",
            category="城乡建设/市政设施/路灯",
            reporter_phone="037160000000",
        )
        for n in range(200)
    ]
    made = actions.file_cases(by=who("P01"), at=at, street=code, filings=filings)
    for filed in made:
        actions.accept(by=who("P03"), at=at, case=filed.case.ref)
        for step in range(5):
            actions.note_progress(
                by=who("P03"), at=at + timedelta(hours=step), case=filed.case.ref, text=f"第{step}次到场查看"
            )
    return [filed.case.ref for filed in made], made[7].case.number


def count() -> int:
    from gridloop.offices.cases.models import Case

    return Case.objects.count()


def signed_in(username: str) -> str:
    """The session cookie of a signed-in person."""
    from django.test import Client

    from gridloop.offices.organisation.models import Account

    client = Client()
    client.force_login(
        Account.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client.cookies["sessionid"].value


def asked_for(port: int, cookie: str, address: str, refs: list[str], rounds: int) -> tuple[list[float], int]:
    """Sorted milliseconds of ``rounds`` answers over one connection, after three unmeasured ones, and the size of the last."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken, size = [], 0
    for number in range(rounds + 3):
        began = perf_counter()
        connection.request(
            "GET",
            address.replace("REF", refs[number % len(refs)]),
            headers={"Cookie": f"sessionid={cookie}", "Host": "localhost"},
        )
        answer = connection.getresponse()
        body = answer.read()
        taken.append((perf_counter() - began) * 1000)
        size = len(body)
        if answer.status != 200:
            raise SystemExit(f"{address} answered {answer.status}: {answer.headers.get('Location', body[:300])}")
    return sorted(taken[3:]), size


if __name__ == "__main__":
    sys.exit(main())
