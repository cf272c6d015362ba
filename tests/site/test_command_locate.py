"""``gridloop locate``: CSV in, CSV out; borders, outside, bad rows by name, and real polygons at speed."""

from __future__ import annotations

import csv
import gzip
import json
import random
from pathlib import Path

import pytest

from tests.sample import square
from tests.shared_data import shared
from tests.site.command_line import gridloop


@pytest.fixture
def grids(tmp_path: Path) -> Path:
    """Two squares side by side with numeric codes, 9 to the west of 10."""
    features = [
        {"type": "Feature", "properties": {"id": code}, "geometry": square(west, 0.0, 1.0)}
        for code, west in ((10, 1.0), (9, 0.0))
    ]
    path = tmp_path / "grids.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def write_points(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_points_come_back_with_their_codes_in_order(grids: Path, tmp_path: Path) -> None:
    points = write_points(tmp_path / "points.csv", "id,lon,lat\nwest,0.5,0.5\neast,1.5,0.5\naway,5,5\nborder,1,0.5\n")

    result = gridloop("locate", "--grids", grids, "--code", "id", "--points", points)

    assert result.exit_code == 0
    assert result.stdout == "id,code\nwest,9\neast,10\naway,\nborder,9\n"  # on the border the smaller code, as a number


def test_bad_rows_are_named_by_row_and_column_and_the_rest_is_answered(grids: Path, tmp_path: Path) -> None:
    points = write_points(
        tmp_path / "points.csv", "id,lon,lat\nok,0.5,0.5\nword,abc,0.5\nfar,0.5,123\n,0.5,0.5\nnan,nan,0.5\n"
    )

    result = gridloop("locate", "--grids", grids, "--code", "id", "--points", points)

    assert result.exit_code == 1
    assert result.stdout == "id,code\nok,9\nword,\nfar,\nnan,\n"
    for said in ("第 3 行“lon”", "第 4 行“lat”", "第 5 行“id”", "第 6 行“lon”"):
        assert said in result.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_points_may_come_from_a_chinese_spreadsheet(grids: Path, tmp_path: Path, encoding: str) -> None:
    points = tmp_path / "points.csv.gz"
    points.write_bytes(gzip.compress("编号,经度,纬度\n路灯,0.5,0.5\n".encode(encoding)))

    result = gridloop("locate", "--grids", grids, "--code", "id", "--points", points)

    assert result.stdout == "id,code\n路灯,9\n"


def test_a_missing_column_or_property_is_wrong_use(grids: Path, tmp_path: Path) -> None:
    without_lat = write_points(tmp_path / "points.csv", "id,lon\na,0.5\n")
    whole = write_points(tmp_path / "whole.csv", "id,lon,lat\na,0.5,0.5\n")

    assert gridloop("locate", "--grids", grids, "--code", "id", "--points", without_lat).exit_code == 2
    assert gridloop("locate", "--grids", grids, "--code", "nosuch", "--points", whole).exit_code == 2
    assert gridloop("locate", "--grids", whole, "--code", "id", "--points", whole).exit_code == 2


def test_a_hundred_thousand_points_on_london_are_located(tmp_path: Path) -> None:
    chance = random.Random(7)
    points = tmp_path / "points.csv"
    with points.open("w") as file:
        file.write("id,lon,lat\n")
        file.writelines(
            f"{n},{chance.uniform(-0.51, 0.33):.6f},{chance.uniform(51.29, 51.69):.6f}\n" for n in range(100_000)
        )

    result = gridloop(
        "locate", "--grids", shared("boundaries/uk_lsoa_london.geojson"), "--code", "LSOA11CD", "--points", points
    )

    located = list(csv.DictReader(result.stdout.splitlines()))
    assert result.exit_code == 0
    assert len(located) == 100_000
    assert sum(bool(row["code"]) for row in located) > 50_000
