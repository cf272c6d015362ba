"""Taking cases out as a file: on record, marked, masked, harmless to spreadsheets; and nobody takes out what they may not see."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from gridloop.core.cells import harmless
from gridloop.core.errors import NotAllowed, TooMuch, WrongInput
from gridloop.offices.archive.models import AccessNote, Entry
from gridloop.offices.cases.actions import exports
from gridloop.offices.cases.actions.exports import Asked, export_cases
from gridloop.offices.cases.list_models import ExportRecord
from gridloop.offices.cases.queries.columns import masked_text
from gridloop.offices.cases.queries.lists import Filter
from gridloop.offices.cases.queries.views import exports_of
from gridloop.offices.cases.sheets import Sheet, table_file
from tests.offices.loop import told
from tests.sample import IN_NE, MONDAY, sample_street, who

WHY = "报区城管局路灯专项"
PHONE, IDENTITY = "13800000005", "11010119900307001X"


@pytest.fixture
def street(db):
    return sample_street()


def taken_out(by="desk", **changes):
    values = {
        "wanted": Filter(),
        "query": "",
        "condition": "全部事项",
        "columns": ("state", "unit", "text"),
        "file_format": "csv",
        "purpose": WHY,
    }
    return export_cases(by=who(by), at=MONDAY, asked=Asked(**values | changes))


def rows_of(made):
    text = made.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_file_says_who_took_it_out_when_and_why_on_every_row(street):
    case = told().case

    made = taken_out()
    heads, first, mark = rows_of(made)

    assert made.content.startswith(b"\xef\xbb\xbf")  # so that spreadsheet programs read Chinese
    assert heads == ["编号", "标题", "状态", "主办单位", "内容", "导出登记号"]
    assert first == [
        case.number,
        "柳荫路路灯不亮三天了",
        "待签收",
        "城市管理中队",
        "柳荫路路灯不亮三天了",
        made.record.number,
    ]
    assert "甲受理" in mark[0] and WHY in mark[0] and "2022-05-23 10:00" in mark[0] and made.record.number in mark[0]


def test_the_register_and_the_ledger_know_the_file(street):
    told()
    made = taken_out(query="state=open", condition="在办")

    kept = ExportRecord.objects.get()
    entry = Entry.objects.get(kind="cases.exported")

    assert (kept.rows, kept.sha256, kept.purpose, kept.query) == (
        1,
        hashlib.sha256(made.content).hexdigest(),
        WHY,
        "state=open",
    )
    assert kept.sha256 in entry.payload and entry.subject == f"export:{kept.ref}"


def test_only_the_audit_keeper_and_the_leaders_read_the_register(street):
    told()
    taken_out()

    assert [row.purpose for row in exports_of(who("leader"))] == [WHY]
    assert exports_of(who("desk")) == [] == exports_of(who("urban"))


@pytest.mark.parametrize("name", ["urban", "grid", "manager", "keeper", "economy"])
def test_single_workers_take_nothing_out(street, name):
    told()

    with pytest.raises(NotAllowed):
        taken_out(name)

    assert not ExportRecord.objects.exists()


def test_a_unit_leader_takes_out_what_the_unit_may_see_and_nothing_else(street):
    mine = told().case
    told(**IN_NE)  # led by housing

    assert [row[0] for row in rows_of(taken_out("urban_leader"))[1:-1]] == [mine.number]


def test_personal_data_is_masked_unless_someone_answers_for_it(street):
    told(text=f"请回电 {PHONE},证件 {IDENTITY}", reporter_name="王小明", reporter_phone=PHONE)

    masked = taken_out(columns=("text", "reporter")).content.decode("utf-8-sig")
    clear = taken_out(columns=("text", "reporter"), shows_contacts=True).content.decode("utf-8-sig")

    assert PHONE not in masked and IDENTITY not in masked and "王小明" not in masked and "王" in masked
    assert "王小明" in clear and IDENTITY not in clear
    note = AccessNote.objects.get()
    assert note.what == "反映人姓名和电话(导出)" and WHY in note.reason


def test_reporters_in_the_clear_are_for_few_people_and_few_rows(street, monkeypatch):
    told(reporter_phone=PHONE)
    told(reporter_phone=PHONE)

    with pytest.raises(NotAllowed):
        taken_out("urban_leader", columns=("reporter",), shows_contacts=True)
    monkeypatch.setattr(exports, "MOST_WITH_CONTACTS", 1)
    with pytest.raises(TooMuch):
        taken_out(columns=("reporter",), shows_contacts=True)

    assert not ExportRecord.objects.exists() and not AccessNote.objects.exists()


@pytest.mark.parametrize("purpose", ["", "  ", "看看"])
def test_without_a_purpose_nothing_leaves(street, purpose):
    with pytest.raises(WrongInput):
        taken_out(purpose=purpose)


def test_a_file_costs_the_same_number_of_statements_for_many_rows(street, django_assert_max_num_queries):
    for n in range(25):
        told(text=f"第 {n} 件")

    with django_assert_max_num_queries(12):
        taken_out(columns=("text", "answer", "reporter", "place"), file_format="xlsx")


def test_an_xlsx_holds_text_only_and_opens(street):
    told(text="=HYPERLINK(1)", title="+cmd|'/c calc'!A0", enterprise="@SUM(A1)")

    page = load_workbook(io.BytesIO(taken_out(file_format="xlsx", columns=("enterprise", "text")).content)).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]

    assert all(cell.data_type == "s" for cell in cells)
    assert [cell.value for cell in page[3]][1:4] == ["'+cmd|'/c calc'!A0", "'@SUM(A1)", "'=HYPERLINK(1)"]
    assert page[2][0].value == "编号" and WHY in page[1][0].value


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " ="])
def test_what_a_spreadsheet_takes_for_a_formula_is_disarmed(start):
    assert harmless(f"{start}1+1").startswith("'")
    assert (
        table_file("csv", sheet=Sheet("事项", ("甲",), "水印", "DC-1"), rows=[[f"{start}1+1"]])
        .decode("utf-8-sig")
        .count("'")
        == 1
    )


@pytest.mark.parametrize("letter", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_purpose_or_a_text_with_what_xml_cannot_hold_goes_out_all_the_same(letter):
    sheet = Sheet(title="事项", heads=("甲",), mark=f"水{letter}印", number="DC-1")

    page = load_workbook(io.BytesIO(table_file("xlsx", sheet=sheet, rows=[[f"路{letter}灯"]]))).active

    assert (page[1][0].value, page[3][0].value) == ("水印", "路灯")


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_any_text_goes_into_both_formats_and_no_cell_is_a_formula(rows):
    sheet = Sheet(title="事项", heads=("甲", "乙"), mark="=水印", number="DC-1")

    page = load_workbook(io.BytesIO(table_file("xlsx", sheet=sheet, rows=rows))).active
    table_file("csv", sheet=sheet, rows=rows).decode("utf-8-sig")

    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_masking_leaves_ordinary_numbers_alone():
    assert (
        masked_text("3 号楼 2 单元,20220523-000017,面积 12345678901234 平")
        == "3 号楼 2 单元,20220523-000017,面积 12345678901234 平"
    )
    assert PHONE not in masked_text(f"电话{PHONE}。") and "0371-60000000" not in masked_text("座机0371-60000000")
