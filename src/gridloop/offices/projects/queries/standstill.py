"""Projects that stand still: what the rule proposes of each, what people decided, and which stalled ones have no plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from gridloop.core.access import Actor
from gridloop.core.standstill import NEEDS_PLAN, STANDINGS, Proposal, Signs, idle_months, is_kept, propose
from gridloop.offices.enterprise.queries.group_plans import plan_of_subject, targets_planned
from gridloop.offices.enterprise.solution_models import FirmPlan
from gridloop.offices.projects.models import MonthlyProgress, Project, StandingDecision
from gridloop.offices.projects.queries.board import ZONE
from gridloop.offices.projects.queries.finding import visible_to


@dataclass(frozen=True, slots=True)
class Watched:
    """A project as the watch list shows it; ``lacks_plan`` is true of a stalled one without an open plan."""

    project: Project
    proposal: Proposal | None
    lacks_plan: bool


def watch(by: Actor, *, street: str, at: datetime) -> list[Watched]:
    """The projects that stand still or that the rule would say so of, those without a plan first, the gravest first."""
    rows = list(visible_to(by).filter(street=street, dropped_at__isnull=True).exclude(library="completed"))
    proposals, planned = proposals_of(rows, at=at), targets_planned(street)
    found = [_watched(row, proposals, planned) for row in rows if row.standing != "normal" or row.pk in proposals]
    return sorted(found, key=watch_key)


def watch_key(each: Watched) -> str:
    """Where the project stands in the watch list: those without a plan first, of these the gravest, of these the longest known."""
    grave = len(STANDINGS) - list(STANDINGS).index(each.project.standing)
    return f"{int(not each.lacks_plan)}{grave}.{each.project.pk:018d}"


def watched(project: Project, *, at: datetime) -> Watched:
    """One project as the watch list would show it."""
    return _watched(project, proposals_of([project], at=at), targets_planned(project.street))


def _watched(row: Project, proposals: dict[int, Proposal], planned: set[str]) -> Watched:
    return Watched(row, proposals.get(row.pk), row.standing in NEEDS_PLAN and row.ref not in planned)


def proposals_of(projects: Sequence[Project], *, at: datetime) -> dict[int, Proposal]:
    """By project what the rule proposes today; a rejection stands for ninety days."""
    on, months = at.astimezone(ZONE).date(), _months(projects)
    found: dict[int, Proposal] = {}
    for row in projects:
        since = row.started_on or row.entered_at.astimezone(ZONE).date()
        idle, unreported = (
            idle_months(months.get(row.pk, []), since=since, on=on) if row.library == "building" else (0, 0)
        )
        proposal = propose(Signs(on, row.standing, row.library, row.start_planned_on, row.started_on, idle, unreported))
        if proposal:
            found[row.pk] = proposal
    for last in StandingDecision.objects.filter(project__in=list(found), accepted=False).order_by("pk"):
        told = found.get(last.project_id)
        rejected_on = last.decided_at.astimezone(ZONE).date()
        if told and is_kept(told.standing, rejected=last.proposed, rejected_on=rejected_on, on=on):
            del found[last.project_id]
    return found


def decisions_of(project: Project) -> list[StandingDecision]:
    """What was decided of the project, the latest first."""
    return list(StandingDecision.objects.filter(project=project).select_related("decided_by"))


def plans_of(project: Project) -> list[FirmPlan]:
    """The project's plans, the latest first."""
    return plan_of_subject(project.street, project.ref)


def _months(projects: Sequence[Project]) -> dict[int, list[tuple[date, Decimal | None]]]:
    found: dict[int, list[tuple[date, Decimal | None]]] = {}
    rows = MonthlyProgress.objects.filter(project__in=list(projects)).values_list("project", "month", "invested")
    for project, month, invested in rows:
        found.setdefault(project, []).append((month, invested))
    return found
