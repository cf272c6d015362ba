"""Whatever permitted people do to a case in whatever order, its history holds together (hypothesis)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridloop.core.access import SYSTEM, Actor, relations
from gridloop.core.errors import GridloopError, Refused, TooLate, TooMuch
from gridloop.core.lifecycle import CASE, possible
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, ConsultationDecision, Report, Return
from gridloop.offices.cases.queries import pages
from gridloop.offices.cases.queries.finding import standing_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision.actions import sweep
from tests.offices.loop import DAY, HOUR, Story, answered, cleared, invariant_problems, reporter, told
from tests.sample import sample_street, who

NAMES = ["desk", "leader", "urban", "urban_leader", "housing", "environment", "verifier", "manager", "above"]
PATIENCE = [timedelta(minutes=5), HOUR, 9 * HOUR, 3 * DAY, 11 * DAY]

TOLD = {
    "note_progress": {"text": "已联系维修队"},
    "ask_reporter": {"text": "请补充灯杆编号"},
    "supplement": {"text": "灯杆编号 17"},
    "answer": {"text": "已更换灯具"},
    "answer_interim": {"text": "配件在途"},
    "consult": {"units": ["urban", "housing"], "topic": "由谁维护"},
    "conclude_consultation": {"minutes": "由城管办理。", "decisions": [actions.Decided("修灯", "urban")]},
    "escalate": {"unit": "district_urban", "reason": "需区局协调"},
    "pull_back": {"reason": "由街道办理"},
    "request_extension": {"reason_code": "materials", "reason": "灯具到货推迟", "amount": 3},
    "decide_extension": {"approved": True},
    "decide_suspension": {"approved": True},
    "resume": {"reason": "已复工"},
    "propose_grade": {"grade": "difficult", "reason": "涉及三个部门"},
    "confirm_grade": {"approved": True},
    "correct": {"category": "漏水", "reason": "实为漏水"},
    "record_callback": {"outcome": "reached", "solved": False},
    "rework": {"reason": "只修了一盏"},
    "reopen": {"reason": "路灯又坏了"},
    "raise_case": {"reason": "请尽快办理"},
    "give_notice": {"text": "请带身份证来窗口办理"},
    "send_outside": {"body": "供电公司", "task": "请更换灯具"},
}
LEFT_OUT = {
    "merge",
    "unmerge",
    "split",
    "attach",
    "withdraw",
}  # they need another case, a file, or end the story at once


def values_for(verb: str, story: Story, dice: Random) -> dict[str, object]:
    """What the verb needs, some of it by chance."""
    match verb:
        case "assign":
            return {
                "unit": dice.choice(["urban", "housing", "environment", "office"]),
                "reason": "改派单位",
            }
        case "answer_return":
            takes = dice.random() < 0.5
            return {"takes": takes, "duty_item": "" if takes else "P-12", "reason": "照明由区局维护"}
        case "return_case":
            return {"duty_item": dice.choice(["P-12", "B-03"]), "reason": "不在职责范围"}
        case "designate":
            return {
                "unit": dice.choice(["urban", "housing", "office"]),
                "duty_items": ["B-03"],
                "reason": "由该单位牵头",
            }
        case "verify":
            return {"passed": dice.random() < 0.7, "text": "现场查看过"}
        case "judge_answer":
            return {"report": story.reports()[0].ref, "solved": dice.random() < 0.7}
        case "request_suspension":
            return {"reason_code": "superior", "reason": "等待上级批复", "until": story.now + 20 * DAY}
        case "finish_decision":
            return {
                "decision": _one_of(ConsultationDecision.objects.filter(consultation__case=story.case), dice),
                "text": "已更换",
            }
        case "extend_outside" | "review_outside":
            return {"link": _one_of(story.case.outside_links, dice), "approved": dice.random() < 0.7}
        case "recall_outside":
            return {"link": _one_of(story.case.outside_links, dice), "reason": "由街道自办"}
        case "withdraw_contact":
            return {"report": story.reports()[0].ref}
    return TOLD.get(verb, {})


def _one_of(rows: Any, dice: Random) -> str:
    """The ref of one of them; one that does not exist where there is none."""
    return dice.choice(list(rows.values_list("ref", flat=True)) or ["nosuchrow"])


def act(story: Story, dice: Random, *, at_first: int) -> None:
    """One deed that the chart permits to someone, and what must hold after it; a refusal by rule leaves no trace."""
    after = dice.choice(PATIENCE)
    doors = open_doors(story, at=story.now + after)
    verb = dice.choice([verb for verb in sorted(doors) for _ in range(FAVOURED.get(verb, 1))])
    actor = dice.choice(doors[verb])
    before = (story.case.rev, story.entries())
    try:
        story.do(actor, verb, after=after, **values_for(verb, story, dice))
    except GridloopError as refusal:
        assert isinstance(refusal, Refused | TooLate | TooMuch) or refusal.code in EXPECTED, (
            f"{verb}: {refusal.code} {refusal}"
        )
        assert (story.case.rev, story.entries()) == before, f"{verb} was refused ({refusal.code}) and left a trace"
        return
    story.kinds.append(verb)
    _holds(story, verb, at_first=at_first)


def open_doors(story: Story, *, at: datetime) -> dict[str, list[Actor]]:
    """Everything that the chart permits now, and who may do it."""
    case = story.case
    standing = standing_of(case)
    doors: dict[str, list[Actor]] = {}
    for actor in [reporter(*story.reports()), SYSTEM, *(who(name, at=at) for name in NAMES)]:
        for verb in possible(CASE, state=case.state, actor_relations=relations(actor, standing)):
            if verb.name not in LEFT_OUT:
                doors.setdefault(verb.name, []).append(actor)
    return doors


FAVOURED = dict.fromkeys(("accept", "begin_work", "answer", "verify", "strike_off", "reopen", "rework", "judge_answer", "record_callback", "return_case", "answer_return", "designate", "request_suspension", "decide_suspension", "request_extension", "decide_extension", "resume", "supplement", "confirm_grade"), 4)  # fmt: skip
"""Verbs that lead somewhere come up more often than those that only leave a note."""

EXPECTED = {
    "cases.not_found",  # the unit no longer sees what it may not see
    "cases.person_needed",  # a deed that only a person can do
    "cases.no_decision_found",  # nothing was decided yet
    "cases.no_link",
    "cases.not_your_decision",
    "cases.suspension_past",  # the end asked for has passed meanwhile
}
TWO_ENTRIES = {"record_callback", "judge_answer", "correct"}


def _holds(story: Story, verb: str, *, at_first: int) -> None:
    while sweep(at=story.now):  # the tick has looked: what time alone has changed is in the cache too
        pass
    case = story.case
    assert invariant_problems(case, at=story.now) == [], f"after {story.kinds}"
    assert Case.objects.filter(pk=case.pk, lead__isnull=False).count() == 1
    assert case.first_contact.name == "辛管家"
    assert case.answerer.name == "辛管家", f"a transfer moved the answer duty: {story.kinds}"
    assert organisation.answering(case.answerer, at=story.now).person.name == "辛管家"
    assert case.returns <= 3 or case.hops <= 3, story.kinds
    assert Return.objects.filter(case=case, outcome="").count() <= 1
    assert case.state in (*CASE.verbs[verb].targets, case.state)
    deeds, entries = len(story.kinds), len(story.entries()) - at_first
    spare = sum(kind in TWO_ENTRIES for kind in story.kinds)
    assert deeds <= entries <= deeds + spare, f"{deeds} deeds, {entries} entries: {story.kinds}"
    pages.case_file(case, by=who("desk", at=story.now), at=story.now)  # every page can be shown, lateness included


def _a_gap() -> Story:
    return told(text="呜呜呜", category="")


def _timed_from_acceptance() -> Story:
    return told(category="噪音")  # profile 1137


BEGINNINGS = [told, _a_gap, _timed_from_acceptance, answered, cleared]


def _lateness_adds_up(story: Story) -> None:
    from gridloop.offices.supervision import queries as supervision

    clocks = [
        clock
        for clock in supervision.clocks_of(story.case.subject)
        if clock.stage == "handle" and clock.segment is None
    ]
    lines = pages.segment_lines(story.case, at=story.now)
    if clocks:
        whole = supervision.truth(clocks[0], at=story.now).late_by
        assert sum((line.late_for for line in lines), timedelta()) == whole, story.kinds


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**64), steps=st.integers(6, 20))  # a seed, not drawn steps: those stay near the beginning
def test_every_history_of_permitted_deeds_holds_together(street_once, seed, steps):
    del street_once
    dice = Random(seed)
    with transaction.atomic():
        story = dice.choice(BEGINNINGS)()
        at_first = len(story.entries())
        for _ in range(steps):
            act(story, dice, at_first=at_first)
        _lateness_adds_up(story)
        assert Report.objects.filter(case__ref=story.ref).count() == 1
        assert Entry.objects.filter(subject=f"case:{story.ref}", seq__isnull=False).count() == 0
        transaction.set_rollback(True)


@pytest.fixture
def street_once(db) -> None:
    sample_street()
