"""The page of evenings: what had to be handed on before midnight; and notices that lead to what they speak of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from gridloop.offices.cases.overnight_models import OvernightList
from gridloop.offices.notices.models import Notice
from gridloop.site.tick import keep_books_of
from tests.offices.loop import told
from tests.sample import BEIJING, CODE, MONDAY
from tests.web.conftest import Wall

CLOSE = datetime(2022, 5, 23, 17, 30, tzinfo=BEIJING)
SignedIn = Callable[[str], Client]


def test_the_desk_is_led_from_the_notice_to_the_list_and_sees_how_it_came_out(signed_in: SignedIn, wall: Wall) -> None:
    story = told(text="呜呜呜", category="")
    keep_books_of(CODE, at=CLOSE)
    wall.at = CLOSE + timedelta(minutes=1)
    desk = signed_in("desk")

    page = desk.get("/desk/").content.decode()
    assert '<a href="/desk/overnight/">今晚 24 时前须交办 1 件</a>' in page
    assert f'<a href="/cases/{story.ref}/">待派单 {story.case.number}(不确定)</a>' in page
    evening = desk.get("/desk/overnight/").content.decode()
    assert "2022年5月23日(周一)" in evening and "17:30 列出 1 件,当天已交办 0 件" in evening and "今晚须交办" in evening

    wall.at = CLOSE + timedelta(hours=14)
    morning = desk.get("/desk/overnight/").content.decode()
    assert "过夜 1 件" in morning and f"/cases/{story.ref}/" in morning


def test_a_notice_about_a_case_that_is_no_longer_the_readers_leads_nowhere(signed_in: SignedIn, wall: Wall) -> None:
    story = told(at=MONDAY)
    keep_books_of(CODE, at=MONDAY)
    wall.at = MONDAY + timedelta(hours=1)
    assert Notice.objects.filter(to__name="丙城管").exists()
    assert f'<a href="/cases/{story.ref}/">新到事项' in signed_in("urban").get("/desk/").content.decode()

    Notice.objects.filter(to__name="丙城管").update(subject="case:0000000000000000")
    page = signed_in("urban").get("/desk/").content.decode()

    assert "新到事项" in page and "/cases/0000000000000000/" not in page


@pytest.mark.parametrize("name", ["urban", "manager", "grid", "keeper", "verifier"])
def test_others_are_refused_in_words_and_see_no_way_there(signed_in: SignedIn, name: str) -> None:
    assert "/desk/overnight/" not in signed_in(name).get("/desk/").content.decode()
    refused = signed_in(name).get("/desk/overnight/")
    assert refused.status_code == 403 and "过夜清单由值班受理岗、街道领导和审计员查看" in refused.content.decode()


def test_an_empty_page_says_what_it_means_and_many_evenings_are_turned(signed_in: SignedIn) -> None:
    desk = signed_in("leader")
    assert "还没有过夜清单" in desk.get("/desk/overnight/").content.decode()

    first = date(2022, 4, 1)
    for day in (first + timedelta(days=n) for n in range(35)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1)
        OvernightList.objects.create(
            street=CODE, on=day, made_at=midnight - timedelta(hours=6), until=midnight, cases=[]
        )
    newest = desk.get("/desk/overnight/").content.decode()
    assert "2022年5月5日" in newest and "2022年4月5日" not in newest and "?before=2022-04-06" in newest
    older = desk.get("/desk/overnight/?before=2022-04-06").content.decode()
    assert "2022年4月5日" in older and "2022年4月1日" in older and "回到第一页" in older
    assert desk.get("/desk/overnight/?before=nonsense").status_code == 200
