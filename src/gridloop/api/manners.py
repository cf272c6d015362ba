"""How every address behaves, whatever it is about: what it reads, in which media type, and what goes with each answer.

Terms: a *media type* is what ``Content-Type`` and ``Accept`` name; a *strong validator* (ETag) changes whenever a byte of the answer
does (RFC 9110 §8.8).

Guarantees

* A body that is no JSON, holds ``NaN``, ``Infinity``, the null character or half a surrogate pair is 400 and never reaches an action:
  PostgreSQL could not keep it.
* A body of another media type is 415; a caller that accepts no JSON is told 406; a method that an address lacks is 405 with ``Allow``.
* HEAD is a GET whose body stays here (RFC 9110 §9.3.2); OPTIONS says which methods an address takes (§9.3.7).
* Every answer to a GET carries an ETag over its very bytes, and is 304 for a caller who has it. Answers are for the caller
  alone: ``Cache-Control: private, no-cache`` on what is looked at, ``no-store`` on what is done.

Worked example: ``GET /cases/{ref}`` of a case at revision 7 says ``ETag: "7-5b1f…"``; the same request with ``If-None-Match: "7-5b1f…"`` is
304 without a body, and a verb with ``If-Match: "7-5b1f…"`` is done only while the case is at revision 7 (``revisions``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja.errors import HttpError
from ninja.parser import Parser

from gridloop.api.problems import MEDIA_TYPE, WrongMediaType, problem
from gridloop.api.revisions import names_any, revision_shown

READS = ("application/json", "application/*", "*/*", MEDIA_TYPE)
NULL = "\x00"
REFUSED = re.compile(r"q\s*=\s*0(?:\.0*)?")


class JsonReader(Parser):
    """Reads a body as JSON, strictly. What it raises becomes 400, or 415 for WrongMediaType."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value. Raises ValueError for anything that JSON or a database does not know."""
        sent_as = request.content_type or ""
        if sent_as and sent_as != "application/json" and not sent_as.endswith("+json"):
            raise WrongMediaType(sent_as)
        body = request.body
        found = json.loads(body, parse_constant=_refuse_constant)
        if b"\\u" in body:
            _must_be_keepable(found)
        return found

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """Query strings, forms and files; the latter come in multipart only."""
        if data is request.FILES and request.content_type != "multipart/form-data":
            raise HttpError(415, "multipart/form-data") from WrongMediaType(request.content_type)
        return super().parse_querydict(data, list_fields, request)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _must_be_keepable(found: Any) -> None:
    """Escapes can spell what no text may hold. UnicodeEncodeError, for half a surrogate pair, is a ValueError too."""
    spelled = json.dumps(found, ensure_ascii=False)
    spelled.encode()
    if "\\u0000" in spelled.replace("\\\\", ""):
        raise ValueError("the null character is no text")


def mannerly(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, with the guarantees of this module."""

    @wraps(view)
    def answered(request: HttpRequest, *parts: Any, **named: Any) -> HttpResponseBase:
        if request.method == "HEAD":
            return _head(request, lambda: answered(request, *parts, **named))
        response = _unreadable(request) or view(request, *parts, **named)
        if response.status_code == 405:
            response = _without_method(request, _methods(response["Allow"]))
        if response.status_code == 204:
            del response.headers["Content-Type"]
        return _with_validator(request, response) if request.method == "GET" else _unkept(response)

    return answered


def _head(request: HttpRequest, looked_at: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """What a GET would answer, with the length of its body instead of the body."""
    request.method = "GET"
    try:
        response = looked_at()
    finally:
        request.method = "HEAD"
    if isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response


def _methods(described: str) -> str:
    """The methods of an address, in order: those that it is described with, and those that every address has."""
    named = set(described.split(", "))
    return ", ".join(sorted(named | {"OPTIONS"} | ({"HEAD"} if "GET" in named else set())))


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """The problem of a request that no endpoint can serve; None for all others."""
    if NULL in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        return problem(request, status=400, code="api.unreadable", sentence="地址里有空字符;请去掉后重新请求。")
    accepted = _accepted(request.META.get("HTTP_ACCEPT", ""))
    if not accepted or "*/*" in accepted or any(media_type in accepted for media_type in READS):
        return None
    return problem(
        request, status=406, code="api.not_acceptable", sentence="接口只答复 application/json;请改 Accept 头后重试。",
        fields={"available": list(READS[:1])},
    )  # fmt: skip


def _accepted(header: str) -> list[str]:
    """The media ranges of an ``Accept`` header; what has the weight 0 is not accepted (RFC 9110 §12.4.2). None without a header."""
    parts = [[part.strip().lower() for part in each.split(";")] for each in header.split(",") if each.strip()]
    return [name for name, *told in parts if not any(REFUSED.fullmatch(each) for each in told)] or (
        ["-"] if parts else []
    )


def _without_method(request: HttpRequest, allowed: str) -> HttpResponse:
    if request.method == "OPTIONS":
        told = HttpResponse(status=204)
    else:
        told = problem(
            request, status=405, code="api.no_such_method", sentence=f"这个地址不接受 {request.method};可用:{allowed}。",
            fields={"allowed": allowed.split(", ")},
        )  # fmt: skip
    told["Allow"] = allowed
    return told


def _unkept(response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _with_validator(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with its ETag, or 304 when the caller names it."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if response.status_code != 200 or response.streaming or "ETag" in response.headers:
        return response
    digest = sha256(response.content).hexdigest()[:32]  # type: ignore[attr-defined]
    rev = revision_shown(request)
    tag = f'"{digest}"' if rev is None else f'"{rev}-{digest}"'
    if names_any(request.headers.get("If-None-Match", ""), tag):
        unchanged = HttpResponse(status=304)
        del unchanged.headers["Content-Type"]
        for name in ("Cache-Control", "Link"):
            if name in response.headers:
                unchanged[name] = response.headers[name]
        response = unchanged
    response["ETag"] = tag
    return response
