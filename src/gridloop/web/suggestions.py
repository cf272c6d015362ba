"""/setup/suggestions/: the suggestion box of the keeper's street, read and answered. And /setup/publicity/: what the street shows to everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.anonymity import LEAST_K
from gridloop.core.errors import Broken, GridloopError, WrongInput
from gridloop.offices.notices.publicity import queries as publicity
from gridloop.offices.notices.publicity.actions import MOST_K, set_publicity
from gridloop.offices.notices.suggestions import queries as box
from gridloop.offices.notices.suggestions.actions import LONGEST, answer_suggestion, look_at_contact
from gridloop.web.reader import Reader, staff

MOST_HOURS = 720


class PublicityForm(forms.Form):
    """What the street shows, and why."""

    shows_map = forms.BooleanField(
        label=gettext_lazy("公开问题地图"),
        required=False,
        help_text=gettext_lazy("按网格显示未答复问题的反映人数;不显示内容。"),
    )
    shows_names = forms.BooleanField(
        label=gettext_lazy("公开答复责任人姓名"),
        required=False,
        help_text=gettext_lazy("反映人的查询页默认只写岗位;勾选后也写姓名。"),
    )
    least = forms.IntegerField(
        label=gettext_lazy("最少人数"),
        min_value=LEAST_K,
        max_value=MOST_K,
        help_text=gettext_lazy("不到这个人数的格和类别不显示。"),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("延迟(小时)"),
        min_value=24,
        max_value=MOST_HOURS,
        help_text=gettext_lazy("反映满这么久才计入。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, help_text=gettext_lazy("记入台账,例如会议名称和日期。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("least", "hours", "reason"):
            self.fields[name].widget.attrs["class"] = "form-control"


@require_safe
@staff
def suggestions(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/suggestions/?state=new&after="""
    return _list(request, reader)


def _list(
    request: HttpRequest, reader: Reader, *, problem: str = "", ref: str = "", status: int = 200, contact: str = "", unmask_error: str = "",
) -> HttpResponse:  # fmt: skip
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    rows = box.suggestions(
        by=reader.actor,
        state=state,
        after=int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else 0,
    )
    page = {
        "rows": rows,
        "state": state,
        "more": rows[-1].pk if len(rows) == box.PAGE else 0,
        "new": box.count_new(by=reader.actor),
        "problem": problem,
        "refused": ref,
        "contact": contact,
        "unmask_error": unmask_error,
        "said": request.POST.get("answer", ""),
        "longest": LONGEST,
    }
    return render(request, "setup/suggestions.html", page, status=status)


@require_POST
@staff
def contact(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/suggestions/<ref>/contact/: shown on this answer only; the reason is written down."""
    try:
        told = look_at_contact(by=reader.actor, at=reader.at, suggestion=ref, reason=request.POST.get("reason", ""))
    except WrongInput as error:
        return _list(request, reader, unmask_error=error.sentence, ref=ref, status=error.status)
    return _list(request, reader, ref=ref, contact=told)


@require_POST
@staff
def answer(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/suggestions/<ref>/answer/"""
    try:
        answer_suggestion(by=reader.actor, at=reader.at, suggestion=ref, answer=request.POST.get("answer", ""))
    except Broken:
        raise
    except GridloopError as error:
        if error.status in (403, 404):
            raise
        return _list(request, reader, problem=error.sentence, ref=ref, status=error.status)
    messages.success(request, _("已答复;对方在自己的网址上能看到。"))
    return redirect("suggestions")


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def publicity_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/publicity/"""
    present = publicity.publicity_of(reader.street.code)
    first = {
        "shows_map": present.shows_map,
        "shows_names": present.shows_names,
        "least": present.least,
        "hours": int(present.delay_for.total_seconds() // 3600),
    }
    form = PublicityForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid() and _was_set(form, reader):
        messages.success(request, _("已记入台账,马上生效。"))
        return redirect("publicity")
    page = {
        "form": form,
        "present": present,
        "hours": first["hours"],
        "decisions": publicity.decisions(reader.street.code),
        "street": reader.street,
    }
    return render(request, "setup/publicity.html", page, status=422 if form.is_bound else 200)


def _was_set(form: PublicityForm, reader: Reader) -> bool:
    """Whether the decision was taken; a refusal stands in the form. Raises NotAllowed."""
    told = form.cleaned_data
    try:
        set_publicity(
            by=reader.actor, at=reader.at, street=reader.street.code, shows_map=told["shows_map"], least=told["least"],
            delay_for=timedelta(hours=told["hours"]), reason=told["reason"], shows_names=told["shows_names"],
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        if error.status == 403:
            raise
        named = {"delay": "hours"}.get(str(error.fields.get("field", "")), str(error.fields.get("field", "")))
        form.add_error(named if named in form.fields else None, error.sentence)
        return False
    return True
