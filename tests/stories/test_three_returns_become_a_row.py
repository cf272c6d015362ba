"""Three returns end in a designation whose ruling becomes a row: drafted with its effects, published by a second person; the next case goes there."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Ruling
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.organisation import queries as organisation
from gridloop.site import tick
from tests.sample import CODE, IN_SW, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book


def leak(at: datetime) -> Case:
    """A leak, as the table has it: housing leads."""
    filing = actions.Filing(text="楼道顶板漏水三天了", category="城乡建设/房屋管理/漏水", source="phone", **IN_SW)
    return actions.file_case(by=who("desk", at=at), at=at, street=CODE, filing=filing).case


def pictured(person: Person, name: str, *, phone: bool) -> None:
    """A picture for whoever looks at the pages, where GRIDLOOP_PICTURES names a folder."""
    if folder := os.environ.get("GRIDLOOP_PICTURES"):
        person.page.screenshot(path=f"{folder}/{name}-{'390' if phone else '1440'}.png", full_page=True)


def thrice_returned(someone: Callable[..., Person], *, phone: bool) -> Case:
    """Three units return the case, each in a browser; the second was asked by the first and declined."""
    case = leak(timezone.now())
    tick.once(at=timezone.now())
    page = f"/cases/{case.ref}/"
    housing = someone("housing", phone=phone).visit(page)
    housing.do("return_case", duty_item="B-03", reason="公共部位应由城管牵头。")
    tick.once(at=timezone.now())

    urban = someone("urban", phone=phone)
    assert urban.sees("等我单位答复的退回")
    pictured(urban, "court-desk", phone=phone)
    urban.follows("楼道顶板漏水三天了")
    no = urban.yes("answer_return", "takes", meaning=False)
    urban.do("answer_return", takes=no, duty_item="P-12", reason="户内漏水不是市容。")
    assert urban.sees("退回已答复。")

    desk = someone("desk", phone=phone)
    for unit in ("environment", "economy"):
        desk.visit(page).do("assign", unit=unit, reason="请看看是否归你们。")
        someone(unit, phone=phone).visit(page).do("return_case", duty_item="B-03", reason="公共部位应由城管牵头。")
    assert not desk.visit(page).may("assign"), "the desk has no say any more"
    assert book_of(case) == [
        "case.filed", "case.returned", "case.return_declined", "case.assigned", "case.returned", "case.assigned", "case.returned",
    ]  # fmt: skip
    return case


def book_of(case: Case) -> list[str]:
    """What was done to the case, without what was told of it."""
    return [kind for kind in book(case.ref) if kind.startswith("case.")]


@AT_BOTH_WIDTHS
def test_three_returns_end_in_a_designation_whose_ruling_becomes_a_row(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    case = thrice_returned(someone, phone=phone)
    tick.once(at=timezone.now())

    leader = someone("leader", phone=phone)
    assert leader.sees("待我裁定")
    leader.follows("楼道顶板漏水三天了")
    assert leader.sees("按规则应由 城市管理中队")
    pictured(leader, "court-ruling", phone=phone)
    leader.do(
        "designate", unit="housing", duty_items="B-03", reason="户内漏水由房管所牵头,城管配合。", applies_to="place"
    )
    ruling = Ruling.objects.get()
    assert leader.sees("裁定主办单位")
    assert leader.sees(ruling.number)
    pictured(leader, "court-case", phone=phone)
    assert scoped_case(case.ref, by=SYSTEM).is_binding

    draft = f"/setup/changes/{ruling.change_set.ref}/"
    leader.visit(draft)
    assert leader.sees(ruling.row)
    pictured(leader, "court-draft", phone=phone)
    leader.send("form[action$='/do/submit/']")
    assert leader.page.locator("form[action$='/do/publish/']").count() == 0, "not by who drafted it"

    keeper = someone("keeper", phone=phone).visit(draft)
    for tick_box in keeper.page.locator("input[name=accept_warnings]").all():
        tick_box.check()
    keeper.send("form[action$='/do/publish/']")
    assert keeper.sees("已生效")
    _the_next_case_goes_there(keeper, someone("desk", phone=phone), ruling, phone=phone)


def _the_next_case_goes_there(keeper: Person, desk: Person, ruling: Ruling, *, phone: bool) -> None:
    following = leak(timezone.now())
    assert (following.lead.code, following.route_row) == ("housing", ruling.row)
    keeper.visit("/precedents/?text=漏水")
    assert keeper.sees(ruling.number)
    assert keeper.sees("现行")
    assert keeper.fits()
    pictured(keeper, "precedents", phone=phone)
    desk.visit(f"/cases/{following.ref}/")
    assert desk.sees("同类事项的先例")
    assert desk.sees("答复责任")
    assert desk.fits()
    assert organisation.answering(following.answerer, at=timezone.now()).person.name == "甲受理"
