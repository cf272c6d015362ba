"""The setup as lists, sheets and a grid: a file goes in and out without loss, and a bad cell is told in its cell."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook

from tests.sample import CODE
from tests.web.setting_up import ALL, GOOD, PARKS, do, shown, text_of, upload


@pytest.mark.parametrize("chapter", ALL)
def test_every_chapter_has_a_list_a_form_and_a_sheet(signed_in, chapter):
    client = signed_in("keeper")

    answers = [
        client.get(f"/setup/rows/{chapter}/{rest}") for rest in ("", "edit/", "sheet.csv", "sheet.xlsx", "?text=甲")
    ]

    assert [answer.status_code for answer in answers] == [200] * 5


@pytest.mark.parametrize("chapter", [*ALL, "routes"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_handed_out_comes_back_as_no_change(signed_in, chapter, form):
    client = signed_in("leader")
    sheet = client.get(f"/setup/rows/{chapter}/sheet.{form}").content

    answer = upload(client, sheet, chapter=chapter)

    assert answer.status_code == 409, text_of(answer)
    assert "没有要改的" in text_of(answer)


def test_a_workbook_adds_and_alters_rows(signed_in):
    client = signed_in("keeper")
    book = load_workbook(io.BytesIO(client.get("/setup/rows/duties/sheet.xlsx").content))
    book.active.append(["B-07", "基本履职", "小区改造", "房管所", "", "", ""])
    out = io.BytesIO()
    book.save(out)

    answer = upload(client, out.getvalue(), chapter="duties", missing="keep")

    assert answer.status_code == 302
    assert [(each.kind, each.key) for each in shown()] == [("added", "B-07")]


@pytest.mark.parametrize(
    ("parting", "encoding"), [("\t", "utf-16"), ("\t", "gb18030"), (";", "utf-8-sig"), (",", "utf-16")]
)
def test_a_table_of_routes_comes_back_however_a_spreadsheet_program_wrote_it(signed_in, parting, encoding):
    client = signed_in("keeper")

    answer = upload(client, GOOD.replace(",", parting), encoding=encoding)

    assert answer.status_code == 302, text_of(answer)
    assert ("added", "R1") in [(each.kind, each.key) for each in shown()] or "R1" in text_of(
        client.get(answer["Location"])
    )


BROKEN = [
    b"PK\x03\x04not a workbook",
    b"\xff\xfe\x00bad",
    b"",
    '类别,单位\n"没有闭合'.encode(),
    "没有的列,单位\n1,2\n".encode(),
    "单位,单位\n1,2\n".encode(),
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_refused_in_a_sentence(signed_in, content):
    answer = upload(signed_in("keeper"), content)

    assert answer.status_code == 422
    assert "gl-errors" in text_of(answer)


def test_a_sheet_with_too_many_rows_or_bytes_is_refused(signed_in):
    client = signed_in("keeper")
    many = "行,单位,时限方案\n" + "".join(f"R{number},urban,san_bu_guo\n" for number in range(5001))

    assert upload(client, many).status_code == 429
    assert upload(client, b"x" * (2 * 1024 * 1024 + 1)).status_code == 429


def test_a_cell_that_would_run_as_a_formula_is_handed_out_as_text(signed_in):
    keeper, leader = signed_in("keeper"), signed_in("leader")
    keeper.post("/setup/rows/units/edit/", PARKS | {"name": "=HYPERLINK(1)"})
    do(keeper, "submit")
    do(leader, "publish")

    assert "'=HYPERLINK(1)" in keeper.get("/setup/rows/units/sheet.csv").content.decode()
    assert upload(leader, keeper.get("/setup/rows/units/sheet.xlsx").content, chapter="units").status_code == 409


def grid_of(client):
    page = text_of(client.get("/setup/routes/edit/"))
    fields = dict(re.findall(r'name="((?:r\d+-\w+)|rows|seen)" value="([^"]*)"', page))
    return {name: value for name, value in fields.items() if not name.endswith("-remove")}


def test_the_grid_changes_adds_and_removes_rows(signed_in):
    client = signed_in("keeper")
    fields = grid_of(client)
    fields |= {
        "r0-unit": "房管所",
        "r4-remove": "1",
        "r5-row": "R6",
        "r5-category": "企业服务/证照",
        "r5-unit": "经济发展办",
        "r5-profile": "三不过",
        "save": "1",
    }

    answer = client.post("/setup/routes/edit/", fields)

    assert answer.status_code == 302, text_of(answer)
    assert sorted((each.kind, each.key) for each in shown()) == [("added", "R6"), ("altered", "R1"), ("removed", "R5")]


def test_a_grid_left_alone_changes_nothing(signed_in):
    client = signed_in("keeper")

    answer = client.post("/setup/routes/edit/", grid_of(client) | {"save": "1"})

    assert answer.status_code == 409 and "没有要改的" in text_of(answer)


def test_a_bad_cell_of_the_grid_is_told_in_its_cell_and_what_was_typed_stays(signed_in):
    client = signed_in("keeper")

    answer = client.post("/setup/routes/edit/", grid_of(client) | {"r1-unit": "没有的单位", "save": "1"})

    page = text_of(answer)
    assert answer.status_code == 422
    assert 'value="没有的单位"' in page and page.count("data-invalid") == 1


def test_a_stale_grid_is_told_so(signed_in):
    keeper, second = signed_in("keeper"), signed_in("keeper2")
    fields = grid_of(second)
    upload(keeper, GOOD)
    do(keeper, "submit")
    do(signed_in("leader"), "publish")

    answer = second.post("/setup/routes/edit/", fields | {"r0-unit": "房管所", "save": "1"})

    assert answer.status_code == 409 and "已被改动" in text_of(answer)


def test_more_rows_come_without_script(signed_in):
    client = signed_in("keeper")

    page = text_of(client.post("/setup/routes/edit/", grid_of(client) | {"add": "1"}))

    assert page.count('" data-new>') == 3


def test_trying_a_case_says_which_row_wins_and_why(signed_in):
    page = text_of(
        signed_in("urban").get(
            "/setup/routes/", {"try": "1", "category": "城乡建设/市政设施/路灯", "place": f"410102/{CODE}/C2"}
        )
    )

    assert 'data-won="yes"><strong>R5</strong>' in page
    assert 'data-won="no"><strong>R1</strong>' in page


def test_moments_stand_in_a_list_as_everywhere_and_in_a_sheet_as_they_are_typed(signed_in):
    client = signed_in("keeper")

    listed = text_of(client.get("/setup/rows/holdings/"))
    sheet = client.get("/setup/rows/holdings/sheet.csv").content.decode("utf-8-sig")
    client.cookies["django_language"] = "en"
    english = text_of(client.get("/setup/rows/holdings/"))

    assert re.search(r"20\d\d年\d+月\d+日\(周.\)\d\d:\d\d", listed) and not re.search(r"\d{4}-\d\d-\d\d \d\d:", listed)
    assert re.search(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w{3} 20\d\d, \d\d:\d\d", english)
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", sheet)
