"""Matching policies to firms: all at once, one firm, one policy; beside the limits and beside the clause-by-clause evaluator.

10,000 firms with 20 facts each (a tenth of them unknown), 1,000 policies of 4 to 8 clauses, most of which nobody else has. *Full*
starts from the written policies and plain rows of facts: conditions are read, columns made, every verdict found. *One firm* and
*one policy* ask what is read already, as a service does that keeps both; *one policy, cold* makes its columns first.

The evaluator is run over a random sample of the pairs (all ten million take minutes) and over every pair of a few lines, and each
of its verdicts is compared with the table's.

Run: ``python bench/policy.py``. Exit code 1 when a limit is missed or a verdict differs.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from gridloop.core.condition import Condition, evaluate, parse, value_of
from gridloop.core.fact_table import NAMES, Answers, FactTable

FIRMS, POLICIES, SAMPLE, SEED = 10_000, 1_000, 200_000, 20220529
FULL_LIMIT, ONE_LIMIT = 3.0, 0.050
"""Seconds."""

SIZES = ("微型", "小型", "中型", "大型")
VITALITY = ("正常", "半停滞", "停滞", "失联")
CLUSTERS = tuple(f"园区{number}" for number in range(40))
TAGS = ("高新技术", "专精特新", "规上", "外资", "老字号", "出口", "上市后备", "绿色工厂")
INDUSTRIES = tuple(
    f"{chr(ord('A') + one)}{two:02}{three}" for one in range(20) for two in range(10, 17) for three in range(5)
)
PLACES = tuple(f"410102/4101020{street:02}/{community:03}" for street in range(20) for community in range(12))


def firm(chance: random.Random) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "industry": chance.choice(INDUSTRIES), "size": chance.choice(SIZES), "vitality": chance.choice(VITALITY),
        "place": chance.choice(PLACES), "cluster": chance.choice(CLUSTERS), "tags": chance.sample(TAGS, chance.randint(0, 3)),
        "staff": int(chance.paretovariate(0.8)), "revenue": Decimal(int(chance.lognormvariate(15, 2))) / 100,
        "tax": Decimal(int(chance.lognormvariate(12, 2))) / 100, "area": round(chance.uniform(10, 9_000), 1),
        "founded_on": f"{chance.randint(1985, 2022)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "is_above_threshold": chance.random() < 0.2, "priority": chance.choice(("", "区重点", "市重点", "省重点")),
        "growth": chance.randint(-400, 900) / 10, "patents": chance.randint(0, 40), "graduates": chance.randint(0, 30),
        "export_share": chance.randint(0, 100), "loan": Decimal(chance.randint(0, 5_000)), "is_resumed": chance.random() < 0.8,
        "energy": chance.uniform(0, 1e6),
    }  # fmt: skip
    return {name: value for name, value in facts.items() if chance.random() > 0.1}


def clause(chance: random.Random) -> dict[str, Any]:
    kinds: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: {"fact": "industry", "starts_with": chance.choice(INDUSTRIES)[: chance.choice((1, 1, 3, 4))]},
        lambda: {"fact": "size", "in": chance.sample(SIZES, 2)},
        lambda: {"fact": "place", "under": chance.choice(PLACES)[: chance.choice((6, 17))]},
        lambda: {"fact": "tags", "contains": chance.choice(TAGS)},
        lambda: {"not": {"fact": "vitality", "in": ["停滞", "失联"]}},
        lambda: {"fact": "staff", "at_most": chance.randint(3, 900)},
        lambda: {"fact": "revenue", "between": [chance.randint(0, 9_999), chance.randint(10_000, 90_000_000)]},
        lambda: {"fact": "tax", "at_least": chance.randint(0, 90_000)},
        lambda: {"fact": "founded_on", "at_least": f"{chance.randint(1990, 2021)}-{chance.randint(1, 12):02}-01"},
        lambda: {"any": [clause(chance), clause(chance)]},
        lambda: {"fact": "is_above_threshold", "equals": chance.random() < 0.5},
        lambda: {"fact": "growth", "at_least": chance.randint(-100, 300) / 10},
        lambda: {"fact": chance.choice(("patents", "graduates", "export_share")), "at_least": chance.randint(1, 20)},
        lambda: {"fact": "cluster", "in": chance.sample(CLUSTERS, 12)},
        lambda: {"fact": chance.choice(("energy", "area", "loan")), "at_most": chance.randint(1, 5_000) * 3},
    )
    return chance.choice(kinds)()


def policy(chance: random.Random) -> dict[str, Any]:
    return {"all": [clause(chance) for _ in range(chance.randint(4, 8))]}


def timed(do: Callable[[], Any], rounds: int) -> tuple[float, float, Any]:
    """The median and the worst of some rounds, in seconds, and what came out."""
    times, found = [], None
    for _ in range(rounds):
        started = perf_counter()
        found = do()
        times.append(perf_counter() - started)
    return median(times), max(times), found


def everything(written: list[Any], firms: list[dict[str, Any]]) -> tuple[FactTable, list[Condition], Answers]:
    conditions = [parse(each) for each in written]
    table = FactTable(firms)
    return table, conditions, table.answers_to_all(conditions)


def values(conditions: list[Condition], facts: dict[str, Any]) -> list[str]:
    return [value_of(each, facts) for each in conditions]


def answers_cold(firms: list[dict[str, Any]], condition: Condition) -> Answers:
    return FactTable(firms).answers(condition)


def differing(conditions: list[Condition], firms: list[dict[str, Any]], found: Answers, chance: random.Random) -> tuple[int, float]:  # fmt: skip
    """How many sampled verdicts differ from the evaluator's, and the evaluator's seconds for one pair."""
    pairs = [(chance.randrange(POLICIES), chance.randrange(FIRMS)) for _ in range(SAMPLE)]
    pairs += [(one, number) for one in range(3) for number in range(FIRMS)]
    pairs += [(one, number) for one in range(POLICIES) for number in range(3)]
    started = perf_counter()
    values = [evaluate(conditions[one], firms[number]).value for one, number in pairs]
    spent = (perf_counter() - started) / len(pairs)
    wrong = sum(value != NAMES[int(found[one, number])] for value, (one, number) in zip(values, pairs, strict=True))
    return wrong, spent


def line(what: str, found: float, limit: float, worst: float) -> bool:
    is_met = found <= limit
    print(f"  {what:<34}{found * 1000:>10,.1f} ms   worst {worst * 1000:>8,.1f} ms   limit {limit * 1000:,.0f} ms: {'met' if is_met else 'MISSED'}")  # fmt: skip
    return is_met


def main() -> int:
    chance = random.Random(SEED)
    firms = [firm(chance) for _ in range(FIRMS)]
    written = [policy(chance) for _ in range(POLICIES)]
    full, worst, (table, conditions, found) = timed(lambda: everything(written, firms), 5)
    shares = {name: float((found == number).mean()) for number, name in NAMES.items()}
    print(f"{FIRMS:,} firms x {POLICIES:,} policies, {sum(len(each['all']) for each in written) / POLICIES:.1f} clauses each; " + ", ".join(f"{name} {share:.1%}" for name, share in shares.items()))  # fmt: skip
    met = [line("full, from written policies", full, FULL_LIMIT, worst)]
    one_firm = [timed(partial(values, conditions, facts), 3)[0] for facts in firms[:60]]
    met.append(line("one firm, all policies", median(one_firm), ONE_LIMIT, max(one_firm)))
    one_policy = [timed(partial(table.answers, each), 3)[0] for each in conditions[:200]]
    met.append(line("one policy, all firms", median(one_policy), ONE_LIMIT, max(one_policy)))
    cold = [timed(partial(answers_cold, firms, each), 1)[0] for each in conditions[:40]]
    print(f"  {'one policy, cold columns':<34}{median(cold) * 1000:>10,.1f} ms   worst {max(cold) * 1000:>8,.1f} ms")
    reasons = timed(lambda: [evaluate(each, firms[0]) for each in conditions], 5)[0]
    print(f"  {'one firm, every reason told':<34}{reasons * 1000:>10,.1f} ms")
    wrong, spent = differing(conditions, firms, found, chance)
    naive = spent * FIRMS * POLICIES
    print(f"  {'evaluator, all pairs (by sample)':<34}{naive * 1000:>10,.0f} ms   the table is {naive / full:,.0f} x faster")  # fmt: skip
    print(f"  verdicts that differ from the evaluator's: {wrong} of {SAMPLE + 3 * (FIRMS + POLICIES):,}")
    return int(wrong > 0 or not all(met))


if __name__ == "__main__":
    sys.exit(main())
