"""Imports of what a street is set up with: units, people and posts, categories, routing table, calendar, grids."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gridloop.core.coordinates import wgs84_to_gcj02
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.cases.models import Case, Category, RoutingTable
from gridloop.offices.organisation.models import Holding, Person, Street, Unit
from gridloop.offices.supervision.models import CalendarVersion, Clock
from gridloop.offices.territory.models import Boundary, Grid
from gridloop.offices.territory.queries import atlas_of
from gridloop.site.checks import report_on
from gridloop.site.imports.calendar import import_calendar
from gridloop.site.keys import verifier_keys
from gridloop.site.tick import keep_books_of
from tests.sample import BEIJING, CODE, IN_SW, ROUTES, sample_street, square, who
from tests.shared_data import shared
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


@pytest.fixture
def sheet(tmp_path: Path) -> Any:
    """Writes a file and gives its path."""

    def write(text: str, name: str = "sheet.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def run(*words: object, exit_code: int = 0) -> Any:
    result = gridloop("import", *words, "--json")
    assert result.exit_code == exit_code, result.stdout + result.stderr
    told = document(result)
    assert {"kind", "read", "added", "existing", "rejected", "dry_run"} <= set(told)
    return told


def test_units_go_in_whatever_their_order_and_bad_rows_are_named(sheet: Any) -> None:
    file = sheet(
        "代码,名称,上级,属地兜底\nteam,二中队,station,\nstation,执法站,office,否\nodd,怪,office,也许\nlost,孤,nosuch,\n"
    )

    first, second = run("units", file, exit_code=1), run("units", file, exit_code=1)

    assert (first["added"], second["added"], second["existing"]) == (2, 0, 2)
    assert [(each["row"], each["column"]) for each in first["rejected"]] == [(4, "is_backstop"), (5, "parent")]
    assert Unit.objects.get(street=CODE, code="team").parent.code == "station"


def test_people_are_registered_and_appointed_once(sheet: Any) -> None:
    file = sheet(
        "工号,姓名,单位,电话,岗位代码,岗位名称,角色,网格\n"
        "Q1,卯新,urban,13800000000,URBAN-9,承办人,承办人,\n"  # a new person on a new post
        "Q1,卯新,urban,,GRID-C2,网格员,grid_worker,C2\n"  # the same person on a second post
        "P03,丙城管,urban,,URBAN-1,,,\n"  # holds it already
        "Q2,辰,nosuch,,,,,\n"  # no such unit
        "Q3,巳,urban,12,,,,\n"  # no phone number
        "P03,别人,urban,,,,,\n"  # the number is somebody else's
        "Q4,午,urban,,X-1,,大王,\n"  # no such role
    )

    first, second = run("people", file, exit_code=1), run("people", file, exit_code=1)

    assert (first["added"], first["existing"], second["added"], second["existing"]) == (2, 1, 0, 3)
    assert [(each["row"], each["column"]) for each in first["rejected"]] == [
        (5, "unit"),
        (6, "phone"),
        (7, "code"),
        (8, "role"),
    ]
    assert set(Holding.objects.filter(person__code="Q1").values_list("post__code", flat=True)) == {"URBAN-9", "GRID-C2"}
    assert not Person.objects.filter(code__in=["Q2", "Q3", "Q4"]).exists()
    assert who("grid").street == CODE


def test_the_real_category_tree_goes_in_once() -> None:
    file = shared("messages/categories_three_level.csv")

    first, second = run("categories", file), run("categories", file)

    assert (first["read"], first["added"]) == (517, 517)
    assert (second["added"], second["existing"]) == (0, 517)
    assert Category.objects.filter(street=CODE, path="环境保护").get().is_leaf is False


def test_a_category_with_a_gap_or_a_slash_is_rejected(sheet: Any) -> None:
    told = run("categories", sheet("一级分类,二级分类,三级分类\n甲,,丙\n甲,乙/丁,\n甲,乙,\n"), exit_code=1)

    assert told["added"] == 1
    assert [each["row"] for each in told["rejected"]] == [2, 3]


def routes_csv(rows: Any) -> str:
    lines = [
        ",".join(str(row.get(name, "")) for name in ("row", "category", "place", "unit", "profile", "reason"))
        for row in rows
    ]
    return "\n".join(["行,类别,地点,单位,时限方案,理由", *lines]) + "\n"


def test_a_routing_table_becomes_a_draft_that_a_second_person_publishes(sheet: Any) -> None:
    changed = [{**row, "unit": "economy"} if row["row"] == "R3" else row for row in ROUTES]
    file = sheet(routes_csv(changed))

    drafted = run("routes", file)
    again = run("routes", file)
    published = run("routes", file, "--publish-as", "P11", "--allow-holes")

    assert (drafted["added"], drafted["details"]["state"]) == (len(ROUTES), "draft")
    assert (again["added"], again["existing"], again["details"]["version"]) == (
        0,
        len(ROUTES),
        drafted["details"]["version"],
    )
    assert published["details"]["state"] == "published"
    assert RoutingTable.objects.get(street=CODE, version=drafted["details"]["version"]).published_by.startswith(
        "person:"
    )


def test_a_routing_table_with_a_fault_names_it_and_is_not_published(sheet: Any) -> None:
    file = sheet(
        routes_csv(
            [
                *ROUTES,
                {"row": "R9", "category": "环境保护", "unit": "urban", "profile": "1137"},
                {"row": "R10", "unit": "urban"},
            ]
        )
    )

    told = run("routes", file, exit_code=1)
    refused = gridloop("import", "routes", file, "--publish-as", "P11", "--allow-holes")

    assert [(each["row"], each["column"]) for each in told["rejected"]] == [(8, "profile")]
    assert [each["kind"] for each in told["details"]["findings"]] == ["tie"]
    assert refused.exit_code == 1 and "R9" in refused.stderr
    assert RoutingTable.objects.filter(street=CODE, state="published").count() == 1


HOLIDAYS_2027 = "日期,上班,名称\n2027-01-01,休,元旦\n2027-02-08,否,春节\n2027-02-14,上班,春节\n"


def test_a_new_year_is_merged_and_provisional_deadlines_are_issued_again(sheet: Any) -> None:
    filing = Filing(text="工地夜间噪音扰民", category="环境保护/噪音", source="phone", **IN_SW)
    friday = datetime(2027, 2, 5, 16, 0, tzinfo=BEIJING)
    case = file_case(by=who("desk"), at=friday, street=CODE, filing=filing).case
    before = Clock.objects.get(subject=case.subject, stage="accept")
    assert before.is_provisional

    first = import_calendar(sheet(HOLIDAYS_2027), at=friday, street=CODE).to_data()
    second = import_calendar(sheet(HOLIDAYS_2027), at=friday, street=CODE).to_data()

    after = Clock.objects.get(pk=before.pk)
    told = next(each for each in first["details"]["reissued"] if each["stage"] == "accept")
    assert (after.is_provisional, after.due_at) == (False, datetime(2027, 2, 9, 17, 30, tzinfo=BEIJING))
    assert (told["before"], told["after"]) == (before.due_at.isoformat(), after.due_at.isoformat())
    assert (first["added"], first["details"]["version"]) == (3, 2)
    assert (second["added"], second["existing"], second["details"]["reissued"]) == (0, 3, [])
    assert Entry.objects.filter(kind="clock.reissued", subject=case.subject).exists()
    before_the_tick = report_on([CODE], at=friday, verifier_keys=verifier_keys())
    keep_books_of(CODE, at=friday)
    after_the_tick = report_on([CODE], at=friday, verifier_keys=verifier_keys())
    assert before_the_tick["ok"] and after_the_tick["ok"]
    assert Case.objects.get(pk=case.pk).due_at == after.due_at


def test_a_rehearsed_calendar_moves_no_deadline(sheet: Any) -> None:
    told = run("calendar", sheet(HOLIDAYS_2027), "--dry-run")

    assert told["added"] == 3
    assert CalendarVersion.objects.filter(street=CODE).count() == 1
    assert not Entry.objects.filter(kind="calendar.published", payload__contains="2027").exists()


@pytest.mark.parametrize(
    "content",
    [
        {"year": 2027, "days": [{"date": "2027-01-01", "name": "元旦", "isOffDay": True}]},  # the shape others publish
        {"years": [{"year": 2027, "published": True, "exceptions": [["2027-01-01", False, "元旦"]]}]},  # our own
        [{"date": "2027-01-01", "name": "元旦", "is_workday": False}],  # a plain list
    ],
)
def test_a_calendar_may_come_as_json_in_three_shapes(content: Any, sheet: Any) -> None:
    told = run("calendar", sheet(json.dumps(content), "2027.json"))

    assert (told["added"], told["details"]["years"]) == (1, [2027])


def test_bad_days_are_named(sheet: Any) -> None:
    told = run(
        "calendar",
        sheet(
            "date,is_workday,name\n2027-02-30,0,无此日\n2027-01-01,maybe,元旦\n2027-01-02,0,元旦\n2027-01-02,0,元旦\n"
        ),
        exit_code=1,
    )

    assert [(each["row"], each["column"]) for each in told["rejected"]] == [(2, "date"), (3, "is_workday"), (5, "date")]
    assert told["added"] == 1


def features(*cells: tuple[str, str, Any]) -> str:
    listed = [
        {"type": "Feature", "properties": {"编码": code, "名称": name}, "geometry": geometry}
        for code, name, geometry in cells
    ]
    return json.dumps({"type": "FeatureCollection", "features": listed}, ensure_ascii=False)


def test_grids_come_from_geojson_with_dated_boundaries_and_are_known_again(sheet: Any) -> None:
    one = features(
        ("K1", "一格", square(113.60, 34.70, 0.01)),
        ("", "无码", square(113.6, 34.8, 0.01)),
        ("K2", "点", {"type": "Point", "coordinates": [1, 2]}),
    )
    moved = features(("K1", "一格", square(113.60, 34.70, 0.02)))
    options = ("--street", "sample", "--code", "编码", "--name", "名称", "--parent", "C1")

    first = run("grids", sheet(one, "grids.geojson"), *options, exit_code=1)
    second = run("grids", sheet(one, "grids.geojson"), *options, exit_code=1)
    third = run("grids", sheet(moved, "moved.geojson"), *options)

    assert (first["added"], first["details"]["boundaries_published"]) == (1, 1)
    assert [each["row"] for each in first["rejected"]] == [2, 3]
    assert (second["added"], second["existing"], second["details"]["boundaries_published"]) == (0, 1, 0)
    assert (third["existing"], third["details"]["boundaries_published"]) == (1, 1)
    assert Boundary.objects.filter(grid__code="K1").count() == 2
    assert Grid.objects.get(street=CODE, code="K1").parent.code == "C1"


def test_coordinates_of_another_system_are_kept_as_wgs84(sheet: Any) -> None:
    true = square(113.60, 34.70, 0.01)
    shifted = {"type": "Polygon", "coordinates": [[list(wgs84_to_gcj02(*point)) for point in true["coordinates"][0]]]}

    run(
        "grids",
        sheet(features(("K1", "一格", shifted)), "g.geojson"),
        "--code",
        "编码",
        "--name",
        "名称",
        "--crs",
        "gcj02",
    )

    cell = atlas_of(Street.objects.get(code=CODE)).locate(113.6001, 34.7001)
    assert cell is not None and cell.code == "K1"


def test_grids_come_from_csv_too_with_or_without_a_boundary(sheet: Any) -> None:
    file = sheet(
        '代码,名称,上级,类别,边界\nK1,一格,C1,小区楼院,"POLYGON((1 1,2 1,2 2,1 1))"\nK2,二格,C1,,\nK3,三格,C1,,围墙\nK4,四格,nosuch,,\n'
    )

    told = run("grids", file, exit_code=1)

    assert (told["added"], told["details"]["boundaries_published"]) == (2, 1)
    assert [(each["row"], each["column"]) for each in told["rejected"]] == [(4, "boundary"), (5, "code")]


LONG = "长" * 5000


@pytest.mark.parametrize(
    ("kind", "text", "faults"),
    [
        (
            "units",
            f"代码,名称,电话\nu1,{LONG},\n{'x' * 500},甲,\nu3,甲,{'1' * 300}\nu4,好,\n",
            ["name", "code", "phone"],
        ),
        (
            "people",
            f"工号,姓名,单位,邮箱,岗位代码,岗位名称,角色\np1,{LONG},office,,,,\n{'p' * 300},甲,office,,,,\np3,甲,office,{'a' * 300}@b.cn,,,\n"
            f"p4,甲,office,,D4,{LONG},核查员\np5,好,office,,,,\n",
            ["name", "code", "email", "title"],
        ),
        ("grids", f"代码,名称\n{'x' * 300},甲\ng2,{LONG}\ng3,好\n", ["code", "name"]),
        ("categories", f"路径\n{LONG}\n好\n", ["path"]),
        (
            "routes",
            f"行,单位,时限方案,岗位,类别,地点\n{'R' * 300},office,san_bu_guo,,,\nR2,office,san_bu_guo,{'D' * 300},,\n"
            f"R3,office,san_bu_guo,,{LONG},\nR4,office,san_bu_guo,,,410102\n",
            ["row", "post", "category"],
        ),
        (
            "divisions",
            f"code,name,area_code,area_name\n410102991,{LONG},410102,区\n410102992,好街道,410102,区\n",
            ["name"],
        ),
        ("messages", f"编号,主题,时间,内容\n{'1' * 300},a,2022-05-01,路灯不亮\n2,{LONG},2022-05-01,路灯不亮\n", ["id"]),
    ],
)
def test_what_no_column_can_hold_is_named_and_the_rest_goes_in(
    kind: str, text: str, faults: list[str], sheet: Any
) -> None:
    told = run(kind, sheet(text), exit_code=1)

    assert [each["column"] for each in told["rejected"]] == faults
    assert told["added"] == 1


def test_null_characters_are_left_out(sheet: Any) -> None:
    run("units", sheet("代码,名称\nu\x001,甲\x00单位\n"))

    assert Unit.objects.get(code="u1").name == "甲单位"


def test_headers_may_be_in_capitals(sheet: Any) -> None:
    run("units", sheet("Code,NAME\nu1,甲单位\n"))

    assert Unit.objects.get(code="u1").name == "甲单位"


def test_a_boundary_that_is_not_in_degrees_is_named(sheet: Any) -> None:
    feature = {
        "type": "Feature",
        "properties": {"code": "G1", "name": "甲"},
        "geometry": square(38_400_000.0, 3_844_000.0, 100.0),
    }
    file = sheet(json.dumps({"type": "FeatureCollection", "features": [feature]}), "metres.geojson")

    told = run("grids", file, exit_code=1)

    assert "WGS-84" in told["rejected"][0]["reason"]
    assert not Grid.objects.filter(code="G1").exists()


@pytest.mark.parametrize("text", ["", "甲,乙\n1,2\n"])
def test_a_routing_table_without_its_columns_is_wrong_use(text: str, sheet: Any) -> None:
    result = gridloop("import", "routes", sheet(text), "--json")

    assert result.exit_code == 2
    assert document(result)["error"]["code"] == "import.no_column"


def test_a_routing_table_that_does_not_hold_is_drafted_and_said_to_be_not_fine(sheet: Any) -> None:
    told = run("routes", sheet("行,类别,单位,时限方案\nR1,企业服务,nosuch,san_bu_guo\n"), exit_code=1)

    assert (told["rejected"], told["added"], told["details"]["state"]) == ([], 1, "draft")
    assert "unknown_unit" in {each["kind"] for each in told["details"]["findings"]}
