"""When a stage is due: the shipped profiles, each unit's convention, intake at night, and the explanation."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.clock import Limit, Profile, Unit, deadline_document, due, due_at, moment_in_words
from gridloop.core.deadline import extend_due
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.worktime import Calendar
from gridloop.offices.supervision.seed import find_profile, profile_data, shipped_calendar, shipped_profiles

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
MOMENTS = st.datetimes(datetime(2004, 1, 1), datetime(2028, 1, 1), timezones=st.just(SHANGHAI))


def on(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2022) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def one_stage(number: int, unit: str, **more: Any) -> Profile:
    limit = {"number": number, "unit": unit} | ({"ends": more.pop("ends")} if "ends" in more else {})
    stage = {"stage": "handle", "name": "办理", "start": "filed", "terminal": "answered", "limits": [limit]}
    stage |= {"night_due": more.pop("night_due")} if "night_due" in more else {}
    return Profile.from_data({"code": "test", "version": 1, "name": "试用", "stages": [stage], **more})


@pytest.mark.parametrize(
    ("code", "stage", "grade", "priority", "start", "expected"),
    [
        # 三不过: before midnight of the registration day
        ("三不过", "assign", "ordinary", "normal", on(5, 29, 20), on(5, 30)),
        # ... even when registered at its last minute, and not before on the first
        ("三不过", "assign", "ordinary", "normal", on(5, 29, 23, 59), on(5, 30)),
        ("三不过", "assign", "ordinary", "normal", on(5, 29), on(5, 30)),
        # 一般不过周: 7 x 24 h from 交办, holidays or not
        ("三不过", "handle", "ordinary", "normal", on(1, 28, 10), on(2, 4, 10)),
        ("三不过", "handle", "simple", "normal", on(5, 29, 20), on(6, 5, 20)),
        # 疑难不过月: same time next month, clamped to its end
        ("三不过", "handle", "difficult", "normal", on(5, 29, 20), on(6, 29, 20)),
        ("三不过", "handle", "difficult", "normal", on(1, 31, 9), on(2, 28, 9)),
        ("三不过", "handle", "difficult", "normal", on(1, 31, 9, year=2024), on(2, 29, 9, year=2024)),
        ("三不过", "handle", "difficult", "normal", on(12, 31, 9), on(1, 31, 9, year=2023)),
        # 13710: 1 day, 3 days, 7 days or a month
        ("13710", "assign", "ordinary", "normal", on(5, 29, 20), on(5, 30, 20)),
        ("13710", "opinion", "ordinary", "normal", on(5, 29, 20), on(6, 1, 20)),
        ("13710", "handle", "ordinary", "normal", on(5, 29, 20), on(6, 5, 20)),
        ("13710", "handle", "difficult", "normal", on(5, 29, 20), on(6, 29, 20)),
        # 1137: workdays; a Friday's case is due on the make-up Saturday 7 May
        ("1137", "assign", "ordinary", "normal", on(5, 6, 10), on(5, 7, 17, 30)),
        ("1137", "accept", "ordinary", "normal", on(4, 29, 10), on(5, 5, 17, 30)),
        ("1137", "handle", "ordinary", "normal", on(4, 29, 10), on(5, 7, 17, 30)),
        ("1137", "opinion", "difficult", "normal", on(4, 29, 10), on(5, 12, 17, 30)),
        # 信阳: an opinion in 7 days, then every month
        ("信阳", "opinion", "ordinary", "normal", on(5, 29, 20), on(6, 5, 20)),
        ("信阳", "progress", "ordinary", "normal", on(5, 31, 20), on(6, 30, 20)),
        # 12345: 15 minutes, 30 minutes, 1 workday
        ("12345", "accept", "ordinary", "life", on(5, 29, 23, 50), on(5, 30, 0, 5)),
        ("12345", "accept", "ordinary", "utility", on(5, 29, 23, 50), on(5, 30, 0, 20)),
        ("12345", "accept", "ordinary", "normal", on(4, 23, 10), on(4, 24, 17, 30)),
    ],
)
def test_the_shipped_profiles_keep_their_promises(
    code: str, stage: str, grade: str, priority: str, start: datetime, expected: datetime
):
    found = due_at(find_profile(code), stage, start=start, calendar=CALENDAR, grade=grade, priority=priority)

    assert found == expected


@pytest.mark.parametrize(
    ("number", "unit", "ends", "start", "expected"),
    [
        (90, "minute", "same_time", on(5, 6, 23), on(5, 7, 0, 30)),  # over midnight
        (3, "hour", "same_time", on(5, 6, 23), on(5, 7, 2)),
        (2, "week", "same_time", on(5, 6, 23), on(5, 20, 23)),
        (2, "end_of_day", "same_time", on(5, 6, 23), on(5, 8)),  # 24:00 of the day after
        (2, "working_hour", "same_time", on(5, 6, 16, 30), on(5, 7, 10)),  # into the make-up Saturday
        (2, "working_day", "same_time", on(5, 5, 10), on(5, 7, 10)),  # keeps the time of day
        (1, "working_day", "same_time", on(5, 8, 10), on(5, 10)),  # from a rest day: 24:00 of the workday
        (2, "working_day", "end_of_day", on(5, 5, 10), on(5, 8)),  # 24:00 of the second workday
        (1, "natural_day", "end_of_day", on(5, 5, 10), on(5, 7)),  # 24:00 of the day reached
        (7, "natural_day", "close_of_business", on(4, 24, 10), on(5, 5, 17, 30)),  # a holiday: moved on, 民法典 203
        (1, "month", "end_of_day", on(1, 31, 10), on(3, 1)),  # 24:00 of 28 February
    ],
)
def test_each_unit_and_each_ending(number: int, unit: str, ends: str, start: datetime, expected: datetime):
    profile = one_stage(number, unit, ends=ends)

    assert due_at(profile, "handle", start=start, calendar=CALENDAR) == expected


NIGHT = {"cut_off": "18:00", "counts_as": "next_day", "at": "09:00"}
NIGHT_WORKDAYS = NIGHT | {"counts_as": "next_workday"}


@pytest.mark.parametrize(
    ("intake", "start", "expected"),
    [
        (NIGHT, on(5, 6, 18), on(5, 6, 19)),  # at the cut-off is still in the day
        (NIGHT, on(5, 6, 18, 1), on(5, 7, 10)),  # a minute later counts as the next morning
        (NIGHT, on(5, 7, 3), on(5, 7, 10)),  # the small hours count as that morning
        (NIGHT, on(5, 7, 20), on(5, 8, 10)),  # and so does a Sunday
        (NIGHT_WORKDAYS, on(5, 7, 20), on(5, 9, 10)),  # unless only workdays count
        (NIGHT_WORKDAYS, on(5, 8, 11), on(5, 9, 10)),  # a rest day is a night
        (NIGHT_WORKDAYS, on(4, 29, 19), on(5, 5, 10)),  # over Labour Day
    ],
)
def test_what_arrives_at_night_counts_as_the_next_morning(intake: dict[str, str], start: datetime, expected: datetime):
    profile = one_stage(1, "hour", intake=intake)

    assert due_at(profile, "handle", start=start, calendar=CALENDAR) == expected


def test_a_night_registration_may_be_due_at_a_set_time_of_the_next_morning():
    profile = one_stage(1, "end_of_day", intake=NIGHT, night_due="09:00")

    assert due_at(profile, "handle", start=on(5, 6, 17), calendar=CALENDAR) == on(5, 7)
    assert due_at(profile, "handle", start=on(5, 6, 19), calendar=CALENDAR) == on(5, 7, 9)
    assert "夜间" in due(profile, "handle", start=on(5, 6, 19), calendar=CALENDAR).sentence


@given(st.sampled_from(shipped_profiles()), st.sampled_from(["simple", "ordinary", "difficult"]), MOMENTS, MOMENTS)
def test_a_later_start_is_never_due_earlier(profile: Profile, grade: str, one: datetime, other: datetime):
    earlier, later = sorted((one, other))

    for stage in profile.stages_for(grade=grade):
        first = due_at(profile, stage.code, start=earlier, calendar=CALENDAR, grade=grade)
        assert earlier < first <= due_at(profile, stage.code, start=later, calendar=CALENDAR, grade=grade)


@given(MOMENTS, MOMENTS, st.sampled_from(list(Unit)), st.sampled_from(["same_time", "close_of_business", "end_of_day"]))
def test_in_every_unit_a_later_filing_is_never_due_earlier(one: datetime, other: datetime, unit: Unit, ends: str):
    profile = one_stage(3, unit.value, ends=ends, intake=NIGHT_WORKDAYS)
    earlier, later = sorted((one, other))

    found = due_at(profile, "handle", start=earlier, calendar=CALENDAR)

    assert found <= due_at(profile, "handle", start=later, calendar=CALENDAR)


@given(MOMENTS, st.integers(1, 40))
def test_the_days_counted_are_as_many_as_the_limit(start: datetime, number: int):
    for unit in ("working_day", "natural_day"):
        found = due(one_stage(number, unit), "handle", start=start, calendar=CALENDAR)

        assert sum(day.counted for day in found.days) == number
        assert [day.date for day in found.days] == sorted({day.date for day in found.days})


@given(MOMENTS, st.sampled_from(list(Unit)))
def test_the_fast_way_and_the_explained_way_agree(start: datetime, unit: Unit):
    profile = one_stage(5, unit.value)

    assert due(profile, "handle", start=start, calendar=CALENDAR).due_at == due_at(
        profile, "handle", start=start.astimezone(UTC), calendar=CALENDAR
    )


def test_why_this_date_lists_the_days_counted_and_skipped():
    found = due(find_profile("1137"), "handle", start=on(4, 29, 10), calendar=CALENDAR)

    counted = [day.date.day for day in found.days if day.counted]
    assert counted == [5, 6, 7]
    assert found.days[0].why == "起算当日不计入"
    assert found.days[-1].why == "调休上班(劳动节)"
    assert found.sentence == (
        "自2022年4月29日 10:00 签收起算,3 个工作日,至2022年5月7日 17:30 止。其间 5 天不计(劳动节 5 天)。"
    )


def test_midnight_is_told_as_the_end_of_the_day():
    found = due(find_profile("三不过"), "assign", start=on(5, 29, 20), calendar=CALENDAR)

    assert found.sentence == "自2022年5月29日 20:00 登记起算,当日 24:00 前,至2022年5月29日 24:00 止。"
    assert moment_in_words(on(1, 1)) == "2021年12月31日 24:00"


def test_only_a_count_of_workdays_in_an_unpublished_year_is_provisional():
    last_week = on(12, 30, 10, year=2026)

    counted = due(find_profile("1137"), "handle", start=last_week, calendar=CALENDAR)
    natural = due(find_profile("三不过"), "handle", start=last_week, calendar=CALENDAR)
    in_time = due(find_profile("1137"), "assign", start=last_week, calendar=CALENDAR)

    assert counted.provisional and "2027年放假安排尚未公布,暂按周一至周五计算" in counted.sentence
    assert not natural.provisional
    assert not in_time.provisional  # 31 December 2026 is published


def test_an_intake_moved_through_an_unpublished_year_is_provisional():
    profile = one_stage(1, "hour", intake=NIGHT_WORKDAYS)

    assert due(profile, "handle", start=on(12, 31, 20, year=2026), calendar=CALENDAR).provisional
    assert not due(profile, "handle", start=on(1, 4, 10, year=2027), calendar=CALENDAR).provisional


def test_a_natural_limit_moved_on_to_a_workday_is_provisional_in_an_unpublished_year():
    profile = one_stage(7, "natural_day", ends="close_of_business")

    assert due(profile, "handle", start=on(12, 28, 10, year=2026), calendar=CALENDAR).provisional
    assert not due(profile, "handle", start=on(12, 1, 10, year=2026), calendar=CALENDAR).provisional


def test_a_moved_on_limit_lists_the_rest_days_as_moved():
    found = due(one_stage(7, "natural_day", ends="close_of_business"), "handle", start=on(4, 24, 10), calendar=CALENDAR)

    assert [day.why for day in found.days][-5:] == ["劳动节,顺延"] * 4 + ["工作日,期限最后一日"]


@pytest.mark.parametrize(
    ("found", "amount", "unit", "expected"),
    [
        (on(5, 6, 17, 30), 2, "working_day", on(5, 9, 17, 30)),  # Saturday is worked, Sunday not
        (on(5, 7), 1, "working_day", on(5, 8)),  # 24:00 on Friday becomes 24:00 on the make-up Saturday
        (on(5, 8, 12), 1, "working_day", on(5, 10)),  # from a rest day: 24:00 of the next workday
        (on(2, 1), 1, "month", on(3, 1)),  # 24:00 on 31 January becomes 24:00 on 28 February
        (on(5, 6, 10), 3, "natural_day", on(5, 9, 10)),
        (on(5, 6, 17), 1, "working_hour", on(5, 7, 9, 30)),
        (on(5, 7), 2, "end_of_day", on(5, 9)),
    ],
)
def test_an_extension_is_counted_from_the_deadline(found: datetime, amount: int, unit: str, expected: datetime):
    assert extend_due(found, amount=amount, unit=unit, calendar=CALENDAR) == expected


def test_the_document_is_json_and_has_the_shape_others_script_against():
    document = deadline_document(find_profile("三不过"), calendar=CALENDAR, received=datetime(2022, 5, 29, 20))

    again = json.loads(json.dumps(document, ensure_ascii=False))

    assert again == document
    assert (document["profile"], document["calendar"]) == ("san_bu_guo", "cn")
    assign, handle = document["stages"]
    assert {key: assign[key] for key in ("stage", "due_at", "provisional", "assumes")} == {
        "stage": "assign",
        "due_at": "2022-05-30T00:00:00+08:00",
        "provisional": False,
        "assumes": "",
    }
    assert assign["days"] == [{"date": "2022-05-29", "counted": True, "why": "自然日,周末和节假日照计"}]
    assert handle["due_at"] == "2022-06-05T20:00:00+08:00"
    assert handle["assumes"] == "假定2022年5月29日 20:00 交办;按一般问题计"


def test_the_document_counts_from_the_assignment_when_it_is_known():
    document = deadline_document(
        find_profile("三不过"),
        calendar=CALENDAR,
        received=on(5, 29, 20),
        assigned=on(5, 29, 22),
        grade="difficult",
    )

    assert [stage["due_at"] for stage in document["stages"]] == [
        "2022-05-30T00:00:00+08:00",
        "2022-06-29T22:00:00+08:00",
    ]
    assert [stage["assumes"] for stage in document["stages"]] == ["", ""]


def test_the_document_leaves_out_stages_that_do_not_apply():
    ordinary = deadline_document(find_profile("1137"), calendar=CALENDAR, received=on(5, 29, 20))
    difficult = deadline_document(find_profile("1137"), calendar=CALENDAR, received=on(5, 29, 20), grade="difficult")

    assert [stage["stage"] for stage in ordinary["stages"]] == ["assign", "accept", "handle"]
    assert [stage["stage"] for stage in difficult["stages"]] == ["assign", "accept", "opinion"]


def test_in_a_zone_with_summer_time_a_day_is_24_hours():
    new_york = Calendar(code="us", version=1, zone="America/New_York")
    before = datetime(2018, 3, 10, 12, tzinfo=new_york.tz)  # the clocks go forward at night

    found = due_at(one_stage(1, "natural_day"), "handle", start=before, calendar=new_york)

    assert found.astimezone(UTC) - before.astimezone(UTC) == timedelta(days=1)
    assert found.hour == 13


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("三不过", "san_bu_guo"),
        ("sanbuguo", "san_bu_guo"),
        ("SAN_BU_GUO", "san_bu_guo"),
        (" 13710 ", "13710"),
        ("新郑", "1137"),
        ("信阳", "xinyang_7"),
        ("12345热线", "12345"),
    ],
)
def test_a_profile_is_found_by_code_or_alias(text: str, code: str):
    assert find_profile(text).code == code


def test_codes_and_aliases_lead_to_one_profile_each():
    for profile in shipped_profiles():
        for name in (profile.code, profile.name, *profile.aliases):
            assert [other.code for other in shipped_profiles() if other.answers_to(name)] == [profile.code]


def test_the_shipped_codes_are_the_agreed_ones():
    assert [profile.code for profile in shipped_profiles()] == ["1137", "12345", "13710", "san_bu_guo", "xinyang_7"]


def test_profiles_come_back_equal_from_their_data():
    for source in profile_data():
        profile = Profile.from_data(source)

        assert Profile.from_data(json.loads(json.dumps(profile.to_data()))) == profile


def test_every_number_not_read_in_an_official_text_is_marked_as_a_default():
    handle = find_profile("12345").stage("handle")

    assert all("未确认" in row.limit.note for row in handle.rows)
    assert all("未确认" in find_profile(code).note for code in ("13710", "1137", "信阳", "12345"))


def test_an_unknown_profile_or_stage_is_refused_with_what_there_is():
    with pytest.raises(NotFound, match="三不过"):
        find_profile("四不过")
    with pytest.raises(NotFound, match="handle"):
        due_at(find_profile("三不过"), "sing", start=on(5, 6), calendar=CALENDAR)
    with pytest.raises(Refused, match="不适用于疑难"):
        due_at(find_profile("1137"), "handle", start=on(5, 6), calendar=CALENDAR, grade="difficult")
    with pytest.raises(WrongInput, match="疑难"):
        due_at(find_profile("1137"), "handle", start=on(5, 6), calendar=CALENDAR, grade="awful")
    with pytest.raises(WrongInput, match="时区"):
        due_at(find_profile("1137"), "handle", start=datetime(2022, 5, 6), calendar=CALENDAR)


@pytest.mark.parametrize(
    "change",
    [
        {"stages": []},  # no stage
        {"warnings": [1.5]},  # later than due
        {"intake": {"cut_off": "08:00", "counts_as": "next_day", "at": "09:00"}},  # night without end
        {"intake": {"cut_off": "18:00", "counts_as": "never", "at": "09:00"}},  # unknown word
        {"version": "first"},  # not a number
    ],
)
def test_a_malformed_profile_is_refused(change: dict[str, Any]):
    with pytest.raises(WrongInput):
        Profile.from_data(one_stage(1, "hour").to_data() | change)


@pytest.mark.parametrize(("number", "unit"), [(0, "hour"), (-1, "hour"), (10**6, "hour"), (1, "fortnight")])
def test_a_limit_must_be_positive_and_in_a_known_unit(number: int, unit: str):
    with pytest.raises(WrongInput):
        one_stage(number, unit)


def test_a_limit_is_told_in_chinese():
    assert Limit(7, Unit.NATURAL_DAY).words == "7 个自然日"
    assert Limit(2, Unit.END_OF_DAY).words == "2 日内(24时止)"
