"""What happened to a clock, and the story its events tell: starts, rests, extensions, and what still lasts.

Terms: an *event* (计时事件) is one line of a clock's history: start, pause (挂起), resume (恢复), extend (延期), stop
(办结, 退回 …), restart (重新办理). A *rest* (停表) is a span in which the clock does not run: a pause until it is
resumed or expires, and the time from a stop to the restart.

Guarantees: reading never fails on an odd order (a resume without a pause, a second stop): what changes nothing is
passed over. Rests come out in order of time and do not overlap. Two pauses at once are one pause that lasts as long
as the longer.

Worked example::

    events = [ClockEvent("start", monday), ClockEvent("pause", tuesday, until=friday, reason="待上级批复")]
    read_story(events, rule=PauseRule(), at=sunday).rests       # ((tuesday, friday),)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.deadline import DAY
from gridloop.core.errors import WrongInput
from gridloop.core.profile import PauseRule, Unit
from gridloop.core.segment import Span

KINDS = ("start", "pause", "resume", "extend", "stop", "restart")


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened to a clock. ``amount`` and ``unit`` belong to extend, ``until`` (expiry) to pause."""

    kind: str
    at: datetime
    by: str = ""
    amount: int = 0
    unit: str = ""
    until: datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            sentence = f"计时没有“{self.kind}”这种事件,可用的有:{'、'.join(KINDS)}。"
            raise WrongInput("clock.kind", sentence, kind=self.kind)
        if self.at.tzinfo is None or (self.until is not None and self.until.tzinfo is None):
            raise WrongInput("time.no_zone", "计时事件的时间须带时区,请写明时区。", kind=self.kind)
        if self.kind == "extend" and (self.amount <= 0 or self.unit not in list(Unit)):
            sentence = "延期须写明大于零的数量和单位,请补全。"
            raise WrongInput("clock.extension", sentence, amount=self.amount, unit=self.unit)

    def to_data(self) -> dict[str, Any]:
        """The event as JSON-able values, without what is empty; ``from_data`` gives an equal event back."""
        until = self.until.isoformat() if self.until else None
        told = {"kind": self.kind, "at": self.at.isoformat(), "by": self.by, "amount": self.amount}
        told |= {"unit": self.unit, "until": until, "reason": self.reason}
        return {key: value for key, value in told.items() if value}

    @classmethod
    def from_data(cls, source: Mapping[str, Any]) -> ClockEvent:
        """The event told by ``to_data``'s shape. Raises WrongInput where it is malformed."""
        try:
            until = source.get("until")
            return cls(
                kind=str(source["kind"]),
                at=datetime.fromisoformat(source["at"]),
                by=str(source.get("by", "")),
                amount=int(source.get("amount", 0)),
                unit=str(source.get("unit", "")),
                until=datetime.fromisoformat(until) if until else None,
                reason=str(source.get("reason", "")),
            )
        except (KeyError, ValueError, TypeError) as fault:
            raise WrongInput("clock.malformed", f"计时事件格式有误({fault}),请对照说明改正。") from fault


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause still lasting; ``until`` is None when only a resume can end it."""

    start: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """The events up to a moment: starts, closed rests, extensions, the pause still lasting, and when it stopped."""

    starts: tuple[datetime, ...]
    rests: tuple[Span, ...]
    extensions: tuple[ClockEvent, ...]
    pause: Pause | None
    stopped_at: datetime | None
    horizon: datetime


def read_story(events: Iterable[ClockEvent], *, rule: PauseRule, at: datetime) -> Story:
    """The story up to ``at``, events of one instant in the order given. Raises WrongInput when nothing has started."""
    seen = sorted((event for event in events if event.at <= at), key=lambda event: event.at)
    starts = tuple(event.at for event in seen if event.kind == "start")
    if not starts:
        raise WrongInput("clock.not_started", "这一环节尚未开始计时,请先确认它的起算时间。", at=at)
    rests: list[Span] = []
    pause, stopped_at = _follow(seen, rule, rests)
    horizon = stopped_at or at
    if pause and pause.until is not None and pause.until <= horizon:
        rests.append((pause.start, pause.until))
        pause = None
    extensions = tuple(event for event in seen if event.kind == "extend")
    return Story(starts, tuple(rests), extensions, pause, stopped_at, horizon)


def _follow(seen: Sequence[ClockEvent], rule: PauseRule, rests: list[Span]) -> tuple[Pause | None, datetime | None]:
    """Go through the events, add every rest that ended, and return the pause and the stop still lasting."""
    pause: Pause | None = None
    stopped_at: datetime | None = None
    for event in seen:
        if pause and (event.kind in ("resume", "stop") or _has_expired(pause, event.at)):
            rests.append((pause.start, _earlier(pause.until, event.at)))
            pause = None
        if event.kind == "pause" and rule.allowed and stopped_at is None:
            pause = _joined(pause, event, rule)
        elif event.kind == "stop" and stopped_at is None:
            stopped_at = event.at
        elif event.kind == "restart" and stopped_at is not None:
            rests.append((stopped_at, event.at))
            stopped_at = None
    return pause, stopped_at


def _joined(pause: Pause | None, event: ClockEvent, rule: PauseRule) -> Pause:
    """One pause out of the one lasting and the one that comes: it lasts as long as the longer of them."""
    until = event.until
    if rule.longest_days is not None:
        until = _earlier(until, event.at + rule.longest_days * DAY)
    until = None if until is None else max(until, event.at)
    if pause is None:
        return Pause(event.at, until)
    return Pause(pause.start, None if until is None or pause.until is None else max(until, pause.until))


def _has_expired(pause: Pause, at: datetime) -> bool:
    return pause.until is not None and pause.until <= at


def _earlier(until: datetime | None, at: datetime) -> datetime:
    return at if until is None else min(until, at)
