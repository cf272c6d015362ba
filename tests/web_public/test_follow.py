"""A resident follows a report by its receipt, adds to it, judges the answer, withdraws it; and touches nothing else."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from gridloop.offices.archive.models import Attachment
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions import Part
from gridloop.offices.cases.actions.contact import show_contacts
from gridloop.offices.cases.models import Case, Report
from gridloop.web.public.unlogged import SecretsStayOut
from tests.sample import who
from tests.web_public.conftest import Resident, newest, photo

LIGHT = "城乡建设/市政设施/路灯"


def answered(case: Case, *, text: str = "已更换灯泡,恢复照明。") -> None:
    """The lead unit accepts and answers."""
    actions.accept(by=who("urban", at=now()), at=now(), case=case.ref)
    actions.answer(by=who("urban", at=now()), at=now(), case=case.ref, text=text)


def test_the_story_is_told_in_plain_words(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    case = newest()
    actions.accept(by=who("urban", at=now()), at=now(), case=case.ref)
    actions.note_progress(by=who("urban", at=now()), at=now(), case=case.ref, text="内部:等区局配件,联系人小王")
    actions.answer(by=who("urban", at=now()), at=now(), case=case.ref, text="已更换灯泡,恢复照明。")

    page = resident.reads(follow)

    for told in (
        "已登记,派给城市管理中队",
        "城市管理中队已签收",
        "主办单位记录了新的进展",
        "单位已答复",
        "已更换灯泡",
        "柳荫街道办事处值班受理岗",  # who answers: the post, not the person
        "7 个自然日",
    ):
        assert told in page
    assert "内部:等区局配件" not in page
    assert "甲受理" not in page


def test_what_we_hold_is_shown_masked_with_how_often_it_was_looked_at(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT, name="张三丰", phone="0371-60000001")
    before = resident.reads(follow)
    desk = who("desk", at=now())
    show_contacts(by=desk, at=now(), case=newest().ref, reason="回访核对电话")
    show_contacts(by=desk, at=now(), case=newest().ref, reason="再次回访")

    page = resident.reads(follow)

    assert "还没有人看过您的姓名和电话" in before
    assert "被查看 2 次" in page
    assert "张**" in page
    assert "张三丰" not in page
    assert "0371-60000001" not in page


def test_asked_for_more_the_reporter_adds_it_and_work_goes_on(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    case = newest()
    actions.accept(by=who("urban", at=now()), at=now(), case=case.ref)
    actions.ask_reporter(by=who("urban", at=now()), at=now(), case=case.ref, text="是哪一盏灯?")

    assert "是哪一盏灯?" in resident.reads(follow)
    answer = resident.does(follow, "supplement", text="3 号楼西侧第二盏")

    assert answer.status_code == 302
    assert newest().state == "handling"
    page = resident.reads(follow)
    assert "3 号楼西侧第二盏" in page
    assert "do/supplement/" not in page


def test_an_empty_supplement_comes_back_with_the_sentence(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    actions.accept(by=who("urban", at=now()), at=now(), case=newest().ref)
    actions.ask_reporter(by=who("urban", at=now()), at=now(), case=newest().ref, text="是哪一盏灯?")

    answer = resident.does(follow, "supplement", text=" ")

    assert answer.status_code == 422
    assert "请写清楚" in answer.content.decode()


def test_solved_and_satisfied_confirms_the_answer(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    answered(newest())

    resident.does(follow, "judge", solved="yes", satisfied="5", comment="当天就修好了,谢谢")

    report = Report.objects.get()
    assert (report.solved, report.satisfied, report.comment) == (True, 5, "当天就修好了,谢谢")
    actions.strike_off(by=who("desk", at=now()), at=now(), case=newest().ref)
    page = resident.reads(follow)
    assert "您已评价:已解决" in page
    assert "依据:由反映人确认已解决" in page


def test_not_solved_after_strike_off_reopens_the_case(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    case = newest()
    answered(case)
    actions.verify(by=who("verifier", at=now()), at=now(), case=case.ref, passed=True, text="现场查看已亮")
    actions.strike_off(by=who("desk", at=now()), at=now(), case=case.ref)
    assert "已办结销号" in resident.reads(follow)

    resident.does(follow, "judge", solved="no", comment="昨晚又灭了")

    assert (newest().state, newest().reopens) == ("handling", 1)
    assert "重新办理,原来的期限继续计算" in resident.reads(follow)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({}, "请先选“已解决”或“未解决”"),
        ({"solved": "maybe"}, "请先选“已解决”或“未解决”"),
        ({"solved": "yes", "satisfied": "9"}, "满意度从 1 到 5"),
    ],
)
def test_a_judgement_that_says_nothing_is_refused(resident: Resident, words: dict[str, str], sentence: str) -> None:
    follow = resident.receipt(category=LIGHT)
    answered(newest())

    answer = resident.does(follow, "judge", **words)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Report.objects.get().judged_at is None


def test_a_judgement_before_any_answer_is_refused(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)

    answer = resident.does(follow, "judge", solved="yes")

    assert answer.status_code == 409
    assert "do/judge/" not in resident.reads(follow)


def test_withdrawing_is_asked_twice(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)

    assert f"{follow}withdraw/" in resident.reads(follow)
    assert "确认撤回?" in resident.reads(f"{follow}withdraw/")
    assert resident.does(follow, "withdraw").status_code == 422
    assert newest().state == "routed"
    resident.does(follow, "withdraw", sure="1", reason="已经自己修好")

    assert (newest().state, newest().withdrawn_reason) == ("withdrawn", "已经自己修好")
    assert f"{follow}withdraw/" not in resident.reads(follow)
    assert resident.browser.get(f"{follow}withdraw/").status_code == 409


def test_another_photo_is_added_and_shown_to_its_reporter_only(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    resident.does(follow, "photo", photos=[photo()])
    kept = Attachment.objects.get()

    shown = resident.browser.get(f"{follow}photos/{kept.ref}/")
    other = resident.receipt("另一件事")

    assert shown["Content-Type"] == "image/jpeg"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown["Cache-Control"] == "no-store"
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    assert resident.browser.get(f"{other}photos/{kept.ref}/").status_code == 404


def test_what_staff_attach_is_not_the_reporters_to_see(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    kept = actions.attach(
        by=who("urban", at=now()), at=now(), case=newest().ref, name="内部.jpg", content=photo().read()
    )

    assert resident.browser.get(f"{follow}photos/{kept.ref}/").status_code == 404
    assert "内部.jpg" not in resident.reads(follow)


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([], 422),  # nothing chosen
        ([SimpleUploadedFile("说明.txt", b"text")], 422),
        ([photo(f"{n}.jpg") for n in range(4)], 422),
    ],
)
def test_photos_that_cannot_be_taken_are_refused(resident: Resident, files: list[Any], status: int) -> None:
    follow = resident.receipt(category=LIGHT)

    assert resident.does(follow, "photo", photos=files).status_code == status
    assert not Attachment.objects.exists()


def test_merged_reporters_keep_their_receipts_and_see_the_main_answer(resident: Resident) -> None:
    first = resident.receipt("3 号楼路灯不亮", category=LIGHT, name="张三丰")
    main = newest()
    second = resident.receipt("楼下黑灯瞎火", category=LIGHT, name="李四光")
    actions.merge(by=who("desk", at=now()), at=now(), case=newest().ref, into=main.ref, reason="同一盏灯")
    answered(main)

    page = resident.reads(second)

    assert "已更换灯泡" in page
    assert main.number in page
    assert "3 号楼路灯不亮" not in page  # the other reporter's words
    assert "张*" not in page
    resident.does(second, "judge", solved="no", comment="我这边还是黑的")
    assert Report.objects.get(text="楼下黑灯瞎火").solved is False
    assert Report.objects.get(text="3 号楼路灯不亮").solved is None
    main.refresh_from_db()
    assert main.state == "handling"
    assert "我这边还是黑的" not in resident.reads(first)
    assert "还有其他人反映同一问题" in resident.reads(first)


def test_a_merged_reporter_withdraws_only_what_they_told_themselves(resident: Resident) -> None:
    resident.receipt("3 号楼路灯不亮", category=LIGHT)
    main = newest()
    second = resident.receipt("楼下黑灯瞎火", category=LIGHT)
    actions.merge(by=who("desk", at=now()), at=now(), case=newest().ref, into=main.ref, reason="同一盏灯")

    answer = resident.does(second, "withdraw", sure="1")

    assert answer.status_code == 302
    assert newest().state == "withdrawn" and newest().merged_into is None
    main.refresh_from_db()
    assert main.state == "routed"


def test_after_a_split_each_part_is_followed_and_judged_by_itself(resident: Resident) -> None:
    follow = resident.receipt("路灯不亮,楼上还漏水", category=LIGHT)
    whole = newest()
    part = actions.split(
        by=who("desk", at=now()),
        at=now(),
        case=whole.ref,
        parts=[Part(text="楼上漏水", category="城乡建设/房屋管理/漏水")],
        reason="两个单位的事",
    )[0]
    actions.accept(by=who("housing", at=now()), at=now(), case=part.ref)
    actions.answer(by=who("housing", at=now()), at=now(), case=part.ref, text="已修好管道,不再漏水。")
    offshoot = Report.objects.get(case=part)

    page = resident.reads(follow)

    assert "已拆成 2 件" in page
    assert "房管所" in page
    assert "已修好管道" in page
    resident.does(follow, "judge", solved="yes", report=offshoot.ref)
    offshoot.refresh_from_db()
    assert offshoot.solved is True
    assert Report.objects.get(case=whole).solved is None


def test_the_receipt_of_one_report_touches_no_other_case(resident: Resident) -> None:
    mine = resident.receipt("我的事", category=LIGHT)
    resident.receipt("别人的事", category=LIGHT)
    theirs = newest()
    answered(theirs)
    foreign = Report.objects.get(case=theirs)

    for deed, words in (
        ("judge", {"solved": "no"}), ("supplement", {"text": "插一句"}), ("withdraw", {"sure": "1"}), ("photo", {"photos": [photo()]}),
    ):  # fmt: skip
        assert resident.does(mine, deed, report=foreign.ref, **words).status_code == 404

    theirs.refresh_from_db()
    assert theirs.state == "answered"
    assert Report.objects.get(case=theirs).solved is None
    assert not Attachment.objects.exists()
    for page in ("check/", "receipt.json", "withdraw/"):
        assert resident.browser.get(f"{mine}{page}?report={foreign.ref}").status_code == 404


@pytest.mark.parametrize("path", ["", "check/", "receipt.json", "withdraw/", "photos/x/"])
def test_a_wrong_secret_is_a_designed_page_that_nobody_keeps(resident: Resident, path: str) -> None:
    answer = resident.browser.get(f"/r/{'x' * 32}/{path}")

    assert answer.status_code == 404
    assert "没有找到这张回执" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["", "?new=1", "?receipt=1", "check/", "withdraw/", "do/judge/", "photos/x/"])
def test_a_page_behind_a_receipt_is_neither_kept_nor_found_nor_named_in_a_referrer(
    resident: Resident, path: str
) -> None:
    follow = resident.receipt()

    answer = resident.does(follow, "judge") if path == "do/judge/" else resident.browser.get(f"{follow}{path}")

    assert answer["Cache-Control"] == "no-store"
    assert (
        answer["Referrer-Policy"] == "strict-origin"
    )  # never the path; with no-referrer browsers send Origin: null with forms
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_secret_never_reaches_the_log(resident: Resident, caplog: pytest.LogCaptureFixture) -> None:
    follow = resident.receipt()
    secret = follow.split("/")[2]
    caplog.handler.addFilter(SecretsStayOut())

    with caplog.at_level(logging.DEBUG, "django.request"):
        resident.does(follow, "judge", solved="yes")
        resident.browser.get(f"{follow}photos/x/")

    assert caplog.records
    assert secret not in caplog.text


def test_the_filter_strikes_secrets_out_of_tracebacks_too() -> None:
    try:
        raise ValueError("at /r/abcdefgh/photo/")
    except ValueError as fault:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "%s", ("GET /r/abcdefgh/ failed",), (ValueError, fault, fault.__traceback__)
        )

    SecretsStayOut().filter(record)

    assert logging.Formatter().format(record).count("/r/…") == 3
    assert "abcdefgh" not in logging.Formatter().format(record)


@pytest.mark.parametrize(
    "spelled",
    [
        str,
        str.upper,
        lambda secret: f" {secret[:8]}-{secret[8:]} ",
        lambda secret: f"http://x.example/r/{secret}/?new=1",
    ],
)
def test_a_secret_typed_by_hand_is_understood(resident: Resident, spelled: Any) -> None:
    follow = resident.receipt()
    token = resident.form("/follow/")

    answer = resident.browser.post("/follow/", {**token, "secret": spelled(follow.split("/")[2])})

    assert answer["Location"] == follow


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请输入回执上的查询码"),
        ("abc", "您输入了 3 位,查询码应是 32 位"),
        ("o0" * 16, "查询码里没有“0、o”"),
        ("查询码" * 200, "查询码里没有"),
        ("x" * 32, "打不开任何事项"),
    ],
)
def test_a_mistyped_secret_is_explained(resident: Resident, typed: str, sentence: str) -> None:
    answer = resident.browser.post("/follow/", {**resident.form("/follow/"), "secret": typed})

    assert answer.status_code == 404
    assert sentence in answer.content.decode()


def test_following_costs_the_same_after_a_long_history(resident: Resident, django_assert_max_num_queries: Any) -> None:
    follow = resident.receipt(category=LIGHT)
    case = newest()
    actions.accept(by=who("urban", at=now()), at=now(), case=case.ref)
    for hour in range(20):
        actions.note_progress(
            by=who("urban", at=now()), at=now() + timedelta(hours=hour), case=case.ref, text=f"第 {hour} 次进展"
        )

    with django_assert_max_num_queries(
        24
    ):  # four of them tell who answers, four compile the street when nothing is known yet
        resident.reads(follow)


def test_the_front_page_marks_demonstrations_and_says_what_is_promised(resident: Resident) -> None:
    page = resident.reads("/")

    for told in ("柳荫街道", "演示", "交办不过夜", "一般问题不过周", "/follow/", "/ledger/", "/accounts/login/"):
        assert told in page


def test_the_contact_page_gives_the_duty_phone(resident: Resident) -> None:
    assert "值班" in resident.reads("/s/sample/contact/")
