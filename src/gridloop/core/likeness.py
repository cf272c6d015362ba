"""Is this trouble known already? How alike two tellings are, and why, for the person who files.

Two tellings are compared by their *words* (pairs of neighbouring characters), *where* they are and *what* they are about. The words are
the mean of two measures, because one caller says a sentence and the next a page: the share of all pairs that both have (Jaccard)
and the share of the shorter one's pairs (overlap). Where and what only add to it: nothing is alike without a word in common.

Guarantees: the order of the two does not matter; a telling is wholly like itself; more in common is never less alike.

Worked example::

    >>> lamp = Telling("柳荫路路灯不亮三天了", cell="C1-SW", category="市政/路灯")
    >>> found = likeness(lamp, Telling("柳荫路的路灯坏了不亮", cell="C1-SW", category="市政/路灯"))
    >>> found.is_alike, found.reasons
    (True, ('同一网格', '同一类别', '文字相近 37%'))
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians

from gridloop.core.search import runs_of
from gridloop.core.text import bigrams

ALIKE = 0.55
LEAST_WORDS = 0.12
NEAR = 150.0  # metres: one street corner, one courtyard
METRES_A_DEGREE = 111_320.0
SAME_ADDRESS, SAME_CELL, SAME_CATEGORY = 0.35, 0.2, 0.2


@dataclass(frozen=True, slots=True)
class Telling:
    """What is compared: words, and whatever is known of place (``cell`` is a code, degrees are WGS-84) and category."""

    text: str
    cell: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike, in 0..1, and why in words, the strongest reason first."""

    score: float
    reasons: tuple[str, ...] = ()

    @property
    def is_alike(self) -> bool:
        return self.score >= ALIKE


def likeness(one: Telling, other: Telling) -> Likeness:
    """How alike two tellings are, with the reasons."""
    words = word_likeness(one.text, other.text)
    if words < LEAST_WORDS:
        return Likeness(0.0)
    found = [*_where(one, other)]
    if one.category and one.category == other.category:
        found.append((SAME_CATEGORY, "同一类别"))
    reasons = [*(name for _weight, name in found), f"文字相近 {words:.0%}"]
    return Likeness(min(words + sum(weight for weight, _name in found), 1.0), tuple(reasons))


def word_likeness(one: str, other: str) -> float:
    """The mean of Jaccard and overlap of the two sets of bigrams; 0 when either has none."""
    a, b = frozenset(bigrams(one)), frozenset(bigrams(other))
    if not a or not b:
        return 0.0
    shared = len(a & b)
    return (shared / len(a | b) + shared / min(len(a), len(b))) / 2


def _where(one: Telling, other: Telling) -> list[tuple[float, str]]:
    """The strongest thing that can be said of the two places, or nothing."""
    if _same_address(one.address, other.address):
        return [(SAME_ADDRESS, "同一地址")]
    metres = distance(one, other)
    if metres is not None and metres <= NEAR:
        return [(SAME_ADDRESS, f"相距约 {max(round(metres, -1), 10):.0f} 米")]
    return [(SAME_CELL, "同一网格")] if one.cell and one.cell == other.cell else []


def _same_address(one: str, other: str) -> bool:
    """The shorter address, of four characters or more, is part of the longer; marks and blanks do not count."""
    short, long = sorted(("".join(runs_of(one)), "".join(runs_of(other))), key=len)
    return len(short) >= 4 and short in long


def distance(one: Telling, other: Telling) -> float | None:
    """Metres between the two points, on a flat map (good to 1 % over a few kilometres); None where one has no point."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    east = (one.lon - other.lon) * cos(radians((one.lat + other.lat) / 2))
    return hypot(east, one.lat - other.lat) * METRES_A_DEGREE
