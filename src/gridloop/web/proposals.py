"""/proposals/: a trouble proposed as a project, with its cases, root cause, cost and benefit; decided by a leader who did not propose it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gridloop.core.access import Role
from gridloop.core.errors import GridloopError
from gridloop.core.firm_size import WAN
from gridloop.core.project import SECTORS
from gridloop.core.project_access import may_keep
from gridloop.offices.cases.actions.proposals import decide_proposal, propose_project
from gridloop.offices.cases.queries import trouble_lists as lists
from gridloop.offices.cases.queries import troubles as queries
from gridloop.offices.enterprise.queries.facts import in_wan
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.projects.actions import link_proposal
from gridloop.offices.projects.queries.finding import visible_to
from gridloop.offices.projects.queries.proposed import project_of_proposal
from gridloop.web.forms import offered, refused_in_words, tried
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import lazy_spoken


class ProposalForm(forms.Form):
    """What a proposal says."""

    title = forms.CharField(label=gettext_lazy("项目名称"), max_length=120)
    root_cause = forms.CharField(
        label=gettext_lazy("根源"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("为什么一件件办总是办不完。")
    )  # fmt: skip
    cost = forms.CharField(label=gettext_lazy("投入"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("钱、人、时间,写明估算依据。"))  # fmt: skip
    benefit = forms.CharField(label=gettext_lazy("成效"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("办成后怎么看得出来。"))  # fmt: skip

    estimate = forms.DecimalField(
        label=gettext_lazy("投资估算(万元)"), min_value=Decimal("0.01"), max_value=Decimal(10) ** 11, decimal_places=2, max_digits=13,
        help_text=gettext_lazy("批准后按这个数进入储备库,以后可以更正。"),
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("责任单位"))
    sector = forms.ChoiceField(label=gettext_lazy("类别"), choices=[(code, lazy_spoken(label)) for code, label in SECTORS.items()])  # fmt: skip

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["unit"]
        choice.choices = [("", gettext_lazy("请选择")), *units]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    def told(self) -> dict[str, Any]:
        """What is proposed; the estimate in 元."""
        return {**self.cleaned_data, "estimate": self.cleaned_data["estimate"] * WAN}

    def refuse(self, error: GridloopError) -> None:
        """The sentence stands at the field it speaks of, else at the top."""
        named = str(error.fields.get("field", ""))
        self.add_error(named if named in self.fields else None, error.sentence)


class DecisionForm(forms.Form):
    """A leader's decision with its reason."""

    approved = forms.TypedChoiceField(
        label=gettext_lazy("批示"), choices=[("yes", gettext_lazy("同意立项")), ("no", gettext_lazy("不同意"))],
        coerce=lambda said: said == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    remark = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"})
    )

    def refuse(self, error: GridloopError) -> None:
        """The sentence stands at the top."""
        self.add_error(None, error.sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def propose(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/troubles/<ref>/propose/: the trouble's cases, and what those that came back had come from, become the ground of a proposal."""
    found = queries.trouble_file(reader.actor, ref, street=reader.street.code)
    cases = lists.ground_of(found)
    form = ProposalForm(
        request.POST or None, initial={"title": found.line.title}, units=offered(reader.street.code, at=reader.at).units
    )
    if request.method == "POST" and form.is_valid():
        told = {"street": reader.street.code, "cases": [case.ref for case in cases], **form.told()}
        made = tried(form, lambda: propose_project(by=reader.actor, at=reader.at, **told))
        if made is not None:
            messages.success(request, _("立项建议已提出,等待街道领导批示。"))
            return redirect("proposal", made.ref)
    page = {"form": form, "line": found.line, "cases": cases, "at": reader.at}
    return render(request, "console/propose.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def proposal(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/proposals/<ref>/: the proposal; sent by a leader, the decision."""
    row = lists.proposal(reader.actor, ref, street=reader.street.code)
    form = DecisionForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: decide_proposal(by=reader.actor, at=reader.at, proposal=ref, **form.cleaned_data))
    ):
        messages.success(request, _("批示已记入台账。"))
        return redirect("proposal", ref)
    decides = (
        Role.STREET_LEADER in reader.actor.roles(reader.street.code) and row.proposed_by_id != reader.actor.person_id
    )
    page = {
        "row": row, "cases": lists.cases_of(row, by=reader.actor), "form": form, "may_decide": decides and row.approved is None, "at": reader.at,
        "became": project_of_proposal(ref), "sector": SECTORS.get(row.sector, ""),
        "estimate": f"{in_wan(row.estimate):,f}" if row.estimate else "", "unit": organisation.unit(row.street, row.unit).name if row.unit else "",
        "projects": _to_link(reader) if row.approved else [],
    }  # fmt: skip
    return render(request, "console/proposal.html", page, status=422 if form.is_bound else 200)


def _to_link(reader: Reader) -> list[tuple[str, str]]:
    """The projects that the reader keeps, for linking one to a proposal."""
    rows = visible_to(reader.actor).filter(street=reader.street.code, dropped_at__isnull=True).order_by("code")
    return [
        (row.ref, f"{row.code} {row.name}")
        for row in rows
        if may_keep(reader.actor, street=row.street, unit=row.unit.code)
    ]


@require_POST
@staff
def link(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/proposals/<ref>/link/: the approved proposal is this project."""
    lists.proposal(reader.actor, ref, street=reader.street.code)
    with refused_in_words(request) as refused:
        link_proposal(by=reader.actor, at=reader.at, proposal=ref, project=request.POST.get("project", ""))
    if not refused:
        messages.success(request, _("已关联;项目页和建议页互相看得到。"))
    return redirect("proposal", ref)
