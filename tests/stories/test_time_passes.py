"""What time does to a case: an overdue one is raised once though two ticks race; a suspended one rests over Spring Festival."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.site import tick
from tests.sample import CODE, IN_SW, MONDAY, who
from tests.stories.conftest import Person, moment


def lamp(at: datetime) -> Case:
    filing = actions.Filing(text="路灯不亮,影响夜间出行。", category="城乡建设/市政设施/路灯", source="phone", **IN_SW)
    return actions.file_case(by=who("desk", at=at), at=at, street=CODE, filing=filing).case


def two_ticks_at_once(at: datetime) -> None:
    gate = threading.Barrier(2)

    def run() -> None:
        gate.wait()
        try:
            tick.once(at=at)
        finally:
            connection.close()

    ticks = [threading.Thread(target=run) for _ in range(2)]
    for each in ticks:
        each.start()
    for each in ticks:
        each.join()


def test_an_overdue_case_is_raised_once_while_two_ticks_race(someone: Callable[..., Person]) -> None:
    case = lamp(MONDAY)
    actions.accept(by=who("urban"), at=MONDAY + timedelta(hours=1), case=case.ref)

    two_ticks_at_once(MONDAY + timedelta(days=7, minutes=1))

    told = Counter(entry.kind for entry in timeline(case.subject))
    assert told["clock.breached"] == 1
    assert told["case.raised"] == 1
    leader = someone("leader").visit(f"/cases/{case.ref}/")
    assert leader.sees("督办")
    assert leader.sees("城市管理中队")
    leader.visit("/desk/")
    assert leader.sees("超时督办")


def test_a_case_suspended_over_spring_festival_is_not_due(someone: Callable[..., Person]) -> None:
    friday = moment("2022-01-28 10:00")
    case = lamp(friday)
    actions.accept(by=who("urban", at=friday), at=friday + timedelta(hours=1), case=case.ref)
    until = moment("2022-02-07 09:00")
    actions.request_suspension(
        by=who("urban", at=friday),
        at=friday + timedelta(hours=2),
        case=case.ref,
        reason_code="festival",
        reason="春节停工,配件厂放假。",
        until=until,
    )
    actions.decide_suspension(by=who("leader", at=friday), at=friday + timedelta(hours=3), case=case.ref, approved=True)

    tick.once(at=moment("2022-02-06 23:00"))  # nine days on: without the suspension it would be two days late

    assert [entry.kind for entry in timeline(case.subject) if entry.kind == "clock.breached"] == []
    assert scoped_case(case.ref, by=SYSTEM).state == "suspended"
    tick.once(at=until + timedelta(minutes=1))
    resumed = scoped_case(case.ref, by=SYSTEM)
    assert resumed.state == "handling"
    assert resumed.due_at is not None
    assert resumed.due_at > moment("2022-02-13 00:00")
    reader = someone("urban").visit(f"/cases/{case.ref}/")
    assert reader.sees("挂起")
    assert not reader.sees("超时督办")
