"""/proposals/: a trouble proposed as a project, with its cases, root cause, cost and benefit; decided by a leader who did not propose it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gridloop.core.access import Role
from gridloop.core.errors import Broken, GridloopError
from gridloop.offices.cases.actions.proposals import decide_proposal, propose_project
from gridloop.offices.cases.queries import troubles as queries
from gridloop.web.reader import Reader, staff


class ProposalForm(forms.Form):
    """What a proposal says."""

    title = forms.CharField(label=gettext_lazy("项目名称"), max_length=120)
    root_cause = forms.CharField(
        label=gettext_lazy("根源"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("为什么一件件办总是办不完。")
    )  # fmt: skip
    cost = forms.CharField(label=gettext_lazy("投入"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("钱、人、时间,写明估算依据。"))  # fmt: skip
    benefit = forms.CharField(label=gettext_lazy("成效"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("办成后怎么看得出来。"))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

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


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def propose(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/troubles/<ref>/propose/: the trouble's cases, and what those that came back had come from, become the ground of a proposal."""
    found = queries.trouble_file(reader.actor, ref, street=reader.street.code)
    cases = list(
        dict.fromkeys(each for member in found.members for each in (member.earlier, member.case) if each is not None)
    )
    form = ProposalForm(request.POST or None, initial={"title": found.line.title})
    if request.method == "POST" and form.is_valid():
        try:
            made = propose_project(
                by=reader.actor,
                at=reader.at,
                street=reader.street.code,
                cases=[case.ref for case in cases],
                **form.cleaned_data,
            )
        except Broken:
            raise
        except GridloopError as error:
            if error.status == 403:
                raise
            form.refuse(error)
        else:
            messages.success(request, _("立项建议已提出,等待街道领导批示。"))
            return redirect("proposal", made.ref)
    page = {"form": form, "line": found.line, "cases": cases, "at": reader.at}
    return render(request, "console/propose.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def proposal(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/proposals/<ref>/: the proposal; sent by a leader, the decision."""
    row = queries.proposal(reader.actor, ref, street=reader.street.code)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_proposal(by=reader.actor, at=reader.at, proposal=ref, **form.cleaned_data)
        except Broken:
            raise
        except GridloopError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("批示已记入台账。"))
            return redirect("proposal", ref)
    decides = (
        Role.STREET_LEADER in reader.actor.roles(reader.street.code) and row.proposed_by_id != reader.actor.person_id
    )
    page = {
        "row": row, "cases": queries.cases_of(row, by=reader.actor), "form": form, "may_decide": decides and row.approved is None, "at": reader.at,
    }  # fmt: skip
    return render(request, "console/proposal.html", page, status=422 if form.is_bound else 200)
