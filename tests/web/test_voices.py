"""企业的话: what firms said in the words of the record, nobody named, with how many were asked and reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gridloop.core.access import SYSTEM
from gridloop.core.period import Period
from gridloop.offices.cases.models import Callback, Report
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.indicators.asked import Asked
from gridloop.offices.indicators.voices import heard
from gridloop.offices.organisation.models import Person
from tests.firms import registered
from tests.offices.loop import Story, told
from tests.sample import CODE, MONDAY, who

SignIn = Callable[[str], Client]
MAY = Period.parse("2022-05")


def called(firm: Any, words: str, *, satisfied: int | None, outcome: str = "reached") -> Story:
    story = told(
        text="想贷款扩建车间", category="企业服务/融资", source="manager", enterprise=firm.name, enterprise_ref=firm.ref, reporter_name="赵厂长",
    )  # fmt: skip
    report = Report.objects.get(case__ref=story.ref)
    Callback.objects.create(
        case=story.case, report=report, outcome=outcome, solved=outcome == "reached" or None, satisfied=satisfied, text=words,
        by=Person.objects.get(code="P08"), called_at=MONDAY + timedelta(hours=3),
    )  # fmt: skip
    return story


@pytest.fixture
def firm(street: object) -> Any:
    return registered(1, name="示例机械厂")


def asked(by: str = "desk") -> Asked:
    return Asked(who(by), CODE, MAY, MONDAY + timedelta(days=1))


def test_what_a_firm_said_names_nobody_and_its_own_name_only_when_it_agrees(firm: Any) -> None:
    called(firm, "示例机械厂的赵厂长说:更有信心了", satisfied=5)

    (voice,) = heard(asked()).voices
    answer_consent(by=SYSTEM, at=MONDAY, enterprise=firm.ref, kind="story", granted=True, how="书面")
    (agreed,) = heard(asked()).voices

    assert (voice.words, voice.firm) == ("本企业的有关人员说:更有信心了", "")
    assert (agreed.words, agreed.firm) == ("示例机械厂的有关人员说:更有信心了", "示例机械厂")


def test_what_a_callback_leaves_with_the_report_is_one_saying(firm: Any) -> None:
    story = called(firm, "钱到账了", satisfied=4)
    Report.objects.filter(case__ref=story.ref).update(
        comment="钱到账了", satisfied=4, judged_at=MONDAY + timedelta(hours=3)
    )
    other = called(firm, "", satisfied=None)
    Report.objects.filter(case__ref=other.ref).update(
        comment="自己写的", satisfied=5, judged_at=MONDAY + timedelta(hours=4)
    )

    assert [(each.way, each.words) for each in heard(asked()).voices] == [
        ("judged", "自己写的"),
        ("callback", "钱到账了"),
    ]


def test_who_was_asked_and_not_reached_is_counted_beside(firm: Any) -> None:
    called(firm, "钱到账了", satisfied=4)
    called(firm, "来得太晚", satisfied=1)
    called(firm, "", satisfied=None, outcome="not_reached")

    every, pleased, not_pleased = heard(asked()), heard(asked(), pleased="yes"), heard(asked(), pleased="no")

    assert (every.reached, every.asked, len(every.voices)) == (2, 3, 2)
    assert [each.words for each in pleased.voices] == ["钱到账了"] and [each.words for each in not_pleased.voices] == [
        "来得太晚"
    ]
    assert (pleased.reached, pleased.asked) == (2, 3)  # the filter by mark does not hide the silent
    assert heard(asked(), unit="urban").voices == [] and heard(asked("urban")).voices == []


def test_the_page_opens_each_case_and_keeps_its_filters(signed_in: SignIn, firm: Any, wall: Any) -> None:
    wall.at = MONDAY + timedelta(days=1)
    story = called(firm, "钱到账了", satisfied=4)
    leader = signed_in("leader")

    page = str(leader.get("/indicators/voices/?period=2022-05").content.decode())
    none = str(leader.get("/indicators/voices/?period=2022-05&pleased=no&unit=economy").content.decode())

    assert (
        f"/cases/{story.ref}/" in page
        and "钱到账了" in page
        and "问了 1 位反映人,联系上 1 位" in page
        and "赵厂长" not in page
    )
    assert (
        "没有留下的话" in none
        and '<option value="no" selected>' in none
        and '<option value="economy" selected>' in none
    )
    assert leader.get("/indicators/voices/?period=2022-05&pleased=x&unit=%00&after=zzz").status_code == 200
    assert "/indicators/voices/" in str(leader.get("/indicators/satisfaction/?period=2022-05").content.decode())
