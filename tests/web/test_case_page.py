"""The case page: key facts before the story, who looked, templates, pictures and sounds, and each verb on a page of its own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gridloop.offices.archive import attachments
from gridloop.offices.archive.models import Attachment
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import ReplyTemplate
from tests.sample import CODE, IN_SW, MONDAY, who
from tests.web.test_queries import queries
from tests.web.test_verbs import PNG, Person, hidden, kinds, state

HOUR = timedelta(hours=1)


@pytest.fixture
def person(signed_in, wall):
    return lambda username: Person(signed_in(username), wall, username)


def test_the_key_facts_stand_before_the_story(signed_in, light):
    page = signed_in("urban").get(f"/cases/{light}/").content.decode()

    order = [
        page.index(part)
        for part in ('class="gl-key"', 'id="verbs"', 'id="facts"', 'id="why-here"', 'id="history-title"')
    ]
    assert order == sorted(order)


def test_a_long_story_is_folded_away(signed_in, light):
    actions.accept(by=who("urban"), at=MONDAY, case=light)
    for number in range(12):
        actions.note_progress(by=who("urban"), at=MONDAY + number * HOUR, case=light, text=f"第 {number} 次到场")

    page = signed_in("urban").get(f"/cases/{light}/").content.decode()

    assert "更早的 6 条" in page and page.index("第 11 次到场") < page.index("gl-older") < page.index("第 1 次到场")


@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("desk", True),  # answers for the desk
        ("leader", True),
        ("urban_leader", True),  # answers for the unit
        ("manager", True),  # first contact
        ("urban", True),  # looked themselves, and sees their own look
        ("grid", False),  # watches the place only
        ("verifier", False),
    ],
)
def test_who_looked_is_shown_to_those_who_answer_for_it(person, light, username, sees):
    person("urban").client.post(f"/cases/{light}/contacts/", {"reason": "约时间上门"})

    page = person(username).opens(light)

    assert ("约时间上门" in page and "谁看过" in page) == sees


def test_a_template_comes_with_its_placeholders_filled(signed_in, light):
    words = "{编号}由{单位}办理,期限{期限};{不认识}"
    ReplyTemplate.objects.create(street=CODE, category="城乡建设", verb="answer", title="路灯已修", body=words)
    ReplyTemplate.objects.create(street=CODE, category="环境保护", title="噪音", body="不相干")
    actions.accept(by=who("urban"), at=MONDAY, case=light)

    page = signed_in("urban").get(f"/cases/{light}/").content.decode()

    assert re.search(r'data-fill="answer-text" data-text="\d{8}-\d{6}由城市管理中队办理,期限2022年', page)
    assert "{不认识}" in page and "不相干" not in page


def test_the_duty_rows_of_the_cases_category_come_first_and_can_be_filtered(signed_in, light):
    page = signed_in("urban").get(f"/cases/{light}/").content.decode()

    chosen = re.search(r"<select[^>]*duty_item.*?</select>", page, re.S)[0]
    assert "data-filter" in chosen and chosen.index("B-03") < len(chosen) and chosen.index("P-12") < len(chosen)


def test_merging_shows_what_looks_alike_and_takes_the_one_that_is_chosen(person, light):
    filing = actions.Filing(text="柳荫路路灯坏了不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_SW)
    other = actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case
    desk = person("desk")
    page = desk.client.get(f"/cases/{light}/do/merge/").content.decode()

    nothing = desk.does("merge", light, reason="同一盏灯")
    done = desk.does("merge", light, like=other.number, reason="同一盏灯")

    assert other.number in page and "文字相近" in page and "gl-compare" in page
    assert nothing.status_code == 422 and done.status_code == 302 and state(light) == "merged"


@pytest.mark.parametrize("verb", ["split", "merge", "consult", "send_outside"])
def test_each_verb_has_a_page_of_its_own(signed_in, light, verb):
    actions.accept(by=who("urban"), at=MONDAY, case=light)

    answer = signed_in("desk").get(f"/cases/{light}/do/{verb}/")

    assert answer.status_code == (200 if verb in ("split", "merge", "consult", "send_outside") else 302)


def test_a_verb_that_is_not_offered_leads_back_to_the_case(signed_in, light):
    answer = signed_in("urban").get(f"/cases/{light}/do/strike_off/")

    assert answer.status_code == 302 and answer["Location"] == f"/cases/{light}/"
    assert signed_in("urban").get(f"/cases/{light}/do/fly/").status_code == 404


def test_a_decision_is_finished_and_contact_is_taken_back_through_the_forms(person, light):
    desk, urban = person("desk"), person("urban")
    desk.does("consult", light, units=["urban", "housing"], topic="灯杆归谁")
    desk.does("conclude_consultation", light, minutes="由城管修复。", text_1="更换灯具", owner_1="urban")
    page = urban.opens(light)
    decision = re.search(r'<select[^>]*name="decision".*?<option value="(\w{16})"', page, re.S)[1]
    assert "更换灯具" in urban.client.get("/desk/").content.decode()

    done = urban.does("finish_decision", light, decision=decision, text="已更换")
    report = re.search(r'<select[^>]*name="report".*?<option value="(\w{16})"', desk.opens(light), re.S)[1]
    gone = desk.does("withdraw_contact", light, report=report)

    assert (done.status_code, gone.status_code) == (302, 302)
    assert kinds(light)[-2:] == ["case.decision_done", "case.contact_withdrawn"]
    assert "王**" not in desk.opens(light)


def test_pictures_are_small_on_the_page_and_large_behind_the_link(person, light):
    urban = person("urban")
    urban.does("accept", light)
    urban.does("attach", light, file=SimpleUploadedFile("现场.png", PNG))
    kept = Attachment.objects.get()

    page = urban.opens(light)
    small = urban.client.get(f"/cases/{light}/files/{kept.ref}/?size=small")

    assert f"/cases/{light}/files/{kept.ref}/?size=small" in page and "data-lightbox" in page
    assert (
        small["Content-Type"] == "image/jpeg"
        and small.content[:2] == b"\xff\xd8"
        and "sandbox" in small["Content-Security-Policy"]
    )


def box(kind, content=b""):
    return (8 + len(content)).to_bytes(4, "big") + kind + content


RECORDING = (
    box(b"ftyp", b"M4A \x00\x00\x00\x00M4A mp42isom")
    + box(
        b"moov",
        box(b"mvhd", b"\x00" * 20)
        + box(b"trak", box(b"mdia", box(b"hdlr", b"soun")) + box(b"udta", box(b"\xa9xyz", b"+34.7050+113.5050/")))
        + box(b"udta", box(b"\xa9xyz", b"+34.7050+113.5050/") + box(b"loci", b"\x00" * 12)),
    )
    + box(b"uuid", b"<x:xmpmeta>+34.7050+113.5050</x:xmpmeta>")
    + box(b"mdat", b"\x01\x02\x03\x04")
)


def test_a_recording_keeps_its_sound_and_loses_its_place():
    cleaned = attachments.clean_recording(RECORDING, name="录音.m4a")

    assert b"34.7050" in RECORDING and b"34.7050" not in cleaned and b"xyz" not in cleaned
    assert len(cleaned) == len(RECORDING) and cleaned.index(b"mdat") == RECORDING.index(b"mdat"), "nothing moves"


@pytest.mark.parametrize(
    "broken",
    [
        RECORDING[:60],  # cut off
        box(b"ftyp", b"M4A ") + b"\x00\x00\x00\x04moov",  # shorter than its own head
        box(b"ftyp", b"M4A ") + b"\xff\xff\xff\xffmoov",  # longer than the file
        box(b"ftyp", b"M4A ") + b"\x00\x00",  # half a head
    ],
)
def test_a_recording_whose_boxes_do_not_fit_is_refused(broken):
    from gridloop.core.errors import WrongInput

    with pytest.raises(WrongInput, match="打不开"):
        attachments.clean_recording(broken, name="录音.m4a")


def test_a_kept_recording_is_played_in_place_without_its_place(person, light):
    urban = person("urban")
    urban.does("accept", light)

    sent = urban.does("attach", light, file=SimpleUploadedFile("录音.m4a", RECORDING))

    kept = Attachment.objects.get()
    assert sent.status_code == 302 and b"34.7050" not in kept.file.open("rb").read()
    assert "<audio" in urban.opens(light)


def test_the_page_costs_the_same_with_many_links_and_likenesses(signed_in, light):
    client = signed_in("desk")
    actions.accept(by=who("urban"), at=MONDAY, case=light)
    actions.send_outside(by=who("urban"), at=MONDAY, case=light, body="第一家", task="请更换灯具")
    few = queries(client, f"/cases/{light}/")

    for number in range(4):
        actions.send_outside(by=who("urban"), at=MONDAY, case=light, body=f"第 {number} 家", task="请更换灯具")
        filing = actions.Filing(text="柳荫路路灯坏了不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_SW)
        actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing)

    assert queries(client, f"/cases/{light}/") == few
    assert few <= 60


def test_a_stale_form_of_a_link_is_refused(person, light):
    urban, leader = person("urban"), person("urban_leader")
    urban.does("accept", light)
    stale = hidden(urban.opens(light), "send_outside")
    leader.does("begin_work", light)

    answer = urban.client.post(
        f"/cases/{light}/do/send_outside/", stale | {"body": "甲", "task": "请更换灯具", "days": "3"}
    )

    assert answer.status_code == 409 and "刚刚被别人处理过" in answer.content.decode()


def test_the_whole_table_is_told_row_by_row_on_a_page_to_print(signed_in, light):
    client = signed_in("urban")

    assert f'href="/cases/{light}/route/"' in client.get(f"/cases/{light}/").content.decode()
    page = client.get(f"/cases/{light}/route/").content.decode()

    assert "data-print" in page and "为什么到这里" in page
    assert all(f">{row}<" in page for row in ("R1", "R2", "R3", "R4", "R5"))  # also those that do not cover the case
    assert "类别不符" in page and "地点不符" in page and "没有选中" not in page.split("说给反映人听")[0]


def test_a_case_out_of_reach_tells_nothing_of_its_way(signed_in, light):
    assert signed_in("environment").get(f"/cases/{light}/route/").status_code == 404
