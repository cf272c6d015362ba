"""/campaigns/<code>/evaluation/rules/ and …/frozen/<ref>/: rules of an evaluation in versions, periods frozen by them, objections and their decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.campaign import may_lead, must_lead
from gridloop.core.evaluation import DECISIONS, PERIOD_KINDS, MeasureRule
from gridloop.core.period import Period
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.campaigns import queries as campaigns
from gridloop.offices.indicators import actions, freezing
from gridloop.offices.indicators.evaluating import MEASURES
from gridloop.web.campaign_forms import reason
from gridloop.web.forms import StyledForm, day_field, line, refused_in_words, tried, words
from gridloop.web.indicators import said
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken
from gridloop.web.webhooks import NO_CHOICES


class RulesForm(StyledForm):
    """The next version: what counts, and what share is expected with its source."""

    period_kind = forms.ChoiceField(label=lazy("考评周期"))
    effective_on = day_field(lazy("生效日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        self.fields["period_kind"].choices = [(code, spoken(label)) for code, label in PERIOD_KINDS.items()]  # type: ignore[attr-defined]
        for code, (name, formula) in MEASURES.items():
            label = spoken(name)
            self.fields[f"counts_{code}"] = forms.BooleanField(label=label, help_text=spoken(formula), required=False)
            hint = _("百分数;不写就只列出,不定标准。")
            self.fields[code] = forms.IntegerField(
                label=f"{label} · {_('标准')}", min_value=0, max_value=100, required=False, help_text=hint, widget=forms.NumberInput(attrs={"class": "form-control"}),
            )  # fmt: skip
            self.fields[f"source_{code}"] = line(f"{label} · {_('标准的出处')}", required=False, longest=120)
            self.fields[f"source_{code}"].widget.attrs["class"] = "form-control"
        self.fields["reason"] = reason(_("为什么这样定"))
        self.fields["reason"].widget.attrs["class"] = "form-control"

    def told(self) -> actions.RulesTold:
        """What was typed, as the action takes it."""
        typed = self.cleaned_data
        measures = tuple(MeasureRule(code, typed[code], typed[f"source_{code}"]) for code in MEASURES if typed[f"counts_{code}"])  # fmt: skip
        return actions.RulesTold(measures, typed["period_kind"], typed["effective_on"], typed["reason"])


class ObjectionForm(StyledForm):
    case = forms.ChoiceField(label=lazy("事项"))
    measure = forms.ChoiceField(label=lazy("考评内容"))
    text = words(lazy("哪里不对、依据是什么"), rows=3, longest=500, hint=lazy("不少于 10 个字;不要写姓名、电话。"))

    def __init__(self, *args: Any, shown: freezing.FrozenShown, **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        mine = [row for row in shown.rows if row.may_object]
        self.fields["case"].choices = [(row.row.case, f"{row.row.number} {row.case.title}") for row in mine]  # type: ignore[attr-defined]
        codes = shown.frozen.rules.codes
        self.fields["measure"].choices = [(code, spoken(MEASURES[code][0])) for code in codes]  # type: ignore[attr-defined]


class DecisionForm(StyledForm):
    decision = forms.ChoiceField(label=lazy("裁定"), widget=forms.RadioSelect)
    because = line(lazy("裁定理由"), hint=lazy("不少于 4 个字,会留在台账里。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        self.fields["decision"].choices = [(code, spoken(label)) for code, label in DECISIONS.items()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def rules(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """/campaigns/<code>/evaluation/rules/: the versions, and the form for the next one."""
    row = campaigns.campaign_by_code(code, by=reader.actor, street=reader.street.code)
    leads, versions = may_lead(reader.actor, row.street), freezing.versions(row)
    form = RulesForm(request.POST or None, initial=_as_before(versions))
    if request.method == "POST":
        must_lead(reader.actor, row.street)
        if form.is_valid() and _once(reader, form, request, row.ref, lambda: actions.set_rules(by=reader.actor, at=reader.at, campaign=row.ref, told=form.told())):  # fmt: skip
            messages.success(request, _("新的一版规则已定;以前各期仍照原来的规则。"))
            return redirect("campaign_evaluation_rules", row.code)
    page = {
        "campaign": row, "form": form, "may_set": leads and row.closed_at is None, "key": uuid4().hex,
        "versions": [(each, [(MEASURES[rule.measure][0], rule) for rule in each.rules], PERIOD_KINDS[each.period_kind]) for each in versions],
    }  # fmt: skip
    return render(request, "campaigns/evaluation_rules.html", page, status=422 if form.is_bound else 200)


def _as_before(versions: list[Any]) -> dict[str, Any]:
    """The form begins with what holds now."""
    if not versions:
        return {"period_kind": "quarter"} | {f"counts_{code}": True for code in MEASURES}
    found: dict[str, Any] = {"period_kind": versions[0].period_kind}
    for rule in versions[0].rules:
        found |= {f"counts_{rule.measure}": True, rule.measure: rule.threshold, f"source_{rule.measure}": rule.source}
    return found


def _once(reader: Reader, form: Any, request: HttpRequest, of: str, do: Callable[[], Any]) -> bool:
    """Done once for the form's key; False when a rule refused, whose sentence then stands in the form."""
    content = [of, {name: str(value) for name, value in form.cleaned_data.items()}]
    key = request.POST.get("key", "")[:64]
    done = tried(form, lambda: once_sealed(door=f"evaluation:{reader.actor.ref}", key=key, at=reader.at, content=content, do=lambda: {"ref": do().ref}))  # fmt: skip
    return done is not None


@require_POST
@staff
def freeze(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """/campaigns/<code>/evaluation/freeze/"""
    row = campaigns.campaign_by_code(code, by=reader.actor, street=reader.street.code)
    must_lead(reader.actor, row.street)
    with refused_in_words(request):
        period = request.POST.get("period", "")[:24]
        made = actions.freeze(by=reader.actor, at=reader.at, campaign=row.ref, period=period)
        messages.success(request, _("这一期已冻结;以后重算只显示差别,不改动它。"))
        return redirect("frozen_evaluation", row.code, made.ref)
    return redirect("campaign_evaluation", row.code)


@require_safe
@staff
def frozen(request: HttpRequest, reader: Reader, code: str, ref: str) -> HttpResponse:
    """/campaigns/<code>/evaluation/frozen/<ref>/"""
    return _frozen(request, reader, code, ref)


def _frozen(
    request: HttpRequest, reader: Reader, code: str, ref: str, *, objecting: Any = None, deciding: tuple[str, Any] = ("", None), status: int = 200
) -> HttpResponse:  # fmt: skip
    row = campaigns.campaign_by_code(code, by=reader.actor, street=reader.street.code)
    shown = freezing.shown(freezing.frozen(ref, by=reader.actor), by=reader.actor, at=reader.at)
    leads = may_lead(reader.actor, row.street)
    objections = [
        (each, MEASURES[each.measure][0], _form_of(each, deciding) if leads and not each.decision else None, uuid4().hex)
        for each in shown.objections
    ]  # fmt: skip
    page = {
        "campaign": row, "shown": shown, "frozen": shown.frozen, "period_said": said(Period.parse(shown.frozen.period)), "objections": objections,
        "form": objecting or (ObjectionForm(shown=shown) if any(each.may_object for each in shown.rows) else None), "key": uuid4().hex,
        "measures": [MEASURES[each][0] for each in shown.frozen.rules.codes],
    }  # fmt: skip
    return render(request, "campaigns/evaluation_frozen.html", page, status=status)


def _form_of(row: Any, deciding: tuple[str, Any]) -> Any:
    return deciding[1] if deciding[0] == row.ref else DecisionForm(auto_id=f"id_{row.ref}_%s")


@require_POST
@staff
def object_to(request: HttpRequest, reader: Reader, code: str, ref: str) -> HttpResponse:
    """/campaigns/<code>/evaluation/frozen/<ref>/object/"""
    shown = freezing.shown(freezing.frozen(ref, by=reader.actor), by=reader.actor, at=reader.at)
    form = ObjectionForm(request.POST, shown=shown)
    do = lambda: actions.object_to(by=reader.actor, at=reader.at, frozen=ref, **form.cleaned_data)  # noqa: E731
    if form.is_valid() and _once(reader, form, request, ref, do):
        messages.success(request, _("异议已提出,由没有冻结这一期、也不在本单位的人裁定。"))
        return redirect("frozen_evaluation", code, ref)
    return _frozen(request, reader, code, ref, objecting=form, status=422)


@require_POST
@staff
def decide(request: HttpRequest, reader: Reader, code: str, ref: str) -> HttpResponse:
    """/campaigns/<code>/evaluation/objections/<ref>/decide/"""
    row = freezing.objection(ref, by=reader.actor)
    form = DecisionForm(request.POST, auto_id=f"id_{ref}_%s")
    do = lambda: actions.decide_objection(by=reader.actor, at=reader.at, objection=ref, **form.cleaned_data)  # noqa: E731
    if form.is_valid() and _once(reader, form, request, ref, do):
        messages.success(request, _("已裁定。"))
        return redirect("frozen_evaluation", code, freezing.newest(row.frozen).ref)
    return _frozen(request, reader, code, row.frozen.ref, deciding=(ref, form), status=422)
