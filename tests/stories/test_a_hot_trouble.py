"""A lamp that a whole road complains about: noticed, joined at the desk, answered once, asked four times, back after a month, proposed as a project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.trouble_models import ProjectProposal, Recurrence, Trouble
from gridloop.site import tick
from gridloop.web.public.doors import PUBLIC
from tests.sample import CODE, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book

LAMP = "城乡建设/市政设施/路灯"
SAYS = ("柳荫路路灯不亮三天了", "柳荫路的路灯坏了,晚上不亮", "路灯不亮,柳荫路口漆黑", "柳荫路上路灯都不亮")


def neighbours(many: int) -> list[tuple[Case, str]]:
    """So many people tell of the lamps, days apart: their cases and receipts."""
    now = timezone.now()
    found = []
    for number in range(many):
        at = now - timedelta(days=12 - 3 * number)
        filing = actions.Filing(
            text=SAYS[number], category=LAMP, lon=113.503 + number * 0.0002, lat=34.705, reporter_name=f"王{number}明",
            reporter_phone=f"1380000000{number}",
        )  # fmt: skip
        filed = actions.file_case(by=PUBLIC, at=at, street=CODE, filing=filing)
        found.append((filed.case, filed.receipt))
    tick.once(at=now)
    return found


def answered_and_struck_off(case: Case) -> None:
    """It counts as accepted already: nobody returned it inside the window."""
    now = timezone.now()
    actions.answer(by=who("urban", at=now), at=now, case=case.ref, text="线路已修复,路灯全亮")
    actions.verify(by=who("verifier", at=now), at=now, case=case.ref, passed=True, text="夜里看过,都亮")
    actions.strike_off(by=who("desk", at=now), at=now, case=case.ref)


@AT_BOTH_WIDTHS
def test_one_handling_many_reporters_and_back_again(
    someone: Callable[..., Person], street: Any, *, phone: bool
) -> None:
    told = neighbours(4)
    first = told[0][0]
    desk = someone("desk", phone=phone)

    assert desk.sees("这 4 件看起来是同一问题")
    desk.follows("这 4 件看起来是同一问题")
    assert desk.sees("4 人 × (1 + 100%) ÷ 2") and desk.sees("时间线") and not desk.sees("王3明")
    assert desk.page.locator(".gl-marker").count() == 4 and desk.fits()
    desk.page.fill("#join-reason", "同一条线路")
    desk.send("form[action$='/join/']")
    assert desk.sees("已并案") and Case.objects.filter(state="merged").count() == 3 and desk.fits()

    answered_and_struck_off(Case.objects.get(ref=first.ref))
    neighbour = someone(phone=phone).visit(f"/r/{told[3][1]}/")
    assert neighbour.sees("另有 3 位居民反映了同一问题") and neighbour.sees("线路已修复,路灯全亮")
    assert not neighbour.sees("王0明") and neighbour.fits()
    assert Report.objects.count() == 4

    now = timezone.now()
    filing = actions.Filing(text="柳荫路路灯又不亮了", category=LAMP, lon=113.503, lat=34.705)
    again = actions.file_case(by=PUBLIC, at=now, street=CODE, filing=filing).case
    tick.once(at=timezone.now())
    assert Recurrence.objects.get().case.ref == again.ref and book(again.ref)[-1] == "case.recurred"
    desk.visit("/troubles/")
    assert desk.sees("反复问题") and desk.sees(first.number) and desk.fits()
    desk.visit(f"/cases/{again.ref}/")
    assert desk.sees(first.number) and desk.sees("反复问题")

    desk.visit(f"/troubles/{Trouble.objects.first().ref}/").follows("提出立项建议")
    for name, words in {
        "title": "柳荫路照明线路改造",
        "root_cause": "电缆老化",
        "cost": "八万元",
        "benefit": "不再反复熄灭",
        "estimate": "8",
    }.items():
        desk.page.fill(f"#id_{name}", words)
    desk.page.select_option("#id_unit", "urban")
    desk.page.select_option("#id_sector", "infrastructure")
    desk.send("form[action$='/propose/']")
    assert desk.sees("立项建议已提出") and desk.fits()
    leader = someone("leader", phone=phone).visit(f"/proposals/{ProjectProposal.objects.get().ref}/")
    leader.page.locator("input[name=approved][value=yes]").check()
    leader.page.fill("#id_remark", "列入下季度计划")
    leader.send("form[action*='/proposals/']")
    assert leader.sees("批示已记入台账") and ProjectProposal.objects.get().state == "approved" and leader.fits()
    tick.once(at=timezone.now())
    leader.visit(f"/proposals/{ProjectProposal.objects.get().ref}/").follows("柳荫路照明线路改造")
    assert leader.sees("储备") and leader.sees("柳荫路照明线路改造"), (
        "the approved proposal stands in the reserve library"
    )
    desk.visit(f"/cases/{first.ref}/")
    assert desk.sees("柳荫路照明线路改造"), "the case points to the proposal"
