"""/visits/sheet/: visits of a day or a week from a spreadsheet (走访登记簿): shown first with every fault, entered on a second press.

Nothing is kept between the two: the page carries the cells that were read, and they are judged anew when they are entered. The same sheet sent
again doubles nothing. Rows that are refused come back as a sheet with their reasons. Problems are not taken this way (交办不过夜).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.cells import csv_file
from gridloop.core.errors import Broken, GridloopError, WrongInput
from gridloop.core.firm_access import must_serve
from gridloop.core.visit_rows import COLUMNS, NEEDED, Fault, is_blank, read_row
from gridloop.core.visiting import LEVELS, OUTCOMES, PURPOSES, STATES, WAYS
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.enterprise.actions.visit_sheets import MOST, RefusedRow, SheetVisit, enter_visits, judge_visits
from gridloop.offices.enterprise.actions.visits import VisitTold
from gridloop.offices.enterprise.queries import register, visits
from gridloop.web.downloads import download
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken
from gridloop.web.setup_sheets import CSV_TYPE, XLSX_TYPE, lines_of, xlsx_of
from gridloop.web.verbs import new_key

SHOWN = 200
LONGEST_CELL = 4000
Cells = tuple[int, dict[str, str]]
"""A row as it was typed: its number in the spreadsheet, its cells by our names."""


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """The rows that could be read as visits, those that could not, and how many told of no visit at all."""

    visits: list[SheetVisit]
    refused: list[RefusedRow]
    blank: int


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def sheet(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/visits/sheet/: a file is read and shown; what was shown is entered; what was refused is handed back."""
    must_serve(reader.actor, reader.street.code)
    if request.method != "POST":
        return _page(request)
    try:
        if "told" not in request.POST:
            rows, left_out = _uploaded(request)
            return _preview(request, reader, rows, left_out=left_out)
        return _answered(request, reader, _carried(request.POST["told"]))
    except Broken:
        raise
    except GridloopError as error:
        if error.status == 403:
            raise
        return _page(request, {"problem": error.sentence}, status=error.status)


def _page(request: HttpRequest, page: Mapping[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    words = {"way": WAYS, "purposes": PURPOSES, "outcome": {code: STATES[code] for code in OUTCOMES}, "level": LEVELS}
    columns = [
        (names[0], name in NEEDED or name == "purposes", list(words.get(name, {}).values())) for name, names in COLUMNS.items()
    ]  # fmt: skip
    return render(request, "visits/sheet.html", {"most": MOST, "columns": columns, **(page or {})}, status=status)


def _answered(request: HttpRequest, reader: Reader, rows: list[Cells]) -> HttpResponse:
    """What the pressed button asks for of the rows that the page carried."""
    if request.POST.get("do") == "refused":
        return _refused_sheet(rows, _judged(reader, rows)[0])
    return _entered(request, reader, rows)


def _judged(reader: Reader, rows: list[Cells]) -> tuple[list[RefusedRow], Any, ReadSheet]:
    read = _read(rows, reader)
    judged = judge_visits(by=reader.actor, at=reader.at, street=reader.street.code, rows=read.visits)
    return _in_order([*read.refused, *judged.refused]), judged, read


def _in_order(refused: list[RefusedRow]) -> list[RefusedRow]:
    return sorted(refused, key=lambda row: row.number)


def _preview(request: HttpRequest, reader: Reader, rows: list[Cells], *, left_out: Sequence[str]) -> HttpResponse:
    refused, judged, read = _judged(reader, rows)
    page = {
        "stage": "preview", "good": [(row, firm, WAYS[row.told.way], STATES[row.told.outcome]) for row, firm in judged.good[:SHOWN]], "good_count": len(judged.good),
        "known": len(judged.known), "blank": read.blank, "left_out": left_out, "key": new_key(), **_refusals(rows, refused),
    }  # fmt: skip
    return _page(request, page)


def _entered(request: HttpRequest, reader: Reader, rows: list[Cells]) -> HttpResponse:
    """The good rows stand, once for the key of the page; the others are shown with their reasons."""

    def do() -> dict[str, Any]:
        read = _read(rows, reader)
        done = enter_visits(by=reader.actor, at=reader.at, street=reader.street.code, rows=read.visits)
        refused = _in_order([*read.refused, *done.refused])
        return {
            "made": len(done.made), "known": len(done.known),
            "refused": [[row.number, row.column, row.reason] for row in refused],
        }  # fmt: skip

    key = request.POST.get("key", "")[:128]
    answer, _was_done = once_sealed(door=f"web:{reader.actor.label}", key=key, content=rows, at=reader.at, do=do)
    refused = [RefusedRow(*each) for each in answer["refused"]]
    return _page(
        request, {"stage": "done", "made": answer["made"], "known": answer["known"], **_refusals(rows, refused)}
    )


def _refusals(rows: list[Cells], refused: list[RefusedRow]) -> dict[str, Any]:
    """What the page shows of refused rows, and the cells that it carries on."""
    typed = dict(rows)
    shown = [(row, COLUMNS[row.column][0], typed[row.number].get("enterprise", "")) for row in refused[:SHOWN]]
    return {"refused": shown, "refused_count": len(refused), "told": json.dumps(rows, ensure_ascii=False)}


def _read(rows: list[Cells], reader: Reader) -> ReadSheet:
    units, zone = visits.unit_names(reader.street.code), ZoneInfo(reader.street.zone)
    also = {
        spoken(label).casefold(): code for labels in (WAYS, PURPOSES, STATES, LEVELS) for code, label in labels.items()
    }
    told = [(number, cells) for number, cells in rows if not is_blank(cells)]
    found: list[SheetVisit] = []
    refused: list[RefusedRow] = []
    for number, cells in told:
        row = _visit(number, cells, units=units, zone=zone, also=also)
        found.append(row) if isinstance(row, SheetVisit) else refused.append(row)
    return ReadSheet(found, refused, len(rows) - len(told))


def _visit(
    number: int, cells: Mapping[str, str], *, units: Mapping[str, str], zone: tzinfo, also: Mapping[str, str]
) -> SheetVisit | RefusedRow:
    row = read_row(cells, units=units, zone=zone, also=also)
    if isinstance(row, Fault):
        return RefusedRow(number, row.column, row.reason)
    told = VisitTold(row.way, row.outcome, row.level, row.purposes, row.topic, row.said, row.bodies, row.happened_at)
    return SheetVisit(number, row.enterprise, told)


def _uploaded(request: HttpRequest) -> tuple[list[Cells], list[str]]:
    """The rows of the file under our names, and the headers that nobody here knows. Raises WrongInput, TooMuch."""
    file = request.FILES.get("file")
    if file is None:
        raise WrongInput("web.no_file", "请选择要上传的文件。", field="file")
    lines = lines_of(file.read())
    titles = [title.strip().lstrip("\ufeff") for title in (lines[0][1] if lines else [])]
    known = {_folded(title): name for name, titles in COLUMNS.items() for title in (name, *titles)}
    names = [known.get(_folded(title), "") for title in titles]
    _check_header(names)
    rows = [(number, _cells(names, row)) for number, row in lines[1:]]
    return rows, [title for title, name in zip(titles, names, strict=True) if title and not name]


def _folded(title: str) -> str:
    return re.sub(r"[\s*]", "", title).casefold()


def _cells(names: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {name: cell[:LONGEST_CELL] for name, cell in zip(names, row, strict=False) if name and cell.strip()}


def _check_header(names: Sequence[str]) -> None:
    missing = "、".join(COLUMNS[name][0] for name in (*NEEDED, "purposes") if name not in names)
    if missing:
        raise WrongInput(
            "web.no_column", _("表里缺少列:%(missing)s;第一行要是表头。") % {"missing": missing}, field="file"
        )
    twice = "、".join(COLUMNS[name][0] for name in COLUMNS if names.count(name) > 1)
    if twice:
        raise WrongInput(
            "web.column_twice", _("表头里“%(twice)s”出现了两次;请只留一列。") % {"twice": twice}, field="file"
        )


def _carried(said: str) -> list[Cells]:
    """The rows that the page carried. Raises WrongInput when they are not what a page carries."""
    try:
        rows = [
            (int(number), {str(name): str(cell) for name, cell in cells.items()}) for number, cells in json.loads(said)
        ]
    except (ValueError, TypeError, AttributeError, RecursionError) as fault:
        raise WrongInput("web.no_sheet", _("这一页上的表不完整;请重新上传文件。"), field="file") from fault
    if len(dict(rows)) != len(rows):
        raise WrongInput("web.no_sheet", _("这一页上的表不完整;请重新上传文件。"), field="file")
    return [
        (number, {name: cell[:LONGEST_CELL] for name, cell in cells.items() if name in COLUMNS})
        for number, cells in rows
    ]


def _refused_sheet(rows: list[Cells], refused: list[RefusedRow]) -> HttpResponse:
    """The refused rows with row, column and reason in front, to be corrected and sent again."""
    typed = dict(rows)
    heads = [_("原行号"), _("哪一列"), _("原因"), *(names[0] for names in COLUMNS.values())]
    cells = [
        [str(row.number), COLUMNS[row.column][0], row.reason, *(typed[row.number].get(name, "") for name in COLUMNS)]
        for row in refused
    ]
    return download(csv_file([heads, *cells]), name=_("退回的行.csv"), kind=CSV_TYPE)


@require_safe
@staff
def empty_sheet(request: HttpRequest, reader: Reader, form: str) -> HttpResponse:
    """/visits/sheet/empty.xlsx: the columns, and a row for each firm paired with the reader; rows left without a visit are skipped."""
    must_serve(reader.actor, reader.street.code)
    firms = register.own_firms_said(reader.actor, street=reader.street.code, most=MOST)
    table = [[names[0] for names in COLUMNS.values()], *([firm, *([""] * (len(COLUMNS) - 1))] for firm in firms)]
    content, kind = (csv_file(table), CSV_TYPE) if form == "csv" else (xlsx_of(table, title="走访登记簿"), XLSX_TYPE)
    return download(content, name=f"走访登记簿.{form}", kind=kind)
