"""``gridloop check-codes``: is every number of a file possible? Credit codes, identity numbers, division codes; without a database."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import click

from gridloop.core.identity import Check, check_division_code, check_id_number, check_uscc, mask_id_number
from gridloop.site.command import NOT_FINE, Command, json_option
from gridloop.site.imports.reading import read_text
from gridloop.site.terminal import note, print_json

HEADERS = frozenset(
    {
        "code", "uscc", "id", "id-card", "idcard", "division", "number", "value", "代码", "信用代码", "统一社会信用代码", "注册号", "身份证",
        "身份证号", "身份证号码", "证件号码", "公民身份号码", "区划代码", "行政区划代码",
    }
)  # fmt: skip
BEIJING = timezone(timedelta(hours=8))
SHOWN = 50
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
    """逐行检验文件里的代码:一行一个,CSV 取第一列;UTF-8(有无 BOM)、UTF-16 或 GB18030。空行和表头跳过。

    有不合格的退出码为 1。15 位旧注册号按旧号计为合格,并在 warnings 里提示。检验只说明号码可能存在,不说明这个人或企业存在。

    \b
    示例:
      gridloop check-codes --kind uscc codes.txt
      gridloop check-codes --kind id-card people.csv --json
    """
    day = on.date() if hasattr(on, "date") else datetime.now(BEIJING).date()
    check = _checker(kind, day)
    checked = [(line, value, check(value)) for line, value in _values(read_text(file)[0])]
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


def _values(text: str) -> Iterator[tuple[int, str]]:
    """The first cell of each line that holds one, with the line's number; a header in the first such line is passed over."""
    is_first = True
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        value = _first_cell(line)
        if not value:
            continue
        if not (is_first and value.casefold() in HEADERS):
            yield number, value
        is_first = False


def _first_cell(line: str) -> str:
    """The first cell without the marks by which spreadsheets keep long numbers from being rounded."""
    bare = line.strip().lstrip("\ufeff").strip("\x00")
    if _DAMAGED.fullmatch(bare):
        return bare
    cell = next(csv.reader([bare]), [""])[0] if bare.startswith('"') else _PARTED.split(bare)[0]
    return cell.strip().removeprefix("=").strip("'\"‘’ ").strip()


def _tell(kind: str, valid: int, invalid: list[dict[str, object]], warnings: list[dict[str, object]]) -> None:
    """In words; identity numbers masked, since a screen is seen by others."""
    click.echo(f"检验 {valid + len(invalid)} 个:合格 {valid} 个,不合格 {len(invalid)} 个,提示 {len(warnings)} 个。")
    for told in [*invalid, *warnings][:SHOWN]:
        value = mask_id_number(str(told["value"])) if kind == "id-card" else told["value"]
        note(f"第 {told['line']} 行 {value}:{told['why']}")
    if len(invalid) + len(warnings) > SHOWN:
        note(f"还有 {len(invalid) + len(warnings) - SHOWN} 个;用 --json 看全部。")
