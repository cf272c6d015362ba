"""What is shown to everybody gives nobody away."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.anonymity import Place, Shown, protect, publish_tree
from gridloop.core.errors import WrongInput

COUNTS = st.dictionaries(st.sampled_from(list("abcdefg")), st.integers(0, 9))
KS = st.integers(3, 6)
PATHS = [
    "r", "r/a", "r/a/1", "r/a/2", "r/a/3", "r/b", "r/b/1", "r/b/2", "r/c", "r/c/1", "r/c/1/x", "r/c/1/y",
]  # fmt: skip
TREES = st.dictionaries(st.sampled_from(PATHS), st.integers(0, 9))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, None),  # nobody
        ({"路灯": 2}, None),  # two people are too few for any number
        ({"路灯": 3}, Shown(3, {"路灯": 3}, 0, ())),  # nothing needs hiding
        ({"路灯": 7, "积水": 3, "噪音": 1}, Shown(11, {"路灯": 7}, 4, ("噪音", "积水"))),  # one alone would be 11 - 10
        ({"路灯": 7, "积水": 1, "噪音": 1}, Shown(9, {}, 9, ("噪音", "积水", "路灯"))),  # 1 + 1 is still too small to be seen
        ({"路灯": 7, "积水": 2, "噪音": 2}, Shown(11, {}, 11, ("噪音", "积水", "路灯"))),  # 2 + 2 is all they could be: pinned down
        ({"路灯": 7, "积水": 2, "噪音": 1, "漏水": 1}, Shown(11, {"路灯": 7}, 4, ("噪音", "漏水", "积水"))),  # three with room
        ({"路灯": 5, "积水": 0}, Shown(5, {"路灯": 5}, 0, ())),  # nothing is not hidden, it is not there
    ],
)  # fmt: skip
def test_what_is_hidden_beside_what_is_shown(counts: dict[str, int], expected: Shown | None) -> None:
    assert protect(counts, k=3) == expected


@given(COUNTS, KS)
def test_no_count_below_k_is_shown_and_all_add_up(counts: dict[str, int], k: int) -> None:
    shown = protect(counts, k=k)

    if shown is None:
        assert sum(counts.values()) < k
        return
    assert all(count >= k for count in shown.counts.values())
    assert shown.rest == 0 or shown.rest >= k
    assert sum(shown.counts.values()) + shown.rest == shown.total == sum(counts.values())
    assert bool(shown.hidden) == bool(shown.rest)


@given(COUNTS, KS)
def test_nobody_finds_a_hidden_count_by_subtraction(counts: dict[str, int], k: int) -> None:
    """Of every hidden count at least two values fit the total, what is shown and the guess that the hidden are below k."""
    shown = protect(counts, k=k)

    if shown is None or not shown.counts or not shown.hidden:
        return
    assert len(shown.hidden) >= 2
    may_guess = max(counts[name] for name in shown.hidden) < k
    guesses = _solutions(shown.rest, len(shown.hidden), most=k - 1 if may_guess else shown.rest)
    for place in range(len(shown.hidden)):
        assert len({guess[place] for guess in guesses}) >= 2


def _solutions(total: int, size: int, *, most: int) -> list[tuple[int, ...]]:
    if size > 4:  # enough people: the arithmetic for a few is the same for many
        return [(0,) * size, (1,) * size]
    return [values for values in product(range(most + 1), repeat=size) if sum(values) == total]


@given(TREES, KS)
def test_every_number_of_a_tree_is_at_least_k_and_families_add_up(counts: dict[str, int], k: int) -> None:
    tree = publish_tree(counts, root="r", k=k)

    if tree is None:
        assert sum(counts.values()) < k
        return
    assert tree.count == sum(counts.values())
    for place in tree.walk():
        assert place.count >= k
        assert place.rest == 0 or place.rest >= k
        assert place.rest + sum(each.count for each in place.below) == place.count
        assert place.count == sum(
            n for path, n in counts.items() if path == place.path or path.startswith(f"{place.path}/")
        )


@given(TREES, KS, st.sampled_from(PATHS))
def test_one_person_more_or_less_somewhere_small_changes_no_number_but_totals(
    counts: dict[str, int], k: int, path: str
) -> None:
    """A place with fewer than k people is never named, whatever else is told."""
    tree = publish_tree(counts, root="r", k=k)
    people = sum(n for each, n in counts.items() if each == path or each.startswith(f"{path}/"))

    named = {place.path for place in tree.walk()} if tree else set()

    assert people >= k or path not in named


def test_people_outside_the_street_are_not_counted() -> None:
    assert publish_tree({"r/a": 3, "rr/a": 9}, root="r", k=3) == Place("r", 3, 0, (Place("r/a", 3, 3),))


@pytest.mark.parametrize(("counts", "k"), [({"a": 3}, 2), ({"a": -1}, 3)])
def test_a_small_k_or_a_negative_count_is_refused(counts: dict[str, int], k: int) -> None:
    with pytest.raises(WrongInput):
        protect(counts, k=k)
    with pytest.raises(WrongInput):
        publish_tree(counts, root="a", k=k)
