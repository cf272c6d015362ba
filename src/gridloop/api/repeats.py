"""A write that may be repeated: the same ``Idempotency-Key`` gives the same answer, and the deed is done once.

Guarantees: the whole answer (status and body, the receipt's secret included) is given again, with ``Idempotent-Replay: true``; it is
kept encrypted, for a copy of the database must open no receipt; the key belongs to the caller and to one operation; used
for another content it is refused (409). Without a key the deed is done each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from gridloop.api.tokens import Caller, CallerRequest
from gridloop.core.errors import WrongInput
from gridloop.offices.archive.repeated import once_sealed

LONGEST_KEY = 128
KEY_HEADER = {
    "parameters": [
        {
            "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": LONGEST_KEY},
            "description": "防重复键:同一个键重复提交得到同一份答复(Idempotent-Replay: true),只登记一次。",
        }
    ]
}  # fmt: skip


def answered_once(
    request: HttpRequest, *, caller: Caller, operation: str, do: Callable[[], object], status: int = 200
) -> HttpResponse:
    """The response of a deed done once for the request's key. ``do`` returns what JSON can say.

    Raises WrongInput for a key that is too long, Refused for a key used before with another body.
    """
    key = key_of(request)
    if not key:
        return _response(_spelled(do()), status=status)
    answer, is_repeated = once_sealed(
        door=f"{caller.actor.label} {operation}", key=key, content=_sent(request), at=caller.at,
        do=lambda: {"status": status, "body": _spelled(do())},
    )  # fmt: skip
    response = _response(answer["body"], status=answer["status"])
    if is_repeated:
        response["Idempotent-Replay"] = "true"
    return response


def _sent(request: HttpRequest) -> str:
    """A digest of what was sent. A form with files was read already, and the boundary between its parts differs each time: its parts are taken."""
    if request.content_type != "multipart/form-data":
        return sha256(request.body).hexdigest()
    found = sha256(repr(sorted(request.POST.lists())).encode())
    for name, file in sorted((name, file) for name, files in request.FILES.lists() for file in files):
        file.seek(0)
        found.update(repr((name, file.name, sha256(file.read()).hexdigest())).encode())
    return found.hexdigest()


def told_once(
    request: CallerRequest, shape: type[Schema], *, operation: str, do: Callable[[], object], status: int = 200
) -> HttpResponse:
    """As ``answered_once`` for the one who calls; what ``do`` returns is told in this shape."""

    def spelled() -> dict[str, Any]:
        return shape.model_validate(do()).model_dump(mode="json")

    return answered_once(request, caller=request.auth, operation=operation, do=spelled, status=status)


def key_of(request: HttpRequest, *, longest: int = LONGEST_KEY) -> str:
    """The key that the request carries; empty for none. Raises WrongInput for one that is too long."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > longest:
        raise WrongInput("api.key_too_long", f"防重复键最多 {longest} 个字符。", field="Idempotency-Key")
    return key


def _spelled(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False, cls=DjangoJSONEncoder, separators=(",", ":"))


def _response(body: str, *, status: int) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
