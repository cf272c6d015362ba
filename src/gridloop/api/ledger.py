"""The street's ledger as anyone who keeps an eye on it needs it: books, sealed entries, proofs, signed checkpoints.

Entries are told as headers: what happened, when, by whom (opaque), to what (opaque), and the commitment to what was said. What was said is
in the timeline of the subject, within its scope. Who may read the headers: whoever watches the whole street, and its keepers.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_setup as answers
from gridloop.api.paging import LARGEST_KEY, MOST, page_of_query
from gridloop.api.shapes import Problem
from gridloop.api.shapes_reference import CheckpointOut
from gridloop.api.shapes_rules import BookList, EntryPage, InclusionOut
from gridloop.api.tokens import READ, CallerRequest, doors, street_of
from gridloop.core.access import SEES_THE_PLACE, SETS_UP, Actor, Role, lies_in
from gridloop.core.errors import NotAllowed, NotFound, WrongInput
from gridloop.offices.archive import entries
from gridloop.offices.archive import queries as archive
from gridloop.offices.organisation import queries as organisation

router = Router(tags=["台账"])
REFUSALS = frozenset({401, 403, 404, 422})
KEEPS = SETS_UP | {Role.SECURITY_KEEPER, Role.AUDIT_KEEPER}


@router.get("/ledger/books", auth=doors(READ), response={200: BookList, frozenset({401, 403}): Problem}, summary="台账")
def books(request: CallerRequest) -> dict[str, Any]:
    """Every book of this installation with its newest signed head; as the public page shows it."""
    return {"items": [answers.book(line) for line in archive.books()]}


@router.get(
    "/ledger/checkpoint", auth=doors(READ), response={200: CheckpointOut, REFUSALS: Problem}, summary="台账检查点"
)
def checkpoint(
    request: CallerRequest,
    street: str = "",
    size: int | None = Query(None, ge=1, le=LARGEST_KEY, description="那一份的条数;默认最新"),
) -> dict[str, Any]:
    """A signed head of the street's ledger (C2SP checkpoint text in ``note``), by default the newest."""
    code = street_of(request.auth.actor, street)
    found = archive.latest_checkpoint(code) if size is None else archive.checkpoint(street=code, size=size)
    if found is None:
        raise NotFound("api.no_checkpoint", "台账还没有签过检查点;请等下一次 tick。", street=code)
    return {"street": code, "size": found.size, "root": found.root, "note": found.note, "signed_at": found.signed_at}


@router.get(
    "/ledger/consistency", auth=doors(READ), response={200: dict[str, Any], REFUSALS: Problem}, summary="一致性证明"
)
def consistency(
    request: CallerRequest,
    old: int = Query(..., ge=1, le=LARGEST_KEY),
    new: int | None = Query(None, ge=1, le=LARGEST_KEY, description="默认最新签名的条数"),
    street: str = "",
) -> dict[str, Any]:
    """The proof that the book of ``new`` entries extends the book of ``old`` entries: nothing was altered or taken out."""
    code = street_of(request.auth.actor, street)
    later = archive.checkpoint(street=code, size=new) if new else archive.latest_checkpoint(code)
    if later is None:
        raise NotFound("api.no_checkpoint", "台账还没有签过检查点;请等下一次 tick。", street=code)
    archive.checkpoint(street=code, size=old)
    if old > later.size:
        raise WrongInput("api.old_is_newer", "old 应不大于 new;请对调后重试。", field="old")
    return archive.consistency(street=code, old=old, new=later.size)


@router.get("/ledger/entries", auth=doors(READ), response={200: EntryPage, REFUSALS: Problem}, summary="台账条目")
def list_entries(
    request: CallerRequest,
    response: HttpResponse,
    after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(100, ge=1, le=MOST),
    street: str = "",
) -> dict[str, Any]:
    """Sealed entries in the order of their numbers, without gaps: their headers only."""
    rows = entries.sealed(_watched(request, street), after=after, limit=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.seq, told=answers.entry)


@router.get(
    "/ledger/entries/{int:seq}/proof",
    auth=doors(READ),
    response={200: InclusionOut, REFUSALS | {409}: Problem},
    summary="条目的包含证明",
)
def proof(request: CallerRequest, seq: int, street: str = "") -> dict[str, Any]:
    """The path from the entry's leaf to the newest signed root."""
    return answers.inclusion(entries.inclusion(_watched(request, street), seq=seq))


def _watched(request: CallerRequest, street: str) -> str:
    """The street, if the caller watches all of it or keeps it. Raises NotAllowed."""
    actor: Actor = request.auth.actor
    code = street_of(actor, street)
    place = organisation.street(code).place
    watches = any(post.role in SEES_THE_PLACE and lies_in(place, post.place) for post in actor.posts if post.place)
    if not watches and not actor.roles(code) & KEEPS:
        raise NotAllowed("api.may_not_watch", "台账条目由看得到全街道的岗位和系统、安全、审计管理员查看;请联系他们。")
    return code
