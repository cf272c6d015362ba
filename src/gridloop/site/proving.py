"""The ground that ``gridloop route prove`` stands on where only files are given, and the street's where one is named.

Anyone's sheets will do: CSV (UTF-8, UTF-16 or GB18030, commas, semicolons or tabs, gzipped too) or .xlsx, headed in Chinese or English; the
accepted heads are listed in :data:`PATHS`, :data:`UNITS` and :data:`TABLE` and in docs/routing.md. Only one column is needed of each file.

Guarantees: a column nobody gave leaves its property unproved; a cell that cannot be read is refused by row and column.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

from gridloop.core.errors import WrongInput
from gridloop.core.hops import HOP_LIMIT, UnitAbove
from gridloop.core.profile import Profile
from gridloop.core.route_row import HEADERS, RouteRow, rows_from_records
from gridloop.core.staffing import Stretch
from gridloop.core.table_proof import Duty, Ground
from gridloop.core.worktime import Calendar
from gridloop.offices.supervision.seed import shipped_calendar, shipped_profiles
from gridloop.site.imports.reading import Row, Sheet, read_grid, read_records, read_sheet
from gridloop.site.moments import parse_moment

PATHS = {
    "path": (
        "路径", "类别路径", "类别", "地点路径", "地点", "网格/地点", "网格路径", "网格", "事项类别", "category_path", "place_path", "full_path",
        "category", "place", "grid", "代码", "编码", "code", "id", "名称", "name",
    ),
    "parent": ("上级", "上级代码", "上级路径", "父级", "上级网格", "parent", "parent_code", "parent_path", "parent_id"),
}  # fmt: skip
LEVELS = (("一级", "二级", "三级", "四级"), ("一级分类", "二级分类", "三级分类", "四级分类"), ("一级标签", "二级标签", "三级标签"), ("level1", "level2", "level3", "level4"), ("level_1", "level_2", "level_3", "level_4"))  # fmt: skip
UNITS = {
    "code": ("代码", "单位代码", "编码", "单位", "unit", "unit_code", "id"),
    "name": ("名称", "单位名称", "unit_name", "title"),
    "parent": ("上级", "上级代码", "上级单位", "parent_code", "parent_unit", "escalates_to", "escalate_to", "提级到", "superior_unit"),
    "is_backstop": ("属地兜底", "兜底", "backstop", "fallback", "is_fallback"),
    "is_superior": ("上级部门", "superior", "authority", "is_authority", "terminal", "is_terminal", "终点", "拍板"),
    "kind": ("类型", "类别", "type"),
    "post": ("岗位", "岗位代码", "post_code"),
    "holder": ("在岗", "在岗人", "在岗人员", "在岗人数", "任职", "任职人", "人员", "负责人", "holders", "staff", "staffed", "person", "active"),
    "substitute": ("备岗", "备岗人", "代办", "代办人", "substitutes", "deputy", "backup"),
    "hours": ("在岗时间", "值班时间", "值守时间", "服务时间", "时段", "hours_of_duty", "duty_hours", "opening_hours", "shifts"),
    "starts": ("自", "起", "开始", "start", "from", "valid_from", "starts_at"),
    "ends": ("至", "止", "结束", "end", "until", "to", "valid_until", "ends_at"),
    "return_limit": ("退回上限", "退回次数上限", "退单上限", "max_returns", "returns"),
}  # fmt: skip
TABLE = {
    "row": ("编号", "行号", "rule", "rule_id", "id", "序号"),
    "unit": ("主办单位", "承办单位", "责任单位", "单位代码", "next_hop", "lead", "lead_unit", "unit_code"),
    "profile": ("时限", "方案", "deadline_profile", "sla", "sla_profile", "profile_code"),
    "category": ("类别路径", "事项类别", "category_prefix", "category_path"),
    "place": ("地点路径", "网格路径", "place_prefix", "place_path", "grid"),
    "metric": ("次序", "优先顺序", "order", "preference"),
    "escalates_to": ("上报", "上报至", "提级", "escalate_to", "escalation", "escalates"),
    "time_class": ("时间段", "time"),
    "level": ("级别",),
    "grade": ("难度", "difficulty"),
}  # fmt: skip
"""Further heads of a table's columns, beside those of ``core.route_row.HEADERS``."""

YES = frozenset({"1", "true", "yes", "是", "y", "有", "√", "在岗"})
NOBODY = frozenset({"", "0", "无", "缺", "空缺", "空岗", "没有", "none", "no", "false", "否", "vacant", "-", "—"})
ALWAYS = frozenset({"24h", "24小时", "全天", "24x7", "24×7", "7x24", "7×24", "always", "all", "all day"})
ENDLESS = frozenset({"不限", "无限", "无上限", "unlimited", "none", "∞", "-1"})
KINDS = {"street_office": "is_backstop", "backstop": "is_backstop", "街道办": "is_backstop", "authority": "is_superior", "superior": "is_superior", "上级部门": "is_superior"}  # fmt: skip
NO_PROFILE = "(未写)"
SPAN = re.compile(r"(\d{1,2})(?:[:\uff1a时](\d{2})?)?\s*[至到~–—-]\s*(次日)?(\d{1,2})(?:[:\uff1a时](\d{2})?)?")


# --- a table ---------------------------------------------------------------------------------------------------------


def rows_of(path: Path) -> list[RouteRow]:
    """The rows of a table in a file. Raises WrongInput naming every bad row, column and reason."""
    records = [_named(record, number) for number, record in read_records(path)]
    rows, problems = rows_from_records(records)
    if problems:
        told = ";".join(f"{each.row}“{each.column}”{each.reason}" for each in problems)
        raise WrongInput("route.bad_rows", f"路由表“{path.name}”有 {len(problems)} 处要改:{told}", file=str(path))
    return rows


def _named(record: Mapping[str, str], number: int) -> dict[str, str]:
    """The record under our column names; a row without a label is called by its number, and one without a profile says so."""
    ours = {alias.casefold(): name for name, aliases in TABLE.items() for alias in aliases}
    titles = [title.strip().lstrip("\ufeff") for title in record]
    taken = {HEADERS.get(title, title) for title in titles}
    cells: dict[str, str] = {}
    for title, cell in zip(titles, record.values(), strict=True):
        name = HEADERS.get(title) or ours.get(title.casefold(), title)
        cells[title if name in taken and HEADERS.get(title, title) != name else name] = cell
    return {"row": f"第{number}行", "profile": NO_PROFILE} | {
        name: cell for name, cell in cells.items() if cell.strip() or name not in ("row", "profile")
    }


# --- the ground ------------------------------------------------------------------------------------------------------


def ground_of_files(
    rows: Sequence[RouteRow],
    *,
    categories: Path | None,
    places: Path | None,
    units: Path | None,
    at: datetime,
    days: int,
) -> Ground:
    """What the files say; profiles and the calendar are those shipped."""
    calendar = shipped_calendar()
    sheet = read_sheet(units, columns=UNITS, required=("code",)) if units else None
    without_profiles = all(row.profile == NO_PROFILE for row in rows)
    return Ground(
        categories=_paths(categories) if categories else None, places=_paths(places) if places else None,
        units=_units(sheet) if sheet else None, profiles=None if without_profiles else _by_every_name(shipped_profiles()),
        calendar=calendar, year=max(each.year for each in calendar.years if each.published),
        duty=_duty(sheet, at=at, days=days, calendar=calendar) if sheet else None, names=_names(sheet) if sheet else {},
    )  # fmt: skip


def ground_of_street(street: str, *, at: datetime, days: int) -> tuple[list[RouteRow], Ground]:
    """The rows in force in the street and all that it knows now; its posts are looked at for so many days."""
    from gridloop.offices.cases.queries.proving import ground_of
    from gridloop.offices.cases.queries.rules import rules_of
    from gridloop.offices.organisation import queries as organisation
    from gridloop.offices.organisation.changesets.chapters import Proposed

    rules = rules_of(street, version=organisation.version_of(street))
    ground = ground_of(Proposed(street, at), horizon=timedelta(days=days))
    return list(rules.table_at(at)[1].rows), ground


def _paths(path: Path) -> list[str]:
    """The paths that a file names: a column of whole paths, columns of levels, or codes with their parents' codes."""
    by_level = _paths_by_level(path)
    if by_level is not None:
        return by_level
    sheet = read_sheet(path, columns=PATHS, required=("path",))
    told = {row.cells["path"].strip("/"): row.cells.get("parent", "").strip("/") for row in sheet.rows}
    return [_whole(path, told) for path in told]


def _whole(code: str, parents: Mapping[str, str]) -> str:
    """The code under its parents' codes, where it is not a path already."""
    parts, above = [code], parents.get(code, "")
    while above and above in parents and above not in parts and not code.startswith(f"{above}/"):
        parts.append(above)
        above = parents[above]
    return "/".join(reversed(parts))


def _paths_by_level(path: Path) -> list[str] | None:
    """None where the file has no columns of levels; an empty level ends the path."""
    header, lines, _ = read_grid(path)
    heads = [title.strip().lstrip("\ufeff") for title in header]
    for names in LEVELS:
        if names[0] in heads and names[1] in heads:
            columns = [heads.index(name) for name in names if name in heads]
            found = [
                "/".join(part for part in (cells[at].strip() for at in columns if at < len(cells)) if part)
                for _, cells in lines
            ]
            return [each for each in dict.fromkeys(found) if each]
    return None


# --- units -----------------------------------------------------------------------------------------------------------


def _units(sheet: Sheet) -> dict[str, UnitAbove]:
    """The units by code, whichever of their rows says what. Where no authority is marked, whoever has nobody above decides."""
    merged: dict[str, dict[str, str]] = {}
    for row in sheet.rows:
        own = merged.setdefault(row.cells["code"], {})
        own.update({name: cell for name, cell in row.cells.items() if cell})
    marks = {code: _marks(cells) for code, cells in merged.items()}
    nobody_marked = not any(mark for found in marks.values() for mark in found)
    return {
        code: UnitAbove(
            cells.get("parent", ""), any(marks[code]) or (nobody_marked and not cells.get("parent")), marks[code][0],
            _return_limit(cells.get("return_limit", ""), code),
        )
        for code, cells in merged.items()
    }  # fmt: skip


def _marks(cells: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether the unit is the backstop, and whether it is a superior department."""
    kind = KINDS.get(cells.get("kind", "").casefold(), "")
    backstop, superior = (
        cells.get(name, "").casefold() in YES or kind == name for name in ("is_backstop", "is_superior")
    )
    return backstop, superior


def _return_limit(said: str, code: str) -> int | None:
    if not said:
        return HOP_LIMIT
    if said.casefold() in ENDLESS:
        return None
    if said.isdecimal():
        return int(said)
    raise WrongInput("route.return_limit", f"单位“{code}”的退回上限“{said}”看不懂;请填次数,或填 不限。", unit=code)


def _names(sheet: Sheet) -> dict[str, str]:
    return {row.cells["code"]: row.cells["name"] for row in sheet.rows if row.cells.get("name")}


def _duty(sheet: Sheet, *, at: datetime, days: int, calendar: Calendar) -> Duty | None:
    """Who is on duty when, from the columns that say so; None where there is none of them."""
    told = {"holder", "substitute", "hours", "starts", "ends"} & set(sheet.header)
    if not told:
        return None
    at, end = _horizon(sheet, at=at, days=days, calendar=calendar)
    stretches: defaultdict[str, list[Stretch]] = defaultdict(list)
    for row in sheet.rows:
        held = list(_held(row, told, start=at, end=end, calendar=calendar))
        stretches[row.cells["code"]] += held
        if row.cells.get("post"):
            stretches[f"{row.cells['code']}/{row.cells['post']}"] += held
    return Duty(at, end, stretches)


def _horizon(sheet: Sheet, *, at: datetime, days: int, calendar: Calendar) -> tuple[datetime, datetime]:
    """From the first date of the sheet to its last, the roster that it publishes; without dates so many days from now."""
    starts, ends = (
        [_moment(row.cells.get(name, ""), row, calendar) for row in sheet.rows] if name in sheet.header else []
        for name in ("starts", "ends")
    )
    first = min((each for each in starts if each), default=at)
    last = max((each for each in ends if each), default=first + timedelta(days=days))
    return first, max(first, last)


def _held(row: Row, told: set[str], *, start: datetime, end: datetime, calendar: Calendar) -> Iterator[Stretch]:
    """The stretches of one row: of its holder or substitute, in its hours, between its dates."""
    cells = row.cells
    people = [cells.get(name, "").casefold() for name in ("holder", "substitute") if name in told]
    if people and all(each in NOBODY for each in people):
        return
    first = max(start, _moment(cells.get("starts", ""), row, calendar) or start)
    last = min(end, _moment(cells.get("ends", ""), row, calendar) or end)
    for shift in _shifts(cells.get("hours", ""), row, start=first, end=last, calendar=calendar):
        begins, ends = max(shift.start, first), min(shift.end or last, last)
        if begins < ends:
            yield Stretch(begins, ends)


def _shifts(said: str, row: Row, *, start: datetime, end: datetime, calendar: Calendar) -> Iterable[Stretch]:
    """The hours as they come every day: 08:30-17:30;20:00-08:00. Nothing said means always."""
    text = said.strip().casefold()
    if not text or text in ALWAYS:
        return [Stretch(start, end)]
    spans = SPAN.findall(text)
    if not spans:
        raise WrongInput(
            "route.hours",
            f"第 {row.number} 行的在岗时间“{said}”看不懂;请写成 08:30-17:30;20:00-08:00,或 全天。",
            row=row.number,
        )
    return [each for span in spans for each in _every_day(span, row, start=start, end=end, calendar=calendar)]


def _every_day(
    span: Sequence[str], row: Row, *, start: datetime, end: datetime, calendar: Calendar
) -> Iterator[Stretch]:
    hour, minute, _, last_hour, last_minute = span
    opens, closes = _minutes(hour, minute, row), _minutes(last_hour, last_minute, row)
    closes += 24 * 60 if closes <= opens else 0
    day = calendar.local(start).date() - timedelta(days=1)
    while calendar.at_time(day, time()) < end:
        midnight = calendar.at_time(day, time())
        yield Stretch(midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes))
        day += timedelta(days=1)


def _minutes(hour: str, minute: str, row: Row) -> int:
    found = int(hour) * 60 + int(minute or 0)
    if found > 24 * 60 or int(minute or 0) > 59:
        raise WrongInput(
            "route.hours", f"第 {row.number} 行的钟点 {hour}:{minute} 不存在;请写成 08:30。", row=row.number
        )
    return found


def _moment(said: str, row: Row, calendar: Calendar) -> datetime | None:
    if not said:
        return None
    return calendar.local(parse_moment(said, zone=calendar.tz, field=f"第 {row.number} 行"))


def _by_every_name(profiles: Sequence[Profile]) -> dict[str, Profile]:
    return {name: each for each in profiles for name in (each.code, each.name, *each.aliases)}
