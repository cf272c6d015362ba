"""``gridloop import divisions``: the real tree, once, with bad rows named and a rehearsal that leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.organisation.models import Street, Unit
from gridloop.offices.territory.models import Grid
from tests.shared_data import shared
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.django_db


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "divisions.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_the_real_district_gets_14_streets_and_157_communities_once() -> None:
    file = shared("divisions/zhongyuan_communities.csv")

    first = document(gridloop("import", "divisions", file, "--json"))
    second = document(gridloop("import", "divisions", file, "--json"))

    assert (first["read"], first["added"], first["existing"], first["rejected"]) == (157, 157, 0, [])
    assert (second["added"], second["existing"]) == (0, 157)
    assert Street.objects.count() == 14
    assert Grid.objects.filter(level=1).count() == 14
    assert Grid.objects.filter(level=2).count() == 157
    village = Grid.objects.get(name="小岗刘村委会")
    assert (village.kind, village.parent.level, village.path) == (
        "village",
        1,
        f"410102/{village.street}/{village.code}",
    )
    assert Unit.objects.get(street="410102013", code="office").name == "莲湖街道办事处"


def test_a_rehearsal_says_what_would_happen_and_writes_nothing() -> None:
    told = document(
        gridloop("import", "divisions", shared("divisions/zhongyuan_communities.csv"), "--dry-run", "--json")
    )

    assert (told["added"], told["dry_run"]) == (157, True)
    assert Street.objects.count() == Grid.objects.count() == 0


def test_an_imported_street_takes_a_case_as_soon_as_its_desk_is_held(tmp_path: Path) -> None:
    file = write(
        tmp_path, "code,name,area_code,area_name\n410102990,柳荫街道,410102,中原区\n410103991,柳荫镇,410103,二七区\n"
    )
    people = tmp_path / "people.csv"
    people.write_text("工号,姓名,单位,岗位代码,角色\nP1,甲受理,office,DESK,值班受理岗\n", encoding="utf-8")

    assert gridloop("import", "divisions", file).exit_code == 0
    assert gridloop("import", "people", people, "--street", "410102990").exit_code == 0
    case = file_case(
        by=SYSTEM, at=timezone.now(), street="410102990", filing=Filing(text="路灯不亮", source="phone")
    ).case

    assert (case.lead.name, case.first_contact.name) == ("柳荫街道办事处", "甲受理")
    assert Unit.objects.get(street="410103991").name == "柳荫镇人民政府"


def test_bad_rows_are_named_and_the_good_ones_go_in(tmp_path: Path) -> None:
    rows = (
        "代码,名称,街道代码,街道名称,区划代码,区县名称\n"
        "410102990001,一社区,410102990,柳荫街道,410102,中原区\n"  # good
        "41010299000,短社区,410102990,柳荫街道,410102,中原区\n"  # one digit short
        "410103001001,别处社区,410102990,柳荫街道,410102,中原区\n"  # not below its street
        "410102990002,,410102990,柳荫街道,410102,中原区\n"  # no name
        "410199001001,怪社区,410199001,怪街道,410102,中原区\n"  # street not below its district
        "410102990003,三村委会,410102990,柳荫街道,410102,中原区\n"  # good
    )

    result = gridloop("import", "divisions", write(tmp_path, rows, "gb18030"), "--json")

    told = document(result)
    assert result.exit_code == 1
    assert (told["read"], told["added"]) == (6, 2)
    assert [each["row"] for each in told["rejected"]] == [3, 4, 5, 6]
    assert all(each["column"] and each["reason"] for each in told["rejected"])
    assert sorted(Grid.objects.filter(level=2).values_list("name", "kind")) == [
        ("一社区", "community"),
        ("三村委会", "village"),
    ]


def test_the_tree_shows_what_was_imported(tmp_path: Path) -> None:
    rows = (
        "code,name,street_code,street_name,area_code,area_name\n410102990001,一社区,410102990,柳荫街道,410102,中原区\n"
    )
    gridloop("import", "divisions", write(tmp_path, rows))

    told, drawn = document(gridloop("tree", "--json")), gridloop("tree")

    assert [grid["code"] for grid in told["streets"][0]["grids"]] == ["410102990", "410102990001"]
    assert "柳荫街道 410102990" in drawn.stdout and "一社区 410102990001" in drawn.stdout


def test_a_file_without_its_columns_is_wrong_use(tmp_path: Path) -> None:
    assert gridloop("import", "divisions", write(tmp_path, "a,b\n1,2\n")).exit_code == 2
