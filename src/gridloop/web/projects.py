"""/projects/: the four libraries as a board, a table or the factor matrix; entering and correcting a project; the entry criteria."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.access import SETS_UP
from gridloop.core.errors import Broken, GridloopError
from gridloop.core.project import in_yi
from gridloop.core.project_access import KEEPS_ALL, KEEPS_OWN, must_keep, must_set_criteria
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.projects import actions
from gridloop.offices.projects.actions.entering import told_of
from gridloop.offices.projects.queries import board as boards
from gridloop.offices.projects.queries import words
from gridloop.offices.projects.queries.criteria import FACTS, all_criteria, in_words
from gridloop.offices.projects.queries.finding import project as found_project
from gridloop.web.forms import offered
from gridloop.web.project_forms import YI, CriteriaForm, ProjectForm
from gridloop.web.reader import Reader, staff
from gridloop.web.webhooks import NO_CHOICES

ALARMS = {
    "not_started": "应开未开",
    "not_finished": "应竣未竣",
    "behind": "进度滞后",
    "unreported": "缺月报",
    "early": "提前开工",
}
VIEWS = ("board", "table", "factors")
MOST_TEXT = 60


@require_safe
@staff
def projects(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/projects/?view=table&library=building&alarm=not_started"""
    street = reader.street.code
    wanted = _wanted(request)
    libraries = boards.board(reader.actor, street=street, at=reader.at, wanted=wanted)
    summary = boards.summary(reader.actor, street=street)
    view = request.GET.get("view", "board")
    today = reader.today
    rows = [row for library in libraries for row in library.rows]
    needs = [need.case_ref for row in rows for _factor, _label, need in row.cells if need] if view == "factors" else []
    page = {
        "libraries": libraries, "rows": rows, "view": view if view in VIEWS else "board", "wanted": wanted, "words": words, "alarms": ALARMS,
        "units": organisation.units(street), "summary": [(code, words.LIBRARIES[code], n, in_yi(total)) for code, (n, total) in summary.items()],
        "all_n": sum(n for n, _total in summary.values()), "all_total": in_yi(sum((total for _n, total in summary.values()), Decimal(0))),
        "rates": boards.conversion_rates(reader.actor, street=street, since=date(today.year, 1, 1), until=today), "year": today.year,
        "may_enter": bool(reader.actor.roles(street) & (KEEPS_ALL | KEEPS_OWN)), "dropped": boards.dropped(reader.actor, street=street),
        "query": _query(request), "openable": openable(reader.actor, needs),
    }  # fmt: skip
    return render(request, "projects/board.html", page)


def _wanted(request: HttpRequest) -> boards.Wanted:
    """Only what there is narrows the board."""
    said = {
        name: request.GET.get(name, "")[:MOST_TEXT]
        for name in ("library", "priority", "unit", "sector", "factor", "alarm", "text")
    }
    known: dict[str, Any] = {
        "library": words.LIBRARIES, "priority": words.PRIORITIES, "sector": words.SECTORS, "factor": words.FACTORS, "alarm": ALARMS,
    }  # fmt: skip
    return boards.Wanted(
        **{name: value if name not in known or value in known[name] else "" for name, value in said.items()}
    )


def _query(request: HttpRequest) -> str:
    """The narrowing without the view, for the tabs."""
    kept = request.GET.copy()
    kept.pop("view", None)
    return kept.urlencode()


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/projects/new/: a project enters the reserve library."""
    choices = offered(reader.street.code, at=reader.at)
    own = next((post.unit for post in reader.actor.posts if post.street == reader.street.code), "")
    must_keep(reader.actor, street=reader.street.code, unit=own)
    form = ProjectForm(request.POST or None, choices=choices, initial={"unit": own})
    if request.method == "POST" and form.is_valid():
        try:
            ref = _entered(request, reader, form)
            messages.success(request, _("项目已入储备库;以后只移库,不再重录。"))
            return redirect("project", ref)
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
    page = {"form": form, "key": request.POST.get("key") or uuid4().hex}
    return render(request, "projects/edit.html", page, status=422 if form.is_bound else 200)


def _entered(request: HttpRequest, reader: Reader, form: ProjectForm) -> str:
    told = actions.Told(**form.told())

    def enter() -> dict[str, str]:
        return {"ref": actions.enter_project(by=reader.actor, at=reader.at, street=reader.street.code, told=told).ref}

    answer, _repeated = once_sealed(
        door=f"project:{reader.actor.ref}",
        key=request.POST.get("key", "")[:64],
        content=told.name,
        at=reader.at,
        do=enter,
    )
    return str(answer["ref"])


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def edit(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/projects/<ref>/edit/"""
    found = found_project(ref, by=reader.actor)
    must_keep(reader.actor, street=found.street, unit=found.unit.code)
    told = told_of(found)
    usual = {name: getattr(told, name) for name in ProjectForm.base_fields if name not in ("total_yi", "site_ready")}
    usual |= {
        "total_yi": (told.total / YI).normalize(),
        "site_ready": {True: "yes", False: "no"}.get(told.site_ready, ""),
    }
    form = ProjectForm(request.POST or None, choices=offered(found.street, at=reader.at), initial=usual)
    if request.method == "POST" and form.is_valid():
        rev = request.POST.get("rev", "")
        try:
            actions.change_project(
                by=reader.actor,
                at=reader.at,
                project=ref,
                rev=int(rev) if rev.isdecimal() and len(rev) < 10 else None,
                **form.told(),
            )
            messages.success(request, _("已保存。"))
            return redirect("project", ref)
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
    page = {"form": form, "project": found, "rev": request.POST.get("rev") or found.rev, "key": ""}
    return render(request, "projects/edit.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def criteria(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/projects/criteria/: what must hold before a project enters a library."""
    street = reader.street.code
    if request.method == "POST":
        must_set_criteria(reader.actor, street=street)
    form = CriteriaForm(request.POST or None, choices=NO_CHOICES, facts=FACTS)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_criteria(
                by=reader.actor, at=reader.at, street=street, library=said["library"], clauses=[_clause(fact) for fact in said["facts"]],
                reason=said["reason"],
            )  # fmt: skip
            messages.success(request, _("入库条件已更新,现在起按新条件办理移库。"))
            return redirect("project_criteria")
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
    told = [
        (words.LIBRARIES[library], version, clauses) for library, version, clauses in all_criteria(street, at=reader.at)
    ]
    page = {"criteria": _in_words(told), "form": form, "may_set": bool(reader.actor.roles(street) & SETS_UP)}
    return render(request, "projects/criteria.html", page, status=422 if form.is_bound else 200)


def _clause(fact: str) -> dict[str, Any]:
    """A fact that must be known; a yes or no must be yes."""
    asks = {"equals": True} if fact == "site_ready" else {"is_known": True}
    return {"quote": "", "condition": {"fact": fact, **asks, "label": FACTS[fact]}}


def _in_words(told: list[Any]) -> list[tuple[str, int, list[tuple[str, str]]]]:
    return [(label, version, [(in_words(each), each.quote) for each in clauses]) for label, version, clauses in told]
