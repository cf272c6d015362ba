"""/projects/matrix/ and /projects/<ref>/pairs/: who answers for the key projects, in four slots and a task force; blanks are red (分组分包)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.errors import Broken, GridloopError
from gridloop.core.firm_access import may_arrange, must_arrange
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.enterprise.actions.pairing import hand_over, pair
from gridloop.offices.enterprise.queries.words import SLOTS
from gridloop.offices.projects.queries import pairs as projects
from gridloop.offices.projects.queries.finding import project as found_project
from gridloop.web.downloads import download
from gridloop.web.enterprise.documents import groups_docx
from gridloop.web.enterprise.forms import PairForm, choices_of
from gridloop.web.enterprise.pairings import DOCX
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

HANDED_OVER = "分组分包调整"


@require_safe
@staff
def matrix(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/projects/matrix/"""
    street = reader.street.code
    rows = projects.paired(projects.key_projects(reader.actor, street=street), by=reader.actor, street=street)
    page = {
        "rows": [(row, _names(row)) for row in rows], "slots": [said(label) for label in SLOTS.values()],
        "blanks": sum(len(row.stack.blanks) for row in rows), "without": sum(not row.forces for row in rows),
    }  # fmt: skip
    return render(request, "projects/matrix.html", page)


@require_safe
@staff
def paper(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/projects/matrix.docx: 分组分包一览表, the key projects and firms by who leads them."""
    made = groups_docx(
        projects.groups_of(reader.actor, street=reader.street.code), street=reader.street.name, at=reader.at
    )
    return download(made, name=f"{reader.street.name}分组分包一览表.docx", kind=DOCX)


def _names(row: projects.Paired) -> list[tuple[str, Any]]:
    return [(said(SLOTS[slot]), held) for slot, held in row.stack.slots.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def pairs(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/projects/<ref>/pairs/: a slot is filled, or passes to somebody else."""
    found = found_project(ref, by=reader.actor)
    if request.method == "POST":
        must_arrange(reader.actor, found.street)
    (row,) = projects.paired([found], by=reader.actor, street=found.street)
    slots = [(slot, said(label)) for slot, label in SLOTS.items()]
    form = PairForm(request.POST or None, choices=choices_of(found.street, at=reader.at), slots=slots)
    if request.method == "POST" and form.is_valid():
        try:
            _hold(reader, row, dict(form.cleaned_data))
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
        else:
            messages.success(request, _("包联已更新。"))
            return redirect("project_pairs", ref)
    pack = projects.pack_of(found)
    refs = [*(need.case_ref for need in pack.needs), *(each.case.ref for each in pack.obstacles)]
    page = {
        "project": found, "row": row, "names": _names(row), "form": form, "pack": pack, "openable": openable(reader.actor, refs),
        "may_arrange": may_arrange(reader.actor, found.street) and not found.dropped_at,
    }  # fmt: skip
    return render(request, "projects/pairs.html", page, status=422 if form.is_bound else 200)


def _hold(reader: Reader, row: projects.Paired, told: dict[str, Any]) -> None:
    """The slot is held by whoever was chosen; one that somebody holds is handed over. Raises Refused for a dropped project."""
    projects.must_be_there(row.project)
    by, slot = {"by": reader.actor, "at": reader.at}, told.pop("slot")
    held = row.stack.slots[slot]
    if held is not None and held.pairing:
        hand_over(**by, pairing=held.pairing, **told | {"reason": told["reason"] or HANDED_OVER})
    else:
        pair(**by, street=row.project.street, subject=row.project.subject, slot=slot, **told)
