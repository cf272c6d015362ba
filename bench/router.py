"""How long the proof of a large routing table and the replay of a million cases take, beside their limits and beside trying every case.

The large table has 1,000 rows over 400 category leaves and 5,000 place leaves (2 million cells, each with 648 combinations of conditions),
a third of the rows with conditions, a third with an escalation of their own. The small one is proved and also decided by trying every
case, and the two answers are compared; the time of trying is carried over to the size of the large table as what enumeration would cost.

The figures of classification and of hot troubles come from ``bench.classify``.

The replay takes one million cases of two years through a table and a draft of 1,000 rows, with their deadlines, in one process.

Run: ``python -m bench.router [CASES]``. Exit code 1 when a limit is missed or the answers differ.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

from bench.classify import figures as classification
from gridloop.core.condition_space import Space
from gridloop.core.hops import units_above
from gridloop.core.replay import Dated, PastCase, Rules, Setting, Unit, document, document_bytes, replay_part
from gridloop.core.route_row import CaseFacts, RouteRow, conditions_hold, is_under, segments
from gridloop.core.routing import RoutingTable, fallback_row
from gridloop.core.shadows import rank
from gridloop.core.staffing import Stretch
from gridloop.core.table_proof import Duty, Ground, leaves, prove
from gridloop.offices.supervision.seed import shipped_calendar, shipped_profiles

LIMIT, REPLAY_LIMIT = 2.0, 60.0
HALF_DAY = timedelta(hours=12)
SOURCES = ("public", "enterprise", "grid", "phone")
SEED = 20220529
UNITS = units_above([{"code": "office", "is_backstop": True}, *({"code": f"u{n}", "parent": "office"} for n in range(30)), *({"code": f"s{n}", "is_superior": True} for n in range(3))])  # fmt: skip


def table(chance: random.Random, *, rows: int, categories: list[str], places: list[str]) -> list[RouteRow]:
    """A whole table: the first row answers everything, the others as chance will have it, none tied."""

    def part(paths: list[str]) -> str:
        parts = segments(chance.choice(paths))
        return "/".join(parts[: chance.randint(0, len(parts))])

    drawn = [
        RouteRow(
            f"R{number}", f"u{number % 30}", "san_bu_guo", part(categories), part(places), metric=number,
            time_classes=frozenset(chance.choice([(), (), ("night",), ("work", "holiday")])),
            sources=frozenset(chance.choice([(), (), ("phone",)])), escalates_to=chance.choice(["", "", f"s{number % 3}"]),
        )
        for number in range(1, rows)
    ]  # fmt: skip
    return [RouteRow("R0", "u0", "san_bu_guo"), *drawn]


def tried(rows: list[RouteRow], ground: Ground) -> tuple[set[str], int]:
    """The rows that win for some case, by trying every case; and how many cases that were."""
    space = Space.of(rows)
    winners, cases = set(), 0
    for category in leaves(ground.categories or ()):
        for place in leaves(ground.places or ()):
            covering = [row for row in rows if is_under(category, row.category) and is_under(place, row.place)]
            for combination in space.combinations:
                facts = CaseFacts(category, place, *combination)
                winners.add(min((row for row in covering if conditions_hold(row, facts)), key=rank).row)
                cases += 1
    return winners, cases


def grounds(*, categories: int, places: int) -> Ground:
    return Ground(
        [f"L{n % 10}/M{n % 50}/N{n}" for n in range(categories)],
        [f"S/C{n % 60}/G{n}" for n in range(places)],
        units=UNITS,
    )


def whole_ground(*, categories: int, places: int) -> Ground:
    """With profiles, the calendar and a roster as well: every unit in two shifts a day for thirty days."""
    noon = datetime(2022, 5, 23, 4, tzinfo=UTC)
    shifts = [Stretch(noon + n * HALF_DAY, noon + (n + 1) * HALF_DAY) for n in range(60)]
    return replace(
        grounds(categories=categories, places=places), profiles={each.code: each for each in shipped_profiles()}, calendar=shipped_calendar(), year=2022,
        duty=Duty(noon, noon + 60 * HALF_DAY, dict.fromkeys(UNITS, shifts)),
    )  # fmt: skip


def past_cases(chance: random.Random, *, count: int, categories: list[str], places: list[str]) -> Iterator[PastCase]:
    """Cases of two years, most of them answered within a fortnight."""
    first = datetime(2021, 1, 1, tzinfo=UTC)
    for key in range(1, count + 1):
        filed = first + timedelta(seconds=chance.randrange(730 * 86_400))
        assigned = filed + timedelta(minutes=chance.randrange(600))
        answered = assigned + timedelta(minutes=chance.randrange(20_000)) if chance.random() < 0.97 else None
        yield PastCase(
            key, f"{filed:%Y%m%d}-{key:06d}", chance.choice(categories), chance.choice(places), "street", chance.choice(SOURCES),
            "normal" if chance.random() < 0.9 else "utility", chance.choice(("simple", "ordinary", "ordinary", "difficult")), filed, assigned,
            assigned, answered, answered, chance.random() < 0.05,
        )  # fmt: skip


def replay(count: int) -> bool:
    """Replays so many cases against a draft of 1,000 rows that differs from the table in force in one row of seven."""
    chance = random.Random(SEED)
    ground = grounds(categories=400, places=5_000)
    rows = table(chance, rows=1_000, categories=list(ground.categories or ()), places=list(ground.places or ()))
    moved = [
        replace(row, unit=f"u{(number + 7) % 30}", profile="1137") if number % 7 == 0 else row
        for number, row in enumerate(rows)
    ]
    backstop = fallback_row(unit="office", profile="san_bu_guo")
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)
    rules = Rules(
        Dated([(start, RoutingTable.compile(rows, fallback=backstop))]), Dated([(start, shipped_calendar())]),
        {each.code: Dated([(start, each)]) for each in shipped_profiles()}, {code: Unit(code, start) for code in UNITS},
    )  # fmt: skip
    setting = Setting(RoutingTable.compile(moved, fallback=backstop), end)
    cases = list(
        past_cases(chance, count=count, categories=list(ground.categories or ()), places=list(ground.places or ()))
    )
    began, busy = perf_counter(), process_time()
    part = replay_part(cases, rules, setting)
    told = document_bytes(document(part, rules, setting))
    took, used = perf_counter() - began, process_time() - busy
    limit = REPLAY_LIMIT * count / 1_000_000
    print(
        f"replay of {count:,} cases against 1,000 rows, one process  {took:6.1f} s ({used:.1f} s of one core)   limit {limit:.1f} s   {'kept' if took <= limit else 'MISSED'}"
    )
    print(
        f"  {part.counts['changed_hops']:,} other hops, {part.counts['changed_deadlines']:,} other deadlines, {len(told):,} bytes"
    )
    return took <= limit


def prove_large() -> bool:
    """All six properties of the large table."""
    ground = whole_ground(categories=400, places=5_000)
    rows = table(
        random.Random(SEED), rows=1_000, categories=list(ground.categories or ()), places=list(ground.places or ())
    )
    began, busy = perf_counter(), process_time()
    proof = prove(rows, ground)
    took, used = perf_counter() - began, process_time() - busy
    print(
        f"proof of 1,000 rows x 400 categories x 5,000 places   {took:8.2f} s ({used:.2f} s of one core)   limit {LIMIT:.1f} s   {'kept' if took <= LIMIT else 'MISSED'}"
    )
    print(
        f"  found: {len(proof.failures)} failures ({', '.join(sorted({one.property for one in proof.failures})) or 'none'}), all six properties looked at"
    )
    return took <= LIMIT


def try_everything() -> bool:
    """The small table by trying every case: the same idle rows."""
    chance, small = random.Random(SEED), grounds(categories=12, places=12)
    few = table(chance, rows=40, categories=list(small.categories or ()), places=list(small.places or ()))
    idle = {each.row for each in prove(few, small).failures if each.property == "no_shadowed_row"}
    began = perf_counter()
    winners, cases = tried(few, small)
    each = (perf_counter() - began) / cases
    same = idle == {row.row for row in few} - winners
    everything = 400 * 5_000 * len(Space.of(few).combinations)
    print(
        f"peer: trying every case of 40 rows x 12 x 12          {each * cases:8.2f} s   {cases:,} cases, the same idle rows: {same}"
    )
    print(f"  at that pace every case of the large table would take {each * everything / 3600:,.0f} h")
    return same


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    kept = [prove_large(), try_everything(), replay(count), classification()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
