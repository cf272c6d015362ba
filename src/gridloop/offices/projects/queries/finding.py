"""The tested door to a project: nothing outside the streets of an actor's posts can be fetched."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Outdated, Refused
from gridloop.core.project_access import must_keep, streets_read
from gridloop.offices.projects.models import Project


def visible_to(by: Actor) -> QuerySet[Project]:
    """The projects of the streets where the actor holds a post, dropped ones too."""
    streets = streets_read(by)
    rows = Project.objects.select_related("unit", "grid")
    return rows if streets is None else rows.filter(street__in=streets)


def project(ref: str, *, by: Actor) -> Project:
    """The project by ref. Raises NotFound, without telling whether it exists."""
    found = visible_to(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("projects.not_found", "没有这个项目,或不在您的街道;请核对网址。", project=ref)
    return found


def project_locked(by: Actor, ref: str, *, rev: int | None = None) -> Project:
    """The project to be written, locked. Raises NotFound, NotAllowed, Refused when it was dropped, Outdated. Called inside a deed."""
    found = project(ref, by=by)
    if connection.vendor != "sqlite":
        Project.objects.select_for_update().get(pk=found.pk)
        found = project(ref, by=by)
    must_keep(by, street=found.street, unit=found.unit.code)
    if found.dropped_at:
        raise Refused("projects.dropped", "项目已出库,只能查看。", project=ref)
    if rev is not None and rev != found.rev:
        raise Outdated("projects.outdated", "项目刚刚被别人改过;请刷新页面,看过最新情况再决定。", rev=found.rev)
    return found
