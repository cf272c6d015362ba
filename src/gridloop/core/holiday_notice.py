"""The yearly holiday notice as people have it: rows of a sheet, the JSON of the import, or the words of the notice itself.

Terms: 放假安排 (the State Council's notice), 调休上班 (a make-up workday). A *day* is ``[ISO date, is_workday, festival]``.

Guarantees: nothing is guessed silently: a line that cannot be read is named with its number; a day told twice is told once; days outside
the year are refused, except those of the turn of the year that the notice itself names, which belong to the other year's notice.

Worked example::

    read_notice("一、元旦:1月1日(周五)至3日(周日)放假调休,共3天。1月4日(周一)上班。", year=2027)
    # Notice(2027, (["2027-01-01", False, "元旦"], …, ["2027-01-04", True, "元旦"]), problems=())
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gridloop.core.errors import WrongInput

Day = list[Any]
WORKS = frozenset({"1", "true", "上班", "调休", "调休上班", "补班", "是"})
RESTS = frozenset({"0", "false", "放假", "休", "休息", "假", "否"})
LONGEST = 200_000

_SECTION = re.compile(r"(?:[一二三四五六七八九十]+、|^)\s*([\u4e00-\u9fff、]{2,12}?)\s*[::]", re.M)
_CLAUSE = re.compile(r"[^。;;\n]+")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\s*[((][^))]*[))])?"
_SPAN = re.compile(rf"{_DAY}(?:\s*(至|到|—|-|~)\s*{_DAY})?")
_LINE = re.compile(r"^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*[,,\t ]\s*([^,,\t]*?)\s*(?:[,,\t ]\s*(.*?))?\s*$")


@dataclass(frozen=True, slots=True)
class Notice:
    """The special days of one year, in order, and every line that could not be read."""

    year: int
    days: tuple[Day, ...]
    problems: tuple[str, ...]


def read_notice(text: str, *, year: int) -> Notice:
    """The year's special days, whichever of the three forms the text has. Raises WrongInput when it holds no day at all."""
    if len(text) > LONGEST:
        raise WrongInput("calendar.too_long", "内容太长,不像一份放假通知;请只贴通知的正文或表格。", field="text")
    stripped = text.strip().lstrip("\ufeff")
    if stripped.startswith(("{", "[")):
        days, problems = _from_json(stripped, year)
    elif _SECTION.search(stripped) and "放假" in stripped:
        days, problems = _from_words(stripped, year)
    else:
        days, problems = _from_rows(stripped)
    kept = {day[0]: day for day in days if day[0].startswith(f"{year}-")}
    others = sorted({day[0][:4] for day in days} - {str(year)})
    if others and not kept:
        raise WrongInput(
            "calendar.other_year", f"这些日子是 {'、'.join(others)} 年的,不是 {year} 年;请核对年份。", field="year"
        )
    if not kept:
        raise WrongInput(
            "calendar.no_day", "没有读出任何日子;请按“日期,放假或上班,节日”一行一天填写,或贴通知原文。", field="text"
        )
    problems += [f"{day[0]} 不在 {year} 年,没有载入。" for day in days if day[0] not in kept]
    return Notice(year, tuple(kept[day] for day in sorted(kept)), tuple(problems))


# --- the words of the notice -----------------------------------------------------------------------------------------


def _from_words(text: str, year: int) -> tuple[list[Day], list[str]]:
    """Each section names a festival, then spans that are 放假 and days that are 上班."""
    heads = list(_SECTION.finditer(text))
    days: list[Day] = []
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        days += _section(head.group(1), text[head.end() : end], year)
    return days, []


def _section(name: str, text: str, year: int) -> Iterator[Day]:
    month = 0
    for clause in _CLAUSE.findall(text):
        worked = "上班" in clause
        if not worked and "放假" not in clause:
            continue
        for span in _SPAN.finditer(clause):
            first, last, month = _ends(span, year, month)
            yield from ([day.isoformat(), worked, name] for day in _each(first, last))


def _ends(span: re.Match[str], year: int, month: int) -> tuple[date, date, int]:
    """First and last day; a month not said is the one before, and the year goes on at the turn of the year."""
    said_year, said_month, day, joined, last_year, last_month, last_day = span.groups()
    month = int(said_month or month or 1)
    first = _date(int(said_year or year), month, int(day))
    if not joined:
        return first, first, month
    until = int(last_month or month)
    last = _date(int(last_year or (first.year + (until < month))), until, int(last_day))
    return first, last, until


def _each(first: date, last: date) -> Iterator[date]:
    if not 0 <= (last - first).days <= 31:
        raise WrongInput(
            "calendar.odd_span",
            f"“{first.month}月{first.day}日至{last.month}月{last.day}日”不像一段假期;请核对。",
            field="text",
        )
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as fault:
        raise WrongInput(
            "calendar.no_such_day", f"没有 {year} 年 {month} 月 {day} 日;请核对通知。", field="text"
        ) from fault


# --- rows and JSON ---------------------------------------------------------------------------------------------------


def _from_rows(text: str) -> tuple[list[Day], list[str]]:
    """One day a line: date, 放假/上班 (or 0/1), festival; a header line is passed over."""
    days: list[Day] = []
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or (number == 1 and not any(mark.isdecimal() for mark in line)):
            continue
        found = _LINE.match(line)
        said = found.group(4).strip().casefold() if found else ""
        if found is None or said not in WORKS | RESTS:
            problems.append(f"第 {number} 行“{line.strip()[:40]}”看不懂;请写成“2027-01-01,放假,元旦”。")
            continue
        on = _date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
        days.append([on.isoformat(), said in WORKS, (found.group(5) or "").strip()[:20] or "放假安排"])
    return days, problems


def _from_json(text: str, year: int) -> tuple[list[Day], list[str]]:
    """The three shapes of the import: ``years`` of exceptions, ``days`` with ``isOffDay``, or a list of objects."""
    try:
        source = json.loads(text)
        if isinstance(source, dict) and "years" in source:
            listed = [day for each in source["years"] if int(each["year"]) == year for day in each["exceptions"]]
            return [[_iso(day), bool(worked), str(name)[:20]] for day, worked, name in listed], []
        rows = source["days"] if isinstance(source, dict) else source
        return [[_iso(row["date"]), _is_worked(row), str(row.get("name", ""))[:20] or "放假安排"] for row in rows], []
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        raise WrongInput(
            "calendar.bad_json", "JSON 的样子不对;请参照说明里的例子,或改用“日期,放假或上班,节日”的表。", field="text"
        ) from fault


def _iso(day: object) -> str:
    return date.fromisoformat(str(day)).isoformat()


def _is_worked(row: dict[str, Any]) -> bool:
    if "isOffDay" in row:
        return not row["isOffDay"]
    return str(row.get("is_workday", "")).strip().casefold() in WORKS
