"""What a draft of the routing table would have done to past cases: other next hops, other deadlines, who would have been late, who bears the load.

Terms
    *past case*  what routing and timing ask of a case that was filed: its facts, when it was filed, assigned, answered, struck off
    *before*     the decision of the table that was in force when the case was filed; *after*: that of the draft, on the same facts
    *then, now*  by the calendar (``calendar``) or the units and deadline profiles (``org``) in force when the case was filed, or in force at
                 the end of what is known. Both sides are always counted by the same, so that what differs is the table's doing
    *late*       the stage that answers (办理, else the last) ended after its deadline, or had not ended when the period did. Deadlines are
                 counted anew, without pauses and extensions; a case that had one is *not judged* and counted apart
    *part*       what some of the cases come to; parts of the same replay add up to the whole in any order

Guarantees
    * Pure, and deterministic to the byte: the same cases, rules and setting give the same ``document_bytes``, in however many parts.
    * ``merged`` is associative and commutative, so that parts may be replayed anywhere.
    * Nothing personal is asked for and nothing personal is told.

Steps for a case: (1) the time class of its filing by the calendar; (2) the decision of either table, remembered by facts; (3) where its row
or its profile differs, the deadline of either; (4) who was late.

Worked example::

    part = replay_part(cases, rules, Setting(draft, until=end))
    document(part, rules, setting)["changed_hops"]
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from gridloop.core.deadline import due_at
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.profile import Profile, Stage
from gridloop.core.route_row import CaseFacts, rows_from_records, rows_to_records
from gridloop.core.routing import FALLBACK, RoutingTable
from gridloop.core.time_class import time_class_at
from gridloop.core.worktime import Calendar

THEN, NOW = "then", "now"
FORM = "gridloop-replay-1"
REMEMBERED = 262_144
"""How many decisions are remembered before starting afresh."""
Value = TypeVar("Value")


class PastCase(NamedTuple):
    """A case as it was; ``number`` is what people call it, ``key`` orders the cases."""

    key: int
    number: str
    category: str
    place: str
    level: str
    source: str
    priority: str
    grade: str
    filed_at: datetime
    assigned_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    cleared_at: datetime | None
    was_held: bool


class Dated(Generic[Value]):
    """Versions by the moment from which they are in force; before the first one the first holds."""

    def __init__(self, versions: Iterable[tuple[datetime, Value]]) -> None:
        self.versions = sorted(versions, key=lambda each: each[0])
        if not self.versions:
            raise WrongInput("replay.no_version", "没有任何一版规则可用来重算;请先发布路由表、时限方案和日历。")
        self._starts = [start for start, _ in self.versions]

    def at(self, moment: datetime) -> Value:
        return self.versions[max(0, bisect_right(self._starts, moment) - 1)][1]

    @property
    def newest(self) -> Value:
        return self.versions[-1][1]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's name, and from when until when there is it."""

    name: str
    starts: datetime
    ends: datetime | None = None

    def is_there(self, at: datetime) -> bool:
        return self.starts <= at and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class Rules:
    """The versions that were in force one after the other."""

    tables: Dated[RoutingTable]
    calendars: Dated[Calendar]
    profiles: Mapping[str, Dated[Profile]]
    units: Mapping[str, Unit]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is asked: the draft, by which calendar and which organisation, and the moment up to which things are known."""

    draft: RoutingTable
    until: datetime
    calendar: str = THEN
    org: str = NOW

    def __post_init__(self) -> None:
        for name, value in (("calendar", self.calendar), ("org", self.org)):
            if value not in (THEN, NOW):
                raise WrongInput(
                    "replay.then_or_now", f"{name} 只能是 then(当时)或 now(现在),不能是“{value}”。", field=name
                )


class Side(NamedTuple):
    """What one table makes of a case: row, unit, post, profile, when due (None: no deadline), late (None: not judged)."""

    row: str
    unit: str
    post: str
    profile: str
    due: str | None
    late: bool | None
    absent: bool


class Changed(NamedTuple):
    """A case that the draft would have treated otherwise."""

    key: int
    number: str
    category: str
    place: str
    filed_on: str
    before: Side
    after: Side


COUNTS = (
    "cases", "changed", "changed_hops", "changed_deadlines", "newly_late", "no_longer_late", "late_before", "late_after", "judged", "not_judged",
    "gaps_before", "gaps_after", "absent_before", "absent_after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """What some cases come to: counts; load by (unit, post); counts by month; the changed cases in no particular order."""

    counts: Counter[str] = field(default_factory=Counter)
    load_before: Counter[tuple[str, str]] = field(default_factory=Counter)
    load_after: Counter[tuple[str, str]] = field(default_factory=Counter)
    months: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)


def replay_part(cases: Iterable[PastCase], rules: Rules, setting: Setting) -> Part:
    """What these cases come to."""
    replaying = _Replaying(rules, setting)
    for case in cases:
        replaying.take(case)
    return replaying.part


def merged(parts: Iterable[Part]) -> Part:
    """The parts as one."""
    whole = Part()
    for part in parts:
        whole.counts.update(part.counts)
        whole.load_before.update(part.load_before)
        whole.load_after.update(part.load_after)
        whole.months.update(part.months)
        whole.changed.extend(part.changed)
    return whole


# --- one case --------------------------------------------------------------------------------------------------------

_Decided = tuple[str, str, str, str]


class _Replaying:
    """Takes case after case; decisions are remembered by facts, main stages by profile."""

    def __init__(self, rules: Rules, setting: Setting) -> None:
        self.rules, self.setting = rules, setting
        self.part = Part()
        self._decided: dict[tuple[int, tuple[str, ...]], _Decided] = {}
        self._stages: dict[tuple[int, str, str], Stage | None] = {}

    def take(self, case: PastCase) -> None:
        calendar = (
            self.rules.calendars.at(case.filed_at) if self.setting.calendar == THEN else self.rules.calendars.newest
        )
        facts = (
            case.category,
            case.place,
            case.level,
            case.source,
            case.priority,
            time_class_at(calendar, case.filed_at),
            case.grade,
        )
        old = self._decide(self.rules.tables.at(case.filed_at), facts)
        new = self._decide(self.setting.draft, facts)
        before = self._side(case, old, calendar)
        after = before if old == new else self._side(case, new, calendar)
        self._count(case, before, after, calendar)

    def _decide(self, table: RoutingTable, facts: tuple[str, ...]) -> _Decided:
        key = (id(table), facts)
        found = self._decided.get(key)
        if found is None:
            if len(self._decided) >= REMEMBERED:
                self._decided.clear()
            decision = table.decide(CaseFacts(*facts))
            found = self._decided[key] = (decision.row, decision.unit, decision.post, decision.profile)
        return found

    def _side(self, case: PastCase, decided: _Decided, calendar: Calendar) -> Side:
        row, unit, post, code = decided
        versions = self.rules.profiles.get(code)
        known = self.rules.units.get(unit)
        absent = known is None or not known.is_there(case.filed_at if self.setting.org == THEN else self.setting.until)
        if versions is None:
            return Side(row, unit, post, code, None, None, absent)
        profile = versions.at(case.filed_at) if self.setting.org == THEN else versions.newest
        due = self._due(case, profile, calendar)
        if due is None:
            return Side(row, unit, post, code, None, None, absent)
        moment, stage = due
        return Side(row, unit, post, code, moment.isoformat(), self._is_late(case, stage, moment), absent)

    def _due(self, case: PastCase, profile: Profile, calendar: Calendar) -> tuple[datetime, Stage] | None:
        key = (id(profile), case.grade, case.priority)
        if key not in self._stages:
            self._stages[key] = main_stage(profile, grade=case.grade, priority=case.priority)
        stage = self._stages[key]
        start = (
            case.filed_at
            if stage is None or stage.start == "filed"
            else _moment(case, stage.start) or case.assigned_at or case.filed_at
        )
        if stage is None:
            return None
        return due_at(
            profile, stage.code, start=start, calendar=calendar, grade=case.grade, priority=case.priority
        ), stage

    def _is_late(self, case: PastCase, stage: Stage, due: datetime) -> bool | None:
        if case.was_held:
            return None
        return (_moment(case, stage.terminal) or self.setting.until) > due

    def _count(self, case: PastCase, before: Side, after: Side, calendar: Calendar) -> None:
        hops, deadlines = (before.unit, before.post) != (after.unit, after.post), before.due != after.due
        is_judged = before.late is not None and after.late is not None
        found = {
            "cases": True, "changed": hops or deadlines, "changed_hops": hops, "changed_deadlines": deadlines, "judged": is_judged,
            "not_judged": not is_judged, "newly_late": is_judged and not before.late and bool(after.late),
            "no_longer_late": is_judged and bool(before.late) and not after.late, "late_before": is_judged and bool(before.late),
            "late_after": is_judged and bool(after.late), "gaps_before": _is_gap(before), "gaps_after": _is_gap(after),
            "absent_before": before.absent, "absent_after": after.absent,
        }  # fmt: skip
        local = calendar.local(case.filed_at)
        month = f"{local.year:04d}-{local.month:02d}"
        for name, is_so in found.items():
            if is_so:
                self.part.counts[name] += 1
                self.part.months[month, name] += 1
        self.part.load_before[before.unit, before.post] += 1
        self.part.load_after[after.unit, after.post] += 1
        if hops or deadlines:
            self.part.changed.append(
                Changed(case.key, case.number, case.category, case.place, local.date().isoformat(), before, after)
            )


def main_stage(profile: Profile, *, grade: str, priority: str) -> Stage | None:
    """The stage that answers: 办理, else the last that does not repeat; None where the profile has none for such a case."""
    try:
        stages = profile.stages_for(grade=grade, priority=priority)
    except (Refused, WrongInput):
        return None
    ending = [stage for stage in stages if not stage.repeats]
    return next((stage for stage in ending if stage.code == "handle"), ending[-1] if ending else None)


def _moment(case: PastCase, event: str) -> datetime | None:
    moments = {
        "filed": case.filed_at, "assigned": case.assigned_at, "accepted": case.accepted_at, "answered": case.answered_at,
        "cleared": case.cleared_at,
    }  # fmt: skip
    return moments.get(event)


def _is_gap(side: Side) -> bool:
    return side.row == FALLBACK


# --- the document ----------------------------------------------------------------------------------------------------


def document(part: Part, rules: Rules, setting: Setting, *, asked: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The whole as one JSON-ready object, everything in a fixed order. ``asked`` is told as given: street, from, to, draft."""
    names = {code: unit.name for code, unit in rules.units.items()}
    months = sorted({month for month, _ in part.months})
    return {
        "form": FORM,
        **dict(asked or {}),
        "calendar": setting.calendar,
        "org": setting.org,
        "until": setting.until.isoformat(),
        **{name: part.counts[name] for name in COUNTS},
        "load": {
            "units": [
                {"unit": unit, "name": names.get(unit, unit), "before": before, "after": after}
                for unit, before, after in _loads(part, lambda hop: hop[0])
            ],
            "posts": [
                {"unit": unit, "post": post, "before": before, "after": after}
                for (unit, post), before, after in _loads(part, lambda hop: hop if hop[1] else None)
            ],
        },
        "months": [{"month": month, **{name: part.months[month, name] for name in COUNTS}} for month in months],
        "changed_cases": [_told(each) for each in sorted(part.changed, key=lambda each: each.key)],
    }


def document_bytes(whole: Mapping[str, Any]) -> bytes:
    """The document as UTF-8 JSON that ends with a line break; equal documents give equal bytes."""
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _loads(part: Part, key: Any) -> Iterator[tuple[Any, int, int]]:
    """By unit, or by post, the cases before and after; the most loaded first, then by name."""
    before: Counter[Any] = Counter()
    after: Counter[Any] = Counter()
    for counted, load in ((before, part.load_before), (after, part.load_after)):
        for hop, count in load.items():
            if key(hop) is not None:
                counted[key(hop)] += count
    order = sorted({*before, *after}, key=lambda hop: (-before[hop] - after[hop], hop))
    return ((hop, before[hop], after[hop]) for hop in order)


def _told(changed: Changed) -> dict[str, Any]:
    return {
        "case": changed.number, "category": changed.category, "place": changed.place, "filed_on": changed.filed_on,
        "before": changed.before._asdict(), "after": changed.after._asdict(),
    }  # fmt: skip


# --- the rules as data -----------------------------------------------------------------------------------------------


def rules_to_data(rules: Rules) -> dict[str, Any]:
    """The rules as JSON-able values; ``rules_from_data`` gives rules back that decide alike."""
    return {
        "tables": [
            {
                "from": start.isoformat(),
                "rows": rows_to_records(table.rows),
                "fallback": rows_to_records([table.fallback])[0],
            }
            for start, table in rules.tables.versions
        ],
        "calendars": [
            {"from": start.isoformat(), "calendar": calendar.to_data()} for start, calendar in rules.calendars.versions
        ],
        "profiles": [
            {"from": start.isoformat(), "profile": profile.to_data()}
            for code in sorted(rules.profiles)
            for start, profile in rules.profiles[code].versions
        ],
        "units": [
            {
                "code": code,
                "name": unit.name,
                "from": unit.starts.isoformat(),
                "until": unit.ends.isoformat() if unit.ends else None,
            }
            for code, unit in sorted(rules.units.items())
        ],
    }


def rules_from_data(source: Mapping[str, Any]) -> Rules:
    """The rules told by ``rules_to_data``. Raises WrongInput where they are malformed."""
    try:
        profiles: dict[str, list[tuple[datetime, Profile]]] = {}
        for each in source["profiles"]:
            profile = Profile.from_data(each["profile"])
            profiles.setdefault(profile.code, []).append((_at(each["from"]), profile))
        return Rules(
            Dated((_at(each["from"]), table_from_records(each["rows"], each["fallback"])) for each in source["tables"]),
            Dated((_at(each["from"]), Calendar.from_data(each["calendar"])) for each in source["calendars"]),
            {code: Dated(versions) for code, versions in profiles.items()},
            {
                each["code"]: Unit(each["name"], _at(each["from"]), _at(each["until"]) if each["until"] else None)
                for each in source["units"]
            },
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise WrongInput("replay.rules", f"规则文件 rules.json 读不懂({fault});请重新导出。") from fault


def table_from_records(rows: Iterable[Mapping[str, object]], fallback: Mapping[str, object]) -> RoutingTable:
    """A table of records as a spreadsheet has them."""
    read, _ = rows_from_records(rows)
    (backstop,), _ = rows_from_records([fallback])
    return RoutingTable.compile(read, fallback=backstop)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
