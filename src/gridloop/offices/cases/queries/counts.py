# ruff: noqa: S608 - the statement is put together from names of ours and what Django compiled; values are parameters
"""How many cases each choice of a filter would show, counted together in one statement.

Terms: a *facet* is one thing a list can be narrowed by (state, unit, category, grade, source, place, late, gap, mine). The count
beside a choice is what the list would hold if that choice were taken and everything else stayed as it is; so each facet is counted
without its own narrowing.

How: the cases that the other conditions let through (scope, words, period, telephone) are gathered once, then grouped once for each
facet. Cases not struck off are gathered all; of the closed ones only the newest ``MOST_CLOSED``, so that the page costs the same
after ten years. Where that limit cuts, every count of closed cases is a lower bound and ``is_capped`` says so ("1000+"). Of what a
search finds the newest ``MOST_HITS`` are counted; where that cuts, every count is a lower bound and ``are_hits_cut`` says so.

Worked example::

    count(actor, Filter(state="open", unit="urban")).by_state      # {"routed": 4, "cleared": 210, …} of unit urban
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case as When
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models import When as If

from gridloop.core.access import Actor
from gridloop.core.lifecycle import CLOSED_STATES, LIVE_STATES, OPEN_STATES
from gridloop.core.search import sought
from gridloop.offices.cases.models import Case, Participation
from gridloop.offices.cases.queries.lists import Filter, hits
from gridloop.offices.organisation.models import Unit

MOST_LIVE = 50_000
MOST_CLOSED = 5_000
MOST_HITS = 2_000
FACETS = ("state", "unit", "category", "grade", "source", "place", "late", "gap", "mine")
_GROUPED = {
    "state": "state",
    "unit": "lead_id",
    "category": "category",
    "grade": "grade",
    "source": "source",
    "place": "place",
}
_FLAGS = ("late", "gap", "mine")


@dataclass(frozen=True, slots=True)
class Counts:
    """By facet and choice: how many. ``is_capped``: closed cases were counted among the newest only; ``are_hits_cut``: so were the hits of a search."""

    by_state: Mapping[str, int] = field(default_factory=dict)
    by_unit: Mapping[int, int] = field(default_factory=dict)
    by_category: Mapping[str, int] = field(default_factory=dict)
    by_grade: Mapping[str, int] = field(default_factory=dict)
    by_source: Mapping[str, int] = field(default_factory=dict)
    by_place: Mapping[str, int] = field(default_factory=dict)
    late: int = 0
    gap: int = 0
    mine: int = 0
    is_capped: bool = False
    are_hits_cut: bool = False

    def of_states(self, states: frozenset[str]) -> int:
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    def below(self, facet: str, path: str) -> int:
        """The cases at a path (``by_category`` or ``by_place``) and below it."""
        rows: Mapping[str, int] = getattr(self, facet)
        return sum(n for each, n in rows.items() if each == path or each.startswith(f"{path}/"))


def count(actor: Actor, wanted: Filter) -> Counts:
    """The counts beside every choice; one statement (with words to search for, at most four more)."""
    base = hits(actor, replace(wanted, after=""), limit=MOST_HITS, except_for=frozenset(FACETS))
    live = _gathered(base.filter(state__in=sorted(LIVE_STATES)), actor, most=MOST_LIVE)
    closed = _gathered(base.filter(state__in=sorted(CLOSED_STATES)), actor, most=MOST_CLOSED)
    if live is None or closed is None:
        return Counts()
    sql, values = _statement(live, closed, wanted)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return _counts(cursor.fetchall(), seeks_words=not sought(wanted.text).is_empty)


def by_unit_code(counts: Counts) -> dict[str, int]:
    """The counts by unit under the codes of the units; units of several streets that share a code count together."""
    codes = dict(Unit.objects.filter(pk__in=counts.by_unit).values_list("pk", "code"))
    told: dict[str, int] = {}
    for key, n in counts.by_unit.items():
        told[codes[key]] = told.get(codes[key], 0) + n
    return told


def _gathered(found: QuerySet[Case], actor: Actor, *, most: int) -> tuple[str, tuple[Any, ...]] | None:
    """The newest ``most`` of the cases with what the facets ask of them; None when there can be none."""
    worked = Participation.objects.filter(case=OuterRef("pk"), person=actor.person_id)
    rows = found.order_by("-pk").values(
        "state", "lead_id", "category", "grade", "source", "place",
        late=_flag(Q(is_late=True)), gap=_flag(Q(is_gap=True, assigned_at__isnull=True)),
        mine=_flag(Q(first_contact=actor.person_id) | Exists(worked)),
    )[:most]  # fmt: skip
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:  # no hit, or a scope that can hold nothing
        return None


def _flag(condition: Any) -> When:
    return When(If(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _statement(
    live: tuple[str, tuple[Any, ...]], closed: tuple[str, tuple[Any, ...]], wanted: Filter
) -> tuple[str, list[Any]]:
    """``base`` once, then a grouping for each facet under the conditions of all others."""
    parts, values = [], [*live[1], *closed[1]]
    for facet, column in _GROUPED.items():
        condition, asked = _others(wanted, facet)
        parts.append(
            f"SELECT '{facet}', CAST({column} AS TEXT), COUNT(*) FROM base WHERE {condition} GROUP BY {column}"
        )
        values += asked
    for flag in _FLAGS:
        condition, asked = _others(wanted, flag)
        parts.append(f"SELECT '{flag}', '', COALESCE(SUM({flag}), 0) FROM base WHERE {condition}")
        values += asked
    parts.append("SELECT 'all', '', COUNT(*) FROM base")
    parts.append(f"SELECT 'closed', '', COUNT(*) FROM base WHERE state IN ({', '.join(['%s'] * len(CLOSED_STATES))})")
    values += sorted(CLOSED_STATES)
    gathered = f"SELECT * FROM ({live[0]}) AS living UNION ALL SELECT * FROM ({closed[0]}) AS closed"
    return f"WITH base AS MATERIALIZED ({gathered}) {' UNION ALL '.join(parts)}", values


def _others(wanted: Filter, facet: str) -> tuple[str, list[Any]]:
    """The conditions of every facet but this one, over the gathered rows."""
    told = [told for name in FACETS if name != facet and getattr(wanted, name) for told in [_condition(wanted, name)]]
    return " AND ".join(["1 = 1", *(sql for sql, _ in told)]), [value for _, values in told for value in values]


def _condition(wanted: Filter, facet: str) -> tuple[str, list[Any]]:
    value = getattr(wanted, facet)
    if facet in _FLAGS:
        return f"{facet} = 1", []
    if facet == "unit":
        return "lead_id IN (SELECT id FROM organisation_unit WHERE code = %s)", [value]
    if facet == "state" and value in ("open", "live"):
        states = sorted(OPEN_STATES if value == "open" else LIVE_STATES)
        return f"state IN ({', '.join(['%s'] * len(states))})", list(states)
    if facet in ("category", "place"):
        return f"({facet} = %s OR substr({facet}, 1, {len(value) + 1}) = %s)", [value, f"{value}/"]
    return f"{facet} = %s", [value]


def _counts(rows: list[tuple[str, str, int]], *, seeks_words: bool) -> Counts:
    told: dict[str, dict[str, int]] = {}
    for facet, choice, n in rows:
        told.setdefault(facet, {})[choice] = int(n)
    flags = {flag: told.get(flag, {}).get("", 0) for flag in _FLAGS}
    return Counts(
        by_state=told.get("state", {}), by_unit={int(unit): n for unit, n in told.get("unit", {}).items()},
        by_category=told.get("category", {}), by_grade=told.get("grade", {}), by_source=told.get("source", {}),
        by_place=told.get("place", {}), is_capped=told.get("closed", {}).get("", 0) >= MOST_CLOSED,
        are_hits_cut=seeks_words and told.get("all", {}).get("", 0) >= MOST_HITS, **flags,
    )  # fmt: skip
