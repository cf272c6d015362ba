"""Every read of the organisation: who holds which post now, who sits at the desk, who leads a unit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from gridloop.core.access import Actor, PostHeld, Role
from gridloop.core.errors import NotAllowed, NotFound, Refused
from gridloop.core.first_contact import answering_now
from gridloop.offices.organisation.models import (
    Account,
    Delegation,
    DutyItem,
    Holding,
    Person,
    Post,
    Street,
    Unit,
)
from gridloop.offices.organisation.snapshot import per_version


def streets() -> list[Street]:
    return list(Street.objects.all())


def street(code: str) -> Street:
    """The street by its code or short name. Raises NotFound."""
    found = Street.objects.filter(Q(code=code) | Q(slug=code)).first()
    if found is None:
        raise NotFound(
            "organisation.no_street",
            f"没有代码为“{code}”的街道;请用 gridloop demo 或 import divisions 先建立。",
            street=code,
        )
    return found


def version_of(street_code: str) -> int:
    """The street's version: one indexed read, in plain SQL because every request asks. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM organisation_street WHERE code = %s", [street_code])
        found = cursor.fetchone()
    if found is None:
        raise NotFound("organisation.no_street", f"没有代码为“{street_code}”的街道。", street=street_code)
    return int(found[0])


def now_valid(at: datetime, *, start: str = "starts_at", end: str = "ends_at") -> Q:
    """Rows whose dates include the moment ``at``."""
    return Q(**{f"{start}__lte": at}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": at}))


@dataclass(frozen=True, slots=True)
class Held:
    """A post that a person holds or acts on by delegation, from when until when (None: open)."""

    post: PostHeld
    starts_at: datetime
    ends_at: datetime | None

    def includes(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or self.ends_at > at)


@per_version
def _postings(street: str) -> dict[int, tuple[Held, ...]]:
    """By person id: every holding and delegation of the street with its dates, compiled once for each version."""
    found: dict[int, list[Held]] = {}
    for holding in Holding.objects.filter(post__street=street).select_related("post__unit").order_by("starts_at", "id"):
        found.setdefault(holding.person_id, []).append(
            _held(holding, holding.starts_at, holding.ends_at, is_substitute=holding.is_substitute)
        )
    lent = Delegation.objects.filter(holding__post__street=street).select_related(
        "holding__post__unit", "holding__person"
    )
    for each in lent.order_by("id"):
        ends_at = min(
            filter(None, (each.ends_at, each.holding.ends_at))
        )  # what is no longer held can no longer be lent
        found.setdefault(each.to_id, []).append(
            _held(each.holding, each.starts_at, ends_at, is_substitute=True, lent_by=each.holding.person)
        )
    return {person: tuple(held) for person, held in found.items()}


def _held(
    holding: Holding,
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    is_substitute: bool,
    lent_by: Person | None = None,
) -> Held:
    """The post as held, while both the post exists and the person holds it."""
    post = holding.post
    ends = [moment for moment in (ends_at, post.valid_until) if moment is not None]
    held = PostHeld(
        post=post.code, role=post.role, title=post.title, unit=post.unit.code, place=post.place, street=post.street,
        is_substitute=is_substitute, instead_of=lent_by.name if lent_by else "", instead_of_id=lent_by.pk if lent_by else 0,
    )  # fmt: skip
    return Held(held, max(starts_at, post.valid_from), min(ends, default=None))


def posts_held(street_code: str, person_id: int, *, at: datetime) -> tuple[PostHeld, ...]:
    """The posts that a person holds, or acts on by delegation, at this moment."""
    known = _postings(street=street_code, version=version_of(street_code))
    return tuple(held.post for held in known.get(person_id, ()) if held.includes(at))


def held_now(street_code: str, *, at: datetime) -> list[tuple[int, PostHeld]]:
    """Every post of the street with who holds it, or acts on it by delegation, at this moment; nobody who has left."""
    known = _postings(street=street_code, version=version_of(street_code))
    left = set(Person.objects.filter(street=street_code, left_at__lte=at).values_list("pk", flat=True))
    return [
        (person, each.post)
        for person, held in sorted(known.items())
        for each in held
        if person not in left and each.includes(at)
    ]


def without_a_post(street_code: str, held: Iterable[tuple[int, PostHeld]]) -> frozenset[int]:
    """Who once held a post of the street and holds none of their own now."""
    known = _postings(street=street_code, version=version_of(street_code))
    return frozenset(known) - {person for person, post in held if not post.instead_of_id}


def last_post(street_code: str, person_id: int, *, at: datetime) -> PostHeld | None:
    """The post of their own that the person held last, by ``at``."""
    known = _postings(street=street_code, version=version_of(street_code))
    own = [each for each in known.get(person_id, ()) if not each.post.instead_of_id and each.starts_at <= at]
    return max(own, key=lambda each: (each.ends_at or at, each.starts_at)).post if own else None


@dataclass(frozen=True, slots=True)
class Answering:
    """Whose answer duty it is, and who answers now: the holder, or a substitute while the holder is away."""

    holder: Person
    person: Person
    title: str
    unit: str

    @property
    def is_substitute(self) -> bool:
        return self.person.pk != self.holder.pk


def answering(holder: Person, *, at: datetime) -> Answering:
    """Who owes the answer now, with the post by which the public may call them."""
    held = held_now(holder.street, at=at)
    now = answering_now(holder.pk, held)
    posts = [
        post
        for person, post in held
        if person == now and post.instead_of_id in ((holder.pk,) if now != holder.pk else (0,))
    ]
    post = posts[0] if posts else last_post(holder.street, holder.pk, at=at)
    person = holder if now == holder.pk else Person.objects.get(pk=now)
    name = (
        Unit.objects.filter(street=holder.street, code=post.unit).values_list("name", flat=True).first() if post else ""
    )
    return Answering(holder, person, post.title if post else "", name or "")


def actor_of(person: Person, *, at: datetime) -> Actor:
    """The actor that a person is at this moment: the posts held, and those acted on by delegation."""
    has_left = person.left_at is not None and person.left_at <= at
    return Actor(
        kind="person", ref=person.ref, name=person.name, street=person.street,
        posts=() if has_left else posts_held(person.street, person.pk, at=at), person_id=person.pk,
    )  # fmt: skip


def demo_accounts(*, at: datetime) -> list[tuple[str, str, str]]:
    """(user name, person, post titles) of the synthetic people of demonstration streets; empty on a real installation."""
    if Street.objects.filter(is_demonstration=False).exists():
        return []
    found = (
        Account.objects.filter(person__is_synthetic=True, is_active=True)
        .select_related("person")
        .order_by("person__street", "id")
    )
    held: dict[int, list[str]] = {}
    for holding in Holding.objects.filter(now_valid(at), person__account__in=found).select_related("post"):
        held.setdefault(holding.person_id, []).append(holding.post.title)
    return [(row.username, row.person.name, "、".join(held.get(row.person_id or 0, []))) for row in found if row.person]


def actor_of_account(account: Account, *, at: datetime) -> Actor:
    """The actor behind a signed-in account. Raises NotAllowed when no person stands behind it."""
    if account.person is None:
        raise NotAllowed("organisation.no_person", "此账号没有对应的人员;请系统管理员先登记人员和岗位。")
    return actor_of(account.person, at=at)


def actor_of_token(secret: str, *, at: datetime) -> Actor:
    """The actor that a token acts for, within the token's scopes. Raises NotAllowed."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(at)
        cursor.execute(_WHO_CALLS, [digest, now, now])
        found = cursor.fetchone()
    if found is None:
        raise NotAllowed("organisation.bad_token", "令牌无效或已过期;请向系统管理员申请新的令牌。")
    ref, name, scopes, person_id, person, street_code = found
    return Actor(
        kind="token", ref=ref, name=f"{person}({name})", street=street_code, posts=posts_held(street_code, person_id, at=at),
        person_id=person_id, token_scopes=frozenset(json.loads(scopes)),
    )  # fmt: skip


_WHO_CALLS = """
    SELECT token.ref, token.name, token.scopes, person.id, person.name, person.street
    FROM organisation_apitoken AS token JOIN organisation_person AS person ON person.id = token.person_id
    LEFT JOIN organisation_account AS account ON account.person_id = person.id
    WHERE token.hash = %s AND token.revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > %s)
    AND (account.id IS NULL OR account.is_active) AND (person.left_at IS NULL OR person.left_at > %s)
"""
"""In plain SQL, because every call asks it."""


@per_version
def _people(street: str) -> dict[int, tuple[str, str]]:
    """By id, the ref and name of the street's people."""
    rows = Person.objects.filter(street=street).values_list("id", "ref", "name")
    return {key: (ref, name) for key, ref, name in rows}


def known_person(key: int, *, street: str, version: int) -> Person:
    """The person by id, without asking the database where the street's version is known; other columns load when asked for."""
    found = _people(street=street, version=version).get(key)
    if found is None:
        return Person.objects.get(pk=key)
    ref, name = found
    return Person.from_db(
        None, ["id", "ref", "street", "name"], [key, ref, street, name]
    )  # in the order of the columns


def desk_person(street_code: str, *, at: datetime) -> Person:
    """Who answers at the duty desk now (the first holder, else a substitute, else a street leader).

    Raises Refused when the desk is vacant: a street without a desk may not take reports.
    """
    found = _holders(street_code, roles=(Role.DUTY_DESK, Role.STREET_LEADER), at=at)
    found.sort(
        key=lambda holding: (holding.post.role != Role.DUTY_DESK, holding.is_substitute, holding.post.code, holding.pk)
    )
    if not found:
        raise Refused("organisation.desk_vacant", "值班受理岗无人在岗,不能受理;请先任命一位。", street=street_code)
    return found[0].person


def _holders(street_code: str, *, roles: Iterable[str], at: datetime) -> list[Holding]:
    query = Holding.objects.filter(now_valid(at), post__street=street_code, post__role__in=list(roles))
    return list(query.select_related("post", "person"))


def people_with_roles(street_code: str, *, roles: Iterable[str], at: datetime, unit: str = "") -> list[Person]:
    """People holding any of the roles now, in the street or in one unit of it; each once, in a stable order."""
    holdings = Holding.objects.filter(now_valid(at), post__street=street_code, post__role__in=list(roles))
    if unit:
        holdings = holdings.filter(post__unit__code=unit)
    return list(
        {held.person_id: held.person for held in holdings.select_related("person").order_by("person_id")}.values()
    )


def people(street_code: str, *, at: datetime) -> list[Person]:
    """Everyone who works for the street at the moment, by staff code."""
    rows = Person.objects.filter(street=street_code).exclude(left_at__lte=at)
    return list(rows.select_related("unit").order_by("code"))


def units(street_code: str, *, at: datetime | None = None) -> list[Unit]:
    found = Unit.objects.filter(street=street_code).select_related("parent")
    return list(found.filter(now_valid(at, start="valid_from", end="valid_until")) if at else found)


def unit(street_code: str, code: str) -> Unit:
    """The unit by its code or its opaque ref. Raises NotFound."""
    found = Unit.objects.filter(street=street_code).filter(Q(code=code) | Q(ref=code)).first()
    if found is None:
        raise NotFound("organisation.no_unit", f"本街道没有单位“{code}”;请从单位列表中选择。", unit=code)
    return found


def unit_named(street_code: str, name: str) -> Unit | None:
    """The unit by its name, as ledger entries tell it; the newest where a name was used twice."""
    return Unit.objects.filter(street=street_code, name=name).order_by("-valid_from", "-id").first()


def person(street_code: str, code: str) -> Person:
    """The person by staff code or opaque ref. Raises NotFound."""
    found = Person.objects.filter(street=street_code).filter(Q(code=code) | Q(ref=code)).first()
    if found is None:
        raise NotFound("organisation.no_person", f"本街道没有人员“{code}”。", person=code)
    return found


def person_named(street_code: str, name: str) -> str:
    """``person:ref`` of the person with exactly this name or staff code, as the ledger names actors; empty when there is none."""
    found = Person.objects.filter(street=street_code).filter(Q(name=name) | Q(code=name)).order_by("id").first()
    return f"person:{found.ref}" if found else ""


def posts(street_code: str, *, at: datetime | None = None) -> list[Post]:
    """The posts with their holdings: those that exist at the moment, by default those not closed."""
    valid = now_valid(at, start="valid_from", end="valid_until") if at else Q(valid_until__isnull=True)
    found = Post.objects.filter(valid, street=street_code)
    return list(found.select_related("unit").prefetch_related("holdings__person"))


def vacant_posts(street_code: str, *, at: datetime) -> list[Post]:
    """Posts that nobody holds at this moment (缺岗)."""
    held = Holding.objects.filter(now_valid(at)).values("post_id")
    valid = Post.objects.filter(now_valid(at, start="valid_from", end="valid_until"), street=street_code)
    return list(valid.exclude(pk__in=held).select_related("unit"))


def duty_items(street_code: str) -> list[DutyItem]:
    return list(DutyItem.objects.filter(street=street_code, retired_at__isnull=True))


def duty_item(street_code: str, code: str) -> DutyItem:
    """The row of the duty list by its number or ref. Raises NotFound."""
    found = (
        DutyItem.objects.filter(street=street_code, retired_at__isnull=True).filter(Q(code=code) | Q(ref=code)).first()
    )
    if found is None:
        raise NotFound(
            "organisation.no_duty_item", f"履职事项清单中没有“{code}”;退回必须引用清单中的一条。", duty_item=code
        )
    return found
