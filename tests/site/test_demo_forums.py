"""What firms of 莲湖 did together in the demonstration: forums with their counter, links with their outcome, one resumption, two coaches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import override_settings

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.forum_models import Forum
from gridloop.offices.enterprise.queries import forums, links, resumptions
from gridloop.offices.enterprise.queries.forums import ForumsWanted
from gridloop.offices.enterprise.queries.resumptions import Period
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.policies.models import PolicyQuestion
from gridloop.site import demo
from gridloop.site.demo import lianhu, lianhu_firms, lianhu_forums, lianhu_policies
from gridloop.site.demo.replay import Stage
from gridloop.site.demo.tale import BEIJING
from gridloop.site.founding import found

PRESENT = datetime(2022, 6, 20, 9, 30, tzinfo=BEIJING)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def lived_through(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """莲湖 with its firms, its policies and what the firms did together, without its cases, once for all tests of this module."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            forget_everything()
            found(lianhu.plan(), at=demo.FOUNDED)
            stage = Stage(lianhu.CODE, "莲湖街道", lianhu.roll().calls, lambda at: None)
            lianhu_firms.begin(at=demo.FOUNDED, calls=stage.calls, tales=())
            happenings = [*lianhu_policies.happenings(PRESENT)[:-1], *lianhu_forums.happenings(PRESENT)]
            for happening in sorted(happenings, key=lambda each: each.at):
                happening.do(stage, happening.at)
        yield
        transaction.set_rollback(True)
    forget_everything()


def test_every_kind_of_forum_was_held_and_one_is_to_come() -> None:
    rows, _, totals = forums.list_forums(SYSTEM, ForumsWanted(), today=PRESENT.date())

    assert {row.forum.kind for row in rows if row.forum.state == "held"} == {"talk", "policy", "bank", "push", "fair"}
    assert [row.forum.state for row in rows].count("planned") == 1
    assert all(row.came < row.invited for row in rows if row.forum.state == "held")
    assert (totals.counter.asked, totals.counter.filed, totals.counter.same_day, totals.counter.late) == (5, 5, 5, 0)


def test_the_meeting_on_car_subsidies_goes_from_the_filter_to_the_question_and_answer() -> None:
    forum = Forum.objects.get(kind="push")
    guests = [guest.enterprise for guest in forum.invitations.select_related("enterprise__cluster")]

    assert len(guests) >= 3
    assert {(firm.cluster.name, firm.above_threshold, firm.section) for firm in guests} == {
        (lianhu_forums.CAR_TOWN, True, "F")
    }
    assert Case.objects.filter(source="forum").count() == 4  # five asked, two of them the same
    answer = PolicyQuestion.objects.get(origin__startswith="forum_question:")
    assert (answer.policy.title, answer.clause, answer.source) == (lianhu_forums.SUBSIDY, 2, forum.title)


def test_the_carnival_has_its_figures_with_their_source() -> None:
    forum = Forum.objects.get(kind="fair")

    assert (forum.visitors, int(forum.sales or 0), forum.figures_source) == (
        5200,
        4_860_000,
        "示例车城管理公司报送(演示)",
    )


def test_an_old_shop_works_with_a_platform_and_its_story_is_public() -> None:
    counted = links.counts(SYSTEM)

    assert (counted["cooperated"], counted["introduced"], counted["declined"]) == (1, 1, 1)
    proposals = links.proposals(SYSTEM, street=lianhu.CODE, on=PRESENT.date())
    assert [each.fit.points for each in proposals if each.need.kind == "logistics"] == [3]
    [story] = links.stories(SYSTEM)
    assert story.is_public
    assert story.row.link is not None
    assert story.row.link.state == "cooperated"
    assert [lead.state for lead in links.leads(SYSTEM)] == ["talking"]


def test_one_firm_resumed_work_and_two_coaches_brought_seventeen_back() -> None:
    [row] = resumptions.resumptions(SYSTEM)
    tests, trips = resumptions.batch_totals(SYSTEM, period=Period()), resumptions.trip_totals(SYSTEM, period=Period())

    assert (row.row.state, row.progress.passed, row.progress.whole) == ("resumed", 9, 9)
    assert (tests.rows, tests.done) == (1, 36)
    assert (trips.rows, trips.firms, trips.planned, trips.done) == (2, 3, 17, 17)
