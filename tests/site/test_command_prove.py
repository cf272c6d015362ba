"""``gridloop route prove``: a street's table, a draft against a street, and files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from gridloop.offices.organisation.models import Holding
from tests.offices.test_cases_scope import OTHER, found_other_street
from tests.sample import CODE, MONDAY, sample_street
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
    code, told = proved(files, SOUND)

    assert (code, told["ok"], told["failures"], told["unproved"]) == (0, True, [], ["staffed"])
    assert told["journey"] == {"assignments": 4, "returns": 3, "escalations": 1}


MANNED = """unit,name,parent,backstop,authority,post,holder,substitute,hours
office,街道办,,yes,,DESK,甲,,24h
urban,城管中队,office,,,,乙,,08:00-20:00
urban,城管中队,office,,,,丙,,20:00-08:00
environment,环保站,office,,,,,丁,全天
bureau,区城管局,,,yes,,戊,,
"""
ENGLISH = """rule_id,category_prefix,place_prefix,time_class,next_hop,escalate_to,order
R1,城乡建设,,,urban,,0
R2,城乡建设/路灯,410102/410102013/C1,,urban,bureau,0
R3,环境保护,,night,environment,,0
R4,环境保护,,work|holiday,environment,,0
"""


def by_files(files: Path, table: str, units: str, *, suffix: str = "csv", encoding: str = "utf-8") -> tuple[int, Any]:
    (files / f"t.{suffix}").write_text(table, encoding=encoding)
    (files / "u.csv").write_text(units, encoding=encoding)
    words = [
        "--table",
        files / f"t.{suffix}",
        "--categories",
        files / "categories.csv",
        "--places",
        files / "places.csv",
        "--units",
        files / "u.csv",
    ]
    result = gridloop("route", "prove", *words, "--json")
    return result.exit_code, document(result)


def test_english_heads_minimal_columns_and_who_is_on_duty_are_understood(files: Path) -> None:
    code, told = by_files(files, ENGLISH, MANNED)

    assert (code, told["failures"], told["unproved"]) == (0, [], ["timed"])  # no row names a profile


# what is altered in the units, and what the sentence says
UNMANNED = [
    ("丙,,20:00-08:00", "丙,,21:00-08:00", "没有人在岗"),
    ("丙,,20:00-08:00", "空缺,,20:00-08:00", "没有人在岗"),
    ("丁,全天", "无,全天", "没有人在岗"),
]


@pytest.mark.parametrize(("said", "instead", "words"), UNMANNED)
def test_an_hour_without_anyone_is_found_in_the_units_file(files: Path, said: str, instead: str, words: str) -> None:
    code, told = by_files(files, ENGLISH, MANNED.replace(said, instead))

    assert code == 1 and {each["property"] for each in told["failures"]} == {"staffed"}
    assert words in told["failures"][0]["sentence"] and told["failures"][0]["counter_example"]["at"]


def test_a_roster_with_dates_is_looked_at_from_its_first_to_its_last_day(files: Path) -> None:
    roster = "代码,属地兜底,在岗,自,至\noffice,是,甲,2022-05-01,2022-06-01\nurban,,乙,2022-05-01,2022-05-20\nurban,,丙,2022-05-21,2022-06-01\nenvironment,,丁,2022-05-01,2022-06-01\nbureau,是,戊,2022-05-01,2022-06-01\n"

    code, told = by_files(files, ENGLISH, roster)

    (gap,) = told["failures"]
    assert code == 1 and gap["property"] == "staffed" and gap["counter_example"]["at"] == "2022-05-20T00:00:00+08:00"


def test_returns_without_a_limit_are_no_end(files: Path) -> None:
    units = MANNED.replace("hours\n", "hours,max_returns\n").replace("乙,,08:00-20:00", "乙,,08:00-20:00,不限")

    code, told = by_files(files, ENGLISH, units)

    assert code == 1 and {(each["property"], each["row"]) for each in told["failures"]} == {
        ("no_loops", "R1"),
        ("no_loops", "R2"),
    }
    assert "退回" in told["failures"][0]["sentence"] and told["journey"] is None


def test_a_cell_that_cannot_be_read_is_named_by_its_row(files: Path) -> None:
    assert by_files(files, ENGLISH, MANNED.replace("20:00-08:00", "晚上"))[0] == 2
    assert by_files(files, ENGLISH, MANNED.replace("20:00-08:00", "20:00-33:00"))[0] == 2


def test_workbooks_tabs_and_columns_of_levels_are_read(files: Path) -> None:
    book = Workbook()
    for line in ENGLISH.splitlines():
        book.active.append(line.split(","))
    book.save(files / "t.xlsx")
    (files / "levels.csv").write_text(
        "一级分类;二级分类\n城乡建设;路灯\n城乡建设;道路\n环境保护;噪音\n", encoding="utf-16"
    )
    (files / "grids.csv").write_text(
        "code\tparent\n410102013\t410102\nC1\t410102013\nC2\t410102013\n410102\t\n", encoding="utf-8"
    )
    (files / "u.csv").write_text(MANNED, encoding="utf-8")

    result = gridloop("route", "prove", "--table", files / "t.xlsx", "--categories", files / "levels.csv", "--places", files / "grids.csv", "--units", files / "u.csv", "--json")  # fmt: skip

    assert document(result)["failures"] == []


def test_without_units_or_trees_what_the_rows_say_alone_is_still_judged(files: Path) -> None:
    (files / "t.csv").write_text("行,单位,提级到\nR1,a,b\nR2,b,a\n", encoding="utf-8")

    told = document(
        gridloop("route", "prove", "--table", files / "t.csv", "--categories", files / "categories.csv", "--json")
    )

    assert {each["property"] for each in told["failures"]} == {"unambiguous", "no_loops"}
    assert told["unproved"] == ["total", "no_shadowed_row", "no_loops", "staffed", "timed"]


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

    assert gridloop("route", "prove", "--categories", files / "categories.csv").exit_code == 2
    assert gridloop("route", "prove", "--table", files / "table.csv", "--units", files / "units.csv", "--street", "sample").exit_code == 2  # fmt: skip
    assert gridloop("route", "prove", "--table", files / "table.csv", "--categories", files / "categories.csv", "--places", files / "places.csv").exit_code == 2  # fmt: skip


@pytest.mark.django_db
def test_the_table_of_a_street_is_proved_on_its_own_ground() -> None:
    sample_street()

    result = gridloop("route", "prove", "--street", "sample", "--json")
    told = document(result)

    assert (told["failures"], told["unproved"]) == ([], [])


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


@pytest.mark.django_db
def test_without_a_street_every_street_is_proved_and_a_failure_names_its_own() -> None:
    sample_street()
    found_other_street()

    sound = gridloop("route", "prove", "--json")
    Holding.objects.filter(post__unit__code="urban", post__unit__street=OTHER).update(ends_at=MONDAY)
    told = gridloop("route", "prove", "--json")

    assert set(document(sound)["streets"]) == {CODE, OTHER}
    assert CODE not in {each["street"] for each in document(sound)["failures"]}
    assert told.exit_code == 1 and not document(told)["ok"]
    assert {each["street"] for each in document(told)["failures"] if each["property"] == "staffed"} == {OTHER}
