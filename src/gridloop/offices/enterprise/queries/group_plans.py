"""Plans of groups (分类施策): which hold for a firm today and why, and which firms a plan holds for.

Guarantee: both are the one rule of ``core.group_plan``; the database only narrows the rows that it is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridloop.core.access import Actor
from gridloop.core.group_plan import Firm, Group, is_in_season, why_holds
from gridloop.core.industry import DIVISIONS, SECTIONS
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.solution_models import FirmPlan


@dataclass(frozen=True, slots=True)
class Holding:
    """A group's plan that holds for a firm, and the reasons."""

    plan: FirmPlan
    reasons: tuple[str, ...]


def group_of(row: FirmPlan) -> Group:
    """The group that the plan stands for."""
    name = SECTIONS.get(row.industry) or DIVISIONS.get(row.industry[:2], "")
    return Group(row.place, row.place_name, row.industry, name, row.starts_on, row.ends_on)


def holding_for(firm: Enterprise, *, today: date) -> list[Holding]:
    """The open plans of groups that hold for the firm today, the latest first."""
    rows = FirmPlan.objects.filter(street=firm.street, kind="group", closed_at__isnull=True).order_by("-pk")
    found = [(row, why_holds(group_of(row), _firm(firm), today=today)) for row in rows]
    return [Holding(row, reasons) for row, reasons in found if reasons]


def firms_of(row: FirmPlan, *, by: Actor, today: date) -> list[Enterprise]:
    """The firms that the actor sees and the plan holds for today; none out of its season."""
    group = group_of(row)
    if not is_in_season(group, today=today):
        return []
    told = register.Wanted(
        place=group.place,
        section=group.industry if group.industry.isalpha() else "",
        industry="" if group.industry.isalpha() else group.industry,
    )
    rows = register.narrowed(by, told).filter(street=row.street).order_by("name", "pk")
    return [firm for firm in rows if why_holds(group, _firm(firm), today=today)]


def plan_of_subject(street: str, target: str) -> list[FirmPlan]:
    """The plans of a project, the latest first."""
    return list(FirmPlan.objects.filter(street=street, kind="project", target=target).order_by("-pk"))


def targets_planned(street: str) -> set[str]:
    """The refs of the projects that have an open plan."""
    rows = FirmPlan.objects.filter(street=street, kind="project", closed_at__isnull=True)
    return set(rows.values_list("target", flat=True))


def _firm(row: Enterprise) -> Firm:
    return Firm(row.place, row.industry, row.section)
