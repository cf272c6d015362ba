"""``gridloop check-codes``: numbers of a file, one a line, in the encodings people have; one wrong character is always found."""

from __future__ import annotations

import csv
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
