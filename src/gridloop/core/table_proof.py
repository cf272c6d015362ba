"""The proof of a routing table: six properties, each decided for all cases there can be, each failure with its smallest counter-example.

Terms
    *total*             every category leaf × place leaf × combination of conditions has a next hop of the table itself
    *unambiguous*       no two rows can both win, and no row is malformed or names what does not exist
    *no_shadowed_row*   each row wins for some case
    *no_loops*          escalation from every next hop ends at an authority, for every case, and returns are bounded
    *staffed*           every next hop has a holder or substitute on duty throughout the published roster's horizon, at every hour at which
                        the table sends it a case: who is sent work in office hours only need not sit there at night
    *timed*             every row's deadline profile exists, and its stages fit in each other
    *ground*            what the table is proved against: categories, places, units, profiles, duty

Guarantees
    * What is not given is not proved, and says so in ``Proof.unproved``; nothing is guessed. A fault that needs none of it is told all the same.
    * Decided, not sampled: conditions as bits, categories and places by their prefixes, duty by its stretches, deadlines between their breaks.
      On small tables it equals trying everything (property tests).
    * ``prove`` is pure: the same table on the same ground gives the same proof, in the order of the properties and of the rows.
    * A table without failures sends every case to exactly one next hop that exists, is on duty and has a date.

Worked example::

    >>> ground = Ground(categories=["环卫"], places=["1", "2"])
    >>> [(each.property, each.counter_example["place"]) for each in prove([RouteRow("R1", "u", "p", place="1")], ground).failures]
    [('total', '2')]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from gridloop.core.deadline import moment_in_words
from gridloop.core.hops import DeadEnd, Journey, Loop, UnitAbove, dead_ends, journey, loops
from gridloop.core.profile import GRADES, PRIORITIES, Profile
from gridloop.core.proof import holes, say_plainly, table_errors
from gridloop.core.route_row import CONDITIONS, USUAL, CaseFacts, RouteRow, is_under, plainness, prefixes
from gridloop.core.routing import HOP_LIMIT
from gridloop.core.shadows import Shadowed, Winners
from gridloop.core.staffing import Stretch, gaps, gaps_within
from gridloop.core.stage_fit import Misfit, misfits
from gridloop.core.time_class import time_class_at
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

    ``categories`` and ``places`` are paths of which the leaves count; None where nobody gave them. ``also_categories`` and ``also_places`` are
    further values that cases have, such as "" (unsure) and the street itself (no place); a row that wins only there is not idle.
    """

    categories: Collection[str] | None
    places: Collection[str] | None
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
    """One property fails: at which row (its label, or ""), for which case (a mapping, empty where the fault needs none), in words.

    ``rows`` are all that have a part in it; ``row`` is the first of them. ``kind`` tells faults of one property apart (a tie, an unknown unit).
    """

    property: str
    row: str
    counter_example: Mapping[str, str]
    sentence: str
    rows: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """All failures, the properties that could not be looked at in full for want of ground, and how long a case can be under way."""

    failures: tuple[Failure, ...]
    unproved: tuple[str, ...]
    journey: Journey | None = None

    @property
    def ok(self) -> bool:
        return not self.failures

    def of(self, name: str) -> tuple[Failure, ...]:
        """The failures of one property."""
        return tuple(each for each in self.failures if each.property == name)

    def document(self) -> dict[str, Any]:
        """``{"ok", "failures": [{"property", "row", "counter_example", "sentence"}], "unproved", "journey"}``, JSON-ready."""
        listed = [
            {"property": each.property, "row": each.row, "counter_example": dict(each.counter_example) or None, "sentence": each.sentence}
            for each in self.failures
        ]  # fmt: skip
        return {
            "ok": self.ok,
            "failures": listed,
            "unproved": list(self.unproved),
            "journey": asdict(self.journey) if self.journey else None,
        }


def prove(rows: Sequence[RouteRow], ground: Ground) -> Proof:
    """The proof of these rows on this ground."""
    proving = _Proving(rows, ground)
    found = (
        *proving.total(), *proving.unambiguous(), *proving.shadowed(), *proving.loops(), *proving.staffed(), *proving.timed(),
    )  # fmt: skip
    return Proof(found, proving.unproved(), journey(rows, ground.units) if ground.units is not None else None)


class _Proving:
    """One table on one ground; a method for each property gives its failures."""

    def __init__(self, rows: Sequence[RouteRow], ground: Ground) -> None:
        self.rows, self.ground = rows, ground
        self.categories = (
            leaves(row.category for row in rows) if ground.categories is None else leaves(ground.categories)
        )
        self.places = leaves(row.place for row in rows) if ground.places is None else leaves(ground.places)
        self.points = (
            {*self.categories, *ground.also_categories} | ({row.category for row in rows} if ground.categories is None else set()),
            {*self.places, *ground.also_places} | ({row.place for row in rows} if ground.places is None else set()),
        )  # fmt: skip
        self.winners = Winners(rows, *self.points)

    def unproved(self) -> tuple[str, ...]:
        """The properties that want ground nobody gave."""
        ground = self.ground
        is_open = {
            "total": ground.categories is None or ground.places is None,
            "no_shadowed_row": ground.categories is None or ground.places is None,
            "no_loops": ground.units is None,
            "staffed": ground.duty is None,
            "timed": ground.profiles is None,
        }
        return tuple(name for name, is_wanting in is_open.items() if is_wanting)

    def total(self) -> Iterator[Failure]:
        if self.ground.categories is None or self.ground.places is None:
            return
        space = self.winners.space
        domains = {fact: tuple(values) for (_, fact, _), values in zip(CONDITIONS, space.values, strict=True)}
        for hole in holes(self.rows, self.ground.categories, self.ground.places, domains=domains):
            yield Failure("total", "", _told(hole.example), hole.sentence)

    def unambiguous(self) -> Iterator[Failure]:
        ground = self.ground
        errors = table_errors(
            self.rows, known_units=ground.units, known_profiles=None,
            known_categories=None if ground.categories is None else [*ground.categories, *ground.also_categories],
            known_places=None if ground.places is None else [*ground.places, *ground.also_places],
        )  # fmt: skip
        by_label = {row.row: row for row in self.rows}
        for error in errors:
            row = by_label.get(error.rows[0]) if error.rows else None
            case = self.common(error.counter_example) if error.counter_example else self.example(row) if row else None
            yield Failure(
                "unambiguous", error.rows[0] if error.rows else "", _told(case), error.sentence, error.rows, error.kind
            )

    def shadowed(self) -> Iterator[Failure]:
        for row in self.rows:
            if not self.winners.wins(row):
                found = self.winners.shadow(row)
                yield Failure(
                    "no_shadowed_row",
                    row.row,
                    _told(found.case or self.example(row)),
                    _say_shadowed(found),
                    (row.row, *found.by),
                )

    def loops(self) -> Iterator[Failure]:
        units = self.ground.units
        known = (
            units
            if units is not None
            else {code: UnitAbove(is_authority=True) for row in self.rows for code in (row.unit, row.escalates_to)}
        )
        for loop in loops(self.rows, known):
            yield Failure(
                "no_loops",
                loop.rows[0] if loop.rows else "",
                _told(self.below(loop.case)),
                _say_loop(loop, self.ground),
                loop.rows,
            )
        if units is None:
            return
        for end in dead_ends(self.rows, units, categories=self.points[0], places=self.points[1]):
            yield Failure("no_loops", end.row, _told(self.below(end.case)), _say_dead_end(end, self.ground), (end.row,))
        for row in self.rows:
            if row.unit in units and units[row.unit].return_limit is None:
                yield Failure(
                    "no_loops", row.row, _told(self.example(row)), _say_unbounded(row, self.ground), (row.row,)
                )

    def staffed(self) -> Iterator[Failure]:
        duty = self.ground.duty
        if duty is None:
            return
        missing_at: dict[str, list[Stretch]] = {}
        told: set[str] = set()
        for row in self.rows:
            hop = f"{row.unit}/{row.post}" if row.post else row.unit
            if hop not in missing_at:
                missing_at[hop] = gaps(duty.stretches.get(hop, ()), start=duty.start, end=duty.end)
            if hop in told or not missing_at[hop]:
                continue
            missing = gaps_within(missing_at[hop], self.winners.time_classes(row), calendar=self.ground.calendar)
            if missing:
                told.add(hop)
                yield Failure(
                    "staffed",
                    row.row,
                    self.at(row, missing[0].start),
                    _say_unstaffed(row, missing, self.ground),
                    (row.row,),
                )

    def timed(self) -> Iterator[Failure]:
        if self.ground.profiles is None:
            return
        judged: set[str] = set()
        for row in self.rows:
            profile = self.ground.profiles.get(row.profile)
            if profile is None:
                sentence = f"{row.row} 行的时限方案“{row.profile}”不存在;请改用已有的方案,或先登记它。"
                yield Failure("timed", row.row, _told(self.example(row)), sentence, (row.row,))
            elif self.ground.calendar is not None and row.profile not in judged:
                judged.add(row.profile)
                for misfit in misfits(profile, calendar=self.ground.calendar, year=self.ground.year):
                    case = _told(self.example(row)) | {
                        "grade": misfit.grade,
                        "priority": misfit.priority,
                        "at": misfit.start.isoformat(),
                    }
                    yield Failure("timed", row.row, case, _say_misfit(row, profile, misfit), (row.row,))

    # --- examples ---

    def example(self, row: RouteRow) -> CaseFacts:
        """The plainest case that the row wins, else that it covers."""
        won = self.winners.plainest_case(row)
        if won is not None:
            return won
        space = self.winners.space
        return self.below(space.case(space.mask_of(row), row.category, row.place))

    def below(self, case: CaseFacts) -> CaseFacts:
        """The case at the plainest leaves under its category and its place."""
        return replace(case, category=_under(case.category, self.categories), place=_under(case.place, self.places))

    def common(self, case: CaseFacts) -> CaseFacts:
        """The case with what it leaves open as it usually is."""
        usual = {fact: getattr(case, fact) or USUAL[fact] for _, fact, _ in CONDITIONS}
        return self.below(replace(case, **usual))

    def at(self, row: RouteRow, at: datetime) -> dict[str, str]:
        """The plainest case that goes to the row at the moment, with the moment."""
        calendar = self.ground.calendar
        case = self.winners.plainest_case(row, [time_class_at(calendar, at)] if calendar else ()) or self.example(row)
        return _told(case) | {"at": at.isoformat()}


# --- the ground ------------------------------------------------------------------------------------------------------


def leaves(paths: Iterable[str]) -> list[str]:
    """The paths that lead to no other one, in their order, each once."""
    given = dict.fromkeys(paths)
    inner = {prefix for path in given for prefix in prefixes(path) if prefix != path}
    return [path for path in given if path not in inner]


def _under(prefix: str, paths: Collection[str]) -> str:
    return min((path for path in paths if is_under(path, prefix)), key=plainness, default=prefix)


# --- words -----------------------------------------------------------------------------------------------------------


def _told(case: CaseFacts | None) -> dict[str, str]:
    names = ("category", "place", *(fact for _, fact, _ in CONDITIONS))
    return {name: getattr(case, name) for name in names} if case is not None else {}


def _say_shadowed(found: Shadowed) -> str:
    if found.case is None:
        return f"{found.row} 行管的类别或地点下没有任何叶子,永远轮不到它;请更正路径,或删去这一行。"
    return f"{found.row} 行永远轮不到:例如{say_plainly(found.case)}的事项由 {found.by[0]} 行承接;请改它的优先序或条件,或删去这一行。"


def _say_loop(loop: Loop, ground: Ground) -> str:
    way = "→".join(ground.names.get(code, code) for code in (*loop.units, loop.units[0]))
    by = f"({'、'.join(loop.rows)} 行)" if loop.rows else "(单位的上级互相指着)"
    return f"提级会转圈:{say_plainly(loop.case)}的事项可以 {way} 一直转下去{by};请改其中一处的“提级到”或上级。"


def _say_dead_end(end: DeadEnd, ground: Ground) -> str:
    name = ground.names.get(end.unit, end.unit)
    if ground.units is not None and end.unit not in ground.units:
        return f"{end.row} 行的事项提级会到“{name}”,没有这个单位;请更正代码或先登记它。"
    return f"{end.row} 行的事项提级到“{name}”就断了:它不是属地兜底也不是上级部门,上面又没有单位;请给它登记上级。"


def _say_unbounded(row: RouteRow, ground: Ground) -> str:
    name = ground.names.get(row.unit, row.unit)
    return (
        f"{row.row} 行派给“{name}”,它的退回没有次数上限,一件事可以一直退来退去;请给它写明退回上限,例如 {HOP_LIMIT} 次。"
    )


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
