"""Who may have what a policy offers: its clauses over the facts of a firm, in three values, explained clause by clause.

Terms
    *clause*     one requirement: a condition over facts, and the sentence of the document that it stands for (原文)
    *verdict*    符合 (every clause is met), 不符合 (one is not), 还缺 (none is not met, but something is not known)
    *missing*    the facts whose being told would settle a 还缺

Guarantees
    * A verdict is the condition ``all`` of its clauses, by the same three-valued logic; no clause is weighed.
    * ``missing`` names facts only where the verdict is 还缺, and at least one then.
    * ``count`` and ``judge`` agree firm by firm: both are ``core.condition``.

Worked example::

    >>> from gridloop.core.condition import parse
    >>> small = Clause(parse({"fact": "staff", "at_most": 300, "label": "员工人数", "unit": "人"}), "从业人员300人以下的企业")
    >>> judge([small], {"staff": 500}).clauses[0].reasons
    ('员工人数应不超过300人,实际为500',)
    >>> verdict = judge([small], {})
    >>> verdict.word, verdict.missing
    ('还缺信息', ('staff',))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gridloop.core.condition import (
    All,
    AnyOf,
    Condition,
    Facts,
    Not,
    Said,
    Test,
    Value,
    answer_to,
    evaluate,
    explain,
    value_of,
)
from gridloop.core.fact_table import MET, NOT_MET, UNKNOWN, Answers, FactTable

WORDS: dict[Value, str] = {"met": "符合", "not_met": "不符合", "unknown": "还缺信息"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One requirement and the words of the document that it stands for."""

    condition: Condition
    quote: str = ""


@dataclass(frozen=True, slots=True)
class ClauseVerdict:
    """What one clause says of one firm: the requirement in words, the quote, the value, its reasons, what is missing."""

    requirement: str
    quote: str
    value: Value
    reasons: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def word(self) -> str:
        return WORDS[self.value]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says of one firm."""

    value: Value
    clauses: tuple[ClauseVerdict, ...]

    @property
    def word(self) -> str:
        return WORDS[self.value]

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts to be told, each once, in the order of the clauses; nothing where the verdict stands without them."""
        if self.value != "unknown":
            return ()
        return tuple(dict.fromkeys(fact for clause in self.clauses for fact in clause.missing))


@dataclass(frozen=True, slots=True)
class Count:
    """Of how many firms a condition is met, not met, or not known."""

    met: int
    not_met: int
    unknown: int

    @property
    def all(self) -> int:
        return self.met + self.not_met + self.unknown


def whole(clauses: Iterable[Clause]) -> Condition:
    """The one condition that a policy is: every clause."""
    return All(tuple(clause.condition for clause in clauses))


def judge(clauses: Sequence[Clause], facts: Facts, said: Said | None = None) -> Verdict:
    """What the clauses together say of these facts, each with its reasons; ``said`` words values as people call them."""
    return Verdict(value_of(whole(clauses), facts), tuple(_judged(clause, facts, said) for clause in clauses))


def count(condition: Condition, table: FactTable) -> Count:
    """How many rows meet the condition, do not, or lack facts."""
    return _counted(table.answers(condition))


def count_clauses(clauses: Sequence[Clause], table: FactTable) -> list[Count]:
    """The same for each clause by itself: which of them lets how many through."""
    return [count(clause.condition, table) for clause in clauses]


def rows_with(answers: Answers, answer: int) -> list[int]:
    """The numbers of the rows that gave this answer."""
    return [int(row) for row in np.flatnonzero(answers == answer)]


def _judged(clause: Clause, facts: Facts, said: Said | None) -> ClauseVerdict:
    outcome = evaluate(clause.condition, facts, said)
    missing = tuple(dict.fromkeys(_open(clause.condition, facts))) if outcome.value == "unknown" else ()
    return ClauseVerdict(explain(clause.condition, said=said), clause.quote, outcome.value, outcome.reasons, missing)


def _open(condition: Condition, facts: Facts) -> Iterable[str]:
    """The facts that keep the condition open."""
    match condition:
        case Test():
            return [condition.fact] if answer_to(condition, facts.get(condition.fact)) == "unknown" else []
        case Not(part):
            return _open(part, facts)
        case All(parts) | AnyOf(parts):
            asked = [part for part in parts if value_of(part, facts) == "unknown"]
            return [fact for part in asked for fact in _open(part, facts)]


def _counted(answers: Answers) -> Count:
    return Count(*(int(np.count_nonzero(answers == answer)) for answer in (MET, NOT_MET, UNKNOWN)))
