"""代办/帮办: orders in hand, one order with its materials, notices and steps, the matters, and how long they usually take."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.assist import STATES
from gridloop.core.errors import Broken, GridloopError
from gridloop.core.firm_access import may_arrange, may_serve, must_arrange
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.enterprise.actions import assisting as acts
from gridloop.offices.enterprise.queries import assisting
from gridloop.offices.enterprise.queries.solving import firm_behind
from gridloop.web.enterprise import solution_forms as forms
from gridloop.web.enterprise.forms import FirmChoices, choices_of
from gridloop.web.enterprise.lists import must_read
from gridloop.web.enterprise.stepping import Refused, Step, offered, take
from gridloop.web.enterprise.words import entry_shown
from gridloop.web.forms import tried
from gridloop.web.reader import Reader, staff

Told = dict[str, Any]
TONES = {"doing": "open", "finished": "good", "withdrawn": "quiet"}
MOST = 100


def _deed(reader: Reader, row: Any) -> Told:
    return {"by": reader.actor, "at": reader.at, "order": row.ref}


def _notice(reader: Reader, row: Any, told: Told) -> object:
    return acts.give_notice(**_deed(reader, row), how=told["how"], more=_lines(told["more"]), reason=told["reason"])


def _take(reader: Reader, row: Any, told: Told) -> object:
    return acts.take_material(**_deed(reader, row), materials=told["materials"])


def _do(reader: Reader, row: Any, told: Told) -> object:
    return acts.do_step(**_deed(reader, row), number=assisting.next_step(row), note=told["note"])


def _finish(reader: Reader, row: Any, told: Told) -> object:
    return acts.finish_assist(**_deed(reader, row), result=told["result"])


def _withdraw(reader: Reader, row: Any, told: Told) -> object:
    return acts.withdraw_assist(**_deed(reader, row), reason=told["reason"])


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "notice",
            gettext_lazy("一次性告知"),
            gettext_lazy("告知已记录,缺的材料都列在上面。"),
            forms.NoticeForm,
            _notice,
        ),
        Step("take", gettext_lazy("收到材料"), gettext_lazy("材料已记为收到。"), forms.MaterialsForm, _take),
        Step("do", gettext_lazy("办完这一步"), gettext_lazy("这一步已办完。"), forms.StepDoneForm, _do),
        Step("finish", gettext_lazy("办结"), gettext_lazy("已办结,用时已记下。"), forms.ResultForm, _finish),
        Step("withdraw", gettext_lazy("撤回"), gettext_lazy("已撤回。"), forms.ReasonForm, _withdraw, hurts=True),
    )
}


@require_safe
@staff
def orders(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/assists/?state=doing&matter=<ref>"""
    must_read(reader)
    state = request.GET.get("state", "doing")
    state = state if state in STATES else "doing"
    matter = request.GET.get("matter", "")[:20]
    rows = assisting.orders(reader.actor, state=state, matter=matter)
    page = {
        "at": reader.at, "state": state, "tabs": [(code, label) for code, label in STATES.items()], "count": rows.count(), "matter": matter,
        "rows": [(row, assisting.taken(row, at=reader.at), TONES[row.state]) for row in rows[:MOST]], "most": MOST,
    }  # fmt: skip
    return render(request, "enterprise/assists.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/assists/new/?case=<ref> or ?enterprise=<ref>"""
    told = request.POST if request.method == "POST" else request.GET
    firm, case = firm_behind(told.get("enterprise", ""), told.get("case", ""), by=reader.actor)
    matters = assisting.matters(firm.street)
    choices = FirmChoices(
        {**choices_of(firm.street, at=reader.at).lists, "matters": [(each.ref, each.name) for each in matters]}
    )
    form = forms.AcceptForm(request.POST or None, choices=choices, auto_id="accept-%s")
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: acts.accept_order(
                by=reader.actor, at=reader.at, enterprise=firm.ref, case=case.ref if case else "", brought=request.POST.getlist("brought")[:60],
                **form.cleaned_data,
            ))  # fmt: skip
        if made is not None:
            messages.success(request, _("已受理,用时从现在算起;缺材料请马上一次告知。"))
            return redirect("assist_order", made.ref)
    page = {
        "form": form,
        "firm": firm,
        "case": case,
        "matters": matters,
        "may_serve": may_serve(reader.actor, firm.street),
    }
    return render(request, "enterprise/assist_new.html", page, status=422 if form.is_bound else 200)


@require_safe
@staff
def order(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/assists/<ref>/"""
    return _page(request, reader, ref)


def _page(request: HttpRequest, reader: Reader, ref: str, *, refused: Refused | None = None) -> HttpResponse:
    row = assisting.order(ref, by=reader.actor)
    steps = list(row.steps.all())
    page = {
        "openable": openable(reader.actor, [row.case.ref] if row.case else []),
        "row": row, "at": reader.at, "tone": TONES[row.state], "taken": assisting.taken(row, at=reader.at), "steps": steps,
        "due": assisting.next_step(row), "notices": list(row.notices.select_related("given_by")),
        "offers": offered(_offered(row, reader), choices=_choices(row, reader), refused=refused),
        "happened": [entry_shown(entry) for entry in reversed(assisting.history_of(row))],
    }  # fmt: skip
    return render(request, "enterprise/assist.html", page, status=refused[2] if refused else 200)


def _offered(row: Any, reader: Reader) -> list[Step]:
    """What can be done now; a second notice is offered to supervisors only."""
    if row.state != "doing" or not may_serve(reader.actor, row.street):
        return []
    waiting = any(not each["come_at"] for each in row.materials)
    told = row.notices.count()
    names = ["notice"] if not told or assisting.may_supervise(reader.actor, row) else []
    names += ["take"] if waiting else []
    names += ["do"] if assisting.next_step(row) else ["finish"]
    return [STEPS[name] for name in (*names, "withdraw")]


def _choices(row: Any, reader: Reader) -> FirmChoices:
    materials = [(each["name"], each["name"]) for each in row.materials if not each["come_at"]]
    return FirmChoices({**choices_of(row.street, at=reader.at).lists, "materials": materials})


@require_POST
@staff
def step(request: HttpRequest, reader: Reader, ref: str, step: str) -> HttpResponse:
    """/enterprises/assists/<ref>/do/<step>/"""
    row = assisting.order(ref, by=reader.actor)
    refused = take(request, reader, STEPS, step, row, choices=_choices(row, reader))
    if refused:
        return _page(request, reader, ref, refused=refused)
    messages.success(request, str(STEPS[step].said))
    return redirect("assist_order", ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def matters(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/assists/matters/: what can be seen through, and a form for another."""
    must_read(reader)
    street = reader.street.code
    form = forms.MatterForm(request.POST or None, choices=choices_of(street, at=reader.at), auto_id="matter-%s")
    if request.method == "POST":
        must_arrange(reader.actor, street)
    if request.method == "POST" and form.is_valid():
        told = {name: _lines(value) if name != "name" else value for name, value in form.cleaned_data.items()}
        try:
            acts.set_matter(by=reader.actor, at=reader.at, street=street, **told)
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
        else:
            messages.success(request, _("事项已登记。"))
            return redirect("assist_matters")
    page = {"matters": assisting.matters(street), "form": form, "may_arrange": may_arrange(reader.actor, street)}
    return render(request, "enterprise/matters.html", page, status=422 if form.is_bound else 200)


@require_POST
@staff
def retire(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/assists/matters/<ref>/retire/"""
    acts.retire_matter(by=reader.actor, at=reader.at, matter=ref)
    messages.success(request, _("事项已停用;在办的单子照常办完。"))
    return redirect("assist_matters")


@require_safe
@staff
def times(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/assists/times/: n, p50 and p90 of each matter, and of the cases of firms by category."""
    must_read(reader)
    page = {
        "matters": assisting.usual_of_matters(reader.actor),
        "cases": assisting.usual_of_cases(reader.actor),
        "most": assisting.MOST_SPANS,
    }
    return render(request, "enterprise/assist_times.html", page)
