"""The meeting on car subsidies (汽车补贴推进会): the register is filtered, firms are invited and come, what they ask is a case the same day, the unit
answers, and the answer is a 问答 that cites the policy; on a desktop and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.clusters import add_cluster
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.actions import Told
from gridloop.offices.policies.models import PolicyQuestion
from tests.firms import registered
from tests.sample import CODE, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book, press

ASKED = "补贴是企业申报还是个人申报?"
ANSWER = "由限额以上汽车零售企业代申报,个人不用到窗口。"


def car_town() -> list[Enterprise]:
    """Two dealers above the threshold, one below it, one that refused calls; and the policy they will ask about."""
    now = timezone.now()
    town = add_cluster(by=SYSTEM, at=now, street=CODE, name="示例汽车城", kind="auto", grid="C1-SW")
    cells = {"industry": "5261", "cluster": town.name}
    firms = [
        registered(number, at=now, name=f"示例{name}汽车销售公司", revenue=revenue, **cells)
        for number, (name, revenue) in enumerate(
            (("华东", "9000"), ("永兴", "6000"), ("小微", "200"), ("谢绝", "8000")), 1
        )
    ]
    answer_consent(by=SYSTEM, at=now, enterprise=firms[3].ref, kind="visit", granted=False, how="电话说明")
    told = Told(
        title="汽车消费补贴(示例)", issuer="示例机关", number="示例1号", benefit="购车补贴", valid_from=date(2022, 1, 1),
        clauses=[
            {"quote": "汽车零售", "condition": {"fact": "industry", "starts_with": "526"}},
            {"quote": "限额以上", "condition": {"fact": "above_threshold", "equals": True}},
        ],
    )  # fmt: skip
    draft = policies.draft_policy(by=who("economy", at=now), at=now, street=CODE, told=told)
    policies.publish_policy(by=who("desk", at=now), at=now, policy=draft.ref)
    return firms


@AT_BOTH_WIDTHS
def test_from_the_filter_to_the_question_and_answer(
    street: object, someone: Callable[..., Person], *, phone: bool
) -> None:
    firms = car_town()

    desk = someone("desk", phone=phone).visit("/enterprises/forums/new/")
    assert desk.fits()
    announce(desk)
    filter_and_invite(desk, firms)
    meet(desk, firms)
    case = Case.objects.get()
    assert book(case.ref)[0] == "case.filed"
    assert case.source == "forum"

    economy = someone("economy", phone=phone).visit(f"/cases/{case.ref}/")
    assert economy.sees("汽车补贴活动推进会")  # the case says where it was asked
    economy.do("accept")
    economy.do("begin_work")
    economy.do("answer", text=ANSWER)

    desk.page.reload()
    put_as_answer(desk)
    assert PolicyQuestion.objects.get().clause == 2
    manager = someone("manager", phone=phone).visit("/policies/questions/?text=申报")
    assert manager.sees(ANSWER)
    assert manager.sees("依据第 2 条")
    desk.visit("/enterprises/forums/")
    assert desk.sees("诉求 1 件 已立 1 件")
    assert desk.fits()


def announce(desk: Person) -> None:
    """The desk puts the meeting in the calendar, for today."""
    page = desk.page
    page.check("input[name=kind][value=push]")
    page.fill("#announce-title", "汽车补贴活动推进会")
    page.fill("#announce-venue", "示例汽车城二楼")
    page.fill("#announce-starts_at", (timezone.localtime() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    page.select_option("#announce-host", "economy")
    desk.send("form:has(#announce-title)")
    page.wait_for_url(re.compile(r"/invite/$"))


def filter_and_invite(desk: Person, firms: list[Enterprise]) -> None:
    """限额以上 and the car town: three are found, one of them does not wish to be disturbed."""
    page = desk.page
    assert desk.sees("先筛选")
    if not page.is_visible("#firm-threshold"):
        page.check("#filter-more")
    page.select_option("#firm-threshold", "yes")
    page.select_option("#firm-cluster", label="示例汽车城")
    desk.send("form.gl-filters")
    assert desk.sees("筛选到 3 家,可以邀请 2 家")
    assert desk.sees("企业表示不愿被打扰")
    assert not desk.sees(firms[2].name)  # below the threshold
    assert desk.fits()
    desk.send("form:has(input[name=enterprises])")
    assert desk.sees("已邀请 2 家")


def meet(desk: Person, firms: list[Enterprise]) -> None:
    """Both came; one asks, and what it asks is a case in the same moment."""
    page = desk.page
    page.check(f"input[name=came][value='{firms[0].ref}']")
    page.check(f"input[name=came][value='{firms[1].ref}']")
    press(page.get_by_role("button", name="记下到会情况"))
    assert desk.sees("到会情况已记下")
    page.fill("#question-text", ASKED)
    page.select_option("#question-enterprise", firms[0].ref)
    page.select_option("#question-category", "企业服务/证照")
    press(page.get_by_role("button", name="记下并立事项"))
    assert desk.sees("已立为事项")
    assert desk.sees("诉求 1 件 已立 1 件")
    assert desk.fits()


def put_as_answer(desk: Person) -> None:
    """The unit's answer, with the policy and the clause it rests on."""
    page: Any = desk.page
    page.locator("details", has=page.locator("summary", has_text="写成问答")).last.locator("> summary").click()
    form = page.locator("form[action$='/answer/']").last
    form.locator("select[name=policy]").select_option(label="汽车消费补贴(示例)")
    form.locator("input[name=clause]").fill("2")
    assert form.locator("textarea[name=answer]").input_value() == ANSWER
    press(form.locator("button[type=submit]"))
    assert desk.sees("依据第 2 条")
    assert desk.fits()
