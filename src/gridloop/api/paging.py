"""Long answers in pages: by key, never by offset, so nothing is shown twice or lost when rows are added meanwhile.

A page is ``{"items": […], "next": "/api/v1/…?after=…"}``; ``next`` is null on the last one, and the ``Link`` header says the same
(RFC 8288, ``rel="next"``). ``after`` is the key of the last row shown, to be sent back as it came.

Worked example: ``GET /units?size=2`` says ``"next": "/api/v1/units?size=2&after=housing"``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Query

from gridloop.offices.archive.keyset import KEY

MOST = 1000
LARGEST_KEY = 2**63 - 1
After = Annotated[str, Query(pattern=KEY, description="上一页 next 里的 after;空:从头")]
Size = Annotated[int, Query(ge=1, le=200)]


def page_of(
    request: HttpRequest,
    response: HttpResponse,
    rows: Iterable[Any],
    *,
    key: Callable[[Any], str],
    after: str,
    size: int,
    told: Callable[[Any], Any],
) -> dict[str, Any]:
    """One page of rows that are all at hand, in the order of their keys, which must be unique texts."""
    ordered = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0])
    left = [pair for pair in ordered if pair[0] > after]
    shown = left[:size]
    items = [told(row) for _, row in shown]
    return {"items": items, "next": next_link(request, response, shown[-1][0] if len(left) > size else "")}


def page_of_query(
    request: HttpRequest,
    response: HttpResponse,
    rows: Sequence[Any],
    *,
    size: int,
    key: Callable[[Any], object],
    told: Callable[[Any], Any],
) -> dict[str, Any]:
    """One page of rows that a query returned one too many of: the row beyond the size only says that there are more."""
    last = key(rows[size - 1]) if len(rows) > size else ""
    return {"items": [told(row) for row in rows[:size]], "next": next_link(request, response, str(last))}


def next_link(request: HttpRequest, response: HttpResponse, after: str) -> str | None:
    """The address of the next page, also put into the Link header; None without ``after``."""
    if not after:
        return None
    asked = {name: value for name, value in request.GET.items() if name != "after"}
    address = f"{request.path}?{urlencode(asked | {'after': after})}"
    response["Link"] = f'<{address}>; rel="next"'
    return address
