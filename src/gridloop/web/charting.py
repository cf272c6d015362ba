"""Bars drawn on the server as SVG: two series week by week, readable without a script and in print; the table of the same numbers stands below.

The drawing names itself for those who hear it; the bars differ by shape (filled, hatched by their outline), not by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 34, 26, 10
MOST_TICKS = 6
"""Labels under the bars; more would run into each other."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two values of one place on the axis, and what it is called."""

    label: str
    one: int
    two: int
    title: str


def bars(pairs: Sequence[Pair], *, label: str) -> SafeString:
    """The drawing; empty where there is nothing to draw."""
    highest = max((max(pair.one, pair.two) for pair in pairs), default=0)
    if not highest:
        return SafeString("")
    top = _round_up(highest)
    step = (WIDTH - LEFT) / len(pairs)
    every = -(-len(pairs) // MOST_TICKS)
    return format_html(
        '<svg class="gl-weeks" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>', WIDTH, HEIGHT, label,
        format_html_join("", "{}", ((_line(value, top),) for value in _ticks(top))),
        format_html_join("", "{}", ((_pair(number, pair, step, top),) for number, pair in enumerate(pairs))),
        format_html_join("", "{}", ((_label(number, pair.label, step),) for number, pair in enumerate(pairs) if number % every == 0)),
    )  # fmt: skip


def _round_up(highest: int) -> int:
    """A top of the scale that its four lines divide into whole numbers."""
    return -(-highest // 4) * 4


def _ticks(top: int) -> list[int]:
    return [top * part // 4 for part in range(5)]


def _y(value: float, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _line(value: int, top: int) -> SafeString:
    y = _y(value, top)
    return format_html(
        '<line class="gl-weeks-line" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="gl-weeks-label" x="{}" y="{}" text-anchor="end">{}</text>',
        LEFT, y, WIDTH, y, LEFT - 6, y + 4, value,
    )  # fmt: skip


def _pair(number: int, pair: Pair, step: float, top: int) -> SafeString:
    left, wide = LEFT + number * step + step * 0.12, step * 0.36
    return format_html(
        "<g><title>{}</title>{}{}</g>",
        pair.title,
        _bar("one", left, wide, pair.one, top),
        _bar("two", left + wide + step * 0.04, wide, pair.two, top),
    )


def _bar(series: str, x: float, wide: float, value: int, top: int) -> SafeString:
    y = _y(value, top)
    return format_html(
        '<rect class="gl-weeks-bar" data-series="{}" x="{}" y="{}" width="{}" height="{}"/>',
        series,
        round(x, 1),
        y,
        round(wide, 1),
        round(HEIGHT - BOTTOM - y, 1),
    )


def _label(number: int, words: str, step: float) -> SafeString:
    x = round(LEFT + (number + 0.5) * step, 1)
    return format_html(
        '<text class="gl-weeks-label" x="{}" y="{}" text-anchor="middle">{}</text>', x, HEIGHT - 8, words
    )
