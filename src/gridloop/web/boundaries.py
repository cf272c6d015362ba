"""Boundary versions: what is in force, drafts with their report beside the map, published by a second person, rolled back.

Reading is for all staff of the street; drafting and publishing for those who set up. The map only fills in the forms: each works without it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.access import SETS_UP
from gridloop.core.errors import Broken, GridloopError, NotFound
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases.queries import mapped
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import must_set_up
from gridloop.offices.territory import actions
from gridloop.offices.territory import queries as territory
from gridloop.web.atlas import map_words
from gridloop.web.atlas_layers import flaw_feature, json_answer
from gridloop.web.atlas_tiles import tiles
from gridloop.web.atlas_words import FLAW_LABELS, area_words, where_words
from gridloop.web.boundary_forms import STEPS, DraftForm, FileForm, HoleForm, OutlineForm, PublishForm, SplitForm
from gridloop.web.drawing import Drawing, Shape, draw
from gridloop.web.reader import Reader, staff

MOST_FLAWS = 60
MOST_CODES = 500
MOST_DRAWN = 400
OPEN_STATES = frozenset({"draft", "published"})
TONES = {"draft": "open", "published": "wait", "in_force": "good", "rolled_back": "quiet", "discarded": "quiet"}
STATES = {
    "draft": gettext_lazy("草稿"), "published": gettext_lazy("已发布,待生效"), "in_force": gettext_lazy("已生效"),
    "rolled_back": gettext_lazy("已回退"), "discarded": gettext_lazy("已作废"),
}  # fmt: skip
DEEDS = {
    "boundary_version.drafted": gettext_lazy("起草"), "boundary_version.published": gettext_lazy("核对发布"),
    "boundary_version.enacted": gettext_lazy("到期生效"), "boundary_version.stopped": gettext_lazy("到期时不再拼满,退回草稿"),
    "boundary_version.discarded": gettext_lazy("作废"), "boundary_version.rolled_back": gettext_lazy("回退"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the list."""

    ref: str
    version: int
    note: str
    state: str
    tone: str
    valid_from: Any
    drafted_at: Any


@dataclass(frozen=True, slots=True)
class GridChange:
    """What a version does to one grid, in words."""

    code: str
    name: str
    what: str
    area: str


@dataclass(frozen=True, slots=True)
class FlawShown:
    """One place that does not tile; a gap may be declared a hole by the form."""

    label: str
    where: str
    area: str
    grids: str
    is_grave: bool
    hole: HoleForm | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The report of a draft: flaws, how many stand in the way, cases that would lie elsewhere, posts that would lose their grid."""

    flaws: list[FlawShown]
    more: int
    n_grave: int
    elsewhere: mapped.Elsewhere
    posts: list[str]
    drawing: Drawing | None


@require_safe
@staff
def boundaries(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/atlas/boundaries/"""
    return _list(request, reader)


@require_safe
@staff
def boundary(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/atlas/boundaries/<version>/"""
    return _one(request, reader, territory.boundary_version(reader.street.code, ref))


@require_safe
@staff
def cells(request: HttpRequest, reader: Reader, ref: str = "") -> HttpResponse:
    """/atlas/boundaries/cells.json, /atlas/boundaries/<version>/cells.json: the cells to draw on, and what they lack."""
    street = reader.street.code
    present = territory.outlines_present(street)
    version = territory.boundary_version(street, ref) if ref else None
    after = territory.outlines_after(version, present=present) if version and version.state in OPEN_STATES else present
    changed = {each["code"] for each in version.outlines} if version else set()
    parents = {each.parent for each in after.values()}
    features = [
        {
            "type": "Feature", "geometry": territory.drawn_geometry(each.geometry),
            "properties": {"code": each.code, "name": each.name, "leaf": each.code not in parents, "changed": each.code in changed},
        }
        for each in after.values()
    ]  # fmt: skip
    flaws = _placed(version, after) if version and version.state in OPEN_STATES else []
    document = {
        "cells": {"type": "FeatureCollection", "features": features},
        "flaws": {"type": "FeatureCollection", "features": [flaw_feature(each) for each in flaws]},
    }
    stamp = f"cells-{street}-{reader.street.version}-{ref}-{version.rev if version else 0}-{request.LANGUAGE_CODE}"  # type: ignore[attr-defined]
    return json_answer(request, document, tag=stamp)


@require_POST
@staff
def draft(request: HttpRequest, reader: Reader, step: str) -> HttpResponse:
    """/atlas/boundaries/draft/<split|merge|outline|file|hole>/: a step of a new or an open draft."""
    if step not in STEPS:
        raise NotFound("web.no_step", "没有这种起草方式;请回到边界页面选择。", step=step)
    must_set_up(reader.actor, reader.street.code)
    form = STEPS[step](request.POST, request.FILES, prefix=step)
    if not form.is_valid():
        return _again(request, reader, form, step, status=422)
    try:
        version = _drafted(request, reader, form, step)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _again(request, reader, form, step, status=error.status, problems=error.fields.get("problems", []))
    messages.success(request, _("边界第 %(version)s 版草稿已存;请看旁边的核对结果。") % {"version": version.version})
    return redirect("boundary", ref=version.ref)


def _drafted(request: HttpRequest, reader: Reader, form: DraftForm, step: str) -> Any:
    told, onto = form.cleaned_data, form.target()
    who: dict[str, Any] = {"by": reader.actor, "at": reader.at, "street": reader.street.code, "onto": onto}
    if step == "split":
        return actions.draft_split(**who, grid=told["grid"], line=told["line"], code=told["code"], name=told["name"])
    if step == "merge":
        return actions.draft_merge(**who, grid=told["grid"], absorbed=told["absorbed"])
    if step == "outline":
        redraw = actions.draft_fitted_outline if told["follow"] else actions.draft_outline
        return redraw(**who, grid=told["grid"], geometry=told["geometry"], system=told["system"])
    if isinstance(form, FileForm):
        return _from_file(request, form, who)
    return actions.declare_hole(**who, place=told["place"], why=told["why"])


def _from_file(request: HttpRequest, form: FileForm, who: dict[str, Any]) -> Any:
    sent = form.cleaned_data["file"]
    found = actions.draft_file(
        **who, content=form.content(), file=sent.name[:120], columns=form.columns(), system=form.cleaned_data["system"]
    )
    for problem in found.problems[:MOST_FLAWS]:
        told = {"row": problem.row, "column": problem.column, "sentence": problem.sentence}
        messages.warning(request, _("第 %(row)s 行“%(column)s”:%(sentence)s") % told)
    return found.version


def _again(
    request: HttpRequest, reader: Reader, form: DraftForm, step: str, *, status: int, problems: Any = ()
) -> HttpResponse:
    """The page the step came from, with what is wrong at its field."""
    onto = str(form.data.get(f"{step}-onto", ""))
    if onto:
        version = territory.boundary_version(reader.street.code, onto)
        return _one(request, reader, version, bound=(step, form), status=status, problems=problems)
    return _list(request, reader, bound=(step, form), status=status, problems=problems)


@require_POST
@staff
def publish(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/atlas/boundaries/<version>/publish/"""
    form = PublishForm(request.POST)
    version = territory.boundary_version(reader.street.code, ref)
    if not form.is_valid():
        return _one(request, reader, version, publishing=form, status=422)
    try:
        published = actions.publish_version(
            by=reader.actor,
            at=reader.at,
            street=reader.street.code,
            version=ref,
            valid_from=form.starts(),
            rev=form.cleaned_data["rev"],
        )
    except Broken:
        raise
    except GridloopError as error:
        return _one(request, reader, version, error=error, status=error.status)
    messages.success(
        request,
        _("边界第 %(version)s 版:%(state)s。") % {"version": published.version, "state": STATES[published.state]},
    )
    return redirect("boundary", ref=ref)


@require_POST
@staff
def discard(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/atlas/boundaries/<version>/discard/"""
    return _done(request, reader, ref, actions.discard_version)


@require_POST
@staff
def roll_back(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/atlas/boundaries/<version>/roll-back/"""
    return _done(request, reader, ref, actions.roll_back_version)


def _done(request: HttpRequest, reader: Reader, ref: str, deed: Any) -> HttpResponse:
    try:
        version = deed(by=reader.actor, at=reader.at, street=reader.street.code, version=ref)
    except Broken:
        raise
    except GridloopError as error:
        return _one(
            request, reader, territory.boundary_version(reader.street.code, ref), error=error, status=error.status
        )
    messages.success(
        request, _("边界第 %(version)s 版:%(state)s。") % {"version": version.version, "state": STATES[version.state]}
    )
    return redirect("boundaries")


# -- private: the pages -----------------------------------------------------------------------------------------------


def _list(
    request: HttpRequest,
    reader: Reader,
    *,
    bound: tuple[str, DraftForm] | None = None,
    status: int = 200,
    problems: Any = (),
) -> HttpResponse:
    rows = [
        VersionRow(
            each.ref,
            each.version,
            each.note,
            str(STATES[each.state]),
            TONES[each.state],
            each.valid_from,
            each.drafted_at,
        )
        for each in territory.boundary_versions(reader.street.code)
    ]
    page = {"rows": rows, "problems": problems, **_drafting(reader, None, bound=bound)}
    return render(request, "console/atlas_boundaries.html", page, status=status)


def _one(
    request: HttpRequest, reader: Reader, version: Any, *, bound: tuple[str, DraftForm] | None = None, publishing: PublishForm | None = None,
    error: GridloopError | None = None, status: int = 200, problems: Any = (),
) -> HttpResponse:  # fmt: skip
    is_open = version.state in OPEN_STATES
    is_draft = version.state == "draft"
    history = archive.timeline(f"boundary_version:{version.ref}")
    page = {
        "version": version, "state": STATES[version.state], "tone": TONES[version.state], "is_draft": is_draft, "error": error,
        "problems": problems, "changes": _changes(version), "holes": [each["why"] for each in version.holes],
        "checked": _checked(reader, version) if is_open else None, "publishing": publishing or PublishForm(initial={"rev": version.rev}),
        "is_own": reader.actor.label in {version.drafted_by, *version.drafters},
        "history": [(str(DEEDS.get(each.kind, each.kind)), each.by, each.at) for each in history],
        **_drafting(reader, version if is_draft else None, bound=bound),
    }  # fmt: skip
    return render(request, "console/atlas_boundary.html", page, status=status)


def _drafting(reader: Reader, version: Any, *, bound: tuple[str, DraftForm] | None) -> dict[str, Any]:
    """The forms of the steps, and what the map under them needs."""
    onto = {"onto": version.ref, "rev": version.rev} if version else {}
    forms = {f"{step}_form": made(prefix=step, initial=onto) for step, made in STEPS.items()}
    if bound:
        forms[f"{bound[0]}_form"] = bound[1]
    grids = territory.grids(reader.street.code)
    below = tiles()
    script = {
        "cells": reverse("boundary_cells", args=[version.ref]) if version else reverse("cells_in_force"),
        "tiles": [] if below.is_shifted else list(below.addresses), "credit": " ".join([below.credit, below.note]).strip(),
        "split": SplitForm(prefix="split")["line"].html_name, "outline": OutlineForm(prefix="outline")["geometry"].html_name,
        "words": {**map_words(), **_tool_words()},
    }  # fmt: skip
    return {
        **forms, "sets_up": bool(reader.actor.roles(reader.street.code) & SETS_UP), "script": json.dumps(script, ensure_ascii=False),
        "codes": [(grid.code, grid.name) for grid in grids] if len(grids) <= MOST_CODES else [], "opened": bound[0] if bound else "",
        "tiles": below,
    }  # fmt: skip


def _tool_words() -> dict[str, str]:
    return {
        "drawLine": _("在图上点出分割线的各点,双击或按回车结束。"), "lineDone": _("分割线已填入“分割”表;请写新代码和名称。"),
        "pickCell": _("请点要改画的网格。"), "edit": _("拖动边上的点改画;改好后到“改画”表存草稿。"), "outlineDone": _("新边界已填入“改画”表。"),
        "tooComplex": _("这个网格有洞或不止一块,不能在图上改画;请导入文件。"),
    }  # fmt: skip


def _changes(version: Any) -> list[GridChange]:
    """What the version does, grid by grid."""
    former = {each["code"]: each for each in version.before.get("outlines", [])}
    added = set(version.before.get("retired", []))
    drawn = [
        GridChange(
            code, each.name, _("新设") if code in added or (not former and code not in _known(version)) else _("改画"),
            area_words(territory.square_metres(each.geometry)),
        )
        for code, each in territory.outlines_of(version.outlines).items()
    ]  # fmt: skip
    return [*drawn, *(GridChange(code, code, _("撤销"), "—") for code in version.retired)]


def _known(version: Any) -> set[str]:
    return {grid.code for grid in territory.grids(version.street)}


def _placed(version: Any, after: Any) -> list[territory.Placed]:
    """The flaws of a draft, the gravest first."""
    found = [(each.parent, flaw) for each in territory.reports_of(version) for flaw in each.report.flaws]
    found.sort(key=lambda item: (item[1].kind == "sliver", -item[1].area_m2))
    return list(territory.placed(found, after))


def _checked(reader: Reader, version: Any) -> Checked:
    after = territory.outlines_after(version, present=territory.outlines_present(version.street))
    flaws = _placed(version, after)
    elsewhere = mapped.would_lie_elsewhere(version.street, territory.index_after(version), by=reader.actor)
    return Checked(
        flaws=[_flaw_shown(each, version, after) for each in flaws[:MOST_FLAWS]],
        more=max(len(flaws) - MOST_FLAWS, 0),
        n_grave=sum(each.flaw.kind != "sliver" for each in flaws),
        elsewhere=elsewhere,
        posts=_posts_without_grid(reader, version),
        drawing=_drawing(version, after, flaws),
    )


def _flaw_shown(each: territory.Placed, version: Any, after: Any) -> FlawShown:
    flaw = each.flaw
    place = f"{flaw.point[0]!r},{flaw.point[1]!r}"
    hole = None
    if flaw.kind == "gap" and version.state == "draft":
        hole = HoleForm(
            prefix="hole",
            initial={"onto": version.ref, "rev": version.rev, "place": place},
            auto_id=f"id_{round(flaw.area_m2)}_%s",
        )
    names = [after[code].name for code in flaw.codes if code in after]
    return FlawShown(
        str(FLAW_LABELS[flaw.kind]),
        where_words(each),
        area_words(flaw.area_m2),
        _("、").join(names),
        flaw.kind != "sliver",
        hole,
    )


def _posts_without_grid(reader: Reader, version: Any) -> list[str]:
    """Posts whose grid the version ends: they must be given another."""
    if not version.retired:
        return []
    paths = {grid.path for grid in territory.grids(version.street) if grid.code in version.retired}
    return [post.title for post in organisation.posts(reader.street.code) if post.place in paths]


def _drawing(version: Any, after: Any, flaws: list[territory.Placed]) -> Drawing | None:
    """The smallest cells with the changed ones marked and the grave flaws over them; without the map and for print."""
    parents = {each.parent for each in after.values()}
    changed = {each["code"] for each in version.outlines}
    smallest = [each for each in after.values() if each.code not in parents]
    if len(smallest) > MOST_DRAWN:
        smallest = [each for each in smallest if each.code in changed]
    shapes = [
        Shape(each.code, each.name, each.geometry, "warn" if each.code in changed else "")
        for each in smallest[:MOST_DRAWN]
    ]
    grave = [each.flaw for each in flaws if each.flaw.kind != "sliver"][:MOST_FLAWS]
    over = [Shape("", str(FLAW_LABELS[flaw.kind]), flaw.geometry, "bad") for flaw in grave]
    return draw([*shapes, *over], label=_("草稿里的网格")) if shapes else None
