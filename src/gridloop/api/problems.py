"""Every refusal of the API as problem details (RFC 9457): what is wrong, and what to do next.

A problem is one JSON object, ``application/problem+json``::

    {"type": "urn:gridloop:problem:cases.not_verified", "title": "规则不允许", "status": 409, "code": "cases.not_verified",
     "detail": "还不能销号:先请反映人确认,或由未经办的人核实。", "fields": {"case": "20220529-000017"}, "instance": "/api/v1/…"}

``code`` is stable and safe to script against; ``detail`` is a sentence for a person; ``fields`` names the values it speaks of. For
input that does not fit, ``fields`` has one entry for each faulty field: ``{"text": "必填", "parts.0.text": "必填"}``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic_core import ErrorDetails

from gridloop.core.errors import Broken, GridloopError

__all__ = ["answer_errors", "fields_of", "problem", "problem_document"]

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "请求读不出来",
    401: "需要先登录",
    403: "无权操作",
    404: "没有找到",
    405: "没有这种操作",
    406: "给不出这种格式",
    409: "规则不允许",
    412: "已不是最新",
    413: "内容过大",
    415: "读不了这种格式",
    422: "填写有误",
    429: "超过限额",
    500: "系统故障",
}
TOO_LARGE = (
    "api.too_many_rows", "attachment.too_large", "attachment.too_many_pixels", "cases.export_too_large", "enterprise.file_too_large",
    "enterprise.too_many_rows", "grid.file_too_large", "grid.too_many_rows", "setup.sheet_too_long", "setup.too_many_changes",
)  # fmt: skip
"""What is too large in itself is 413; what was asked too often, or is beyond a quota, stays 429."""
STATUS_OF_CODE = dict.fromkeys(TOO_LARGE, 413)
WORDS = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数太大",
    "finite_number": "应为有限的数",
    "float_type": "应为数",
    "float_parsing": "应为数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表",
    "datetime_parsing": "应为日期时间,例如 2022-05-29T08:00:00+08:00",
    "datetime_from_date_parsing": "应为日期时间,例如 2022-05-29T08:00:00+08:00",
    "timezone_aware": "请写明时区,例如 +08:00",
    "date_from_datetime_parsing": "应为日期,例如 2022-05-29",
    "date_parsing": "应为日期,例如 2022-05-29",
    "date_from_datetime_inexact": "应为日期,例如 2022-05-29",
    "date_type": "应为日期,例如 2022-05-29",
    "datetime_type": "应为日期时间,例如 2022-05-29T08:00:00+08:00",
    "string_pattern_mismatch": "太短、空着,或写法不对",
    "string_unicode": "有读不出来的字符",
    "model_attributes_type": "应为对象",
    "model_type": "应为对象",
    "dict_type": "应为对象",
}


def problem_document(
    *, status: int, code: str, sentence: str, fields: Mapping[str, object], instance: str = ""
) -> dict[str, Any]:
    """The problem as a JSON object. ``instance`` is the path that was asked for."""
    found = {
        "type": f"urn:gridloop:problem:{code}",
        "title": TITLES.get(status, "请求未能完成"),
        "status": status,
        "code": code,
        "detail": sentence,
        "fields": dict(fields),
    }
    return found | {"instance": instance} if instance else found


def document_of(error: GridloopError, *, instance: str = "") -> dict[str, Any]:
    """The problem that an error of the one tree is."""
    status = STATUS_OF_CODE.get(error.code, error.status)
    return problem_document(
        status=status, code=error.code, sentence=error.sentence, fields=error.fields, instance=instance
    )


def fields_of(errors: Iterable[Mapping[str, Any] | ErrorDetails]) -> dict[str, str]:
    """Each faulty field, by its dotted name, with what is wrong with it."""
    return {_name(error["loc"]): _words(error) for error in errors}


def _name(where: Iterable[str | int]) -> str:
    """``("body", "told", "parts", 0, "text")`` is ``parts.0.text``: the source and our parameter's name are left out.

    Only in their own places: a field of the caller's that is called ``form`` or ``path`` keeps its name.
    """
    parts = [str(part) for part in where]
    if parts and parts[0] in ("body", "query", "path", "header", "form", "file"):
        parts = parts[1:]
    if parts and (parts[0] == "told" or (len(parts) > 1 and parts[0] == "body")):
        parts = parts[1:]
    return ".".join(parts) or "body"


def _words(error: Mapping[str, Any] | ErrorDetails) -> str:
    known = WORDS.get(error["type"])
    if known:
        return known
    limits = error.get("ctx") or {}
    match error["type"]:
        case "string_too_short":
            return f"至少 {limits['min_length']} 个字"
        case "string_too_long":
            return f"最多 {limits['max_length']} 个字"
        case "too_short":
            return f"至少 {limits['min_length']} 项"
        case "too_long":
            return f"最多 {limits['max_length']} 项"
        case "greater_than":
            return f"大于 {limits['gt']}"
        case "less_than":
            return f"小于 {limits['lt']}"
        case "greater_than_equal":
            return f"不小于 {limits['ge']}"
        case "less_than_equal":
            return f"不大于 {limits['le']}"
        case "literal_error" | "enum":
            return f"只能是 {str(limits['expected']).replace(' or ', ', ')}"
        case "value_error":
            return str(error["msg"]).removeprefix("Value error, ")
    return "写法不对"


def problem(
    request: HttpRequest, *, status: int, code: str, sentence: str, fields: Mapping[str, object] | None = None
) -> JsonResponse:
    """The response that carries a problem."""
    document = problem_document(status=status, code=code, sentence=sentence, fields=fields or {}, instance=request.path)
    return _response(document)


def _response(document: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(
        document,
        status=document["status"],
        content_type=MEDIA_TYPE,
        encoder=_Encoder,
        json_dumps_params={"ensure_ascii": False},
    )
    if document["status"] == 401:
        response["WWW-Authenticate"] = 'Bearer realm="gridloop"'
    return response


class WrongMediaType(ValueError):
    """The body is sent as something else than this address reads."""


class _Encoder(DjangoJSONEncoder):
    """What an error's fields may hold beside plain values is told as text."""

    def default(self, value: object) -> Any:
        try:
            return super().default(value)
        except TypeError:
            return str(value)


def answer_errors(api: NinjaAPI) -> None:
    """Every exception that leaves an endpoint becomes a problem."""
    api.add_exception_handler(GridloopError, _refused)
    api.add_exception_handler(ValidationError, _malformed)
    api.add_exception_handler(AuthenticationError, _not_signed_in)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, _no_such_page)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    api.add_exception_handler(RawPostDataException, _form_for_json)
    for unreadable in (BadRequest, SuspiciousOperation, MultiPartParserError):
        api.add_exception_handler(unreadable, _unreadable)
    api.add_exception_handler(Exception, _fault)


def _refused(request: HttpRequest, error: GridloopError) -> HttpResponse:
    if isinstance(error, Broken):
        log.error("broken invariant at %s: %s %s", request.path, error.code, error.fields)
    return _response(document_of(error, instance=request.path))


def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = fields_of(error.errors)
    sentence = f"有 {len(fields)} 项要改:{'、'.join(f'{name}({words})' for name, words in list(fields.items())[:5])}。"
    return problem(request, status=422, code="api.invalid", sentence=sentence, fields=fields)


def _not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    sentence = (
        error.message if error.message != "Unauthorized" else "请在 Authorization 头里带上令牌(Bearer …),或先登录。"
    )
    return problem(request, status=401, code="api.not_signed_in", sentence=sentence)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, WrongMediaType):
        return _wrong_media_type(request, error.message if error.status_code == 415 else "application/json")
    if error.status_code == 400:
        return problem(request, status=400, code="api.unreadable", sentence="请求体不是有效的 JSON;请检查后重新提交。")
    if error.status_code == 403:
        return problem(request, status=403, code="api.csrf", sentence="页面已过期;请刷新后重试(缺少 X-CSRFToken)。")
    return problem(request, status=error.status_code, code="api.refused", sentence=error.message)


def _form_for_json(request: HttpRequest, error: RawPostDataException) -> HttpResponse:
    """A signed-in person's form: the check against forged requests has read it, so that its raw body is gone when JSON is looked for."""
    return _wrong_media_type(request, "application/json")


def _wrong_media_type(request: HttpRequest, reads: str) -> HttpResponse:
    return problem(
        request, status=415, code="api.wrong_media_type", sentence=f"请求体应为 {reads};请改 Content-Type 后重试。",
        fields={"reads": reads},
    )  # fmt: skip


def _no_such_page(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(
        request, status=404, code="api.no_such_page", sentence="接口没有这个地址;请对照 /api/v1/openapi.json。"
    )


def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(request, status=413, code="api.too_big", sentence="请求体过大;请分批提交。")


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, status=400, code="api.unreadable", sentence="请求读不出来;请检查格式后重新提交。")


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("the API failed at %s %s", request.method, request.path, exc_info=error)
    return problem(request, status=500, code="api.fault", sentence="系统出了故障,已记录;请稍后用同一个防重复键重试。")
