"""/visits/: whom we visited and what came of it; taking down a visit; one visit; quiet days, the cap, wishes of bodies.

Without a script everything works; times are the street's. A form sent twice does its deed once (its key).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.firm_access import may_arrange, may_serve, must_serve
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.enterprise.actions import visits as actions
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.queries import visits as queries
from gridloop.offices.enterprise.queries.visits import VisitsWanted
from gridloop.web.forms import StyledForm, offered, tried
from gridloop.web.reader import Reader, staff
from gridloop.web.uploads import attach_told, digests
from gridloop.web.verbs import new_key
from gridloop.web.visit_forms import (
    ArrangeForm,
    CancelForm,
    LogForm,
    MoveForm,
    PeriodForm,
    QuietForm,
    RulesForm,
    WishForm,
)

LONGEST_KEY = 18


@require_safe
@staff
def visits(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/visits/?since=&until=&state=…: the figures of the period, the visits, the firms nobody has seen in it."""
    form = PeriodForm(request.GET or None, choices=offered(reader.street.code, at=reader.at), auto_id="period-%s")
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    wanted = VisitsWanted(
        state=told.get("state", ""), way=told.get("way", ""), purpose=told.get("purpose", ""), level=told.get("level", ""),
        since=told.get("since"), until=told.get("until"), mine=bool(request.GET.get("mine")), after=_after(request),
        enterprise=request.GET.get("firm", "")[:20],
    )  # fmt: skip
    rows, after = queries.list_visits(reader.actor, wanted)
    period = {"street": reader.street.code, "since": wanted.since, "until": wanted.until}
    query = request.GET.copy()
    query.pop("after", None)
    page = {
        "form": form, "rows": rows, "after": after, "query": query.urlencode(), "wanted": wanted,
        "counts": queries.counts(reader.actor, **period), "unseen": queries.unvisited(reader.actor, **period, size=20),
        "quiet": planning.quiet_this_week(reader.street.code, on=reader.today),
        "to_come": queries.to_come(reader.actor), "may_serve": may_serve(reader.actor, reader.street.code),
    }  # fmt: skip
    return render(request, "visits/list.html", page)


def _after(request: HttpRequest) -> int:
    told = request.GET.get("after", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= LONGEST_KEY else 0


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def log(request: HttpRequest, reader: Reader, enterprise: str) -> HttpResponse:
    """/visits/log/<firm>/?visit=: a visit is taken down on a phone; each problem told becomes a case in the same moment."""
    firm = _firm(reader, enterprise)
    planned = request.GET.get("visit", "") or request.POST.get("visit", "")
    first = {"outcome": "done", "way": "on_site", "level": "manager"}
    form = LogForm(
        request.POST or None,
        request.FILES or None,
        choices=offered(reader.street.code, at=reader.at),
        initial=first,
        auto_id="log-%s",
    )
    page = {"planned": planned, "key": request.POST.get("key") or new_key(), "open_wishes": queries.wishes_of(firm)}

    def done(answer: dict[str, Any]) -> HttpResponse:
        _say_logged(request, answer)
        return redirect(f"{reverse('visit', args=[answer['visit']])}?new=1")

    return _asked(
        request, firm, form, template="visits/log.html", page=page, done=done,
        deed=lambda: _logged(request, reader, form, enterprise=enterprise, visit=planned),
    )  # fmt: skip


def _asked(
    request: HttpRequest, firm: Any, form: StyledForm, *, template: str, deed: Callable[[], Any], done: Callable[[Any], HttpResponse],
    page: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """The page that asks something about a visit of the firm: sent well it does its deed and leads on, else it stands with what is wrong."""
    if request.method == "POST" and form.is_valid():
        answer = tried(form, deed)
        if answer is not None:
            return done(answer)
    told = {"form": form, "firm": firm, **(page or {})}
    return render(request, template, told, status=422 if request.method == "POST" else 200)


def _firm(reader: Reader, enterprise: str) -> Any:
    """The firm, for whoever works for firms. Raises NotFound, NotAllowed."""
    firm = register.enterprise(enterprise, by=reader.actor)
    must_serve(reader.actor, firm.street)
    return firm


def _logged(request: HttpRequest, reader: Reader, form: LogForm, *, enterprise: str, visit: str) -> dict[str, Any]:
    files = form.told_with()

    def do() -> dict[str, Any]:
        found = actions.log_visit(
            by=reader.actor,
            at=reader.at,
            enterprise=enterprise,
            told=form.told(),
            problems=form.problems(),
            visit=visit,
        )
        for each, given in zip(found.filed, files, strict=True):
            attach_told(given, told=each, by=reader.actor, at=reader.at)
        return {"visit": found.visit.ref, "cases": [each.case.number for each in found.filed]}

    key = request.POST.get("key", "")[:128]
    content = {name: request.POST.getlist(name) for name in sorted(request.POST) if name != "csrfmiddlewaretoken"}
    if any(files):
        content["files"] = [digests(given) for given in files]
    return once_sealed(door=f"web:{reader.actor.label}", key=key, content=content, at=reader.at, do=do)[0]


def _say_logged(request: HttpRequest, answer: dict[str, Any]) -> None:
    cases = answer["cases"]
    told = _("已记录。%(n)d 个问题已立为事项:%(numbers)s。") % {"n": len(cases), "numbers": "、".join(cases)}
    messages.success(request, told if cases else _("已记录。"))


@require_safe
@staff
def visit(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/visits/<ref>/: one visit, its cases, and what may be done with it."""
    return _visit_page(request, reader, ref)


def _visit_page(
    request: HttpRequest, reader: Reader, ref: str, *, move: MoveForm | None = None, cancel: CancelForm | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    row = queries.visit(ref, by=reader.actor)
    choices = offered(reader.street.code, at=reader.at)
    page = {
        "row": row, "is_new": bool(request.GET.get("new")), "cases": queries.cases_found(row, by=reader.actor), "bodies": queries.body_names(row),
        "may_serve": may_serve(reader.actor, row.street), "wishes": queries.wishes_answered(row),
        "move": move or MoveForm(choices=choices, auto_id="move-%s"), "cancel": cancel or CancelForm(choices=choices, auto_id="cancel-%s"),
    }  # fmt: skip
    return render(request, "visits/visit.html", page, status=status)


@require_POST
@staff
def move(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """The visit is on another day."""
    form = MoveForm(request.POST, choices=offered(reader.street.code, at=reader.at), auto_id="move-%s")
    if form.is_valid() and tried(
        form, lambda: actions.move_visit(by=reader.actor, at=reader.at, visit=ref, **form.cleaned_data)
    ):
        messages.success(request, _("已改期。"))
        return redirect("visit", ref)
    return _visit_page(request, reader, ref, move=form, status=422)


@require_POST
@staff
def cancel(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """The visit does not take place."""
    form = CancelForm(request.POST, choices=offered(reader.street.code, at=reader.at), auto_id="cancel-%s")
    if form.is_valid() and tried(
        form, lambda: actions.cancel_visit(by=reader.actor, at=reader.at, visit=ref, **form.cleaned_data)
    ):
        messages.success(request, _("已取消。"))
        return redirect("visit", ref)
    return _visit_page(request, reader, ref, cancel=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def arrange(request: HttpRequest, reader: Reader, enterprise: str) -> HttpResponse:
    """/visits/arrange/<firm>/: a visit to come; the rule that says no stands at its field."""
    firm = _firm(reader, enterprise)
    form = ArrangeForm(
        request.POST or None, choices=offered(reader.street.code, at=reader.at), auto_id="arrange-%s",
        initial={"way": "on_site", "on": reader.today.isoformat()},
    )  # fmt: skip

    def done(row: Any) -> HttpResponse:
        messages.success(request, _("已安排。"))
        return redirect("visit", row.ref)

    return _asked(
        request, firm, form, template="visits/arrange.html", done=done,
        deed=lambda: actions.plan_visit(by=reader.actor, at=reader.at, enterprise=enterprise, **form.cleaned_data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def wish(request: HttpRequest, reader: Reader, enterprise: str) -> HttpResponse:
    """/visits/wish/<firm>/: a body wishes to visit; wishes of several become one visit."""
    firm = _firm(reader, enterprise)
    form = WishForm(
        request.POST or None,
        choices=offered(reader.street.code, at=reader.at),
        auto_id="wish-%s",
        initial={"urgent": "no"},
    )

    def done(_row: Any) -> HttpResponse:
        messages.success(request, _("已收到;下次排走访计划时并成一次。"))
        return redirect("wish_visit", enterprise)

    return _asked(
        request, firm, form, template="visits/wish.html", page={"open_wishes": queries.wishes_of(firm)}, done=done,
        deed=lambda: actions.wish_visit(by=reader.actor, at=reader.at, enterprise=enterprise, **form.cleaned_data),
    )  # fmt: skip


@require_POST
@staff
def withdraw(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """The wish is taken back."""
    actions.withdraw_wish(by=reader.actor, at=reader.at, street=reader.street.code, wish=ref)
    messages.success(request, _("已撤回。"))
    return redirect(
        request.POST.get("back") if request.POST.get("back", "").startswith("/visits/") else reverse("visits")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def rules(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/visits/rules/: the cap, the load of a day, the quiet days of the street and of single firms."""
    street, choices = reader.street.code, offered(reader.street.code, at=reader.at)
    present = planning.rules_in_force(street)
    first = {"cap_visits": present.cap_visits, "cap_days": present.cap_days, "per_day": present.per_day}
    sent = request.POST if request.method == "POST" else None
    rules_form = RulesForm(
        sent if sent and "per_day" in sent else None, choices=choices, auto_id="rules-%s", initial=first
    )
    quiet_form = QuietForm(sent if sent and "per_day" not in sent else None, choices=choices, auto_id="quiet-%s")
    form: Any = rules_form if rules_form.is_bound else quiet_form
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: _set(form, reader, enterprise=request.POST.get("enterprise", "")))
    ):
        messages.success(request, _("已记入台账,马上生效。"))
        return redirect("visit_rules")
    page = {
        "rules_form": rules_form, "quiet_form": quiet_form, "present": present, "rows": planning.all_quiet_days(street),
        "may_arrange": may_arrange(reader.actor, street), "may_serve": may_serve(reader.actor, street),
        "firm": register.enterprise(request.GET["enterprise"], by=reader.actor) if request.GET.get("enterprise") else None,
    }  # fmt: skip
    return render(request, "visits/rules.html", page, status=422 if request.method == "POST" else 200)


def _set(form: Any, reader: Reader, *, enterprise: str) -> Any:
    street = reader.street.code
    if isinstance(form, RulesForm):
        return actions.set_visit_rules(by=reader.actor, at=reader.at, street=street, **form.cleaned_data)
    return actions.set_quiet_days(
        by=reader.actor,
        at=reader.at,
        street=street,
        span=form.span(),
        enterprise=enterprise,
        reason=form.cleaned_data["reason"],
    )


@require_POST
@staff
def end_quiet(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """Quiet days no longer hold."""
    actions.end_quiet_days(by=reader.actor, at=reader.at, street=reader.street.code, quiet=ref)
    messages.success(request, _("已结束。"))
    return redirect("visit_rules")
