"""Forums with enterprises: filtered, invited, met, asked; what was asked is a case the same day, and its answer a 问答."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.quiet import Quiet
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.actions.filing import Filing
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.forum_questions import (
    QuestionTold,
    attach_question,
    drop_question,
    file_questions,
    join_question,
    raise_questions,
    take_question,
)
from gridloop.offices.enterprise.actions.forums import (
    ForumTold,
    announce_forum,
    answer_invitation,
    cancel_forum,
    invite,
    move_forum,
    note_attendance,
    note_walk_in,
    tell_result,
    write_minutes,
)
from gridloop.offices.enterprise.actions.visits import set_quiet_days
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion, Invitation
from gridloop.offices.enterprise.queries import forums, visits
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.queries.forums import ForumsWanted
from gridloop.offices.enterprise.queries.register import Wanted
from gridloop.offices.enterprise.queries.signs import signs_of_all
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.queries import finding
from gridloop.offices.supervision.models import Clock
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
SUNDAY = MONDAY - timedelta(days=1)
TUESDAY = MONDAY + timedelta(days=1)
TODAY = MONDAY.date()
TOLD = ForumTold("push", "汽车补贴活动推进会", MONDAY, venue="示例汽车城二楼")
ASKED = QuestionTold("补贴是先垫付还是直接抵扣?", category="企业服务/融资")


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def announced(**changes: object) -> Forum:
    return announce_forum(by=who("desk", at=SUNDAY), at=SUNDAY, street=CODE, told=replace(TOLD, **changes))


def asked_to(forum: Forum, *firms: object) -> Forum:
    invite(by=who("desk", at=SUNDAY), at=SUNDAY, forum=forum.ref, enterprises=[firm.ref for firm in firms])
    return forum


def test_the_filter_of_the_register_finds_whom_to_ask():
    dealer = registered(1, industry="5261", revenue="9000")
    registered(2, industry="5261", revenue="300")  # below the threshold of retail
    registered(3)  # a machine works

    found, count = forums.candidates(announced(), Wanted(industry="526", threshold="yes"), by=who("desk"))

    assert count == 1
    assert [(each.firm, each.why_not) for each in found] == [(dealer, "")]


def test_who_refused_calls_or_has_a_quiet_day_is_not_asked_and_the_reason_is_kept():
    willing, unwilling, quiet = (registered(n) for n in (1, 2, 3))
    answer_consent(by=SYSTEM, at=SUNDAY, enterprise=unwilling.ref, kind="visit", granted=False, how="电话说明")
    set_quiet_days(
        by=SYSTEM, at=SUNDAY, street=CODE, span=Quiet(TODAY, TODAY, None, None), enterprise=quiet.ref, reason="盘库"
    )
    forum = announced()

    done = invite(by=who("desk"), at=SUNDAY, forum=forum.ref, enterprises=[willing.ref, unwilling.ref, quiet.ref])

    assert [firm.ref for firm in done.asked] == [willing.ref]
    assert {firm.ref: why for firm, why in done.left_out} == {
        unwilling.ref: "企业表示不愿被打扰",
        quiet.ref: "当天是宁静日(盘库)",
    }
    forum.refresh_from_db()
    assert {each["enterprise"] for each in forum.left_out} == {unwilling.ref, quiet.ref}
    assert Invitation.objects.count() == 1


def test_online_everybody_may_be_asked_as_with_visits():
    unwilling = registered(1)
    answer_consent(by=SYSTEM, at=SUNDAY, enterprise=unwilling.ref, kind="visit", granted=False, how="电话说明")

    done = invite(by=who("desk"), at=SUNDAY, forum=announced(way="online", venue="").ref, enterprises=[unwilling.ref])

    assert len(done.asked) == 1


def test_to_have_come_is_a_contact_and_no_visit():
    came, absent = registered(1), registered(2)
    forum = asked_to(announced(), came, absent)
    answer_invitation(by=who("manager"), at=SUNDAY, forum=forum.ref, enterprise=came.ref, answer="yes", how="电话")

    note_attendance(by=who("desk"), at=MONDAY, forum=forum.ref, came=[came.ref])

    assert dict(Invitation.objects.values_list("enterprise__ref", "came")) == {came.ref: True, absent.ref: False}
    question = planning.question(organisation.street(CODE), first_on=TUESDAY.date(), days=1)
    assert {firm.code: firm.contacts for firm in question.firms} == {came.ref: (TODAY,), absent.ref: ()}
    seen = {firm.ref: signs.last_seen_on for firm, signs in signs_of_all(CODE, at=TUESDAY + timedelta(days=1))}
    assert seen[came.ref] == TODAY  # also for the rule that proposes who is out of touch
    assert not Visit.objects.exists()
    assert visits.counts(SYSTEM, street=CODE, since=None, until=None).visits == 0


def test_a_firm_that_comes_by_itself_is_welcome_even_when_it_refused_calls():
    firm = registered(1)
    answer_consent(by=SYSTEM, at=SUNDAY, enterprise=firm.ref, kind="visit", granted=False, how="电话说明")
    forum = announced()

    guest = note_walk_in(by=who("desk"), at=MONDAY, forum=forum.ref, enterprise=firm.ref)

    assert guest.came
    assert guest.is_walk_in
    with pytest.raises(Refused):
        note_walk_in(by=who("desk"), at=MONDAY, forum=forum.ref, enterprise=firm.ref)


def test_a_question_is_a_case_in_the_same_moment_with_every_clock_of_its_profile():
    firm = registered(1)
    forum = asked_to(announced(), firm)

    filed = raise_questions(
        by=who("desk"),
        at=MONDAY,
        forum=forum.ref,
        told=[replace(ASKED, enterprise=firm.ref), QuestionTold("门口没有路灯")],
    )

    first, second = (each.case for each in filed)
    assert (first.source, first.enterprise_ref, first.first_contact.name) == ("forum", firm.ref, "甲受理")
    assert second.enterprise_ref == ""
    clock = Clock.objects.filter(subject=f"case:{first.ref}").order_by("due_at").first()
    assert clock is not None
    assert clock.due_at == MONDAY + timedelta(days=7)  # 交办 in that minute, 不过周 from then on
    counter = forums.counter_of(forum, today=TODAY)
    assert (counter.asked, counter.filed, counter.same_day, counter.due, counter.late) == (2, 2, 2, 0, 0)
    assert [each.title for each in forums.forums_of_case(first)] == [forum.title]


def test_what_was_only_noted_is_due_today_and_late_tomorrow():
    forum = announced()
    take_question(by=who("manager"), at=MONDAY, forum=forum.ref, told=ASKED)

    assert [each.standing for each in forums.to_be_filed(who("desk"), street=CODE, today=TODAY)] == ["due"]
    assert [each.standing for each in forums.to_be_filed(who("leader"), street=CODE, today=TUESDAY.date())] == ["late"]
    assert len(forums.to_be_filed(who("manager"), street=CODE, today=TODAY)) == 1  # who noted it sees it
    assert forums.to_be_filed(who("urban"), street=CODE, today=TODAY) == []
    rows, _, totals = forums.list_forums(who("desk"), ForumsWanted(late=True), today=TUESDAY.date())
    assert [row.forum.ref for row in rows] == [forum.ref]
    assert (totals.counter.asked, totals.counter.filed, totals.counter.late) == (1, 0, 1)
    assert forums.list_forums(who("desk"), ForumsWanted(late=True), today=TODAY)[0] == []

    file_questions(by=who("desk"), at=TUESDAY, forum=forum.ref)

    counter = forums.counter_of(forum, today=TUESDAY.date())
    assert (counter.filed, counter.same_day, counter.late) == (1, 0, 0)  # filed, but not within its day
    assert forums.to_be_filed(who("desk"), street=CODE, today=TUESDAY.date()) == []


def test_a_question_that_cannot_be_filed_leaves_all_open_and_is_named():
    forum = announced()
    take_question(by=who("desk"), at=MONDAY, forum=forum.ref, told=ASKED)
    bad = take_question(
        by=who("desk"), at=MONDAY, forum=forum.ref, told=QuestionTold("另一件事", category="没有/这个类别")
    )

    with pytest.raises(WrongInput) as told:
        file_questions(by=who("desk"), at=MONDAY, forum=forum.ref)

    assert told.value.fields["question"] == bad.ref
    assert not Case.objects.exists()
    assert ForumQuestion.objects.filter(case__isnull=True).count() == 2


def test_several_firms_that_ask_the_same_share_one_case():
    one, two = registered(1), registered(2)
    forum = asked_to(announced(), one, two)
    raise_questions(by=who("desk"), at=MONDAY, forum=forum.ref, told=[replace(ASKED, enterprise=one.ref)])
    first = ForumQuestion.objects.get()
    again = take_question(by=who("desk"), at=MONDAY, forum=forum.ref, told=replace(ASKED, enterprise=two.ref))

    join_question(by=who("desk"), at=MONDAY, question=again.ref, like=first.ref)

    counter = forums.counter_of(forum, today=TODAY)
    assert (counter.asked, counter.filed) == (2, 2)
    assert Case.objects.count() == 1


def test_what_was_registered_before_the_meeting_is_not_filed_twice():
    firm = registered(1)
    before = file_need(
        by=who("manager", at=SUNDAY), at=SUNDAY, enterprise=firm.ref, filing=Filing(text="贷款续不上")
    ).case
    forum = asked_to(announced(), firm)
    row = take_question(by=who("desk"), at=MONDAY, forum=forum.ref, told=replace(ASKED, enterprise=firm.ref))
    with pytest.raises(NotFound):
        attach_question(by=who("desk"), at=MONDAY, question=row.ref, case="20220101-000099")

    attach_question(by=who("desk"), at=MONDAY, question=row.ref, case=before.number)

    assert Case.objects.count() == 1
    assert forums.counter_of(forum, today=TODAY).same_day == 1
    assert [each.title for each in forums.forums_of_case(before)] == [forum.title]


def test_a_question_does_not_hide_behind_a_case_that_is_over():
    firm = registered(1)
    over = file_need(
        by=who("manager", at=SUNDAY), at=SUNDAY, enterprise=firm.ref, filing=Filing(text="贷款续不上")
    ).case
    Case.objects.filter(pk=over.pk).update(state="cleared", cleared_at=SUNDAY)
    forum = asked_to(announced(), firm)
    row = take_question(by=who("desk"), at=MONDAY, forum=forum.ref, told=replace(ASKED, enterprise=firm.ref))

    with pytest.raises(Refused, match="另立一件"):
        attach_question(by=who("desk"), at=MONDAY, question=row.ref, case=over.number)
    assert forums.counter_of(forum, today=TODAY).filed == 0


def test_a_question_taken_back_is_not_counted_and_cannot_be_filed():
    forum = announced()
    row = take_question(by=who("desk"), at=MONDAY, forum=forum.ref, told=ASKED)

    drop_question(by=who("desk"), at=MONDAY, question=row.ref, reason="记了两遍")

    counter = forums.counter_of(forum, today=TUESDAY.date())
    assert (counter.asked, counter.dropped, counter.late) == (0, 1, 0)
    with pytest.raises(WrongInput):
        file_questions(by=who("desk"), at=MONDAY, forum=forum.ref)
    with pytest.raises(Refused):
        drop_question(by=who("desk"), at=MONDAY, question=row.ref, reason="再撤一次")


def test_nothing_is_noted_before_the_day_and_nothing_changes_after_it():
    forum = announced()
    for deed in (
        lambda: take_question(by=who("desk"), at=SUNDAY, forum=forum.ref, told=ASKED),
        lambda: note_attendance(by=who("desk"), at=SUNDAY, forum=forum.ref, came=[]),
        lambda: write_minutes(by=who("desk"), at=SUNDAY, forum=forum.ref, text="会还没有开"),
    ):
        with pytest.raises(Refused):
            deed()
    write_minutes(by=who("desk"), at=MONDAY, forum=forum.ref, text="会上说明了补贴方式。")

    forum.refresh_from_db()
    assert forum.state == "held"
    with pytest.raises(Refused):
        move_forum(by=who("desk"), at=MONDAY, forum=forum.ref, starts_at=TUESDAY, reason="领导有事")
    with pytest.raises(Refused):
        cancel_forum(by=who("desk"), at=MONDAY, forum=forum.ref, reason="不开了")


def test_a_forum_moves_with_its_reason_or_is_cancelled():
    forum = announced()

    moved = move_forum(by=who("desk"), at=SUNDAY, forum=forum.ref, starts_at=TUESDAY, reason="会场冲突", venue="三楼")
    assert (moved.starts_at, moved.venue) == (TUESDAY, "三楼")
    with pytest.raises(WrongInput):
        cancel_forum(by=who("desk"), at=SUNDAY, forum=forum.ref, reason=" ")
    cancel_forum(by=who("desk"), at=SUNDAY, forum=forum.ref, reason="疫情管控")

    with pytest.raises(Refused):
        take_question(by=who("desk"), at=TUESDAY, forum=forum.ref, told=ASKED)
    assert [entry.kind for entry in timeline(forum.subject)] == ["forum.announced", "forum.moved", "forum.cancelled"]


def test_an_event_has_its_result_with_unit_and_source():
    forum = announced(kind="fair", title="示例汽车嘉年华", way="both")

    with pytest.raises(WrongInput):
        tell_result(by=who("desk"), at=MONDAY, forum=forum.ref, visitors=None, sales=None, source="运营方")
    told = tell_result(
        by=who("desk"), at=MONDAY, forum=forum.ref, visitors=3200, sales=Decimal("1860000"), source="汽车城运营方报送"
    )

    assert (told.visitors, told.sales, told.figures_source) == (3200, Decimal(1860000), "汽车城运营方报送")


def test_an_answer_becomes_a_question_and_answer_that_cites_policy_and_clause():
    forum = announced()
    raise_questions(by=who("desk"), at=MONDAY, forum=forum.ref, told=[ASKED])
    row = ForumQuestion.objects.get()

    policies.answer_question(
        by=who("desk"), at=TUESDAY, street=CODE, question=ASKED.text, answer="按车价直接抵扣,由企业代申报。", source=forum.title,
        origin=row.subject,
    )  # fmt: skip

    found = finding.answers_to([row.subject], by=who("manager"))
    assert found[row.subject].answer.startswith("按车价直接抵扣")
    assert [each.question for each in finding.questions(who("manager"), street=CODE, text="抵扣")] == [ASKED.text]


def test_a_firm_outside_the_scope_is_neither_named_nor_counted_away():
    near, far = registered(1), registered(2, address="河畔花园")
    forum = asked_to(announced(), near, far)
    raise_questions(by=who("desk"), at=MONDAY, forum=forum.ref, told=[replace(ASKED, enterprise=far.ref)])

    guests, others = forums.guests(forum, by=who("manager"))
    [question] = forums.questions(forum, by=who("manager"), today=TODAY)

    assert [guest.enterprise.ref for guest in guests] == [near.ref]
    assert others == 1
    assert question.row.enterprise is None
    with pytest.raises(NotFound):
        invite(by=who("manager"), at=SUNDAY, forum=announced(title="另一场").ref, enterprises=[far.ref])


def test_attendance_told_for_ones_own_firms_leaves_the_others_alone():
    near, far = registered(1), registered(2, address="河畔花园")
    forum = asked_to(announced(), near, far)
    note_attendance(by=who("desk"), at=MONDAY, forum=forum.ref, came=[near.ref, far.ref])

    note_attendance(by=who("manager"), at=MONDAY, forum=forum.ref, came=[])

    assert dict(Invitation.objects.values_list("enterprise__ref", "came")) == {near.ref: False, far.ref: True}


def test_only_who_works_for_firms_holds_forums():
    with pytest.raises(NotAllowed):
        announce_forum(by=who("grid"), at=SUNDAY, street=CODE, told=TOLD)
    with pytest.raises(NotAllowed):
        announce_forum(by=who("keeper"), at=SUNDAY, street=CODE, told=TOLD)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"way": "by_post"}, "way"),
        ({"venue": ""}, "venue"),
        ({"title": " "}, "title"),
    ],
)
def test_what_is_told_badly_is_refused_at_its_field(changes, field):
    with pytest.raises(WrongInput) as told:
        announced(**changes)

    assert told.value.fields["field"] == field


@pytest.mark.parametrize("year", [1, 1902, 2202, 9999])
def test_a_forum_of_another_century_is_a_slip_of_the_pen(year: int):
    forum = announced()
    far = datetime(year, 5, 23, 15, tzinfo=MONDAY.tzinfo)

    with pytest.raises(WrongInput, match="核对年份"):
        announce_forum(by=who("desk"), at=MONDAY, street=CODE, told=replace(TOLD, starts_at=far))
    with pytest.raises(WrongInput, match="核对年份"):
        move_forum(by=who("desk"), at=MONDAY, forum=forum.ref, starts_at=far, reason="会场冲突")
