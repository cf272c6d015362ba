"""A part of a kept file (RFC 9110, section 14): a browser that plays a sound asks for it piece by piece, and Safari plays nothing otherwise."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse

ASKED = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


def part_of(request: HttpRequest, kept: Any) -> HttpResponse | None:
    """The bytes that were asked for; None where the whole file is. A range that makes no sense asks for the whole, one beyond the end gets 416."""
    asked = ASKED.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or not asked or asked.group() == "bytes=-":
        return None
    first, last = asked.groups()
    start = int(first) if first else max(kept.size - int(last), 0)
    stop = min(int(last), kept.size - 1) if first and last else kept.size - 1
    if last and first and int(last) < start:
        return None
    if start >= kept.size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{kept.size}"})
    with kept.file.open("rb") as file:
        file.seek(start)
        content = file.read(stop - start + 1)
    said = {"Content-Range": f"bytes {start}-{stop}/{kept.size}", "Accept-Ranges": "bytes"}
    return HttpResponse(content, status=206, content_type=kept.media_type, headers=said)
