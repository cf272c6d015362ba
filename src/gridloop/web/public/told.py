"""The report form as it was filled in: read, looked through, turned into a filing.

Terms: a *stamp* says, signed, when the form was opened; a form sent back within the first seconds was not filled in by a person, who is asked to
press once more (a *time trap*); the *honeypot* is a field nobody sees.

An enterprise reports by the same door: it gives its name, and its 统一社会信用代码 if it likes; the code is checked, and stands behind the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from gridloop.core.errors import WrongInput
from gridloop.core.identity import check_uscc
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.actions.filing import LONGEST_TEXT
from gridloop.offices.enterprise.queries import register
from gridloop.offices.territory import queries as territory
from gridloop.offices.territory.queries import Cell

MOST_PHOTOS = 3
HONEYPOT = "homepage"
STAMP = "gridloop.report.opened"
LONGEST_FIRM = 80


@dataclass(frozen=True, slots=True)
class Told:
    """The form as it was filled in, all as text; ``grid``, ``lon`` and ``lat`` are what the list, the map or a link chose.

    ``join`` is the category of the trouble that others told of here, when the reporter says: me too. ``firm`` is the ref of the registered
    enterprise from whose notice the reporter came; it holds as long as the enterprise's name stands in the form.
    """

    text: str = ""
    address: str = ""
    grid: str = ""
    lon: str = ""
    lat: str = ""
    no_place: bool = False
    category: str = ""
    join: str = ""
    name: str = ""
    phone: str = ""
    enterprise: str = ""
    uscc: str = ""
    firm: str = ""
    keeps_location: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, and what to do."""

    field: str
    sentence: str


def told_in(posted: QueryDict) -> Told:
    """What the form holds, trimmed; a tick is a tick."""
    words = {name: posted.get(name, "").replace("\x00", "").strip() for name in Told.__dataclass_fields__}
    ticks = {name: bool(words[name]) for name in ("no_place", "keeps_location")}
    return Told(**{**words, **ticks})


def problems_of(told: Told, request: HttpRequest, *, at: datetime) -> Iterator[Problem]:
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
    yield from _firm_problems(told)
    if not _was_open_long_enough(request.POST.get("opened", ""), at=at):
        yield Problem("", _("提交得太快了,像是机器填的;内容都还在,请看一遍再点一次提交。"))


def _firm_problems(told: Told) -> Iterator[Problem]:
    if len(told.enterprise) > LONGEST_FIRM:
        yield Problem("enterprise", _("企业名称最多 %(most)d 字;请用营业执照上的名称。") % {"most": LONGEST_FIRM})
    if told.uscc and not told.enterprise:
        yield Problem("enterprise", _("填了统一社会信用代码,请把企业名称也写上。"))
    checked = check_uscc(told.uscc) if told.uscc else None
    if checked and not checked.valid:
        yield Problem("uscc", _("统一社会信用代码不对:%(why)s也可以不填。") % {"why": checked.reason})


def stamp(at: datetime) -> str:
    """The signed moment at which a form is opened."""
    return signing.dumps(int(at.timestamp()), salt=STAMP)


def kept_stamp(posted: str, *, at: datetime) -> str:
    """The stamp of a form that is shown again: its own if it has one, so that the second press is not too quick."""
    return posted if _opened(posted) is not None else stamp(at)


def _opened(said: str) -> int | None:
    try:
        return int(signing.loads(said, salt=STAMP))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _was_open_long_enough(said: str, *, at: datetime) -> bool:
    opened = _opened(said)
    return opened is not None and int(at.timestamp()) - opened >= settings.SECONDS_TO_WRITE


def filing_of(told: Told, street: Any) -> Filing:
    """What is filed. A point on the map is more exact than a row of the list, and goes before it. Raises WrongInput."""
    lon, lat = degrees(told.lon), degrees(told.lat)
    if (lon is None) != (lat is None):
        raise WrongInput("public.half_a_point", _("地图上的位置不完整;请重新点选。"), field="lon")
    cell = territory.atlas_of(street).locate(lon, lat) if lon is not None and lat is not None else None
    if lon is not None and cell is None and not (told.grid or told.address):
        sentence = _("您点的位置不在%(street)s的网格里;请重新点选,或写明地址。") % {"street": street.name}
        raise WrongInput("public.outside", sentence, field="lon")
    return Filing(
        text=told.text, source="enterprise" if told.enterprise else "public", address=told.address, grid="" if cell else told.grid,
        lon=lon, lat=lat, category=told.join or told.category, enterprise=firm_of(told), enterprise_ref=_registered(told, street),
        reporter_name=told.name, reporter_phone=told.phone,
    )  # fmt: skip


def told_at_the_door(street: Any, *, firm: str, grid: str = "") -> Told:
    """The empty form of whoever came from an enterprise's notice (its ref) or a cell of the map."""
    found = register.present_by_ref(street.code, firm) if firm else None
    if found is None:
        return Told(grid=grid)
    return Told(grid=grid, firm=found.ref, enterprise=found.name, address="" if grid else found.address)


def _registered(told: Told, street: Any) -> str:
    """The ref of the enterprise from whose notice the reporter came; empty when another name was written since."""
    found = register.present_by_ref(street.code, told.firm) if told.firm else None
    return found.ref if found and told.enterprise == found.name else ""


def firm_of(told: Told) -> str:
    """The enterprise with its code behind the name, as it is told to the service manager."""
    code = check_uscc(told.uscc).value if told.uscc else ""
    return f"{told.enterprise}({code})" if told.enterprise and code else told.enterprise


def cell_of(told: Told, street: Any) -> Cell | None:
    """Where the report would be placed, by the same order as filing: point, row of the list, address. None when nowhere (yet)."""
    atlas = territory.atlas_of(street)
    try:
        lon, lat = degrees(told.lon), degrees(told.lat)
    except WrongInput:
        return None
    if lon is not None and lat is not None and (found := atlas.locate(lon, lat)):
        return found
    if told.grid:
        return atlas.by_code.get(told.grid) or atlas.by_ref.get(told.grid)
    return atlas.find_address(told.address) if told.address else None


def degrees(text: str) -> float | None:
    """Degrees as a number; None when nothing was picked. Raises WrongInput."""
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not -180 <= found <= 180:
        raise WrongInput("public.bad_point", _("地图上的位置读不出来;请重新点选。"), field="lon")
    return found
