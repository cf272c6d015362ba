"""/visits/plan/: a plan is proposed by the rule, looked at and adopted by a person; /visits/round/: the order of the doors of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, Refused, WrongInput
from gridloop.core.firm_access import may_serve, must_serve
from gridloop.core.rounds import in_words
from gridloop.core.visiting import PURPOSES
from gridloop.offices.enterprise.actions import visit_plans as actions
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.queries import visits as queries
from gridloop.web.forms import offered
from gridloop.web.reader import Reader, staff
from gridloop.web.visit_forms import PlanForm, day_of
from gridloop.web.wording import said

SHOWN = 300
"""Rows left out that a page lists; the count says how many there are in all."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def plans(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/visits/plan/: the form and the latest plans."""
    street = reader.street.code
    must_serve(reader.actor, street)
    people = {person.ref: person.name for person in planning.managers_of(street).values()}
    own = planning.ref_of_person(reader.actor.person_id)
    first = {"first_on": reader.today.isoformat(), "days": 10, "manager": own if own in people else ""}
    choices = offered(street, at=reader.at)
    form = PlanForm(
        request.POST or None, choices=choices, managers=sorted(people.items(), key=lambda pair: pair[1]), initial=first
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.propose_visits(by=reader.actor, at=reader.at, street=street, **form.cleaned_data)
        except (Refused, WrongInput) as error:
            form.refuse(error)
        else:
            return redirect("visit_plan", row.ref)
    page = {"form": form, "rows": planning.plans(street)}
    return render(request, "visits/plans.html", page, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True, slots=True)
class RowShown:
    """One visit of a plan, or one firm left out."""

    name: str
    ref: str
    place: str
    host: str
    why: str
    bodies: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    free_on: date | None = None


@require_safe
@staff
def plan(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/visits/plan/<ref>/: day by day, and who is left out for what reason."""
    return _plan_page(request, reader, ref)


def _plan_page(request: HttpRequest, reader: Reader, ref: str, *, refused: Any = (), status: int = 200) -> HttpResponse:
    street = reader.street.code
    must_serve(reader.actor, street)
    row = planning.plan(street, ref)
    told = [*row.visits, *row.left_out[:SHOWN]]
    firms = planning.firms_by_ref(street, [each["firm"] for each in told])
    units = queries.unit_names(street)
    shown = [
        (date.fromisoformat(each["day"]), _shown(each, firms, row.asked["managers"], units)) for each in row.visits
    ]
    days = [(day, [each for _, each in group]) for day, group in groupby(shown, key=lambda pair: pair[0])]
    page = {
        "row": row, "days": days, "left_out": [_shown(each, firms, {}, units) for each in row.left_out[:SHOWN]],
        "left_count": len(row.left_out), "visit_count": len(row.visits), "refused": refused, "may_serve": may_serve(reader.actor, street),
        "quiet": [date.fromisoformat(day) for day in row.asked["quiet"]],
    }  # fmt: skip
    return render(request, "visits/plan.html", page, status=status)


def _shown(told: dict[str, Any], firms: dict[str, Any], people: dict[str, str], units: dict[str, str]) -> RowShown:
    firm = firms.get(told["firm"])
    return RowShown(
        firm.name if firm else _("(已不在册)"), told["firm"] if firm else "", firm.grid.name if firm and firm.grid else "",
        people.get(told.get("manager", ""), ""), said(told["why"]), tuple(units.get(code, code) for code in told.get("bodies", ())),
        tuple(said(PURPOSES[code]) for code in told.get("purposes", ())), date.fromisoformat(told["free_on"]) if told.get("free_on") else None,
    )  # fmt: skip


@require_POST
@staff
def adopt(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """The plan's visits are arranged; rows that no longer hold are shown with the rule that says no."""
    try:
        done = actions.adopt_plan(by=reader.actor, at=reader.at, street=reader.street.code, plan=ref)
    except Broken:
        raise
    except GridloopError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, said(error.sentence))
        return redirect("visit_plan", ref)
    messages.success(request, _("已采用:安排了 %(n)d 次走访。") % {"n": done.arranged})
    if done.refused:
        return _plan_page(request, reader, ref, refused=[(name, said(why)) for name, why in done.refused])
    return redirect("visit_plan", ref)


@require_POST
@staff
def drop(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """The draft is given up."""
    try:
        actions.drop_plan(by=reader.actor, at=reader.at, street=reader.street.code, plan=ref)
    except Refused as error:
        messages.error(request, said(error.sentence))
    else:
        messages.success(request, _("已放弃这份计划。"))
    return redirect("visit_plan", ref)


@dataclass(frozen=True, slots=True)
class StopShown:
    """One door of the round."""

    visit: Any
    arrives: str
    leaves: str
    metres: int


@require_safe
@staff
def round_of_day(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/visits/round/?on=: my doors of a day in the order to go."""
    today = reader.today
    on = day_of(request.GET.get("on", ""), otherwise=today)
    problem = ""
    try:
        found = planning.day_round(reader.actor.person_id, on=on)
    except (Refused, WrongInput) as error:
        found, problem = planning.unordered(reader.actor.person_id, on=on), error.sentence
    by_ref = {row.ref: row for row in found.visits}
    stops = [
        StopShown(by_ref[call.code], in_words(call.arrives), in_words(call.leaves), call.metres)
        for call in found.planned.calls
    ]
    page = {
        "on": on, "stops": stops, "found": found, "problem": problem, "ends": in_words(found.planned.ends),
        "left_out": found.planned.left_out and [(queries.visit(ref, by=reader.actor), said(why)) for ref, why in found.planned.left_out],
        "calls": planning.calls_of_day(reader.actor.person_id, on=on),
    }  # fmt: skip
    return render(request, "visits/round.html", page)
