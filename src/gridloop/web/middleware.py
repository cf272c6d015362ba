"""Answers an error of the one tree with a page that says what to do next, keeps what staff see out of shared caches, tells the browser what a
page may load, and sends pages compressed.

The pages have no inline style and no inline script, so the policy can forbid both: what was smuggled into a page does not run. Map tiles come from
the hosts that the installation configures (``web.atlas_tiles``); MapLibre's worker is a blob of our own script.

Only pages are compressed here: static files lie compressed beside themselves (``script/build``), and the API's strong ETags would become weak.
A few random bytes go along, as Django's own compression does, so that lengths betray no secret of the page (BREACH).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from gridloop.core.errors import Broken, GridloopError
from gridloop.web.answers import refusal
from gridloop.web.atlas_tiles import tiles

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
FROM_TILES = ("img-src", "connect-src")
WORTH_COMPRESSING = 1024
RANDOM_BYTES = 100
OWN_POLICY = ("/api/",)
"""Addresses whose answers are no pages, or whose pages (the API's reference) bring a policy of their own."""


class Answers:
    """A ``GridloopError`` of a page becomes a designed answer with its status. ``Broken`` is ours and goes on, loudly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if "reader" in request.__dict__:
            answer.headers.setdefault("Cache-Control", "no-store")
        if not request.path.startswith(OWN_POLICY):
            is_staff = "reader" in request.__dict__
            answer.headers.setdefault("Content-Security-Policy", policy(tiles().addresses, hears=is_staff))
        return compressed(request, answer)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, GridloopError) or isinstance(error, Broken) or request.path.startswith("/api/"):
            return None
        return refusal(request, error)


def compressed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The page, gzipped where the browser takes it; anything but a whole page of some length stays as it is."""
    is_page = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
    if not is_page or answer.has_header("Content-Encoding") or len(answer.content) < WORTH_COMPRESSING:
        return answer
    patch_vary_headers(answer, ("Accept-Encoding",))
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.content = compress_string(answer.content, max_random_bytes=RANDOM_BYTES)
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.content))
    return answer


@lru_cache(maxsize=8)
def policy(tile_addresses: tuple[str, ...] = (), *, hears: bool = False) -> str:
    """The Content-Security-Policy of every page; tiles may come from these addresses' hosts, and nothing else from elsewhere.

    ``hears``: a sound that was just chosen or recorded is heard before it is sent (a blob of the page's own); only staff's pages record.
    """
    hosts = sorted({f"{found.scheme}://{found.netloc}" for found in map(urlsplit, tile_addresses) if found.netloc})
    allowed = {name: " ".join((sources, *hosts)) if name in FROM_TILES else sources for name, sources in POLICY.items()}
    allowed["media-src"] += " blob:" if hears else ""
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())
