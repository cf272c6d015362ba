"""Troubles gathered from messages: what holds for all of them, and 200 pairs of real messages that a person read and judged.

``judged_troubles.csv`` holds message numbers and a verdict, no text. How they were drawn: 150 pairs that the method puts into one trouble (100 of
them one pair a trouble from troubles drawn at random, ``trouble``; 50 from all its pairs at random, ``pair``; letter-for-letter copies left
out), and 50 that it compares and keeps apart although little is lacking (what and where make 0.34 or more, ``borderline``). Who wrote the
method also judged: by title and opening (60 to 90 letters) of both messages, in a handful of doubtful pairs by the whole. ``same`` is yes when one handling would settle both: the same trouble at the
same place. Eleven of the first draw were replaced when roads and lakes were made to count for less: six of them were wrong.
"""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.calibration import wilson_low
from gridloop.core.clusters import Message, Trouble, Wording, bond, digest, gather, where_to
from gridloop.core.naming import names_in
from gridloop.site.imports.tellings import read_messages
from tests.shared_data import shared

PRECISION = 0.9
AT = datetime(2022, 5, 29, 1, tzinfo=UTC)
PLAIN = Wording.plain()


def told(key: str, text: str, *, days: float = 0, **known: object) -> Message:
    return Message(key, text[:20], text, AT + timedelta(days=days), reporter=key, **known)  # type: ignore[arg-type]


MIXER = told("a", "柳荫小区旁边的搅拌站彻夜轰鸣,灰尘很大")
MIXER_AGAIN = told("b", "投诉搅拌站:建在柳荫小区旁,噪音和灰尘扰民", days=3)
MIXER_ELSEWHERE = told("c", "河畔花园旁边的搅拌站彻夜轰鸣,灰尘很大", days=3)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("A2区丽发新城附近修建搅拌厂", {"丽发新城"}),
        ("咨询A7县北横线在安沙镇的走向", {"安沙镇"}),
        ("58车贷立案五个月", {"58车贷"}),
        # a word that no name begins with
        ("我们小区旁边", set()),
        # a city is where everybody lives
        ("A市文明城市", set()),
        ("", set()),
    ],
)
def test_what_a_text_names(text, named):
    found = names_in(text)

    assert named <= found and bool(named) == bool(found)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        # another wording, the same compound
        (MIXER_AGAIN, "都提到“柳荫小区”"),
        # the same words, copied for another compound
        (MIXER_ELSEWHERE, ""),
        # the same compound, another trouble
        (told("d", "柳荫小区物业费怎么突然涨价", days=3), ""),
        # told again after half a year
        (replace(MIXER_AGAIN, at=AT + timedelta(days=200)), ""),
        # the same person in the same manner about something else
        (replace(told("e", "柳荫小区旁边的烧烤摊占道,油烟很大"), reporter="a"), ""),
    ],
)
def test_two_messages_are_bonded_by_what_where_and_when(other, says):
    found = bond(digest(MIXER, PLAIN), digest(other, PLAIN))

    assert (found is not None) == bool(says)
    assert found is None or says in found.reasons


@pytest.mark.parametrize(
    ("known", "other", "says"),
    [
        ({"lon": 113.505, "lat": 34.705}, {"lon": 113.5053, "lat": 34.705}, "相距约 30 米"),
        ({"address": "柳荫路1号院"}, {"address": "柳荫路1号院3号楼"}, "同一地址"),
        ({"cell": "C1-SW"}, {"cell": "C1-SW"}, "同一网格"),
        # two kilometres apart
        ({"lon": 113.505, "lat": 34.705}, {"lon": 113.53, "lat": 34.705}, ""),
    ],
)
def test_where_a_street_knows_the_place_names_are_not_needed(known, other, says):
    found = bond(digest(told("a", "路灯不亮三天了", **known), PLAIN), digest(told("b", "门口路灯不亮", **other), PLAIN))

    assert (found is not None) == bool(says)
    assert found is None or says in found.reasons


MESSAGES = st.lists(
    st.builds(
        lambda text, days, cell: (text, days, cell),
        st.text(alphabet="柳荫小区河畔花园路灯不亮搅拌站噪音", max_size=18),
        st.integers(0, 400),
        st.sampled_from(["", "A", "B"]),
    ),
    max_size=12,
)


@given(rows=MESSAGES, seed=st.integers(0, 99))
def test_order_does_not_matter_and_nobody_is_in_two_troubles(rows, seed):
    messages = [told(f"{at:02}", text, days=days, cell=cell) for at, (text, days, cell) in enumerate(rows)]
    found = gather(messages, PLAIN)
    random.Random(seed).shuffle(messages)

    assert gather(messages, PLAIN) == found
    keys = [key for trouble in found for key in trouble.keys]
    assert len(keys) == len(set(keys)) and all(len(trouble.keys) > 1 and trouble.bonds for trouble in found)


def test_a_new_message_goes_where_most_of_its_bonds_are_and_moves_nobody():
    troubles = {
        "mixer": [digest(each, PLAIN) for each in (MIXER, MIXER_AGAIN)],
        "fees": [digest(told("f", "柳荫小区物业费怎么突然涨价"), PLAIN)],
    }

    found = where_to(digest(told("n", "柳荫小区搅拌站噪音灰尘"), PLAIN), troubles)

    assert found is not None and found[0] == "mixer" and {each.other for each in found[1]} == {"n"}
    assert where_to(digest(told("n", "河畔花园电梯坏了"), PLAIN), troubles) is None


# -- the real messages ------------------------------------------------------------------------------------------------------------


@cache
def real() -> tuple[list[Trouble], dict[str, int], float]:
    """The troubles of the 4,326 messages, the trouble of each, and the processor seconds it took."""
    messages = read_messages([shared("messages/messages_unlabelled_4326.csv")]).messages
    began = process_time()
    found = gather(messages, Wording.of(messages))
    took = process_time() - began
    return found, {key: at for at, trouble in enumerate(found) for key in trouble.keys}, took


def judged() -> list[dict[str, str]]:
    with (Path(__file__).parent / "judged_troubles.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_two_hundred_pairs_were_judged_each_once_called_ones_and_borderline():
    rows = judged()

    assert len({frozenset((row["one"], row["other"])) for row in rows}) == len(rows) == 200
    assert sum(row["drawn"] == "borderline" for row in rows) == 50


def test_nine_of_ten_pairs_in_one_trouble_are_the_same_trouble():
    _, trouble_of, _ = real()

    called = [
        row["same"] == "yes" for row in judged() if trouble_of.get(row["one"], -1) == trouble_of.get(row["other"], -2)
    ]

    assert len(called) >= 140, "the method has changed: draw and judge a new sample"
    assert sum(called) / len(called) >= PRECISION
    assert float(wilson_low(sum(called), len(called))) >= PRECISION


def test_the_two_great_troubles_of_the_year_are_found_and_seconds_suffice():
    found, _, took = real()

    assert len(found[0].keys) > 40 and len(found[1].keys) > 40
    assert took < 30, "4 seconds on an idle machine"
