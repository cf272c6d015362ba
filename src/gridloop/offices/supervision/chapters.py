"""What supervision offers to set up: deadline profiles and the working calendar, each with an editor of its own.

Terms: a *profile row* is a profile's data without its version, under its code; a *calendar row* is one published year (``{"days":
[[day, is_workday, name] …]}``, under ``"2027"``) or the office hours (under ``"hours"``). Taking effect publishes a new version; a new
calendar re-issues the deadlines of all running clocks, and ``calendar_effects`` foretells which move from when to when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from gridloop.core.changes import Row
from gridloop.core.errors import GridloopError, WrongInput
from gridloop.core.profile import EVENTS, GRADES, PRIORITIES, Profile
from gridloop.core.worktime import Calendar
from gridloop.offices.organisation.changesets.chapters import (
    ERROR,
    NOTE,
    WARNING,
    Applying,
    Chapter,
    Finding,
    Line,
    Outcome,
    Pairs,
    Proposed,
    register,
)
from gridloop.offices.supervision import queries
from gridloop.offices.supervision.actions import publish_calendar, publish_profile

HOURS = "hours"


# --- profiles --------------------------------------------------------------------------------------------------------


def profile_rows(street: str, at: datetime) -> dict[str, Row]:
    return {code: row_of_profile(profile) for code, (_, profile) in sorted(queries.profiles_in_force(street).items())}


def row_of_profile(profile: Profile) -> dict[str, Any]:
    """The profile's data without its version."""
    return {name: value for name, value in profile.to_data().items() if name != "version"}


def profile_of_row(row: Row) -> Profile:
    """The profile that a row describes. Raises WrongInput where it is malformed, and for unknown events."""
    found = Profile.from_data({**row, "version": 1})
    for stage in found.stages:
        for event in (stage.start, stage.terminal):
            if event not in EVENTS:
                raise WrongInput(
                    "profile.event", f"环节“{stage.name}”的起止“{event}”不认识;请从列表里选。", field="start"
                )
        if not stage.rows:
            raise WrongInput("profile.no_limit", f"环节“{stage.name}”还没有时限;请至少填一行。", field="number")
    return found


def _describe_profile(row: Row) -> list[Line]:
    lines: list[Line] = [("名称", str(row["name"]))]
    try:
        profile = profile_of_row(row)
    except GridloopError as error:
        return [*lines, ("不能读取", error.sentence)]
    lines += [(f"环节 {stage.name}", _stage_in_words(stage)) for stage in profile.stages]
    rests = (
        "不允许"
        if not profile.pauses.allowed
        else "允许" + (f",最多 {profile.pauses.longest_days} 天" if profile.pauses.longest_days else "")
    )
    warned = "、".join(f"{round(point * 100)}%" for point in profile.warnings)
    lines += [
        ("挂起", rests),
        ("提醒", f"用去 {warned} 时"),
        ("说明", profile.note),
        ("别名", "、".join(profile.aliases)),
    ]
    if profile.intake:
        lines.append(
            (
                "夜间收件",
                f"{profile.intake.cut_off:%H:%M} 后按次{'工作' if profile.intake.workdays_only else ''}日 {profile.intake.at:%H:%M} 收件",
            )
        )
    return [line for line in lines if line[1]]


def _stage_in_words(stage: Any) -> str:
    limits = ";".join(_limit_in_words(row) for row in stage.rows)
    again = ",每期重来" if stage.repeats else ""
    return f"{EVENTS.get(stage.start, stage.start)} → {EVENTS.get(stage.terminal, stage.terminal)}{again}:{limits}"


def _limit_in_words(row: Any) -> str:
    whom = [GRADES[row.grade]] if row.grade else []
    whom += [PRIORITIES[row.priority]] if row.priority else []
    return f"{'、'.join(whom) or '其余'} {row.limit.words}"


def _apply_profiles(applying: Applying) -> list[Outcome]:
    for change in applying.changes:
        if change.after is not None:
            publish_profile(by=applying.by, at=applying.at, street=applying.street, definition=dict(change.after))
    return []


PROFILES = Chapter(
    code="profiles", label="时限方案", order=75, key="code", name=(), columns=(), title=lambda key, row: str(row.get("name") or key),
    about="每个环节从什么时候起、多久之内办完;旁边有三个算例,改了就看得见。",
    example="例:三不过:交办不过夜、办理不过周、疑难不过月。已在计时的事项按当初的版本走完。",
    rows=profile_rows, apply=_apply_profiles, describe=_describe_profile,
)  # fmt: skip


def check_profiles(proposed: Proposed) -> Iterable[Finding]:
    """Every profile can be read, is called by one name only, and none is taken away."""
    answering: dict[str, str] = {}
    for code, row in proposed.after("profiles").items():
        try:
            profile = profile_of_row(row)
        except GridloopError as error:
            yield Finding(ERROR, f"时限方案“{row.get('name') or code}”:{error.sentence}", "profiles", code)
            continue
        for name in {profile.code, profile.name, *profile.aliases}:
            other = answering.setdefault("".join(name.split()).casefold(), code)
            if other != code:
                yield Finding(ERROR, f"“{name}”既指 {other} 又指 {code};请改成不同的名称。", "profiles", code)
    for code in proposed.before("profiles"):
        if code not in proposed.after("profiles"):
            yield Finding(ERROR, f"时限方案“{code}”已有事项在用,不能取消;不再用它,改路由表即可。", "profiles", code)


def profile_pairs(proposed: Proposed) -> Pairs:
    return [(code, str(row["name"])) for code, row in proposed.after("profiles").items()]


# --- calendar --------------------------------------------------------------------------------------------------------


def calendar_rows(street: str, at: datetime) -> dict[str, Row]:
    """The published years of the newest calendar and its office hours; nothing where the street has none yet."""
    if not queries.calendars(street):
        return {}
    _, calendar = queries.calendar_in_force(street)
    source = calendar.to_data()
    years = {str(year["year"]): {"days": year["exceptions"]} for year in source["years"] if year["published"]}
    return {HOURS: {"spans": source["hours"]}, **years}


def definition_of(rows: Mapping[str, Row], *, code: str = "cn", zone: str = "Asia/Shanghai") -> dict[str, Any]:
    """The calendar document of these rows."""
    years = [
        {"year": int(key), "published": True, "exceptions": [list(day) for day in row["days"]]}
        for key, row in sorted(rows.items())
        if key != HOURS
    ]
    hours = [list(span) for span in rows[HOURS]["spans"]] if HOURS in rows else None
    return {"code": code, "version": 0, "zone": zone, "hours": hours, "years": years}


def calendar_of_rows(rows: Mapping[str, Row]) -> Calendar:
    """The calendar of these rows. Raises WrongInput for days outside their year or hours out of order."""
    return Calendar.from_data(definition_of(rows))


def _describe_calendar(row: Row) -> list[Line]:
    if "spans" in row:
        return [("办公时间", "、".join(f"{start}–{end}" for start, end in row["spans"]))]
    return [(day_in_words(day), f"{'上班(调休)' if worked else '放假'} {name}") for day, worked, name in row["days"]]


def day_in_words(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.year}年{on.month}月{on.day}日 周{'一二三四五六日'[on.weekday()]}"


def calendar_effects(proposed: Proposed) -> list[Outcome]:
    """Which running deadlines would move, from when to when."""
    if not proposed.before("calendar"):
        return []
    try:
        calendar = calendar_of_rows(proposed.after("calendar"))
    except GridloopError:
        return []
    return [
        {
            "kind": "deadline", "subject": moved.subject, "what": moved.stage_name, "before": moved.before, "after": moved.after,
            "provisional": moved.provisional,
        }
        for moved in queries.reissue_preview(proposed.street, calendar, at=proposed.at)
    ]  # fmt: skip


def _apply_calendar(applying: Applying) -> list[Outcome]:
    """A new version; what it moved is kept with the change-set."""
    proposed = Proposed(applying.street, applying.at, applying.changes)
    moved = calendar_effects(proposed)
    years = "、".join(change.key for change in applying.changes if change.key != HOURS)
    note = f"{years} 年放假安排(变更单)" if years else "办公时间(变更单)"
    publish_calendar(
        by=applying.by,
        at=applying.at,
        street=applying.street,
        definition=definition_of(applying.wanted),
        note=note[:200],
    )
    return moved


CALENDAR = Chapter(
    code="calendar", label="工作日历", order=76, name=(), columns=(), title=lambda key, row: "办公时间" if key == HOURS else f"{key} 年放假安排",
    about="哪天放假、哪天调休上班、几点办公。新一年的放假通知公布后载入,暂定的期限会重新核定。",
    example="例:2026-10-01 放假 国庆节;2026-10-10 上班 国庆节。",
    rows=calendar_rows, apply=_apply_calendar, describe=_describe_calendar, effects=calendar_effects,
)  # fmt: skip


def check_calendar(proposed: Proposed) -> Iterable[Finding]:
    """The calendar can be read, no year is lost, and a year looks like one: seven festivals, make-up days at week-ends."""
    rows = proposed.after("calendar")
    if not rows:
        return
    try:
        calendar_of_rows(rows)
    except GridloopError as error:
        yield Finding(ERROR, error.sentence, "calendar")
        return
    for key in proposed.before("calendar"):
        if key not in rows:
            yield Finding(WARNING, f"{key} 年的放假安排会被撤掉,这一年又按周一至周五暂计。", "calendar", key)
    for change in proposed.changes:
        if change.chapter == "calendar" and change.after and "days" in change.after:
            yield from _odd_days(change.key, change.after["days"])


def _odd_days(year: str, days: Iterable[Any]) -> Iterable[Finding]:
    """What in a year's notice looks like a slip of the pen."""
    listed = [(date.fromisoformat(day), bool(worked), str(name)) for day, worked, name in days]
    for day, worked, name in listed:
        is_weekend = day.weekday() >= 5
        if worked and not is_weekend:
            yield Finding(
                WARNING,
                f"{day_in_words(day.isoformat())}({name})本来就是工作日,却写成调休上班;请核对通知。",
                "calendar",
                year,
            )
    free = sum(not worked for _, worked, _ in listed)
    if not 7 <= free <= 40:
        yield Finding(
            WARNING,
            f"{year} 年只写了 {free} 个放假日,国务院的通知通常有二三十天(含相连的周末);请核对是否漏行。",
            "calendar",
            year,
        )
    if not any("春节" in name for _, _, name in listed):
        yield Finding(WARNING, f"{year} 年的安排里没有春节;请核对通知。", "calendar", year)
    if sum(worked for _, worked, _ in listed) == 0:
        yield Finding(NOTE, f"{year} 年没有调休上班的日子;请核对通知。", "calendar", year)


def register_chapters() -> None:
    """Deadline profiles and the calendar can be set up."""
    register(
        chapters=[PROFILES, CALENDAR],
        sources={"profiles": profile_pairs},
        checks={"profiles": check_profiles, "calendar": check_calendar},
    )
