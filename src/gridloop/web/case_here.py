"""A case while its page stands open: who else has it open, and whether it has changed since (the desk's numbers: ``web.desk``).

The page asks every half minute (``hx-trigger`` in the template, asleep while the window is hidden) and gets a line or two back; without a
script it stays as it was loaded. Who has a case open is a courtesy among those who may open it: kept in the cache for a minute and
then gone, recorded nowhere and counted nowhere. How long anybody looks at anything is not kept (docs/mission.md, no formalism by construction).

Worked example: Wang has the case open; Li opens it and reads “王某 也开着这件”; Wang answers; within half a minute Li reads “此件刚刚有变化”.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from gridloop.offices.cases.queries import finding
from gridloop.web.reader import Reader, staff

GONE_AFTER = timedelta(seconds=60)


@require_POST
@staff
def here(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/cases/<ref>/here/: the reader has this case open; who else has, and whether it is still the one that was loaded (``rev``)."""
    case = finding.scoped_case(ref, by=reader.actor)
    others = _others_at(case.ref, by=reader.actor.ref, name=reader.actor.name, at=reader.at)
    loaded = request.GET.get("rev", "")
    page = {"ref": case.ref, "others": others, "has_changed": loaded.isdecimal() and int(loaded) != case.rev}
    return render(request, "parts/here.html", page)


def _others_at(case: str, *, by: str, name: str, at: datetime) -> list[str]:
    """The names of the others who have the case open; the reader is one of them from now on."""
    key = f"here:{case}"
    seen: dict[str, tuple[str, datetime]] = cache.get(key) or {}
    open_now = {who: each for who, each in seen.items() if timedelta() <= at - each[1] <= GONE_AFTER}
    others = sorted(each[0] for who, each in open_now.items() if who != by)
    cache.set(key, open_now | {by: (name, at)}, timeout=int(GONE_AFTER.total_seconds()))
    return others
