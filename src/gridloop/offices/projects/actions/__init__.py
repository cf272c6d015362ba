"""Every write of the projects."""

from gridloop.offices.projects.actions.criteria import set_criteria
from gridloop.offices.projects.actions.entering import (
    Told,
    change_project,
    drop_project,
    enter_project,
    move_project,
)
from gridloop.offices.projects.actions.lacking import need_factor, raise_obstacle
from gridloop.offices.projects.actions.progress import plan_year, report_month
from gridloop.offices.projects.actions.proposed import link_proposal, take_up_proposal
from gridloop.offices.projects.actions.standing import decide_standing, open_project_plan

__all__ = [
    "Told",
    "change_project",
    "decide_standing",
    "drop_project",
    "enter_project",
    "link_proposal",
    "move_project",
    "need_factor",
    "open_project_plan",
    "plan_year",
    "raise_obstacle",
    "report_month",
    "set_criteria",
    "take_up_proposal",
]
