"""The sweep: a million running clocks, a thousand newly due; and a sweep that finds nothing.

Limits: found and judged in ≤ 2 s; an empty sweep ≤ 10 ms. Peer, in the same run on the same rows: the bare SQL that marks a thousand
rows overdue without asking why, the least that any sweep must do.

Usage: ``python bench/sweep.py [--clocks 1000000] [--due 1000]``; SQLite in a temporary GRIDLOOP_HOME, or what DATABASE_URL names
(an empty database: tables are made, rows stay).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]
os.environ["DJANGO_SETTINGS_MODULE"] = "gridloop.site.settings"
BEIJING = timezone(timedelta(hours=8))
START = datetime(2022, 5, 23, 10, 0, tzinfo=BEIJING)
LIMIT_SWEEP, LIMIT_EMPTY = 2.0, 0.010
COLUMNS = (
    "ref, street, subject, segment, stage, holder, profile_id, calendar_id, grade, priority, events, state, due_at, is_provisional,"
    " warned, is_late, next_check_at"
)


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--clocks", type=int, default=1_000_000)
    wanted.add_argument("--due", type=int, default=1_000)
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="gridloop-sweep-") as folder:
        os.environ.setdefault("GRIDLOOP_HOME", folder)
        return measure(asked.clocks, asked.due)


def measure(clocks: int, due: int) -> int:
    """Prints the three figures; 1 when a limit is not kept."""
    from gridloop.site.database import open_database

    open_database(to_write=True)
    from django.db import connection

    from gridloop.offices.archive.models import Entry
    from gridloop.offices.supervision.actions import sweep
    from tests.sample import CODE, sample_street

    sample_street(START - timedelta(days=30))
    due_at = fill(clocks, due=due, street=CODE)
    rows = clocks + due
    print(f"{connection.vendor}: {rows:,} running clocks, {due:,} newly due, {due:,} more for the bare SQL")

    empty = median(timed(lambda: sweep(at=due_at - timedelta(days=1))) for _ in range(50))
    before = Entry.objects.count()
    took = timed(lambda: until_nothing_is_left(lambda: sweep(at=due_at + timedelta(minutes=1))))
    breaches = Entry.objects.filter(kind="clock.breached").count()
    bare = timed(lambda: mark_overdue(due_at + timedelta(hours=2)))
    assert breaches == due == Entry.objects.count() - before, "not every newly due clock was judged and recorded once"

    report("sweep, all newly due", took, LIMIT_SWEEP)
    report("sweep, nothing due", empty, LIMIT_EMPTY)
    print(f"  {'bare SQL, marks as many overdue':34} {bare * 1000:10.2f} ms   the sweep costs {took / bare:.1f} ×")
    return 0 if took <= LIMIT_SWEEP and empty <= LIMIT_EMPTY else 1


def fill(clocks: int, *, due: int, street: str) -> datetime:
    """Clocks by raw SQL: ``due`` that fall due together, ``due`` an hour later, the rest far ahead. When the first are due."""
    from django.db import connection, transaction

    from gridloop.core.clock import ClockEvent, judge
    from gridloop.offices.supervision import queries
    from gridloop.offices.supervision.models import Clock

    profile_id, profile = queries.profiles_in_force(street)["san_bu_guo"]
    calendar_id, calendar = queries.calendar_in_force(street)
    field = Clock._meta.get_field("due_at")

    def row(number: int, start: datetime, *, warned: int) -> tuple[object, ...]:
        event = ClockEvent(kind="start", at=start)
        state = judge([event], profile=profile, stage="handle", calendar=calendar, at=start)
        assert state.due_at is not None
        check = state.due_at + timedelta(microseconds=1) if warned else state.due_at - timedelta(days=1)
        kept = [field.get_db_prep_value(moment, connection) for moment in (state.due_at, check)]
        return (
            f"bench{number:011d}", street, f"case:bench{number}", None, "handle", "urban", profile_id, calendar_id, "ordinary", "normal",
            json.dumps([event.to_data()]), "running", kept[0], False, warned, False, kept[1],
        )  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(due):
            yield row(number, START, warned=2)
        for number in range(due, 2 * due):
            yield row(number, START + timedelta(hours=1), warned=2)
        far = [row(0, START + timedelta(days=30, minutes=minute), warned=0) for minute in range(1000)]
        for number in range(2 * due, clocks + due):
            like = far[number % 1000]
            yield (f"bench{number:011d}", *like[1:2], f"case:bench{number}", *like[3:])

    marks = ", ".join(["%s"] * len(COLUMNS.split(",")))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY supervision_clock ({COLUMNS}) FROM STDIN") as copy:
                for each in rows():
                    copy.write_row(each)
        else:
            cursor.executemany(f"INSERT INTO supervision_clock ({COLUMNS}) VALUES ({marks})", rows())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE supervision_clock")
    found = judge(
        [ClockEvent(kind="start", at=START)], profile=profile, stage="handle", calendar=calendar, at=START
    ).due_at
    assert found is not None
    return found


def mark_overdue(at: datetime) -> None:
    """The peer: whatever is due by now is late, in one statement."""
    from django.db import connection, transaction

    from gridloop.offices.supervision.models import Clock

    moment = Clock._meta.get_field("due_at").get_db_prep_value(at, connection)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE supervision_clock SET is_late = %s, next_check_at = NULL WHERE next_check_at <= %s", [True, moment]
        )


def until_nothing_is_left(work: Callable[[], int]) -> None:
    while work():
        pass


def timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def report(what: str, took: float, limit: float) -> None:
    print(
        f"  {what:34} {took * 1000:10.2f} ms   limit {limit * 1000:,.0f} ms   {'kept' if took <= limit else 'NOT KEPT'}"
    )


if __name__ == "__main__":
    sys.exit(main())
