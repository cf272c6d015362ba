"""An approved proposal (立项建议) becomes a project of the reserve library, or is linked to the project that it is already."""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import GridloopError, NotFound, Refused
from gridloop.core.project_access import must_keep
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.trouble_models import ProjectProposal
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.projects.actions.entering import Told, enter_project
from gridloop.offices.projects.models import Project, ProposedProject
from gridloop.offices.projects.queries.finding import project as project_of

INCOMPLETE = "建议里没有投资估算、责任单位或类别"


def take_up_proposal(*, at: datetime, proposal: str) -> tuple[ProposedProject | None, str]:
    """The project of an approved proposal, and why there is none yet: what the rules of the library lack is for a person to complete.

    A project of the same name in the street is the same project and is linked. Done by the system, once; again it changes nothing.
    """
    row = ProjectProposal.objects.get(ref=proposal)
    present = ProposedProject.objects.filter(proposal=row).first()
    if present is not None or not row.approved:
        return present, ""
    known = Project.objects.filter(street=row.street, name=row.title.strip(), dropped_at__isnull=True).first()
    if known is not None:
        return _linked(row, known, by=SYSTEM, at=at), ""
    if row.estimate is None or not row.unit or not row.sector:
        return None, INCOMPLETE
    try:
        with deed():
            made = enter_project(
                by=SYSTEM, at=at, street=row.street, told=_told(row), reason=f"立项建议获批:{row.title}"
            )
            return _kept(row, made, was_entered=True, at=at), ""
    except GridloopError as refused:
        return None, refused.sentence


def link_proposal(*, by: Actor, at: datetime, proposal: str, project: str) -> ProposedProject:
    """The approved proposal is this project. Raises NotFound, NotAllowed, Refused for one not approved or linked already."""
    with deed():
        row = ProjectProposal.objects.filter(ref=proposal).first()
        found = project_of(project, by=by)
        if row is None or row.street != found.street:
            raise NotFound("proposals.not_found", "没有这份立项建议,或不在您的责任范围内。", proposal=proposal)
        must_keep(by, street=found.street, unit=found.unit.code)
        if not row.approved or ProposedProject.objects.filter(proposal=row).exists():
            raise Refused(
                "proposals.not_to_link", "只有获批、还没有对应项目的立项建议可以关联;请刷新页面。", proposal=proposal
            )
        return _linked(row, found, by=by, at=at)


def _linked(row: ProjectProposal, project: Project, *, by: Actor, at: datetime) -> ProposedProject:
    with deed():
        kept = _kept(row, project, was_entered=False, at=at)
        record(
            "project.proposal_linked", by=by, at=at, street=row.street, subject=project.subject,
            payload={"proposal": row.ref, "title": row.title},
        )  # fmt: skip
    return kept


def _kept(row: ProjectProposal, project: Project, *, was_entered: bool, at: datetime) -> ProposedProject:
    return ProposedProject.objects.create(proposal=row, project=project, was_entered=was_entered, made_at=at)


def _told(row: ProjectProposal) -> Told:
    """The proposal as a project is told: the unit that answers for it is its owner until another is named."""
    assert row.estimate is not None
    unit = organisation.unit(row.street, row.unit)
    return Told(
        name=row.title.strip(), owner=unit.name, unit=unit.code, sector=row.sector, total=row.estimate,
        content=f"{row.root_cause}\n投入:{row.cost}\n成效:{row.benefit}",
    )  # fmt: skip
