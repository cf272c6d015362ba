"""Counts, ratios with their n, on-time rates, growth, cautions and questions about units."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import WrongInput
from gridloop.core.indicator import (
    Amount,
    count,
    growth,
    on_time_rate,
    peers_warning,
    ratio,
    unit_warning,
    wilson_interval,
)

NOON = datetime(2022, 5, 29, 12, tzinfo=timezone(timedelta(hours=8)))
HOUR = timedelta(hours=1)


def test_forty_three_of_forty_three_prove_no_more_than_91_8_percent() -> None:
    reading = ratio("solved", part=43, whole=43)

    assert (reading.shown, reading.lower_shown, reading.interval_shown) == ("100%(43/43)", "91.8%", "91.8%–100%")
    assert reading.caution == ""


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    [
        # R: prop.test(x, n, correct = FALSE)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_wilson_interval_agrees_with_published_values(part: int, whole: int, lower: float, upper: float) -> None:
    assert wilson_interval(part, whole) == pytest.approx((lower, upper), abs=5e-5)


@given(st.integers(1, 10_000), st.data())
def test_the_interval_holds_the_rate_and_narrows_with_more_cases(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))

    lower, upper = wilson_interval(part, whole)
    lower_of_ten, upper_of_ten = wilson_interval(part * 10, whole * 10)

    assert 0 <= lower <= part / whole <= upper <= 1
    assert upper_of_ten - lower_of_ten <= upper - lower


def test_nothing_of_nothing_is_a_dash() -> None:
    reading = ratio("solved", part=0, whole=0)

    assert (reading.value, reading.shown, reading.lower_shown, reading.interval_shown) == (None, "—", "—", "—")
    assert "不显示比率" in reading.caution


def test_few_cases_carry_a_caution() -> None:
    assert "只有 3 件" in ratio("solved", part=3, whole=3).caution
    assert ratio("solved", part=30, whole=30).caution == ""


def test_a_rate_is_never_rounded_up_to_all() -> None:
    assert ratio("solved", part=99_999, whole=100_000).shown == "99.9%(99999/100000)"
    assert ratio("solved", part=1, whole=100_000).shown == "0.1%(1/100000)"


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 3), (0, -1)])
def test_impossible_counts_are_refused(part: int, whole: int) -> None:
    with pytest.raises(WrongInput):
        ratio("solved", part=part, whole=whole)


def test_on_time_counts_the_finished_and_the_overdue_but_not_the_running() -> None:
    cases = [
        (NOON - HOUR, NOON - 2 * HOUR),  # finished early
        (NOON - HOUR, NOON - HOUR),  # finished at the very deadline
        (NOON - 2 * HOUR, NOON - HOUR),  # finished late
        (NOON - HOUR, None),  # overdue
        (NOON + HOUR, None),  # still running
        (NOON - HOUR, NOON + HOUR),  # finished later than the moment asked about: overdue at that moment
        (NOON + 2 * HOUR, NOON + HOUR),  # not yet finished at that moment, not yet due
    ]

    reading = on_time_rate("on_time", cases, at=NOON)

    assert (reading.part, reading.n) == (2, 5)


def test_growth_needs_a_base() -> None:
    assert growth("retail", now=Decimal("108.27"), then=Decimal(100), n=1).shown == "+8.27%"
    assert growth("retail", now=Decimal(5), then=Decimal(0), n=1).shown == "—"
    assert "基期" in growth("retail", now=Decimal(5), then=Decimal(-1), n=1).caution


def test_a_count_is_its_own_n() -> None:
    assert count("open", n=12).shown == "12"


def test_a_figure_in_the_wrong_unit_is_questioned_and_the_right_unit_is_named() -> None:
    earlier = [Amount("社零", Decimal("10.9"), "亿元"), Amount("社零", Decimal("11.2"), "亿元")]

    question = unit_warning(Amount("社零", Decimal("11.492"), "万元"), earlier)

    assert "亿元则相符" in question
    assert unit_warning(Amount("社零", Decimal("11.492"), "亿元"), earlier) == ""
    assert unit_warning(Amount("固投", Decimal("1"), "元"), earlier) == ""


def test_the_retail_figure_of_the_source_page_asks_to_be_checked() -> None:
    table = [
        Amount("固定资产投资", Decimal("10.1"), "亿元"),
        Amount("社会消费品零售总额", Decimal("1149.2"), "万元"),
        Amount("营利性服务业", Decimal("22"), "亿元"),
    ]

    questions = peers_warning(table)

    assert len(questions) == 1
    assert "社会消费品零售总额" in questions[0]


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(WrongInput):
        _ = Amount("社零", Decimal(1), "千元").yuan
