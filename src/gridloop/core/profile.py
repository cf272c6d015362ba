"""Deadline profiles as data: which stages a case is timed in, from when, and how long each may take.

Terms

* *profile* (时限方案): a named, versioned promise such as 三不过 or 13710. It is data: a new promise needs no new code.
* *stage* (环节): one timed part, e.g. ``assign`` (交办) or ``handle`` (办理): it begins with a *start event*
  (``filed``, ``assigned``, ``accepted`` …) and is kept when its *terminal event* happens in time.
* *limit* (时限): a number and a unit, chosen by the case's grade (简单/一般/疑难) and priority (life, utility, normal).
* *intake rule* (收件规则): what a filing counts as that arrives at night or on a rest day.

Guarantees: a profile that parses is complete: every unit, grade and priority is known, every number is positive,
stage codes are unique, and looking up a limit is one dictionary access. ``Profile.from_data(profile.to_data()) ==
profile``.

Worked example::

    profile = Profile.from_data({"code": "two_steps", "version": 1, "name": "两步", "stages": [
        {"stage": "handle", "name": "办理", "start": "assigned", "terminal": "answered", "limits": [
            {"grade": "difficult", "number": 1, "unit": "month"}, {"number": 7, "unit": "natural_day"}]}]})
    profile.limit_of("handle", grade="difficult").words      # "1 个月"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from itertools import product
from typing import Any

from gridloop.core.errors import NotFound, Refused, WrongInput

GRADES = {"simple": "简单", "ordinary": "一般", "difficult": "疑难"}
PRIORITIES = {"life": "涉及生命财产安全", "utility": "供水供电供气供热", "normal": "其他"}
EVENTS = {
    "filed": "登记",
    "assigned": "交办",
    "accepted": "签收",
    "noted_progress": "反馈进展",
    "answered": "答复",
    "verified": "核实",
    "cleared": "销号",
}
LONGEST = 10_000  # of any unit: far beyond every rule, and still inside the calendar's dates


class Unit(StrEnum):
    """What a limit is counted in. Natural units run day and night; working units run in office hours only."""

    MINUTE = "minute"
    HOUR = "hour"
    NATURAL_DAY = "natural_day"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    WEEK = "week"
    MONTH = "month"
    END_OF_DAY = "end_of_day"

    @property
    def is_working(self) -> bool:
        """Whether only office time counts, so that the working calendar decides."""
        return self in (Unit.WORKING_HOUR, Unit.WORKING_DAY)

    @property
    def label(self) -> str:
        """The unit in Chinese, as it follows a number."""
        return _UNIT_LABELS[self]


_UNIT_LABELS = {
    Unit.MINUTE: "分钟",
    Unit.HOUR: "小时",
    Unit.NATURAL_DAY: "个自然日",
    Unit.WORKING_HOUR: "个工作小时",
    Unit.WORKING_DAY: "个工作日",
    Unit.WEEK: "周",
    Unit.MONTH: "个月",
    Unit.END_OF_DAY: "日内(24时止)",
}


class Ends(StrEnum):
    """When on its last day a limit ends: at the counted moment, at close of business (下班), or at 24:00."""

    SAME_TIME = "same_time"
    CLOSE_OF_BUSINESS = "close_of_business"
    END_OF_DAY = "end_of_day"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long, in what unit, ending when on the last day. ``note`` says where the number comes from."""

    number: int
    unit: Unit
    ends: Ends = Ends.SAME_TIME
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.number <= LONGEST:
            sentence = f"时限须在 1 到 {LONGEST} 之间,现为 {self.number},请改正。"
            raise WrongInput("profile.number", sentence, number=self.number)

    @property
    def words(self) -> str:
        """The limit in Chinese: 7 个自然日, 当日 24:00 前."""
        if self.unit is Unit.END_OF_DAY and self.number == 1:
            return "当日 24:00 前"
        return f"{self.number} {self.unit.label}"


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit and for whom it holds; None means any. Of a stage's rows the first that fits holds."""

    limit: Limit
    grade: str | None = None
    priority: str | None = None

    def __post_init__(self) -> None:
        _known(self.grade, GRADES, "grade")
        _known(self.priority, PRIORITIES, "priority")

    def fits(self, grade: str, priority: str) -> bool:
        """Whether the row holds for a case of this grade and priority."""
        return self.grade in (None, grade) and self.priority in (None, priority)


@dataclass(frozen=True, slots=True)
class IntakeRule:
    """Filed after ``cut_off``, or before ``at``: counts as filed at the next ``at`` (night intake, 夜间收件).

    ``workdays_only`` moves a filing on a rest day, too, to the next workday. Stages with a ``night_due`` are then due
    at that time of the day the filing counts as.
    """

    cut_off: time
    at: time
    workdays_only: bool = False

    def __post_init__(self) -> None:
        if self.at >= self.cut_off:
            sentence = "夜间收件的起算时间须早于截止时间,请改正。"
            raise WrongInput("profile.intake", sentence, cut_off=self.cut_off, at=self.at)


@dataclass(frozen=True, slots=True)
class PauseRule:
    """Whether a clock may be paused at all, and for how many natural days a pause lasts at most (None: no bound)."""

    allowed: bool = True
    longest_days: int | None = None


SILENCES = {"taken": "视为接办", "desk": "交值班受理岗判定"}


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """How returns go (退回): the window, how long the other side has, what its silence means, which return is ruled on.

    ``window`` is workdays by grade; ``answer`` and ``ruling`` are the times of the other side and of the adjudicator. The usual values
    are those of the 天津 12345 rules (one working day, two for 疑难, designation after three); the hours are ours to set.
    """

    window: int = 1
    window_difficult: int = 2
    answer: Limit = Limit(4, Unit.WORKING_HOUR)
    ruling: Limit = Limit(1, Unit.WORKING_DAY, Ends.CLOSE_OF_BUSINESS)
    silence: str = "taken"
    most: int = 3

    def __post_init__(self) -> None:
        if self.silence not in SILENCES:
            sentence = f"不答复的后果只能是:{'、'.join(SILENCES.values())};请改选。"
            raise WrongInput("profile.silence", sentence, silence=self.silence)
        if not (1 <= self.window <= self.window_difficult <= 30 and 1 <= self.most <= 3):
            sentence = "退回期限须为 1 到 30 个工作日(疑难不短于一般),第几次退回裁定须为 1 到 3;请改正。"
            raise WrongInput("profile.returns", sentence, window=self.window, most=self.most)

    def window_of(self, grade: str) -> int:
        """Workdays after the assignment within which such a case may be returned."""
        return self.window_difficult if grade == "difficult" else self.window


@dataclass(frozen=True, slots=True)
class Stage:
    """One timed part of a case. A repeating stage (每月反馈) is due again and again until its terminal event."""

    code: str
    name: str
    start: str
    terminal: str
    rows: tuple[LimitRow, ...]
    repeats: bool = False
    night_due: time | None = None
    note: str = ""

    def limit(self, grade: str, priority: str) -> Limit | None:
        """The limit of the first fitting row; None when the stage does not apply to such a case."""
        return next((row.limit for row in self.rows if row.fits(grade, priority)), None)

    @property
    def depends_on_grade(self) -> bool:
        """Whether another grade could have another limit."""
        return any(row.grade for row in self.rows)

    @property
    def depends_on_priority(self) -> bool:
        """Whether another priority could have another limit."""
        return any(row.priority for row in self.rows)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named version of stages, the intake and pause rules, and the fractions of the time at which to warn."""

    code: str
    version: int
    name: str
    stages: tuple[Stage, ...]
    aliases: tuple[str, ...] = ()
    warnings: tuple[float, ...] = (0.5, 0.8)
    pauses: PauseRule = PauseRule()
    intake: IntakeRule | None = None
    note: str = ""
    returns: ReturnRule = ReturnRule()
    _limits: dict[tuple[str, str, str], Limit] = field(init=False, repr=False, compare=False)
    _stages: dict[str, Stage] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {stage.code: stage for stage in self.stages}
        if not self.stages or len(by_code) < len(self.stages):
            raise WrongInput("profile.stages", "时限方案须至少有一个环节且环节代码不重复,请改正。", profile=self.code)
        if any(not 0 < point < 1 for point in self.warnings):
            sentence = "提醒点须在 0 与 1 之间,例如 0.5、0.8,请改正。"
            raise WrongInput("profile.warnings", sentence, warnings=self.warnings)
        object.__setattr__(self, "_stages", by_code)
        object.__setattr__(self, "_limits", _compile(self.stages))
        object.__setattr__(self, "warnings", tuple(sorted(self.warnings)))

    def stage(self, code: str) -> Stage:
        """The stage with this code. Raises NotFound, naming those there are."""
        if code not in self._stages:
            known = "、".join(self._stages)
            raise NotFound("profile.no_stage", f"“{self.name}”没有环节 {code},它的环节是:{known}。", stage=code)
        return self._stages[code]

    def limit_of(self, stage: str, *, grade: str = "ordinary", priority: str = "normal") -> Limit:
        """The limit for such a case. Raises NotFound for an unknown stage, Refused where the stage does not apply."""
        found = self._limits.get((stage, grade, priority))
        return found if found is not None else self._refuse(stage, grade, priority)

    def stages_for(self, *, grade: str = "ordinary", priority: str = "normal") -> tuple[Stage, ...]:
        """The stages that apply to a case of this grade and priority, in order."""
        _known(grade, GRADES, "grade")
        _known(priority, PRIORITIES, "priority")
        return tuple(stage for stage in self.stages if (stage.code, grade, priority) in self._limits)

    def answers_to(self, text: str) -> bool:
        """Whether this text is the profile's code, name or alias, whatever its case and spacing."""
        wanted = _plain(text)
        return any(_plain(name) == wanted for name in (self.code, self.name, *self.aliases))

    def to_data(self) -> dict[str, Any]:
        """The profile as JSON-able values; ``from_data`` gives an equal profile back."""
        intake = _intake_to_data(self.intake) if self.intake else None
        returns = {} if self.returns == ReturnRule() else {"returns": _returns_to_data(self.returns)}
        return {
            "code": self.code,
            "version": self.version,
            "name": self.name,
            "aliases": list(self.aliases),
            "note": self.note,
            "warnings": list(self.warnings),
            "pauses": {"allowed": self.pauses.allowed, "longest_days": self.pauses.longest_days},
            "intake": intake,
            "stages": [_stage_to_data(stage) for stage in self.stages],
            **returns,
        }

    @classmethod
    def from_data(cls, source: Mapping[str, Any]) -> Profile:
        """The profile told by ``to_data``'s shape. Raises WrongInput where a value is missing, unknown or malformed."""
        try:
            return cls(
                code=str(source["code"]),
                version=int(source["version"]),
                name=str(source["name"]),
                stages=tuple(_stage_from_data(stage) for stage in source["stages"]),
                aliases=tuple(source.get("aliases", ())),
                warnings=tuple(float(point) for point in source.get("warnings", (0.5, 0.8))),
                pauses=_pauses_from_data(source.get("pauses") or {}),
                intake=_intake_from_data(source.get("intake")),
                note=str(source.get("note", "")),
                returns=_returns_from_data(source.get("returns") or {}),
            )
        except (KeyError, ValueError, TypeError) as fault:
            raise WrongInput("profile.malformed", f"时限方案格式有误({fault}),请对照说明改正后再导入。") from fault

    def _refuse(self, stage: str, grade: str, priority: str) -> Limit:
        _known(grade, GRADES, "grade")
        _known(priority, PRIORITIES, "priority")
        name = self.stage(stage).name
        sentence = f"“{self.name}”的“{name}”不适用于{GRADES[grade]}问题,请改选适用的环节。"
        raise Refused("profile.stage_not_applicable", sentence, stage=stage, grade=grade, priority=priority)


def _known(value: str | None, names: Mapping[str, str], what: str) -> None:
    if value is not None and value not in names:
        choices = "、".join(f"{code}({label})" for code, label in names.items())
        raise WrongInput(f"profile.{what}", f"不认识“{value}”,请改为其中之一:{choices}。", **{what: value})


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _compile(stages: tuple[Stage, ...]) -> dict[tuple[str, str, str], Limit]:
    """Every (stage, grade, priority) that has a limit, so that finding one at run time is a dictionary access."""
    cells = product(stages, GRADES, PRIORITIES)
    limits = {(stage.code, grade, priority): stage.limit(grade, priority) for stage, grade, priority in cells}
    return {key: limit for key, limit in limits.items() if limit is not None}


def _stage_from_data(source: Mapping[str, Any]) -> Stage:
    night_due = source.get("night_due")
    return Stage(
        code=str(source["stage"]),
        name=str(source["name"]),
        start=str(source["start"]),
        terminal=str(source["terminal"]),
        rows=tuple(_row_from_data(row) for row in source["limits"]),
        repeats=bool(source.get("repeats", False)),
        night_due=time.fromisoformat(night_due) if night_due else None,
        note=str(source.get("note", "")),
    )


def _stage_to_data(stage: Stage) -> dict[str, Any]:
    return {
        "stage": stage.code,
        "name": stage.name,
        "start": stage.start,
        "terminal": stage.terminal,
        "repeats": stage.repeats,
        "night_due": f"{stage.night_due:%H:%M}" if stage.night_due else None,
        "note": stage.note,
        "limits": [_row_to_data(row) for row in stage.rows],
    }


def _row_from_data(source: Mapping[str, Any]) -> LimitRow:
    unit = Unit(source["unit"])
    usual = Ends.CLOSE_OF_BUSINESS if unit is Unit.WORKING_DAY else Ends.SAME_TIME
    limit = Limit(int(source["number"]), unit, Ends(source.get("ends", usual)), str(source.get("note", "")))
    return LimitRow(limit, source.get("grade"), source.get("priority"))


def _row_to_data(row: LimitRow) -> dict[str, Any]:
    number, unit, ends, note = row.limit.number, row.limit.unit.value, row.limit.ends.value, row.limit.note
    told = {"grade": row.grade, "priority": row.priority, "number": number, "unit": unit, "ends": ends, "note": note}
    return {key: value for key, value in told.items() if value not in (None, "")}


def _pauses_from_data(source: Mapping[str, Any]) -> PauseRule:
    longest = source.get("longest_days")
    return PauseRule(bool(source.get("allowed", True)), None if longest is None else int(longest))


def _returns_from_data(source: Mapping[str, Any]) -> ReturnRule:
    """What is not said is as usual."""
    usual = ReturnRule()
    return ReturnRule(
        int(source.get("window", usual.window)),
        int(source.get("window_difficult", usual.window_difficult)),
        _row_from_data(source["answer"]).limit if "answer" in source else usual.answer,
        _row_from_data(source["ruling"]).limit if "ruling" in source else usual.ruling,
        str(source.get("silence", usual.silence)),
        int(source.get("most", usual.most)),
    )


def _returns_to_data(rule: ReturnRule) -> dict[str, Any]:
    return {
        "window": rule.window,
        "window_difficult": rule.window_difficult,
        "answer": _row_to_data(LimitRow(rule.answer)),
        "ruling": _row_to_data(LimitRow(rule.ruling)),
        "silence": rule.silence,
        "most": rule.most,
    }


def _intake_from_data(source: Mapping[str, Any] | None) -> IntakeRule | None:
    if not source:
        return None
    counts_as = {"next_day": False, "next_workday": True}[source["counts_as"]]
    return IntakeRule(time.fromisoformat(source["cut_off"]), time.fromisoformat(source["at"]), counts_as)


def _intake_to_data(rule: IntakeRule) -> dict[str, str]:
    counts_as = "next_workday" if rule.workdays_only else "next_day"
    return {"cut_off": f"{rule.cut_off:%H:%M}", "counts_as": counts_as, "at": f"{rule.at:%H:%M}"}
