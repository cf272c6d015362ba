"""Samples of struck-off cases: the months, one month with its rates and cases, the draw as a file; and signs of flattered figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.access import Role
from gridloop.core.cells import csv_file
from gridloop.core.errors import Broken, GridloopError, NotAllowed
from gridloop.core.gaming import SIGNS
from gridloop.core.sampling import RESULTS, SampleRule, bounds_of, period_of
from gridloop.offices.cases.actions import record_inspection, reply_to_sign, set_sampling_rule
from gridloop.offices.cases.queries import inspecting, signs
from gridloop.web.downloads import download
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken


def _tabs(reader: Reader) -> dict[str, bool]:
    """Which of the pages of oversight the reader may open."""
    roles = reader.actor.roles(reader.street.code)
    return {
        "sees_samples": bool(roles & inspecting.SEES_SAMPLES),
        "sees_signs": bool(roles & (signs.SUPERVISES | {Role.UNIT_LEADER})),
    }


class RuleForm(forms.Form):
    """How many are drawn, and why so."""

    least = forms.IntegerField(label=gettext_lazy("每单位最少几件"), min_value=1, max_value=200)
    share = forms.IntegerField(label=gettext_lazy("抽百分之几"), min_value=1, max_value=100)
    most = forms.IntegerField(label=gettext_lazy("每单位最多几件"), min_value=1, max_value=200)
    first_days = forms.IntegerField(label=gettext_lazy("监督员优先几个工作日"), min_value=0, max_value=30)
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, help_text=gettext_lazy("记入台账;从下一个公布的月份起生效。")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def samples(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/inspections/: the months; and for leaders the rule."""
    street = reader.street.code
    inspecting.must_see_samples(reader.actor, street)
    if request.method == "POST":
        inspecting.must_set_rule(reader.actor, street)
    present = inspecting.rule_in_force(street)
    usual = SampleRule()
    first = {name: getattr(present or usual, name) for name in ("least", "share", "most", "first_days")}
    form = RuleForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid() and _was_set(form, reader):
        messages.success(request, _("已记入台账,从下一个公布的月份起生效。"))
        return redirect("inspections")
    page = {
        "samples": inspecting.samples(street), "present": present, "form": form,
        "may_set": bool(reader.actor.roles(street) & inspecting.SETS_RULE),
    }  # fmt: skip
    return render(request, "console/inspections.html", page | _tabs(reader), status=422 if form.is_bound else 200)


def _was_set(form: RuleForm, reader: Reader) -> bool:
    told = form.cleaned_data
    try:
        rule = SampleRule(told["least"], told["share"], told["most"], told["first_days"])
        set_sampling_rule(by=reader.actor, at=reader.at, street=reader.street.code, rule=rule, reason=told["reason"])
    except (Broken, NotAllowed):
        raise
    except GridloopError as error:
        form.add_error(None, error.sentence)
        return False
    return True


@require_safe
@staff
def sample(request: HttpRequest, reader: Reader, period: str) -> HttpResponse:
    """/inspections/2022-05/"""
    return _page(request, reader, period)


def _page(
    request: HttpRequest, reader: Reader, period: str, *, error: GridloopError | None = None, at_row: str = ""
) -> HttpResponse:
    inspecting.must_see_samples(reader.actor, reader.street.code)
    found = inspecting.sample_page(reader.actor, inspecting.sample_of(reader.street.code, period), at=reader.at)
    page = {
        "found": found, "sample": found.sample, "results": RESULTS.items(), "error": error, "at_row": at_row, "said": request.POST, "at": reader.at,
        "street": reader.street,
    }  # fmt: skip
    return render(request, "console/inspection.html", page, status=error.status if error else 200)


@require_POST
@staff
def inspect(request: HttpRequest, reader: Reader, period: str, ref: str) -> HttpResponse:
    """/inspections/2022-05/<ref>/: what was found."""
    try:
        record_inspection(
            by=reader.actor,
            at=reader.at,
            inspection=ref,
            result=request.POST.get("result", ""),
            text=request.POST.get("text", ""),
        )
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, period, error=error, at_row=ref)
    said = _("已记入台账;虚假销号的事项已重新办理。") if request.POST.get("result") == "false" else _("已记入台账。")
    messages.success(request, said)
    return redirect("inspection", period=period)


@require_safe
@staff
def sheet(request: HttpRequest, reader: Reader, period: str) -> HttpResponse:
    """/inspections/2022-05.csv: the rates of the units."""
    inspecting.must_see_samples(reader.actor, reader.street.code)
    found = inspecting.sample_page(reader.actor, inspecting.sample_of(reader.street.code, period), at=reader.at)
    heads = (
        _("月份"), _("单位"), _("销号件数"), _("抽查"), _("确已解决"), _("虚假销号"), _("无法核实"), _("待查"), _("虚假销号率"), _("95% 区间"),
    )  # fmt: skip
    cells = [
        (
            period, row.name, *map(str, (row.population, row.drawn, row.true, row.false, row.unable, row.open)), row.rate.shown,
            row.rate.interval_shown,
        )
        for row in found.units
    ]  # fmt: skip
    return download(
        csv_file([heads, *cells]), name=f"inspections-{found.sample.period}.csv", kind="text/csv; charset=utf-8"
    )


@require_safe
@staff
def drawing(request: HttpRequest, reader: Reader, period: str) -> HttpResponse:
    """/inspections/2022-05/draw.json: everything that repeating the draw takes."""
    inspecting.must_see_samples(reader.actor, reader.street.code)
    told = inspecting.draw_document(inspecting.sample_of(reader.street.code, period))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})


# --- signs -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def flags(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/signs/?period=2022-05: the month's signs; posted, a reply to one."""
    street = reader.street
    signs.must_see_signs(reader.actor, street.code)
    period = request.GET.get("period") or request.POST.get("period") or period_of(reader.at, street.zone)
    error = None
    if request.method == "POST":
        try:
            reply_to_sign(
                by=reader.actor, at=reader.at, street=street.code, period=period, code=request.POST.get("code", ""), unit=request.POST.get("unit", ""),
                kind=request.POST.get("kind", ""), reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except Broken:
            raise
        except GridloopError as refused:
            error = refused
        else:
            messages.success(request, _("已记入台账。"))
            return redirect(f"{request.path}?period={period}")
    bounds_of(period, street.zone)
    page: dict[str, Any] = {
        "shown": signs.shown_signs(reader.actor, street.code, period), "period": period, "limits": signs.LIMITS, "error": error,
        "percent": round(signs.LIMITS.share * 100), "days": signs.LIMITS.reopened_within.days, "said": request.POST,
        "hours": int(signs.LIMITS.before_due.total_seconds() // 3600), "names": {code: spoken(label) for code, label in SIGNS.items()},
    }  # fmt: skip
    return render(request, "console/signs.html", page | _tabs(reader), status=error.status if error else 200)
