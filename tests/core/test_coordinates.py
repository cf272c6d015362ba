"""WGS-84, GCJ-02 and BD-09: known points, round trips, arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.coordinates import (
    bd09_to_wgs84,
    gcj02_to_wgs84,
    metres_between,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from gridloop.core.errors import WrongInput

IN_CHINA = {"lon": st.floats(74, 134), "lat": st.floats(4, 53)}


def test_the_centre_of_zhengzhou_moves_568_metres() -> None:
    moved = wgs84_to_gcj02(113.6253, 34.7466)

    assert metres_between((113.6253, 34.7466), moved) == pytest.approx(568.5, abs=0.1)


@pytest.mark.parametrize(
    ("true", "offset"),
    [
        # a published pair in Shanghai
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        # a published pair in Shenzhen
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        # Los Angeles lies outside the frame and does not move
        ((-118.2437, 34.0522), (-118.2437, 34.0522)),
    ],
)
def test_published_pairs_agree(true: tuple[float, float], offset: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*true) == pytest.approx(offset, abs=1e-9)


@given(**IN_CHINA)
def test_there_and_back_through_either_system_is_the_same_point(lon: float, lat: float) -> None:
    assert gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)
    assert bd09_to_wgs84(*wgs84_to_bd09(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)


def test_arrays_give_what_single_points_give() -> None:
    lons, lats = np.array([113.6, 121.5, -118.2]), np.array([34.7, 31.2, 34.1])

    moved_lons, moved_lats = wgs84_to_bd09(lons, lats)

    assert isinstance(moved_lons, np.ndarray)
    for place, (lon, lat) in enumerate(zip(lons.tolist(), lats.tolist(), strict=True)):
        assert (moved_lons[place], moved_lats[place]) == pytest.approx(wgs84_to_bd09(lon, lat), abs=1e-12)


@pytest.mark.parametrize("system", ["WGS-84", "wgs84", "CGCS2000"])
def test_true_coordinates_stay(system: str) -> None:
    assert to_wgs84(113.6, 34.7, system=system) == (113.6, 34.7)


@pytest.mark.parametrize("system", ["GCJ-02", "gcj02", "BD-09", "bd_09"])
def test_named_systems_are_undone(system: str) -> None:
    there = wgs84_to_gcj02 if "g" in system.lower() else wgs84_to_bd09

    assert to_wgs84(*there(113.6, 34.7), system=system) == pytest.approx((113.6, 34.7), abs=1e-9)


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(WrongInput) as refusal:
        to_wgs84(1.0, 2.0, system="EPSG:3857")

    assert refusal.value.code == "coordinates.system"
