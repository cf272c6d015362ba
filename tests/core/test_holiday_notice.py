"""The yearly notice is read from its own words, from rows and from JSON; nothing is guessed silently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import GridloopError, WrongInput
from gridloop.core.holiday_notice import read_notice

WORDS = """各省、自治区、直辖市人民政府:现将2027年部分节假日安排通知如下。
一、元旦:1月1日(周五)至3日(周日)放假调休,共3天。
二、春节:2月5日(周五)至11日(周四)放假调休,共7天。1月30日(周六)、2月13日(周六)上班。
三、国庆节:9月30日至10月7日放假,共8天。10月9日(周六)上班。
节假日期间,各地区、各部门要妥善安排好值班。
"""


def test_the_words_of_the_notice_become_days():
    notice = read_notice(WORDS, year=2027)

    works = [(day, name) for day, worked, name in notice.days if worked]
    assert works == [("2027-01-30", "春节"), ("2027-02-13", "春节"), ("2027-10-09", "国庆节")]
    assert len(notice.days) == 3 + 7 + 2 + 8 + 1
    assert ["2027-09-30", False, "国庆节"] in notice.days and notice.problems == ()


FORMS = [
    # the form                                                          what it says of the first day
    ("日期,安排,节日\n2027-01-01,放假,元旦", ["2027-01-01", False, "元旦"]),
    ("2027/1/4\t上班\t元旦", ["2027-01-04", True, "元旦"]),
    ("2027-01-01,0,元旦", ["2027-01-01", False, "元旦"]),
    ('[{"date": "2027-01-01", "is_workday": "0", "name": "元旦"}]', ["2027-01-01", False, "元旦"]),
    (
        '{"year": 2027, "days": [{"date": "2027-01-04", "name": "元旦", "isOffDay": false}]}',
        ["2027-01-04", True, "元旦"],
    ),
    ('{"years": [{"year": 2027, "exceptions": [["2027-01-01", false, "元旦"]]}]}', ["2027-01-01", False, "元旦"]),
]


@pytest.mark.parametrize(("text", "first"), FORMS)
def test_every_form_is_read(text, first):
    assert read_notice(text, year=2027).days[0] == first


def test_a_line_that_cannot_be_read_is_named():
    notice = read_notice("2027-01-01,放假,元旦\n2027-01-02,也许,元旦\n乱写", year=2027)

    assert len(notice.days) == 1
    assert [problem[:6] for problem in notice.problems] == ["第 2 行“", "第 3 行“"]


def test_the_turn_of_the_year_is_told_and_left_to_the_other_notice():
    notice = read_notice("一、元旦:2026年12月31日至2027年1月2日放假。", year=2027)

    assert [day[0] for day in notice.days] == ["2027-01-01", "2027-01-02"]
    assert notice.problems == ("2026-12-31 不在 2027 年,没有载入。",)


BAD = [
    "",
    "什么也没有",
    "2027-02-30,放假,春节",
    "2026-01-01,放假,元旦",
    "一、元旦:1月1日至12月31日放假。",
    "{",
    "[1, 2]",
    "[" * 10_000,
    "x" * 200_001,
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_notice_is_refused(text):
    with pytest.raises(WrongInput):
        read_notice(text, year=2027)


@given(st.text(alphabet="一二、::0123456789月日年至放假上班调休春节,。,\n-()", max_size=80))
def test_whatever_is_pasted_is_read_or_refused(text):
    try:
        notice = read_notice(text, year=2027)
    except GridloopError:
        return
    assert notice.days and all(day[0].startswith("2027-") for day in notice.days)
