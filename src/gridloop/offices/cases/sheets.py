"""A table as a file: .xlsx or CSV, marked with who took it out, when and why, and harmless to the program that opens it.

Terms: a *watermark* (水印) is a line that names the taker, the moment, the purpose and the register number; the register number also
stands on every row, so that a part of the file still says where it comes from.

Guarantees

* **No formula**: a cell that a spreadsheet would read as one is preceded by an apostrophe (``core.cells``), in both formats; in .xlsx every
  cell is text besides.
* The memory used does not grow with the rows of an .xlsx (openpyxl's write-only mode writes as it goes).
* CSV is UTF-8 with BOM, so that spreadsheet programs read Chinese, and lines end as RFC 4180 says.

Worked example::

    table_file("csv", sheet=Sheet(title="事项", heads=("编号",), mark="…", number="DC-1"), rows=[("20220523-000001",)])
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font

from gridloop.core.cells import csv_file, harmless, without_control

NUMBER_HEAD = "导出登记号"
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


def table_file(file_format: str, *, sheet: Sheet, rows: Iterable[Sequence[str]]) -> bytes:
    """The file's bytes. ``file_format`` is xlsx or csv; each row has as many cells as there are heads."""
    return _xlsx(sheet, rows) if file_format == "xlsx" else _csv(sheet, rows)


def _csv(sheet: Sheet, rows: Iterable[Sequence[str]]) -> bytes:
    body = ([*row, sheet.number] for row in rows)
    return csv_file([[*sheet.heads, NUMBER_HEAD], *body, [sheet.mark]])


def _xlsx(sheet: Sheet, rows: Iterable[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.title[:31])
    page.freeze_panes = "A3"
    mark = without_control(sheet.mark)
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
