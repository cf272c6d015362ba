"""Who sees and does what: another street's case is not there, a wrong role is told why, of two at once one wins."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import connection

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, NotAllowed, NotFound, Outdated
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Segment
from gridloop.offices.cases.queries import lists
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.site.founding import found
from tests.offices.loop import HOUR, answered, invariant_problems, reporter, told
from tests.sample import CODE, FOUNDED, IN_NE, MONDAY, PLAN, sample_street, who

OTHER = "410102991"


@pytest.fixture
def street(db) -> None:
    sample_street()


def found_other_street() -> None:
    """A neighbour with the same unit and person codes, under the same district."""
    grids = [
        replace(grid, code=grid.code.replace(CODE, OTHER), parent=grid.parent.replace(CODE, OTHER))
        for grid in PLAN.grids
    ]
    found(
        replace(PLAN, code=OTHER, slug="other", name="别的街道", grids=grids, routes=PLAN.routes[:4], passwords={}),
        at=FOUNDED,
    )


def of_other_street(code: str) -> Actor:
    from gridloop.offices.organisation import queries as organisation

    return organisation.actor_of(organisation.person(OTHER, code), at=MONDAY)


def test_another_streets_case_is_not_there_for_any_of_its_people(street):
    found_other_street()
    story = told()

    for code in ("P01", "P02", "P03", "P07", "P09"):  # desk, leader, a unit of the same code, verifier, grid worker
        stranger = of_other_street(code)
        with pytest.raises(NotFound):
            scoped_case(story.ref, by=stranger)
        with pytest.raises(NotFound):
            actions.accept(by=stranger, at=MONDAY, case=story.ref)
        assert lists.list_cases(stranger, lists.Filter()).cases == []


def test_nobody_files_in_a_street_in_which_they_hold_no_post(street):
    found_other_street()

    with pytest.raises(NotAllowed):
        actions.file_case(
            by=who("desk"), at=MONDAY, street=OTHER, filing=actions.Filing(text="路灯不亮", category="路灯")
        )


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("desk", True),  # the whole street
        ("verifier", True),
        ("grid", True),  # the community C1
        ("urban", True),  # leads it
        ("manager", True),  # first contact
        ("housing", False),  # another unit
        ("economy", False),
        ("keeper", False),  # a keeper sets up, and sees no case
    ],
)
def test_each_sees_what_their_posts_are_for(street, name, sees):
    story = told()

    assert [case.ref for case in lists.list_cases(who(name), lists.Filter()).cases] == ([story.ref] if sees else [])


def test_a_grid_worker_sees_only_their_own_community(street):
    told(**IN_NE)

    assert lists.list_cases(who("grid"), lists.Filter()).cases == []


@pytest.mark.parametrize(
    ("name", "verb", "values"),
    [
        ("manager", "accept", {}),  # the first contact does not sign for the unit
        ("grid", "assign", {"unit": "housing", "reason": "我来派单"}),
        ("urban", "assign", {"unit": "housing", "reason": "我来派单"}),
        ("urban", "escalate", {"unit": "district_urban", "reason": "我来提级"}),
        ("verifier", "merge", {"into": "x", "reason": "我来并案"}),
        ("desk", "judge_answer", {"report": "x", "solved": True}),  # nobody speaks for the reporter
    ],
)
def test_a_wrong_role_is_told_who_does_it(street, name, verb, values):
    story = told()

    with pytest.raises(NotAllowed, match="请联系他们"):
        story.do(name, verb, **values)

    assert story.entries() == ["case.filed"]


def test_a_person_without_a_post_may_do_nothing_with_what_they_once_filed(street):
    story = told()
    retired = replace(who("manager"), posts=())

    with pytest.raises(NotFound):
        scoped_case(story.ref, by=retired)


def test_a_reporter_holds_one_case_and_no_other(street):
    mine, other = answered(), told(text="别人的事情")
    me = reporter(*mine.reports())

    assert scoped_case(mine.ref, by=me).ref == mine.ref
    with pytest.raises(NotFound):
        scoped_case(other.ref, by=me)
    with pytest.raises(NotAllowed):
        mine.do(me, "strike_off")


def test_an_older_revision_is_told_to_look_again(street):
    story = told()
    story.do("urban", "accept", rev=0)

    with pytest.raises(Outdated):
        story.do("urban", "begin_work", rev=0)


# -- two at once ------------------------------------------------------------------------------------------------------


def both(*deeds) -> list[object]:
    """What each deed returned or raised, done by threads at the same moment."""
    ready, results = Barrier(len(deeds)), [None] * len(deeds)

    def run(number: int) -> None:
        try:
            ready.wait(timeout=10)
            results[number] = deeds[number]()
        except GridloopError as error:
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_who_act_at_once_one_wins_and_the_other_is_told():
    sample_street()
    for _ in range(5):
        story = told(at=MONDAY)
        urban, desk, at = who("urban"), who("desk"), MONDAY + HOUR

        results = both(
            lambda: actions.return_case(
                by=urban, at=at, case=story.ref, duty_item="P-12", reason="照明由区局维护", rev=0
            ),
            lambda: actions.correct(by=desk, at=at, case=story.ref, category="噪音", reason="实为噪音", rev=0),
        )

        refused = [each for each in results if isinstance(each, Exception)]
        assert len(refused) == 1 and isinstance(refused[0], Outdated), results
        assert invariant_problems(story.case, at=at) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_is_refused():
    sample_street()
    story = told(at=MONDAY)
    urban, leader = who("urban"), who("urban_leader")

    results = both(
        lambda: actions.accept(by=urban, at=MONDAY + HOUR, case=story.ref),
        lambda: actions.accept(by=leader, at=MONDAY + HOUR, case=story.ref),
    )

    assert sorted(type(each).__name__ for each in results) == ["Case", "Refused"]
    assert story.entries() == ["case.filed", "case.accepted"] and story.case.rev == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_who_file_at_once_all_file():
    sample_street()
    desk = who("desk")

    def file(number: int):
        return lambda: actions.file_case(
            by=desk, at=MONDAY, street=CODE, filing=actions.Filing(text=f"第 {number} 件", category="噪音")
        )

    results = both(*(file(number) for number in range(16)))

    assert len({each.case.number for each in results}) == 16 == Case.objects.count()
    assert Segment.objects.count() == 16 == Entry.objects.filter(kind="case.filed").count()
