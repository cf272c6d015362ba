"""A table as a file: .xlsx or CSV, marked with who took it out, when and why, and harmless to the program that opens it.

Terms: a *watermark* (水印) is a line that names the taker, the moment, the purpose and the register number; the register number also
stands on every row, so that a part of the file still says where it comes from.

Guarantees

* **No formula**: a cell that a spreadsheet would read as one (it begins with = + - @, their full-width forms, a tab or a line break)
  is preceded by an apostrophe, in both formats; in .xlsx every cell is text besides.
* The memory used does not grow with the rows of an .xlsx (openpyxl's write-only mode writes as it goes).
* CSV is UTF-8 with BOM, so that spreadsheet programs read Chinese, and lines end as RFC 4180 says.

Worked example::

    table_file("csv", sheet=Sheet(title="事项", heads=("编号",), mark="…", number="DC-1"), rows=[("20220523-000001",)])
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font

LONGEST_CELL = 32_000  # a spreadsheet holds 32,767 characters in a cell
NUMBER_HEAD = "导出登记号"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What a workbook, which is XML, cannot hold."""
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands round the rows: the sheet's name, the column heads, the watermark, the register number."""

    title: str
    heads: Sequence[str]
    mark: str
    number: str


def harmless(cell: str) -> str:
    """The cell as text that no spreadsheet program takes for a formula, without characters that no file may hold."""
    clean = _without_control(cell)[:LONGEST_CELL]
    return f"'{clean}" if _FORMULA.match(clean) else clean


def _without_control(text: str) -> str:
    return _NO_XML.sub("", text)


def table_file(file_format: str, *, sheet: Sheet, rows: Iterable[Sequence[str]]) -> bytes:
    """The file's bytes. ``file_format`` is xlsx or csv; each row has as many cells as there are heads."""
    return _xlsx(sheet, rows) if file_format == "xlsx" else _csv(sheet, rows)


def _csv(sheet: Sheet, rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*sheet.heads, NUMBER_HEAD])
    writer.writerows([*map(harmless, row), sheet.number] for row in rows)
    writer.writerow([harmless(sheet.mark)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(sheet: Sheet, rows: Iterable[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.title[:31])
    page.freeze_panes = "A3"
    mark = _without_control(sheet.mark)
    page.oddFooter.center.text = mark.replace("&", "&&")[:200]  # "&" begins a code in footers
    for column in range(len(sheet.heads) + 1):
        page.column_dimensions[_letters(column)].width = 18
    page.append([_text(page, sheet.mark, bold=True)])
    page.append([_text(page, head, bold=True) for head in (*sheet.heads, NUMBER_HEAD)])
    for row in rows:
        page.append([_text(page, cell) for cell in (*row, sheet.number)])
    book.properties.creator = mark[:200]
    book.properties.title = sheet.number
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(page: Any, cell: str, *, bold: bool = False) -> Cell:
    """A cell that is text whatever it looks like."""
    made = WriteOnlyCell(page, value=harmless(cell))
    made.data_type = "s"
    if bold:
        made.font = Font(bold=True)
    return made


def _letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else f"A{chr(ord('A') + column - 26)}"
