"""同诉 by the API: the hot troubles of a period, one trouble with its cases and reports, joining and keeping apart, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.paging import After, Size, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_troubles import (
    JoinTroubleIn,
    NotRecurringIn,
    RecurrenceList,
    RecurrenceOut,
    SetApartIn,
    SetApartOut,
    TroubleCaseList,
    TroubleList,
    TroubleOfCase,
    TroubleOut,
    TroubleReportList,
)
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.api.words import IsoDate
from gridloop.core.heat import FORMULA, FORMULA_TERMS
from gridloop.core.identity import mask_name, mask_phone
from gridloop.offices.cases.actions import troubles as actions
from gridloop.offices.cases.actions.proposals import PROPOSES
from gridloop.offices.cases.queries import trouble_lists as lists
from gridloop.offices.cases.queries import troubles as queries
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.organisation import queries as organisation

router = Router(tags=["同诉"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
AfterHot = Annotated[str, Query(pattern=r"^([0-9]{10}\.[2-9a-hjkmnp-z]{16})?$", description="上一页 next 里的 after;空:从头")]  # fmt: skip
Street = Annotated[str, Query(max_length=80)]
Since = Annotated[IsoDate | None, Query(description="自(含);默认九十天前")]
Until = Annotated[IsoDate | None, Query(description="至(含);默认今天,最长十年")]


# -- answers -----------------------------------------------------------------------------------------------------------


def case_named(case: Any) -> dict[str, Any]:
    """A case whose lead has been read, by what it is called."""
    return fields_named(case, "ref number title state filed_at") | {"unit": case.lead.name}


def proposals_named(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Proposals whose proposers have been read."""
    return [fields_named(row, "ref title state proposed_at") | {"proposed_by": row.proposed_by.name} for row in rows]


def _line(line: queries.TroubleLine) -> dict[str, Any]:
    heat = fields_named(line.heat, "score reporters messages support busiest sentence")
    told = fields_named(line, "ref title place first_at last_at cases heads")
    return told | {"heat": heat | {"density": round(line.heat.density, 3)}}


def _trouble(caller: Caller, ref: str) -> dict[str, Any]:
    found = queries.trouble_file(caller.actor, ref)
    return {
        "trouble": _line(found.line), "recurring": found.line.recurring, "weeks": [{"begins": begins, "n": n} for begins, n in found.weeks],
        "proposals": proposals_named(found.proposals), "may_join": found.may_join,
        "may_propose": bool(caller.actor.roles(found.trouble.street) & PROPOSES),
    }  # fmt: skip


def _member(member: queries.Member) -> dict[str, Any]:
    case = member.case
    return fields_named(member, "standing reporters is_head") | {
        "case": case_named(case), "reasons": list(member.reasons), "merged_into": case.merged_into.number if case.merged_into else "",
        "earlier": member.earlier.number if member.earlier else "",
    }  # fmt: skip


def _recurrence(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref reasons noted_at dismissed_at dismissed_because")
    return told | {
        "case": case_named(row.case), "earlier": case_named(row.earlier), "earlier_cleared_at": row.earlier.cleared_at,
    }  # fmt: skip


def _days(caller: Caller, code: str, since: date | None, until: date | None) -> tuple[dict[str, date], datetime, datetime]:  # fmt: skip
    """The days that are meant, and the moments between which they lie."""
    first, last = lists.period(since, until, today=today_of(caller, code))
    return {"since": first, "until": last}, *lists.bounds(first, last, ZoneInfo(organisation.street(code).zone))


# -- lists -------------------------------------------------------------------------------------------------------------


@router.get("/troubles", auth=doors(READ), response={200: TroubleList, SHUT: Problem}, summary="同诉热点")
def troubles(
    request: CallerRequest, response: HttpResponse, since: Since = None, until: Until = None, street: Street = "", after: AfterHot = "",
    size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """The troubles told of in these days by at least two people, the hottest first."""
    caller = request.auth
    code = street_of(caller.actor, street)
    days, begin, end = _days(caller, code, since, until)
    found = queries.hot_list(caller.actor, street=code, since=begin, until=end)
    page = page_of(request, response, found, key=lists.heat_key, after=after, size=size, told=_line)
    return page | days | {"formula": FORMULA, "terms": FORMULA_TERMS}


@router.get("/recurrences", auth=doors(READ), response={200: RecurrenceList, SHUT: Problem}, summary="反复问题")
def recurrences(
    request: CallerRequest, response: HttpResponse, since: Since = None, until: Until = None, street: Street = "", after: After = "",
    size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """What was told again, in these days and at the same place, after it had been struck off; the latest first."""
    caller = request.auth
    code = street_of(caller.actor, street)
    days, begin, end = _days(caller, code, since, until)
    rows = lists.recurring(caller.actor, street=code, since=begin, until=end, after=after, size=size + 1)
    return days | page_of_query(
        request, response, rows, size=size, key=lists.LATEST_BACK.key, told=_recurrence
    )  # fmt: skip


@router.get("/troubles/{ref}", auth=doors(READ), response={200: TroubleOut, SHUT: Problem}, summary="一个同诉问题")
def trouble(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Its heat, its weeks, and the projects proposed for it."""
    return _trouble(request.auth, ref)


@router.get(
    "/troubles/{ref}/cases", auth=doors(READ), response={200: TroubleCaseList, SHUT: Problem}, summary="同诉问题的事项"
)
def members(
    request: CallerRequest, response: HttpResponse, ref: str, after: After = "", size: Size = 50
) -> dict[str, Any]:
    """The cases in the caller's scope, each with why it stands here; in the order in which they were filed."""
    found = queries.trouble_file(request.auth.actor, ref)
    return page_of(
        request, response, found.members, key=lambda member: f".{member.case.pk:018d}", after=after, size=size, told=_member
    )  # fmt: skip


@router.get(
    "/troubles/{ref}/reports", auth=doors(READ), response={200: TroubleReportList, SHUT: Problem}, summary="同诉问题的反映人"
)  # fmt: skip
def reports(
    request: CallerRequest, response: HttpResponse, ref: str, after: After = "", size: Size = 50
) -> dict[str, Any]:
    """Who told of it, masked, and what became of it for each; names and telephones are asked for at the case, with a reason."""
    found = queries.trouble_file(request.auth.actor, ref)
    answered = {
        member.case.pk: bool((member.case.merged_into or member.case).answer) for member in found.members
    }  # fmt: skip

    def told(report: Any) -> dict[str, Any]:
        return fields_named(report, "ref told_at solved") | {
            "name": mask_name(report.name), "phone": mask_phone(report.phone) if report.phone else "", "case": report.case.ref,
            "number": report.case.number, "is_answered": answered.get(report.case_id, False),
        }  # fmt: skip

    return page_of(
        request, response, found.reports, key=lambda report: f".{report.pk:018d}", after=after, size=size, told=told
    )


@router.get(
    "/cases/{ref}/trouble", auth=doors(READ), response={200: TroubleOfCase, SHUT: Problem}, summary="事项的同诉与反复"
)
def trouble_of_case(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The trouble the case is in, what it came back from, what came back from it, and the projects proposed for it."""
    actor = request.auth.actor
    case = scoped_case(ref, by=actor)
    trouble, before = queries.trouble_of(case), queries.recurrence_of(case)
    return {
        "trouble": trouble.ref if trouble else "", "recurrence": _recurrence(before) if before else None,
        "came_back": [_recurrence(row) for row in queries.recurrences_of(case)], "proposals": proposals_named(queries.proposals_of([case.pk])),
        "may_dismiss": queries.may_join(actor, case.street),
    }  # fmt: skip


# -- deeds -------------------------------------------------------------------------------------------------------------


@router.post(
    "/troubles/{ref}/join", auth=doors(WRITE), response={200: TroubleOut, WRITES: Problem}, summary="并为一件办理", openapi_extra=KEY_HEADER
)  # fmt: skip
def join(request: CallerRequest, ref: str, told: JoinTroubleIn) -> HttpResponse:
    """The chosen cases are handled as part of one; every reporter keeps their own receipt, answer and callback."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.join_cases(by=caller.actor, at=caller.at, trouble=ref, **told.model_dump())
        return _trouble(caller, ref)

    return told_once(request, TroubleOut, operation=f"join trouble {ref}", do=do)


@router.post(
    "/troubles/{ref}/apart", auth=doors(WRITE), response={200: SetApartOut, WRITES: Problem}, summary="不是同一问题", openapi_extra=KEY_HEADER
)  # fmt: skip
def set_apart(request: CallerRequest, ref: str, told: SetApartIn) -> HttpResponse:
    """The case is another trouble: it leaves this one and is never suggested with it again."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.set_apart(by=caller.actor, at=caller.at, trouble=ref, **told.model_dump())
        left = queries.trouble_file(caller.actor, ref).line.cases if queries.is_seen(caller.actor, ref) else 0
        return {"trouble": ref, "case": told.case, "cases_left": left}

    return told_once(request, SetApartOut, operation=f"apart {ref}", do=do)


@router.post(
    "/cases/{ref}/not-recurring", auth=doors(WRITE), response={200: RecurrenceOut, WRITES: Problem}, summary="不是反复问题",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def not_recurring(request: CallerRequest, ref: str, told: NotRecurringIn) -> HttpResponse:
    """The mark 反复问题 is taken away from the case; the reason stays."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _recurrence(
            actions.dismiss_recurrence(by=caller.actor, at=caller.at, case=ref, reason=told.reason)
        )  # fmt: skip

    return told_once(request, RecurrenceOut, operation=f"not recurring {ref}", do=do)
