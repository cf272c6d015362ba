"""A stalled firm gets its plan: the manager finds it standing still, the leader forms the task force, its owner carries a measure out, the plan ends."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils import timezone

from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions.vitality import set_vitality
from gridloop.offices.enterprise.models import Enterprise
from tests.firms import registered
from tests.sample import who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, press


def standing_still() -> Enterprise:
    """A firm whose works stood still when somebody went to see it."""
    now = timezone.now()
    firm = registered(1, at=now)
    desk = who("desk", at=now)
    return set_vitality(by=desk, at=now, enterprise=firm.ref, vitality="stalled", reason="主要客户停单,生产线停了")


@AT_BOTH_WIDTHS
def test_a_stalled_firm_gets_its_plan_its_task_force_and_works_again(
    street: object, someone: Callable[..., Person], *, phone: bool
) -> None:
    firm = standing_still()
    manager = someone("manager", phone=phone).visit("/enterprises/plans/")
    assert manager.sees(firm.name)  # it has no plan, and the page says so
    manager.visit(f"/enterprises/plans/new/?enterprise={firm.ref}")
    assert "生产线停了" in manager.page.input_value("[name=problems]")  # what is on record is there already
    manager.page.fill("[name=goal]", "一条线复工,用工二十人")
    manager.send("form:has([name=goal])")
    manager.page.wait_for_url(re.compile(r"/enterprises/plans/\w{16}/$"))
    assert manager.sees("还没有措施")
    assert manager.fits()
    address = manager.page.url.removeprefix(manager.home)

    leader = someone("leader", phone=phone).visit(address)
    _take(leader, "force", lead="P02", members="P10")
    assert leader.sees("乙领导")
    day = timezone.localdate().isoformat()
    _take(leader, "measure", text="对接两家新客户", owner="P10", due_on=day, before="1", unit="家")
    assert leader.sees("对接两家新客户")
    assert leader.fits()

    owner = someone("economy", phone=phone).visit("/enterprises/plans/")
    assert owner.sees("对接两家新客户")  # among what is theirs to do
    owner.visit(address)
    _take(owner, "end", result="done", after="3")
    assert owner.sees("1 → 3")

    leader.visit(address)
    _take(leader, "close", outcome="一条线满负荷,用工二十二人")
    assert leader.sees("已结束")
    leader.visit(f"/enterprises/{firm.ref}/")
    assert leader.sees("方案结束")
    kinds = [entry.kind for entry in timeline(firm.subject)]
    assert [kind for kind in kinds if kind.startswith("plan.")] == [
        "plan.opened", "plan.task_force_formed", "plan.measure_added", "plan.measure_done", "plan.closed",
    ]  # fmt: skip


def _take(person: Person, step: str, **told: str) -> None:
    """One step of the plan, or of its one measure, sent from its form on the page."""
    form = person.page.locator(f"form[action*='/{step}/#']").first
    around = person.page.locator(f"details:has(form[action*='/{step}/#'])")
    for panel in around.all():
        if panel.get_attribute("open") is None:
            panel.locator("> summary").click()
    for name, value in told.items():
        person._say(form, name, value)
    press(form.locator("button[type=submit]"))
