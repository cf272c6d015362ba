"""A street's front page and its map of open problems: true figures with their n, and nobody to be recognised."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from gridloop.core.errors import NotAllowed, WrongInput
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.notices.publicity.actions import set_publicity
from gridloop.offices.notices.publicity.queries import publicity_of
from gridloop.web.middleware import policy
from gridloop.web.public.doors import PUBLIC
from tests.sample import CODE, who
from tests.web_public.conftest import Resident

LIGHT = "城乡建设/市政设施/路灯"
NOISE = "环境保护/噪音"
DAY = timedelta(hours=24)
MAP = "/s/sample/map/"


def told(grid: str, times: int, category: str = LIGHT, *, days_ago: int = 3, phone: str = "") -> None:
    """So many people told of this there, some days ago."""
    for _ in range(times):
        filing = Filing(text="路灯不亮", category=category, grid=grid, reporter_phone=phone)
        file_case(by=PUBLIC, at=now() - timedelta(days=days_ago), street=CODE, filing=filing)


def switched_on(least: int = 3) -> None:
    set_publicity(
        by=who("keeper", at=now()),
        at=now(),
        street=CODE,
        shows_map=True,
        least=least,
        delay_for=DAY,
        reason="主任办公会议定",
    )


def numbers(page: str) -> dict[str, int]:
    """The table of the map: place and people."""
    rows = re.findall(
        r'<th scope="row">(?:<span[^>]*>[^<]*</span>)?([^<]+?) ?(?:<a .*?</a>)?</th><td class="gl-number"[^>]*>(\d+)</td>',
        page,
    )
    return {name: int(people) for name, people in rows}


# -- the front page --------------------------------------------------------------------------------------------------------


def test_the_street_says_its_own_limits_and_how_to_check(resident: Resident, sealed: Any) -> None:
    resident.receipt()
    sealed()

    page = resident.reads("/s/sample/")

    for said in ("反映问题", "多久有结果", "7 个自然日", "台账能自己核对", "不到 10 件不算比例"):
        assert said in page
    assert MAP not in page


def test_rates_stand_beside_their_n(resident: Resident) -> None:
    told("C1-SW", 12)
    for case in Case.objects.all():
        actions.accept(by=who("urban", at=now()), at=case.filed_at + timedelta(hours=1), case=case.ref)
        actions.answer(
            by=who("urban", at=now()), at=case.filed_at + timedelta(hours=2), case=case.ref, text="已更换灯泡"
        )

    page = resident.reads("/s/sample/")

    assert "100%" in page and "12 件中的 12 件" in page
    assert "只有 0 件" in page  # nobody judged: no rate


def test_the_front_page_costs_the_same_with_more_cases(resident: Resident, django_assert_num_queries: Any) -> None:
    resident.reads("/s/sample/")
    told("C1-SW", 1)
    with django_assert_num_queries(_queries(resident, "/s/sample/")):
        told_before = Case.objects.count()
        resident.reads("/s/sample/")
    assert told_before == 1


def _queries(resident: Resident, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        resident.reads(path)
    return len(caught) + 1  # the count of the test itself


# -- the map ----------------------------------------------------------------------------------------------------------------


def test_the_map_is_off_until_a_keeper_switches_it_on_and_the_ledger_says_so(resident: Resident) -> None:
    assert resident.browser.get(MAP).status_code == 404

    switched_on()

    assert resident.browser.get(MAP).status_code == 200
    assert [entry.kind for entry in timeline(f"street:{CODE}")][-1] == "street.publicity_set"
    assert MAP in resident.reads("/s/sample/")


@pytest.mark.parametrize("username", ["desk", "urban", "grid", "verifier"])
def test_nobody_else_switches_it_on(resident: Resident, username: str) -> None:
    with pytest.raises(NotAllowed):
        set_publicity(by=who(username), at=now(), street=CODE, shows_map=True, least=3, delay_for=DAY, reason="想看看")


@pytest.mark.parametrize(
    ("least", "delay", "reason"),
    [
        (2, DAY, "理由写明"),
        (51, DAY, "理由写明"),
        (3, timedelta(hours=23), "理由写明"),
        (3, timedelta(days=31), "理由写明"),
        (3, DAY, "短"),
    ],
)
def test_what_would_give_people_away_is_refused(resident: Resident, least: int, delay: timedelta, reason: str) -> None:
    with pytest.raises(WrongInput):
        set_publicity(
            by=who("keeper"), at=now(), street=CODE, shows_map=True, least=least, delay_for=delay, reason=reason
        )

    assert not publicity_of(CODE).shows_map


def test_small_cells_and_kinds_are_hidden_and_cannot_be_subtracted(resident: Resident) -> None:
    told("C1-SW", 5)
    told("C1-SE", 3)
    told("C2-NW", 4)
    told("C2-NE", 1, NOISE)
    switched_on()

    page = resident.reads(MAP)

    shown = numbers(page)
    assert shown == {"柳荫街道": 13, "柳荫社区": 8, "西南小区": 5, "东南小区": 3, "河畔社区": 5}
    assert "环境保护" not in shown and "西北小区" not in shown  # 5 - 4 would be one person; 13 - 12 as well
    assert "路灯不亮" not in page


def test_what_is_younger_than_a_day_or_answered_does_not_count(resident: Resident) -> None:
    told("C1-SW", 3)
    told("C1-SW", 2, days_ago=0)
    told("C1-SE", 3)
    for case in Case.objects.filter(grid__code="C1-SE"):
        actions.accept(by=who("urban", at=now()), at=now(), case=case.ref)
        actions.answer(by=who("urban", at=now()), at=now(), case=case.ref, text="已更换灯泡")
    switched_on()

    assert numbers(resident.reads(MAP)) == {"柳荫街道": 3, "柳荫社区": 3, "西南小区": 3, "城乡建设": 3}


def test_one_person_who_told_five_times_is_nobody_on_the_map(resident: Resident) -> None:
    told("C1-SW", 5, phone="0371-60000001")
    switched_on()

    page = resident.reads(MAP)

    assert numbers(page) == {} and "现在没有可以公开的数字" in page


def test_the_map_does_not_change_within_the_day(resident: Resident) -> None:
    told("C1-SW", 3)
    switched_on()
    before = numbers(resident.reads(MAP))
    told("C1-SE", 4)

    assert numbers(resident.reads(MAP)) == before


def test_who_told_of_two_troubles_counts_once(resident: Resident) -> None:
    told("C1-SW", 3)
    told("C1-SW", 1, phone="0371-60000001")
    told("C1-SE", 1, NOISE, phone="0371-60000001")
    switched_on()

    assert numbers(resident.reads(MAP))["柳荫街道"] == 4
    assert Report.objects.count() == 5


# -- how pages are sent -------------------------------------------------------------------------------------------------------


def test_a_page_is_sent_compressed_only_to_who_takes_it(resident: Resident) -> None:
    plain = resident.browser.get("/s/sample/")
    packed = resident.browser.get("/s/sample/", HTTP_ACCEPT_ENCODING="gzip, br")

    assert "Content-Encoding" not in plain and packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain["Vary"] and int(packed["Content-Length"]) == len(packed.content) < len(
        plain.content
    )
    assert "柳荫街道" in gzip.decompress(packed.content).decode()


def test_the_policy_names_the_tile_host_and_nothing_else_from_elsewhere() -> None:
    told = policy(("https://t0.map.example/{z}/{x}/{y}.png?key=secret",))

    assert "img-src 'self' data: blob: https://t0.map.example;" in told
    assert "secret" not in told and "unsafe" not in told
    assert "map.example" not in policy()
