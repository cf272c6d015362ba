"""Rows, cases, and a plain reading of the routing rule, for the tests of routing and of its proof."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gridloop.core.routing import (
    FALLBACK,
    CaseFacts,
    RouteRow,
    fallback_row,
)

OFFICE = fallback_row(unit="LH", profile="san_bu_guo")
STREET = "410102/410102013"
GRID = f"{STREET}/410102013204"


def row(label: str, category: str = "", place: str = "", **more: Any) -> RouteRow:
    conditions = {name: frozenset(values) for name, values in more.items() if isinstance(values, set)}
    return RouteRow(
        label, **{"unit": f"U-{label}", "profile": "p", "category": category, "place": place, **more, **conditions}
    )


PATHS = st.lists(st.sampled_from("abc"), max_size=3).map("/".join)


def some_of(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.one_of(st.just(frozenset[str]()), st.frozensets(st.sampled_from(values), max_size=2))


@st.composite
def tables(draw: st.DrawFn) -> list[RouteRow]:
    """Up to fifteen rows without ties: a distinct metric each."""
    return [
        RouteRow(
            f"R{number}", "u", "p", draw(PATHS), draw(PATHS), metric=number, levels=draw(some_of("1", "2")),
            sources=draw(some_of("x", "y")), time_classes=draw(some_of("work", "night", "holiday")),
            grades=draw(some_of("difficult")),
        )
        for number in range(draw(st.integers(0, 15)))
    ]  # fmt: skip


FACTS = st.builds(
    CaseFacts,
    category=PATHS,
    place=PATHS,
    level=st.sampled_from(["", "1", "2", "3"]),
    source=st.sampled_from(["", "x", "y"]),
    time_class=st.sampled_from(["work", "night", "holiday"]),
    grade=st.sampled_from(["ordinary", "difficult"]),
)


def starts(path: str, prefix: str) -> bool:
    mine, theirs = path.split("/"), prefix.split("/") if prefix else []
    return mine[: len(theirs)] == theirs


def oracle(rows: list[RouteRow], case: CaseFacts) -> str:
    """The rule as the issue states it, over all rows, sharing no code with the table."""

    def conditions(one: RouteRow) -> list[tuple[frozenset[str], str]]:
        pairs = [(one.levels, case.level), (one.sources, case.source), (one.priorities, case.priority)]
        pairs += [(one.time_classes, case.time_class), (one.grades, case.grade)]
        return [(asked, given) for asked, given in pairs if asked]

    def strength(one: RouteRow) -> tuple[int, int, int, int]:
        return len(one.category), len(one.place), len(conditions(one)), -one.metric

    matching = [
        one
        for one in rows
        if starts(case.category, one.category) and starts(case.place, one.place)
        if all(given in asked for asked, given in conditions(one))
    ]
    return max(matching, key=strength).row if matching else FALLBACK
