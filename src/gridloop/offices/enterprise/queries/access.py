"""Who stands before a firm's own page: the contact behind a token, the invitation behind a secret, the devices of a contact.

Worked example::

    found = signed_in(token, at=at)       # None when the lease, the contact or the firm has ended
    found.firm, found.by.label            # the firm, "contact:k3…"
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, NotFound, Refused, TooLate
from gridloop.core.firm_access import may_keep
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.enterprise.access_models import FirmSignIn, PageInvitation
from gridloop.offices.enterprise.models import Contact, Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.organisation import queries as organisation

IDLE_FOR = timedelta(days=30)
"""A device that was not used for so long is signed out."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A contact on one device: who acts, for which firm."""

    sign_in: FirmSignIn
    contact: Contact
    firm: Enterprise
    by: Actor


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of(contact: Contact) -> Actor:
    """The contact as an actor, who speaks for the firm and nobody else; the ledger learns no name."""
    firm = contact.enterprise
    return Actor(kind="contact", ref=contact.ref, name="企业联系人", street=firm.street, firm=firm.ref)


def signed_in(token: str, *, at: datetime) -> SignedIn | None:
    """Who holds this token, as long as its lease, the contact and the firm last."""
    rows = FirmSignIn.objects.filter(
        token_hash=hash_of(token), ended_at__isnull=True, expires_at__gt=at, used_at__gt=at - IDLE_FOR,
        contact__ends_at__isnull=True, contact__enterprise__left_at__isnull=True,
    )  # fmt: skip
    found = rows.select_related("contact__enterprise__grid", "contact__enterprise__cluster").first()
    if found is None:
        return None
    return SignedIn(found, found.contact, found.contact.enterprise, actor_of(found.contact))


def with_reports(found: SignedIn) -> Actor:
    """The contact with what the firm told, so that it may follow and judge it."""
    return replace(found.by, reports=frozenset(reports_of(found.firm).values_list("pk", flat=True)))


def reports_of(firm: Enterprise) -> QuerySet[Report]:
    """What was told for the firm by itself or by an officer, and what was taken out of it.

    What somebody reported in public under the firm's name is followed by their own receipt: it may be about the firm.
    """
    own = Q(case__enterprise_ref=firm.ref, is_enterprise=True) & ~Q(case__filed_by__startswith="reporter:")
    told = Report.objects.filter(own, street=firm.street, origin=None)
    return Report.objects.filter(Q(pk__in=told.values("pk")) | Q(origin__in=told.values("pk"))).order_by("-pk")


def demonstrated() -> list[Contact]:
    """For each demonstration street the contact for whom a visitor may stand in; none where any street is a real one."""
    streets = organisation.streets()
    if not all(street.is_demonstration for street in streets):
        return []
    rows = Contact.objects.filter(ends_at__isnull=True, enterprise__left_at__isnull=True, enterprise__is_synthetic=True)
    rows = rows.exclude(phone_index="").select_related("enterprise").order_by("-pk")
    first = {row.enterprise.street: row for row in rows}
    return [first[street.code] for street in streets if street.code in first]


def looked_at(firm: Enterprise) -> list[str]:
    """Everything under which a look at the firm's contacts and reporters is on record: the firm, its cases, its numbers, its street."""
    told = Q(reports__in=reports_of(firm).order_by().values("pk"))
    cases = Case.objects.filter(told | Q(pk__in=Case.objects.filter(told).values("merged_into"))).values_list(
        "ref", flat=True
    )
    phones = firm.contacts.exclude(phone_index="").values_list("phone_index", flat=True)
    of_cases = [f"case:{ref}" for ref in dict.fromkeys(cases)]
    return [firm.subject, *of_cases, *(f"phone:{each}" for each in phones), f"street:{firm.street}"]


def open_invitation(secret: str, *, at: datetime) -> PageInvitation:
    """The invitation that this secret opens now. Raises NotFound, Refused when it was used or taken back, TooLate after its lease."""
    rows = PageInvitation.objects.filter(secret_hash=hash_of(secret)).select_related("contact__enterprise")
    found = rows.first()
    if found is None:
        raise NotFound("enterprise.no_invitation", "这个邀请打不开任何页面;请核对链接,或联系服务管家重新邀请。")
    if found.used_at is not None:
        raise Refused("enterprise.invitation_used", "这个邀请已经用过了;换设备请联系服务管家重新邀请。")
    is_gone = found.contact.ends_at is not None or found.contact.enterprise.left_at is not None
    if found.revoked_at is not None or is_gone:
        raise Refused("enterprise.invitation_revoked", "这个邀请已经收回;请联系服务管家重新邀请。")
    if at >= found.expires_at:
        raise TooLate("enterprise.invitation_over", "这个邀请已过有效期;请联系服务管家重新邀请。")
    return found


def sign_ins_of(by: Actor) -> QuerySet[FirmSignIn]:
    """The devices on which this contact is signed in, the latest first."""
    if by.kind != "contact":
        return FirmSignIn.objects.none()
    return FirmSignIn.objects.filter(contact__ref=by.ref, ended_at__isnull=True)


def devices(found: SignedIn, *, at: datetime) -> list[FirmSignIn]:
    """The contact's devices that still open the page."""
    return list(sign_ins_of(found.by).filter(expires_at__gt=at, used_at__gt=at - IDLE_FOR))


@dataclass(frozen=True, slots=True)
class ContactAccess:
    """What an officer sees of a contact's way to the page: an open invitation, and how many devices are signed in."""

    invited_until: datetime | None = None
    devices: int = 0
    used_at: datetime | None = None


def access_of(firm: Enterprise, *, at: datetime) -> dict[str, ContactAccess]:
    """By the contact's ref."""
    found: dict[str, ContactAccess] = {}
    open_ones = PageInvitation.objects.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)
    for ref, until in open_ones.filter(contact__enterprise=firm).values_list("contact__ref", "expires_at"):
        found[ref] = ContactAccess(invited_until=until)
    live = FirmSignIn.objects.filter(ended_at__isnull=True, expires_at__gt=at, used_at__gt=at - IDLE_FOR)
    for ref, used_at in (
        live.filter(contact__enterprise=firm).order_by("used_at").values_list("contact__ref", "used_at")
    ):
        told = found.get(ref, ContactAccess())
        found[ref] = replace(told, devices=told.devices + 1, used_at=used_at)
    return found


def may_invite(actor: Actor, firm: Enterprise) -> bool:
    """Whoever keeps the firm's record, and whoever is paired with it: in person, as substitute, or through the unit."""
    if may_keep(actor, firm.street):
        return True
    if not actor.posts or actor.street != firm.street:
        return False
    held = Q(person_id=actor.person_id) | Q(substitute_id=actor.person_id)
    held |= Q(unit__code__in=actor.units(), person__isnull=True)
    return Pairing.objects.filter(held, subject=firm.subject, street=firm.street, ends_at__isnull=True).exists()


def must_invite(actor: Actor, firm: Enterprise) -> None:
    """Raises NotAllowed."""
    if not may_invite(actor, firm):
        raise NotAllowed("enterprise.may_not_invite", "联系人由包联这家企业的人、服务管家、值班受理岗或街道领导邀请。")
