"""Files of outlines: good rows come out in WGS-84, bad rows are named, and no file does harm."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress

import pytest
import shapefile
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from gridloop.core.errors import GridloopError, TooMuch, WrongInput
from gridloop.core.outlines import Columns, read_outlines

SQUARE = [(113.5, 34.7), (113.51, 34.7), (113.51, 34.71), (113.5, 34.71), (113.5, 34.7)]


def feature(code, ring=SQUARE, **properties):
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"{code}小区", **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def zipped(*, encoding="utf-8", cpg="UTF-8", prj="", code="C1-SW", name="西南小区", ring=SQUARE, drop=()):
    parts = {kind: io.BytesIO() for kind in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, encoding=encoding) as writer:
        writer.field("GRIDCODE", "C", 30)
        writer.field("NAME", "C", 60)
        writer.poly([ring])
        writer.record(code, name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for kind, content in parts.items():
            if kind not in drop:
                archive.writestr(f"数据/grids.{kind}", content.getvalue())
        if cpg:
            archive.writestr("数据/grids.cpg", cpg)
        if prj:
            archive.writestr("数据/grids.prj", prj)
    return packed.getvalue()


def read(content, *, system="wgs84", **columns):
    return read_outlines(content, file="x", columns=Columns(**columns), system=system)


def test_good_rows_come_out_and_bad_rows_are_named():
    content = geojson(
        feature("A"), feature(""), {"type": "Feature", "properties": {"code": "B"}, "geometry": None}, None,
        feature("C", ring=[(12_600_000, 4_100_000), (12_600_001, 4_100_000), (12_600_000, 4_100_009), (12_600_000, 4_100_000)]),
        feature("D/E"),
    )  # fmt: skip

    found = read(content)

    assert [each.code for each in found.outlines] == ["A"]
    assert [(each.row, each.column) for each in found.problems] == [
        (2, "code"), (3, "geometry"), (4, "code"), (5, "geometry"), (6, "code"),
    ]  # fmt: skip


def test_rows_of_one_code_are_united_and_said_so():
    beside = [(113.51, 34.7), (113.52, 34.7), (113.52, 34.71), (113.51, 34.71), (113.51, 34.7)]

    found = read(geojson(feature("A"), feature("A", ring=beside)))

    assert found.outlines[0].geometry.bounds == (113.5, 34.7, 113.52, 34.71)
    assert [each.row for each in found.problems] == [2]


@pytest.mark.parametrize(("system", "moved"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
def test_shifted_coordinates_come_home(system, moved):
    there = [moved(lon, lat) for lon, lat in SQUARE]

    found = read(geojson(feature("A", ring=there)), system=system).outlines[0].geometry

    assert found.bounds == pytest.approx((113.5, 34.7, 113.51, 34.71), abs=2e-7)


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8", ""),
        ("gb18030", "GBK"),
        ("gb18030", ""),
        ("gb18030", "936"),
        ("utf-8", "no-such-page"),
    ],
)
def test_a_shapefile_is_read_whatever_its_code_page(encoding, cpg):
    found = read(zipped(encoding=encoding, cpg=cpg), code="GRIDCODE", name="NAME")

    assert [(each.code, each.name) for each in found.outlines] == [("C1-SW", "西南小区")]
    assert found.outlines[0].geometry.bounds == (113.5, 34.7, 113.51, 34.71)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(drop=("dbf",)), "grid.no_shapefile"),
        (zipped(prj='PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS[]]'), "grid.projected"),
        (zipped(prj='GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID[]]]'), "grid.other_datum"),
        (zipped(prj='GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID[]]]'), "grid.other_datum"),
        (b"PK\x03\x04 not really", "grid.bad_zip"),
        (b"\x00\xff\xfe", "grid.not_json"),
        (b"{}", "grid.not_geojson"),
        (b"[" * 100_000, "grid.not_json"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(content, code):
    with pytest.raises(WrongInput) as refused:
        read(content)

    assert refused.value.code == code


def test_a_bomb_is_not_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * 140_000_000)

    with pytest.raises(TooMuch):
        read(packed.getvalue())


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else_than_our_errors(content):
    for start in (b"", b"PK"):
        try:
            read(start + content)
        except GridloopError:
            continue


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_shapefile_is_refused_or_read(position, value):
    content = bytearray(zipped())
    content[position % len(content)] = value

    with suppress(GridloopError):
        read(bytes(content), code="GRIDCODE", name="NAME")


def test_a_shape_that_crosses_itself_is_mended_and_said_so():
    tie = {
        "type": "Polygon",
        "coordinates": [[[113.5, 34.7], [113.51, 34.71], [113.51, 34.7], [113.5, 34.71], [113.5, 34.7]]],
    }
    feature = {"type": "Feature", "properties": {"code": "T"}, "geometry": tie}

    read = read_outlines(json.dumps(feature).encode(), file="t.geojson", columns=Columns(), system="wgs84")

    assert [outline.code for outline in read.outlines] == ["T"] and read.outlines[0].geometry.is_valid
    assert [(each.row, each.column) for each in read.problems] == [(1, "geometry")]
    assert "自相交" in read.problems[0].sentence
