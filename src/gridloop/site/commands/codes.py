"""``gridloop check-codes``: is every number of a file possible? Credit codes, identity numbers, division codes; without a database."""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import click

from gridloop.core.identity import (
    Check,
    DivisionCheck,
    check_division_code,
    check_id_number,
    check_uscc,
    mask_id_number,
)
from gridloop.site.command import NOT_FINE, Command, json_option
from gridloop.site.imports.reading import is_workbook, read_text, workbook_rows
from gridloop.site.terminal import note, print_json

HEADERS = frozenset(
    {
        "code", "uscc", "id", "id-card", "idcard", "division", "number", "value", "代码", "信用代码", "统一社会信用代码", "注册号", "身份证",
        "身份证号", "身份证号码", "证件号码", "公民身份号码", "区划代码", "行政区划代码",
    }
)  # fmt: skip
ABOVE = frozenset(
    {
        "parent", "parent_code", "province_code", "city_code", "county_code", "area_code", "district_code", "street_code", "town_code", "上级代码",
        "上级区划代码", "省级代码", "市级代码", "县级代码", "区县代码", "所属区县代码", "街道代码", "乡级代码", "所属街道代码",
    }
)  # fmt: skip
"""Columns of a file of divisions that name what the division of the row lies in."""
BEIJING = timezone(timedelta(hours=8))
SHOWN = 50
_HEADER = re.compile("代码|编码|号码|证号|注册号|code|uscc|number")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,3}", re.IGNORECASE)
_POINT = re.compile(r"[0-9]+\.0+")
_PARTED = re.compile(r"[,,;\t]")
_DAMAGED = re.compile(r"\d{15}[,,;\t][0-9A-Za-z]{2}|[,,;][0-9A-Za-z]{17}", re.ASCII)
"""An 18-character code in which a slip of the finger stands for the 16th or the first character: not 15 digits, or nothing, with a second column."""


def _checker(kind: str, on: date) -> Callable[[str], Check]:
    if kind == "uscc":
        return check_uscc
    if kind == "division":
        return check_division_code
    return lambda value: check_id_number(value, on=on)


@click.command("check-codes", cls=Command)
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["uscc", "id-card", "division"]),
    help="统一社会信用代码、身份证号或区划代码。",
)
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="出生日期不得晚于这一天;默认今天。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check_codes_command(kind: str, on: object, file: Path, as_json: bool) -> None:
    """逐行检验文件里的代码:一行一个,CSV 和 xlsx 取第一列;CSV 可用 UTF-8(有无 BOM)、UTF-16 或 GB18030。空行和表头跳过。

    区划代码:查位数、省级、市级、上级是否为零;表头里有上级代码(street_code、所属街道代码等)的,再查是否在它之下。没有全国区划名单,不查是否已撤并。

    有不合格的退出码为 1。15 位旧注册号按旧号计为合格,并在 warnings 里提示。检验只说明号码可能存在,不说明这个人或企业存在。

    \b
    示例:
      gridloop check-codes --kind uscc codes.txt
      gridloop check-codes --kind id-card people.csv --json
    """
    day = on.date() if hasattr(on, "date") else datetime.now(BEIJING).date()
    check = _checker(kind, day)
    checked = [(each.line, each.value, _checked(each, check)) for each in _values(_lines(file))]
    invalid = [{"line": line, "value": value, "why": found.reason} for line, value, found in checked if not found.valid]
    warnings = [
        {"line": line, "value": value, "why": found.warning or found.reason}
        for line, value, found in checked
        if found.valid and (found.warning or found.kind == "legacy")
    ]
    valid = len(checked) - len(invalid)
    if as_json:
        print_json({"kind": kind, "valid": valid, "invalid": invalid, "warnings": warnings})
    else:
        _tell(kind, valid, invalid, warnings)
    if invalid:
        sys.exit(NOT_FINE)


@dataclass(frozen=True, slots=True)
class Told:
    """A number of the file, the line it stands on (of a workbook: the row), and what the same row says it lies in."""

    line: int
    value: str
    above: tuple[str, ...] = ()


def _checked(told: Told, check: Callable[[str], Check]) -> Check:
    """What is said of the number: also where a spreadsheet program spoilt it, or where the row's own columns say something else."""
    found = check(told.value)
    if not found.valid:
        return replace(found, reason=_spoilt(told.value) or found.reason)
    if isinstance(found, DivisionCheck):
        for cell in told.above:
            above = check_division_code(cell)
            if above.valid and above.lineage[-1] not in found.lineage:
                return replace(found, valid=False, reason=f"不在同一行的上级“{cell}”之下,请核对两个代码。")
    return found


def _spoilt(value: str) -> str:
    if _SCIENTIFIC.fullmatch(value):
        return "表格软件把号码改成了科学计数法,原来的数字已丢失;请把这一列设为文本,重新填写。"
    return "末尾的“.0”是表格软件加的;请把这一列设为文本。" if _POINT.fullmatch(value) else ""


def _lines(file: Path) -> Iterator[list[str]]:
    """The cells of each line; of a workbook those of its first sheet."""
    if is_workbook(file):
        yield from ([_bare(cell) for cell in row] for row in workbook_rows(file))
        return
    for line in read_text(file)[0].replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        yield _cells(line)


def _values(lines: Iterable[list[str]]) -> Iterator[Told]:
    """The first cell of each line that holds one; a header in the first such line is passed over, and says which columns lie above."""
    is_first, above = True, []
    for number, cells in enumerate(lines, start=1):
        value = cells[0] if cells else ""
        if not value:
            continue
        if is_first and _is_header(value):
            above = [at for at, title in enumerate(cells) if at and title.casefold() in ABOVE]
        else:
            yield Told(number, value, tuple(cells[at] for at in above if at < len(cells)))
        is_first = False


def _is_header(value: str) -> bool:
    """Whether this is the title of a column: it calls itself a code or a number, and holds none (``统一社会信用代码(18位)`` is one)."""
    plain = unicodedata.normalize("NFKC", value).casefold()
    return plain in HEADERS or (bool(_HEADER.search(plain)) and not re.search("[0-9]{3}", plain))


def _cells(line: str) -> list[str]:
    bare = line.strip().lstrip("\ufeff").strip("\x00")
    if _DAMAGED.fullmatch(bare):
        return [bare]
    cells = next(csv.reader([bare]), [""]) if bare.startswith('"') else _PARTED.split(bare)
    return [_bare(cell) for cell in cells]


def _bare(cell: str) -> str:
    """The cell without the marks by which spreadsheets keep long numbers from being rounded."""
    return cell.strip().removeprefix("=").strip("'\"‘’ ").strip()


def _tell(kind: str, valid: int, invalid: list[dict[str, object]], warnings: list[dict[str, object]]) -> None:
    """In words; identity numbers masked, since a screen is seen by others."""
    click.echo(f"检验 {valid + len(invalid)} 个:合格 {valid} 个,不合格 {len(invalid)} 个,提示 {len(warnings)} 个。")
    for told in [*invalid, *warnings][:SHOWN]:
        value = mask_id_number(str(told["value"])) if kind == "id-card" else told["value"]
        note(f"第 {told['line']} 行 {value}:{told['why']}")
    if len(invalid) + len(warnings) > SHOWN:
        note(f"还有 {len(invalid) + len(warnings) - SHOWN} 个;用 --json 看全部。")
