"""The rules in the open, and changed by change-sets: drafted by one person, published by another, without JavaScript."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.queries.pages import routing_tables, table_in_force
from gridloop.offices.cases.queries.templates import templates_for
from gridloop.offices.organisation import actions as organisation
from gridloop.offices.organisation import queries
from gridloop.offices.organisation.changesets.queries import change_sets
from tests.sample import CODE, MONDAY
from tests.web.setting_up import GOOD, HOLED, PARKS, WRONG, do, newest, shown, text_of, upload

# --- the way of a change-set -----------------------------------------------------------------------------------------


def test_a_unit_goes_from_the_form_to_in_force(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")

    drafted = keeper.post("/setup/rows/units/edit/", PARKS | {"title": "新设园林队"})
    submitted = do(keeper, "submit")
    seen = text_of(leader.get("/setup/"))
    page = text_of(leader.get(f"/setup/changes/{newest().ref}/"))
    published = do(leader, "publish")

    assert [drafted.status_code, submitted.status_code, published.status_code] == [302, 302, 302]
    assert "等您核对发布" in seen and "新设园林队" in seen
    assert "园林绿化队" in page and "没有发现问题" in page
    assert queries.unit(CODE, "parks").name == "园林绿化队"


def test_a_draft_is_published_by_a_second_person(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    upload(keeper, GOOD)
    do(keeper, "submit")

    own = do(keeper, "publish")
    other = do(second, "publish")

    assert own.status_code == 403 and "第二个人" in text_of(own)
    assert other.status_code == 302
    assert table_in_force(CODE, at=MONDAY).version == 2


def test_a_hole_is_refused_with_its_case_and_shown_beside_the_draft(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    upload(keeper, HOLED, encoding="gb18030")

    refused = do(keeper, "submit")
    page = text_of(keeper.get(f"/setup/changes/{newest().ref}/"))

    assert refused.status_code == 409 and "企业服务" in text_of(refused)
    assert "路由表的证明" in page and "没有任何一行承接" in page
    assert do(second, "publish").status_code == 409


def test_a_failure_of_the_proof_links_to_its_row(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    upload(keeper, GOOD + "R2,城乡建设,housing,san_bu_guo,甲\nR3,城乡建设,office,san_bu_guo,乙\n")
    ref = newest().ref

    assert f"/setup/routes/edit/?set={ref}#row-R2" in text_of(keeper.get(f"/setup/changes/{ref}/"))
    assert 'id="row-R2"' in text_of(keeper.get(f"/setup/routes/edit/?set={ref}"))
    assert 'href="#change-routes-R2"' in text_of(second.get(f"/setup/changes/{ref}/"))


def test_the_table_in_force_is_proved_on_its_own_page(signed_in):
    page = text_of(signed_in("keeper").get("/setup/routes/?prove=1"))

    assert "路由表的证明" in page and "不能发布" not in page and "最多提级 1 级" in page


def test_a_malformed_sheet_names_row_and_column(signed_in):
    answer = upload(signed_in("keeper"), WRONG)

    assert answer.status_code == 422
    assert "第 2 行 · 时限方案" in text_of(answer)


def test_an_earlier_table_comes_back_as_a_new_version(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    first = table_in_force(CODE, at=MONDAY)
    upload(keeper, GOOD)
    do(keeper, "submit")
    do(second, "publish")

    adopted = keeper.post(f"/setup/routes/{first.ref}/adopt/")
    do(keeper, "submit")
    do(second, "publish")

    now = table_in_force(CODE, at=MONDAY)
    assert adopted.status_code == 302
    assert now.version == 3
    assert [row["row"] for row in now.rows] == [row["row"] for row in first.rows] or {r["row"] for r in now.rows} == {
        r["row"] for r in first.rows
    }


def test_rolling_back_is_a_change_set_of_its_own(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")
    keeper.post("/setup/rows/units/edit/", PARKS)
    do(keeper, "submit")
    do(leader, "publish")

    do(keeper, "roll_back", reason="名称有误")
    do(leader, "publish")

    assert [each.code for each in queries.units(CODE, at=MONDAY)].count("parks") == 0
    assert newest().rolls_back.title == "单位变更"


def test_a_later_day_is_kept_until_it_comes(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")
    keeper.post("/setup/rows/units/edit/", PARKS)
    do(keeper, "submit", effective_on="2022-06-01")
    do(leader, "publish")

    page = text_of(leader.get("/setup/"))

    assert newest().state == "published"
    assert "2022年6月1日" in page
    assert all(each.code != "parks" for each in queries.units(CODE, at=MONDAY))


@pytest.mark.parametrize("said", ["2022-05-01", "2032-01-01", "明天", "2022-02-30"])
def test_a_day_that_cannot_be_is_refused(signed_in, said):
    keeper = signed_in("keeper")
    keeper.post("/setup/rows/units/edit/", PARKS)

    assert do(keeper, "submit", effective_on=said).status_code == 422


def test_only_keepers_draft_and_others_read(signed_in):
    client = signed_in("urban")

    assert upload(client, GOOD).status_code == 403
    assert client.post("/setup/rows/units/edit/", PARKS).status_code == 403
    assert "在表格里改" not in text_of(client.get("/setup/routes/"))
    assert client.get("/setup/changes/").status_code == 200


def test_an_unknown_change_set_or_verb_is_not_found(signed_in):
    client = signed_in("keeper")
    client.post("/setup/rows/units/edit/", PARKS)

    assert client.get("/setup/changes/nobody/").status_code == 404
    assert client.post("/setup/changes/nobody/do/publish/", {"rev": "1"}).status_code == 404
    assert do(client, "explode").status_code == 404
    assert client.get("/setup/rows/nothing/").status_code == 404
    assert client.get("/setup/rows/units/edit/?key=nobody").status_code == 404
    assert do(client, "publish", rev="9" * 30).status_code == 422


def test_a_bad_cell_is_told_beside_its_field(signed_in):
    answer = signed_in("keeper").post("/setup/rows/units/edit/", PARKS | {"code": "urban"})

    assert answer.status_code == 422
    assert "data-invalid" in text_of(answer) and "已被使用" in text_of(answer)


def test_a_secret_is_never_shown_and_stays_when_left_empty(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")
    keeper.post(
        "/setup/rows/channels/edit/", {"person": "P01", "kind": "apprise", "address": "wecombot://verysecretkey"}
    )
    draft = text_of(keeper.get(f"/setup/changes/{newest().ref}/"))
    do(keeper, "submit")
    do(leader, "publish")
    listed = text_of(keeper.get("/setup/rows/channels/"))
    key = re.search(r"edit/\?key=(\w+)", listed).group(1)
    form = text_of(keeper.get(f"/setup/rows/channels/edit/?key={key}"))
    sheet = keeper.get("/setup/rows/channels/sheet.csv").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', form).group(1)
    changed = keeper.post(
        "/setup/rows/channels/edit/",
        {
            "key": key,
            "seen": seen,
            "person": "P01",
            "kind": "apprise",
            "address": "",
            "as_digest": "1",
            "change_set": "new",
        },
    )

    assert all("verysecretkey" not in each for each in (draft, listed, form, sheet))
    assert changed.status_code == 302
    assert "地址" not in [line[0] for each in shown() for line in each.lines]


def test_a_template_is_offered_to_its_category_once_published(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")
    keeper.post(
        "/setup/rows/templates/edit/",
        {"title": "路灯已修复", "body": "已修复。", "category": "城乡建设", "verb": "answer"},
    )
    do(keeper, "submit")
    do(leader, "publish")

    assert [each.title for each in templates_for(CODE, "城乡建设/市政设施/路灯", "handling")] == ["路灯已修复"]
    assert templates_for(CODE, "环境保护/噪音", "handling") == []
    assert templates_for(CODE, "城乡建设", "handling", verb="return_case") == []


# --- profiles and calendar -------------------------------------------------------------------------------------------


def form_of(page):
    fields = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*?value="([^"]*)"', page))
    for name, body in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        fields[name] = chosen.group(1)
    fields |= dict(re.findall(r'<textarea[^>]*name="([\w-]+)"[^>]*>(.*?)</textarea>', page, re.S))
    unticked = re.findall(r'type="checkbox" name="([\w-]+)" value="1">', page)
    return {
        name: value
        for name, value in fields.items()
        if name not in unticked and name not in ("csrfmiddlewaretoken", "save", "count", "text")
    }


def test_profiles_come_with_three_worked_examples(signed_in):
    page = text_of(signed_in("urban").get("/setup/profiles/"))

    assert "三不过" in page
    assert all(words in page for words in ("周五下班后收件", "春节前最后一个工作日收件", "调休上班的周六收件"))


@pytest.mark.parametrize("code", ["san_bu_guo", "13710", "1137", "12345"])
def test_a_profile_saved_as_it_is_is_no_change(signed_in, code):
    client = signed_in("keeper")
    fields = form_of(text_of(client.get(f"/setup/profiles/edit/?code={code}")))

    answer = client.post(f"/setup/profiles/edit/?code={code}", fields | {"save": "1"})

    assert answer.status_code == 409, text_of(answer)[:3000]


def test_counting_again_shows_the_new_dates_without_saving(signed_in):
    client = signed_in("keeper")
    fields = form_of(text_of(client.get("/setup/profiles/edit/?code=san_bu_guo")))

    page = text_of(client.post("/setup/profiles/edit/?code=san_bu_guo", fields | {"s1-l1-number": "3", "count": "1"}))

    assert "3 个自然日" in page
    assert change_sets(CODE) == []


def test_a_shorter_limit_is_published_for_new_cases(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")
    fields = form_of(text_of(keeper.get("/setup/profiles/edit/?code=san_bu_guo")))
    saved = keeper.post("/setup/profiles/edit/?code=san_bu_guo", fields | {"s1-l1-number": "3", "save": "1"})
    do(keeper, "submit")
    page = text_of(leader.get(f"/setup/changes/{newest().ref}/"))
    do(leader, "publish")

    from gridloop.offices.supervision.queries import profile

    assert saved.status_code == 302
    assert "其余 7 个自然日" in page and "其余 3 个自然日" in page
    assert profile(CODE, "san_bu_guo").limit_of("handle").number == 3


NOTICE = """一、元旦:1月1日(周五)至3日(周日)放假调休,共3天。1月4日(周一)上班。
二、春节:2月5日(周五)至11日(周四)放假调休,共7天。1月30日(周六)、2月13日(周六)上班。
"""


def test_the_calendar_shows_holidays_and_says_which_year_is_provisional(signed_in):
    client = signed_in("urban")

    known = text_of(client.get("/setup/calendar/?year=2022"))
    unknown = text_of(client.get("/setup/calendar/?year=2090"))

    assert "国庆节" in known and "尚未公布" not in known
    assert "尚未公布" in unknown


def test_next_years_notice_is_previewed_then_loaded(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")

    preview = text_of(keeper.post("/setup/calendar/load/", {"year": "2027", "text": NOTICE, "preview": "1"}))
    nothing_yet = change_sets(CODE)
    keeper.post("/setup/calendar/load/", {"year": "2027", "text": NOTICE})
    do(keeper, "submit")
    do(leader, "publish")

    assert "2027年1月30日 周六" in preview and "调休上班" in preview
    assert nothing_yet == []
    assert "春节" in text_of(keeper.get("/setup/calendar/?year=2027"))


@pytest.mark.parametrize(
    ("year", "text"),
    [("2027", ""), ("27", NOTICE), ("2027", "2026-01-01,放假,元旦"), ("2027", "{"), ("2027", "一、元旦:2月30日放假。")],
)
def test_a_notice_that_cannot_be_read_is_refused(signed_in, year, text):
    answer = signed_in("keeper").post("/setup/calendar/load/", {"year": year, "text": text})

    assert answer.status_code == 422 and "gl-errors" in text_of(answer)


@pytest.mark.parametrize("said", ["", "九点到五点", "09:00", "12:00-09:00", "25:00-26:00"])
def test_office_hours_that_cannot_be_are_refused(signed_in, said):
    assert signed_in("keeper").post("/setup/calendar/hours/", {"hours": said}).status_code == 422


# --- the rest --------------------------------------------------------------------------------------------------------


def test_a_vacant_post_is_called_vacant(signed_in):
    organisation.add_post(
        by=SYSTEM, at=MONDAY, street=CODE, code="GRID-C2", title="河畔网格员", role="grid_worker", unit="office", place=f"410102/{CODE}/C2",
    )  # fmt: skip
    client = signed_in("desk")

    assert "缺岗" in text_of(client.get("/setup/posts/"))
    assert "缺岗" in text_of(client.get("/setup/"))
    assert "缺岗" in text_of(client.get("/atlas/"))


def asked(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_lists_cost_the_same_however_long_they_are(signed_in):
    keeper = signed_in("keeper")
    keeper.post("/setup/rows/units/edit/", PARKS)
    addresses = [
        "/setup/",
        "/setup/changes/",
        "/setup/rows/units/",
        "/setup/rows/posts/",
        "/setup/rows/holdings/",
        f"/setup/changes/{newest().ref}/",
    ]
    few = [asked(keeper, address) for address in addresses]
    for number in range(12):
        organisation.add_unit(
            by=SYSTEM, at=MONDAY, street=CODE, code=f"u{number}", name=f"单位{number}", parent="office"
        )
        organisation.add_person(by=SYSTEM, at=MONDAY, street=CODE, code=f"X{number}", name=f"人{number}", unit="office")
        organisation.add_post(
            by=SYSTEM, at=MONDAY, street=CODE, code=f"p{number}", title="承办人", role="unit_worker", unit=f"u{number}"
        )
        organisation.appoint(
            by=SYSTEM, at=MONDAY - timedelta(days=1), street=CODE, post=f"p{number}", person=f"X{number}"
        )
        keeper.post("/setup/rows/units/edit/", PARKS | {"code": f"more{number}", "change_set": "new"})

    many = [asked(keeper, address) for address in addresses]

    assert many == few
    assert max(few) <= 40


def test_a_draft_of_the_command_line_can_be_put_into_a_change_set(signed_in):
    from gridloop.offices.cases.actions.tables import draft_table

    draft_table(
        by=SYSTEM,
        at=MONDAY,
        street=CODE,
        records=[{"row": "R1", "unit": "urban", "profile": "san_bu_guo"}],
        backstop_profile="san_bu_guo",
    )
    draft = next(table for table in routing_tables(CODE) if table.state == "draft")
    client = signed_in("keeper")

    assert "放进变更单" in text_of(client.get("/setup/routes/"))
    assert client.post(f"/setup/routes/{draft.ref}/adopt/").status_code == 302


def test_an_empty_workbook_is_refused(signed_in):
    out = io.BytesIO()
    Workbook().save(out)

    assert upload(signed_in("keeper"), out.getvalue()).status_code == 422


def test_control_characters_in_titles_reasons_and_refs_do_no_harm(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")

    lost = keeper.post("/setup/rows/units/edit/", PARKS | {"change_set": "a\x00b"})
    keeper.post("/setup/rows/units/edit/", PARKS | {"title": "园\x00林"})
    do(keeper, "submit", title="园\x00林队")
    do(leader, "send_back", reason="再\x00看看")

    assert lost.status_code == 404
    assert (newest().title, newest().remark) == ("园林队", "再看看")


def test_a_door_that_would_refuse_somebody_is_not_offered_to_them(signed_in):
    kept = ("/setup/tokens/", "/setup/webhooks/", "/setup/suggestions/")

    offered = {who: signed_in(who).get("/setup/").content.decode() for who in ("desk", "keeper")}

    assert not any(f'href="{door}"' in offered["desk"] for door in kept)
    assert all(f'href="{door}"' in offered["keeper"] for door in kept)
