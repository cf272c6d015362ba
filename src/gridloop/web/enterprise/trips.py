"""/enterprises/trips/: charter coaches that bring workers back; how many seats, for which firms, how many came. Counts, never names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import WrongInput
from gridloop.core.firm_access import may_serve
from gridloop.offices.enterprise.actions import trips as acts
from gridloop.offices.enterprise.actions.trips import TripTold
from gridloop.offices.enterprise.queries import resumptions as queries
from gridloop.offices.enterprise.queries.resumptions import Period
from gridloop.web.enterprise import resumption_forms as forms
from gridloop.web.enterprise.forms import choices_of
from gridloop.web.enterprise.forums import attempt
from gridloop.web.enterprise.links import firm_named
from gridloop.web.enterprise.lists import must_read
from gridloop.web.forms import StyledForm
from gridloop.web.reader import Reader, staff
from gridloop.web.webhooks import NO_CHOICES

TONES = {"planned": "new", "departed": "open", "arrived": "good", "cancelled": "quiet"}


@require_safe
@staff
def trips(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/trips/?since=&until=&state="""
    must_read(reader)
    form = forms.TripsForm(request.GET or None, choices=NO_CHOICES, auto_id="trips-%s")
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    wanted = {"period": Period(told.get("since"), told.get("until")), "state": told.get("state", "")}
    page = {
        "form": form, "rows": queries.trips(reader.actor, **wanted), "totals": queries.trip_totals(reader.actor, **wanted), "tones": TONES,
        "may_serve": may_serve(reader.actor, reader.street.code),
    }  # fmt: skip
    return render(request, "enterprise/trips.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def plan(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/trips/new/"""
    must_read(reader)
    choices: Any = choices_of(reader.street.code, at=reader.at)
    form = forms.TripForm(request.POST or None, choices=choices, auto_id="trip-%s")
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _planned(reader, form))
        if made is not None:
            messages.success(request, _("包车已安排。"))
            return redirect("trip", made.ref)
    return render(request, "enterprise/trip_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _planned(reader: Reader, form: forms.TripForm) -> Any:
    """The trip as typed. Raises WrongInput at the line of a firm that is not found or named twice."""
    workers: dict[str, int] = {}
    for name, n in form.shares():
        try:
            firm = firm_named(reader, name)
        except WrongInput as error:
            raise WrongInput("trips.which_firm", f"没有找到“{name}”;请写全名或代码。", field="firms") from error
        if firm.ref in workers:
            raise WrongInput("trips.twice", f"“{name}”写了两次;请合成一行。", field="firms")
        workers[firm.ref] = n
    told = {name: value for name, value in form.cleaned_data.items() if name != "firms"}
    return acts.plan_trip(
        by=reader.actor, at=reader.at, street=reader.street.code, told=TripTold(workers=workers, **told)
    )


@require_safe
@staff
def trip(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/trips/<ref>/"""
    return _page(request, reader, ref)


FORMS: dict[str, type[StyledForm]] = {
    "depart": StyledForm, "arrive": forms.ArriveForm, "cancel": forms.ReasonForm,
}  # fmt: skip
DEEDS: dict[str, Callable[..., Any]] = {
    "depart": acts.depart_trip, "arrive": acts.arrive_trip, "cancel": acts.cancel_trip,
}  # fmt: skip
OFFERED = {"planned": ("depart", "arrive", "cancel"), "departed": ("arrive",)}


def _page(
    request: HttpRequest, reader: Reader, ref: str, *, refused: tuple[str, StyledForm] | None = None, status: int = 200
) -> HttpResponse:
    shown = queries.trip(ref, by=reader.actor)
    serves = may_serve(reader.actor, shown.row.street)
    names = OFFERED.get(shown.row.state, ()) if serves else ()
    doors = {
        name: refused[1] if refused and refused[0] == name else FORMS[name](choices=NO_CHOICES, auto_id=f"{name}-%s")
        for name in names
    }
    page = {"shown": shown, "row": shown.row, "tone": TONES[shown.row.state], "doors": doors, "refused": refused}
    return render(request, "enterprise/trip.html", page, status=status)


@require_POST
@staff
def do(request: HttpRequest, reader: Reader, ref: str, deed: str) -> HttpResponse:
    """/enterprises/trips/<ref>/do/depart|arrive|cancel/"""
    if deed not in DEEDS:
        raise Http404
    queries.trip(ref, by=reader.actor)
    form = FORMS[deed](request.POST, choices=NO_CHOICES, auto_id=f"{deed}-%s")
    if form.is_valid() and attempt(
        form, lambda: DEEDS[deed](by=reader.actor, at=reader.at, trip=ref, **form.cleaned_data)
    ):
        messages.success(request, _("已记下。"))
        return redirect("trip", ref)
    return _page(request, reader, ref, refused=(deed, form), status=422)
