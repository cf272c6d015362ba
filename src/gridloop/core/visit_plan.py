"""Whom to visit next, on which day: a plan for some weeks that sees those who wait longest and disturbs nobody needlessly.

Terms
    *firm*       who may be visited: its manager, its last contacts, what it asked for (quiet days, no visits)
    *wish*       a body's wish to visit a firm, with a purpose and perhaps a last day; wishes for one firm become **one** visit
    *quiet day*  (企业宁静日) a day on which nobody calls, for all firms or for one; an urgent wish (safety, fire, environment) may
    *cap*        at most ``visits`` contacts on site in any ``days`` consecutive days, past and agreed ones included
    *need*       days since the last contact × size × risk; a telephone or online contact counts like a call at the door

Guarantees
    * Every firm is in the plan exactly once or in ``left_out`` with the reason: nobody is forgotten because they are small.
    * No visit on a quiet day, at a firm that declined, beyond a cap, or beyond what a manager can do in a day.
    * Of all plans that keep this, a manager's plan first meets as many dated wishes as can be, then sees the firms of the greatest
      summed need: the firms that can be seen together form a transversal matroid, so taking them in that order and making room by
      augmenting paths is optimal (Edmonds 1971).
    * Pure and deterministic: ties go by code.

Worked example: two firms, room for one; the one not seen for longest goes first ::

    >>> firms = [Firm("A", "m", contacts=(date(2022, 5, 20),)), Firm("B", "m", contacts=(date(2022, 3, 1),))]
    >>> plan = plan_visits(firms, days=[date(2022, 5, 30)], managers={"m": 1}, rules=Rules())
    >>> [(visit.firm, visit.day) for visit in plan.visits], plan.left_out[0].why
    ([('B', datetime.date(2022, 5, 30))], '名额已满')
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from gridloop.core.errors import WrongInput

SIZES = {"large": 1.0, "medium": 1.0, "small": 1.1, "micro": 1.2}
"""The smaller the firm, the fewer other doors it has: sizes weigh upwards, so that not only the known firms are seen."""
RISKS = {"stalled": 3.0, "half": 2.0, "lost": 1.5, "normal": 1.0}
"""By vitality (``core.vitality``): who is doing badly is asked sooner."""
DECLINED, CAPPED, QUIET, NO_ROOM, NO_MANAGER = (
    "企业不愿被走访",
    "已到频次上限",
    "都是宁静日",
    "名额已满",
    "没有服务管家",
)
TOO_SOON = "期限前没有可以走访的日子"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``visits`` contacts on site in any ``days`` consecutive days."""

    visits: int = 1
    days: int = 30


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all: quiet days, the cap, and the days that a firm never contacted counts as."""

    quiet: frozenset[date] = frozenset()
    cap: Cap = field(default_factory=Cap)
    never: int = 365


@dataclass(frozen=True, slots=True)
class Firm:
    """Who may be visited. ``contacts`` are all, of whatever way; ``on_site`` those at the door, past or agreed, which the cap counts."""

    code: str
    manager: str
    contacts: tuple[date, ...] = ()
    on_site: tuple[date, ...] = ()
    size: str = "small"
    risk: str = "normal"
    declined: bool = False
    quiet: frozenset[date] = frozenset()
    area: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A body's wish to visit; ``by`` is the last day that would do, ``urgent`` may break quiet days (safety, fire, environment)."""

    firm: str
    body: str
    purpose: str
    by: date | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as planned, for all bodies that wished it, with the need and how it was made up."""

    firm: str
    manager: str
    day: date
    need: float
    why: str
    bodies: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A firm that the plan leaves out: why, and the first day on which it could be (None: not in this plan's days)."""

    firm: str
    why: str
    free_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The visits by day, manager and firm; and those left out by need, the neediest first."""

    visits: tuple[Visit, ...]
    left_out: tuple[Unplanned, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    firm: Firm
    wishes: tuple[Wish, ...]
    days: tuple[int, ...]
    need: float
    why: str


def need_of(firm: Firm, *, at: date, rules: Rules) -> tuple[float, str]:
    """The need, and the sentence that shows how it came about. A contact after ``at`` has not been made and does not count yet."""
    last = max((day for day in firm.contacts if day <= at), default=None)
    waited = rules.never if last is None else (at - last).days
    size, risk = SIZES.get(firm.size, 1.0), RISKS.get(firm.risk, 1.0)
    said = "从未联系过" if last is None else f"距上次联系 {waited} 天"
    return waited * size * risk, f"{said} × 规模 {size:g} × 状况 {risk:g} = {waited * size * risk:.1f}"


def plan_visits(
    firms: Sequence[Firm],
    *,
    days: Sequence[date],
    managers: Mapping[str, int],
    rules: Rules,
    wishes: Iterable[Wish] = (),
    busy: Mapping[tuple[str, date], int] | None = None,
) -> Plan:
    """The plan for these workdays; ``managers`` says how many visits each can do a day, ``busy`` how many of them are arranged already.

    1. Wishes of one firm are put together: one visit, before the earliest last day.
    2. For each firm the days are found that quiet days, cap and last day leave.
    3. For each manager, firms are taken by (a wish with a last day first, then need, then code); each takes a day, making room by
       moving others along an augmenting path where it must.
    4. Inside what was chosen, firms of one area are drawn together on a day by exchanging days, which changes nobody's being seen.

    Raises WrongInput for days out of order, firms given twice, or a wish for an unknown firm.
    """
    _check(firms, days, managers)
    wished = _wishes_by_firm(firms, wishes)
    left: list[tuple[float, Unplanned]] = []
    able: dict[str, list[_Candidate]] = {}
    for firm in sorted(firms, key=lambda each: each.code):
        need, why = need_of(firm, at=days[0], rules=rules)
        candidate = _Candidate(firm, wished.get(firm.code, ()), (), need, why)
        candidate, reason = _with_days(candidate, days, managers, rules)
        if reason:
            left.append((need, Unplanned(firm.code, reason, _free_on(firm, days, rules) if reason == CAPPED else None)))
        else:
            able.setdefault(firm.manager, []).append(candidate)
    visits: list[Visit] = []
    for manager, candidates in sorted(able.items()):
        rooms = [max(managers[manager] - (busy or {}).get((manager, day), 0), 0) for day in days]
        chosen = _choose(candidates, rooms)
        _gather(candidates, chosen)
        visits += [_visit(candidates[index], days[day]) for index, day in chosen.items()]
        left += [
            (each.need, Unplanned(each.firm.code, NO_ROOM))
            for index, each in enumerate(candidates)
            if index not in chosen
        ]
    left.sort(key=lambda pair: (-pair[0], pair[1].firm))
    visits.sort(key=lambda visit: (visit.day, visit.manager, visit.firm))
    return Plan(tuple(visits), tuple(each for _, each in left))


def _check(firms: Sequence[Firm], days: Sequence[date], managers: Mapping[str, int]) -> None:
    if not days or sorted(set(days)) != list(days):
        raise WrongInput("visits.days", "请给出至少一个走访日,按先后排列,不要重复。")
    if len({firm.code for firm in firms}) < len(firms):
        raise WrongInput("visits.firm_twice", "同一家企业出现了两次,请先合并。")
    if any(room < 0 for room in managers.values()):
        raise WrongInput("visits.room", "每天能走访几家,请填不小于零的数。")


def _wishes_by_firm(firms: Sequence[Firm], wishes: Iterable[Wish]) -> dict[str, tuple[Wish, ...]]:
    known = {firm.code for firm in firms}
    given = sorted(wishes, key=lambda wish: (wish.firm, wish.body, wish.purpose))
    for wish in given:
        if wish.firm not in known:
            raise WrongInput("visits.unknown_firm", f"没有“{wish.firm}”这家企业,请核对走访申请。", firm=wish.firm)
    return {code: tuple(group) for code, group in groupby(given, key=lambda wish: wish.firm)}


def _with_days(
    each: _Candidate, days: Sequence[date], managers: Mapping[str, int], rules: Rules
) -> tuple[_Candidate, str]:
    """The candidate with the days that may be, or the reason why there are none."""
    firm = each.firm
    urgent = any(wish.urgent for wish in each.wishes)
    if firm.declined and not urgent:
        return each, DECLINED
    if firm.manager not in managers:
        return each, NO_MANAGER
    by = min((wish.by for wish in each.wishes if wish.by), default=None)
    open_days = [day for day in days if urgent or not (day in rules.quiet or day in firm.quiet)]
    if not open_days:
        return each, QUIET
    free = [day for day in open_days if cap_allows(firm.on_site, day, rules.cap)]
    if not free:
        return each, CAPPED
    in_time = [day for day in free if by is None or day <= by]
    if not in_time:
        return each, TOO_SOON
    place = {day: index for index, day in enumerate(days)}
    return _Candidate(firm, each.wishes, tuple(place[day] for day in in_time), each.need, each.why), ""


def why_not(firm: Firm, day: date, *, rules: Rules, urgent: bool = False) -> str:
    """Why nobody may call at the firm on this day; empty when somebody may."""
    if not urgent and firm.declined:
        return DECLINED
    if not urgent and (day in rules.quiet or day in firm.quiet):
        return QUIET
    return "" if cap_allows(firm.on_site, day, rules.cap) else CAPPED


def cap_allows(on_site: Sequence[date], day: date, cap: Cap) -> bool:
    """Whether one more visit on ``day`` keeps every window of ``cap.days`` days at ``cap.visits`` or fewer.

    Only windows that hold the day can change; of these, those that begin at an earlier visit or at the day itself are the fullest.
    """
    width = timedelta(days=cap.days)
    all_days = sorted([*on_site, day])
    starts = [start for start in all_days if start <= day < start + width]
    return all(bisect_left(all_days, start + width) - bisect_left(all_days, start) <= cap.visits for start in starts)


def _free_on(firm: Firm, days: Sequence[date], rules: Rules) -> date | None:
    """The first day after the plan on which the cap would allow a visit."""
    later = (days[-1] + timedelta(days=ahead) for ahead in range(1, rules.cap.days + 1))
    return next((day for day in later if cap_allows(firm.on_site, day, rules.cap)), None)


def _choose(candidates: Sequence[_Candidate], rooms: Sequence[int]) -> dict[int, int]:
    """Candidate -> day of the best set of firms; ``rooms`` is how many each day holds.

    A firm that finds no day, not even by moving others, never will once more are chosen, so it is asked only once.
    """

    def rank(index: int) -> tuple[bool, float, str]:
        each = candidates[index]
        return not any(wish.by for wish in each.wishes), -each.need, each.firm.code

    chosen: dict[int, int] = {}
    held: list[set[int]] = [set() for _ in rooms]
    for index in sorted(range(len(candidates)), key=rank):
        _seat(index, candidates, chosen, held, rooms)
    return chosen


def _seat(
    index: int, candidates: Sequence[_Candidate], chosen: dict[int, int], held: list[set[int]], rooms: Sequence[int]
) -> bool:
    """Whether the candidate has a day now: the shortest way of moving others that frees one, breadth first."""
    came_from: dict[int, int] = {}
    queue = [index]
    reached: set[int] = set()
    for moving in queue:
        for day in candidates[moving].days:
            if day in reached:
                continue
            reached.add(day)
            came_from[day] = moving
            if len(held[day]) < rooms[day]:
                _shift(day, came_from, chosen, held)
                return True
            queue += sorted(held[day])
    return False


def _shift(day: int, came_from: Mapping[int, int], chosen: dict[int, int], held: list[set[int]]) -> None:
    """Everyone on the way moves one on, from the free day back to the newcomer."""
    while True:
        moving = came_from[day]
        before = chosen.get(moving)
        chosen[moving] = day
        held[day].add(moving)
        if before is None:
            return
        held[before].discard(moving)
        day = before


@dataclass(frozen=True, slots=True)
class _Areas:
    """How many visits of an area stand on each day, kept while days are exchanged."""

    candidates: Sequence[_Candidate]
    chosen: dict[int, int]
    counts: Counter[tuple[int, str]]

    def area(self, index: int) -> str:
        return self.candidates[index].firm.area

    def exchange(self, one: int, other: int) -> bool:
        """Whether the two exchanged days: both may, and more neighbours meet than before."""
        here, there, near, far = self.chosen[one], self.chosen[other], self.area(one), self.area(other)
        if (
            here == there
            or near == far
            or there not in self.candidates[one].days
            or here not in self.candidates[other].days
        ):
            return False
        if self.counts[there, near] + self.counts[here, far] + 2 <= self.counts[here, near] + self.counts[there, far]:
            return False
        self.chosen[one], self.chosen[other] = there, here
        self.counts.subtract([(here, near), (there, far)])
        self.counts.update([(there, near), (here, far)])
        return True


def _gather(candidates: Sequence[_Candidate], chosen: dict[int, int]) -> None:
    """Exchanges days of two visits where that puts more neighbours (firms of one area) on a day, until none does or three rounds are gone."""
    areas = _Areas(candidates, chosen, Counter((day, candidates[index].firm.area) for index, day in chosen.items()))
    order = sorted(chosen)
    with_area = [index for index in order if areas.area(index)]
    for _ in range(3):
        moved = [any(areas.exchange(one, other) for other in order) for one in with_area]
        if not any(moved):
            return


def _visit(each: _Candidate, day: date) -> Visit:
    bodies = tuple(dict.fromkeys(wish.body for wish in each.wishes))
    purposes = tuple(dict.fromkeys(wish.purpose for wish in each.wishes))
    urgent = any(wish.urgent for wish in each.wishes)
    return Visit(each.firm.code, each.firm.manager, day, each.need, each.why, bodies, purposes, urgent)
