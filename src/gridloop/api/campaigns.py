"""Campaigns by the API (专项): the campaigns with their figures, the command post and the groups; who leads them shapes them, all posts read."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named, timeline_entry
from gridloop.api.indicators import computed_told, figure_told, standing_told
from gridloop.api.paging import page_of
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, must_match, seen, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_campaigns import (
    CampaignAmendIn,
    CampaignCode,
    CampaignFigures,
    CampaignFile,
    CampaignIn,
    CampaignPage,
    EndIn,
    GroupFile,
    GroupIn,
    GroupMemberIn,
    LeaveGroupIn,
    MeetingIn,
    OutcomeIn,
    TaskIn,
)
from gridloop.api.shapes_indicators import PERIOD
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.offices.campaigns import actions, queries
from gridloop.offices.enterprise.queries import register
from gridloop.offices.indicators import campaigning
from gridloop.offices.projects.queries.finding import project

router = Router(tags=["专项"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
GUARDED = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH]}
Street = Annotated[str, Query(max_length=80)]
Asked = Annotated[str, Query(max_length=24, description=f"{PERIOD};默认专项自己的期间")]


@router.get("/campaigns", auth=doors(READ), response={200: CampaignPage, SHUT: Problem}, summary="专项列表")
def campaigns(
    request: CallerRequest, response: HttpResponse, after: str = Query("", max_length=40), size: int = Query(50, ge=1, le=500),
    street: Street = "",
) -> dict[str, Any]:  # fmt: skip
    """The campaigns of the street by their codes."""
    actor = request.auth.actor
    rows = queries.campaigns(street_of(actor, street), by=actor)
    return page_of(request, response, rows, key=lambda row: row.code, after=after, size=size, told=campaign_line)


def campaign_line(row: Any) -> dict[str, Any]:
    """A campaign whose parent has been read."""
    names = "ref rev code name kind basis data_policy shown_period starts_on ends_on closed_at closed_because"
    return fields_named(row, names) | {"parent": row.parent.code if row.parent else None}


@router.post(
    "/campaigns", auth=doors(WRITE), response={201: CampaignFile, WRITES: Problem}, summary="启动专项", openapi_extra=KEY_HEADER
)  # fmt: skip
def open_campaign(request: CallerRequest, told: CampaignIn, street: Street = "") -> HttpResponse:
    """The campaign runs from its first to its last day; its code is used once in the street."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        actions.open_campaign(by=caller.actor, at=caller.at, street=code, **told.model_dump())
        return _file(caller, code, told.code)

    return told_once(request, CampaignFile, operation="POST /campaigns", do=do, status=201)


def _file(caller: Caller, street: str, code: str) -> dict[str, Any]:
    row = queries.campaign_by_code(code, by=caller.actor, street=street)
    today = today_of(caller, street)
    return {
        "campaign": campaign_line(row), "scheme": row.scheme, "parts": [each.code for each in row.parts.all()],
        "groups": [group_told(each) for each in queries.groups_of(row)],
        "activities": [activity_told(each) for each in queries.activities_of(row, on=min(today, row.ends_on))],
        "timeline": [timeline_entry(entry) for entry in queries.history_of(row)],
    }  # fmt: skip


def group_told(shown: queries.GroupShown) -> dict[str, Any]:
    """A group with its members, tasks and meetings."""
    row = shown.group
    return fields_named(row, "ref kind name duty subject founded_at ended_at") | {
        "campaign": row.campaign.code, "lead": row.lead.code, "members": [_member(each) for each in shown.members],
        "tasks": [fields_named(each, "ref text due_on done_at outcome") for each in shown.tasks],
        "meetings": [fields_named(each, "ref held_at topic minutes") for each in shown.meetings],
    }  # fmt: skip


def _member(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref label duty starts_at ends_at")
    return told | {"unit": row.unit.code, "person": row.person.code if row.person else None}


def activity_told(shown: queries.ActivityShown) -> dict[str, Any]:
    """An activity with its steps and where it counts too."""
    row = shown.activity
    names = "ref title aim starts_on ends_on result done_at cancelled_at cancelled_because"
    links = [
        fields_named(each, "ref reason") | {"campaign": each.campaign.code, "name": each.campaign.name}
        for each in shown.links
    ]
    return fields_named(row, names) | {
        "campaign": row.campaign.code, "owner": row.owner.code, "group": row.group.ref if row.group else None, "state": shown.state,
        "is_linked": shown.is_linked, "steps": [fields_named(each, "ref number text due_on done_at outcome") for each in shown.steps],
        "links": links,
    }  # fmt: skip


@router.get("/campaigns/groups/{ref}", auth=doors(READ), response={200: GroupFile, SHUT: Problem}, summary="一个工作组")
def group(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Who leads it, who is in it, what it is to do and when it met."""
    told = _group_file(request.auth, ref)
    shows_revision(request, revision_of(told))
    return told


def _group_file(caller: Caller, ref: str) -> dict[str, Any]:
    (shown,) = queries.shown_groups([queries.group(ref, by=caller.actor)])
    return group_told(shown)


def revision_of(told: dict[str, Any]) -> str:
    """What is told, in sixteen letters: another whenever something of it was changed."""
    return sha256(repr(told).encode()).hexdigest()[:16]


def _group_deed(
    request: CallerRequest, ref: str, name: str, action: Callable[..., Any], said: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The action is done while the group is as it was seen; the answer is the group as it is then."""
    caller = request.auth

    def do() -> dict[str, Any]:
        must_match(request, revision_of(_group_file(caller, ref)))
        action(by=caller.actor, at=caller.at, group=ref, **said)
        return _group_file(caller, ref)

    return told_once(request, GroupFile, operation=f"{name} group {ref}", do=do, status=status)


@router.post(
    "/campaigns/groups/{ref}/members", auth=doors(WRITE), response={201: GroupFile, WRITES: Problem}, summary="工作组增加成员",
    openapi_extra=GUARDED,
)  # fmt: skip
def join(request: CallerRequest, ref: str, told: GroupMemberIn) -> HttpResponse:
    """The unit or the person is in the group from now on."""
    return _group_deed(request, ref, "join", actions.join_group, told.model_dump(), status=201)


@router.post(
    "/campaigns/groups/{ref}/tasks", auth=doors(WRITE), response={201: GroupFile, WRITES: Problem}, summary="布置任务", openapi_extra=GUARDED
)  # fmt: skip
def set_task(request: CallerRequest, ref: str, told: TaskIn) -> HttpResponse:
    """The group is to do this by the day. By those who lead the campaign, or the group's unit."""
    return _group_deed(request, ref, "task", actions.set_task, told.model_dump(), status=201)


@router.post(
    "/campaigns/groups/{ref}/meetings", auth=doors(WRITE), response={201: GroupFile, WRITES: Problem}, summary="记会议", openapi_extra=GUARDED
)  # fmt: skip
def note_meeting(request: CallerRequest, ref: str, told: MeetingIn) -> HttpResponse:
    """The group met: topic and minutes stand."""
    return _group_deed(request, ref, "meet", actions.note_meeting, told.model_dump(), status=201)


@router.post(
    "/campaigns/groups/{ref}/end", auth=doors(WRITE), response={200: GroupFile, WRITES: Problem}, summary="撤销工作组", openapi_extra=GUARDED
)  # fmt: skip
def end_group(request: CallerRequest, ref: str, told: EndIn) -> HttpResponse:
    """The group and its memberships end now; its record stays."""
    return _group_deed(request, ref, "end", actions.end_group, told.model_dump())


@router.post(
    "/campaigns/members/{ref}/leave", auth=doors(WRITE), response={200: GroupFile, WRITES: Problem}, summary="成员退出", openapi_extra=KEY_HEADER
)  # fmt: skip
def leave(request: CallerRequest, ref: str, told: LeaveGroupIn) -> HttpResponse:
    """The member has left; the row stays with its dates."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.leave_group(by=caller.actor, at=caller.at, member=ref, reason=told.reason)
        return _group_file(caller, row.group.ref)

    return told_once(request, GroupFile, operation=f"leave {ref}", do=do)


@router.post(
    "/campaigns/tasks/{ref}/finish", auth=doors(WRITE), response={200: GroupFile, WRITES: Problem}, summary="任务完成", openapi_extra=KEY_HEADER
)  # fmt: skip
def finish_task(request: CallerRequest, ref: str, told: OutcomeIn) -> HttpResponse:
    """The task is done, with what came of it."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = actions.finish_task(by=caller.actor, at=caller.at, task=ref, outcome=told.outcome)
        return _group_file(caller, row.group.ref)

    return told_once(request, GroupFile, operation=f"finish task {ref}", do=do)


@router.get("/campaigns/{code}", auth=doors(READ), response={200: CampaignFile, SHUT: Problem}, summary="一个专项")
def campaign(request: CallerRequest, code: CampaignCode, street: Street = "") -> dict[str, Any]:
    """Its basis and scheme, its groups with members, tasks and meetings, its activities, everything that happened."""
    caller = request.auth
    told = _file(caller, street_of(caller.actor, street), code)
    shows_revision(request, told["campaign"]["rev"])
    return told


@router.get(
    "/campaigns/{code}/figures", auth=doors(READ), response={200: CampaignFigures, SHUT: Problem}, summary="专项的数"
)  # fmt: skip
def figures(request: CallerRequest, code: CampaignCode, period: Asked = "", street: Street = "") -> dict[str, Any]:
    """The numbers that the campaign's page and its sheet show for the period, over what the caller may see."""
    caller = request.auth
    row = queries.campaign_by_code(code, by=caller.actor, street=street_of(caller.actor, street))
    asked = campaigning.period_shown(row, at=caller.at, asked=period)
    sections = campaigning.figures_of(row, by=caller.actor, period=asked, at=caller.at)
    return {
        "period": asked.code,
        "sections": [
            {"title": each.title, "figures": [computed_told(found) for found in each.figures]} for each in sections
        ],
        "readings": [figure_told(each) for each in campaigning.published(row, by=caller.actor, period=asked)],
        "standings": [standing_told(each) for each in campaigning.placed(row, by=caller.actor, period=asked)],
    }


@router.patch(
    "/campaigns/{code}", auth=doors(WRITE), response={200: CampaignFile, WRITES: Problem}, summary="调整专项", openapi_extra=GUARDED
)  # fmt: skip
def change(request: CallerRequest, code: CampaignCode, told: CampaignAmendIn, street: Street = "") -> HttpResponse:
    """What is sent is changed, with a reason; what was said before stands in the ledger."""
    said = told.model_dump(exclude_unset=True, exclude_none=True, exclude={"rev"})
    return _deed(request, code, street, "change", actions.change_campaign, said, rev=told.rev)


def _deed(
    request: CallerRequest, code: str, street: str, name: str, action: Callable[..., Any], said: dict[str, Any], *,
    rev: int | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The action is done at the revision that was seen; the answer is the campaign as it is then."""
    caller = request.auth
    where = street_of(caller.actor, street)

    row = queries.campaign_by_code(code, by=caller.actor, street=where)

    def do(present: int | None) -> dict[str, Any]:
        action(by=caller.actor, at=caller.at, campaign=row.ref, rev=present, **said)
        return _file(caller, where, code)

    with seen(request, rev=rev, present=lambda: queries.campaign(row.ref, by=caller.actor).rev) as present:
        return told_once(
            request, CampaignFile, operation=f"{name} campaign {where} {code}", do=lambda: do(present), status=status
        )


@router.post(
    "/campaigns/{code}/close", auth=doors(WRITE), response={200: CampaignFile, WRITES: Problem}, summary="结束专项", openapi_extra=GUARDED
)  # fmt: skip
def close(request: CallerRequest, code: CampaignCode, told: EndIn, street: Street = "") -> HttpResponse:
    """The campaign is over, and its groups with it; what was left open is told."""
    return _deed(request, code, street, "close", actions.close_campaign, {"reason": told.reason})


@router.post(
    "/campaigns/{code}/groups", auth=doors(WRITE), response={201: GroupFile, WRITES: Problem}, summary="成立工作组或专班",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def found_group(request: CallerRequest, code: CampaignCode, told: GroupIn, street: Street = "") -> HttpResponse:
    """The group exists, led by the unit; a task force for one project or firm names it."""
    caller = request.auth
    where = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        row = queries.campaign_by_code(code, by=caller.actor, street=where)
        _must_see(caller, told.subject)
        made = actions.found_group(by=caller.actor, at=caller.at, campaign=row.ref, **told.model_dump())
        return _group_file(caller, made.ref)

    return told_once(request, GroupFile, operation=f"found group {where} {code}", do=do, status=201)


def _must_see(caller: Caller, subject: str) -> None:
    """The project or the firm that a task force is for lies within the caller's scope. Raises NotFound."""
    kind, _colon, ref = subject.partition(":")
    if kind == "project":
        project(ref, by=caller.actor)
    elif kind == "enterprise":
        register.enterprise(ref, by=caller.actor)
