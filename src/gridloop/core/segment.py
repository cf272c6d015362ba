"""Responsibility segments: who held a case from when to when, and whose lateness it is.

Terms: a *segment* (责任段) is one holder's unbroken time with a case, in a role (主办, 交办 …). The segments of a
case *tile* it: the first begins when the case is opened, each begins when the one before ends, the last ends when the
case is closed.

Guarantees

1. ``tile_problems`` is empty exactly when the segments tile the case: no moment without a holder, none with two.
2. The shares of ``attribute_lateness`` are positive and sum to the whole lateness, to the microsecond. Whoever held the
   case after it was due is late for as long as they held it; whoever passed it on in time is not late at all.

Worked example: due on the 5th, passed on from A to B on the 6th, closed on the 9th ::

    a = Segment("A", "lead", day(1), day(6))
    b = Segment("B", "lead", day(6), day(9))
    attribute_lateness([a, b], due_at=day(5), ended_at=day(9))      # {"A": 1 day, "B": 3 days}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from gridloop.core.deadline import moment_in_words
from gridloop.core.errors import Broken, WrongInput

ZERO = timedelta(0)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Segment:
    """One holder's time with a case; ``end`` is None while they still hold it. Moments carry a zone."""

    holder: str
    role: str
    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise WrongInput("time.no_zone", "责任段的起止时间须带时区,请写明时区。", holder=self.holder)


def tile_problems(
    segments: Sequence[Segment],
    *,
    opened: datetime,
    closed: datetime | None,
    except_for: Sequence[Span] = (),
) -> list[str]:
    """Every gap and overlap, as sentences; an empty list says the segments tile the case.

    ``closed`` is None for an open case: its last segment must be open too. ``except_for`` are spans in which rightly
    nobody holds the case: from a strike-off to the reopening.
    """
    if not segments:
        return ["没有任何责任段"]
    ordered = sorted([*segments, *(Segment("", "", start, end) for start, end in except_for)], key=_begins)
    return [
        *_edge_problems(ordered, opened, closed),
        *(problem for segment in ordered for problem in _own_problems(segment)),
        *(problem for before, after in pairwise(ordered) for problem in _seam_problems(before, after)),
    ]


def attribute_lateness(
    segments: Sequence[Segment],
    *,
    due_at: datetime,
    ended_at: datetime,
    except_for: Sequence[Span] = (),
) -> dict[str, timedelta]:
    """How much of the time from ``due_at`` to ``ended_at`` each holder had the case; empty when it was in time.

    An open segment is taken to last until ``ended_at``. Time inside ``except_for`` (nobody held it, or the clock stood
    still) is nobody's. Raises Broken when the segments do not tile the late time, for then no attribution is true.
    """
    shares: dict[str, timedelta] = {}
    for span in _without((due_at, ended_at), except_for):
        held = _held_within(span, segments)
        if tile_problems(held, opened=span[0], closed=span[1]):
            raise Broken("segment.not_tiled", "责任段没有首尾相接,分不清超期责任,请先核对交接记录。", due_at=due_at)
        for segment in held:
            share = overlap((segment.start, segment.end or span[1]), span)
            shares[segment.holder] = shares.get(segment.holder, ZERO) + share
    return shares


def clip(span: Span, to: Span) -> Span:
    """The part of a span inside another; a span of no length when they do not meet."""
    start = max(span[0], to[0])
    return start, max(start, min(span[1], to[1]))


def overlap(a: Span, b: Span) -> timedelta:
    """How long two spans overlap in real time; never negative."""
    start, end = clip(a, b)
    return end.astimezone(UTC) - start.astimezone(UTC)


def _without(span: Span, except_for: Sequence[Span]) -> Iterator[Span]:
    """What is left of a span when others are cut out of it, in order."""
    start, end = span
    for rest in sorted(except_for):
        if start < min(rest[0], end):
            yield start, min(rest[0], end)
        start = max(start, rest[1])
    if start < end:
        yield start, end


def _held_within(span: Span, segments: Sequence[Segment]) -> list[Segment]:
    """The parts of the segments inside a span; an open segment lasts until its end."""
    clipped = ((segment, clip((segment.start, segment.end or span[1]), span)) for segment in segments)
    return [Segment(segment.holder, segment.role, *own) for segment, own in clipped if own[0] < own[1]]


def _begins(segment: Segment) -> tuple[datetime, bool]:
    return segment.start, segment.end is None


def _edge_problems(ordered: Sequence[Segment], opened: datetime, closed: datetime | None) -> Iterator[str]:
    first, last = ordered[0], ordered[-1]
    if first.start > opened:
        yield f"{moment_in_words(opened)} 至 {moment_in_words(first.start)} 无人负责"
    if first.start < opened:
        yield f"{first.holder} 的责任段早于立案 {moment_in_words(opened)}"
    if closed is None and last.end is not None:
        yield f"{moment_in_words(last.end)} 起无人负责"
    if closed is not None and last.end != closed:
        yield f"{last.holder} 的责任段没有止于结案 {moment_in_words(closed)}"


def _own_problems(segment: Segment) -> Iterator[str]:
    if segment.end is not None and segment.end < segment.start:
        yield f"{segment.holder} 的责任段止于开始之前"


def _seam_problems(before: Segment, after: Segment) -> Iterator[str]:
    if before.end is None or before.end > after.start:
        yield f"{moment_in_words(after.start)} 起 {before.holder} 与 {after.holder} 的责任段重叠"
    elif before.end < after.start:
        yield f"{moment_in_words(before.end)} 至 {moment_in_words(after.start)} 无人负责"
