"""Plans that stand for something other than one firm: a group of firms (分类施策), or a subject of an office above (a project).

Measures, task force, reviews and closing are those of any plan (``actions.plans``).
"""

from __future__ import annotations

from datetime import date, datetime

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.core.firm_access import must_arrange
from gridloop.core.group_plan import Group, checked
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.enterprise.actions.plans import not_past
from gridloop.offices.enterprise.solution_models import FirmPlan
from gridloop.offices.territory import queries as territory


def open_group_plan(
    *, by: Actor, at: datetime, street: str, title: str, problems: str, goal: str, review_on: date, grid: str = "", industry: str = "",
    starts_on: date | None = None, ends_on: date | None = None,
) -> FirmPlan:  # fmt: skip
    """The plan holds for the firms of the group from now on, in its season. ``grid`` is a cell's code.

    Raises NotAllowed for all but those who arrange, WrongInput for a group that is everybody, an unknown industry, half a season.
    """
    not_past(review_on, at, field="review_on")
    with deed():
        must_arrange(by, street)
        cell = territory.grid(street, grid) if grid else None
        group = checked(Group(cell.path if cell else "", cell.name if cell else "", industry, "", starts_on, ends_on))
        row = FirmPlan.objects.create(
            street=street, kind="group", title=said(title, field="title", longest=120), place=group.place, place_name=group.place_name,
            industry=group.industry, starts_on=group.starts_on, ends_on=group.ends_on, problems=said(problems, field="problems"),
            goal=said(goal, field="goal", longest=300), opened_by=person_of(by), opened_at=at, review_on=review_on,
        )  # fmt: skip
        record(
            "plan.opened", by=by, at=at, street=street, subject=row.subject,
            payload={
                "plan": row.ref, "goal": row.goal, "place": group.place_name, "industry": group.industry_name,
                "review_on": review_on.isoformat(),
            },
        )  # fmt: skip
    return row


def open_subject_plan(
    *, by: Actor, at: datetime, street: str, target: str, title: str, state: str, problems: str, goal: str, review_on: date
) -> FirmPlan:  # fmt: skip
    """The project (its ref) has its plan. The office above has seen to it that the actor may open one.

    Raises WrongInput, Refused while it has an open one.
    """
    not_past(review_on, at, field="review_on")
    with deed():
        if FirmPlan.objects.filter(street=street, kind="project", target=target, closed_at__isnull=True).exists():
            raise Refused("plan.project_open", "这个项目已有一份进行中的方案;请在那一份上继续。", field="goal")
        row = FirmPlan.objects.create(
            street=street, kind="project", target=target, title=title[:120], vitality=state, problems=said(problems, field="problems"),
            goal=said(goal, field="goal", longest=300), opened_by=person_of(by), opened_at=at, review_on=review_on,
        )  # fmt: skip
        record(
            "plan.opened", by=by, at=at, street=street, subject=row.subject,
            payload={"plan": row.ref, "goal": row.goal, "review_on": review_on.isoformat()},
        )  # fmt: skip
    return row
