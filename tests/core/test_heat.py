"""The heat of a trouble: its formula in numbers, and what never makes it cooler."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.clusters import Message
from gridloop.core.heat import heat_of

AT = datetime(2022, 5, 29, tzinfo=UTC)


def told(days: float, reporter: str = "", support: int = 0) -> Message:
    return Message(
        f"{days}-{reporter}-{support}",
        "路灯",
        "路灯不亮",
        AT + timedelta(days=days),
        reporter=reporter,
        support=support,
    )


TOLD = st.lists(
    st.builds(told, st.integers(0, 200), st.sampled_from("abcdef"), st.integers(0, 50)), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    ("messages", "score"),
    [
        # two people within a month
        ([told(0, "a"), told(1, "b")], 2.0),
        # the same person twice
        ([told(0, "a"), told(1, "a")], 1.0),
        # two people without a sign are two
        ([told(0), told(1)], 2.0),
        # smouldering: half of it outside the busiest month
        ([told(0, "a"), told(60, "b")], 1.5),
        # ninety-nine supporters are worth twenty reporters
        ([told(0, "a", 99), told(1, "b")], 22.0),
    ],
)
def test_the_formula_in_numbers(messages, score):
    heat = heat_of(messages)

    assert heat.score == score and heat.sentence.endswith(f"= {score:.1f}")


@given(messages=TOLD)
def test_one_more_reporter_or_supporter_on_the_same_day_never_cools(messages):
    now = heat_of(messages)
    busy = max(messages, key=lambda each: sum(abs(other.at - each.at) < timedelta(days=15) for other in messages))

    assert heat_of([*messages, told((busy.at - AT).days, "new")]).reporters == now.reporters + 1
    assert heat_of([*messages[:-1], told((messages[-1].at - AT).days, messages[-1].reporter, 51)]).score >= now.score
    assert heat_of(list(reversed(messages))) == now
