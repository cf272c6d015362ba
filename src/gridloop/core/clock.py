"""Clocks: whether a stage is running, due, warned or late, as a pure function of what happened.

Terms: a *clock* (计时) times one stage of one case. Its *events* only ever grow: start, pause (挂起), resume (恢复),
extend (延期), stop (办结, 退回 …), restart (重新办理: the old clock goes on). A *rest* (停表) is a span in which it
does not run: a pause until it is resumed or expires, and the time from a stop to the restart.

Guarantees

1. ``judge`` is pure: the same events, profile, calendar and moment give the same state. Events are read in order of
   time; those of one instant in the order given.
2. A rest begun in time pushes the deadline by its length in the stage's own measure: natural time for natural units,
   office time for working units. It never brings a deadline nearer; a rest begun when already late excuses nothing.
   (Of a repeating stage this is said of the round then running.)
3. A pause with ``until`` ends by itself then, even if nobody resumes it. A pause without one leaves ``due_at`` None.
4. ``next_check_at`` is always after ``at``; judging a clock only then misses no warning, breach or expiry.

Steps of ``judge``: read the events up to ``at`` → count the limit from the start → apply rests and extensions in
order of time → measure the time spent and find the warning points → compare with ``at``.

Worked example: seven days from 28 January 2022 10:00, suspended over the Spring Festival until 7 February 09:00 ::

    events = [ClockEvent("start", start), ClockEvent("pause", eve, until=back_at_work, reason="待上级批复")]
    state = judge(events, profile=san_bu_guo, stage="handle", calendar=calendar, at=festival)
    state.state, state.is_late                # "paused", False
    remaining_in_words(state, festival)       # "已挂起,还剩 4 天 3 小时"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gridloop.core.clock_events import ClockEvent, Pause, Story, read_story
from gridloop.core.deadline import (
    INSTANT,
    DayCount,
    Due,
    count_limit,
    deadline_document,
    due,
    due_at,
    extend_due,
    last_day,
    moment_in_words,
    rests_on_unpublished,
)
from gridloop.core.profile import Ends, IntakeRule, Limit, LimitRow, PauseRule, Profile, Stage, Unit
from gridloop.core.segment import Segment, Span, attribute_lateness, clip, overlap, tile_problems
from gridloop.core.worktime import Calendar

__all__ = [
    "ClockEvent",
    "ClockState",
    "DayCount",
    "Due",
    "Ends",
    "IntakeRule",
    "Limit",
    "LimitRow",
    "PauseRule",
    "Profile",
    "Reissue",
    "Segment",
    "Stage",
    "Unit",
    "attribute_lateness",
    "deadline_document",
    "due",
    "due_at",
    "judge",
    "moment_in_words",
    "reissue",
    "remaining_in_words",
    "rests_of",
    "tile_problems",
]

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock as of one moment.

    ``spent`` and ``remaining`` are in the stage's own measure: office time when ``in_office_time``, else natural time.
    ``remaining`` is None once stopped, zero when late. ``late_by`` is natural time since due while the clock ran.
    """

    state: str
    due_at: datetime | None
    provisional: bool
    is_late: bool
    late_by: timedelta
    warned: int
    next_check_at: datetime | None
    spent: timedelta
    remaining: timedelta | None
    in_office_time: bool = False


@dataclass(frozen=True, slots=True)
class Reissue:
    """What a new calendar version does to a clock: its state before and after, and a sentence for the ledger."""

    before: ClockState
    after: ClockState
    changed: bool
    sentence: str


def judge(
    events: Iterable[ClockEvent],
    *,
    profile: Profile,
    stage: str,
    calendar: Calendar,
    at: datetime,
    grade: str = "ordinary",
    priority: str = "normal",
) -> ClockState:
    """The state of a clock as of ``at``; later events are not looked at.

    In a repeating stage each further start is one report made: it answers the oldest round not yet answered, but a
    second report within a round that is already answered answers nothing more.

    Raises WrongInput when the clock has not started by ``at`` or ``at`` has no zone, and as ``due_at`` does for stage,
    grade and priority.
    """
    story = read_story(events, rule=profile.pauses, at=calendar.local(at))
    first = due(profile, stage, start=story.starts[0], calendar=calendar, grade=grade, priority=priority)
    counting = _Counting(first, story)
    number = _round(counting) if profile.stage(stage).repeats else 1
    course = counting.course(number)
    origin = counting.course(number - 1).due if number > 1 else first.begun
    return _state(counting, course, origin=origin, at=at, warnings=profile.warnings)


def rests_of(events: Iterable[ClockEvent], *, profile: Profile, at: datetime) -> tuple[Span, ...]:
    """The spans up to ``at`` in which the clock stood still, in order and apart; one still lasting ends at ``at``."""
    story = read_story(events, rule=profile.pauses, at=at)
    lasting = [(story.pause.start, story.horizon)] if story.pause else []
    return tuple(clip(span, (span[0], story.horizon)) for span in [*story.rests, *lasting])


def reissue(
    events: Sequence[ClockEvent],
    *,
    profile: Profile,
    stage: str,
    old_calendar: Calendar,
    new_calendar: Calendar,
    at: datetime,
    grade: str = "ordinary",
    priority: str = "normal",
) -> Reissue:
    """The clock under the old and the new calendar version. A deadline is never edited: it is derived again."""

    def under(calendar: Calendar) -> ClockState:
        return judge(events, profile=profile, stage=stage, calendar=calendar, at=at, grade=grade, priority=priority)

    before, after = under(old_calendar), under(new_calendar)
    changed = (before.due_at, before.provisional) != (after.due_at, after.provisional)
    return Reissue(before, after, changed, _reissue_sentence(before, after, new_calendar))


def remaining_in_words(due: ClockState | datetime | None, at: datetime) -> str:
    """What is left or overdue, for a person: 还剩 2 天 3 小时, 已超 5 小时, 已挂起,还剩 1 天."""
    if isinstance(due, ClockState):
        return _state_in_words(due, at)
    if due is None:
        return "已挂起,到期时间待恢复后确定"
    left = due.astimezone(UTC) - at.astimezone(UTC)
    return f"还剩 {_duration(left)}" if left >= ZERO else f"已超 {_duration(-left)}"


# -- private: counting ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Course:
    """The deadline after all changes. While ``is_open`` it moves on with every moment that the pause lasts."""

    due: datetime
    provisional: bool
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class _Counting:
    """A story measured from the first due moment, by its limit and on its calendar."""

    first: Due
    story: Story

    @property
    def calendar(self) -> Calendar:
        return self.first.calendar

    @property
    def in_office_time(self) -> bool:
        """Whether only office time counts."""
        return self.first.limit.unit.is_working

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The time from a to b in the limit's own measure; zero when b is before a."""
        if b <= a:
            return ZERO
        if self.in_office_time:
            return self.calendar.work_time_between(a, b)
        return b.astimezone(UTC) - a.astimezone(UTC)

    def after(self, a: datetime, span: timedelta) -> datetime:
        """The earliest moment by which this much time has gone by since a, in the limit's own measure."""
        if self.in_office_time:
            return self.calendar.add_work_time(a, span)
        return self.calendar.local(a.astimezone(UTC) + span)

    def course(self, number: int) -> _Course:
        """The deadline of this round: the limit counted from the start, then rests and extensions in order of time."""
        course = _Course(self.first.due_at, self.first.provisional)
        if number > 1:
            base = count_limit(self.first.limit, self.first.begun, calendar=self.calendar, times=number)
            course = _Course(base, self._asked_unpublished(self.first.begun, base))
        for change in self._changes():
            course = self._extended(course, change) if isinstance(change, ClockEvent) else self._rested(course, change)
        return course

    def spent(self, origin: datetime, at: datetime) -> timedelta:
        """The time from the origin to a moment, without rests."""
        rested = (clip(rest, (origin, max(origin, at))) for rest in self.rests())
        return self.between(origin, at) - sum((self.between(*rest) for rest in rested), ZERO)

    def reached(self, origin: datetime, target: timedelta) -> datetime:
        """The moment at which this much time is spent: the inverse of ``spent``."""
        at = origin
        for start, end in self.rests():
            ran = self.between(at, start)
            if target <= ran:
                break
            target -= ran
            at = max(at, end)
        return self.after(at, target)

    def rests(self) -> list[Span]:
        """The rests in order: those that ended, and the one that is known to end."""
        pause = self.story.pause
        return [*self.story.rests, *([(pause.start, pause.until)] if pause and pause.until else [])]

    def _changes(self) -> list[ClockEvent | Pause]:
        """Rests and extensions in order of time, a rest before an extension of the same moment."""
        rests: list[Pause] = [Pause(start, end) for start, end in self.story.rests]
        if self.story.pause:
            rests.append(self.story.pause)
        changes: list[ClockEvent | Pause] = [*rests, *self.story.extensions]
        return sorted(changes, key=lambda change: change.at if isinstance(change, ClockEvent) else change.start)

    def _rested(self, course: _Course, rest: Pause) -> _Course:
        if rest.start > course.due:
            return course
        if rest.until is None:
            return replace(course, is_open=True)
        start = max(rest.start, self.first.begun)
        pushed = self.after(course.due, self.between(start, rest.until))
        return replace(course, due=pushed, provisional=course.provisional or self._asked_unpublished(start, pushed))

    def _extended(self, course: _Course, event: ClockEvent) -> _Course:
        extended = extend_due(course.due, amount=event.amount, unit=event.unit, calendar=self.calendar)
        working = Limit(event.amount, Unit(event.unit))
        unknown = rests_on_unpublished(working, self.calendar.local(course.due), extended, calendar=self.calendar)
        return replace(course, due=extended, provisional=course.provisional or unknown)

    def _asked_unpublished(self, start: datetime, end: datetime) -> bool:
        days = self.calendar.local(start).date(), last_day(self.calendar.local(end))
        return self.in_office_time and self.calendar.rests_on_unpublished(*days)


def _round(counting: _Counting) -> int:
    """Which round of a repeating stage is due: one more for every report, unless its round was answered already."""
    number = 1
    for report in counting.story.starts[1:]:
        if number == 1 or report > counting.course(number - 1).due:
            number += 1
    return number


# -- private: the state -----------------------------------------------------------------------------------------------


def _state(
    counting: _Counting, course: _Course, *, origin: datetime, at: datetime, warnings: Sequence[float]
) -> ClockState:
    story, due = counting.story, course.due
    now = min(story.horizon, story.pause.start) if story.pause and course.is_open else story.horizon
    whole = counting.spent(origin, due)
    points = [counting.reached(origin, whole * fraction) for fraction in warnings]
    is_late = now > due
    spent = counting.spent(origin, min(now, story.pause.start) if story.pause else now)
    return ClockState(
        state=_name(story),
        due_at=None if course.is_open else counting.calendar.local(due),
        provisional=course.provisional,
        is_late=is_late,
        late_by=_late_by(story, due) if is_late else ZERO,
        warned=sum(point <= now for point in points),
        next_check_at=_next_check(counting, course, at=at, points=points),
        spent=spent,
        remaining=None if story.stopped_at else max(ZERO, whole - spent),
        in_office_time=counting.in_office_time,
    )


def _name(story: Story) -> str:
    if story.stopped_at is not None:
        return "stopped"
    return "paused" if story.pause else "running"


def _late_by(story: Story, due: datetime) -> timedelta:
    late = (due, story.horizon)
    lasting = [(story.pause.start, story.horizon)] if story.pause else []
    return overlap(late, late) - sum((overlap(late, rest) for rest in [*story.rests, *lasting]), ZERO)


def _next_check(counting: _Counting, course: _Course, *, at: datetime, points: Sequence[datetime]) -> datetime | None:
    """The next moment at which the state changes by itself; an instant after due, for due itself is in time."""
    if counting.story.stopped_at is not None:
        return None
    if counting.story.pause is not None:
        until = counting.story.pause.until
        return counting.calendar.local(until) if until else None
    due_or_breach = course.due if at < course.due else course.due + INSTANT
    coming = [moment for moment in [*points, due_or_breach] if moment > at]
    return counting.calendar.local(min(coming)) if coming else None


# -- private: words ---------------------------------------------------------------------------------------------------


def _state_in_words(state: ClockState, at: datetime) -> str:
    if state.state == "stopped":
        return f"已完成,超期 {_duration(state.late_by)}" if state.is_late else "已按期完成"
    if state.is_late:
        return f"{'已挂起,' if state.state == 'paused' else ''}已超 {_duration(state.late_by)}"
    if state.state == "paused":
        left = state.remaining or ZERO
        return f"已挂起,还剩 {_office_time(left) if state.in_office_time else _duration(left)}"
    return remaining_in_words(state.due_at, at)


def _duration(span: timedelta) -> str:
    """The two largest units of a span, rounded down: 2 天 3 小时, 5 小时, 12 分钟."""
    minutes = span // timedelta(minutes=1)
    sizes = {"天": minutes // 1440, "小时": minutes // 60 % 24, "分钟": minutes % 60}
    told = [f"{number} {unit}" for unit, number in sizes.items()]
    first = next((place for place, number in enumerate(sizes.values()) if number), None)
    if first is None:
        return "不到 1 分钟"
    return " ".join(part for part in told[first : first + 2] if not part.startswith("0 "))


def _office_time(span: timedelta) -> str:
    """Office time in hours and minutes, for a working day has no 24 hours: 工作时间 12 小时 30 分钟."""
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    return f"工作时间 {hours} 小时" + (f" {minutes} 分钟" if minutes else "")


def _reissue_sentence(before: ClockState, after: ClockState, calendar: Calendar) -> str:
    version = f"工作日历第 {calendar.version} 版"
    if before.due_at == after.due_at or before.due_at is None or after.due_at is None:
        return f"按{version}重新核定,期限不变。"
    then, now = moment_in_words(before.due_at), moment_in_words(after.due_at)
    return f"按{version}重新核定,期限由{then} 改为{now}。"
