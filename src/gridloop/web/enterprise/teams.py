"""The service teams, their members and loads; the queues of consults, on-site orders and promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.access import Role
from gridloop.core.errors import Broken, GridloopError
from gridloop.core.firm_access import may_arrange
from gridloop.offices.enterprise.actions import serving as acts
from gridloop.offices.enterprise.actions.teams import found_team, join_team, leave_team
from gridloop.offices.enterprise.queries import serving, teams
from gridloop.offices.enterprise.queries.words import MEMBER_KINDS, TEAM_KINDS
from gridloop.offices.territory import queries as territory
from gridloop.web.enterprise import forms
from gridloop.web.enterprise.forms import FirmChoices, MemberForm, TeamForm, choices_of
from gridloop.web.enterprise.lists import must_read
from gridloop.web.forms import StyledForm, tried
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def team_list(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/teams/"""
    must_read(reader)
    street = reader.street.code
    form = TeamForm(request.POST or None, choices=choices_of(street, at=reader.at))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made = tried(form, lambda: found_team(by=reader.actor, at=reader.at, street=street, **told), passes=(403,))
        if made is not None:
            messages.success(request, _("团队已建立;请加上成员。"))
            return redirect("service_team", made.ref)
    found = teams.teams_of(street)
    members = teams.members_of(found)
    cards = [
        (team, said(TEAM_KINDS[team.kind]), _counted([each for each in members if each.team_id == team.pk]))
        for team in found
    ]
    page = {"cards": cards, "form": form, "may_arrange": may_arrange(reader.actor, street), "loads": _loads(reader)}
    return render(request, "enterprise/teams.html", page, status=422 if form.is_bound else 200)


def _counted(members: list[Any]) -> list[tuple[str, int]]:
    """How many people of each kind; one with several beats is one person."""
    kinds = {kind: {each.person_id for each in members if each.kind == kind} for kind in MEMBER_KINDS}
    return [(said(MEMBER_KINDS[kind]), len(people)) for kind, people in kinds.items() if people]


def _loads(reader: Reader) -> list[Any]:
    """The load of all for those who arrange, else one's own."""
    street = reader.street.code
    if may_arrange(reader.actor, street):
        return teams.loads(street)
    return teams.loads(street, only=reader.actor.person_id) if reader.actor.person_id else []


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def team(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/teams/<ref>/"""
    must_read(reader)
    found = teams.team(ref, by=reader.actor)
    form = MemberForm(request.POST or None, choices=choices_of(found.street, at=reader.at))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if tried(form, lambda: join_team(by=reader.actor, at=reader.at, team=ref, **told), passes=(403,)):
            messages.success(request, _("成员已加入。"))
            return redirect("service_team", ref)
    names = {cell.path: cell.name for cell in territory.grids(found.street)}
    members = [
        (row, said(MEMBER_KINDS[row.kind]), names.get(row.place, _("整个街道"))) for row in teams.members_of([found])
    ]
    page = {
        "team": found, "kind": said(TEAM_KINDS[found.kind]), "members": members, "counted": _counted([row for row, _kind, _place in members]),
        "form": form, "may_arrange": may_arrange(reader.actor, found.street),
    }  # fmt: skip
    return render(request, "enterprise/team.html", page, status=422 if form.is_bound else 200)


@require_POST
@staff
def let_go(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/members/<ref>/leave/"""
    leave_team(by=reader.actor, at=reader.at, member=ref, reason=request.POST.get("reason", ""))
    messages.success(request, _("成员已离开团队。"))
    return redirect(
        request.POST.get("back", "") if request.POST.get("back", "").startswith("/enterprises/") else "service_teams"
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done to a consult, an order or a promise: in which states, with which form, as which action."""

    name: str
    label: Any
    states: tuple[str, ...]
    form: type[StyledForm]
    do: Callable[..., Any]
    key: str


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("take", gettext_lazy("接办"), ("waiting",), forms.NothingForm, acts.take_consult, "consult"),
        Step("reply", gettext_lazy("答复"), ("waiting", "taken"), forms.ReplyForm, acts.reply_law, "consult"),
        Step("book", gettext_lazy("约定时间"), ("ordered", "booked"), forms.BookForm, acts.book_order, "order"),
        Step("finish", gettext_lazy("已上门"), ("booked",), forms.ResultForm, acts.finish_order, "order"),
        Step("confirm", gettext_lazy("企业确认"), ("done",), forms.ConfirmForm, acts.confirm_order, "order"),
        Step("cancel", gettext_lazy("取消"), ("ordered", "booked"), forms.CancelForm, acts.cancel_order, "order"),
        Step("settle", gettext_lazy("兑现与否"), ("open",), forms.SettleForm, acts.settle_promise, "promise"),
    )
}


@require_safe
@staff
def queue(request: HttpRequest, reader: Reader, kind: str) -> HttpResponse:
    """/enterprises/serving/consults|orders|promises/?state="""
    return _queue_page(request, reader, kind)


def _queue_page(
    request: HttpRequest,
    reader: Reader,
    kind: str,
    *,
    status: int = 200,
    refused: tuple[str, str, StyledForm] | None = None,
) -> HttpResponse:
    must_read(reader)
    rows, state, tabs = _queue(request.GET.get("state", ""), reader, kind)
    choices = choices_of(reader.street.code, at=reader.at)
    page = {
        "kind": kind, "state": state, "tabs": tabs, "at": reader.at, "today": reader.today,
        "rows": [(row, _steps(row, kind, reader, choices, refused)) for row in rows],
        "promised": serving.promise_count(reader.actor, on=reader.today) if kind == "promises" else None,
    }  # fmt: skip
    return render(request, "enterprise/serving.html", page, status=status)


def _queue(state: str, reader: Reader, kind: str) -> tuple[list[Any], str, list[tuple[str, str]]]:
    """The rows, the state they are in, and the tabs."""
    if kind == "consults":
        tabs = [("open", _("待答复")), ("mine", _("我接办的")), ("replied", _("已答复"))]
        state = state if state in dict(tabs) else "open"
        return list(serving.consults(reader.actor, state=state)[:MOST]), state, tabs
    if kind == "orders":
        tabs = [("open", _("在办")), ("confirmed", _("已完成")), ("cancelled", _("已取消"))]
        state = state if state in dict(tabs) else "open"
        return list(serving.orders(reader.actor, state=state)[:MOST]), state, tabs
    tabs = [("open", _("未到结果")), ("kept", _("已兑现")), ("broken", _("未兑现"))]
    state = state if state in dict(tabs) else "open"
    return list(serving.promises(reader.actor, state=state)[:MOST]), state, tabs


def _state_of(row: Any, kind: str) -> str:
    if kind == "orders":
        return str(row.state)
    if kind == "promises":
        return "open" if row.settled_at is None else "settled"
    return "replied" if row.replied_at else "taken" if row.officer_id else "waiting"


def _steps(
    row: Any, kind: str, reader: Reader, choices: FirmChoices, refused: tuple[str, str, StyledForm] | None
) -> list[tuple[Step, StyledForm, bool]]:
    """The steps this row may take now, each with its form; a refused one stays open."""
    if kind == "consults" and not reader.actor.roles(row.street) & {Role.LEGAL_OFFICER, Role.UNIT_LEADER}:
        return []
    found = []
    for step in STEPS.values():
        if f"{step.key}s" != kind or _state_of(row, kind) not in step.states:
            continue
        is_open = bool(refused and refused[:2] == (row.ref, step.name))
        form = refused[2] if refused and is_open else step.form(choices=choices, auto_id=f"{row.ref}-{step.name}-%s")
        found.append((step, form, is_open))
    return found


@require_POST
@staff
def take_step(request: HttpRequest, reader: Reader, kind: str, ref: str, step: str) -> HttpResponse:
    """/enterprises/serving/<kind>/<ref>/<step>/"""
    wanted = STEPS.get(step)
    if wanted is None or f"{wanted.key}s" != kind:
        raise Http404
    form = wanted.form(request.POST, choices=choices_of(reader.street.code, at=reader.at), auto_id=f"{ref}-{step}-%s")
    if not form.is_valid():
        return _queue_page(request, reader, kind, status=422, refused=(ref, step, form))
    try:
        wanted.do(by=reader.actor, at=reader.at, **{wanted.key: ref}, **form.cleaned_data)
    except Broken:
        raise
    except GridloopError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _queue_page(request, reader, kind, status=error.status, refused=(ref, step, form))
    messages.success(request, _("已记入企业的经过。"))
    return redirect("serving", kind)
