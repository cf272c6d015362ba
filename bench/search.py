"""Searching a million texts: two characters, one, a phrase, pinyin initials, something rare, nothing at all; wide scope and narrow.

Limit: ≤ 20 ms each, the median of many. Peer, in the same run on the same rows: the LIKE scan that finds the same cases, newest
first, without an index. Printed besides: what indexing one case costs, which is why the tick does it and not the filing.

Usage: ``python bench/search.py [--texts 1000000] [--postgresql]``; SQLite in a temporary GRIDLOOP_HOME, an embedded PostgreSQL with
``--postgresql``, or what DATABASE_URL names (an empty database: tables are made, rows stay).
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]
os.environ["DJANGO_SETTINGS_MODULE"] = "gridloop.site.settings"
START = datetime(2022, 5, 23, 10, 0, tzinfo=timezone(timedelta(hours=8)))
LIMIT_MS = 20.0
ROUNDS, PEER_ROUNDS, BATCH = 15, 3, 10_000
PROBLEMS = (
    "路灯不亮",
    "夜间施工噪音",
    "楼道漏水",
    "井盖松动",
    "油烟扰民",
    "垃圾未清运",
    "树枝遮挡信号灯",
    "暖气不热",
    "路面积水",
    "乱停车堵门",
)
STREETS = ("柳荫路", "河畔街", "新华巷", "建设东路", "文化里", "健康胡同", "解放大街", "中原西路")
TAILS = ("请尽快派人处理", "已经打过两次电话", "老人出行不便", "孩子晚上睡不好", "希望给个答复", "物业说不归他们管")
RARE, ABSENT = "猕猴桃摊", "琉璃厂"
ASKED = (
    ("two characters, common", "噪音", "desk"), ("one character", "灯", "desk"), ("a phrase", "暖气不热", "desk"), ("two terms", "柳荫路 漏水", "desk"),
    ("pinyin initials", "lyl", "desk"), ("rare", RARE, "desk"), ("absent", ABSENT, "desk"), ("common, a unit's cases", "噪音", "urban"),
    ("common, a grid worker's", "噪音", "grid"), ("common, past winters only", "供暖试水", "desk"),
)  # fmt: skip


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--texts", type=int, default=1_000_000)
    wanted.add_argument("--postgresql", action="store_true")
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="gridloop-search-") as folder:
        os.environ.setdefault("GRIDLOOP_HOME", folder)
        if not asked.postgresql:
            return measure(asked.texts)
        from tests.postgres import running_server

        with running_server(durable=True) as url:
            os.environ["DATABASE_URL"] = url
            return measure(asked.texts)


def measure(texts: int) -> int:
    """Prints a line for each question; 1 when a limit is not kept."""
    from gridloop.site.database import open_database

    open_database(to_write=True)
    from django.db import connection

    from gridloop.offices.cases.actions.searching import index_cases
    from gridloop.offices.cases.models import Case
    from gridloop.offices.cases.queries.lists import Filter, list_cases
    from tests.sample import sample_street, who

    sample_street(START - timedelta(days=300))
    began = perf_counter()
    fill(texts)
    filled = perf_counter() - began
    keys = list(Case.objects.order_by("id").values_list("pk", flat=True))
    began = perf_counter()
    for at in range(0, len(keys), BATCH):
        index_cases(keys[at : at + BATCH])
    indexed = perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}: {texts:,} texts, median length {median_length():.0f} characters")
    print(
        f"  writing a case {filled / texts * 1e6:7.0f} µs, indexing it {indexed / texts * 1e6:7.0f} µs: the tick does the second, not the filing"
    )
    slow = 0
    for what, text, name in ASKED:
        reader = who(name, at=START)
        took, found = timed(lambda text=text, reader=reader: search(reader, text), ROUNDS)
        page, _ = timed(lambda text=text, reader=reader: list_cases(reader, Filter(text=text)).cases, ROUNDS)
        peer, same = timed(lambda text=text, reader=reader: scan(reader, text), PEER_ROUNDS)
        agrees = text.isascii() or found == same
        slow += took > LIMIT_MS
        print(
            f"  {what:26} {text:8}\t{took:8.2f} ms   limit {LIMIT_MS:.0f} ms   {'kept' if took <= LIMIT_MS else 'NOT KEPT'}"
            f"   {len(found):3} found   whole page {page:6.1f} ms   LIKE scan {'' if text.isascii() else f'{peer:10.1f} ms'}{'' if agrees else '   DIFFERENT CASES'}"
        )
        assert agrees, f"the index and the scan disagree on {text}"
    return 1 if slow else 0


def timed(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """The median in milliseconds, and the last result; one unmeasured round first."""
    found = work()
    taken = []
    for _ in range(rounds):
        began = perf_counter()
        found = work()
        taken.append((perf_counter() - began) * 1000)
    return median(taken), found


def search(reader: Any, text: str) -> list[int]:
    """The search itself: the newest thirty-one hits in the reader's scope."""
    from gridloop.core.search import sought
    from gridloop.offices.cases.queries.finding import visible_to
    from gridloop.offices.cases.queries.search import marks_of, matching

    return matching(visible_to(reader), sought(text), marks=marks_of(reader), limit=31)


def scan(reader: Any, text: str) -> list[int]:
    """The peer: the same hits by LIKE, newest first."""
    from django.db.models import Q

    from gridloop.offices.cases.queries.finding import visible_to

    found = visible_to(reader)
    for term in text.split():
        found = found.filter(Q(title__contains=term) | Q(text__contains=term) | Q(address__contains=term))
    return list(found.order_by("-pk").values_list("pk", flat=True)[:31])


def median_length() -> float:
    from gridloop.offices.cases.models import Case

    return median(len(text) for text in Case.objects.order_by("-pk").values_list("text", flat=True)[:1000])


def fill(texts: int) -> None:
    """Cases in bulk, as filing would have left them; every tenth is a winter's case, and none of the newest third is."""
    from gridloop.offices.archive.rows import write_rows
    from gridloop.offices.archive.transaction import deed

    for start in range(0, texts, BATCH):
        with deed():
            write_rows(list(rows(start, min(start + BATCH, texts), texts)))


def rows(start: int, end: int, texts: int) -> Iterator[Any]:
    from gridloop.offices.archive.identifiers import new_ref
    from gridloop.offices.cases.models import Case
    from gridloop.offices.organisation import queries as organisation
    from gridloop.offices.territory import queries as territory
    from tests.sample import CODE

    chance = random.Random(start)
    units = [unit for unit in organisation.units(CODE) if not unit.is_superior]
    grids = [grid for grid in territory.grids(CODE) if grid.level == 3]
    contact = organisation.person(CODE, "P01")
    for number in range(start, end):
        grid, unit = chance.choice(grids), chance.choice(units)
        where, problem = chance.choice(STREETS), chance.choice(PROBLEMS)
        text = (
            f"{where}{chance.randint(1, 300)}号{problem},"
            + ",".join(chance.sample(TAILS, 4))
            + ",".join(chance.sample(PROBLEMS, 2)) * 2
        )
        text += RARE if number % 49_999 == 7 else ""
        text += "供暖试水" if number % 10 == 0 and number < texts * 2 // 3 else ""
        yield Case(
            ref=new_ref(), street=CODE, state=chance.choice(("routed", "handling", "cleared", "cleared", "cleared")), title=f"{where}{problem}", text=text,
            source="phone", filed_at=START, filed_by="bench", first_contact=contact, answerer=contact, placed_by="picked", grid=grid, place=grid.path,
            address=f"{where}{chance.randint(1, 300)}号", category="环境保护/噪音", lead=unit, profile="san_bu_guo", route_row="R1", route_reason="",
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
