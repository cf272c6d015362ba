"""How long a visit plan and a day's round take, beside their limits, each checked by other means in the same run.

The plan is for 15 managers × 1,500 firms × 20 workdays with quiet days, caps, refusals and 400 wishes; ``plan_faults`` looks at every visit
again from the rules alone. The round has 12 stops, half of them with opening times; the nearest-door-first order stands beside it.

Run: ``python -m bench.visits``. Exit code 1 when a limit is missed or a promise broken.
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from time import perf_counter

from gridloop.core.coordinates import metres_between
from gridloop.core.rounds import Day, Stop, faults, plan_round
from gridloop.core.visit_check import plan_faults
from gridloop.core.visit_plan import RISKS, SIZES, Cap, Firm, Rules, Wish, plan_visits

SEED = 20220529
FIRST = date(2022, 6, 1)
START = (113.60, 34.75)
PLAN_LIMIT, ROUND_LIMIT = 5.0, 1.0


def workdays(count: int) -> list[date]:
    days = (FIRST + timedelta(days=n) for n in range(2 * count))
    return [day for day in days if day.weekday() < 5][:count]


def firms(chance: random.Random, days: list[date], *, count: int, managers: int) -> list[Firm]:
    def drawn(number: int) -> Firm:
        contacts = tuple(FIRST - timedelta(days=chance.randint(1, 300)) for _ in range(chance.randint(0, 6)))
        quiet = frozenset(chance.sample(days, 2)) if chance.random() < 0.3 else frozenset()
        return Firm(
            f"F{number:04}", f"M{number % managers}", contacts, tuple(day for day in contacts if chance.random() < 0.6),
            chance.choice(list(SIZES)), chance.choice(list(RISKS)), chance.random() < 0.05, quiet, f"area {chance.randrange(60)}",
        )  # fmt: skip

    return [drawn(number) for number in range(count)]


def wishes(chance: random.Random, days: list[date], *, count: int, among: int) -> list[Wish]:
    return [
        Wish(
            f"F{chance.randrange(among):04}", chance.choice(["税务", "城管", "法律"]), "送政策",
            chance.choice(days) if chance.random() < 0.3 else None, chance.random() < 0.05,
        )
        for _ in range(count)
    ]  # fmt: skip


def bench_plan(chance: random.Random) -> bool:
    days = workdays(20)
    all_firms = firms(chance, days, count=1500, managers=15)
    question = {
        "days": days, "managers": {f"M{n}": 4 for n in range(15)}, "rules": Rules(frozenset(days[-6:]), Cap(1, 30)),
        "wishes": wishes(chance, days, count=400, among=1500),
    }  # fmt: skip
    began = perf_counter()
    plan = plan_visits(all_firms, **question)  # type: ignore[arg-type]
    took = perf_counter() - began
    broken = plan_faults(plan, all_firms, **question)  # type: ignore[arg-type]
    print(
        f"visit plan, 15 managers x 1,500 firms x 20 days   {took:6.2f} s   limit {PLAN_LIMIT:.0f} s   "
        f"{len(plan.visits)} visits, {len(plan.left_out)} left out with reason, {len(broken)} promises broken"
    )
    return took <= PLAN_LIMIT and not broken


def nearest_first(stops: list[Stop], day: Day) -> int:
    """Metres of always going to the nearest door next, opening times not heeded."""
    here, left, metres = START, list(stops), 0.0
    while left:
        stop = min(left, key=lambda each: metres_between(here, (each.lon, each.lat)))
        metres += metres_between(here, (stop.lon, stop.lat)) * day.detour
        here = (stop.lon, stop.lat)
        left.remove(stop)
    return round(metres + metres_between(here, START) * day.detour)


def bench_round(chance: random.Random) -> bool:
    day = Day()
    spans = ((), ((32_400, 42_000),), (), ((34_200, 42_000), (50_400, 60_000)))
    stops = [
        Stop(
            f"S{n}", START[0] + chance.uniform(-0.02, 0.02), START[1] + chance.uniform(-0.02, 0.02), 1200, spans[n % 4]
        )
        for n in range(12)
    ]
    plan_round(stops[:2], start=START, day=day)  # the library is loaded once a process
    began = perf_counter()
    planned = plan_round(stops, start=START, day=day)
    took = perf_counter() - began
    broken = faults(planned, stops, start=START, day=day)
    print(
        f"round of 12 stops                                 {took:6.2f} s   limit {ROUND_LIMIT:.0f} s   {planned.metres:,} m, "
        f"nearest first without opening times {nearest_first(stops, day):,} m, {len(planned.left_out)} left out, {len(broken)} promises broken"
    )
    return took <= ROUND_LIMIT and not broken


if __name__ == "__main__":
    chance = random.Random(SEED)
    kept = [bench_plan(chance), bench_round(chance)]
    sys.exit(0 if all(kept) else 1)
