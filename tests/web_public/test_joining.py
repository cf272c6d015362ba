"""Me too, undo, the time trap, limits, enterprises: what happens around the report form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from gridloop.core.errors import NotFound, Refused, TooLate
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions import telling
from gridloop.offices.cases.actions.closing import reports_of
from gridloop.offices.cases.models import Case, Report, Segment
from gridloop.offices.cases.queries import following
from gridloop.offices.supervision.queries import clocks_of
from gridloop.web.public import limits
from tests.sample import who
from tests.web_public.conftest import Resident, newest, photo

LIGHT = "城乡建设/市政设施/路灯"
PUDDLE = "城乡建设/市政设施/积水"
USCC = "91350100M000100Y43"
"""The worked example of GB 32100-2015, appendix A."""


def three_tell(resident: Resident, category: str = LIGHT) -> list[Case]:
    """Three people tell of the same at 柳荫路1号院."""
    return [_told(resident, category) for _ in range(3)]


def _told(resident: Resident, category: str, **words: Any) -> Case:
    resident.receipt(category=category, **words)
    return newest()


def nearby_of(resident: Resident, **place: str) -> str:
    token = resident.form()["csrfmiddlewaretoken"]
    return str(resident.browser.post("/s/sample/nearby/", {"csrfmiddlewaretoken": token, **place}).content.decode())


# -- me too ------------------------------------------------------------------------------------------------------------


def test_three_people_are_shown_as_a_number_and_two_are_not(resident: Resident) -> None:
    _told(resident, LIGHT)
    _told(resident, LIGHT)

    two = nearby_of(resident, address="柳荫路1号院")
    _told(resident, LIGHT)
    three = nearby_of(resident, address="柳荫路1号院")

    assert "已有" not in two and "没有多人反映" in two
    assert "已有 3 人反映" in three and "路灯" in three
    assert "楼下路灯不亮" not in three  # never a word of what was said


def test_one_telephone_is_one_person(resident: Resident) -> None:
    for _ in range(4):
        _told(resident, LIGHT, phone="0371-60000001")

    assert "没有多人反映" in nearby_of(resident, address="柳荫路1号院")


@pytest.mark.parametrize(
    "place",
    [
        {},  # nothing chosen yet
        {"address": "别的地方"},  # known to nobody
        {"lon": "x", "lat": "34.7"},  # no number
        {"grid": "no-such-grid"},
        {"lon": "113.505", "lat": "34.715"},  # another cell
    ],
)
def test_elsewhere_nothing_is_shown(resident: Resident, place: dict[str, str]) -> None:
    three_tell(resident)

    assert "人反映 · 我也是" not in nearby_of(resident, **place)


def test_without_script_a_button_shows_the_same_and_keeps_the_words(resident: Resident) -> None:
    three_tell(resident)

    answer = resident.files("我写的话", address="柳荫路1号院", look="1")

    page = answer.content.decode()
    assert answer.status_code == 200 and Case.objects.count() == 3
    assert "已有 3 人反映" in page and ">我写的话</textarea>" in page


def test_who_joins_has_a_receipt_and_an_answer_and_opens_no_second_handling(resident: Resident) -> None:
    first, *_others = three_tell(resident)

    follow = resident.receipt("我家门口也黑", address="柳荫路1号院", join=LIGHT)

    joined = newest()
    assert (joined.state, joined.merged_into_id) == ("merged", first.pk)
    assert not Segment.objects.filter(case=joined, ends_at=None).exists()
    assert {clock.state for clock in clocks_of(joined.subject)} == {"stopped"}
    assert reports_of(first).count() == 2
    actions.accept(by=who("urban", at=now()), at=now(), case=first.ref)
    actions.answer(by=who("urban", at=now()), at=now(), case=first.ref, text="三个路灯都换了。")
    page = resident.reads(follow)
    assert "三个路灯都换了。" in page and "我家门口也黑" in page
    assert "楼下路灯不亮" not in page  # the first reporter's words


def test_photos_of_who_joins_go_to_the_case_that_is_handled(resident: Resident) -> None:
    three_tell(resident)

    answer = resident.files("我家门口也黑", join=LIGHT, photos=photo())

    assert answer.status_code == 302
    assert "灯.jpg" in resident.reads(str(answer["Location"]).partition("?")[0])


@pytest.mark.parametrize("category", [PUDDLE, "环境保护/噪音"])
def test_joining_what_nobody_told_of_files_a_case_of_its_own(resident: Resident, category: str) -> None:
    three_tell(resident)

    resident.receipt("门口有积水", join=category)

    assert newest().state == "routed" and newest().category == category


def test_joining_a_category_that_does_not_exist_is_refused_and_keeps_the_words(resident: Resident) -> None:
    answer = resident.files("门口有积水", join="没有/这类")

    assert answer.status_code == 422 and ">门口有积水</textarea>" in answer.content.decode()


def test_a_joined_telling_is_withdrawn_alone(resident: Resident) -> None:
    first, *_others = three_tell(resident)
    follow = resident.receipt("我家门口也黑", join=LIGHT)

    answer = resident.does(follow, "withdraw", sure="1", reason="看错了")

    assert answer.status_code == 302
    assert newest().state == "withdrawn" and newest().merged_into is None
    assert reports_of(first).count() == 1
    first.refresh_from_db()
    assert first.state == "routed"


def test_whoever_was_added_by_the_desk_sees_none_of_the_first_reporters_words(resident: Resident) -> None:
    follow = resident.receipt("王五家三楼漏水,户号 302", category=LIGHT, address="柳荫路1号院 3 楼 302")
    filing = actions.Filing(text="我是邻居,也看到了", source="phone")
    joined = actions.join_case(by=who("desk", at=now()), at=now(), case=newest().ref, filing=filing)

    page = resident.reads(f"/r/{joined.receipt}/") + resident.reads(f"/r/{joined.receipt}/?receipt=1")

    assert "我是邻居" in page
    assert "302" not in page and "王五" not in page
    assert "302" in resident.reads(follow)


# -- undo --------------------------------------------------------------------------------------------------------------


def test_within_ten_minutes_a_report_is_undone(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)

    assert "撤销" in resident.reads(f"{follow}?new=1")
    answer = resident.does(follow, "undo")

    assert answer.status_code == 302
    assert newest().state == "withdrawn" and newest().withdrawn_reason == telling.UNDONE
    assert "do/undo" not in resident.reads(follow)


def test_who_undoes_is_forgotten_at_once(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT, name="王小明", phone="13800000005")

    resident.does(follow, "undo")

    report = newest().reports.get()
    assert (report.name, report.phone, report.phone_index) == ("", "", "")
    told = [(entry.kind, entry.payload.get("basis")) for entry in timeline(newest().subject)]
    assert ("report.contact_forgotten", telling.UNDONE) in told
    page = resident.reads(follow)
    assert "王" not in page and "138" not in page


def test_an_undone_report_is_not_called_done_in_time(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)

    resident.does(follow, "undo")

    assert "已按期完成" not in resident.reads(follow) and "不再计时" in resident.reads(follow)


def test_undoing_twice_is_told_once(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    resident.does(follow, "undo")

    assert resident.does(follow, "undo").status_code == 409
    assert [entry.kind for entry in timeline(newest().subject)].count("case.withdrawn") == 1


def test_after_ten_minutes_or_acceptance_there_is_no_undo(resident: Resident) -> None:
    follow = resident.receipt(category=LIGHT)
    by = following.reporter([Report.objects.get()])
    case = newest()

    with pytest.raises(TooLate):
        telling.undo(by=by, at=case.filed_at + telling.UNDO_WITHIN, case=case.ref)
    actions.accept(by=who("urban", at=now()), at=now(), case=case.ref)
    refused = resident.does(follow, "undo")

    assert refused.status_code == 409 and "撤回" in refused.content.decode()
    assert "do/undo" not in resident.reads(follow)


def test_nobody_undoes_anothers_report(resident: Resident) -> None:
    resident.receipt(category=LIGHT)
    mine = newest()
    resident.receipt(category=PUDDLE)
    by = following.reporter([Report.objects.get(case=newest())])

    with pytest.raises(NotFound):
        telling.undo(by=by, at=now(), case=mine.ref)


def test_a_joined_report_is_undone_and_the_others_go_on(resident: Resident) -> None:
    first, *_others = three_tell(resident)
    follow = resident.receipt("我家门口也黑", join=LIGHT)

    assert resident.does(follow, "undo").status_code == 302
    assert newest().state == "withdrawn"
    first.refresh_from_db()
    assert first.state == "routed" and reports_of(first).count() == 1


def test_the_first_of_several_cannot_undo_what_others_rely_on(resident: Resident) -> None:
    first, *_others = three_tell(resident)
    resident.receipt("我家门口也黑", join=LIGHT)
    by = following.reporter([first.reports.get()])

    with pytest.raises(Refused):
        telling.undo(by=by, at=now(), case=first.ref)


# -- the time trap and the limits ------------------------------------------------------------------------------------------


def test_a_form_sent_back_at_once_is_asked_again_and_the_second_press_files(resident: Resident, settings: Any) -> None:
    settings.SECONDS_TO_WRITE = 30

    refused = resident.files("机器一样快")
    settings.SECONDS_TO_WRITE = 0
    again = resident.files("机器一样快")

    assert refused.status_code == 422 and "再点一次提交" in refused.content.decode()
    assert ">机器一样快</textarea>" in refused.content.decode()
    assert again.status_code == 302


@pytest.mark.parametrize("stamp", ["", "made-up", "1:2:3"])
def test_a_made_up_stamp_is_asked_again(resident: Resident, stamp: str) -> None:
    assert resident.files("路灯不亮", opened=stamp).status_code == 422


def test_one_street_that_is_flooded_says_so_and_another_address_is_told_too(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.MOST_IN_A_STREET, "report", 1)
    resident.receipt()

    answer = resident.files("第二件事")

    assert answer.status_code == 429 and "提交的人太多" in answer.content.decode()
    assert ">第二件事</textarea>" in answer.content.decode()


# -- enterprises ---------------------------------------------------------------------------------------------------------


def test_an_enterprise_reports_with_its_name_and_code(resident: Resident) -> None:
    resident.receipt("贷款批不下来", enterprise="柳荫纸箱厂", uscc=USCC.lower(), category="企业服务/融资")

    case = newest()
    assert (case.source, case.enterprise) == ("enterprise", f"柳荫纸箱厂({USCC})")
    assert case.lead.code == "economy" and case.reports.get().is_enterprise


def test_an_enterprise_needs_no_code(resident: Resident) -> None:
    resident.receipt("贷款批不下来", enterprise="柳荫纸箱厂")

    assert newest().enterprise == "柳荫纸箱厂"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"enterprise": "柳荫纸箱厂", "uscc": USCC[:-1] + "9"}, "校验码不符"),
        ({"enterprise": "柳荫纸箱厂", "uscc": "123"}, "应为 18 位"),
        ({"uscc": USCC}, "请把企业名称也写上"),
        ({"enterprise": "厂" * 81}, "企业名称最多"),
    ],
)
def test_a_wrong_code_is_named_beside_its_field(resident: Resident, words: dict[str, str], sentence: str) -> None:
    answer = resident.files("贷款批不下来", **words)

    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Case.objects.exists()


def test_contacts_are_forgotten_a_year_after_the_case_ended(resident: Resident) -> None:
    resident.receipt(category=LIGHT, name="王某", phone="0371-60000001")
    resident.receipt(category=LIGHT, name="李某", phone="0371-60000002")
    ended, going_on = Case.objects.order_by("id")
    by = following.reporter([ended.reports.get()])
    actions.withdraw(by=by, at=now(), case=ended.ref, reason="已修好")

    early = telling.forget_old_contacts(at=now() + timedelta(days=364))
    late = telling.forget_old_contacts(at=now() + timedelta(days=366))

    assert (early, late) == (0, 1)
    assert (ended.reports.get().name, ended.reports.get().phone, ended.reports.get().phone_index) == ("", "", "")
    assert going_on.reports.get().name == "李某"
    assert telling.forget_old_contacts(at=now() + timedelta(days=367)) == 0
