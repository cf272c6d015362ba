"""/projects/<ref>/: one project: where it stands, what the next library asks, its months, what it lacks, what was done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError
from gridloop.core.project import in_yi, neighbours
from gridloop.core.project_access import may_keep, must_keep
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.enterprise.queries.plans import openable as openable_plans
from gridloop.offices.projects import actions
from gridloop.offices.projects.queries import board, words
from gridloop.offices.projects.queries.banks import banks_of, begin_bank_match
from gridloop.offices.projects.queries.criteria import judged
from gridloop.offices.projects.queries.factors import obstacles_of
from gridloop.offices.projects.queries.finding import project as found_project
from gridloop.offices.projects.queries.proposed import proposals_behind
from gridloop.offices.projects.queries.standstill import plans_of
from gridloop.web.forms import Offered, offered
from gridloop.web.project_forms import WAN, DropForm, MonthForm, MoveForm, NeedForm, ObstacleForm, PlanForm
from gridloop.web.reader import Reader, staff

Deed = tuple[str, dict[str, Any]]


@require_safe
@staff
def project(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/projects/<ref>/"""
    return _page(request, reader, ref)


def _page(
    request: HttpRequest, reader: Reader, ref: str, *, refused: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    found = found_project(ref, by=reader.actor)
    (row,) = board.rows_of([found], at=reader.at)
    may = may_keep(reader.actor, street=found.street, unit=found.unit.code) and not found.dropped_at
    nearby = neighbours(found.library)
    after = nearby[0] if found.library != "completed" else ""
    obstacles, plans = obstacles_of(found), plans_of(found)
    needs = [need.case_ref for _factor, _label, need in row.cells if need]
    page = {
        "openable": openable(reader.actor, [*needs, *(each.case.ref for each in obstacles)]),
        "openable_plans": openable_plans(reader.actor, [each.ref for each in plans]),
        "project": found, "proposals": proposals_behind(found), "row": row, "months": board.months_of(found), "moves": board.moves_of(found), "obstacles": obstacles, "may_keep": may,
        "next": words.LIBRARIES.get(after, ""), "criteria": judged(found, after, at=reader.at) if after else (), "words": words, "key": uuid4().hex,
        "banks": banks_of(found, by=reader.actor), "begin": begin_bank_match(found, by=reader.actor), "plans": plans,
        "invested": in_yi(row.invested), "planned": in_yi(row.planned), "done": in_yi(row.done),
        "verbs": _forms(found, reader) | (refused or {}) if may else {}, "opened": next(iter(refused), "") if refused else "",
    }  # fmt: skip
    return render(request, "projects/project.html", page, status=status)


def _forms(found: Any, reader: Reader) -> dict[str, Any]:
    choices = offered(found.street, at=reader.at)
    return {verb: _form(verb, None, found=found, choices=choices, reader=reader) for verb in DEEDS}


def _form(verb: str, said: Any, *, found: Any, choices: Offered, reader: Reader) -> forms.Form:
    today = reader.today
    more: dict[str, Any] = {"libraries": neighbours(found.library)} if verb == "move" else {}
    initial = {
        "plan": {"year": today.year, "first": 1},
        "report": {"month": f"{today:%Y-%m}"},
        "move": {"on": today},
    }.get(verb, {})
    return FORMS[verb](said, choices=choices, initial=initial, auto_id=f"{verb}_%s", **more)


def _move(told: dict[str, Any]) -> Deed:
    return _("已移库。"), {"to": told["to"], "reason": told["reason"], "on": told["on"]}


def _plan(told: dict[str, Any]) -> Deed:
    return _("年度计划已分到各月。"), {"year": told["year"], "amount": told["amount_wan"] * WAN, "first": told["first"]}


def _report(told: dict[str, Any]) -> Deed:
    return _("月报已登记。"), {
        "month": told["month"],
        "invested": told["invested_wan"] * WAN,
        "note": told["note"],
        "reason": told["reason"],
    }


def _need(told: dict[str, Any]) -> Deed:
    return _("缺口已登记,并已交办。"), told


def _obstacle(told: dict[str, Any]) -> Deed:
    return _("堵点已登记,并已交办。"), told


def _drop(told: dict[str, Any]) -> Deed:
    return _("项目已出库,记录保留。"), told


FORMS: dict[str, Any] = {
    "move": MoveForm,
    "report": MonthForm,
    "plan": PlanForm,
    "need": NeedForm,
    "obstacle": ObstacleForm,
    "drop": DropForm,
}
DEEDS: dict[str, tuple[Callable[..., Any], Callable[[dict[str, Any]], Deed], bool]] = {
    "move": (actions.move_project, _move, True), "report": (actions.report_month, _report, True), "plan": (actions.plan_year, _plan, True),
    "need": (actions.need_factor, _need, False), "obstacle": (actions.raise_obstacle, _obstacle, False), "drop": (actions.drop_project, _drop, True),
}  # fmt: skip
"""Verb: the action, its arguments and words from the form, and whether it asks for the revision that was seen."""


@require_POST
@staff
def do(request: HttpRequest, reader: Reader, ref: str, verb: str) -> HttpResponse:
    """/projects/<ref>/do/<verb>/: done once for the form's key."""
    found = found_project(ref, by=reader.actor)
    if verb not in DEEDS:
        raise Http404(verb)
    must_keep(reader.actor, street=found.street, unit=found.unit.code)
    form: Any = _form(verb, request.POST, found=found, choices=offered(found.street, at=reader.at), reader=reader)
    if not form.is_valid():
        return _page(request, reader, ref, refused={verb: form}, status=422)
    try:
        said = _done(request, reader, found, verb, form)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _page(request, reader, ref, refused={verb: form}, status=error.status)
    messages.success(request, said)
    return redirect("project", ref)


def _done(request: HttpRequest, reader: Reader, found: Any, verb: str, form: Any) -> str:
    action, reads, asks_rev = DEEDS[verb]
    said, arguments = reads(form.cleaned_data)
    rev = request.POST.get("rev", "")
    if asks_rev and rev.isdecimal() and len(rev) < 10:
        arguments["rev"] = int(rev)

    def act() -> dict[str, str]:
        action(by=reader.actor, at=reader.at, project=found.ref, **arguments)
        return {}

    content = {name: str(value) for name, value in arguments.items()}
    once_sealed(
        door=f"project:{reader.actor.ref}",
        key=request.POST.get("key", "")[:64],
        content=[found.ref, verb, content],
        at=reader.at,
        do=act,
    )
    return said
