"""Where is it, in whose coordinates?  WGS-84 inside; GCJ-02 and BD-09 only at the edges.

* **WGS-84** is what a satellite receiver says; CGCS2000 and 天地图 agree with it to well under a metre, so they need
  no change.
* **GCJ-02** is the offset system of 高德 and 腾讯 maps: 300 to 700 m away, differently at every place.
* **BD-09** is 百度's: GCJ-02 shifted and turned once more.

Every function takes longitude and latitude in degrees, as two numbers or two arrays of one shape, and returns the same
kind. Outside the rough frame of China, GCJ-02 is WGS-84 and nothing moves.

Guarantees: there and back differs by at most 1e-7 degrees (about 1 cm) inside the frame; arrays and single numbers
agree.

Worked example, the centre of 郑州, which GCJ-02 moves by about 568.5 m::

    >>> lon, lat = wgs84_to_gcj02(113.6253, 34.7466)
    >>> round(metres_between((113.6253, 34.7466), (float(lon), float(lat))), 1)
    568.5

The formulas are those in public use for interchange with Chinese map services; the exact inverse is by fixed-point
iteration, because the usual one-step inverse is wrong by up to a metre.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gridloop.core.errors import WrongInput

Degrees = TypeVar("Degrees", float, npt.NDArray[np.float64])
Array = npt.NDArray[np.float64]

_AXIS = 6378245.0
_FLATTENING = 0.00669342162296594323
_BAIDU_TURN = math.pi * 3000.0 / 180.0
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_EARTH_RADIUS = 6378137.0  # as in the published figures for these offsets
_STEPS = 12


def wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The point as 高德 and 腾讯 maps name it."""
    return _like(lon, *_to_gcj02(*_arrays(lon, lat)))


def gcj02_to_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The true point of what 高德 or 腾讯 named; the iteration ends within 1e-7 degrees."""
    return _like(lon, *_inverse(_to_gcj02, *_arrays(lon, lat)))


def gcj02_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The point as 百度 names it."""
    return _like(lon, *_to_bd09(*_arrays(lon, lat)))


def bd09_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The GCJ-02 point of what 百度 named."""
    return _like(lon, *_inverse(_to_bd09, *_arrays(lon, lat)))


def wgs84_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The point as 百度 names it, from true coordinates."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The true point of what 百度 named."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(lon: Degrees, lat: Degrees, *, system: str) -> tuple[Degrees, Degrees]:
    """The true point of coordinates in ``system``: WGS-84 (or CGCS2000), GCJ-02 or BD-09; else ``WrongInput``."""
    name = system.strip().upper().replace("-", "").replace("_", "")
    if name in {"WGS84", "CGCS2000"}:
        return lon, lat
    if name == "GCJ02":
        return gcj02_to_wgs84(lon, lat)
    if name == "BD09":
        return bd09_to_wgs84(lon, lat)
    raise WrongInput("coordinates.system", "坐标系只认 WGS-84、CGCS2000、GCJ-02 和 BD-09,请改正后重试。", system=system)


def metres_between(start: tuple[float, float], end: tuple[float, float]) -> float:
    """The great-circle distance between two (lon, lat) points, in metres on a sphere of equatorial radius."""
    lon, lat, far_lon, far_lat = map(math.radians, (*start, *end))
    half = math.sin((far_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(far_lat) * math.sin((far_lon - lon) / 2) ** 2
    return 2 * _EARTH_RADIUS * math.asin(math.sqrt(min(half, 1.0)))


def _arrays(lon: float | Array, lat: float | Array) -> tuple[Array, Array]:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _like(given: Degrees, lon: Array, lat: Array) -> tuple[Degrees, Degrees]:
    """Numbers for numbers, arrays for arrays."""
    if isinstance(given, np.ndarray):
        return lon, lat
    return float(lon), float(lat)


def _to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    east, north = _offset(lon, lat)
    inside = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    return lon + np.where(inside, east, 0.0), lat + np.where(inside, north, 0.0)


def _offset(lon: Array, lat: Array) -> tuple[Array, Array]:
    """How far GCJ-02 moves the point east and north, in degrees, as if everywhere were China."""
    x, y = lon - 105.0, lat - 35.0
    root, waves = np.sqrt(np.abs(x)), _waves(x, 6.0, 20.0) + _waves(x, 2.0, 20.0)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += _waves(y, 1.0, 20.0) + _waves(y, 1 / 3, 40.0) + _waves(y, 1 / 12, 160.0) + _waves(y, 1 / 30, 320.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += _waves(x, 1.0, 20.0) + _waves(x, 1 / 3, 40.0) + _waves(x, 1 / 12, 150.0) + _waves(x, 1 / 30, 300.0)
    radians = np.radians(lat)
    curve = 1 - _FLATTENING * np.sin(radians) ** 2
    north = np.degrees(north / (_AXIS * (1 - _FLATTENING) / (curve * np.sqrt(curve))))
    east = np.degrees(east / (_AXIS / np.sqrt(curve) * np.cos(radians)))
    return east, north


def _waves(value: Array, frequency: float, height: float) -> Array:
    wave: Array = height * 2.0 / 3.0 * np.sin(value * frequency * math.pi)
    return wave


def _to_bd09(lon: Array, lat: Array) -> tuple[Array, Array]:
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_TURN)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006


def _inverse(forward: Callable[[Array, Array], tuple[Array, Array]], lon: Array, lat: Array) -> tuple[Array, Array]:
    """The point that ``forward`` sends to the given one: guess, see by how much it misses, move by that, repeat.

    Each step shrinks the miss about a hundredfold; twelve are more than enough for double precision.
    """
    guess_lon, guess_lat = lon, lat
    for _ in range(_STEPS):
        seen_lon, seen_lat = forward(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (lon - seen_lon), guess_lat + (lat - seen_lat)
    return guess_lon, guess_lat
