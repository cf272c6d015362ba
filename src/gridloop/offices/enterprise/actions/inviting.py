"""A contact is invited to the firm's own page, signs in once by the link, and is signed out: by itself, by the contact or by an officer.

Terms: an *invitation* is a one-time secret with a lease of three days; a *sign-in* is one device of one contact.

Guarantees

* Only hashes of the secrets are kept. An invitation opens once; of two who open it at once one is refused.
* The link alone opens nothing: whoever opens it gives the contact's telephone number as the register knows it. After five wrong numbers the
  invitation is taken back.
* A new invitation takes the place of an open one. A contact that ended, and a firm that left, open nothing any more.
* Who invited whom, who signed in and who ended it stand in the firm's ledger, without name or number.

Worked example::

    sent = invite_contact(by=manager, at=at, enterprise=firm.ref, contact=contact.ref)
    token = open_invitation(secret=sent.secret, phone="138 0000 0000", device="手机", at=at).token
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import NotFound, Refused, TooMuch, WrongInput
from gridloop.core.identity import normal_phone
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.concealed import blind
from gridloop.offices.archive.identifiers import new_ref, new_secret
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.access_models import FirmSignIn, PageInvitation
from gridloop.offices.enterprise.models import Contact, Enterprise
from gridloop.offices.enterprise.queries import access, register

LEASE = timedelta(days=3)
SIGNED_IN_FOR = timedelta(days=180)
MOST_TRIES = 5
MOST_A_DAY = 5
WRONG_NUMBER = "电话号码连续填错"


@dataclass(frozen=True, slots=True)
class Invited:
    """The invitation, and its secret, shown once."""

    invitation: PageInvitation
    secret: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The sign-in, and the token that the device keeps, told once."""

    sign_in: FirmSignIn
    token: str


def invite_contact(*, by: Actor, at: datetime, enterprise: str, contact: str) -> Invited:
    """The contact may sign in by the secret within three days; an open invitation is taken back.

    Raises NotAllowed for whoever neither keeps the firm's record nor is paired with it, NotFound for a contact that ended, Refused for one
    without a telephone number or a firm that left, TooMuch beyond five invitations a day.
    """
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        access.must_invite(by, firm)
        row = _present_contact(firm, contact)
        if firm.left_at is not None:
            raise Refused("enterprise.left_no_page", "这家企业已离开本街道,不再邀请。", enterprise=firm.ref)
        if not row.phone_index:
            raise Refused("enterprise.no_phone", "这位联系人没有登记电话,登录时无法核对;请先登记电话再邀请。")
        if row.page_invitations.filter(invited_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
            raise TooMuch("enterprise.invited_often", f"一位联系人一天最多邀请 {MOST_A_DAY} 次;请明天再发。")
        _take_back(row, at=at, because="重新邀请")
        secret = new_secret()
        invitation = PageInvitation.objects.create(
            street=firm.street, contact=row, secret_hash=access.hash_of(secret), invited_by_id=by.person_id or None, invited_at=at,
            expires_at=at + LEASE,
        )  # fmt: skip
        record(
            "enterprise.contact_invited", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"contact": row.ref, "duty": row.duty, "until": invitation.expires_at.isoformat()},
        )  # fmt: skip
    return Invited(invitation, secret)


def open_invitation(*, secret: str, phone: str, device: str, at: datetime) -> Opened:
    """The contact is signed in on this device, and the secret opens nothing any more.

    Raises NotFound for a secret that opens nothing, TooLate after its lease, Refused when it was used or taken back, WrongInput for a number
    that is not the contact's.
    """
    if not _knows_the_number(secret, phone, at=at):
        raise WrongInput(
            "enterprise.wrong_phone", "电话号码和登记的不一致;请填收到邀请的这位联系人的电话。", field="phone"
        )
    with deed():
        row = access.open_invitation(secret, at=at)
        if not PageInvitation.objects.filter(pk=row.pk, used_at__isnull=True, revoked_at__isnull=True).update(
            used_at=at
        ):
            raise Refused("enterprise.invitation_used", "这个邀请刚刚用过了;请联系服务管家重新邀请。")
        return _signed_in(row, device=device, at=at)


def enter_demonstration(*, street: str, device: str, at: datetime) -> Opened:
    """A visitor of a demonstration street stands in for its one contact with a telephone, as if just invited; the ledger says so.

    Raises NotFound for a street that is none, or has no such contact.
    """
    shown = next((each for each in access.demonstrated() if each.enterprise.street == street), None)
    if shown is None:
        raise NotFound("enterprise.no_demonstration", "这里没有供参观的企业页面;请用邀请函进入。", street=street)
    with deed():
        invitation = PageInvitation.objects.create(
            street=street,
            contact=shown,
            secret_hash=access.hash_of(new_secret()),
            invited_at=at,
            expires_at=at + LEASE,
            used_at=at,
        )
        return _signed_in(invitation, device=device, at=at)


def _signed_in(row: PageInvitation, *, device: str, at: datetime) -> Opened:
    token = new_secret()
    sign_in = FirmSignIn.objects.create(
        ref=new_ref(), street=row.street, contact=row.contact, invitation=row, token_hash=access.hash_of(token),
        device=device.replace("\x00", "")[:80], started_at=at, used_at=at, expires_at=at + SIGNED_IN_FOR,
    )  # fmt: skip
    firm = row.contact.enterprise
    record(
        "enterprise.contact_signed_in", by=access.actor_of(row.contact), at=at, street=firm.street, subject=firm.subject,
        payload={"contact": row.contact.ref, "device": sign_in.device, "until": sign_in.expires_at.isoformat()},
    )  # fmt: skip
    return Opened(sign_in, token)


def _knows_the_number(secret: str, phone: str, *, at: datetime) -> bool:
    """Whether the number is the contact's; a wrong one is counted for good, and the fifth takes the invitation back."""
    with deed():
        row = access.open_invitation(secret, at=at)
        number = normal_phone(phone, area_code="0371") if phone.strip() else None
        if number and row.contact.phone_index == blind(number):
            return True
        row.tries += 1
        row.save(update_fields=["tries"])
        if row.tries >= MOST_TRIES:
            _take_back(row.contact, at=at, because=WRONG_NUMBER)
            _record_end(row.contact, by=SYSTEM, at=at, because=WRONG_NUMBER)
    return False


def end_access(*, by: Actor, at: datetime, enterprise: str, contact: str, reason: str) -> None:
    """The contact's open invitation and all sign-ins are over; an officer's deed. Raises NotAllowed, NotFound, WrongInput, Refused when there is none."""
    if len(reason.strip()) < 2:
        raise WrongInput("enterprise.why_ended", "请写明原因(例如:手机丢失、换了经办人)。", field="reason")
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        access.must_invite(by, firm)
        row = _present_contact(firm, contact)
        if not close_access(row, at=at, because=reason):
            raise Refused("enterprise.no_access", "这位联系人现在没有可用的邀请,也没有登录;不用收回。")
        _record_end(row, by=by, at=at, because=reason.strip()[:120])


def sign_out(*, by: Actor, at: datetime, sign_in: str = "") -> int:
    """The contact's own sign-in of that ref is over, or all of them; how many were. Raises NotFound for one that is not theirs."""
    with deed():
        rows = access.sign_ins_of(by)
        rows = rows.filter(ref=sign_in) if sign_in else rows
        found = list(rows.select_related("contact__enterprise"))
        if not found:
            raise NotFound("enterprise.no_sign_in", "这处登录已经结束;请刷新页面。", sign_in=sign_in)
        FirmSignIn.objects.filter(pk__in=[row.pk for row in found]).update(ended_at=at, ended_because="本人退出")
        _record_end(found[0].contact, by=by, at=at, because="本人退出")
    return len(found)


def note_use(*, at: datetime, sign_in: int) -> None:
    """It is noted that the sign-in is in use, for the list of devices and for its lease."""
    with deed():
        FirmSignIn.objects.filter(pk=sign_in, ended_at__isnull=True).update(used_at=at)


def close_access(row: Contact, *, at: datetime, because: str) -> bool:
    """Whether anything was open: the invitation is taken back, the sign-ins are over. Called inside a deed that records it."""
    ended = FirmSignIn.objects.filter(contact=row, ended_at__isnull=True)
    return bool(
        _take_back(row, at=at, because=because) + ended.update(ended_at=at, ended_because=because.strip()[:120])
    )


def _take_back(row: Contact, *, at: datetime, because: str) -> int:
    open_ones = PageInvitation.objects.filter(contact=row, used_at__isnull=True, revoked_at__isnull=True)
    return open_ones.update(revoked_at=at, revoked_because=because.strip()[:120])


def _present_contact(firm: Enterprise, ref: str) -> Contact:
    row = Contact.objects.filter(enterprise=firm, ref=ref, ends_at__isnull=True).first()
    if row is None:
        raise NotFound("enterprise.contact_gone", "这位联系人已经结束;请刷新页面。", contact=ref)
    return row


def _record_end(row: Contact, *, by: Actor, at: datetime, because: str) -> None:
    firm = row.enterprise
    record(
        "enterprise.access_ended", by=by, at=at, street=firm.street, subject=firm.subject,
        payload={"contact": row.ref, "reason": because},
    )  # fmt: skip
