"""Merging and splitting: whatever happens to the cases, every reporter keeps a receipt, an answer and a callback."""

from __future__ import annotations

import pytest

from gridloop.core.errors import Refused, WrongInput
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Callback, Report
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.cases.queries.pages import case_file, report_by_receipt
from tests.offices.loop import Story, answered, cleared, invariant_problems, reporter, told
from tests.sample import CODE, MONDAY, sample_street, who

PARTS = [actions.Part("门口积水难行", "城乡建设/市政设施/积水"), actions.Part("夜间施工噪音", "环境保护/噪音")]


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def merged(many: int = 1) -> tuple[Story, list[Story]]:
    """A case, and others merged into it."""
    into, others = told(), [told(text=f"第 {n} 位也说路灯不亮") for n in range(many)]
    for each in others:
        each.do("desk", "merge", into=into.ref, reason="同一盏路灯")
    return into, others


def test_a_merged_case_stops_its_clocks_and_is_held_by_nobody():
    into, [other] = merged()

    case = other.case
    assert (case.state, case.merged_into.ref) == ("merged", into.ref)
    assert other.clock().state == "stopped" and into.clock().state == "running"
    assert invariant_problems(case, at=other.now) == [] == invariant_problems(into.case, at=into.now)
    assert into.entries()[-1] == "case.took_in" and other.entries()[-1] == "case.merged"


def test_every_reporter_of_a_merged_case_follows_the_one_answer_and_is_called_back_apart():
    into, others = merged(2)
    into.do("urban", "accept")
    into.do("urban", "answer", text="路灯已统一更换")

    file = case_file(into.case, by=who("desk"), at=into.now)
    for report in file.reports:
        into.do("manager", "record_callback", report=report.ref, outcome="reached", solved=True, satisfied=5)

    assert len(file.reports) == 3 and Callback.objects.values("report").distinct().count() == 3
    assert into.do("desk", "strike_off").state == "cleared", "each of the three confirmed"
    assert [case.ref for case in file.merged] == [each.ref for each in others]


def test_a_case_is_not_struck_off_on_the_word_of_one_reporter_of_three():
    into, _ = merged(2)
    into.do("urban", "accept")
    into.do("urban", "answer", text="路灯已统一更换")
    into.do("manager", "record_callback", outcome="reached", solved=True)

    with pytest.raises(Refused):
        into.do("desk", "strike_off")


def test_the_reporter_of_a_merged_case_sees_the_case_it_went_into_and_may_say_it_is_not_solved():
    into, [other] = merged()
    into.do("urban", "accept")
    into.do("urban", "answer", text="路灯已统一更换")
    report = other.reports()[0]

    assert scoped_case(into.ref, by=reporter(report)).ref == into.ref
    case = into.do(reporter(report), "judge_answer", report=report.ref, solved=False, comment="我家门口仍不亮")

    assert (case.state, case.reworks) == ("handling", 1)


def test_a_receipt_leads_on_to_the_case_that_took_it_in():
    receipts = [
        actions.file_case(
            by=who("desk"), at=MONDAY, street=CODE, filing=actions.Filing(text="路灯不亮", category="路灯")
        )
        for _ in range(2)
    ]
    Story(receipts[1].case.ref, MONDAY).do("desk", "merge", into=receipts[0].case.ref, reason="同一盏路灯")

    found = report_by_receipt(actions.filing.hash_receipt(receipts[1].receipt))

    assert found is not None and found.case.merged_into.ref == receipts[0].case.ref


def test_cases_merged_into_a_case_follow_it_into_the_next():
    into, [other] = merged()
    last = told(text="还是那盏路灯")

    into.do("desk", "merge", into=last.ref, reason="都是一回事")

    assert other.case.merged_into.ref == last.ref
    assert len(case_file(last.case, by=who("desk"), at=last.now).reports) == 3


@pytest.mark.parametrize("into", ["itself", "merged", "cleared"])
def test_a_case_is_not_merged_into_itself_or_what_is_closed(into):
    story = told()
    target = {"itself": lambda: story, "merged": lambda: merged()[1][0], "cleared": cleared}[into]()

    with pytest.raises(Refused):
        story.do("desk", "merge", into=target.ref, reason="试着并进去")

    assert story.case.state == "routed"


def test_a_split_makes_a_case_of_each_part_routed_and_timed_by_itself():
    story = told(reporter_name="王先生", reporter_phone="13800000000")

    made = story.do("desk", "split", parts=PARTS, reason="反映了三件事")

    assert [case.lead.code for case in made] == ["urban", "environment"]
    assert {case.first_contact.name for case in made} == {"辛管家"}, "the first contact stays"
    for case in made:
        again = Story(case.ref, story.now)
        assert again.case.split_from.ref == story.ref and invariant_problems(again.case, at=story.now) == []
        report = Report.objects.get(case__ref=case.ref)
        assert (report.phone, report.origin.case.ref) == ("13800000000", story.ref)
    assert story.case.state == "routed" and story.entries()[-1] == "case.split"


def test_the_parts_of_a_split_end_by_themselves():
    story = answered()
    made = story.do("desk", "split", parts=PARTS[:1], reason="还有积水一事")
    part = Story(made[0].ref, story.now)

    story.do("verifier", "verify", passed=True, text="现场查看已亮")
    story.do("desk", "strike_off")

    assert part.case.state == "routed"
    part.do("urban", "accept")
    part.do("urban", "answer", text="积水已排干净")
    report = part.reports()[0]
    assert part.do(reporter(report), "judge_answer", report=report.ref, solved=True).state == "answered"
    assert part.do("desk", "strike_off").state == "cleared"


@pytest.mark.parametrize("parts", [[], [actions.Part("")], [actions.Part("一件", "天文/星星")]])
def test_a_split_that_does_not_hold_leaves_nothing_behind(parts):
    story = told()

    with pytest.raises(WrongInput):
        story.do("desk", "split", parts=[*PARTS, *parts] if parts else [], reason="反映了几件事")

    assert Report.objects.count() == 1 and story.entries() == ["case.filed"]
