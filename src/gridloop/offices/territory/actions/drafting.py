"""Drafting a boundary version: from a file, by cutting, joining or redrawing a cell, or by declaring a hole.

Each of these makes a new draft, or adds to one that is open (``onto``, with the revision that was seen). Nothing here changes the
ground: that is done by publishing. Every draft is recorded with a fingerprint of its outlines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import shapely

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Outdated, Refused, WrongInput
from gridloop.core.outlines import Columns, RowProblem, in_wgs84, polygon_of, read_outlines
from gridloop.core.redraw import Outline, areas_of, fitted, joined, snapped, split_by_line
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.actions import must_set_up
from gridloop.offices.organisation.models import Street
from gridloop.offices.territory.models import Boundary, BoundaryVersion, Grid
from gridloop.offices.territory.queries.versions import (
    boundary_version,
    declared_holes,
    grave_flaws,
    outlines_after,
    outlines_present,
    written,
)

MOST_DRAFTS = 20


@dataclass(frozen=True, slots=True)
class Onto:
    """The open draft that is to be added to, at the revision that was seen; empty for a new draft."""

    version: str = ""
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft, and the rows of the file that did not go in."""

    version: BoundaryVersion
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """What a step adds to a draft."""

    outlines: Mapping[str, Outline] = field(default_factory=dict)
    retired: tuple[str, ...] = ()
    holes: tuple[Mapping[str, Any], ...] = ()
    note: str = ""


NEW = Onto()


def draft_file(
    *, by: Actor, at: datetime, street: str, content: bytes, file: str, columns: Columns, system: str, onto: Onto = NEW
) -> Drafted:
    """The good rows of a GeoJSON or zipped Shapefile stand in a draft; the bad ones come back by row and column.

    Raises WrongInput when no row is good or it is no such file, TooMuch when it is too large.
    """
    must_set_up(by, street)
    reading = read_outlines(content, file=file, columns=columns, system=system)
    present, found = _standing(street, onto), {}
    top = _top(street)
    problems = list(reading.problems)
    known = {grid.code: grid for grid in Grid.objects.filter(street=street).select_related("parent")}
    named = set(known) | {each.code for each in reading.outlines}
    for row, each in zip(reading.rows, reading.outlines, strict=True):
        outline, problem = _placed(each, known=known, named=named, top=top)
        if problem:
            problems.append(RowProblem(row, "code", problem))
        else:
            found[outline.code] = outline
    if not found:
        raise WrongInput(
            "territory.nothing_to_draft",
            f"文件里没有一行能用:{problems[0].sentence if problems else '文件是空的;请检查文件。'}",
            field="file",
            problems=[_as_plain(each) for each in problems],
        )
    corners = [each.geometry for each in present.values()]
    outlines = {code: replace(each, geometry=snapped(each.geometry, corners)) for code, each in found.items()}
    with deed():
        version = _keep(_Change(outlines, note=f"导入 {file}"[:300]), by=by, at=at, street=street, onto=onto)
    return Drafted(version, tuple(problems))


def draft_split(
    *,
    by: Actor,
    at: datetime,
    street: str,
    grid: str,
    line: Sequence[tuple[float, float]],
    code: str,
    name: str,
    onto: Onto = NEW,
) -> BoundaryVersion:
    """The cell is cut by the line (WGS-84): the larger piece keeps its code, the smaller one is a new grid."""
    must_set_up(by, street)
    cells = _standing(street, onto)
    cell = _cell(cells, grid)
    if Grid.objects.filter(street=street, code=code).exists() or code in cells:
        raise Refused("territory.code_taken", f"网格代码“{code}”已被使用;请换一个。", field="code", grid=code)
    _must_be_named(code, name)
    larger, smaller = split_by_line(cell.geometry, [(float(lon), float(lat)) for lon, lat in line])
    pieces = {
        cell.code: replace(cell, geometry=larger),
        code: replace(cell, code=code, name=name.strip(), geometry=smaller),
    }
    with deed():
        return _keep(_Change(pieces, note=f"分割 {cell.name}"), by=by, at=at, street=street, onto=onto)


def draft_merge(*, by: Actor, at: datetime, street: str, grid: str, absorbed: str, onto: Onto = NEW) -> BoundaryVersion:
    """The first grid takes the ground of the second, which ends. Both lie under one parent and share a border."""
    must_set_up(by, street)
    cells = _standing(street, onto)
    cell, other = _cell(cells, grid), _cell(cells, absorbed)
    if cell.code == other.code or cell.parent != other.parent:
        raise WrongInput("territory.not_siblings", "只能合并同一上级下的两个不同网格;请重选。", field="absorbed")
    if any(each.parent == other.code for each in cells.values()) or _has_children(street, other.code):
        raise Refused("territory.has_children", f"“{other.name}”下面还有网格;请先把下级并好。", field="absorbed")
    whole = replace(cell, geometry=joined([cell.geometry, other.geometry]))
    change = _Change({cell.code: whole}, retired=(other.code,), note=f"{other.name} 并入 {cell.name}")
    with deed():
        return _keep(change, by=by, at=at, street=street, onto=onto)


def draft_outline(
    *, by: Actor, at: datetime, street: str, grid: str, geometry: object, system: str = "wgs84", onto: Onto = NEW
) -> BoundaryVersion:
    """The grid has this outline (GeoJSON) and its neighbours keep theirs."""
    must_set_up(by, street)
    cells = _standing(street, onto)
    drawn = _drawn(cells, street, grid, geometry, system)
    with deed():
        return _keep(_Change({drawn.code: drawn}, note=f"改画 {drawn.name}"), by=by, at=at, street=street, onto=onto)


def draft_fitted_outline(
    *, by: Actor, at: datetime, street: str, grid: str, geometry: object, system: str = "wgs84", onto: Onto = NEW
) -> BoundaryVersion:
    """The grid has this outline, and its neighbours are adapted so that nothing gaps or overlaps between them."""
    must_set_up(by, street)
    cells = _standing(street, onto)
    drawn = _drawn(cells, street, grid, geometry, system)
    change = _Change(fitted(drawn, cells), note=f"改画 {drawn.name},邻格随动")
    with deed():
        return _keep(change, by=by, at=at, street=street, onto=onto)


def declare_hole(
    *, by: Actor, at: datetime, street: str, place: tuple[float, float], why: str, onto: Onto
) -> BoundaryVersion:
    """The gap at the place (lon, lat) is declared to belong to no cell, with a reason; it does not count as a gap any more.

    Raises NotFound when the draft has no gap there.
    """
    must_set_up(by, street)
    if not why.strip():
        raise WrongInput("territory.why_missing", "请写明这块地为什么不设网格(如水库、划归他街)。", field="why")
    point = shapely.Point(place)
    gaps = [flaw for flaw in grave_flaws(boundary_version(street, onto.version)) if flaw.kind == "gap"]
    found = next((flaw.geometry for flaw in gaps if flaw.geometry.intersects(point)), None)
    if found is None:
        raise NotFound("territory.no_gap", "这里没有空白了;请刷新页面,看最新的核对结果。", field="place")
    hole = {"geometry": written(found), "why": why.strip()[:200]}
    with deed():
        return _keep(_Change(holes=(hole,), note="申报空洞"), by=by, at=at, street=street, onto=onto)


def discard_version(*, by: Actor, at: datetime, street: str, version: str, rev: int | None = None) -> BoundaryVersion:
    """The draft, or what was published but is not in force yet, is put away."""
    must_set_up(by, street)
    with deed():
        found = _locked(street, version, rev, states=(BoundaryVersion.State.DRAFT, BoundaryVersion.State.PUBLISHED))
        BoundaryVersion.objects.filter(pk=found.pk).update(state=BoundaryVersion.State.DISCARDED, rev=found.rev + 1)
        found.refresh_from_db()
        record(
            "boundary_version.discarded", by=by, at=at, street=street, subject=f"boundary_version:{found.ref}",
            payload={"version": found.version},
        )  # fmt: skip
    return found


def locked_street(street: str) -> None:
    """Nobody else changes this street's boundaries until the deed is done."""
    Street.objects.select_for_update().get(code=street)


def fingerprint(version: BoundaryVersion) -> str:
    """SHA-256 over what the version says, so that the ledger holds it to its word without holding every corner."""
    said = {"outlines": version.outlines, "retired": version.retired, "holes": version.holes}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# -- private ----------------------------------------------------------------------------------------------------------


def _standing(street: str, onto: Onto) -> dict[str, Outline]:
    """The cells as they would be with the draft that is added to, or as they are."""
    if not onto.version:
        return outlines_present(street)
    return outlines_after(boundary_version(street, onto.version), present=outlines_present(street))


def _cell(cells: Mapping[str, Outline], code: str) -> Outline:
    if code not in cells:
        raise NotFound("territory.no_outline", f"网格“{code}”还没有边界;请先导入或画出。", grid=code)
    return cells[code]


def _drawn(cells: Mapping[str, Outline], street: str, code: str, geometry: object, system: str) -> Outline:
    polygon = polygon_of(geometry, name=code)
    moved = areas_of(in_wgs84(polygon, system), name=code)
    exact = areas_of(snapped(moved, [each.geometry for each in cells.values()]), name=code)
    if code in cells:
        return replace(cells[code], geometry=exact)
    grid = Grid.objects.filter(street=street, code=code, valid_until__isnull=True).select_related("parent").first()
    if grid is None:
        raise NotFound("territory.no_grid", f"本街道没有网格“{code}”;请从网格列表中选择。", field="grid", grid=code)
    return Outline(grid.code, grid.name, grid.parent.code if grid.parent else "", grid.kind, exact)


def _must_be_named(code: str, name: str) -> None:
    if not code.strip() or "/" in code or len(code) > 30:
        raise WrongInput("territory.bad_code", "网格代码不能为空、不能含“/”、不超过 30 字;请改正。", field="code")
    if not name.strip() or len(name.strip()) > 80:
        raise WrongInput("territory.bad_name", "请写网格名称,不超过 80 字。", field="name")


def _has_children(street: str, code: str) -> bool:
    return Grid.objects.filter(street=street, parent__code=code, valid_until__isnull=True).exists()


def _top(street: str) -> str:
    """The code of the street's own grid, under which new grids come when nothing else is said."""
    found = Grid.objects.filter(street=street, parent__isnull=True, valid_until__isnull=True).order_by("pk").first()
    return found.code if found else ""


def _placed(each: Outline, *, known: Mapping[str, Grid], named: set[str], top: str) -> tuple[Outline, str]:
    """The outline under its parent, or why it cannot stand there."""
    grid = known.get(each.code)
    if grid is not None and grid.valid_until is not None:
        return each, f"代码“{each.code}”曾用于已撤销的网格;请换一个代码。"
    above = grid.parent.code if grid and grid.parent else ""
    if grid is not None and each.parent and each.parent != above:
        return (
            each,
            f"网格“{each.code}”在“{above or '最上级'}”之下,文件说是“{each.parent}”;请先核对,挪动网格要另行办理。",
        )
    if grid is not None:
        return replace(each, parent=above, kind=grid.kind), ""
    parent = each.parent or top
    if parent not in named or parent == each.code:
        return each, f"上级“{parent}”不存在;请先登记上级或改正上级代码。"
    if each.kind not in Grid.Kind.values:
        return each, f"网格类别只有:{'、'.join(Grid.Kind.values)};请改正。"
    return replace(each, parent=parent), ""


def _as_plain(problem: RowProblem) -> dict[str, object]:
    return {"row": problem.row, "column": problem.column, "sentence": problem.sentence}


def _keep(change: _Change, *, by: Actor, at: datetime, street: str, onto: Onto) -> BoundaryVersion:
    """The step stands in the draft and in the ledger. Called inside a deed."""
    locked_street(street)
    draft = _locked(street, onto.version, onto.rev) if onto.version else _new(change, by=by, at=at, street=street)
    outlines = {each["code"]: each for each in draft.outlines} | {
        code: _plain(each) for code, each in change.outlines.items()
    }
    gone = sorted({*draft.retired, *change.retired} - set(change.outlines))
    kept = [outlines[code] for code in sorted(outlines) if code not in gone]
    present = set(Grid.objects.filter(street=street, valid_until__isnull=True).values_list("code", flat=True))
    BoundaryVersion.objects.filter(pk=draft.pk).update(
        outlines=kept, retired=[code for code in gone if code in present], holes=[*draft.holes, *change.holes], rev=draft.rev + 1,
        drafters=sorted({*draft.drafters, by.label}), note=(draft.note or change.note)[:300],
    )  # fmt: skip
    draft.refresh_from_db()
    record(
        "boundary_version.drafted", by=by, at=at, street=street, subject=f"boundary_version:{draft.ref}",
        payload={
            "version": draft.version, "rev": draft.rev, "step": change.note, "grids": sorted(change.outlines), "retired": draft.retired,
            "holes": len(draft.holes), "fingerprint": fingerprint(draft),
        },
    )  # fmt: skip
    return draft


def _new(change: _Change, *, by: Actor, at: datetime, street: str) -> BoundaryVersion:
    rows = BoundaryVersion.objects.filter(street=street)
    if rows.filter(state=BoundaryVersion.State.DRAFT).count() >= MOST_DRAFTS:
        raise Refused("territory.too_many_drafts", "草稿太多了;请先发布或作废几份再起草。")
    newest = rows.order_by("-version").values_list("version", flat=True).first() or 0
    base = Boundary.objects.filter(grid__street=street).order_by("-pk").values_list("pk", flat=True).first() or 0
    return BoundaryVersion.objects.create(
        street=street, version=newest + 1, base=base, holes=declared_holes(street), note=change.note[:300], drafted_by=by.label,
        drafted_at=at, drafters=[by.label],
    )  # fmt: skip


def _locked(
    street: str, ref: str, rev: int | None, *, states: Sequence[str] = (BoundaryVersion.State.DRAFT,)
) -> BoundaryVersion:
    """The version, locked. Raises NotFound, Refused in another state, Outdated when someone changed it meanwhile."""
    locked_street(street)
    found = boundary_version(street, ref)
    if found.state not in states:
        raise Refused(
            "territory.not_a_draft",
            f"第 {found.version} 版边界是“{found.get_state_display()}”,不能再改;请另起一份草稿。",
        )
    if rev is not None and rev != found.rev:
        raise Outdated("territory.outdated", "这份草稿刚刚被别人改过;请刷新页面,看过最新情况再决定。", rev=found.rev)
    return found


def _plain(each: Outline) -> dict[str, Any]:
    return {
        "code": each.code, "name": each.name, "parent": each.parent, "kind": each.kind,
        "geometry": written(shapely.normalize(each.geometry)),
    }  # fmt: skip
