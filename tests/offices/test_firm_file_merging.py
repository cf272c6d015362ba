"""Rows of one code, and a file of firms that are on the register already: nothing is lost, nothing is mixed up, what differs is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gridloop.offices.enterprise.actions.merging import merge_enterprises
from gridloop.offices.enterprise.models import Contact, Enterprise, YearFigures
from gridloop.offices.enterprise.sheets import read_firms
from tests.firms import code_of
from tests.offices.test_enterprise_import import ROW, as_csv, put
from tests.sample import FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> None:
    sample_street(FOUNDED)


YEARS = ("企业名称", "统一社会信用代码", "数据年度", "从业人员", "营业收入", "联系人", "联系电话", "经营状态")


def of_one_firm(*rows: tuple[str, ...]) -> bytes:
    return as_csv(*(("示例面馆", code_of(1), *row) for row in rows), header=YEARS)


def told_of(firm: Enterprise) -> tuple[list[tuple[object, ...]], list[tuple[str, str]]]:
    """The firm's figures by year and the people to call."""
    figures = YearFigures.objects.filter(enterprise=firm).order_by("year").values_list("year", "staff", "revenue")
    return list(figures), [(each.name, each.phone) for each in Contact.objects.filter(enterprise=firm)]


def test_two_years_and_two_people_of_one_firm_are_not_mixed_up(street: None) -> None:
    found = put(of_one_firm(("2020", "50", "", "张三", "", ""), ("2021", "", "500", "李四", "13812345678", "")))

    figures, people = told_of(Enterprise.objects.get())
    assert figures == [(2020, 50, None), (2021, None, Decimal(5_000_000))]
    assert people == [("张三", ""), ("李四", "13812345678")]
    assert (found.added, found.merged, found.conflicts) == (1, 1, [])
    assert Enterprise.objects.get().figures_year == 2021


def test_what_a_file_tells_of_a_known_firm_is_filled_in_or_told_but_never_dropped(street: None) -> None:
    put(of_one_firm(("2021", "50", "", "张三", "", "正常")))
    told = of_one_firm(("2021", "60", "500", "李四", "13812345678", "停滞"))
    found = put(told)

    figures, people = told_of(Enterprise.objects.get())
    assert figures == [(2021, 50, Decimal(5_000_000))]  # the blank is filled although the staff differs
    assert people == [("张三", ""), ("李四", "13812345678")]
    assert [(each["column"], each["kept"], each["told"]) for each in found.conflicts] == [
        ("经营状态", "正常", "停滞"),
        ("从业人员", "50", "60"),
    ]
    assert put(told).same == 1 and told_of(Enterprise.objects.get())[1] == people  # and again adds nobody


def test_a_contact_who_left_is_not_brought_back_and_a_telephone_is_filled_in(street: None) -> None:
    put(of_one_firm(("", "", "", "张三", "", ""), ("", "", "", "李四", "13812345678", "")))
    Contact.objects.filter(phone_index__gt="").update(ends_at=MONDAY)
    put(of_one_firm(("", "", "", "张三", "13900000000", ""), ("", "", "", "李四", "13812345678", "")))

    assert told_of(Enterprise.objects.get())[1] == [("张三", "13900000000"), ("李四", "13812345678")]
    assert Contact.objects.filter(ends_at__isnull=True).count() == 1


def test_names_in_a_report_are_masked(street: None) -> None:
    found = put(of_one_firm(("", "", "", "张三", "13812345678", ""), ("", "", "", "李四", "13812345678", "")))

    assert found.conflicts == [
        {"row": 3, "name": "示例面馆", "column": "联系人", "kept": "张*", "told": "李* 138****5678"}
    ]


def test_another_place_in_the_file_is_told(street: None) -> None:
    header = ("企业名称", "统一社会信用代码", "经度", "纬度")
    put(as_csv(("示例面馆", code_of(1), "113.505", "34.705"), header=header))
    firm = Enterprise.objects.get()
    found = put(as_csv(("示例面馆", code_of(1), "113.5051", "34.705"), header=header))

    assert firm.placed_by == "point"
    assert [each["column"] for each in found.conflicts] == ["经度"]
    put(as_csv(("示例面馆", code_of(1), "113.5051", "34.705"), header=header), prefer="file")
    assert Enterprise.objects.get().lon == 113.5051


def test_a_cell_that_no_number_can_be_is_refused_and_the_good_rows_go_in(street: None) -> None:
    bad = ("示例面馆", code_of(1), "2021", "sNaN", "9" * 30, "", "", "")
    found = put(as_csv(bad, ("示例机械厂", code_of(2), "2021", "5", "5", "", "", ""), header=YEARS))

    assert [(each["row"], each["column"]) for each in found.refused] == [(2, "营业收入"), (2, "从业人员")]
    assert found.added == 1


@pytest.mark.pure
def test_a_byte_order_mark_of_gb_18030_before_a_quoted_header() -> None:
    sheet = read_firms(f'\ufeff"企业名称","统一社会信用代码"\r\n"示例面馆","{code_of(1)}"\r\n'.encode("gb18030"))

    assert sheet.rows[0].told == {"name": "示例面馆", "code": code_of(1)}


def test_a_code_that_was_merged_away_names_the_firm_that_is_meant(street: None) -> None:
    put(as_csv(ROW, ("示例面馆分号", code_of(2), *ROW[2:])))
    first, second = Enterprise.objects.order_by("pk")
    merge_enterprises(by=who("desk"), at=MONDAY, duplicate=second.ref, into=first.ref, reason="同一家")
    found = put(as_csv(("示例面馆分号", code_of(2), *ROW[2:])))

    assert found.refused[0]["reason"] == "“示例面馆分号”已并入“示例面馆”;请用后者的代码。"
