"""A street's own front page, and its map of open problems.

The front page says in plain words how to report and what happens then: the deadlines are those of the profiles that the street's routing table
uses today, the figures come with their n, the ledger's latest signature stands beside them.

The map (off until the street switches it on) shows numbers of people by cell, never points: snapped, delayed, and hidden below k (``core.anonymity``).
It is counted once a day and kept: whoever reloads it cannot watch one report arrive.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.anonymity import Place
from gridloop.core.errors import NotFound
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases.queries import anonymous
from gridloop.offices.cases.queries.anonymous import Doing, OpenProblems
from gridloop.offices.cases.queries.limits import promised
from gridloop.offices.enterprise.queries.links import public_stories
from gridloop.offices.notices.publicity.queries import publicity_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.offices.territory.queries import Cell
from gridloop.web import drawing
from gridloop.web.reader import moment

ENOUGH = 10
"""Below this n a rate is not shown: one person more would turn it over."""
KEPT_FOR = 26 * 3600
TONES = ((20, "bad"), (8, "warn"), (0, "open"))


@dataclass(frozen=True, slots=True)
class Rate:
    """One figure of the street: ``share`` in whole per cent, empty when n is too small to say."""

    label: str
    part: int
    n: int

    @property
    def share(self) -> str:
        return f"{self.part * 100 / self.n:.0f}%" if self.n >= ENOUGH else ""


@dataclass(frozen=True, slots=True)
class CellShown:
    """One row of the map's table: the place with those above it, and how many people told of open problems there."""

    name: str
    code: str
    depth: int
    people: int
    rest: int


@require_safe
def front(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/"""
    street, at = organisation.street(slug), moment(request)
    doing = anonymous.doing_of(street, at=at)
    page = {
        "street": street,
        "promises": promised(street.code, at=at),
        "doing": doing,
        "rates": _rates(doing),
        "enough": ENOUGH,
        "days": anonymous.RECENT.days,
        "head": archive.latest_checkpoint(street.code),
        "tells_stories": bool(public_stories(street.code, size=1)),
        "shows_map": publicity_of(street.code).shows_map,
    }
    return render(request, "public/street.html", page)


def _rates(doing: Doing) -> list[Rate]:
    return [
        Rate(_("按期答复"), doing.in_time, doing.answered),
        Rate(_("反映人说解决了"), doing.solved, doing.judged),
        Rate(_("反映人基本满意以上"), doing.content, doing.rated),
    ]


@require_safe
def open_map(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/map/: 404 until the street has switched it on."""
    street = organisation.street(slug)
    must_show_map(street)
    shown = counted(street, at=moment(request))
    page = {
        "street": street,
        "shown": shown,
        "hours": int(shown.delay_for.total_seconds() // 3600),
        "cells": _cells(shown, street),
        "map": _drawn(shown, street),
        "kinds": sorted(shown.kinds.counts.items(), key=lambda each: (-each[1], each[0])) if shown.kinds else [],
    }
    return render(request, "public/map.html", page)


def must_show_map(street: Any) -> None:
    """Raises NotFound until the street has switched its map on."""
    if not publicity_of(street.code).shows_map:
        raise NotFound("public.no_map", _("这个街道没有公开问题地图;可以在街道页看总体情况。"))


def counted(street: Any, *, at: datetime) -> OpenProblems:
    """Today's numbers, counted once: the same all day, however often the page is opened."""
    publicity = publicity_of(street.code)
    day = anonymous.last_midnight(at, zone=street.zone).date()
    key = f"open-problems:{street.code}:{day}:{publicity.least}:{int(publicity.delay_for.total_seconds())}"
    found: OpenProblems | None = cache.get(key)
    if found is None:
        found = anonymous.open_problems(street, at=at, cells=_cell_paths(street))
        cache.set(key, found, timeout=KEPT_FOR)
    return found


def _cell_paths(street: Any) -> frozenset[str]:
    atlas = territory.atlas_of(street)
    shapes, _is_synthetic = drawing.shapes_of(street.code)
    return frozenset(atlas.by_code[shape.code].path for shape in shapes if shape.code in atlas.by_code)


def _cells(shown: OpenProblems, street: Any) -> list[CellShown]:
    """The shown places in tree order, the street itself first."""
    names = territory.atlas_of(street).by_path
    return [_cell(place, names, street) for place in (shown.places.walk() if shown.places else ())]


def _cell(place: Place, names: dict[str, Cell], street: Any) -> CellShown:
    name = names[place.path].name if place.path in names else street.name
    depth = place.path.count("/") - street.place.count("/")
    code = names[place.path].code if place.path in names else ""
    return CellShown(name, code, depth, place.count, place.rest if place.below else 0)


def _drawn(shown: OpenProblems, street: Any) -> drawing.Drawing | None:
    """The street's cells; those with a number carry it in their name and their tone, the others say nothing."""
    cells, is_synthetic = drawing.shapes_of(street.code)
    if not cells or not shown.places:
        return None
    atlas = territory.atlas_of(street)
    people = {place.path: place.count for place in shown.places.walk()}
    drawn = [
        replace(cell, name=_label(cell.name, number), tone=_tone(number))
        for cell in cells
        for number in [people.get(atlas.by_code[cell.code].path, 0) if cell.code in atlas.by_code else 0]
    ]
    return drawing.draw(drawn, label=_("公开问题地图:各网格的反映人数"), is_synthetic=is_synthetic)


def _label(name: str, people: int) -> str:
    return _("%(name)s:%(people)d 人") % {"name": name, "people": people} if people else name


def _tone(people: int) -> str:
    return next(tone for least, tone in TONES if people >= least) if people else "quiet"
