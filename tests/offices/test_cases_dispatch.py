"""Who answers for a case: returns and their window, hops, consultation, escalation, correction, grading."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gridloop.core.errors import NotAllowed, NotFound, Refused, TooLate, WrongInput
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Consultation, Return, Segment
from gridloop.offices.cases.queries import lists, pages
from gridloop.offices.supervision import queries as supervision
from tests.offices.loop import DAY, HOUR, invariant_problems, told
from tests.sample import BEIJING, MONDAY, sample_street, who

CITED = {"duty_item": "P-12", "reason": "照明设施由区局维护"}


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


# -- returns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filed", "closes"),
    [
        ("2022-05-23T10:00", "2022-05-24T17:30"),  # Monday: until the close of Tuesday
        ("2022-05-27T16:00", "2022-05-30T17:30"),  # Friday: the weekend does not count
        ("2022-04-02T10:00", "2022-04-06T17:30"),  # a make-up Saturday before Qingming (3-5 April off)
        ("2022-04-01T10:00", "2022-04-02T17:30"),  # Friday: the make-up Saturday is a workday
        ("2022-01-28T10:00", "2022-01-29T17:30"),  # Friday: the make-up Saturday before the Spring Festival
        ("2022-01-30T10:00", "2022-02-07T17:30"),  # make-up Sunday: the whole Spring Festival does not count
    ],
)
def test_a_case_may_be_returned_until_the_close_of_the_next_workday(filed, closes):
    story = told(at=moment(filed))

    assert actions.returning.return_window(story.case) == moment(closes)
    with pytest.raises(TooLate):
        story.do("urban", "return_case", after=moment(closes) - moment(filed) + HOUR, **CITED)
    assert story.do("urban", "return_case", after=moment(closes) - moment(filed), **CITED).state == "returned"


def test_a_difficult_case_may_be_returned_a_day_longer():
    story = told(grade="difficult", grade_reason="涉及三个部门")
    story.do("desk", "confirm_grade", approved=True)

    assert actions.returning.return_window(story.case) == moment("2022-05-25T17:30")


def test_a_return_cites_the_duty_list_and_goes_to_the_desk():
    story = told()

    case = story.do("urban", "return_case", **CITED)

    assert (case.state, case.lead.code, case.returns) == ("returned", "office", 1)
    assert Return.objects.get().duty_item.code == "P-12"
    assert [row.ref for row in pages.desk(who("desk"), at=story.now).came_back] == [story.ref]
    assert story.clock().state == "running" and story.clock().holder == "office", "the case's clock ticks on"
    assert invariant_problems(case, at=story.now) == []


@pytest.mark.parametrize(
    ("cited", "error"),
    [
        ({"duty_item": "Q-99", "reason": "不归我们管"}, NotFound),  # not on the list
        ({"duty_item": "P-12", "reason": "不"}, WrongInput),  # no reason to speak of
    ],
)
def test_a_return_without_a_proper_citation_is_refused(cited, error):
    story = told()

    with pytest.raises(error):
        story.do("urban", "return_case", **cited)

    assert story.case.state == "routed" and story.entries() == ["case.filed"]


def test_the_next_unit_has_its_own_window_and_its_own_clock():
    story = told()
    story.do("urban", "return_case", **CITED)
    story.do("desk", "assign", unit="housing", reason="改由房管所", after=DAY)
    own = [clock for clock in supervision.clocks_of(story.case.subject) if clock.segment]

    assert [(clock.stage, clock.holder, clock.due_at) for clock in own] == [("handle", "housing", story.now + 7 * DAY)]
    assert story.clock().due_at == MONDAY + 7 * DAY, "the case's own date does not move"
    assert story.do("housing", "return_case", **CITED).returns == 2


def test_a_unit_that_returned_the_case_may_still_see_it():
    story = told()
    story.do("urban", "return_case", **CITED)

    assert [case.ref for case in lists.list_cases(who("urban"), lists.Filter()).cases] == [story.ref]


# -- assigning --------------------------------------------------------------------------------------------------------


def test_a_case_passes_through_three_hands_and_no_more():
    story = told()
    for unit in ("housing", "environment", "economy"):
        story.do("desk", "assign", unit=unit, reason="改派给能办的单位")

    with pytest.raises(Refused) as refused:
        story.do("desk", "assign", unit="urban", reason="再转一次试试")

    assert refused.value.code == "cases.too_many_hops" and story.case.lead.code == "economy"
    assert Segment.objects.filter(case__ref=story.ref).count() == 4
    assert invariant_problems(story.case, at=story.now) == []


def test_a_correction_does_not_pass_the_hop_limit_either():
    story = told()
    for unit in ("housing", "environment", "economy"):
        story.do("desk", "assign", unit=unit, reason="改派给能办的单位")

    case = story.do("desk", "correct", category="噪音", reason="实为施工噪音")

    assert (case.category, case.lead.code) == ("环境保护/噪音", "economy")


def test_a_case_is_not_assigned_to_the_unit_that_leads_it():
    with pytest.raises(Refused) as refused:
        told().do("desk", "assign", unit="urban", reason="还是你们办")

    assert refused.value.code == "cases.same_unit"


def test_a_second_acceptance_does_not_begin_the_cases_clock_anew():
    story = told(category="噪音")  # 1137: handling is counted from the acceptance
    story.do("environment", "accept")
    first = story.clock()
    story.do("environment", "return_case", **CITED)
    story.do("desk", "assign", unit="urban", reason="由城管处置", after=DAY)
    story.do("urban", "accept")

    own = [clock for clock in supervision.clocks_of(story.case.subject) if clock.stage == "handle"]
    assert [clock.segment is None for clock in own] == [True, False]
    assert own[0].pk == first.pk and own[0].due_at == first.due_at


def test_a_later_unit_is_timed_for_its_acceptance_too():
    story = told(category="噪音")
    story.do("desk", "assign", unit="urban", reason="由城管处置")
    own = [clock for clock in supervision.clocks_of(story.case.subject) if clock.segment]

    assert [(clock.stage, clock.state) for clock in own] == [("accept", "running")]
    story.do("urban", "accept")
    own = [clock for clock in supervision.clocks_of(story.case.subject) if clock.segment]
    assert [(clock.stage, clock.state) for clock in own] == [("accept", "stopped"), ("handle", "running")]


# -- consultation -----------------------------------------------------------------------------------------------------


def test_a_consultation_has_one_lead_and_ends_with_minutes_decisions_and_owners():
    story = told()
    story.do("urban", "accept")
    case = story.do(
        "desk", "consult", units=["urban", "housing", "environment"], topic="楼院路灯由谁维护", lead="housing"
    )
    assert (case.state, case.lead.code) == ("consulting", "housing")

    case = story.do(
        "desk", "conclude_consultation", minutes="由房管所牵头,城管配合。", lead="housing",
        decisions=[actions.Decided("更换灯具", "housing", date(2022, 5, 26)), actions.Decided("提供登高车", "urban")],
    )  # fmt: skip

    meeting = Consultation.objects.get()
    assert {unit.code for unit in meeting.units.all()} == {"urban", "housing", "environment"}
    assert [(each.text, each.owner.code) for each in meeting.decisions.order_by("id")] == [
        ("更换灯具", "housing"),
        ("提供登高车", "urban"),
    ]
    assert (case.state, case.lead.code) == ("handling", "housing") and invariant_problems(case, at=story.now) == []


def test_a_co_unit_sees_the_case_and_may_note_its_progress_but_not_answer():
    story = told()
    story.do("urban", "accept")
    story.do("desk", "consult", units=["urban", "environment"], topic="灯光扰民怎么改")

    story.do("environment", "note_progress", text="已测光照度")

    with pytest.raises(NotAllowed):
        story.do("environment", "answer", text="替你们答复了")


@pytest.mark.parametrize(
    ("told_badly", "code"),
    [
        ({"units": ["urban"], "topic": "一个人开会"}, "cases.consult_alone"),
        ({"units": ["urban", "urban"], "topic": "还是一个人"}, "cases.consult_alone"),
        ({"units": ["urban", "moon"], "topic": "和月亮商量"}, "organisation.no_unit"),
    ],
)
def test_a_consultation_needs_two_units_that_exist(told_badly, code):
    with pytest.raises((WrongInput, NotFound)) as refused:
        told().do("desk", "consult", **told_badly)

    assert refused.value.code == code


def test_a_consultation_without_a_decision_is_not_concluded():
    story = told()
    story.do("desk", "consult", units=["urban", "housing"], topic="楼院路灯由谁维护")

    with pytest.raises(WrongInput):
        story.do("desk", "conclude_consultation", minutes="议而不决,下次再说。", decisions=[])


def test_a_consultation_that_nobody_accepted_before_counts_as_acceptance():
    story = told(category="噪音")
    story.do("desk", "consult", units=["environment", "urban"], topic="夜间施工怎么管")
    story.do(
        "desk", "conclude_consultation", minutes="由环保站办理。", decisions=[actions.Decided("夜查", "environment")]
    )

    assert story.clock("accept").state == "stopped" and story.clock("handle").state == "running"
    story.do("environment", "answer", text="已夜查整改完毕", after=DAY)
    assert {clock.state for clock in supervision.clocks_of(story.case.subject)} == {"stopped"}


# -- escalation -------------------------------------------------------------------------------------------------------


def test_a_case_is_escalated_and_pulled_back_to_the_unit_that_had_it():
    story = told()
    story.do("urban", "accept")

    above = story.do("leader", "escalate", unit="district_urban", reason="需区局协调产权单位")
    assert (above.state, above.lead.code) == ("escalated", "district_urban")
    story.do("above", "note_progress", text="已约谈产权单位")
    back = story.do("desk", "pull_back", reason="区局已明确由街道办理")

    assert (back.state, back.lead.code) == ("handling", "urban") and invariant_problems(back, at=story.now) == []
    assert story.clock().holder == "urban" and story.clock().due_at == MONDAY + 7 * DAY


def test_a_case_is_escalated_upwards_only():
    with pytest.raises(Refused) as refused:
        told().do("desk", "escalate", unit="housing", reason="甩给隔壁科室")

    assert refused.value.code == "cases.not_superior"


def test_a_gap_may_be_escalated_at_once_and_is_timed_from_then():
    story = told(text="呜呜呜", category="")

    case = story.do("desk", "escalate", unit="district_urban", reason="超出街道职权")

    assert (
        case.assigned_at == story.now and story.clock("assign").state == "stopped" and story.clock().state == "running"
    )
    assert invariant_problems(case, at=story.now) == []


# -- correction -------------------------------------------------------------------------------------------------------


def test_a_corrected_place_leads_to_the_unit_of_the_place():
    story = told()

    case = story.do("desk", "correct", grid="C2-NE", reason="反映人说错了小区")

    assert (case.lead.code, case.route_row, case.hops) == ("housing", "R5", 1)


def test_a_correction_after_acceptance_does_not_move_the_case():
    story = told()
    story.do("urban", "accept")

    case = story.do("urban", "correct", category="噪音", reason="实为施工噪音")

    assert (case.category, case.lead.code, case.state) == ("环境保护/噪音", "urban", "accepted")


def test_a_corrected_priority_derives_the_clocks_again():
    story = told()

    case = story.do("desk", "correct", priority="life", reason="漏电危及行人")

    assert case.priority == "life" and {clock.priority for clock in supervision.clocks_of(case.subject)} == {"life"}
    assert invariant_problems(case, at=story.now) == []


@pytest.mark.parametrize("wrong", [{}, {"category": "天文/星星"}, {"grid": "C9"}, {"priority": "high"}])
def test_a_correction_names_something_that_exists(wrong):
    with pytest.raises(WrongInput):
        told().do("desk", "correct", reason="写错了", **wrong)


# -- grading ----------------------------------------------------------------------------------------------------------


def test_difficult_needs_a_second_person_and_derives_the_clock_again():
    story = told()
    story.do("urban", "accept")
    proposed = story.do("urban", "propose_grade", grade="difficult", reason="涉及三个部门,权属不清")
    assert (proposed.grade, proposed.proposed_grade) == ("ordinary", "difficult")
    assert story.clock().due_at == MONDAY + 7 * DAY, "until it is confirmed it counts as 一般"

    case = story.do("desk", "confirm_grade", approved=True)

    assert (case.grade, case.proposed_grade) == ("difficult", "")
    assert story.clock().due_at == moment("2022-06-23T10:00") == case.due_at, "不过月: one calendar month"


def test_nobody_confirms_their_own_grading():
    story = told(by="desk", grade="difficult", grade_reason="涉及三个部门")

    with pytest.raises(NotAllowed, match="定级是您提出的"):
        story.do("desk", "confirm_grade", approved=True)
    assert story.do("leader", "confirm_grade", approved=True).grade == "difficult"


def test_a_rejected_grading_leaves_the_clock_as_it_was():
    story = told(grade="difficult", grade_reason="涉及三个部门")

    case = story.do("desk", "confirm_grade", approved=False, remark="并不疑难")

    assert (case.grade, case.proposed_grade) == ("ordinary", "") and story.clock().due_at == MONDAY + 7 * DAY
    with pytest.raises(Refused):
        story.do("desk", "confirm_grade", approved=True)


def test_a_grade_that_the_profile_does_not_time_stops_its_clock_and_a_later_one_resumes_it():
    story = told(category="噪音")  # 1137 times the handling of 一般, and an opinion for 疑难
    story.do("environment", "accept")
    due = story.clock().due_at
    story.do("environment", "propose_grade", grade="difficult", reason="涉及三个部门")
    story.do("desk", "confirm_grade", approved=True)
    assert story.clock().state == "stopped" and story.clock("opinion").state == "running"

    story.do("environment", "propose_grade", grade="ordinary", reason="只剩一个部门")

    assert story.clock().state == "running" and story.clock().due_at >= due
    assert story.clock("opinion").state == "stopped" and invariant_problems(story.case, at=story.now) == []
