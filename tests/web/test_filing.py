"""Filing as fast as a phone call: places and categories while one types, the same trouble shown before anything is saved."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.offering import rank
from tests.sample import CODE, IN_SW, MONDAY, who

TOLD = {"source": "phone", "grade": "ordinary", "priority": "normal"}
LAMP = {"text": "柳荫路的路灯坏了不亮", "category": "城乡建设/市政设施/路灯", "lon": "113.505", "lat": "34.705"}


def key_of(page):
    return re.search(r'name="key" value="([^"]*)"', page)[1]


@pytest.fixture
def desk(signed_in):
    return signed_in("desk")


def file(client, **told):
    key = key_of(client.get("/cases/new/").content.decode())
    return client.post("/cases/new/", TOLD | {"key": key} | told)


def test_a_trouble_that_looks_alike_is_shown_before_anything_is_saved(desk, light):
    answer = file(desk, **LAMP)

    page = answer.content.decode()
    assert answer.status_code == 409 and Case.objects.count() == 1
    assert "可能是同一问题" in page and f'value="{light}"' in page and "文字相近" in page
    assert "柳荫路的路灯坏了不亮" in page, "what was typed is kept"


def test_only_who_chose_files_is_told_to_choose_them_again(desk, light):
    plain = file(desk, **LAMP).content.decode()
    with_file = file(desk, **LAMP, files=SimpleUploadedFile("灯.jpg", b"...", "image/jpeg")).content.decode()

    assert "选过的文件要重新选一次" not in plain and "选过的文件要重新选一次" in with_file


def test_the_same_trouble_joins_the_open_case_with_its_own_receipt(desk, light):
    answer = file(desk, **LAMP, same=light, reporter_phone="13800000006")

    page = answer.content.decode()
    assert answer.status_code == 200 and "已并入未结事项" in page and "/r/" in page
    assert Case.objects.count() == 1 and Report.objects.filter(case__ref=light).count() == 2


def test_a_different_trouble_is_filed_by_itself(desk, light):
    assert file(desk, **LAMP, same="different").status_code == 200

    assert Case.objects.count() == 2


def test_a_joining_sent_twice_joins_once_and_shows_the_same_receipt(desk, light):
    told = TOLD | LAMP | {"same": light, "key": key_of(desk.get("/cases/new/").content.decode())}

    pages = [desk.post("/cases/new/", told).content.decode() for _ in range(2)]

    secrets = [re.search(r'data-copy="([^"]*)"', page)[1] for page in pages]
    assert secrets[0] == secrets[1] and Report.objects.count() == 2


def test_nobody_joins_what_they_cannot_see(signed_in, light):
    answer = file(signed_in("environment"), **LAMP, same=light)

    assert answer.status_code == 404 and Report.objects.count() == 1


def test_whoever_cannot_see_the_open_case_is_not_told_of_it(signed_in, light):
    answer = file(signed_in("environment"), **LAMP)

    assert answer.status_code == 200 and Case.objects.count() == 2


def test_what_is_far_away_or_closed_is_no_duplicate(desk, light):
    elsewhere = file(desk, **(LAMP | {"text": "河畔花园路灯坏了不亮", "lon": "113.515", "lat": "34.715"}))
    actions.withdraw(by=who("desk"), at=MONDAY, case=light, reason="反映人不再需要")
    again = file(desk, **LAMP)

    assert (elsewhere.status_code, again.status_code) == (200, 200)


def test_looking_while_typing_suggests_and_compares_and_keeps_nothing(desk, light):
    answer = desk.post("/cases/new/look/", LAMP | {"category": ""})

    page = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in page
    assert f'value="{light}"' in page
    assert "不确定" in page or "把握" in page
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"text": "x"},
        {"text": "水" * 9000},
        {"text": "漏水了", "lon": "nan", "lat": "1e999"},
        {"text": "\x00\x00\x00\x00"},
    ],
)
def test_looking_bears_whatever_is_typed(desk, told):
    assert desk.post("/cases/new/look/", told).status_code == 200


@pytest.mark.parametrize(
    ("name", "asked", "place"),
    [
        ("柳荫路1号院", "柳荫", 0),  # begins with it
        ("柳荫路1号院", "号院", 1),  # contains it
        ("柳荫路1号院", "LYL", 2),  # begins with these initials
        ("河畔花园", "hy", 3),  # contains these initials
        ("河畔花园", "柳荫", 9),  # neither
        ("河畔花园", "", 9),  # nothing typed
        ("河畔花园", "。", 9),  # only marks
    ],
)
def test_a_name_is_found_by_its_words_or_its_initials(name, asked, place):
    assert rank(name, asked) == place


def test_places_are_offered_by_words_and_by_initials(desk):
    by_words = desk.post("/cases/new/places/", {"asked": "花园"}).content.decode()
    by_initials = desk.post("/cases/new/places/", {"asked": "hphy"}).content.decode()

    assert "河畔花园" in by_words and 'data-grid="C2-NE"' in by_initials


def test_addresses_used_before_are_offered_to_those_who_may_see_them(signed_in):
    filing = actions.Filing(text="楼道灯坏了", source="phone", address="柳荫路1号院7号楼502", **IN_SW)
    actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing)

    mine = signed_in("desk").post("/cases/new/places/", {"asked": "7号楼"}).content.decode()
    other = signed_in("economy").post("/cases/new/places/", {"asked": "7号楼"}).content.decode()

    assert "7号楼502" in mine and "7号楼502" not in other


def test_categories_are_offered_by_name_by_the_name_above_and_by_initials(desk):
    found = {
        asked: desk.post("/cases/new/categories/", {"asked": asked}).content.decode()
        for asked in ("路灯", "ld", "市政", "没有")
    }

    assert (
        'data-value="城乡建设/市政设施/路灯"' in found["路灯"] and 'data-value="城乡建设/市政设施/路灯"' in found["ld"]
    )
    assert found["市政"].count("<li") == 2 and found["没有"].strip() == ""


def test_only_those_who_file_are_offered_anything(signed_in, street):
    keeper = signed_in("verifier")

    for address in ("/cases/new/look/", "/cases/new/places/", "/cases/new/categories/"):
        assert keeper.post(address, {"asked": "路灯"}).status_code == 403
        assert keeper.get(address).status_code == 405


def test_what_is_offered_costs_the_same_in_a_full_street(desk, light):
    def cost(address, told):
        desk.post(address, told)
        with CaptureQueriesContext(connection) as found:
            desk.post(address, told)
        return len(found)

    asked = [
        ("/cases/new/look/", LAMP),
        ("/cases/new/places/", {"asked": "路"}),
        ("/cases/new/categories/", {"asked": "路"}),
    ]
    few = [cost(*each) for each in asked]
    for number in range(30):
        filing = actions.Filing(text=f"第 {number} 处路灯不亮", source="phone", address=f"柳荫路{number}号", **IN_SW)
        actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing)

    assert [cost(*each) for each in asked] == few


def test_the_reporter_is_marked_as_personal_so_that_the_draft_stays_in_the_tab(desk):
    page = desk.get("/cases/new/").content.decode()

    for name in ("reporter_name", "reporter_phone"):
        assert "data-personal" in re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]


def test_a_blank_form_is_printed_and_what_it_says_is_filed_as_paper(desk, signed_in):
    page = desk.get("/cases/new/paper/").content.decode()

    assert "问题登记表" in page and "已有编号的表不再登记" in page and "/report/" in page and "<svg" in page
    assert signed_in("keeper").get("/cases/new/paper/").status_code == 403
    assert file(desk, text="楼下垃圾桶满了三天没人清", source="paper").status_code == 200
    assert Case.objects.get().source == "paper" and "纸质表登记" in desk.get("/cases/").content.decode()
