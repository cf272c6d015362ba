"""Working calendars: which days are worked, how long, and counting them at a cost that does not grow with the span.

Terms

* *workday* (工作日): a day worked under the State Council's holiday notice. Monday to Friday, less the holidays (放假),
  plus the make-up workdays (调休上班): Saturdays and Sundays worked in exchange for a longer holiday.
* *office hours* (办公时间): the spans of a workday that count as working time; 09:00-12:00 and 13:30-17:30 by default.
* *provisional* (暂按周一至周五计算): said of a year whose notice has not been published. Its weekdays are counted, its
  holidays are not known yet, and every date that rests on them says so.

Guarantees

1. Counting is exact and costs the same for 5 workdays as for 2,000: prefix sums over the known years, else arithmetic.
2. ``workdays_between(d, add_workdays(d, n)) == n`` and ``work_minutes_between(t, add_work_minutes(t, m)) == m``.
3. A holiday added never makes the n-th workday earlier; a make-up workday added never makes it later.
4. No year is guessed silently: ``is_provisional`` names every year that is not published.

Worked example: Labour Day 2022, with the make-up Saturday 7 May ::

    notice = CalendarYear(2022, True, (
        SpecialDay(date(2022, 5, 2), False, "劳动节"), SpecialDay(date(2022, 5, 3), False, "劳动节"),
        SpecialDay(date(2022, 5, 4), False, "劳动节"), SpecialDay(date(2022, 5, 7), True, "劳动节")))
    calendar = Calendar(code="cn", version=1, zone="Asia/Shanghai", years=[notice])
    calendar.add_workdays(date(2022, 5, 6), 1)      # date(2022, 5, 7), a Saturday
    calendar.explain(date(2022, 5, 7)).why          # "调休上班(劳动节)"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gridloop.core.errors import WrongInput

PROVISIONAL = "暂按周一至周五计算"
ZERO = timedelta(0)
MINUTE = timedelta(minutes=1)
Moment = TypeVar("Moment", date, datetime)


class SpecialDay(NamedTuple):
    """A day that departs from Monday to Friday: a holiday or a make-up workday (``is_workday``), and the festival."""

    date: date
    is_workday: bool
    name: str


class DayReason(NamedTuple):
    """Whether a day counts as a workday, and why, in words a resident reads."""

    date: date
    counted: bool
    why: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The working spans of a workday, in order and without overlap. Raises WrongInput otherwise."""

    spans: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(earlier >= later for earlier, later in pairwise(edges)):
            raise WrongInput("calendar.hours", "办公时间须按先后排列且互不重叠,请检查各时段的起止。", spans=self.spans)

    @property
    def opens(self) -> time:
        """When the first span begins."""
        return self.spans[0][0]

    @property
    def closes(self) -> time:
        """When the last span ends: close of business (下班)."""
        return self.spans[-1][1]

    @property
    def length(self) -> timedelta:
        """The working time of one whole workday."""
        return sum((_since_midnight(end) - _since_midnight(start) for start, end in self.spans), ZERO)

    def worked_by(self, moment: time) -> timedelta:
        """The working time of the day that has gone by at this moment."""
        now, worked = _since_midnight(moment), ZERO
        for start, end in self.spans:
            worked += max(ZERO, min(now, _since_midnight(end)) - _since_midnight(start))
        return worked

    def moment_of(self, worked: timedelta) -> timedelta:
        """The earliest time since midnight at which this much (more than zero) of the day is worked."""
        for start, end in self.spans:
            span = _since_midnight(end) - _since_midnight(start)
            if worked <= span:
                return _since_midnight(start) + worked
            worked -= span
        return _since_midnight(self.closes)


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's notice. While ``published`` is false its exceptions are a draft and are not counted."""

    year: int
    published: bool
    exceptions: tuple[SpecialDay, ...] = ()

    def __post_init__(self) -> None:
        days = tuple(sorted(SpecialDay(*day) for day in self.exceptions))
        dates = {day.date for day in days}
        if len(dates) < len(days) or any(day.year != self.year for day in dates):
            sentence = f"{self.year}年的放假安排里有重复或不属于该年的日期,请核对后再导入。"
            raise WrongInput("calendar.year", sentence, year=self.year)
        object.__setattr__(self, "exceptions", days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One version of a working calendar. Built once, never changed; a new notice is a new version.

    ``zone`` is an IANA name; dates are local to it. All moments passed in must carry a zone, otherwise WrongInput.
    """

    code: str
    version: int
    zone: str
    hours: OfficeHours = OfficeHours()
    years: Sequence[CalendarYear] = field(default=(), repr=False)
    tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _first: int = field(init=False, repr=False, compare=False)
    _before: list[int] = field(init=False, repr=False, compare=False)
    _workdays: list[int] = field(init=False, repr=False, compare=False)
    _special: dict[int, SpecialDay] = field(init=False, repr=False, compare=False)
    _published: frozenset[int] = field(init=False, repr=False, compare=False)
    _day_length: timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        years = tuple(sorted(self.years, key=lambda year: year.year))
        special = {day.date.toordinal(): day for year in years if year.published for day in year.exceptions}
        first, end = _range_of(years)
        before, workdays = _count_workdays(first, end, special)
        for name, value in {
            "years": years,
            "tz": _zone(self.zone),
            "_first": first,
            "_before": before,
            "_workdays": workdays,
            "_special": special,
            "_published": frozenset(year.year for year in years if year.published),
            "_day_length": self.hours.length,
        }.items():
            object.__setattr__(self, name, value)

    # -- days ---------------------------------------------------------------------------------------------------------

    def is_workday(self, day: date) -> bool:
        """Whether this day is worked; a weekday of an unpublished year is."""
        return self._is_worked(day.toordinal())

    def is_provisional(self, year: int) -> bool:
        """Whether the year's notice is absent or unpublished, so that it is counted Monday to Friday."""
        return year not in self._published

    def rests_on_unpublished(self, first: date, last: date) -> bool:
        """Whether counting the days from first to last (both included) touches a provisional year."""
        return any(year not in self._published for year in range(first.year, last.year + 1))

    def explain(self, day: date) -> DayReason:
        """Whether the day is worked and why: 工作日, 周末, the festival, or 调休上班."""
        counted, provisional = self.is_workday(day), self.is_provisional(day.year)
        why = self._why(day.toordinal())
        return DayReason(day, counted, f"{why};{PROVISIONAL}" if provisional else why, provisional)

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th workday strictly after the day (民法典 201: the day itself does not count); itself for n = 0."""
        if n <= 0:
            return _unmoved(day, n)
        return date.fromordinal(self._workday_at(self._rank(day.toordinal() + 1) + n - 1))

    def workdays_between(self, a: date, b: date) -> int:
        """How many workdays lie after a up to and including b; negative when b is before a."""
        return self._rank(b.toordinal() + 1) - self._rank(a.toordinal() + 1)

    def next_workday(self, day: date) -> date:
        """The day itself if it is worked, else the first workday after it."""
        return date.fromordinal(self._workday_at(self._rank(day.toordinal())))

    # -- moments ------------------------------------------------------------------------------------------------------

    def local(self, at: datetime) -> datetime:
        """The same instant in the calendar's zone."""
        if at.tzinfo is self.tz:
            return at
        if at.tzinfo is None:
            sentence = "时间缺少时区,请写明时区,例如 2022-05-29T20:00:00+08:00。"
            raise WrongInput("time.no_zone", sentence, at=at.isoformat())
        return at.astimezone(self.tz)

    def at_time(self, day: date, moment: time) -> datetime:
        """This wall-clock time on this day, in the calendar's zone."""
        return datetime.combine(day, moment, self.tz)

    def closes_at(self, day: date) -> datetime:
        """Close of business on this day, whether or not it is worked."""
        return datetime.combine(day, self.hours.closes, self.tz)

    def add_work_time(self, at: datetime, amount: timedelta) -> datetime:
        """The earliest moment by which this much office time has gone by; ``at`` itself for zero.

        1. Number the moment on the axis of all working time. 2. Add. 3. Find the day and the time of day of the sum;
        a sum at the edge of a day is that day's close, not the next day's opening.
        """
        start = self.local(at)
        if amount <= ZERO:
            return _unmoved(start, amount / MINUTE)
        rank, worked = divmod(self._worked_by(start) + amount, self._day_length)
        if not worked:
            rank, worked = rank - 1, self._day_length
        midnight = datetime.combine(date.fromordinal(self._workday_at(rank)), time(0))
        return (midnight + self.hours.moment_of(worked)).replace(tzinfo=self.tz)

    def work_time_between(self, a: datetime, b: datetime) -> timedelta:
        """The office time between two moments; negative when b is before a."""
        return self._worked_by(self.local(b)) - self._worked_by(self.local(a))

    def add_work_minutes(self, at: datetime, minutes: float) -> datetime:
        """The earliest moment by which this many minutes of office time have gone by."""
        return self.add_work_time(at, minutes * MINUTE)

    def work_minutes_between(self, a: datetime, b: datetime) -> int:
        """The whole minutes of office time between two moments."""
        return self.work_time_between(a, b) // MINUTE

    # -- as data ------------------------------------------------------------------------------------------------------

    def to_data(self) -> dict[str, Any]:
        """The calendar as JSON-able values; ``from_data`` gives an equal calendar back."""
        return {
            "code": self.code,
            "version": self.version,
            "zone": self.zone,
            "hours": [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in self.hours.spans],
            "years": [_year_to_data(year) for year in self.years],
        }

    @classmethod
    def from_data(cls, source: Mapping[str, Any]) -> Calendar:
        """The calendar told by ``to_data``'s shape. Raises WrongInput where a value is missing or malformed."""
        try:
            return cls(
                code=str(source["code"]),
                version=int(source["version"]),
                zone=str(source.get("zone", "Asia/Shanghai")),
                hours=_hours_from_data(source.get("hours")),
                years=[_year_from_data(year) for year in source["years"]],
            )
        except (KeyError, ValueError, TypeError) as fault:
            raise WrongInput("calendar.malformed", f"工作日历格式有误({fault}),请对照说明改正后再导入。") from fault

    # -- private: the axis of workdays --------------------------------------------------------------------------------

    def _is_worked(self, ordinal: int) -> bool:
        place = ordinal - self._first
        if 0 <= place < len(self._before) - 1:
            return self._before[place + 1] > self._before[place]
        return _is_weekday(ordinal)

    def _rank(self, ordinal: int) -> int:
        """How many workdays lie before this day, counted from the first known day (negative before it)."""
        place = ordinal - self._first
        if 0 <= place < len(self._before):
            return self._before[place]
        if place < 0:
            return _weekdays_before(ordinal) - _weekdays_before(self._first)
        return self._before[-1] + _weekdays_before(ordinal) - _weekdays_before(self._end)

    def _workday_at(self, rank: int) -> int:
        """The workday with this rank: the inverse of ``_rank``."""
        if 0 <= rank < len(self._workdays):
            return self._workdays[rank]
        if rank < 0:
            return _weekday_at(_weekdays_before(self._first) + rank)
        return _weekday_at(_weekdays_before(self._end) + rank - len(self._workdays))

    @property
    def _end(self) -> int:
        return self._first + len(self._before) - 1

    def _worked_by(self, local: datetime) -> timedelta:
        """The place of a local moment on the axis of all working time."""
        ordinal = local.toordinal()
        today = self.hours.worked_by(local.time()) if self._is_worked(ordinal) else ZERO
        return self._rank(ordinal) * self._day_length + today

    def _why(self, ordinal: int) -> str:
        special = self._special.get(ordinal)
        if special is not None:
            return f"调休上班({special.name})" if special.is_workday else special.name
        return "工作日" if _is_weekday(ordinal) else "周末"


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        sentence = f"没有“{name}”这个时区,请写成 Asia/Shanghai 这样的名称。"
        raise WrongInput("calendar.zone", sentence, zone=name) from fault


def _range_of(years: Sequence[CalendarYear]) -> tuple[int, int]:
    """The first day of the known years and the day after the last, as ordinals; empty when no year is known."""
    if not years:
        return 1, 1
    if len({year.year for year in years}) < len(years):
        raise WrongInput("calendar.year_twice", "同一年的放假安排出现了两次,请只保留一份。")
    return date(years[0].year, 1, 1).toordinal(), date(years[-1].year, 12, 31).toordinal() + 1


def _count_workdays(first: int, end: int, special: Mapping[int, SpecialDay]) -> tuple[list[int], list[int]]:
    """The number of workdays before each day from first to end (included), and the workdays themselves."""
    before, workdays = [0], []
    for ordinal in range(first, end):
        known = special.get(ordinal)
        if known.is_workday if known else _is_weekday(ordinal):
            workdays.append(ordinal)
        before.append(len(workdays))
    return before, workdays


def _is_weekday(ordinal: int) -> bool:
    return (ordinal - 1) % 7 < 5  # ordinal 1 was a Monday


def _weekdays_before(ordinal: int) -> int:
    weeks, day = divmod(ordinal - 1, 7)
    return 5 * weeks + min(day, 5)


def _weekday_at(rank: int) -> int:
    weeks, day = divmod(rank, 5)
    return 1 + 7 * weeks + day


def _unmoved(start: Moment, amount: float) -> Moment:
    if amount < 0:
        raise WrongInput("calendar.negative", "只能向后推算,请填写不小于零的数量。", amount=amount)
    return start


def _year_to_data(year: CalendarYear) -> dict[str, Any]:
    exceptions = [[day.date.isoformat(), day.is_workday, day.name] for day in year.exceptions]
    return {"year": year.year, "published": year.published, "exceptions": exceptions}


def _year_from_data(source: Mapping[str, Any]) -> CalendarYear:
    rows: Iterable[Sequence[Any]] = source.get("exceptions", ())
    days = tuple(SpecialDay(date.fromisoformat(day), bool(is_workday), str(name)) for day, is_workday, name in rows)
    return CalendarYear(int(source["year"]), bool(source["published"]), days)


def _hours_from_data(spans: Iterable[Sequence[str]] | None) -> OfficeHours:
    if spans is None:
        return OfficeHours()
    return OfficeHours(tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans))
