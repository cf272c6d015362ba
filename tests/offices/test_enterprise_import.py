"""A file of firms: good rows go in, bad ones come back by row and column, one code is one firm, near names are proposed."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import Workbook

from gridloop.core.errors import NotAllowed, TooMuch, WrongInput
from gridloop.core.firm_record import read_told
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions.importing import Imported, import_enterprises, keep_intake
from gridloop.offices.enterprise.actions.register import end_enterprise
from gridloop.offices.enterprise.models import Enterprise, VitalitySpell
from gridloop.offices.enterprise.sheets import FirmSheet, read_firms, refused_sheet
from tests.firms import code_of, registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who
from tests.shared_data import shared
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.django_db
HEADER = ("企业名称", "统一社会信用代码", "行业代码", "从业人员", "营业收入(万元)", "地址", "联系人", "联系电话")
ROW = ("示例面馆", code_of(1), "6210", "8", "150", "柳荫路1号院", "张经理", "0371-67181234")


@pytest.fixture
def street() -> None:
    sample_street(FOUNDED)


def as_csv(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(*rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> bytes:
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(content: bytes, *, prefer: str = "kept") -> Imported:
    sheet = read_firms(content)
    return import_enterprises(by=who("desk"), at=MONDAY, street=CODE, rows=sheet.rows, source="企业.csv", prefer=prefer)


@pytest.mark.pure
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    sheet = read_firms(as_csv(ROW, encoding=encoding))

    assert sheet.rows[0].number == 2
    assert sheet.rows[0].told["name"] == "示例面馆"


@pytest.mark.pure
@pytest.mark.parametrize("title", ["营业收入（万元）", "营业收入(元)", "年营业收入（单位：元）", "营业收入,千元"])
def test_a_header_may_say_its_unit_in_brackets_of_either_width(title: str) -> None:
    header = (*HEADER[:4], title, *HEADER[5:])
    amount = "150" if "万元" in title else "1500" if "千元" in title else "1,500,000"

    sheet = read_firms(as_csv((*ROW[:4], amount, *ROW[5:]), header=header))

    record, faults = read_told(sheet.rows[0].told, on=MONDAY.date())
    assert (sheet.left_out, faults, record.revenue) == ((), (), Decimal("1500000.00"))


@pytest.mark.pure
def test_a_title_may_stand_above_the_header() -> None:
    book = Workbook()
    for row in (["莲湖街道企业名录"], ["填报单位:示例街道", None, "2022年5月"], [], HEADER, ROW):
        book.active.append(row)
    book.active.merge_cells("A1:H1")
    out = io.BytesIO()
    book.save(out)

    for content in (out.getvalue(), as_csv(HEADER, ROW, header=("莲湖街道企业名录", *[""] * 7))):
        sheet = read_firms(content)
        assert [row.told["name"] for row in sheet.rows] == ["示例面馆"]
    assert read_firms(out.getvalue()).rows[0].number == 5


@pytest.mark.pure
@pytest.mark.parametrize(("parting", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), ("\t", "gb18030")])
def test_semicolons_and_tabs_part_the_cells_as_well(parting: str, encoding: str) -> None:
    content = "\r\n".join(parting.join(cells) for cells in (HEADER, ROW)).encode(encoding)

    assert read_firms(content).rows[0].told["phone"] == "0371-67181234"


@pytest.mark.pure
def test_a_workbook_is_read_and_unknown_columns_are_named() -> None:
    sheet = read_firms(as_xlsx((*ROW[:3], 8, 150.0, *ROW[5:], "红"), header=(*HEADER, "门头颜色")))

    assert sheet == FirmSheet([sheet.rows[0]], ("门头颜色",))
    assert (sheet.rows[0].told["staff"], sheet.rows[0].told["revenue"]) == ("8", "150")


# what is handed in, what the refusal says
BAD_FILES = [
    (b"PK\x03\x04 no zip", "打不开"),
    (as_csv(ROW[:1], header=("企业名称",)), "缺少列:统一社会信用代码"),
    (as_csv(header=("企业名称", "名称", "代码")), "出现了两次"),
    (b"", "缺少列"),
    (b"\xff\xff\x81\xff", "不是表格"),
]


@pytest.mark.pure
@pytest.mark.parametrize(("content", "says"), BAD_FILES)
def test_a_file_that_is_no_sheet_of_firms_is_refused_with_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(WrongInput, match=says):
        read_firms(content)


@pytest.mark.pure
def test_a_file_with_too_many_rows_is_refused() -> None:
    with pytest.raises(TooMuch):
        read_firms(as_csv(ROW, ROW), most=1)


SHARED = ("企业名称", "统一社会信用代码", "行业代码", "从业人员", "重点级别", "地址")


def merged_xlsx(*ranges: str) -> bytes:
    """Four firms below a title that is merged, too; rows 3 to 6, with a merged cell for each range."""
    book = Workbook()
    sheet = book.active
    sheet.append(["企业名录"])
    sheet.merge_cells("A1:F1")
    sheet.append(SHARED)
    for number in range(1, 5):
        sheet.append([f"示例{'甲乙丙丁'[number - 1]}厂", code_of(number), "6210", "8", "区重点", f"柳荫路{number}号"])
    for each in ranges:
        first, _, _last = each.partition(":")
        for row in sheet[each] if len(each) < 9 else ():
            for cell in row:
                cell.value = cell.value if cell.coordinate == first else None
        sheet.merged_cells.add(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.pure
def test_what_a_group_shares_is_read_in_each_row_of_a_merged_cell() -> None:
    rows = read_firms(merged_xlsx("E3:E5", "C4:C6")).rows

    assert [row.number for row in rows] == [3, 4, 5, 6] and not any(row.faults for row in rows)
    assert [row.told["priority"] for row in rows] == ["区重点"] * 4
    assert [row.told["industry"] for row in rows] == ["6210"] * 4


# what is merged, the row and column that is refused, what is said
MERGED = [
    ("A3:A4", 4, "企业名称", "和上面第 3 行合并"),
    ("B4:B5", 5, "统一社会信用代码", "和上面第 4 行合并"),
    ("D3:D4", 4, "从业人员", "和上面第 3 行合并"),  # may be the sum of both
    ("A5:B5", 5, "统一社会信用代码", "和左边的“企业名称”合并"),
    ("E6:F6", 6, "注册地址", "和左边的“重点级别”合并"),
    ("E5:F6", 6, "注册地址", "和左边的“重点级别”合并"),
]


@pytest.mark.parametrize(("merged", "number", "column", "says"), MERGED)
def test_a_merged_cell_that_could_be_either_s_is_named_with_what_to_undo(
    street: None, merged: str, number: int, column: str, says: str
) -> None:
    done = put(merged_xlsx(merged))

    told = [each for each in done.refused if each["row"] == number]
    assert [each["column"] for each in told] == [column]
    assert says in told[0]["reason"] and "请取消合并" in told[0]["reason"]
    assert done.added == 4 - done.refused_rows and done.refused_rows in (1, 2)


@pytest.mark.pure
def test_a_range_beyond_the_sheet_costs_nothing() -> None:
    rows = read_firms(merged_xlsx("E3:XFD1048576")).rows

    assert len(rows) == 4 and all(row.told["priority"] == "区重点" for row in rows)


def test_good_rows_go_in_and_bad_ones_are_named_by_row_and_column(street: None) -> None:
    found = put(
        as_csv(
            ROW,
            ("坏代码店", "91410102", "6210", "8"),
            ("", code_of(3), "98", "很多"),
            ("示例花店", code_of(4), "", "", "", "", "", ""),
        )
    )

    assert (found.read, found.added, found.refused_rows) == (4, 2, 2)
    assert [(each["row"], each["column"]) for each in found.refused] == [
        (3, "统一社会信用代码"), (4, "行业代码"), (4, "从业人员"), (4, "企业名称"),
    ]  # fmt: skip
    firm = Enterprise.objects.get(code=code_of(1))
    assert (firm.size, firm.place.rpartition("/")[2], firm.contacts.get().phone) == ("micro", "C1-SW", "0371-67181234")
    assert VitalitySpell.objects.count() == 2
    assert Entry.objects.filter(kind="enterprise.registered").count() == 2


def test_importing_again_adds_nothing(street: None) -> None:
    put(as_csv(ROW))
    before = Entry.objects.count()

    found = put(as_csv(ROW))

    assert (found.added, found.same, found.conflicts) == (0, 1, [])
    assert Entry.objects.count() == before


def test_rows_of_one_code_become_one_firm(street: None) -> None:
    found = put(as_csv(ROW[:2], (ROW[0], code_of(1).lower(), "6210"), ("别的名字", code_of(1))))

    assert (found.added, found.merged) == (1, 2)
    assert Enterprise.objects.get().industry == "6210"
    assert [(each["row"], each["column"]) for each in found.conflicts] == [(4, "企业名称")]


def test_a_known_firm_is_filled_and_what_differs_is_told(street: None) -> None:
    firm = registered(1, name="示例面馆", industry="", staff="", revenue="", address="河畔花园")

    found = put(as_csv(ROW))

    firm.refresh_from_db()
    assert (found.added, found.merged) == (0, 1)
    assert (firm.industry, firm.staff, firm.size) == ("6210", 8, "micro")  # filled
    assert firm.address == "河畔花园"  # kept
    assert [(each["column"], each["kept"], each["told"]) for each in found.conflicts] == [
        ("注册地址", "河畔花园", "柳荫路1号院")
    ]
    assert timeline(firm.subject)[-1].payload["reason"] == "导入 企业.csv"


def test_with_the_file_preferred_what_differs_is_taken_from_it(street: None) -> None:
    firm = registered(1, name="示例面馆", address="河畔花园", industry="6210", staff="8", revenue="140")

    found = put(as_csv(ROW), prefer="file")

    firm.refresh_from_db()
    assert (firm.address, int(firm.revenue or 0), found.conflicts) == ("柳荫路1号院", 1500000, [])


def test_names_nearly_the_same_are_proposed_and_not_merged(street: None) -> None:
    registered(1, name="郑州示例机械制造有限公司")

    found = put(
        as_csv(
            ("示例机械制造有限责任公司", code_of(2)),
            ("示例机械制照公司", code_of(3)),
            ("示例一店", code_of(4)),
            ("示例二店", code_of(5)),
        )
    )

    assert found.added == 4
    assert {(each["row"], each["other"]) for each in found.near} >= {
        (2, "郑州示例机械制造有限公司"),
        (3, "郑州示例机械制造有限公司"),
    }
    assert not any(each["name"] == "示例二店" for each in found.near)


def test_a_firm_that_left_is_not_entered_silently_again(street: None) -> None:
    firm = registered(1)
    end_enterprise(by=who("desk"), at=MONDAY, enterprise=firm.ref, because="moved", reason="迁走")

    found = put(as_csv(ROW))

    assert (found.added, found.refused[0]["column"]) == (0, "统一社会信用代码")


def test_an_unknown_cluster_or_grid_refuses_its_row_alone(street: None) -> None:
    header = ("企业名称", "统一社会信用代码", "集聚区", "网格")
    found = put(
        as_csv(
            ("甲店铺", code_of(1), "没有的商场", ""),
            ("乙店铺", code_of(2), "", "X9"),
            ("丙店铺", code_of(3), "", "C1-SE"),
            header=header,
        )
    )

    assert [(each["row"], each["column"]) for each in found.refused] == [(2, "集聚区"), (3, "网格")]
    assert Enterprise.objects.get().place.endswith("C1-SE")


def test_only_those_who_arrange_import(street: None) -> None:
    with pytest.raises(NotAllowed):
        import_enterprises(by=who("manager"), at=MONDAY, street=CODE, rows=[], source="x")


def test_the_refused_rows_come_back_as_a_sheet_that_can_be_corrected_and_put_in(street: None) -> None:
    content = as_csv(("=坏店", code_of(1), "98"))
    found = put(content)
    intake = keep_intake(by=who("desk"), at=MONDAY, street=CODE, name="企业.csv", content=content, found=found)

    sheet = refused_sheet(found.refused)
    text = sheet.decode("utf-8-sig")

    assert (intake.refused, intake.added) == (1, 0)
    assert "'=坏店" in text  # no spreadsheet runs it
    assert "没有行业" in text
    assert put(text.replace("98", "6210").encode()).added == 1  # the apostrophe is taken off again
    assert Enterprise.objects.get().name == "=坏店"


def test_the_real_file_of_300_firms_goes_in_whole(street: None) -> None:
    found = put(shared("enterprises/zhongyuan_300.csv").read_bytes())

    assert (found.read, found.added, found.refused) == (300, 300, [])
    assert Enterprise.objects.filter(capital__isnull=False, registered_on__isnull=False).count() > 250
    assert Enterprise.objects.exclude(capital_text="").count() == len(found.warnings) == 4  # in dollars and yen
    assert put(shared("enterprises/zhongyuan_300.csv").read_bytes()).same == 300


@pytest.mark.django_db(transaction=True)
def test_the_command_imports_and_rehearses(street: None, tmp_path: object) -> None:
    path = tmp_path / "firms.csv"  # type: ignore[operator]
    path.write_bytes(as_csv(ROW, ("坏代码店", "91410102")))

    rehearsed = document(gridloop("import", "enterprises", path, "--street", "sample", "--dry-run", "--json"))
    assert (rehearsed["added"], Enterprise.objects.count()) == (1, 0)
    done = gridloop("import", "enterprises", path, "--street", "sample", "--json")

    assert done.exit_code == 1
    assert [(each["row"], each["column"]) for each in document(done)["rejected"]] == [(3, "统一社会信用代码")]
    assert Enterprise.objects.count() == 1
