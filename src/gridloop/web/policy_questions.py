"""/policies/questions/: what firms ask about policies, with the clause that the answer rests on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gridloop.core.errors import Broken, GridloopError
from gridloop.core.policy_access import may, must
from gridloop.offices.policies import actions
from gridloop.offices.policies.queries import finding
from gridloop.web.forms import StyledForm, line, words
from gridloop.web.reader import Reader, staff
from gridloop.web.webhooks import NO_CHOICES

MOST_TEXT = 60


class QuestionForm(StyledForm):
    """A question, its answer and what it rests on."""

    question = line(gettext_lazy("问题"))
    answer = words(gettext_lazy("答复"))
    policy = forms.ChoiceField(label=gettext_lazy("依据的政策"), required=False)
    clause = forms.IntegerField(label=gettext_lazy("第几条"), required=False, min_value=1, max_value=40)
    source = line(gettext_lazy("来源"), required=False, longest=120, hint=gettext_lazy("例如:5月10日政策宣讲会。"))

    def __init__(self, *args: Any, policies: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        field: Any = self.fields["policy"]
        field.choices = [("", _("不引政策")), *((each.ref, each.title) for each in policies)]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def questions(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/policies/questions/?text=房租"""
    street = reader.street.code
    in_force = finding.policies(reader.actor, street=street, on=reader.today)
    form = QuestionForm(request.POST or None, policies=in_force)
    if request.method == "POST":
        must(reader.actor, "draft", street=street)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_question(by=reader.actor, at=reader.at, street=street, **form.cleaned_data)
            messages.success(request, _("已保存,大家都能查到。"))
            return redirect("policy_questions")
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
    text = request.GET.get("text", "")[:MOST_TEXT]
    page = {
        "rows": finding.questions(reader.actor, street=street, text=text), "text": text, "form": form,
        "may_draft": may(reader.actor, "draft", street=street),
    }  # fmt: skip
    return render(request, "policies/questions.html", page, status=422 if form.is_bound else 200)


@require_POST
@staff
def retire(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/policies/questions/<ref>/retire/"""
    actions.retire_question(by=reader.actor, at=reader.at, question=ref)
    messages.success(request, _("已撤下。"))
    return redirect("policy_questions")
