"""How long the proof of a large routing table takes, beside its limit and beside trying every case of a small one.

The large table has 1,000 rows over 400 category leaves and 5,000 place leaves (2 million cells, each with 648 combinations of conditions),
a third of the rows with conditions, a third with an escalation of their own. The small one is proved and also decided by trying every
case, and the two answers are compared; the time of trying is carried over to the size of the large table as what enumeration would cost.

Run: ``python -m bench.router``. Exit code 1 when the limit is missed or the answers differ.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from time import perf_counter

from gridloop.core.condition_space import Space
from gridloop.core.hops import units_above
from gridloop.core.route_row import CaseFacts, RouteRow, conditions_hold, is_under, segments
from gridloop.core.shadows import rank
from gridloop.core.table_proof import Ground, leaves, prove

LIMIT = 2.0
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
    for category in leaves(ground.categories):
        for place in leaves(ground.places):
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


def main() -> int:
    chance = random.Random(SEED)
    large, small = grounds(categories=400, places=5_000), grounds(categories=12, places=12)
    rows = table(chance, rows=1_000, categories=list(large.categories), places=list(large.places))
    began = perf_counter()
    proof = prove(rows, large)
    took = perf_counter() - began
    few = [
        replace(row, row=f"S{row.row}")
        for row in table(chance, rows=40, categories=list(small.categories), places=list(small.places))
    ]
    idle = {each.row for each in prove(few, small).failures if each.property == "no_shadowed_row"}
    began = perf_counter()
    winners, cases = tried(few, small)
    each = (perf_counter() - began) / cases
    same = idle == {row.row for row in few} - winners
    everything = 400 * 5_000 * len(Space.of(rows).combinations)
    print(
        f"proof of 1,000 rows x 400 categories x 5,000 places   {took:8.2f} s   limit {LIMIT:.1f} s   {'kept' if took <= LIMIT else 'MISSED'}"
    )
    print(
        f"  found: {len(proof.failures)} failures ({', '.join(sorted({one.property for one in proof.failures})) or 'none'})"
    )
    print(
        f"peer: trying every case of 40 rows x 12 x 12          {each * cases:8.2f} s   {cases:,} cases, the same idle rows: {same}"
    )
    print(f"  at that pace every case of the large table would take {each * everything / 3600:,.0f} h")
    return 0 if took <= LIMIT and same else 1


if __name__ == "__main__":
    sys.exit(main())
