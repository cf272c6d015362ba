"""Offers and needs of enterprises: which fit, why, and why not (企企联建). Nothing is weighed that is not said.

A need and an offer fit when every condition of ``judge`` holds; then each reason that speaks for them adds its points, and the sum orders the
proposals. There is no learned weight and no hidden factor: the reasons of a proposal are its score.

==========================================  ======
the tags have one in common                 2 each
a tag of one stands in the words of the other  1 each
both lie in the same cluster (集聚区)        2
both lie in the same community              1
==========================================  ======

Guarantees: two firms of which one refused the other are never proposed again, in whatever kind and direction (``parted``); a pair of listings
that is linked already is not proposed twice; the same listings give the same proposals in the same order.

Worked example::

    judge(need, offer, on=date(2022, 4, 1))
    # Fit(is_eligible=True, points=3, reasons=("共同标签:短视频(2 分)", "同在河畔社区(1 分)"), why_not="")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

SIDES = {"need": "需要", "offer": "能提供"}
KINDS = {
    "platform": "线上平台、短视频",
    "media": "传媒推广",
    "supply": "产销配套",
    "space": "场地设备共享",
    "logistics": "仓储物流",
    "skills": "技术和用工共享",
    "invest": "招商入驻",
    "other": "其他",
}
STATES = {
    "proposed": "待双方同意",
    "agreed": "双方同意,待引荐",
    "introduced": "已引荐",
    "cooperated": "已合作",
    "ended": "没有合作",
    "declined": "一方不同意",
}
OPEN = frozenset({"proposed", "agreed", "introduced"})
MOST_FOR_A_NEED = 3
COMMUNITY_DEPTH = 3
TAG, WORD, CLUSTER, COMMUNITY = 2, 1, 2, 1


@dataclass(frozen=True, slots=True)
class Listing:
    """An offer or a need. ``place`` is a path (区/街道/社区/…), ``community`` its name; ``consents`` whether the firm takes part (授权“企企联建”)."""

    code: str
    firm: str
    side: str
    kind: str
    tags: frozenset[str]
    words: str
    valid_until: date
    place: str = ""
    community: str = ""
    cluster: str = ""
    consents: bool = True


@dataclass(frozen=True, slots=True)
class Fit:
    """The judgement of a need and an offer: the points with the reasons that make them, or the one sentence why not."""

    is_eligible: bool
    points: int = 0
    reasons: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A need and an offer that fit."""

    need: Listing
    offer: Listing
    fit: Fit


def judge(
    need: Listing,
    offer: Listing,
    *,
    on: date,
    parted: frozenset[frozenset[str]] = frozenset(),
    linked: frozenset[tuple[str, str]] = frozenset(),
) -> Fit:
    """Whether the two fit on the day. ``parted`` are pairs of firms, ``linked`` pairs (need, offer) that were proposed before."""
    against = _against(need, offer, on=on, parted=parted, linked=linked)
    if against:
        return Fit(is_eligible=False, why_not=against)
    common = _in_common(need, offer)
    if not common:
        return Fit(is_eligible=False, why_not="只有类别相同,标签和说明里没有共同的词")
    reasons = [*common, *_near(need, offer)]
    return Fit(True, sum(points for points, _ in reasons), tuple(f"{said}({points} 分)" for points, said in reasons))


def _against(
    need: Listing, offer: Listing, *, on: date, parted: frozenset[frozenset[str]], linked: frozenset[tuple[str, str]]
) -> str:
    """The first condition that does not hold; empty when all do."""
    if (need.side, offer.side) != ("need", "offer"):
        return "要一边需要、一边能提供"
    if need.kind != offer.kind:
        return f"类别不同:{KINDS[need.kind]},{KINDS[offer.kind]}"
    if need.firm == offer.firm:
        return "是同一家企业"
    if not (need.consents and offer.consents):
        return "有一方没有同意参加企企联建"
    if min(need.valid_until, offer.valid_until) < on:
        return "已过有效期"
    if frozenset({need.firm, offer.firm}) in parted:
        return "一方曾表示不愿与对方联系"
    if (need.code, offer.code) in linked:
        return "已经提出过"
    return ""


def _in_common(need: Listing, offer: Listing) -> list[tuple[int, str]]:
    """What both say, as points and words."""
    found: list[tuple[int, str]] = []
    shared = sorted(need.tags & offer.tags)
    if shared:
        found.append((TAG * len(shared), f"共同标签:{'、'.join(shared)}"))
    for one, other, whose in ((need, offer, "提供方"), (offer, need, "需求方")):
        said = sorted(tag for tag in one.tags - other.tags if tag and tag in other.words)
        if said:
            found.append((WORD * len(said), f"{whose}的说明里有:{'、'.join(said)}"))
    return found


def _near(need: Listing, offer: Listing) -> list[tuple[int, str]]:
    """How near they are to each other."""
    found: list[tuple[int, str]] = []
    if need.cluster and need.cluster == offer.cluster:
        found.append((CLUSTER, f"同在{need.cluster}"))
    if _community(need) and _community(need) == _community(offer):
        found.append((COMMUNITY, f"同在{need.community or '一个社区'}"))
    return found


def _community(listing: Listing) -> tuple[str, ...]:
    parts = tuple(part for part in listing.place.split("/") if part)
    return parts[:COMMUNITY_DEPTH] if len(parts) >= COMMUNITY_DEPTH else ()


def propose(
    listings: Sequence[Listing],
    *,
    on: date,
    parted: Iterable[frozenset[str]] = (),
    linked: Iterable[tuple[str, str]] = (),
    most: int = MOST_FOR_A_NEED,
) -> list[Proposal]:
    """For each need its best offers, at most so many; all in the order of their points, then of their codes."""
    apart, done = frozenset(parted), frozenset(linked)
    offers: dict[str, list[Listing]] = {}
    for each in listings:
        if each.side == "offer":
            offers.setdefault(each.kind, []).append(each)
    found: list[Proposal] = []
    for need in (each for each in listings if each.side == "need"):
        fits = ((offer, judge(need, offer, on=on, parted=apart, linked=done)) for offer in offers.get(need.kind, ()))
        fitting = [Proposal(need, offer, fit) for offer, fit in fits if fit.is_eligible]
        found += sorted(fitting, key=_rank)[:most]
    return sorted(found, key=_rank)


def _rank(proposal: Proposal) -> tuple[int, str, str]:
    return -proposal.fit.points, proposal.need.code, proposal.offer.code
