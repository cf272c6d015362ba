"""/campaigns/: the campaigns of the street; one campaign with its numbers, its command post, its groups, its activities, its timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.campaign import may_carry, may_lead, may_open, must_open
from gridloop.core.errors import Broken, GridloopError
from gridloop.core.period import Period
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.campaigns import actions
from gridloop.offices.campaigns import queries as campaigns
from gridloop.offices.indicators import campaigning
from gridloop.web import campaign_words
from gridloop.web.campaign_deeds import DEEDS, choices_for, form_of
from gridloop.web.campaign_forms import NewCampaignForm
from gridloop.web.charting import Pair, bars
from gridloop.web.indicators import said
from gridloop.web.reader import Reader, staff

LATEST = 10
"""Entries of the timeline that stand open; the older ones are folded."""
Refused = tuple[str, Any]
"""The deed that was refused and its form."""


@require_safe
@staff
def campaign_list(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/campaigns/"""
    street = reader.street.code
    page = {"rows": campaigns.campaigns(street, by=reader.actor), "may_open": may_open(reader.actor, street)}
    return render(request, "campaigns/list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/campaigns/new/"""
    street = reader.street.code
    must_open(reader.actor, street)
    form = NewCampaignForm(request.POST or None, choices=choices_for(reader, None))
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.open_campaign(by=reader.actor, at=reader.at, street=street, **form.cleaned_data)
            messages.success(request, _("专项已启动。"))
            return redirect("campaign", row.code)
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
    return render(request, "campaigns/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@staff
def campaign(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """/campaigns/<code>/?period=2022H1"""
    return _campaign(request, reader, _found(reader, code))


def _found(reader: Reader, code: str) -> Any:
    return campaigns.campaign_by_code(code, by=reader.actor, street=reader.street.code)


def _campaign(
    request: HttpRequest, reader: Reader, row: Any, *, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    history = [campaign_words.entry_shown(each) for each in campaigns.history_of(row)]
    figures = _figures(request, reader, row)
    page = figures | _weeks(reader, row, figures["period"]) | {
        "history": history[:LATEST], "older": history[LATEST:],
        "deeds": _offered(reader, "campaign", row, row, refused=refused), "parts": row.parts.all(),
    }  # fmt: skip
    return render(request, "campaigns/campaign.html", page, status=status)


def _weeks(reader: Reader, row: Any, period: Period) -> dict[str, Any]:
    """The drawing of the weeks and the table of the same numbers."""
    weeks = campaigning.weeks_shown(row, by=reader.actor, period=period, at=reader.at)
    pairs = [
        Pair(
            f"{week.first:%m-%d}", week.collected, week.struck_off,
            _("%(first)s 至 %(last)s:收集 %(collected)d 件,销号 %(struck)d 件")
            % {"first": f"{week.first:%m-%d}", "last": f"{week.last:%m-%d}", "collected": week.collected, "struck": week.struck_off},
        )
        for week in weeks
    ]  # fmt: skip
    return {
        "weeks": weeks,
        "weeks_drawn": bars(pairs, label=_("每周收集和销号的问题")),
        "has_visits": row.kind == "enterprise",
    }


def _figures(request: HttpRequest, reader: Reader, row: Any) -> dict[str, Any]:
    """The numbers of the period, the groups and the activities: what the page and the sheet share."""
    period = campaigning.period_shown(row, at=reader.at, asked=request.GET.get("period", "")[:24])
    groups = campaigns.groups_of(row)
    today = reader.today
    return {
        "campaign": row, "period": period, "period_said": said(period), "query": f"?period={quote(period.code)}",
        "offered": [(each.code, said(each)) for each in _periods(row, period, today)],
        "sections": campaigning.figures_of(row, by=reader.actor, period=period, at=reader.at),
        "readings": campaigning.published(row, by=reader.actor, period=period),
        "standings": [(each, said(Period.parse(each.period))) for each in campaigning.placed(row, by=reader.actor, period=period)],
        "command": [each for each in groups if each.group.kind == "command"], "groups": [each for each in groups if each.group.kind == "group"],
        "forces": [each for each in groups if each.group.kind not in ("command", "group")],
        "activities": campaigns.activities_of(row, on=min(today, period.last)), "at": reader.at,
    }  # fmt: skip


def _periods(row: Any, period: Period, today: Any) -> list[Period]:
    """What the picker offers: the shown one, the one the campaign names, this year so far, its first year by quarters."""
    day = max(row.starts_on, min(today, row.ends_on))
    named = [Period.parse(row.shown_period)] if row.shown_period else []
    so_far = Period("year", Period.of("year", day).first, day)
    first = [Period.parse(f"{row.starts_on.year}{part}") for part in ("Q1", "Q2", "H1", "")]
    return list(dict.fromkeys([period, *named, so_far, *first]))


@require_safe
@staff
def sheet(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """/campaigns/<code>/print/: one sheet for the desk of whoever asks."""
    return render(request, "campaigns/sheet.html", _figures(request, reader, _found(reader, code)))


@require_safe
@staff
def group(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/campaigns/groups/<ref>/"""
    return _group(request, reader, campaigns.group(ref, by=reader.actor))


def _group(
    request: HttpRequest, reader: Reader, row: Any, *, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    (shown,) = campaigns.shown_groups([row])
    deeds = _offered(reader, "group", row.campaign, row, refused=refused) if row.ended_at is None else []
    page = {
        "shown": shown, "group": row, "campaign": row.campaign, "deeds": [each for each in deeds if not each["deed"].is_of_row],
        "of_row": {each["deed"].name: each for each in deeds if each["deed"].is_of_row}, "refused": refused[1] if refused else None,
        "subject": campaign_words.place_of(row.subject), "key": uuid4().hex,
    }  # fmt: skip
    return render(request, "campaigns/group.html", page, status=status)


@require_safe
@staff
def activity(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/campaigns/activities/<ref>/"""
    return _activity(request, reader, campaigns.activity(ref, by=reader.actor))


def _activity(
    request: HttpRequest, reader: Reader, row: Any, *, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    (shown,) = campaigns.shown_activities([row], on=reader.today)
    is_over = row.done_at is not None or row.cancelled_at is not None
    deeds = [each for each in _offered(reader, "activity", row.campaign, row, refused=refused) if not is_over or each["deed"].name in ("link", "unlink")]  # fmt: skip
    page = {
        "shown": shown, "activity": row, "campaign": row.campaign, "deeds": [each for each in deeds if not each["deed"].is_of_row],
        "of_row": {each["deed"].name: each for each in deeds if each["deed"].is_of_row}, "refused": refused[1] if refused else None,
        "key": uuid4().hex,
    }  # fmt: skip
    return render(request, "campaigns/activity.html", page, status=status)


def _offered(reader: Reader, on: str, campaign: Any, row: Any, *, refused: Refused | None) -> list[dict[str, Any]]:
    """The deeds this reader may do here now; a refused one stays open with what was typed."""
    unit = {"group": lambda: row.lead.code, "activity": lambda: row.owner.code}.get(on, lambda: "")()
    leads, carries = may_lead(reader.actor, campaign.street), may_carry(reader.actor, street=campaign.street, unit=unit)
    deeds = [deed for deed in DEEDS.values() if deed.on == on and (leads or (deed.may == "carry" and carries))]
    if campaign.closed_at is not None or not deeds:
        return []
    choices = choices_for(reader, campaign)
    return [
        {
            "deed": deed, "is_open": bool(refused and refused[0] == deed.name), "key": uuid4().hex,
            "form": refused[1] if refused and refused[0] == deed.name else form_of(deed, None, choices=choices, row=row, reader=reader),
        }
        for deed in deeds
    ]  # fmt: skip


@require_POST
@staff
def do_campaign(request: HttpRequest, reader: Reader, code: str, verb: str) -> HttpResponse:
    """/campaigns/<code>/do/<verb>/"""
    row = _found(reader, code)
    return _do(request, reader, verb, on="campaign", campaign=row, row=row, page=_campaign)


@require_POST
@staff
def do_group(request: HttpRequest, reader: Reader, ref: str, verb: str) -> HttpResponse:
    """/campaigns/groups/<ref>/do/<verb>/"""
    row = campaigns.group(ref, by=reader.actor)
    return _do(request, reader, verb, on="group", campaign=row.campaign, row=row, page=_group)


@require_POST
@staff
def do_activity(request: HttpRequest, reader: Reader, ref: str, verb: str) -> HttpResponse:
    """/campaigns/activities/<ref>/do/<verb>/"""
    row = campaigns.activity(ref, by=reader.actor)
    return _do(request, reader, verb, on="activity", campaign=row.campaign, row=row, page=_activity)


def _do(
    request: HttpRequest,
    reader: Reader,
    verb: str,
    *,
    on: str,
    campaign: Any,
    row: Any,
    page: Callable[..., HttpResponse],
) -> HttpResponse:
    """Done once for the form's key, and back to the page; refused, the page with the form as it was typed."""
    deed = DEEDS.get((on, verb))
    if deed is None:
        raise Http404(verb)
    campaign_words.must_do(reader.actor, deed, campaign=campaign, row=row)
    form = form_of(deed, request.POST, choices=choices_for(reader, campaign), row=row, reader=reader)
    refused = (verb, form)
    if not form.is_valid():
        return page(request, reader, row, refused=refused, status=422)
    told = dict(form.cleaned_data)
    try:
        once_sealed(
            door=f"campaign:{reader.actor.ref}", key=request.POST.get("key", "")[:64], at=reader.at,
            content=[row.ref, verb, {name: str(value) for name, value in told.items()}], do=lambda: deed.do(reader, row, told) or {},
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return page(request, reader, row, refused=refused, status=error.status)
    messages.success(request, deed.said)
    return redirect({"campaign": "campaign", "group": "campaign_group", "activity": "campaign_activity"}[on], row.code if on == "campaign" else row.ref)  # fmt: skip
