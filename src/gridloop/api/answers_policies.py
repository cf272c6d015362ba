"""From what the office for policies returns to what the API says of them."""

from __future__ import annotations

from typing import Any

from gridloop.api.answers import fields_named
from gridloop.offices.policies.queries.matching import FirmMatch, PolicyMatch, Preview

_LINE = (
    "ref rev version state title issuer number level topic valid_from valid_until auto_grant is_example published_at"
)


def policy_line(row: Any) -> dict[str, Any]:
    """A policy whose drafter and publisher have been read."""
    told = fields_named(row, _LINE)
    return told | {
        "drafted_by": row.drafted_by.name,
        "published_by": row.published_by.name if row.published_by else "",
    }


def fits(counted: Any) -> dict[str, Any]:
    return fields_named(counted, "met not_met unknown")


def preview(found: Preview) -> dict[str, Any]:
    clauses = [{"requirement": asks, "quote": quote, "fits": fits(n)} for asks, quote, n in found.clauses]
    return {"sentence": found.sentence, "fits": fits(found.total), "clauses": clauses}


def firm_fit(match: FirmMatch) -> dict[str, Any]:
    return {"enterprise": match.ref, "name": match.name, **_fit(match)}


def policy_fit(match: PolicyMatch) -> dict[str, Any]:
    return {"policy": policy_line(match.policy), **_fit(match)}


def _fit(match: FirmMatch | PolicyMatch) -> dict[str, Any]:
    verdict = match.verdict
    return {
        "value": verdict.value, "lacking": list(verdict.missing), "push": pushed(match.push) if match.push else None,
        "clauses": [
            fields_named(each, "requirement quote value") | {"reasons": list(each.reasons), "missing": list(each.missing)}
            for each in verdict.clauses
        ],
    }  # fmt: skip


def pushed(push: Any) -> dict[str, Any]:
    return fields_named(push, "ref pushed_at answer answered_at answered_how note")


def question(row: Any) -> dict[str, Any]:
    """A question whose policy has been read."""
    told = fields_named(row, "ref question answer clause source is_example asked_at")
    return told | {
        "policy": row.policy.ref if row.policy else "",
        "policy_title": row.policy.title if row.policy else "",
    }
