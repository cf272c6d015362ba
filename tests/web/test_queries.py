"""The pages cost the same however long the history is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.offices.cases import actions
from tests.sample import CODE, IN_SW, MONDAY, who


def queries(client, address):
    client.get(address)  # the street's rules are compiled once
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def file_more(count):
    for number in range(count):
        filing = actions.Filing(
            text=f"第 {number} 处路灯不亮",
            category="城乡建设/市政设施/路灯",
            source="phone",
            reporter_phone="13800000005",
            **IN_SW,
        )
        actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing)


@pytest.mark.parametrize("address", ["/cases/", "/desk/", "/atlas/"])
def test_a_page_of_many_cases_asks_as_often_as_one_of_few(signed_in, light, address):
    client = signed_in("desk")
    few = queries(client, address)
    file_more(25)

    assert queries(client, address) == few
    assert few <= 30


def test_the_case_page_asks_as_often_after_a_long_history(signed_in, light, wall):
    client = signed_in("desk")
    actions.accept(by=who("urban"), at=MONDAY, case=light)
    actions.note_progress(by=who("urban"), at=MONDAY, case=light, text="第一次到场")
    few = queries(client, f"/cases/{light}/")

    for number in range(20):
        actions.note_progress(
            by=who("urban"), at=MONDAY + timedelta(minutes=number), case=light, text=f"第 {number} 次到场"
        )

    assert queries(client, f"/cases/{light}/") == few
    assert few <= 49
