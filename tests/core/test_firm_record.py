"""What people write of a firm is read, or refused with the column and what to do; names nearly the same are found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import WrongInput
from gridloop.core.firm_names import core_of, is_near, near_pairs
from gridloop.core.firm_record import money, read_told
from gridloop.core.identity import complete_uscc
from gridloop.core.industry import DIVISIONS, SECTION_OF, SECTIONS, industry
from gridloop.core.vitality import Signs, propose

ON = date(2022, 5, 29)
GOOD = {"name": "示例机械厂", "code": complete_uscc("91410102MA0000001")}

# as told, in 元
AMOUNTS = [
    ("50(万元)", "500000"),  # as the registers print it
    ("1,000(万元)", "10000000"),
    ("742.0600(万元)", "7420600"),
    ("50", "500000"),  # without a unit 万元 is meant
    ("3亿", "300000000"),
    ("3.5 亿元", "350000000"),
    ("8000元", "8000"),
    ("1,000万", "10000000"),
    ("人民币100万元", "1000000"),
]


@pytest.mark.parametrize(("said", "amount"), AMOUNTS)
def test_money_is_read_with_its_unit(said: str, amount: str) -> None:
    assert money(said) == Decimal(amount)


@pytest.mark.parametrize("said", ["一百万", "-5", "5 0 美元", "99999999999999"])
def test_money_that_cannot_be_is_refused(said: str) -> None:
    with pytest.raises(WrongInput):
        money(said)


# column, as told, as kept
CELLS = [
    ("registered_on", "1981-12-29", date(1981, 12, 29)),
    ("registered_on", "2020/1/5", date(2020, 1, 5)),
    ("registered_on", "2020年1月5日", date(2020, 1, 5)),
    ("registered_on", "2020-01-05 00:00:00", date(2020, 1, 5)),  # as a spreadsheet gives it
    ("capital", "N/A", None),  # the many ways of saying nothing
    ("staff", "1,200人", 1200),
    ("staff", "40.0", 40),
    ("industry", "F5261", "5261"),
    ("industry", "零售业", "52"),
    ("size", "中", "medium"),
    ("above", "限上", True),
    ("above", "否", False),
    ("priority", "市重点", "city"),
    ("vitality", "半停滞", "half"),
    ("phone", "67181234", "0371-67181234"),
    ("lon", "113.5", 113.5),
]


@pytest.mark.parametrize(("column", "said", "kept"), CELLS)
def test_a_cell_is_read_as_people_write_it(column: str, said: str, kept: object) -> None:
    others = {"lat": "34.7"} if column == "lon" else {}

    record, faults = read_told({**GOOD, **others, column: said}, on=ON)

    assert faults == ()
    assert getattr(record, column) == kept


# column, as told, what the reason says
FAULTS = [
    ("name", "", "不能为空"),
    ("name", "长" * 121, "超过 120 字"),
    ("code", "91410102MA00000019", "校验码不符"),
    ("code", "", "不能为空"),
    ("industry", "98", "没有行业"),
    ("registered_on", "2022-05-30", "晚于今天"),
    ("registered_on", "去年", "看不懂"),
    ("capital", "很多", "看不懂"),
    ("staff", "-1", "整数"),
    ("staff", "三十", "整数"),
    ("size", "特大", "不认识"),
    ("phone", "123", "不完整"),
    ("lat", "34.7", "一起填"),
    ("year", "2023", "整数"),
]


@pytest.mark.parametrize(("column", "said", "reason"), FAULTS)
def test_what_does_not_fit_is_refused_with_its_column(column: str, said: str, reason: str) -> None:
    _, faults = read_told({**GOOD, column: said}, on=ON)

    assert [fault.column for fault in faults] == ["lon" if column == "lat" else column]
    assert reason in faults[0].reason


def test_all_faults_of_a_row_are_told_at_once() -> None:
    _, faults = read_told({"name": "", "code": "x", "staff": "many"}, on=ON)

    assert {fault.column for fault in faults} == {"name", "code", "staff"}


def test_a_legacy_number_is_kept_as_such_and_a_wrong_check_digit_only_warned_of() -> None:
    record, faults = read_told({**GOOD, "code": "410102000000001"}, on=ON)

    assert faults == ()
    assert record.code_kind == "legacy"
    assert record.warnings


def test_capital_in_another_currency_is_kept_as_told_and_warned_of() -> None:
    record, faults = read_told({**GOOD, "capital": "294.8000(万美元)"}, on=ON)

    assert (faults, record.capital, record.capital_text) == ((), None, "294.8000(万美元)")
    assert "外币" in record.warnings[0]


def test_figures_without_a_year_are_those_of_last_year() -> None:
    record, _ = read_told({**GOOD, "staff": "3"}, on=ON)

    assert record.year == 2021


@given(
    st.dictionaries(
        st.sampled_from(["name", "code", "capital", "staff", "registered_on", "lon", "phone", "industry"]),
        st.text(max_size=20),
    )
)
def test_whatever_is_told_is_read_or_refused_and_never_raises(cells: dict[str, str]) -> None:
    record, faults = read_told(cells, on=ON)

    assert faults or record.code


# one name, another, near?
NAMES = [
    ("郑州市中原区示例机械制造有限公司", "示例机械制造有限责任公司", True),  # places and legal form aside
    ("示例机械制造有限公司", "示例机械制照有限公司", True),  # mistyped
    ("示例机械制造", "示例机械造", True),  # left out
    ("示例便民一店", "示例便民二店", False),  # numbers tell shops apart
    ("华联商贸", "华连商贸", False),  # too short to say
    ("示例机械制造", "示例服装制造", False),
]


@pytest.mark.parametrize(("one", "other", "near"), NAMES)
def test_names_nearly_the_same_are_told_from_different_ones(one: str, other: str, near: bool) -> None:
    assert is_near(core_of(one), core_of(other)) is near
    assert bool(near_pairs({"a": one, "b": other})) is near


@given(st.lists(st.text("示例机械制造华联商贸中心甲乙", min_size=2, max_size=9), max_size=12))
def test_the_quick_search_finds_the_pairs_that_comparing_all_would_find(names: list[str]) -> None:
    keyed = {str(at): name for at, name in enumerate(names)}
    slow = [
        (one, other)
        for at, one in enumerate(keyed)
        for other in list(keyed)[at + 1 :]
        if is_near(core_of(keyed[one]), core_of(keyed[other]))
    ]

    assert near_pairs(keyed) == slow


def test_the_classification_has_20_sections_and_97_divisions() -> None:
    assert len(SECTIONS) == 20
    assert sorted(DIVISIONS) == [f"{code:02d}" for code in range(1, 98)]
    assert set(SECTION_OF.values()) == set(SECTIONS)
    assert all(industry(code) is not None for code in DIVISIONS)
    assert industry("A52") is None  # retail is not farming


# what is seen, what is proposed
SIGNS = [
    (Signs(ON, "normal"), None),
    (Signs(ON, "normal", staff_now=40, staff_before=100), "half"),
    (Signs(ON, "normal", staff_now=60, staff_before=100), None),  # a fall by less than half says nothing
    (Signs(ON, "normal", staff_now=0, staff_before=100), "stalled"),
    (Signs(ON, "normal", revenue_now=Decimal(40), revenue_before=Decimal(100)), "half"),
    (Signs(ON, "normal", revenue_now=Decimal(5), revenue_before=Decimal(100)), "stalled"),
    (Signs(ON, "normal", missed=2), None),
    (Signs(ON, "normal", missed=3), "lost"),
    (Signs(ON, "lost", missed=5), None),  # known already
    (Signs(ON, "stalled", staff_now=40, staff_before=100), None),  # what is graver stays
    (Signs(ON, "lost", reached_since=True), "normal"),
    (Signs(ON, "half", revenue_now=Decimal(120), revenue_before=Decimal(100)), "normal"),
    (Signs(ON, "normal", last_seen_on=date(2021, 10, 1), open_troubles=1), "half"),
    (Signs(ON, "normal", last_seen_on=date(2021, 10, 1)), None),  # silence alone is no sign
]


@pytest.mark.parametrize(("seen", "proposed"), SIGNS)
def test_signs_propose_a_state_with_their_reasons(seen: Signs, proposed: str | None) -> None:
    found = propose(seen)

    assert (found.vitality if found else None) == proposed
    assert found is None or found.reasons
