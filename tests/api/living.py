"""The description with examples that are alive: cases, tables and webhooks of the very database that a server stands on.

A fuzzer that only knew the recorded examples would meet 404 at every door; with these it comes to the rules behind them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from gridloop.api.description import operations
from tests.api.walk import Walk

OPEN = {
    "cases_get_case", "cases_get_receipt", "case_parts_timeline", "case_parts_segments", "case_parts_why_here", "case_parts_why_this_date",
    "case_parts_verbs", "case_parts_attachments", "case_parts_looks", "case_parts_contacts",
}  # fmt: skip


def living_description(walk: Walk) -> dict[str, Any]:
    """The description, each operation with the parameters and the body of a fresh case of its own where it acts on one."""
    schema = deepcopy(walk.schema)
    for operation in operations(schema):
        name = operation["operationId"]
        done = walk.done.get(name)
        if done is None:
            continue
        named = done.parameters | ({"ref": _fresh_case(walk, name)} if _acts_on_a_case(name) else {})
        for parameter in operation["parameters"]:
            if parameter["name"] in named:
                parameter["example"] = named[parameter["name"]]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if done.request is not None:
                content["example"] = done.request
    return schema


def _acts_on_a_case(name: str) -> bool:
    return name in OPEN or (name.startswith("cases_") and name not in {"cases_list_cases", "cases_get_attachment"})


ACCEPTED = {
    "begin_work", "note_progress", "answer", "answer_interim", "return_case", "request_extension", "request_suspension", "ask_reporter",
    "send_outside", "give_notice", "propose_grade",
}  # fmt: skip


def _fresh_case(walk: Walk, name: str) -> str:
    """A case in a state in which the verb may be done."""
    ref = walk.file(reporter_name="王先生", reporter_phone="037160000000")
    verb = name.removeprefix("cases_")
    if verb in ACCEPTED | {"verify", "rework", "record_callback", "strike_off", "supplement"}:
        walk.verb("urban", ref, "accept")
    if verb in {"verify", "rework", "record_callback", "strike_off"}:
        walk.verb("urban", ref, "answer", text="已更换灯具,恢复照明。")
    if verb == "supplement":
        walk.verb("urban", ref, "ask_reporter", text="请补充灯杆编号。")
    return ref
