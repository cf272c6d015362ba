"""银企对接: the board of matches by stage with its totals, one match with its steps and products explained, and the products on offer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core import bank_match
from gridloop.core.bank_match import STAGES, Demand
from gridloop.core.errors import Broken, GridloopError
from gridloop.core.firm_access import may_arrange, may_serve, must_arrange
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.enterprise.actions import banking as acts
from gridloop.offices.enterprise.queries import banking
from gridloop.offices.enterprise.queries.solving import firm_behind
from gridloop.offices.policies.clauses import OPERATORS, Fault, read_rows
from gridloop.web.dates import day
from gridloop.web.enterprise import solution_forms as forms
from gridloop.web.enterprise.forms import FirmChoices, choices_of
from gridloop.web.enterprise.lists import must_read
from gridloop.web.enterprise.solution_forms import WAN
from gridloop.web.enterprise.stepping import Refused, Step, offered, take
from gridloop.web.enterprise.words import entry_shown
from gridloop.web.forms import refused_in_words, tried
from gridloop.web.policy_editor import rows_shown, rows_told
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import masked_name, said

Told = dict[str, Any]
TONES = {
    "demand": "new",
    "consented": "open",
    "introduced": "wait",
    "granted": "good",
    "declined": "bad",
    "drawn": "good",
    "withdrawn": "quiet",
}


def _deed(reader: Reader, row: Any) -> Told:
    return {"by": reader.actor, "at": reader.at, "match": row.ref}


def _consent(reader: Reader, row: Any, told: Told) -> object:
    return acts.consent_to_bank(**_deed(reader, row), **told)


def _introduce(reader: Reader, row: Any, told: Told) -> object:
    return acts.introduce_to_bank(**_deed(reader, row), **told)


def _grant(reader: Reader, row: Any, told: Told) -> object:
    return acts.grant_credit(
        **_deed(reader, row), granted=told["granted_wan"] * WAN, rate=told["rate"], why=told["why"]
    )


def _decline(reader: Reader, row: Any, told: Told) -> object:
    return acts.decline_credit(**_deed(reader, row), **told)


def _draw(reader: Reader, row: Any, told: Told) -> object:
    more = {name: told[name] for name in ("drawn_on", "note", "rev")}
    return acts.draw_credit(**_deed(reader, row), drawn=told["drawn_wan"] * WAN, **more)


def _void_drawing(reader: Reader, row: Any, told: Told) -> object:
    return acts.void_drawing(**_deed(reader, row), **told)


def _withdraw(reader: Reader, row: Any, told: Told) -> object:
    return acts.withdraw_demand(**_deed(reader, row), **told)


def _hand_over(reader: Reader, row: Any, told: Told) -> object:
    return acts.hand_match_over(**_deed(reader, row), **told)


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "consent",
            gettext_lazy("记录企业授权"),
            gettext_lazy("授权已记录;可以介绍给银行了。"),
            forms.ConsentGivenForm,
            _consent,
        ),
        Step(
            "introduce",
            gettext_lazy("介绍给银行"),
            gettext_lazy("已介绍;等银行答复。"),
            forms.IntroduceForm,
            _introduce,
        ),
        Step("grant", gettext_lazy("登记授信"), gettext_lazy("授信已登记。"), forms.GrantForm, _grant),
        Step(
            "decline",
            gettext_lazy("登记未通过"),
            gettext_lazy("已登记,原因告诉企业。"),
            forms.ReasonForm,
            _decline,
            hurts=True,
        ),
        Step("draw", gettext_lazy("登记放款"), gettext_lazy("放款已登记。"), forms.DrawForm, _draw),
        Step(
            "void_drawing",
            gettext_lazy("作废一次放款"),
            gettext_lazy("这次放款已作废,不再计入。"),
            forms.VoidDrawingForm,
            _void_drawing,
            hurts=True,
        ),
        Step("hand_over", gettext_lazy("换对接人"), gettext_lazy("已交给对接人。"), forms.OfficerForm, _hand_over),
        Step(
            "withdraw", gettext_lazy("撤回需求"), gettext_lazy("需求已撤回。"), forms.ReasonForm, _withdraw, hurts=True
        ),
    )
}


@require_safe
@staff
def board(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/banks/?stage=granted&bank=…&forum=…"""
    must_read(reader)
    wanted = {name: request.GET.get(name, "")[:80] for name in ("stage", "bank", "forum")}
    shown = banking.matches(reader.actor, **wanted)
    everything = banking.matches(reader.actor)
    page = {
        "at": reader.at, "wanted": wanted, "tones": TONES, "stages": STAGES,
        "columns": [(code, label, TONES[code], rows) for code, label, rows in banking.board(shown) if rows or code in ("demand", "introduced", "drawn")],
        "forums": banking.bank_forums(reader.street.code), "ways": _ways(everything),
        "totals": _totals(banking.totals(everything)), "banks": sorted({each.bank for each in banking.products(reader.street.code)}),
        "may_serve": may_serve(reader.actor, reader.street.code), "count": shown.count(),
    }  # fmt: skip
    return render(request, "enterprise/banks.html", page)


def _totals(found: Any) -> list[tuple[str, str, int, str]]:
    """What each sum is called, the filter that opens its rows, its n, and the amount in 万元."""
    words = (("demand", _("需求"), ""), ("granted", _("授信"), "granted"), ("drawn", _("放款"), "drawn"))
    return [(label, stage, found[name].n, bank_match.said(found[name].amount)) for name, label, stage in words]


def _ways(rows: Any) -> list[tuple[str, str, int]]:
    """One to one and by event: code, word, how many."""
    counted = banking.by_way(rows)
    return [(code, said(label), counted[code]) for code, label in banking.WAYS.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/banks/new/?case=<ref> or ?enterprise=<ref>: the firm's demand is taken down."""
    told = request.POST if request.method == "POST" else request.GET
    firm, case = firm_behind(told.get("enterprise", ""), told.get("case", ""), by=reader.actor)
    form = forms.DemandForm(
        request.POST or None,
        choices=choices_of(firm.street, at=reader.at),
        auto_id="demand-%s",
        initial={"forum": request.GET.get("forum", "")},
    )
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: acts.demand_credit(
                by=reader.actor, at=reader.at, demand=_demand(form.cleaned_data), enterprise=firm.ref, case=case.ref if case else "",
                forum=form.cleaned_data["forum"], note=form.cleaned_data["note"],
            ))  # fmt: skip
        if made is not None:
            messages.success(request, _("需求已登记;企业授权以前,不会给任何银行看。"))
            return redirect("bank_match", made.ref)
    page = {"form": form, "firm": firm, "case": case, "may_serve": may_serve(reader.actor, firm.street)}
    return render(request, "enterprise/bank_new.html", page, status=422 if form.is_bound else 200)


def _demand(told: Told) -> Demand:
    return Demand(told["amount_wan"] * WAN, told["purpose"], told["term"], told["collateral"])


@require_safe
@staff
def match(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/banks/<ref>/"""
    return _page(request, reader, ref)


def _page(request: HttpRequest, reader: Reader, ref: str, *, refused: Refused | None = None) -> HttpResponse:
    row = banking.match(ref, by=reader.actor)
    suited = banking.suited(row, at=reader.at) if row.stage in ("demand", "consented") else []
    choices = _choices(row, reader, suited)
    page = {
        "openable": openable(reader.actor, [row.case.ref] if row.case else []),
        "row": row, "at": reader.at, "tone": TONES[row.stage], "suited": suited, "amounts": _amounts(row), "drawings": banking.drawings(row),
        "who": masked_name(row.consent_name) if row.consent_name else "", "sheet": banking.sheet_for_bank(row) if row.consented_at else [],
        "offers": offered(_offered(row, reader), choices=choices, refused=refused),
        "happened": [entry_shown(entry) for entry in reversed(banking.history_of(row))],
    }  # fmt: skip
    return render(request, "enterprise/bank_match.html", page, status=refused[2] if refused else 200)


def _amounts(row: Any) -> dict[str, str]:
    return {
        name: bank_match.said(getattr(row, name))
        for name in ("amount", "granted", "drawn", "left")
        if getattr(row, name) is not None
    }


def _offered(row: Any, reader: Reader) -> list[Step]:
    if not may_serve(reader.actor, row.street):
        return []
    names = banking.steps_of(row)
    if row.stage in bank_match.OPEN:
        names.insert(-1, "hand_over")
    return [STEPS[name] for name in names]


def _choices(row: Any, reader: Reader, suited: list[Any]) -> FirmChoices:
    """Also the products, each with what is said of it, and the drawings that count."""
    products = [
        (each.product.ref, f"{each.product.bank} {each.product.name}({said(each.verdict.word)})")
        for each in suited or banking.suited(row, at=reader.at)
    ]
    drawings = [
        (each.ref, f"{day(each.drawn_on)} {bank_match.said(each.amount)} {_('万元')}")
        for each in banking.drawings(row)
        if each.void_at is None
    ]
    return FirmChoices({**choices_of(row.street, at=reader.at).lists, "products": products, "drawings": drawings})


@require_POST
@staff
def step(request: HttpRequest, reader: Reader, ref: str, step: str) -> HttpResponse:
    """/enterprises/banks/<ref>/do/<step>/"""
    row = banking.match(ref, by=reader.actor)
    refused = take(request, reader, STEPS, step, row, choices=_choices(row, reader, []))
    if refused:
        return _page(request, reader, ref, refused=refused)
    messages.success(request, str(STEPS[step].said))
    return redirect("bank_match", ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def products(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/banks/products/: what banks offer, and a form for another."""
    must_read(reader)
    street = reader.street.code
    if request.method != "POST":
        return _products_page(request, reader)
    must_arrange(reader.actor, street)
    form = forms.ProductForm(request.POST, choices=choices_of(street, at=reader.at), auto_id="product-%s")
    clauses, faults = read_rows(rows_told(request), facts=banking.ASKABLE)
    if not form.is_valid() or faults:
        return _products_page(request, reader, form=form, faults=faults)
    told = form.cleaned_data
    offer = acts.Offer(
        told["bank"],
        told["name"],
        told["limit_wan"] * WAN,
        told["rate_low"],
        told["rate_high"],
        told["longest"],
        clauses,
        told["desk"],
    )
    try:
        acts.add_product(by=reader.actor, at=reader.at, street=street, offer=offer)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _products_page(request, reader, form=form)
    messages.success(request, _("产品已上架。"))
    return redirect("bank_products")


def _products_page(
    request: HttpRequest, reader: Reader, *, form: Any = None, faults: list[Fault] | None = None
) -> HttpResponse:
    street = reader.street.code
    rows = [
        (
            each,
            bank_match.said(each.limit),
            [(clause.quote, banking.explained(clause)) for clause in banking.clauses_of(each.clauses)],
        )
        for each in banking.products(street)
    ]
    page = {
        "products": rows, "may_arrange": may_arrange(reader.actor, street), "form": form or forms.ProductForm(choices=choices_of(street, at=reader.at), auto_id="product-%s"),
        "rows": rows_shown(rows_told(request), faults or []), "facts": list(banking.ASKABLE.values()), "operators": OPERATORS, "is_open": form is not None,
    }  # fmt: skip
    return render(request, "enterprise/bank_products.html", page, status=422 if form is not None else 200)


@require_POST
@staff
def end_product(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/banks/products/<ref>/end/"""
    with refused_in_words(request):
        acts.end_product(by=reader.actor, at=reader.at, product=ref, reason=request.POST.get("reason", ""))
        messages.success(request, _("产品已下架;以前的对接不变。"))
    return redirect("bank_products")
