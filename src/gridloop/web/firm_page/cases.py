"""A firm's problems: told in a form, followed and judged on the page that residents know, photos and all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound, TooMuch
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.cases.actions import Filing, attach
from gridloop.offices.cases.actions.filing import LONGEST_TEXT
from gridloop.offices.cases.queries import following
from gridloop.offices.cases.queries.pages import categories
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.queries import access
from gridloop.web.firm_page.doors import Visitor, for_firm
from gridloop.web.public import follow
from gridloop.web.public.doors import Opened
from gridloop.web.public.limits import count
from gridloop.web.public.report import read_photo
from gridloop.web.public.told import MOST_PHOTOS
from gridloop.web.verbs import new_key


@require_http_methods(["GET", "HEAD", "POST"])
@for_firm
def tell(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/report/: a problem of the firm becomes a case, at the firm's own place unless another is told."""
    if request.method != "POST":
        return _form(request, visitor)
    try:
        count(request, "report", at=visitor.at, street=visitor.street.code)
        ref = _told(request, visitor)
    except Broken:
        raise
    except GridloopError as error:
        return _form(request, visitor, error=error)
    return redirect("firm_case", ref)


def _told(request: HttpRequest, visitor: Visitor) -> str:
    """The ref of the report: filed once for the form's key, with its photos."""
    photos = [(photo.name or _("照片"), read_photo(photo)) for photo in request.FILES.getlist("photos")]
    if len(photos) > MOST_PHOTOS:
        raise TooMuch("public.too_many_photos", _("最多 %(most)d 张照片;请留下最要紧的几张。") % {"most": MOST_PHOTOS}, field="photos")  # fmt: skip
    contact = visitor.signed.contact
    said = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in ("text", "category", "address")}
    filing = Filing(**said, source="enterprise", reporter_name=contact.name, reporter_phone=contact.phone)

    def do() -> dict[str, Any]:
        filed = file_need(by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, filing=filing)
        by = access.with_reports(visitor.signed)
        for name, content in photos:
            attach(by=by, at=visitor.at, case=filed.case.ref, name=name, content=content)
        return {"report": filed.report}

    door, key = f"firm:{contact.ref}", request.POST.get("key", "")[:64]
    return str(once_sealed(door=door, key=key, content=said, at=visitor.at, do=do)[0]["report"])


def _form(request: HttpRequest, visitor: Visitor, *, error: GridloopError | None = None) -> HttpResponse:
    rows = [row for row in categories(visitor.street.code) if row.is_leaf]
    page = {
        "visitor": visitor, "street": visitor.street, "here": "firm_report", "said": request.POST, "error": error, "longest": LONGEST_TEXT,
        "field": str(error.fields.get("field", "")) if error else "", "key": new_key(), "most_photos": MOST_PHOTOS,
        "categories": [(row.path, " › ".join(row.path.split("/"))) for row in sorted(rows, key=_for_firms_first)],
    }  # fmt: skip
    return render(request, "firm/report.html", page, status=error.status if error else 200)


def _for_firms_first(row: Any) -> tuple[bool, str]:
    """Categories that speak of firms stand first."""
    return "企业" not in row.path, row.path


def _opened(visitor: Visitor, ref: str) -> Opened:
    """The report of this firm with what was taken out of it, as the pages of a receipt know it. Raises NotFound."""
    report = access.reports_of(visitor.firm).filter(ref=ref, origin=None).first()
    if report is None:
        raise NotFound("public.not_yours", "没有这件事项,或不是您的企业反映的;请从首页打开。", report=ref)
    reports = following.told_by(following.report_with_cases(report))
    return Opened("", reports, access.with_reports(visitor.signed), visitor.street, visitor.at, f"/firm/cases/{ref}/")


def _shown(
    request: HttpRequest, opened: Opened, *, problem: str = "", said: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page = {**follow.told_page(opened, problem=problem, said=said), "here": "firm_home"}
    return render(request, "firm/case.html", page, status=status)


@require_safe
@for_firm
def case(request: HttpRequest, visitor: Visitor, ref: str) -> HttpResponse:
    """/firm/cases/<report>/: where it stands, who answers, by when, what was answered."""
    return _shown(request, _opened(visitor, ref))


@require_POST
@for_firm
def act(request: HttpRequest, visitor: Visitor, ref: str, deed: str) -> HttpResponse:
    """/firm/cases/<report>/do/<deed>/: judged, added to, reopened, withdrawn."""
    return follow.acted(request, _opened(visitor, ref), deed, shown=_shown)


@require_safe
@for_firm
def confirm_withdrawal(request: HttpRequest, visitor: Visitor, ref: str) -> HttpResponse:
    """/firm/cases/<report>/withdraw/"""
    return follow.asked_twice(request, _opened(visitor, ref), shown=_shown)


@require_safe
@for_firm
def photo(request: HttpRequest, visitor: Visitor, ref: str, photo: str) -> HttpResponseBase:
    """/firm/cases/<report>/photos/<photo>/"""
    return follow.own_photo(_opened(visitor, ref), photo)
