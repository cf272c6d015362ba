"""Reading spreadsheets as they really come: encodings, gzip, ragged rows, quotes; and moments as people type them."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gridloop.core.errors import WrongInput
from gridloop.site.imports.reading import read_records, read_sheet
from gridloop.site.moments import parse_day, parse_moment

COLUMNS = {"code": ("代码",), "name": ("名称",)}
TEXT = "代码,名称\nA,阿依古丽·买买提\nB,𬭊䶮\n"


def write(tmp_path: Path, content: bytes, name: str = "sheet.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoding", "known_as"),
    [
        ("utf-8", "utf-8"),  # what programs write
        ("utf-8-sig", "utf-8-sig"),  # what spreadsheets write as "CSV UTF-8"
        ("gb18030", "gb18030"),  # what Chinese spreadsheets write as "CSV", rare characters included
        ("utf-16", "utf-16"),  # what spreadsheets write as "Unicode text"
    ],
)
@pytest.mark.parametrize("is_zipped", [False, True])
def test_the_encoding_is_recognised(tmp_path: Path, encoding: str, known_as: str, is_zipped: bool) -> None:
    content = TEXT.encode(encoding)
    path = write(
        tmp_path, gzip.compress(content) if is_zipped else content, "sheet.csv.gz" if is_zipped else "sheet.csv"
    )

    sheet = read_sheet(path, columns=COLUMNS, required=("code", "name"))

    assert [row.cells["name"] for row in sheet.rows] == ["阿依古丽·买买提", "𬭊䶮"]
    assert sheet.encoding == known_as


def test_rows_are_numbered_as_a_spreadsheet_shows_them_and_bad_ones_named(tmp_path: Path) -> None:
    path = write(tmp_path, '代码,名称\nA,"两行\n字"\n\nB,\nC,丙,多\nD,丁\n'.encode())

    sheet = read_sheet(path, columns=COLUMNS, required=("code", "name"))

    assert [(row.number, row.cells["code"]) for row in sheet.rows] == [(2, "A"), (6, "D")]
    assert [(each.row, each.column) for each in sheet.rejected] == [(4, "name"), (5, "(多出的格)")]
    assert sheet.count == 4


def test_a_missing_or_unknown_column_is_refused_with_its_name(tmp_path: Path) -> None:
    path = write(tmp_path, "代码,备注\nA,x\n".encode())

    with pytest.raises(WrongInput, match="名称"):
        read_sheet(path, columns=COLUMNS, required=("code", "name"))
    with pytest.raises(WrongInput, match="备注"):
        read_sheet(path, columns=COLUMNS, required=("code",), strict=True)


@pytest.mark.parametrize(
    "content", [b"\x81\x30\xff\xff", gzip.compress(b"a,b\n", mtime=0)[:-6]], ids=["no text", "half an archive"]
)
def test_what_is_no_text_and_no_whole_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WrongInput):
        read_sheet(write(tmp_path, content), columns=COLUMNS)


def test_an_empty_file_and_an_absent_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongInput):
        read_sheet(write(tmp_path, b""), columns=COLUMNS, required=("code",))
    with pytest.raises(WrongInput):
        read_sheet(tmp_path / "nosuch.csv", columns=COLUMNS)


def test_records_keep_their_headers_and_name_what_is_too_much(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff行,单位\nR1,CG\nR2,YL,x\n".encode())

    assert read_records(path) == [(2, {"行": "R1", "单位": "CG"}), (3, {"行": "R2", "单位": "YL", "(多出的格)": "x"})]


@pytest.mark.parametrize(
    "text", ["2019/2/28 11:25:05", "2019-02-28T11:25:05", "2019年2月28日 11:25:05", "2019-02-28 11:25:05.000"]
)
def test_a_moment_is_read_strictly_but_in_several_writings(text: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")

    assert parse_moment(text, zone=zone) == datetime(2019, 2, 28, 11, 25, 5, tzinfo=zone)


@pytest.mark.parametrize("text", ["", "2019/2/30 10:00", "2019-13-01", "yesterday", "2019/2/28 25:00", "28/2/2019"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(WrongInput):
        parse_moment(text)


def test_a_day_is_read_in_both_writings() -> None:
    assert parse_day("2027-01-01") == parse_day("2027/1/1") == date(2027, 1, 1)
