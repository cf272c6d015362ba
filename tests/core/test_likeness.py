"""How alike two tellings are: a table of pairs, and what holds for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.likeness import Telling, likeness, word_likeness

LAMP = Telling(
    "柳荫路路灯不亮三天了", cell="C1-SW", address="柳荫路1号院", lon=113.505, lat=34.705, category="市政/路灯"
)
TEXTS = st.text(alphabet="路灯不亮了柳荫漏水噪音院门口三天𠮷a1,。 ", max_size=30)
TELLINGS = st.builds(
    Telling, TEXTS, cell=st.sampled_from(["", "A", "B"]), address=st.sampled_from(["", "柳荫路1号院", "河畔花园"]),
    lon=st.sampled_from([None, 113.5, 113.501]), lat=st.sampled_from([None, 34.7]), category=st.sampled_from(["", "x", "y"]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "known", "is_alike", "says"),
    [
        # the same light, told by a neighbour, in the same cell
        ("柳荫路的路灯坏了不亮", {"cell": "C1-SW", "category": "市政/路灯"}, True, "同一网格"),
        # ten metres away, another wording
        ("门口路灯不亮", {"lon": 113.50505, "lat": 34.705, "category": "市政/路灯"}, True, "米"),
        # the address in full and in short
        ("路灯不亮,走夜路害怕", {"address": "柳荫路1号院3号楼"}, True, "同一地址"),
        # the same cell, another trouble
        ("楼上漏水,天花板湿了", {"cell": "C1-SW"}, False, ""),
        # the same trouble in another part of town
        ("河畔花园路灯不亮", {"cell": "C2-NE"}, False, ""),
        # word for word the same, and nothing known of the place
        ("柳荫路路灯不亮三天了", {}, True, "文字相近 100%"),
        # nothing was said
        ("", {"cell": "C1-SW"}, False, ""),
    ],
)
def test_what_may_be_the_same_trouble(text, known, is_alike, says):
    found = likeness(LAMP, Telling(text, **known))

    assert found.is_alike == is_alike
    assert says in "、".join(found.reasons)


@given(one=TELLINGS, other=TELLINGS)
def test_the_order_of_the_two_does_not_matter(one, other):
    assert likeness(one, other) == likeness(other, one)


@given(one=TELLINGS, other=TELLINGS)
def test_likeness_lies_between_nothing_and_all(one, other):
    assert 0 <= likeness(one, other).score <= 1 and 0 <= word_likeness(one.text, other.text) <= 1


@given(text=TEXTS.filter(lambda text: word_likeness(text, text) > 0))
def test_a_telling_is_wholly_like_itself(text):
    assert likeness(Telling(text), Telling(text)).score == 1


@given(one=TEXTS, other=TEXTS)
def test_more_in_common_is_never_less_alike(one, other):
    apart = likeness(Telling(one, category="x"), Telling(other, category="y"))
    together = likeness(Telling(one, category="x", cell="A"), Telling(other, category="x", cell="A"))

    assert together.score >= apart.score
