"""Whom to call at an enterprise, and what it agreed to. Names and telephones are personal (L3): encrypted, masked, never in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_keep, must_not_only_audit, speaks_for
from gridloop.core.identity import normal_phone
from gridloop.offices.archive.actions import note_access, record
from gridloop.offices.archive.concealed import blind
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.actions.inviting import close_access
from gridloop.offices.enterprise.models import CONSENTS, NOBODY, Consent, Contact, Enterprise
from gridloop.offices.enterprise.queries import register


def new_contact(enterprise: Enterprise, *, name: str, phone: str, duty: str, is_main: bool, at: datetime) -> Contact:
    """The unsaved contact."""
    return Contact(
        enterprise=enterprise,
        name=name or NOBODY,
        phone=phone,
        phone_index=blind(phone),
        duty=duty,
        is_main=is_main,
        starts_at=at,
    )


def tell_phone(contact: Contact, phone: str) -> bool:
    """The contact, who left no telephone, has one: the row is written. True."""
    contact.phone, contact.phone_index = phone, blind(phone)
    contact.save(update_fields=["phone", "phone_index"])
    return True


def add_contact(
    *, by: Actor, at: datetime, enterprise: str, name: str, phone: str = "", duty: str = "", is_main: bool = False
) -> Contact:
    """The person is a contact of the enterprise from now on; a new main contact takes the place of the former.

    Raises WrongInput for a phone that is none or without a name.
    """
    told = name.strip()
    if not told:
        raise WrongInput("enterprise.no_contact", "请写联系人的称呼(例如:张经理)。", field="name")
    number = normal_phone(phone, area_code="0371") if phone.strip() else ""
    if number is None:
        raise WrongInput("enterprise.phone", "电话号码不完整;请写 11 位手机号或带区号的座机。", field="phone")
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_keep(by, firm.street)
        present = Contact.objects.filter(enterprise=firm, ends_at__isnull=True)
        is_first = not present.exists()
        if is_main:
            present.update(is_main=False)
        contact = new_contact(
            firm, name=told[:40], phone=number, duty=duty.strip()[:40], is_main=is_main or is_first, at=at
        )
        contact.save(force_insert=True)
        record(
            "enterprise.contact_added", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"contact": contact.ref, "duty": contact.duty, "is_main": contact.is_main},
        )  # fmt: skip
    return contact


def end_contact(*, by: Actor, at: datetime, enterprise: str, contact: str) -> None:
    """The person is no longer a contact. Raises NotFound."""
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_keep(by, firm.street)
        row = Contact.objects.filter(enterprise=firm, ref=contact, ends_at__isnull=True).first()
        if row is None:
            raise NotFound("enterprise.contact_gone", "这位联系人已经结束;请刷新页面。", contact=contact)
        Contact.objects.filter(pk=row.pk).update(ends_at=at, is_main=False)
        close_access(row, at=at, because="联系人已结束")
        record(
            "enterprise.contact_ended",
            by=by,
            at=at,
            street=firm.street,
            subject=firm.subject,
            payload={"contact": row.ref},
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A contact in full, for this answer only."""

    ref: str
    name: str
    phone: str


def look_at_contacts(*, by: Actor, at: datetime, enterprise: str, reason: str) -> list[Told]:
    """The names and telephones in full; who looked and why is written down first. Raises NotFound, NotAllowed, WrongInput without a reason."""
    firm = register.enterprise(enterprise, by=by)
    must_not_only_audit(by, firm.street)
    with deed():
        note_access(by=by, at=at, street=firm.street, subject=firm.subject, what="企业联系人", reason=reason)
    rows = Contact.objects.filter(enterprise=firm, ends_at__isnull=True)
    return [Told(row.ref, row.name, row.phone) for row in rows]


def answer_consent(*, by: Actor, at: datetime, enterprise: str, kind: str, granted: bool, how: str) -> Consent:
    """The enterprise's answer holds from now on, in place of the former one. ``how`` says in which way it was given.

    An invited contact answers for its own firm. Raises WrongInput for an unknown kind or without ``how``, Refused when it is the answer that
    holds already.
    """
    if kind not in CONSENTS:
        raise WrongInput("enterprise.consent_kind", f"授权事项只能是:{'、'.join(CONSENTS.values())}。", field="kind")
    if len(how.strip()) < 2:
        raise WrongInput(
            "enterprise.consent_how", "请写明企业怎样表示的(例如:当面签字、电话录音、企业页面)。", field="how"
        )
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        if not speaks_for(by, firm.ref):
            must_keep(by, firm.street)
        present = Consent.objects.filter(enterprise=firm, kind=kind, ends_at__isnull=True).first()
        if present is not None and present.granted == granted:
            raise Refused("enterprise.consent_same", "企业现在的意思就是这样,不用再记。", field="granted")
        Consent.objects.filter(enterprise=firm, kind=kind, ends_at__isnull=True).update(ends_at=at)
        consent = Consent.objects.create(
            enterprise=firm, kind=kind, granted=granted, how=how.strip()[:120], by=by.label, starts_at=at
        )
        record(
            "enterprise.consented" if granted else "enterprise.declined", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"kind": kind, "what": CONSENTS[kind], "how": consent.how},
        )  # fmt: skip
    return consent
