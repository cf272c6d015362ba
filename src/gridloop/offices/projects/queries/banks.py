"""What banks answered about a project: the matches of its owner and of its gaps in funds, and where another one is begun."""

from __future__ import annotations

from django.db.models import Q

from gridloop.core import bank_match
from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError
from gridloop.core.firm_access import may_serve
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.enterprise.queries import banking
from gridloop.offices.enterprise.queries.solving import firm_behind
from gridloop.offices.enterprise.solution_models import BankMatch
from gridloop.offices.projects.models import FactorNeed, Project


def banks_of(project: Project, *, by: Actor) -> list[BankMatch]:
    """The matches that the actor sees, of the firm that owns the project and of the project's own gaps in funds; the newest first."""
    gaps = FactorNeed.objects.filter(project=project, factor="funds").values("case")
    owner = project.owner_subject.removeprefix("enterprise:")
    rows = banking.matches(by).filter(street=project.street)
    return list(rows.filter(Q(case__in=gaps) | Q(enterprise__ref=owner) if owner else Q(case__in=gaps)))


def begin_bank_match(project: Project, *, by: Actor) -> str:
    """What the form of a new match is opened with: the open gap in funds, or the owner; empty where the actor may begin none."""
    if project.dropped_at or not may_serve(by, project.street):
        return ""
    gap = FactorNeed.objects.filter(project=project, factor="funds", case__state__in=LIVE_STATES).select_related("case")
    owner = project.owner_subject.removeprefix("enterprise:")
    ways = [("case", need.case.ref) for need in gap if not need.case.bank_matches.filter(stage__in=bank_match.OPEN)]
    for name, ref in [*ways, *([("enterprise", owner)] if owner else [])]:
        try:
            firm_behind(ref if name == "enterprise" else "", ref if name == "case" else "", by=by)
        except GridloopError:
            continue
        return f"{name}={ref}"
    return ""
