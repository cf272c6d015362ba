"""What outside bodies were asked: for the case page, the sender's desk, the body itself and the tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Q

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases.actions.filing import hash_receipt
from gridloop.offices.cases.models import Case, OutsideLink
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.cases.queries.rules import rules_of
from gridloop.offices.organisation import queries as organisation

State = OutsideLink.State


def outside_actor(link: OutsideLink) -> Actor:
    """Who acts through the link: on record as 代 外单位, never as a person of ours."""
    return Actor(kind="outside", ref=link.ref, name=f"代 外单位 {link.body}", street=link.case.street)


def link_behind(secret: str) -> OutsideLink:
    """The link that the secret opens; inside a deed it is locked where the database can. Raises NotFound."""
    rows = OutsideLink.objects.filter(token_hash=hash_receipt(secret)).select_related("case__lead", "sent_by")
    if connection.in_atomic_block and connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound("cases.no_such_link", "这个链接打不开任何事项;请核对网址是否完整,或联系发给您的单位。")
    return found


def link_of_case(case: Case, ref: str) -> OutsideLink:
    """The link by ref within the case. Raises NotFound."""
    found = OutsideLink.objects.filter(case=case, ref=ref).select_related("case__lead", "sent_by").first()
    if found is None:
        raise NotFound("cases.no_link", "此件没有这个外单位链接;请刷新页面。", link=ref)
    found.case = case  # the caller's, whose revision moves on
    return found


def links_of(case: Case) -> list[OutsideLink]:
    """Every link of the case, the oldest first."""
    return list(OutsideLink.objects.filter(case=case).select_related("sent_by").order_by("id"))


def leases_over(street: str, *, at: datetime) -> list[str]:
    """The refs of links whose lease has ended unanswered, the oldest end first."""
    rows = OutsideLink.objects.filter(state=State.OUT, expires_at__lte=at, case__street=street)
    return list(rows.order_by("expires_at", "id").values_list("ref", flat=True))


def link_with_sender(case: Case, ref: str) -> OutsideLink | None:
    """The link an entry speaks of, with its sender; None when the entry's words were erased."""
    return OutsideLink.objects.filter(case=case, ref=ref).select_related("sent_by").first()


@dataclass(frozen=True, slots=True)
class OutsideTask:
    """One thing on the desk that an outside body left there: ``why`` is answered, expired or asks_time."""

    case: Case
    body: str
    why: str
    since: datetime
    sender: str
    is_mine: bool


def outside_tasks(actor: Actor, *, size: int = 20) -> list[OutsideTask]:
    """What came back to this actor, the oldest first: what they sent, and what their unit leads (a sender may have left)."""
    waiting = Q(state=State.ANSWERED) | Q(state=State.EXPIRED) | Q(state=State.OUT, asked_days__gt=0)
    rows = OutsideLink.objects.filter(waiting, closed_at__isnull=True, case__state__in=LIVE_STATES)
    mine = Q(sent_by_id=actor.person_id) | Q(case__lead__code__in=actor.units())
    rows = rows.filter(mine, case__in=visible_to(actor)).select_related("case__lead", "case__grid", "sent_by")
    return [
        _task(row, actor) for row in rows.order_by(F("answered_at").asc(nulls_last=True), "expires_at", "id")[:size]
    ]


def _task(link: OutsideLink, actor: Actor) -> OutsideTask:
    why = {State.ANSWERED: "answered", State.EXPIRED: "expired"}.get(State(link.state), "asks_time")
    since = (link.answered_at if why == "answered" else link.expires_at) or link.sent_at
    return OutsideTask(link.case, link.body, why, since, link.sent_by.name, link.sent_by_id == actor.person_id)


@dataclass(frozen=True, slots=True)
class LentTask:
    """One task as the outside body sees it: nothing of the reporter, nothing of what units wrote among themselves."""

    number: str
    category: str
    place: tuple[str, ...]
    address: str
    task: str
    unit: str
    phone: str
    sender: str
    state: str
    sent_at: datetime
    expires_at: datetime
    answer: str
    answered_at: datetime | None
    asked_days: int
    shows_contact: bool
    is_open: bool
    street_name: str
    photos: tuple[str, ...]


def lent_task(link: OutsideLink, *, at: datetime) -> LentTask:
    """The page behind the link at the moment ``at``."""
    case = link.case
    rules = rules_of(case.street, version=organisation.version_of(case.street))
    own = [each.name for each in archive.attachments_of(case.subject) if each.by == outside_actor(link).label]
    return LentTask(
        number=case.number, category=case.category, place=tuple(cell.name for cell in rules.atlas.lineage(case.place)), address=case.address,
        task=link.task, unit=case.lead.name, phone=case.lead.phone or rules.street.phone, sender=link.sent_by.name, state=link.state,
        sent_at=link.sent_at, expires_at=link.expires_at, answer=link.answer, answered_at=link.answered_at, asked_days=link.asked_days,
        shows_contact=link.shows_contact, is_open=link.state == State.OUT and at < link.expires_at and case.state in LIVE_STATES,
        street_name=rules.street.name, photos=tuple(own),
    )  # fmt: skip
