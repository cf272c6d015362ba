"""Who keeps the policies of a street: a pure decision from the posts held today.

* Everybody who holds a post in the street reads them.
* Those who work on firms' matters draft; a *second* person, who answers for a desk, a unit or the street, publishes.
* The duty desk and leaders push; whoever serves a firm tells it of what was pushed and notes its answer.
"""

from __future__ import annotations

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotAllowed

PUBLISHES = frozenset({Role.DUTY_DESK, Role.STREET_LEADER, Role.UNIT_LEADER, Role.SYSTEM_KEEPER})
DRAFTS = PUBLISHES | {Role.UNIT_WORKER, Role.SERVICE_MANAGER, Role.LEGAL_OFFICER}
PUSHES = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})
_SENTENCES = {
    "draft": (DRAFTS, "政策由办理涉企事务的岗位起草;请联系值班受理岗。"),
    "publish": (PUBLISHES, "政策由值班受理岗、单位负责人、系统管理员或街道领导发布;请联系他们。"),
    "push": (PUSHES, "政策推送由值班受理岗或街道领导来做;请联系他们。"),
}


def may(actor: Actor, deed: str, *, street: str) -> bool:
    """May the actor draft, publish or push in the street? The system may."""
    return actor.kind == "system" or bool(actor.roles(street) & _SENTENCES[deed][0])


def must(actor: Actor, deed: str, *, street: str) -> None:
    """Raises NotAllowed with whom to ask."""
    if not may(actor, deed, street=street):
        raise NotAllowed(f"policies.may_not_{deed}", _SENTENCES[deed][1])


def streets_read(actor: Actor) -> frozenset[str] | None:
    """The streets whose policies the actor reads; None for all (the system). A firm's contact reads those of its street."""
    if actor.kind == "contact":
        return frozenset({actor.street})
    return None if actor.kind == "system" else frozenset(post.street for post in actor.posts)
