"""Reading messages with their time, their teller and what is known of the place, from the CSV files people have.

Columns: the number is ``id`` (留言编号), the teller ``reporter`` (留言用户, any sign that tells people apart), the time ``at`` (留言时间), the text
留言主题 with 留言详情, or ``text``; as far as there: 点赞数 and 反对数, address, lon, lat. Rows without a text or a readable time are left out and named,
never guessed. Times without a zone are the street's (UTC+8). No Django here.

Worked example::

    found = read_messages([Path("messages.csv")])
    found.messages[0].key, [each.sentence for each in found.left_out]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from gridloop.core.clusters import Message
from gridloop.core.errors import WrongInput
from gridloop.site.imports.labelled import LeftOut
from gridloop.site.imports.reading import Rejection, Row, read_sheet

BEIJING = timezone(timedelta(hours=8))
COLUMNS = {
    "id": ("id", "留言编号", "编号"), "reporter": ("reporter", "留言用户", "反映人"), "title": ("title", "留言主题", "主题", "标题"),
    "at": ("at", "留言时间", "时间", "反映时间", "time"), "body": ("body", "留言详情", "详情"), "text": ("text", "内容", "留言内容"),
    "likes": ("likes", "点赞数", "点赞"), "dislikes": ("dislikes", "反对数", "反对"), "address": ("address", "地址"),
    "lon": ("lon", "经度"), "lat": ("lat", "纬度"), "category": ("category", "一级分类", "类别"),
}  # fmt: skip
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Read:
    """The messages of all files, each key once, and the rows that were not used."""

    messages: tuple[Message, ...]
    left_out: tuple[LeftOut, ...]


def read_messages(paths: Sequence[Path]) -> Read:
    """All usable rows of the files. Raises WrongInput when a file cannot be read, lacks the columns or has no usable row."""
    messages: dict[str, Message] = {}
    left_out: list[LeftOut] = []
    for path in paths:
        sheet = read_sheet(path, columns=COLUMNS)
        if "at" not in sheet.header or not {"text", "title", "body"} & set(sheet.header):
            raise WrongInput(
                "messages.no_column",
                "缺少时间列(留言时间 或 at)或内容列(留言主题+留言详情 或 text);请补上表头。",
                file=path.name,
            )
        left_out += [LeftOut(path.name, fault) for fault in sheet.rejected]
        for row in sheet.rows:
            found = _message(row)
            if isinstance(found, Message) and found.key not in messages:
                messages[found.key] = found
                continue
            fault = found if isinstance(found, Rejection) else Rejection(row.number, "id", "编号已经出现过,此行未用。")
            left_out.append(LeftOut(path.name, fault))
    if not messages:
        raise WrongInput(
            "messages.no_rows", "没有既有内容又有时间的行;请核对。", file="、".join(path.name for path in paths)
        )
    return Read(tuple(messages.values()), tuple(left_out))


def moment_in(said: str) -> datetime | None:
    """``2019/8/19 11:34:04``, ``2019-08-01 00:00:00`` or ``2019年8月1日`` as a moment of UTC+8; None for anything else."""
    found = _MOMENT.fullmatch(said.strip())
    if found is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=BEIJING)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _message(row: Row) -> Message | Rejection:
    cells = row.cells
    title, body = cells.get("title", ""), cells.get("body") or cells.get("text", "")
    at = moment_in(cells.get("at", ""))
    if not (title or body):
        return Rejection(row.number, "内容", "是空的,此行未用;请补上。")
    if at is None:
        return Rejection(row.number, "时间", f"“{cells.get('at', '')}”不是时间,此行未用;请写成 2022-05-29 08:30。")
    return Message(
        key=cells.get("id") or f"row:{row.number}", title=title or body[:40], text=body or title, at=at, reporter=cells.get("reporter", ""),
        address=cells.get("address", ""), lon=_number(cells, "lon"), lat=_number(cells, "lat"), category=cells.get("category", ""),
        support=int(_number(cells, "likes") or 0) + int(_number(cells, "dislikes") or 0),
    )  # fmt: skip


def _number(cells: Mapping[str, str], name: str) -> float | None:
    try:
        return float(cells.get(name, ""))
    except ValueError:
        return None
