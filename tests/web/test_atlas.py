"""The map's layers: inside the reader's scope, without what residents wrote, cached by version, gzipped, at constant cost."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.offices.cases import actions as cases
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import actions, queries
from gridloop.web.atlas import with_above
from gridloop.web.atlas_tiles import tiles
from tests.sample import CODE, IN_NE, IN_SW, MONDAY, who

ZIPPED = {"HTTP_ACCEPT_ENCODING": "gzip"}


def file_at(text="路灯不亮", **place):
    filing = cases.Filing(
        text=text,
        category="城乡建设/市政设施/路灯",
        source="phone",
        reporter_name="王小明",
        reporter_phone="13800000005",
        **place,
    )
    return cases.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case


def grids_address():
    return f"/atlas/layers/sample/grids-{organisation.version_of(CODE)}.json"


def test_the_layer_of_grids_draws_every_level_even_where_only_the_smallest_are_outlined(signed_in):
    answer = signed_in("desk").get(grids_address(), **ZIPPED)
    drawn = json.loads(gzip.decompress(answer.content))["features"]

    assert sorted((each["properties"]["level"], each["properties"]["code"]) for each in drawn) == [
        (1, CODE), (2, "C1"), (2, "C2"), (3, "C1-SE"), (3, "C1-SW"), (3, "C2-NE"), (3, "C2-NW"),
    ]  # fmt: skip
    numbers = re.findall(r"\d+\.(\d+)", json.dumps(drawn))
    assert max(map(len, numbers)) <= 6


def test_the_layer_of_grids_is_kept_for_ever_by_version_and_privately(signed_in):
    client = signed_in("desk")
    answer = client.get(grids_address())

    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert client.get(grids_address(), HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    old = client.get("/atlas/layers/sample/grids-1.json")
    assert old.status_code == 200 and "no-cache" in old["Cache-Control"]


@pytest.mark.parametrize("path", ["/atlas/layers/other/grids-1.json", "/atlas/layers/other/flaws-1.json"])
def test_the_layer_of_another_street_is_not_found(signed_in, path):
    assert signed_in("desk").get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/atlas/",
        "/atlas/layers/cases.json",
        "/atlas/layers/posts.json",
        "/atlas/layers/sample/grids-1.json",
        "/atlas/boundaries/",
    ],
)
def test_nobody_sees_the_map_without_signing_in(client, street, path):
    assert client.get(path).status_code == 302


def test_a_reader_gets_points_only_inside_the_scope(signed_in):
    south, north = file_at(**IN_SW), file_at(**IN_NE)

    def seen(username):
        return {point[5] for point in signed_in(username).get("/atlas/layers/cases.json").json()["points"]}

    assert seen("desk") == {south.number, north.number}
    assert seen("grid") == {south.number}  # the worker of C1
    assert seen("housing") == {north.number}  # R5 gives C2's lights to the housing office
    assert seen("keeper") == set()


def test_a_point_leads_to_its_case_for_whoever_may_see_it(signed_in):
    case = file_at(**IN_NE)

    assert signed_in("desk").get(f"/atlas/case/{case.number}/")["Location"] == f"/cases/{case.ref}/"
    assert signed_in("grid").get(f"/atlas/case/{case.number}/").status_code == 404
    assert signed_in("desk").get("/atlas/case/20220523-999999/").status_code == 404


def test_what_residents_said_and_who_they_are_is_not_on_the_map(signed_in):
    file_at("<b>王小明家门口</b>路灯不亮", **IN_SW)

    body = signed_in("desk").get("/atlas/layers/cases.json").content.decode()

    for hidden in ("王小明", "路灯不亮", "13800000005", "<b>", "csrf"):
        assert hidden not in body


def test_the_cases_are_sent_again_only_when_they_have_changed(signed_in):
    case = file_at(**IN_SW)
    client = signed_in("desk")
    tag = client.get("/atlas/layers/cases.json")["ETag"]
    assert client.get("/atlas/layers/cases.json", HTTP_IF_NONE_MATCH=tag).status_code == 304

    cases.accept(by=who("urban"), at=MONDAY, case=case.ref)

    assert client.get("/atlas/layers/cases.json", HTTP_IF_NONE_MATCH=tag).status_code == 200
    assert signed_in("grid").get("/atlas/layers/cases.json", HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_the_layers_cost_the_same_however_many_cases(signed_in):
    client = signed_in("desk")

    def cost():
        client.get("/atlas/layers/cases.json")
        with CaptureQueriesContext(connection) as found:
            client.get("/atlas/layers/cases.json")
        return len(found)

    file_at(**IN_SW)
    few = cost()
    for _ in range(12):
        file_at(**IN_NE)

    assert cost() == few <= 12


def test_posts_say_who_answers_and_what_is_vacant(signed_in):
    found = signed_in("desk").get("/atlas/layers/posts.json").json()

    assert {"title": "网格员", "people": ["壬网格"], "vacant": False} in found[f"410102/{CODE}/C1"]


def test_contested_ground_is_told_in_words_and_on_the_map(signed_in):
    wider = {
        "type": "Polygon",
        "coordinates": [[[113.5, 34.7], [113.5101, 34.7], [113.5101, 34.71], [113.5, 34.71], [113.5, 34.7]]],
    }
    actions.publish_boundary(
        by=who("leader"), at=MONDAY, grid=queries.grid(CODE, "C1-SW"), geometry=wider, source="旧图"
    )
    client = signed_in("desk")

    flaw = client.get(f"/atlas/layers/sample/flaws-{organisation.version_of(CODE)}.json").json()["features"][0][
        "properties"
    ]

    assert flaw["kind"] == "contested" and "东南小区西侧" in flaw["where"] and flaw["area"] > 1000
    page = client.get("/atlas/").content.decode()
    assert "没有拼满的地方" in page and "争议地带" in page and "东南小区西侧" in page


def test_the_page_switches_levels_and_goes_down_into_a_grid(signed_in):
    client = signed_in("desk")

    page = client.get("/atlas/?level=2").content.decode()
    assert "柳荫社区" in page and "?within=C1" in page and "西南小区" not in page
    inside = client.get("/atlas/?within=C1").content.decode()
    assert "西南小区" in inside and "西北小区" not in inside
    assert client.get("/atlas/?within=NOWHERE").status_code == 404
    assert client.get("/atlas/?level=99999999999999999999&within=").status_code == 200


def test_counts_go_up_the_tree():
    found = with_above({"a/b/c": (2, 1), "a/b": (1, 0), "a/d": (4, 0)})

    assert (found[""], found["a"], found["a/b"], found["a/b/c"]) == ((7, 1), (7, 1), (3, 1), (2, 1))


def chosen(settings, **told):
    settings.MAP_TILES = {"address": "", "key": "", "note": "", "credit": "", "system": "wgs84"} | told
    return tiles()


XYZ = "https://tiles.example/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("told", "n", "is_shifted"),
    [
        ({}, 0, False),  # none by default
        ({"address": XYZ}, 0, False),  # without a review number nothing is shown
        ({"address": XYZ, "note": "GS(0000)0号"}, 1, False),
        ({"address": "https://tiles.example/", "note": "GS(0000)0号"}, 0, False),  # no place for the tile's numbers
        ({"address": "tianditu", "note": "GS(0000)0号"}, 0, False),  # no key
        ({"address": "tianditu", "key": "k&x", "note": "GS(0000)0号"}, 2, False),  # ground and names
        ({"address": XYZ, "note": "GS(0000)0号", "system": "GCJ-02"}, 1, True),
    ],
)
def test_tiles_are_shown_only_with_their_review_number(settings, told, n, is_shifted):
    found = chosen(settings, **told)

    assert len(found.addresses) == n and found.is_shifted is is_shifted
    assert not any("k&x" in address for address in found.addresses)  # the key is quoted


def test_the_review_number_stands_beside_the_map_and_a_shifted_ground_is_flagged(signed_in, settings):
    settings.MAP_TILES = {"address": XYZ, "key": "", "note": "GS(0000)0号", "credit": "某测绘院", "system": "gcj02"}

    page = signed_in("keeper").get("/atlas/").content.decode()
    assert "GS(0000)0号" in page and "某测绘院" in page and "偏移坐标" in page
    drafting = signed_in("keeper").get("/atlas/boundaries/").content.decode()
    assert XYZ not in drafting and "画边界时不显示" in drafting
