"""Every write of the organisation: opening a street, units, people, posts, appointments, delegations, tokens."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import F

from gridloop.core.access import ROLE_LABELS, SETS_UP, Actor
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.offices.archive.actions import open_book, record
from gridloop.offices.archive.fitting import must_fit
from gridloop.offices.archive.identifiers import new_secret
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation import queries
from gridloop.offices.organisation.models import (
    Account,
    ApiToken,
    Delegation,
    DutyItem,
    Holding,
    Person,
    Post,
    Street,
    Unit,
)
from gridloop.offices.organisation.separation import must_grant, refuse_clash
from gridloop.offices.organisation.tokens.scopes import must_be_issuable

Row = TypeVar("Row", bound=models.Model)


def must_set_up(by: Actor, street: str) -> None:
    """Only the system, a system keeper or a leader of the street sets things up. Raises NotAllowed."""
    if by.kind != "system" and not by.roles(street) & SETS_UP:
        raise NotAllowed("organisation.not_keeper", "设置由系统管理员或街道领导来做;请联系他们。")


def renew(street: str) -> None:
    """The street has a new version: whatever was compiled from the old one is built again."""
    Street.objects.filter(code=street).update(version=F("version") + 1)


def open_street(
    *, by: Actor, at: datetime, code: str, slug: str, name: str, district: str, district_name: str, is_demonstration: bool = False,
    phone: str = "", takes_public_reports: bool = True,
) -> Street:  # fmt: skip
    """The street exists with its book. Raises Refused when it exists already."""
    if by.kind != "system":
        raise NotAllowed("organisation.not_system", "街道由安装者在命令行建立。")
    with deed():
        if Street.objects.filter(code=code).exists():
            raise Refused("organisation.street_exists", f"街道 {code} 已经建立。", street=code)
        street = Street(
            code=code, slug=slug, name=name, district=district, district_name=district_name, phone=phone,
            is_demonstration=is_demonstration, takes_public_reports=takes_public_reports, opened_at=at,
        )  # fmt: skip
        must_fit(street)
        street.save(force_insert=True)
        open_book(street=code, name=name)
        record(
            "street.opened",
            by=by,
            at=at,
            street=code,
            subject=f"street:{code}",
            payload={"name": name, "district": district},
        )
    return street


def add_unit(
    *, by: Actor, at: datetime, street: str, code: str, name: str, kind: str = "department", parent: str = "", place: str = "",
    is_backstop: bool = False, is_superior: bool = False, phone: str = "",
) -> Unit:  # fmt: skip
    """The unit exists from now on. Raises Refused when its code is taken."""
    must_set_up(by, street)
    with deed():
        above = queries.unit(street, parent) if parent else None
        unit = _new(
            Unit(
                street=street, code=code, name=name, kind=kind, parent=above, place=place or queries.street(street).place,
                is_backstop=is_backstop, is_superior=is_superior, phone=phone, valid_from=at,
            ),
            f"单位代码“{code}”已被使用;请换一个。",
        )  # fmt: skip
        renew(street)
        record(
            "unit.added", by=by, at=at, street=street, subject=f"unit:{unit.ref}", payload={"code": code, "name": name}
        )
    return unit


def add_person(
    *, by: Actor, at: datetime, street: str, code: str, name: str, unit: str, phone: str = "", email: str = "",
    is_synthetic: bool = False,
) -> Person:  # fmt: skip
    """The person is registered; it may do nothing until appointed to a post."""
    must_set_up(by, street)
    with deed():
        home = queries.unit(street, unit)
        person = _new(
            Person(street=street, code=code, name=name, unit=home, phone=phone, email=email, is_synthetic=is_synthetic),
            f"工号“{code}”已被使用;请换一个。",
        )
        renew(street)
        record(
            "person.added",
            by=by,
            at=at,
            street=street,
            subject=f"person:{person.ref}",
            payload={"name": name, "unit": home.name},
        )
    return person


def add_post(
    *,
    by: Actor,
    at: datetime,
    street: str,
    code: str,
    title: str,
    role: str,
    unit: str,
    place: str = "",
    duty: str = "",
) -> Post:
    """The post exists and is vacant. Raises WrongInput for an unknown role."""
    must_set_up(by, street)
    if role not in ROLE_LABELS:
        raise WrongInput(
            "organisation.unknown_role", f"没有角色“{role}”;可用:{'、'.join(sorted(ROLE_LABELS))}。", field="role"
        )
    with deed():
        post = _new(
            Post(
                street=street, code=code, title=title, role=role, unit=queries.unit(street, unit),
                place=place or queries.street(street).place, duty=duty, valid_from=at,
            ),
            f"岗位代码“{code}”已被使用;请换一个。",
        )  # fmt: skip
        renew(street)
        record(
            "post.added",
            by=by,
            at=at,
            street=street,
            subject=f"post:{post.ref}",
            payload={"code": code, "title": title, "role": role},
        )
    return post


def _new(row: Row, sentence: str) -> Row:
    """The row, saved; Refused with the sentence when its name is taken, WrongInput when a text is too long."""
    must_fit(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused("organisation.code_taken", sentence) from fault
    return row


def appoint(
    *,
    by: Actor,
    at: datetime,
    street: str,
    post: str,
    person: str,
    starts_at: datetime | None = None,
    is_substitute: bool = False,
) -> Holding:
    """The person holds the post from ``starts_at`` on, beside those who hold it already.

    Raises NotAllowed (``separation.must_grant``), Refused when the person would be two keepers at once.
    """
    with deed():
        holder, granted = queries.person(street, person), Post.objects.get(street=street, code=post)
        must_grant(by, street, to=holder.pk)
        refuse_clash(holder, role=granted.role, starts_at=starts_at or at, ends_at=None)
        holding = Holding.objects.create(
            post=granted, person=holder, starts_at=starts_at or at, is_substitute=is_substitute
        )
        renew(street)
        record(
            "post.appointed", by=by, at=at, street=street, subject=f"post:{holding.post.ref}",
            payload={"post": post, "person": holding.person.name, "substitute": is_substitute},
        )  # fmt: skip
    return holding


def release(*, by: Actor, at: datetime, holding: Holding, ends_at: datetime, reason: str) -> None:
    """The person no longer holds the post from ``ends_at`` on."""
    street = holding.post.street
    must_grant(by, street)
    with deed():
        Holding.objects.filter(pk=holding.pk).update(ends_at=ends_at)
        renew(street)
        record(
            "post.released", by=by, at=at, street=street, subject=f"post:{holding.post.ref}",
            payload={"post": holding.post.code, "person": holding.person.name, "reason": reason},
        )  # fmt: skip


def delegate(
    *, by: Actor, at: datetime, holding: Holding, to: Person, starts_at: datetime, ends_at: datetime, reason: str
) -> Delegation:
    """While the holder is away the other person acts on the post. The holder or a keeper may say so."""
    street = holding.post.street
    if by.person_id != holding.person_id:
        must_grant(by, street, to=to.pk)
    refuse_clash(to, role=holding.post.role, starts_at=starts_at, ends_at=ends_at)
    if ends_at <= starts_at:
        raise WrongInput("organisation.delegation_ends_early", "授权的结束时间要晚于开始时间。", field="ends_at")
    with deed():
        made = Delegation.objects.create(holding=holding, to=to, reason=reason, starts_at=starts_at, ends_at=ends_at)
        renew(street)
        record(
            "post.delegated", by=by, at=at, street=street, subject=f"post:{holding.post.ref}",
            payload={"post": holding.post.code, "from": holding.person.name, "to": to.name, "reason": reason},
        )  # fmt: skip
    return made


def add_duty_item(
    *, by: Actor, at: datetime, street: str, code: str, kind: str, title: str, lead: str, basis: str = "", unit_code: str = "",
    category: str = "",
) -> DutyItem:  # fmt: skip
    """The row stands on the duty list; returns may cite it."""
    must_set_up(by, street)
    if kind not in DutyItem.Kind.values:
        raise WrongInput(
            "organisation.unknown_duty_kind", "清单类别只有 basic(基本)、assist(配合)、withdrawn(收回)。", field="kind"
        )
    with deed():
        item = _new(
            DutyItem(
                street=street,
                code=code,
                kind=kind,
                title=title,
                lead=lead,
                basis=basis,
                unit_code=unit_code,
                category=category,
            ),
            f"清单编号“{code}”已被使用;请换一个。",
        )
        record(
            "duty_item.added",
            by=by,
            at=at,
            street=street,
            subject=f"duty_item:{item.ref}",
            payload={"code": code, "title": title},
        )
    return item


def open_account(*, by: Actor, at: datetime, person: Person, username: str, password: str) -> Account:
    """The person can sign in. What they may do follows from their posts."""
    must_set_up(by, person.street)
    with deed():
        if Account.objects.filter(username=username).exists():
            raise Refused("organisation.username_taken", f"用户名“{username}”已被使用;请换一个。", username=username)
        account = Account.objects.create_user(username=username, password=password, person=person, email=person.email)
        record(
            "account.opened",
            by=by,
            at=at,
            street=person.street,
            subject=f"person:{person.ref}",
            payload={"username": username},
        )
    return account


def issue_token(
    *, by: Actor, at: datetime, person: Person, name: str, scopes: list[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token acts for the person within the scopes; the secret is shown once and never again."""
    if by.person_id != person.pk:
        must_set_up(by, person.street)
    must_be_issuable(scopes, by=by, at=at, expires_at=expires_at)
    secret = f"gl_{new_secret()}"
    with deed():
        token = ApiToken.objects.create(
            street=person.street, name=name, person=person, hash=hashlib.sha256(secret.encode()).hexdigest(), scopes=scopes,
            issued_at=at, expires_at=expires_at,
        )  # fmt: skip
        record(
            "token.issued", by=by, at=at, street=person.street, subject=f"token:{token.ref}",
            payload={"name": name, "for": person.name, "scopes": scopes},
        )  # fmt: skip
    return token, secret


def revoke_token(*, by: Actor, at: datetime, token: ApiToken) -> None:
    """The token no longer opens anything."""
    if by.person_id != token.person_id:
        must_set_up(by, token.street)
    with deed():
        ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)
        record(
            "token.revoked",
            by=by,
            at=at,
            street=token.street,
            subject=f"token:{token.ref}",
            payload={"name": token.name},
        )
