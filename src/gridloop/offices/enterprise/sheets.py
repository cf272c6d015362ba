"""A spreadsheet of firms as people hand it in: .xlsx, or CSV in UTF-8 (BOM or not), UTF-16 or GB18030; and the sheet of what was refused.

Terms: a *row number* is the one the spreadsheet shows; *told* is a row's cells under our names
(``core.firm_record.COLUMNS``). Columns we do not know are left out and named. The header is the first row, or stands below a title of a few
rows; a unit in the header of an amount (``营业收入(元)``) is the unit of its bare numbers. Commas, semicolons or tabs part the cells of a CSV.

A *merged* cell of a workbook holds its value at its top left only. Merged downwards over rows, what a group shares (集聚区, 行业, 地址 …) is the value of
each; a name, a code or a number is one firm's own, and what is merged across columns could be either's: these rows are refused (``faults``) with
the words what to undo, never guessed.

Guarantees: no cell runs as a formula when the refused rows are opened again; a file that unpacks to more than it should is refused unread.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from gridloop.core.cells import csv_file, delimiter_of, text_of
from gridloop.core.errors import TooMuch, WrongInput
from gridloop.core.firm_record import COLUMNS

LARGEST = 40 * 1024 * 1024
LARGEST_OPENED = 600 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_TITLES = 10
"""Rows above the header: a title over merged cells, who made the table and when."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the spreadsheet, its cells by our names, and by our names what is wrong with how they are merged."""

    number: int
    told: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """That a cell is part of one that begins at another row (its number in the spreadsheet) or column (counted from 0), with the value of the whole."""

    row: int
    column: int
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it stands in the file; ``merged`` by column, for the cells that are part of a merged one and not its beginning."""

    number: int
    cells: list[str]
    merged: Mapping[int, Merged] = field(default_factory=dict)


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
    header = _header(lines)
    columns, left_out = _names(header.cells)
    rows = [_row(line, columns, header) for line in lines if any(cell.strip() for cell in line.cells)]
    if len(rows) > most:
        raise TooMuch(
            "enterprise.too_many_rows", f"表有 {len(rows)} 行,一次最多 {most} 行;请拆分后再导入。", field="file"
        )
    return FirmSheet(rows, left_out)


def _row(line: Line, columns: Sequence[tuple[str, str]], header: Line) -> SheetRow:
    told = {
        name: _with_unit(cell, unit)
        for (name, unit), cell in zip(columns, line.cells, strict=False)
        if name and cell.strip()
    }
    faults: dict[str, str] = {}
    for at, (name, unit) in enumerate(columns):
        merged = line.merged.get(at)
        if not name or merged is None or merged.row <= header.number:
            continue
        if merged.column != at:
            title = header.cells[merged.column].strip() or f"第 {merged.column + 1} 列"
            faults[name] = f"和左边的“{title}”合并成了一格,不知道是谁的内容;请取消合并,分开填写。"
        elif name in _OWN:
            faults[name] = f"和上面第 {merged.row} 行合并成了一格;请取消合并,每家企业各填一行。"
        elif merged.value.strip():
            told[name] = _with_unit(merged.value, unit)
    return SheetRow(line.number, told, faults)


def _header(lines: Iterator[Line]) -> Line:
    """The first of the first rows that names what a firm must have, else the first row that says anything; ``lines`` goes on below it."""
    first: Line | None = None
    looked_at = 0
    for line in lines:
        if not any(cell.strip() for cell in line.cells):
            continue
        first = first or line
        if {"name", "code"} <= {_column(title)[0] for title in line.cells}:
            return line
        looked_at += 1
        if looked_at == MOST_TITLES:
            break
    return first or Line(0, [])


def _names(header: Sequence[str]) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """Our name for each header (empty where there is none) with the unit that it says. Raises WrongInput without the two that a firm must
    have, or for one twice."""
    columns = [_column(title) for title in header]
    names = [name for name, _ in columns]
    twice = sorted({COLUMNS[name][0] for name in names if name and names.count(name) > 1})
    if twice:
        raise WrongInput("enterprise.column_twice", f"表头里“{'、'.join(twice)}”出现了两次;请只留一列。", field="file")
    missing = [COLUMNS[name][0] for name in ("name", "code") if name not in names]
    if missing:
        raise WrongInput(
            "enterprise.no_column", f"表里缺少列:{'、'.join(missing)};第一行要是表头。", field="file", columns=missing
        )
    return columns, tuple(
        title.strip() for title, name in zip(header, names, strict=True) if title.strip() and not name
    )


def _column(title: str) -> tuple[str, str]:
    """Our name for a header, and the unit that an amount's header says; empty for what nobody here knows."""
    folded = _folded(title)
    if folded in _KNOWN:
        return _KNOWN[folded], ""
    found = _UNIT_BEHIND.fullmatch(folded)
    name = _KNOWN.get(found.group(1), "") if found else ""
    return (name, found.group(2)) if found and name in _AMOUNTS else ("", "")


def _with_unit(cell: str, unit: str) -> str:
    """The cell, a bare number with the unit of its header; 万元 is meant anyway."""
    is_bare = unit not in ("", "万元") and re.fullmatch(r"[-+0-9.,,\s]+", unicodedata.normalize("NFKC", cell))
    return f"{cell.strip()}{unit}" if is_bare else cell


def _folded(title: str) -> str:
    """Without blanks, stars and a byte order mark; full-width brackets and letters as their narrow ones."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", title.lstrip("\ufeff"))).casefold()


_KNOWN = {_folded(said): name for name, others in COLUMNS.items() for said in (name, *others)}
_AMOUNTS = frozenset({"capital", "revenue", "assets"})
_OWN = frozenset({"name", "code", "staff", "alias"}) | _AMOUNTS
"""What no two firms share; a number over several rows might be their sum."""
_UNIT_BEHIND = re.compile(r"(.+?)[(\[,,:/]?(?:单位:?)?((?:千|万|亿)?元)[)\]]?")


def _csv_lines(content: bytes) -> Iterator[Line]:
    number = 0
    text = _decoded(content)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        for number, cells in enumerate(lines, start=1):
            yield Line(number, cells)
    except csv.Error as fault:
        raise WrongInput(
            "enterprise.bad_csv", f"第 {number + 1} 行的引号或分隔不对;请在表格软件里另存后再传。", field="file"
        ) from fault


def _decoded(content: bytes) -> str:
    try:
        return text_of(content)[0]
    except UnicodeDecodeError as fault:
        raise WrongInput(
            "enterprise.not_text", "文件不是表格;请另存为 xlsx 或 CSV(UTF-8)再导入。", field="file"
        ) from fault


def _xlsx_lines(content: bytes) -> Iterator[Line]:
    """The first sheet's rows. A fault of the file is told as one, wherever it shows."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST_OPENED:
                raise TooMuch("enterprise.file_too_large", "文件展开后太大;请只留要导入的一张表。", field="file")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
        merged = _merged(sheet.merged_cell_ranges or [], rows)
        for number, row in enumerate(rows, start=1):
            yield Line(number, [_said(cell) for cell in row[:MOST_COLUMNS]], merged.get(number, {}))
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError) as fault:
        raise WrongInput(
            "enterprise.bad_xlsx", "这个 xlsx 文件打不开;请重新另存后再传,或改用 CSV。", field="file"
        ) from fault


def _merged(ranges: Iterable[Any], rows: Sequence[Sequence[Any]]) -> dict[int, dict[int, Merged]]:
    """By row number and column what each cell is part of; no more cells than the sheet has, whatever a range says."""
    found: dict[int, dict[int, Merged]] = {}
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= min(len(rows[top]), MOST_COLUMNS):
            continue
        whole = Merged(top + 1, left, _said(rows[top][left]))
        for row in range(top, min(bottom + 1, len(rows))):
            parts = range(left, min(right + 1, MOST_COLUMNS))
            found.setdefault(row + 1, {}).update({at: whole for at in parts if (row, at) != (top, left)})
    return found


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
    heads = ["原行号", "原因", *(COLUMNS[name][0] for name in used)]
    return csv_file(
        [heads, *([str(row["row"]), row["reason"], *(row["told"].get(name, "") for name in used)] for row in kept)]
    )
