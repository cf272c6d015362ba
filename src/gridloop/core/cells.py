"""The cells of a table that people keep in a spreadsheet program: how a CSV is read, and written so that none of them runs.

The one place for it: every importer reads a file's text through ``text_of``, every file of rows is written by ``csv_file`` or passes each
cell through ``harmless``. Bytes and texts only; who opens a file, and what is said when it is none, is the caller's.

Guarantees
    *no formula*     a cell that a spreadsheet program would run (it begins with = + - @, their full-width forms, a tab or a line break) has an
                     apostrophe before it; a plain negative number runs nothing and stays one
    *no control*     what neither XML nor a database can hold is left out
    *both ways*      ``as_typed(harmless(cell))`` is the cell again, but for what was left out (and for an apostrophe that somebody typed before a formula)

Worked example::

    >>> harmless("=1+1"), harmless("-5"), as_typed("'=1+1")
    ("'=1+1", '-5', '=1+1')
    >>> text_of("网格".encode("utf-16"))
    ('网格', 'utf-16')
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

LONGEST_CELL = 32_000  # a spreadsheet holds 32,767 characters in a cell
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""Byte order marks: UTF-8 with one is what spreadsheet programs write as CSV, UTF-16 what they call Unicode text."""
PARTING = (",", ";", "\t")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
_NEGATIVE = re.compile(r"-[0-9]{1,15}(\.[0-9]{1,15})?")


def text_of(content: bytes) -> tuple[str, str]:
    """The file's text without its byte order mark, and its encoding: what its mark says, else UTF-8, else GB18030. Raises UnicodeDecodeError."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding).removeprefix("\ufeff"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("gb18030").removeprefix("\ufeff"), "gb18030"  # GB 18030 has a mark of its own


def delimiter_of(text: str) -> str:
    """What parts the cells: of comma, semicolon and tab the one that stands most often in the first line that has any."""
    opening = next((line for line in text.splitlines() if any(mark in line for mark in PARTING)), "")
    return max(PARTING, key=opening.count)


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV in UTF-8 with its mark, so that spreadsheet programs read Chinese; lines end as RFC 4180 says, no cell runs."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell as text that no spreadsheet program takes for a formula, without characters that no file may hold."""
    clean = without_control(cell)[:LONGEST_CELL]
    return f"'{clean}" if _FORMULA.match(clean) and not _NEGATIVE.fullmatch(clean) else clean


def as_typed(cell: str) -> str:
    """The cell without the apostrophe that kept it from running."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def without_control(text: str) -> str:
    """What a workbook, which is XML, can hold of the text."""
    return _NO_XML.sub("", text)
