"""A struck-off case is drawn, looked at by somebody who had no part in it, found false and reopened; the rate stands with its interval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.core.sampling import SampleRule
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Inspection, Sample
from gridloop.site import tick
from tests.sample import CODE, IN_SW, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book, press
from tests.stories.test_three_returns_become_a_row import pictured

DAY = timedelta(days=1)


def struck_off() -> None:
    """A lamp, filed by its unit, mended, verified and struck off."""
    at = timezone.now() - DAY
    filing = actions.Filing(text="柳荫路路灯不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_SW)
    ref = actions.file_case(by=who("urban", at=at), at=at, street=CODE, filing=filing).case.ref
    actions.accept(by=who("urban", at=at), at=at, case=ref)
    actions.answer(by=who("urban", at=at), at=at, case=ref, text="已更换灯具,恢复照明")
    actions.verify(by=who("verifier", at=at), at=at, case=ref, passed=True, text="现场查看已亮")
    actions.strike_off(by=who("desk", at=at), at=at, case=ref)


@AT_BOTH_WIDTHS
def test_a_false_closure_is_found_by_a_draw_and_reopened(someone: Callable[..., Person], *, phone: bool) -> None:
    now = timezone.now()
    actions.set_sampling_rule(
        by=SYSTEM, at=now - 60 * DAY, street=CODE, rule=SampleRule(first_days=0), reason="办公会决定"
    )
    actions.announce_sample(street=CODE, at=now - 45 * DAY)
    for _ in range(4):
        struck_off()
    tick.once(at=timezone.now())
    tick.once(at=timezone.now())
    sample = Sample.objects.get(drawn_at__isnull=False)
    page = f"/inspections/{sample.period}/"

    verifier = someone("verifier", phone=phone).visit(page)
    assert verifier.sees("您核实过此件,不能抽查")
    leader = someone("leader", phone=phone)
    assert leader.sees("待抽查复核")
    leader.follows("柳荫路路灯不亮")
    drawn = Inspection.objects.filter(sample=sample).order_by("lot")[0]
    form = leader.page.locator(f"#i-{drawn.ref}")
    if form.locator("details[open]").count() == 0:
        form.locator("summary").click()
    form.locator("input[value=false]").check()
    form.locator("textarea").fill("昨晚八点到现场,灯不亮。")
    press(form.locator("button[type=submit]"))

    assert leader.sees("虚假销号的事项已重新办理")
    assert leader.sees("100%(1/1)")
    assert leader.sees("20.7%–100%")
    assert leader.sees("已按台账重算,完全一致")
    assert leader.fits()
    pictured(leader, "inspection", phone=phone)
    assert book(drawn.case.ref)[-2:] == ["case.reopened", "case.inspected"]

    leader.visit("/inspections/")
    assert leader.sees(sample.period)
    assert leader.fits()
    pictured(leader, "inspections", phone=phone)
    leader.visit("/signs/")
    assert leader.sees("自己登记自己办结")
    leader.page.locator("textarea[name=reason]").first.fill("中队巡查发现,已逐件核对。")
    press(leader.page.locator("button[value=dismissed]").first)
    assert leader.sees("已了结")
    assert leader.fits()
    pictured(leader, "signs", phone=phone)
