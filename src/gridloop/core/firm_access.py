"""Who sees which firms, and who may keep their records: a pure decision from the posts held today.

* Whoever watches a place (desk, leaders, monitors, verifiers, grid people) sees the firms that lie in it; so do service managers, legal
  and police officers, whose place is their beat (片区).
* A person or a unit that is paired with a firm (包联) sees it wherever it lies.
* Records are kept by the duty desk, leaders and service managers; who is paired with whom is arranged by the desk and leaders.

* An invited contact sees the one firm it speaks for, and gives that firm's word: consents, refusals, judgements, what it asks for.

Telephone numbers of contacts are masked for everybody until they give a reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.core.access import SEES_THE_PLACE, SEES_THE_UNIT, Actor, Role
from gridloop.core.errors import NotAllowed

WATCHES = SEES_THE_PLACE | {Role.SERVICE_MANAGER, Role.LEGAL_OFFICER, Role.POLICE_OFFICER}
KEEPS = frozenset({Role.DUTY_DESK, Role.STREET_LEADER, Role.SERVICE_MANAGER})
ARRANGES = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})
SERVES = KEEPS | {Role.LEGAL_OFFICER, Role.POLICE_OFFICER, Role.UNIT_LEADER, Role.UNIT_WORKER}
READS = WATCHES | SEES_THE_UNIT


@dataclass(frozen=True, slots=True)
class FirmScope:
    """What an actor may see of the register: everything, places by prefix, and what a person or units are paired with."""

    everything: bool = False
    street: str = ""
    places: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    person_id: int = 0
    firm: str = ""


def firm_scope(actor: Actor) -> FirmScope:
    """What this actor may see of the enterprises, from the posts held now."""
    if actor.kind == "system":
        return FirmScope(everything=True)
    if not actor.posts:
        return FirmScope(street=actor.street, firm=actor.firm)
    return FirmScope(
        street=actor.street,
        places=tuple(sorted({post.place for post in actor.posts if post.role in WATCHES and post.place})),
        units=tuple(sorted({post.unit for post in actor.posts if post.role in SEES_THE_UNIT and post.unit})),
        person_id=actor.person_id,
    )


def must_keep(actor: Actor, street: str) -> None:
    """The actor may keep the records of firms in the street. Raises NotAllowed."""
    if not may_keep(actor, street):
        raise NotAllowed("enterprise.may_not_keep", "企业档案由服务管家、值班受理岗或街道领导登记;请联系他们。")


def must_arrange(actor: Actor, street: str) -> None:
    """The actor may arrange pairings, teams and imports in the street. Raises NotAllowed."""
    if not may_arrange(actor, street):
        raise NotAllowed("enterprise.may_not_arrange", "包联、团队和批量导入由值班受理岗或街道领导安排;请联系他们。")


def must_serve(actor: Actor, street: str) -> None:
    """The actor works for firms of the street. Raises NotAllowed."""
    if not may_serve(actor, street):
        raise NotAllowed("enterprise.may_not_serve", "这件事由服务企业的工作人员来做;请联系服务管家。")


def speaks_for(actor: Actor, firm: str) -> bool:
    """Is the actor an invited contact of this firm (its ref)?"""
    return actor.kind == "contact" and bool(firm) and actor.firm == firm


def must_serve_or_speak(actor: Actor, street: str, *firms: str) -> None:
    """The actor works for firms of the street, or speaks for one of these (their refs). Raises NotAllowed."""
    if not any(speaks_for(actor, firm) for firm in firms):
        must_serve(actor, street)


def may_keep(actor: Actor, street: str) -> bool:
    return actor.kind == "system" or bool(actor.roles(street) & KEEPS)


def must_not_only_audit(actor: Actor, street: str) -> None:
    """The actor holds a post besides that of the audit keeper, who reads records and calls nobody. Raises NotAllowed."""
    if actor.kind != "system" and actor.roles(street) <= {Role.AUDIT_KEEPER}:
        raise NotAllowed("enterprise.may_not_serve", "这件事由服务企业的工作人员来做;请联系服务管家。")


def may_serve(actor: Actor, street: str) -> bool:
    return actor.kind == "system" or bool(actor.roles(street) & SERVES)


def may_arrange(actor: Actor, street: str) -> bool:
    return actor.kind == "system" or bool(actor.roles(street) & ARRANGES)


def may_read(actor: Actor) -> bool:
    """Whether the actor holds any post that sees firms."""
    return actor.kind == "system" or bool(actor.roles() & READS)
