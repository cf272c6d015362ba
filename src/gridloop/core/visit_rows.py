"""A row of the visit book (走访登记簿) as people type it, read into the words of a visit; what cannot be read is told by column.

A day without a time counts as nine in the morning. Words stand as on the pages (上门、送政策 …), several purposes or units with 、 between them.

Worked example::

    read_row({"enterprise": "示范一号公司", "at": "2022-02-28 10:30", "purposes": "送政策、解难题"}, units={}, zone=BEIJING)
    # ReadRow(enterprise="示范一号公司", happened_at=…, purposes=("policy", "problem"), way="on_site", outcome="done", level="manager", …)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from gridloop.core.visiting import LEVELS, OUTCOMES, PURPOSES, STATES, WAYS

COLUMNS: dict[str, tuple[str, ...]] = {
    "enterprise": ("企业", "企业名称", "统一社会信用代码", "名称或代码"),
    "at": ("日期时间", "时间", "日期", "走访时间", "走访日期"),
    "way": ("方式", "走访方式"),
    "purposes": ("事由", "目的", "走访目的"),
    "outcome": ("结果", "走访结果"),
    "level": ("走访人层级", "层级"),
    "topic": ("主题",),
    "said": ("情况", "谈了什么", "内容"),
    "bodies": ("一起去的单位", "参加单位"),
}
"""Our name for each column, the header that we write, and other headers that we read."""
NEEDED = ("enterprise", "at")
LONGEST = {"enterprise": 160, "topic": 120, "said": 2000}
MORNING = 9
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})\s*[::时点]\s*(\d{1,2})?\s*(?:分|[::]\d{1,2})?)?"
)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that could be read: whom it names (as typed), when, and the codes of its words."""

    enterprise: str
    happened_at: datetime
    way: str
    outcome: str
    level: str
    purposes: tuple[str, ...]
    topic: str
    said: str
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: our name of the column, and a sentence that says what to write instead."""

    column: str
    reason: str


def is_blank(cells: Mapping[str, str]) -> bool:
    """Nothing but the firm stands in the row: the line of a sheet handed out with the firms, where no visit was made."""
    return not any(cells.get(name, "").strip() for name in COLUMNS if name != "enterprise")


def read_row(
    cells: Mapping[str, str], *, units: Mapping[str, str], zone: tzinfo, also: Mapping[str, str] | None = None
) -> ReadRow | Fault:
    """The row, or its first fault. ``units`` are the street's codes with their names; the moment is of the ``zone``.

    ``also`` gives codes for words of another language, in small letters.
    """
    told = {name: unicodedata.normalize("NFC", cells.get(name, "")).strip() for name in COLUMNS}
    for name, most in LONGEST.items():
        if len(told[name]) > most:
            return Fault(name, f"最多 {most} 个字,这里有 {len(told[name])} 个;请写短些。")
    if not told["enterprise"]:
        return Fault("enterprise", "没有写企业;请写企业名称或统一社会信用代码。")
    at = _moment(told["at"], zone)
    if at is None:
        return Fault(
            "at",
            f"“{told['at'][:30]}”不是日期;请写成 2022-02-28 10:30。"
            if told["at"]
            else "没有写哪一天;请写成 2022-02-28 10:30。",
        )
    words = _words(told, units, also or {})
    if isinstance(words, Fault):
        return words
    (way,), (outcome,), (level,), purposes, bodies = words
    return ReadRow(told["enterprise"], at, way, outcome, level, purposes, told["topic"], told["said"], bodies)


def _words(told: Mapping[str, str], units: Mapping[str, str], also: Mapping[str, str]) -> list[tuple[str, ...]] | Fault:
    """The codes of way, outcome, level, purposes and units; an empty cell means the usual one, or none."""
    found: list[tuple[str, ...]] = []
    for name, labels, usual in (
        ("way", WAYS, ("on_site",)), ("outcome", {code: STATES[code] for code in OUTCOMES}, ("done",)), ("level", LEVELS, ("manager",)),
        ("purposes", PURPOSES, ()), ("bodies", units, ()),
    ):  # fmt: skip
        several = name in ("purposes", "bodies")
        parts = [part.strip() for part in re.split(r"[、,,;;|/]", told[name])] if several else [told[name]]
        codes = [(_code(part, labels, also), part) for part in parts if part]
        unknown = next((part for code, part in codes if not code), "")
        if unknown:
            known = "、".join(labels.values()) if name != "bodies" else "本街道的单位名称或代码"
            return Fault(name, f"没有“{unknown[:30]}”;可以写:{known}。")
        found.append(tuple(dict.fromkeys(code for code, _part in codes)) or usual)
    return found


def _code(said: str, labels: Mapping[str, str], also: Mapping[str, str]) -> str:
    """The code that is meant, among those of the column; empty when none is."""
    meant = also.get(said.casefold(), said)
    return meant if meant in labels else next((code for code, label in labels.items() if label == said), "")


def _moment(said: str, zone: tzinfo) -> datetime | None:
    """The moment; a day alone (or at midnight, as spreadsheets write a day) is nine in the morning. None for what is no day."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", said).strip())
    if not found:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    try:
        at = datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        return None
    return at.replace(hour=MORNING) if (hour, minute) == (0, 0) else at
