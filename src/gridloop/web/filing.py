"""Filing by staff: a caller's, a visitor's or one's own problem. What comes back is the number, the unit with its reason, the date,
and the receipt to hand to the caller: shown in this answer only (and again if the very same form is sent again)."""

from __future__ import annotations

import io
from typing import Any, ClassVar

import segno
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gridloop.core.access import FILES_CASES, Actor
from gridloop.core.errors import Broken, GridloopError, NotAllowed
from gridloop.offices.archive.actions import once
from gridloop.offices.archive.concealed import conceal, reveal
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.cases.queries import finding, words
from gridloop.web.drawing import draw_picker
from gridloop.web.forms import StyledForm, line, offered
from gridloop.web.forms import words as sentences
from gridloop.web.reader import Reader, staff
from gridloop.web.verbs import new_key

SOURCE_OF_ROLE = {"service_manager": "manager", "grid_worker": "grid", "grid_leader": "grid", "duty_desk": "phone"}
STAFF_SOURCES = ("phone", "public", "enterprise", "manager", "grid", "forum", "superior")


class FilingForm(StyledForm):
    """What is told about a problem. Only the text is required; an empty place or category is an answer too."""

    offers: ClassVar = {"category": "categories", "grid": "grids"}
    empty_choice: ClassVar[Any] = _("由系统判断")
    text = sentences(_("反映的问题"), rows=5, hint=_("照反映人的原话写,包括时间、地点、影响。"), longest=4000)
    source = forms.ChoiceField(
        label=_("来源"), choices=[(source, _(words.SOURCES[source])) for source in STAFF_SOURCES]
    )
    address = line(_("地址"), required=False, hint=_("小区、路段或门牌,例如“柳荫路1号院”。"), longest=200)
    grid = forms.ChoiceField(label=_("网格"), required=False, help_text=_("选定网格后以网格为准。"))
    category = forms.ChoiceField(
        label=_("类别"), required=False, help_text=_("留空则由系统建议;系统拿不准时转值班受理岗。")
    )
    grade = forms.ChoiceField(
        label=_("等级"),
        choices=[(grade, _(label)) for grade, label in words.GRADES.items()],
        initial="ordinary",
        widget=forms.RadioSelect,
    )
    grade_reason = line(_("定为疑难的理由"), required=False, hint=_("定为疑难必填,还要由第二个人确认。"))
    priority = forms.ChoiceField(
        label=_("优先级"),
        choices=[(code, _(label)) for code, label in words.PRIORITIES.items()],
        initial="normal",
        widget=forms.RadioSelect,
    )
    enterprise = line(_("企业名称"), required=False, longest=120)
    reporter_name = line(_("反映人称呼"), required=False, longest=60)
    reporter_phone = line(
        _("反映人电话"), required=False, hint=_("用于回访;只有办理此件的人写明理由才能查看。"), longest=30
    )
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=128)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new_case(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/new/"""
    if not reader.actor.roles(reader.street.code) & FILES_CASES:
        raise NotAllowed("cases.may_not_file", "您的岗位不登记事项;请联系值班受理岗。")
    choices = offered(reader.street.code, at=reader.at)
    if request.method != "POST":
        return _form_page(
            request,
            reader,
            FilingForm(choices=choices, initial={"source": _usual_source(reader.actor), "key": new_key()}),
        )
    form = FilingForm(request.POST, choices=choices)
    if not form.is_valid():
        return _form_page(request, reader, form, status=422)
    try:
        ref, receipt = _filed(form, reader)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _form_page(request, reader, form, status=error.status)
    return _receipt_page(request, reader, ref=ref, receipt=receipt)


def _usual_source(actor: Actor) -> str:
    return next((SOURCE_OF_ROLE[post.role] for post in actor.posts if post.role in SOURCE_OF_ROLE), "public")


def _form_page(request: HttpRequest, reader: Reader, form: FilingForm, *, status: int = 200) -> HttpResponse:
    return render(
        request, "console/new_case.html", {"form": form, "map": draw_picker(reader.street.code)}, status=status
    )


def _filed(form: FilingForm, reader: Reader) -> tuple[str, str]:
    """The case's reference and the receipt's secret, once for the form's key; kept encrypted for a repeated submission."""
    told = {name: value for name, value in form.cleaned_data.items() if name != "key"}

    def do() -> dict[str, Any]:
        filed = file_case(by=reader.actor, at=reader.at, street=reader.street.code, filing=Filing(**told))
        return {"case": filed.case.ref, "sealed": conceal(filed.receipt)}

    answer, _repeated = once(
        door=f"web:{reader.actor.ref}", key=form.cleaned_data["key"], content=told, at=reader.at, do=do
    )
    return answer["case"], reveal(answer["sealed"])


def _receipt_page(request: HttpRequest, reader: Reader, *, ref: str, receipt: str) -> HttpResponse:
    address = f"{settings.PUBLIC_URL.rstrip('/')}{follow_address(receipt)}"
    page = {
        "case": finding.scoped_case(ref, by=reader.actor),
        "address": address,
        "code": quick_response_code(address),
        "at": reader.at,
    }
    return render(request, "console/filed.html", page)


def follow_address(receipt: str) -> str:
    """Where the reporter follows the case: the public page that the receipt's secret opens."""
    return reverse("follow", args=[receipt])


def quick_response_code(address: str) -> SafeString:
    """The address as a QR drawing."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, scale=4, omitsize=True, title="回执二维码"
    )
    return SafeString(drawn.getvalue().decode())
