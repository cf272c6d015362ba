"""A chapter of the setup as a spreadsheet, both ways: CSV (UTF-8 with BOM; when read also UTF-16 with its mark or GB18030, parted by commas,
semicolons or tabs, as ``core.cells`` reads them) and xlsx.

Headers may be the Chinese labels or the English names. A cell that a spreadsheet would run as a formula is written as text; a file is read
with its row numbers, so that what is wrong can be said by row and column.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from gridloop.core.cells import as_typed, delimiter_of, harmless, text_of
from gridloop.core.errors import TooMuch, WrongInput
from gridloop.offices.organisation.changesets.chapters import Chapter, Proposed, word_of

LARGEST = 2 * 1024 * 1024
LARGEST_OPENED = 40 * 1024 * 1024
MOST_ROWS = 5000
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Record = dict[str, str]


# --- out -------------------------------------------------------------------------------------------------------------


def table_of(chapter: Chapter, setup: Proposed) -> list[list[str]]:
    """The chapter's rows under their labels, in words, secrets masked; a made key stands in front."""
    columns = chapter.columns
    header = [*([] if chapter.key else ["key"]), *(column.label for column in columns)]
    body = [
        [*([] if chapter.key else [key]), *(_cell(column, row.get(column.name, ""), setup) for column in columns)]
        for key, row in setup.after(chapter.code).items()
    ]
    return [header, *body]


def _cell(column: Any, value: Any, setup: Proposed) -> str:
    """Choices by their value: a word may be ambiguous, and what is handed out must be read back as it was."""
    if column.kind == "choice":
        return str(value or "")
    if column.kind == "several":
        return "|".join(setup.label(column.choices, part) for part in str(value).split("|")) if value else ""
    return word_of(column, value, setup)


def xlsx_of(table: Sequence[Sequence[str]], *, title: str) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title[:30]
    for row in table:
        sheet.append([harmless(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for number, title_cell in enumerate(table[0], start=1):
        longest = max((len(row[number - 1]) for row in table[:200]), default=8)
        sheet.column_dimensions[sheet.cell(1, number).column_letter].width = min(
            max(longest * 2, len(title_cell) * 2 + 2), 60
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- in --------------------------------------------------------------------------------------------------------------


def records_of(chapter: Chapter, content: bytes) -> list[Record]:
    """The records of a file under the names of the chapter's columns. Raises WrongInput, TooMuch."""
    lines = lines_of(content)
    names = _names(chapter, lines[0][1] if lines else [])
    return [{name: cell for name, cell in zip(names, row, strict=False) if name} for _, row in lines[1:]]


def lines_of(content: bytes) -> list[tuple[int, list[str]]]:
    """The lines of a CSV or xlsx file that hold anything, each with the number a spreadsheet shows. Raises WrongInput, TooMuch."""
    if len(content) > LARGEST:
        raise TooMuch("web.file_too_large", "文件超过 2 MB;请拆分后再传。", field="file")
    rows = _xlsx_rows(content) if content.startswith(b"PK") else _csv_rows(content)
    found = [
        (number, [as_typed(cell) for cell in row])
        for number, row in enumerate(rows, start=1)
        if number == 1 or any(cell.strip() for cell in row)
    ]
    if len(found) > MOST_ROWS + 1:
        raise TooMuch("web.too_many_rows", f"表有 {len(found) - 1} 行,最多 {MOST_ROWS} 行;请分次导入。", field="file")
    return found


def _names(chapter: Chapter, header: Sequence[str]) -> list[str]:
    known = {"key": "key"}
    for column in chapter.columns:
        known |= dict.fromkeys((column.name, column.label, *column.aliases), column.name)
    titles = [title.strip().lstrip("\ufeff") for title in header]
    unknown = [title for title in titles if title and title not in known]
    if unknown or not any(titles):
        labels = "、".join(column.label for column in chapter.columns)
        problems = [
            {"row": "第 1 行", "label": title, "reason": f"没有这一列;可用的列:{labels}。"}
            for title in unknown or ["(空)"]
        ]
        raise WrongInput(
            "web.unknown_column", f"表头有不认识的列:{'、'.join(unknown) or '(空)'};请改正。", problems=problems
        )
    twice = sorted({title for title in titles if title and titles.count(title) > 1})
    if twice:
        raise WrongInput("web.column_twice", f"表头里“{'、'.join(twice)}”出现了两次;请只留一列。", field="file")
    return [known.get(title, "") for title in titles]


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    try:
        text, _ = text_of(content)
        delimiter = delimiter_of(text.partition("\n")[0])
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except UnicodeDecodeError as fault:
        raise WrongInput(
            "web.not_text", "文件不是文本;请在表格软件里另存为 CSV(UTF-8)或 xlsx 再上传。", field="file"
        ) from fault
    except csv.Error as fault:
        raise WrongInput(
            "web.bad_csv", f"文件里的引号或分隔不对({fault});请在表格软件里另存为 CSV 再传。", field="file"
        ) from fault


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST_OPENED:
                raise TooMuch("web.file_too_large", "文件展开后太大;请只留要导入的一张表。", field="file")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        found = [[_said(cell) for cell in row] for row in _first_rows(book)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as fault:
        raise WrongInput("web.bad_xlsx", "这个 xlsx 文件打不开;请重新另存后再传,或改用 CSV。", field="file") from fault
    yield from found


def _first_rows(book: Any) -> Iterable[Sequence[Any]]:
    sheet = book.worksheets[0]
    return sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=60)  # type: ignore[no-any-return]


def _said(cell: Any) -> str:
    """A cell as text: a whole number without its decimal point, a date as it is written here."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)
