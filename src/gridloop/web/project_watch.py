"""/projects/watch/: projects that stand still, what the rule proposes of them, and the plan (化险解困) of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError
from gridloop.core.project_access import may_keep, must_keep
from gridloop.offices.enterprise.queries.plans import openable
from gridloop.offices.projects import actions
from gridloop.offices.projects.queries import standstill, words
from gridloop.offices.projects.queries.finding import project as found_project
from gridloop.web.enterprise.forms import FirmChoices, choices_of
from gridloop.web.enterprise.solution_forms import LocalisedForm, PlanForm
from gridloop.web.forms import line, tried
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

FORTNIGHT = timedelta(days=14)
ANSWERS = {"yes": "采纳", "no": "不采纳"}


class StandingForm(LocalisedForm):
    """A decision about a project's standing."""

    fixed: ClassVar[dict[str, dict[str, str]]] = {"standing": words.STANDINGS, "answer": ANSWERS}
    standing = forms.ChoiceField(label=gettext_lazy("推进状态"))
    answer = forms.ChoiceField(label=gettext_lazy("决定"), widget=forms.RadioSelect)
    remark = line(
        gettext_lazy("意见"), required=False, longest=300, hint=gettext_lazy("不采纳,或没有建议而要改,请写明依据。")
    )


@require_safe
@staff
def watch(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/projects/watch/"""
    return _page(request, reader)


def _page(
    request: HttpRequest, reader: Reader, *, refused: tuple[str, StandingForm, int] | None = None
) -> HttpResponse:
    rows = standstill.watch(reader.actor, street=reader.street.code, at=reader.at)
    counts = [
        (code, said(label), sum(row.project.standing == code for row in rows))
        for code, label in words.STANDINGS.items()
    ]
    shown = [_row(row, reader, refused) for row in rows]
    page = {
        "openable_plans": openable(reader.actor, [each["plan"].ref for each in shown if each["plan"]]),
        "rows": shown, "lacking": sum(row.lacks_plan for row in rows),
        "proposed": sum(row.proposal is not None for row in rows), "counts": counts[1:],
    }  # fmt: skip
    return render(request, "projects/watch.html", page, status=refused[2] if refused else 200)


def _row(row: standstill.Watched, reader: Reader, refused: tuple[str, StandingForm, int] | None) -> dict[str, Any]:
    project = row.project
    may = may_keep(reader.actor, street=project.street, unit=project.unit.code)
    is_open = bool(refused and refused[0] == project.ref)
    first = {"standing": row.proposal.standing if row.proposal else project.standing}
    form = (
        refused[1]
        if refused and is_open
        else StandingForm(choices=FirmChoices(), auto_id=f"{project.ref}-%s", initial=first)
    )
    return {
        "project": project, "proposal": row.proposal, "lacks_plan": row.lacks_plan, "form": form if may else None, "is_open": is_open,
        "proposed": said(words.STANDINGS[row.proposal.standing]) if row.proposal else "",
        "plan": next((each for each in standstill.plans_of(project) if each.closed_at is None), None),
    }  # fmt: skip


@require_POST
@staff
def decide(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/projects/<ref>/standing/"""
    found = found_project(ref, by=reader.actor)
    must_keep(reader.actor, street=found.street, unit=found.unit.code)
    form = StandingForm(request.POST, choices=FirmChoices(), auto_id=f"{ref}-%s")
    if not form.is_valid():
        return _page(request, reader, refused=(ref, form, 422))
    told = form.cleaned_data
    try:
        actions.decide_standing(
            by=reader.actor, at=reader.at, project=ref, standing=told["standing"], accepted=told["answer"] == "yes", remark=told["remark"]
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _page(request, reader, refused=(ref, form, error.status))
    messages.success(request, _("决定已登记。"))
    return redirect("project_watch")


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new_plan(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/projects/<ref>/plan/: the project's plan is opened; what follows is done on the plan's page."""
    found = found_project(ref, by=reader.actor)
    may = may_keep(reader.actor, street=found.street, unit=found.unit.code) and not found.dropped_at
    first = {"problems": _why(found), "review_on": reader.today + FORTNIGHT}
    form = PlanForm(
        request.POST or None, choices=choices_of(found.street, at=reader.at), auto_id="plan-%s", initial=first
    )
    if request.method == "POST" and form.is_valid():
        made = tried(
            form, lambda: actions.open_project_plan(by=reader.actor, at=reader.at, project=ref, **form.cleaned_data)
        )
        if made is not None:
            messages.success(request, _("方案已建立;请列出措施、责任人和期限。"))
            return redirect("firm_plan", made.ref)
    standing = next((each for each in standstill.plans_of(found) if each.closed_at is None), None)
    page = {
        "form": form, "project": found, "may_keep": may, "standing": standing,
        "openable_plans": openable(reader.actor, [standing.ref] if standing else []),
    }  # fmt: skip
    return render(request, "projects/plan_new.html", page, status=422 if form.is_bound else 200)


def _why(found: Any) -> str:
    """What was on record when the project was said to stand still."""
    last = next((each for each in standstill.decisions_of(found) if each.accepted), None)
    return ";".join([*last.reasons, last.remark]).strip(";") if last and last.proposed != "normal" else ""
