"""The rules in the open: tables drafted by one person and published by another, calendars, profiles, vacancies."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.queries.pages import routing_tables, table_in_force
from gridloop.offices.organisation import actions as organisation
from tests.sample import CODE, MONDAY

GOOD = "行,类别,单位,时限方案,理由\nR1,,urban,san_bu_guo,全部由{unit}主办\n"
HOLED = "行,类别,单位,时限方案,理由\nR1,城乡建设,urban,san_bu_guo,城建类\n"
WRONG = "行,类别,单位,时限方案,理由\n,城乡建设,urban,,\n"


def upload(client, text, encoding="utf-8"):
    return client.post(
        "/setup/routes/draft/", {"file": SimpleUploadedFile("routes.csv", text.encode(encoding)), "note": "试改"}
    )


def test_a_draft_is_published_by_a_second_person(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    upload(keeper, GOOD)
    draft = next(table for table in routing_tables(CODE) if table.state == "draft")

    own = keeper.post(f"/setup/routes/{draft.ref}/publish/")
    other = second.post(f"/setup/routes/{draft.ref}/publish/")

    assert own.status_code == 403 and "第二个人" in own.content.decode()
    assert other.status_code == 302
    assert table_in_force(CODE, at=MONDAY).version == draft.version


def test_a_draft_with_a_hole_shows_its_counter_example(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    upload(keeper, HOLED, encoding="gb18030")
    draft = next(table for table in routing_tables(CODE) if table.state == "draft")

    page = second.get("/setup/routes/").content.decode()
    refused = second.post(f"/setup/routes/{draft.ref}/publish/")

    assert "反例" in page and "企业服务" in page
    assert refused.status_code == 409 and "路由表还不能发布" in refused.content.decode()


def test_a_malformed_draft_names_row_and_column(signed_in):
    answer = upload(signed_in("keeper"), WRONG)

    assert answer.status_code == 422
    assert "时限方案" in answer.content.decode()


def test_an_earlier_table_comes_back_as_a_new_version(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    first = table_in_force(CODE, at=MONDAY)
    upload(keeper, GOOD)
    draft = next(table for table in routing_tables(CODE) if table.state == "draft")
    second.post(f"/setup/routes/{draft.ref}/publish/")

    answer = keeper.post(f"/setup/routes/{first.ref}/roll-back/")

    now = table_in_force(CODE, at=MONDAY)
    assert answer.status_code == 302
    assert now.rows == first.rows and now.version == draft.version + 1


def test_only_keepers_draft_and_publish(signed_in):
    client = signed_in("urban")

    assert upload(client, GOOD).status_code == 403
    assert "上传草稿" not in client.get("/setup/routes/").content.decode()


def test_the_calendar_shows_holidays_and_says_which_year_is_provisional(signed_in):
    client = signed_in("urban")

    known = client.get("/setup/calendar/?year=2022").content.decode()
    unknown = client.get("/setup/calendar/?year=2090").content.decode()

    assert "国庆节" in known and "尚未公布" not in known
    assert "尚未公布" in unknown


def test_a_vacant_post_is_called_vacant(signed_in):
    organisation.add_post(
        by=SYSTEM,
        at=MONDAY,
        street=CODE,
        code="GRID-C2",
        title="河畔网格员",
        role="grid_worker",
        unit="office",
        place=f"410102/{CODE}/C2",
    )
    client = signed_in("desk")

    assert "缺岗" in client.get("/setup/posts/").content.decode()
    assert "缺岗" in client.get("/atlas/").content.decode()


def test_profiles_come_with_worked_examples(signed_in):
    page = signed_in("urban").get("/setup/profiles/").content.decode()

    assert "三不过" in page and "2022年5月30日(周一)10:00" in page
