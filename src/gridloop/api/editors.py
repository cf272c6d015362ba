"""Deadline profiles and the calendar, which have editors of their own: whole profiles, a year's holiday notice, office hours, into a draft."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from gridloop.api.changes import WRITES
from gridloop.api.chapters import proposing
from gridloop.api.repeats import KEY_HEADER
from gridloop.api.shapes import Problem
from gridloop.api.shapes_changes import ChangeSetFile
from gridloop.api.shapes_editors import HoursIn, NoticeIn, NoticeRead, NoticeText, ProfileIn
from gridloop.api.tokens import READ, SETUP, CallerRequest, doors, street_of
from gridloop.core.errors import WrongInput
from gridloop.core.holiday_notice import read_notice
from gridloop.core.worktime import OfficeHours
from gridloop.offices.organisation.changesets.actions import propose_row
from gridloop.offices.organisation.changesets.cells import read_time
from gridloop.offices.organisation.changesets.queries import must_draft
from gridloop.offices.supervision.chapters import HOURS, profile_of_row

router = Router(tags=["设置"])
PROPOSED = {201: ChangeSetFile, WRITES - {412}: Problem}
PROFILES, CALENDAR = "profiles", "calendar"


@router.post(
    "/setup/profiles/profile", auth=doors(SETUP), response=PROPOSED, summary="起草时限方案", openapi_extra=KEY_HEADER
)
def profile(request: CallerRequest, told: ProfileIn, street: str = "") -> HttpResponse:
    """The whole profile as it shall be, in a draft; cases that are being timed finish by the version they began with."""
    must_draft(request.auth.actor, street_of(request.auth.actor, street), chapter=PROFILES)
    row = told.profile.model_dump(mode="json")
    for stage in row["stages"]:
        stage["limits"] = [
            {name: value for name, value in limit.items() if value not in (None, "")} for limit in stage["limits"]
        ]
    kept = {name: value for name, value in profile_of_row(row).to_data().items() if name != "version"}
    return proposing(
        request, street, "profile", propose_row, chapter=PROFILES, key=told.profile.code, row=kept, change_set=told.change_set,
        title=told.title, seen=told.seen,
    )  # fmt: skip


@router.post(
    "/setup/calendar/read",
    auth=doors(READ),
    response={200: NoticeRead, WRITES - {409, 412}: Problem},
    summary="读放假通知",
)
def read(request: CallerRequest, told: NoticeText) -> dict[str, Any]:
    """The days of a holiday notice as they are understood, and the lines that are not; nothing is kept."""
    found = read_notice(told.text, year=told.year)
    days = [{"date": day, "is_workday": worked, "name": name} for day, worked, name in found.days]
    return {"year": found.year, "days": days, "problems": list(found.problems)}


@router.post(
    "/setup/calendar/notice", auth=doors(SETUP), response=PROPOSED, summary="载入放假通知", openapi_extra=KEY_HEADER
)
def notice(request: CallerRequest, told: NoticeIn, street: str = "") -> HttpResponse:
    """The year's notice in a draft; ``effects`` foretells which running deadlines move from when to when. Refused while a line is not understood."""
    must_draft(request.auth.actor, street_of(request.auth.actor, street), chapter=CALENDAR)
    found = read_notice(told.text, year=told.year)
    if found.problems:
        raise WrongInput(
            "calendar.unread", f"有 {len(found.problems)} 行没有读懂:{found.problems[0]}请改正后再载入。", field="text", problems=list(found.problems[:50])
        )  # fmt: skip
    return _calendar(request, street, str(told.year), {"days": [list(day) for day in found.days]}, told)


@router.post(
    "/setup/calendar/hours", auth=doors(SETUP), response=PROPOSED, summary="起草办公时间", openapi_extra=KEY_HEADER
)
def hours(request: CallerRequest, told: HoursIn, street: str = "") -> HttpResponse:
    """Other office hours in a draft."""
    must_draft(request.auth.actor, street_of(request.auth.actor, street), chapter=CALENDAR)
    OfficeHours(tuple((read_time(span.start), read_time(span.end)) for span in told.spans))
    return _calendar(request, street, HOURS, {"spans": [[span.start, span.end] for span in told.spans]}, told)


def _calendar(request: CallerRequest, street: str, key: str, row: dict[str, Any], told: Any) -> HttpResponse:
    return proposing(
        request, street, f"calendar {key}", propose_row, chapter=CALENDAR, key=key, row=row, change_set=told.change_set, title=told.title,
        seen=told.seen,
    )  # fmt: skip
