"""``gridloop check-codes``: numbers of a file, one a line, in the encodings people have; one wrong character is always found."""

from __future__ import annotations

import csv
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from gridloop.core.identity import check_id_number, check_uscc, complete_uscc
from tests.firms import code_of
from tests.shared_data import shared
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.pure
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NEVER = "IOSVZ*-. 一"


def codes(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "codes.txt"
    path.write_bytes(text.encode(encoding))
    return path


def test_valid_and_invalid_codes_are_told_apart_with_line_and_reason(tmp_path: Path) -> None:
    wrong = code_of(2)[:-1] + ("A" if code_of(2)[-1] != "A" else "B")

    result = gridloop("check-codes", "--kind", "uscc", codes(tmp_path, f"{code_of(1)}\n\n{wrong}\n1234\n"), "--json")

    assert result.exit_code == 1
    found = document(result)
    assert found["valid"] == 1
    assert [(each["line"], each["value"]) for each in found["invalid"]] == [(3, wrong), (4, "1234")]
    assert "校验码不符" in found["invalid"][0]["why"]


def test_a_file_of_valid_codes_is_fine(tmp_path: Path) -> None:
    result = gridloop("check-codes", "--kind", "uscc", codes(tmp_path, f"{code_of(1)}\n{code_of(2)}"), "--json")

    assert result.exit_code == 0
    assert document(result) == {"kind": "uscc", "valid": 2, "invalid": [], "warnings": []}


# encoding and how the lines are written
WRITTEN = [
    ("utf-8-sig", "{}\n"),
    ("gb18030", "{},示例机械厂\n"),
    ("utf-16", "{}\r\n"),
    ("utf-8", "{}\r"),
    ("utf-8", '"{}","示例,机械厂"\n'),
    ("utf-8", "{}\t示例\n"),
    ("utf-8", "  {}  \n"),
    ("utf-8", "'{}\n"),  # how spreadsheets keep long numbers as text
    ("utf-8", '="{}"\n'),
    ("gb18030", "统一社会信用代码,企业名称\n{},示例机械厂\n"),
]


@pytest.mark.parametrize(("encoding", "line"), WRITTEN)
def test_codes_are_found_however_the_file_was_written(tmp_path: Path, encoding: str, line: str) -> None:
    result = gridloop("check-codes", "--kind", "uscc", codes(tmp_path, line.format(code_of(1)), encoding), "--json")

    assert (document(result)["valid"], document(result)["invalid"]) == (1, [])


def test_wrong_use_ends_with_two(tmp_path: Path) -> None:
    assert gridloop("check-codes", "--kind", "uscc", tmp_path / "absent.txt", "--json").exit_code == 2
    assert gridloop("check-codes", "--kind", "passport", codes(tmp_path, "1"), "--json").exit_code == 2
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\xff\xff\xff\x81")
    assert gridloop("check-codes", "--kind", "uscc", garbage, "--json").exit_code == 2


def test_a_legacy_number_is_valid_as_such_and_told(tmp_path: Path) -> None:
    result = gridloop("check-codes", "--kind", "uscc", codes(tmp_path, "410102000000001\n"), "--json")

    assert result.exit_code == 0
    assert (document(result)["valid"], len(document(result)["warnings"])) == (1, 1)


# kind, number, valid?
OTHERS = [
    ("id-card", "11010519491231002X", True),
    ("id-card", "11010519491231002x", True),
    ("id-card", "110105194912310021", False),
    ("id-card", "110105202912310021", False),
    ("division", "410102013", True),
    ("division", "410102013204", True),
    ("division", "4101020", False),
    ("division", "991302013", False),
]


@pytest.mark.parametrize(("kind", "number", "valid"), OTHERS)
def test_identity_numbers_and_division_codes_are_checked_too(
    tmp_path: Path, kind: str, number: str, valid: bool
) -> None:
    result = gridloop("check-codes", "--kind", kind, codes(tmp_path, number), "--on", "2022-05-29", "--json")

    assert document(result)["valid"] == int(valid)


def test_on_a_screen_identity_numbers_are_masked(tmp_path: Path) -> None:
    result = gridloop("check-codes", "--kind", "id-card", codes(tmp_path, "110105194912310021"))

    assert "19491231" not in result.output
    assert "第 1 行" in result.stderr


bodies = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text(string.digits, min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)


@given(bodies, st.integers(0, 17), st.characters())
def test_one_wrong_character_of_a_credit_code_is_always_found(body: str, at: int, other: str) -> None:
    good = complete_uscc(body)
    mutated = good[:at] + other + good[at + 1 :]

    check = check_uscc(mutated)

    assert check_uscc(good).valid
    assert not check.valid or check.value == good  # the same character in small or full-width letters is no mutation


def test_every_single_mutation_of_the_real_codes_is_rejected() -> None:
    with shared("enterprises/zhongyuan_300.csv").open(encoding="utf-8-sig", newline="") as file:
        real = [row["统一社会信用代码"] for row in csv.DictReader(file)]

    accepted = [
        (good, mutated)
        for good in real
        for at in range(18)
        for other in ALPHABET + NEVER
        if other != good[at] and check_uscc(mutated := good[:at] + other + good[at + 1 :]).valid
    ]

    assert len(real) == 300
    assert all(check_uscc(good).valid for good in real)
    assert accepted == []


@given(st.integers(0, 17), st.characters())
def test_one_wrong_character_of_an_identity_number_is_always_found(at: int, other: str) -> None:
    from datetime import date

    good = "11010519491231002X"
    check = check_id_number(good[:at] + other + good[at + 1 :], on=date(2022, 5, 29))

    assert not check.valid or check.value == good


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_mark_in_the_middle_of_a_code_is_a_slip_and_not_the_edge_of_a_cell(tmp_path: Path, mark: str) -> None:
    body = next(body for body in (f"9141010{n:010d}" for n in range(100, 10**4)) if complete_uscc(body).isdigit())
    right = complete_uscc(body)
    slips = [right[:at] + mark + right[at + 1 :] for at in range(18)]

    result = gridloop("check-codes", "--kind", "uscc", codes(tmp_path, "\n".join([right, *slips])), "--json")

    found = document(result)
    assert found["valid"] == 1 and [each["line"] for each in found["invalid"]] == list(range(2, 20))


def test_every_single_mutation_of_made_codes_and_old_numbers_is_found() -> None:
    """Of an old number, whose check digit is not always kept, it is told as a doubt; what is no digit is refused."""
    made = [complete_uscc(f"{'159N'[n % 4]}{'12A'[n % 3]}410102MA{n * 7919 % 10**7:07d}") for n in range(60)]
    old = [next(code for last in range(10) if not check_uscc(code := f"4101021{n * 7919 % 10**7:07d}{last}").warning) for n in range(60)]  # fmt: skip

    for good in [*made, *old]:
        for at in range(len(good)):
            for other in ALPHABET + NEVER:
                if other == good[at]:
                    continue
                check = check_uscc(good[:at] + other + good[at + 1 :])
                assert not check.valid or (check.kind == "legacy" and check.warning), (good, at, other)


# number, what is said of it; empty where it is fine
DIVISIONS = [
    ("410102", ""),
    ("410102014", ""),
    ("410102014205", ""),
    ("410102014000", ""),  # a sub-district in twelve digits
    ("410000000000", ""),
    ("419001001", ""),  # ruled by the province itself
    ("441900003", ""),  # a city without counties
    ("441900003001", ""),
    ("410102014 ", ""),
    ("４１０１０２０１４", ""),  # full-width digits
    ("4101 0201 4205", ""),
    ("410100014", "上级代码为零"),  # a sub-district under a city that has counties
    ("410100014205", "上级代码为零"),
    ("410002014", "上级代码为零"),
    ("410102000205", "上级代码为零"),
    ("160102014", "省级代码“16”不存在"),
    ("990102014", "省级代码“99”不存在"),
    ("830102014", "省级代码“83”不存在"),  # begins a permit, no division
    ("417502014", "市级代码“75”没有分配"),
    ("4101", "6 位、9 位或 12 位"),
    ("41010201", "6 位、9 位或 12 位"),
    ("4101020142", "6 位、9 位或 12 位"),
    ("4101020142051", "6 位、9 位或 12 位"),
    ("41010201A", "6 位、9 位或 12 位"),
    ("41010201O", "6 位、9 位或 12 位"),
    ("410102014.0", "表格软件加的"),
    ("4.10102E+11", "科学计数法"),
]


@pytest.mark.parametrize(("number", "said"), DIVISIONS)
def test_a_division_code_is_looked_at_level_by_level(tmp_path: Path, number: str, said: str) -> None:
    found = document(gridloop("check-codes", "--kind", "division", codes(tmp_path, number), "--json"))

    assert (found["valid"], len(found["invalid"])) == ((1, 0) if not said else (0, 1))
    assert said in "".join(each["why"] for each in found["invalid"]) and found["warnings"] == []


@pytest.mark.parametrize(("number", "said"), [("410102814", "第 7 位"), ("410102014705", "第 10 位")])
def test_a_kind_of_place_that_the_standard_does_not_know_is_a_doubt(tmp_path: Path, number: str, said: str) -> None:
    found = document(gridloop("check-codes", "--kind", "division", codes(tmp_path, number), "--json"))

    assert found["valid"] == 1 and said in found["warnings"][0]["why"]


def test_a_division_lies_under_what_its_own_row_names(tmp_path: Path) -> None:
    text = (
        "code,name,street_code,area_code,邮编\n410102014205,甲社区,410102014,410102,450000\n"
        "410102013205,乙社区,410102014,410102,450000\n410103014205,丙社区,410103014,410102000000,450000\n410102014207,丁社区,,0371,\n"
    )

    found = document(gridloop("check-codes", "--kind", "division", codes(tmp_path, text, "utf-8-sig"), "--json"))

    assert [(each["line"], each["value"]) for each in found["invalid"]] == [(3, "410102013205"), (4, "410103014205")]
    assert "“410102014”之下" in found["invalid"][0]["why"] and found["valid"] == 2


@pytest.mark.parametrize("header", ["code", "区划代码(12位)", "统计用区划代码", "Division Code", "CODE"])
def test_a_header_is_passed_over_whatever_it_calls_the_code(tmp_path: Path, header: str) -> None:
    found = document(
        gridloop("check-codes", "--kind", "division", codes(tmp_path, f"\n{header}\n\n410102014\n甲\n"), "--json")
    )

    assert found["valid"] == 1 and [each["line"] for each in found["invalid"]] == [5]


def test_a_workbook_is_read_by_its_first_column(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["区划代码", "名称"],
        [410102014, "甲街道"],
        ["410102014205", "甲社区"],
        [None, "空"],
        ["16010201", "乙"],
    ):
        sheet.append(row)
    path = tmp_path / "codes.xlsx"
    book.save(path)

    found = document(gridloop("check-codes", "--kind", "division", path, "--json"))

    assert (found["valid"], [each["line"] for each in found["invalid"]]) == (2, [5])
