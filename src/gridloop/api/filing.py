"""Filing one case and filing many: each row is judged by itself, each answer can be asked for again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from pydantic import TypeAdapter, ValidationError

from gridloop.api import answers
from gridloop.api.cases import router  # one router holds both methods of /cases
from gridloop.api.problems import document_of, fields_of, problem_document
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.shapes import CaseIn, CaseToFile, Filed, IntakeIn, IntakeOut, Problem
from gridloop.api.tokens import BULK, FILE, CallerRequest, doors, street_of
from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, TooMuch
from gridloop.offices.cases.actions import Filing, file_case, file_cases, must_file
from gridloop.offices.enterprise.actions.cases import for_enterprise

MOST_ROWS = 1000
REFUSALS = frozenset({400, 401, 403, 404, 409, 413, 415, 422})
_case_in: TypeAdapter[CaseIn] = TypeAdapter(CaseIn)
_TOLD = tuple(name for name in Filing.__dataclass_fields__ if name in CaseIn.model_fields)


def filing_of(told: CaseIn, *, by: Actor, street: str) -> Filing:
    """What an action files; a registered firm's name and place are those of its record. Raises NotFound, Refused for a firm that left."""
    return for_enterprise(by=by, street=street, filing=Filing(**{name: getattr(told, name) for name in _TOLD}))


@router.post(
    "/cases",
    auth=doors(FILE),
    response={201: Filed, REFUSALS: Problem},
    summary="登记一件",
    tags=["登记"],
    openapi_extra=KEY_HEADER,
)
def file(request: CallerRequest, told: CaseToFile) -> HttpResponse:
    """File one case: placed, classified, routed, timed and recorded in one transaction. The person behind the token is the 首问人."""
    caller = request.auth
    street = street_of(caller.actor, told.street)

    def do() -> dict[str, Any]:
        filing = filing_of(told, by=caller.actor, street=street)
        done = file_case(by=caller.actor, at=caller.at, street=street, filing=filing)
        return answers.filed(done, external_id=told.external_id)

    return answered_once(request, caller=caller, operation="POST /cases", do=do, status=201)


@router.post(
    "/intake",
    auth=doors(BULK),
    response={200: IntakeOut, REFUSALS: Problem},
    summary="批量登记",
    tags=["登记"],
    openapi_extra=KEY_HEADER,
)
def intake(request: CallerRequest, told: IntakeIn) -> HttpResponse:
    """File up to 1,000 cases in one transaction; a result for each row, in order. A bad row is named and the others are filed."""
    caller = request.auth
    if len(told.cases) > MOST_ROWS:
        raise TooMuch(
            "api.too_many_rows",
            f"一次最多 {MOST_ROWS} 件,本次有 {len(told.cases)} 件;请分批提交。",
            limit=MOST_ROWS,
            rows=len(told.cases),
        )
    street = street_of(caller.actor, told.street)
    must_file(caller.actor, street)
    return answered_once(
        request, caller=caller, operation="POST /intake", do=lambda: _taken_in(caller, street, told.cases)
    )


def _taken_in(caller: Any, street: str, rows: list[Any]) -> dict[str, Any]:
    """Every readable row filed; a result for each row."""
    read = [_read(row) for row in rows]
    meant = [_meant(row, caller, street) if isinstance(row, CaseIn) else None for row in read]
    filings = [each for each in meant if isinstance(each, Filing)]
    done = iter(file_cases(by=caller.actor, at=caller.at, street=street, filings=filings) if filings else [])
    results = [
        _result(index, row, next(done) if isinstance(each, Filing) else each)
        for index, (row, each) in enumerate(zip(read, meant, strict=True))
    ]
    good = sum(result["ok"] for result in results)
    return {"filed": good, "refused": len(results) - good, "results": results}


def _meant(row: CaseIn, caller: Any, street: str) -> Filing | GridloopError:
    """What the row files, or why its firm cannot be meant."""
    try:
        return filing_of(row, by=caller.actor, street=street)
    except GridloopError as error:
        return error


def _read(row: Any) -> CaseIn | dict[str, Any]:
    """The row, or the problem that it is."""
    try:
        return _case_in.validate_python(row)
    except ValidationError as fault:
        fields = fields_of(fault.errors(include_url=False, include_context=True))
        told = "、".join(f"{name}({words})" for name, words in list(fields.items())[:5])
        return problem_document(
            status=422, code="api.invalid", sentence=f"这一行有 {len(fields)} 项要改:{told}。", fields=fields
        )


def _result(index: int, row: CaseIn | dict[str, Any], done: Any) -> dict[str, Any]:
    if not isinstance(row, CaseIn):
        return {"index": index, "ok": False, "problem": row}
    if isinstance(done, GridloopError):
        return {"index": index, "ok": False, "problem": document_of(done)}
    return {"index": index, "ok": True, "case": answers.filed(done, external_id=row.external_id)}
