"""One trouble, many reporters: noticed when it is told again, joined and undone by the desk, linked back when it returns, proposed as a project."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import proposals, troubles
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries import following, trouble_lists
from gridloop.offices.cases.queries import troubles as queries
from gridloop.offices.cases.trouble_models import ProjectProposal, Recurrence, Trouble, TroubleCase
from gridloop.offices.notices.models import Notice
from gridloop.offices.projects.actions import Told, enter_project, link_proposal, take_up_proposal
from gridloop.offices.projects.models import Project, ProposedProject
from gridloop.offices.supervision import queries as supervision
from gridloop.site import tick
from tests.offices.loop import DAY, Story, cleared, invariant_problems, reporter, told
from tests.sample import CODE, MONDAY, sample_street, who

NOISE = {"category": "环境保护/噪音", "address": "柳荫小区3号楼"}


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def lamps(many: int = 3) -> list[Story]:
    """The same lamp told by as many people, an hour apart, each with a number."""
    says = ["柳荫路路灯不亮三天了", "柳荫路的路灯坏了,晚上不亮", "路灯不亮,柳荫路口漆黑", "柳荫路上路灯都不亮"]
    found = []
    for number in range(many):
        at = MONDAY + number * timedelta(hours=1)
        found.append(
            told(at=at, text=says[number % 4], reporter_name=f"王{number}", reporter_phone=f"1380000000{number}")
        )
        tick.once(at=at + timedelta(minutes=1))
    return found


def joined(many: int = 3) -> tuple[Trouble, list[Story]]:
    stories = lamps(many)
    trouble = Trouble.objects.get()
    at = stories[-1].now + timedelta(hours=1)
    refs = [story.ref for story in stories]
    troubles.join_cases(by=who("desk"), at=at, trouble=trouble.ref, into=refs[0], cases=refs[1:], reason="同一盏路灯")
    tick.once(at=at + timedelta(minutes=1))
    for story in stories:
        story.now = at + timedelta(minutes=2)
    return trouble, stories


def standings() -> list[tuple[str, str]]:
    rows = TroubleCase.objects.order_by("case_id").values_list("case__ref", "standing")
    return [(ref, standing) for ref, standing in rows]


def test_what_is_told_again_is_noticed_as_one_trouble_and_nothing_is_merged():
    stories = lamps()
    other = told(at=MONDAY + 4 * timedelta(hours=1), text="楼上夜里装修噪音扰民", **NOISE)
    tick.once(at=MONDAY + 5 * timedelta(hours=1))

    assert standings() == [(story.ref, "suspected") for story in stories]
    assert {story.case.state for story in (*stories, other)} == {"routed"}
    row = TroubleCase.objects.get(case__ref=stories[1].ref)
    assert row.reasons and row.noted_by == SYSTEM.label and Trouble.objects.count() == 1
    assert Entry.objects.filter(kind="trouble.noticed").count() == 2


def test_noticing_twice_changes_nothing():
    stories = lamps(2)

    assert troubles.notice_trouble(by=SYSTEM, at=MONDAY + DAY, case=stories[1].ref) is None
    assert len(standings()) == 2


def test_the_desk_is_shown_what_looks_like_one_trouble_and_joins_it_in_one_deed():
    stories = lamps()
    [line] = queries.to_be_joined(who("desk"), street=CODE, at=MONDAY + DAY)

    assert (line.cases, line.heads, line.heat.reporters) == (3, 3, 3)
    assert queries.to_be_joined(who("urban"), street=CODE, at=MONDAY + DAY) == [], "a unit joins nothing"
    troubles.join_cases(
        by=who("desk"), at=MONDAY + DAY, trouble=line.ref, into=stories[0].ref, cases=[each.ref for each in stories], reason="同一盏灯"
    )  # fmt: skip

    assert [story.case.state for story in stories] == ["routed", "merged", "merged"]
    assert {standing for _ref, standing in standings()} == {"confirmed"}
    assert queries.to_be_joined(who("desk"), street=CODE, at=MONDAY + DAY) == []


def test_one_handling_answers_every_reporter_and_asks_each_apart():
    _trouble, stories = joined()
    first = stories[0]
    first.do("urban", "accept")
    first.do("urban", "answer", text="路灯已统一更换")
    reports = list(Report.objects.order_by("id"))

    followed = [following.follow(report, by=reporter(report), at=first.now) for report in reports]
    for report in reports:
        first.do(reporter(report), "judge_answer", report=report.ref, solved=True)

    assert Report.objects.count() == 3 and all(report.solved for report in Report.objects.all())
    assert all(each.people == 2 for each in followed)
    assert first.do("desk", "strike_off").state == "cleared"


def test_joining_is_undone_case_by_case_and_the_clock_runs_on():
    trouble, stories = joined()
    last = stories[2]
    before = last.clock().due_at

    case = last.do("desk", "unmerge", reason="不是同一盏路灯")

    assert (case.state, case.merged_into) == ("routed", None)
    assert {each.state for each in supervision.clocks_of(case.subject)} == {"running"}, (
        "also the one for signing: nobody had signed"
    )
    assert before is not None and last.clock().due_at is not None and last.clock().due_at >= before, (
        "what stood still is given back, nothing is taken"
    )
    assert invariant_problems(last.case, at=last.now) == [] and last.entries()[-1] == "case.unmerged"
    assert stories[0].entries()[-1] == "case.gave_back" and last.reports()[0].case_id == case.pk
    troubles.set_apart(by=who("desk"), at=last.now, trouble=trouble.ref, case=last.ref, reason="是另一盏")
    assert dict(standings())[last.ref] == "apart"
    assert (
        troubles.notice_trouble(by=SYSTEM, at=last.now, case=last.ref) is None
        or queries.trouble_of(last.case) != trouble
    )


def test_a_merged_case_is_not_undone_once_its_reporters_were_answered():
    _trouble, stories = joined()
    stories[0].do("urban", "accept")
    stories[0].do("urban", "answer", text="路灯已统一更换")
    stories[1].now = stories[0].now

    with pytest.raises(Refused):
        stories[1].do("desk", "unmerge", reason="不是同一盏路灯")


def test_a_merged_case_is_not_put_apart_before_it_is_undone():
    trouble, stories = joined()

    for story in stories[:2]:
        with pytest.raises(Refused):
            troubles.set_apart(by=who("desk"), at=story.now, trouble=trouble.ref, case=story.ref, reason="不是一回事")


def test_what_was_put_apart_is_not_suggested_again():
    stories = lamps(2)
    trouble = Trouble.objects.get()
    troubles.set_apart(by=who("desk"), at=MONDAY + DAY, trouble=trouble.ref, case=stories[1].ref, reason="另一条路")

    third = told(at=MONDAY + 2 * DAY, text="柳荫路路灯不亮")
    tick.once(at=MONDAY + 2 * DAY + timedelta(minutes=1))

    assert dict(standings())[stories[1].ref] == "apart"
    assert dict(standings())[third.ref] == "suspected"


@pytest.mark.parametrize("username", ["urban", "manager", "verifier"])
def test_only_the_desk_and_the_leaders_say_what_is_one_trouble(username):
    stories = lamps(2)
    trouble = Trouble.objects.get()

    with pytest.raises(NotAllowed):
        troubles.join_cases(
            by=who(username),
            at=MONDAY + DAY,
            trouble=trouble.ref,
            into=stories[0].ref,
            cases=[stories[1].ref],
            reason="同一盏",
        )
    with pytest.raises(NotAllowed):
        troubles.set_apart(by=who(username), at=MONDAY + DAY, trouble=trouble.ref, case=stories[0].ref, reason="不是")


def test_a_case_of_another_trouble_is_not_joined():
    stories = lamps(2)
    other = told(text="楼上夜里装修噪音扰民", **NOISE)

    with pytest.raises(WrongInput):
        troubles.join_cases(
            by=who("desk"),
            at=MONDAY + DAY,
            trouble=Trouble.objects.get().ref,
            into=stories[0].ref,
            cases=[other.ref],
            reason="硬并",
        )
    assert other.case.state == "routed"


def test_what_was_merged_by_hand_is_a_trouble_too():
    one, other = told(), told(text="楼上夜里装修噪音扰民", **NOISE)
    other.do("desk", "merge", into=one.ref, reason="其实是一回事")
    tick.once(at=other.now + timedelta(minutes=1))

    assert standings() == [(one.ref, "confirmed"), (other.ref, "confirmed")]


def test_a_hot_list_counts_people_of_the_period_and_shows_its_formula():
    lamps(3)
    told(at=MONDAY + DAY, text="柳荫路路灯还是不亮", reporter_phone="13800000000")
    tick.once(at=MONDAY + DAY + timedelta(minutes=1))

    [line] = queries.hot_list(who("leader"), street=CODE, since=MONDAY, until=MONDAY + 2 * DAY)

    assert (line.heat.messages, line.heat.reporters) == (4, 3), "the same number twice is one person"
    assert line.heat.score == 3.0 and line.heat.sentence.startswith("3 人 ×")
    assert queries.hot_list(who("leader"), street=CODE, since=MONDAY + DAY, until=MONDAY + 2 * DAY) == [], (
        "one person alone is not hot"
    )


def test_a_reader_sees_of_a_trouble_what_lies_in_their_reach():
    lamps(2)
    trouble = Trouble.objects.get()

    assert len(queries.trouble_file(who("urban"), trouble.ref, street=CODE).members) == 2
    assert not queries.trouble_file(who("urban"), trouble.ref, street=CODE).may_join
    with pytest.raises(NotFound):
        queries.trouble_file(who("economy"), trouble.ref, street=CODE)


# -- what comes back --------------------------------------------------------------------------------------------------------------


def came_back() -> tuple[Story, Story]:
    """A lamp struck off, and told of again a month later."""
    before = cleared()
    again = told(at=MONDAY + 30 * DAY, text="柳荫路路灯又不亮了")
    tick.once(at=again.now + timedelta(minutes=1))
    return before, again


def test_what_comes_back_after_strike_off_is_marked_and_linked_to_the_old_case():
    before, again = came_back()

    row = queries.recurrence_of(again.case)
    assert row is not None and row.earlier.ref == before.ref and len(row.reasons) > 1
    assert [each.case.ref for each in queries.recurrences_of(before.case)] == [again.ref]
    assert again.entries()[-1] == "case.recurred" and before.case.state == "cleared"
    assert [
        each.case.ref
        for each in trouble_lists.recurring(who("desk"), street=CODE, since=MONDAY, until=MONDAY + 60 * DAY)
    ] == [again.ref]


def test_another_trouble_at_the_old_place_is_no_recurrence():
    cleared()
    other = told(at=MONDAY + 30 * DAY, text="垃圾桶满了没人清运", category="城乡建设/市政设施/积水")
    tick.once(at=other.now + timedelta(minutes=1))

    assert Recurrence.objects.count() == 0


def test_a_person_may_say_that_it_is_no_recurrence():
    _before, again = came_back()

    with pytest.raises(NotAllowed):
        troubles.dismiss_recurrence(by=who("urban"), at=again.now + DAY, case=again.ref, reason="新装的灯")
    troubles.dismiss_recurrence(by=who("desk"), at=again.now + DAY, case=again.ref, reason="是新装的另一盏灯")

    assert queries.recurrence_of(again.case) is None
    assert Recurrence.objects.get().dismissed_because == "是新装的另一盏灯"
    assert troubles.notice_recurrence(by=SYSTEM, at=again.now + DAY, case=again.ref) is None
    with pytest.raises(NotFound):
        troubles.dismiss_recurrence(by=who("desk"), at=again.now + DAY, case=again.ref, reason="再说一遍")


# -- promoted to a project --------------------------------------------------------------------------------------------------------


def proposed(by: str = "desk", **more: Any) -> ProjectProposal:
    before, again = came_back()
    return proposals.propose_project(
        by=who(by), at=again.now + DAY, street=CODE, title="柳荫路路灯线路改造", cases=[before.ref, again.ref],
        root_cause="电缆老化,雨后短路", cost="约 8 万元", benefit="三十盏灯不再反复熄灭", **more,
    )  # fmt: skip


def test_a_recurring_trouble_is_proposed_as_a_project_and_each_case_points_to_it():
    row = proposed()

    assert row.state == "open" and row.cases.count() == 2
    for case in Case.objects.all():
        assert queries.proposals_of([case.pk]) == [row]
    entry = Entry.objects.get(kind="proposal.made")
    assert entry.subject == f"proposal:{row.ref}"


def test_a_leader_who_did_not_propose_it_decides_once():
    row = proposed()

    with pytest.raises(NotAllowed):
        proposals.decide_proposal(by=who("desk"), at=MONDAY + 40 * DAY, proposal=row.ref, approved=True, remark="同意")
    done = proposals.decide_proposal(
        by=who("leader"), at=MONDAY + 40 * DAY, proposal=row.ref, approved=True, remark="列入下季度"
    )

    assert (done.state, done.remark) == ("approved", "列入下季度")
    with pytest.raises(Refused):
        proposals.decide_proposal(
            by=who("leader"), at=MONDAY + 41 * DAY, proposal=row.ref, approved=False, remark="再议"
        )


def test_a_leader_does_not_decide_their_own_proposal():
    row = proposed(by="leader")

    with pytest.raises(NotAllowed):
        proposals.decide_proposal(
            by=who("leader"), at=MONDAY + 40 * DAY, proposal=row.ref, approved=True, remark="同意"
        )


@pytest.mark.parametrize(
    ("by", "more", "fault"),
    [
        ("manager", {}, NotAllowed),
        ("desk", {"cases": []}, WrongInput),
        ("desk", {"cases": ["nothing"]}, WrongInput),
        ("desk", {"root_cause": " "}, WrongInput),
    ],
)
def test_a_proposal_that_does_not_hold_is_refused(by, more, fault):
    values = {
        "title": "改造",
        "cases": [told().ref],
        "root_cause": "老化",
        "cost": "八万元",
        "benefit": "不再熄灭",
        **more,
    }

    with pytest.raises(fault):
        proposals.propose_project(by=who(by), at=MONDAY + DAY, street=CODE, **values)
    assert ProjectProposal.objects.count() == 0


def test_a_reporter_learns_how_many_others_told_of_it_and_nothing_of_them():
    _trouble, stories = joined()
    report = stories[1].reports()[0]

    found = following.follow(report, by=reporter(report), at=stories[1].now)

    assert found.people == 2 and "王0" not in str(found.steps)


# -- an approved proposal stands in the reserve library ---------------------------------------------------------------------------


COSTED: dict[str, Any] = {"estimate": Decimal(80_000), "unit": "urban", "sector": "infrastructure"}


def approved(**more: Any) -> ProjectProposal:
    row = proposed(**more)
    proposals.decide_proposal(by=who("leader"), at=MONDAY + 40 * DAY, proposal=row.ref, approved=True, remark="同意")
    tick.once(at=MONDAY + 40 * DAY)
    return row


def test_an_approved_proposal_becomes_a_project_of_the_reserve_library_once():
    row = approved(**COSTED)
    tick.once(at=MONDAY + 41 * DAY)

    project = Project.objects.get()
    assert (project.name, project.library, project.total, project.unit.code) == (row.title, "reserve", 80_000, "urban")
    assert project.moves.get().reason == f"立项建议获批:{row.title}" and "电缆老化" in project.content
    assert ProposedProject.objects.get().was_entered and take_up_proposal(at=MONDAY + 41 * DAY, proposal=row.ref)[0]


def test_a_proposal_of_a_known_project_is_linked_and_not_entered_again():
    told = Told(
        name="柳荫路路灯线路改造", owner="城市管理中队", unit="urban", sector="infrastructure", total=Decimal(90_000)
    )
    known = enter_project(by=who("leader"), at=MONDAY, street=CODE, told=told)

    approved(**COSTED)

    link = ProposedProject.objects.get()
    assert (link.project, link.was_entered, Project.objects.count()) == (known, False, 1)


def test_a_proposal_without_an_estimate_asks_the_desk_and_is_linked_by_hand():
    row = approved()
    assert not Project.objects.exists()
    assert Notice.objects.get(kind="proposal.decided").to.name == "甲受理"
    told = Told(name="路灯改造", owner="城市管理中队", unit="urban", sector="infrastructure", total=Decimal(80_000))
    project = enter_project(by=who("desk"), at=MONDAY + 40 * DAY, street=CODE, told=told)

    link_proposal(by=who("desk"), at=MONDAY + 41 * DAY, proposal=row.ref, project=project.ref)

    assert ProposedProject.objects.get().project == project
    with pytest.raises(Refused):
        link_proposal(by=who("desk"), at=MONDAY + 41 * DAY, proposal=row.ref, project=project.ref)


def test_a_declined_proposal_enters_nothing():
    row = proposed(**COSTED)
    proposals.decide_proposal(by=who("leader"), at=MONDAY + 40 * DAY, proposal=row.ref, approved=False, remark="先观察")
    tick.once(at=MONDAY + 40 * DAY)

    assert not Project.objects.exists()


@pytest.mark.parametrize("more", [{"estimate": Decimal(0)}, {"estimate": Decimal(10) ** 16}, {"sector": "gold"}])
def test_an_estimate_that_is_none_is_refused(more):
    with pytest.raises(WrongInput):
        proposed(**more)
