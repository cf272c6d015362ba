"""/enterprises/factors/: what firms lack of the seven factors, open, late and solved; the gaps of projects beside them; every number opens its rows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.factor import FACTORS, said
from gridloop.core.firm_access import may_serve
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.enterprise.actions import factors as acts
from gridloop.offices.enterprise.queries import factors
from gridloop.offices.enterprise.queries.solution_words import GAP_STATES, UNITS
from gridloop.offices.enterprise.queries.solving import firm_behind
from gridloop.offices.projects.queries.factors import tally_of_projects
from gridloop.web.enterprise.forms import FirmChoices, choices_of
from gridloop.web.enterprise.lists import must_read
from gridloop.web.enterprise.solution_forms import MeasuredForm, SolvedForm
from gridloop.web.enterprise.stepping import Refused, Step, StepOffered, offered, take
from gridloop.web.forms import tried
from gridloop.web.reader import Reader, staff


def _settle(reader: Reader, row: Any, told: dict[str, Any]) -> object:
    return acts.settle_factor(by=reader.actor, at=reader.at, gap=row.ref, **told)


STEPS = {"settle": Step("settle", _("登记解决数量"), _("解决数量已登记。"), SolvedForm, _settle)}


@require_safe
@staff
def gaps(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/factors/?factor=power&state=late&unit=power"""
    return _page(request, reader)


def _page(request: HttpRequest, reader: Reader, *, refused: tuple[str, Refused] | None = None) -> HttpResponse:
    must_read(reader)
    wanted = {name: request.GET.get(name, "")[:40] for name in ("factor", "state", "unit", "firm")}
    everything = factors.gaps(reader.actor)
    of_projects = tally_of_projects(reader.street.code)
    rows = factors.gaps(reader.actor, **wanted)
    choices = choices_of(reader.street.code, at=reader.at)
    shown = factors.shown(rows)
    page = {
        "openable": openable(reader.actor, [each.row.case.ref for each in shown]),
        "wanted": wanted, "at": reader.at, "factors": FACTORS, "states": GAP_STATES, "units": factors.units_of(everything),
        "lines": [
            (code, label, line, _amount(line.gap, code), _amount(line.met, code), of_projects.get(code)) for code, label, line in factors.lines(everything)
        ],
        "rows": [(each, _offers(each, reader, choices, refused)) for each in shown], "count": rows.count(),
    }  # fmt: skip
    return render(request, "enterprise/factors.html", page, status=refused[1][2] if refused else 200)


def _amount(amount: Any, factor: str) -> str:
    return f"{said(amount)} {UNITS[factor]}" if amount else ""


def _offers(
    each: factors.GapShown, reader: Reader, choices: FirmChoices, refused: tuple[str, Refused] | None
) -> list[StepOffered]:
    if not may_serve(reader.actor, each.row.street):
        return []
    mine = refused[1] if refused and refused[0] == each.row.ref else None
    return offered(STEPS.values(), choices=choices, refused=mine, mark=f"{each.row.ref}-")


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def measure(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/factors/new/?case=<ref>: a case is about so much of a factor."""
    told = request.POST if request.method == "POST" else request.GET
    firm, case = firm_behind("", told.get("case", ""), by=reader.actor)
    form = MeasuredForm(request.POST or None, choices=choices_of(firm.street, at=reader.at), auto_id="gap-%s")
    if request.method == "POST" and form.is_valid():
        made = tried(
            form,
            lambda: acts.measure_gap(by=reader.actor, at=reader.at, case=told.get("case", ""), **form.cleaned_data),
        )
        if made is not None:
            messages.success(request, _("缺口已登记。"))
            return redirect("case", told.get("case", ""))
    page = {"form": form, "firm": firm, "case": case, "may_serve": may_serve(reader.actor, firm.street)}
    return render(request, "enterprise/factor_new.html", page, status=422 if form.is_bound else 200)


@require_POST
@staff
def settle(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/factors/<ref>/settle/"""
    row = factors.gap(ref, by=reader.actor)
    refused = take(request, reader, STEPS, "settle", row, choices=choices_of(row.street, at=reader.at), mark=f"{ref}-")
    if refused:
        return _page(request, reader, refused=(ref, refused))
    messages.success(request, str(STEPS["settle"].said))
    return redirect("firm_factors")
