"""Policies for firms by the API (惠企政策): the list, drafting with a preview, publishing by a second person, whom one fits, pushing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_policies as tell
from gridloop.api.answers import fields_named
from gridloop.api.deeds import DeedsOn
from gridloop.api.paging import LARGEST_KEY, After, Size, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_policies import (
    AtRevision,
    ClausesIn,
    FirmFits,
    Fit,
    NewPolicyIn,
    PolicyDraftIn,
    PolicyFile,
    PolicyFilter,
    PolicyIn,
    PolicyIntakeOut,
    PolicyList,
    PolicyRowsIn,
    PreviewOut,
    PushedOut,
    PushIn,
    WithdrawPolicyIn,
)
from gridloop.api.tokens import BULK, READ, WRITE, Caller, CallerRequest, doors, street_of, today_of
from gridloop.core.policy_access import must
from gridloop.offices.policies import actions
from gridloop.offices.policies.clauses import clauses_of, labelled
from gridloop.offices.policies.queries import finding, matching

router = Router(tags=["政策"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
GUARDED = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH]}


@router.get("/policies", auth=doors(READ), response={200: PolicyList, SHUT: Problem}, summary="政策列表")
def policies(
    request: CallerRequest, response: HttpResponse, wanted: PolicyFilter = Query(...), street: str = Query("", max_length=80),
    after: After = "", size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """The policies of the street, the newest first, each with how many firms it fits; drafts only for those who draft."""
    caller = request.auth
    code = street_of(caller.actor, street)
    said = wanted.model_dump()
    found = finding.policies(caller.actor, street=code, on=today_of(caller, code), after=after, size=size + 1, **said)
    counted = matching.counts_of(code, found[:size])

    def told(each: Any) -> dict[str, Any]:
        return tell.policy_line(each) | {"fits": tell.fits(counted[each.pk])}

    return page_of_query(request, response, found, size=size, key=finding.NEWEST.key, told=told)


@router.post(
    "/policies", auth=doors(WRITE), response={201: PolicyFile, WRITES: Problem}, summary="起草政策", openapi_extra=KEY_HEADER
)  # fmt: skip
def draft(request: CallerRequest, told: NewPolicyIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """A draft stands, of a new policy or of the next version of one; a second person publishes it."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        made = actions.draft_policy(
            by=caller.actor, at=caller.at, street=code, told=_told(told), replaces=told.replaces
        )
        return _file(caller, made.ref)

    return told_once(request, PolicyFile, operation="POST /policies", do=do, status=201)


def _told(told: PolicyIn, *, is_example: bool = False) -> actions.Told:
    return actions.Told(**told.model_dump(exclude={"rev", "replaces"}), is_example=is_example)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    found = finding.policy(ref, by=caller.actor)
    texts = "benefit materials how contact_unit contact_phone link ended_because"
    return {
        "policy": tell.policy_line(found), **fields_named(found, texts),
        "clauses": [{"quote": each.get("quote", ""), "condition": each["condition"]} for each in found.clauses],
        "preview": tell.preview(matching.preview(found.street, matching.clauses_in(found))),
        "versions": [tell.policy_line(each) for each in finding.versions_of(found, by=caller.actor)],
    }  # fmt: skip


@router.post("/policies/preview", auth=doors(READ), response={200: PreviewOut, WRITES: Problem}, summary="预览适用企业")
def preview(request: CallerRequest, told: ClausesIn, street: str = Query("", max_length=80)) -> dict[str, Any]:
    """Of how many firms these clauses hold today, as a whole and one by one; nothing is kept. For those who draft."""
    code = street_of(request.auth.actor, street)
    must(request.auth.actor, "draft", street=code)
    clauses = clauses_of(labelled([each.model_dump() for each in told.clauses]))
    return tell.preview(matching.preview(code, clauses))


@router.post(
    "/policies/import", auth=doors(BULK), response={200: PolicyIntakeOut, WRITES: Problem}, summary="批量导入政策",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def import_rows(request: CallerRequest, told: PolicyRowsIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """Rows as in the sheet; good policies become drafts, every fault is named by row and column."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        rows = [(number, row.model_dump()) for number, row in enumerate(told.rows, start=1)]
        found = actions.import_policies(by=caller.actor, at=caller.at, street=code, rows=rows)
        return {
            "read": found.read, "existing": found.existing, "made": [tell.policy_line(each) for each in found.made],
            "faults": [fields_named(each, "row field reason") for each in found.faults],
        }  # fmt: skip

    return told_once(request, PolicyIntakeOut, operation="POST /policies/import", do=do)


@router.post(
    "/policies/push", auth=doors(WRITE), response={200: PushedOut, WRITES: Problem}, summary="推送政策", openapi_extra=KEY_HEADER
)  # fmt: skip
def push(request: CallerRequest, told: PushIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """Every firm that a policy in force fits is told of it once, outside quiet hours; those who declined are left alone."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        done = actions.push_policies(by=caller.actor, at=caller.at, street=code, policies=told.policies)
        return fields_named(done, "digests pushes opted_out told_before waiting sentence")

    return told_once(request, PushedOut, operation="POST /policies/push", do=do)


@router.get("/policies/{ref}", auth=doors(READ), response={200: PolicyFile, SHUT: Problem}, summary="一项政策")
def policy(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One version with its clauses, whom it fits today, and the versions beside it."""
    told = _file(request.auth, ref)
    shows_revision(request, told["policy"]["rev"])
    return told


@router.get(
    "/policies/{ref}/firms", auth=doors(READ), response={200: FirmFits, SHUT: Problem}, summary="政策适用的企业"
)
def firms_of_policy(
    request: CallerRequest, response: HttpResponse, ref: str, value: Fit = "met", after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(200, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The firms of the caller's scope with this verdict, explained clause by clause."""
    actor = request.auth.actor
    rows, count = matching.matches_of_policy(
        finding.policy(ref, by=actor), by=actor, value=value, after=after, limit=size + 1
    )
    page = page_of_query(request, response, rows, size=size, key=lambda row: row.id, told=tell.firm_fit)
    return page | {"value": value, "count": count}


DEEDS = DeedsOn(kind="policy", argument="policy", shape=PolicyFile, found=finding.policy, file=_file)


@router.put(
    "/policies/{ref}", auth=doors(WRITE), response={200: PolicyFile, WRITES: Problem}, summary="修改政策草稿", openapi_extra=GUARDED
)  # fmt: skip
def change_draft(request: CallerRequest, ref: str, told: PolicyDraftIn) -> HttpResponse:
    """The draft is as told; what was published never changes."""
    is_example = finding.policy(ref, by=request.auth.actor).is_example
    said = {"told": _told(told, is_example=is_example)}
    return DEEDS.do(request, ref, "change", actions.change_draft, said, rev=told.rev)


@router.post(
    "/policies/{ref}/publish", auth=doors(WRITE), response={200: PolicyFile, WRITES: Problem}, summary="发布政策", openapi_extra=GUARDED
)  # fmt: skip
def publish(request: CallerRequest, ref: str, told: AtRevision) -> HttpResponse:
    """In force from its first day; refused to whoever drafted it."""
    return DEEDS.do(request, ref, "publish", actions.publish_policy, {}, rev=told.rev)


@router.post(
    "/policies/{ref}/withdraw", auth=doors(WRITE), response={200: PolicyFile, WRITES: Problem}, summary="撤下政策", openapi_extra=GUARDED
)  # fmt: skip
def withdraw(request: CallerRequest, ref: str, told: WithdrawPolicyIn) -> HttpResponse:
    """No longer in force here; never pushed again."""
    return DEEDS.do(request, ref, "withdraw", actions.withdraw_policy, {"reason": told.reason}, rev=told.rev)


@router.post(
    "/policies/{ref}/discard", auth=doors(WRITE), response={200: PolicyFile, WRITES: Problem}, summary="作废政策草稿", openapi_extra=GUARDED
)  # fmt: skip
def discard(request: CallerRequest, ref: str, told: AtRevision) -> HttpResponse:
    """The draft is set aside for good."""
    return DEEDS.do(request, ref, "discard", actions.discard_draft, {}, rev=told.rev)
