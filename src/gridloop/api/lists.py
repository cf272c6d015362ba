"""What the console's list offers besides looking: one verb on many cases, and views kept under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from ninja import Router, Status
from pydantic import ValidationError

from gridloop.api.answers import fields_named
from gridloop.api.problems import fields_of
from gridloop.api.repeats import key_of
from gridloop.api.shapes import Problem
from gridloop.api.shapes_console import BulkIn, BulkOut, SharingIn, ViewIn, ViewList, ViewOut
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors
from gridloop.api.verbs import DOORS, told
from gridloop.core.errors import WrongInput
from gridloop.offices.cases.actions.bulk import Chosen, do_to_each
from gridloop.offices.cases.actions.views import remove_view, save_view, share_view
from gridloop.offices.cases.queries.views import views_of

router = Router(tags=["列表"])
SHUT = frozenset({401, 403})
WRITES = frozenset({400, 401, 403, 404, 409, 413, 415, 422, 429})
LONGEST_KEY = 80
_EACH_ONCE = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": LONGEST_KEY},
    "description": "防重复键:用同一个键重复提交,每件只办一次,结果相同。",
}  # fmt: skip
_DOORS = {door.verb: door for door in DOORS}


@router.post(
    "/cases/bulk",
    auth=doors(WRITE),
    response={200: BulkOut, WRITES: Problem},
    summary="批量办理",
    openapi_extra={"parameters": [_EACH_ONCE]},
)
def bulk(request: CallerRequest, body: BulkIn) -> dict[str, Any]:
    """The verb is done to each case, or refused, in order; one that is refused stops no other. With a key each is done once."""
    caller = request.auth
    found = do_to_each(
        by=caller.actor, at=caller.at, verb=body.verb, cases=[Chosen(each.ref, each.rev) for each in body.cases],
        told=_values(body), key=key_of(request, longest=LONGEST_KEY),
    )  # fmt: skip
    results = [fields_named(each, "ref number is_done state code sentence") for each in found]
    good = sum(each.is_done for each in found)
    return {"done": good, "refused": len(found) - good, "results": results}


def _values(body: BulkIn) -> dict[str, Any]:
    """What the verb is told of every case. Raises WrongInput with the fields that do not fit it."""
    door = _DOORS.get(body.verb)
    if door is None:
        raise WrongInput("cases.not_in_bulk", "这个动作要逐件办理,不能批量;请逐件提交。", verb=body.verb)
    try:
        found = told(door.body.model_validate(body.told))
    except ValidationError as fault:
        fields = fields_of(fault.errors(include_url=False, include_context=True))
        raise WrongInput("api.invalid", f"told 有 {len(fields)} 项要改:{'、'.join(fields)}。", **fields) from fault
    found.pop("rev")
    return found


@router.get("/views", auth=doors(READ), response={200: ViewList, SHUT: Problem}, summary="视图")
def views(request: CallerRequest) -> dict[str, Any]:
    """The views the caller may use: own ones first, then those shared with the unit or the street."""
    return {"items": [_line(each) for each in views_of(request.auth.actor)]}


@router.post("/views", auth=doors(WRITE), response={200: ViewOut, WRITES: Problem}, summary="保存视图")
def save(request: CallerRequest, body: ViewIn) -> dict[str, Any]:
    """The view stands under its name; an own view of that name now holds these conditions. It holds conditions, never cases."""
    caller = request.auth
    made = save_view(
        by=caller.actor, at=caller.at, name=body.name, query=_plain(body.query), sharing=body.sharing
    )  # fmt: skip
    return _own(request, made.ref)


def _plain(query: str) -> str:
    """The query read and written again: what cannot be an address part is not kept."""
    return urlencode([(name, value) for name, value in parse_qsl(query.lstrip("?")) if "\x00" not in name + value])


@router.patch("/views/{ref}", auth=doors(WRITE), response={200: ViewOut, WRITES: Problem}, summary="共享视图")
def share(request: CallerRequest, ref: str, body: SharingIn) -> dict[str, Any]:
    """The caller's view is shared as said."""
    share_view(by=request.auth.actor, at=request.auth.at, view=ref, sharing=body.sharing)
    return _own(request, ref)


@router.delete("/views/{ref}", auth=doors(WRITE), response={204: None, SHUT | {404}: Problem}, summary="删除视图")
def remove(request: CallerRequest, ref: str) -> Status[None]:
    """The caller's view is gone."""
    remove_view(by=request.auth.actor, at=request.auth.at, view=ref)
    return Status(204, None)


def _own(request: CallerRequest, ref: str) -> dict[str, Any]:
    return _line(next(each for each in views_of(request.auth.actor) if each.ref == ref))


def _line(each: Any) -> dict[str, Any]:
    return fields_named(each, "ref name query sharing owner is_own")
