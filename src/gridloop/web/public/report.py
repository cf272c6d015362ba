"""Reporting without an account: what was told, where, with which photos; filed once, answered with a receipt.

Steps of a submission: (1) a body too large to be read is refused unread; (2) a filled honeypot gets a friendly page and nothing
else; (3) what was told is read, and every fault found is said beside its field with the words kept; (4) the counters of the
network address and of the street; (5) the photos are looked at; (6) case and photos are filed in one transaction under the form's
one-time key, so that a double click files once; (7) the browser goes on to the receipt.

Who sees that several others told of the same here may say *me too*: the report is filed, with a receipt of its own, and handled
together with theirs. Only numbers are shown, never words, and none below the street's k (``core.anonymity``).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound, Refused, TooMuch, WrongInput
from gridloop.offices.archive.actions import once
from gridloop.offices.archive.attachments import LARGEST, clean_photo, sniff
from gridloop.offices.archive.concealed import conceal, reveal
from gridloop.offices.cases.actions import attach, file_case
from gridloop.offices.cases.actions.filing import LONGEST_TEXT, Filed, Filing
from gridloop.offices.cases.actions.telling import file_and_join
from gridloop.offices.cases.queries.anonymous import nearby
from gridloop.offices.cases.queries.pages import categories
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web import drawing
from gridloop.web.asked import asked, with_answers
from gridloop.web.nulls import cleaned
from gridloop.web.public.doors import PUBLIC, open_receipt
from gridloop.web.public.limits import count
from gridloop.web.public.told import (
    HONEYPOT,
    MOST_PHOTOS,
    Problem,
    Told,
    cell_of,
    filing_of,
    kept_stamp,
    problems_of,
    told_at_the_door,
    told_in,
)
from gridloop.web.reader import moment

LARGEST_BODY = 64 * 1024 * 1024
"""Above this the body is not read at all. Three photos of 10 MB fit twice, so a photo that is too large can still be named."""
PICKER = mark_safe(' data-point-map data-lon-input="lon" data-lat-input="lat" data-point-status="point-status"')
"""What makes the drawing a map to pick from (frontend/README.md)."""
PLACES = {"lon": "place", "lat": "place", "grid": "place", "address": "place"}


@dataclass(frozen=True, slots=True)
class NearbyShown:
    """A trouble that others told of at the chosen place: what it is called, how many told, what to send to say "me too"."""

    label: str
    people: int
    category: str
    is_joined: bool


@csrf_exempt  # only for the size, which must be looked at before the body is read; what follows is protected
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/report/"""
    street = organisation.street(slug)
    if not street.takes_public_reports:
        return render(request, "public/closed.html", {"street": street}, status=409)
    if _length(request) > LARGEST_BODY:
        return render(
            request,
            "public/too_large.html",
            {"street": street, "limit": LARGEST // 1024**2, "most": MOST_PHOTOS},
            status=413,
        )
    return _report(request, street)


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if str(said).isdecimal() else 0


@csrf_protect
def _report(request: HttpRequest, street: Any) -> HttpResponse:
    if request.method == "POST":
        request.POST = cleaned(request.POST)  # type: ignore[assignment]
    else:
        came = {name: request.GET.get(name, "")[:20] for name in ("firm", "grid")}
        return _form(request, street, told_at_the_door(street, **came))
    if request.POST.get(HONEYPOT):
        return render(request, "public/thanks.html", {"street": street})
    told, at = told_in(request.POST), moment(request)
    if "look" in request.POST:
        return _form(request, street, told)
    problems = list(problems_of(told, request, at=at))
    if problems:
        return _form(request, street, told, problems=problems, status=422)
    try:
        count(request, "report", at=at, street=street.code)
        secret = _filed(request, street, told, at=at)
    except Broken:
        raise
    except GridloopError as error:
        return _refused(request, street, told, error)
    return redirect(f"{reverse('follow', args=[secret])}?new=1")


@require_POST
def look_nearby(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/nearby/: the part of the form that says how many told of what at the chosen place."""
    street = organisation.street(slug)
    count(request, "look", at=moment(request), street=street.code)
    return render(request, "public/nearby.html", _nearby(told_in(request.POST), street))


@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/questions/: what is asked for the chosen category, as a part of the form."""
    street = organisation.street(slug)
    count(request, "look", at=moment(request), street=street.code)
    return render(request, "parts/questions.html", asked(street.code, request.GET.get("category", "")[:120], {}))


def _filed(request: HttpRequest, street: Any, told: Told, *, at: datetime) -> str:
    """The secret of the receipt: of this submission, or of the same one made a moment ago."""
    filing = filing_of(told, street)
    filing = replace(filing, text=with_answers(filing.text, street.code, filing.category, request.POST))
    photos = [(photo.name or _("照片"), read_photo(photo)) for photo in request.FILES.getlist("photos")]

    def do() -> dict[str, Any]:
        receipt = _file(street.code, filing, is_joining=bool(told.join), at=at).receipt
        opened = open_receipt(receipt, at=at)
        case = opened.reports[0].case.merged_into or opened.reports[0].case
        for name, content in photos:
            attach(by=opened.by, at=at, case=case.ref, name=name, content=content, keeps_location=told.keeps_location)
        return {"sealed": conceal(receipt)}

    content = [asdict(told) | {"text": filing.text}, [hashlib.sha256(content).hexdigest() for _name, content in photos]]
    done, _was_done = once(
        door=f"public:{street.code}", key=request.POST.get("key", "")[:64], content=content, at=at, do=do
    )
    return reveal(done["sealed"])


def _file(street: str, filing: Filing, *, is_joining: bool, at: datetime) -> Filed:
    if is_joining:
        return file_and_join(by=PUBLIC, at=at, street=street, filing=filing).filed
    return file_case(by=PUBLIC, at=at, street=street, filing=filing)


def read_photo(photo: Any) -> bytes:
    """The photo's bytes, known to open. Raises TooMuch or WrongInput, each naming the file.

    Looked at before anything is written: nothing must stay on the disk of a report that was refused.
    """
    if photo.size > LARGEST:
        raise TooMuch(
            "public.photo_too_large",
            _("“%(name)s”超过 10 MB;请压缩或裁剪后再传。") % {"name": photo.name},
            field="photos",
        )
    content: bytes = photo.read()
    if not sniff(content, name=photo.name).startswith("image/"):
        raise WrongInput(
            "public.not_a_photo",
            _("“%(name)s”不是照片;请选 JPG、PNG 或 WEBP 格式的照片。") % {"name": photo.name},
            field="photos",
        )
    clean_photo(content, keeps_location=True, name=photo.name)
    return content


def _refused(request: HttpRequest, street: Any, told: Told, error: GridloopError) -> HttpResponse:
    """The form again with every word in it, and the sentence beside the field it speaks of."""
    field = str(error.fields.get("field", ""))
    if error.code.startswith("attachment."):
        field = "photos"
    sentence = error.sentence
    if isinstance(error, Refused) and error.code == "door.key_reused":
        sentence = _("您刚才已经登记过一次(请看上一张回执)。如果这是另一个问题,请核对内容后再提交一次。")
    if isinstance(error, NotFound) and field == "grid":
        told = replace(told, grid="")
    names = {"reporter_phone": "phone", **PLACES}
    answer = _form(request, street, told, problems=[Problem(names.get(field, field), sentence)], status=error.status)
    if error.status == 429:
        answer["Retry-After"] = "600"
    return answer


def _form(
    request: HttpRequest, street: Any, told: Told, *, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    has_photos = bool(request.method == "POST" and request.FILES)
    page = {
        "street": street,
        "told": told,
        "problems": problems or [],
        "wrong": {problem.field: problem.sentence for problem in reversed(problems or [])},
        "key": get_random_string(32),
        "opened": kept_stamp(request.POST.get("opened", ""), at=moment(request)),
        "groups": _groups(street.code),
        "categories": [(row.path, " › ".join(row.path.split("/"))) for row in categories(street.code) if row.is_leaf],
        "map": _map(street, told, address=reverse("report", args=[street.slug])),
        "photos_lost": has_photos,
        "most_photos": MOST_PHOTOS,
        "longest": LONGEST_TEXT,
        "honeypot": HONEYPOT,
        "has_looked": "look" in request.POST,
        **_nearby(told, street),
        **asked(street.code, told.category, request.POST),
    }
    return render(request, "public/report.html", page, status=status)


def _nearby(told: Told, street: Any) -> dict[str, Any]:
    """What others told of at the chosen place, for ``public/nearby.html``."""
    cell = cell_of(told, street)
    found = nearby(street.code, place=cell.path) if cell else []
    shown = [
        NearbyShown(each.category.rsplit("/", 1)[-1], each.people, each.category, each.category == told.join)
        for each in found
    ]
    return {"cell": cell.name if cell else "", "nearby": shown}


def _groups(street: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The places one can pick, by community: the community itself first, then what lies in it."""
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for grid in territory.grids(street):
        if grid.level < 2:
            continue
        community = "/".join(grid.path.split("/")[:3])
        _name, rows = groups.setdefault(community, (grid.name, []))
        label = _("%(name)s(整个)") % {"name": grid.name} if grid.path == community else grid.name
        rows.append((grid.ref, label))
    return list(groups.values())


def _map(street: Any, told: Told, *, address: str) -> drawing.Drawing | None:
    """The street's cells: with script a point is picked; without, each cell is a link that chooses it."""
    cells, is_synthetic = drawing.shapes_of(street.code)
    if not cells:
        return None
    by_code = territory.atlas_of(street).by_code
    linked = [
        replace(
            cell,
            address=f"{address}?grid={by_code[cell.code].ref}#place",
            is_current=by_code[cell.code].ref == told.grid,
        )
        for cell in cells
        if cell.code in by_code
    ]
    return drawing.draw(linked, label=_("在地图上点选位置"), attributes=PICKER, is_synthetic=is_synthetic)
