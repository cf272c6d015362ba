"""News of an area without an account: the public map's numbers as an Atom feed (RFC 4287), for a feed reader or a neighbourhood's own page.

The feed says what the map says and nothing more: the same snapshot of the last midnight, the same k, the same cells (``core.anonymity``). One entry a
place and day, so that a reader keeps the days; without the map (the street has not switched it on) there is no feed either.

Worked example: ``/s/lianhu/map/feed.xml?within=410102013001`` holds 阳光花苑社区 and the cells below it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.access import lies_in
from gridloop.core.anonymity import Place
from gridloop.core.errors import NotFound
from gridloop.offices.cases.queries.anonymous import OpenProblems
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.public.doors import absolute
from gridloop.web.public.street import counted, must_show_map
from gridloop.web.reader import moment

MOST = 200


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/map/feed.xml?within=<grid code>"""
    street = organisation.street(slug)
    must_show_map(street)
    within = _area(street, request.GET.get("within", "")[:40])
    shown = counted(street, at=moment(request))
    page = absolute(reverse("open_map", args=[slug]))
    made = Atom1Feed(
        title=_("%(place)s:还没有答复的问题") % {"place": within.name if within else street.name}, link=page, description="",
        feed_url=absolute(request.get_full_path()), language="zh-Hans", author_name=street.name,
    )  # fmt: skip
    for place in _places(shown, within):
        _put(made, place, shown=shown, street=street, page=page)
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _area(street: Any, code: str) -> Any:
    """The grid of this code; None for the whole street. Raises NotFound for a code that is none."""
    if not code:
        return None
    found = territory.atlas_of(street).by_code.get(code)
    if found is None:
        raise NotFound("public.no_area", _("没有这个网格;请从公开问题地图上的“订阅”进入。"))
    return found


def _places(shown: OpenProblems, within: Any) -> list[Place]:
    every = shown.places.walk() if shown.places else ()
    return [place for place in every if within is None or lies_in(place.path, within.path)][:MOST]


def _put(made: Atom1Feed, place: Place, *, shown: OpenProblems, street: Any, page: str) -> None:
    known = territory.atlas_of(street).by_path
    name = known[place.path].name if place.path in known else street.name
    said = _("%(place)s:%(people)d 人反映的问题还没有答复") % {"place": name, "people": place.count}
    made.add_item(
        title=said, link=page, description=said, unique_id=f"{page}#{place.path}:{shown.at:%Y-%m-%d}", updateddate=shown.at,
    )  # fmt: skip
