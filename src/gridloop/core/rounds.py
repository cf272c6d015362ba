"""In what order to call at the doors of one day, so that everyone is met while they are open and little is walked.

Terms
    *stop*     a door: a point, how long one stays, and the spans of the day in which one may arrive
    *round*    the order of the stops from the starting point and back to it, with the moment of each arrival and leaving
    *pace*     metres a second along the street; the way between two points is the great circle times ``detour``

Guarantees
    * Each stop stands in the round exactly once or among ``left_out`` with the reason; a stop of more ``weight`` is left out last.
    * Arrivals keep the spans, one is never at two doors, and the round ends inside the day: :func:`faults` finds nothing.
    * The same stops give the same round: the search counts its steps, not seconds, and its seed is fixed.

Times are whole seconds since midnight in the street's zone; metres are whole. The search is PyVRP's (Wouda, Lan and Kool 2024),
loaded only when a round is asked for.

Worked example: two firms, the nearer one opens late ::

    >>> near, far = Stop("near", 113.601, 34.75, 600, ((36000, 43200),)), Stop("far", 113.62, 34.75, 600)
    >>> [call.code for call in plan_round([near, far], start=(113.6, 34.75), day=Day(32400, 43200)).calls]
    ['far', 'near']
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gridloop.core.coordinates import metres_between
from gridloop.core.errors import Refused, TooMuch, WrongInput

Point = tuple[float, float]
MOST_STOPS = 60
STEPS = 600
_SEED = 20220529
_WORTH = 10_000_000
_METRE, _SECOND = 1, 4
"""What the search weighs: at the usual pace a minute of waiting is as bad as the way of a minute."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One door: WGS-84 degrees, seconds of stay, spans (from, to) in which one may arrive; no span means all day."""

    code: str
    lon: float
    lat: float
    stay: int
    spans: tuple[tuple[int, int], ...] = ()
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Day:
    """When the round may begin and must have ended, and how one travels: 4 metres a second is an electric bicycle in town."""

    opens: int = 9 * 3600
    closes: int = 17 * 3600 + 1800
    pace: float = 4.0
    detour: float = 1.3


@dataclass(frozen=True, slots=True)
class Call:
    """One stop as planned: seconds of arrival and leaving (waiting for a door to open lies before the arrival)."""

    code: str
    arrives: int
    leaves: int
    metres: int


@dataclass(frozen=True, slots=True)
class Round:
    """The day as planned; ``metres`` includes the way back, ``ends`` is the moment of being back."""

    calls: tuple[Call, ...]
    left_out: tuple[tuple[str, str], ...]
    begins: int
    ends: int
    metres: int


def plan_round(stops: Sequence[Stop], *, start: Point, day: Day, steps: int = STEPS) -> Round:
    """The best round found in ``steps`` steps. Raises WrongInput for malformed stops, TooMuch beyond 60, Refused without PyVRP.

    1. Spans are cut to the day; a stop that no span lets one reach and leave again is left out at once.
    2. A stop with several spans is offered once a span, at most one of which is taken.
    3. The search weighs metres and seconds; leaving a stop out costs far more than any way, by its weight.
    4. The times are walked once more from the order found, so that the round shown is the round checked.
    """
    _check(stops, day)
    hopeless = {stop.code: why for stop in stops if (why := _why_hopeless(stop, start, day))}
    able = [stop for stop in stops if stop.code not in hopeless]
    order = _search(able, start, day, steps) if able else []
    calls, ends, metres = _walk(order, start, day)
    met = {call.code for call in calls}
    late = {stop.code: "当天排不下,改日再去" for stop in able if stop.code not in met}
    left_out = tuple((stop.code, {**hopeless, **late}[stop.code]) for stop in stops if stop.code not in met)
    begins = calls[0].arrives - _seconds(calls[0].metres, day) if calls else day.opens
    return Round(calls, left_out, max(day.opens, begins), ends, metres)


def faults(planned: Round, stops: Sequence[Stop], *, start: Point, day: Day) -> list[str]:
    """What is wrong with a round, told from the stops alone: one line a fault, none when it can be gone as planned."""
    by_code = {stop.code: stop for stop in stops}
    named = [call.code for call in planned.calls] + [code for code, _ in planned.left_out]
    found = [] if sorted(named) == sorted(by_code) else [f"stops named {sorted(named)}, given {sorted(by_code)}"]
    here, now, gone = start, day.opens, 0
    for call in planned.calls:
        stop = by_code[call.code]
        way = _metres(here, (stop.lon, stop.lat), day)
        if call.arrives < now + _seconds(way, day):
            found.append(f"{call.code}: arrives {call.arrives}, cannot be there before {now + _seconds(way, day)}")
        if not any(begin <= call.arrives <= end for begin, end in _spans(stop, day)):
            found.append(f"{call.code}: arrives {call.arrives}, not open then")
        if call.leaves < call.arrives + stop.stay:
            found.append(f"{call.code}: stays {call.leaves - call.arrives} of {stop.stay} seconds")
        here, now, gone = (stop.lon, stop.lat), call.leaves, gone + way
    way = _metres(here, start, day) if planned.calls else 0
    if planned.calls and planned.ends != now + _seconds(way, day):
        found.append(f"ends {planned.ends}, not {now + _seconds(way, day)}")
    if planned.ends > day.closes:
        found.append(f"ends {planned.ends}, after {day.closes}")
    return found if planned.metres == gone + way else [*found, f"{planned.metres} metres, not {gone + way}"]


def _check(stops: Sequence[Stop], day: Day) -> None:
    if len(stops) > MOST_STOPS:
        sentence = f"一天最多排 {MOST_STOPS} 站,现有 {len(stops)} 站;请分成几天或几个人。"
        raise TooMuch("round.too_many", sentence, stops=len(stops), most=MOST_STOPS)
    if len({stop.code for stop in stops}) < len(stops):
        raise WrongInput("round.twice", "同一站出现了两次,请合并后再排。")
    if not (0 <= day.opens < day.closes <= 24 * 3600 and day.pace > 0 and day.detour >= 1):
        raise WrongInput("round.day", "当天的起止时间或速度不对,请核对:开始早于结束,速度大于零。")
    for stop in stops:
        if not (math.isfinite(stop.lon) and math.isfinite(stop.lat) and abs(stop.lon) <= 180 and abs(stop.lat) <= 90):
            raise WrongInput("round.point", f"“{stop.code}”没有可用的坐标,请先在地图上定位。", stop=stop.code)
        if stop.stay < 0 or any(begin > end for begin, end in stop.spans):
            raise WrongInput("round.stop", f"“{stop.code}”的停留时间或接待时段不对,请核对。", stop=stop.code)


def _why_hopeless(stop: Stop, start: Point, day: Day) -> str:
    """Why not even a day for this stop alone would do; empty when it would."""
    if not _spans(stop, day):
        return "接待时段不在当天的工作时间里,请另约时间"
    way = _seconds(_metres(start, (stop.lon, stop.lat), day), day)
    leaves = min(
        (max(begin, day.opens + way) for begin, end in _spans(stop, day) if end >= day.opens + way), default=None
    )
    if leaves is None or leaves + stop.stay + way > day.closes:
        return "路程和停留时间超出当天,请单独安排"
    return ""


def _spans(stop: Stop, day: Day) -> list[tuple[int, int]]:
    """The spans of arrival inside the day, in order, such that the stay ends in the day."""
    last = day.closes - stop.stay
    given = stop.spans or ((day.opens, last),)
    return sorted(
        (max(begin, day.opens), min(end, last)) for begin, end in given if max(begin, day.opens) <= min(end, last)
    )


def _metres(here: Point, there: Point, day: Day) -> int:
    return round(metres_between(here, there) * day.detour)


def _seconds(metres: int, day: Day) -> int:
    return math.ceil(metres / day.pace)


def _search(stops: Sequence[Stop], start: Point, day: Day, steps: int) -> list[Stop]:
    """The stops in the order found; what was left out is not in it."""
    pyvrp = _pyvrp()
    model = pyvrp.Model()
    points: list[Point] = [start, *((stop.lon, stop.lat) for stop in stops)]
    places = [model.add_location(lon, lat) for lon, lat in points]
    window = {"tw_early": day.opens, "tw_late": day.closes}
    depot = model.add_depot(places[0], **window)
    model.add_vehicle_type(
        1, start_depot=depot, end_depot=depot, unit_distance_cost=_METRE, unit_duration_cost=_SECOND, **window
    )
    offered = _offer(model, stops, places, day)
    for one, here in zip(places, points, strict=True):
        for other, there in zip(places, points, strict=True):
            metres = _metres(here, there, day) if one is not other else 0
            model.add_edge(one, other, distance=metres, duration=_seconds(metres, day))
    found = model.solve(pyvrp.stop.MaxIterations(steps), seed=_SEED, collect_stats=False, display=False).best
    if not found.is_feasible() or not found.routes():
        return []
    visits = [visit for visit in found.routes()[0].schedule() if visit.is_client()]
    return [offered[visit.idx] for visit in visits]


def _offer(model: Any, stops: Sequence[Stop], places: Sequence[Any], day: Day) -> list[Stop]:
    """Each stop is offered to the model once a span; the stops in the order of the model's clients."""
    offered = []
    for stop, place in zip(stops, places[1:], strict=True):
        spans = _spans(stop, day)
        group = model.add_client_group(required=False) if len(spans) > 1 else None
        for begin, end in spans:
            times = {"tw_early": begin, "tw_late": end, "service_duration": stop.stay}
            model.add_client(
                place, prize=_WORTH * max(1, stop.weight), required=False, group=group, name=stop.code, **times
            )
            offered.append(stop)
    return offered


def _walk(order: Sequence[Stop], start: Point, day: Day) -> tuple[tuple[Call, ...], int, int]:
    """The calls in this order at the earliest moments, the moment of being back, and all metres."""
    here, now, calls = start, day.opens, []
    for stop in order:
        way = _metres(here, (stop.lon, stop.lat), day)
        arrives = _first_moment(stop, day, now + _seconds(way, day))
        calls.append(Call(stop.code, arrives, arrives + stop.stay, way))
        here, now = (stop.lon, stop.lat), arrives + stop.stay
    back = _metres(here, start, day) if calls else 0
    return tuple(calls), now + _seconds(back, day), sum(call.metres for call in calls) + back


def _first_moment(stop: Stop, day: Day, earliest: int) -> int:
    return next(max(begin, earliest) for begin, end in _spans(stop, day) if end >= earliest)


def _pyvrp() -> Any:
    try:
        import_module("pyvrp.stop")
        return import_module("pyvrp")
    except ImportError as absent:
        sentence = "这台机器没有安装排路线的程序库,请运行 pip install 'gridloop[solvers]' 后再试。"
        raise Refused("round.no_solver", sentence) from absent


def in_words(second: int) -> str:
    """The moment as a clock shows it, rounded up to the minute: 09:05."""
    minute = -(-second // 60)
    return f"{minute // 60:02}:{minute % 60:02}"
