"""How often one address may do a thing: a small counter in Django's cache, so that nobody floods the desk and no captcha is needed.

The network address itself is not kept, only a keyed hash of it, for twice the window. Offices, markets and community centres share
one address among many people, so the limits are generous.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from gridloop.core.errors import TooMuch

WINDOW = 600
"""Seconds."""
MOST = {"report": 12, "follow": 30, "write": 40}
"""Times per window and address: reports filed, receipts typed in by hand, things done on a receipt's page."""


def count(request: HttpRequest, what: str, *, at: datetime) -> None:
    """One more time. Raises TooMuch when the address has used up the present window."""
    window = int(at.timestamp()) // WINDOW
    key = f"limit:{what}:{window}:{salted_hmac('gridloop.limit', address(request)).hexdigest()[:24]}"
    times = cache.get(key, 0) + 1
    cache.set(key, times, timeout=2 * WINDOW)
    if times > MOST[what]:
        minutes = WINDOW // 60
        raise TooMuch(
            "public.too_often",
            f"这个网络地址 {minutes} 分钟内提交得太多了;请过 {minutes} 分钟再试,急事请直接打值班电话。",
            within=WINDOW,
        )


def address(request: HttpRequest) -> str:
    """The network address the request came from; behind our own proxy, what that proxy noted (the last of the list)."""
    noted = request.headers.get("X-Forwarded-For", "") if settings.PUBLIC_URL.startswith("https://") else ""
    return noted.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
