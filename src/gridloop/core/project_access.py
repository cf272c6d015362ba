"""Who keeps the projects of a street: a pure decision from the posts held today.

* Everybody who holds a post in the street reads its projects: they hold no personal data.
* The duty desk and leaders keep every project; leaders and workers of a unit keep those their unit answers for, and may enter one for it.
* Entry criteria of the libraries are set by those who set up the street.
"""

from __future__ import annotations

from gridloop.core.access import SETS_UP, Actor, Role
from gridloop.core.errors import NotAllowed

KEEPS_ALL = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})
KEEPS_OWN = frozenset({Role.UNIT_LEADER, Role.UNIT_WORKER})


def may_keep(actor: Actor, *, street: str, unit: str) -> bool:
    """May the actor write about a project that this unit (a code) answers for?"""
    if actor.kind == "system":
        return True
    held = [post for post in actor.posts if post.street == street]
    return any(post.role in KEEPS_ALL or (post.role in KEEPS_OWN and post.unit == unit) for post in held)


def must_keep(actor: Actor, *, street: str, unit: str) -> None:
    """Raises NotAllowed for anyone who may not write about a project of this unit."""
    if not may_keep(actor, street=street, unit=unit):
        raise NotAllowed("projects.may_not_keep", "项目由责任单位、值班受理岗或街道领导登记;请联系他们。")


def must_set_criteria(actor: Actor, *, street: str) -> None:
    """Raises NotAllowed for anyone but the keepers of the setup and leaders."""
    if actor.kind != "system" and not actor.roles(street) & SETS_UP:
        raise NotAllowed("projects.may_not_set_criteria", "入库条件由系统管理员或街道领导设置;请联系他们。")


def streets_read(actor: Actor) -> frozenset[str] | None:
    """The streets whose projects the actor reads; None for all (the system)."""
    return None if actor.kind == "system" else frozenset(post.street for post in actor.posts)
