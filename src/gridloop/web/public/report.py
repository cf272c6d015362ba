"""Reporting without an account: what was told, where, with which photos; filed once, answered with a receipt.

Steps of a submission: (1) a body too large to be read is refused unread; (2) a filled honeypot gets a friendly page and nothing
else; (3) the counter of the network address; (4) what was told is read, and every fault found is said beside its field with the
words kept; (5) the photos are looked at; (6) case and photos are filed in one transaction under the form's one-time key, so that a
double click files once; (7) the browser goes on to the receipt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from gridloop.core.errors import Broken, GridloopError, NotFound, Refused, TooMuch, WrongInput
from gridloop.offices.archive.actions import once
from gridloop.offices.archive.attachments import LARGEST, clean_photo, sniff
from gridloop.offices.archive.concealed import conceal, reveal
from gridloop.offices.cases.actions import Filing, attach, file_case
from gridloop.offices.cases.actions.filing import LONGEST_TEXT
from gridloop.offices.cases.queries.pages import categories
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web import drawing
from gridloop.web.public.doors import PUBLIC, open_receipt
from gridloop.web.public.limits import count
from gridloop.web.reader import moment

MOST_PHOTOS = 3
LARGEST_BODY = 64 * 1024 * 1024
"""Above this the body is not read at all. Three photos of 10 MB fit twice, so a photo that is too large can still be named."""
HONEYPOT = "homepage"
PICKER = mark_safe(' data-point-map data-lon-input="lon" data-lat-input="lat" data-point-status="point-status"')
"""What makes the drawing a map to pick from (frontend/README.md)."""
PLACES = {"lon": "place", "lat": "place", "grid": "place", "address": "place"}


@dataclass(frozen=True, slots=True)
class Told:
    """The form as it was filled in, all as text; ``picked`` is what the map or the link chose."""

    text: str = ""
    address: str = ""
    grid: str = ""
    lon: str = ""
    lat: str = ""
    no_place: bool = False
    category: str = ""
    name: str = ""
    phone: str = ""
    keeps_location: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, and what to do."""

    field: str
    sentence: str


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
    if request.method != "POST":
        return _form(request, street, Told(grid=request.GET.get("grid", "")))
    if request.POST.get(HONEYPOT):
        return render(request, "public/thanks.html", {"street": street})
    told, at = told_in(request.POST), moment(request)
    problems = list(_problems(told, request))
    if problems:
        return _form(request, street, told, problems=problems, status=422)
    try:
        count(request, "report", at=at)
        secret = _filed(request, street, told, at=at)
    except Broken:
        raise
    except GridloopError as error:
        return _refused(request, street, told, error)
    return redirect(f"{reverse('follow', args=[secret])}?new=1")


def told_in(posted: QueryDict) -> Told:
    """What the form holds, trimmed; a tick is a tick."""
    words = {name: posted.get(name, "").replace("\x00", "").strip() for name in Told.__dataclass_fields__}
    ticks = {name: bool(words[name]) for name in ("no_place", "keeps_location")}
    return Told(**{**words, **ticks})


def _problems(told: Told, request: HttpRequest) -> Iterator[Problem]:
    """Everything that can be said at once, in the order of the form."""
    if len(told.text) < 2:
        yield Problem("text", _("请用一两句话说明遇到了什么问题。"))
    if len(told.text) > LONGEST_TEXT:
        sentence = _("内容有 %(said)d 字,超过 %(most)d 字;请精简。") % {"said": len(told.text), "most": LONGEST_TEXT}
        yield Problem("text", sentence)
    if not (told.address or told.grid or told.lon or told.no_place):
        yield Problem("place", _("请写明地点、从列表选一处或在地图上点一下;确实没有地点,请勾选“没有具体地点”。"))
    photos = request.FILES.getlist("photos")
    if len(photos) > MOST_PHOTOS:
        yield Problem(
            "photos",
            _("最多 %(most)d 张照片,您选了 %(chosen)d 张;请留下最要紧的几张。")
            % {"most": MOST_PHOTOS, "chosen": len(photos)},
        )


def _filed(request: HttpRequest, street: Any, told: Told, *, at: datetime) -> str:
    """The secret of the receipt: of this submission, or of the same one made a moment ago."""
    filing = _filing(told, street)
    photos = [(photo.name or _("照片"), read_photo(photo)) for photo in request.FILES.getlist("photos")]

    def do() -> dict[str, Any]:
        receipt = file_case(by=PUBLIC, at=at, street=street.code, filing=filing).receipt
        opened = open_receipt(receipt, at=at)
        for name, content in photos:
            case = opened.reports[0].case
            attach(by=opened.by, at=at, case=case.ref, name=name, content=content, keeps_location=told.keeps_location)
        return {"sealed": conceal(receipt)}

    content = [asdict(told), [hashlib.sha256(content).hexdigest() for _name, content in photos]]
    done, _was_done = once(
        door=f"public:{street.code}", key=request.POST.get("key", "")[:64], content=content, at=at, do=do
    )
    return reveal(done["sealed"])


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


def _filing(told: Told, street: Any) -> Filing:
    """What is filed. A point on the map is more exact than a row of the list, and goes before it."""
    lon, lat = _degrees(told.lon), _degrees(told.lat)
    if (lon is None) != (lat is None):
        raise WrongInput("public.half_a_point", _("地图上的位置不完整;请重新点选。"), field="lon")
    cell = territory.atlas_of(street).locate(lon, lat) if lon is not None and lat is not None else None
    if lon is not None and cell is None and not (told.grid or told.address):
        sentence = _("您点的位置不在%(street)s的网格里;请重新点选,或写明地址。") % {"street": street.name}
        raise WrongInput("public.outside", sentence, field="lon")
    return Filing(
        text=told.text, source="public", address=told.address, grid="" if cell else told.grid, lon=lon, lat=lat, category=told.category,
        reporter_name=told.name, reporter_phone=told.phone,
    )  # fmt: skip


def _degrees(text: str) -> float | None:
    """Degrees as a number; None when nothing was picked. Raises WrongInput."""
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    if not -180 <= degrees <= 180:
        raise WrongInput("public.bad_point", _("地图上的位置读不出来;请重新点选。"), field="lon")
    return degrees


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
        "groups": _groups(street.code),
        "categories": [(row.path, " › ".join(row.path.split("/"))) for row in categories(street.code) if row.is_leaf],
        "map": _map(street, told, address=reverse("report", args=[street.slug])),
        "photos_lost": has_photos,
        "most_photos": MOST_PHOTOS,
        "longest": LONGEST_TEXT,
        "honeypot": HONEYPOT,
    }
    return render(request, "public/report.html", page, status=status)


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
