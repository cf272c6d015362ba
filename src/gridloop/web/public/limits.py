"""How often one address may do a thing, and how often all of them in one street: small counters in Django's cache, so that nobody floods the
desk and no captcha is needed.

The network address itself is not kept, only a keyed hash of it, for twice the window. Offices, markets and community centres share
one address among many people, so the limits are generous. The street's own limit stops a flood that comes from many addresses at once.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gridloop.core.errors import TooMuch

WINDOW = 600
"""Seconds."""
MOST = {"report": 12, "follow": 30, "write": 40, "look": 120, "suggest": 6, "held": 40, "firm": 20}
"""Times per window, street and address: reports filed, receipts typed in by hand, things done on a receipt's page, places looked at on the form,
suggestions made, copies of one's own data taken,
invitations of firms opened."""
MOST_IN_A_STREET = {"report": 300, "suggest": 60}
"""Times per window and street, whoever it is: some ten times what a street of 100,000 people sees on a stormy day."""


def count(request: HttpRequest, what: str, *, at: datetime, street: str = "") -> None:
    """One more time. Raises TooMuch when the address, or the whole street, has used up the present window."""
    who = salted_hmac("gridloop.limit", address(request)).hexdigest()[:24]
    minutes = WINDOW // 60
    if _times(f"{what}:{street}:{who}", at=at) > MOST[what]:
        sentence = _("这个网络地址 %(minutes)d 分钟内提交得太多了;请过 %(minutes)d 分钟再试,急事请直接打值班电话。")
        raise TooMuch("public.too_often", sentence % {"minutes": minutes}, within=WINDOW)
    if street and what in MOST_IN_A_STREET and _times(f"{what}:{street}:all", at=at) > MOST_IN_A_STREET[what]:
        sentence = _("现在提交的人太多,暂时收不下;您写的内容还在,请过 %(minutes)d 分钟再试,急事请直接打值班电话。")
        raise TooMuch("public.too_many", sentence % {"minutes": minutes}, within=WINDOW)


def _times(key: str, *, at: datetime) -> int:
    """How often this has been counted in the present window, this time included."""
    name = f"limit:{int(at.timestamp()) // WINDOW}:{key}"
    times = int(cache.get(name, 0)) + 1
    cache.set(name, times, timeout=2 * WINDOW)
    return times


def address(request: HttpRequest) -> str:
    """The network address the request came from; behind our own proxy, what that proxy noted (the last of the list)."""
    noted = request.headers.get("X-Forwarded-For", "") if settings.PUBLIC_URL.startswith("https://") else ""
    return noted.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
