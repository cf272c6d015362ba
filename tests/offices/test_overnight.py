"""交办不过夜: at closing time what must still be handed on is listed once, the desk is told, and the list says later how each case came out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.core.errors import NotAllowed
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import list_overnight
from gridloop.offices.cases.overnight_models import OvernightList
from gridloop.offices.cases.queries.overnight import evenings
from gridloop.offices.notices.models import Notice
from gridloop.offices.organisation import queries as organisation
from gridloop.site.tick import keep_books_of
from tests.offices.loop import HOUR, Story, told
from tests.sample import BEIJING, CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
CLOSE = datetime(2022, 5, 23, 17, 30, tzinfo=BEIJING)
MIDNIGHT = datetime(2022, 5, 24, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def gap(at: datetime = MONDAY, text: str = "呜呜呜") -> Story:
    """A problem that nobody could classify: it waits for the desk."""
    return told(text=text, category="", at=at)


def tick(at: datetime) -> None:
    keep_books_of(CODE, at=at)


def standings(at: datetime, by: str = "desk") -> list[dict[str, str]]:
    """The lists, newest first: by case, how it stands."""
    return [{row.case.ref: row.standing for row in each.cases} for each in evenings(who(by, at=at), CODE, at=at)]


def notices() -> list[Notice]:
    return list(Notice.objects.filter(kind="overnight.listed").select_related("to__unit").order_by("id"))


def test_at_half_past_five_what_must_be_handed_on_today_is_listed_once_and_the_desk_is_told():
    story = gap()
    told()  # routed at once: nothing to hand on

    tick(CLOSE - timedelta(seconds=1))
    assert not OvernightList.objects.exists()
    for moment in (CLOSE, CLOSE + timedelta(seconds=1), MIDNIGHT - timedelta(seconds=1)):
        tick(moment)

    made = OvernightList.objects.get()
    assert (made.on, made.made_at, made.until, made.cases) == (date(2022, 5, 23), CLOSE, MIDNIGHT, [story.ref])
    assert Entry.objects.filter(kind="overnight.listed").count() == 1
    (notice,) = notices()
    assert notice.to.name == "甲受理" and notice.title == "今晚 24 时前须交办 1 件" and notice.is_urgent
    assert story.case.number in notice.text and "呜呜呜" not in notice.text
    assert standings(MIDNIGHT - HOUR) == [{story.ref: "waiting"}]


def test_what_is_handed_on_in_the_evening_was_handed_on_that_day_and_what_is_not_stayed_overnight():
    handed, left, dropped = gap(), gap(text="另一件说不清的"), gap(text="第三件说不清的")
    tick(CLOSE)
    handed.do("desk", "assign", after=CLOSE + HOUR - MONDAY, unit="urban", reason="归城管")
    dropped.do("desk", "merge", after=CLOSE + HOUR - MONDAY, into=handed.ref, reason="同一件事")
    left.do("desk", "assign", after=MIDNIGHT + 9 * HOUR - MONDAY, unit="housing", reason="归房管")

    expected = {handed.ref: "handed_on", left.ref: "overnight", dropped.ref: "dropped"}
    assert standings(MIDNIGHT + 10 * HOUR) == [expected]
    handed.do("urban", "accept", after=24 * HOUR)
    assert standings(handed.now + HOUR) == [expected], "what it became later does not change the evening"


def test_what_stayed_overnight_is_on_the_next_list_again_and_days_off_have_lists_too():
    friday = datetime(2022, 5, 27, 10, 0, tzinfo=BEIJING)
    story = gap(at=friday)

    for day in (27, 28, 29):
        tick(datetime(2022, 5, day, 18, 0, tzinfo=BEIJING))

    assert [each.row.on.day for each in evenings(who("leader", at=friday), CODE, at=friday + 72 * HOUR)] == [29, 28, 27]
    assert {ref for each in OvernightList.objects.all() for ref in each.cases} == {story.ref}


def test_an_evening_without_anything_to_hand_on_has_no_list_and_what_comes_later_is_listed_the_same_evening():
    told()
    tick(CLOSE)
    assert not OvernightList.objects.exists() and notices() == []

    late = gap(at=CLOSE + HOUR)
    tick(CLOSE + 2 * HOUR)

    assert OvernightList.objects.get().cases == [late.ref]


def test_a_case_whose_profile_gives_more_time_is_not_said_to_be_due_tonight():
    story = gap()
    clock = story.clock("assign")
    clock.due_at = MIDNIGHT + timedelta(seconds=1)
    clock.save(update_fields=["due_at"])

    assert list_overnight(street=CODE, at=CLOSE) == 0


def test_where_nobody_holds_the_desk_the_leaders_are_told(monkeypatch):
    gap()
    with_roles = organisation.people_with_roles

    def nobody_at_the_desk(street, *, roles, at, **narrowed):
        return [] if "duty_desk" in roles else with_roles(street, roles=roles, at=at, **narrowed)

    monkeypatch.setattr(organisation, "people_with_roles", nobody_at_the_desk)
    tick(CLOSE)

    assert [each.to.name for each in notices()] == ["乙领导"]


def test_what_was_handed_on_between_the_list_and_the_notice_is_not_spoken_of():
    story = gap()
    assert list_overnight(street=CODE, at=CLOSE) == 1
    story.do("desk", "assign", after=CLOSE + timedelta(seconds=5) - MONDAY, unit="urban", reason="归城管")

    tick(CLOSE + timedelta(minutes=1))

    assert notices() == []


def test_only_the_desk_leaders_and_auditors_read_the_lists():
    gap()
    tick(CLOSE)
    for name in ("desk", "leader"):
        assert standings(CLOSE, name)
    for name in ("urban", "manager", "verifier", "keeper", "above"):
        with pytest.raises(NotAllowed):
            standings(CLOSE, name)


def test_the_number_of_statements_does_not_grow_with_the_lists_and_their_cases():
    gap()
    tick(CLOSE)
    with CaptureQueriesContext(connection) as one:
        standings(CLOSE)
    for day in (24, 25, 26):
        gap(at=datetime(2022, 5, day, 10, tzinfo=BEIJING), text=f"第{day}天说不清的")
        tick(datetime(2022, 5, day, 18, tzinfo=BEIJING))
    with CaptureQueriesContext(connection) as many:
        assert len(standings(CLOSE + 96 * HOUR)) == 4

    assert len(many) == len(one)


def test_the_lists_are_turned_by_day():
    for day in (23, 24, 25):
        gap(at=datetime(2022, 5, day, 10, tzinfo=BEIJING), text=f"第{day}天说不清的")
        tick(datetime(2022, 5, day, 18, tzinfo=BEIJING))
    at = datetime(2022, 5, 26, tzinfo=BEIJING)
    desk = who("desk", at=at)

    first = evenings(desk, CODE, at=at, size=2)
    rest = evenings(desk, CODE, at=at, before=first[-1].row.on, size=2)

    assert [each.row.on.day for each in (*first, *rest)] == [25, 24, 23]
