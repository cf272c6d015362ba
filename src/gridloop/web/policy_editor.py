"""Writing a policy: its fields, its clauses row by row with a preview of whom it would fit, and policies from a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.cells import csv_file
from gridloop.core.errors import Broken, GridloopError, WrongInput
from gridloop.core.policy_access import must
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.enterprise.queries.facts import FACTS
from gridloop.offices.policies import actions
from gridloop.offices.policies.actions.drafting import LONGEST, told_of
from gridloop.offices.policies.actions.importing import COLUMNS
from gridloop.offices.policies.clauses import OPERATORS, Fault, RowTold, clauses_of, read_rows, rows_of
from gridloop.offices.policies.queries import finding, matching
from gridloop.offices.policies.queries import words as policy_words
from gridloop.web.downloads import download
from gridloop.web.forms import StyledForm, day_field, line, words
from gridloop.web.policies import rev_of
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken
from gridloop.web.setup_sheets import CSV_TYPE, XLSX_TYPE, lines_of, xlsx_of
from gridloop.web.webhooks import NO_CHOICES

EMPTY_ROWS = 3
MOST_TITLES = 10
"""Rows in which the header is looked for: a title may stand above it."""
MOST_ROWS = 60
PARTS = ("clause", "quote", "fact", "operator", "value", "excluded", "written")


class PolicyForm(StyledForm):
    """A policy's own fields; its clauses are rows beside them."""

    title = line(gettext_lazy("标题"), longest=LONGEST["title"])
    issuer = line(gettext_lazy("发文机关"), longest=LONGEST["issuer"])
    number = line(gettext_lazy("文号"), required=False, longest=LONGEST["number"])
    level = forms.ChoiceField(label=gettext_lazy("层级"))
    topic = forms.ChoiceField(label=gettext_lazy("主题"))
    valid_from = day_field(gettext_lazy("有效期自"))
    valid_until = day_field(gettext_lazy("有效期至"), required=False)
    benefit = words(gettext_lazy("惠企内容"), longest=LONGEST["benefit"])
    materials = words(gettext_lazy("申报材料"), required=False, rows=2, longest=LONGEST["materials"])
    how = words(
        gettext_lazy("办理方式"), required=False, rows=2, longest=LONGEST["how"],
        hint=gettext_lazy("我们只告知和引导,不受理资金发放。"),
    )  # fmt: skip
    contact_unit = line(gettext_lazy("咨询单位"), required=False, longest=LONGEST["contact_unit"])
    contact_phone = line(gettext_lazy("咨询电话"), required=False, longest=LONGEST["contact_phone"], hint=gettext_lazy("写办公电话,不写个人手机。"))  # fmt: skip
    link = line(gettext_lazy("原文链接"), required=False, longest=LONGEST["link"])
    auto_grant = forms.BooleanField(
        label=gettext_lazy("免申即享"), required=False, help_text=gettext_lazy("企业不用申请,由发文机关直接兑现。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        for name, labels in (("level", policy_words.LEVELS), ("topic", policy_words.TOPICS)):
            field: Any = self.fields[name]
            field.choices = [(code, spoken(label)) for code, label in labels.items()]


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of the editor with what is wrong with it."""

    place: int
    told: RowTold
    faults: dict[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/policies/new/?of=<ref>: a new policy, or the next version of one."""
    must(reader.actor, "draft", street=reader.street.code)
    of = request.POST.get("of", "") or request.GET.get("of", "")
    before = finding.policy(of, by=reader.actor) if of else None
    if request.method == "POST" and "preview" not in request.POST:
        return _sent(request, reader, before=before)
    return _form(request, reader, before=before)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def edit(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/policies/<ref>/edit/: a draft is changed."""
    found = finding.policy(ref, by=reader.actor)
    must(reader.actor, "draft", street=found.street)
    if request.method == "POST" and "preview" not in request.POST:
        return _sent(request, reader, draft=found)
    return _form(request, reader, draft=found)


@require_POST
@staff
def look(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/policies/preview/: whom the clauses of the form would fit, as a fragment."""
    must(reader.actor, "draft", street=reader.street.code)
    clauses, faults = read_rows(rows_told(request))
    page = {"preview": matching.preview(reader.street.code, clauses_of(clauses)) if clauses else None, "faults": faults}
    return render(request, "policies/preview.html", page)


def _sent(request: HttpRequest, reader: Reader, *, draft: Any = None, before: Any = None) -> HttpResponse:
    form = PolicyForm(request.POST)
    clauses, faults = read_rows(rows_told(request))
    if not form.is_valid() or faults:
        return _form(request, reader, draft=draft, before=before, form=form, faults=faults)
    told = actions.Told(
        **form.cleaned_data, clauses=clauses, is_example=(draft or before).is_example if draft or before else False
    )
    try:
        ref = _kept(request, reader, told, draft=draft, before=before)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _form(request, reader, draft=draft, before=before, form=form)
    messages.success(request, _("草稿已保存;请一位同事核对后发布。"))
    return redirect("policy", ref)


def _kept(request: HttpRequest, reader: Reader, told: Any, *, draft: Any, before: Any) -> str:
    """The draft's ref; a form sent twice makes one."""
    if draft:
        return str(
            actions.change_draft(by=reader.actor, at=reader.at, policy=draft.ref, told=told, rev=rev_of(request)).ref
        )

    def make() -> dict[str, str]:
        made = actions.draft_policy(
            by=reader.actor, at=reader.at, street=reader.street.code, told=told, replaces=before.ref if before else ""
        )
        return {"ref": made.ref}

    answer, _repeated = once_sealed(
        door=f"policy:{reader.actor.ref}",
        key=request.POST.get("key", "")[:64],
        content=told.title,
        at=reader.at,
        do=make,
    )
    return str(answer["ref"])


def _form(
    request: HttpRequest, reader: Reader, *, draft: Any = None, before: Any = None, form: PolicyForm | None = None, faults: list[Fault] | None = None
) -> HttpResponse:  # fmt: skip
    shown = draft or before
    posted = request.method == "POST"
    if posted:
        rows = [row for row in rows_told(request) if not row.is_empty]
        form = form or PolicyForm(request.POST)
    else:
        rows = rows_of(shown.clauses) if shown else []
        told = told_of(shown) if shown else None
        initial = (
            {name: getattr(told, name) for name in PolicyForm.base_fields}
            if told
            else {"valid_from": reader.today, "level": "district"}
        )
        form = PolicyForm(initial=initial)
    clauses, wrong = read_rows([_numbered(row, place) for place, row in enumerate(rows)]) if rows else ([], [])
    page = {
        "form": form, "policy": draft, "before": before, "rows": rows_shown(rows, faults if faults is not None else wrong if posted else []),
        "facts": list(FACTS.values()), "operators": OPERATORS, "key": request.POST.get("key") or uuid4().hex, "faults": faults,
        "rev": request.POST.get("rev") or (draft.rev if draft else 0),
        "preview": matching.preview(reader.street.code, clauses_of(clauses)) if clauses else None,
    }  # fmt: skip
    return render(
        request,
        "policies/edit.html",
        page,
        status=422 if faults or (form.is_bound and form.errors and "preview" not in request.POST) else 200,
    )


def rows_told(request: HttpRequest) -> list[RowTold]:
    """The rows of the form, numbered from 0 as they stand."""
    columns = {part: request.POST.getlist(part)[:MOST_ROWS] for part in PARTS}
    count = max((len(values) for values in columns.values()), default=0)
    found = [
        RowTold(
            **{part: values[place] if place < len(values) else "" for part, values in columns.items()}, number=place
        )
        for place in range(count)
    ]
    return [row for row in found if not row.is_empty]


def _numbered(row: RowTold, place: int) -> RowTold:
    return RowTold(row.clause, row.quote, row.fact, row.operator, row.value, row.excluded, place, row.written)


def rows_shown(rows: list[RowTold], faults: list[Fault]) -> list[RowShown]:
    """The rows and a few empty ones below; each fault at its row."""
    last = max((int(row.clause) for row in rows if row.clause.isdecimal()), default=0)
    empty = [RowTold(clause=str(last + place)) for place in range(1, EMPTY_ROWS + 1)]
    at: dict[int, dict[str, str]] = {}
    for fault in faults:
        at.setdefault(fault.row, {})[fault.field] = fault.reason
    return [
        RowShown(place, row, at.get(row.number if row.number else place, {}) if not row.is_empty else {})
        for place, row in enumerate([*rows, *empty])
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def upload(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/policies/import/: good policies become drafts, bad rows are named."""
    must(reader.actor, "draft", street=reader.street.code)
    found, error = None, None
    if request.method == "POST":
        try:
            found = actions.import_policies(
                by=reader.actor, at=reader.at, street=reader.street.code, rows=_uploaded(request)
            )
        except Broken:
            raise
        except GridloopError as refused:
            error = refused
    status = error.status if error else 422 if found and found.faults and not found.made else 200
    page = {"found": found, "error": error, "columns": COLUMNS, "facts": list(FACTS.values()), "operators": OPERATORS}
    return render(request, "policies/import.html", page, status=status)


def _uploaded(request: HttpRequest) -> list[tuple[int, dict[str, str]]]:
    """The rows of the file under the names of our columns. Raises WrongInput."""
    file = request.FILES.get("file")
    if file is None:
        raise WrongInput("web.no_file", "请选择要上传的文件。", field="file")
    lines = lines_of(file.read())
    known = {title: name for name, label in COLUMNS.items() for title in (name, label)}
    headers = ([known.get(title.strip().lstrip("\ufeff"), "") for title in row] for _, row in lines[:MOST_TITLES])
    above, header = next(((at, found) for at, found in enumerate(headers, 1) if "title" in found), (0, []))
    if not header:
        raise WrongInput("web.unknown_column", f"表头要有“标题”等列:{'、'.join(COLUMNS.values())}。", field="file")
    return [
        (number, {name: cell for name, cell in zip(header, row, strict=False) if name}) for number, row in lines[above:]
    ]


@require_safe
@staff
def sheet(request: HttpRequest, reader: Reader, form: str) -> HttpResponse:
    """/policies/import/sheet.xlsx: an empty sheet with one example."""
    table = [list(COLUMNS.values()), *policy_words.sheet_example()]
    content, kind = (csv_file(table), CSV_TYPE) if form == "csv" else (xlsx_of(table, title="政策"), XLSX_TYPE)
    return download(content, name=f"政策导入表.{form}", kind=kind)
