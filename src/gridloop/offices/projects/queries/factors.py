"""The factor matrix: which project lacks what, how much, who is to close the gap by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gridloop.core.factor import FACTORS, Gap, Tally, category_among, tally
from gridloop.core.lifecycle import CLOSED_STATES
from gridloop.offices.cases.queries.pages import categories
from gridloop.offices.projects.models import FactorNeed, Obstacle, Project


@dataclass(frozen=True, slots=True)
class Need:
    """One gap, and where its case stands."""

    project: Project
    factor: str
    gap: Decimal
    unit_of_gap: str
    case_ref: str
    number: str
    state: str
    lead: str
    due_at: datetime | None
    is_late: bool
    raised_at: datetime
    cleared_at: datetime | None

    @property
    def is_solved(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def label(self) -> str:
        return FACTORS[self.factor]

    @property
    def gap_shown(self) -> str:
        return f"{self.gap.normalize():f} {self.unit_of_gap}"


def category_for(street: str, factor: str) -> str:
    """The street's category for a factor; empty where no path speaks of it (the text then decides)."""
    return category_among([row.path for row in categories(street) if row.is_leaf], factor)


def needs_of(projects: Iterable[Project]) -> dict[int, list[Need]]:
    """By project (its key): every gap ever raised, the newest last."""
    rows = FactorNeed.objects.filter(project__in=list(projects)).select_related("project", "case__lead").order_by("id")
    found: dict[int, list[Need]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(_need(row))
    return found


def matrix_of(needs: Sequence[Need]) -> list[tuple[str, str, Need | None]]:
    """A cell for each of the seven factors: its code, its name, and the newest gap (an open one before a solved one)."""
    by_factor: dict[str, Need] = {}
    for need in needs:
        held = by_factor.get(need.factor)
        if held is None or held.is_solved or not need.is_solved:
            by_factor[need.factor] = need
    return [(factor, label, by_factor.get(factor)) for factor, label in FACTORS.items()]


def tally_of_projects(street: str) -> dict[str, Tally]:
    """For each factor: how many gaps the street's present projects have or had, open, late and solved."""
    rows = FactorNeed.objects.filter(project__street=street, project__dropped_at__isnull=True).select_related("case")
    return tally(Gap(row.factor, row.gap, None, row.case.state in CLOSED_STATES, row.case.is_late) for row in rows)


def obstacles_of(project: Project) -> list[Obstacle]:
    """What stood and stands in the project's way, the newest first."""
    return list(Obstacle.objects.filter(project=project).select_related("case__lead").order_by("-id"))


def _need(row: FactorNeed) -> Need:
    case = row.case
    return Need(
        row.project, row.factor, row.gap, row.unit_of_gap, case.ref, case.number, case.state, case.lead.name, case.due_at, case.is_late,
        row.raised_at, case.cleared_at,
    )  # fmt: skip
