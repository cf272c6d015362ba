"""Whom a policy fits and what fits a firm: computed from the register as it stands, never kept.

Terms: a *match* is a policy's verdict on a firm (符合、不符合、还缺信息). The facts of a whole street are read once into a table
(``core.fact_table``) and held while nothing in the register has changed; so all policies are matched with all firms in well under a
second, and one policy with all firms, or one firm with all policies, in milliseconds.

Guarantee: the verdicts are those of ``core.eligibility.judge`` on the facts of the moment; a change of the register makes a new table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Sum

from gridloop.core.access import Actor
from gridloop.core.condition import Value, value_of
from gridloop.core.eligibility import Clause, Verdict, count, count_clauses, judge, rows_with, whole
from gridloop.core.eligibility import Count as Counted
from gridloop.core.fact_table import MET, NOT_MET, NUMBERS, UNKNOWN, Answers, FactTable
from gridloop.offices.enterprise.models import Consent, Enterprise, VitalitySpell
from gridloop.offices.enterprise.queries.facts import FirmFacts, facts_of, facts_of_all, present
from gridloop.offices.enterprise.queries.register import visible_to
from gridloop.offices.policies.clauses import clauses_of, label_of, said
from gridloop.offices.policies.models import Policy, PolicyPush
from gridloop.offices.policies.queries.finding import in_force

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Register:
    """The firms of a street as a table, and who they are, row by row."""

    firms: tuple[FirmFacts, ...]
    table: FactTable


@dataclass(frozen=True, slots=True)
class FirmMatch:
    """A firm and what a policy says of it; ``push`` is what was told to it already."""

    id: int
    ref: str
    name: str
    verdict: Verdict
    push: PolicyPush | None = None

    @property
    def lacking(self) -> str:
        return "、".join(label_of(fact) for fact in self.verdict.missing)


@dataclass(frozen=True, slots=True)
class PolicyMatch:
    """A policy and what it says of a firm."""

    policy: Policy
    verdict: Verdict
    push: PolicyPush | None = None

    @property
    def lacking(self) -> str:
        return "、".join(label_of(fact) for fact in self.verdict.missing)


@dataclass(frozen=True, slots=True)
class Preview:
    """Of how many firms of the street a policy holds, and what each clause lets through by itself."""

    total: Counted
    clauses: list[tuple[str, str, Counted]]

    @property
    def sentence(self) -> str:
        lacking = f";{self.total.unknown} 家还缺信息" if self.total.unknown else ""
        return f"适用 {self.total.met} 家,共 {self.total.all} 家企业{lacking}。"


def register_of(street: str) -> Register:
    """The street's firms that have not left, as a table; kept until the register changes.

    Inside a transaction it is read anew: what is rolled back must leave nothing behind.
    """
    return _read(street) if connection.in_atomic_block else _kept(street, _mark(street))


def preview(street: str, clauses: Sequence[Clause]) -> Preview:
    """What the clauses would do to the firms of the street today."""
    table = register_of(street).table
    each = count_clauses(clauses, table)
    words = judge(clauses, {}, said).clauses
    return Preview(
        count(whole(clauses), table), [(told.requirement, told.quote, n) for told, n in zip(words, each, strict=True)]
    )


def counts_of(street: str, policies: Sequence[Policy]) -> dict[int, Counted]:
    """By policy (its key): how many firms meet it, do not, or lack facts."""
    table = register_of(street).table
    return {each.pk: count(whole(clauses_in(each)), table) for each in policies}


def matches_of_policy(
    policy: Policy, *, by: Actor, value: Value = "met", after: int = 0, limit: int = SHOWN
) -> tuple[list[FirmMatch], int]:
    """The firms that the actor may see with this verdict beyond the one of that id, explained, and how many there are of them in all."""
    register = register_of(policy.street)
    clauses = clauses_in(policy)
    rows = rows_with(register.table.answers(whole(clauses)), NUMBERS[value])
    seen = _seen(by, policy.street)
    rows = [row for row in rows if seen is None or register.firms[row].id in seen]
    pushes = {push.enterprise_id: push for push in PolicyPush.objects.filter(family=policy.family)}
    shown = [firm for row in rows if (firm := register.firms[row]).id > after][:limit]
    found = [
        FirmMatch(firm.id, firm.ref, firm.name, judge(clauses, firm.facts, said), pushes.get(firm.id)) for firm in shown
    ]
    return found, len(rows)


def matches_of_firm(firm: Enterprise, *, on: date, rest: int = SHOWN) -> list[PolicyMatch]:
    """What the policies in force say of the firm: all that fit, then all that lack something, then ``rest`` of those that do not fit."""
    facts = facts_of(firm)
    pushes = {push.family: push for push in PolicyPush.objects.filter(enterprise=firm).select_related("digest")}
    by_value: dict[str, list[Policy]] = {"met": [], "unknown": [], "not_met": []}
    for policy in in_force(firm.street, on=on).order_by("-auto_grant", "-id"):
        by_value[value_of(whole(clauses_in(policy)), facts)].append(policy)
    shown = [*by_value["met"], *by_value["unknown"], *by_value["not_met"][:rest]]
    return [PolicyMatch(each, judge(clauses_in(each), facts, said), pushes.get(each.family)) for each in shown]


def verdict_on(policy: Policy, firm: Enterprise) -> Verdict:
    """What one policy says of one firm, clause by clause."""
    return judge(clauses_in(policy), facts_of(firm), said)


def clauses_in(policy: Policy) -> tuple[Clause, ...]:
    """The clauses of a policy as conditions; those of a published one never change and are read once."""
    if policy.state == "draft":
        return tuple(clauses_of(policy.clauses))
    return _read_once(policy.ref, json.dumps(policy.clauses))


@lru_cache(maxsize=4096)
def _read_once(ref: str, written: str) -> tuple[Clause, ...]:
    return tuple(clauses_of(json.loads(written)))


def answers_of(street: str, policies: Sequence[Policy]) -> tuple[Register, Answers]:
    """A line for each policy, a place in it for each firm of the register."""
    register = register_of(street)
    return register, register.table.answers_to_all([whole(clauses_in(each)) for each in policies])


def _seen(by: Actor, street: str) -> set[int] | None:
    """The keys of the firms that the actor may see; None for all of them."""
    if by.kind == "system":
        return None
    return set(visible_to(by).filter(street=street).values_list("pk", flat=True))


def _mark(street: str) -> tuple[Any, ...]:
    """Changes with whatever in the register a condition may ask: revisions, comings and goings, states, answers of consent."""
    firms = present(street).aggregate(n=Count("pk"), last=Max("pk"), revs=Sum("rev"))
    spells = VitalitySpell.objects.filter(enterprise__street=street).aggregate(last=Max("pk"))
    consents = Consent.objects.filter(enterprise__street=street).aggregate(last=Max("pk"), ended=Count("ends_at"))
    return (*firms.values(), *spells.values(), *consents.values())


@lru_cache(maxsize=16)
def _kept(street: str, mark: tuple[Any, ...]) -> Register:
    return _read(street)


def _read(street: str) -> Register:
    firms = tuple(facts_of_all(present(street)))
    return Register(firms, FactTable([firm.facts for firm in firms]))


__all__ = [
    "MET", "NOT_MET", "UNKNOWN", "FirmMatch", "PolicyMatch", "Preview", "Register", "answers_of", "counts_of", "matches_of_firm",
    "matches_of_policy", "preview", "register_of", "verdict_on",
]  # fmt: skip
