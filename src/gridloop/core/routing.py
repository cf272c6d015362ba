"""The routing table: one lead unit, one deadline profile and one sentence why, for every case there can be.

Terms
    *row*       see :mod:`gridloop.core.route_row`
    *fallback*  the sub-district itself (属地兜底): answers what no row matches, which is marked as a routing gap
    *decision*  the row that won for a case

Guarantees
    * Every case gets exactly one decision; the order in which the rows were written never matters.
    * The most specific row wins: longest category prefix, then longest place prefix, then more conditions, then the
      smaller metric. What remains would be a tie, and a table with a tie does not compile.
    * ``decide``, ``trace`` and a plain scan over all rows agree (property-tested).
    * The cost of a decision does not grow with the number of rows, only with the depth of the two paths.

The rule is written out, with worked tables, in ``docs/routing.md``.

Worked example::

    >>> table = RoutingTable.compile(
    ...     [RouteRow("R1", "CG", "san_bu_guo", category="城乡建设"),
    ...      RouteRow("R2", "YL", "san_bu_guo", category="城乡建设/绿化", reason="{category}归{unit}")],
    ...     fallback=fallback_row(unit="LH", profile="san_bu_guo"), unit_names={"YL": "园林科"})
    >>> decision = table.decide(CaseFacts("城乡建设/绿化/树木", "410102/410102013"))
    >>> decision.unit, decision.reason
    ('YL', '城乡建设/绿化/树木归园林科')
    >>> table.decide(CaseFacts("教育")).is_fallback
    True
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gridloop.core.errors import NotFound, WrongInput
from gridloop.core.proof import Hole, TableError, holes, require_no_holes, table_errors
from gridloop.core.route_row import (
    COLUMNS,
    CONDITIONS,
    HEADERS,
    CaseFacts,
    Problem,
    RouteRow,
    accepted,
    condition_count,
    conditions_hold,
    is_under,
    prefixes,
    rows_from_records,
    rows_to_records,
    say_reason,
    segments,
    word_of,
)

__all__ = [
    "COLUMNS",
    "FALLBACK",
    "HEADERS",
    "HOP_LIMIT",
    "CaseFacts",
    "Decision",
    "Hole",
    "Problem",
    "RouteRow",
    "RoutingTable",
    "TableError",
    "TraceRow",
    "fallback_row",
    "holes",
    "next_hop_allowed",
    "require_no_holes",
    "rows_from_records",
    "rows_to_records",
    "table_errors",
    "trace_document",
]

FALLBACK = "属地兜底"
"""The label of the fallback row; a table may not use it for a row of its own."""

FALLBACK_REASON = "{category}({place})在路由表中没有对应的行,由{unit}属地兜底,并记为路由缺口"

HOP_LIMIT = 3
"""How often one case may be handed to a unit by the table; after the third return the office designates (指定)."""

_REMEMBERED = 65_536
"""How many different paths are remembered before starting afresh; bounds the memory whatever paths come in."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Which row won for a case. ``reason`` is put into words only when someone reads it."""

    route_row: RouteRow
    facts: CaseFacts
    names: Mapping[str, str]

    @property
    def row(self) -> str:
        """The label of the winning row."""
        return self.route_row.row

    @property
    def unit(self) -> str:
        """The code of the one lead unit."""
        return self.route_row.unit

    @property
    def post(self) -> str:
        """The code of the post inside the unit, or ``""``."""
        return self.route_row.post

    @property
    def profile(self) -> str:
        """The code of the deadline profile."""
        return self.route_row.profile

    @property
    def reason(self) -> str:
        """Why this unit, in one sentence."""
        return say_reason(self.route_row, self.facts, self.names)

    @property
    def is_fallback(self) -> bool:
        """No row matched: a routing gap for the duty desk."""
        return self.route_row.row == FALLBACK


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One row that was considered for a case, whether it won, and why or why not."""

    row: str
    won: bool
    why: str


def fallback_row(*, unit: str, profile: str, post: str = "", reason: str = FALLBACK_REASON) -> RouteRow:
    """The row that answers what no other row matches."""
    return RouteRow(FALLBACK, unit, profile, post=post, reason=reason)


def next_hop_allowed(hops: int) -> bool:
    """A case the table has already handed on ``hops`` times may be handed on once more."""
    return hops < HOP_LIMIT


_Bucket = tuple[RouteRow, ...]


class RoutingTable:
    """A compiled table. Immutable in what it decides; it only remembers how paths fall apart into prefixes."""

    def __init__(self, rows: Sequence[RouteRow], fallback: RouteRow, names: Mapping[str, str]) -> None:
        """Use :meth:`compile`; this trusts its rows."""
        self.rows = tuple(rows)
        self.fallback = fallback
        self.names = names
        self._buckets = _bucketed(rows)
        self._places = frozenset(row.place for row in rows)
        self._buckets_of: dict[str, tuple[Mapping[str, _Bucket], ...]] = {}
        self._prefixes_of: dict[str, tuple[str, ...]] = {}

    @classmethod
    def compile(
        cls, rows: Iterable[RouteRow], *, fallback: RouteRow, unit_names: Mapping[str, str] | None = None
    ) -> RoutingTable:
        """The table of these rows.

        ``unit_names`` gives the words for codes in reasons: units, and also posts, profiles and places (by whole path
        or by last segment). Raises :class:`WrongInput` ``routing.table_errors`` naming every fault of the table; its
        field ``errors`` holds the :class:`TableError` list.
        """
        kept = tuple(rows)
        errors = [*table_errors(kept), *_fallback_errors(kept, fallback)]
        if errors:
            sentences = " ".join(f"({number}){error.sentence}" for number, error in enumerate(errors, start=1))
            raise WrongInput("routing.table_errors", f"路由表有 {len(errors)} 处错误:{sentences}", errors=tuple(errors))
        return cls(kept, fallback, dict(unit_names or {}))

    def decide(self, facts: CaseFacts) -> Decision:
        """The one decision for a case."""
        places = self._prefixes_of.get(facts.place)
        if places is None:
            places = self._remember_place(facts.place)
        buckets = self._buckets_of.get(facts.category)
        if buckets is None:
            buckets = self._remember_category(facts.category)
        for by_place in buckets:
            for place in places:
                for row in by_place.get(place, ()):
                    if conditions_hold(row, facts):
                        return Decision(row, facts, self.names)
        return Decision(self.fallback, facts, self.names)

    def trace(self, facts: CaseFacts) -> list[TraceRow]:
        """Every row whose category and place cover the case, the winner first, then by specificity; the fallback last.

        For a row whose category or place does not cover the case see :meth:`why_not`.
        """
        winner = self.decide(facts).route_row
        covering = [
            row for row in self.rows if is_under(facts.category, row.category) and is_under(facts.place, row.place)
        ]
        ordered = sorted(covering, key=lambda row: (row is not winner, *_rank(row)))
        return [_traced(row, winner, facts) for row in (*ordered, self.fallback)]

    def why_not(self, row: str, facts: CaseFacts) -> TraceRow:
        """Why the row with this label wins or loses for a case; raises :class:`NotFound` ``routing.no_such_row``."""
        named = next((one for one in (*self.rows, self.fallback) if one.row == row), None)
        if named is None:
            raise NotFound("routing.no_such_row", f"路由表里没有 {row} 行,请核对编号。", row=row)
        return _traced(named, self.decide(facts).route_row, facts)

    def _remember_place(self, place: str) -> tuple[str, ...]:
        if len(self._prefixes_of) >= _REMEMBERED:
            self._prefixes_of.clear()
        found = tuple(prefix for prefix in prefixes(place) if prefix in self._places)
        self._prefixes_of[place] = found
        return found

    def _remember_category(self, category: str) -> tuple[Mapping[str, _Bucket], ...]:
        if len(self._buckets_of) >= _REMEMBERED:
            self._buckets_of.clear()
        found = tuple(self._buckets[prefix] for prefix in prefixes(category) if prefix in self._buckets)
        self._buckets_of[category] = found
        return found


def trace_document(table: RoutingTable, facts: CaseFacts) -> dict[str, object]:
    """The trace as one JSON-ready object: unit, profile, reason, and rows of row, won, why."""
    decision = table.decide(facts)
    rows = [{"row": traced.row, "won": traced.won, "why": traced.why} for traced in table.trace(facts)]
    return {"unit": decision.unit, "profile": decision.profile, "reason": decision.reason, "rows": rows}


# --- compiling -------------------------------------------------------------------------------------------------------


def _rank(row: RouteRow) -> tuple[int, int, int, int]:
    """Smaller is stronger; only comparable among rows that match one case, whose prefixes then nest."""
    return -len(segments(row.category)), -len(segments(row.place)), -condition_count(row), row.metric


def _bucketed(rows: Sequence[RouteRow]) -> dict[str, dict[str, _Bucket]]:
    """Category prefix -> place prefix -> its rows, the strongest first."""
    buckets: dict[str, dict[str, _Bucket]] = {}
    for row in sorted(rows, key=_rank):
        by_place = buckets.setdefault(row.category, {})
        by_place[row.place] = (*by_place.get(row.place, ()), row)
    return buckets


def _fallback_errors(rows: Collection[RouteRow], fallback: RouteRow) -> list[TableError]:
    errors = table_errors([fallback])
    if fallback.row != FALLBACK or fallback.category or fallback.place or condition_count(fallback):
        sentence = f"兜底行的编号必须是“{FALLBACK}”,且不限类别、地点和条件。"
        errors.append(TableError("fallback", (fallback.row,), None, sentence))
    if any(row.row == FALLBACK for row in rows):
        errors.append(TableError("fallback", (FALLBACK,), None, f"“{FALLBACK}”是保留编号,请给这一行换个编号。"))
    return errors


# --- words -----------------------------------------------------------------------------------------------------------


def _traced(row: RouteRow, winner: RouteRow, facts: CaseFacts) -> TraceRow:
    if row is winner:
        return TraceRow(row.row, won=True, why=_why_won(row))
    return TraceRow(row.row, won=False, why=_why_lost(row, winner, facts))


def _why_won(row: RouteRow) -> str:
    if row.row == FALLBACK:
        return "没有任何一行能承接,由属地兜底,并记为路由缺口"
    return (
        f"在能承接的行中最具体:类别前缀{_length(row.category)}、地点前缀{_length(row.place)}、"
        f"条件 {condition_count(row)} 项、优先序 {row.metric}"
    )


def _why_lost(row: RouteRow, winner: RouteRow, facts: CaseFacts) -> str:
    if row.row == FALLBACK:
        return f"{winner.row} 行能承接,不需要属地兜底"
    return _mismatch(row, facts) or _outranked(row, winner)


def _mismatch(row: RouteRow, facts: CaseFacts) -> str:
    """Why the row does not match the case; empty when it does."""
    if not is_under(facts.category, row.category):
        return f"类别不符:本行管“{row.category}”,本件是“{facts.category or '未定类别'}”"
    if not is_under(facts.place, row.place):
        return f"地点不符:本行管“{row.place}”,本件在“{facts.place or '未定地点'}”"
    unmet = [
        f"{word}须为{'或'.join(word_of(fact, value) for value in sorted(accepted(row, name)))},"
        f"本件为{word_of(fact, getattr(facts, fact))}"
        for name, fact, word in CONDITIONS
        if accepted(row, name) and getattr(facts, fact) not in accepted(row, name)
    ]
    return f"条件不符:{';'.join(unmet)}" if unmet else ""


def _outranked(row: RouteRow, winner: RouteRow) -> str:
    """The first of the four steps at which the winner was stronger."""
    mine, theirs = _rank(row), _rank(winner)
    by = f"不如 {winner.row} 行"
    if mine[0] != theirs[0]:
        return f"{by}具体:类别前缀{_length(row.category)},对方{_length(winner.category)}"
    if mine[1] != theirs[1]:
        return f"{by}具体:地点前缀{_length(row.place)},对方{_length(winner.place)}"
    if mine[2] != theirs[2]:
        return f"{by}具体:条件 {-mine[2]} 项,对方 {-theirs[2]} 项"
    return f"{by}优先:优先序 {row.metric},对方 {winner.metric},小的优先"


def _length(path: str) -> str:
    return f" {len(segments(path))} 段" if path else "不限"
