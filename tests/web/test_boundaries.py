"""The pages of boundary versions, without the map: forms, refusals at their field, report, publishing, roles."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.offices.cases import actions as cases
from gridloop.offices.territory import queries
from gridloop.offices.territory.models import BoundaryVersion
from tests.sample import CODE, MONDAY, square, who

SPLIT = {
    "split-grid": "C1-SW",
    "split-line": "113.506,34.69 113.506,34.705 113.506,34.7101",
    "split-code": "C1-SW2",
    "split-name": "东院",
}
DRAFT = "/atlas/boundaries/draft/split/"


def drafted(client, **changed):
    answer = client.post(DRAFT, SPLIT | changed)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"]


def test_a_split_by_the_form_is_drafted_published_by_another_and_shown_in_the_list(signed_in):
    one, other = signed_in("keeper"), signed_in("keeper2")
    address = drafted(one)
    page = one.get(address).content.decode()
    assert "拼满,没有空白和重叠" in page and "请由第二个人核对后发布" in page and "东院" in page

    refused = one.post(f"{address}publish/", {"rev": BoundaryVersion.objects.get().rev})
    assert refused.status_code == 403
    done = other.post(f"{address}publish/", {"rev": BoundaryVersion.objects.get().rev}, follow=True)

    assert "已生效" in done.content.decode()
    assert "C1-SW2" in [grid.code for grid in queries.grids(CODE)]
    back = other.post(f"{address}roll-back/", follow=True)
    assert "已回退" in back.content.decode()
    assert "C1-SW2" not in [grid.code for grid in queries.grids(CODE)]


def test_a_gap_is_reported_with_place_and_area_refused_and_may_be_declared_a_hole(signed_in):
    one, other = signed_in("keeper"), signed_in("keeper2")
    cut = {
        "type": "Polygon",
        "coordinates": [
            [[113.5, 34.7], [113.51, 34.7], [113.51, 34.71], [113.502, 34.71], [113.5, 34.702], [113.5, 34.7]]
        ],
    }
    answer = one.post(
        "/atlas/boundaries/draft/outline/",
        {"outline-grid": "C1-SW", "outline-geometry": json.dumps(cut), "outline-system": "wgs84"},
    )
    address = answer["Location"]
    page = one.get(address).content.decode()
    assert "1 处要改" in page and "西南小区西北侧" in page and "公顷" in page

    version = BoundaryVersion.objects.get()
    assert other.post(f"{address}publish/", {"rev": version.rev}).status_code == 409
    gap = next(flaw for checked in queries.reports_of(version) for flaw in checked.report.flaws)
    hole = {
        "hole-onto": version.ref,
        "hole-rev": version.rev,
        "hole-place": f"{gap.point[0]!r},{gap.point[1]!r}",
        "hole-why": "划归邻街",
    }
    assert one.post("/atlas/boundaries/draft/hole/", hole).status_code == 302

    version.refresh_from_db()
    assert other.post(f"{address}publish/", {"rev": version.rev}).status_code == 302


def test_open_cases_that_would_lie_elsewhere_are_counted_for_the_keeper_and_named_for_whoever_may_see_them(signed_in):
    filing = cases.Filing(
        text="东院路灯不亮", category="城乡建设/市政设施/路灯", source="phone", lon=113.508, lat=34.705
    )
    cases.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing)
    address = drafted(signed_in("keeper"))

    keeper, desk = (signed_in(name).get(address).content.decode() for name in ("keeper", "desk"))

    assert "有 1 件未销号事项" in keeper and "东院路灯不亮" not in keeper
    assert "有 1 件未销号事项" in desk and "东院路灯不亮" in desk


@pytest.mark.parametrize(
    ("step", "told", "status"),
    [
        ("split", SPLIT | {"split-line": "abc"}, 422),
        ("split", SPLIT | {"split-line": "1,2,3"}, 422),
        ("split", SPLIT | {"split-line": "nan,inf 1,2"}, 422),
        ("split", SPLIT | {"split-grid": "NOWHERE"}, 404),
        ("split", SPLIT | {"split-code": "C1-SE"}, 409),
        ("merge", {"merge-grid": "C1-SW", "merge-absorbed": "C2-NE"}, 422),
        ("merge", {}, 422),
        ("outline", {"outline-grid": "C1-SW", "outline-geometry": "{", "outline-system": "wgs84"}, 422),
        (
            "outline",
            {
                "outline-grid": "C1-SW",
                "outline-geometry": '{"type":"Polygon","coordinates":[[[0,0]]]}',
                "outline-system": "wgs84",
            },
            422,
        ),
        ("outline", {"outline-grid": "C1-SW", "outline-geometry": "[1]", "outline-system": "wgs84"}, 422),
        (
            "outline",
            {"outline-grid": "C1-SW", "outline-geometry": json.dumps(square(1e9, 0, 1)), "outline-system": "wgs84"},
            422,
        ),
        ("hole", {"hole-place": "x", "hole-why": "水库"}, 422),
        ("file", {}, 422),
        ("nothing", {}, 404),
    ],
)
def test_a_step_that_makes_no_sense_is_told_at_its_field(signed_in, step, told, status):
    answer = signed_in("keeper").post(f"/atlas/boundaries/draft/{step}/", told)

    assert answer.status_code == status
    assert BoundaryVersion.objects.count() == 0


@pytest.mark.parametrize("username", ["desk", "urban", "grid", "verifier", "manager", "above"])
def test_others_read_the_versions_but_change_nothing(signed_in, username):
    address = drafted(signed_in("keeper"))
    client = signed_in(username)

    page = client.get(address)
    assert page.status_code == 200 and "核对无误,发布" not in page.content.decode()
    assert client.post(DRAFT, SPLIT).status_code == 403
    for verb in ("publish", "discard", "roll-back"):
        assert client.post(f"{address}{verb}/", {"rev": 1}).status_code == 403
    assert BoundaryVersion.objects.get().state == "draft"


def test_a_geojson_is_imported_without_script_and_bad_rows_are_named(signed_in):
    features = [
        {"type": "Feature", "properties": {"DM": "C1-SW", "MC": "西南小区"}, "geometry": square(113.50, 34.70, 0.01)},
        {"type": "Feature", "properties": {"MC": "没有代码"}, "geometry": square(113.52, 34.70, 0.01)},
    ]
    sent = SimpleUploadedFile(
        "界 <b>.geojson", json.dumps({"type": "FeatureCollection", "features": features}).encode()
    )
    told = {"file-file": sent, "file-system": "wgs84", "file-code": "DM", "file-name": "MC", "file-kind": "compound"}

    page = signed_in("keeper").post("/atlas/boundaries/draft/file/", told, follow=True).content.decode()

    assert "第 2 行" in page and "<b>" not in page
    assert [each["code"] for each in BoundaryVersion.objects.get().outlines] == ["C1-SW"]


def test_a_stale_form_is_told_so(signed_in):
    client = signed_in("keeper")
    address = drafted(client)
    version = BoundaryVersion.objects.get()
    told = {"merge-grid": "C2-NW", "merge-absorbed": "C2-NE", "merge-onto": version.ref, "merge-rev": version.rev}

    assert client.post("/atlas/boundaries/draft/merge/", told).status_code == 302
    assert client.post("/atlas/boundaries/draft/merge/", told).status_code in (404, 409)
    assert signed_in("leader").post(f"{address}publish/", {"rev": version.rev}).status_code == 409


def test_a_date_puts_it_off_and_it_can_be_put_away(signed_in):
    address = drafted(signed_in("keeper"))
    rev = BoundaryVersion.objects.get().rev

    page = (
        signed_in("keeper2")
        .post(f"{address}publish/", {"rev": rev, "valid_from": "2022-06-01"}, follow=True)
        .content.decode()
    )

    assert "已发布,待生效" in page
    assert signed_in("leader").post(f"{address}discard/").status_code == 302
    assert BoundaryVersion.objects.get().state == "discarded"


def test_the_cells_to_draw_on_have_six_decimals_and_the_flaws_beside_them(signed_in):
    client = signed_in("keeper")
    address = drafted(client)

    present, draft = client.get("/atlas/boundaries/cells.json").json(), client.get(f"{address}cells.json").json()

    assert len(present["cells"]["features"]) == 4 and len(draft["cells"]["features"]) == 5
    assert {each["properties"]["code"] for each in draft["cells"]["features"] if each["properties"]["changed"]} == {
        "C1-SW",
        "C1-SW2",
    }


def test_the_list_costs_the_same_however_many_versions(signed_in):
    client = signed_in("keeper")

    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    address = drafted(client)
    few, one = cost("/atlas/boundaries/"), cost(address)
    for number in range(6):
        drafted(client, **{"split-code": f"N{number}"})

    assert cost("/atlas/boundaries/") == few <= 20
    assert cost(address) == one <= 40
