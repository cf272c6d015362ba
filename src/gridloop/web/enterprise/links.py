"""/enterprises/links/: offers and needs, what fits and why, the links and what came of them; /enterprises/leads/: leads of those who look for tenants."""

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
from gridloop.core.matching import KINDS, STATES
from gridloop.offices.enterprise.actions import links as acts
from gridloop.offices.enterprise.queries import links as queries
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.words import LEAD_STATES
from gridloop.web.enterprise import link_forms as forms
from gridloop.web.enterprise.forums import attempt
from gridloop.web.enterprise.lists import must_read
from gridloop.web.forms import StyledForm, refused_in_words
from gridloop.web.reader import Reader, staff
from gridloop.web.webhooks import NO_CHOICES
from gridloop.web.wording import said

TONES = {
    "proposed": "new", "agreed": "open", "introduced": "wait", "cooperated": "good", "ended": "quiet", "declined": "bad",
}  # fmt: skip
LEAD_TONES = {"new": "new", "talking": "open", "signed": "good", "lost": "quiet"}


@require_safe
@staff
def board(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/links/?kind=&state="""
    must_read(reader)
    street, on = reader.street.code, reader.today
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    state = request.GET.get("state", "") if request.GET.get("state", "") in {*STATES, "open"} else ""
    found = queries.proposals(reader.actor, street=street, on=on)
    page = {
        "needs": queries.listings(reader.actor, street=street, on=on, side="need", kind=kind),
        "offers": queries.listings(reader.actor, street=street, on=on, side="offer", kind=kind),
        "proposals": [each for each in found if kind in ("", each.need.kind)],
        "links": queries.links(reader.actor, state=state), "state": state, "kind": kind, "tones": TONES,
        "kinds": [(code, said(label)) for code, label in KINDS.items()],
        "counts": [(code, said(STATES[code]), n, TONES[code]) for code, n in queries.counts(reader.actor).items()],
        "may_serve": may_serve(reader.actor, street),
    }  # fmt: skip
    return render(request, "enterprise/links.html", page)


def firm_named(reader: Reader, text: str) -> Any:
    """The firm that is meant by a name, an alias, a code or a ref. Raises WrongInput where there is none in scope."""
    found = register.enterprise_said(reader.street.code, text)
    ref = found.ref if found else text.strip()
    if not register.visible_to(reader.actor).filter(ref=ref).exists():
        raise WrongInput("enterprise.which_firm", "没有找到这家企业;请写全名或代码,或先建档。", field="enterprise")
    return register.enterprise(ref, by=reader.actor)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def tell(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/links/new/?enterprise=…"""
    must_read(reader)
    first = {"side": request.GET.get("side", "need")}
    if request.GET.get("enterprise"):
        first["enterprise"] = register.enterprise(request.GET["enterprise"], by=reader.actor).name
    form = forms.ListingForm(request.POST or None, choices=NO_CHOICES, auto_id="listing-%s", initial=first)
    if request.method == "POST" and form.is_valid():

        def do() -> Any:
            firm = firm_named(reader, form.cleaned_data["enterprise"])
            how = form.cleaned_data["agreed_how"]
            return acts.tell_listing(
                by=reader.actor, at=reader.at, enterprise=firm.ref, told=form.told(), agreed_how=how
            )

        if attempt(form, do) is not None:
            messages.success(request, _("已登记;合适的对方和理由列在牵线建议里。"))
            return redirect("firm_links")
    return render(request, "enterprise/listing.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@staff
def withdraw(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/links/listings/<ref>/withdraw/"""
    return _flashed(
        request,
        lambda: acts.withdraw_listing(
            by=reader.actor, at=reader.at, listing=ref, reason=request.POST.get("reason", "")
        ),
        _("已撤下。"),
    )


@require_POST
@staff
def propose(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/links/propose/: need and offer are brought to the firms."""
    sent = request.POST
    with refused_in_words(request):
        made = acts.propose_link(by=reader.actor, at=reader.at, need=sent.get("need", ""), offer=sent.get("offer", ""))
        messages.success(request, _("已提出;请分别问两家愿不愿意。"))
        return redirect("firm_link", made.ref)
    return redirect("firm_links")


def _flashed(request: HttpRequest, do: Callable[[], Any], told: str, *, to: str = "firm_links") -> HttpResponse:
    """The deed is done and told above the page it leads to; a rule that says no is told there too."""
    with refused_in_words(request):
        do()
        messages.success(request, told)
    return redirect(to)


@require_safe
@staff
def link(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/links/<ref>/"""
    return _page(request, reader, ref)


def _page(
    request: HttpRequest, reader: Reader, ref: str, *, refused: tuple[str, StyledForm] | None = None, status: int = 200
) -> HttpResponse:
    row = queries.link(ref, by=reader.actor)
    seen = set(
        register.visible_to(reader.actor)
        .filter(pk__in=[row.need.enterprise_id, row.offer.enterprise_id])
        .values_list("pk", flat=True)
    )
    sides = [
        (_("需要的一方"), row.need, row.need_agrees, row.need_how, row.need.enterprise_id in seen),
        (_("提供的一方"), row.offer, row.offer_agrees, row.offer_how, row.offer.enterprise_id in seen),
    ]
    page = {
        "link": row, "sides": sides, "tone": TONES[row.state], "reasons": [said(each) for each in row.reasons],
        "doors": _doors(row, seen, refused) if may_serve(reader.actor, row.street) else [], "refused": refused,
    }  # fmt: skip
    return render(request, "enterprise/link.html", page, status=status)


def _doors(row: Any, seen: set[int], refused: tuple[str, StyledForm] | None) -> list[tuple[str, str, StyledForm]]:
    """The forms that the link's state asks for: name, title, form."""
    made: list[tuple[str, str, StyledForm]] = []
    if row.state == "proposed":
        for side, agreed in (("need", row.need_agrees), ("offer", row.offer_agrees)):
            firm = getattr(row, side).enterprise
            if agreed is None and firm.pk in seen:
                form = forms.AnswerForm(choices=NO_CHOICES, auto_id=f"{side}-%s", initial={"enterprise": firm.ref})
                made.append(("answer", _("%(name)s的答复") % {"name": firm.name}, form))
    elif row.state == "agreed":
        made.append(("introduce", _("引荐"), forms.IntroduceForm(choices=NO_CHOICES, auto_id="introduce-%s")))
    elif row.state == "introduced":
        made.append(("settle", _("记结果"), forms.OutcomeForm(choices=NO_CHOICES, auto_id="settle-%s")))
    if refused:
        name, form = refused
        firm = str(form.data.get("enterprise", ""))
        made = [
            (each, title, form)
            if each == name and (not firm or firm == shown.initial.get("enterprise"))
            else (each, title, shown)
            for each, title, shown in made
        ]
    return made


DEEDS: dict[str, tuple[type[StyledForm], Callable[..., Any]]] = {
    "answer": (forms.AnswerForm, acts.answer_link),
    "introduce": (forms.IntroduceForm, acts.introduce_link),
    "settle": (forms.OutcomeForm, acts.settle_link),
}


@require_POST
@staff
def do(request: HttpRequest, reader: Reader, ref: str, deed: str) -> HttpResponse:
    """/enterprises/links/<ref>/do/answer|introduce|settle/"""
    if deed not in DEEDS:
        raise Http404
    kind, act = DEEDS[deed]
    made: Any = kind
    form: StyledForm = made(request.POST, choices=NO_CHOICES, auto_id=f"{deed}-%s")
    queries.link(ref, by=reader.actor)
    if form.is_valid() and attempt(form, lambda: act(by=reader.actor, at=reader.at, link=ref, **form.cleaned_data)):
        messages.success(request, _("已记下。"))
        return redirect("firm_link", ref)
    return _page(request, reader, ref, refused=(deed, form), status=422)


# -- leads -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def leads(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/leads/?state=: the list, and the form for a new one."""
    must_read(reader)
    form = forms.LeadForm(request.POST or None, choices=NO_CHOICES, auto_id="lead-%s")
    if request.method == "POST" and form.is_valid():

        def tell_it() -> Any:
            told = dict(form.cleaned_data)
            firm = firm_named(reader, told.pop("enterprise"))
            return acts.tell_lead(by=reader.actor, at=reader.at, enterprise=firm.ref, **told)

        if attempt(form, tell_it) is not None:
            messages.success(request, _("线索已登记。"))
            return redirect("leads")
    return _leads_page(request, reader, form=form, status=422 if form.is_bound else 200)


def _leads_page(
    request: HttpRequest, reader: Reader, *, form: Any = None, refused: tuple[str, StyledForm] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    state = request.GET.get("state", "") if request.GET.get("state", "") in LEAD_STATES else ""
    serves = may_serve(reader.actor, reader.street.code)
    rows = []
    for row in queries.leads(reader.actor, state=state):
        is_open = bool(refused and refused[0] == row.ref)
        move = refused[1] if refused and is_open else None
        if serves and row.state in ("new", "talking") and move is None:
            move = forms.MoveLeadForm(choices=NO_CHOICES, auto_id=f"{row.ref}-%s")
        rows.append((row, LEAD_TONES[row.state], move, is_open))
    page = {
        "rows": rows, "state": state, "states": [(code, said(label)) for code, label in LEAD_STATES.items()],
        "form": form or forms.LeadForm(choices=NO_CHOICES, auto_id="lead-%s"), "may_serve": serves,
    }  # fmt: skip
    return render(request, "enterprise/leads.html", page, status=status)


@require_POST
@staff
def move_lead(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/leads/<ref>/move/"""
    form = forms.MoveLeadForm(request.POST, choices=NO_CHOICES, auto_id=f"{ref}-%s")
    queries.lead(ref, by=reader.actor)
    if form.is_valid() and attempt(
        form, lambda: acts.move_lead(by=reader.actor, at=reader.at, lead=ref, **form.cleaned_data)
    ):
        messages.success(request, _("已记下。"))
        return redirect("leads")
    return _leads_page(request, reader, refused=(ref, form), status=422)
