"""/indicators/: what others published, what our rows say, where others placed us: each number with its source, its n, its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.access import SETS_UP
from gridloop.core.errors import Broken, GridloopError
from gridloop.core.period import KINDS, Period
from gridloop.offices.indicators import actions, queries, words
from gridloop.offices.indicators.computed import MOST_ROWS, compute, compute_all, is_computed
from gridloop.web.dates import day
from gridloop.web.forms import StyledForm, day_field, line
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken
from gridloop.web.webhooks import NO_CHOICES

PLACES = {
    "case": "case", "project": "project", "enterprise": "enterprise", "policy": "policy", "visit": "visit", "team": "service_team",
    "group": "campaign_group", "activity": "campaign_activity", "bank_match": "bank_match", "forum": "forum", "firm_link": "firm_link",
    "assist_order": "assist_order",
}  # fmt: skip
"""Which page shows a row behind a number."""


class SourceForm(StyledForm):
    """What every figure from outside names: whose it is."""

    period = line(gettext_lazy("期间"), longest=24, hint=gettext_lazy("2022-05-29、2022-05、2022Q1、2022H1 或 2022;“以来”写 2022H1+2022-05-29。"))  # fmt: skip
    issuer = line(gettext_lazy("发布单位"), longest=80)
    document = line(gettext_lazy("文件或出处"), longest=160)
    issued_on = day_field(gettext_lazy("发布日期"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)

    def source(self) -> actions.Source:
        said = self.cleaned_data
        return actions.Source(said["issuer"], said["document"], said["issued_on"])


class ReadingForm(SourceForm):
    field_order = ("code", "period", "value", "unit", "base", "growth", "issuer", "document", "issued_on", "reason")
    code = forms.ChoiceField(label=gettext_lazy("指标"))
    value = forms.DecimalField(label=gettext_lazy("数值"), max_digits=18, decimal_places=4)
    unit = forms.ChoiceField(label=gettext_lazy("单位"))
    base = forms.DecimalField(
        label=gettext_lazy("基期数值"), required=False, max_digits=18, decimal_places=4, help_text=gettext_lazy("去年同期,单位与本期相同。")
    )  # fmt: skip
    growth = forms.DecimalField(label=gettext_lazy("发布的增速(%)"), required=False, max_digits=9, decimal_places=2)
    reason = line(gettext_lazy("更正原因"), required=False, hint=gettext_lazy("这一期登记过的,要写为什么更正。"))

    def __init__(self, *args: Any, definitions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code: Any = self.fields["code"]
        code.choices = [(each.code, f"{spoken(each.name)}({spoken(each.unit)})") for each in definitions]
        unit: Any = self.fields["unit"]
        unit.choices = [(each, spoken(each)) for each in words.UNITS]


class StandingForm(SourceForm):
    field_order = ("about", "period", "stood", "among", "area", "issuer", "document", "issued_on")
    about = line(gettext_lazy("评比事项"), longest=120)
    stood = forms.IntegerField(label=gettext_lazy("名次"), min_value=1, max_value=999)
    among = forms.IntegerField(label=gettext_lazy("参评数"), min_value=1, max_value=999, required=False)
    area = line(gettext_lazy("范围"), required=False, longest=40, hint=gettext_lazy("例如:全区。"))


class DefinitionForm(StyledForm):
    code = forms.SlugField(label=gettext_lazy("代码"), max_length=40, help_text=gettext_lazy("英文字母和下划线;已有的代码会出新版。"))  # fmt: skip
    name = line(gettext_lazy("名称"), longest=60)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    unit = forms.ChoiceField(label=gettext_lazy("单位"))
    basis = line(gettext_lazy("口径"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        for name, labels in (("kind", words.KINDS), ("unit", words.UNITS)):
            field: Any = self.fields[name]
            field.choices = [(code, spoken(label)) for code, label in labels.items()]


@require_safe
@staff
def indicators(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/indicators/?period=2022Q1"""
    return _page(request, reader)


def _page(request: HttpRequest, reader: Reader, *, status: int = 200, **refused: forms.Form) -> HttpResponse:
    street = reader.street.code
    period = period_asked(request, reader)
    offered = offered_periods(reader, period)
    definitions = queries.definitions(street, source="external")
    page = {
        "period": period, "period_said": said(period), "offered": [(each.code, said(each)) for each in offered],
        "readings": queries.readings_of_period(reader.actor, street=street, period=period.code),
        "computed": compute_all(by=reader.actor, street=street, period=period, at=reader.at),
        "standings": [(row, said(Period.parse(row.period))) for row in queries.standings(reader.actor, street=street)],
        "may_tell": bool(reader.actor.roles(street) & actions.TELLS), "may_define": bool(reader.actor.roles(street) & SETS_UP),
        "tell_form": refused.get("tell") or ReadingForm(definitions=definitions, initial={"period": period.code}, auto_id="tell_%s"),
        "stand_form": refused.get("stand") or StandingForm(initial={"period": period.code}, auto_id="stand_%s"),
        "define_form": refused.get("define") or DefinitionForm(auto_id="define_%s"), "opened": next(iter(refused), ""),
        "definitions": queries.definitions(street),
    }  # fmt: skip
    return render(request, "indicators/index.html", page, status=status)


def period_asked(request: HttpRequest, reader: Reader) -> Period:
    """The period asked for; the newest that was told, else this quarter. Raises WrongInput for one that is none."""
    asked = request.GET.get("period", "")[:24]
    if asked:
        return Period.parse(asked)
    told = queries.periods_told(reader.actor, street=reader.street.code)
    return told[0] if told else Period.of("quarter", reader.today)


def offered_periods(reader: Reader, period: Period) -> list[Period]:
    """Today's day, month, quarter, half-year, year, 上半年以来 and what was told, each once."""
    told = queries.periods_told(reader.actor, street=reader.street.code)
    today = reader.today
    current = [Period.of(kind, today) for kind in KINDS]
    since = [Period(each.kind, each.first, today) for each in current if each.kind in ("quarter", "half", "year")]
    return list(dict.fromkeys([period, *told, *current, *since]))


def said(period: Period) -> str:
    """The period as people say it, a single day with its weekday; English pages show the code of a longer one."""
    if period.kind == "day":
        return day(period.first)
    return period.label if (get_language() or "zh").startswith("zh") else period.code


@require_safe
@staff
def indicator(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """/indicators/cases_solved/?period=2022H1: the rows behind a number; of a published one its series."""
    street, period = reader.street.code, period_asked(request, reader)
    if is_computed(code, street=street):
        found = compute(code, by=reader.actor, street=street, period=period, at=reader.at)
        rows = [(_place(row.subject), row) for row in found.rows[:MOST_ROWS]]
        page = {"found": found, "rows": rows, "period": period, "period_said": said(period)}
        return render(request, "indicators/rows.html", page)
    versions = queries.versions_of(street, code)
    if not versions:
        queries.definition(street, code)
    page = {
        "definition": versions[0],
        "versions": versions,
        "series": queries.series_of(reader.actor, street=street, code=code),
    }
    return render(request, "indicators/series.html", page)


def _place(subject: str) -> tuple[str, str]:
    """The page and the ref of a row."""
    kind, _colon, ref = subject.partition(":")
    return PLACES.get(kind, ""), ref


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def reading(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/indicators/readings/<ref>/: one published figure, what stood there before, and that somebody checked it."""
    found = queries.reading(ref, by=reader.actor)
    error = None
    if request.method == "POST":
        actions.must_tell(reader.actor, found.street)
        try:
            actions.check_reading(by=reader.actor, at=reader.at, reading_ref=ref, note=request.POST.get("note", ""))
            messages.success(request, _("核对结果已记下;数值没有改动。"))
            return redirect("reading", ref)
        except Broken:
            raise
        except GridloopError as refused:
            error = refused
    shown = [
        each
        for each in queries.readings_of_period(reader.actor, street=found.street, period=found.period)
        if each.reading.pk == found.pk
    ]
    page = {
        "row": found, "shown": shown[0] if shown else None, "before": queries.corrected_before(found), "error": error,
        "period_said": said(Period.parse(found.period)), "may_tell": bool(reader.actor.roles(found.street) & actions.TELLS),
    }  # fmt: skip
    return render(request, "indicators/reading.html", page, status=error.status if error else 200)


@require_http_methods(["POST"])
@staff
def tell(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/indicators/readings/"""
    actions.must_tell(reader.actor, reader.street.code)
    form = ReadingForm(
        request.POST, definitions=queries.definitions(reader.street.code, source="external"), auto_id="tell_%s"
    )

    def do() -> str:
        told = form.cleaned_data
        actions.tell_reading(
            by=reader.actor, at=reader.at, street=reader.street.code, source=form.source(),
            **{name: told[name] for name in ("code", "period", "value", "unit", "base", "growth", "reason")},
        )  # fmt: skip
        return _("已登记;有疑问的数会在旁边标出。")

    return _told(request, reader, "tell", form, do)


@require_http_methods(["POST"])
@staff
def stand(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/indicators/standings/"""
    actions.must_tell(reader.actor, reader.street.code)
    form = StandingForm(request.POST, auto_id="stand_%s")

    def do() -> str:
        told = form.cleaned_data
        actions.note_standing(
            by=reader.actor, at=reader.at, street=reader.street.code, source=form.source(),
            **{name: told[name] for name in ("about", "period", "stood", "among", "area")},
        )  # fmt: skip
        return _("名次已登记。")

    return _told(request, reader, "stand", form, do)


@require_http_methods(["POST"])
@staff
def define(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/indicators/definitions/"""
    actions.must_define(reader.actor, reader.street.code)
    form = DefinitionForm(request.POST, auto_id="define_%s")

    def do() -> str:
        made = actions.define(by=reader.actor, at=reader.at, street=reader.street.code, **form.cleaned_data)
        return _("指标已定义,第 %(version)d 版。") % {"version": made.version}

    return _told(request, reader, "define", form, do)


def _told(request: HttpRequest, reader: Reader, name: str, form: Any, do: Callable[[], str]) -> HttpResponse:
    """Done and back to the page, or the page with the form and its refusal."""
    if not form.is_valid():
        return _page(request, reader, status=422, **{name: form})
    try:
        messages.success(request, do())
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _page(request, reader, status=error.status, **{name: form})
    period = form.cleaned_data.get("period")
    address = redirect("indicators")
    if period:
        address["Location"] += f"?period={Period.parse(period).code.replace('+', '%2B')}"
    return address
