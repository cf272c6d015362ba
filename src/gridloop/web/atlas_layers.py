"""The layers of the map as JSON: grids (by version, immutable), what the ground lacks, cases and posts (by a stamp).

Who may see what: a case point only inside the reader's scope, and of it number, category, state and lateness; titles, texts, addresses,
names and phone numbers of residents are never here. Grids, flaws and posts are what every staff page of the street shows.

Compression and secrets: the answers are gzipped. They hold no token, no cookie and nothing that the request said, so that the length
of an answer tells nothing about a secret (BREACH). They are private to the browser: ``Cache-Control: private``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict, defaultdict
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from gridloop.core.errors import NotFound
from gridloop.offices.cases.queries import mapped, pages
from gridloop.offices.cases.queries.finding import case_by_number
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.atlas_words import FLAW_LABELS, where_words
from gridloop.web.posts import GRID_ROLES, post_shown
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
MOST_KEPT = 8


@require_safe
@staff
def grids(request: HttpRequest, reader: Reader, street: str, version: int) -> HttpResponse:
    """/atlas/layers/liuhu/grids-7.json: FeatureCollection with code, name, level, path, leaf, at (where its words stand)."""
    _must_be_own(reader, street)
    present = int(reader.street.version)
    layer = territory.layer(street=reader.street.code, version=present)
    return _answer(
        request, layer.document, tag=f"grids-{present}", caching=FOR_EVER if version == present else ASK_AGAIN
    )


@require_safe
@staff
def flaws(request: HttpRequest, reader: Reader, street: str, version: int) -> HttpResponse:
    """/atlas/layers/liuhu/flaws-7.json: where the boundaries in force gap, overlap or are contested; kind, area, words."""
    _must_be_own(reader, street)
    present = int(reader.street.version)
    found = territory.flaws(street=reader.street.code, version=present)
    document = {"type": "FeatureCollection", "features": [flaw_feature(each) for each in found]}
    return _answer(
        request, _dense(document), tag=f"flaws-{present}-{request.LANGUAGE_CODE}", caching=ASK_AGAIN,  # type: ignore[attr-defined]
    )  # fmt: skip


def _must_be_own(reader: Reader, street: str) -> None:
    """The street is in the address, so that a browser never shows one street the layer it kept of another."""
    if street != reader.street.slug:
        raise NotFound("web.other_street", "没有这个图层;请从网格图页面打开。", street=street)


def flaw_feature(each: territory.Placed) -> dict[str, Any]:
    """One flaw for the map, its corners with six decimals, its words in the reader's language."""
    found = each.flaw.to_feature()
    found["geometry"]["coordinates"] = _rounded(found["geometry"]["coordinates"])
    found["properties"] = {
        "kind": each.flaw.kind, "label": str(FLAW_LABELS[each.flaw.kind]), "area": round(each.flaw.area_m2), "where": where_words(each),
    }  # fmt: skip
    return found


@require_safe
@staff
def cases(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/atlas/layers/cases.json: points as [lon, lat, state, late, category, number], counts as {place: [n, late]}.

    States and categories are numbers into the lists ``states`` (code, words) and ``categories``.
    """
    tag = f"cases-{mapped.map_stamp(reader.actor, at=reader.at)}-{request.LANGUAGE_CODE}"  # type: ignore[attr-defined]
    if _is_held(request, tag):
        return _not_modified(tag)
    return _answer(request, _cases_body(reader, tag), tag=tag, caching=ASK_AGAIN)


_kept: OrderedDict[str, bytes] = OrderedDict()
"""The last few bodies of cases, by their tag, which holds the reader's scope."""


def _cases_body(reader: Reader, tag: str) -> bytes:
    held = _kept.get(tag)
    if held is None:
        held = _kept[tag] = _dense(_cases_document(reader))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return held


def _cases_document(reader: Reader) -> dict[str, Any]:
    points = mapped.map_points(reader.actor, at=reader.at)
    states, categories = (sorted({getattr(each, name) for each in points}) for name in ("state", "category"))
    state, category = ({name: n for n, name in enumerate(names)} for names in (states, categories))
    return {
        "states": [[each, str(said(pages.state_label(each)))] for each in states],
        "categories": categories,
        "address": reverse("atlas_case", args=["0"]),
        "points": [
            [
                round(each.lon, 6),
                round(each.lat, 6),
                state[each.state],
                int(each.is_late),
                category[each.category],
                each.n,
            ]
            for each in points
        ],
        "counts": pages.open_counts_by_place(reader.actor, at=reader.at),
    }


@require_safe
@staff
def case_of_point(request: HttpRequest, reader: Reader, number: str) -> HttpResponse:
    """/atlas/case/20220523-000017/: on to the case, if the reader may see it. So the map need not carry opaque references."""
    return redirect("case", ref=case_by_number(number, by=reader.actor).ref)


@require_safe
@staff
def posts(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/atlas/layers/posts.json: {place: [{title, people, vacant}]} of the posts that answer for a grid."""
    by_place: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for post in organisation.posts(reader.street.code):
        if post.role in GRID_ROLES and post.place:
            shown = post_shown(post, at=reader.at)
            people = [*shown.holders, *shown.substitutes]
            by_place[shown.place].append({"title": shown.title, "people": people, "vacant": shown.is_vacant})
    body = _dense(by_place)
    return _answer(request, body, tag=f"posts-{hashlib.sha256(body).hexdigest()[:16]}", caching=ASK_AGAIN)


def json_answer(request: HttpRequest, document: object, *, tag: str) -> HttpResponse:
    """A document of another page of the map, under the same rules."""
    return _answer(request, _dense(document), tag=tag, caching=ASK_AGAIN)


def _rounded(coordinates: Any) -> Any:
    return round(coordinates, 6) if isinstance(coordinates, float | int) else [_rounded(each) for each in coordinates]


def _dense(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(request: HttpRequest, body: bytes, *, tag: str, caching: str) -> HttpResponse:
    """The body, gzipped where the browser takes it; 304 when it holds this version already."""
    if _is_held(request, tag):
        return _not_modified(tag, caching)
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(_gzipped(body) if takes_gzip else body, content_type="application/json; charset=utf-8")
    if takes_gzip:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["ETag"], answer.headers["Cache-Control"] = f'W/"{tag}"', caching
    patch_vary_headers(answer, ["Accept-Encoding", "Cookie"])
    return answer


@lru_cache(maxsize=16)
def _gzipped(body: bytes) -> bytes:
    """Kept for a few bodies: the layer of grids is asked for by everyone."""
    return gzip.compress(body, compresslevel=6, mtime=0)


def _is_held(request: HttpRequest, tag: str) -> bool:
    held = parse_etags(request.headers.get("If-None-Match", ""))
    return f'W/"{tag}"' in held or f'"{tag}"' in held


def _not_modified(tag: str, caching: str = ASK_AGAIN) -> HttpResponse:
    answer = HttpResponse(status=304)
    answer.headers["ETag"], answer.headers["Cache-Control"] = f'W/"{tag}"', caching
    return answer
