"""交办不过夜 read: what must be handed on before midnight, and the lists of past evenings with how each case came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotAllowed
from gridloop.core.lifecycle import OPEN_STATES
from gridloop.core.overnight import standing
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.overnight_models import OvernightList
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.supervision.queries import clocks_due, profile_of

SEES_OVERNIGHT = frozenset({Role.DUTY_DESK, Role.STREET_LEADER, Role.AUDIT_KEEPER})


def must_see_overnight(actor: Actor, street: str) -> None:
    """Raises NotAllowed for whoever neither hands on nor watches over those who do."""
    if not actor.roles(street) & SEES_OVERNIGHT:
        raise NotAllowed("cases.may_not_see_overnight", "过夜清单由值班受理岗、街道领导和审计员查看;请联系他们。")


def to_be_handed_on(street: str, *, until: datetime) -> list[Case]:
    """Open cases that were never handed on and whose clock of handing on (whatever profile it is of) ends by ``until`` or has ended."""
    waiting = Case.objects.filter(street=street, assigned_at__isnull=True, state__in=OPEN_STATES).order_by(
        "filed_at", "id"
    )
    found = {case.subject: case for case in waiting}
    if not found:
        return []
    due = {
        clock.subject
        for clock in clocks_due(found, until=until)
        if profile_of(clock).stage(clock.stage).terminal == "assigned"
    }
    return [case for subject, case in found.items() if subject in due]


def still_waiting(refs: Sequence[str]) -> list[Case]:
    """Those of a list's cases that are open and not handed on yet, the longest waiting first."""
    rows = Case.objects.filter(ref__in=refs, assigned_at__isnull=True, state__in=OPEN_STATES)
    return list(rows.order_by("filed_at", "id"))


def has_list(street: str, on: date) -> bool:
    return OvernightList.objects.filter(street=street, on=on).exists()


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case on an evening's list and how it stands (``core.overnight.STANDINGS``)."""

    case: Case
    standing: str


@dataclass(frozen=True, slots=True)
class Evening:
    """One day's list with how its cases stand."""

    row: OvernightList
    cases: list[ListedCase]

    @property
    def handed_on(self) -> int:
        return sum(each.standing == "handed_on" for each in self.cases)

    @property
    def overnight(self) -> int:
        return sum(each.standing == "overnight" for each in self.cases)


def evenings(actor: Actor, street: str, *, at: datetime, before: date | None = None, size: int = 30) -> list[Evening]:
    """The street's lists, the newest first, from before that day (None: from the newest); two statements whatever the size.

    Raises NotAllowed.
    """
    must_see_overnight(actor, street)
    rows = OvernightList.objects.filter(street=street)
    if before is not None:
        rows = rows.filter(on__lt=before)
    return _with_cases(actor, list(rows.order_by("-on")[:size]), at=at)


def _with_cases(actor: Actor, rows: Sequence[OvernightList], *, at: datetime) -> list[Evening]:
    refs = {ref for row in rows for ref in row.cases}
    cases = {case.ref: case for case in visible_to(actor).filter(ref__in=refs).select_related("lead")} if refs else {}
    return [Evening(row, [_listed(cases[ref], row, at=at) for ref in row.cases if ref in cases]) for row in rows]


def _listed(case: Case, row: OvernightList, *, at: datetime) -> ListedCase:
    told = standing(until=row.until, assigned_at=case.assigned_at, is_open=case.state in OPEN_STATES, at=at)
    return ListedCase(case, told)
