"""A resident reports without account and without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gridloop.offices.archive.models import Attachment, Deed, Entry
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.organisation.models import Street
from gridloop.offices.territory.models import Grid
from gridloop.web.public import limits
from gridloop.web.public.report import LARGEST_BODY
from tests.firms import registered
from tests.sample import IN_NE
from tests.web_public.conftest import GPS, REPORT, Resident, newest, photo


def test_a_report_is_filed_and_answered_with_a_receipt(resident: Resident) -> None:
    answer = resident.files("楼下路灯不亮三天了", category="城乡建设/市政设施/路灯")

    assert answer.status_code == 302
    page = resident.reads(answer["Location"])
    case = newest()
    assert case.number in page
    assert case.lead.name in page
    assert "城建类由城市管理中队主办" in page
    assert "<svg" in page
    assert 'data-draft-clear="report-sample"' in page
    assert Entry.objects.filter(kind="case.filed", actor="reporter:public").count() == 1


@pytest.mark.parametrize(
    ("words", "placed_by", "grid"),
    [
        ({"address": "柳荫路1号院3号楼"}, "address", "C1-SW"),  # typed, and known
        ({"address": "某条没有名字的路"}, "none", None),  # typed, and unknown: the words are kept for the desk
        ({"lon": "113.515", "lat": "34.715"}, "point", "C2-NE"),  # clicked on the map
        (
            {"lon": "113.515", "lat": "34.715", "grid": "C1-SW"},
            "point",
            "C2-NE",
        ),  # the point is more exact than the list
        (
            {"lon": "113.9", "lat": "34.9", "address": "河畔花园"},
            "address",
            "C2-NE",
        ),  # a slip on the map, rescued by the address
        ({"no_place": "1"}, "none", None),  # said to have none
    ],
)
def test_a_place_is_given_in_any_of_the_ways(
    resident: Resident, words: dict[str, str], placed_by: str, grid: str | None
) -> None:
    resident.receipt(**words)

    case = newest()
    assert (case.placed_by, case.grid.code if case.grid else None) == (placed_by, grid)


def test_a_cell_is_picked_from_the_list_by_its_ref(resident: Resident) -> None:
    cell = Grid.objects.get(code="C1-SE")

    resident.receipt(grid=cell.ref)

    assert (newest().placed_by, newest().grid) == ("picked", cell)


def test_without_script_each_cell_of_the_map_is_a_link_that_picks_it(resident: Resident) -> None:
    cell = Grid.objects.get(code="C2-NE")
    link = f"{REPORT}?grid={cell.ref}"

    assert f'<a href="{link}#place">' in resident.reads(REPORT)
    assert f'<option value="{cell.ref}" selected>' in resident.reads(link)


@pytest.mark.parametrize(
    ("told", "words", "sentence"),
    [
        ("", {}, "请用一两句话说明"),
        ("灯", {}, "请用一两句话说明"),
        ("长" * 10_001, {}, "超过 10000 字"),
        ("路灯不亮", {"address": ""}, "没有具体地点"),  # "no place" is a value, never an accident
        ("路灯不亮", {"lon": "abc", "lat": "34.7"}, "重新点选"),
        ("路灯不亮", {"lon": "113.5"}, "不完整"),
        ("路灯不亮", {"lon": "nan", "lat": "nan"}, "重新点选"),
        ("路灯不亮", {"lon": "120", "lat": "30"}, "不在柳荫街道的网格里"),
        ("路灯不亮", {"grid": "no-such"}, "请重新选择"),
        ("路灯不亮", {"category": "没有的类别"}, "没有类别"),
        ("路灯不亮", {"phone": "12345"}, "电话号码不完整"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    resident: Resident, told: str, words: dict[str, str], sentence: str
) -> None:
    answer = resident.files(told, **{"name": "老张", **words})

    page = answer.content.decode()
    assert answer.status_code in (404, 422)
    assert sentence in page
    assert 'value="老张"' in page
    assert f">{told}</textarea>" in page
    assert 'role="alert"' in page
    assert not Case.objects.exists()


@pytest.mark.parametrize(("keeps", "has_position"), [({}, False), ({"keeps_location": "1"}, True)])
def test_a_photo_loses_its_position_unless_the_reporter_keeps_it(
    resident: Resident, keeps: dict[str, str], has_position: bool
) -> None:
    resident.receipt(photos=[photo()], **keeps)

    kept = Attachment.objects.get()
    assert bool(Image.open(kept.file.open()).getexif().get_ifd(GPS)) is has_position
    assert kept.subject == newest().subject


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: SimpleUploadedFile("合同.pdf", b"%PDF-1.4 ..."), "“合同.pdf”不是照片"),
        (lambda: SimpleUploadedFile("假.jpg", b"MZ\x90 not a photo"), "“假.jpg”不是照片"),
        (lambda: SimpleUploadedFile("坏.jpg", photo().read()[:200]), "“坏.jpg”"),
        (lambda: SimpleUploadedFile("大.jpg", b"\xff\xd8\xff" + bytes(10 * 1024 * 1024)), "“大.jpg”超过 10 MB"),
        (lambda: SimpleUploadedFile("空.jpg", b""), "“空.jpg”是空文件"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_and_nothing_is_left_behind(
    resident: Resident, settings: Any, file: Any, sentence: str
) -> None:
    answer = resident.files(photos=[photo(), file()])

    page = answer.content.decode()
    assert answer.status_code in (422, 429)
    assert sentence in page
    assert "重新选一次" in page
    assert not Case.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_fourth_photo_is_refused(resident: Resident) -> None:
    answer = resident.files(photos=[photo(f"{n}.jpg") for n in range(4)])

    assert answer.status_code == 422
    assert "最多 3 张照片,您选了 4 张" in answer.content.decode()


def test_a_body_of_gigabytes_is_refused_unread(resident: Resident) -> None:
    class NeverRead:
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = resident.browser.generic(
        "POST",
        REPORT,
        b"",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(2 * 1024**3),
        **{"wsgi.input": NeverRead()},
    )

    assert answer.status_code == 413
    assert "文件太大" in answer.content.decode()
    assert LARGEST_BODY < 2 * 1024**3


def test_letters_of_four_bytes_survive(resident: Resident) -> None:
    follow = resident.receipt("𠮷祥里🏮灯不亮", name="𠮷田👵", phone="0371-60000001")

    report = Report.objects.get()
    assert (report.text, report.name) == ("𠮷祥里🏮灯不亮", "𠮷田👵")
    assert "𠮷祥里🏮灯不亮" in resident.reads(follow)
    assert "𠮷" in resident.reads(follow)


def test_a_double_click_files_once_and_leads_to_the_same_receipt(resident: Resident) -> None:
    words = {**resident.form(), "text": "井盖松动", "address": "柳荫路1号院"}

    first = resident.browser.post(REPORT, {**words, "photos": [photo()]})
    second = resident.browser.post(REPORT, {**words, "photos": [photo()]})

    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1
    assert Attachment.objects.count() == 1


def test_the_key_of_a_filed_report_is_not_taken_for_another(resident: Resident) -> None:
    words = {**resident.form(), "address": "柳荫路1号院"}
    resident.browser.post(REPORT, {**words, "text": "井盖松动"})

    answer = resident.browser.post(REPORT, {**words, "text": "路灯不亮"})

    assert answer.status_code == 409
    assert "您刚才已经登记过一次" in answer.content.decode()
    assert f'value="{words["key"]}"' not in answer.content.decode()


def test_no_row_of_the_database_holds_the_secret(resident: Resident) -> None:
    secret = resident.receipt().split("/")[2]

    assert secret not in str(list(Deed.objects.values())) + str(list(Report.objects.values())) + str(
        list(Entry.objects.values())
    )


def test_too_many_reports_from_one_address_meet_a_page_that_keeps_the_words(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.MOST, "report", 2)
    resident.receipt()
    resident.receipt()

    answer = resident.files("第三件事")

    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"
    assert ">第三件事</textarea>" in answer.content.decode()
    assert Case.objects.count() == 2


def test_behind_our_own_proxy_the_address_is_what_the_proxy_noted(rf: Any, settings: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")

    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert limits.address(request) == "10.0.0.1"
    settings.PUBLIC_URL = "https://street.example"
    assert limits.address(request) == "203.0.113.9"


def test_a_filled_honeypot_gets_a_friendly_page_and_files_nothing(resident: Resident) -> None:
    answer = resident.files(homepage="http://spam.example")

    assert answer.status_code == 200
    assert "谢谢" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_street_that_takes_no_public_reports_says_whom_to_call(resident: Resident) -> None:
    Street.objects.update(takes_public_reports=False)

    assert "暂不接受网上反映" in resident.reads(REPORT)
    assert resident.browser.post(REPORT, {}).status_code == 409
    assert REPORT not in resident.reads("/")


def test_an_unknown_street_is_a_designed_page(resident: Resident) -> None:
    answer = resident.browser.get("/s/nowhere/report/")

    assert answer.status_code == 404
    assert "gl-page" in answer.content.decode()


def test_the_report_page_costs_few_statements_and_no_more_with_more_cases(
    resident: Resident, django_assert_max_num_queries: Any
) -> None:
    resident.reads(REPORT)
    for _ in range(3):
        resident.receipt(lon=str(IN_NE["lon"]), lat=str(IN_NE["lat"]))

    with django_assert_max_num_queries(8):
        resident.reads(REPORT)


def test_filing_from_the_form_costs_a_bounded_number_of_statements(
    resident: Resident, django_assert_max_num_queries: Any
) -> None:
    resident.receipt()
    words = {**resident.form(), "text": "路灯不亮", "address": "柳荫路1号院"}

    with django_assert_max_num_queries(40):
        answer = resident.browser.post(REPORT, words)

    assert answer.status_code == 302


def test_who_comes_from_a_firms_notice_reports_for_that_firm_until_another_name_is_written(resident: Resident) -> None:
    firm = registered(1)
    page = resident.reads(f"{REPORT}?firm={firm.ref}")
    assert firm.name in page and firm.ref in page and "柳荫路1号院" in page

    resident.receipt("贷款贴息没有回音", firm=firm.ref, enterprise=firm.name)
    assert (newest().enterprise_ref, newest().source) == (firm.ref, "enterprise")
    resident.receipt("贷款贴息没有回音,另一家", firm=firm.ref, enterprise="另一家公司")
    assert newest().enterprise_ref == ""
    assert firm.name not in resident.reads(f"{REPORT}?firm=nobody")
