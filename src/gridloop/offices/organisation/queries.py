"""Every read of the organisation: who holds which post now, who sits at the desk, who leads a unit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from gridloop.core.access import Actor, PostHeld, Role
from gridloop.core.errors import NotAllowed, NotFound, Refused
from gridloop.offices.organisation.models import Account, ApiToken, Delegation, DutyItem, Holding, Person, Post, Street, Unit


def streets() -> list[Street]:
    return list(Street.objects.all())


def street(code: str) -> Street:
    """The street by its code or short name. Raises NotFound."""
    found = Street.objects.filter(Q(code=code) | Q(slug=code)).first()
    if found is None:
        raise NotFound("organisation.no_street", f"没有代码为“{code}”的街道;请用 gridloop demo 或 import divisions 先建立。", street=code)
    return found


def version_of(street_code: str) -> int:
    """The street's version: one indexed read. Raises NotFound."""
    found = Street.objects.filter(code=street_code).values_list("version", flat=True).first()
    if found is None:
        raise NotFound("organisation.no_street", f"没有代码为“{street_code}”的街道。", street=street_code)
    return found


def now_valid(at: datetime, *, start: str = "starts_at", end: str = "ends_at") -> Q:
    """Rows whose dates include the moment ``at``."""
    return Q(**{f"{start}__lte": at}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": at}))


def actor_of(person: Person, *, at: datetime) -> Actor:
    """The actor that a person is at this moment: the posts held, and those acted on by delegation."""
    holdings = Holding.objects.filter(now_valid(at), person=person).select_related("post__unit")
    delegated = Delegation.objects.filter(now_valid(at), to=person).select_related("holding__post__unit")
    posts = [_held(holding.post, is_substitute=holding.is_substitute) for holding in holdings if _exists(holding.post, at)]
    posts += [_held(each.holding.post, is_substitute=True) for each in delegated if _exists(each.holding.post, at)]
    return Actor(
        kind="person", ref=person.ref, name=person.name, street=person.street, posts=tuple(posts), person_id=person.pk
    )


def _exists(post: Post, at: datetime) -> bool:
    return post.valid_from <= at and (post.valid_until is None or post.valid_until > at)


def _held(post: Post, *, is_substitute: bool) -> PostHeld:
    return PostHeld(
        post=post.code, role=post.role, title=post.title, unit=post.unit.code, place=post.place, street=post.street,
        is_substitute=is_substitute,
    )  # fmt: skip


def actor_of_account(account: Account, *, at: datetime) -> Actor:
    """The actor behind a signed-in account. Raises NotAllowed when no person stands behind it."""
    if account.person is None:
        raise NotAllowed("organisation.no_person", "此账号没有对应的人员;请系统管理员先登记人员和岗位。")
    return actor_of(account.person, at=at)


def actor_of_token(secret: str, *, at: datetime) -> Actor:
    """The actor that a token acts for, within the token's scopes. Raises NotAllowed."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    token = ApiToken.objects.select_related("person").filter(hash=digest, revoked_at__isnull=True).first()
    if token is None or (token.expires_at and token.expires_at <= at):
        raise NotAllowed("organisation.bad_token", "令牌无效或已过期;请向系统管理员申请新的令牌。")
    person = actor_of(token.person, at=at)
    return Actor(
        kind="token", ref=token.ref, name=f"{person.name}({token.name})", street=person.street, posts=person.posts,
        person_id=person.person_id, token_scopes=frozenset(token.scopes),
    )  # fmt: skip


def desk_person(street_code: str, *, at: datetime) -> Person:
    """Who answers at the duty desk now (the first holder, else a substitute, else a street leader).

    Raises Refused when the desk is vacant: a street without a desk may not take reports.
    """
    found = _holders(street_code, roles=(Role.DUTY_DESK, Role.STREET_LEADER), at=at)
    found.sort(key=lambda holding: (holding.post.role != Role.DUTY_DESK, holding.is_substitute, holding.post.code, holding.pk))
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
    return list({held.person_id: held.person for held in holdings.select_related("person").order_by("person_id")}.values())


def units(street_code: str, *, at: datetime | None = None) -> list[Unit]:
    found = Unit.objects.filter(street=street_code).select_related("parent")
    return list(found.filter(now_valid(at, start="valid_from", end="valid_until")) if at else found)


def unit(street_code: str, code: str) -> Unit:
    """The unit by its code or its opaque ref. Raises NotFound."""
    found = Unit.objects.filter(street=street_code).filter(Q(code=code) | Q(ref=code)).first()
    if found is None:
        raise NotFound("organisation.no_unit", f"本街道没有单位“{code}”;请从单位列表中选择。", unit=code)
    return found


def person(street_code: str, code: str) -> Person:
    """The person by staff code or opaque ref. Raises NotFound."""
    found = Person.objects.filter(street=street_code).filter(Q(code=code) | Q(ref=code)).first()
    if found is None:
        raise NotFound("organisation.no_person", f"本街道没有人员“{code}”。", person=code)
    return found


def posts(street_code: str) -> list[Post]:
    return list(Post.objects.filter(street=street_code).select_related("unit").prefetch_related("holdings__person"))


def vacant_posts(street_code: str, *, at: datetime) -> list[Post]:
    """Posts that nobody holds at this moment (缺岗)."""
    held = Holding.objects.filter(now_valid(at)).values("post_id")
    valid = Post.objects.filter(now_valid(at, start="valid_from", end="valid_until"), street=street_code)
    return list(valid.exclude(pk__in=held).select_related("unit"))


def duty_items(street_code: str) -> list[DutyItem]:
    return list(DutyItem.objects.filter(street=street_code))


def duty_item(street_code: str, code: str) -> DutyItem:
    """The row of the duty list by its number or ref. Raises NotFound."""
    found = DutyItem.objects.filter(street=street_code).filter(Q(code=code) | Q(ref=code)).first()
    if found is None:
        raise NotFound("organisation.no_duty_item", f"履职事项清单中没有“{code}”;退回必须引用清单中的一条。", duty_item=code)
    return found
