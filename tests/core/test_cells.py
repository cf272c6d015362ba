"""Cells of a table: every encoding that a CSV comes in is read, and what goes out runs nowhere and comes back as it was typed."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gridloop.core.cells import as_typed, csv_file, delimiter_of, harmless, text_of, without_control

TEXT = "网格,单位\r\n甲,乙\r\n"
RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_the_text_is_the_same_in_every_encoding(encoding: str) -> None:
    assert text_of(TEXT.encode(encoding))[0] == TEXT
    if encoding != "gbk":
        assert (
            text_of(f"\ufeff{TEXT}".encode(encoding))[0] == TEXT
        )  # written by one program, marked once more by another


def test_big_endian_with_its_mark_is_read_too() -> None:
    assert text_of(b"\xfe\xff" + TEXT.encode("utf-16-be")) == (TEXT, "utf-16")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00ba", b"\x89PNG\r\n\x1a\n\xff\xff", b"\xef\xbb\xbf\xff"])
def test_what_is_no_text_is_no_text(content: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        text_of(content)


# text, what parts its cells
PARTED = [
    ("甲,乙\n1,2", ","), ("甲;乙\n1;2", ";"), ("甲\t乙\n1\t2", "\t"), ("甲\n乙", ","), ("", ","),
    ("企业登记表\n名称\t代码,旧代码\t行业", "\t"),  # a title above, and a comma within a title
]  # fmt: skip


@pytest.mark.parametrize(("text", "mark"), PARTED)
def test_what_parts_the_cells_is_seen_at_the_first_line_that_has_any(text: str, mark: str) -> None:
    assert delimiter_of(text) == mark


# cell, as it is written
WRITTEN = [
    ("=1+1", "'=1+1"), ("+8613812345678", "'+8613812345678"), ("-1+1", "'-1+1"), ("--5", "'--5"), ("@SUM(A1)", "'@SUM(A1)"), (" =1", "' =1"),
    ("＝1", "'＝1"), ("\t=1", "'\t=1"), ("-A1", "'-A1"), ("-", "'-"), ("-5", "-5"), ("-3.50", "-3.50"), ("-1.", "'-1."), ("－5", "'－5"),
    ("-٣", "'-٣"), ("5", "5"), ("路灯\x00不亮\x0b", "路灯不亮"), ("\x00=1", "'=1"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "written"), WRITTEN)
def test_what_would_run_is_quoted_and_what_is_a_plain_number_is_not(cell: str, written: str) -> None:
    assert harmless(cell) == written


@given(st.text(max_size=40))
@example("'=1")
@example("''=1")
def test_what_goes_out_runs_nowhere_and_comes_back_as_it_was_typed(cell: str) -> None:
    written = harmless(cell)

    assert not written.lstrip(" ").startswith(RUN) or written.lstrip("-").replace(".", "").isdecimal()
    if not cell.startswith("'"):
        assert as_typed(written) == without_control(cell)


@given(st.lists(st.lists(st.text(max_size=9), min_size=2, max_size=2), max_size=5))
def test_a_file_of_rows_is_read_back_row_by_row(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(text_of(csv_file(rows))[0], newline="")))

    assert read == [[harmless(cell) for cell in row] for row in rows]
