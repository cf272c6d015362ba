"""企企联建: a firm's offer or need, a link proposed with its reasons, both firms' consent, the introduction, what came of it; and leads.

Nobody is introduced who did not agree, firm by firm and link by link; a refusal parts the two firms for good (``core.matching``). A lead names a
brand, never a person. A firm's invited contact tells and withdraws its own offers and needs, and answers for its firm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.firm_access import must_serve, must_serve_or_speak
from gridloop.core.matching import KINDS, SIDES
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.link_models import LEAD_STATES, FirmLink, Lead, Listing
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import links, register
from gridloop.offices.enterprise.queries.facts import agrees

MOST_TAGS, LONGEST_TAG, LONGEST_SPAN = 8, 12, 400


@dataclass(frozen=True, slots=True)
class ListingTold:
    """What a firm needs or offers; ``valid_until`` is its last day."""

    side: str
    kind: str
    words: str
    valid_until: date
    tags: tuple[str, ...] = ()


def tell_listing(*, by: Actor, at: datetime, enterprise: str, told: ListingTold, agreed_how: str = "") -> Listing:
    """The offer or need stands. ``agreed_how`` takes down, in the same moment, that the firm agrees to take part.

    Raises WrongInput, NotFound, Refused for a firm that left or has not agreed to 企企联建.
    """
    tags = _checked(told, on=at.astimezone(BEIJING).date())
    with deed():
        firm = _served(enterprise, by=by)
        if not agrees(firm, "link"):
            if not agreed_how.strip():
                raise Refused(
                    "links.not_agreed", "企业还没有同意参加企企联建;请写明企业怎样同意的。", field="agreed_how"
                )
            answer_consent(by=by, at=at, enterprise=firm.ref, kind="link", granted=True, how=agreed_how)
        row = Listing(
            street=firm.street, enterprise=firm, side=told.side, kind=told.kind, tags=tags, words=said(told.words, field="words", longest=500),
            valid_until=told.valid_until, told_by_id=by.person_id or None, told_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "listing.told", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"listing": row.ref, "side": row.side, "kind": row.kind, "what": KINDS[row.kind], "tags": tags,
                     "valid_until": row.valid_until.isoformat()},
        )  # fmt: skip
    return row


def _checked(told: ListingTold, *, on: date) -> list[str]:
    """The tags, tidied. Raises WrongInput."""
    if told.side not in SIDES:
        raise WrongInput("links.side", "请选:需要,或能提供。", field="side")
    if told.kind not in KINDS:
        raise WrongInput("links.kind", f"类别可选:{'、'.join(KINDS.values())}。", field="kind")
    if not 0 <= (told.valid_until - on).days <= LONGEST_SPAN:
        raise WrongInput("links.until", f"有效期从今天起,最长 {LONGEST_SPAN} 天。", field="valid_until")
    tags = list(dict.fromkeys(tag.strip() for tag in told.tags if tag.strip()))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise WrongInput("links.tags", f"标签最多 {MOST_TAGS} 个,每个不超过 {LONGEST_TAG} 字。", field="tags")
    return tags


def _served(enterprise: str, *, by: Actor) -> Enterprise:
    firm = register.enterprise_to_change(enterprise, by=by)
    must_serve_or_speak(by, firm.street, firm.ref)
    if firm.left_at is not None:
        raise Refused("links.firm_left", "这家企业已离开本街道。", enterprise=firm.ref)
    return firm


def withdraw_listing(*, by: Actor, at: datetime, listing: str, reason: str) -> Listing:
    """It is no longer offered or needed; links made of it stand. Raises WrongInput without a reason, Refused when it was withdrawn."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = links.listing(listing, by=by)
        _served(row.enterprise.ref, by=by)
        if row.withdrawn_at is not None:
            raise Refused("links.withdrawn", "这条供需已经撤下;请刷新页面。", listing=listing)
        row.withdrawn_at, row.withdrawn_because = at, why
        row.save(update_fields=["withdrawn_at", "withdrawn_because"])
        record(
            "listing.withdrawn",
            by=by,
            at=at,
            street=row.street,
            subject=row.enterprise.subject,
            payload={"listing": row.ref, "reason": why},
        )
    return row


# -- links -------------------------------------------------------------------------------------------------------------


def propose_link(*, by: Actor, at: datetime, need: str, offer: str) -> FirmLink:
    """The two are brought to the firms, with the reasons of this moment. Raises Refused with the sentence why they do not fit."""
    with deed():
        one, other = links.listing(need, by=by), links.listing(offer, by=by)
        must_serve(by, one.street)
        fit = links.fit_of(one, other, on=at.astimezone(BEIJING).date())
        gone = next((each for each in (one, other) if each.withdrawn_at is not None), None)
        if gone is not None or not fit.is_eligible:
            why = "有一条已经撤下" if gone is not None else fit.why_not
            raise Refused("links.no_fit", f"这两条不能牵线:{why}。", need=need, offer=offer)
        row = FirmLink(
            street=one.street, need=one, offer=other, points=fit.points, reasons=list(fit.reasons), proposed_by_id=by.person_id or None,
            proposed_at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused("links.twice", "这两条已经提出过;请刷新页面。", need=need, offer=offer) from fault
        _record("firm_link.proposed", row, by=by, at=at, points=row.points, reasons=row.reasons)
    return row


def answer_link(
    *, by: Actor, at: datetime, link: str, enterprise: str, willing: bool, how: str, reason: str = ""
) -> FirmLink:
    """One of the two firms says yes or no to this introduction; both yes: it may be introduced, one no: the two are parted for good.

    Raises WrongInput without how (and, for a no, why) it said so, Refused when it answered before or the firm has no part in it.
    """
    how_said = said(how, field="how", longest=120)
    why = said(reason, field="reason", longest=200) if not willing else ""
    with deed():
        firm = register.enterprise(enterprise, by=by)
        must_serve_or_speak(by, firm.street, firm.ref)
        row = _to_change(link, "proposed", by=by)
        side = next((side for side in SIDES if getattr(row, side).enterprise_id == firm.pk), "")
        if not side:
            raise Refused("links.no_part", "这家企业不在这次联建里;请核对。", field="enterprise")
        if getattr(row, f"{side}_agrees") is not None:
            raise Refused("links.answered", "这家企业已经答复过;请刷新页面。", field="enterprise")
        setattr(row, f"{side}_agrees", willing)
        setattr(row, f"{side}_how", how_said)
        if not willing:
            row.state, row.outcome, row.settled_at = "declined", why, at
        elif row.need_agrees and row.offer_agrees:
            row.state = "agreed"
        row.save()
        kind = "firm_link.agreed" if willing else "firm_link.declined"
        _record(kind, row, by=by, at=at, enterprise=firm.ref, how=how_said, reason=why)
    return row


def introduce_link(*, by: Actor, at: datetime, link: str, how: str) -> FirmLink:
    """The two firms were brought together. Raises Refused before both agreed, or when one has left or taken back its consent since."""
    how_done = said(how, field="how", longest=200)
    with deed():
        must_serve(by, links.link(link, by=by).street)
        row = _to_change(link, "agreed", by=by)
        for firm in (row.need.enterprise, row.offer.enterprise):
            _must_still_take_part(firm)
        row.state, row.introduced_at, row.introduced_how = "introduced", at, how_done
        row.save(update_fields=["state", "introduced_at", "introduced_how"])
        _record("firm_link.introduced", row, by=by, at=at, how=how_done)
    return row


def _must_still_take_part(firm: Enterprise) -> None:
    """The firm is here and has not taken back that it takes part. Raises Refused."""
    if firm.left_at is not None:
        raise Refused("links.firm_left", "这家企业已离开本街道。", enterprise=firm.ref)
    if not agrees(firm, "link"):
        raise Refused(
            "links.taken_back",
            f"“{firm.name}”已收回参加企企联建的授权,不能引荐;请先征得企业同意。",
            enterprise=firm.ref,
        )


def settle_link(*, by: Actor, at: datetime, link: str, cooperated: bool, outcome: str) -> FirmLink:
    """What came of it: they work together, or not and why. Raises Refused before they were introduced, WrongInput without words."""
    words = said(outcome, field="outcome", longest=500)
    with deed():
        must_serve(by, links.link(link, by=by).street)
        row = _to_change(link, "introduced", by=by)
        row.state, row.outcome, row.settled_at = "cooperated" if cooperated else "ended", words, at
        row.save(update_fields=["state", "outcome", "settled_at"])
        _record(f"firm_link.{row.state}", row, by=by, at=at, outcome=words)
    return row


def _to_change(ref: str, state: str, *, by: Actor) -> FirmLink:
    """The link, locked and in the state. Raises NotFound, Refused."""
    row = links.link(ref, by=by)
    if connection.vendor != "sqlite":
        FirmLink.objects.select_for_update().get(pk=row.pk)
        row = links.link(ref, by=by)
    if row.state != state:
        raise Refused("links.wrong_state", f"这次联建现在是“{row.get_state_display()}”,不能做这一步;请刷新页面。")
    return row


def _record(kind: str, row: FirmLink, *, by: Actor, at: datetime, **told: object) -> None:
    firms: Sequence[str] = (row.need.enterprise.ref, row.offer.enterprise.ref)
    payload = {"link": row.ref, "firms": list(firms), **told}
    record(kind, by=by, at=at, street=row.street, subject=row.subject, payload=payload)


# -- leads -------------------------------------------------------------------------------------------------------------


def tell_lead(*, by: Actor, at: datetime, enterprise: str, brand: str, wants: str, source: str, link: str = "") -> Lead:
    """The lead stands for the firm that looks for tenants. Raises WrongInput, NotFound."""
    with deed():
        firm = _served(enterprise, by=by)
        must_serve(by, firm.street)
        row = Lead(
            street=firm.street, enterprise=firm, brand=said(brand, field="brand", longest=120), wants=said(wants, field="wants", longest=300),
            source=said(source, field="source", longest=120), link=links.link(link, by=by) if link else None,
            told_by_id=by.person_id or None, told_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "lead.told", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"lead": row.ref, "what": row.brand, "source": row.source},
        )  # fmt: skip
    return row


def move_lead(*, by: Actor, at: datetime, lead: str, state: str, note: str) -> Lead:
    """The lead has come further, or to its end. Raises WrongInput without words, Refused once it was signed or lost."""
    if state not in LEAD_STATES or state == "new":
        raise WrongInput("links.lead_state", "请选:在谈、已签约,或未成。", field="state")
    words = said(note, field="note", longest=300)
    with deed():
        row = links.lead(lead, by=by)
        must_serve(by, row.street)
        if row.state in ("signed", "lost"):
            raise Refused("links.lead_over", "这条线索已有结果;请刷新页面。", lead=lead)
        before, row.state, row.note, row.moved_at = row.state, state, words, at
        row.save(update_fields=["state", "note", "moved_at"])
        record(
            "lead.moved", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={"lead": row.ref, "what": row.brand, "before": LEAD_STATES[before], "after": LEAD_STATES[state], "outcome": words},
        )  # fmt: skip
    return row
