"""``gridloop route trace``: of a case, of given facts in a street, of given facts on a table from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gridloop.offices.cases.actions import Filing, file_case
from tests.sample import CODE, IN_NE, IN_SW, MONDAY, sample_street, who
from tests.site.command_line import document, gridloop

TABLE = "行,类别,地点,时段,单位,时限方案\nR1,城乡建设,,,CG,san_bu_guo\nR2,城乡建设/绿化,,夜间,YL,1137\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "routes.csv"
    path.write_text(TABLE, encoding="gb18030")
    return path


def trace(*words: object) -> Any:
    result = gridloop("route", "trace", *words, "--json")
    assert result.exit_code == 0, result.stdout
    return document(result)


def test_the_document_has_the_shape_others_script_against(table: Path) -> None:
    told = trace("--facts", '{"category": "城乡建设/绿化", "time_class": "night"}', "--table", table)

    assert set(told) == {"unit", "profile", "reason", "rows"}
    assert (told["unit"], told["profile"]) == ("YL", "1137")
    assert [(row["row"], row["won"]) for row in told["rows"]] == [("R2", True), ("R1", False), ("属地兜底", False)]
    assert all(set(row) == {"row", "won", "why"} and row["why"] for row in told["rows"])


def test_facts_may_be_said_in_chinese_as_in_a_table(table: Path) -> None:
    told = trace("--facts", '{"category": "城乡建设/绿化", "time_class": "夜间"}', "--table", table)

    assert told["unit"] == "YL"


def test_facts_may_come_from_a_file(table: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"category": "教育"}), encoding="utf-8")

    told = trace("--facts", f"@{facts}", "--table", table)

    assert told["rows"] == [{"row": "属地兜底", "won": True, "why": told["rows"][0]["why"]}]


@pytest.mark.parametrize("facts", ["{", "[]", '{"category": 1}', '{"nosuch": "x"}', "@nosuch.json"])
def test_facts_that_are_none_are_wrong_use(facts: str, table: Path) -> None:
    assert gridloop("route", "trace", "--facts", facts, "--table", table).exit_code == 2


def test_a_table_file_with_a_bad_row_or_a_tie_is_refused_by_name(tmp_path: Path) -> None:
    bad, tied = tmp_path / "bad.csv", tmp_path / "tied.csv"
    bad.write_text("行,类别,单位,时限方案\nR1,城乡建设,,san_bu_guo\n", encoding="utf-8")
    tied.write_text("行,类别,单位,时限方案\nR1,城乡建设,A,san_bu_guo\nR2,城乡建设,B,san_bu_guo\n", encoding="utf-8")

    for file, said in ((bad, "unit"), (tied, "R2")):
        result = gridloop("route", "trace", "--facts", "{}", "--table", file)
        assert result.exit_code == 2
        assert said in result.stderr


@pytest.mark.django_db
def test_a_case_is_traced_by_its_number_or_its_ref() -> None:
    sample_street()
    filing = Filing(text="河畔花园路灯不亮", category="城乡建设/市政设施/路灯", source="manager", **IN_NE)
    case = file_case(by=who("manager"), at=MONDAY, street=CODE, filing=filing).case

    by_number, by_ref = trace(case.number), trace(case.ref, "--street", "sample")

    assert by_number == by_ref
    assert by_number["unit"] == "housing"
    assert [row["row"] for row in by_number["rows"]] == ["R5", "R1", "属地兜底"]


@pytest.mark.django_db
def test_facts_in_a_street_may_name_a_cell_and_a_short_category() -> None:
    sample_street()

    told = trace("--facts", '{"category": "漏水", "place": "C1-SW"}', "--at", "2022-05-23T10:00")

    assert told["unit"] == "housing"
    assert told["rows"][0]["row"] == "R2"


@pytest.mark.django_db
def test_a_case_that_does_not_exist_is_wrong_use_with_a_sentence() -> None:
    sample_street()
    case = file_case(
        by=who("desk"), at=MONDAY, street=CODE, filing=Filing(text="路灯不亮", source="phone", **IN_SW)
    ).case

    for named in ("20220523-999999", f"20200101-{case.pk:06d}", "nosuch", "99999999999999999999-1"):
        result = gridloop("route", "trace", named)
        assert result.exit_code == 2, named
        assert "没有编号" in result.stderr
