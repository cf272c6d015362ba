"""The sentences of the rules and offices, said in the language of the page.

core and offices speak Chinese and know no page. They make a sentence from a template: ``f"街道 {code} 已经建立。"``. The *sentence
book*, ``locale/en/sentences/*.json``, holds each template, its values numbered, with its English text::

    {"街道 {1} 已经建立。": "Street {1} exists already."}

``spoken("街道 410102014 已经建立。")`` finds the template that fits, and says its values too, since a value may be a sentence itself.
Moments and measures (2022年5月29日 20:00, 3 个工作日) are said without an entry.
A sentence without an entry is said as it is, word by word where it has words of ours; ``script/sentences.py`` and tests/test_sentences.py keep the book complete.

Guarantees: Chinese pages pay a look for dates, which get their weekday; nothing is said that is not in the book; of several templates that fit, the one with
most literal text is taken, so the answer does not depend on the order of the book.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext

BOOK = Path(__file__).resolve().parents[1] / "locale" / "en" / "sentences"
CHINESE = re.compile(r"[\u3400-\u9fff]")
VALUE = re.compile(r"\{(\w+)\}")
SENTENCE = re.compile("(?<=。)")
WORD = re.compile(r"[\u3400-\u9fff]+")
NAME = re.compile(r"\w+(?:\([^()\s]*\)\w+)*")
BEFORE_BRACKET = re.compile(r"(?<=[a-z])\((?=\w)")
_MOMENT = r"(\d{4})年(\d{1,2})月(\d{1,2})日(?!\(| ?周)(?: (\d{1,2}:\d{2}))?"
MOMENT = re.compile(_MOMENT)
_DATE = "[年月日 :]*"
_DATE_ONLY = re.compile(_DATE)
IN_DATA = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆节", "随软件发布的节假日安排", "首版路由表")
"""What shipped data says; the catalogue has it, as it has every string of this package."""
MEASURES = {
    "个自然日": "day", "个工作日": "working day", "个工作小时": "working hour", "天": "day", "小时": "hour", "分钟": "minute", "周": "week",
    "个月": "month",
}  # fmt: skip
MEASURE = re.compile(rf"(\d+) ?({'|'.join(MEASURES)})")
BEFORE_MEASURE = re.compile(rf" ?({'|'.join(MEASURES)}|分)(?![\u4e00-\u9fff])")
NUMBER, ANYTHING, BLANK = r"([^\u4e00-\u9fff]*?)", "(.*?)", re.compile(r"\s")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
IN_CHINESE = "一二三四五六日"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DEEPEST = 8


def spoken(sentence: object) -> str:
    """The sentence in the language of the page; a sentence that the book does not have stays Chinese."""
    text = str(sentence)
    if (get_language() or "zh").startswith("zh"):
        return MOMENT.sub(_with_weekday, text) if "年" in text else text
    return _english(text, 0)


def spoken_if_ours(text: str) -> str:
    """What may be a sentence of ours or somebody's own words: only a whole sentence of the book is said otherwise."""
    is_chinese = (get_language() or "zh").startswith("zh")
    return text if is_chinese else _exact().get(text) or _catalogued(text) or text


lazy_spoken = lazy(spoken, str)
"""The sentence said when it is shown: for what is written once, before any page is asked for."""


@lru_cache(maxsize=4096)
def _english(text: str, depth: int) -> str:
    if depth > DEEPEST or not CHINESE.search(text):
        return text
    known = _exact().get(text) or _catalogued(text) or _moment(text)
    if known:
        return known
    sentences = len([part for part in SENTENCE.split(text) if part])
    for pattern, names, english, said_in in _patterns():
        found = pattern.fullmatch(text) if said_in >= sentences else None
        if found:
            values = {name: _english(value, depth + 1) for name, value in zip(names, found.groups(), strict=True)}
            return VALUE.sub(lambda place, values=values: values[place.group(1)], english)
    return _listed(text, depth)


def _catalogued(text: str) -> str:
    said = gettext(text)
    return said if said != text else ""


def _listed(text: str, depth: int) -> str:
    """Several sentences or words side by side, each said by itself: 甲。乙。 or 甲;乙 or 甲、乙."""
    sentences = [part for part in SENTENCE.split(text) if part]
    if len(sentences) > 1:
        return " ".join(_english(part, depth + 1) for part in sentences)
    for mark, english in ((";", "; "), (",并且", ", and "), ("、", ", "), (",", ", ")):
        if mark in text.strip(mark):
            return english.join(_english(part, depth + 1) for part in text.split(mark))
    return _pieced(text)


def _moment(text: str) -> str:
    """2022年5月29日 20:00 with its weekday, as English pages write it."""
    found = MOMENT.fullmatch(text)
    return _moment_of(found) if found else ""


def _with_weekday(found: re.Match[str]) -> str:
    """2022年5月29日(周日)20:00; a day that no calendar has stays as somebody wrote it."""
    year, month, day, time = found.groups()
    on = _day(year, month, day)
    return f"{year}年{month}月{day}日(周{IN_CHINESE[on.weekday()]}){time or ''}" if on else found.group()


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _moment_of(found: re.Match[str]) -> str:
    year, month, day, time = found.groups()
    on = _day(year, month, day)
    if on is None:
        return found.group()
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}" + (f", {time}" if time else "")


def _pieced(text: str) -> str:
    """What no template fits: moments, measures and words by themselves, the rest (a name, somebody's own words) as it is."""
    text = MOMENT.sub(_moment_of, text)
    text = MEASURE.sub(_measure_of, text)
    return BEFORE_BRACKET.sub(" (", NAME.sub(_words_of, text))


def _words_of(found: re.Match[str]) -> str:
    """汇泉东社区第4网格 is a name, though 网格 is a word of ours: of what is written in one, either every part is ours or none."""
    parts = WORD.findall(found.group())
    said = {part: _exact().get(part) or _catalogued(part) for part in parts}
    return WORD.sub(lambda part: said[part.group()], found.group()) if all(said.values()) else found.group()


def _measure_of(found: re.Match[str]) -> str:
    number, unit = found.groups()
    return f"{number} {MEASURES[unit]}{'' if number == '1' else 's'}"


@cache
def book() -> dict[str, str]:
    """Each Chinese template with its English text."""
    entries: dict[str, str] = {}
    for path in sorted(BOOK.glob("*.json")):
        entries |= json.loads(path.read_text(encoding="utf-8"))
    return entries


@cache
def _exact() -> dict[str, str]:
    return {template: english for template, english in book().items() if english and not VALUE.search(template)}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], list[str], str, int], ...]:
    """The templates with values as patterns, the most literal first, and in how many sentences each says it."""
    templates = [
        template
        for template, english in book().items()
        if english and VALUE.search(template) and not _is_date(template)
    ]
    templates.sort(
        key=lambda template: (-len(BLANK.sub("", VALUE.sub("", template))), len(VALUE.findall(template)), template)
    )
    return tuple(
        (
            _pattern(template),
            VALUE.findall(template),
            book()[template],
            len([part for part in SENTENCE.split(template) if part]),
        )
        for template in templates
    )


def _is_date(template: str) -> bool:
    """A date is said by :func:`_moment`, wherever it stands; as a template it would swallow the sentence round it."""
    return bool(_DATE_ONLY.fullmatch(VALUE.sub("", template)))


def _pattern(template: str) -> re.Pattern[str]:
    """What stands before a measure is a number: “已超 18 小时 5 分钟” is no “{1} 小时 {2} 分钟”."""
    literals = VALUE.split(template)[::2]
    values = [NUMBER if BEFORE_MEASURE.match(after) else ANYTHING for after in literals[1:]]
    said = "".join(f"{value}{re.escape(after)}" for value, after in zip(values, literals[1:], strict=True))
    return re.compile(re.escape(literals[0]) + said, re.S)
