"""Shapes of 分组分包: the key projects with their names and task forces, and what whoever takes over one must know."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from gridloop.api.shapes_firms import StackOut
from gridloop.api.shapes_pairing import PairingOut
from gridloop.api.shapes_projects import Factor, KeyLevel, Library


class ForceNamed(Schema):
    """A task force (专班) that stands for the project; ``ref`` opens it among the groups of its campaign."""

    ref: str
    name: str
    lead: str
    members: list[str]


class PairedProject(Schema):
    ref: str
    code: str
    name: str
    priority: KeyLevel
    library: Library
    unit: str
    stack: StackOut
    forces: list[ForceNamed]


class ProjectMatrix(Schema):
    """``blanks`` and ``without_force`` are of all ``count`` key projects, not of this page."""

    items: list[PairedProject]
    count: int
    blanks: int
    without_force: int
    next: str | None


class OpenNeed(Schema):
    """A gap that is not met, with its case."""

    factor: Factor
    gap: str
    unit_of_gap: str
    case: str
    number: str
    state: str
    lead: str
    due_at: datetime | None


class OpenObstacle(Schema):
    ref: str
    number: str
    title: str
    state: str
    lead: str


class ProjectPairs(Schema):
    project: PairedProject
    may_arrange: bool
    needs: list[OpenNeed]
    obstacles: list[OpenObstacle]
    history: list[PairingOut]
