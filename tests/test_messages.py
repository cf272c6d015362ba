"""The English catalogue is complete: each string that a page can show has an English text, with the same placeholders."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pure
TOOL: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "script" / "messages.py"))
PAGES = Path(__file__).parents[1] / "src" / "gridloop" / "web" / "templates"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def _forms(said: Any) -> list[str]:
    """The texts of an entry: one, or one for each number."""
    return list(said) if isinstance(said, list | tuple) else [said]


def test_every_string_has_an_english_text() -> None:
    held = TOOL["catalogue"]()

    assert TOOL["missing"](held) == []


def test_no_english_text_is_left_over() -> None:
    assert TOOL["unused"](TOOL["catalogue"]()) == []


def test_the_english_texts_keep_the_placeholders() -> None:
    entries = [entry for entry in TOOL["catalogue"]() if entry.id]

    wrong = [
        entry.id
        for entry in entries
        for english in _forms(entry.string)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(_forms(entry.id)[0]))
    ]

    assert wrong == []


def test_an_english_text_for_one_and_for_many_is_given_where_a_number_is_spoken_of() -> None:
    counted = [entry for entry in TOOL["catalogue"]() if isinstance(entry.id, list | tuple)]

    assert counted
    assert [entry.id for entry in counted if len(entry.string) != 2] == []


def test_the_header_names_the_language_and_no_person_or_host() -> None:
    header = TOOL["CATALOGUE"].read_text(encoding="utf-8").split("\n\n")[0]

    assert '"Language: en\\n"' in header
    assert "charset=UTF-8" in header
    assert "nplurals=2; plural=(n != 1);" in header
    assert "@" not in header
    assert "://" not in header


# what a template holds, what is collected from it
TEMPLATES = [
    ('{% translate "签收" %}', ["签收"]),
    ("<td data-label=\"{% translate '签收' %}\">", ["签收"]),
    ('{{ name|default:_("没有留") }}', ["没有留"]),  # a text in place of an empty value
    ('{% translate "完成 80%" %}', ["完成 80%%"]),  # Django asks the catalogue with the percent sign doubled
    ("{% blocktranslate with n=rows|length %}共 {{ n }} 行{% endblocktranslate %}", ["共 %(n)s 行"]),
    (
        "{% blocktranslate count n=n %}{{ n }} 行{% plural %}{{ n }} 行{% endblocktranslate %}",
        [("%(n)s 行", "%(n)s 行")],
    ),
    ("{% blocktranslate trimmed %}\n  一行\n  两行\n{% endblocktranslate %}", ["一行 两行"]),
    ("<p>{{ case.title }}</p>", []),
]


@pytest.mark.parametrize(("template", "collected"), TEMPLATES)
def test_templates_give_their_translated_strings(template: str, collected: list[Any]) -> None:
    assert list(TOOL["_of_template"](template)) == collected


# what a module holds, what is collected from it
MODULES = [
    ('"""说明"""\nsay(_("签收"))', ["签收"]),  # docstrings are for programmers
    ('LABELS = {"accept": "签收"}', ["签收"]),  # a table that is translated by value
    ('WEEKDAYS = "一二三四五六日"', []),  # kept under a name, never translated as a whole
    ('PAGE = "<h1>系统出错了</h1>"\nanswer(PAGE)', []),
    ('SENTENCE = "请重试。"\nsay(_(SENTENCE))', ["请重试。"]),
    ('sentence = f"第 {n} 行"', []),  # an f-string cannot be looked up
    ('refuse("cases.refused", "请重试。")', ["请重试。"]),
]


@pytest.mark.parametrize(("module", "collected"), MODULES)
def test_modules_give_the_strings_that_people_see(module: str, collected: list[str]) -> None:
    assert list(TOOL["_constants"](ast.parse(module))) == collected


# Marks stand otherwise in English (: has a blank behind it, ( one before it, 、 is a comma): a template asks for each by {% translate ":" %}.
BARE_MARK = re.compile(r"""[%}]\}[:(;、](?=\{[{%]|<)|\}\}:(?=</span>)|\|join:"、"(?!\|spoken)|%\}、\{% endif""")
INSIDE = re.compile(r"\{% blocktrans.*?\{% endblocktrans(?:late)? %\}|<script.*?</script>", re.S)
CHINESE_PAPERS = {
    "sheet.html",
    "paper_form.html",
    "routes_edit.html",
}  # handed out or typed in Chinese, whatever the console speaks
ASKED = sorted(folder.name for folder in PAGES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", ASKED)
def test_no_template_sets_a_mark_between_two_values_that_english_sets_otherwise(folder: str) -> None:
    found = [
        f"{path.name}: {mark.group()}"
        for path in (PAGES / folder).rglob("*.html")
        if path.name not in CHINESE_PAPERS
        for mark in BARE_MARK.finditer(INSIDE.sub("{% block %}", path.read_text(encoding="utf-8")))
    ]

    assert found == []
