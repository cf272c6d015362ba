"""Four weeks after the end somebody asks once more whether it is still well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridloop.offices.cases import actions
from gridloop.offices.cases.queries.pages import desk
from tests.offices.loop import LAMP, reporter
from tests.sample import CODE, MONDAY, sample_street, who

WEEKS = timedelta(weeks=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def ended(db):
    """A case told by telephone, answered, verified and struck off on Monday."""
    sample_street()
    filing = actions.Filing(text="路灯不亮", source="phone", reporter_phone="13800000005", **LAMP)
    case = actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case
    actions.accept(by=who("urban"), at=MONDAY, case=case.ref)
    actions.answer(by=who("urban"), at=MONDAY, case=case.ref, text="已更换灯具。")
    actions.verify(by=who("verifier"), at=MONDAY + HOUR, case=case.ref, passed=True, text="现场已亮。")
    actions.strike_off(by=who("desk"), at=MONDAY + HOUR, case=case.ref)
    return case


def asked_again(username, at):
    return [case.ref for case in desk(who(username, at=at), at=at).ask_again]


@pytest.mark.parametrize(
    ("after", "is_asked"),
    [(3 * WEEKS, False), (4 * WEEKS + HOUR, True), (8 * WEEKS, True), (9 * WEEKS, False)],
)
def test_it_lies_before_the_first_contact_from_the_fourth_to_the_eighth_week(ended, after, is_asked):
    assert asked_again("desk", MONDAY + after + HOUR) == ([ended.ref] if is_asked else [])


def test_it_lies_before_nobody_else(ended):
    assert asked_again("urban", MONDAY + 5 * WEEKS) == asked_again("manager", MONDAY + 5 * WEEKS) == []


def test_whoever_was_called_since_is_not_asked_again(ended):
    at = MONDAY + 5 * WEEKS

    actions.record_callback(by=who("desk", at=at), at=at, case=ended.ref, outcome="not_reached")

    assert asked_again("desk", at + HOUR) == []


def test_whoever_has_judged_the_answer_is_not_asked_again(ended):
    at = MONDAY + WEEKS
    report = ended.reports.get()

    actions.judge_answer(
        by=reporter(report), at=at, case=ended.ref, report=report.ref, solved=True, satisfied=4, comment=""
    )

    assert asked_again("desk", MONDAY + 5 * WEEKS) == []
