"""The bars of the weeks: drawn to scale, nothing drawn of nothing, and what stands in them is escaped."""

from __future__ import annotations

import re

from gridloop.web.charting import Pair, bars


def heights(svg: str) -> list[float]:
    return [float(each) for each in re.findall(r'<rect [^>]*height="([\d.]+)"', svg)]


def test_the_bars_are_to_scale_and_the_scale_has_whole_numbers() -> None:
    svg = str(bars([Pair("05-16", 5, 0, "五件"), Pair("05-23", 1, 3, "一件")], label="每周"))

    five, nothing, one, three = heights(svg)
    assert nothing == 0 and abs(five - 5 * one) < 0.5 and abs(three - 3 * one) < 0.5
    assert re.findall(r">(\d+)</text>", svg)[:5] == ["0", "2", "4", "6", "8"]


def test_where_nothing_happened_nothing_is_drawn() -> None:
    assert bars([], label="每周") == bars([Pair("05-16", 0, 0, "")], label="每周") == ""


def test_many_weeks_have_few_labels_and_words_are_escaped() -> None:
    svg = str(bars([Pair(f"<{number}>", 1, 1, "<b>") for number in range(53)], label='"'))

    assert svg.count('text-anchor="middle"') <= 6
    assert "<b>" not in svg and "&lt;0&gt;" in svg and 'aria-label="&quot;"' in svg
