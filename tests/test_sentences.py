"""The sentence book is complete, keeps the values of each sentence, and says what the rules say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from gridloop.web import sentences
from gridloop.web.sentences import spoken

pytestmark = pytest.mark.pure
TOOL: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "script" / "sentences.py"))
VALUE = re.compile(r"\{\w+\}")


def test_every_sentence_of_core_and_offices_has_an_english_text() -> None:
    assert TOOL["missing"]() == []


def test_no_english_text_is_left_over() -> None:
    assert TOOL["unused"]() == []


def test_the_english_text_names_every_value_of_the_sentence_and_no_other() -> None:
    wrong = [
        template
        for template, english in sentences.book().items()
        if set(VALUE.findall(template)) != set(VALUE.findall(english))
    ]

    assert wrong == []


TYPED = re.compile("万元|亿元|元|是 \\(yes\\)|否 \\(no\\)")
"""What a person has to type in Chinese, quoted in an English sentence."""


def test_the_english_texts_are_english() -> None:
    texts = sentences.book().values()

    assert [english for english in texts if sentences.CHINESE.search(TYPED.sub("", english))] == []


@pytest.fixture
def small_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three templates, one of which also fits what another says."""
    entries = {
        "街道 {1} 已经建立。": "Street {1} exists already.",
        "{1} 已经建立。": "{1} exists.",
        "此件已经晚了{1}。": "This case is {1} late.",
        "{1} 个工作日": "{1} working days",
    }
    for each in (sentences._exact, sentences._patterns, sentences._english):
        each.cache_clear()
    monkeypatch.setattr(sentences, "book", lambda: entries)
    yield
    for each in (sentences._exact, sentences._patterns, sentences._english):
        each.cache_clear()


# what is said, what an English page shows
SAID = [
    ("街道 410102014 已经建立。", "Street 410102014 exists already."),  # the most literal template that fits
    ("幸福里 已经建立。", "幸福里 exists."),  # a value that is data stays as it is
    ("单位 A 已经建立。", "Unit A exists."),  # a word of ours in it is said
    ("街道 1 已经建立。街道 2 已经建立。", "Street 1 exists already. Street 2 exists already."),  # sentence by sentence
    ("此件已经晚了2022年5月29日 20:00。", "This case is Sun 29 May 2022, 20:00 late."),  # a moment has its weekday
    ("3 小时 1 分钟", "3 hours 1 minute"),
    ("此件已经晚了2 个工作日。", "This case is 2 working days late."),  # a value that is a sentence is said too
    ("没有这句话", "没有这句话"),  # what the book does not have is shown, not hidden
    ("plain", "plain"),
    ("幸福里第4单位", "幸福里第4单位"),  # a name in which a word of ours stands
    ("单位(A-1) · 幸福里(单位)", "Unit (A-1) · 幸福里(Unit)"),
]


@pytest.mark.usefixtures("small_book")
@pytest.mark.parametrize(("chinese", "english"), SAID)
def test_a_sentence_is_said_in_the_language_of_the_page(chinese: str, english: str) -> None:
    with override("en"):
        assert spoken(chinese) == english
    with override("zh-hans"):
        assert spoken(chinese) == chinese.replace("5月29日 20:00", "5月29日(周日)20:00")


# what the shipped book makes of what clocks and routes say
SAID_BY_CLOCKS = [
    ("还剩 8 小时 51 分钟", "8 h 51 min left"),
    ("已超 18 小时 19 分钟", "18 h 19 min overdue"),
    ("已超 1 天 8 小时", "1 day 8 hours overdue"),
    ("还剩 1 天", "1 day left"),
    ("村(社区)小微消防设施日常检查", "村(社区)小微消防设施日常检查"),
    ("查看事项(cases:read)", "see cases (cases:read)"),
    ("汇泉东社区第4网格(节假日)", "汇泉东社区第4网格(holiday)"),
    ("已超 3 天", "3 days overdue"),
    ("还剩 不到 1 分钟", "less than 1 minute left"),
    ("超期 18 小时 19 分钟答复", "answered 18 h 19 min late"),
    (
        "在能承接的行中最具体:类别前缀 1 段、地点前缀不限、条件 0 项、优先序 0",
        "the most specific of the rows that match: category prefix length 1, place prefix any, 0 conditions, metric 0",
    ),
]


@pytest.mark.parametrize(("chinese", "english"), SAID_BY_CLOCKS)
def test_spans_keep_their_words_together(chinese: str, english: str) -> None:
    with override("en"):
        assert spoken(chinese) == english
