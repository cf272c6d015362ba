"""企企联建 by the API: offers and needs, proposals with reasons, links to their outcome; leads of those who look for tenants; stories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from gridloop.api.answers import fields_named, kept_file
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import After, Size, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_firm_places import Over
from gridloop.api.shapes_links import (
    FitList,
    Kind,
    LeadIn,
    LeadList,
    LeadOut,
    LinkAnswerIn,
    LinkIn,
    LinkIntroduceIn,
    LinkList,
    LinkOut,
    LinkOutcomeIn,
    ListingIn,
    ListingList,
    ListingOut,
    MoveLeadIn,
    StoryDraftOut,
    StoryIn,
    StoryList,
    StoryOut,
)
from gridloop.api.shapes_registers import BecauseIn
from gridloop.api.shapes_rules import NothingIn
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.api.words import Opaque
from gridloop.core.errors import NotFound
from gridloop.core.matching import SIDES, STATES
from gridloop.offices.enterprise.actions import links as actions
from gridloop.offices.enterprise.actions import stories as story_actions
from gridloop.offices.enterprise.queries import links as queries
from gridloop.offices.enterprise.queries.story_drafts import story_draft
from gridloop.offices.enterprise.queries.words import LEAD_STATES

router = Router(tags=["企企联建"])
MOST_POINTS = 9999
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
MaybeSide = Literal[("", *SIDES)]  # type: ignore[valid-type]
MaybeState = Literal[("", "open", *STATES)]  # type: ignore[valid-type]
MaybeLead = Literal[("", *LEAD_STATES)]  # type: ignore[valid-type]
Street = Annotated[str, Query(max_length=80)]


def _listing(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref side kind words tags valid_until told_at withdrawn_at")
    return told | {"enterprise": row.enterprise.ref, "name": row.enterprise.name}


def _link(row: Any) -> dict[str, Any]:
    names = (
        "ref state points reasons proposed_at need_agrees offer_agrees introduced_at introduced_how settled_at outcome"
    )
    return fields_named(row, names) | {"need": _listing(row.need), "offer": _listing(row.offer)}


def _lead(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref brand wants source state note told_at moved_at")
    return told | {"enterprise": row.enterprise.ref}


def _story(shown: queries.StoryShown) -> dict[str, Any]:
    row = shown.row
    return fields_named(row, "ref title text state written_at published_at") | {
        "enterprise": row.enterprise.ref, "agrees": shown.agrees, "is_public": shown.is_public, "link": row.link.ref if row.link else "",
        "case": row.case.ref if row.case else "", "photos": [kept.ref for kept in shown.photos],
    }  # fmt: skip


# -- offers, needs and what fits ---------------------------------------------------------------------------------------


@router.get("/firm-listings", auth=doors(READ), response={200: ListingList, SHUT: Problem}, summary="供需")
def listings(
    request: CallerRequest, response: HttpResponse, side: MaybeSide = "", kind: Kind | None = None, street: Street = "",
    after: After = "", size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """What stands today of the firms in scope, the newest first."""
    caller = request.auth
    must_read_firms(caller.actor)
    code = street_of(caller.actor, street)
    rows = queries.listings(
        caller.actor, street=code, on=today_of(caller, code), side=side, kind=kind or "", after=after, size=size + 1
    )
    return page_of_query(request, response, rows, size=size, key=queries.NEWEST_TOLD.key, told=_listing)


@router.post(
    "/enterprises/{ref}/listings", auth=doors(WRITE), response={201: ListingOut, WRITES: Problem}, summary="登记供需",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def tell_listing(request: CallerRequest, ref: str, told: ListingIn) -> HttpResponse:
    """What the firm needs or offers; refused (409) before it agreed to take part."""
    caller = request.auth
    said = actions.ListingTold(told.side, told.kind, told.words, told.valid_until, tuple(told.tags))

    def do() -> dict[str, Any]:
        row = actions.tell_listing(by=caller.actor, at=caller.at, enterprise=ref, told=said, agreed_how=told.agreed_how)
        return _listing(row)

    return told_once(request, ListingOut, operation=f"listing {ref}", do=do, status=201)


@router.post(
    "/firm-listings/{ref}/withdraw", auth=doors(WRITE), response={200: ListingOut, WRITES: Problem}, summary="撤下供需",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def withdraw_listing(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """It is no longer offered or needed."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _listing(actions.withdraw_listing(by=caller.actor, at=caller.at, listing=ref, reason=told.reason))

    return told_once(request, ListingOut, operation=f"withdraw listing {ref}", do=do)


@router.get("/firm-links/proposals", auth=doors(READ), response={200: FitList, SHUT: Problem}, summary="牵线建议")
def proposals(
    request: CallerRequest, response: HttpResponse, kind: Kind | None = None, street: Street = "", after: After = "", size: Size = 50
) -> dict[str, Any]:  # fmt: skip
    """For each need its best offers today, with the reasons that are the points; refused pairs never again."""
    caller = request.auth
    must_read_firms(caller.actor)
    code = street_of(caller.actor, street)
    found = queries.proposals(caller.actor, street=code, on=today_of(caller, code))
    rows = [each for each in found if kind in (None, each.need.kind)]

    def key(each: queries.ProposalShown) -> str:
        return f"{each.need.pk:012d}{MOST_POINTS - each.fit.points:04d}.{each.offer.pk:018d}"

    def told(each: queries.ProposalShown) -> dict[str, Any]:
        return {
            "need": _listing(each.need), "offer": _listing(each.offer), "points": each.fit.points, "reasons": each.fit.reasons,
        }  # fmt: skip

    return page_of(request, response, rows, key=key, after=after, size=size, told=told)


# -- links -------------------------------------------------------------------------------------------------------------


@router.get("/firm-links", auth=doors(READ), response={200: LinkList, SHUT: Problem}, summary="联建")
def links(
    request: CallerRequest, response: HttpResponse, state: MaybeState = "", after: After = "", size: Size = 50
) -> dict[str, Any]:
    """The links in which a firm of the caller's scope takes part, the latest first."""
    actor = request.auth.actor
    must_read_firms(actor)
    rows = queries.links(actor, state=state, after=after, size=size + 1)
    page = page_of_query(request, response, rows, size=size, key=queries.NEWEST.key, told=_link)
    return page | {"counts": queries.counts(actor)}


@router.post(
    "/firm-links", auth=doors(WRITE), response={201: LinkOut, WRITES: Problem}, summary="提出牵线", openapi_extra=KEY_HEADER
)  # fmt: skip
def propose(request: CallerRequest, told: LinkIn) -> HttpResponse:
    """The two are brought to the firms; where they do not fit the reason is named (409)."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _link(actions.propose_link(by=caller.actor, at=caller.at, need=told.need, offer=told.offer))

    return told_once(request, LinkOut, operation="POST /firm-links", do=do, status=201)


@router.get("/firm-links/{ref}", auth=doors(READ), response={200: LinkOut, SHUT: Problem}, summary="一次联建")
def link(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One link with its reasons, both firms' word and what came of it."""
    return _link(queries.link(ref, by=request.auth.actor))


def _done(request: CallerRequest, ref: str, name: str, do: Callable[[Caller], Any]) -> HttpResponse:
    caller = request.auth
    return told_once(request, LinkOut, operation=f"{name} {ref}", do=lambda: _link(do(caller)))


@router.post(
    "/firm-links/{ref}/answers", auth=doors(WRITE), response={200: LinkOut, WRITES: Problem}, summary="企业是否愿意",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def answer(request: CallerRequest, ref: str, told: LinkAnswerIn) -> HttpResponse:
    """One of the two firms says yes or no."""
    return _done(
        request, ref, "answer link",
        lambda caller: actions.answer_link(by=caller.actor, at=caller.at, link=ref, **told.model_dump()),
    )  # fmt: skip


@router.post(
    "/firm-links/{ref}/introduce", auth=doors(WRITE), response={200: LinkOut, WRITES: Problem}, summary="引荐",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def introduce(request: CallerRequest, ref: str, told: LinkIntroduceIn) -> HttpResponse:
    """The two were brought together."""
    return _done(
        request, ref, "introduce",
        lambda caller: actions.introduce_link(by=caller.actor, at=caller.at, link=ref, how=told.how),
    )  # fmt: skip


@router.post(
    "/firm-links/{ref}/outcome", auth=doors(WRITE), response={200: LinkOut, WRITES: Problem}, summary="联建结果",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def settle(request: CallerRequest, ref: str, told: LinkOutcomeIn) -> HttpResponse:
    """They work together, or not and why."""
    return _done(
        request, ref, "settle link",
        lambda caller: actions.settle_link(by=caller.actor, at=caller.at, link=ref, **told.model_dump()),
    )  # fmt: skip


# -- leads and stories -------------------------------------------------------------------------------------------------


@router.get("/leads", auth=doors(READ), response={200: LeadList, SHUT: Problem}, summary="招商线索")
def leads(
    request: CallerRequest, response: HttpResponse, state: MaybeLead = "", after: After = "", size: Size = 50
) -> dict[str, Any]:
    """The leads for firms in scope, the latest first."""
    must_read_firms(request.auth.actor)
    rows = queries.leads(request.auth.actor, state=state, after=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=queries.NEWEST.key, told=_lead)


@router.post(
    "/enterprises/{ref}/leads", auth=doors(WRITE), response={201: LeadOut, WRITES: Problem}, summary="记一条线索",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def tell_lead(request: CallerRequest, ref: str, told: LeadIn) -> HttpResponse:
    """Someone who may come to the firm's premises."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _lead(actions.tell_lead(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump()))

    return told_once(request, LeadOut, operation=f"lead {ref}", do=do, status=201)


@router.post(
    "/leads/{ref}/move", auth=doors(WRITE), response={200: LeadOut, WRITES: Problem}, summary="线索进展",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def move_lead(request: CallerRequest, ref: str, told: MoveLeadIn) -> HttpResponse:
    """The lead has come further, or to its end."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return _lead(actions.move_lead(by=caller.actor, at=caller.at, lead=ref, **told.model_dump()))

    return told_once(request, LeadOut, operation=f"move lead {ref}", do=do)


@router.get("/stories", auth=doors(READ), response={200: StoryList, SHUT: Problem}, summary="企业故事")
def stories(request: CallerRequest, response: HttpResponse, after: After = "", size: Size = 50) -> dict[str, Any]:
    """The stories of firms in scope, the latest first."""
    must_read_firms(request.auth.actor)
    rows = queries.stories(request.auth.actor, after=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda each: queries.NEWEST.key(each.row), told=_story)


@router.get(
    "/cases/{ref}/story-draft",
    auth=doors(READ),
    response={200: StoryDraftOut, SHUT | {409}: Problem},
    summary="由事项起草故事",
)
def draft_story(request: CallerRequest, ref: str) -> dict[str, Any]:
    """The draft made of a firm's struck-off case: problem, measures, outcome, nobody's name; nothing is kept until a story is written."""
    found = story_draft(ref, by=request.auth.actor)
    told = {"enterprise": found.firm.ref, "case": found.case.number}
    return told | fields_named(found.draft, "title text")


@router.post(
    "/enterprises/{ref}/stories", auth=doors(WRITE), response={201: StoryOut, WRITES: Problem}, summary="写一则故事",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def write_story(request: CallerRequest, ref: str, told: StoryIn) -> HttpResponse:
    """A draft."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = story_actions.write_story(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump())
        return _story(queries.story(row.ref, by=caller.actor))

    return told_once(request, StoryOut, operation=f"story {ref}", do=do, status=201)


@router.get("/stories/{ref}", auth=doors(READ), response={200: StoryOut, SHUT: Problem}, summary="一则故事")
def story(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One story."""
    return _story(queries.story(ref, by=request.auth.actor))


@router.post(
    "/stories/{ref}/photos", auth=doors(WRITE), response={201: Over, WRITES: Problem}, summary="给故事加照片",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def add_photo(request: CallerRequest, ref: str, file: UploadedFile = File(...)) -> HttpResponse:
    """A photo of a draft, kept without the place where it was taken; its ref."""
    caller = request.auth
    content = file.read()

    def do() -> dict[str, Any]:
        kept = story_actions.add_photo(by=caller.actor, at=caller.at, story=ref, name=file.name or "", content=content)
        return {"ref": kept.ref}

    return told_once(request, Over, operation=f"photo {ref}", do=do, status=201)


@router.get(
    "/stories/{ref}/photos/{photo}", auth=doors(READ), response={200: None, SHUT: Problem}, summary="故事的一张照片"
)
def photo(request: CallerRequest, ref: str, photo: Opaque) -> FileResponse:
    """The photo itself, as kept."""
    kept = next((each for each in queries.story(ref, by=request.auth.actor).photos if each.ref == photo), None)
    if kept is None:
        raise NotFound("attachment.not_found", "没有这个附件;它可能已随专项结束销毁。")
    return kept_file(kept)


@router.post(
    "/stories/{ref}/publish", auth=doors(WRITE), response={200: StoryOut, WRITES: Problem}, summary="公开故事",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def publish_story(request: CallerRequest, ref: str, told: NothingIn) -> HttpResponse:
    """Public, by a second person and with the firm's consent."""
    caller = request.auth

    def do() -> dict[str, Any]:
        story_actions.publish_story(by=caller.actor, at=caller.at, story=ref)
        return _story(queries.story(ref, by=caller.actor))

    return told_once(request, StoryOut, operation=f"publish story {ref}", do=do)


@router.post(
    "/stories/{ref}/withdraw", auth=doors(WRITE), response={200: StoryOut, WRITES: Problem}, summary="撤下故事",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def withdraw_story(request: CallerRequest, ref: str, told: BecauseIn) -> HttpResponse:
    """Out of sight, with the reason."""
    caller = request.auth

    def do() -> dict[str, Any]:
        story_actions.withdraw_story(by=caller.actor, at=caller.at, story=ref, reason=told.reason)
        return _story(queries.story(ref, by=caller.actor))

    return told_once(request, StoryOut, operation=f"withdraw story {ref}", do=do)
