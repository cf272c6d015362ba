"""Which project an approved proposal became, and which proposals a project came from."""

from __future__ import annotations

from gridloop.offices.projects.models import Project, ProposedProject


def project_of_proposal(proposal: str) -> ProposedProject | None:
    """By the proposal's ref."""
    return ProposedProject.objects.filter(proposal__ref=proposal).select_related("project").first()


def proposals_behind(project: Project) -> list[ProposedProject]:
    """The approved proposals that are this project."""
    return list(ProposedProject.objects.filter(project=project).select_related("proposal"))
