"""Asking a body without an account: a task, a secret address, and a lease that brings the matter back when nobody answers.

Terms: an *outside body* (外单位: a contractor, the gas company, a property manager) has no account; a *link* (外单位链接) shows it one task
and lets it answer; the *lease* (期限) is how long the link lives; the *sender* (经办人) is the person of the lead unit who sent it.

Guarantees

* The case never leaves its unit: who answers to the reporter, and the clocks, do not change.
* Only the hash of the secret is kept. A link dies with its lease, when it is recalled, and when the case is closed.
* The outside body sees no personal data unless the sender ticked it with a reason, and each look is written down.
* A lease that ends unanswered is noticed by the tick (``take_back``): ledger, notice, and a task on the sender's desk.
* An answer waits for the sender's acceptance; it is never the answer to the reporter.

Worked example::

    sent = send_outside(by=worker, at=at, case=ref, body="某燃气公司", task="请关阀检修", days=3)
    answer_outside(secret=sent.secret, at=at, text="已更换阀门", photos=[])
    review_outside(by=worker, at=at, case=ref, link=sent.link.ref, approved=True)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import Outdated, Refused, TooLate, TooMuch
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.archive import attachments as archive
from gridloop.offices.archive.actions import note_access, record
from gridloop.offices.archive.identifiers import new_ref, new_secret
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.closing import reports_of
from gridloop.offices.cases.actions.contact import CONTACTS, Contact
from gridloop.offices.cases.actions.filing import hash_receipt
from gridloop.offices.cases.actions.moves import handled_by, moved, noted, person_of, said
from gridloop.offices.cases.models import Case, OutsideLink
from gridloop.offices.cases.queries.finding import case_for_verb
from gridloop.offices.cases.queries.outside import link_behind, link_of_case, outside_actor

LEASE_DAYS = 3
LONGEST_LEASE = 30
MOST_OUT = 5
MOST_PHOTOS = 6
State = OutsideLink.State


@dataclass(frozen=True, slots=True)
class Sent:
    """A link that was sent, and its secret: told once, only its hash is kept."""

    link: OutsideLink
    secret: str


def send_outside(
    *, by: Actor, at: datetime, case: str, body: str, task: str, days: int = LEASE_DAYS, shows_contact: bool = False, reason: str = "",
    rev: int | None = None,
) -> Sent:  # fmt: skip
    """The outside body may answer for ``days`` days. Raises TooMuch beyond 30 days or five open links of the case.

    With ``shows_contact`` it may look at the reporters' names and numbers: that needs a reason, which is written down.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="send_outside", rev=rev)
        _must_be_bearable(found, days)
        secret = new_secret()
        link = OutsideLink.objects.create(
            ref=new_ref(), case=found, body=said(body, field="body", longest=80), task=said(task, field="task", least=4, longest=1000),
            token_hash=hash_receipt(secret), shows_contact=shows_contact, sent_by=person_of(by), sent_at=at,
            expires_at=at + timedelta(days=days),
        )  # fmt: skip
        if shows_contact:
            _note_handing_on(link, by=by, at=at, reason=reason)
        _supersede(link, at=at)
        handled_by(found, by=by, at=at)
        moved(found)
        _noted("case.sent_outside", link, by=by, at=at, text=link.task, until=link.expires_at.isoformat(), shows_contact=shows_contact)  # fmt: skip
    return Sent(link, secret)


def _must_be_bearable(case: Case, days: int) -> None:
    if not 1 <= days <= LONGEST_LEASE:
        raise TooMuch("cases.lease_too_long", f"期限从 1 天到 {LONGEST_LEASE} 天;请改一改。", field="days")
    if OutsideLink.objects.filter(case=case, state=State.OUT).count() >= MOST_OUT:
        raise TooMuch(
            "cases.too_many_links", f"此件已有 {MOST_OUT} 个外单位在办;请先收回不再需要的链接。", field="body"
        )


def _note_handing_on(link: OutsideLink, *, by: Actor, at: datetime, reason: str) -> None:
    what = f"允许外单位“{link.body[:30]}”查看{CONTACTS}"
    note_access(by=by, at=at, street=link.case.street, subject=link.case.subject, what=what, reason=reason)


def _supersede(link: OutsideLink, *, at: datetime) -> None:
    """What came back unanswered from the same case is being seen to by the new link, and leaves the desk."""
    OutsideLink.objects.filter(case=link.case, state=State.EXPIRED, closed_at__isnull=True).update(closed_at=at)


def extend_outside(
    *, by: Actor, at: datetime, case: str, link: str, approved: bool, days: int = 0, remark: str = "", rev: int | None = None
) -> Case:  # fmt: skip
    """The outside body gets the days it asked for (or ``days``), or is told no. Raises Refused when it asked for none."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="extend_outside", rev=rev)
        lent = link_of_case(found, link)
        if lent.state != State.OUT or not lent.asked_days:
            raise Refused("cases.no_time_asked", "外单位没有待答复的延长申请;它可能已答复或已到期。", link=link)
        granted = min(days or lent.asked_days, LONGEST_LEASE) if approved else 0
        until = max(lent.expires_at, at) + timedelta(days=granted)
        _changed(lent, expires_at=until, asked_days=0, asked_reason="")
        moved(found)
        return _noted("case.outside_extended" if approved else "case.outside_not_extended", lent, by=by, at=at, until=until.isoformat(),
                      remark=remark.strip()[:300])  # fmt: skip


def review_outside(
    *, by: Actor, at: datetime, case: str, link: str, approved: bool, days: int = LEASE_DAYS, remark: str = "",
    rev: int | None = None,
) -> Case:  # fmt: skip
    """The answer is accepted, or goes back to the outside body with a new lease and the reason. Raises Refused without an answer."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="review_outside", rev=rev)
        lent = link_of_case(found, link)
        if lent.state != State.ANSWERED:
            raise Refused("cases.not_answered_outside", "外单位还没有答复,或已验收过。", link=link)
        handled_by(found, by=by, at=at)
        if approved:
            _changed(lent, state=State.ACCEPTED, closed_at=at)
            moved(found)
            return _noted("case.outside_accepted", lent, by=by, at=at, remark=remark.strip()[:300])
        words = said(remark, field="remark", least=4, longest=300)
        _must_be_bearable(found, days)
        _changed(lent, state=State.OUT, expires_at=at + timedelta(days=days))
        moved(found)
        return _noted("case.outside_sent_back", lent, by=by, at=at, reason=words, until=lent.expires_at.isoformat())


def recall_outside(
    *, by: Actor, at: datetime, case: str, link: str, reason: str = "", rev: int | None = None
) -> Case:  # fmt: skip
    """The link opens nothing any more; one whose lease has ended leaves the desk. Raises Refused for one that is done."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="recall_outside", rev=rev)
        lent = link_of_case(found, link)
        if lent.closed_at is not None:
            raise Refused("cases.link_closed", "这个链接已经收回或已验收。", link=link)
        if lent.state != State.EXPIRED:
            _changed(lent, state=State.RECALLED)
        _changed(lent, closed_at=at)
        moved(found)
        return _noted("case.outside_recalled", lent, by=by, at=at, reason=reason.strip()[:300])


# -- what the outside body does ---------------------------------------------------------------------------------------


def answer_outside(*, secret: str, at: datetime, text: str, photos: Sequence[tuple[str, bytes]] = ()) -> OutsideLink:
    """The outside body has answered, with photos (name, bytes); the sender is to accept it. Raises TooLate after the lease."""
    with deed():
        link = _open_link(secret, at=at)
        words = said(text, least=4)
        if len(photos) > MOST_PHOTOS:
            raise TooMuch("cases.too_many_photos", f"最多 {MOST_PHOTOS} 张照片;请留下最要紧的几张。", field="photos")
        by = outside_actor(link)
        for name, content in photos:
            archive.attach(by=by, at=at, street=link.case.street, subject=link.case.subject, name=name, content=content)
        _changed(link, state=State.ANSWERED, answer=words, answered_at=at, asked_days=0, asked_reason="")
        _noted("case.outside_answered", link, by=by, at=at, text=words, photos=len(photos))
    return link


def ask_outside_time(*, secret: str, at: datetime, days: int, reason: str) -> OutsideLink:
    """The outside body asks the sender for more time; the lease runs on until it is given. Raises TooMuch beyond 30 days."""
    with deed():
        link = _open_link(secret, at=at)
        if not 1 <= days <= LONGEST_LEASE:
            raise TooMuch("cases.lease_too_long", f"一次最多申请延长 {LONGEST_LEASE} 天。", field="days")
        if link.asked_days:
            raise Refused("cases.time_asked", "您已申请延长,正在等答复;急事请打上面的电话。", field="days")
        _changed(link, asked_days=days, asked_reason=said(reason, field="reason", least=4, longest=300))
        _noted("case.outside_asked_time", link, by=outside_actor(link), at=at, days=days, reason=link.asked_reason)
    return link


def show_contacts_outside(*, secret: str, at: datetime, reason: str) -> list[Contact]:
    """The reporters' names and numbers for an outside body that was allowed to look, after it is written down.

    Raises Refused when it was not.
    """
    with deed():
        link = _open_link(secret, at=at)
        if not link.shows_contact:
            raise Refused("cases.contact_not_shared", "这件事没有向贵单位提供联系方式;请联系发件的同志。")
        note_access(
            by=outside_actor(link),
            at=at,
            street=link.case.street,
            subject=link.case.subject,
            what=CONTACTS,
            reason=reason,
        )
        return [Contact(report.ref, report.name, report.phone) for report in reports_of(link.case)]


def _open_link(secret: str, *, at: datetime) -> OutsideLink:
    """The link, if it may still be answered. Raises NotFound, TooLate after the lease, Refused when it is done or the case closed."""
    link = link_behind(secret)
    if link.state == State.OUT and at >= link.expires_at:
        raise TooLate("cases.lease_over", "期限已过,此事已退回发件人;还要答复请打上面的电话。", link=link.ref)
    if link.state != State.OUT or link.case.state not in LIVE_STATES:
        raise Refused("cases.link_done", "这个链接已经答复过、被收回或事项已办结;请刷新页面。", link=link.ref)
    return link


# -- the end of a lease -----------------------------------------------------------------------------------------------


def take_back(*, at: datetime, link: str) -> bool:
    """The lease of this link is over and nobody answered: the matter lies on the sender's desk again. False when it was not so.

    Of a case that is closed meanwhile the link just ends.
    """
    with deed():
        lent = OutsideLink.objects.select_related("case__lead", "sent_by").get(ref=link)
        over = OutsideLink.objects.filter(pk=lent.pk, state=State.OUT, expires_at__lte=at)
        is_live = lent.case.state in LIVE_STATES
        if not over.update(state=State.EXPIRED, closed_at=None if is_live else at):
            return False
        _noted(
            "case.outside_expired", lent, by=SYSTEM, at=at, to=[lent.sent_by.name], until=lent.expires_at.isoformat()
        )
    return True


def _changed(link: OutsideLink, **changes: Any) -> None:
    """Compare-and-set on what was seen. Raises Outdated when someone else was faster."""
    seen = OutsideLink.objects.filter(
        pk=link.pk, state=link.state, asked_days=link.asked_days, closed_at=link.closed_at
    )
    if not seen.update(**changes):
        raise Outdated("cases.outdated", "这个链接刚刚有变化;请刷新页面,看过最新情况再决定。", link=link.ref)
    for name, value in changes.items():
        setattr(link, name, value)


def _noted(kind: str, link: OutsideLink, *, by: Actor, at: datetime, **payload: Any) -> Case:
    """The deed stands in the ledger of the case, with the link and the body."""
    if by.kind == "person" or by.kind == "token":
        return noted(kind, link.case, by=by, at=at, link=link.ref, body=link.body, **payload)
    case = link.case
    facts = {"number": case.number, "state": case.state, "link": link.ref, "body": link.body, **payload}
    record(kind, by=by, at=at, street=case.street, subject=case.subject, payload=facts)
    return case
