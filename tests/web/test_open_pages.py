"""Pages that stand open: who else has a case open, whether it or the desk has changed, and how long ago things were, in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import translation

from gridloop.offices.cases import actions
from gridloop.web.sentences import spoken
from gridloop.web.wording import ago
from tests.sample import MONDAY, who
from tests.web.test_queries import queries


def here(client, case, *, rev=0):
    return client.post(f"/cases/{case}/here/?rev={rev}").content.decode()


def test_two_who_have_a_case_open_read_of_each_other(signed_in, light):
    urban, desk = signed_in("urban"), signed_in("desk")

    first, second, again = here(urban, light), here(desk, light), here(urban, light)

    assert "也开着这件" not in first
    assert "也开着这件" in second and "也开着这件" in again


def test_who_has_gone_is_no_longer_named(signed_in, light, wall):
    here(signed_in("urban"), light)

    wall.at = MONDAY + timedelta(minutes=2)

    assert "也开着这件" not in here(signed_in("desk"), light)


def test_a_case_that_was_acted_on_meanwhile_says_so(signed_in, light):
    desk = signed_in("desk")
    before = here(desk, light)

    actions.accept(by=who("urban"), at=MONDAY, case=light)

    assert "有变化" not in before
    assert "此件刚刚有变化" in here(desk, light)


def test_whoever_may_not_open_a_case_learns_nothing_of_who_has(signed_in, light):
    answer = signed_in("housing").post(f"/cases/{light}/here/?rev=0")

    assert answer.status_code == 404


def test_the_desk_tells_that_something_came(signed_in, light):
    urban = signed_in("urban")
    seen = re.search(r"/desk/numbers/\?seen=(\w+)", urban.get("/desk/").content.decode()).group(1)
    before = urban.get(f"/desk/numbers/?seen={seen}").content.decode()

    actions.accept(by=who("urban"), at=MONDAY, case=light)

    assert "工作台有变化" not in before
    assert "工作台有变化" in urban.get(f"/desk/numbers/?seen={seen}").content.decode()


def test_asking_for_the_numbers_costs_no_more_than_the_desk(signed_in, light):
    desk = signed_in("desk")
    desk.get("/desk/")

    assert queries(desk, "/desk/numbers/") <= queries(desk, "/desk/")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=59), "59 分钟前"),
        (timedelta(hours=23, minutes=59), "23 小时前"),
        (timedelta(days=6, hours=23), "6 天前"),
        (timedelta(days=7), ""),  # a date says more
        (timedelta(hours=-1), ""),  # still to come
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit(length, words):
    assert ago(length) == words


def test_a_list_says_how_long_ago_and_the_exact_moment_on_hover(signed_in, light, wall):
    wall.at = MONDAY + timedelta(hours=3)

    page = signed_in("desk").get("/cases/").content.decode()

    assert '<time datetime="2022-05-23T10:00:00+08:00" title="2022年5月23日(周一)10:00">3 小时前</time>' in page


def test_dates_in_our_sentences_get_their_weekday():
    said = spoken("自2022年5月23日 10:00 交办起算,至2022年5月30日 10:00 止。")

    assert said == "自2022年5月23日(周一)10:00 交办起算,至2022年5月30日(周一)10:00 止。"
    assert spoken(said) == said  # said twice, it stays


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_that_no_calendar_has_stays_as_it_was_written(language):
    with translation.override(language):
        assert "2022年2月30日" in spoken("2022年2月30日 10:00")
