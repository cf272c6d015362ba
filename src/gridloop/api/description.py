"""The machine-readable description (OpenAPI 3.1) completed: every error, header, example and link that the code knows but Ninja does not say.

What is added, and where it comes from:

* **Errors**: each operation lists every status it can answer with; what all have in common (400, 406, 413, 415, 500) is added here. The body of
  each is a problem, described once under ``components/responses``.
* **Headers**: ``ETag`` and ``If-None-Match`` with its 304 on each GET, ``Link`` on pages, ``Idempotent-Replay`` where a key may be sent.
* **Examples**: ``examples.json`` holds a request and an answer of each operation, recorded from the sample street by ``script/record_examples``.
* **Links**: from what an answer names to what can be done with it: file → look → verb → look.
* **Texts** hold no null character, which no database could keep; a ``ref`` is 16 letters and digits.

Guarantees, each held by ``tests/api/test_description.py``: the document is valid OpenAPI 3.1; every example fits its schema; every link names an
operation that exists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gridloop.api.links import LINKS
from gridloop.api.links_more import SAME, Link
from gridloop.api.problems import MEDIA_TYPE, TITLES, problem_document
from gridloop.api.tokens import Token

REF = "^[2-9a-hjkmnp-z]{16}$"
NO_NULL = "^[^\\u0000]*$"
JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")
ABOUT_STATUS = {
    400: "The request cannot be read: no JSON, NaN, a null character.",
    401: "No token or session, or a wrong, revoked or expired one.",
    403: "The token lacks the scope, or no post of the caller permits it.",
    404: "There is no such thing, or it lies outside the caller's scope; the two are not told apart.",
    405: "This address does not take this method.",
    406: "The caller accepts no JSON.",
    409: "A rule of the loop says no, or someone was faster.",
    412: "If-Match names a revision that is no longer the present one; fields.rev is the present one.",
    413: "The body, the file or the number of rows is too large.",
    415: "The body is sent as something else than this address reads.",
    422: "A value is missing or malformed; fields names each.",
    429: "A quota is exceeded.",
    500: "Our fault; it is logged, and the same Idempotency-Key may be sent again.",
}
PROBLEMS: dict[int, tuple[str, str, dict[str, Any]]] = {
    400: ("api.unreadable", "请求体不是有效的 JSON;请检查后重新提交。", {}),
    401: ("api.not_signed_in", "请在 Authorization 头里带上令牌(Bearer …),或先登录。", {}),
    403: ("api.scope_missing", "此令牌没有“办理事项”(cases:write)的范围;请向系统管理员申请。", {"scope": "cases:write", "has": ["cases:read"]}),
    404: ("cases.not_found", "没有这个事项,或不在您的责任范围内;请核对编号。", {"case": "2a3b4c5d6e7f8g9h"}),
    405: ("api.no_such_method", "这个地址不接受 PUT;可用:GET。", {"allowed": ["GET"]}),
    406: ("api.not_acceptable", "接口只答复 application/json;请改 Accept 头后重试。", {"available": [JSON]}),
    409: ("cases.not_verified", "还不能销号:先请反映人确认,或由未经办的人核实。", {"case": "20220529-000017"}),
    412: ("api.stale", "您看到的已不是最新的一版;请重新读取,看过最新情况再决定。", {"rev": 8}),
    413: ("api.too_big", "请求体过大;请分批提交。", {}),
    415: ("api.wrong_media_type", "请求体应为 application/json;请改 Content-Type 后重试。", {}),
    422: ("api.invalid", "有 1 项要改:text(必填)。", {"text": "必填"}),
    429: ("api.too_many_rows", "一次最多 1000 件,本次有 1200 件;请分批提交。", {"limit": 1000, "rows": 1200}),
    500: ("api.fault", "系统出了故障,已记录;请稍后用同一个防重复键重试。", {}),
}  # fmt: skip
FILES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/pdf",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/webm",
    "application/octet-stream",
)
"""What an attachment may come as."""
COMES_AS = {
    "cases_get_attachment": FILES,
    "firm_links_photo": ("image/jpeg", "image/png", "image/webp"),
    "firm_places_refused_rows": ("text/csv",),
    "exporting_take_out": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"),
}
"""Operations that answer with a file, and as what."""
AMENDMENTS = ("FirmAmendIn", "CampaignAmendIn", "ProjectAmendIn")
"""Bodies of which only the fields that are sent are changed."""


@cache
def examples() -> dict[str, Any]:
    """By operation: ``parameters``, ``request`` and ``answers`` (by status), as recorded from the sample street."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
    return found


def operation_id(operation: Any) -> str:
    """``module_function``: short, unique, and stable while neither is renamed."""
    return f"{operation.view_func.__module__.rpartition('.')[2]}_{operation.view_func.__name__}"


def completed(schema: dict[str, Any], *, scopes: dict[str, str]) -> dict[str, Any]:
    """Ninja's document with everything of this module. ``scopes`` tells the token scope of each operation."""
    schema["components"]["responses"] = {f"Problem{status}": _problem_response(status) for status in PROBLEMS}
    schema["servers"] = [{"url": "/", "description": "本机"}]
    for operation in operations(schema):
        _complete(operation, scopes.get(operation["operationId"], ""))
    _link_verbs(schema)
    _spell_texts(schema)
    _untell_defaults(schema)
    return schema


def _untell_defaults(schema: dict[str, Any]) -> None:
    """A field that an amendment leaves out stays as it is: a default would tell a client to send it, and so to empty it."""
    for name, shape in schema["components"]["schemas"].items():
        if name.endswith(AMENDMENTS):
            for field in shape["properties"].values():
                field.pop("default", None)


def operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of the document."""
    for path in schema["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


def _complete(operation: dict[str, Any], scope: str) -> None:
    name, is_read = operation["operationId"], operation.get("requestBody") is None
    statuses = {int(status) for status in operation["responses"]} | {400, 406, 500} | (set() if is_read else {413, 415})
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
        statuses.add(422)
    operation["responses"] = {
        str(status): operation["responses"].get(status, {}) if status < 400 else _problem_ref(status)
        for status in sorted(statuses)
    }
    if scope:
        operation["security"] = [
            {each: [scope] if each == "Token" else [] for each in way} for way in operation.get("security", [])
        ]
        operation["description"] = f"{operation.get('description', '')}\n\nToken scope: `{scope}`.".strip()
    _tell_headers(operation)
    _tell_examples(operation, examples().get(name, {}))
    _tell_links(operation, *LINKS.get(name, ("", ())))


def _problem_ref(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/Problem{status}"}


def _problem_response(status: int) -> dict[str, Any]:
    code, sentence, fields = PROBLEMS[status]
    example = problem_document(status=status, code=code, sentence=sentence, fields=fields, instance="/api/v1/…")
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    found: dict[str, Any] = {"description": f"{TITLES[status]}. {ABOUT_STATUS[status]}", "content": content}
    if status == 401:
        found["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}}
    return found


def _tell_headers(operation: dict[str, Any]) -> None:
    good = operation["responses"].get("200")
    if good is not None and operation["operationId"] in COMES_AS:
        good["content"] = {media_type: {"schema": {}} for media_type in COMES_AS[operation["operationId"]]}
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if good is not None and operation.get("requestBody") is None and operation["operationId"] != "desk_seen":
        if operation["operationId"] not in COMES_AS:
            good["headers"] = {
                "ETag": {"schema": {"type": "string"}, "description": "强校验:答复有一个字节不同它就不同"}
            }
            operation["responses"]["304"] = {"description": "与调用方已有的一样(If-None-Match)。"}
            operation["parameters"].append(_IF_NONE_MATCH)
        if "after" in names:
            good["headers"]["Link"] = {"schema": {"type": "string"}, "description": '下一页:<…>; rel="next";末页没有'}
    if "Idempotency-Key" in names:
        for status in ("200", "201"):
            if status in operation["responses"]:
                operation["responses"][status]["headers"] = _REPLAY
    operation["responses"] = dict(sorted(operation["responses"].items()))


_IF_NONE_MATCH = {
    "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "上次得到的 ETag;没有变化则 304。",
}  # fmt: skip
_REPLAY = {
    "Idempotent-Replay": {"schema": {"type": "string", "enum": ["true"]}, "description": "重复提交得到的是第一次的答复"}
}


def _tell_examples(operation: dict[str, Any], recorded: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["name"] in recorded.get("parameters", {}):
            parameter["example"] = recorded["parameters"][parameter["name"]]
    if "request" in recorded:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            content["example"] = recorded["request"]
    for status, example in recorded.get("answers", {}).items():
        for content in operation["responses"].get(status, {}).get("content", {}).values():
            content["example"] = example


def _tell_links(operation: dict[str, Any], status: str, links: tuple[Link, ...]) -> None:
    if links and status in operation["responses"]:
        operation["responses"][status]["links"] = {
            name: {"operationId": target, "parameters": dict(parameters)} for name, target, parameters in links
        }


def _link_verbs(schema: dict[str, Any]) -> None:
    """A case that was looked at can be acted on at that revision, and looked at again afterwards."""
    verbs = [each for each in operations(schema) if each["operationId"].startswith("cases_") and "动作" in each["tags"]]
    by_id = {each["operationId"]: each for each in operations(schema)}
    seen = {"ref": "$request.path.ref", "header.If-Match": "$response.header.ETag"}
    by_id["cases_get_case"]["responses"]["200"]["links"] |= {
        each["operationId"].removeprefix("cases_"): {"operationId": each["operationId"], "parameters": dict(seen)}
        for each in verbs
    }
    for each in verbs:
        again = {"operationId": "cases_get_case", "parameters": dict(SAME)}
        each["responses"]["200"]["links"] = {"look": again}


def _spell_texts(schema: dict[str, Any]) -> None:
    """What comes in is text that a database can keep; a ref looks like a ref."""
    for operation in operations(schema):
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "ref":
                parameter["schema"] = {"type": "string", "pattern": REF, "description": "不透明的编号"}
            elif parameter["in"] != "header":
                _without_null(parameter["schema"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            _spell_body(schema, content["schema"], set())


def _spell_body(schema: dict[str, Any], part: Any, seen: set[str]) -> None:
    """The schema of a body and everything it refers to."""
    if isinstance(part, list):
        for each in part:
            _spell_body(schema, each, seen)
    if not isinstance(part, dict):
        return
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if name not in seen:
            seen.add(name)
            _spell_body(schema, schema["components"]["schemas"][name], seen)
        return
    _without_null(part)
    for key in ("properties", "$defs"):
        for each in part.get(key, {}).values():
            _spell_body(schema, each, seen)
    for key in ("items", "anyOf", "oneOf", "allOf", "additionalProperties"):
        _spell_body(schema, part.get(key), seen)


def _without_null(part: dict[str, Any]) -> None:
    if part.get("type") == "string" and not {"pattern", "enum", "const", "format"} & set(part):
        part["pattern"] = NO_NULL
    for each in part.get("anyOf", []):
        _without_null(each)


def scope_of_operation(operation: Any) -> str:
    """The token scope that an operation asks for; empty when no token opens it."""
    return next((each.scope for each in operation.auth_callbacks if isinstance(each, Token)), "")
