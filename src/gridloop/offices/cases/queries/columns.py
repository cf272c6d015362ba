"""The columns a list of cases may show and a file may hold: one table, so that both say the same in the same words.

Personal data in a file is masked: a name keeps its first character, a telephone its ends, and numbers inside a text that look like a
telephone or an identity number are hidden. In the clear only names and telephones, only for those who may, and that is on record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.identity import mask_id_number, mask_name, mask_phone
from gridloop.offices.cases.models import BEIJING, GRADES, PRIORITIES, SOURCES, Case, Report
from gridloop.offices.cases.queries.words import STATES

_PHONE = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|0[0-9]{2,3}[- ]?[0-9]{7,8})(?![0-9])")
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in addresses, its label, and how a file's cell is made of a case."""

    name: str
    label: str
    cell: Callable[[Case], str]
    is_listed: bool = True


def masked_text(text: str) -> str:
    """The text with telephone and identity numbers hidden."""
    return _PHONE.sub(
        lambda found: mask_phone(found.group()), _IDENTITY.sub(lambda found: mask_id_number(found.group()), text)
    )


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if at else ""


_TABLE = (
    Column("state", "状态", lambda case: STATES[case.state]),
    Column("due", "时限", lambda case: _moment(case.due_at)),
    Column("late", "是否超期", lambda case: "是" if case.is_late else "否", is_listed=False),
    Column("unit", "主办单位", lambda case: case.lead.name),
    Column("place", "网格", lambda case: case.grid.name if case.grid else ""),
    Column("address", "地址", lambda case: masked_text(case.address)),
    Column("category", "类别", lambda case: " › ".join(case.category.split("/"))),
    Column("grade", "等级", lambda case: GRADES[case.grade]),
    Column("priority", "优先级", lambda case: PRIORITIES[case.priority]),
    Column("source", "来源", lambda case: SOURCES[case.source]),
    Column("enterprise", "企业", lambda case: case.enterprise),
    Column("filed", "登记", lambda case: _moment(case.filed_at)),
    Column("contact", "首问人", lambda case: case.first_contact.name),
    Column("answered", "答复", lambda case: _moment(case.answered_at)),
    Column("cleared", "销号", lambda case: _moment(case.cleared_at)),
    Column("hops", "转派次数", lambda case: str(case.hops)),
    Column("returns", "退回次数", lambda case: str(case.returns)),
    Column("text", "内容", lambda case: masked_text(case.text), is_listed=False),
    Column("answer", "答复内容", lambda case: masked_text(case.answer), is_listed=False),
    Column("reporter", "反映人", lambda case: "", is_listed=False),
)
COLUMNS: dict[str, Column] = {column.name: column for column in _TABLE}
LISTED = tuple(name for name, column in COLUMNS.items() if column.is_listed)
DEFAULT = ("state", "due", "unit", "place", "filed")
ALWAYS = ("编号", "标题")


def known_columns(names: Iterable[str], *, listed_only: bool = False) -> tuple[str, ...]:
    """Those of the names that are columns, each once, in the order given; the default ones when none is."""
    known = LISTED if listed_only else tuple(COLUMNS)
    return tuple(dict.fromkeys(name for name in names if name in known)) or DEFAULT


def heads(columns: Sequence[str]) -> list[str]:
    """The heads of a file: number and title always come first; a reporter takes two columns."""
    found = list(ALWAYS)
    for name in columns:
        found += ["反映人", "电话"] if name == "reporter" else [COLUMNS[name].label]
    return found


def cells(case: Case, columns: Sequence[str], *, reports: Sequence[Report], is_masked: bool) -> list[str]:
    """A case as the cells of a file."""
    found = [case.number, masked_text(case.title)]
    for name in columns:
        found += _reporters(reports, is_masked=is_masked) if name == "reporter" else [COLUMNS[name].cell(case)]
    return found


def _reporters(reports: Sequence[Report], *, is_masked: bool) -> list[str]:
    """Names in one cell, telephones in the next; several are parted by "、"."""

    def told(values: Iterable[str], mask: Callable[[str], Any]) -> str:
        return "、".join(str(mask(value)) if is_masked else value for value in values if value)

    return [
        told((report.name for report in reports), mask_name),
        told((report.phone for report in reports), mask_phone),
    ]
