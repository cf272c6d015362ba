"""The court of returns in the books: the other side answers or is taken at its silence; the third return is ruled on and becomes a row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridloop.core.errors import NotAllowed, NotFound, Refused, TooLate, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import deem_accepted, settle_return
from gridloop.offices.cases.models import Return, Ruling
from gridloop.offices.cases.queries import court, pages
from gridloop.offices.organisation.changesets import actions as changes
from gridloop.offices.organisation.changesets.queries import check_of, effects_of, proposed
from gridloop.site.tick import keep_books_of
from tests.offices.loop import DAY, HOUR, Story, answered, invariant_problems, told
from tests.sample import CODE, MONDAY, sample_street, who

LEAK = {"category": "漏水", "text": "楼道漏水三天了"}  # goes to housing
TO_URBAN = {"duty_item": "B-03", "reason": "公共部位由城管牵头"}
OUTSIDE = {"duty_item": "P-12", "reason": "照明设施由区局维护"}


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def put_to_urban() -> Story:
    """A case that housing returned, citing a row led by urban."""
    story = told(**LEAK)
    story.do("housing", "return_case", **TO_URBAN)
    return story


def thrice_returned() -> Story:
    """A case that three units in turn have returned."""
    story = put_to_urban()
    story.do("urban", "answer_return", takes=False, duty_item="P-12", reason="户内漏水不是市容")
    story.do("desk", "assign", unit="environment", reason="请环保站看看")
    story.do("environment", "return_case", **OUTSIDE)
    story.do("desk", "assign", unit="economy", reason="请经济办协调")
    story.do("economy", "return_case", **TO_URBAN)
    return story


# -- the other side ---------------------------------------------------------------------------------------------------


def test_a_return_is_put_to_the_unit_that_the_cited_row_names():
    story = put_to_urban()
    waiting = Return.objects.get()

    assert (waiting.number, waiting.awaits, waiting.side.code, waiting.outcome) == (1, "unit", "urban", "")
    assert waiting.due_at == story.now + timedelta(hours=5, minutes=30), (
        "four office hours, with the rest at noon between"
    )
    assert [each.case.ref for each in pages.desk(who("urban"), at=story.now).to_answer] == [story.ref]
    assert pages.desk(who("housing"), at=story.now).to_answer == []


def test_whoever_takes_a_returned_case_on_may_not_return_it():
    story = put_to_urban()

    case = story.do("urban", "answer_return", takes=True, reason="公共部位我队来修")

    assert (case.state, case.lead.code, case.is_binding) == ("routed", "urban", True)
    with pytest.raises(Refused) as refused:
        story.do("urban", "return_case", **OUTSIDE)
    assert refused.value.code == "cases.binding"
    assert story.entries()[-1] == "case.return_taken" and Return.objects.get().outcome == "taken"
    assert invariant_problems(story.case, at=story.now) == []


def test_whoever_declines_cites_a_row_of_the_list_too():
    story = put_to_urban()

    with pytest.raises(NotFound):
        story.do("urban", "answer_return", takes=False, reason="不归我队管")
    case = story.do("urban", "answer_return", takes=False, duty_item="P-12", reason="户内漏水不是市容")

    assert (case.state, case.lead.code, Return.objects.get().outcome) == ("returned", "office", "declined")
    assert story.do("desk", "assign", unit="environment", reason="请环保站看看").state == "routed"


def test_only_the_unit_that_was_asked_answers():
    story = put_to_urban()

    with pytest.raises(NotAllowed):
        story.do("housing", "answer_return", takes=True, reason="我来办吧")
    with pytest.raises(NotAllowed):
        story.do("desk", "answer_return", takes=True, reason="我来办吧")


def test_a_unit_that_keeps_silent_has_taken_the_case_and_the_ledger_says_so():
    story = put_to_urban()
    due = Return.objects.get().due_at

    keep_books_of(CODE, at=due)
    assert story.case.state == "returned", "the last moment is still in time"
    keep_books_of(CODE, at=due + timedelta(minutes=1))

    assert (story.case.state, story.case.lead.code, story.case.is_binding) == ("routed", "urban", True)
    assert story.entries()[-1] == "case.return_deemed_taken"
    assert Return.objects.get().outcome == "deemed_taken"
    assert not settle_return(at=due + HOUR, ref=Return.objects.get().ref), "once"


def test_a_desk_that_leaves_a_return_lying_is_supervised():
    story = told()
    story.do("urban", "return_case", **OUTSIDE)
    waiting = Return.objects.get()

    keep_books_of(CODE, at=waiting.due_at + HOUR)

    assert waiting.awaits == "desk" and waiting.side is None
    assert story.entries()[-1] == "case.raised" and story.case.state == "returned"
    assert Return.objects.get().outcome == "raised"


def test_a_desk_that_assigns_otherwise_ends_the_question():
    story = put_to_urban()

    story.do("desk", "assign", unit="environment", reason="请环保站看看")

    assert Return.objects.get().outcome == "moved_on"
    with pytest.raises(NotAllowed):
        story.do("urban", "answer_return", takes=True, reason="我队来修")


# -- the window is over -----------------------------------------------------------------------------------------------


def test_a_case_that_nobody_accepts_or_returns_inside_the_window_counts_as_taken():
    story = told()
    closes = story.case.return_closes_at

    keep_books_of(CODE, at=closes)
    assert story.case.state == "routed"
    keep_books_of(CODE, at=closes + HOUR)

    case = story.case
    assert (case.state, case.accepted_at) == ("accepted", closes)
    assert Entry.objects.filter(subject=case.subject, kind="case.deemed_accepted").count() == 1
    story.now = closes + HOUR
    with pytest.raises(TooLate):
        story.do("urban", "return_case", **OUTSIDE)
    assert story.do("urban", "answer", text="已更换灯具").state == "answered"
    assert invariant_problems(story.case, at=story.now) == []


def test_a_grade_confirmed_meanwhile_moves_the_end_of_the_window():
    story = told(grade="difficult", grade_reason="涉及三个部门")
    first = story.case.return_closes_at
    story.do("desk", "confirm_grade", approved=True)

    keep_books_of(CODE, at=first + HOUR)

    assert story.case.state == "routed" and story.case.return_closes_at == first + DAY


def test_a_routing_gap_is_never_deemed_taken():
    story = told(text="呜呜呜", category="")

    keep_books_of(CODE, at=MONDAY + 5 * DAY)

    assert story.case.state == "routed" and not deem_accepted(at=MONDAY + 5 * DAY, case=story.ref)


# -- the third return -------------------------------------------------------------------------------------------------


def test_after_the_third_return_the_desk_has_no_say():
    story = thrice_returned()

    with pytest.raises(Refused) as refused:
        story.do("desk", "assign", unit="housing", reason="再派一次")

    assert refused.value.code == "cases.awaits_ruling"
    assert [each.case.ref for each in pages.desk(who("leader"), at=story.now).to_rule] == [story.ref]
    assert court.proposal_for(story.case).unit == "urban", "two units cite the row that names it"


def test_a_ruling_binds_is_a_precedent_and_is_proposed_as_a_row():
    story = thrice_returned()

    case = story.do("leader", "designate", unit="housing", duty_items=["B-03"], reason="户内漏水由房管所牵头,城管配合")

    ruling = Ruling.objects.get()
    assert (case.state, case.lead.code, case.is_binding) == ("routed", "housing", True)
    assert (ruling.unit.code, ruling.category, ruling.place) == ("housing", "城乡建设/房屋管理/漏水", case.place)
    assert ruling.change_set.state == "draft" and ruling.row.startswith("先例2022-")
    for by, verb, told_ in (
        ("housing", "return_case", OUTSIDE),
        ("desk", "assign", {"unit": "urban", "reason": "改派城管"}),
    ):
        with pytest.raises(Refused):
            story.do(by, verb, **told_)
    assert [each.ruling.ref for each in court.precedents(who("urban"), CODE, text="漏水")] == [ruling.ref]
    assert court.precedents(who("urban"), CODE, text="噪音") == []
    assert invariant_problems(story.case, at=story.now) == []


def test_nobody_rules_without_a_ground_before_the_time_or_on_units_above():
    early, story = put_to_urban(), thrice_returned()
    ground = {"duty_items": ["B-03"], "reason": "由房管所牵头"}

    with pytest.raises(Refused):
        early.do("leader", "designate", unit="housing", **ground)
    with pytest.raises(WrongInput):
        story.do("leader", "designate", unit="housing", reason="由房管所牵头")
    with pytest.raises(Refused):
        story.do("leader", "designate", unit="district_urban", **ground)
    with pytest.raises(NotAllowed):
        story.do("desk", "designate", unit="housing", **ground)


def test_where_nobody_rules_in_time_the_cited_rows_do_and_the_row_waits_for_a_second_person():
    story = thrice_returned()
    due = Return.objects.get(outcome="").due_at

    keep_books_of(CODE, at=due + HOUR)

    ruling = Ruling.objects.get()
    assert (story.case.lead.code, ruling.by, ruling.unit.code) == ("urban", None, "urban")
    assert ruling.change_set.state == "submitted"
    assert Return.objects.filter(outcome="ruled_by_rule").count() == 1


def test_the_row_of_a_ruling_is_published_by_a_second_person_and_decides_the_next_case():
    story = thrice_returned()
    story.do("leader", "designate", unit="economy", duty_items=["B-03"], reason="此处漏水由经济发展办牵头")
    draft, at = Ruling.objects.get().change_set, story.now

    setup = proposed(draft, at=at)
    assert check_of(draft, setup).errors == ()
    assert [each["after"] for each in effects_of(setup)] == ["经济发展办"], "the case itself would have gone there"
    changes.submit(by=who("leader", at=at), at=at, street=CODE, change_set=draft.ref)
    with pytest.raises(NotAllowed):
        changes.publish(by=who("leader", at=at), at=at, street=CODE, change_set=draft.ref, rev=_rev(draft))
    changes.publish(
        by=who("keeper", at=at), at=at, street=CODE, change_set=draft.ref, rev=_rev(draft), accept_warnings=True
    )

    following = told(at=at + HOUR, **LEAK)
    assert (following.case.lead.code, following.case.route_row) == ("economy", Ruling.objects.get().row)
    assert [each.ruling.number for each in court.precedents(who("desk"), CODE) if each.is_in_force] == [
        Ruling.objects.get().number
    ]
    assert [each.number for each in court.precedents_for(following.case)] == [Ruling.objects.get().number]


def _rev(draft) -> int:
    draft.refresh_from_db()
    return int(draft.rev)


def test_an_answered_case_is_not_returned():
    story = answered()

    with pytest.raises(Refused):
        story.do("urban", "return_case", **OUTSIDE)
