"""Libraries, pace, alarms and conversion of projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import GridloopError
from gridloop.core.project import (
    LIBRARIES,
    ORDER,
    Dates,
    Move,
    alarms,
    check_move,
    conversions,
    in_yi,
    neighbours,
    pace,
    spread,
    totals,
)

ON = date(2022, 5, 20)
STEPS = [
    ("reserve", "planned", "forward"),
    ("planned", "building", "forward"),
    ("building", "completed", "forward"),
    ("completed", "building", "back"),
    ("planned", "reserve", "back"),
]


@pytest.mark.parametrize(("came_from", "to", "direction"), STEPS)
def test_a_project_moves_one_library_on_or_back_with_a_reason(came_from: str, to: str, direction: str) -> None:
    assert check_move(came_from, to, reason="手续齐全") == direction
    assert to in neighbours(came_from)


@pytest.mark.parametrize(
    ("came_from", "to", "reason", "code"),
    [
        ("reserve", "building", "手续齐全", "projects.one_step"),
        ("reserve", "reserve", "手续齐全", "projects.one_step"),
        ("reserve", "archive", "手续齐全", "projects.no_library"),
        ("reserve", "planned", "  ", "projects.no_reason"),
    ],
)
def test_a_step_over_a_library_or_without_a_reason_is_refused(came_from: str, to: str, reason: str, code: str) -> None:
    with pytest.raises(GridloopError) as refusal:
        check_move(came_from, to, reason=reason)

    assert refusal.value.code == code


def test_pace_is_the_share_done_less_the_share_of_the_year_gone() -> None:
    ahead = pace(planned=Decimal("10e8"), done=Decimal("6e8"), month=6)
    behind = pace(planned=Decimal("10e8"), done=Decimal("1e8"), month=5)

    assert ahead and (ahead.share, ahead.due, ahead.points) == (Decimal("60.0"), Decimal("50.0"), Decimal("10.0"))
    assert behind and behind.points == Decimal("-31.7")
    assert pace(planned=Decimal(0), done=Decimal(0), month=5) is None


ALARMS = [
    # nothing planned, nothing missed
    (Dates("reserve"), []),
    # 应开未开: from the day after the planned start, in 储备 and 拟开工 alike, until it starts
    (Dates("planned", start_planned=date(2022, 5, 20)), []),
    (Dates("planned", start_planned=date(2022, 5, 19)), ["应开未开"]),
    (Dates("reserve", start_planned=date(2022, 3, 1)), ["应开未开"]),
    (Dates("building", start_planned=date(2022, 5, 1), started=date(2022, 5, 3), reported=date(2022, 4, 1)), []),
    # 提前开工 is told too, after what is amiss
    (Dates("building", start_planned=date(2022, 5, 1), started=date(2022, 4, 1)), ["缺月报", "提前开工"]),
    # 应竣未竣
    (Dates("building", finish_planned=date(2022, 5, 1), started=date(2021, 1, 1), reported=date(2022, 4, 1)), ["应竣未竣"]),
    (Dates("completed", finish_planned=date(2022, 5, 1), finished=date(2022, 5, 9)), []),
    # 缺月报: April is due on 10 May; a project that began in May owes none
    (Dates("building", started=date(2022, 1, 1), reported=date(2022, 3, 1)), ["缺月报"]),
    (Dates("building", started=date(2022, 5, 2)), []),
    (Dates("building", started=date(2022, 5, 1)), []),
    (Dates("building", started=date(2022, 4, 30)), ["缺月报"]),
]  # fmt: skip


@pytest.mark.parametrize(("dates", "labels"), ALARMS)
def test_alarms_name_what_is_late_and_what_came_early(dates: Dates, labels: list[str]) -> None:
    assert [alarm.label for alarm in alarms(dates, on=ON)] == labels


@pytest.mark.parametrize(
    ("on", "reported", "said"),
    [
        (date(2022, 5, 10), date(2022, 3, 1), []),  # April is not due before the day is over
        (date(2022, 5, 11), date(2022, 3, 1), ["2022年4月"]),
        (date(2022, 5, 3), date(2022, 1, 1), ["2022年3月"]),  # what was due before stays due
        (date(2022, 1, 5), date(2021, 10, 1), ["2021年11月"]),
        (date(2022, 1, 11), date(2021, 11, 1), ["2021年12月"]),
    ],
)
def test_a_report_that_is_missing_is_missed_on_every_day_of_the_month(
    on: date, reported: date, said: list[str]
) -> None:
    found = alarms(Dates("building", started=date(2021, 1, 1), reported=reported), on=on)

    assert [each.sentence.partition("的")[0] for each in found] == said


def test_a_project_ten_points_behind_lags_and_the_sentence_says_by_how_much() -> None:
    behind = pace(planned=Decimal("12e8"), done=Decimal("3e8"), month=5)

    found = alarms(Dates("building", reported=date(2022, 4, 1)), on=ON, pace=behind)

    assert [each.sentence for each in found] == ["年度计划完成 25.0%,时间已过 41.7%,相差 -16.7 个百分点。"]


def moves(*steps: tuple[str, str, str]) -> list[Move]:
    return [Move(came_from, to, date.fromisoformat(on)) for came_from, to, on in steps]


def test_conversion_counts_who_stood_in_a_library_and_who_went_on() -> None:
    went_on = moves(("", "reserve", "2021-03-01"), ("reserve", "planned", "2022-02-01"))
    stayed = moves(("", "reserve", "2022-01-10"))
    left_before = moves(("", "reserve", "2020-03-01"), ("reserve", "planned", "2021-02-01"))
    to_and_fro = moves(("", "reserve", "2022-01-01"), ("reserve", "planned", "2022-02-01"), ("planned", "reserve", "2022-03-01"))  # fmt: skip
    came_later = moves(("", "reserve", "2022-07-01"))

    found = conversions([went_on, stayed, left_before, to_and_fro, came_later], since=date(2022, 1, 1), until=date(2022, 6, 30))  # fmt: skip

    assert [(one, other, reading.part, reading.n) for one, other, reading in found] == [
        ("reserve", "planned", 2, 3),
        ("planned", "building", 0, 3),
        ("building", "completed", 0, 0),
    ]
    assert found[0][2].interval_shown != "—" and found[2][2].shown == "—"


@given(st.integers(0, 10**12), st.integers(1, 12))
def test_a_plan_spread_over_months_sums_to_the_plan(yuan: int, first: int) -> None:
    months = spread(Decimal(yuan), first=first)

    assert len(months) == 12 and sum(months) == yuan and min(months) >= 0
    assert all(each == 0 for each in months[: first - 1])


@given(st.lists(st.tuples(st.sampled_from(ORDER), st.decimals(0, 10**11, places=2)), max_size=40))
def test_the_four_libraries_hold_every_row_once(rows: list[tuple[str, Decimal]]) -> None:
    found = totals(rows)

    assert list(found) == list(LIBRARIES)
    assert sum(n for n, _ in found.values()) == len(rows)
    assert sum(amount for _, amount in found.values()) == sum(amount for _, amount in rows)


def test_money_is_said_in_yi() -> None:
    assert in_yi(Decimal("35500000000")) == "355.00 亿元"
    assert in_yi(Decimal("123456789012.34")) == "1,234.57 亿元"
