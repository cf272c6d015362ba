"""``gridloop import grids 界.zip``: a zipped Shapefile goes in like GeoJSON, in whatever coordinates it was drawn."""

from __future__ import annotations

import pytest

from gridloop.core.coordinates import wgs84_to_gcj02
from gridloop.core.errors import WrongInput
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory.queries import atlas_of
from gridloop.site.imports.grids import GridColumns, import_grids
from tests.core.test_outlines import SQUARE, zipped
from tests.sample import CODE, MONDAY, sample_street

COLUMNS = GridColumns(code="GRIDCODE", name="NAME", parent="C1")


@pytest.fixture(autouse=True)
def street(db):
    return sample_street()


@pytest.mark.parametrize("crs", ["wgs84", "gcj02"])
def test_a_shapefile_goes_in_once(tmp_path, crs):
    move = wgs84_to_gcj02 if crs == "gcj02" else lambda lon, lat: (lon, lat)
    ring = [move(lon + 0.05, lat) for lon, lat in SQUARE]
    file = tmp_path / "界.zip"
    file.write_bytes(zipped(code="NEW-1", name="东院", ring=ring))
    columns = GridColumns(code="GRIDCODE", name="NAME", parent="C1", crs=crs)

    first = import_grids(file, at=MONDAY, street=CODE, columns=columns)
    again = import_grids(file, at=MONDAY, street=CODE, columns=columns)

    assert (first.added, first.details["boundaries_published"]) == (1, 1)
    assert (again.added, again.existing, again.details["boundaries_published"]) == (0, 1, 0)
    assert atlas_of(organisation.street(CODE)).locate(113.555, 34.705).code == "NEW-1"


def test_a_shapefile_in_flat_coordinates_is_refused_with_what_to_do(tmp_path):
    file = tmp_path / "界.zip"
    file.write_bytes(zipped(prj='PROJCS["CGCS2000_3_Degree_GK_CM_114E"]'))

    with pytest.raises(WrongInput) as refused:
        import_grids(file, at=MONDAY, street=CODE, columns=COLUMNS)

    assert "请先转成经纬度" in refused.value.sentence
