"""What auditors and keepers read (``/audit`` of the console), and erasing on a basis. Who may read which record is asked for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.shapes import Problem
from gridloop.api.shapes_registers import (
    DeedPage,
    EntryHeads,
    EraseIn,
    ErasureOut,
    ErasurePage,
    ExportPage,
    LookPage,
    SignInPage,
)
from gridloop.api.tokens import AUDIT, KEEP, Caller, CallerRequest, doors
from gridloop.api.words import IsoDate
from gridloop.core.errors import NotFound
from gridloop.offices.archive import looking
from gridloop.offices.archive.actions import erase_of
from gridloop.offices.archive.looking import Span
from gridloop.offices.cases.queries.exported import exported
from gridloop.offices.cases.queries.naming import ref_of_number
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts import auditing
from gridloop.offices.organisation.accounts.auditing import must_read
from gridloop.offices.organisation.accounts.deed_kinds import DEEDS

router = Router(tags=["审计"])
SHUT = frozenset({401, 403, 422})
Said = Query("", max_length=60)
After = Query(0, ge=0, le=LARGEST_KEY)
Size = Query(50, ge=1, le=100)


@router.get("/audit/looks", auth=doors(AUDIT), response={200: LookPage, SHUT: Problem}, summary="查看记录")
def looks(
    request: CallerRequest, response: HttpResponse, text: str = Said, since: IsoDate | None = None, until: IsoDate | None = None,
    after: int = After, size: int = Size,
) -> dict[str, Any]:  # fmt: skip
    """Who looked at whose personal data, when and why."""
    caller = _reader(request, "read_looks")
    rows = looking.looks(caller.actor.street, _span(caller, after, since, until, size), text=text)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.id, told=_look)


def _reader(request: CallerRequest, record: str) -> Caller:
    """The caller, who may read this record of their street. Raises NotAllowed."""
    must_read(request.auth.actor, record, street=request.auth.actor.street)
    return request.auth


def _span(caller: Caller, before: int, since: date | None, until: date | None, size: int) -> Span:
    """From the first day to the last, both included, in the street's zone."""
    zone = ZoneInfo(organisation.street(caller.actor.street).zone)
    return Span(
        before=before, since=_midnight(since, zone), until=_midnight(until + timedelta(days=1), zone) if until and until < date.max else None,
        size=size,
    )  # fmt: skip


def _midnight(on: date | None, zone: ZoneInfo) -> datetime | None:
    """The beginning of that day; days that no record can have are no limit."""
    return datetime.combine(on, time(), tzinfo=zone) if on and 1990 <= on.year <= 2200 else None


def _look(row: looking.Look) -> dict[str, Any]:
    return fields_named(row, "id at who what subject reason")


@router.get("/audit/sign-ins", auth=doors(AUDIT), response={200: SignInPage, SHUT: Problem}, summary="登录记录")
def sign_ins(
    request: CallerRequest, response: HttpResponse, text: str = Said, outcome: str = Query("", max_length=20, description="failed 为所有失败"),
    since: IsoDate | None = None, until: IsoDate | None = None, after: int = After, size: int = Size,
) -> dict[str, Any]:  # fmt: skip
    """Who signed in, who failed to, from where (device and network only)."""
    caller = _reader(request, "read_sign_ins")
    span = _span(caller, after, since, until, size)
    rows = auditing.sign_ins(
        caller.actor.street, reader=caller.actor, before=span.before, since=span.since, until=span.until, outcome=outcome, text=text, size=size
    )  # fmt: skip
    return page_of_query(request, response, rows, size=size, key=lambda row: row.id, told=sign_in)


def sign_in(row: auditing.Attempt) -> dict[str, Any]:
    return fields_named(row, "id at who username outcome outcome_label method device origin ended_at ended_because")


@router.get("/audit/exports", auth=doors(AUDIT), response={200: ExportPage, SHUT: Problem}, summary="导出登记(审计)")
def exports(
    request: CallerRequest, response: HttpResponse, text: str = Said, since: IsoDate | None = None, until: IsoDate | None = None,
    after: int = After, size: int = Size,
) -> dict[str, Any]:  # fmt: skip
    """What left the house as a file."""
    caller = _reader(request, "read_looks")
    span = _span(caller, after, since, until, size)
    rows = exported(caller.actor.street, before=span.before, since=span.since, until=span.until, text=text, size=size)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.id, told=_export)


def _export(row: Any) -> dict[str, Any]:
    return fields_named(row, "number at who purpose condition file_format rows shows_contacts sha256")


@router.get("/audit/deeds", auth=doors(AUDIT), response={200: DeedPage, SHUT: Problem}, summary="管理操作")
def deeds(
    request: CallerRequest, response: HttpResponse, text: str = Query("", max_length=60, description="谁做的(姓名)"),
    group: str = Query("", max_length=40, description="种类的前半,例如 account"),
    since: IsoDate | None = None, until: IsoDate | None = None, after: int = After, size: int = Size,
) -> dict[str, Any]:  # fmt: skip
    """What keepers and leaders did."""
    caller = _reader(request, "read_deeds")
    street = caller.actor.street
    span = _span(caller, after, since, until, size + 1)
    named = (organisation.person_named(street, text) or "nobody") if text else ""
    kinds = [kind for kind in DEEDS if not group or kind.startswith(f"{group}.")]
    found = looking.deeds(street, kinds, Span(span.before, span.since, span.until, named, size + 1))
    return page_of_query(request, response, found.entries, size=size, key=lambda row: row.id, told=_deed)


def _deed(row: Any) -> dict[str, Any]:
    return fields_named(row, "id seq kind at by is_erased") | {"label": DEEDS.get(row.kind, row.kind)}


@router.get("/audit/erasures", auth=doors(KEEP), response={200: ErasurePage, SHUT: Problem}, summary="销毁证明")
def erasures(request: CallerRequest, response: HttpResponse, after: int = After, size: int = Size) -> dict[str, Any]:
    """The certificates: who erased which entries of the ledger, when, on what basis."""
    caller = _reader(request, "erase")
    rows: Sequence[looking.ErasureLine] = looking.erasures(caller.actor.street, before=after, size=size)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.id, told=_certificate)


def _certificate(row: looking.ErasureLine) -> dict[str, Any]:
    return fields_named(row, "id at by basis seq") | {"entries": list(row.entries)}


@router.get(
    "/audit/erasures/entries",
    auth=doors(KEEP),
    response={200: EntryHeads, SHUT | {404}: Problem},
    summary="一件的台账条目",
)
def entries(
    request: CallerRequest, number: str = Query(..., pattern=r"^[0-9]{8}-?[0-9]{1,17}$", description="事项编号")
) -> dict[str, Any]:
    """The entries of a case by their heads; what they say is not told: who erases need not read."""
    caller = _reader(request, "erase")
    heads = looking.entries_of(_subject(caller, number), street=caller.actor.street)
    return {"number": number, "items": [fields_named(head, "seq kind at is_erased") for head in heads]}


def _subject(caller: Caller, number: str) -> str:
    ref = ref_of_number(caller.actor.street, number)
    if not ref:
        raise NotFound("cases.no_such_number", f"本街道没有编号为“{number}”的事项;请核对编号。", number=number)
    return f"case:{ref}"


@router.post(
    "/audit/erasures",
    auth=doors(KEEP),
    response={200: ErasureOut, SHUT | {400, 404, 409, 413, 415}: Problem},
    summary="销毁",
)
def erase(request: CallerRequest, told: EraseIn) -> dict[str, Any]:
    """The payloads of these entries are gone for good; their place in the ledger and the certificate stay."""
    caller = _reader(request, "erase")
    street = caller.actor.street
    erase_of(
        _subject(caller, told.number),
        entries=told.entries,
        street=street,
        basis=told.basis,
        by=caller.actor,
        at=caller.at,
    )
    return _certificate(looking.erasures(street, size=1)[0])
