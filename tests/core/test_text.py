"""Category suggestion with an honest 不确定, and near-duplicates."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridloop
from gridloop.core.errors import WrongInput
from gridloop.core.grams import Lexicon, count_grams, read
from gridloop.core.model_card import unpacked
from gridloop.core.text import Classifier, Pair, bigrams, near_duplicates, similarity
from tests.core.toy_classifier import BITS, NO_WORDS, toy
from tests.shared_data import shared

SHIPPED = Path(gridloop.__file__).parent / "offices" / "cases" / "models_shipped"
MESSAGES = st.text(alphabet="公交车站牌道路医院打疫苗挂号a3, \n\x00", max_size=40)


def shipped() -> Classifier:
    """The model that comes with the software."""
    return unpacked((SHIPPED / "messages.npz").read_bytes())


def test_a_text_is_given_the_category_its_words_speak_for_and_the_words_are_named() -> None:
    found = toy().suggest("公交站牌坏了")

    assert found.category == "交通运输"
    assert found.confidence > 0.6
    assert any("公交" in word for word in found.words)
    assert all(word in "公交站牌坏了" for word in found.words)
    assert found.sentence.startswith("建议归入“交通运输”")


def test_the_score_is_the_sum_of_weights_by_the_length_of_the_vector() -> None:
    scores, spoken = toy().scores(["公交站牌"])

    # seven grams (four single, three double), two of them known
    assert scores[0].tolist() == pytest.approx([2 / math.sqrt(7), -2 / math.sqrt(7)])
    assert spoken.tolist() == [True]


def test_below_the_threshold_it_is_unsure_and_still_says_what_came_nearest() -> None:
    found = toy().suggest("公交去医院")

    assert found.category is None
    assert [name for name, _ in found.alternatives] == ["交通运输", "卫生计生"]
    assert sum(chance for _, chance in found.alternatives) == pytest.approx(1)
    assert found.sentence.startswith("不确定")


@pytest.mark.parametrize("text", ["", "   ", "bus stop A3 12345", "!?。"])
def test_a_text_without_chinese_characters_is_unsure(text: str) -> None:
    found = toy(threshold=0.0).suggest(text)

    assert (found.category, found.confidence, found.alternatives) == (None, 0.0, ())
    assert "人工选择" in found.sentence


def test_a_message_and_the_same_message_cut_into_words_get_the_same_answer() -> None:
    assert toy().suggest("公交站牌,被撞坏了!") == toy().suggest("公交 站牌 被 撞坏 了")


def test_characters_of_four_bytes_and_lone_surrogates_do_no_harm() -> None:
    assert toy().suggest("𠮷家公交站牌\ud800").category == "交通运输"


def test_grams_never_reach_across_two_texts() -> None:
    together = count_grams(["公", "交站", ""], bits=BITS, lexicon=NO_WORDS)
    apart = [count_grams([text], bits=BITS, lexicon=NO_WORDS).buckets.tolist() for text in ("公", "交站")]

    assert together.buckets.tolist() == apart[0] + apart[1]
    assert together.owners.tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        # a title, then what happened
        ("路灯不亮\n已经三天", 4),
        # the same, cut into words: two blanks end the title
        ("路灯 不亮  已经 三天", 4),
        # blanks and line ends before it do not count
        ("\n  路灯不亮\r\n已经三天", 4),
        # one line is no title
        ("路灯不亮,已经三天", 0),
        # nothing follows
        ("路灯不亮\n \n", 0),
        # sixty letters at most
        ("路" * 61 + "\n不亮", 0),
        ("路" * 60 + "\n不亮", 60),
    ],
)
def test_the_title_counts_once_more(text: str, letters: int) -> None:
    found = read([text], bits=BITS, lexicon=NO_WORDS).titles
    in_batch = read(["前一条 路", text, "没有汉字\n"], bits=BITS, lexicon=NO_WORDS).titles

    assert [each.buckets.size for each in found] == ([letters, letters - 1] if letters else [])
    assert [each.buckets.tolist() for each in in_batch] == [each.buckets.tolist() for each in found]


@given(st.lists(MESSAGES, max_size=12))
def test_a_text_gets_the_same_answer_alone_and_in_any_batch(texts: list[str]) -> None:
    classifier = toy(lexicon=Lexicon.of(["公交车", "公交站牌", "打疫苗"]))

    together = classifier.suggest_many(texts)

    for text, found in zip(texts, together, strict=True):
        alone = classifier.suggest(text)
        assert classifier.suggest(text, reasons=False) == found
        assert (alone.category, alone.confidence, alone.alternatives) == (
            found.category,
            found.confidence,
            found.alternatives,
        )


def test_a_model_survives_being_written_as_arrays() -> None:
    arrays = toy().to_arrays()

    again = Classifier.load(arrays)

    assert again.suggest("公交站牌坏了") == toy().suggest("公交站牌坏了")
    assert all(array.dtype != object for array in arrays.values())


def test_what_is_not_a_model_is_refused() -> None:
    with pytest.raises(WrongInput):
        Classifier.load({"weights": np.zeros(3)})
    with pytest.raises(WrongInput):
        Classifier.load(toy().to_arrays() | {"format": np.array(99)})


def test_the_shipped_model_fits_its_card_and_holds_no_words() -> None:
    card = json.loads((SHIPPED / "messages.card.json").read_text(encoding="utf-8"))
    with np.load(SHIPPED / "messages.npz", allow_pickle=False) as arrays:
        texts = {name for name in arrays.files if arrays[name].dtype.kind not in "fiu"}

    assert texts == {"categories"}
    assert list(shipped().categories) == card["categories"]
    assert (SHIPPED / "messages.npz").stat().st_size == card["size_bytes"] <= 1_500_000
    assert card["held_out"]["n"] == sum(source["n"] for source in card["sources"])
    assert all(source["figures"]["precision_when_sure"] >= 0.97 for source in card["sources"])


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("单位拖欠农民工工资三个月,也不缴纳社保和养老保险", "劳动和社会保障"),
        ("工厂夜里偷排污水,河水发黑发臭,空气污染严重", "环境保护"),
        ("小学违规补课乱收费,老师要求学生参加校外培训班", "教育文体"),
        ("出租车拒载,打表不规范,请运管部门查处出租车司机", "交通运输"),
    ],
)
def test_the_shipped_model_knows_plain_cases(text: str, category: str) -> None:
    assert shipped().suggest(text).alternatives[0][0] == category


def test_the_shipped_model_reads_every_real_message() -> None:
    with shared("messages/messages_unlabelled_4326.csv").open(encoding="utf-8-sig", newline="") as rows:
        texts = [row["留言主题"] + "\n" + row["留言详情"] for row in csv.DictReader(rows)][:800]

    found = shipped().suggest_many(texts)

    accepted = [each for each in found if each.category]
    assert len(found) == 800
    assert 0 < len(accepted) < len(found)
    assert all(each.confidence >= shipped().threshold for each in accepted)


def test_bigrams_fold_width_and_case_and_stay_inside_a_run() -> None:
    assert bigrams("Ａ3区 道路,修") == ["a3", "3区", "道路", "修"]
    assert bigrams(" ,。") == []


@given(st.text(alphabet="路灯坏了没人修A3区", min_size=2, max_size=20), st.data())
def test_the_keys_of_a_part_are_among_the_keys_of_the_whole(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))

    assert set(bigrams(text[start:end])) <= set(bigrams(text))


def test_similarity_is_the_share_of_common_bigrams() -> None:
    # 路灯 灯坏 坏了 了没 没人 人修 against 路灯 灯坏 坏了 了没 没有 有人 人修
    assert similarity("路灯坏了没人修", "路灯坏了没有人修") == pytest.approx(5 / 8)
    assert similarity("路灯", "路灯") == 1
    assert similarity("路灯", "公交") == 0
    assert similarity("", "") == 0


def test_near_duplicates_are_found_and_others_left() -> None:
    texts = ["小区夜间施工噪音扰民,请处理", "公交站牌被撞坏", "小区夜间施工噪音扰民,请尽快处理", "公交站牌被撞坏!"]

    assert near_duplicates(texts, 0.7) == [Pair(0, 2, pytest.approx(10 / 14)), Pair(1, 3, 1.0)]


@given(
    st.lists(st.text(alphabet="甲乙丙丁", max_size=8), max_size=10), st.sampled_from([0.2, 1 / 3, 0.5, 0.6, 0.75, 1.0])
)
def test_no_near_duplicate_is_missed(texts: list[str], threshold: float) -> None:
    expected = [
        (first, second)
        for first in range(len(texts))
        for second in range(first + 1, len(texts))
        if similarity(texts[first], texts[second]) >= threshold
    ]

    assert [(pair.first, pair.second) for pair in near_duplicates(texts, threshold)] == expected


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.01])
def test_a_threshold_out_of_range_is_refused(threshold: float) -> None:
    with pytest.raises(WrongInput):
        near_duplicates(["路灯"], threshold)
