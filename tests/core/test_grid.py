"""The tree of grids, reading their polygons, and the cell of a point."""

from __future__ import annotations

import csv
import json
import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from gridloop.core.errors import NotFound, WrongInput
from gridloop.core.grid import GridIndex, GridNode, GridTree, is_under, locate_csv_rows, read_geojson, smallest_first
from tests.shared_data import shared

BOW_TIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def street() -> GridTree:
    """A sub-district, two communities, three grids; given in no order."""
    return GridTree(
        [
            GridNode("02-1", "二社区一网格", 3, parent="02"),
            GridNode("01", "一社区", 2, kind="community", parent="S"),
            GridNode("S", "柳湖街道", 1, kind="street"),
            GridNode("01-2", "一社区二网格", 3, parent="01"),
            GridNode("02", "二社区", 2, kind="community", parent="S"),
            GridNode("01-1", "一社区一网格", 3, parent="01"),
        ]
    )


def test_a_tree_knows_paths_children_lineage_and_leaves() -> None:
    tree = street()

    assert tree.problems == ()
    assert tree.node("01-2").path == "S/01/01-2"
    assert [node.code for node in tree.children("S")] == ["01", "02"]
    assert [node.code for node in tree.lineage("02-1")] == ["S", "02", "02-1"]
    assert [node.code for node in tree.leaves("01")] == ["01-1", "01-2"]
    assert [node.code for node in tree] == ["S", "01", "01-1", "01-2", "02", "02-1"]


def test_a_scope_is_a_whole_prefix() -> None:
    assert is_under("S/01/01-1", "S/01")
    assert is_under("S/01", "S/01")
    assert is_under("S/01", "")
    assert not is_under("S/011", "S/01")


def test_a_grid_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound):
        street().lineage("99")


@pytest.mark.parametrize(
    ("extra", "problems"),
    [
        # the same code twice: the first stays
        ([GridNode("01", "另一个", 2, parent="S")], {("duplicate", "01")}),
        # a parent that is not there, and what hangs below it
        (
            [GridNode("09-1", "孤儿", 3, parent="09"), GridNode("09-1-1", "孤儿之子", 4, parent="09-1")],
            {("orphan", "09-1"), ("orphan", "09-1-1")},
        ),
        # two that stand above each other
        ([GridNode("A", "甲", 2, parent="B"), GridNode("B", "乙", 3, parent="A")], {("cycle", "A"), ("cycle", "B")}),
        # one above itself, and one below that
        ([GridNode("C", "丙", 2, parent="C"), GridNode("D", "丁", 3, parent="C")], {("cycle", "C"), ("cycle", "D")}),
        # a level that is not deeper than the one above
        ([GridNode("03", "三社区", 1, parent="S")], {("level", "03")}),
        # codes that would break paths
        (
            [GridNode("", "无码", 2, parent="S"), GridNode("a/b", "斜杠", 2, parent="S")],
            {("bad_code", ""), ("bad_code", "a/b")},
        ),
    ],
)
def test_what_is_wrong_with_a_tree_is_named_and_the_rest_stands(
    extra: list[GridNode], problems: set[tuple[str, str]]
) -> None:
    tree = GridTree([*street(), *extra])

    assert {(problem.kind, problem.where) for problem in tree.problems} == problems
    assert [node.code for node in tree.leaves("01")] == ["01-1", "01-2"]


def test_a_tree_that_is_too_deep_is_named() -> None:
    chain = [GridNode(f"n{depth}", f"{depth}", depth, parent=f"n{depth - 1}" if depth else None) for depth in range(4)]

    assert [problem.where for problem in GridTree(chain, max_depth=3).problems] == ["n3"]


def test_the_real_district_is_a_sound_tree() -> None:
    with shared("divisions/zhongyuan_communities.csv").open(encoding="utf-8-sig", newline="") as rows:
        communities = list(csv.DictReader(rows))
    streets = {
        row["street_code"]: GridNode(row["street_code"], row["street_name"], 2, parent="410102") for row in communities
    }
    nodes = [GridNode(row["code"], row["name"], 3, parent=row["street_code"]) for row in communities]

    tree = GridTree([GridNode("410102", "中原区", 1), *streets.values(), *nodes])

    assert tree.problems == ()
    assert len(tree.leaves()) == 157
    assert tree.node(tree.children("410102013")[0].code).path.startswith("410102/410102013/")


def test_codes_are_ordered_as_numbers_only_if_all_are_whole_numbers() -> None:
    assert smallest_first(["10", "9", "009"]) == ["009", "9", "10"]
    assert smallest_first(["10", "9", "A"]) == ["10", "9", "A"]


def test_a_point_lies_in_one_cell_and_on_a_border_in_the_smallest() -> None:
    index = GridIndex(["9", "10"], [box(1, 0, 2, 1), box(0, 0, 1, 1)])

    assert index.locate(0.5, 0.5) == "10"
    assert index.locate(1.0, 0.5) == "9"
    assert index.locate(5, 5) is None
    assert index.locate(math.nan, 0.5) is None
    assert index.locate(math.inf, 0.5) is None


def test_many_points_give_what_single_points_give() -> None:
    index = GridIndex(["A", "B"], [box(0, 0, 1, 1), box(1, 0, 2, 1)])
    lons, lats = [0.5, 1.0, 1.5, 3.0, math.nan, 0.5], [0.5, 0.5, 0.5, 0.5, 0.5, math.inf]

    assert index.locate_many(lons, lats).tolist() == ["A", "A", "B", "", "", ""]
    assert [index.locate(*point) or "" for point in zip(lons, lats, strict=True)] == ["A", "A", "B", "", "", ""]


def test_no_cells_and_no_points_are_no_trouble() -> None:
    assert GridIndex([], []).locate_many([1.0], [2.0]).tolist() == [""]
    assert GridIndex([], []).locate(1.0, 2.0) is None
    assert GridIndex(["A"], [box(0, 0, 1, 1)]).locate_many([], []).tolist() == []


def test_unequal_columns_and_double_codes_are_refused() -> None:
    with pytest.raises(WrongInput):
        GridIndex(["A"], [box(0, 0, 1, 1)]).locate_many([1.0], [])
    with pytest.raises(WrongInput):
        GridIndex(["A", "A"], [box(0, 0, 1, 1), box(1, 0, 2, 1)])


def test_an_index_names_what_it_mends_and_what_it_leaves_out() -> None:
    index = GridIndex(["A", "B", "C"], [BOW_TIE, Point(0, 0), Polygon()])

    assert {(problem.kind, problem.where) for problem in index.problems} == {
        ("repaired", "A"),
        ("not_polygon", "B"),
        ("empty", "C"),
    }
    assert index.locate(0.9, 0.5) == "A"


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=8
    ),
    st.lists(st.tuples(st.integers(0, 16), st.integers(0, 16)), min_size=1, max_size=30),
)
def test_the_answer_is_the_smallest_code_that_exactly_intersects(
    boxes: list[tuple[int, int, int, int]], halves: list[tuple[int, int]]
) -> None:
    shapes = [box(x, y, x + width, y + height) for x, y, width, height in boxes]
    codes = [f"G{place}" for place in range(len(shapes))]
    index = GridIndex(codes, shapes)
    points = [(x / 2, y / 2) for x, y in halves]

    found = index.locate_many([x for x, _ in points], [y for _, y in points]).tolist()

    expected = [
        min((code for code, cell in zip(codes, shapes, strict=True) if cell.intersects(Point(point))), default="")
        for point in points
    ]
    assert found == expected
    assert [index.locate(x, y) or "" for x, y in points] == expected


def test_london_answers_exactly_as_shapely_does_on_borders_too() -> None:
    source = shared("boundaries/uk_lsoa_london.geojson").read_text(encoding="utf-8")
    codes, shapes, problems = read_geojson(source, code_property="LSOA11CD")
    index = GridIndex(codes, shapes)
    corners = shapely.get_coordinates(index.geometries)[::40]
    chance = np.random.default_rng(7)
    lons = np.concatenate([corners[:, 0], chance.uniform(-0.51, 0.33, 4000)])
    lats = np.concatenate([corners[:, 1], chance.uniform(51.29, 51.69, 4000)])

    found = index.locate_many(lons, lats)

    points, cells = shapely.STRtree(index.geometries).query(shapely.points(lons, lats), predicate="intersects")
    expected = np.full(len(lons), len(index))
    np.minimum.at(expected, points, cells)
    assert (len(codes), {problem.kind for problem in problems}) == (4835, {"repaired"})
    assert (found == index.codes[expected]).all()
    assert (found[: len(corners)] != "").all()


def test_new_york_requests_lie_in_the_community_board_they_name() -> None:
    source = shared("boundaries/nyc_community_districts.geojson").read_text(encoding="utf-8")
    index = GridIndex(*read_geojson(source, code_property="BoroCD")[:2])
    boroughs = {"MANHATTAN": 1, "BRONX": 2, "BROOKLYN": 3, "QUEENS": 4, "STATEN ISLAND": 5}
    with shared("requests311/nyc311_1000.csv").open(encoding="utf-8-sig", newline="") as rows:
        placed = [row for row in csv.DictReader(rows) if row["Latitude"] and row["Community Board"][3:] in boroughs]

    found = index.locate_many([float(row["Longitude"]) for row in placed], [float(row["Latitude"]) for row in placed])

    key = [f"{boroughs[row['Community Board'][3:]]}{row['Community Board'][:2]}" for row in placed]
    agreeing = sum(code == answer for code, answer in zip(found.tolist(), key, strict=True))
    assert len(placed) > 800
    assert agreeing / len(placed) > 0.98


def feature(code: Any, geometry: Any) -> dict[str, Any]:
    """A GeoJSON feature with the property ``code``."""
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def collection(*features: Any) -> str:
    """A FeatureCollection as text."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def test_codes_may_be_numbers_and_parts_of_one_code_are_united() -> None:
    one, two = shapely.geometry.mapping(box(0, 0, 1, 1)), shapely.geometry.mapping(box(1, 0, 2, 1))

    codes, shapes, problems = read_geojson(collection(feature(311, one), feature(311.0, two)), code_property="code")

    assert codes == ["311"]
    assert shapes[0].equals(box(0, 0, 2, 1))
    assert [(problem.kind, problem.where) for problem in problems] == [("duplicate_code", "feature 1")]


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (feature(None, shapely.geometry.mapping(box(0, 0, 1, 1))), "missing_code"),
        (feature("  ", shapely.geometry.mapping(box(0, 0, 1, 1))), "missing_code"),
        (feature("A", None), "missing_geometry"),
        (feature("A", {"type": "Polygon", "coordinates": []}), "empty"),
        (feature("A", {"type": "Point", "coordinates": [1, 2]}), "not_polygon"),
        (feature("A", {"type": "Polygon", "coordinates": [["x"]]}), "bad_geometry"),
        (feature("A", {"type": "Nonsense"}), "bad_geometry"),
        (feature("A", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]}), "empty"),
        ("no feature at all", "missing_code"),
    ],
)
def test_a_bad_feature_is_named_by_its_position_and_left_out(bad: Any, kind: str) -> None:
    good = feature("G", shapely.geometry.mapping(box(0, 0, 1, 1)))

    codes, _, problems = read_geojson(collection(good, bad), code_property="code")

    assert codes == ["G"]
    assert problems[0].kind == kind
    assert problems[0].where.startswith("feature 1")


def test_an_invalid_polygon_is_mended_and_named() -> None:
    codes, shapes, problems = read_geojson(
        collection(feature("A", shapely.geometry.mapping(BOW_TIE))), code_property="code"
    )

    assert codes == ["A"]
    assert shapes[0].is_valid
    assert (problems[0].kind, "code=A" in problems[0].where) == ("repaired", True)


@pytest.mark.parametrize("source", ["{", "[]", '{"type": "Feature"}', '{"features": 3}'])
def test_what_is_no_feature_collection_is_refused(source: str) -> None:
    with pytest.raises(WrongInput):
        read_geojson(source, code_property="code")


def test_rows_of_a_file_are_located_and_bad_numbers_named() -> None:
    index = GridIndex(["A"], [box(0, 0, 1, 1)])
    rows = [
        {"id": "1", "lon": "0.5", "lat": "0.5"},
        {"id": "2", "lon": "9", "lat": "9"},
        {"id": "3", "lon": "east", "lat": "0.5"},
        {"id": "4", "lon": "0.5", "lat": "91"},
        {"id": "5", "lon": "", "lat": None},
        {"id": "6", "lon": "nan", "lat": "0.5"},
    ]

    located, problems = locate_csv_rows(index, rows)

    assert located == [("1", "A"), ("2", ""), ("3", ""), ("4", ""), ("5", ""), ("6", "")]
    assert [problem.where for problem in problems] == ["row 3", "row 4", "row 5", "row 6"]
