"""What the organisation offers to set up."""

from __future__ import annotations

from gridloop.offices.organisation.changesets.chapters import register
from gridloop.offices.organisation.keeping import posts, units
from gridloop.offices.organisation.models import DutyItem


def register_chapters() -> None:
    """Units, people, posts, holdings, delegations and the duty list can be set up."""
    register(
        chapters=[units.UNITS, units.PEOPLE, posts.POSTS, posts.HOLDINGS, posts.DELEGATIONS, units.DUTIES],
        sources={
            "units": units.unit_pairs, "people": units.person_pairs, "posts": posts.post_pairs, "holdings": posts.holding_pairs,
            "role": posts.role_pairs, "unit_kind": lambda _: list(units.UNIT_KINDS.items()),
            "duty_kind": lambda _: [(str(value), str(label)) for value, label in DutyItem.Kind.choices],
        },
        checks={
            "units": units.check_units, "people": units.check_people, "staffing": posts.check_staffing, "keepers": posts.check_keepers,
            "separation": posts.check_separation,
            "delegations": posts.check_delegations,
        },
    )  # fmt: skip
