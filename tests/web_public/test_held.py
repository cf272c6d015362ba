"""您手里有我的什么: everything kept is listed with its class, who looked, and until when; and it can be corrected, taken back, asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils.timezone import now

from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.actions.contact import show_contacts
from gridloop.offices.cases.models import Case, Report
from tests.sample import who
from tests.web_public.conftest import Resident, newest, photo

LIGHT = "城乡建设/市政设施/路灯"


def changes(resident: Resident, follow: str, what: str, **words: str) -> Any:
    token = resident.form(f"{follow}held/")["csrfmiddlewaretoken"]
    return resident.browser.post(f"{follow}held/{what}/", {"csrfmiddlewaretoken": token, **words})


@pytest.fixture
def follow(resident: Resident) -> str:
    answer = resident.files("楼下路灯不亮", category=LIGHT, name="张三丰", phone="0371-60000001", photos=photo())
    return str(answer["Location"]).partition("?")[0]


def test_every_stored_field_is_listed_with_its_class_and_masked_where_personal(resident: Resident, follow: str) -> None:
    page = resident.reads(f"{follow}held/")

    for told in ("楼下路灯不亮", "柳荫路1号院", "灯.jpg", "L2 内部", "L3 个人信息", "还没有人看过", "办结满一年"):
        assert told in page
    assert "张三丰" not in page and "60000001" not in page


def test_every_column_of_a_report_that_speaks_of_its_teller_is_named() -> None:
    """Whoever adds a column must say here what the page tells of it."""
    told = {
        "name",
        "phone",
        "text",
        "answer",
        "solved",
        "satisfied",
        "judged_at",
        "comment",
        "is_enterprise",
        "told_at",
    }
    technical = {"id", "ref", "street", "case", "phone_index", "token_hash", "origin"}

    assert {field.name for field in Report._meta.concrete_fields} <= told | technical


def test_who_looked_is_told_by_post_and_reason_not_by_name(resident: Resident, follow: str) -> None:
    show_contacts(by=who("desk", at=now()), at=now(), case=newest().ref, reason="回访核对电话")

    page = resident.reads(f"{follow}held/")

    assert "值班受理岗" in page and "回访核对电话" in page
    assert "甲受理" not in page


def test_a_copy_can_be_taken_away(resident: Resident, follow: str) -> None:
    document = resident.browser.get(f"{follow}held.json")
    text = resident.browser.get(f"{follow}held.txt")

    told = json.loads(document.content)
    assert {each["name"]: each["class"] for each in told["reports"][0]["kept"]}["phone"] == "L3"
    assert "attachment" in document["Content-Disposition"] and "no-store" in document["Cache-Control"]
    assert "楼下路灯不亮" in text.content.decode() and "60000001" not in text.content.decode()


def test_the_contact_is_corrected_and_what_it_was_stands_nowhere(resident: Resident, follow: str) -> None:
    assert changes(resident, follow, "correct", name="张三", phone="0371 60000009").status_code == 302

    report = Report.objects.get()
    assert (report.name, report.phone) == ("张三", "0371-60000009")
    entry = timeline(newest().subject)[-1]
    assert entry.kind == "report.contact_changed" and "6000000" not in json.dumps(entry.payload)
    assert "您更正了称呼或电话" in resident.reads(follow)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [({"name": "", "phone": ""}, "都空着"), ({"name": "张三", "phone": "12"}, "电话号码不完整")],
)
def test_a_wrong_correction_is_said_and_changes_nothing(
    resident: Resident, follow: str, words: dict[str, str], sentence: str
) -> None:
    answer = changes(resident, follow, "correct", **words)

    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert Report.objects.get().name == "张三丰"


def test_the_contact_is_taken_back_for_good(resident: Resident, follow: str) -> None:
    unsure = changes(resident, follow, "forget")
    sure = changes(resident, follow, "forget", sure="1")
    again = changes(resident, follow, "forget", sure="1")

    report = Report.objects.get()
    assert (unsure.status_code, sure.status_code, again.status_code) == (422, 302, 302)
    assert (report.name, report.phone, report.phone_index) == ("", "", "")
    assert "没有存您的姓名和电话" in resident.reads(f"{follow}held/")


def test_asking_for_more_becomes_a_case_with_its_own_receipt(resident: Resident, follow: str) -> None:
    number = newest().number

    answer = changes(resident, follow, "ask", text="请删除我写的户号")

    assert answer.status_code == 302 and str(answer["Location"]) != f"{follow}?new=1"
    assert newest().title == f"个人信息更正或删除申请:事项 {number}"
    assert "请删除我写的户号" in newest().text and Case.objects.count() == 2


def test_unknown_changes_and_secrets_open_nothing(resident: Resident, follow: str) -> None:
    assert changes(resident, follow, "explode").status_code == 404
    assert resident.browser.get(f"/r/{'z' * 32}/held/").status_code == 404
    assert resident.browser.get(f"/r/{'z' * 32}/held.json").status_code == 404


def test_a_four_byte_name_and_markup_come_back_as_they_are(resident: Resident) -> None:
    follow = resident.receipt("<script>alert(1)</script> 𠮷野家门口", category=LIGHT, name="𠮷")

    page = resident.reads(f"{follow}held/")

    assert "<script>alert" not in page and "𠮷野家门口" in page


def test_the_page_costs_the_same_however_often_it_was_looked_at(
    resident: Resident, follow: str, django_assert_max_num_queries: Any
) -> None:
    resident.reads(f"{follow}held/")
    with django_assert_max_num_queries(25):
        resident.reads(f"{follow}held/")
