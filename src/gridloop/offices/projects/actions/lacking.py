"""What a project lacks and what stands in its way: each becomes a case at once, routed and timed as any other."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.core.factor import FACTORS, UNITS, check_gap
from gridloop.core.lifecycle import CLOSED_STATES
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.projects.models import FactorNeed, Obstacle, Project
from gridloop.offices.projects.queries.factors import category_for
from gridloop.offices.projects.queries.finding import project_locked


def need_factor(
    *, by: Actor, at: datetime, project: str, factor: str, gap: Decimal, text: str, category: str = "", priority: str = "normal"
) -> FactorNeed:  # fmt: skip
    """The gap stands in the project's factor matrix, and the case that is to close it is with whom the routing table names.

    ``gap`` is in the factor's own unit (亩, 万元, 人, 千伏安 …). Raises NotFound, NotAllowed, WrongInput, Refused while a gap of this
    factor is open.
    """
    check_gap(factor, gap)
    with deed():
        row = project_locked(by, project)
        open_now = FactorNeed.objects.filter(project=row, factor=factor).exclude(case__state__in=CLOSED_STATES).first()
        if open_now:
            raise Refused(
                "projects.gap_open", f"{FACTORS[factor]}缺口正在办理({open_now.case.number});请在那一件上补充。", case=open_now.case.ref
            )  # fmt: skip
        told = f"{row.name}{FACTORS[factor]}缺口 {gap.normalize():f} {UNITS[factor]}"
        filed = file_case(
            by=by, at=at, street=row.street,
            filing=_filing(row, title=told, text=f"{told}。{text.strip()}", category=category or category_for(row.street, factor), priority=priority),
        )  # fmt: skip
        need = FactorNeed.objects.create(
            project=row, factor=factor, gap=gap, unit_of_gap=UNITS[factor], case=filed.case, raised_at=at
        )
        record(
            "project.factor_needed", by=by, at=at, street=row.street, subject=row.subject,
            payload={
                "factor": factor, "gap": str(gap), "unit_of_gap": need.unit_of_gap, "case": filed.case.ref, "number": filed.case.number,
                "unit": filed.lead.name,
            },
        )  # fmt: skip
    return need


def raise_obstacle(*, by: Actor, at: datetime, project: str, text: str, category: str = "") -> Obstacle:
    """What stands in the way is a case of its own. Raises NotFound, NotAllowed, WrongInput."""
    with deed():
        row = project_locked(by, project)
        title = f"{row.name}:{text.strip()}"
        filed = file_case(
            by=by, at=at, street=row.street, filing=_filing(row, title=title, text=text, category=category, priority="normal"),
        )  # fmt: skip
        obstacle = Obstacle.objects.create(project=row, case=filed.case, raised_at=at)
        record(
            "project.obstacle_raised", by=by, at=at, street=row.street, subject=row.subject,
            payload={"case": filed.case.ref, "number": filed.case.number, "unit": filed.lead.name},
        )  # fmt: skip
    return obstacle


def _filing(row: Project, *, title: str, text: str, category: str, priority: str) -> Filing:
    return Filing(
        text=text, title=title[:60], source="enterprise", category=category, priority=priority, enterprise=row.owner,
        grid=row.grid.code if row.grid else "", address=row.address,
    )  # fmt: skip
