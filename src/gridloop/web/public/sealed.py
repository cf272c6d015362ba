"""Checking a report against the ledger, and the ledger's public pages: books, signed checkpoints, proofs, the verifier.

Terms: *sealed* means numbered and in the tree; *signed* means that a checkpoint covers it. Residents are told in plain words what this
server found, and how to check without believing this server.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.checkpoint import note_text, parse_checkpoint, parse_verifier_key, verifier_key
from gridloop.core.errors import GridloopError, NotFound, WrongInput
from gridloop.core.ledger import check_receipt
from gridloop.offices.archive import queries as archive
from gridloop.offices.organisation import queries as organisation
from gridloop.web.public.doors import Opened, absolute, with_receipt

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking one entry: ``tone`` good, warn (erased, or not yet sealed) or bad, and the sentences."""

    tone: str
    headline: str
    sentences: tuple[str, ...]
    number: int = 0
    size: int = 0
    root: str = ""
    kind: str = ""


@require_safe
@with_receipt
def receipt_document(request: HttpRequest, opened: Opened) -> HttpResponse:
    """/r/<secret>/receipt.json"""
    report = opened.report(request.GET.get("report", ""))
    document = _document(report)
    if document is None:
        sentence = _("这件事项还在等待封存和签名,一般不到一分钟;请稍后再下载。")
        raise NotFound("public.not_sealed", sentence)
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1, "sort_keys": True})
    answer["Content-Disposition"] = f'attachment; filename="receipt-{report.case.number}.json"'
    return answer


@require_safe
@with_receipt
def check(request: HttpRequest, opened: Opened) -> HttpResponse:
    """/r/<secret>/check/"""
    report = opened.report(request.GET.get("report", ""))
    document, head = _document(report), archive.latest_checkpoint(report.street)
    page = {
        "opened": opened,
        "street": opened.street,
        "report": report,
        "case": report.case,
        "checked": checked(document),
        "document": document,
        "head": head,
        "verifier_key": key_of(head.note) if head else settings.LEDGER_VERIFIER_KEY,
        "ledger": absolute("/ledger/"),
    }
    return render(request, "public/check.html", page)


def _document(report: Any) -> dict[str, object] | None:
    """The receipt of the entry with which the case was filed; None until it is sealed and signed."""
    entry = archive.first_entry_of(report.case.subject)
    return archive.receipt(entry_id=entry.pk) if entry else None


def checked(document: dict[str, Any] | None) -> Checked:
    """The document checked here and now, by the same steps that the offline verifier takes."""
    if document is None:
        return Checked(
            "warn", _("正在等待封存"), (_("登记已经写进台账,还在等待编号和签名,一般不到一分钟。请稍后刷新本页。"),)
        )
    findings = check_receipt(document, verifier_key=key_of(document["checkpoint"]))
    facts = {
        "number": document["index"] + 1, "size": document["size"], "kind": document["header"]["kind"],
        "root": parse_checkpoint(note_text(document["checkpoint"])).root.hex(),
    }  # fmt: skip
    sentences = tuple(finding.sentence for finding in findings)
    if not findings:
        told = _("您的登记是台账的第 %(number)d 条,原文没有被改动,也没有被抽走。") % facts
        return Checked("good", _("核对通过"), (told,), **facts)
    if all(finding.severity == "note" for finding in findings):
        return Checked("warn", _("条目完好,正文已依规销毁"), sentences, **facts)
    return Checked("bad", _("核对不符"), (*sentences, _("请保存本页和回执,向值班电话或监督部门反映。")), **facts)


def key_of(note: str) -> str:
    """The verifier key under the name that signed the note: the name changes with the public address, the key does not."""
    name = parse_checkpoint(note_text(note)).origin.rpartition("/")[0]
    return verifier_key(name, parse_verifier_key(settings.LEDGER_VERIFIER_KEY).public)


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """/ledger/"""
    page = {
        "books": archive.books(),
        "verifier_key": settings.LEDGER_VERIFIER_KEY,
        "key_name": settings.LEDGER_KEY_NAME,
    }
    return render(request, "ledger/books.html", page)


@require_safe
def checkpoint(request: HttpRequest, street: str) -> HttpResponse:
    """/ledger/<street>/checkpoint: the signed note itself, as C2SP tlog-checkpoint has it; ``?size=`` gives an older one."""
    code = organisation.street(street).code
    size = request.GET.get("size", "")
    found = archive.checkpoint(street=code, size=_whole(size, "size")) if size else archive.latest_checkpoint(code)
    if found is None:
        raise NotFound("public.no_checkpoint", _("这本台账还没有签过名;登记第一件事项后不到一分钟就会有。"))
    return HttpResponse(found.note, content_type="text/plain; charset=utf-8", headers=NO_STORE)


@require_safe
def consistency(request: HttpRequest, street: str) -> HttpResponse:
    """/ledger/<street>/consistency?old=&new=: the proof that the book only grew. Problems are answered in JSON as well."""
    try:
        code = organisation.street(street).code
        old, new = _whole(request.GET.get("old", ""), "old"), _whole(request.GET.get("new", ""), "new")
        size = archive.book_size(code)
        if not 0 <= old <= new <= size:
            raise WrongInput("public.sizes", f"条数要满足 0 ≤ old ≤ new ≤ {size}。", old=old, new=new, size=size)
        document = archive.consistency(street=code, old=old, new=new)
    except (NotFound, WrongInput) as error:
        return _problem(error)
    return JsonResponse(document, json_dumps_params={"indent": 1}, headers=NO_STORE)


def _problem(error: GridloopError) -> HttpResponse:
    """The refusal as problem details (RFC 9457)."""
    document = {"type": "about:blank", "title": error.code, "status": error.status, "detail": error.sentence}
    body = json.dumps(document, ensure_ascii=False)
    return HttpResponse(body, status=error.status, content_type="application/problem+json; charset=utf-8")


def _whole(text: str, field: str) -> int:
    """The number in the address. Raises WrongInput."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise WrongInput("public.not_a_number", f"{field} 要写成一个整数,例如 {field}=128。", field=field)
    return int(text)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """/ledger/verifier.py: the standalone program, from the very file that our tests run."""
    source = files("gridloop.core").joinpath("verifier.py").read_bytes()
    headers = {"Content-Disposition": 'attachment; filename="verifier.py"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(source, content_type="text/x-python; charset=utf-8", headers=headers)
