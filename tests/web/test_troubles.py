"""The pages of one trouble with many reporters: the hot list, one trouble, joining, keeping apart, what came back, the project proposal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.offices.cases.trouble_models import ProjectProposal, Recurrence, Trouble, TroubleCase
from gridloop.site import tick
from tests.offices.loop import DAY, Story, cleared, told
from tests.sample import MONDAY
from tests.web.setting_up import text_of

SAYS = ["柳荫路路灯不亮三天了", "柳荫路的路灯坏了,晚上不亮", "路灯不亮,柳荫路口漆黑", "柳荫路上路灯都不亮"]


def lamps(many: int = 3) -> list[Story]:
    found = []
    for number in range(many):
        at = MONDAY + number * timedelta(minutes=10)
        found.append(
            told(at=at, text=SAYS[number % 4], reporter_name=f"王{number}明", reporter_phone=f"1380000000{number}")
        )
        tick.once(at=at + timedelta(minutes=1))
    return found


@pytest.fixture
def desk(signed_in, wall):
    """The desk's browser, an hour after the third report."""
    wall.at = MONDAY + timedelta(hours=1)
    return signed_in("desk")


def test_the_desk_sees_what_looks_like_one_trouble_and_joins_it_with_one_click(desk):
    first, second, third = lamps()
    trouble = Trouble.objects.get()

    assert "这 3 件看起来是同一问题" in text_of(desk.get("/desk/"))
    page = text_of(desk.get(f"/troubles/{trouble.ref}/"))
    answer = desk.post(
        f"/troubles/{trouble.ref}/join/", {"into": first.ref, "case": [first.ref, second.ref, third.ref], "reason": "同一盏路灯"}, follow=True
    )  # fmt: skip

    assert "这 3 件看起来是同一问题" in page and "3 人 × (1 + 100%) ÷ 2" in page and "集中度" in page
    assert "王2明" not in page and "13800000002" not in page, "reporters are masked"
    assert "已并案" in text_of(answer) and [each.case.state for each in (first, second, third)] == [
        "routed",
        "merged",
        "merged",
    ]
    assert "看起来是同一问题" not in text_of(desk.get("/desk/"))


def test_the_page_draws_the_cases_on_the_map_and_the_weeks(desk):
    lamps(2)
    told(at=MONDAY + 20 * DAY, text="柳荫路路灯仍然不亮", reporter_phone="13900000000")
    tick.once(at=MONDAY + 20 * DAY + timedelta(minutes=1))

    html = desk.get(f"/troubles/{Trouble.objects.get().ref}/").content.decode()

    assert html.count('class="gl-marker"') == 3 and html.count("<meter") == 3


def test_a_joining_that_does_not_hold_is_refused_with_what_was_typed_kept(desk):
    first, *_ = lamps(2)
    ref = Trouble.objects.get().ref

    answer = desk.post(f"/troubles/{ref}/join/", {"into": first.ref, "reason": "同一盏路灯"})

    assert (
        answer.status_code == 422 and "请选定主办的一件" in text_of(answer) and "同一盏路灯" in answer.content.decode()
    )


def test_a_case_is_kept_apart_with_a_reason(desk):
    _first, second = lamps(2)
    ref = Trouble.objects.get().ref

    answer = desk.post(f"/troubles/{ref}/apart/", {"case": second.ref, "reason": "另一条路"}, follow=True)

    assert "已记为不是同一问题" in text_of(answer)
    assert TroubleCase.objects.get(case__ref=second.ref).standing == "apart"


def test_joining_is_undone_on_the_case_page(desk):
    first, second = lamps(2)
    ref = Trouble.objects.get().ref
    desk.post(f"/troubles/{ref}/join/", {"into": first.ref, "case": [second.ref], "reason": "同一盏路灯"})

    assert "撤销并案" in text_of(desk.get(f"/cases/{second.ref}/"))
    answer = desk.post(
        f"/cases/{second.ref}/do/unmerge/", {"rev": second.case.rev, "key": "k1", "reason": "不是同一盏"}, follow=True
    )

    assert answer.status_code == 200 and second.case.state == "routed"


def test_the_hot_list_is_narrowed_to_a_period(desk):
    lamps()

    assert "柳荫路路灯不亮三天了" in text_of(desk.get("/troubles/?from=2022-05-01&to=2022-05-23"))
    for asked in ("?from=2022-01-01&to=2022-05-22", "?from=gestern&to=2022-05-01"):
        assert "这段时间没有多人反映的同一问题" in text_of(desk.get(f"/troubles/{asked}"))


def test_a_day_that_no_calendar_of_ours_has_shows_the_page(desk):
    """The first day of all was more than ten years after a day that there is not, and the page failed."""
    for asked in ("?to=0001-01-01", "?from=0001-01-01", "?from=9999-12-31&to=9999-12-31"):
        assert desk.get(f"/troubles/{asked}").status_code == 200


def test_whoever_sees_no_case_of_a_trouble_is_told_nothing_of_it(signed_in, wall):
    first, second = lamps(2)
    wall.at = MONDAY + timedelta(hours=1)
    ref = Trouble.objects.get().ref
    browser = signed_in("economy")

    for path, sent in (("join", {"into": first.ref, "case": [second.ref]}), ("apart", {"case": second.ref})):
        assert browser.post(f"/troubles/{ref}/{path}/", sent | {"reason": "同一盏"}).status_code == 404


def test_who_may_not_join_sees_the_trouble_without_the_forms(signed_in, wall):
    first, second = lamps(2)
    wall.at = MONDAY + timedelta(hours=1)
    ref = Trouble.objects.get().ref
    browser = signed_in("urban")

    page = text_of(browser.get(f"/troubles/{ref}/"))

    assert "并为一件办理" not in page and "分开,以后不再一起提示" not in page
    assert (
        browser.post(
            f"/troubles/{ref}/join/", {"into": first.ref, "case": [second.ref], "reason": "同一盏"}
        ).status_code
        == 403
    )
    assert signed_in("economy").get(f"/troubles/{ref}/").status_code == 404


def test_what_came_back_is_marked_on_the_case_and_may_be_dismissed(signed_in, wall):
    browser = signed_in("desk")
    before = cleared()
    again = told(at=MONDAY + 30 * DAY, text="柳荫路路灯又不亮了")
    tick.once(at=again.now + timedelta(minutes=1))
    wall.at = again.now + timedelta(hours=1)

    page, old = text_of(browser.get(f"/cases/{again.ref}/")), text_of(browser.get(f"/cases/{before.ref}/"))
    listed = text_of(browser.get("/troubles/"))

    assert (
        "反复问题" in page and before.case.number in page and again.case.number in old and before.case.number in listed
    )
    assert browser.post(f"/cases/{again.ref}/not-recurring/", {"reason": ""}).status_code == 302, (
        "a reason is asked for"
    )
    assert Recurrence.objects.get().dismissed_at is None
    browser.post(f"/cases/{again.ref}/not-recurring/", {"reason": "新装的另一盏"})
    assert Recurrence.objects.get().dismissed_because == "新装的另一盏"
    assert "去掉标记" not in text_of(browser.get(f"/cases/{again.ref}/"))


def test_a_trouble_becomes_a_project_proposal_that_another_leader_decides(desk, signed_in):
    first, *_ = lamps(2)
    ref = Trouble.objects.get().ref
    words = {"title": "柳荫路路灯改造", "root_cause": "电缆老化", "cost": "八万元", "benefit": "不再反复熄灭"}
    words |= {"estimate": "8", "unit": "urban", "sector": "infrastructure"}

    refused = desk.post(f"/troubles/{ref}/propose/", words | {"cost": ""})
    made = desk.post(f"/troubles/{ref}/propose/", words, follow=True)
    row = ProjectProposal.objects.get()
    leader = signed_in("leader")
    page = text_of(leader.get(f"/proposals/{row.ref}/"))
    decided = leader.post(f"/proposals/{row.ref}/", {"approved": "yes", "remark": "列入下季度"}, follow=True)

    assert refused.status_code == 422 and "立项建议已提出" in text_of(made) and "电缆老化" in page
    assert (row.estimate, row.unit) == (80_000, "urban") and "8 万元" in page
    assert "批示已记入台账" in text_of(decided) and ProjectProposal.objects.get().state == "approved"
    assert "柳荫路路灯改造" in text_of(desk.get(f"/cases/{first.ref}/")) and "柳荫路路灯改造" in text_of(
        desk.get("/troubles/")
    )
    assert signed_in("economy").get(f"/proposals/{row.ref}/").status_code == 404


def test_more_cases_ask_no_more_of_the_database(desk):
    lamps(2)
    ref = Trouble.objects.get().ref
    counts = []
    for number in (5, 6):
        told(at=MONDAY + timedelta(minutes=30 + number), text=SAYS[number % 4], reporter_phone=f"1390000000{number}")
        tick.once(at=MONDAY + timedelta(minutes=40 + number))
        for address in ("/troubles/", f"/troubles/{ref}/", "/desk/"):
            desk.get(address)
        with CaptureQueriesContext(connection) as asked:
            for address in ("/troubles/", f"/troubles/{ref}/", "/desk/"):
                desk.get(address)
        counts.append(len(asked))

    assert counts[0] == counts[1]
