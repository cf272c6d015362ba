"""Is every post held, by exactly one person or at least a substitute, today and later? Pure: rows in, findings out.

Terms: 缺岗 (vacant), 备岗 (substitute). The check of a change-set and ``gridloop check`` share these sentences.

Worked example::

    Stint("GRID-1", "P1", starts, ends=friday) alone    # 网格一的“网格员”自 5 月 27 日起无人在岗 …
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from gridloop.core.access import Role

SINGLE = frozenset({Role.GRID_LEADER, Role.GRID_WORKER, Role.DUTY_DESK})
"""Roles of which a post has one holder at a time; beside them stand substitutes."""


@dataclass(frozen=True, slots=True)
class PostSlot:
    """A post that should be held."""

    code: str
    title: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class Stint:
    """Someone on a post, from when until when (None: open)."""

    key: str
    post: str
    person: str
    name: str
    is_substitute: bool
    starts: datetime
    ends: datetime | None

    def includes(self, at: datetime) -> bool:
        return self.starts <= at and (self.ends is None or self.ends > at)

    def meets(self, other: Stint) -> bool:
        """Is there a moment at which both are on the post?"""
        return (other.ends is None or self.starts < other.ends) and (self.ends is None or other.starts < self.ends)


@dataclass(frozen=True, slots=True)
class Gap:
    """A flaw of a post's staffing: ``kind`` is backwards, twice, several, vacant or later."""

    kind: str
    post: PostSlot
    sentence: str
    key: str = ""


def staffing_gaps(posts: Iterable[PostSlot], stints: Iterable[Stint], *, at: datetime) -> Iterator[Gap]:
    """Every flaw in the staffing of these posts at the moment and after it."""
    by_post: defaultdict[str, list[Stint]] = defaultdict(list)
    for stint in stints:
        by_post[stint.post].append(stint)
    for post in posts:
        held = [
            stint for stint in by_post[post.code] if stint.ends is None or stint.ends > at or stint.ends <= stint.starts
        ]
        yield from _backwards(post, held)
        forward = [stint for stint in held if stint.ends is None or stint.ends > stint.starts]
        yield from _overlaps(post, forward)
        yield from _holes(post, forward, at=at)


def vacancy_sentence(unit: str, title: str) -> str:
    return f"{unit}的“{title}”无人在岗;请任命或撤岗。"


def _backwards(post: PostSlot, stints: Sequence[Stint]) -> Iterator[Gap]:
    for stint in stints:
        if stint.ends is not None and stint.ends <= stint.starts:
            yield Gap("backwards", post, f"{stint.name}在“{post.title}”的结束时间不晚于开始时间;请改正。", stint.key)


def _overlaps(post: PostSlot, stints: Sequence[Stint]) -> Iterator[Gap]:
    for one, other in combinations(stints, 2):
        if not one.meets(other):
            continue
        if one.person == other.person:
            yield Gap("twice", post, f"{one.name}在“{post.title}”有两段重叠的任职;请改成一段。", other.key)
        elif post.role in SINGLE and not (one.is_substitute or other.is_substitute):
            since = f"{max(one.starts, other.starts):%Y-%m-%d}"
            sentence = f"{post.unit}的“{post.title}”自 {since} 起由{one.name}和{other.name}两人同时担任;请错开,或把一人改为备岗。"
            yield Gap("several", post, sentence, other.key)


def _holes(post: PostSlot, stints: Sequence[Stint], *, at: datetime) -> Iterator[Gap]:
    """The first hole of the post: now, or from the day on which the last in a row leaves."""
    if not any(stint.includes(at) for stint in stints):
        yield Gap("vacant", post, vacancy_sentence(post.unit, post.title))
        return
    until: datetime | None = at
    while until is not None:
        following = [stint for stint in stints if stint.includes(until)]
        if not following:
            yield Gap(
                "later", post, f"{post.unit}的“{post.title}”自 {until:%Y-%m-%d} 起无人接任;请任命接任者,或延长任期。"
            )
            return
        ends = [stint.ends for stint in following]
        until = None if None in ends else max(end for end in ends if end is not None)
