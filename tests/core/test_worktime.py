"""The working calendar: every day of 2004-2026 as the library says, counting exact, and nothing guessed in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import WrongInput
from gridloop.core.worktime import PROVISIONAL, Calendar, CalendarYear, OfficeHours, SpecialDay
from gridloop.offices.supervision.seed import calendar_data, shipped_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
KNOWN_DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))
ANY_DAYS = st.dates(date(1995, 1, 1), date(2040, 12, 31))
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1), timezones=st.just(SHANGHAI))


def calendar_of(*years: CalendarYear, version: int = 1, hours: OfficeHours | None = None) -> Calendar:
    return Calendar(code="test", version=version, zone="Asia/Shanghai", hours=hours or OfficeHours(), years=years)


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def nth_workday_walking(calendar: Calendar, day: date, n: int) -> date:
    """The plain way: one day at a time."""
    while n:
        day += timedelta(days=1)
        n -= calendar.is_workday(day)
    return day


def test_every_day_of_2004_to_2026_is_worked_exactly_when_the_library_says_so():
    days = days_from(date(2004, 1, 1), date(2026, 12, 31))

    wrong = [day for day in days if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)]

    assert wrong == []
    assert len(days) == 8401


def test_every_holiday_and_make_up_workday_is_explained_by_its_festival():
    for day in chinese_calendar.holidays:
        assert CALENDAR.explain(day).why not in ("工作日", "周末")
    for day in chinese_calendar.workdays:
        assert CALENDAR.explain(day).why.startswith("调休上班(")


@pytest.mark.parametrize(
    ("day", "counted", "why"),
    [
        (date(2022, 5, 6), True, "工作日"),  # a plain Friday
        (date(2022, 5, 7), True, "调休上班(劳动节)"),  # the make-up Saturday after Labour Day
        (date(2022, 4, 24), True, "调休上班(劳动节)"),  # the make-up Sunday before it
        (date(2022, 5, 8), False, "周末"),  # a plain Sunday
        (date(2022, 5, 3), False, "劳动节"),  # a weekday off
        (date(2022, 2, 5), False, "春节"),  # a Saturday inside a holiday is the holiday
        (date(2011, 12, 31), True, "调休上班(元旦)"),  # set by the notice of the year after
    ],
)
def test_a_day_is_explained_in_words(day: date, counted: bool, why: str):
    reason = CALENDAR.explain(day)

    assert (reason.counted, reason.why, reason.provisional) == (counted, why, False)


def test_a_year_without_a_notice_counts_monday_to_friday_and_says_so():
    national_day = date(2027, 10, 1)  # a Friday, surely off, but nobody has published it

    reason = CALENDAR.explain(national_day)

    assert reason.counted and reason.provisional
    assert reason.why == f"工作日;{PROVISIONAL}"
    assert CALENDAR.is_provisional(2027) and not CALENDAR.is_provisional(2026)


def test_a_drafted_year_is_not_counted_until_it_is_published():
    holiday = (SpecialDay(date(2027, 10, 1), False, "国庆节"),)

    draft, published = CalendarYear(2027, False, holiday), CalendarYear(2027, True, holiday)

    assert calendar_of(draft).is_workday(date(2027, 10, 1)) and calendar_of(draft).is_provisional(2027)
    assert not calendar_of(published).is_workday(date(2027, 10, 1))
    assert not calendar_of(published).is_provisional(2027)


def test_a_span_is_provisional_when_any_of_its_days_lies_in_an_unpublished_year():
    assert not CALENDAR.rests_on_unpublished(date(2026, 12, 1), date(2026, 12, 31))
    assert CALENDAR.rests_on_unpublished(date(2026, 12, 31), date(2027, 1, 1))
    assert CALENDAR.rests_on_unpublished(date(2003, 12, 31), date(2004, 1, 1))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2022, 5, 6), 1, date(2022, 5, 7)),  # Friday to the make-up Saturday
        (date(2022, 5, 7), 1, date(2022, 5, 9)),  # from the make-up Saturday over Sunday
        (date(2022, 4, 23), 1, date(2022, 4, 24)),  # Saturday to the make-up Sunday
        (date(2022, 4, 29), 1, date(2022, 5, 5)),  # over Labour Day
        (date(2022, 1, 30), 1, date(2022, 2, 7)),  # over the Spring Festival
        (date(2026, 12, 31), 5, date(2027, 1, 7)),  # into a year not published: weekdays
        (date(2022, 5, 1), 0, date(2022, 5, 1)),  # none: the day itself, though a holiday
    ],
)
def test_the_nth_workday_after_a_day(day: date, n: int, expected: date):
    assert CALENDAR.add_workdays(day, n) == expected


@given(ANY_DAYS, st.integers(1, 60))
def test_the_nth_workday_is_the_one_found_by_walking(day: date, n: int):
    assert CALENDAR.add_workdays(day, n) == nth_workday_walking(CALENDAR, day, n)


@given(ANY_DAYS, st.integers(0, 3000))
def test_adding_workdays_and_counting_them_agree(day: date, n: int):
    assert CALENDAR.workdays_between(day, CALENDAR.add_workdays(day, n)) == n


@given(ANY_DAYS, ANY_DAYS, ANY_DAYS)
def test_workdays_between_add_up(a: date, b: date, c: date):
    whole = CALENDAR.workdays_between(a, c)

    assert CALENDAR.workdays_between(a, b) + CALENDAR.workdays_between(b, c) == whole


@given(ANY_DAYS)
def test_the_next_workday_is_worked_and_none_lies_before_it(day: date):
    found = CALENDAR.next_workday(day)

    assert CALENDAR.is_workday(found) and found >= day
    assert not any(CALENDAR.is_workday(between) for between in days_from(day, found)[:-1])


@given(KNOWN_DAYS, st.integers(1, 40), st.integers(1, 60))
def test_a_holiday_never_makes_a_deadline_earlier_and_a_make_up_workday_never_later(start: date, n: int, offset: int):
    day = start + timedelta(days=offset)
    plain = calendar_of(CalendarYear(day.year, True))
    with_holiday = calendar_of(CalendarYear(day.year, True, (SpecialDay(day, False, "节日"),)))
    with_make_up = calendar_of(CalendarYear(day.year, True, (SpecialDay(day, True, "节日"),)))

    found = plain.add_workdays(start, n)

    assert with_holiday.add_workdays(start, n) >= found
    assert with_make_up.add_workdays(start, n) <= found


@given(st.sets(st.dates(date(2021, 1, 1), date(2023, 12, 31)), max_size=40), st.data())
def test_any_calendar_counts_as_walking_does(days: set[date], draw: st.DataObject):
    special = [SpecialDay(day, draw.draw(st.booleans()), "节日") for day in sorted(days)]
    years = [CalendarYear(y, True, tuple(day for day in special if day.date.year == y)) for y in (2021, 2022, 2023)]
    calendar = calendar_of(*years)
    start, n = draw.draw(st.dates(date(2020, 11, 1), date(2024, 2, 1))), draw.draw(st.integers(1, 30))

    assert calendar.add_workdays(start, n) == nth_workday_walking(calendar, start, n)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        (at(5, 9, 9), 60, at(5, 9, 10)),  # inside the morning
        (at(5, 9, 11), 90, at(5, 9, 14)),  # over the lunch break
        (at(5, 9, 9), 180, at(5, 9, 12)),  # the whole morning: its end, not 13:30
        (at(5, 9, 9), 420, at(5, 9, 17, 30)),  # the whole day: its close, not the next opening
        (at(5, 6, 17), 60, at(5, 7, 9, 30)),  # Friday evening into the make-up Saturday
        (at(5, 8, 3), 30, at(5, 9, 9, 30)),  # from a Sunday night
        (at(1, 30, 17), 60, at(2, 7, 9, 30)),  # over the Spring Festival
        (at(5, 8, 3), 0, at(5, 8, 3)),  # nothing to add
    ],
)
def test_adding_office_time(start: datetime, minutes: int, expected: datetime):
    assert CALENDAR.add_work_minutes(start, minutes) == expected


@given(MOMENTS, st.integers(1, 500_000))
def test_adding_office_minutes_and_measuring_them_agree(start: datetime, minutes: int):
    end = CALENDAR.add_work_minutes(start, minutes)

    assert CALENDAR.work_minutes_between(start, end) == minutes
    assert CALENDAR.work_minutes_between(end, start) == -minutes
    assert CALENDAR.is_workday(end.date())


@given(MOMENTS, MOMENTS, MOMENTS)
def test_office_time_adds_up_and_is_never_more_than_time(a: datetime, b: datetime, c: datetime):
    a, b, c = sorted((a, b, c))

    whole = CALENDAR.work_time_between(a, c)

    assert CALENDAR.work_time_between(a, b) + CALENDAR.work_time_between(b, c) == whole
    assert timedelta(0) <= whole <= c.astimezone(UTC) - a.astimezone(UTC)


def test_office_hours_may_be_others():
    one_span = calendar_of(CalendarYear(2022, True), hours=OfficeHours(((time(8), time(20)),)))

    assert one_span.add_work_minutes(at(5, 9, 19), 120) == at(5, 10, 9)


def test_the_zone_of_the_calendar_decides_which_day_it_is():
    late_in_utc = datetime(2022, 5, 6, 23, tzinfo=UTC)  # 07:00 on Saturday 7 May in Shanghai, a workday

    assert CALENDAR.work_minutes_between(late_in_utc, late_in_utc + timedelta(hours=3)) == 60


def test_a_calendar_comes_back_equal_from_its_data():
    again = Calendar.from_data(CALENDAR.to_data())

    assert again == CALENDAR
    assert Calendar.from_data(calendar_data()) == CALENDAR


@pytest.mark.parametrize(
    "broken",
    [
        {},  # nothing at all
        {"code": "x", "version": 1, "years": [{"year": 2022}]},  # not said whether published
        {"code": "x", "version": 1, "years": [{"year": 2022, "published": True, "exceptions": [["soon", True, ""]]}]},
        {"code": "x", "version": 1, "years": [], "zone": "Henan/Zhengzhou"},  # no such zone
        {"code": "x", "version": 1, "years": [], "hours": [["12:00", "09:00"]]},  # backwards
        {"code": "x", "version": 1, "years": [], "hours": []},  # no office hours
        {"code": "x", "version": 1, "years": [{"year": 2022, "published": True}] * 2},  # the same year twice
        # a day of another year
        {
            "code": "x",
            "version": 1,
            "years": [{"year": 2022, "published": True, "exceptions": [["2021-01-01", 0, ""]]}],
        },
    ],
)
def test_a_malformed_calendar_is_refused_with_a_sentence(broken: dict[str, object]):
    with pytest.raises(WrongInput) as refusal:
        Calendar.from_data(broken)

    assert "请" in str(refusal.value)


def test_counting_backwards_and_moments_without_zone_are_refused():
    with pytest.raises(WrongInput):
        CALENDAR.add_workdays(date(2022, 5, 6), -1)
    with pytest.raises(WrongInput):
        CALENDAR.add_work_minutes(at(5, 6, 9), -1)
    with pytest.raises(WrongInput):
        CALENDAR.local(datetime(2022, 5, 6))
