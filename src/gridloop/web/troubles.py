"""/troubles/: one trouble, many reporters. The hot list of a period, one trouble with its map, weeks and heat, joining and keeping apart; what came back.

Reporters are masked here as everywhere. Joining merges: each reporter keeps a receipt, an answer and a callback.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError
from gridloop.core.heat import FORMULA, FORMULA_TERMS
from gridloop.offices.cases.actions import troubles as actions
from gridloop.offices.cases.actions.proposals import PROPOSES
from gridloop.offices.cases.queries import trouble_lists as lists
from gridloop.offices.cases.queries import troubles as queries
from gridloop.offices.cases.queries.troubles import Member, TroubleFile
from gridloop.web import wording
from gridloop.web.drawing import Drawing, Point, draw, shapes_of
from gridloop.web.reader import Reader, staff

TONES = {"suspected": "warn", "confirmed": "good"}
FEWEST_WEEKS = 2


@dataclass(frozen=True, slots=True)
class WeekShown:
    """One bar of the timeline: its seven days, how many told, and the bar's length in per cent."""

    begins: datetime
    ends: datetime
    n: int
    share: int


@dataclass(frozen=True, slots=True)
class ReporterShown:
    """One report: masked, with what became of it for this reporter."""

    name: str
    phone: str
    told_at: datetime
    number: str
    ref: str
    answer: bool
    solved: bool | None


@require_safe
@staff
def troubles(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/troubles/?from=&to=: the hottest troubles of the period, and what came back in it."""
    since, until = _period(request, reader)
    begin, end = lists.bounds(since, until, timezone.get_current_timezone())
    street = reader.street.code
    page = {
        "lines": queries.hot_list(reader.actor, street=street, since=begin, until=end),
        "back": lists.recurring(reader.actor, street=street, since=begin, until=end),
        "proposals": lists.proposals(reader.actor, street=street),
        "since": since, "until": until, "formula": FORMULA, "terms": FORMULA_TERMS, "at": reader.at,
    }  # fmt: skip
    return render(request, "console/troubles.html", page)


@require_safe
@staff
def trouble(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/troubles/<ref>/"""
    return _page(request, reader, ref)


@require_POST
@staff
def join(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/troubles/<ref>/join/: the ticked cases are handled as part of the chosen one."""
    told = request.POST
    return _done(
        request, reader, ref, _("已并案;每位反映人的回执、答复和回访都还是各自的。"),
        lambda: actions.join_cases(
            by=reader.actor, at=reader.at, trouble=ref, into=told.get("into", ""), cases=told.getlist("case"), reason=told.get("reason", "")
        ),
    )  # fmt: skip


@require_POST
@staff
def set_apart(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/troubles/<ref>/apart/: one case is another trouble."""
    told = request.POST
    return _done(
        request, reader, ref, _("已记为不是同一问题,以后不再一起提示。"),
        lambda: actions.set_apart(by=reader.actor, at=reader.at, trouble=ref, case=told.get("case", ""), reason=told.get("reason", "")),
    )  # fmt: skip


@require_POST
@staff
def not_recurring(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/cases/<ref>/not-recurring/: the mark 反复问题 is taken away, with a reason."""
    try:
        actions.dismiss_recurrence(by=reader.actor, at=reader.at, case=ref, reason=request.POST.get("reason", ""))
    except Broken:
        raise
    except GridloopError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
        return redirect("case", ref)
    messages.success(request, _("已去掉“反复问题”的标记,理由记入台账。"))
    return redirect("case", ref)


def _done(request: HttpRequest, reader: Reader, ref: str, said: str, deed: Any) -> HttpResponse:
    """The deed, then the page again: with what was done, or with the sentence that refuses it and what was typed."""
    try:
        deed()
    except Broken:
        raise
    except GridloopError as error:
        if error.status in (403, 404):
            raise
        return _page(request, reader, ref, problem=error.sentence, status=error.status)
    messages.success(request, said)
    return redirect(
        "trouble" if _is_seen(reader, ref) else "troubles", **({"ref": ref} if _is_seen(reader, ref) else {})
    )


def _is_seen(reader: Reader, ref: str) -> bool:
    """A trouble whose last case was put apart is gone."""
    try:
        queries.trouble_file(reader.actor, ref, street=reader.street.code)
    except GridloopError:
        return False
    return True


def _page(request: HttpRequest, reader: Reader, ref: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    found = queries.trouble_file(reader.actor, ref, street=reader.street.code)
    heads = [member for member in found.members if member.is_head]
    to_join = [member for member in heads if member.case.state in queries.OPEN_STATES]
    page = {
        "file": found, "line": found.line, "heads": heads, "to_join": to_join if found.may_join and len(to_join) > 1 else [],
        "reporters": _reporters(found), "weeks": _weeks(found), "map": _map(found, reader), "formula": FORMULA, "terms": FORMULA_TERMS,
        "tones": TONES, "problem": problem, "said": request.POST, "ticked": request.POST.getlist("case"), "at": reader.at,
        "may_propose": bool(reader.actor.roles(reader.street.code) & PROPOSES), "members": [_member(each) for each in found.members],
    }  # fmt: skip
    return render(request, "console/trouble.html", page, status=status)


def _member(member: Member) -> dict[str, Any]:
    return {"of": member, "case": member.case, "tone": TONES.get(member.standing, "quiet")}


def _reporters(found: TroubleFile) -> list[ReporterShown]:
    answers = {member.case.pk: bool((member.case.merged_into or member.case).answer) for member in found.members}
    return [
        ReporterShown(
            wording.masked_name(each.name), wording.masked_phone(each.phone), each.told_at, each.case.number, each.case.ref,
            answers.get(each.case_id, False), each.solved,
        )
        for each in found.reports
    ]  # fmt: skip


def _weeks(found: TroubleFile) -> list[WeekShown]:
    """The weeks as bars; none where there is only one."""
    most = max((n for _begins, n in found.weeks), default=0)
    if len(found.weeks) < FEWEST_WEEKS:
        return []
    return [WeekShown(begins, begins + timedelta(days=6), n, round(100 * n / most)) for begins, n in found.weeks]


def _map(found: TroubleFile, reader: Reader) -> Drawing | None:
    """The street with a marker for each case that has a point, and the cells of the others marked."""
    cells, is_synthetic = shapes_of(reader.street.code)
    if not cells:
        return None
    codes = {member.case.place.rsplit("/", 1)[-1] for member in found.members}
    marked = [type(cell)(cell.code, cell.name, cell.geometry, is_current=cell.code in codes) for cell in cells]
    points = [
        Point(
            case.lon,
            case.lat,
            f"{case.number} {case.title}",
            f"/cases/{case.ref}/",
            "bad" if member.is_head else "open",
        )
        for member in found.members
        if (case := member.case).lon is not None and case.lat is not None
    ]
    return draw(marked, points=points, label=_("各件事项的位置"), is_synthetic=is_synthetic)


def _period(request: HttpRequest, reader: Reader) -> tuple[date, date]:
    """The days asked for; what is missing or no date is the last ninety days."""
    said = request.GET
    return lists.period(_day(said.get("from", "")), _day(said.get("to", "")), today=reader.today)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
