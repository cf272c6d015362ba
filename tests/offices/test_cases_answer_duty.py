"""The answer duty in the books: no transfer moves it, a substitute attends to it, and it passes by rule with an entry."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gridloop.core.errors import NotFound
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries import pages
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.cases.queries.following import answers_for
from gridloop.offices.notices.publicity.actions import set_publicity
from gridloop.offices.organisation.actions import delegate, release
from gridloop.offices.organisation.models import Holding, Person
from gridloop.site.tick import keep_books_of
from tests.offices.loop import DAY, HOUR, told
from tests.sample import CODE, MONDAY, sample_street, who


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def holding(code: str) -> Holding:
    return Holding.objects.get(person__code=code)


def test_handing_a_case_on_leaves_the_answer_duty_where_it_was():
    story = told()
    story.do("urban", "return_case", duty_item="P-12", reason="照明由区局维护")
    story.do("desk", "assign", unit="housing", reason="请房管所看")
    story.do("desk", "consult", units=["urban", "housing"], topic="由谁维护")
    story.do("desk", "escalate", unit="district_urban", reason="需区局协调")

    assert (story.case.lead.code, story.case.answerer.name) == ("district_urban", "辛管家")
    assert [case.ref for case in pages.desk(who("manager"), at=story.now).mine] == [story.ref]


def test_no_case_can_be_without_a_holder_of_the_answer_duty():
    story = told()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(ref=story.ref).update(answerer=None)


def test_the_substitute_sees_and_answers_while_the_holder_is_away():
    story = told(category="漏水")  # housing's: the economy office would not see it
    with pytest.raises(NotFound):
        scoped_case(story.ref, by=who("economy"))
    at = MONDAY + HOUR
    delegate(
        by=who("manager", at=at), at=at, holding=holding("P08"), to=Person.objects.get(code="P10"), starts_at=at, ends_at=at + 3 * DAY,
        reason="休假",
    )  # fmt: skip
    away, back = at + HOUR, at + 4 * DAY

    file = pages.case_file(story.case, by=who("desk", at=away), at=away)
    assert (file.answering.holder.name, file.answering.person.name) == ("辛管家", "癸经济")
    assert [case.ref for case in pages.desk(who("economy", at=away), at=away).mine] == [story.ref]
    story.do("economy", "give_notice", text="请备齐房屋权属证明")
    assert pages.case_file(story.case, by=who("desk", at=back), at=back).answering.person.name == "辛管家"
    with pytest.raises(NotFound):
        scoped_case(story.ref, by=who("economy", at=back))


def test_the_duty_passes_by_rule_when_the_post_of_its_holder_ends():
    story = told()
    ends = MONDAY + DAY
    release(by=who("leader"), at=MONDAY + HOUR, holding=holding("P08"), ends_at=ends, reason="调离")

    keep_books_of(CODE, at=ends - timedelta(minutes=1))
    assert story.case.answerer.name == "辛管家"
    keep_books_of(CODE, at=ends)
    keep_books_of(CODE, at=ends + HOUR)

    assert story.case.answerer.name == "甲受理", "the unit has no head, so the duty desk answers"
    assert story.case.first_contact.name == "辛管家", "who took the report stays on record"
    assert story.entries().count("case.answer_duty_passed") == 1
    assert [case.ref for case in pages.desk(who("desk", at=ends), at=ends).mine] == [story.ref]


def test_the_public_reads_a_post_and_a_name_only_where_the_street_shows_names():
    story = told()

    assert answers_for(story.case, at=MONDAY) == "经济发展办服务管家"
    set_publicity(
        by=who("leader"),
        at=MONDAY,
        street=CODE,
        shows_map=False,
        least=3,
        delay_for=DAY,
        reason="办公会决定",
        shows_names=True,
    )
    assert answers_for(story.case, at=MONDAY) == "经济发展办服务管家(辛管家)"
