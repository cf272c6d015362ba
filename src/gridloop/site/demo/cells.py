"""Drawn cells for a demonstration street: rectangles that tile their community, communities that tile the street.

No real boundary is used: the map says 示意网格(非真实边界). The street is one rectangle; it is cut in two again and again,
across its longer side, until there are as many pieces as cells. Every cut runs parallel to an axis and both halves keep
the very same number as their common side, so nothing gaps and nothing overlaps, however small.

Terms: a *box* is (west, south, east, north) in WGS-84 degrees, rounded to 1e-6 (about 0.1 m).

Guarantees: the pieces come in a fixed order (a function of box, weights and seed); their union is the box exactly.

Worked example::

    cut((113.0, 34.0, 113.02, 34.01), weights=[1, 1], seed=1)     # two boxes side by side
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

Box = tuple[float, float, float, float]
UNEVEN = 0.12
"""How far a cut may stray from the fair place, as a share of the side: drawn cells should not look like a chessboard."""


def cut(box: Box, *, weights: Sequence[float], seed: int) -> list[Box]:
    """The box in one piece for each weight, areas roughly in proportion, in the order of the weights."""
    return _cut(box, list(weights), random.Random(seed))  # noqa: S311 - a drawing, the same each time


def _cut(box: Box, weights: list[float], chance: random.Random) -> list[Box]:
    if len(weights) == 1:
        return [box]
    half = len(weights) // 2
    share = sum(weights[:half]) / sum(weights) + chance.uniform(-UNEVEN, UNEVEN) / len(weights)
    first, second = _halves(box, share)
    return [*_cut(first, weights[:half], chance), *_cut(second, weights[half:], chance)]


def _halves(box: Box, share: float) -> tuple[Box, Box]:
    """The two parts of the box, cut across its longer side at ``share`` (a degree of latitude is 1.2 of longitude here)."""
    west, south, east, north = box
    if (east - west) >= 1.2 * (north - south):
        middle = round(west + (east - west) * share, 6)
        return (west, south, middle, north), (middle, south, east, north)
    middle = round(south + (north - south) * share, 6)
    return (west, south, east, middle), (west, middle, east, north)


def as_geojson(box: Box) -> dict[str, Any]:
    """The box as a GeoJSON polygon, counter-clockwise."""
    west, south, east, north = box
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def centre(box: Box) -> tuple[float, float]:
    """Longitude and latitude of the middle."""
    west, south, east, north = box
    return round((west + east) / 2, 6), round((south + north) / 2, 6)
