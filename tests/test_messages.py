"""The English catalogue is complete: each string that a page can show has an English text, with the same placeholders."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pure
TOOL: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "script" / "messages.py"))
PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w*)\}")


def test_every_string_has_an_english_text() -> None:
    held = TOOL["catalogue"]()

    assert TOOL["missing"](held) == []


def test_no_english_text_is_left_over() -> None:
    assert TOOL["unused"](TOOL["catalogue"]()) == []


def test_the_english_texts_keep_the_placeholders() -> None:
    wrong = [
        entry.id
        for entry in TOOL["catalogue"]()
        if entry.id and isinstance(entry.id, str) and set(PLACEHOLDER.findall(entry.id)) != set(PLACEHOLDER.findall(str(entry.string)))
    ]

    assert wrong == []
