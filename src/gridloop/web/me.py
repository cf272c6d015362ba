"""My account: the posts I hold and until when, what I may do, where I am signed in, my second factor, and leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.access import ROLE_LABELS, may_keep
from gridloop.core.errors import GridloopError
from gridloop.offices.organisation.accounts import actions, queries
from gridloop.offices.organisation.accounts.actions.leave import Leave
from gridloop.offices.organisation.accounts.queries import HAS_SECOND_FACTOR, SIGN_IN, Standing
from gridloop.offices.territory import queries as territory
from gridloop.web.forms import DayInput
from gridloop.web.reader import Reader, signed_in, staff
from gridloop.web.role_words import MAY
from gridloop.web.wording import said


@dataclass(frozen=True, slots=True)
class StandingShown:
    """One post as its holder sees it."""

    title: str
    unit: str
    role: str
    may: str
    place: str
    starts_at: datetime
    ends_at: datetime | None
    is_substitute: bool
    lent_by: str
    is_coming: bool


@require_safe
@staff
def me(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/me/"""
    names = {grid.path: grid.name for grid in territory.grids(reader.street.code)}
    places = names | {reader.street.place: reader.street.name}
    held = queries.standings(reader.actor.person_id, at=reader.at)
    page = {
        "at": reader.at, "standings": [_shown(each, places, at=reader.at) for each in held], "account": request.user,
        "sessions": queries.sessions(request.user, here=request.session.get(SIGN_IN, ""), at=reader.at),  # type: ignore[arg-type]
        "leaves": [each for each in queries.leaves(reader.actor, at=reader.at, size=10) if each.state != "over"],
        "factor": queries.second_factor(request.user),  # type: ignore[arg-type]
        "wants_factor": queries.wants_second_factor(reader.actor, is_demonstration=reader.street.is_demonstration),
        "sees_accounts": may_keep(reader.actor, "see_accounts", street=reader.street.code),
        "sees_audit": may_keep(reader.actor, "read_looks", street=reader.street.code),
        "may_erase": may_keep(reader.actor, "erase", street=reader.street.code),
        "person": reader.actor.name,
    }  # fmt: skip
    return render(request, "me/me.html", page)


def _shown(held: Standing, places: dict[str, str], *, at: datetime) -> StandingShown:
    return StandingShown(
        held.title, held.unit, said(ROLE_LABELS[held.role]), str(MAY[held.role]), places.get(held.place, held.place), held.starts_at,  # type: ignore[index]
        held.ends_at, held.is_substitute, held.lent_by, is_coming=held.starts_at > at,
    )  # fmt: skip


@require_safe
@signed_in
def second_factor(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/me/second-factor/: why a second factor is needed now, and the ways to get one. Goes on where there is one already."""
    found = queries.second_factor(request.user)  # type: ignore[arg-type]
    if found.is_set:
        request.session[HAS_SECOND_FACTOR] = True
        return redirect("me")
    wants = queries.wants_second_factor(reader.actor, is_demonstration=reader.street.is_demonstration)
    roles = "、".join(dict.fromkeys(said(ROLE_LABELS[role]) for role in sorted(reader.actor.roles())))
    return render(request, "me/second_factor.html", {"wants_factor": wants, "roles": roles})


@require_POST
@signed_in
def end_others(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every other session of mine is over."""
    keep = request.session.get(SIGN_IN, "")
    actions.end_other_sign_ins(at=reader.at, account=request.user, keep=keep)  # type: ignore[arg-type]
    return redirect("me")


@require_POST
@signed_in
def end_session(request: HttpRequest, reader: Reader, sign_in: str) -> HttpResponse:
    """One session of mine is over."""
    actions.end_own_sign_in(at=reader.at, account=request.user, sign_in=sign_in)  # type: ignore[arg-type]
    return redirect("me")


class LeaveForm(forms.Form):
    """Which posts, to whom, from when until when, why."""

    holdings = forms.MultipleChoiceField(label=_("哪些岗位"), widget=forms.CheckboxSelectMultiple)
    to = forms.ChoiceField(label=_("代理人"), widget=forms.Select(attrs={"class": "form-select"}))
    first_on = forms.DateField(label=_("第一天"), widget=DayInput({"class": "form-control"}))
    last_on = forms.DateField(label=_("最后一天"), widget=DayInput({"class": "form-control"}))
    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"class": "form-control"}))

    def __init__(
        self, *args: Any, holdings: list[tuple[str, str]], people: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holdings"].choices = holdings  # type: ignore[attr-defined]
        self.fields["to"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]

    def told(self) -> Leave:
        """The leave, as typed."""
        given = self.cleaned_data
        return Leave(given["holdings"], given["to"], given["first_on"], given["last_on"], given["reason"])


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def leave(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/me/leave/: who stands in for me, and when."""
    own = [
        held
        for held in queries.standings(reader.actor.person_id, at=reader.at)
        if not held.lent_by and held.starts_at <= reader.at
    ]
    holdings = [(held.ref, held.title) for held in own]
    people = queries.may_stand_in(reader.actor, at=reader.at)
    today = reader.today
    form = LeaveForm(request.POST or None, holdings=holdings, people=people, initial=_proposed(holdings, today))
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_leave(by=reader.actor, at=reader.at, leave=form.told())
        except GridloopError as error:
            field = str(error.fields.get("field", ""))
            form.add_error(field if field in form.fields else None, error.sentence)
        else:
            return redirect("leave")
    page = {
        "form": form,
        "leaves": queries.leaves(reader.actor, at=reader.at),
        "holdings": holdings,
        "me": reader.actor.name,
    }
    return render(request, "me/leave.html", page, status=422 if request.method == "POST" else 200)


def _proposed(holdings: list[tuple[str, str]], today: date) -> dict[str, Any]:
    return {"holdings": [ref for ref, _title in holdings], "first_on": today.isoformat(), "last_on": today.isoformat()}


@require_POST
@staff
def end_leave(request: HttpRequest, reader: Reader, delegation: str) -> HttpResponse:
    """I am back, or not going."""
    actions.end_leave(by=reader.actor, at=reader.at, delegation=delegation)
    return redirect("leave")
