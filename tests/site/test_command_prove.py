"""``gridloop route prove``: a street's table, a draft against a street, and files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridloop.offices.organisation.models import Holding
from tests.sample import MONDAY, sample_street
from tests.site.command_line import document, gridloop

CATEGORIES = "类别路径\n城乡建设/路灯\n城乡建设/道路\n环境保护/噪音\n"
PLACES = "地点\n410102/410102013/C1\n410102/410102013/C2\n"
UNITS = "代码,名称,上级,属地兜底,上级部门\noffice,街道办,,是,\nurban,城管中队,office,,\nenvironment,环保站,office,,\nbureau,区城管局,,,是\n"
HEAD = "行,类别,地点,时段,单位,时限方案,优先序,提级到\n"
SOUND = ["R1,城乡建设,,,urban,san_bu_guo,,", "R2,城乡建设/路灯,410102/410102013/C1,,urban,san_bu_guo,,bureau",
         "R3,环境保护,,夜间,environment,1137,,", "R4,环境保护,,工作时间|节假日,environment,1137,,"]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("categories", CATEGORIES), ("places", PLACES), ("units", UNITS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return tmp_path


def proved(files: Path, rows: list[str], *, units: str = UNITS) -> tuple[int, Any]:
    (files / "table.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="gb18030")
    (files / "units.csv").write_text(units, encoding="utf-8")
    words = [
        part for name in ("table", "categories", "places", "units") for part in (f"--{name}", files / f"{name}.csv")
    ]
    result = gridloop("route", "prove", *words, "--json")
    return result.exit_code, document(result)


def test_a_sound_table_is_proved_from_files_alone(files: Path) -> None:
    assert proved(files, SOUND) == (0, {"ok": True, "failures": [], "unproved": ["staffed"]})


# the rows, and which property fails at which row
FAULTS = [
    (SOUND[1:], "total", ""),
    ([*SOUND[:3], "R4,环境保护,,工作时间,environment,1137,,"], "total", ""),
    ([*SOUND, "R5,城乡建设,,,environment,san_bu_guo,,"], "unambiguous", "R1"),
    ([*SOUND, "R5,城乡建设,,,nobody,san_bu_guo,9,"], "unambiguous", "R5"),
    ([*SOUND, "R5,没有的类别,,,urban,san_bu_guo,,"], "unambiguous", "R5"),
    ([*SOUND, "R5,城乡建设,,,urban,san_bu_guo,9,"], "no_shadowed_row", "R5"),
    ([*SOUND, "R5,城乡建设/路灯,,,urban,san_bu_guo,,", "R6,城乡建设/道路,,,urban,san_bu_guo,,"], "no_shadowed_row", "R1"),
    ([*SOUND[:2], "R3,环境保护,,夜间,environment,1137,,urban", SOUND[3], "R5,环境保护/噪音,,夜间,urban,1137,,environment"], "no_loops", "R3"),
    ([*SOUND, "R5,城乡建设/道路,,,urban,nosuch,,"], "timed", "R5"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "failing", "label"), FAULTS)
def test_each_fault_is_named_with_its_row_and_a_sentence(
    files: Path, rows: list[str], failing: str, label: str
) -> None:
    code, told = proved(files, rows)

    found = [each for each in told["failures"] if each["property"] == failing]
    assert code == 1 and not told["ok"]
    assert found and found[0]["row"] == label
    assert set(found[0]) == {"property", "row", "counter_example", "sentence"} and found[0]["sentence"]


def test_units_that_are_each_others_parents_are_a_loop(files: Path) -> None:
    code, told = proved(files, SOUND, units=UNITS.replace("城管中队,office", "城管中队,environment").replace("环保站,office", "环保站,urban"))  # fmt: skip

    assert code == 1 and {each["property"] for each in told["failures"]} == {"no_loops"}


def test_a_bad_row_and_half_the_files_are_wrong_use(files: Path) -> None:
    (files / "table.csv").write_text(HEAD + "R1,城乡建设,,,,,,\n", encoding="utf-8")

    assert (
        gridloop("route", "prove", "--table", files / "table.csv", "--categories", files / "categories.csv").exit_code
        == 2
    )
    assert gridloop("route", "prove", "--table", files / "table.csv", "--categories", files / "categories.csv", "--places", files / "places.csv").exit_code == 2  # fmt: skip


@pytest.mark.django_db
def test_the_table_of_a_street_is_proved_on_its_own_ground() -> None:
    sample_street()

    result = gridloop("route", "prove", "--street", "sample", "--json")
    told = document(result)

    assert told["unproved"] == []
    assert [each["sentence"] for each in told["failures"] if each["property"] in ("no_loops", "staffed", "timed", "unambiguous")] == []  # fmt: skip


@pytest.mark.django_db
def test_an_unstaffed_next_hop_is_named_with_the_moment() -> None:
    sample_street()
    Holding.objects.filter(post__unit__code="urban").update(ends_at=MONDAY)

    told = document(gridloop("route", "prove", "--street", "sample", "--json"))

    staffed = [each for each in told["failures"] if each["property"] == "staffed"]
    assert staffed and staffed[0]["counter_example"]["at"] and "没有人在岗" in staffed[0]["sentence"]


@pytest.mark.django_db
def test_people_read_which_properties_hold() -> None:
    sample_street()

    printed = gridloop("route", "prove", "--street", "sample").stdout

    assert "不漏" in printed and "有人" in printed
