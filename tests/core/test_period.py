"""Periods are written, said, and set against the year before and the one before."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import WrongInput
from gridloop.core.period import KINDS, Period, begins, ends

SAID = [
    # code, label, first, last, a year before, the one before
    ("2022-05-29", "2022年5月29日", "2022-05-29", "2022-05-29", "2021-05-29", "2022-05-28"),
    ("2022-05", "2022年5月", "2022-05-01", "2022-05-31", "2021-05", "2022-04"),
    ("2022Q1", "2022年一季度", "2022-01-01", "2022-03-31", "2021Q1", "2021Q4"),
    ("2022H1", "2022年上半年", "2022-01-01", "2022-06-30", "2021H1", "2021H2"),
    ("2022", "2022年", "2022-01-01", "2022-12-31", "2021", "2021"),
    # 以来 ends on its day; the year before ends on the same day of that year, the one before after as many days
    ("2022H1+2022-05-29", "2022年上半年以来(截至5月29日)", "2022-01-01", "2022-05-29", "2021H1+2021-05-29", "2021H2+2021-11-26"),
    # 29 February answers to the 28th
    ("2024-02-29", "2024年2月29日", "2024-02-29", "2024-02-29", "2023-02-28", "2024-02-28"),
    # 以来 never runs into the next period
    ("2022-03+2022-03-31", "2022年3月以来(截至3月31日)", "2022-03-01", "2022-03-31", "2021-03+2021-03-31", "2022-02+2022-02-28"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "label", "first", "last", "year_before", "before"), SAID)
def test_a_period_is_said_as_people_say_it(
    code: str, label: str, first: str, last: str, year_before: str, before: str
) -> None:
    period = Period.parse(code)

    assert (period.code, period.label) == (code, label)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert (period.year_before.code, period.before.code) == (year_before, before)


@pytest.mark.parametrize("written", ["", "2022Q5", "2022-13", "22", "2022-02-30", "2022Q1+2022-04-01", "2022-05-29+2022-05-29", "2022Q1+x", "0001", "0001-01", "9999", "9999-12-31"])  # fmt: skip
def test_what_is_no_period_is_refused_with_the_forms_there_are(written: str) -> None:
    with pytest.raises(WrongInput, match="2022Q1"):
        Period.parse(written)


@given(st.sampled_from(sorted(KINDS)), st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 400))
def test_a_period_reads_back_holds_its_day_and_borders_the_one_before(kind: str, on: date, days: int) -> None:
    whole = Period.of(kind, on)
    since = Period(kind, whole.first, on) if kind != "day" else whole

    assert Period.parse(whole.code) == whole and Period.parse(since.code) == since
    assert whole.holds(on) and since.last == on
    assert whole.before.last == whole.first - timedelta(days=1)


def test_a_day_begins_and_ends_even_where_dates_do() -> None:
    assert begins(date(2022, 5, 29), UTC).isoformat() == "2022-05-29T00:00:00+00:00"
    assert ends(date(2022, 5, 31), UTC).isoformat() == "2022-06-01T00:00:00+00:00"
    assert begins(date.min, UTC) < ends(date.min, UTC) < begins(date.max, UTC) < ends(date.max, UTC)
