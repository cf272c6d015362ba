"""The list in the browser's hands: search box, filters, columns, views, many at once, files; for each kind of reader."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from gridloop.offices.archive.models import AccessNote
from gridloop.offices.cases import actions
from gridloop.offices.cases.list_models import ExportRecord, SavedView
from gridloop.offices.cases.models import Case
from tests.sample import CODE, IN_NE, MONDAY, who


def text_of(answer):
    return answer.content.decode()


@pytest.fixture
def noise(light):
    filing = actions.Filing(
        text="夜间噪音扰民 <script>alert(1)</script>", category="环境保护/噪音", source="phone", **IN_NE
    )
    return actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case.ref


def test_the_box_finds_by_words_and_by_number(signed_in, light, noise):
    desk = signed_in("desk")

    assert "噪音" in text_of(desk.get("/cases/", {"text": "噪音"})) and light not in text_of(
        desk.get("/cases/", {"text": "噪音"})
    )
    assert light in text_of(desk.get("/cases/", {"text": Case.objects.get(ref=light).number}))
    assert "没有符合条件的事项" in text_of(desk.get("/cases/", {"text": "琉璃厂"}))


def test_a_telephone_number_leaves_the_address_at_once_and_the_search_is_on_record(signed_in, light, noise):
    desk = signed_in("desk")

    answer = desk.get("/cases/", {"text": "138 0000 0005"})
    assert answer.status_code == 302 and "0005" not in answer["Location"] and "phone=" in answer["Location"]
    shown = text_of(desk.get(answer["Location"]))

    assert light in shown and noise not in shown and "13800000005" not in shown
    assert AccessNote.objects.get().what == "按电话查事项"


def test_choices_carry_their_counts(signed_in, light, noise):
    shown = text_of(signed_in("desk").get("/cases/"))

    assert "生态环境站(1)" in shown and "环境保护(1)" in shown and "河畔社区(1)" in re.sub(r"　", "", shown)
    assert re.search(r'全部<span class="gl-count">2</span>', shown)


def test_columns_are_chosen_and_kept_in_the_address(signed_in, light):
    shown = text_of(signed_in("desk").get("/cases/?cols=grade&cols=contact&cols=text&cols=nonsense"))
    heads = re.findall(r'<th scope="col">([^<]*)</th>', shown)

    assert heads == ["事项", "等级", "首问人"]
    assert "cols=grade%2Ccontact" in shown


@pytest.mark.parametrize(
    "query",
    ["after=abc", "after=9" * 30, "since=tomorrow", "sort=nonsense", "cols=", "text=%00", "text=" + "x" * 5000, "state=nope", "unit=%F0%A0%AE%B7", "phone=1"],
)  # fmt: skip
def test_a_strange_address_is_answered(signed_in, light, query):
    assert signed_in("desk").get(f"/cases/?{query}").status_code == 200


def test_what_a_reporter_wrote_is_text_on_the_page(signed_in, noise):
    assert "<script>alert" not in text_of(signed_in("desk").get("/cases/"))


def test_a_view_is_kept_shown_to_the_unit_and_removed(signed_in, light):
    urban = signed_in("urban")
    urban.post("/cases/views/", {"name": "本队在办", "query": "state=open&evil=1&unit=urban", "sharing": "unit"})

    view = SavedView.objects.get()
    assert view.query == "state=open&unit=urban"  # only what a list understands is kept
    assert "本队在办" in text_of(signed_in("urban_leader").get("/cases/")) and "本队在办" not in text_of(
        signed_in("environment").get("/cases/")
    )
    assert signed_in("urban_leader").post(f"/cases/views/{view.ref}/", {"remove": "1"}).status_code == 404
    urban.post(f"/cases/views/{view.ref}/", {"remove": "1"})
    assert not SavedView.objects.exists()


def test_a_refused_view_says_why(signed_in, light):
    shown = signed_in("urban").post("/cases/views/", {"name": "全街", "query": "", "sharing": "street"}, follow=True)

    assert "共享给全街道由值班受理岗或街道领导来做" in text_of(shown)


# -- many at once -----------------------------------------------------------------------------------------------------


def picks(answer):
    return re.findall(r'name="case" value="([^"]+)"', text_of(answer))


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', text_of(answer)).group(1)


def test_many_are_assigned_with_a_result_for_each(signed_in, light, noise):
    desk = signed_in("desk")
    ticked = picks(desk.get("/cases/"))
    asked = desk.post("/cases/bulk/", {"verb": "assign", "case": ticked, "query": "state=open"})
    assert asked.status_code == 200 and len(picks(asked)) == 2
    told = {
        "verb": "assign",
        "case": picks(asked),
        "confirmed": "1",
        "rev": hidden(asked, "rev"),
        "key": hidden(asked, "key"),
        "query": "state=open",
    }

    missing = desk.post("/cases/bulk/", told)
    done = desk.post("/cases/bulk/", told | {"unit": "urban", "reason": "集中办理"})

    assert missing.status_code == 422
    assert "1 件已办,1 件未办" in text_of(done) and "城市管理中队已经是主办单位" in text_of(done)
    assert Case.objects.get(ref=noise).lead.code == "urban"
    again = desk.post("/cases/bulk/", told | {"unit": "urban", "reason": "集中办理"})
    assert "1 件已办,1 件未办" in text_of(again) and Case.objects.get(ref=noise).hops == 1


def test_everything_that_meets_the_filter_may_be_chosen(signed_in, light, noise):
    asked = signed_in("desk").post("/cases/bulk/", {"verb": "raise_case", "all": "1", "query": "unit=environment"})

    assert [pick.split(":")[0] for pick in picks(asked)] == [noise]


def test_cases_outside_the_scope_are_neither_shown_nor_done(signed_in, light, noise):
    urban = signed_in("urban")
    asked = urban.post("/cases/bulk/", {"verb": "accept", "case": [f"{light}:0", f"{noise}:0"]})
    assert [pick.split(":")[0] for pick in picks(asked)] == [light] and "噪音" not in text_of(asked)

    told = {"verb": "accept", "case": [f"{noise}:0"], "confirmed": "1", "rev": "0", "key": hidden(asked, "key")}
    shown = text_of(urban.post("/cases/bulk/", told))

    assert "0 件已办,1 件未办" in shown and "噪音" not in shown and Case.objects.get(ref=noise).state == "routed"


@pytest.mark.parametrize(
    "sent", [{}, {"verb": "answer", "case": "x:0"}, {"verb": "accept"}, {"verb": "accept", "case": "x:notanumber"}]
)
def test_a_strange_choice_is_answered(signed_in, light, sent):
    assert signed_in("desk").post("/cases/bulk/", sent).status_code in (200, 422)


# -- files ------------------------------------------------------------------------------------------------------------


def test_the_present_list_is_taken_out_with_its_purpose(signed_in, light, noise):
    desk = signed_in("desk")
    address = f"/cases/export/?text={quote('噪音')}"
    assert "“噪音”" in text_of(desk.get(address))

    refused = desk.post(address, {"file_format": "csv", "purpose": "", "columns": ["unit"]})
    file = desk.post(address, {"file_format": "csv", "purpose": "报区环境局", "columns": ["unit", "text"]})

    assert refused.status_code == 422 and file.status_code == 200
    assert (
        file["Content-Disposition"].startswith('attachment; filename="DC20220523-')
        and file["Cache-Control"] == "no-store"
    )
    assert "夜间噪音" in file.content.decode("utf-8-sig") and "路灯" not in file.content.decode("utf-8-sig")
    kept = ExportRecord.objects.get()
    assert kept.condition == "“噪音”" and kept.rows == 1
    register = text_of(signed_in("leader").get("/exports/"))
    assert kept.number in register and kept.sha256 in register and "报区环境局" in register


@pytest.mark.parametrize(
    ("name", "status"), [("urban", 403), ("grid", 403), ("keeper", 403), ("urban_leader", 200), ("verifier", 200)]
)
def test_only_some_may_take_a_list_out(signed_in, light, name, status):
    assert signed_in(name).get("/cases/export/").status_code == status


@pytest.mark.parametrize(("name", "status"), [("desk", 403), ("urban", 403), ("leader", 200)])
def test_only_some_may_read_the_register(signed_in, light, name, status):
    assert signed_in(name).get("/exports/").status_code == status


def test_nobody_reaches_these_without_signing_in(client, street):
    for address in ("/cases/", "/cases/export/", "/exports/"):
        assert client.get(address).status_code == 302
    for address in ("/cases/views/", "/cases/bulk/"):
        assert client.post(address).status_code == 302
