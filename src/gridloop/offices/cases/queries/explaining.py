"""Why a case is where it is, looked up again: by the table version that routed it and the facts as they were then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from gridloop.core.route_row import CONDITIONS, CaseFacts, word_of
from gridloop.core.route_words import plain_words
from gridloop.core.routing import RoutingTable, TraceRow
from gridloop.offices.archive.queries import TimelineEntry, timeline
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.rules import Rules, facts_of, rules_of
from gridloop.offices.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class Explained:
    """The decision of one table version: the facts in words, the rows considered with the winner first, and the others."""

    version: int
    unit: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    considered: tuple[TraceRow, ...]
    others: tuple[TraceRow, ...]


def explained(case: Case, steps: Sequence[TimelineEntry]) -> Explained | None:
    """Every row of the table that routed the case, and why it won or lost; None where no table did."""
    found = _decided(case, steps)
    if found is None or case.table is None:
        return None
    table, facts, rules = found
    decision = table.decide(facts)
    considered = table.trace(facts)
    seen = {each.row for each in considered}
    others = [table.why_not(row.row, facts) for row in table.rows if row.row not in seen]
    told = [("类别", facts.category or "未定类别"), ("地点", _place_name(case, rules))]
    told += [(word, word_of(fact, getattr(facts, fact))) for _, fact, word in CONDITIONS]
    unit = rules.units[decision.unit].name if decision.unit in rules.units else decision.unit
    return Explained(case.table.version, unit, decision.reason, tuple(told), tuple(considered), tuple(others))


def plainly_explained(case: Case) -> tuple[str, ...]:
    """The decision in a resident's words; nothing where the table did not decide who has the case now."""
    if case.hops or case.merged_into_id:
        return ()
    found = _decided(case, timeline(case.subject))
    if found is None:
        return ()
    table, facts, rules = found
    decision = table.decide(facts)
    profile = rules.profiles[decision.profile][1].name if decision.profile in rules.profiles else decision.profile
    return plain_words(table, facts, place=_place_name(case, rules), profile=profile)


def _decided(case: Case, steps: Sequence[TimelineEntry]) -> tuple[RoutingTable, CaseFacts, Rules] | None:
    if case.table_id is None:
        return None
    rules = rules_of(case.street, version=organisation.version_of(case.street))
    table = {key: table for _, key, table in rules.tables}.get(case.table_id)
    return (table, facts_decided_on(steps) or facts_of(case, rules), rules) if table is not None else None


def facts_decided_on(steps: Sequence[TimelineEntry]) -> CaseFacts | None:
    """The facts of the latest decision by the table; None when their entry was erased or is older than this record."""
    names = [field.name for field in fields(CaseFacts)]
    for entry in reversed(steps):
        told = {"case.filed": entry.payload, "case.routed_again": entry.payload.get("facts", {})}.get(entry.kind)
        if told is not None:
            return CaseFacts(**{name: told[name] for name in names}) if all(name in told for name in names) else None
    return None


def _place_name(case: Case, rules: Rules) -> str:
    return case.grid.name if case.grid else rules.street.name
