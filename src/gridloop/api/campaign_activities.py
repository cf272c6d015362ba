"""The activities of campaigns by the API (专项活动), the evaluation by unit (考评) and what firms said (满意情况); never by person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.campaigns import (
    GUARDED,
    SHUT,
    WRITES,
    Asked,
    Street,
    activity_told,
    revision_of,
)
from gridloop.api.indicators import period_asked
from gridloop.api.paging import page_of
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import must_match, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_campaigns import (
    ActivityAmendIn,
    ActivityDoneIn,
    ActivityFile,
    ActivityIn,
    CampaignCode,
    CancelActivityIn,
    EvaluationOfUnit,
    EvaluationOut,
    LinkActivityIn,
    OutcomeIn,
    Pleased,
    SatisfactionOut,
    VoicePage,
)
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.core.errors import NotFound
from gridloop.offices.campaigns import actions, queries
from gridloop.offices.indicators import campaigning
from gridloop.offices.indicators.asked import Asked as AskedOf
from gridloop.offices.indicators.evaluating import MEASURES, Evaluated, Satisfaction, evaluate, satisfaction
from gridloop.offices.indicators.voices import heard

router = Router(tags=["专项"])
Told = actions.ActivityTold


@router.post(
    "/campaigns/{code}/activities", auth=doors(WRITE), response={201: ActivityFile, WRITES: Problem}, summary="制定专项活动方案",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def plan(request: CallerRequest, code: CampaignCode, told: ActivityIn, street: Street = "") -> HttpResponse:
    """The activity is planned with its steps; kept once, also where it counts for other campaigns."""
    caller = request.auth
    where = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        row = queries.campaign_by_code(code, by=caller.actor, street=where)
        made = actions.plan_activity(by=caller.actor, at=caller.at, campaign=row.ref, told=_told(told))
        return _file(caller, made.ref)

    return told_once(request, ActivityFile, operation=f"plan activity {where} {code}", do=do, status=201)


def _told(told: ActivityIn) -> actions.ActivityTold:
    steps = tuple((each.text, each.due_on) for each in told.steps)
    return Told(told.title, told.aim, told.owner, told.starts_on, told.ends_on, told.group, steps)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    row = queries.activity(ref, by=caller.actor)
    (shown,) = queries.shown_activities([row], on=today_of(caller, row.campaign.street))
    return activity_told(shown)


@router.get(
    "/campaigns/activities/{ref}", auth=doors(READ), response={200: ActivityFile, SHUT: Problem}, summary="一项专项活动"
)  # fmt: skip
def activity(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Its steps with their days and outcomes, where it stands today, which campaigns it counts for."""
    told = _file(request.auth, ref)
    shows_revision(request, revision_of(told))
    return told


def _deed(
    request: CallerRequest, ref: str, name: str, action: Callable[..., Any], said: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The action is done while the activity is as it was seen; the answer is the activity as it is then."""
    caller = request.auth

    def do() -> dict[str, Any]:
        must_match(request, revision_of(_file(caller, ref)))
        action(by=caller.actor, at=caller.at, activity=ref, **said)
        return _file(caller, ref)

    return told_once(request, ActivityFile, operation=f"{name} activity {ref}", do=do, status=status)


@router.put(
    "/campaigns/activities/{ref}", auth=doors(WRITE), response={200: ActivityFile, WRITES: Problem}, summary="调整活动方案",
    openapi_extra=GUARDED,
)  # fmt: skip
def replan(request: CallerRequest, ref: str, told: ActivityAmendIn) -> HttpResponse:
    """The plan reads so from now on; steps that were done stay, the others are those told."""
    said = {"told": _told(told), "reason": told.reason}
    return _deed(request, ref, "replan", actions.change_activity, said)


@router.post(
    "/campaigns/activities/{ref}/finish", auth=doors(WRITE), response={200: ActivityFile, WRITES: Problem}, summary="活动完成",
    openapi_extra=GUARDED,
)  # fmt: skip
def finish(request: CallerRequest, ref: str, told: ActivityDoneIn) -> HttpResponse:
    """The activity is done with its result; refused while a step is open."""
    return _deed(request, ref, "finish", actions.finish_activity, told.model_dump())


@router.post(
    "/campaigns/activities/{ref}/cancel", auth=doors(WRITE), response={200: ActivityFile, WRITES: Problem}, summary="取消活动",
    openapi_extra=GUARDED,
)  # fmt: skip
def cancel(request: CallerRequest, ref: str, told: CancelActivityIn) -> HttpResponse:
    """The activity does not take place; it stays on the board with the reason."""
    return _deed(request, ref, "cancel", actions.cancel_activity, told.model_dump())


@router.post(
    "/campaigns/activities/{ref}/links", auth=doors(WRITE), response={201: ActivityFile, WRITES: Problem}, summary="也计入别的专项",
    openapi_extra=GUARDED,
)  # fmt: skip
def link(request: CallerRequest, ref: str, told: LinkActivityIn) -> HttpResponse:
    """The activity counts for the other campaign too, and nothing is typed again."""
    return _deed(request, ref, "link", actions.link_activity, told.model_dump(), status=201)


@router.post(
    "/campaigns/links/{ref}/end", auth=doors(WRITE), response={200: ActivityFile, WRITES: Problem}, summary="不再计入", openapi_extra=KEY_HEADER
)  # fmt: skip
def unlink(request: CallerRequest, ref: str, told: CancelActivityIn) -> HttpResponse:
    """The activity no longer counts for the other campaign."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.unlink_activity(by=caller.actor, at=caller.at, link=ref, reason=told.reason)
        return _file(caller, row.activity.ref)

    return told_once(request, ActivityFile, operation=f"unlink {ref}", do=do)


@router.post(
    "/campaigns/steps/{ref}/finish", auth=doors(WRITE), response={200: ActivityFile, WRITES: Problem}, summary="步骤完成",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def finish_step(request: CallerRequest, ref: str, told: OutcomeIn) -> HttpResponse:
    """The step is done, with what came of it. By those who lead the campaign, or the activity's unit."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.finish_step(by=caller.actor, at=caller.at, step=ref, outcome=told.outcome)
        return _file(caller, row.activity.ref)

    return told_once(request, ActivityFile, operation=f"finish step {ref}", do=do)


@router.get(
    "/campaigns/{code}/evaluation", auth=doors(READ), response={200: EvaluationOut, SHUT: Problem}, summary="考评"
)  # fmt: skip
def evaluation(request: CallerRequest, code: CampaignCode, period: Asked = "", street: Street = "") -> dict[str, Any]:
    """How the problems of firms fared by the unit that leads them: rates with n and interval, never a person, never a rank."""
    row, asked = _asked(request.auth, code, period, street)
    led: dict[int, list[str]] = {}
    for each in queries.groups_of(row, kinds=("group",)):
        led.setdefault(each.group.lead_id, []).append(each.group.name)
    everything, *units = evaluate(asked)
    return {
        "period": asked.period.code, "everything": _unit(everything, []),
        "units": [_unit(each, led.get(each.unit.pk if each.unit else 0, [])) for each in units],
        "formulas": {code: formula for code, (_label, formula) in MEASURES.items()},
    }  # fmt: skip


def _asked(caller: Caller, code: str, period: str, street: str) -> tuple[Any, AskedOf]:
    row = queries.campaign_by_code(code, by=caller.actor, street=street_of(caller.actor, street))
    shown = campaigning.period_shown(row, at=caller.at, asked=period)
    return row, AskedOf(caller.actor, row.street, shown, caller.at)


def _unit(found: Evaluated, groups: list[str]) -> dict[str, Any]:
    unit = found.unit
    return {
        "unit": unit.code if unit else None, "ref": unit.ref if unit else None, "name": unit.name if unit else "全部", "groups": groups,
        "rates": [_rate(label, reading) for label, reading in found.named], "cases": len(found.cases),
    }  # fmt: skip


def _rate(label: str, reading: Any) -> dict[str, Any]:
    told = fields_named(reading, "n part value lower upper caution")
    return told | {"measure": reading.code, "label": label}


@router.get(
    "/campaigns/{code}/evaluation/{unit}", auth=doors(READ), response={200: EvaluationOfUnit, SHUT: Problem}, summary="一个单位的考评"
)  # fmt: skip
def evaluation_of_unit(
    request: CallerRequest, code: CampaignCode, unit: str = Path(..., max_length=40), period: Asked = "", street: Street = ""
) -> dict[str, Any]:  # fmt: skip
    """The cases behind a unit's rates, and what each says to each measure; ``unit`` is a code."""
    _row, asked = _asked(request.auth, code, period, street)
    found = next((each for each in evaluate(asked) if each.unit and each.unit.code == unit), None)
    if found is None:
        raise NotFound("campaigns.no_unit", "这一期没有这个单位的企业问题;请换一个期间。", unit=unit)
    cases = [fields_named(each.case, "ref number title") | {"marks": each.marks} for each in found.cases]
    return {"period": asked.period.code, "unit": _unit(found, []), "cases": cases}


@router.get("/satisfaction", auth=doors(READ), response={200: SatisfactionOut, SHUT: Problem}, summary="企业满意情况")
def satisfied(request: CallerRequest, period: Asked = "", street: Street = "") -> dict[str, Any]:
    """What firms said when they were called: reached, not reached, declined, and the rate of those reached, with its n."""
    caller = request.auth
    where = street_of(caller.actor, street)
    asked = period_asked(caller, where, period)
    everything, by_unit, by_month = satisfaction(AskedOf(caller.actor, where, asked, caller.at))
    return {
        "period": asked.code, "everything": _part(everything), "by_unit": [_part(each) for each in by_unit],
        "by_month": [_part(each) for each in by_month],
        "rows": [
            fields_named(case, "ref number title") | {"outcome": outcome, "satisfied": report.satisfied}
            for report, case, outcome in everything.rows
        ],
    }  # fmt: skip


@router.get("/voices", auth=doors(READ), response={200: VoicePage, SHUT: Problem}, summary="企业的话")
def voices(
    request: CallerRequest, response: HttpResponse, period: Asked = "", street: Street = "", unit: str = Query("", max_length=40),
    pleased: Pleased = "", after: str = Query("", max_length=60), size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """What firms said of their problems, in the order of saying, nobody named; with how many were asked and how many reached."""
    caller = request.auth
    where = street_of(caller.actor, street)
    asked = period_asked(caller, where, period)
    found = heard(AskedOf(caller.actor, where, asked, caller.at), unit=unit, pleased=pleased)
    page = page_of(request, response, found.voices, key=lambda each: each.key, after=after, size=size, told=_voice)
    return page | {"period": asked.code, "asked": found.asked, "reached": found.reached}


def _voice(each: Any) -> dict[str, Any]:
    told = fields_named(each, "way said_at words satisfied firm")
    return told | {"case": each.case.ref, "number": each.case.number, "unit": each.unit.code}


def _part(found: Satisfaction) -> dict[str, Any]:
    told = fields_named(found, "label reached not_reached declined")
    return told | {"rate": _rate("满意", found.reading)}
