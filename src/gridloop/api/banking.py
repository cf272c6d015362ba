"""银企对接 by the API: the matches with their totals, one match with the products that suit it, every step of it, and the products on offer."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named, timeline_entry
from gridloop.api.answers_firms import yuan
from gridloop.api.deeds import DeedsOn
from gridloop.api.firms import must_read_firms
from gridloop.api.paging import LARGEST_KEY, After, Size, page_of, page_of_query
from gridloop.api.repeats import KEY_HEADER, told_once
from gridloop.api.revisions import IF_MATCH, shows_revision
from gridloop.api.shapes import Problem
from gridloop.api.shapes_banking import (
    BankConsentIn,
    BankDeclineIn,
    BankDemandIn,
    BankFilter,
    BankMatchFile,
    BankMatchPage,
    BankOfficerIn,
    BankTotals,
    DrawIn,
    EndProductIn,
    GrantIn,
    IntroduceIn,
    ProductIn,
    ProductList,
    ProductOut,
    VoidDrawingIn,
    WithdrawDemandIn,
)
from gridloop.api.shapes_firm_places import Over
from gridloop.api.tokens import READ, WRITE, Caller, CallerRequest, doors, street_of
from gridloop.core.bank_match import OPEN, STAGES, Demand
from gridloop.core.firm_access import may_serve
from gridloop.core.identity import mask_name
from gridloop.offices.enterprise.actions import banking as actions
from gridloop.offices.enterprise.queries import banking
from gridloop.offices.enterprise.queries.solving import page_under

router = Router(tags=["银企对接"])
SHUT = frozenset({401, 403, 404, 422})
WRITES = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422})
GUARDED = {"parameters": [*KEY_HEADER["parameters"], IF_MATCH]}
_COPIED = (
    "ref rev stage purpose term collateral note fits demanded_at consented_at introduced_at answered_at drawn_at declined_because "
    "withdrawn_because"
)  # fmt: skip


@router.get("/banks/products", auth=doors(READ), response={200: ProductList, SHUT: Problem}, summary="银行产品")
def products(
    request: CallerRequest, response: HttpResponse, bank: str = Query("", max_length=80), street: str = Query("", max_length=80),
    after: After = "", size: Size = 100,
) -> dict[str, Any]:  # fmt: skip
    """What banks offer, with the conditions as data and in words."""
    must_read_firms(request.auth.actor)
    rows = banking.products(street_of(request.auth.actor, street), bank=bank)
    return page_of(request, response, rows, key=lambda row: f".{row.pk:018d}", after=after, size=size, told=_product)


def _product(row: Any) -> dict[str, Any]:
    clauses = banking.clauses_of(row.clauses)
    told = fields_named(row, "ref bank name longest desk is_example added_at")
    return told | {
        "limit": yuan(row.limit), "rate_low": f"{row.rate_low:.2f}", "rate_high": f"{row.rate_high:.2f}",
        "clauses": [{"quote": each.get("quote", ""), "condition": each["condition"]} for each in row.clauses],
        "in_words": [banking.explained(each) for each in clauses],
    }  # fmt: skip


@router.post(
    "/banks/products", auth=doors(WRITE), response={201: ProductOut, WRITES: Problem}, summary="上架银行产品", openapi_extra=KEY_HEADER
)  # fmt: skip
def add_product(request: CallerRequest, told: ProductIn, street: str = Query("", max_length=80)) -> HttpResponse:
    """The product is on offer. Set by those who arrange."""
    caller = request.auth
    code = street_of(caller.actor, street)
    offer = actions.Offer(
        told.bank, told.name, Decimal(told.limit), Decimal(told.rate_low), Decimal(told.rate_high), told.longest,
        [each.model_dump() for each in told.clauses], told.desk,
    )  # fmt: skip

    def do() -> dict[str, Any]:
        return _product(actions.add_product(by=caller.actor, at=caller.at, street=code, offer=offer))

    return told_once(request, ProductOut, operation="POST products", do=do, status=201)


@router.post(
    "/banks/products/{ref}/end", auth=doors(WRITE), response={200: Over, WRITES: Problem}, summary="下架银行产品", openapi_extra=KEY_HEADER
)  # fmt: skip
def end_product(request: CallerRequest, ref: str, told: EndProductIn) -> HttpResponse:
    """The product is no longer on offer; matches with it stand."""
    caller = request.auth

    def do() -> dict[str, Any]:
        actions.end_product(by=caller.actor, at=caller.at, product=ref, reason=told.reason)
        return {"ref": ref}

    return told_once(request, Over, operation=f"end product {ref}", do=do)


@router.get("/banks/matches", auth=doors(READ), response={200: BankMatchPage, SHUT: Problem}, summary="银企对接列表")
def matches(
    request: CallerRequest, response: HttpResponse, wanted: BankFilter = Query(...), after: int = Query(0, ge=0, le=LARGEST_KEY),
    size: int = Query(50, ge=1, le=500),
) -> dict[str, Any]:  # fmt: skip
    """The matches within the caller's scope, and those the caller has in hand, the newest first."""
    actor = request.auth.actor
    must_read_firms(actor)
    rows = page_under(banking.matches(actor, **wanted.model_dump()), after, size=size)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.pk, told=_line)


def _line(row: Any) -> dict[str, Any]:
    """A match whose firm, case, product and officer have been read."""
    case, product = row.case, row.product
    return fields_named(row, _COPIED) | {
        "enterprise": row.enterprise.ref, "name": row.enterprise.name, "label": STAGES[row.stage], "forum": row.event_name, "forum_ref": row.event.ref if row.event else "", "officer": row.officer.name if row.officer else "",
        "case": case.ref if case else None, "number": case.number if case else "", "product": product.ref if product else None,
        "bank": product.bank if product else "", "product_name": product.name if product else "",
        "amount": yuan(row.amount), "granted": yuan(row.granted), "drawn": yuan(row.drawn), "left": yuan(row.left),
        "rate": None if row.rate is None else f"{row.rate:.2f}",
    }  # fmt: skip


@router.get("/banks/totals", auth=doors(READ), response={200: BankTotals, SHUT: Problem}, summary="银企对接合计")
def totals(request: CallerRequest, wanted: BankFilter = Query(...)) -> dict[str, Any]:
    """How many matches stand at each stage, and how much was asked for, granted and drawn, each with its n."""
    actor = request.auth.actor
    must_read_firms(actor)
    rows = banking.matches(actor, **wanted.model_dump())
    counted = Counter(rows.order_by().values_list("stage", flat=True))
    found = banking.totals(rows)
    sums = {name: {"n": found[name].n, "amount": yuan(found[name].amount)} for name in ("demand", "granted", "drawn")}
    return {"stages": {stage: counted[stage] for stage in STAGES}} | sums


@router.post(
    "/banks/matches", auth=doors(WRITE), response={201: BankMatchFile, WRITES: Problem}, summary="登记融资需求", openapi_extra=KEY_HEADER
)  # fmt: skip
def demand(request: CallerRequest, told: BankDemandIn) -> HttpResponse:
    """The firm's demand is on record; no bank is told before the firm has agreed."""
    caller = request.auth
    asked = Demand(Decimal(told.amount), told.purpose, told.term, told.collateral)
    said = told.model_dump(include={"enterprise", "case", "forum", "note"})

    def do() -> dict[str, Any]:
        return _file(caller, actions.demand_credit(by=caller.actor, at=caller.at, demand=asked, **said).ref)

    return told_once(request, BankMatchFile, operation="POST matches", do=do, status=201)


def _file(caller: Caller, ref: str) -> dict[str, Any]:
    row = banking.match(ref, by=caller.actor)
    suited = banking.suited(row, at=caller.at) if row.stage in ("demand", "consented") else []
    return {
        "match": _line(row), "consent_name": mask_name(row.consent_name) if row.consent_name else "",
        **fields_named(row, "consent_duty consent_how"), "steps": _steps(caller, row), "suited": [_suited(each) for each in suited],
        "sheet": [{"label": label, "value": value} for label, value in banking.sheet_for_bank(row)] if row.consented_at else [],
        "drawings": [_drawing(each) for each in banking.drawings(row)],
        "timeline": [timeline_entry(entry) for entry in banking.history_of(row)],
    }  # fmt: skip


def _drawing(each: Any) -> dict[str, Any]:
    told = fields_named(each, "ref drawn_on note told_at void_at void_because")
    return told | {"amount": yuan(each.amount), "told_by": each.told_by.name if each.told_by else ""}


def _steps(caller: Caller, row: Any) -> list[str]:
    if not may_serve(caller.actor, row.street):
        return []
    return [*banking.steps_of(row), *(["hand_over"] if row.stage in OPEN else [])]


def _suited(each: Any) -> dict[str, Any]:
    clauses = [
        fields_named(clause, "requirement quote value")
        | {"reasons": list(clause.reasons), "missing": list(clause.missing)}
        for clause in each.verdict.clauses
    ]
    product = each.product
    return {
        "product": product.ref,
        "bank": product.bank,
        "name": product.name,
        "value": each.verdict.value,
        "clauses": clauses,
    }


@router.get(
    "/banks/matches/{ref}", auth=doors(READ), response={200: BankMatchFile, SHUT: Problem}, summary="一笔银企对接"
)
def match(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Where it stands, which products suit it and why, what a bank is shown once the firm has agreed."""
    told = _file(request.auth, ref)
    shows_revision(request, told["match"]["rev"])
    return told


DEEDS = DeedsOn(kind="match", argument="match", shape=BankMatchFile, found=banking.match, file=_file)


@router.post(
    "/banks/matches/{ref}/consent", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="记录企业授权",
    openapi_extra=GUARDED,
)  # fmt: skip
def consent(request: CallerRequest, ref: str, told: BankConsentIn) -> HttpResponse:
    """The firm has agreed that a bank is told: who of it, and how."""
    return DEEDS.do(request, ref, "consent", actions.consent_to_bank, told.model_dump(exclude={"rev"}), rev=told.rev)


@router.post(
    "/banks/matches/{ref}/introduce", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="介绍给银行",
    openapi_extra=GUARDED,
)  # fmt: skip
def introduce(request: CallerRequest, ref: str, told: IntroduceIn) -> HttpResponse:
    """The bank of this product is told of the demand; one that does not suit asks for a reason."""
    return DEEDS.do(
        request, ref, "introduce", actions.introduce_to_bank, told.model_dump(exclude={"rev"}), rev=told.rev
    )


@router.post(
    "/banks/matches/{ref}/grant", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="登记授信",
    openapi_extra=GUARDED,
)  # fmt: skip
def grant(request: CallerRequest, ref: str, told: GrantIn) -> HttpResponse:
    """The bank grants so much, at this rate a year."""
    rate = Decimal(told.rate) if told.rate else None
    said = {"granted": Decimal(told.granted), "rate": rate, "why": told.why}
    return DEEDS.do(request, ref, "grant", actions.grant_credit, said, rev=told.rev)


@router.post(
    "/banks/matches/{ref}/decline", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="登记银行未通过",
    openapi_extra=GUARDED,
)  # fmt: skip
def decline(request: CallerRequest, ref: str, told: BankDeclineIn) -> HttpResponse:
    """The bank does not grant it, and why."""
    return DEEDS.do(request, ref, "decline", actions.decline_credit, {"reason": told.reason}, rev=told.rev)


@router.post(
    "/banks/matches/{ref}/draw", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="登记放款",
    openapi_extra=GUARDED,
)  # fmt: skip
def draw(request: CallerRequest, ref: str, told: DrawIn) -> HttpResponse:
    """So much of the credit has reached the firm on this day. A credit is drawn in one part or in several, together never more than was granted."""
    said = {"drawn": Decimal(told.drawn), "drawn_on": told.drawn_on, "note": told.note}
    return DEEDS.do(request, ref, "draw", actions.draw_credit, said, rev=told.rev)


@router.post(
    "/banks/matches/{ref}/void-drawing", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="作废一次放款",
    openapi_extra=GUARDED,
)  # fmt: skip
def void_drawing(request: CallerRequest, ref: str, told: VoidDrawingIn) -> HttpResponse:
    """A drawing was put down wrongly: it stays on record with the reason, counts no longer, and the credit can be drawn again by as much."""
    said = told.model_dump(exclude={"rev"})
    return DEEDS.do(request, ref, "void_drawing", actions.void_drawing, said, rev=told.rev)


@router.post(
    "/banks/matches/{ref}/hand-over", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="换对接人",
    openapi_extra=GUARDED,
)  # fmt: skip
def hand_over(request: CallerRequest, ref: str, told: BankOfficerIn) -> HttpResponse:
    """Another person has the match in hand."""
    return DEEDS.do(request, ref, "hand_over", actions.hand_match_over, {"officer": told.officer}, rev=told.rev)


@router.post(
    "/banks/matches/{ref}/withdraw", auth=doors(WRITE), response={200: BankMatchFile, WRITES: Problem}, summary="撤回融资需求",
    openapi_extra=GUARDED,
)  # fmt: skip
def withdraw(request: CallerRequest, ref: str, told: WithdrawDemandIn) -> HttpResponse:
    """The firm no longer wants it; refused once money was drawn or the bank said no."""
    return DEEDS.do(request, ref, "withdraw", actions.withdraw_demand, {"reason": told.reason}, rev=told.rev)
