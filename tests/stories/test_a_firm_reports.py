"""An enterprise reports in its own name and follows it: not solved goes back to the unit, solved is struck off within the firm's sight."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils import timezone

from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case
from gridloop.site import tick
from tests.sample import who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book

USCC = "91350100M000100Y43"
"""The worked example of GB 32100-2015, appendix A."""


def answered(case: str, text: str) -> None:
    now = timezone.now()
    economy = who("economy", at=now)
    if Case.objects.get(ref=case).state == "routed":
        actions.accept(by=economy, at=now, case=case)
    actions.answer(by=economy, at=now, case=case, text=text)
    tick.once(at=now)


def judges(firm: Person, follow: str, solved: str, satisfied: str) -> None:
    firm.visit(follow)
    if firm.page.locator("[id^=judge-]").get_attribute("open") is None:
        firm.page.locator("[id^=judge-] > summary").click()
    firm.page.check(f"input[name=solved][value={solved}]")
    firm.page.select_option("[name=satisfied]", satisfied)
    firm.send("form[action$='/do/judge/']")


@AT_BOTH_WIDTHS
def test_a_firm_reports_sends_it_back_once_and_sees_it_struck_off(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    firm = someone(phone=phone).visit("/s/sample/report/")
    page = firm.page
    page.fill("#text", "小微企业贷款贴息材料交了两周没有回音,厂房租金月底到期。")
    page.select_option("#category", "企业服务/融资")
    page.fill("#address", "柳荫路1号院")
    firm.opens("我代表企业反映")
    page.fill("#enterprise", "示例文化公司(演示)")
    page.fill("#uscc", "91350100M000100Y44")
    page.locator("form:has(#text) button[type=submit]").last.click()
    page.wait_for_selector("#uscc[aria-invalid]")  # the check digit is wrong; nothing typed is lost
    assert page.input_value("#enterprise") == "示例文化公司(演示)"
    page.fill("#uscc", USCC)
    page.locator("form:has(#text) button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/r/[a-z0-9]+/"))
    follow = page.url.removeprefix(firm.home).partition("?")[0]
    assert firm.sees("经济发展办")
    case = Case.objects.get()
    assert (case.enterprise, case.lead.code) == (f"示例文化公司(演示)({USCC})", "economy")

    answered(case.ref, "材料已转区里,请等通知。")
    judges(firm, follow, "no", "2")
    assert (Case.objects.get().state, Case.objects.get().reworks) == ("handling", 1)
    answered(case.ref, "贴息已批复,本周五到账,经办窗口在一楼。")
    judges(firm, follow, "yes", "5")
    desk = someone("desk", phone=phone).visit("/cases/?text=示例文化")
    assert desk.sees(case.number)
    desk.visit(f"/cases/{case.ref}/").do("strike_off")
    firm.visit(follow)

    assert firm.sees("已办结销号")
    assert firm.fits()
    assert [kind for kind in book(case.ref) if kind.startswith("case.")] == [
        "case.filed", "case.accepted", "case.answered", "case.judged", "case.sent_back", "case.answered", "case.judged", "case.cleared",
    ]  # fmt: skip
