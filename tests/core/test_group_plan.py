"""For which firm a group's plan holds on a day, and why."""

from __future__ import annotations

from datetime import date

import pytest

from gridloop.core.errors import WrongInput
from gridloop.core.group_plan import Firm, Group, checked, is_in_season, why_holds

MAY = date(2022, 5, 23)
WORKS = Firm(place="410102/410102012/C1/G3", industry="3411", section="C")
SEASON = {"starts_on": date(2022, 5, 1), "ends_on": date(2022, 5, 31)}


@pytest.mark.parametrize(
    ("group", "reasons"),
    [
        (Group(industry="C", industry_name="制造业"), ("因业:行业属于 C 制造业",)),
        (Group(industry="34", industry_name="通用设备制造业"), ("因业:行业属于 34 通用设备制造业",)),
        (Group(industry="F", industry_name="批发和零售业"), ()),
        (Group(place="410102/410102012/C1", place_name="一社区"), ("因地:位于一社区",)),
        (Group(place="410102/410102012/C"), ()),  # a prefix of the letters is not a place above
        (Group(**SEASON), ("因时:2022年5月1日至2022年5月31日",)),
        (Group(industry="34", industry_name="通用设备制造业", place="410102/410102012/C2"), ()),  # all must fit
    ],
)
def test_a_plan_holds_where_every_part_of_its_group_fits_and_says_why(group: Group, reasons: tuple[str, ...]) -> None:
    assert why_holds(group, WORKS, today=MAY) == reasons


def test_a_firm_of_unknown_industry_is_in_no_group_of_an_industry() -> None:
    assert why_holds(Group(industry="C"), Firm(place=WORKS.place), today=MAY) == ()


def test_the_first_and_the_last_day_of_a_season_belong_to_it() -> None:
    group = Group(**SEASON)

    assert [is_in_season(group, today=day) for day in (date(2022, 4, 30), date(2022, 5, 1), date(2022, 5, 31), date(2022, 6, 1))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_an_industry_is_named_by_its_section_or_division() -> None:
    assert checked(Group(industry="c")).industry_name == "制造业"
    assert checked(Group(industry="3660")).industry_name == "汽车制造业"


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (Group(), "至少写明一项"),
        (Group(industry="Z"), "没有行业“Z”"),
        (Group(industry="3"), "没有行业“3”"),
        (Group(industry="C36"), "没有行业“C36”"),
        (Group(starts_on=MAY), "起止两天"),
        (Group(starts_on=MAY, ends_on=date(2022, 5, 1)), "不能早于起日"),
    ],
)
def test_a_group_that_is_everybody_or_cannot_be_is_refused(group: Group, said: str) -> None:
    with pytest.raises(WrongInput, match=said):
        checked(group)
