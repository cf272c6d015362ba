"""The answer duty: who answers now, and to whom the duty passes when its holder is gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.access import PostHeld
from gridloop.core.first_contact import answering_now, holds_a_post, successor

MANAGER = PostHeld("MANAGER-1", "service_manager", "服务管家", "economy", "S", "S")
HEAD = PostHeld("ECONOMY-0", "unit_leader", "负责人", "economy", "S", "S")
DESK = PostHeld("DESK", "duty_desk", "值班受理岗", "office", "S", "S")
LEADER = PostHeld("LEAD", "street_leader", "街道主任", "office", "S", "S")


def lent(post: PostHeld, by: int) -> PostHeld:
    return PostHeld(post.post, post.role, post.title, post.unit, post.place, post.street, True, "某人", by)


def test_the_substitute_answers_while_the_holder_is_away_and_the_duty_stays():
    held = [(8, MANAGER), (10, lent(MANAGER, 8)), (1, DESK)]

    assert (answering_now(8, held), answering_now(1, held)) == (10, 1)
    assert holds_a_post(8, held) and not holds_a_post(10, held)


@pytest.mark.parametrize(
    ("held", "person", "why"),
    [
        ([(9, MANAGER), (7, HEAD), (1, DESK), (2, LEADER)], 9, "接任同一岗位"),
        ([(7, HEAD), (1, DESK), (2, LEADER)], 7, "原单位负责人"),
        ([(1, DESK), (2, LEADER)], 1, "值班受理岗"),
        ([(2, LEADER)], 2, "街道领导"),
    ],
)
def test_the_duty_passes_by_one_rule(held, person, why):
    found = successor(MANAGER, held, former=8)

    assert found is not None and (found.person, found.why) == (person, why)


def test_while_nobody_is_there_the_duty_stays():
    assert successor(MANAGER, [], former=8) is None
    assert successor(MANAGER, [(8, DESK)], former=8) is None


POSTS = st.sampled_from([MANAGER, HEAD, DESK, LEADER])
HELD = st.lists(st.tuples(st.integers(1, 6), st.one_of(POSTS, st.builds(lent, POSTS, st.integers(1, 6)))), max_size=8)


@given(HELD, st.integers(1, 6))
def test_exactly_one_person_answers_whatever_posts_are_held_and_lent(held, holder):
    now = answering_now(holder, held)

    assert now == holder or any(person == now and post.instead_of_id == holder for person, post in held)
    assert answering_now(holder, list(reversed(held))) == now, "the order in which posts are read does not matter"


@given(HELD, st.one_of(st.none(), POSTS), st.integers(1, 6))
def test_a_successor_holds_a_post_of_their_own_and_is_not_the_former_holder(held, last, former):
    found = successor(last, held, former=former)

    assert found is None or (found.person != former and holds_a_post(found.person, held))
    assert found == successor(last, list(reversed(held)), former=former)
