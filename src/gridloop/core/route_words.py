"""Why a case went where it went, for someone who knows no routing table: a few plain sentences, no row numbers, nobody's name.

Guarantees: what is said follows from ``RoutingTable.trace`` alone; units are called by name, people not at all; at most :data:`MOST_OTHERS` of
the rows that lost are told, the closest first, and how many more there were.

Worked example::

    plain_words(table, CaseFacts("城乡建设/路灯", "1/2"), place="柳荫社区", profile="三不过")[0]
    # "按“路灯”这一类、在柳荫社区,到街道公布的分工表里找主办单位。"
"""

from __future__ import annotations

from collections.abc import Sequence

from gridloop.core.route_row import (
    CONDITIONS,
    USUAL,
    CaseFacts,
    RouteRow,
    accepted,
    condition_count,
    conditions_hold,
    segments,
    word_of,
)
from gridloop.core.routing import FALLBACK, RoutingTable

MOST_OTHERS = 4


def plain_words(table: RoutingTable, facts: CaseFacts, *, place: str, profile: str) -> tuple[str, ...]:
    """The decision in sentences; ``place`` and ``profile`` are what the place and the deadline profile are called."""
    decision = table.decide(facts)
    by_label = {row.row: row for row in table.rows}
    considered = [by_label[each.row] for each in table.trace(facts) if each.row != FALLBACK]
    opening = f"按{_kind(facts)}、在{place}{_circumstances(facts)},到街道公布的分工表里找主办单位。"
    unit = table.names.get(decision.unit, decision.unit)
    if decision.is_fallback:
        return opening, f"分工表里没有一行管到这样的事,所以由{unit}先接下来,再判断交给谁;不会没人管。"
    others = [row for row in considered if row is not decision.route_row]
    winner = f"选中的一行管{_scope(decision.route_row)},由{unit}主办,按“{profile}”的期限办。"
    return opening, _how_many(len(considered)), winner, *_others(others, decision.route_row, facts, table)


def _kind(facts: CaseFacts) -> str:
    return f"“{segments(facts.category)[-1]}”这一类" if facts.category else "还没有定下的类别"


def _circumstances(facts: CaseFacts) -> str:
    """What is not as usual."""
    said = [
        word_of(fact, getattr(facts, fact))
        for _, fact, _ in CONDITIONS
        if fact in ("time_class", "priority", "grade") and getattr(facts, fact) != USUAL[fact]
    ]
    return f"({'、'.join(said)})" if said else ""


def _how_many(count: int) -> str:
    if count == 1:
        return "分工表里只有一行管到这样的事。"
    return f"分工表里有 {count} 行管到这一类、这一片,选写得最细的一行:先比类别,再比地点,再比条件。"


def _scope(row: RouteRow) -> str:
    what = f"“{segments(row.category)[-1]}”" if row.category else "各类事"
    where = "指定的一片" if row.place else "全街道"
    conditions = [
        "或".join(word_of(fact, value) for value in sorted(accepted(row, name)))
        for name, fact, _ in CONDITIONS
        if accepted(row, name)
    ]
    return f"{what}、{where}" + (f"、{'、'.join(conditions)}" if conditions else "")


def _others(others: Sequence[RouteRow], winner: RouteRow, facts: CaseFacts, table: RoutingTable) -> list[str]:
    told = [
        f"管{_scope(row)}的一行(交给{table.names.get(row.unit, row.unit)})没有选中:{_why_not(row, winner, facts)}。"
        for row in others[:MOST_OTHERS]
    ]
    return told + ([f"还有 {len(others) - MOST_OTHERS} 行也没有选中。"] if len(others) > MOST_OTHERS else [])


def _why_not(row: RouteRow, winner: RouteRow, facts: CaseFacts) -> str:
    if not conditions_hold(row, facts):
        return "它要的条件这件事不符合"
    if len(segments(row.category)) != len(segments(winner.category)):
        return "选中的那一行类别写得更细"
    if len(segments(row.place)) != len(segments(winner.place)):
        return "选中的那一行地点写得更细"
    if condition_count(row) != condition_count(winner):
        return "选中的那一行条件写得更细"
    return "两行一样细,按街道定的先后"
