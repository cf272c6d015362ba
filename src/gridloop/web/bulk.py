"""One verb for many ticked cases: chosen on the list, looked over with its form, done one by one, each with its own result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from gridloop.core.errors import GridloopError, WrongInput
from gridloop.offices.cases.actions.bulk import LABELS, MOST, Chosen, chosen_now, do_to_each
from gridloop.offices.cases.queries.lists import list_cases
from gridloop.web import verb_forms as asks
from gridloop.web.forms import CaseForm, offered, words
from gridloop.web.list_filters import columns_from, query_of, wanted_from
from gridloop.web.reader import Reader, staff
from gridloop.web.verbs import new_key
from gridloop.web.wording import said


class ReclassifyForm(CaseForm):
    """更正 of many: the category only; places differ from case to case."""

    offers: ClassVar = {"category": "categories"}
    category = forms.ChoiceField(label=_("正确的类别"))
    reason = words(_("更正理由"), rows=2)


FORMS: dict[str, type[CaseForm]] = {
    "accept": asks.PlainForm, "begin_work": asks.PlainForm, "note_progress": asks.TextForm, "assign": asks.AssignForm,
    "correct": ReclassifyForm, "raise_case": asks.ReasonForm, "rework": asks.ReasonForm, "resume": asks.ReasonForm,
    "strike_off": asks.RemarkForm, "archive_case": asks.PlainForm,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BulkVerb:
    name: str
    label: str


def bulk_verbs() -> list[BulkVerb]:
    """The verbs that may be done to many cases at once, in the order of the chart."""
    return [BulkVerb(name, said(label)) for name, label in LABELS.items()]


@require_POST
@staff
def bulk(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/bulk/: first the chosen cases with the verb's form, then (``confirmed``) the result of each."""
    verb = request.POST.get("verb", "")
    if verb not in FORMS:
        raise WrongInput("cases.not_in_bulk", "请先选择要做的动作,再勾选事项。", field="verb")
    chosen = _chosen(request.POST, reader)
    if not chosen:
        raise WrongInput("cases.nothing_chosen", "请先勾选要处理的事项。", field="case")
    choices = offered(reader.street.code, at=reader.at)
    if not request.POST.get("confirmed"):
        form = FORMS[verb](choices=choices, initial={"rev": 0, "key": new_key()}, auto_id="bulk-%s")
        return _ask(request, reader, verb, chosen, form)
    form = FORMS[verb](request.POST, choices=choices, auto_id="bulk-%s")
    if not form.is_valid():
        return _ask(request, reader, verb, chosen, form, status=422)
    return _do(request, reader, verb, chosen, form)


def _chosen(sent: QueryDict, reader: Reader) -> list[Chosen]:
    """The ticked cases (``ref:rev``), or the first two hundred of the filter."""
    if sent.get("all") and not sent.get("confirmed"):
        wanted = wanted_from(QueryDict(sent.get("query", "")[:2000]))
        return [Chosen(case.ref, case.rev) for case in list_cases(reader.actor, wanted, size=MOST).cases]
    return [_named(each) for each in dict.fromkeys(sent.getlist("case"))]


def _named(said_as: str) -> Chosen:
    ref, _colon, rev = said_as.partition(":")
    return Chosen(ref[:20], int(rev) if rev.isascii() and rev.isdecimal() and len(rev) < 10 else None)


def _ask(
    request: HttpRequest, reader: Reader, verb: str, chosen: list[Chosen], form: CaseForm, *, status: int = 200
) -> HttpResponse:
    """The verb's form above the cases it will be done to."""
    cases = chosen_now(reader.actor, [each.ref for each in chosen])
    revisions = {each.ref: each.rev for each in chosen}
    page: dict[str, Any] = {
        "verb": verb, "label": said(LABELS[verb]), "form": form, "cases": cases, "at": reader.at, "most": MOST,
        "too_many": len(chosen) > MOST, "query": _query(request.POST),
        "picks": [f"{case.ref}:{case.rev if revisions[case.ref] is None else revisions[case.ref]}" for case in cases],
        "tone": "bad" if verb in ("raise_case", "rework") else "",
    }  # fmt: skip
    return render(request, "console/bulk.html", page, status=status)


def _do(request: HttpRequest, reader: Reader, verb: str, chosen: list[Chosen], form: CaseForm) -> HttpResponse:
    try:
        results = do_to_each(
            by=reader.actor, at=reader.at, verb=verb, cases=chosen, told=form.arguments(), key=form.cleaned_data["key"]
        )
    except GridloopError as error:
        form.refuse(error)
        return _ask(request, reader, verb, chosen, form, status=error.status)
    done = sum(result.is_done for result in results)
    page = {
        "label": said(LABELS[verb]), "results": results, "done": done, "refused": len(results) - done,
        "back": f"{reverse('cases')}?{_query(request.POST)}",
    }  # fmt: skip
    return render(request, "console/bulk_done.html", page)


def _query(sent: QueryDict) -> str:
    """The list's address part, read and written again."""
    asked = QueryDict(sent.get("query", "")[:2000])
    return query_of(wanted_from(asked), columns_from(asked))
