"""How many routing decisions a second, beside a plain scan of the same rows and beside the limit.

The table has 1,000 rows over three levels of category and three of place, a third of them with conditions. The facts
are distinct random cases at leaves. *Cold* means a fresh table that has seen no path yet; *warm* means every path of
the run was met before. Both decide the same facts, and the scan's answers are compared with the table's.

Run: ``python bench/route.py``. Exit code 1 when the limit is missed or an answer differs.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from time import perf_counter

from gridloop.core.route_row import condition_count, conditions_hold, is_under, segments
from gridloop.core.routing import CaseFacts, RouteRow, RoutingTable, fallback_row

ROWS = 1_000
FACTS = 200_000
SCANNED = 1_000
LIMIT = 300_000
SEED = 20220529

TIMES = ("work", "night", "holiday")
SOURCES = ("resident", "enterprise", "grid_worker", "phone", "import")


def leaf_categories() -> list[str]:
    """15 x 10 x 4 categories, as many as a city's three-level list."""
    return [f"类{one}/项{two}/目{three}" for one in range(15) for two in range(10) for three in range(4)]


def leaf_places() -> list[str]:
    """14 sub-districts x 12 communities x 20 grids."""
    return [
        f"4101/41{one:02}/41{one:02}{two:03}/{three:02}"
        for one in range(14)
        for two in range(12)
        for three in range(20)
    ]


def random_prefix(paths: Sequence[str], chance: random.Random) -> str:
    parts = segments(chance.choice(paths))
    return "/".join(parts[: chance.randint(0, len(parts))])


def random_rows(chance: random.Random) -> list[RouteRow]:
    categories, places = leaf_categories(), leaf_places()
    return [
        random_row(number, random_prefix(categories, chance), random_prefix(places, chance), chance)
        for number in range(ROWS)
    ]


def random_row(number: int, category: str, place: str, chance: random.Random) -> RouteRow:
    times = frozenset(chance.sample(TIMES, 1)) if chance.random() < 0.2 else frozenset()
    sources = frozenset(chance.sample(SOURCES, 2)) if chance.random() < 0.2 else frozenset()
    unit, profile = f"U{number % 60}", "san_bu_guo"
    return RouteRow(
        f"R{number}", unit, profile, category=category, place=place, time_classes=times, sources=sources, metric=number
    )


def random_facts(chance: random.Random) -> list[CaseFacts]:
    """Distinct cases: every one differs from every other in something."""
    categories, places = leaf_categories(), leaf_places()
    facts: dict[CaseFacts, None] = {}
    while len(facts) < FACTS:
        case = CaseFacts(
            category=chance.choice(categories),
            place=chance.choice(places),
            source=chance.choice(SOURCES),
            time_class=chance.choice(TIMES),
        )
        facts[case] = None
    return list(facts)


def scan(rows: Sequence[RouteRow], facts: CaseFacts) -> RouteRow | None:
    """The plain way: look at every row, keep the strongest that matches."""
    best: tuple[tuple[int, int, int, int], RouteRow] | None = None
    for row in rows:
        if is_under(facts.category, row.category) and is_under(facts.place, row.place) and conditions_hold(row, facts):
            rank = (len(segments(row.category)), len(segments(row.place)), condition_count(row), -row.metric)
            if best is None or rank > best[0]:
                best = (rank, row)
    return best and best[1]


def rate(decide: Callable[[CaseFacts], object], facts: Sequence[CaseFacts]) -> float:
    started = perf_counter()
    for case in facts:
        decide(case)
    return len(facts) / (perf_counter() - started)


def differing(table: RoutingTable, facts: Sequence[CaseFacts]) -> int:
    return sum(table.decide(case).route_row != (scan(table.rows, case) or table.fallback) for case in facts)


def judged(found: float) -> str:
    return f"limit {LIMIT:,}: {'met' if found >= LIMIT else 'MISSED'}"


def main() -> int:
    chance = random.Random(SEED)
    fallback = fallback_row(unit="LH", profile="san_bu_guo")
    rows, facts = random_rows(chance), random_facts(chance)
    tables = [RoutingTable.compile(rows, fallback=fallback) for _ in range(3)]
    cold = max(rate(table.decide, facts) for table in tables)
    warm = max(rate(tables[0].decide, facts) for _ in range(3))
    worded = rate(lambda case: tables[0].decide(case).reason, facts[:20_000])
    scanned = rate(lambda case: scan(rows, case), facts[:SCANNED])
    wrong = differing(tables[0], facts[:SCANNED])
    gaps = sum(tables[0].decide(case).is_fallback for case in facts) / len(facts)
    print(f"table {ROWS:,} rows; {FACTS:,} distinct cases, {gaps:.1%} fall through; best of 3, one thread")
    print(f"  compiled, warm         {warm:>12,.0f} decisions/s   ({judged(warm)})")
    print(f"  compiled, cold         {cold:>12,.0f} decisions/s   ({judged(cold)})")
    print(f"  compiled, reason read  {worded:>12,.0f} decisions/s")
    print(f"  plain scan             {scanned:>12,.0f} decisions/s   (the table is {warm / scanned:,.0f} x faster)")
    print(f"  answers that differ from the scan: {wrong} of {SCANNED:,}")
    return int(wrong > 0 or min(warm, cold) < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
