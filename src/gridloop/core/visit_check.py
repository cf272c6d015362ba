"""Is a visit plan what it promises? Told from the rules alone and by other means than the planner's.

A fault is one line in English for whoever reads a log; a plan with faults is never shown. The planner looks only at windows that begin at a
visit; here every window of the cap is looked at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from gridloop.core.visit_plan import Cap, Firm, Plan, Rules, Wish


def plan_faults(
    plan: Plan,
    firms: Sequence[Firm],
    *,
    days: Sequence[date],
    managers: Mapping[str, int],
    rules: Rules,
    wishes: Sequence[Wish] = (),
    busy: Mapping[tuple[str, date], int] | None = None,
) -> list[str]:
    """What is wrong with a plan, told from the rules alone and by other means than the planner's; none when every promise is kept."""
    found: list[str] = []
    by_code = {firm.code: firm for firm in firms}
    named = [visit.firm for visit in plan.visits] + [each.firm for each in plan.left_out]
    if sorted(named) != sorted(by_code):
        found.append("not every firm is named exactly once")
    urgent = {wish.firm for wish in wishes if wish.urgent}
    last = {code: min((w.by for w in wishes if w.firm == code and w.by), default=None) for code in by_code}
    for visit in plan.visits:
        firm = by_code[visit.firm]
        if visit.day not in days or visit.manager != firm.manager:
            found.append(f"{visit.firm}: a day or manager that is not its own")
        if visit.firm not in urgent and (firm.declined or visit.day in rules.quiet or visit.day in firm.quiet):
            found.append(f"{visit.firm}: declined, or a quiet day")
        by = last[visit.firm]
        if by and visit.day > by:
            found.append(f"{visit.firm}: on {visit.day}, after {by}")
        found += [
            f"{visit.firm}: beyond the cap in the days from {start}"
            for start in _windows_too_full(firm, visit.day, rules.cap)
        ]
        found += [
            f"{w.firm}: {w.body} is not in the visit"
            for w in wishes
            if w.firm == visit.firm and w.body not in visit.bodies
        ]
    loads: dict[tuple[str, date], int] = {}
    for visit in plan.visits:
        key = visit.manager, visit.day
        loads[key] = loads.get(key, (busy or {}).get(key, 0)) + 1
    return found + [
        f"{who} on {day}: {n} visits" for (who, day), n in sorted(loads.items()) if n > managers.get(who, 0)
    ]


def _windows_too_full(firm: Firm, day: date, cap: Cap) -> list[date]:
    """Each first day of a window that holds ``day`` and too many visits, by looking at every window."""
    visits = sorted([*firm.on_site, day])
    starts = [day - timedelta(days=back) for back in range(cap.days)]
    return [
        start
        for start in starts
        if bisect_right(visits, start + timedelta(days=cap.days - 1)) - bisect_left(visits, start) > cap.visits
    ]
