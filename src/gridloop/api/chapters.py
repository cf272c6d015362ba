"""What can be set up, by the API: chapters, their rows in force, and proposals of other rows, each into a draft of a change-set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from gridloop.api import answers_changes as answers
from gridloop.api.changes import WRITES, change_set_told
from gridloop.api.paging import MOST, page_of
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.shapes import Problem
from gridloop.api.shapes_changes import ChangeSetFile, ChapterFile, ChapterList, RowIn, RowPage, SheetIn
from gridloop.api.tokens import READ, SETUP, CallerRequest, doors, street_of
from gridloop.core.errors import NotFound
from gridloop.offices.organisation.changesets import actions, queries
from gridloop.offices.organisation.changesets.chapters import Chapter, Proposed, chapter_of, word_of
from gridloop.offices.organisation.changesets.chapters import chapters as every_chapter

router = Router(tags=["设置"])
REFUSALS = frozenset({401, 403, 404, 422})
PROPOSED = {201: ChangeSetFile, WRITES - {412}: Problem}


@router.get("/setup", auth=doors(READ), response={200: ChapterList, REFUSALS: Problem}, summary="设置项")
def chapters(request: CallerRequest, street: str = "") -> dict[str, Any]:
    """Everything that can be set up, and which of it the caller may draft changes of."""
    actor = request.auth.actor
    code = street_of(actor, street)
    found = every_chapter()
    return {
        "items": [answers.chapter(each, may_draft=queries.may_draft(actor, code, chapter=each.code)) for each in found]
    }


@router.get("/setup/{chapter}", auth=doors(READ), response={200: ChapterFile, REFUSALS: Problem}, summary="一个设置项")
def chapter(request: CallerRequest, chapter: str, street: str = "") -> dict[str, Any]:
    """Its columns with what each may say, and the fingerprint of its rows."""
    caller = request.auth
    code = street_of(caller.actor, street)
    may_draft = queries.may_draft(caller.actor, code, chapter=chapter)
    return answers.chapter_file(chapter_of(chapter), Proposed(code, caller.at), may_draft=may_draft)


@router.get("/setup/{chapter}/rows", auth=doors(READ), response={200: RowPage, REFUSALS: Problem}, summary="现行各行")
def rows(
    request: CallerRequest, response: HttpResponse, chapter: str, street: str = "", text: str = Query("", max_length=40),
    after: str = "", size: int = Query(200, ge=1, le=MOST),
) -> dict[str, Any]:  # fmt: skip
    """The rows in force, by key, those in which the text occurs; secrets are masked."""
    caller = request.auth
    found = chapter_of(chapter)
    setup = Proposed(street_of(caller.actor, street), caller.at)
    asked = text.strip()
    kept = [
        (key, row)
        for key, row in setup.after(chapter).items()
        if not asked or any(asked in word_of(column, row.get(column.name, ""), setup) for column in found.columns)
    ]
    return page_of(
        request, response, kept, key=lambda pair: pair[0], after=after, size=size,
        told=lambda pair: answers.row(found, *pair, setup),
    )  # fmt: skip


@router.post("/setup/{chapter}/row", auth=doors(SETUP), response=PROPOSED, summary="起草一行", openapi_extra=KEY_HEADER)
def propose_row(request: CallerRequest, chapter: str, told: RowIn, street: str = "") -> HttpResponse:
    """One row added, altered or taken away, in a draft; nothing is in force before a second person has published it."""
    found = _with_columns(chapter, request, street)
    cells = None if told.cells is None else {name: told.cells[name] for name in _known(found, told.cells)}
    return proposing(
        request, street, f"row {chapter}", actions.propose, chapter=chapter, key=told.key, cells=cells, change_set=told.change_set,
        title=told.title, seen=told.seen,
    )  # fmt: skip


@router.post(
    "/setup/{chapter}/sheet", auth=doors(SETUP), response=PROPOSED, summary="起草整张表", openapi_extra=KEY_HEADER
)
def propose_sheet(request: CallerRequest, chapter: str, told: SheetIn, street: str = "") -> HttpResponse:
    """Many rows in a draft, as from a table; every fault is named with its row and column."""
    found = _with_columns(chapter, request, street)
    records = [{name: cells[name] for name in ("key", *_known(found, cells)) if name in cells} for cells in told.rows]
    return proposing(
        request, street, f"sheet {chapter}", actions.propose_sheet, chapter=chapter, records=records, change_set=told.change_set,
        title=told.title, seen=told.seen, missing=told.missing,
    )  # fmt: skip


def _with_columns(code: str, request: CallerRequest, street: str) -> Chapter:
    """The chapter, if its rows are cells and the caller may draft them. Raises NotFound, NotAllowed."""
    found = chapter_of(code)
    queries.must_draft(request.auth.actor, street_of(request.auth.actor, street), chapter=code)
    if not found.columns:
        raise NotFound("api.no_cells", f"“{found.label}”的行不是表格;请在网页上起草。", chapter=code)
    return found


def _known(chapter: Chapter, cells: dict[str, str]) -> list[str]:
    return [column.name for column in chapter.columns if column.name in cells]


def proposing(
    request: CallerRequest, street: str, operation: str, action: Callable[..., Any], **told: Any
) -> HttpResponse:
    """What is proposed stands in a draft; the answer is the whole change-set."""
    caller = request.auth
    code = street_of(caller.actor, street)

    def do() -> dict[str, Any]:
        made = action(by=caller.actor, at=caller.at, street=code, **told)
        return change_set_told(code, made.ref, caller)

    return answered_once(request, caller=caller, operation=operation, do=do, status=201)
