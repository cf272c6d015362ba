"""三员分立: who may grant posts, and that nobody holds two keeper posts, or two by holding one and standing in for the other.

Asked by appointing and by delegating; ``gridloop check`` asks it again of everything that stands in the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from gridloop.core.access import GRANTS, ROLE_LABELS, Actor, Role, keeper_clash
from gridloop.core.errors import NotAllowed, Refused
from gridloop.offices.organisation.models import Delegation, Holding, Person


def must_grant(by: Actor, street: str, *, to: int = 0) -> None:
    """Posts are granted by the system (from the command line), a security keeper or a leader of the street.

    Nobody grants a post to themselves (``to`` is the person's id). Raises NotAllowed.
    """
    if by.kind == "system":
        return
    if to and by.person_id == to:
        raise NotAllowed("organisation.own_post", "岗位不能由本人任命给自己;请另一位安全管理员或街道领导任命。")
    if by.roles(street) & GRANTS:
        return
    raise NotAllowed("organisation.not_granter", "任命和免去由安全管理员或街道领导来做;请联系他们。")


def refuse_clash(person: Person, *, role: str, starts_at: datetime, ends_at: datetime | None) -> None:
    """The person may take on this role in this time. Raises Refused when they would then be two keepers at once."""
    clash = keeper_clash({role, *_roles_during(person.pk, starts_at, ends_at)}) if keeper_clash_matters(role) else ()
    if clash:
        names = "、".join(ROLE_LABELS[each] for each in clash)
        raise Refused(
            "organisation.keepers_apart", f"{person.name}不能同时担任{names}:系统、安全、审计三员要分开;请任命另一个人。",
            person=person.ref, roles=list(clash), field="person",
        )  # fmt: skip


def keeper_clash_matters(role: str) -> bool:
    """Only keeper roles can clash."""
    return role in {Role.SYSTEM_KEEPER, Role.SECURITY_KEEPER, Role.AUDIT_KEEPER}


def _during(starts_at: datetime, ends_at: datetime | None) -> Q:
    """Rows with starts_at/ends_at that share a moment with the time from ``starts_at`` to ``ends_at`` (None: for ever)."""
    shares = Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at)
    return shares & Q(starts_at__lt=ends_at) if ends_at else shares


def _roles_during(person: int, starts_at: datetime, ends_at: datetime | None) -> set[str]:
    """Every role the person holds or stands in for at some moment of the time."""
    time = _during(starts_at, ends_at)
    held = Holding.objects.filter(time, person_id=person).values_list("post__role", flat=True)
    lent = Delegation.objects.filter(time, to_id=person).values_list("holding__post__role", flat=True)
    return {*held, *lent}


@dataclass(frozen=True, slots=True)
class Clash:
    """One person who is two keepers at this moment."""

    person: str
    code: str
    roles: tuple[str, ...]


def clashes(street: str, *, at: datetime) -> Iterator[Clash]:
    """Everybody in the street who is two keepers now, by holding or by standing in."""
    found: dict[int, set[str]] = {}
    keepers = [Role.SYSTEM_KEEPER, Role.SECURITY_KEEPER, Role.AUDIT_KEEPER]
    now = _during(at, None) & Q(starts_at__lte=at)
    for person, role in Holding.objects.filter(now, post__street=street, post__role__in=keepers).values_list(
        "person_id", "post__role"
    ):
        found.setdefault(person, set()).add(role)
    for person, role in Delegation.objects.filter(
        now, holding__post__street=street, holding__post__role__in=keepers
    ).values_list("to_id", "holding__post__role"):
        found.setdefault(person, set()).add(role)
    people = Person.objects.in_bulk([person for person, roles in found.items() if keeper_clash(roles)])
    for key, keeper in people.items():
        yield Clash(keeper.name, keeper.code, keeper_clash(found[key]))
