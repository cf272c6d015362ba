"""When the rule proposes that a project stands still, and when it keeps silent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gridloop.core.standstill import Signs, idle_months, is_kept, propose

ON = date(2022, 5, 20)
MONTH = {number: date(2022, number, 1) for number in range(1, 6)}


@pytest.mark.parametrize(
    ("signs", "standing"),
    [
        (Signs(ON, "normal", "planned", start_planned=date(2022, 4, 21)), None),  # 29 days late
        (Signs(ON, "normal", "planned", start_planned=date(2022, 4, 20)), "half"),
        (Signs(ON, "normal", "reserve", start_planned=date(2021, 11, 1)), "stalled"),
        (Signs(ON, "normal", "planned", start_planned=date(2021, 11, 1), started=date(2022, 5, 1)), None),
        (Signs(ON, "normal", "building", months_idle=1), None),
        (Signs(ON, "normal", "building", months_idle=2), "half"),
        (Signs(ON, "half", "building", months_idle=3), None),  # it is said already
        (Signs(ON, "half", "building", months_idle=4), "stalled"),
        (Signs(ON, "stalled", "building", months_idle=0), "normal"),  # it goes on again
    ],
)
def test_the_gravest_new_sign_is_proposed(signs: Signs, standing: str | None) -> None:
    found = propose(signs)

    assert (found.standing if found else None) == standing


def test_a_month_that_nobody_reported_counts_as_idle_and_is_named() -> None:
    months = [(MONTH[1], Decimal(5)), (MONTH[2], Decimal(0)), (MONTH[3], None), (MONTH[4], Decimal(0))]

    idle = idle_months(months, since=date(2021, 6, 1), on=ON)
    found = propose(Signs(ON, "normal", "building", months_idle=idle[0], months_unreported=idle[1]))

    assert idle == (3, 1)
    assert found is not None and found.reasons == ("连续 3 个月没有完成投资(其中 1 个月没有月报)",)


def test_a_month_is_not_missed_before_its_report_is_due_nor_before_building_began() -> None:
    assert idle_months([], since=date(2022, 5, 3), on=ON) == (0, 0)
    assert idle_months([(MONTH[3], Decimal(1))], since=date(2022, 1, 1), on=date(2022, 5, 10)) == (0, 0)
    assert idle_months([(MONTH[3], Decimal(1))], since=date(2022, 1, 1), on=date(2022, 5, 11)) == (1, 1)


def test_a_rejection_stands_for_ninety_days_against_the_same_state_only() -> None:
    rejected = {"rejected": "half", "rejected_on": date(2022, 3, 1)}

    assert is_kept("half", **rejected, on=date(2022, 5, 29))
    assert not is_kept("half", **rejected, on=date(2022, 5, 30))
    assert not is_kept("stalled", **rejected, on=date(2022, 3, 2))
