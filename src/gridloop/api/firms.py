"""The register of enterprises by the API: the list and one firm, registering, amending, its dated rows, its contacts, what the rule proposes.

The same posts that see a firm on the page see it here; contacts are masked but for one address, which asks for a reason and writes it down.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Status

from gridloop.api import answers_firms as tell
from gridloop.api.answers import fields_named, look, timeline_entry
from gridloop.api.paging import LARGEST_KEY, After, Size, next_link, page_of
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, seen, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_desk import LookIn
from gridloop.api.shapes_firms import (
    AlikePairs,
    ConsentIn,
    ConsentOut,
    DecideProposalIn,
    FigureIn,
    FirmAmendIn,
    FirmContactIn,
    FirmContactOut,
    FirmContactsClear,
    FirmCounts,
    FirmFile,
    FirmFilter,
    FirmIn,
    FirmLine,
    FirmMergeIn,
    FirmPage,
    LeftIn,
    ProposalList,
    ProposalOut,
    VitalityIn,
)
from gridloop.api.tokens import CONTACTS, READ, WRITE, CallerRequest, doors, street_of
from gridloop.api.words import Opaque
from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed
from gridloop.core.firm_access import may_arrange, may_read
from gridloop.core.firm_size import sized, threshold
from gridloop.offices.archive.queries import access_notes, timeline
from gridloop.offices.enterprise.actions import contacts as people
from gridloop.offices.enterprise.actions import register as actions
from gridloop.offices.enterprise.actions import vitality as states
from gridloop.offices.enterprise.actions.merging import merge_enterprises
from gridloop.offices.enterprise.queries import pages, pairing, register, teams
from gridloop.offices.enterprise.queries.cases import cases_of

router = Router(tags=["企业"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
CASES = 50
Column = Literal["section", "size", "vitality", "priority"]
Short = Annotated[str, Query(max_length=80)]


def must_read_firms(actor: Actor) -> None:
    """Raises NotAllowed for posts that see no firms."""
    if not may_read(actor):
        raise NotAllowed("enterprise.may_not_read", "您的岗位不看企业档案;如有需要请联系值班受理岗。")


@router.get(
    "/enterprises", auth=doors(READ), response={200: FirmPage, SHUT: Problem}, summary="企业列表"
)  # fmt: skip
def firms(
    request: CallerRequest, response: HttpResponse, wanted: FirmFilter = Query(...), after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The firms within the caller's scope, narrowed, the newest first; ``count`` is of all pages."""
    must_read_firms(request.auth.actor)
    found = register.list_enterprises(request.auth.actor, wanted.as_wanted(after=after), size=size)
    return {
        "items": [tell.firm_line(firm) for firm in found.enterprises],
        "count": found.count,
        "next": next_link(request, response, str(found.after or "")),
    }


@router.get(
    "/enterprises/counts", auth=doors(READ), response={200: FirmCounts, SHUT: Problem}, summary="各类企业数"
)  # fmt: skip
def firm_counts(request: CallerRequest, wanted: FirmFilter = Query(...), by: Column = "vitality") -> dict[str, Any]:
    """How many firms of the narrowed list there are by one column."""
    must_read_firms(request.auth.actor)
    return {"by": by, "counts": register.counts(request.auth.actor, wanted.as_wanted(), by=by)}


@router.get("/enterprises/alike", auth=doors(READ), response={200: AlikePairs, SHUT: Problem}, summary="名称相近的企业")
def alike_firms(
    request: CallerRequest, response: HttpResponse, street: Short = "", after: After = "", size: Size = 100
) -> dict[str, Any]:
    """Pairs of firms of nearly the same name: probably one that was entered twice. For those who arrange."""
    actor = request.auth.actor
    pairs = pages.alike(actor, street_of(actor, street))
    return page_of(
        request, response, pairs, key=lambda pair: f"{pair[0].pk:016d}.{pair[1].pk:018d}", after=after, size=size,
        told=lambda pair: {"one": tell.firm_line(pair[0]), "other": tell.firm_line(pair[1])},
    )  # fmt: skip


@router.get(
    "/enterprises/proposals", auth=doors(READ), response={200: ProposalList, SHUT: Problem}, summary="经营状态建议"
)
def proposals(request: CallerRequest, response: HttpResponse, after: After = "", size: Size = 50) -> dict[str, Any]:
    """What the rule proposes and nobody has decided yet, the gravest first."""
    must_read_firms(request.auth.actor)
    rows = register.open_proposals(request.auth.actor)
    return page_of(request, response, rows, key=register.gravity_key, after=after, size=size, told=tell.proposal)


@router.post(
    "/enterprises/proposals/{ref}/decide", auth=doors(WRITE), response={200: ProposalOut, WRITES: Problem}, summary="决定经营状态建议",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def decide_proposal(request: CallerRequest, ref: str, told: DecideProposalIn) -> HttpResponse:
    """The proposal is taken up, or rejected with a reason and not made again for the same signs."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return tell.proposal(states.decide_proposal(by=caller.actor, at=caller.at, proposal=ref, **told.model_dump()))

    return told_once(request, ProposalOut, operation=f"decide proposal {ref}", do=do)


@router.post(
    "/enterprises", auth=doors(WRITE), response={201: FirmLine, WRITES: Problem}, summary="企业建档", openapi_extra=KEY_HEADER
)  # fmt: skip
def register_firm(request: CallerRequest, told: FirmIn, street: Short = "") -> HttpResponse:
    """The firm is on the register; every fault of what was told is named at once (``fields.problems``)."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        made = actions.register_enterprise(
            by=caller.actor, at=caller.at, street=code, told=_as_text(told.model_dump()), source="接口"
        )
        return tell.firm_line(register.enterprise(made.ref, by=caller.actor))

    return told_once(request, FirmLine, operation="POST /enterprises", do=do, status=201)


def _as_text(told: dict[str, Any]) -> dict[str, str]:
    """The columns as a form tells them: sums name their unit, yes and no are words, an empty text knows nothing."""
    words = {True: "是", False: "否"}
    sums = {name: f"{told[name]}元" for name in ("capital", "revenue", "assets") if told.get(name)}
    above = {"above": words[told["above"]]} if told.get("above") is not None else {}
    return {name: "" if value is None else str(value) for name, value in told.items()} | sums | above


@router.get("/enterprises/{ref}", auth=doors(READ), response={200: FirmFile, SHUT: Problem}, summary="一企一档")
def firm(request: CallerRequest, ref: str) -> dict[str, Any]:
    """One firm: its record, names, contacts (masked), answers of consent, figures, states, cases and everything that happened."""
    actor = request.auth.actor
    found = register.enterprise(ref, by=actor)
    shows_revision(request, found.rev)
    return {
        "firm": tell.firm_line(found), **fields_named(found, "business registered_on capital_text"), "capital": tell.yuan(found.capital),
        "merged_into": found.merged_into.ref if found.merged_into else "", "reasons": _reasons(found),
        "stack": tell.stack(pairing.stack_of(found.subject, street=found.street)),
        "team": tell.served_by(teams.serving_at(found.street, found.place)),
        "contacts": [tell.masked_contact(row) for row in pages.present_contacts(found)],
        "consents": [fields_named(row, "kind label granted how since is_default") for row in pages.present_consents(found)],
        "figures": [tell.figure(row) for row in found.figures.all()],
        "spells": [fields_named(row, "vitality reason starts_at ends_at") for row in found.spells.all()],
        "cases": [tell.firm_case(case) for case in cases_of(found, by=actor).select_related("lead")[:CASES]],
        "timeline": [timeline_entry(entry) for entry in timeline(found.subject)],
        "looks": [look(note) for note in access_notes(found.subject)] if may_arrange(actor, found.street) else None,
    }  # fmt: skip


def _reasons(found: Any) -> list[str]:
    """Why the rules give it this size and threshold, or what they still need."""
    rule = sized(found.industry, staff=found.staff, revenue=found.revenue, assets=found.assets)
    return [rule.reason, threshold(found.industry, revenue=found.revenue).reason]


@router.patch(
    "/enterprises/{ref}", auth=doors(WRITE), response={200: FirmLine, WRITES: Problem}, summary="修改企业档案",
    openapi_extra={"parameters": [*KEY_HEADER["parameters"], IF_MATCH]},
)  # fmt: skip
def amend(request: CallerRequest, ref: str, told: FirmAmendIn) -> HttpResponse:
    """What is sent is changed, and what follows from it; the ledger keeps before and after. ``If-Match`` or ``rev`` guards against another's change."""
    caller = request.auth
    changed = _as_text(told.model_dump(exclude_unset=True, exclude={"reason", "rev"}))

    def do(rev: int | None) -> dict[str, Any]:
        actions.amend_enterprise(
            by=caller.actor, at=caller.at, enterprise=ref, told=changed, reason=told.reason, rev=rev
        )
        return tell.firm_line(register.enterprise(ref, by=caller.actor))

    with seen(request, rev=told.rev, present=lambda: int(register.enterprise(ref, by=caller.actor).rev)) as rev:
        return told_once(request, FirmLine, operation=f"amend {ref}", do=lambda: do(rev))


def _deed(request: CallerRequest, ref: str, name: str, action: Any, **told: Any) -> HttpResponse:
    """The action is done to the firm; the answer is the firm as it is then."""
    caller = request.auth

    def do() -> dict[str, Any]:
        action(by=caller.actor, at=caller.at, enterprise=ref, **told)
        return tell.firm_line(register.enterprise(ref, by=caller.actor))

    return told_once(request, FirmLine, operation=f"{name} {ref}", do=do)


@router.post(
    "/enterprises/{ref}/figures", auth=doors(WRITE), response={200: FirmLine, WRITES: Problem}, summary="登记年度数据",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def tell_figures(request: CallerRequest, ref: str, told: FigureIn) -> HttpResponse:
    """The year's figures stand; size and threshold are judged anew."""
    sums = {
        name: Decimal(value) if value else None for name, value in (("revenue", told.revenue), ("assets", told.assets))
    }
    return _deed(request, ref, "figures", actions.tell_figures, year=told.year, staff=told.staff, source=told.source, **sums)  # fmt: skip


@router.post(
    "/enterprises/{ref}/vitality", auth=doors(WRITE), response={200: FirmLine, WRITES: Problem}, summary="改经营状态",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def set_vitality(request: CallerRequest, ref: str, told: VitalityIn) -> HttpResponse:
    """The firm is in this state from now on, for this reason."""
    return _deed(request, ref, "vitality", states.set_vitality, **told.model_dump())


@router.post(
    "/enterprises/{ref}/leave", auth=doors(WRITE), response={200: FirmLine, WRITES: Problem}, summary="企业注销或迁出",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def leave(request: CallerRequest, ref: str, told: LeftIn) -> HttpResponse:
    """The firm has left; its pairings end at the same instant."""
    return _deed(request, ref, "leave", actions.end_enterprise, **told.model_dump())


@router.post(
    "/enterprises/{ref}/merge", auth=doors(WRITE), response={200: FirmLine, WRITES: Problem}, summary="重复并入",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def merge_firms(request: CallerRequest, ref: str, told: FirmMergeIn) -> HttpResponse:
    """This firm was entered twice and goes into the other; the answer is the one that stays."""
    caller = request.auth

    def do() -> dict[str, Any]:
        kept = merge_enterprises(by=caller.actor, at=caller.at, duplicate=ref, into=told.into, reason=told.reason)
        return tell.firm_line(register.enterprise(kept.ref, by=caller.actor))

    return told_once(request, FirmLine, operation=f"merge {ref}", do=do)


@router.post(
    "/enterprises/{ref}/contacts", auth=doors(WRITE), response={201: FirmContactOut, WRITES: Problem}, summary="增加联系人",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def add_contact(request: CallerRequest, ref: str, told: FirmContactIn) -> HttpResponse:
    """The person is a contact from now on; what is answered is masked already."""
    caller = request.auth

    def do() -> dict[str, Any]:
        return tell.masked_contact(
            people.add_contact(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump())
        )

    return told_once(request, FirmContactOut, operation=f"contact {ref}", do=do, status=201)


@router.post(
    "/enterprises/{ref}/contacts/look", auth=doors(CONTACTS), response={200: FirmContactsClear, WRITES: Problem}, summary="查看企业联系人"
)  # fmt: skip
def look_at_contacts(request: CallerRequest, ref: str, told: LookIn) -> dict[str, Any]:
    """Names and telephones in full; who looked and why is written down first."""
    caller = request.auth
    found = people.look_at_contacts(by=caller.actor, at=caller.at, enterprise=ref, reason=told.reason)
    return {"contacts": [fields_named(each, "ref name phone") for each in found]}


@router.delete(
    "/enterprises/{ref}/contacts/{contact}", auth=doors(WRITE), response={204: None, WRITES: Problem}, summary="结束联系人"
)  # fmt: skip
def end_contact(request: CallerRequest, ref: str, contact: Opaque) -> Status:
    """The person is no longer a contact; the row stays as history."""
    caller = request.auth
    people.end_contact(by=caller.actor, at=caller.at, enterprise=ref, contact=contact)
    return Status(204, None)


@router.post(
    "/enterprises/{ref}/consents", auth=doors(WRITE), response={201: ConsentOut, WRITES: Problem}, summary="记录企业的授权或拒绝",
    openapi_extra=KEY_HEADER,
)  # fmt: skip
def answer_consent(request: CallerRequest, ref: str, told: ConsentIn) -> HttpResponse:
    """The firm's answer holds from now on."""
    caller = request.auth

    def do() -> dict[str, Any]:
        row = people.answer_consent(by=caller.actor, at=caller.at, enterprise=ref, **told.model_dump())
        return fields_named(row, "kind granted how") | {
            "label": row.get_kind_display(), "since": row.starts_at, "is_default": False
        }  # fmt: skip

    return told_once(request, ConsentOut, operation=f"consent {ref}", do=do, status=201)
