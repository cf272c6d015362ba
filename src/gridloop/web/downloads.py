"""A file that is handed out under a name. That nobody keeps it on the way is said for every page of staff by ``web.middleware``."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(content: bytes | str, *, name: str, kind: str) -> HttpResponse:
    """The answer that saves ``content`` (of the media type ``kind``) as ``name``, whatever letters it is written in."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
