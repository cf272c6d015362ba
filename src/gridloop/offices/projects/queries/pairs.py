"""包联 of projects: the four names and the task force of each key project, and what whoever takes over must know.

The pairing itself is kept by the enterprise office (``project:ref`` is its subject); this office finds the project and knows what is open on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.offices.campaigns.queries import GroupShown, forces_for
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries.pairing import Stack, history_of, stacks_of
from gridloop.offices.enterprise.queries.register import visible_to as firms_seen_by
from gridloop.offices.projects.models import Project
from gridloop.offices.projects.queries.factors import Need, needs_of, obstacles_of
from gridloop.offices.projects.queries.finding import visible_to


@dataclass(frozen=True, slots=True)
class Paired:
    """A project with its four slots (None is a blank) and its task forces."""

    project: Project
    stack: Stack
    forces: list[GroupShown]


@dataclass(frozen=True, slots=True)
class ProjectPack:
    """交接包: what is open on the project, and who held its slots before."""

    needs: list[Need]
    obstacles: list[object]
    history: list[Pairing]


def key_projects(by: Actor, *, street: str) -> list[Project]:
    """The projects of provincial, city, district or sub-district priority that stand in a library, by code."""
    rows = visible_to(by).filter(street=street, dropped_at__isnull=True).exclude(priority="")
    return list(rows.order_by("code"))


@dataclass(frozen=True, slots=True)
class Group:
    """What one leader answers for (empty: nobody is named yet): key projects, and key firms with their names."""

    leader: str
    projects: list[Paired]
    firms: list[tuple[Enterprise, Stack]]


def groups_of(by: Actor, *, street: str) -> list[Group]:
    """分组分包: the key projects and the key firms that the reader sees, by who leads them; those without a leader come last."""
    projects = paired(key_projects(by, street=street), by=by, street=street)
    rows = firms_seen_by(by).filter(street=street, left_at__isnull=True).exclude(priority="")
    firms = list(rows.order_by("name"))
    stacks = stacks_of([firm.subject for firm in firms], street=street)
    found: dict[str, Group] = {}
    for project in projects:
        found.setdefault(leader := _leader(project.stack), Group(leader, [], [])).projects.append(project)
    for firm in firms:
        stack = stacks[firm.subject]
        found.setdefault(leader := _leader(stack), Group(leader, [], [])).firms.append((firm, stack))
    return sorted(found.values(), key=lambda group: (not group.leader, group.leader))


def _leader(stack: Stack) -> str:
    held = stack.slots["leader"]
    return held.label if held else ""


def must_be_there(project: Project) -> None:
    """Raises Refused for a project that was dropped: nobody is named for it any more."""
    if project.dropped_at:
        raise Refused("projects.dropped", "项目已出库,只能查看。", project=project.ref)


def paired(projects: Sequence[Project], *, by: Actor, street: str) -> list[Paired]:
    """Each project with its names and task forces, in their order."""
    subjects = [project.subject for project in projects]
    stacks, forces = stacks_of(subjects, street=street), forces_for(subjects, by=by)
    return [Paired(each, stacks[each.subject], forces.get(each.subject, [])) for each in projects]


def pack_of(project: Project) -> ProjectPack:
    """What the next holder must know of the project."""
    needs = [need for need in needs_of([project]).get(project.pk, []) if not need.is_solved]
    return ProjectPack(needs, list(obstacles_of(project)), history_of(project.subject))
