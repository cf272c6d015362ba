"""Checks that the three keepers (三员) are three people: nobody is two of them, and each of them is somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gridloop.core.access import KEEPERS, ROLE_LABELS
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.separation import clashes
from gridloop.site.checks.finding import ERROR, NOTE, Found


def check_keepers(street: str, *, at: datetime) -> Iterator[Found]:
    """One person with two keeper posts is an error; a keeper nobody is, a note (the leader then answers for it)."""
    for clash in clashes(street, at=at):
        names = "、".join(ROLE_LABELS[role] for role in clash.roles)
        yield Found("posts", ERROR, f"{street} {clash.code}", f"{clash.person}同时担任{names};三员要分开,请免去其一。")
    for role in sorted(KEEPERS):
        if not organisation.people_with_roles(street, roles=(role,), at=at):
            yield Found("posts", NOTE, street, f"没有{ROLE_LABELS[role]}在岗;请任命一位,三员各由一人担任。")
