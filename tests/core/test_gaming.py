"""Signs of flattered figures: counted per unit, with the rows, above the thresholds only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.gaming import (
    Handed,
    Merged,
    Struck,
    Thresholds,
    early_closings,
    mass_returns,
    merged_to_hide,
    self_made,
)

AT, DAY = datetime(2022, 5, 23, tzinfo=UTC), timedelta(days=1)
LIMITS = Thresholds()


def struck(number: int, *, unit: str = "urban", reopened: timedelta | None = None, filed_by: str = "") -> Struck:
    return Struck(f"c{number}", unit, AT, AT + reopened if reopened else None, filed_by)


def test_cases_struck_off_and_soon_reopened_are_counted_with_their_rows():
    rows = [struck(n, reopened=3 * DAY if n < 3 else 20 * DAY if n == 3 else None) for n in range(10)]

    (sign,) = early_closings(rows, LIMITS)

    assert (sign.code, sign.unit, sign.rows, sign.whole) == ("early_close", "urban", ("c0", "c1", "c2"), 10)
    assert early_closings(rows[1:], LIMITS) == (), "two are no sign"
    assert early_closings(rows + [struck(n) for n in range(10, 30)], LIMITS) == (), "three of thirty are no sign"


def test_units_that_return_much_are_counted_against_what_came_to_them():
    rows = [Handed(f"c{n}", "urban", n < 4) for n in range(10)] + [Handed(f"d{n}", "housing", n < 2) for n in range(4)]

    assert [(sign.unit, sign.count, sign.whole) for sign in mass_returns(rows, LIMITS)] == [("urban", 4, 10)]


def test_cases_that_a_unit_filed_and_closed_itself_are_counted():
    rows = [struck(n, filed_by="urban" if n < 5 else "office") for n in range(10)]

    assert [sign.count for sign in self_made(rows, LIMITS)] == [5]
    assert self_made([replace(each, unit="housing") for each in rows], LIMITS) == ()


def test_cases_merged_away_when_late_or_nearly_so_are_counted():
    rows = [
        Merged(f"c{n}", "urban", AT, AT + timedelta(hours=12 if n < 2 else -5 if n == 2 else 200)) for n in range(6)
    ]

    assert [sign.rows for sign in merged_to_hide([*rows, Merged("c9", "urban", AT, None)], LIMITS)] == [
        ("c0", "c1", "c2")
    ]


STRUCK = st.lists(st.builds(Struck, st.text("abc", min_size=1, max_size=3), st.sampled_from(["urban", "housing"]), st.just(AT), st.one_of(st.none(), st.integers(1, 30).map(lambda days: AT + days * DAY)), st.sampled_from(["urban", "office"])), max_size=30)  # fmt: skip


@given(STRUCK, st.integers(1, 6), st.floats(0.05, 0.9))
def test_a_higher_threshold_never_adds_a_sign(rows, least, share):
    low, high = Thresholds(least=least, share=share), Thresholds(least=least + 1, share=min(share + 0.1, 1.0))

    for count in (early_closings, self_made):
        assert {sign.unit for sign in count(rows, high)} <= {sign.unit for sign in count(rows, low)}
        assert all(sign.count >= least for sign in count(rows, low))
