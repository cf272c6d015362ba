"""Offers and needs of firms, what fits and why, the links with their outcomes, leads and stories: the scoped doors.

A reader sees the listings of firms in their scope and the links in which one of the two firms is; a story only while the firm agrees to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from gridloop.core import matching
from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.matching import Fit, judge, propose
from gridloop.offices.archive.keyset import Order
from gridloop.offices.archive.models import Attachment
from gridloop.offices.enterprise.link_models import FirmLink, Lead, Listing, Story
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.facts import agreeing
from gridloop.offices.territory import queries as territory

PAGE = 100
COMMUNITY_LEVEL = 3
NEWEST = Order()
"""Links, leads and stories."""
NEWEST_TOLD = Order("told_at")
"""Offers and needs."""


def _seen(by: Actor) -> QuerySet[Enterprise]:
    return register.visible_to(by).order_by().values("pk")  # type: ignore[return-value]


# -- offers and needs --------------------------------------------------------------------------------------------------


def listings(
    by: Actor, *, street: str, on: date, side: str = "", kind: str = "", after: str = "", size: int = PAGE
) -> list[Listing]:
    """What stands on the day, the newest first."""
    rows = _standing(by, street=street, on=on).select_related("enterprise__cluster")
    for column, value in (("side", side), ("kind", kind)):
        if value:
            rows = rows.filter(**{column: value})
    return NEWEST_TOLD.page(rows, after=after, size=size)


def _standing(by: Actor, *, street: str, on: date) -> QuerySet[Listing]:
    rows = Listing.objects.filter(
        street=street, enterprise__in=_seen(by), enterprise__left_at__isnull=True, withdrawn_at__isnull=True
    )
    return rows.filter(valid_until__gte=on)


def listing(ref: str, *, by: Actor) -> Listing:
    """The offer or need by ref. Raises NotFound, also outside the scope."""
    rows = Listing.objects.filter(ref=ref, enterprise__in=_seen(by)).select_related("enterprise__cluster")
    found = rows.first()
    if found is None:
        raise NotFound("links.no_listing", "没有这条供需,或不在您的责任范围内;请刷新页面。", listing=ref)
    return found


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A need and an offer that fit, with the points and their reasons."""

    need: Listing
    offer: Listing
    fit: Fit


def proposals(by: Actor, *, street: str, on: date) -> list[ProposalShown]:
    """For each need in scope its best offers with reasons; pairs that were refused or proposed before are left out."""
    rows = {row.ref: row for row in _standing(by, street=street, on=on).select_related("enterprise__cluster")}
    found = propose(as_listings(rows.values()), on=on, parted=parted(street), linked=linked(street))
    return [ProposalShown(rows[each.need.code], rows[each.offer.code], each.fit) for each in found]


def fit_of(need: Listing, offer: Listing, *, on: date) -> Fit:
    """The judgement of two listings on the day."""
    one, other = as_listings([need, offer])
    return judge(one, other, on=on, parted=frozenset(parted(need.street)), linked=frozenset(linked(need.street)))


def as_listings(rows: Iterable[Listing]) -> list[matching.Listing]:
    """As the matching sees them; two statements whatever their number."""
    told = list(rows)
    willing = agreeing([row.enterprise_id for row in told], "link")
    streets = {row.street for row in told}
    names = {cell.path: cell.name for street in streets for cell in territory.grids(street)}
    return [
        matching.Listing(
            row.ref, row.enterprise.ref, row.side, row.kind, frozenset(row.tags), row.words, row.valid_until, row.enterprise.place,
            names.get("/".join(row.enterprise.place.split("/")[:COMMUNITY_LEVEL]), ""),
            row.enterprise.cluster.name if row.enterprise.cluster else "", willing[row.enterprise_id],
        )
        for row in told
    ]  # fmt: skip


def parted(street: str) -> list[frozenset[str]]:
    """The pairs of firms of which one refused the other."""
    rows = FirmLink.objects.filter(street=street, state="declined")
    pairs = rows.values_list("need__enterprise__ref", "offer__enterprise__ref")
    return [frozenset(pair) for pair in pairs]


def linked(street: str) -> list[tuple[str, str]]:
    """The pairs (need, offer) that were proposed before."""
    return list(FirmLink.objects.filter(street=street).values_list("need__ref", "offer__ref"))


# -- links -------------------------------------------------------------------------------------------------------------


def visible_links(by: Actor) -> QuerySet[FirmLink]:
    """The links in which a firm of the actor's scope takes part."""
    seen = _seen(by)
    rows = FirmLink.objects.filter(Q(need__enterprise__in=seen) | Q(offer__enterprise__in=seen))
    return rows.select_related("need__enterprise", "offer__enterprise", "proposed_by")


def links(by: Actor, *, state: str = "", enterprise: str = "", after: str = "", size: int = PAGE) -> list[FirmLink]:
    """The latest first; ``state`` open means proposed, agreed or introduced."""
    rows = visible_links(by)
    if state == "open":
        rows = rows.filter(state__in=matching.OPEN)
    elif state:
        rows = rows.filter(state=state)
    if enterprise:
        rows = rows.filter(Q(need__enterprise__ref=enterprise) | Q(offer__enterprise__ref=enterprise))
    return NEWEST.page(rows, after=after, size=size)


def link(ref: str, *, by: Actor) -> FirmLink:
    """The link by ref. Raises NotFound, also outside the scope."""
    found = visible_links(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("links.not_found", "没有这次联建,或不在您的责任范围内;请核对。", link=ref)
    return found


def counts(by: Actor) -> dict[str, int]:
    """How many links there are in each state, none left out."""
    rows = visible_links(by).order_by().values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(matching.STATES, 0) | dict(rows)


# -- leads and stories -------------------------------------------------------------------------------------------------


def leads(by: Actor, *, state: str = "", after: str = "", size: int = PAGE) -> list[Lead]:
    """The leads for firms in scope, the latest first."""
    rows = Lead.objects.filter(enterprise__in=_seen(by)).select_related("enterprise", "told_by")
    return NEWEST.page(rows.filter(state=state) if state else rows, after=after, size=size)


def lead(ref: str, *, by: Actor) -> Lead:
    """The lead by ref. Raises NotFound."""
    found = Lead.objects.filter(ref=ref, enterprise__in=_seen(by)).select_related("enterprise").first()
    if found is None:
        raise NotFound("links.no_lead", "没有这条线索,或不在您的责任范围内;请刷新页面。", lead=ref)
    return found


@dataclass(frozen=True, slots=True)
class StoryShown:
    """A story with its photos; ``agrees`` is whether the firm still agrees to its being told."""

    row: Story
    agrees: bool
    photos: list[Attachment]

    @property
    def is_public(self) -> bool:
        return self.row.state == "published" and self.agrees


def stories(by: Actor, *, enterprise: str = "", after: str = "", size: int = PAGE) -> list[StoryShown]:
    """The stories of firms in scope, the latest first."""
    rows = Story.objects.filter(enterprise__in=_seen(by)).select_related("enterprise", "link", "case", "written_by")
    found = rows.filter(enterprise__ref=enterprise) if enterprise else rows
    return _told(NEWEST.page(found, after=after, size=size))


def story(ref: str, *, by: Actor) -> StoryShown:
    """The story by ref. Raises NotFound."""
    rows = Story.objects.filter(ref=ref, enterprise__in=_seen(by))
    found = rows.select_related("enterprise", "link", "case", "written_by").first()
    if found is None:
        raise NotFound("links.no_story", "没有这则故事,或不在您的责任范围内;请核对。", story=ref)
    return _told([found])[0]


def public_stories(street: str, *, after: str = "", size: int = PAGE) -> list[StoryShown]:
    """What everybody may read: published stories of firms that are here and still agree, the latest first."""
    rows = _public(street).exclude(enterprise__in=_unwilling(street))
    return _told(NEWEST.page(rows, after=after, size=size))


def public_story(street: str, ref: str) -> StoryShown:
    """One of them. Raises NotFound, also from the moment at which the firm took its word back."""
    found = _public(street).filter(ref=ref).first()
    shown = _told([found])[0] if found else None
    if shown is None or not shown.is_public:
        raise NotFound("public.no_story", "没有这则故事,或企业已收回同意。", story=ref)
    return shown


def _public(street: str) -> QuerySet[Story]:
    rows = Story.objects.filter(street=street, state="published", enterprise__left_at__isnull=True)
    return rows.select_related("enterprise", "link", "case", "written_by")


def _unwilling(street: str) -> list[int]:
    """Firms with a published story that do not agree any more."""
    firms = set(_public(street).values_list("enterprise_id", flat=True))
    return [key for key, agrees in agreeing(firms, "story").items() if not agrees]


def _told(rows: list[Story]) -> list[StoryShown]:
    willing = agreeing([row.enterprise_id for row in rows], "story")
    photos: dict[str, list[Attachment]] = {}
    for each in Attachment.objects.filter(subject__in=[row.subject for row in rows]).order_by("pk"):
        photos.setdefault(each.subject, []).append(each)
    return [StoryShown(row, willing[row.enterprise_id], photos.get(row.subject, [])) for row in rows]
