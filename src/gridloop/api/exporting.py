"""Taking cases out of the house as a file, and the register of everything that was taken out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api.answers import fields_named
from gridloop.api.paging import LARGEST_KEY, page_of_query
from gridloop.api.shapes import Problem
from gridloop.api.shapes_registers import ExportIn, ExportPage
from gridloop.api.tokens import CONTACTS, READ, CallerRequest, doors, must_have
from gridloop.core.errors import NotAllowed
from gridloop.offices.cases.actions.exports import Asked, export_cases
from gridloop.offices.cases.actions.searching import note_what_is_sought
from gridloop.offices.cases.queries.lists import Filter
from gridloop.offices.cases.queries.views import exports_of, may_read_exports

router = Router(tags=["导出"])
SHUT = frozenset({401, 403})
PLAIN = ("state", "unit", "category", "place", "street", "grade", "source", "factor", "late", "gap", "mine", "sort")


@router.post(
    "/exports", auth=doors(READ), response={200: None, SHUT | {400, 413, 415, 422}: Problem}, summary="导出事项"
)
def take_out(request: CallerRequest, told: ExportIn) -> HttpResponse:
    """The caller's cases of these conditions as a file with its watermark; who, when, why and its SHA-256 stand in the register first."""
    caller = request.auth
    if told.shows_contacts:
        must_have(caller.actor, CONTACTS)
    sought, phone = note_what_is_sought(by=caller.actor, at=caller.at, said=told.q)
    narrowed = {name: getattr(told, name) for name in PLAIN}
    days = {"since": str(told.since or ""), "until": str(told.until or "")}
    condition = urlencode(
        {name: value for name, value in (narrowed | days).items() if value} | ({"q": sought} if sought else {})
    )
    asked = Asked(
        wanted=Filter(**narrowed, **days, text=sought, phone=phone), query=condition[:1000], condition=_in_words(condition, phone),
        columns=_with_reporter(told), file_format=told.file_format, purpose=told.purpose, shows_contacts=told.shows_contacts,
    )  # fmt: skip
    made = export_cases(by=caller.actor, at=caller.at, asked=asked)
    answer = HttpResponse(made.content, content_type=made.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _in_words(condition: str, phone: str) -> str:
    told = [condition or "全部事项", "按电话查询" if phone else ""]
    return f"经接口:{';'.join(part for part in told if part)}"


def _with_reporter(told: ExportIn) -> list[str]:
    """Whoever asks for reporters in the clear gets their column too."""
    return [*told.columns, *(["reporter"] if told.shows_contacts and "reporter" not in told.columns else [])]


@router.get("/exports", auth=doors(READ), response={200: ExportPage, SHUT | {422}: Problem}, summary="导出登记")
def register(
    request: CallerRequest, response: HttpResponse, after: int = Query(0, ge=0, le=LARGEST_KEY), size: int = Query(50, ge=1, le=100)
) -> dict[str, Any]:  # fmt: skip
    """What left the house, the newest first; for the audit keeper and the leaders."""
    actor = request.auth.actor
    if not may_read_exports(actor):
        raise NotAllowed("cases.may_not_read_exports", "导出登记由审计管理员和街道领导查看。")
    rows = exports_of(actor, before=after, size=size + 1)
    return page_of_query(request, response, rows, size=size, key=lambda row: row.pk, told=_line)


def _line(row: Any) -> dict[str, Any]:
    told = fields_named(row, "number purpose condition file_format rows shows_contacts sha256")
    return told | {"at": row.exported_at, "who": row.by.name}
