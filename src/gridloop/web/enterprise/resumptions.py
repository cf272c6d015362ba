"""/enterprises/resumptions/: who wants to work again and how far the checklist has come; staff-test batches and charter coaches, as counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.firm_access import may_arrange, may_serve
from gridloop.offices.enterprise.actions import resumptions as acts
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries import resumptions as queries
from gridloop.offices.enterprise.queries.resumptions import Period
from gridloop.web.enterprise import resumption_forms as forms
from gridloop.web.enterprise.forums import attempt
from gridloop.web.enterprise.links import firm_named
from gridloop.web.enterprise.lists import must_read
from gridloop.web.forms import StyledForm, refused_in_words
from gridloop.web.reader import Reader, staff
from gridloop.web.webhooks import NO_CHOICES

TONES = {"open": "open", "resumed": "good", "withdrawn": "quiet"}
ITEM_TONES = {"waiting": "wait", "passed": "good", "returned": "bad"}


@require_safe
@staff
def resumptions(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/resumptions/?state="""
    must_read(reader)
    form = forms.ResumptionsForm(request.GET or None, choices=NO_CHOICES, auto_id="resumptions-%s")
    state = form.cleaned_data["state"] if form.is_bound and form.is_valid() else ""
    everything = queries.resumptions(reader.actor)
    page = {
        "form": form, "rows": [each for each in everything if state in ("", each.row.state)], "tones": TONES,
        "counts": {name: sum(each.row.state == name for each in everything) for name in TONES},
        "may_serve": may_serve(reader.actor, reader.street.code), "may_arrange": may_arrange(reader.actor, reader.street.code),
        "batches": queries.batch_totals(reader.actor, period=Period()), "trips": queries.trip_totals(reader.actor, period=Period()),
    }  # fmt: skip
    return render(request, "enterprise/resumptions.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def checklist(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/resumptions/checklist/"""
    must_read(reader)
    street = reader.street.code
    present = queries.checklist(street)
    form = forms.ChecklistForm(
        request.POST or None, choices=NO_CHOICES, auto_id="checklist-%s", initial={"items": "\n".join(present.items)}
    )
    if request.method == "POST" and form.is_valid():
        told = {"items": form.cleaned_data["items"].splitlines(), "basis": form.cleaned_data["basis"]}
        if attempt(form, lambda: acts.set_checklist(by=reader.actor, at=reader.at, street=street, **told)):
            messages.success(request, _("清单已更新,今后提交的申请按它核查。"))
            return redirect("resumption_checklist")
    page = {"form": form, "present": present, "may_arrange": may_arrange(reader.actor, street)}
    return render(request, "enterprise/checklist.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def apply(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/resumptions/new/?enterprise=…"""
    must_read(reader)
    first = {"planned_on": reader.today.isoformat()}
    if request.GET.get("enterprise"):
        first["enterprise"] = register.enterprise(request.GET["enterprise"], by=reader.actor).name
    form = forms.ApplyForm(request.POST or None, choices=NO_CHOICES, auto_id="apply-%s", initial=first)
    if request.method == "POST" and form.is_valid():

        def do() -> Any:
            told = dict(form.cleaned_data)
            firm = firm_named(reader, told.pop("enterprise"))
            return acts.apply_resumption(by=reader.actor, at=reader.at, enterprise=firm.ref, **told)

        made = attempt(form, do)
        if made is not None:
            messages.success(request, _("申请已提交,由另一位工作人员逐项核查。"))
            return redirect("resumption", made.ref)
    page = {"form": form, "items": queries.checklist(reader.street.code).items}
    return render(request, "enterprise/resumption_new.html", page, status=422 if form.is_bound else 200)


@require_safe
@staff
def resumption(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/resumptions/<ref>/"""
    return _page(request, reader, ref)


def _page(
    request: HttpRequest, reader: Reader, ref: str, *, refused: tuple[str, StyledForm] | None = None, status: int = 200
) -> HttpResponse:
    shown = queries.resumption(ref, by=reader.actor)
    row = shown.row
    serves = may_serve(reader.actor, row.street)
    page = {
        "row": row, "progress": shown.progress, "tone": TONES[row.state], "may_serve": serves, "refused": refused,
        "may_check": serves and row.applied_by_id != reader.actor.person_id,
        "items": [
            (item, ITEM_TONES[item.state], _doors(item, refused) if serves and row.state == "open" else [])
            for item in queries.items_of(row)
        ],
        "withdraw": forms.ReasonForm(choices=NO_CHOICES, auto_id="withdraw-%s"),
        "batches": queries.staff_tests(reader.actor, period=Period(), enterprise=row.enterprise.ref),
    }  # fmt: skip
    return render(request, "enterprise/resumption.html", page, status=status)


def _doors(item: Any, refused: tuple[str, StyledForm] | None) -> list[tuple[str, str, StyledForm, bool]]:
    """What may be done to an item in its state: returning it, or mending it; passing needs no words."""
    kinds: dict[str, tuple[str, str, type[StyledForm]]] = {
        "waiting": ("return", _("退回"), forms.ReasonForm),
        "returned": ("mend", _("已整改,重新提交"), forms.RemedyForm),
    }
    if item.state not in kinds:
        return []
    name, label, kind = kinds[item.state]
    is_open = bool(refused and refused[0] == f"{name}-{item.ref}")
    made: Any = kind
    form = refused[1] if refused and is_open else made(choices=NO_CHOICES, auto_id=f"{name}-{item.ref}-%s")
    return [(name, label, form, is_open)]


@require_POST
@staff
def do(request: HttpRequest, reader: Reader, ref: str, deed: str) -> HttpResponse:
    """/enterprises/resumptions/<ref>/do/resume|withdraw/"""
    deeds: dict[str, Callable[[], Any]] = {
        "resume": lambda: acts.resume_work(by=reader.actor, at=reader.at, resumption=ref),
        "withdraw": lambda: acts.withdraw_resumption(
            by=reader.actor, at=reader.at, resumption=ref, reason=request.POST.get("reason", "")
        ),
    }
    if deed not in deeds:
        raise Http404
    return _flashed(request, deeds[deed], ref)


def _flashed(request: HttpRequest, do: Callable[[], Any], ref: str) -> HttpResponse:
    with refused_in_words(request):
        do()
        messages.success(request, _("已记下。"))
    return redirect("resumption", ref)


ITEM_DEEDS: dict[str, tuple[type[StyledForm] | None, Callable[..., Any]]] = {
    "pass": (None, acts.pass_item),
    "return": (forms.ReasonForm, acts.return_item),
    "mend": (forms.RemedyForm, acts.mend_item),
}


@require_POST
@staff
def do_item(request: HttpRequest, reader: Reader, ref: str, deed: str) -> HttpResponse:
    """/enterprises/resumptions/items/<ref>/pass|return|mend/"""
    if deed not in ITEM_DEEDS:
        raise Http404
    kind, act = ITEM_DEEDS[deed]
    item = queries.item(ref, by=reader.actor)
    if kind is None:
        return _flashed(request, lambda: act(by=reader.actor, at=reader.at, item=ref), item.resumption.ref)
    made: Any = kind
    form: StyledForm = made(request.POST, choices=NO_CHOICES, auto_id=f"{deed}-{ref}-%s")
    if form.is_valid() and attempt(form, lambda: act(by=reader.actor, at=reader.at, item=ref, **form.cleaned_data)):
        messages.success(request, _("已记下。"))
        return redirect("resumption", item.resumption.ref)
    return _page(request, reader, item.resumption.ref, refused=(f"{deed}-{ref}", form), status=422)


# -- test batches ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def batches(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/batches/?since=&until=: the batches with their sums, and the form for a new one."""
    must_read(reader)
    period_form = forms.PeriodForm(request.GET or None, choices=NO_CHOICES, auto_id="period-%s")
    told = period_form.cleaned_data if period_form.is_bound and period_form.is_valid() else {}
    period = Period(told.get("since"), told.get("until"))
    form = forms.BatchForm(
        request.POST or None,
        choices=NO_CHOICES,
        auto_id="batch-%s",
        initial={"tested_on": reader.today.isoformat()},
    )
    if request.method == "POST" and form.is_valid():

        def note() -> Any:
            given = dict(form.cleaned_data)
            firm = firm_named(reader, given.pop("enterprise"))
            return acts.note_staff_test(by=reader.actor, at=reader.at, enterprise=firm.ref, **given)

        if attempt(form, note) is not None:
            messages.success(request, _("批次已登记。"))
            return redirect("staff_tests")
    page = {
        "period_form": period_form, "form": form, "rows": queries.staff_tests(reader.actor, period=period),
        "totals": queries.batch_totals(reader.actor, period=period), "may_serve": may_serve(reader.actor, reader.street.code),
    }  # fmt: skip
    return render(request, "enterprise/batches.html", page, status=422 if form.is_bound else 200)


@require_POST
@staff
def void_batch(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/batches/<ref>/void/"""
    with refused_in_words(request):
        acts.void_staff_test(by=reader.actor, at=reader.at, batch=ref, reason=request.POST.get("reason", ""))
        messages.success(request, _("批次已作废,不再计数。"))
    return redirect("staff_tests")
