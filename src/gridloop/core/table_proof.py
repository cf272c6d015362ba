"""The proof of a routing table: six properties, each decided for all cases there can be, each failure with its smallest counter-example.

Terms
    *total*             every category leaf × place leaf × combination of conditions has a next hop of the table itself
    *unambiguous*       no two rows can both win, and no row is malformed or names what does not exist
    *no_shadowed_row*   each row wins for some case
    *no_loops*          escalation from every next hop ends at an authority, for every case
    *staffed*           every next hop has a holder or substitute on duty throughout the published roster's horizon
    *timed*             every row's deadline profile exists, and its stages fit in each other
    *ground*            what the table is proved against: categories, places, units, profiles, duty

Guarantees
    * What is not given is not proved, and says so in ``Proof.unproved``; nothing is guessed.
    * ``prove`` is pure: the same table on the same ground gives the same proof, in the order of the properties and of the rows.
    * A table without failures sends every case to exactly one next hop that exists, is on duty and has a date.

Worked example::

    >>> ground = Ground(categories=["环卫"], places=["1", "2"])
    >>> [(each.property, each.counter_example["place"]) for each in prove([RouteRow("R1", "u", "p", place="1")], ground).failures]
    [('total', '2')]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridloop.core.condition_space import Space
from gridloop.core.deadline import moment_in_words
from gridloop.core.hops import DeadEnd, Loop, UnitAbove, dead_ends, loops
from gridloop.core.profile import GRADES, PRIORITIES, Profile
from gridloop.core.proof import holes, say_case, table_errors
from gridloop.core.route_row import CONDITIONS, CaseFacts, RouteRow, prefixes
from gridloop.core.shadows import Shadowed, shadowed
from gridloop.core.staffing import Stretch, gaps
from gridloop.core.stage_fit import Misfit, misfits
from gridloop.core.worktime import Calendar

PROPERTIES: dict[str, str] = {
    "total": "不漏:每个类别、地点、条件都有去处",
    "unambiguous": "不重:没有两行分不出先后,没有写错的行",
    "no_shadowed_row": "无空行:每一行都有事可办",
    "no_loops": "不转圈:提级总能到拍板的单位",
    "staffed": "有人:每个去处时时有人在岗",
    "timed": "有期:每一行的时限方案都在,环节不打架",
}


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty: for a unit, or ``unit/post``, the stretches in [start, end), the horizon that the published roster covers."""

    start: datetime
    end: datetime
    stretches: Mapping[str, Sequence[Stretch]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a table is proved against; None leaves a property unproved.

    ``categories`` and ``places`` are paths of which the leaves count. ``also_categories`` and ``also_places`` are further values that cases
    have, such as "" (unsure) and the street itself (no place); a row that wins only there is not idle.
    """

    categories: Collection[str]
    places: Collection[str]
    also_categories: Collection[str] = ()
    also_places: Collection[str] = ()
    units: Mapping[str, UnitAbove] | None = None
    profiles: Mapping[str, Profile] | None = None
    calendar: Calendar | None = None
    year: int = 0
    duty: Duty | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """One property fails: at which row (its label, or ""), for which case (a mapping, empty where the fault needs none), in words."""

    property: str
    row: str
    counter_example: Mapping[str, str]
    sentence: str


@dataclass(frozen=True, slots=True)
class Proof:
    """All failures, and the properties that could not be looked at for want of ground."""

    failures: tuple[Failure, ...]
    unproved: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.failures

    def document(self) -> dict[str, Any]:
        """``{"ok", "failures": [{"property", "row", "counter_example", "sentence"}], "unproved"}``, JSON-ready."""
        listed = [
            {"property": each.property, "row": each.row, "counter_example": dict(each.counter_example) or None, "sentence": each.sentence}
            for each in self.failures
        ]  # fmt: skip
        return {"ok": self.ok, "failures": listed, "unproved": list(self.unproved)}


def prove(rows: Sequence[RouteRow], ground: Ground) -> Proof:
    """The proof of these rows on this ground."""
    unproved = [
        *(["no_loops"] if ground.units is None else []),
        *(["staffed"] if ground.duty is None else []),
        *(["timed"] if ground.profiles is None else []),
    ]
    found = (
        *_total(rows, ground), *_unambiguous(rows, ground), *_shadowed(rows, ground), *_loops(rows, ground), *_staffed(rows, ground),
        *_timed(rows, ground),
    )  # fmt: skip
    return Proof(found, tuple(unproved))


def _total(rows: Sequence[RouteRow], ground: Ground) -> Iterator[Failure]:
    space = Space.of(rows)
    domains = {fact: tuple(values) for (_, fact, _), values in zip(CONDITIONS, space.values, strict=True)}
    for hole in holes(rows, ground.categories, ground.places, domains=domains):
        yield Failure("total", "", _told(hole.example), hole.sentence)


def _unambiguous(rows: Sequence[RouteRow], ground: Ground) -> Iterator[Failure]:
    errors = table_errors(
        rows, known_units=ground.units, known_profiles=None,
        known_categories=[*ground.categories, *ground.also_categories], known_places=[*ground.places, *ground.also_places],
    )  # fmt: skip
    for error in errors:
        yield Failure("unambiguous", error.rows[0] if error.rows else "", _told(error.counter_example), error.sentence)


def _shadowed(rows: Sequence[RouteRow], ground: Ground) -> Iterator[Failure]:
    categories = {*leaves(ground.categories), *ground.also_categories}
    places = {*leaves(ground.places), *ground.also_places}
    for each in shadowed(rows, categories, places):
        yield Failure("no_shadowed_row", each.row, _told(each.case), _say_shadowed(each))


def _loops(rows: Sequence[RouteRow], ground: Ground) -> Iterator[Failure]:
    if ground.units is None:
        return
    for loop in loops(rows, ground.units):
        yield Failure("no_loops", loop.rows[0] if loop.rows else "", _told(loop.case), _say_loop(loop, ground))
    for end in dead_ends(rows, ground.units):
        yield Failure("no_loops", end.row, _told(end.case), _say_dead_end(end, ground))


def _staffed(rows: Sequence[RouteRow], ground: Ground) -> Iterator[Failure]:
    duty = ground.duty
    if duty is None:
        return
    seen: set[str] = set()
    for row in rows:
        hop = f"{row.unit}/{row.post}" if row.post else row.unit
        if hop in seen:
            continue
        seen.add(hop)
        missing = gaps(duty.stretches.get(hop, ()), start=duty.start, end=duty.end)
        if missing:
            yield Failure(
                "staffed",
                row.row,
                _told(_example(row, ground)) | {"at": missing[0].start.isoformat()},
                _say_unstaffed(row, missing, ground),
            )


def _timed(rows: Sequence[RouteRow], ground: Ground) -> Iterator[Failure]:
    if ground.profiles is None:
        return
    judged: dict[str, list[Misfit]] = {}
    for row in rows:
        profile = ground.profiles.get(row.profile)
        if profile is None:
            yield Failure(
                "timed",
                row.row,
                _told(_example(row, ground)),
                f"{row.row} 行的时限方案“{row.profile}”不存在;请改用已有的方案,或先登记它。",
            )
        elif ground.calendar is not None and row.profile not in judged:
            judged[row.profile] = misfits(profile, calendar=ground.calendar, year=ground.year)
            for misfit in judged[row.profile]:
                case = _told(_example(row, ground)) | {
                    "grade": misfit.grade,
                    "priority": misfit.priority,
                    "at": misfit.start.isoformat(),
                }
                yield Failure("timed", row.row, case, _say_misfit(row, profile, misfit))


# --- the ground ------------------------------------------------------------------------------------------------------


def leaves(paths: Iterable[str]) -> list[str]:
    """The paths that lead to no other one, in their order, each once."""
    given = dict.fromkeys(paths)
    inner = {prefix for path in given for prefix in prefixes(path) if prefix != path}
    return [path for path in given if path not in inner]


def _example(row: RouteRow, ground: Ground) -> CaseFacts:
    """The most usual case of a row."""
    space = Space.of([row])
    return space.case(space.mask_of(row), _under(row.category, ground.categories), _under(row.place, ground.places))


def _under(prefix: str, paths: Collection[str]) -> str:
    below = [path for path in leaves(paths) if prefix in prefixes(path)]
    return min(below, key=lambda path: (path.count("/"), path), default=prefix)


# --- words -----------------------------------------------------------------------------------------------------------


def _told(case: CaseFacts | None) -> dict[str, str]:
    names = ("category", "place", *(fact for _, fact, _ in CONDITIONS))
    return {name: getattr(case, name) for name in names} if case is not None else {}


def _say_shadowed(found: Shadowed) -> str:
    if found.case is None:
        return f"{found.row} 行管的类别或地点下没有任何叶子,永远轮不到它;请更正路径,或删去这一行。"
    return f"{found.row} 行永远轮不到:例如{say_case(found.case)}的事项由 {found.by[0]} 行承接;请改它的优先序或条件,或删去这一行。"


def _say_loop(loop: Loop, ground: Ground) -> str:
    way = "→".join(ground.names.get(code, code) for code in (*loop.units, loop.units[0]))
    by = f"({'、'.join(loop.rows)} 行)" if loop.rows else "(单位的上级互相指着)"
    return f"提级会转圈:{say_case(loop.case)}的事项可以 {way} 一直转下去{by};请改其中一处的“提级到”或上级。"


def _say_dead_end(end: DeadEnd, ground: Ground) -> str:
    name = ground.names.get(end.unit, end.unit)
    if ground.units is not None and end.unit not in ground.units:
        return f"{end.row} 行的事项提级会到“{name}”,没有这个单位;请更正代码或先登记它。"
    return f"{end.row} 行的事项提级到“{name}”就断了:它不是属地兜底也不是上级部门,上面又没有单位;请给它登记上级。"


def _say_unstaffed(row: RouteRow, missing: Sequence[Stretch], ground: Ground) -> str:
    name = ground.names.get(row.unit, row.unit) + (f"的“{ground.names.get(row.post, row.post)}”岗" if row.post else "")
    first = missing[0]
    until = moment_in_words(first.end) if first.end else ""
    more = f"(另有 {len(missing) - 1} 段)" if len(missing) > 1 else ""
    return (
        f"{row.row} 行派给{name},但{moment_in_words(first.start)}至{until}没有人在岗{more};请排班、设备岗或授权代办。"
    )


def _say_misfit(row: RouteRow, profile: Profile, misfit: Misfit) -> str:
    kind = "、".join(
        ({} if misfit.grade == "ordinary" else {GRADES[misfit.grade]: 1})
        | ({} if misfit.priority == "normal" else {PRIORITIES[misfit.priority]: 1})
    )
    return (
        f"{row.row} 行用的“{profile.name}”环节打架:{kind + ',' if kind else ''}{moment_in_words(misfit.start)}起算,"
        f"“{misfit.inner}”要到{moment_in_words(misfit.inner_due)},晚于包含它的“{misfit.outer}”({moment_in_words(misfit.outer_due)});请改短前者或放宽后者。"
    )
