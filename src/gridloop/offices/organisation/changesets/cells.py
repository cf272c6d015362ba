"""One row of a form or a sheet, read cell by cell: what is wrong is said with its column and what to do.

A choice may be given by its value or by its word, a moment as 2022-05-23 09:00 or 2022/5/23, yes and no as 是/否, 1/0: what a
spreadsheet makes of a cell must not keep anyone from handing it in.

Worked example::

    read_row(chapter, {"code": "urban", "name": ""}, proposed)    # ({...}, [CellProblem("name", "名称", "不能为空;请补上。")])
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from gridloop.core.changes import Row
from gridloop.core.errors import WrongInput
from gridloop.offices.archive.concealed import conceal_alike
from gridloop.offices.organisation.changesets.chapters import YES, Chapter, Column, Proposed

SAID_YES = frozenset({"1", "true", "yes", "是", "y", "on", "√"})
SAID_NO = frozenset({"", "0", "false", "no", "否", "n", "off"})
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
KEEP = "\x1a"
"""What a form sends for a secret that shall stay as it is."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell."""

    column: str
    label: str
    sentence: str


class _BadCellError(ValueError):
    """A cell cannot be read; the sentence says what to do."""


def read_row(
    chapter: Chapter, cells: Mapping[str, str], proposed: Proposed, *, before: Row | None = None
) -> tuple[dict[str, str], list[CellProblem]]:
    """The row that the cells describe, and everything wrong with them. A cell that is not given stays as it was."""
    row: dict[str, str] = {}
    problems: list[CellProblem] = []
    for column in chapter.columns:
        was = str((before or {}).get(column.name, ""))
        try:
            row[column.name] = _kept(column, cells, was) or _read(column, cells[column.name], proposed)
        except KeyError:
            row[column.name] = was
        except _BadCellError as fault:
            row[column.name] = str(cells[column.name])[: column.longest]
            problems.append(CellProblem(column.name, column.label, str(fault)))
            continue
        if column.required and not row[column.name]:
            problems.append(CellProblem(column.name, column.label, "不能为空;请补上。"))
        elif column.fixed and before is not None and row[column.name] != was:
            problems.append(CellProblem(column.name, column.label, f"定下后不能改(原为“{was}”);要换请取消后另加一行。"))
    return row, problems


def tidy(text: str) -> str:
    """The text without control characters, which no table keeps, and without blanks round it."""
    return UNWANTED.sub("", text).strip()


def tidy_row(value: Any) -> Any:
    """A row of JSON values whose texts are tidy."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, Mapping):
        return {name: tidy_row(each) for name, each in value.items()}
    return [tidy_row(each) for each in value] if isinstance(value, list | tuple) else value


def _kept(column: Column, cells: Mapping[str, str], was: str) -> str:
    """The secret as it was, where the form does not touch it or the sheet shows it masked."""
    said = cells.get(column.name, "")
    return was if column.kind == "secret" and (said == KEEP or said.startswith("●")) else ""


def _read(column: Column, said: str, proposed: Proposed) -> str:
    text = UNWANTED.sub("", said).replace("\r\n", "\n").strip()
    if len(text) > column.longest:
        raise _BadCellError(f"有 {len(text)} 个字,最多 {column.longest} 个;请缩短。")
    if column.kind != "text" and "\n" in text:
        raise _BadCellError("不能换行;请写成一行。")
    return _READERS.get(column.kind, _plain)(column, text, proposed)


def _plain(column: Column, text: str, proposed: Proposed) -> str:
    return text


def _secret(column: Column, text: str, proposed: Proposed) -> str:
    return conceal_alike(text)


def _yes_no(column: Column, text: str, proposed: Proposed) -> str:
    said = text.casefold()
    if said in SAID_YES:
        return YES
    if said in SAID_NO:
        return ""
    raise _BadCellError(f"“{text}”看不懂;请填 是 或 否。")


def _choice(column: Column, text: str, proposed: Proposed) -> str:
    if not text:
        return ""
    pairs = proposed.pairs(column.choices)
    if any(value == text for value, _ in pairs):
        return text
    named = [value for value, label in pairs if label.strip() == text]
    if len(named) == 1:
        return named[0]
    if column.open:
        return text
    if named:
        raise _BadCellError(f"叫“{text}”的有 {len(named)} 个;请填代码:{'、'.join(named[:4])}。")
    raise _BadCellError(f"没有“{text}”;请从列表里选,或先登记它。")


def _several(column: Column, text: str, proposed: Proposed) -> str:
    parts = [part.strip() for part in re.split(r"[|、]", text) if part.strip()]
    return "|".join(sorted({_choice(column, part, proposed) for part in parts}))


def _moment(column: Column, text: str, proposed: Proposed) -> str:
    if not text:
        return ""
    try:
        found = datetime.fromisoformat(_with_zeros(text.replace("/", "-").replace("T", " ")))
    except ValueError as fault:
        raise _BadCellError(f"“{text}”不是日期;请写成 2022-05-23 或 2022-05-23 09:00。") from fault
    if not 1990 <= found.year <= 2100:
        raise _BadCellError(f"年份 {found.year} 不在 1990—2100 之间;请核对。")
    return f"{found:%Y-%m-%dT%H:%M}"


def _with_zeros(text: str) -> str:
    """2022-5-3 9:00 as 2022-05-03 09:00."""
    return re.sub(r"\b(\d)\b", r"0\1", text)


def _time(column: Column, text: str, proposed: Proposed) -> str:
    try:
        return f"{time.fromisoformat(_with_zeros(text)):%H:%M}" if text else ""
    except ValueError as fault:
        raise _BadCellError(f"“{text}”不是钟点;请写成 20:00。") from fault


def read_time(text: str) -> time:
    """The time of day. Raises WrongInput."""
    try:
        return time.fromisoformat(_with_zeros(text.strip()))
    except ValueError as fault:
        raise WrongInput("setup.bad_time", f"“{text[:20]}”不是钟点;请写成 09:00。", field="time") from fault


def _number(column: Column, text: str, proposed: Proposed) -> str:
    if not re.fullmatch(r"-?[0-9]{1,6}", text or "0"):
        raise _BadCellError(f"“{text}”不是整数;请填 0、10、20 这样的数。")
    return str(int(text or "0"))


_READERS = {
    "secret": _secret, "yes_no": _yes_no, "choice": _choice, "several": _several, "moment": _moment, "time": _time, "number": _number,
}  # fmt: skip
