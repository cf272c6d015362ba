"""Posts as pages show them: who holds one now, who substitutes, or that it is vacant (缺岗)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.access import ROLE_LABELS, Role
from gridloop.web.wording import said

GRID_ROLES = frozenset(
    {Role.GRID_LEADER, Role.GRID_WORKER, Role.HEALTH_OFFICER, Role.BUILDING_STEWARD, Role.SERVICE_MANAGER}
)
"""The posts that answer for a grid."""


@dataclass(frozen=True, slots=True)
class PostShown:
    """One post with its holders now; vacant when nobody holds it."""

    code: str
    title: str
    role: str
    place: str
    holders: tuple[str, ...]
    substitutes: tuple[str, ...]

    @property
    def is_vacant(self) -> bool:
        return not (self.holders or self.substitutes)


def post_shown(post: Any, *, at: datetime) -> PostShown:
    """The post with the people who hold it at the moment; its holdings have been fetched."""
    now = [held for held in post.holdings.all() if held.starts_at <= at and (held.ends_at is None or held.ends_at > at)]
    return PostShown(
        post.code, post.title, said(ROLE_LABELS[post.role]), post.place,
        tuple(held.person.name for held in now if not held.is_substitute),
        tuple(held.person.name for held in now if held.is_substitute),
    )  # fmt: skip
