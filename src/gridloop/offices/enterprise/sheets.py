"""A spreadsheet of firms as people hand it in: .xlsx, or CSV in UTF-8 (BOM or not), UTF-16 or GB18030; and the sheet of what was refused.

Terms: a *row number* is the one the spreadsheet shows, the header being row 1; *told* is a row's cells under our names
(``core.firm_record.COLUMNS``). Columns we do not know are left out and named.

Guarantees: no cell runs as a formula when the refused rows are opened again; a file that unpacks to more than it should is refused unread.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from gridloop.core.errors import TooMuch, WrongInput
from gridloop.core.firm_record import COLUMNS
from gridloop.offices.cases.sheets import harmless

LARGEST = 40 * 1024 * 1024
LARGEST_OPENED = 600 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 100
ENCODINGS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the spreadsheet and its cells by our names."""

    number: int
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FirmSheet:
    """The rows of a file, and the headers that were left out because nobody here knows them."""

    rows: list[SheetRow]
    left_out: tuple[str, ...]


def read_firms(content: bytes, *, most: int = MOST_ROWS) -> FirmSheet:
    """The rows. Raises WrongInput for a file that is no sheet or lacks the name or the code, TooMuch for one that is too large."""
    if len(content) > LARGEST:
        raise TooMuch("enterprise.file_too_large", "文件超过 40 MB;请拆分后再导入。", field="file")
    lines = _xlsx_lines(content) if content.startswith(b"PK") else _csv_lines(content)
    header = next((cells for _, cells in lines if any(cell.strip() for cell in cells)), [])
    names, left_out = _names(header)
    rows = [
        SheetRow(number, {name: cell for name, cell in zip(names, cells, strict=False) if name and cell.strip()})
        for number, cells in lines
        if any(cell.strip() for cell in cells)
    ]
    if len(rows) > most:
        raise TooMuch(
            "enterprise.too_many_rows", f"表有 {len(rows)} 行,一次最多 {most} 行;请拆分后再导入。", field="file"
        )
    return FirmSheet(rows, left_out)


def _names(header: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Our name for each header (empty where there is none). Raises WrongInput without the two that a firm must have, or for one twice."""
    known = {_folded(said): name for name, others in COLUMNS.items() for said in (name, *others)}
    names = [known.get(_folded(title), "") for title in header]
    twice = sorted({COLUMNS[name][0] for name in names if name and names.count(name) > 1})
    if twice:
        raise WrongInput("enterprise.column_twice", f"表头里“{'、'.join(twice)}”出现了两次;请只留一列。", field="file")
    missing = [COLUMNS[name][0] for name in ("name", "code") if name not in names]
    if missing:
        raise WrongInput(
            "enterprise.no_column", f"表里缺少列:{'、'.join(missing)};第一行要是表头。", field="file", columns=missing
        )
    return names, tuple(title.strip() for title, name in zip(header, names, strict=True) if title.strip() and not name)


def _folded(title: str) -> str:
    return re.sub(r"[\s*]", "", title.lstrip("\ufeff")).replace("(", "(").replace(")", ")").casefold()


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(_decoded(content), newline="")), start=1):
            yield number, cells
    except csv.Error as fault:
        raise WrongInput(
            "enterprise.bad_csv", f"第 {number + 1} 行的引号或分隔不对;请在表格软件里另存后再传。", field="file"
        ) from fault


def _decoded(content: bytes) -> str:
    for encoding, mark in ENCODINGS:
        if content.startswith(mark):
            return _text(content, encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _text(content, "gb18030")


def _text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        raise WrongInput(
            "enterprise.not_text", "文件不是表格;请另存为 xlsx 或 CSV(UTF-8)再导入。", field="file"
        ) from fault


def _xlsx_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet's rows. A fault of the file is told as one, wherever it shows."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST_OPENED:
                raise TooMuch("enterprise.file_too_large", "文件展开后太大;请只留要导入的一张表。", field="file")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for number, row in enumerate(book.get_sheet_by_index(0).to_python(skip_empty_area=False), start=1):
            yield number, [_said(cell) for cell in row[:MOST_COLUMNS]]
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError) as fault:
        raise WrongInput(
            "enterprise.bad_xlsx", "这个 xlsx 文件打不开;请重新另存后再传,或改用 CSV。", field="file"
        ) from fault


def _said(cell: Any) -> str:
    """A cell as text: a whole number without its point, a day without its midnight."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def refused_sheet(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The refused rows as CSV for correcting: their cells under our headers, the row number and what is wrong in front."""
    kept = list(rows)
    used = [name for name in COLUMNS if any(name in row["told"] for row in kept)] or ["name", "code"]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["原行号", "原因", *(COLUMNS[name][0] for name in used)])
    for row in kept:
        cells = [str(row["row"]), row["reason"], *(row["told"].get(name, "") for name in used)]
        writer.writerow([harmless(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
