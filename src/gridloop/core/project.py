"""The four libraries of investment projects (四库): how a project moves between them, and how it keeps pace.

Terms
    *library* (库)       储备 reserve → 拟开工 planned → 在建 building → 竣工 completed; a project stands in exactly one
    *move*               one library on or one back, with a reason; the project itself is never typed again
    *entry criteria*     what must hold before a project enters a library: clauses over its facts (``core.eligibility``)
    *pace* (时序进度)    the share of the year's plan that is done, less the share of the year that has passed, in points
    *alarm*              应开未开, 应竣未竣, 进度滞后, 缺月报; 提前开工 is told in the same place and is good news

Guarantees: nothing here reads a clock; money is exact; a pace exists only where the year has a plan; a rate carries its n.

Worked example: of 10亿元 planned for the year 6亿元 are done by the end of June::

    >>> pace(planned=Decimal("10e8"), done=Decimal("6e8"), month=6).points
    Decimal('10.0')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import pairwise

from gridloop.core.errors import Refused, WrongInput
from gridloop.core.indicator import Reading, ratio

LIBRARIES: dict[str, str] = {"reserve": "储备", "planned": "拟开工", "building": "在建", "completed": "竣工"}
ORDER = tuple(LIBRARIES)
SECTORS: dict[str, str] = {"industry": "先进制造", "service": "现代服务", "city": "城市更新", "infrastructure": "基础设施", "livelihood": "民生社会事业"}  # fmt: skip
PRIORITIES: dict[str, str] = {"street": "街道重点", "district": "区重点", "city": "市重点", "province": "省重点"}
YI = Decimal(100_000_000)
LAG = Decimal(-10)
"""From ten points behind a project is said to lag."""
REPORT_DUE = 10
"""A month's progress is due on the tenth of the next."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step between libraries; ``reason`` is whoever decided's own words. ``came_from`` is empty at entry."""

    came_from: str
    to: str
    on: date


@dataclass(frozen=True, slots=True)
class Dates:
    """What alarms look at: where a project stands, what was planned and what happened, the last month reported."""

    library: str
    start_planned: date | None = None
    finish_planned: date | None = None
    started: date | None = None
    finished: date | None = None
    reported: date | None = None
    entered: date | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to look at: a stable code, its short word, the sentence with its days, and whether it is good news."""

    code: str
    label: str
    sentence: str
    is_good: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """Of the year's plan how much is done, how much of the year has passed, and the points between (one decimal)."""

    planned: Decimal
    done: Decimal
    month: int

    @property
    def share(self) -> Decimal:
        return _percent(self.done, self.planned)

    @property
    def due(self) -> Decimal:
        return _percent(Decimal(self.month), Decimal(12))

    @property
    def points(self) -> Decimal:
        exact = self.done * 100 / self.planned - Decimal(self.month * 100) / 12
        return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def check_move(came_from: str, to: str, *, reason: str) -> str:
    """``forward`` or ``back``. Raises Refused for a step over a library or to the same, WrongInput without a reason."""
    if to not in ORDER:
        raise WrongInput("projects.no_library", f"没有“{to}”这个库;请选储备、拟开工、在建或竣工。", field="to")
    step = ORDER.index(to) - ORDER.index(came_from)
    if step not in (1, -1):
        raise Refused(
            "projects.one_step",
            f"项目现在{LIBRARIES[came_from]}库,只能移到相邻的库;请先移到相邻的库。",
            library=came_from,
        )
    if len(reason.strip()) < 4:
        raise WrongInput("projects.no_reason", "请写明移库理由(不少于 4 个字)。", field="reason")
    return "forward" if step == 1 else "back"


def neighbours(library: str) -> tuple[str, ...]:
    """The libraries one step away, the next one first."""
    place = ORDER.index(library)
    return (*ORDER[place + 1 : place + 2], *(ORDER[place - 1 : place] if place else ()))


def pace(*, planned: Decimal, done: Decimal, month: int) -> Pace | None:
    """How a project stands at the end of a month (1–12); None where the year has no plan."""
    return Pace(planned, done, month) if planned > 0 else None


def spread(amount: Decimal, *, first: int = 1) -> list[Decimal]:
    """The year's plan by months from ``first`` on, equal to the 元; the last month takes what is left. They sum exactly."""
    months = 13 - first
    each = (amount / months).quantize(
        Decimal(1), ROUND_DOWN
    )  # up, a small amount would leave less than nothing for the last
    return [Decimal(0)] * (first - 1) + [each] * (months - 1) + [amount - each * (months - 1)]


def alarms(dates: Dates, *, on: date, pace: Pace | None = None) -> list[Alarm]:
    """What to look at of a project on a day, the gravest first."""
    found = [*_opening(dates, on), *_finishing(dates, on), *_lagging(dates, pace), *_unreported(dates, on)]
    return sorted(found, key=lambda alarm: alarm.is_good)


def conversions(histories: Iterable[Sequence[Move]], *, since: date, until: date) -> list[tuple[str, str, Reading]]:
    """For each pair of neighbours: of the projects that stood in the first at any time of the period, how many went on.

    A project counts once, however often it went to and fro; one that was moved back still counts as having gone on.
    """
    known = [list(moves) for moves in histories]
    found = []
    for one, other in pairwise(ORDER):
        stood = [moves for moves in known if _stood(moves, one, since, until)]
        went = [moves for moves in stood if _went(moves, one, other, since, until)]
        found.append((one, other, ratio(f"projects.{one}_to_{other}", part=len(went), whole=len(stood))))
    return found


def in_yi(amount: Decimal) -> str:
    """元 as people say it: ``355.00 亿元``."""
    return f"{(amount / YI).quantize(Decimal('0.01'), ROUND_HALF_UP):,} 亿元"


def totals(rows: Iterable[tuple[str, Decimal]]) -> Mapping[str, tuple[int, Decimal]]:
    """By library how many projects and how much money, in order; every library is there."""
    found = {library: (0, Decimal(0)) for library in ORDER}
    for library, amount in rows:
        n, sum_ = found[library]
        found[library] = (n + 1, sum_ + amount)
    return found


def _opening(dates: Dates, on: date) -> Iterable[Alarm]:
    planned = dates.start_planned
    if planned and not dates.started and dates.library in ("reserve", "planned") and planned < on:
        yield Alarm("not_started", "应开未开", f"计划 {_day(planned)} 开工,已过 {(on - planned).days} 天。")
    if planned and dates.started and dates.started < planned:
        yield Alarm("early", "提前开工", f"比计划提前 {(planned - dates.started).days} 天开工。", is_good=True)


def _finishing(dates: Dates, on: date) -> Iterable[Alarm]:
    planned = dates.finish_planned
    if planned and dates.library == "building" and not dates.finished and planned < on:
        yield Alarm("not_finished", "应竣未竣", f"计划 {_day(planned)} 竣工,已过 {(on - planned).days} 天。")


def _lagging(dates: Dates, pace: Pace | None) -> Iterable[Alarm]:
    if pace and dates.library == "building" and pace.points <= LAG:
        yield Alarm(
            "behind", "进度滞后", f"年度计划完成 {pace.share}%,时间已过 {pace.due}%,相差 {pace.points} 个百分点。"
        )


def _unreported(dates: Dates, on: date) -> Iterable[Alarm]:
    if dates.library != "building":
        return
    ended = on.replace(day=1)  # the month whose report is due ended before this day
    if on.day <= REPORT_DUE:
        ended = (ended - timedelta(days=1)).replace(day=1)
    last = (ended - timedelta(days=1)).replace(day=1)
    began = dates.started or dates.entered
    if (dates.reported is None or dates.reported < last) and not (began and began >= ended):
        yield Alarm("unreported", "缺月报", f"{last.year}年{last.month}月的进度还没有报;每月 {REPORT_DUE} 日前报上月。")


def _stood(moves: Sequence[Move], library: str, since: date, until: date) -> bool:
    """Did the project stand in the library on some day of the period?"""
    ends = [*(move.on for move in moves[1:]), None]
    return any(
        move.to == library and move.on <= until and (end is None or end >= since)
        for move, end in zip(moves, ends, strict=True)
    )


def _went(moves: Sequence[Move], one: str, other: str, since: date, until: date) -> bool:
    return any(move.came_from == one and move.to == other and since <= move.on <= until for move in moves)


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
