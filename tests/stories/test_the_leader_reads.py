"""The leader's quarter of an hour: what is late, what waits for a signature, and a change of the rules that a second person puts in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.organisation.changesets import actions as changing
from gridloop.offices.organisation.changesets.queries import change_sets
from gridloop.offices.organisation.models import Unit
from gridloop.site import tick
from tests.sample import CODE, IN_NE, IN_SW, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book

DAY = timedelta(days=1)


def lamp(at: object, **place: float) -> Case:
    filing = actions.Filing(text="路灯不亮", category="城乡建设/市政设施/路灯", source="phone", **(place or IN_SW))
    return actions.file_case(by=who("desk", at=at), at=at, street=CODE, filing=filing).case


@AT_BOTH_WIDTHS
def test_the_late_case_is_raised_more_time_granted_and_the_grade_countersigned(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    now = timezone.now()
    late, asked = lamp(now - 9 * DAY, **IN_NE), lamp(now - DAY)
    actions.accept(by=who("urban", at=now), at=now - DAY / 2, case=asked.ref)
    actions.request_extension(
        by=who("urban", at=now), at=now, case=asked.ref, reason_code="materials", reason="灯具到货推迟。", amount=3
    )
    actions.propose_grade(by=who("desk", at=now), at=now, case=asked.ref, grade="difficult", reason="两家权属不清。")
    tick.once(at=now)
    before = scoped_case(asked.ref, by=SYSTEM).due_at

    leader = someone("leader", phone=phone)
    assert leader.sees("待我审批")
    assert leader.sees("灯具到货推迟。")
    assert leader.sees("全街道超期")
    assert leader.sees(late.number)
    leader.visit(f"/cases/{late.ref}/")
    assert leader.sees("超期")
    leader.do("raise_case", reason="群众夜间出行不便,今晚前报进展。")
    assert leader.sees("群众夜间出行不便,今晚前报进展。")

    leader.visit("/desk/").follows("延期")
    leader.do("decide_extension", approved=leader.yes("decide_extension", "approved"), remark="仅此一次。")
    leader.do("confirm_grade", approved=leader.yes("confirm_grade", "approved"))

    after = scoped_case(asked.ref, by=SYSTEM)
    assert after.grade == "difficult"
    assert before is not None
    assert after.due_at is not None
    assert after.due_at > before
    assert book(asked.ref)[-2:] == ["case.extension_approved", "case.grade_confirmed"]
    assert book(late.ref).count("case.raised") >= 1
    assert leader.fits()


@AT_BOTH_WIDTHS
def test_a_change_of_the_rules_is_read_and_put_in_force(someone: Callable[..., Person], *, phone: bool) -> None:
    now = timezone.now()
    keeper = who("keeper", at=now)
    row = {"code": "parks", "name": "园林绿化队", "kind": "station", "parent": "office", "phone": ""}
    changing.propose(by=keeper, at=now, street=CODE, chapter="units", cells=row)
    draft = change_sets(CODE)[0]
    changing.submit(by=keeper, at=now, street=CODE, change_set=draft.ref, title="增设园林绿化队")

    leader = someone("leader", phone=phone).visit("/setup/")
    assert leader.sees("等您核对发布")
    leader.follows("增设园林绿化队")
    assert leader.sees("园林绿化队")
    assert leader.fits()
    if leader.page.locator("input[name=accept_warnings]").count():
        leader.page.check("input[name=accept_warnings]")
    leader.send("form[action$='/do/publish/']")

    assert leader.sees("已生效")
    assert Unit.objects.filter(street=CODE, code="parks", valid_until__isnull=True).exists()
