"""Publishing a boundary version: a second person, a proof, a date; in force when the date has come; rolled back as it was.

Guarantees: what gaps or overlaps above the tolerance is not published, unless the gap is a declared hole; the proof is made again when the
date comes, and a version that no longer holds then goes back to being a draft. A boundary is never edited: the former one ends and a new
dated one begins. Cases keep the cell and the place path under which they were filed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import GridloopError, NotAllowed, Outdated, Refused
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.actions import must_set_up, renew
from gridloop.offices.territory.actions.drafting import fingerprint, locked_street
from gridloop.offices.territory.models import Boundary, BoundaryVersion, Grid
from gridloop.offices.territory.queries.versions import (
    boundary_version,
    declared_holes,
    due_versions,
    grave_flaws,
    outlines_of,
    outlines_present,
    written,
)


def publish_version(
    *, by: Actor, at: datetime, street: str, version: str, valid_from: datetime | None = None, rev: int | None = None
) -> BoundaryVersion:
    """The draft is published, and in force from ``valid_from`` (by default now).

    Raises NotAllowed when somebody who drafted it publishes it, Refused with the flaws when the cells do not tile, Outdated when
    the draft, or a boundary it rests on, has changed since.
    """
    must_set_up(by, street)
    with deed():
        locked_street(street)
        draft = boundary_version(street, version)
        _must_be_ready(draft, by=by, rev=rev)
        _must_hold(draft)
        starts = max(valid_from or at, at)
        BoundaryVersion.objects.filter(pk=draft.pk).update(
            state=BoundaryVersion.State.PUBLISHED,
            published_by=by.label,
            published_at=at,
            valid_from=starts,
            rev=draft.rev + 1,
        )
        draft.refresh_from_db()
        if starts <= at:
            _enact(draft, at=at)
        record(
            "boundary_version.published", by=by, at=at, street=street, subject=f"boundary_version:{draft.ref}",
            payload=_said(draft) | {"valid_from": starts.isoformat()},
        )  # fmt: skip
    return draft


def enact_due(*, street: str, at: datetime) -> int:
    """Every published version of the street whose date has come is in force, or a draft again; how many were looked at."""
    return sum(_enact_one(ref, street=street, at=at) for ref in due_versions(street, at=at))


def roll_back_version(*, by: Actor, at: datetime, street: str, version: str) -> BoundaryVersion:
    """What the newest version in force replaced is in force again, as new dated boundaries. Raises Refused for an older one."""
    must_set_up(by, street)
    with deed():
        locked_street(street)
        found = boundary_version(street, version)
        _must_be_newest(found)
        before = found.before
        _must_rest_on(found)
        _undraw(before["undrawn"], street=street, at=at)
        _write(before["outlines"], before["retired"], street=street, at=at, source=f"回退边界第 {found.version} 版")
        BoundaryVersion.objects.filter(pk=found.pk).update(state=BoundaryVersion.State.ROLLED_BACK, rev=found.rev + 1)
        found.refresh_from_db()
        renew(street)
        record(
            "boundary_version.rolled_back",
            by=by,
            at=at,
            street=street,
            subject=f"boundary_version:{found.ref}",
            payload=_said(found),
        )
    return found


def _must_be_ready(draft: BoundaryVersion, *, by: Actor, rev: int | None) -> None:
    if draft.state != BoundaryVersion.State.DRAFT:
        raise Refused(
            "territory.not_a_draft",
            f"第 {draft.version} 版边界是“{draft.get_state_display()}”,不能再发布;请另起一份草稿。",
        )
    if rev is not None and rev != draft.rev:
        raise Outdated("territory.outdated", "这份草稿刚刚被别人改过;请刷新页面,看过最新情况再决定。", rev=draft.rev)
    if by.kind != "system" and by.label in {draft.drafted_by, *draft.drafters}:
        raise NotAllowed("territory.own_draft", "这份边界草稿您参与过起草,请由第二个人核对后发布。")
    waiting = BoundaryVersion.objects.filter(street=draft.street, state=BoundaryVersion.State.PUBLISHED).first()
    if waiting is not None:
        raise Refused(
            "territory.another_waits",
            f"第 {waiting.version} 版边界已发布、还没到生效日期;请等它生效或先作废它。",
            version=waiting.version,
        )


def _must_hold(draft: BoundaryVersion) -> None:
    """Raises Outdated when a boundary it touches is newer than the draft, Refused when the cells do not tile."""
    touched = [*(each["code"] for each in draft.outlines), *draft.retired]
    newer = Boundary.objects.filter(grid__street=draft.street, grid__code__in=touched, pk__gt=draft.base)
    behind = newer.select_related("grid").order_by("grid__code").first()
    if behind is not None:
        raise Outdated(
            "territory.base_changed",
            f"起草之后“{behind.grid.name}”的边界已经换了新版;请按现在的边界另起一份草稿。",
            grid=behind.grid.code,
        )
    if not touched and draft.holes == declared_holes(draft.street):
        raise Refused("territory.empty_draft", "这份草稿什么也没改;请先画或导入边界。")
    flaws = grave_flaws(draft)
    if flaws:
        raise Refused(
            "territory.does_not_tile",
            f"边界还不能发布,有 {len(flaws)} 处空白、重叠或越界:{flaws[0].sentence}",
            flaws=[flaw.to_feature()["properties"] for flaw in flaws],
        )


def _enact_one(ref: str, *, street: str, at: datetime) -> int:
    """In force, or a draft again when it no longer holds; 0 when another tick was faster."""
    with deed():
        locked_street(street)
        version = boundary_version(street, ref)
        if version.state != BoundaryVersion.State.PUBLISHED:
            return 0
        try:
            _must_hold(version)
        except GridloopError as error:
            BoundaryVersion.objects.filter(pk=version.pk).update(state=BoundaryVersion.State.DRAFT, rev=version.rev + 1)
            kind, payload = "boundary_version.stopped", _said(version) | {"why": error.sentence}
        else:
            _enact(version, at=at)
            kind, payload = "boundary_version.enacted", _said(version)
        record(kind, by=SYSTEM, at=at, street=street, subject=f"boundary_version:{version.ref}", payload=payload)
    return 1


def _enact(version: BoundaryVersion, *, at: datetime) -> None:
    """The version's outlines are the present boundaries, and what they replaced is kept for going back."""
    present = outlines_present(version.street)
    touched = {each["code"] for each in version.outlines} | set(version.retired)
    added = touched - set(Grid.objects.filter(street=version.street).values_list("code", flat=True))
    former = [
        {
            "code": each.code,
            "name": each.name,
            "parent": each.parent,
            "kind": each.kind,
            "geometry": written(each.geometry),
        }
        for each in present.values()
        if each.code in touched
    ]
    drawn_first = sorted(touched - added - {each["code"] for each in former})
    before = {
        "outlines": former,
        "retired": sorted(added),
        "undrawn": drawn_first,
        "holes": declared_holes(version.street),
    }
    _write(
        version.outlines,
        version.retired,
        street=version.street,
        at=at,
        source=f"边界第 {version.version} 版:{version.note}",
    )
    BoundaryVersion.objects.filter(pk=version.pk).update(
        state=BoundaryVersion.State.IN_FORCE, enacted_at=at, before=before, rev=version.rev + 1
    )
    version.refresh_from_db()
    renew(version.street)


def _write(
    outlines: Iterable[Mapping[str, Any]], retired: Iterable[str], *, street: str, at: datetime, source: str
) -> None:
    """Grids begin and end, and each changed outline is a new dated boundary."""
    present = {code: each.geometry for code, each in outlines_present(street).items()}
    for each in _parents_first(list(outlines)):
        grid = _grid(each, street=street, at=at)
        geometry = outlines_of([each])[each["code"]].geometry
        if each["code"] not in present or not _is_same(present[each["code"]], geometry):
            _date_boundary(grid, each["geometry"], at=at, source=source)
    gone = Grid.objects.filter(street=street, code__in=list(retired), valid_until__isnull=True)
    Boundary.objects.filter(grid__in=gone, valid_until__isnull=True).update(valid_until=at)
    gone.update(valid_until=at)


def _is_same(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(one.normalize().equals_exact(other.normalize(), 1e-12))


def _parents_first(outlines: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """New grids after the new grids above them."""
    named = {each["code"]: each for each in outlines}

    def depth(each: Mapping[str, Any]) -> int:
        found, above = 0, each["parent"]
        while above in named and found <= len(named):
            found, above = found + 1, named[above]["parent"]
        return found

    return sorted(outlines, key=depth)


def _grid(each: Mapping[str, Any], *, street: str, at: datetime) -> Grid:
    """The grid of the outline: new, renamed, standing again, or as it was."""
    found = Grid.objects.filter(street=street, code=each["code"]).first()
    if found is not None:
        if found.valid_until is not None or found.name != each["name"]:
            Grid.objects.filter(pk=found.pk).update(valid_until=None, name=each["name"])
        return found
    above = Grid.objects.filter(street=street, code=each["parent"]).first()
    return Grid.objects.create(
        street=street, code=each["code"], name=each["name"], kind=each["kind"], parent=above, level=above.level + 1 if above else 1,
        path=f"{above.path}/{each['code']}" if above else each["code"], is_synthetic=bool(above and above.is_synthetic), valid_from=at,
    )  # fmt: skip


def _date_boundary(grid: Grid, geometry: Mapping[str, Any], *, at: datetime, source: str) -> None:
    """The former boundary ends now and this one begins."""
    rows = Boundary.objects.filter(grid=grid)
    newest = rows.order_by("-version").values_list("version", flat=True).first() or 0
    rows.filter(valid_until__isnull=True).update(valid_until=at)
    Boundary.objects.create(
        grid=grid,
        version=newest + 1,
        geometry=json.dumps(geometry, separators=(",", ":")),
        source=source[:120],
        valid_from=at,
    )


def _must_be_newest(found: BoundaryVersion) -> None:
    newest = BoundaryVersion.objects.filter(street=found.street, state=BoundaryVersion.State.IN_FORCE)
    last = newest.order_by("-enacted_at", "-pk").first()
    if last is None or last.pk != found.pk:
        raise Refused(
            "territory.not_the_newest", "只能回退最近生效的一版边界;请先回退它之后的。", version=found.version
        )


def _must_rest_on(found: BoundaryVersion) -> None:
    """Raises Refused when somebody has drawn one of its boundaries anew since, which going back would undo unseen."""
    touched = [each["code"] for each in found.outlines]
    rows = Boundary.objects.filter(grid__street=found.street, grid__code__in=touched, valid_from__gt=found.enacted_at)
    newer = rows.select_related("grid").first()
    if newer is not None:
        raise Refused(
            "territory.base_changed",
            f"第 {found.version} 版生效之后“{newer.grid.name}”的边界又改过;请另起一份草稿,不要回退。",
            grid=newer.grid.code,
        )


def _undraw(codes: Iterable[str], *, street: str, at: datetime) -> None:
    """Grids that had no boundary before have none again."""
    rows = Boundary.objects.filter(grid__street=street, grid__code__in=list(codes), valid_until__isnull=True)
    rows.update(valid_until=at)


def _said(version: BoundaryVersion) -> dict[str, Any]:
    return {
        "version": version.version, "grids": [each["code"] for each in version.outlines], "retired": version.retired,
        "state": version.state, "fingerprint": fingerprint(version),
    }  # fmt: skip
