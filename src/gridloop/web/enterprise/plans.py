"""一企一策: stalled firms without a plan, plans with their measures, one plan with its task force, reviews and paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.firm_access import may_arrange, may_keep, may_serve
from gridloop.core.firm_plan import STATES
from gridloop.core.standstill import STANDINGS
from gridloop.core.vitality import VITALITIES
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.enterprise.actions import plans as acts
from gridloop.offices.enterprise.queries import plans, register
from gridloop.offices.enterprise.queries.solution_words import PLAN_KINDS
from gridloop.web.downloads import download
from gridloop.web.enterprise import solution_forms as forms
from gridloop.web.enterprise.documents import plan_docx
from gridloop.web.enterprise.forms import FirmChoices, choices_of
from gridloop.web.enterprise.group_plans import group_shown
from gridloop.web.enterprise.lists import must_read
from gridloop.web.enterprise.stepping import Refused, Step, StepOffered, offered, take
from gridloop.web.enterprise.words import entry_shown
from gridloop.web.forms import tried
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

Told = dict[str, Any]
TONES = {"open": "open", "overdue": "bad", "done": "good", "dropped": "quiet"}
FORTNIGHT = timedelta(days=14)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _deed(reader: Reader) -> Told:
    return {"by": reader.actor, "at": reader.at}


def _measure(reader: Reader, row: Any, told: Told) -> object:
    return acts.add_measure(**_deed(reader), plan=row.ref, **told)


def _force(reader: Reader, row: Any, told: Told) -> object:
    return acts.form_task_force(**_deed(reader), plan=row.ref, **told)


def _review(reader: Reader, row: Any, told: Told) -> object:
    return acts.review_plan(**_deed(reader), plan=row.ref, **told)


def _close(reader: Reader, row: Any, told: Told) -> object:
    return acts.close_plan(**_deed(reader), plan=row.ref, **told)


def _end(reader: Reader, row: Any, told: Told) -> object:
    return acts.end_measure(**_deed(reader), measure=row.ref, **told)


def _move(reader: Reader, row: Any, told: Told) -> object:
    return acts.move_measure(**_deed(reader), measure=row.ref, **told)


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("measure", gettext_lazy("增加措施"), gettext_lazy("措施已列入方案。"), forms.MeasureForm, _measure),
        Step("force", gettext_lazy("组建或调整专班"), gettext_lazy("专班已生效。"), forms.ForceForm, _force),
        Step("review", gettext_lazy("复盘"), gettext_lazy("复盘已记录。"), forms.ReviewForm, _review),
        Step("close", gettext_lazy("结束方案"), gettext_lazy("方案已结束。"), forms.CloseForm, _close, hurts=True),
    )
}
MEASURE_STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("end", gettext_lazy("登记结果"), gettext_lazy("结果已登记。"), forms.EffectForm, _end),
        Step("move", gettext_lazy("改期限"), gettext_lazy("期限已改,原期限留在台账里。"), forms.MoveMeasureForm, _move),
    )
}


@require_safe
@staff
def plan_list(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/plans/?state=open&kind=firm"""
    must_read(reader)
    state, kind = request.GET.get("state", "open"), request.GET.get("kind", "firm")
    state, kind = state if state in ("open", "closed") else "open", kind if kind in PLAN_KINDS else "firm"
    today = reader.today
    rows = [plans.shown(row, today=today) for row in plans.plans(reader.actor, state=state, kind=kind)[:100]]
    open_rows = [plans.shown(row, today=today) for row in plans.plans(reader.actor, kind="")]
    page = {
        "at": reader.at, "today": today, "state": state, "kind": kind, "kinds": [(code, said(label)) for code, label in PLAN_KINDS.items()],
        "may_arrange": may_arrange(reader.actor, reader.street.code), "rows": rows, "lacking": plans.lacking(reader.actor), "mine": plans.my_measures(reader.actor),
        "overdue": sum(each.counts["overdue"] for each in open_rows), "open": len(open_rows),
        "reviews": sum(each.is_review_due for each in open_rows), "may_keep": may_keep(reader.actor, reader.street.code),
    }  # fmt: skip
    return render(request, "enterprise/plans.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/plans/new/?enterprise=<ref>"""
    told = request.POST if request.method == "POST" else request.GET
    firm = register.enterprise(told.get("enterprise", ""), by=reader.actor)
    first = {"problems": _why(firm), "review_on": reader.today + FORTNIGHT}
    form = forms.PlanForm(
        request.POST or None, choices=choices_of(firm.street, at=reader.at), auto_id="plan-%s", initial=first
    )
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: acts.open_plan(**_deed(reader), enterprise=firm.ref, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("方案已建立;请列出措施、责任人和期限。"))
            return redirect("firm_plan", made.ref)
    page = {
        "form": form,
        "firm": firm,
        "may_keep": may_keep(reader.actor, firm.street),
        "standing": plans.open_plan_of(firm),
    }
    return render(request, "enterprise/plan_new.html", page, status=422 if form.is_bound else 200)


def _why(firm: Any) -> str:
    """What is on record of why the firm stands still."""
    spell = firm.spells.filter(ends_at__isnull=True).first()
    return str(spell.reason) if spell else ""


@require_safe
@staff
def plan(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/plans/<ref>/"""
    return _page(request, reader, plans.plan(ref, by=reader.actor))


def _page(
    request: HttpRequest, reader: Reader, row: Any, *, refused: Refused | None = None, of_measure: tuple[str, Refused] | None = None
) -> HttpResponse:  # fmt: skip
    shown = plans.shown(row, today=reader.today)
    choices = choices_of(row.street, at=reader.at)
    later = reader.today + FORTNIGHT
    force = plans.force_of(row)
    first = {"review": {"next_on": later}, "measure": {"due_on": later}, "force": _present(force)}
    faults = refused or (of_measure[1] if of_measure else None)
    page = {
        "openable": openable(reader.actor, [each.row.case.ref for each in shown.measures if each.row.case]),
        "row": row, "at": reader.at, "shown": shown, "vitality": said(_states_of(row).get(row.vitality, row.vitality)),
        "kind": said(PLAN_KINDS[row.kind]), "group": group_shown(row, reader) if row.kind == "group" else None, "force": force, "reviews": list(row.reviews.select_related("by")),
        "measures": [
            (each, said(STATES[each.state]), TONES[each.state], _measure_offers(each.row, row, reader, choices, of_measure)) for each in shown.measures
        ],
        "offers": offered(_offered(row, reader), choices=choices, refused=refused, initial=first),
        "happened": [entry_shown(entry) for entry in reversed(plans.history_of(row))],
    }  # fmt: skip
    return render(request, "enterprise/plan.html", page, status=faults[2] if faults else 200)


def _states_of(row: Any) -> dict[str, str]:
    """The words for the state of what the plan stands for."""
    return STANDINGS if row.kind == "project" else VITALITIES


def _present(force: list[Any]) -> Told:
    now = [each for each in force if each.ends_at is None]
    lead = next((each.person.code for each in now if each.kind == "leader"), "")
    return {"lead": lead, "members": [each.person.code for each in now if each.kind != "leader"]}


def _offered(row: Any, reader: Reader) -> list[Step]:
    if row.closed_at is not None or not may_serve(reader.actor, row.street):
        return []
    return [step for step in STEPS.values() if step.name != "force" or may_arrange(reader.actor, row.street)]


def _measure_offers(
    measure: Any, row: Any, reader: Reader, choices: FirmChoices, refused: tuple[str, Refused] | None
) -> list[StepOffered]:  # fmt: skip
    """A measure is ended by its owner or whoever keeps the firm; its day is moved by the latter only."""
    is_mine, keeps = measure.owner_id == reader.actor.person_id, may_keep(reader.actor, row.street)
    if measure.ended or row.closed_at is not None or not (is_mine or keeps):
        return []
    steps = [step for step in MEASURE_STEPS.values() if step.name == "end" or (keeps and not is_mine)]
    mine = refused[1] if refused and refused[0] == measure.ref else None
    return offered(steps, choices=choices, refused=mine, mark=f"{measure.ref}-")


@require_POST
@staff
def step(request: HttpRequest, reader: Reader, ref: str, step: str) -> HttpResponse:
    """/enterprises/plans/<ref>/do/<step>/"""
    row = plans.plan(ref, by=reader.actor)
    refused = take(request, reader, STEPS, step, row, choices=choices_of(row.street, at=reader.at))
    if refused:
        return _page(request, reader, row, refused=refused)
    messages.success(request, str(STEPS[step].said))
    return redirect("firm_plan", ref)


@require_POST
@staff
def measure_step(request: HttpRequest, reader: Reader, ref: str, step: str) -> HttpResponse:
    """/enterprises/plans/measures/<ref>/<step>/"""
    row = plans.measure(ref, by=reader.actor)
    refused = take(
        request, reader, MEASURE_STEPS, step, row, choices=choices_of(row.street, at=reader.at), mark=f"{ref}-"
    )
    if refused:
        return _page(request, reader, plans.plan(row.plan.ref, by=reader.actor), of_measure=(ref, refused))
    messages.success(request, str(MEASURE_STEPS[step].said))
    return redirect("firm_plan", row.plan.ref)


@require_safe
@staff
def paper(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/plans/<ref>.docx: the plan on one page."""
    row = plans.plan(ref, by=reader.actor)
    shown = plans.shown(row, today=reader.today)
    made = plan_docx(row, shown, [each for each in plans.force_of(row) if each.ends_at is None], at=reader.at)
    return download(made, name=f"{row.name}{PLAN_KINDS[row.kind]}.docx", kind=DOCX)
