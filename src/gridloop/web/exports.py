"""Taking the present list out as a file, and the register of everything that was taken out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.errors import GridloopError, NotAllowed
from gridloop.offices.cases.actions.exports import (
    MOST_ROWS,
    MOST_WITH_CONTACTS,
    Asked,
    export_cases,
    may_show_contacts,
    may_take_out,
)
from gridloop.offices.cases.actions.searching import note_what_is_sought
from gridloop.offices.cases.queries.columns import COLUMNS
from gridloop.offices.cases.queries.lists import Filter
from gridloop.offices.cases.queries.views import exports_of, may_read_exports
from gridloop.web import list_filters as filters
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

PAGE = 50


class ExportForm(forms.Form):
    """What is taken out and why."""

    file_format = forms.ChoiceField(
        label=_("格式"), choices=[("xlsx", _("Excel 工作簿(.xlsx)")), ("csv", _("逗号分隔文本(.csv)"))], initial="xlsx", widget=forms.RadioSelect,
    )  # fmt: skip
    purpose = forms.CharField(
        label=_("用途"), max_length=200, widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text=_("写明给谁用、做什么,例如:报区城管局四月路灯专项。会印在文件上并登记。"),
    )  # fmt: skip
    columns = forms.MultipleChoiceField(
        label=_("列(编号和标题总在最前)"), choices=(), widget=forms.CheckboxSelectMultiple
    )
    shows_contacts = forms.BooleanField(
        label=_("含反映人姓名和电话"), required=False,
        help_text=_("默认隐藏。含个人信息的导出最多 200 件,逐件记入查看记录。"),
    )  # fmt: skip

    def __init__(self, *args: Any, offers_contacts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = [(name, said(column.label)) for name, column in COLUMNS.items()]  # type: ignore[attr-defined]
        if not offers_contacts:
            del self.fields["shows_contacts"]


def _without_number(request: HttpRequest, reader: Reader) -> Filter:
    """What the address asks for; a whole telephone number among the words is exchanged for its blind index, as the list does."""
    wanted = filters.wanted_from(request.GET)
    words, phone = note_what_is_sought(by=reader.actor, at=reader.at, said=wanted.text)
    return replace(wanted, text=words, phone=phone) if phone else wanted


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def export(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/export/?(the list's own address): asks for the purpose; posted, it answers with the file."""
    if not may_take_out(reader.actor):
        raise NotAllowed("cases.may_not_export", "导出由值班受理岗、负责人、核查员或审计管理员来做;请联系他们。")
    wanted, columns = _without_number(request, reader), filters.columns_from(request.GET)
    offers = may_show_contacts(reader.actor)
    if request.method != "POST":
        return _ask(request, reader, ExportForm(initial={"columns": list(columns)}, offers_contacts=offers))
    form = ExportForm(request.POST, offers_contacts=offers)
    if not form.is_valid():
        return _ask(request, reader, form, status=422)
    told = form.cleaned_data
    asked = Asked(
        wanted=replace(wanted, after=""), query=filters.query_of(replace(wanted, after=""), columns)[:1000],
        condition=filters.in_words(wanted, reader), columns=_with_reporter(told), file_format=told["file_format"], purpose=told["purpose"],
        shows_contacts=told.get("shows_contacts", False),
    )  # fmt: skip
    try:
        made = export_cases(by=reader.actor, at=reader.at, asked=asked)
    except GridloopError as error:
        form.add_error(None, error.sentence)
        return _ask(request, reader, form, status=error.status)
    answer = HttpResponse(made.content, content_type=made.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _with_reporter(told: dict[str, Any]) -> list[str]:
    """Whoever asks for reporters in the clear gets their column too."""
    wanted = told.get("shows_contacts", False) and "reporter" not in told["columns"]
    return [*told["columns"], *(["reporter"] if wanted else [])]


def _ask(request: HttpRequest, reader: Reader, form: ExportForm, *, status: int = 200) -> HttpResponse:
    wanted = filters.wanted_from(request.GET)
    page = {
        "form": form, "condition": filters.in_words(wanted, reader), "most": MOST_ROWS, "most_with_contacts": MOST_WITH_CONTACTS,
        "query": filters.query_of(replace(wanted, after=""), filters.columns_from(request.GET)),
    }  # fmt: skip
    return render(request, "console/export.html", page, status=status)


@require_safe
@staff
def exports(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/exports/?before=…: the register, newest first; for the audit keeper and the leaders."""
    if not may_read_exports(reader.actor):
        raise NotAllowed("cases.may_not_read_exports", "导出登记由审计管理员和街道领导查看。")
    before = request.GET.get("before", "")
    rows = exports_of(
        reader.actor,
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 0,
        size=PAGE + 1,
    )
    page = {"rows": rows[:PAGE], "next": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "", "labels": COLUMNS}
    return render(request, "console/exports.html", page)
