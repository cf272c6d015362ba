"""Whether there is always someone who answers: stretches of duty laid over a horizon, and the hours that nobody covers.

Terms
    *stretch*  [start, end) in which a person holds, or stands in for, a post; ``end`` None means until further notice
    *horizon*  [start, end) that has to be covered: what the published roster promises
    *gap*      a longest span of the horizon that no stretch covers

Guarantees: gaps do not overlap, are in order, and together with the stretches make up the whole horizon. The cost is that of sorting the
stretches, whatever the length of the horizon.

Worked example::

    >>> noon, night = datetime(2022, 5, 23, 12, tzinfo=UTC), datetime(2022, 5, 23, 22, tzinfo=UTC)
    >>> [gap.start.hour for gap in gaps([Stretch(noon, night)], start=noon, end=night + timedelta(hours=8))]
    [22]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from gridloop.core.errors import WrongInput
from gridloop.core.time_class import TIME_CLASSES, spells
from gridloop.core.worktime import Calendar


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody's time on duty, with aware moments. Raises WrongInput ``staffing.backwards`` when it ends before it begins."""

    start: datetime
    end: datetime | None = None
    who: str = ""

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise WrongInput(
                "staffing.backwards", "班次的结束早于开始;请对调或更正时间。", start=self.start, end=self.end
            )


def gaps(stretches: Iterable[Stretch], *, start: datetime, end: datetime) -> list[Stretch]:
    """The spans of [start, end) that no stretch covers."""
    found: list[Stretch] = []
    covered = start
    lasting = (each for each in stretches if each.end is None or each.end > max(each.start, start))
    for each in sorted(lasting, key=lambda stretch: stretch.start):
        if covered >= end:
            return found
        if each.start > covered:
            found.append(Stretch(covered, min(each.start, end)))
        if each.end is None:
            return found
        covered = max(covered, each.end)
    if covered < end:
        found.append(Stretch(covered, end))
    return found


def shifted(holding: Stretch, shifts: Iterable[Stretch]) -> list[Stretch]:
    """The parts of the shifts that fall into the holding: on duty is who holds the post and is on the roster."""
    found = []
    for shift in shifts:
        first = max(holding.start, shift.start)
        last = min((end for end in (holding.end, shift.end) if end is not None), default=None)
        if last is None or first < last:
            found.append(Stretch(first, last, shift.who))
    return found


def gaps_within(
    missing: Iterable[Stretch], time_classes: Collection[str], *, calendar: Calendar | None
) -> list[Stretch]:
    """The parts of the gaps that fall into these time classes, in order; whole gaps where every class counts or there is no calendar."""
    if calendar is None or set(TIME_CLASSES) <= set(time_classes):
        return list(missing)
    return [
        Stretch(spell.start, spell.end)
        for gap in missing
        if gap.end is not None
        for spell in spells(calendar, start=gap.start, end=gap.end)
        if spell.time_class in time_classes
    ]
