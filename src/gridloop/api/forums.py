"""Forums by the API (恳谈会与活动): the calendar, whom to invite and why not, who came, what was asked and the cases that it became."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.answers_firms import yuan
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import After, Size, next_link, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firms import FirmFilter
from gridloop.api.shapes_forums import (
    AttachIn,
    CameIn,
    CandidateList,
    FileIn,
    ForumFile,
    ForumFilter,
    ForumIn,
    ForumPage,
    InvitationAnswerIn,
    InvitedOut,
    InviteIn,
    JoinIn,
    MinutesIn,
    MoveForumIn,
    QuestionsIn,
    TurnoutIn,
    WalkInIn,
)
from gridloop.api.shapes_registers import BecauseIn
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.offices.enterprise.actions import forum_questions as asked
from gridloop.offices.enterprise.actions import forums as actions
from gridloop.offices.enterprise.queries import forums as queries

router = Router(tags=["恳谈会"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})


@router.get("/forums", auth=doors(READ), response={200: ForumPage, SHUT: Problem}, summary="恳谈会与活动")
def calendar(
    request: CallerRequest, response: HttpResponse, wanted: ForumFilter = Query(...), after: After = "", size: Size = 30
) -> dict[str, Any]:  # fmt: skip
    """The forums of the caller's streets, the latest first; every figure is counted from rows."""
    caller = request.auth
    must_read_firms(caller.actor)
    told = queries.ForumsWanted(**wanted.model_dump(), after=after)
    rows, following, totals = queries.list_forums(
        caller.actor, told, today=today_of(caller, caller.actor.street), size=size
    )
    return {
        "items": [_line(row) for row in rows],
        "totals": fields_named(totals, "forums held firms") | {"questions": asdict(totals.counter)},
        "next": next_link(request, response, following),
    }


def _line(row: queries.ForumRow) -> dict[str, Any]:
    told = fields_named(row.forum, "ref kind title topic way venue starts_at state")
    return told | {
        "host": row.forum.host.code, "invited": row.invited, "came": row.came, "questions": asdict(row.counter)
    }  # fmt: skip


@router.post(
    "/forums", auth=doors(WRITE), response={201: ForumFile, WRITES: Problem}, summary="办一场会", openapi_extra=KEY_HEADER
)  # fmt: skip
def announce(request: CallerRequest, told: ForumIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The forum stands in the calendar; nobody is invited yet."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        said = actions.ForumTold(**told.model_dump())
        return _file(caller, actions.announce_forum(by=caller.actor, at=caller.at, street=code, told=said).ref)

    return told_once(request, ForumFile, operation="POST /forums", do=do, status=201)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    """The forum as the caller may see it."""
    found = queries.forum(ref, by=caller.actor)
    today = today_of(caller, found.street)
    guests, others = queries.guests(found, by=caller.actor)
    [row] = queries.rows_of([found], today=today)
    return {
        "forum": _line(row), "guests": [_guest(each) for each in guests], "others": others,
        "left_out": queries.left_out(found, by=caller.actor),
        "asked": [_question(each) for each in queries.questions(found, by=caller.actor, today=today)],
        "sales": yuan(found.sales), **fields_named(found, "minutes minutes_at visitors figures_source cancelled_because"),
    }  # fmt: skip


def _guest(row: Any) -> dict[str, Any]:
    told = fields_named(row, "answer answered_how is_walk_in came")
    return told | {"enterprise": row.enterprise.ref, "name": row.enterprise.name}


def _question(shown: queries.QuestionShown) -> dict[str, Any]:
    told = fields_named(shown.row, "ref text asked_at")
    return told | {
        "enterprise": shown.row.enterprise.ref if shown.row.enterprise else "", "standing": shown.standing,
        "case": shown.case.ref if shown.case else "", "number": shown.case.number if shown.case else "",
    }  # fmt: skip


@router.get("/forums/{ref}", auth=doors(READ), response={200: ForumFile, SHUT: Problem}, summary="一场会")
def forum(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One forum with its guests, what was asked and the cases."""
    return _file(request.auth, ref)


@router.get(
    "/forums/{ref}/candidates", auth=doors(READ), response={200: CandidateList, SHUT: Problem}, summary="可以邀请的企业"
)
def candidates(
    request: CallerRequest, response: HttpResponse, ref: str, wanted: FirmFilter = Query(...), after: After = "", size: Size = 200
) -> dict[str, Any]:  # fmt: skip
    """The firms that the register's filter finds (``count`` in all), with why some are not invited."""
    actor = request.auth.actor
    rows, count = queries.candidate_page(
        queries.forum(ref, by=actor), wanted.as_wanted(), by=actor, after=after, size=size + 1
    )

    def told(each: queries.Candidate) -> dict[str, Any]:
        return {"enterprise": each.firm.ref, "name": each.firm.name, "why_not": each.why_not}

    return page_of_query(
        request, response, rows, size=size, key=lambda each: queries.OLDEST_FIRM.key(each.firm), told=told
    ) | {"count": count}


@router.post(
    "/forums/{ref}/invitations", auth=doors(WRITE), response={200: InvitedOut, WRITES: Problem}, summary="邀请企业",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def invite(request: CallerRequest, ref: str, told: InviteIn) -> HttpResponse:
    """Who may be asked is; the others come back with the reason."""
    caller = request.auth

    def do() -> dict[str, Any]:
        done = actions.invite(by=caller.actor, at=caller.at, forum=ref, enterprises=told.enterprises)
        return {
            "asked": [firm.ref for firm in done.asked],
            "left_out": [{"enterprise": firm.ref, "why": why} for firm, why in done.left_out],
        }

    return told_once(request, InvitedOut, operation=f"invite {ref}", do=do)


def _done(request: CallerRequest, ref: str, name: str, do: Callable[[Caller], object]) -> HttpResponse:
    """The deed is done once, and the forum is told as it stands after it."""
    caller = request.auth

    def then() -> dict[str, Any]:
        do(caller)
        return _file(caller, ref)

    return told_once(request, ForumFile, operation=f"{name} {ref}", do=then)


@router.post(
    "/forums/{ref}/answers", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="企业答复邀请",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def answer(request: CallerRequest, ref: str, told: InvitationAnswerIn) -> HttpResponse:
    """The firm says whether it comes."""
    return _done(
        request, ref, "answer invitation",
        lambda caller: actions.answer_invitation(by=caller.actor, at=caller.at, forum=ref, **told.model_dump()),
    )  # fmt: skip


@router.post(
    "/forums/{ref}/attendance", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="记到会",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def attendance(request: CallerRequest, ref: str, told: CameIn) -> HttpResponse:
    """Who came; a contact, no visit. Refused before the forum's day."""
    return _done(
        request, ref, "attendance",
        lambda caller: actions.note_attendance(by=caller.actor, at=caller.at, forum=ref, came=told.came),
    )  # fmt: skip


@router.post(
    "/forums/{ref}/walk-ins", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="自行到会",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def walk_in(request: CallerRequest, ref: str, told: WalkInIn) -> HttpResponse:
    """A firm came by itself."""
    return _done(
        request, ref, "walk in",
        lambda caller: actions.note_walk_in(by=caller.actor, at=caller.at, forum=ref, enterprise=told.enterprise),
    )  # fmt: skip


@router.post(
    "/forums/{ref}/minutes", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="写纪要",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def minutes(request: CallerRequest, ref: str, told: MinutesIn) -> HttpResponse:
    """The minutes stand; what was before stays in the ledger."""
    return _done(
        request, ref, "minutes", lambda caller: actions.write_minutes(by=caller.actor, at=caller.at, forum=ref, text=told.text)
    )  # fmt: skip


@router.post(
    "/forums/{ref}/result", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="登记活动结果",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def result(request: CallerRequest, ref: str, told: TurnoutIn) -> HttpResponse:
    """Visitors and sales (元), as told by whom."""
    said = told.model_dump() | {"sales": Decimal(told.sales) if told.sales else None}
    return _done(
        request, ref, "result", lambda caller: actions.tell_result(by=caller.actor, at=caller.at, forum=ref, **said)
    )  # fmt: skip


@router.post(
    "/forums/{ref}/move", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="会议改期",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def move(request: CallerRequest, ref: str, told: MoveForumIn) -> HttpResponse:
    """Another time, with the reason."""
    return _done(
        request, ref, "move forum",
        lambda caller: actions.move_forum(by=caller.actor, at=caller.at, forum=ref, **told.model_dump()),
    )  # fmt: skip


@router.post(
    "/forums/{ref}/cancel", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="取消会议",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def cancel(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """It does not take place."""
    return _done(
        request, ref, "cancel forum",
        lambda caller: actions.cancel_forum(by=caller.actor, at=caller.at, forum=ref, reason=told.reason),
    )  # fmt: skip


@router.post(
    "/forums/{ref}/questions", auth=doors(WRITE), response={201: ForumFile, WRITES: Problem}, summary="登记会上的诉求",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def ask(request: CallerRequest, ref: str, told: QuestionsIn) -> HttpResponse:
    """What was asked: each a case in the same moment, or only noted. All or nothing; ``number`` in a problem counts from 1."""
    caller = request.auth
    rows = [asked.QuestionTold(**each.model_dump()) for each in told.questions]

    def do() -> dict[str, Any]:
        act = asked.raise_questions if told.then == "file" else asked.take_questions
        act(by=caller.actor, at=caller.at, forum=ref, told=rows)
        return _file(caller, ref)

    return told_once(request, ForumFile, operation=f"ask {ref}", do=do, status=201)


@router.post(
    "/forums/{ref}/questions/file", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="把诉求立为事项",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def file_questions(request: CallerRequest, ref: str, told: FileIn) -> HttpResponse:
    """What was only noted becomes cases now."""
    return _done(
        request, ref, "file questions",
        lambda caller: asked.file_questions(by=caller.actor, at=caller.at, forum=ref, questions=told.questions),
    )  # fmt: skip


def _done_to(request: CallerRequest, ref: str, name: str, do: Callable[[Caller], Any]) -> HttpResponse:
    """The deed on a question is done once, and its forum is told."""
    caller = request.auth
    return told_once(
        request, ForumFile, operation=f"{name} {ref}", do=lambda: _file(caller, do(caller).forum.ref)
    )  # fmt: skip


@router.post(
    "/forum-questions/{ref}/join", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="与已立的是同一件",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def join(request: CallerRequest, ref: str, told: JoinIn) -> HttpResponse:
    """The question shares the case of another one."""
    return _done_to(
        request, ref, "join question",
        lambda caller: asked.join_question(by=caller.actor, at=caller.at, question=ref, like=told.like),
    )  # fmt: skip


@router.post(
    "/forum-questions/{ref}/attach", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="会前已登记",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def attach(request: CallerRequest, ref: str, told: AttachIn) -> HttpResponse:
    """What is asked is a case from before."""
    return _done_to(
        request, ref, "attach question",
        lambda caller: asked.attach_question(by=caller.actor, at=caller.at, question=ref, case=told.case),
    )  # fmt: skip


@router.post(
    "/forum-questions/{ref}/drop", auth=doors(WRITE), response={200: ForumFile, WRITES: Problem}, summary="撤回诉求",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def drop(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """Taken back or noted by mistake; it is not counted."""
    return _done_to(
        request, ref, "drop question",
        lambda caller: asked.drop_question(by=caller.actor, at=caller.at, question=ref, reason=told.reason),
    )  # fmt: skip
