"""The proof of a routing table as the pages show it: six properties, each with a mark, and each failure with its counter-example and its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gridloop.core.table_proof import PROPERTIES, Journey
from gridloop.offices.cases.queries.proving import proof_of
from gridloop.offices.organisation.changesets.chapters import Proposed
from gridloop.web.sentences import spoken

MOST_SHOWN = 20
HOLDS, FAILS, OPEN = "good", "bad", "quiet"


@dataclass(frozen=True, slots=True)
class FailureShown:
    """One failure: its sentence with the counter-example, and the rows that take part, each with an address."""

    sentence: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PropertyShown:
    """One property: its name, what it promises, whether it holds, and what speaks against it."""

    name: str
    promise: str
    tone: str
    failures: tuple[FailureShown, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ProofShown:
    """The whole proof."""

    ok: bool
    properties: tuple[PropertyShown, ...]
    journey: Journey | None
    sentences: frozenset[str]


def shown_proof(setup: Proposed, *, address: Callable[[str], str]) -> ProofShown:
    """The proof of the table as it would be; ``address`` tells where a row is to be seen."""
    proof = proof_of(setup)
    listed = []
    for name, words in PROPERTIES.items():
        failures = proof.of(name)
        title, _, promise = spoken(words).partition(":")  # said whole: the sentence book knows no halves
        tone = FAILS if failures else OPEN if name in proof.unproved else HOLDS
        told = tuple(
            FailureShown(
                each.sentence,
                tuple((row, address(row)) for row in dict.fromkeys(each.rows or ((each.row,) if each.row else ()))),
            )
            for each in failures[:MOST_SHOWN]
        )
        listed.append(PropertyShown(title, promise.strip(), tone, told, max(0, len(failures) - MOST_SHOWN)))
    return ProofShown(proof.ok, tuple(listed), proof.journey, frozenset(each.sentence for each in proof.failures))
