"""How a project gets on: the rule proposes from its dates and months, a person decides; a project that stands still gets its plan."""

from __future__ import annotations

from datetime import date, datetime

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.standstill import STANDINGS
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of
from gridloop.offices.enterprise.actions.group_plans import open_subject_plan
from gridloop.offices.enterprise.solution_models import FirmPlan
from gridloop.offices.projects.models import Project, StandingDecision
from gridloop.offices.projects.queries.finding import project_locked
from gridloop.offices.projects.queries.standstill import proposals_of


def decide_standing(
    *, by: Actor, at: datetime, project: str, standing: str, accepted: bool = True, remark: str = "", rev: int | None = None
) -> Project:  # fmt: skip
    """The project stands so from now on, or (not accepted) it does not and the rule keeps silent about it for ninety days.

    Raises WrongInput for an unknown state, for a rejection or a state of one's own without a remark; Refused when it is so already.
    """
    if standing not in STANDINGS:
        raise WrongInput("projects.standing", f"推进状态只能是:{'、'.join(STANDINGS.values())}。", field="standing")
    with deed():
        row = project_locked(by, project, rev=rev)
        proposal = proposals_of([row], at=at).get(row.pk)
        is_proposed = proposal is not None and proposal.standing == standing
        if len(remark.strip()) < 2 and not (accepted and is_proposed):
            raise WrongInput("projects.no_remark", "请写明依据(例如:现场查看停工;季节性停工)。", field="remark")
        if accepted and row.standing == standing:
            raise Refused("projects.standing_same", f"现在就是“{STANDINGS[standing]}”,没有改动。", field="standing")
        before, reasons = row.standing, list(proposal.reasons) if proposal and is_proposed else []
        StandingDecision.objects.create(
            project=row, before=before, proposed=standing, accepted=accepted, reasons=reasons, remark=remark.strip()[:300],
            decided_by=person_of(by), decided_at=at,
        )  # fmt: skip
        if accepted:
            row.standing, row.rev = standing, row.rev + 1
            row.save(update_fields=["standing", "rev"])
        record(
            "project.standing_changed" if accepted else "project.standing_kept", by=by, at=at, street=row.street, subject=row.subject,
            payload={
                "before_name": STANDINGS[before], "after_name": STANDINGS[standing], "reasons": reasons, "reason": remark.strip()[:300],
            },
        )  # fmt: skip
    return row


def open_project_plan(*, by: Actor, at: datetime, project: str, problems: str, goal: str, review_on: date) -> FirmPlan:
    """The project has its plan (化险解困), without measures yet; the rest is done as with any plan (``enterprise.actions.plans``).

    Raises NotFound, NotAllowed, WrongInput, Refused while it has an open one.
    """
    with deed():
        row = project_locked(by, project)
        return open_subject_plan(
            by=by, at=at, street=row.street, target=row.ref, title=row.name, state=row.standing, problems=problems, goal=goal,
            review_on=review_on,
        )  # fmt: skip
