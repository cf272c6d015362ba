"""Lists: narrowing, order, keyset paging, counts beside each choice; views kept and shared; one verb on many cases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import NotAllowed, NotFound, Refused, TooMuch, WrongInput
from gridloop.core.lifecycle import OPEN_STATES
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import views
from gridloop.offices.cases.actions.bulk import MOST, Chosen, do_to_each
from gridloop.offices.cases.actions.views import remove_view, save_view, share_view
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries import counts as counting
from gridloop.offices.cases.queries.counts import count
from gridloop.offices.cases.queries.lists import SORTS, Filter, _key, list_cases
from gridloop.offices.cases.queries.views import views_of
from tests.offices.loop import answered, cleared, told
from tests.sample import CODE, IN_NE, MONDAY, sample_street, who

NOISE = {"text": "夜间噪音", "category": "环境保护/噪音"}


@pytest.fixture
def street(db):
    return sample_street()


def walked(actor, wanted, size=2):
    """Every ref of the list, page by page."""
    seen, after = [], ""
    while True:
        page = list_cases(
            actor, Filter(**{**{f: getattr(wanted, f) for f in wanted.__slots__}, "after": after}), size=size
        )
        seen += [case.ref for case in page.cases]
        if not page.after:
            return seen
        after = page.after


@pytest.fixture
def many(street):
    """Cases of several states, places, units and dates."""
    stories = [
        told(),
        told(**NOISE),
        told(**IN_NE),
        answered(),
        cleared(),
        told(by="desk", at=MONDAY + timedelta(days=3)),
        told(grade="simple"),
    ]
    Case.objects.filter(ref=stories[0].ref).update(is_late=True, due_at=MONDAY - timedelta(days=1))
    Case.objects.filter(ref=stories[1].ref).update(due_at=None)
    Case.objects.filter(ref=stories[2].ref).update(due_at=MONDAY + timedelta(days=9))
    return [story.ref for story in stories]


@pytest.mark.parametrize("sort", list(SORTS))
def test_every_order_is_walked_to_its_end_without_gap_or_repetition(many, sort):
    wanted = Filter(sort=sort)

    assert walked(who("desk"), wanted) == [case.ref for case in list_cases(who("desk"), wanted, size=50).cases]
    assert sorted(walked(who("desk"), wanted)) == sorted(many)


def test_the_earliest_date_stands_first_and_no_date_last(many):
    found = walked(who("desk"), Filter(sort="due"))

    assert found[0] == many[0] and found[-1] == many[1]


def test_a_case_that_arrives_while_one_pages_shifts_nothing(many):
    first = list_cases(who("desk"), Filter(), size=3)
    told(text="刚刚来的一件")
    second = list_cases(who("desk"), Filter(after=first.after), size=10)

    assert [case.ref for case in [*first.cases, *second.cases]] == list(reversed(many))


@pytest.mark.parametrize(
    ("narrowed", "which"),
    [
        ({"state": "cleared"}, [4]),
        ({"state": "open"}, [0, 1, 2, 5, 6]),
        ({"unit": "environment"}, [1]),
        ({"category": "环境保护"}, [1]),  # and everything below it
        ({"category": "环境"}, []),  # but not what merely begins alike
        ({"place": f"410102/{CODE}/C2"}, [2]),
        ({"grade": "simple"}, [6]),
        ({"late": True}, [0]),
        ({"since": "2022-05-26"}, [5]),
        ({"until": "2022-05-25"}, [0, 1, 2, 3, 4, 6]),
        ({"since": "2022-05-23", "until": "2022-05-23", "unit": "environment"}, [1]),
        ({"since": "0001-01-01", "until": "9999-12-31"}, [0, 1, 2, 3, 4, 5, 6]),  # the first and the last day there is
        ({"street": "999"}, []),
        ({"mine": True}, [5]),  # the desk took the call
        ({"unit": "\x00"}, []),  # PostgreSQL knows no such character
    ],
)
def test_a_list_is_narrowed(many, narrowed, which):
    found = [case.ref for case in list_cases(who("desk"), Filter(**narrowed)).cases]

    assert sorted(found) == sorted(many[index] for index in which)


def test_what_is_no_date_is_said_so(street):
    with pytest.raises(WrongInput):
        list_cases(who("desk"), Filter(since="bald"))


@given(st.text(max_size=30))
def test_an_impossible_key_is_the_first_page(key):
    value, case = _key(key)

    assert 0 <= case < 2**63 and (value is None or value.year >= 1970)


# -- counts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(state="open"),
        Filter(unit="urban"),
        Filter(category="城乡建设", late=True),
        Filter(text="路灯"),
        Filter(mine=True),
    ],
)
def test_each_count_is_what_the_list_would_hold(many, wanted):
    actor, told_counts = who("desk"), count(who("desk"), wanted)

    def holds(**choice):
        values = {name: getattr(wanted, name) for name in wanted.__slots__} | choice
        return len(list_cases(actor, Filter(**values), size=100).cases)

    assert told_counts.total == holds(state="") and told_counts.of_states(OPEN_STATES) == holds(state="open")
    assert {state: holds(state=state) for state in told_counts.by_state} == told_counts.by_state
    assert {grade: holds(grade=grade) for grade in told_counts.by_grade} == told_counts.by_grade
    assert (told_counts.late, told_counts.gap, told_counts.mine) == (
        holds(late=True),
        holds(gap=True),
        holds(mine=True),
    )
    assert told_counts.below("by_category", "城乡建设") == holds(category="城乡建设")
    assert told_counts.below("by_place", f"410102/{CODE}/C2") == holds(place=f"410102/{CODE}/C2")


def test_counts_hold_nothing_outside_the_scope(many):
    assert count(who("environment"), Filter()).total == 1
    assert count(who("keeper"), Filter()).total == 0


def test_counts_of_closed_cases_are_a_lower_bound_where_capped_and_say_so(many, monkeypatch):
    monkeypatch.setattr(counting, "MOST_CLOSED", 1)
    cleared()

    capped = count(who("desk"), Filter())

    assert capped.is_capped and capped.by_state["cleared"] == 1
    assert capped.of_states(OPEN_STATES) == 5  # the open ones are counted to the last


def test_a_list_with_counts_costs_the_same_number_of_statements_for_many(street):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            list_cases(who("desk"), Filter(state="open"))
            count(who("desk"), Filter(state="open"))
        return len(asked)

    told()
    cost()
    few = cost()
    for n in range(30):
        told(text=f"第 {n} 件")

    assert cost() == few <= 8


# -- views ------------------------------------------------------------------------------------------------------------

keep = partial(save_view, at=MONDAY)


def names(name):
    return [view.name for view in views_of(who(name))]


def test_a_view_is_kept_by_name_and_kept_again_under_the_same_name(street):
    keep(by=who("desk"), name="超期", query="late=1")
    keep(by=who("desk"), name="超期", query="late=1&state=open")

    assert [(view.name, view.query) for view in views_of(who("desk"))] == [("超期", "late=1&state=open")]
    assert Entry.objects.filter(kind="view.saved").count() == 2


def test_a_view_is_shared_with_the_unit_or_the_street_and_no_further(street):
    keep(by=who("urban"), name="本队未销号", query="state=live", sharing="unit")
    keep(by=who("desk"), name="全街超期", query="late=1", sharing="street")
    keep(by=who("desk"), name="我的", query="mine=1")

    assert names("urban_leader") == ["全街超期", "本队未销号"]
    assert names("environment") == ["全街超期"]


def test_a_shared_view_shows_only_what_the_reader_may_see(many):
    keep(by=who("desk"), name="全部", query="", sharing="street")

    assert [case.ref for case in list_cases(who("environment"), Filter()).cases] == [many[1]]


def test_a_view_is_shared_otherwise_and_removed_by_its_owner_only(street):
    view = keep(by=who("desk"), name="超期", query="late=1", sharing="street").ref

    with pytest.raises(NotFound):
        share_view(by=who("urban"), at=MONDAY, view=view, sharing="own")
    with pytest.raises(NotFound):
        remove_view(by=who("leader"), at=MONDAY, view=view)
    share_view(by=who("desk"), at=MONDAY, view=view, sharing="own")
    assert names("urban") == []
    remove_view(by=who("desk"), at=MONDAY, view=view)

    assert names("desk") == []
    assert [entry.kind for entry in Entry.objects.filter(kind__startswith="view.").order_by("id")] == [
        "view.saved",
        "view.shared",
        "view.removed",
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, WrongInput),
        ({"name": "长" * 41}, WrongInput),
        ({"query": "a" * 1001}, WrongInput),
        ({"query": "state=open&phone=abc"}, Refused),  # a reporter's telephone is not to be kept
        ({"sharing": "world"}, WrongInput),
        ({"sharing": "street"}, NotAllowed),  # a worker's view is not the street's
    ],
)
def test_a_view_is_refused(street, changes, refusal):
    with pytest.raises(refusal):
        keep(**{"by": who("urban"), "name": "视图", "query": "state=open"} | changes)


def test_a_person_keeps_forty_views(street, monkeypatch):
    monkeypatch.setattr(views, "MOST_VIEWS", 2)
    keep(by=who("desk"), name="一", query="")
    keep(by=who("desk"), name="二", query="")

    keep(by=who("desk"), name="二", query="late=1")  # the same name again is no third
    with pytest.raises(TooMuch):
        keep(by=who("desk"), name="三", query="")


# -- one verb on many -------------------------------------------------------------------------------------------------

do = partial(do_to_each, at=MONDAY + timedelta(hours=1))


def test_each_case_has_its_own_result_and_its_own_entry(street):
    fresh, done, foreign = told(), answered(), told(**NOISE)
    results = do(
        by=who("urban"),
        verb="accept",
        cases=[Chosen(fresh.ref, 0), Chosen(done.ref), Chosen(foreign.ref), Chosen("nosuchref")],
        told={},
    )

    assert [result.is_done for result in results] == [True, False, False, False]
    assert results[0].state == "已签收" and "已答复待核实" in results[1].sentence
    assert (
        results[2].number == "" == results[2].title and results[2].code == "cases.not_found"
    )  # nothing is told of what lies outside
    assert fresh.entries()[-1] == "case.accepted" and done.entries()[-1] == "case.answered"


def test_assigning_many_at_once_asks_the_rules_for_each(street):
    one, two = told(), told(**NOISE)
    results = do(
        by=who("desk"),
        verb="assign",
        cases=[Chosen(one.ref), Chosen(two.ref)],
        told={"unit": "urban", "reason": "集中办理"},
    )

    assert [result.is_done for result in results] == [False, True]  # urban leads the first already
    assert results[0].code == "cases.same_unit" and two.case.lead.code == "urban"


def test_many_are_reclassified(street):
    refs = [told().ref, told().ref]
    results = do(
        by=who("desk"),
        verb="correct",
        cases=[Chosen(ref) for ref in refs],
        told={"category": "环境保护/噪音", "reason": "归类有误"},
    )

    assert all(result.is_done for result in results)
    assert set(Case.objects.values_list("category", "lead__code")) == {("环境保护/噪音", "environment")}


def test_striking_off_many_strikes_off_only_what_was_verified(street):
    verified, unverified = answered(), answered()
    verified.do("verifier", "verify", passed=True, text="现场查看已亮")
    results = do(
        by=who("desk"),
        at=MONDAY + timedelta(days=1),
        verb="strike_off",
        cases=[Chosen(verified.ref), Chosen(unverified.ref)],
        told={},
    )

    assert [result.is_done for result in results] == [True, False]
    assert "先请反映人确认" in results[1].sentence


def test_a_case_that_changed_since_it_was_ticked_is_left_alone(street):
    story = told()
    seen = story.case.rev
    story.do("desk", "propose_grade", grade="simple", reason="换个灯泡即可")

    (result,) = do(by=who("urban"), verb="accept", cases=[Chosen(story.ref, seen)], told={})

    assert not result.is_done and result.code == "cases.outdated"


def test_the_same_key_does_each_case_once(street):
    story = told()
    for _ in range(2):
        results = do(
            by=who("urban"), verb="accept", cases=[Chosen(story.ref, 0), Chosen(story.ref, 0)], told={}, key="k"
        )

    assert [result.is_done for result in results] == [True]
    assert story.entries().count("case.accepted") == 1


@pytest.mark.parametrize("verb", ["answer", "verify", "merge", "split", "withdraw", "no_such_verb"])
def test_what_needs_thought_for_each_case_is_not_done_in_bulk(street, verb):
    with pytest.raises(WrongInput):
        do(by=who("desk"), verb=verb, cases=[Chosen(told().ref)], told={})


def test_more_than_two_hundred_at_once_are_too_many(street):
    with pytest.raises(TooMuch):
        do(by=who("desk"), verb="accept", cases=[Chosen(f"r{n}") for n in range(MOST + 1)], told={})
    with pytest.raises(WrongInput):
        do(by=who("desk"), verb="accept", cases=[], told={})
