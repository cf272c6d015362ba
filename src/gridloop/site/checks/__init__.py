"""What ``gridloop check`` checks: does everything that must agree agree?

Seven kinds, each street by itself:

* ``ledger``     every entry, node and checkpoint of the book adds up;
* ``routing``    the table in force has no tie and names nothing unknown; holes are told as a warning, for then the backstop answers;
* ``partition``  drawn children tile their drawn parent: no gap, no overlap;
* ``posts``      the duty desk is held, other posts too; system, security and audit keeper are three people;
* ``calendar``   this year and the next are published;
* ``notices``    every channel that failed in the last week has worked again;
* ``data``       segments tile every case, its state is the one its entries lead to, its clocks say what ``judge`` says.

Guarantees: nothing is written; the same database gives the same findings, the gravest first; ``ok`` is false exactly when one is an error.

Worked example::

    report_on(["410102990"], at=now, verifier_keys=keys.verifier_keys())      # {"ok": True, "findings": []}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from gridloop.core.ledger import Finding
from gridloop.offices.archive import queries as archive
from gridloop.site.checks.cases import check_cases
from gridloop.site.checks.finding import ERROR, GRAVITY, NOTE, WARNING, Found
from gridloop.site.checks.keepers import check_keepers
from gridloop.site.checks.notices import check_channels
from gridloop.site.checks.setup import check_calendar, check_partition, check_posts, check_routing

__all__ = ["ERROR", "NOTE", "WARNING", "Found", "check_ledger", "check_street", "report_on"]

SEVERITIES = {"broken": ERROR, "warning": WARNING, "note": NOTE}


def report_on(streets: Sequence[str], *, at: datetime, verifier_keys: list[str]) -> dict[str, Any]:
    """The document of ``gridloop check --json`` over these streets (codes)."""
    found = [each for street in streets for each in check_street(street, at=at, verifier_keys=verifier_keys)]
    found.sort(key=lambda each: GRAVITY[each.severity])
    return {"ok": not any(each.severity == ERROR for each in found), "findings": [each.to_data() for each in found]}


def check_street(street: str, *, at: datetime, verifier_keys: list[str]) -> Iterator[Found]:
    """Everything found in one street."""
    yield from check_ledger(street, verifier_keys=verifier_keys)
    yield from check_routing(street, at=at)
    yield from check_partition(street)
    yield from check_posts(street, at=at)
    yield from check_keepers(street, at=at)
    yield from check_calendar(street, at=at)
    yield from check_channels(street, at=at)
    yield from check_cases(street, at=at)


def check_ledger(street: str, *, verifier_keys: list[str]) -> Iterator[Found]:
    """What does not add up in the street's book."""
    for finding in archive.audit_book(street, verifier_keys=verifier_keys).findings:
        yield Found("ledger", SEVERITIES[finding.severity], _where(finding), finding.sentence)


def _where(finding: Finding) -> str:
    return finding.book if finding.entry is None else f"{finding.book}/{finding.entry}"
