"""/visits/sheet/: looked at first, entered once, refused rows told by row and column and handed back."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.organisation import queries as organisation
from tests.firms import registered
from tests.sample import CODE, FOUNDED

pytestmark = pytest.mark.django_db
HEAD = "企业,日期时间,方式,事由,结果,情况\r\n"


@pytest.fixture
def firm(street: Any) -> Any:
    """A firm paired with the manager."""
    found = registered(1, lon="113.505", lat="34.705")
    person = organisation.person(CODE, "P08")
    Pairing.objects.create(
        street=CODE, subject=found.subject, slot="manager", unit=person.unit, person=person, starts_at=FOUNDED
    )
    return found


def csv_file(text: str, *, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("走访.csv", text.encode(encoding), content_type="text/csv")


def uploaded(client: Any, file: SimpleUploadedFile) -> Any:
    return client.post("/visits/sheet/", {"file": file})


def carried(page: str) -> dict[str, str]:
    """What the page sends when its button is pressed."""
    return {name: html.unescape(re.search(f'name="{name}" value="([^"]*)"', page)[1]) for name in ("key", "told")}


def entered(client: Any, page: str) -> Any:
    return client.post("/visits/sheet/", carried(page) | {"do": "enter"})


def test_a_sheet_is_looked_at_first_and_then_entered_once_however_often_it_is_pressed(signed_in, firm):
    manager = signed_in("manager")
    shown = uploaded(manager, csv_file(f"{HEAD}{firm.name},2022-02-25 10:30,电话,送政策、解难题,,问了减税\r\n"))
    page = shown.content.decode()

    assert shown.status_code == 200
    assert "还没有登记" in page and "登记这 1 次走访" in page and not Visit.objects.exists()

    done = [entered(manager, page).content.decode() for _ in range(2)]

    assert all("已登记 1 次走访" in each for each in done)
    row = Visit.objects.get()
    assert (row.way, row.purposes, row.outcome, row.enterprise) == ("phone", ["policy", "problem"], "问了减税", firm)


def test_the_same_sheet_sent_again_says_how_many_were_known(signed_in, firm):
    manager, text = signed_in("manager"), f"{HEAD}{firm.name},2022-02-25,,送政策,,\r\n"
    entered(manager, uploaded(manager, csv_file(text)).content.decode())

    page = uploaded(manager, csv_file(text)).content.decode()

    assert "1 行早已登记过" in page and "登记这" not in page
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_however_it_was_saved(signed_in, firm, encoding):
    page = uploaded(
        signed_in("manager"), csv_file(f"{HEAD}{firm.code},2022-02-25,上门,送服务,,\r\n", encoding=encoding)
    )

    assert "登记这 1 次走访" in page.content.decode()


def test_the_empty_sheet_lists_the_readers_firms_and_is_read_back(signed_in, firm):
    other = registered(2)
    answer = signed_in("manager").get("/visits/sheet/empty.xlsx")

    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:2] == ("企业", "日期时间")
    assert [row[0] for row in rows[1:]] == [firm.name] and other.name not in str(rows)
    sent = uploaded(signed_in("manager"), SimpleUploadedFile("空.xlsx", answer.content)).content.decode()
    assert "1 行没有填走访" in sent and "登记这" not in sent
    assert signed_in("manager").get("/visits/sheet/empty.csv").content.decode("utf-8-sig").startswith("企业,")


def test_a_day_typed_into_a_spreadsheet_is_read(signed_in, firm):
    from datetime import datetime

    book, out = Workbook(), io.BytesIO()
    book.active.append(["企业名称", "走访时间", "目的", "我的备注"])
    book.active.append([firm.name, datetime(2022, 2, 25, 15, 20), "解难题", "x"])
    book.save(out)

    page = uploaded(signed_in("manager"), SimpleUploadedFile("走访.xlsx", out.getvalue())).content.decode()

    assert "15:20" in page and "没有用到的列:我的备注" in page


def test_refused_rows_name_row_column_and_reason_and_come_back_as_a_sheet(signed_in, firm):
    manager = signed_in("manager")
    stranger = registered(2)
    Enterprise.objects.filter(pk=stranger.pk).update(street="410102999", place="410102999")
    rows = [
        f"{firm.name},2022-02-25,上门,送政策,,",
        f"{stranger.name},2022-02-25,上门,送政策,,",
        f"{firm.name},2099-01-01,上门,送政策,,",
        f"{firm.name},2022-02-24,上门,喝茶,,=1+1",
    ]

    page = uploaded(manager, csv_file(HEAD + "\r\n".join(rows))).content.decode()

    assert "退回 3 行" in page and "登记这 1 次走访" in page
    for words in ("第 3 行", "没有这家企业", "第 4 行", "不能晚于现在", "第 5 行", "“事由”列", "没有“喝茶”"):
        assert words in page, words
    sheet = manager.post("/visits/sheet/", carried(page) | {"do": "refused"})
    text = sheet.content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("原行号,哪一列,原因,企业,日期时间")
    assert len(text.splitlines()) == 4 and "'=1+1" in text
    assert not Visit.objects.exists()
    done = entered(manager, page).content.decode()
    assert "已登记 1 次走访" in done and "退回 3 行" in done
    again = uploaded(manager, SimpleUploadedFile("退回的行.csv", sheet.content)).content.decode()
    assert "没有用到的列:原行号、哪一列、原因" in again and "退回 3 行" in again


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04broken", "打不开"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "文件不是文本"),
        ("企业,方式\r\n甲,上门".encode(), "表里缺少列:日期时间、事由"),
        ("企业,企业名称,日期,事由\r\n甲,乙,2022-02-25,送政策".encode(), "“企业”出现了两次"),
        (b"", "表里缺少列"),
        ((HEAD + "甲,2022-02-25,,送政策,,\r\n" * 501).encode(), "最多登记 500 次"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_answered_in_words(signed_in, firm, content, words):
    answer = uploaded(signed_in("manager"), SimpleUploadedFile("走访.csv", content))

    assert answer.status_code in (400, 413, 422)
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "told", ["", "[", "{}", "[[1]]", '[["x", {}]]', "[[1, []]]", "[[1, {}], [1, {}]]", "null", "[" * 2000]
)
def test_a_page_that_was_tampered_with_is_answered_in_words(signed_in, firm, told):
    answer = signed_in("manager").post("/visits/sheet/", {"told": told, "do": "enter", "key": "k1"})

    assert answer.status_code in (200, 422)
    assert not Visit.objects.exists()


def test_whoever_does_not_serve_firms_is_told_before_the_file_is_read(signed_in, firm):
    grid = signed_in("grid")

    assert uploaded(grid, SimpleUploadedFile("x.xlsx", b"PK\x03\x04broken")).status_code == 403
    assert grid.get("/visits/sheet/").status_code == grid.get("/visits/sheet/empty.csv").status_code == 403


def test_the_page_says_that_problems_are_logged_alone_and_is_linked_from_the_visits(signed_in, firm):
    page = signed_in("manager").get("/visits/sheet/").content.decode()

    assert "交办不过夜" in page and "送政策、送服务、解难题、了解情况" in page
    assert 'href="/visits/sheet/"' in signed_in("manager").get("/visits/").content.decode()
