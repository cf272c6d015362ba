"""Handing a case to a unit: the segment, the clocks, the new window for returning it. Shared by dispatch, returns and rulings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.returns import window_closes
from gridloop.offices.cases.actions.handling import begin_clocks, begin_segment_clocks
from gridloop.offices.cases.actions.moves import hand_over, moved, noted, took_part
from gridloop.offices.cases.models import Case, Return, Segment
from gridloop.offices.cases.queries.rules import Rules, rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit
from gridloop.offices.supervision.actions import hand_clocks_over, is_ticking, restart_clocks, stop_all, stop_clocks
from gridloop.offices.supervision.models import Clock
from gridloop.offices.supervision.queries import clocks_of


def rules_for(case: Case) -> Rules:
    """The rules in force in the case's street."""
    return rules_of(case.street, version=organisation.version_of(case.street))


def return_window(case: Case) -> datetime:
    """Until when the case may be returned: by its profile, counted from when the present unit got it."""
    rules = rules_for(case)
    segment = Segment.objects.filter(case=case).order_by("-id")[0]
    return window_closes(
        segment.starts_at, grade=case.grade, rule=rules.profile(case.profile)[1].returns, calendar=rules.calendar
    )


def next_check_of_return(case: Case) -> datetime | None:
    """When the tick looks whether the case counts as taken; None for a routing gap, which nobody was asked to take."""
    return return_window(case) if case.assigned_at else None


def returns_moved_on(case: Case, *, at: datetime) -> None:
    """Whatever return was still waiting for an answer waits no longer: the case went on otherwise."""
    Return.objects.filter(case=case, outcome="").update(outcome="moved_on", answered_at=at)


def stop_accepting(case: Case, *, at: datetime) -> list[Clock]:
    """The unit's own clocks end with its segment."""
    return stop_clocks(case.subject, event="accepted", at=at) + stop_all(case.subject, at=at, segment_only=True)


def assigned_to(
    case: Case, unit: Unit, *, by: Actor, at: datetime, reason: str, kind: str = "case.assigned", is_binding: bool = False, **told: Any
) -> Case:  # fmt: skip
    """Responsibility and clocks pass to the unit; a first assignment starts the handling clocks, a later one its own.

    A binding assignment (the unit took the case on, or a ruling named it) is not returned.
    """
    former, is_first = case.lead, case.assigned_at is None
    if not former.is_backstop:
        took_part(case, unit=former, role="former", at=at)
    clocks = stop_accepting(case, at=at)
    hand_over(case, unit=unit, role="handle", at=at, why=reason)
    hops = case.hops if is_first else case.hops + 1
    returns_moved_on(case, at=at)
    moved(
        case, state="routed", lead=unit, hops=hops, assigned_at=case.assigned_at or at, accepted_at=None, is_binding=is_binding,
        return_closes_at=return_window(case),
    )  # fmt: skip
    clocks += stop_clocks(case.subject, event="assigned", at=at)
    if is_first:
        clocks += begin_clocks(case, happened={"assigned": at})
    else:
        clocks += restart_clocks(case.subject, at=at) if not _is_timed(case) else []
        clocks += hand_clocks_over(case.subject, holder=unit.code, at=at) + begin_segment_clocks(
            case, happened={"assigned": at}
        )
    return noted(kind, case, by=by, at=at, clocks=clocks, unit=unit.name, former=former.name, reason=reason, **told)


def _is_timed(case: Case) -> bool:
    return any(is_ticking(clock) for clock in clocks_of(case.subject) if clock.segment is None)
