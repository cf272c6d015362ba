"""Between midnight and eight in the morning it is still yesterday in UTC: the pages go by the day of the street."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.test import Client
from django.utils.translation import override

from gridloop.offices.archive.queries import TimelineEntry
from gridloop.web.enterprise.words import entry_shown
from tests.web.conftest import Wall

HALF_PAST_MIDNIGHT = datetime(2022, 5, 23, 16, 30, tzinfo=UTC)  # Tuesday 24 May in Beijing
NEW_YEAR = datetime(2022, 12, 31, 16, 30, tzinfo=UTC)


def test_a_policy_that_is_drafted_at_night_is_valid_from_that_day(
    signed_in: Callable[[str], Client], wall: Wall
) -> None:
    wall.at = HALF_PAST_MIDNIGHT

    page = signed_in("economy").get("/policies/new/").content.decode()

    assert 'value="2022-05-24"' in page and "2022-05-23" not in page


def test_the_calendar_opens_at_the_year_that_has_begun(signed_in: Callable[[str], Client], wall: Wall) -> None:
    wall.at = NEW_YEAR

    page = signed_in("keeper").get("/setup/calendar/").content.decode()

    assert "2023 年工作日历" in page


def test_what_the_ledger_says_of_a_firm_is_told_in_the_streets_time_with_the_weekday() -> None:
    payload = {"until": HALF_PAST_MIDNIGHT.isoformat(), "due_on": "2022-05-27"}
    entry = TimelineEntry(1, 1, "enterprise.contact_invited", HALF_PAST_MIDNIGHT, "P08", "辛管家", payload, False)

    with override("zh-hans"):
        said = {value for _, value in entry_shown(entry).lines}
    with override("en"):
        spoken = {value for _, value in entry_shown(entry).lines}

    assert "2022年5月24日(周二)00:30" in said and "2022年5月27日(周五)" in said
    assert "Tue 24 May 2022, 00:30" in spoken and "Fri 27 May 2022" in spoken
