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

Link = tuple[str, str, dict[str, str]]
"""(name, operation, parameters) of a link; the parameters are runtime expressions."""
_CASE = {"ref": "$response.body#/ref"}
_SAME = {"ref": "$request.path.ref"}
_DRAFT = {"ref": "$response.body#/change_set/ref"}
CHANGE_SET_VERBS = ("submit", "publish", "send_back", "discard", "roll_back", "take_out")
_DRAFTED: tuple[Link, ...] = tuple((name, f"changes_{name}", _DRAFT) for name in ("change_set", "submit", "discard"))
_DRAWN = {"ref": "$response.body#/version/ref"}
_REDRAWN: tuple[Link, ...] = tuple((name, f"boundaries_{name}", _DRAWN) for name in ("version", "publish", "discard"))
_GUARDED = _SAME | {"header.If-Match": "$response.header.ETag"}
_BY_CODE = {"code": "$response.body#/campaign/code"}
MATCH_STEPS = ("consent", "introduce", "grant", "decline", "draw", "hand_over", "withdraw")
ORDER_STEPS = ("notice", "take", "do_step", "finish", "withdraw")
PLAN_STEPS = ("add_measure", "form_force", "review", "close")


def _stepped(module: str, look: str, steps: tuple[str, ...], *, opens: str, named: str, rows: str) -> dict[str, Any]:
    """A thing that goes through steps: opened → looked at → each step at the revision that was seen → looked at again."""
    made = {"ref": f"$response.body#/{named}/ref"}
    return {
        rows: ("200", (("first", look, {"ref": "$response.body#/items/0/ref"}),)),
        opens: ("201", (("look", look, made), *((step, f"{module}_{step}", made) for step in steps))),
        look: ("200", tuple((step, f"{module}_{step}", _GUARDED) for step in steps)),
        **{f"{module}_{step}": ("200", (("look", look, _SAME),)) for step in steps},
    }


_FORUM = {"ref": "$response.body#/forum/ref"}
KEEPING_DEEDS = ("give", "password", "sign_out", "lock", "unlock", "clear_second_factor", "end")
LINKS: dict[str, tuple[str, tuple[Link, ...]]] = {
    "filing_file": ("201", (("look", "cases_get_case", _CASE), ("receipt", "cases_get_receipt", _CASE), ("verbs", "case_parts_verbs", _CASE))),
    "cases_list_cases": ("200", (("first", "cases_get_case", {"ref": "$response.body#/cases/0/ref"}),)),
    "case_parts_numbered": ("200", (("look", "cases_get_case", _CASE),)),
    "cases_add_attachment": ("201", (("fetch", "cases_get_attachment", _CASE), ("all", "case_parts_attachments", _SAME))),
    "rules_tables": ("200", (("first", "rules_table", {"ref": "$response.body#/items/0/ref"}),)),
    "rules_table": ("200", (("adopt", "rules_adopt", _SAME),)),
    "rules_draft": ("201", _DRAFTED),
    "rules_adopt": ("201", _DRAFTED),
    "chapters_propose_row": ("201", _DRAFTED),
    "chapters_propose_sheet": ("201", _DRAFTED),
    "chapters_chapters": ("200", (("first", "chapters_chapter", {"chapter": "$response.body#/items/0/code"}),)),
    "chapters_chapter": ("200", (("rows", "chapters_rows", {"chapter": "$request.path.chapter"}),)),
    "changes_change_sets": ("200", (("first", "changes_change_set", {"ref": "$response.body#/items/0/ref"}),)),
    "changes_change_set": ("200", tuple(
        (verb, f"changes_{verb}", _SAME | {"header.If-Match": "$response.header.ETag"}) for verb in CHANGE_SET_VERBS
    )),
    **{f"changes_{verb}": ("200", (("look", "changes_change_set", _DRAFT),)) for verb in CHANGE_SET_VERBS},
    "alike_alike": ("200", (("join", "alike_join", {"ref": "$response.body#/alike/0/case/ref"}),)),
    "alike_join": ("201", (("look", "cases_get_case", _SAME),)),
    "lists_save": ("200", (("share", "lists_share", _CASE), ("end", "lists_remove", _CASE))),
    "webhooks_add": ("201", tuple(
        (name, f"webhooks_{operation}", {"ref": "$response.body#/webhook/ref"})
        for name, operation in (("look", "webhook"), ("change", "change"), ("try", "ping"), ("log", "deliveries"), ("rotate", "rotate"), ("end", "close"))
    )),
    "webhooks_webhook": ("200", (("change", "webhooks_change", _SAME | {"header.If-Match": "$response.header.ETag"}),)),
    "webhooks_ping": ("202", (("log", "webhooks_deliveries", _SAME),)),
    "webhooks_deliveries": ("200", (("send_again", "webhooks_send_again", {"ref": "$response.body#/items/0/ref"}),)),
    "boundaries_versions": ("200", (("first", "boundaries_version", {"ref": "$response.body#/items/0/ref"}),)),
    **{f"boundaries_{step}": ("201", _REDRAWN) for step in ("split", "merge", "outline", "outlines_file", "hole")},
    "boundaries_version": ("200", tuple((verb, f"boundaries_{verb}", _SAME) for verb in ("publish", "discard", "roll_back"))),
    "keeping_roll": ("200", (("first", "keeping_account", {"ref": "$response.body#/items/0/person"}),)),
    "keeping_account": ("200", tuple((deed, f"keeping_{deed}", _SAME) for deed in KEEPING_DEEDS)),
    "oneself_sessions": ("200", (("end", "oneself_end_session", {"ref": "$response.body#/items/0/ref"}),)),
    "oneself_leave": ("200", (("end", "oneself_end_leave", {"ref": "$response.body#/leaves/0/ref"}),)),
    "box_suggestions": ("200", tuple((name, f"box_{name}", {"ref": "$response.body#/items/0/ref"}) for name in ("answer", "contact"))),
    "auditing_erase": ("200", (("all", "auditing_erasures", {}),)),
    "desk_add": ("201", (("end", "desk_close", _CASE),)),
    "credentials_issue": ("201", (("revoke", "credentials_revoke", {"ref": "$response.body#/token/ref"}),)),
    "ledger_list_entries": ("200", (("proof", "ledger_proof", {"seq": "$response.body#/items/0/seq"}),)),
    "forums_announce": ("201", tuple((deed, f"forums_{deed}", _FORUM) for deed in ("candidates", "invite", "forum", "move", "cancel"))),
    "forums_calendar": ("200", (("first", "forums_forum", {"ref": "$response.body#/items/0/ref"}),)),
    "forums_forum": ("200", tuple(
        (deed, f"forums_{deed}", _SAME) for deed in ("invite", "answer", "attendance", "walk_in", "ask", "file_questions", "minutes", "result", "move", "cancel")
    )),
    "firm_links_proposals": ("200", (("propose", "firm_links_propose", {}),)),
    "firm_links_propose": ("201", (("look", "firm_links_link", _CASE), ("answer", "firm_links_answer", _CASE))),
    "firm_links_link": ("200", tuple((deed, f"firm_links_{deed}", _SAME) for deed in ("answer", "introduce", "settle"))),
    "firm_links_tell_lead": ("201", (("move", "firm_links_move_lead", _CASE),)),
    "firm_links_write_story": ("201", (
        ("look", "firm_links_story", _CASE), ("photo", "firm_links_add_photo", _CASE), ("publish", "firm_links_publish_story", _CASE),
    )),
    "resumptions_apply": ("201", (
        ("look", "resumptions_resumption", {"ref": "$response.body#/resumption/ref"}), ("pass", "resumptions_pass_item", {"ref": "$response.body#/items/0/ref"}),
        ("return", "resumptions_return_item", {"ref": "$response.body#/items/0/ref"}),
    )),
    "resumptions_resumption": ("200", (("resume", "resumptions_resume", _SAME), ("withdraw", "resumptions_withdraw", _SAME))),
    "resumptions_plan_trip": ("201", tuple((deed, f"resumptions_{deed}", _CASE) for deed in ("trip", "depart", "arrive", "cancel_trip"))),
    "desk_desk": ("200", (("first", "cases_get_case", {"ref": "$response.body#/to_do/0/ref"}),)),
    **_stepped("banking", "banking_match", MATCH_STEPS, opens="banking_demand", named="match", rows="banking_matches"),
    **_stepped("assisting", "assisting_order", ORDER_STEPS, opens="assisting_accept", named="order", rows="assisting_orders"),
    **_stepped("firm_plans", "firm_plans_firm_plan", PLAN_STEPS, opens="firm_plans_open_plan", named="plan", rows="firm_plans_firm_plans"),
    "factors_gaps": ("200", (("first", "factors_settle", {"ref": "$response.body#/items/0/ref"}),)),
    **{f"factors_{deed}": ("201", (("settle", "factors_settle", _CASE), ("case", "cases_get_case", {"ref": "$response.body#/case"}))) for deed in ("need", "measure")},
    "campaigns_campaigns": ("200", (("first", "campaigns_campaign", {"code": "$response.body#/items/0/code"}),)),
    "campaigns_open_campaign": ("201", tuple((name, f"campaigns_{name}", _BY_CODE) for name in ("campaign", "figures", "found_group", "close"))),
    "campaigns_campaign": ("200", (
        ("change", "campaigns_change", {"code": "$request.path.code", "header.If-Match": "$response.header.ETag"}),
        ("figures", "campaigns_figures", {"code": "$request.path.code"}), ("evaluation", "campaign_activities_evaluation", {"code": "$request.path.code"}),
    )),
    "campaigns_found_group": ("201", tuple((name, f"campaigns_{name}", _CASE) for name in ("group", "join", "set_task", "note_meeting", "end_group"))),
    "campaigns_group": ("200", tuple((name, f"campaigns_{name}", _GUARDED) for name in ("join", "set_task", "note_meeting", "end_group"))),
    "campaign_activities_plan": ("201", tuple((name, f"campaign_activities_{name}", _CASE) for name in ("activity", "finish", "link", "cancel"))),
    "campaign_activities_activity": ("200", tuple((name, f"campaign_activities_{name}", _GUARDED) for name in ("replan", "finish", "link", "cancel"))),
    "campaign_activities_evaluation": ("200", (
        ("unit", "campaign_activities_evaluation_of_unit", {"code": "$request.path.code", "unit": "$response.body#/units/0/unit"}),
    )),
    "evaluations_frozen_ones": ("200", (("first", "evaluations_frozen", {"ref": "$response.body#/items/0/ref"}),)),
    "evaluations_freeze": ("201", tuple((name, f"evaluations_{name}", {"ref": "$response.body#/frozen/ref"}) for name in ("frozen", "object_to"))),
    "evaluations_object_to": ("201", (("decide", "evaluations_decide", {"ref": "$response.body#/objections/0/ref"}),)),
    "banking_products": ("200", (("end", "banking_end_product", {"ref": "$response.body#/items/0/ref"}),)),
    "banking_add_product": ("201", (("end", "banking_end_product", _CASE),)),
    "assisting_set_matter": ("201", (("retire", "assisting_retire", _CASE),)),
    "troubles_troubles": ("200", (("first", "troubles_trouble", {"ref": "$response.body#/items/0/ref"}),)),
    "troubles_trouble": ("200", (*((name, f"troubles_{name}", _SAME) for name in ("members", "reports", "join", "set_apart")), ("propose", "proposals_propose", _SAME))),
    "troubles_recurrences": ("200", (("dismiss", "troubles_not_recurring", {"ref": "$response.body#/items/0/case/ref"}),)),
    "troubles_trouble_of_case": ("200", (("trouble", "troubles_trouble", {"ref": "$response.body#/trouble"}), ("dismiss", "troubles_not_recurring", _SAME))),
    "proposals_proposals": ("200", (("first", "proposals_proposal", {"ref": "$response.body#/items/0/ref"}),)),
    "proposals_propose": ("201", tuple((name, f"proposals_{name}", {"ref": "$response.body#/proposal/ref"}) for name in ("proposal", "decide"))),
    "proposals_proposal": ("200", (("decide", "proposals_decide", _SAME), ("link", "proposals_link", _SAME))),
    "proposals_decide": ("200", (("link", "proposals_link", _SAME),)),
    "project_pairs_matrix": ("200", (("first", "project_pairs_project_pairs", {"ref": "$response.body#/items/0/ref"}),)),
    "project_pairs_project_pairs": ("200", (("pair", "project_pairs_pair", _SAME), ("hand_over", "pairings_hand_over", {"ref": "$response.body#/project/stack/slots/0/pairing"}))),
    "project_pairs_pair": ("201", tuple((name, f"pairings_{name}", _CASE) for name in ("hand_over", "set_substitute", "end_pairing"))),
    "firm_plans_lacking": ("200", (("first", "firms_firm", {"ref": "$response.body#/items/0/ref"}),)),
}  # fmt: skip


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
    return schema


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
    by_id["cases_get_case"]["responses"]["200"]["links"] = {
        each["operationId"].removeprefix("cases_"): {"operationId": each["operationId"], "parameters": dict(seen)}
        for each in verbs
    }
    for each in verbs:
        again = {"operationId": "cases_get_case", "parameters": dict(_SAME)}
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
