"""The 2017 rule of size, row by row at its borders, and the reporting thresholds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.firm_size import GROUPS, SIZES, sized, threshold, wan
from gridloop.core.industry import DIVISIONS

# industry, staff, revenue and assets in 万元, class
CASES = [
    ("0111", None, "20000", None, "large"),  # farming looks at revenue alone
    ("0111", None, "19999.99", None, "medium"),
    ("0111", 9999, "49", None, "micro"),  # however many people it has
    ("3411", 1000, "40000", None, "large"),  # industry: both measures at their lower limits
    ("3411", 999, "40000", None, "medium"),  # one short of the staff of a large one: one class down
    ("3411", 1000, "1999", None, "small"),  # large by staff, small by revenue: small
    ("3411", 5000, "299", None, "micro"),  # one measure of a micro firm is enough
    ("3411", 20, "300", None, "small"),
    ("4410", 19, "99999", None, "micro"),  # power supply is industry, too
    ("4700", None, "80000", "80000", "large"),  # construction: revenue and assets
    ("4700", None, "80000", "4999", "small"),
    ("5111", 20, "5000", None, "medium"),  # wholesale
    ("5111", 4, "5000", None, "micro"),
    ("5261", 50, "500", None, "medium"),  # retail: a car shop
    ("5261", 49, "20000", None, "small"),
    ("5430", 300, "3000", None, "medium"),  # transport
    ("5911", 300, "3000", None, "medium"),  # loading belongs to transport …
    ("5920", 100, "1000", None, "medium"),  # … storing to storage
    ("6010", 300, "2000", None, "medium"),  # post
    ("6110", 100, "2000", None, "medium"),  # hotels
    ("6210", 10, "100", None, "small"),  # restaurants
    ("6420", 100, "1000", None, "medium"),  # the internet
    ("6513", 300, "10000", None, "large"),  # software
    ("7010", None, "1000", "5000", "medium"),  # real estate: revenue and assets
    ("7020", 299, "5000", None, "small"),  # property management
    ("7211", 100, None, "8000", "medium"),  # business services: staff and assets, revenue does not count
    ("7211", 100, "0", "8000", "medium"),
    ("7320", 10, None, None, "small"),  # all others: staff alone
    ("8010", 9, None, None, "micro"),
    ("5910", 300, "3000", None, "medium"),  # 5910 begins with 591: loading
]


@pytest.mark.parametrize(("code", "staff", "revenue", "assets", "size"), CASES)
def test_a_firm_is_sized_by_the_rule_of_2017(
    code: str, staff: int | None, revenue: str | None, assets: str | None, size: str
) -> None:
    found = sized(code, staff=staff, revenue=wan(revenue) if revenue else None, assets=wan(assets) if assets else None)

    assert found.size == size
    assert found.label == SIZES[size]
    assert SIZES[size] in found.reason


# industry, staff, revenue, what the sentence asks for
UNSIZED = [
    ("5261", 60, None, "还缺营业收入"),
    ("5261", None, None, "还缺从业人员和营业收入"),
    ("6620", 500, "90000", "没有包括这个行业"),  # finance has a rule of its own
    ("8331", 500, "90000", "没有包括这个行业"),  # schools
    ("5310", 500, "90000", "没有包括这个行业"),  # railways
    ("7040", 500, "90000", "没有包括这个行业"),  # letting one's own houses
    ("59", 500, "90000", "三位或四位"),  # loading or storing?
    ("70", 500, "90000", "三位或四位"),
    ("", 500, "90000", "还没有登记行业"),
]


@pytest.mark.parametrize(("code", "staff", "revenue", "asks"), UNSIZED)
def test_where_the_rule_gives_no_class_the_sentence_says_what_is_missing(
    code: str, staff: int | None, revenue: str | None, asks: str
) -> None:
    found = sized(code, staff=staff, revenue=wan(revenue) if revenue else None)

    assert found.size == ""
    assert asks in found.reason


def test_a_measure_in_the_lowest_class_decides_even_when_the_other_is_unknown() -> None:
    assert sized("5261", staff=3, revenue=None).size == "micro"


def test_every_division_is_in_the_table_once_or_left_out_on_purpose() -> None:
    left_out = {"53", "66", "67", "68", "69", "83", "84", "91", "92", "93", "94", "95", "96", "97"}

    named = [code for group in GROUPS for code in group.codes]

    assert len(named) == len(set(named))
    assert {code[:2] for code in named} == set(DIVISIONS) - left_out


amounts = st.decimals(min_value=0, max_value=10**10, places=2)


@given(
    st.sampled_from(["3411", "5111", "5261", "6110", "6513"]),
    st.integers(0, 5000),
    amounts,
    st.integers(0, 500),
    amounts,
)
def test_more_people_and_more_revenue_never_make_a_firm_smaller(
    code: str, staff: int, revenue: Decimal, more_staff: int, more_revenue: Decimal
) -> None:
    order = list(SIZES)

    before = sized(code, staff=staff, revenue=revenue)
    after = sized(code, staff=staff + more_staff, revenue=revenue + more_revenue)

    assert order.index(after.size) <= order.index(before.size)


# industry, revenue in 万元, above?
THRESHOLDS = [
    ("5261", "500", True),  # retail
    ("5261", "499.99", False),
    ("5111", "2000", True),  # wholesale
    ("6210", "199", False),  # restaurants
    ("3411", "2000", True),  # industry
    ("7010", "0", True),  # developers all report
    ("7211", "1000", True),  # business services
    ("8010", "500", True),  # services to residents
    ("4700", "90000", None),  # construction goes by licence
    ("6620", "90000", None),
    ("", "90000", None),
]


@pytest.mark.parametrize(("code", "revenue", "above"), THRESHOLDS)
def test_a_firm_is_above_the_threshold_of_its_industry(code: str, revenue: str, above: bool | None) -> None:
    assert threshold(code, revenue=wan(revenue)).above is above


def test_without_revenue_the_threshold_is_unknown_and_says_what_it_is() -> None:
    found = threshold("5261", revenue=None)

    assert found.above is None
    assert "500 万元" in found.reason
