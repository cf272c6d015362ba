"""Due dates a second: the fast way beside a plain day-by-day loop, at growing spans, and clocks judged.

Run ``python bench/deadline.py``. One thread; each figure is the best of three; the loop asks the same calendar the same
question one day at a time, and its answers are compared with the fast ones before anything is timed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from gridloop.core.clock import ClockEvent, Profile, due, due_at, judge
from gridloop.core.worktime import Calendar
from gridloop.offices.supervision.seed import calendar_data, find_profile

REQUIRED = 200_000
SPANS = (5, 500, 2000)


def ten_year_calendar() -> Calendar:
    """The ten published years 2013-2022."""
    source = calendar_data()
    source["years"] = [year for year in source["years"] if 2013 <= year["year"] <= 2022]
    return Calendar.from_data(source)


def profile_of(workdays: int) -> Profile:
    """A single stage of this many working days."""
    limits = [{"number": workdays, "unit": "working_day"}]
    stage = {"stage": "handle", "name": "办理", "start": "filed", "terminal": "answered", "limits": limits}
    return Profile.from_data({"code": "bench", "version": 1, "name": "bench", "stages": [stage]})


def starts_for(calendar: Calendar, count: int) -> list[datetime]:
    """Moments of the first two years, so that 2,000 workdays still end inside the calendar."""
    dice = random.Random(20220529)
    first = datetime(2013, 1, 1, tzinfo=calendar.tz)
    return [first + timedelta(minutes=dice.randrange(2 * 365 * 1440)) for _ in range(count)]


def walk(calendar: Calendar, start: datetime, workdays: int) -> datetime:
    """The plain way: one day at a time."""
    day: date = start.date()
    while workdays:
        day += timedelta(days=1)
        workdays -= calendar.is_workday(day)
    return calendar.closes_at(day)


def rate(work: Callable[[datetime], Any], starts: list[datetime]) -> float:
    """Calls a second, the best of three runs over all the starts."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        for start in starts:
            work(start)
        best = min(best, time.perf_counter() - begun)
    return len(starts) / best


def compare_spans(calendar: Calendar) -> None:
    """One row for each span: the fast way, the loop, and how many times faster."""
    print(f"{'workdays':>8}  {'due dates/s':>12}  {'required':>9}  {'day by day/s':>12}  {'times':>7}  same answers")
    starts = starts_for(calendar, 50_000)
    for span in SPANS:
        profile, few = profile_of(span), starts[: max(20, 40_000 // span)]
        same = all(due_at(profile, "handle", start=s, calendar=calendar) == walk(calendar, s, span) for s in few)
        fast = rate(lambda s, p=profile: due_at(p, "handle", start=s, calendar=calendar), starts)  # type: ignore[misc]
        slow = rate(lambda s, n=span: walk(calendar, s, n), few)  # type: ignore[misc]
        print(f"{span:>8}  {fast:>12,.0f}  {REQUIRED:>9,}  {slow:>12,.0f}  {fast / slow:>6,.0f}x  {same}")


def time_the_rest(calendar: Calendar) -> None:
    """The explained way and the judging of a clock with a pause and an extension, for scale."""
    profile, week = profile_of(5), find_profile("三不过")
    starts = starts_for(calendar, 3_000)

    def judged(start: datetime) -> object:
        day = timedelta(days=1)
        events = [
            ClockEvent("start", start),
            ClockEvent("pause", start + day, until=start + 3 * day),
            ClockEvent("extend", start + 4 * day, amount=3, unit="working_day"),
        ]
        return judge(events, profile=week, stage="handle", calendar=calendar, at=start + 5 * day)

    explained = rate(lambda s: due(profile, "handle", start=s, calendar=calendar).days, starts)
    print(f"explained day by day (5 workdays): {explained:,.0f}/s")
    print(f"clocks judged (a pause, an extension): {rate(judged, starts):,.0f}/s")


def main() -> None:
    calendar = ten_year_calendar()
    compare_spans(calendar)
    time_the_rest(calendar)


if __name__ == "__main__":
    main()
