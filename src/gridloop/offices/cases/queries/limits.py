"""The deadlines that a street promises now: those of the profiles that its routing table in force and its backstop lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridloop.core.errors import Refused
from gridloop.offices.cases.queries.rules import Rules, rules_of
from gridloop.offices.organisation import queries as organisation

GRADES = ("ordinary", "difficult")


@dataclass(frozen=True, slots=True)
class Limit:
    """One stage of a profile: its name and its limits in words for ordinary and difficult cases (empty: none)."""

    stage: str
    ordinary: str
    difficult: str


@dataclass(frozen=True, slots=True)
class PromisedProfile:
    """One profile in use: its name, for what (category paths; "" the rest), its stages."""

    name: str
    categories: tuple[str, ...]
    limits: tuple[Limit, ...]


def promised(street: str, *, at: datetime) -> list[PromisedProfile]:
    """The profiles in use, the one of most rows first; empty while the street has no routing table in force."""
    rules = rules_of(street, version=organisation.version_of(street))
    try:
        _key, table = rules.table_at(at)
    except Refused:
        return []
    used: dict[str, set[str]] = {}
    for row in (*table.rows, table.fallback):
        used.setdefault(row.profile, set()).add(row.category.split("/")[0])
    found = sorted(used.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_promise(rules, code, categories) for code, categories in found if code in rules.profiles]


def _promise(rules: Rules, code: str, categories: set[str]) -> PromisedProfile:
    _key, profile = rules.profile(code)
    limits = tuple(
        Limit(stage.name, *(found.words if found else "" for found in allowed))
        for stage in profile.stages
        if any(allowed := [stage.limit(grade, "normal") for grade in GRADES])
    )
    named = tuple(sorted(category for category in categories if category not in ("", "*")))
    return PromisedProfile(profile.name, named, limits)
