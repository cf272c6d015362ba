"""When a stage is due, and why on that date.

Terms: 起算 (the moment counted from), 到期 (``due_at``), 下班 (close of business), 顺延 (moved on to the next
workday). A deadline is late only *after* ``due_at``: what happens at that very instant is in time.

Conventions, each with its source

* ``natural_day``, ``week``: n x 24 h, 7n x 24 h from the start (三不过: 7 x 24 h from 交办). ``minute`` and ``hour``
  likewise.
* ``month``: same day and time n months on, or the last day of that month where it has no such day.
* ``end_of_day``: 24:00 of the n-th day, the day of the start being the first: 00:00 of the day after.
* ``working_day``: the day of receipt is not counted (民法典 201), the n-th workday is the last, and it ends at close
  of business (民法典 203). ``working_hour``: office time only.
* A natural limit that ``ends`` at ``close_of_business`` and lands on a rest day moves on to the next workday (民法典
  203).

Guarantees: ``due_at`` costs the same whatever the span; a later start never gives an earlier deadline; the
explanation is computed only when asked for, from the same calendar version as the date.

Worked example::

    found = due(find_profile("1137"), "assign", start=friday_10_00, calendar=shipped_calendar())
    found.due_at        # the next workday, 17:30
    found.sentence      # "自2022年5月6日 10:00 登记起算,1 个工作日,至2022年5月7日 17:30 止。"
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from gridloop.core.errors import WrongInput
from gridloop.core.profile import EVENTS, GRADES, PRIORITIES, Ends, IntakeRule, Limit, Profile, Stage, Unit
from gridloop.core.worktime import PROVISIONAL, Calendar

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
MIDNIGHT = time(0)


class DayCount(NamedTuple):
    """One day of the counting: whether it counted, and why or why not."""

    date: date
    counted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment with everything needed to explain it. ``begun`` differs from ``start`` after a night intake."""

    stage: str
    start: datetime
    begun: datetime
    due_at: datetime
    provisional: bool
    limit: Limit
    event: str
    calendar: Calendar = field(repr=False, compare=False)

    @property
    def days(self) -> tuple[DayCount, ...]:
        """Every day from the start to the last, counted or skipped, each with its reason."""
        return tuple(_days(self))

    @property
    def sentence(self) -> str:
        """The counting in one or two Chinese sentences."""
        return _sentence(self)


def due_at(
    profile: Profile,
    stage: str,
    *,
    start: datetime,
    calendar: Calendar,
    grade: str = "ordinary",
    priority: str = "normal",
) -> datetime:
    """The due moment alone, in the calendar's zone: the fast way.

    Raises NotFound (no such stage), Refused (the stage does not apply to the grade), WrongInput (``start`` without
    zone).
    """
    limit = profile.limit_of(stage, grade=grade, priority=priority)
    if profile.intake is None:
        return count_limit(limit, start, calendar=calendar)
    return _due_after_intake(profile.intake, profile.stage(stage), limit, start, calendar)


def due(
    profile: Profile,
    stage: str,
    *,
    start: datetime,
    calendar: Calendar,
    grade: str = "ordinary",
    priority: str = "normal",
) -> Due:
    """The due moment with its reason; raises as ``due_at`` does. Of a repeating stage: the first time it is due."""
    limit = profile.limit_of(stage, grade=grade, priority=priority)
    found = due_at(profile, stage, start=start, calendar=calendar, grade=grade, priority=priority)
    local, event = calendar.local(start), profile.stage(stage).start
    begun = begin(profile, profile.stage(stage), local, calendar=calendar)
    provisional = rests_on_unpublished(limit, begun, found, calendar=calendar) or (
        begun > local and _intake_is_provisional(profile, local, begun, calendar)
    )
    return Due(stage, local, begun, found, provisional, limit, event, calendar)


def begin(profile: Profile, stage: Stage, start: datetime, *, calendar: Calendar) -> datetime:
    """The moment the stage is counted from: the start, or for a filing what the intake rule counts it as."""
    if profile.intake is None or stage.start != "filed":
        return calendar.local(start)
    return counts_as(profile.intake, start, calendar=calendar)


def counts_as(rule: IntakeRule, at: datetime, *, calendar: Calendar) -> datetime:
    """The moment a filing counts as made. A later filing never counts as made earlier."""
    local = calendar.local(at)
    day, moment = local.date(), local.time()
    if moment > rule.cut_off:
        day += DAY
    elif moment >= rule.at and not (rule.workdays_only and not calendar.is_workday(day)):
        return local
    return calendar.at_time(calendar.next_workday(day) if rule.workdays_only else day, rule.at)


def count_limit(limit: Limit, start: datetime, *, calendar: Calendar, times: int = 1) -> datetime:
    """The end of ``times`` limits counted in one go from the start (so that months do not drift), by the ends rule."""
    unit, number = limit.unit, limit.number * times
    local = calendar.local(start)
    if unit is Unit.WORKING_DAY and limit.ends is Ends.CLOSE_OF_BUSINESS:
        return calendar.closes_at(calendar.add_workdays(local.date(), number))
    landed = _COUNTS[unit](number, local, calendar)
    if limit.ends is Ends.SAME_TIME:
        return landed
    if limit.ends is Ends.END_OF_DAY:
        return _midnight_after(last_day(landed), calendar)
    return calendar.closes_at(calendar.next_workday(last_day(landed)))


def extend_due(found: datetime, *, amount: int, unit: str, calendar: Calendar) -> datetime:
    """The deadline moved on by an extension: counted from the deadline, keeping its time of day (24:00 stays 24:00)."""
    local = calendar.local(found)
    limit = Limit(amount, Unit(unit))
    if limit.unit is Unit.END_OF_DAY:
        return _midnight_after(last_day(local) + amount * DAY, calendar)
    if local.time() == MIDNIGHT and limit.unit in (Unit.WORKING_DAY, Unit.MONTH):
        return count_limit(limit, local - INSTANT, calendar=calendar) + INSTANT
    return count_limit(limit, local, calendar=calendar)


def rests_on_unpublished(limit: Limit, begun: datetime, found: datetime, *, calendar: Calendar) -> bool:
    """Whether the counting asked a year without a published notice which of its days are worked."""
    last = last_day(found)
    if limit.unit is Unit.WORKING_DAY:
        return calendar.rests_on_unpublished(begun.date() + DAY, last)
    if limit.unit is Unit.WORKING_HOUR:
        return calendar.rests_on_unpublished(begun.date(), last)
    if limit.ends is Ends.CLOSE_OF_BUSINESS:
        return calendar.rests_on_unpublished(_landing_day(limit, begun, calendar), last)
    return False


def last_day(found: datetime) -> date:
    """The last day of a limit: 00:00 is the 24:00 of the day before."""
    return (found - INSTANT).date()


def moment_in_words(at: datetime) -> str:
    """A moment as people write it: 2022年5月29日 20:00; midnight is 24:00 of the day that ends."""
    day = last_day(at) if at.time() == MIDNIGHT else at.date()
    moment = "24:00" if at.time() == MIDNIGHT else f"{at:%H:%M}"
    return f"{day.year}年{day.month}月{day.day}日 {moment}"


def deadline_document(
    profile: Profile,
    *,
    calendar: Calendar,
    received: datetime,
    grade: str | None = None,
    priority: str | None = None,
    assigned: datetime | None = None,
) -> dict[str, Any]:
    """Every stage's due moment with the counting, JSON-able: the document of ``gridloop deadline --json``.

    A moment without zone is taken in the calendar's zone. A stage that starts with a later event than the filing is
    counted from ``assigned``, or else from ``received``, and says so in ``assumes`` (empty when nothing was assumed).
    Without grade or priority an ordinary, normal case is assumed, and said where it matters.
    """
    filed_at = _zoned(received, calendar)
    later = _zoned(assigned, calendar) if assigned else filed_at
    if later < filed_at:
        sentence = f"交办时间({moment_in_words(later)})早于收件时间({moment_in_words(filed_at)});请核对两个时间。"
        raise WrongInput("time.assigned_early", sentence, field="assigned")
    kind, urgency = grade or "ordinary", priority or "normal"
    stages = []
    for stage in profile.stages_for(grade=kind, priority=urgency):
        start = filed_at if stage.start == "filed" else later
        found = due(profile, stage.code, start=start, calendar=calendar, grade=kind, priority=urgency)
        assumed = _assumptions(stage, start, grade=grade, priority=priority, assigned=assigned)
        stages.append(_stage_document(found) | {"assumes": ";".join(assumed)})
    return {
        "profile": profile.code,
        "profile_version": profile.version,
        "calendar": calendar.code,
        "calendar_version": calendar.version,
        "stages": stages,
    }


# -- private: counting ------------------------------------------------------------------------------------------------


def _elapse(local: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """Real time, also across a change of summer time: 24 h are 24 h."""
    return (local.astimezone(UTC) + span).astimezone(calendar.tz)


def _same_time_months_on(number: int, local: datetime, _: Calendar) -> datetime:
    months = local.year * 12 + local.month - 1 + number
    year, month = divmod(months, 12)
    return local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))


def _same_time_workdays_on(number: int, local: datetime, calendar: Calendar) -> datetime:
    """From a rest day it is 24:00, as if begun at the end of the last workday: so that later never becomes earlier."""
    day = calendar.add_workdays(local.date(), number)
    return calendar.at_time(day, local.time()) if calendar.is_workday(local) else _midnight_after(day, calendar)


def _midnight_after(day: date, calendar: Calendar) -> datetime:
    return calendar.at_time(day + DAY, MIDNIGHT)


_COUNTS: dict[Unit, Callable[[int, datetime, Calendar], datetime]] = {
    Unit.MINUTE: lambda n, local, calendar: _elapse(local, timedelta(minutes=n), calendar),
    Unit.HOUR: lambda n, local, calendar: _elapse(local, timedelta(hours=n), calendar),
    Unit.NATURAL_DAY: lambda n, local, calendar: _elapse(local, n * DAY, calendar),
    Unit.WEEK: lambda n, local, calendar: _elapse(local, 7 * n * DAY, calendar),
    Unit.MONTH: _same_time_months_on,
    Unit.END_OF_DAY: lambda n, local, calendar: _midnight_after(local.date() + (n - 1) * DAY, calendar),
    Unit.WORKING_HOUR: lambda n, local, calendar: calendar.add_work_time(local, timedelta(hours=n)),
    Unit.WORKING_DAY: _same_time_workdays_on,
}


def _due_after_intake(rule: IntakeRule, stage: Stage, limit: Limit, start: datetime, calendar: Calendar) -> datetime:
    if stage.start != "filed":
        return count_limit(limit, start, calendar=calendar)
    begun = counts_as(rule, start, calendar=calendar)
    if stage.night_due is not None and begun > start:
        return calendar.at_time(begun.date(), stage.night_due)
    return count_limit(limit, begun, calendar=calendar)


def _intake_is_provisional(profile: Profile, start: datetime, begun: datetime, calendar: Calendar) -> bool:
    rule = profile.intake
    return rule is not None and rule.workdays_only and calendar.rests_on_unpublished(start.date(), begun.date())


def _landing_day(limit: Limit, begun: datetime, calendar: Calendar) -> date:
    """The last day as counted, before it is moved on to a workday."""
    return last_day(_COUNTS[limit.unit](limit.number, begun, calendar))


# -- private: explaining ----------------------------------------------------------------------------------------------


def _days(found: Due) -> Iterator[DayCount]:
    for day in _each_day(found.start.date(), found.begun.date() - DAY):
        yield DayCount(day, False, f"夜间或休息日收件,自{moment_in_words(found.begun)}起算")
    if found.limit.unit is Unit.WORKING_DAY:
        yield DayCount(found.begun.date(), False, "起算当日不计入")
        yield from _working_days(found.begun.date() + DAY, found)
    elif found.limit.unit is Unit.WORKING_HOUR:
        yield from _working_days(found.begun.date(), found)
    else:
        yield from _natural_days(found)


def _working_days(first: date, found: Due) -> Iterator[DayCount]:
    for day in _each_day(first, last_day(found.due_at)):
        reason = found.calendar.explain(day)
        yield DayCount(day, reason.counted, reason.why)


def _natural_days(found: Due) -> Iterator[DayCount]:
    """Natural days all count, but the first of whole days: it is counted from an hour, and the last day makes it up."""
    first, last = found.begun.date(), last_day(found.due_at)
    whole_days = found.limit.unit in (Unit.NATURAL_DAY, Unit.WEEK, Unit.MONTH)
    if whole_days and found.begun.time() != MIDNIGHT:
        yield DayCount(first, False, f"自当日 {found.begun:%H:%M} 起算")
        first += DAY
    for day in _each_day(first, last):
        yield _natural_day(day, found)


def _natural_day(day: date, found: Due) -> DayCount:
    if found.limit.ends is Ends.CLOSE_OF_BUSINESS and day >= _landing_day(found.limit, found.begun, found.calendar):
        reason = found.calendar.explain(day)
        return DayCount(day, reason.counted, f"{reason.why},期限最后一日" if reason.counted else f"{reason.why},顺延")
    return DayCount(day, True, "自然日,周末和节假日照计")


def _each_day(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1))


def _sentence(found: Due) -> str:
    event = EVENTS.get(found.event, found.event)
    usual = count_limit(found.limit, found.begun, calendar=found.calendar) == found.due_at
    span = found.limit.words if usual else "夜间收件按夜间时限"
    told = f"自{moment_in_words(found.begun)} {event}起算,{span},至{moment_in_words(found.due_at)} 止。"
    return told + _skipped_in_words(found) + _provisional_in_words(found)


def _skipped_in_words(found: Due) -> str:
    if not found.limit.unit.is_working:
        return ""
    skipped = Counter(day.why.split(";")[0] for day in found.days if not day.counted and day.date > found.begun.date())
    if not skipped:
        return ""
    return f"其间 {skipped.total()} 天不计({'、'.join(f'{why} {n} 天' for why, n in skipped.items())})。"


def _provisional_in_words(found: Due) -> str:
    if not found.provisional:
        return ""
    years = range(found.start.year, found.due_at.year + 1)
    unknown = "、".join(f"{year}年" for year in years if found.calendar.is_provisional(year))
    return f"{unknown}放假安排尚未公布,{PROVISIONAL},公布后重新核定。"


def _stage_document(found: Due) -> dict[str, Any]:
    days = [{"date": day.date.isoformat(), "counted": day.counted, "why": day.why} for day in found.days]
    return {
        "stage": found.stage,
        "due_at": found.due_at.isoformat(),
        "provisional": found.provisional,
        "days": days,
    }


def _assumptions(
    stage: Stage, start: datetime, *, grade: str | None, priority: str | None, assigned: datetime | None
) -> Iterator[str]:
    known = {"filed"} | ({"assigned"} if assigned else set())
    if stage.start not in known:
        yield f"假定{moment_in_words(start)} {EVENTS.get(stage.start, stage.start)}"
    if grade is None and stage.depends_on_grade:
        yield f"按{GRADES['ordinary']}问题计"
    if priority is None and stage.depends_on_priority:
        yield f"按“{PRIORITIES['normal']}”类计"


def _zoned(at: datetime, calendar: Calendar) -> datetime:
    return calendar.local(at if at.tzinfo else at.replace(tzinfo=calendar.tz))
