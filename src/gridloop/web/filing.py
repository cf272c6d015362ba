"""Filing by staff: a caller's, a visitor's or one's own problem. What comes back is the number, the unit with its reason, the date,
and the receipt to hand to the caller: shown in this answer only (and again if the very same form is sent again).

While one types, the page asks for places, categories, a suggestion and open cases that look alike (``look``). Cases that look alike are
shown before anything is saved: whoever files says "the same trouble" (the telling joins that case) or "a different one". Without a
script the form comes back once with the same question.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, ClassVar

import segno
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.access import Actor
from gridloop.core.errors import Broken, GridloopError
from gridloop.offices.archive.repeated import once_sealed, was_done
from gridloop.offices.cases.actions import Filed, Filing, Joined, file_case, join_case, must_file
from gridloop.offices.cases.queries import finding, likeness, offering, words
from gridloop.offices.enterprise.queries import register
from gridloop.web.asked import asked, with_answers
from gridloop.web.drawing import draw_picker
from gridloop.web.forms import StyledForm, line, offered
from gridloop.web.forms import words as sentences
from gridloop.web.reader import Reader, staff
from gridloop.web.uploads import HINT, FilesField, attach_told, digests
from gridloop.web.verbs import new_key

SOURCE_OF_ROLE = {"service_manager": "manager", "grid_worker": "grid", "grid_leader": "grid", "duty_desk": "phone"}
DIFFERENT = "different"
LONGEST_QUERY = 60
STAFF_SOURCES = ("phone", "paper", "public", "enterprise", "manager", "grid", "forum", "superior")


class FilingForm(StyledForm):
    """What is told about a problem. Only the text is required; an empty place or category is an answer too."""

    offers: ClassVar = {"category": "categories", "grid": "grids"}
    empty_choice: ClassVar[Any] = _("由系统判断")
    text = sentences(_("反映的问题"), rows=5, hint=_("照反映人的原话写,包括时间、地点、影响。"), longest=10_000)
    source = forms.ChoiceField(
        label=_("来源"), choices=[(source, _(words.SOURCES[source])) for source in STAFF_SOURCES]
    )
    address = line(
        _("地址"),
        required=False,
        hint=_("小区、路段或门牌,例如“柳荫路1号院”;输入名称或拼音首字母,可从列表选。"),
        longest=200,
    )
    grid = forms.ChoiceField(
        label=_("网格"), required=False, help_text=_("选定网格后以网格为准;可输入名称或拼音首字母。"),
        widget=forms.Select(attrs={"data-filter": ""}),
    )  # fmt: skip
    category = forms.ChoiceField(
        label=_("类别"), required=False, help_text=_("可输入名称、近义词或拼音首字母;留空则由系统建议,拿不准时转值班受理岗。"),
        widget=forms.Select(attrs={"data-filter": reverse_lazy("offer_categories")}),
    )  # fmt: skip
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
    same = forms.CharField(required=False, max_length=20)
    files = FilesField(label=_("照片、PDF 或录音"), help_text=HINT, records="keep")
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=128)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs |= {"data-typeahead": reverse("offer_places"), "autocomplete": "off"}
        for name in ("reporter_name", "reporter_phone"):
            self.fields[name].widget.attrs |= {"data-personal": "", "autocomplete": "off"}

    def told(self) -> dict[str, Any]:
        """What is filed, without what the form carries for itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "same", "files")}


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new_case(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/new/"""
    _must_file(reader)
    choices = offered(reader.street.code, at=reader.at)
    if request.method != "POST":
        return _form_page(
            request,
            reader,
            FilingForm(
                choices=choices,
                initial={"source": _usual_source(reader.actor), "key": new_key(), **_from_firm(request, reader)},
            ),
        )
    form = FilingForm(request.POST, request.FILES, choices=choices)
    if not form.is_valid():
        return _form_page(request, reader, form, status=422)
    like = _unanswered(form, reader)
    if like:
        return _form_page(request, reader, form, status=409, like=like)
    try:
        told = _filed(form, reader)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return _form_page(request, reader, form, status=error.status)
    return _receipt_page(request, reader, told)


def _must_file(reader: Reader) -> None:
    must_file(reader.actor, reader.street.code)


def _unanswered(form: FilingForm, reader: Reader) -> list[likeness.LikeCase]:
    """Cases that look alike, while nobody has said whether it is the same trouble; none for a form that was sent before."""
    if form.cleaned_data["same"] or was_done(door=_door(reader), key=form.cleaned_data["key"]):
        return []
    return _like(form.cleaned_data, reader)


def _like(told: dict[str, Any], reader: Reader) -> list[likeness.LikeCase]:
    asked = likeness.Asked(**{name: told[name] for name in ("text", "address", "grid", "lon", "lat", "category")})
    return likeness.like_cases(reader.actor, asked, street=reader.street.code, at=reader.at)


def _door(reader: Reader) -> str:
    return f"web:{reader.actor.ref}"


def _usual_source(actor: Actor) -> str:
    return next((SOURCE_OF_ROLE[post.role] for post in actor.posts if post.role in SOURCE_OF_ROLE), "public")


def _form_page(
    request: HttpRequest,
    reader: Reader,
    form: FilingForm,
    *,
    status: int = 200,
    like: list[likeness.LikeCase] | None = None,
) -> HttpResponse:
    page = {
        "form": form,
        "map": draw_picker(reader.street.code),
        "at": reader.at,
        "like": like or [],
        "same": form["same"].value() or "",
        "files_lost": bool(request.FILES),  # not form.files: to a template that is the field of this name
        **asked(reader.street.code, form["category"].value() or "", request.POST),
    }
    return render(request, "console/new_case.html", page, status=status)


@require_POST
@staff
def look(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/new/look/: what the text suggests and which open cases look alike, as a part of the page; nothing is kept."""
    _must_file(reader)
    told = {
        name: request.POST.get(name, "").replace("\x00", "")[:10_000]
        for name in ("text", "address", "grid", "category")
    }
    degrees = {name: _degrees(request.POST.get(name, "")) for name in ("lon", "lat")}
    page = {
        "suggestion": offering.suggested(street=reader.street.code, text=told["text"]) if len(told["text"].strip()) >= 4 else None,
        "is_chosen": bool(told["category"]), "like": _like(told | degrees, reader), "same": request.POST.get("same", ""), "at": reader.at,
    }  # fmt: skip
    return render(request, "parts/look.html", page)


@require_safe
@staff
def questions(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/new/questions/: what is asked for the chosen category, as a part of the page."""
    _must_file(reader)
    page = asked(reader.street.code, request.GET.get("category", "")[:120], {})
    return render(request, "parts/questions.html", page)


def _degrees(said: str) -> float | None:
    try:
        degrees = float(said)
    except ValueError:
        return None
    return degrees if -180 <= degrees <= 180 else None


@require_POST
@staff
def places(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/new/places/: places for what was typed, as options of a list."""
    _must_file(reader)
    asked = request.POST.get("asked", "")[:LONGEST_QUERY]
    offers = offering.places_for(reader.actor, street=reader.street.code, asked=asked)
    return render(request, "parts/place_options.html", {"offers": offers})


@require_POST
@staff
def categories(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/new/categories/: categories for what was typed, as options of a list."""
    _must_file(reader)
    offers = offering.categories_offered(street=reader.street.code, asked=request.POST.get("asked", "")[:LONGEST_QUERY])
    return render(request, "parts/category_options.html", {"offers": offers})


def _filed(form: FilingForm, reader: Reader) -> dict[str, Any]:
    """The case's reference, the receipt's secret and whether an open case was joined; once for the form's key."""
    told, same, files = form.told(), form.cleaned_data["same"], form.cleaned_data["files"]
    told["text"] = with_answers(told["text"], reader.street.code, told["category"], form.data)
    joins = same if same != DIFFERENT else ""

    def do() -> dict[str, Any]:
        filing = _of_firm(Filing(**told), reader)
        filed: Filed | Joined
        if joins:
            filed = join_case(by=reader.actor, at=reader.at, case=joins, filing=filing)
        else:
            filed = file_case(by=reader.actor, at=reader.at, street=reader.street.code, filing=filing)
        attach_told(files, told=filed, by=reader.actor, at=reader.at)
        return {"case": filed.case.ref, "receipt": filed.receipt, "joined": bool(joins)}

    content = told | ({"joins": joins} if joins else {}) | ({"files": digests(files)} if files else {})
    answer, _repeated = once_sealed(
        door=_door(reader), key=form.cleaned_data["key"], content=content, at=reader.at, do=do
    )
    return answer


def _of_firm(filing: Filing, reader: Reader) -> Filing:
    """The filing with the ref of the registered firm whose name, alias or code was told; as it is where there is none such."""
    if not filing.enterprise.strip():
        return filing
    found = register.enterprise_said(reader.street.code, filing.enterprise)
    return replace(filing, enterprise=found.name, enterprise_ref=found.ref) if found else filing


def _from_firm(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    """What the form begins with on the way from a firm's page: its name and place."""
    ref = request.GET.get("enterprise", "")
    if not ref:
        return {}
    firm = register.enterprise(ref, by=reader.actor)
    point = {"lon": firm.lon, "lat": firm.lat} if firm.lon is not None else {}
    return {"enterprise": firm.name, "address": firm.address, "grid": firm.grid.code if firm.grid else "", **point}


def _receipt_page(request: HttpRequest, reader: Reader, told: dict[str, Any]) -> HttpResponse:
    address = f"{settings.PUBLIC_URL.rstrip('/')}{follow_address(told['receipt'])}"
    page = {
        "case": finding.scoped_case(told["case"], by=reader.actor),
        "joined": told["joined"],
        "address": address,
        "code": quick_response_code(address),
        "at": reader.at,
    }
    return render(request, "console/filed.html", page)


@require_safe
@staff
def paper_form(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/new/paper/: the blank form on which a problem is written down by hand, to be typed in once with the source 纸质表."""
    _must_file(reader)
    address = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('report', args=[reader.street.slug])}"
    page = {"street": reader.street, "address": address, "code": quick_response_code(address)}
    return render(request, "console/paper_form.html", page)


def follow_address(receipt: str) -> str:
    """Where the reporter follows the case: the public page that the receipt's secret opens."""
    return reverse("follow", args=[receipt])


def quick_response_code(address: str) -> SafeString:
    """The address as a QR drawing."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, scale=4, omitsize=True, title=str(_("回执二维码"))
    )
    return SafeString(drawn.getvalue().decode())
