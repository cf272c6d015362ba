"""Where one goes on from an answer: by operation, the status whose answer it is, and what can be done with what that answer names.

Links are named by what they do and lead to operations by their ids; parameters are runtime expressions of OpenAPI 3.1. ``tests/api/test_description.py``
holds that every link leads somewhere with parameters that fit, and that everything that names a thing in its address is led to.

Worked example: the answer of ``filing_file`` leads to ``cases_get_case`` with the ``ref`` that it holds.
"""

from __future__ import annotations

from typing import Any

from gridloop.api.links_more import MORE, SAME, Link

_CASE = {"ref": "$response.body#/ref"}
_DRAFT = {"ref": "$response.body#/change_set/ref"}
CHANGE_SET_VERBS = ("submit", "publish", "send_back", "discard", "roll_back", "take_out")
_DRAFTED: tuple[Link, ...] = tuple((name, f"changes_{name}", _DRAFT) for name in ("change_set", "submit", "discard"))
_DRAWN = {"ref": "$response.body#/version/ref"}
_REDRAWN: tuple[Link, ...] = tuple((name, f"boundaries_{name}", _DRAWN) for name in ("version", "publish", "discard"))
_GUARDED = SAME | {"header.If-Match": "$response.header.ETag"}
_BY_CODE = {"code": "$response.body#/campaign/code"}
MATCH_STEPS = ("consent", "introduce", "grant", "decline", "draw", "void_drawing", "hand_over", "withdraw")
ORDER_STEPS = ("notice", "take", "do_step", "finish", "withdraw")
PLAN_STEPS = ("add_measure", "form_force", "review", "close")


def _stepped(module: str, look: str, steps: tuple[str, ...], *, opens: str, named: str, rows: str) -> dict[str, Any]:
    """A thing that goes through steps: opened → looked at → each step at the revision that was seen → looked at again."""
    made = {"ref": f"$response.body#/{named}/ref"}
    return {
        rows: ("200", (("first", look, {"ref": "$response.body#/items/0/ref"}),)),
        opens: ("201", (("look", look, made), *((step, f"{module}_{step}", made) for step in steps))),
        look: ("200", tuple((step, f"{module}_{step}", _GUARDED) for step in steps)),
        **{f"{module}_{step}": ("200", (("look", look, SAME),)) for step in steps},
    }


_FORUM = {"ref": "$response.body#/forum/ref"}
KEEPING_DEEDS = ("give", "password", "sign_out", "lock", "unlock", "clear_second_factor", "end")
_FIRST: dict[str, tuple[str, tuple[Link, ...]]] = {
    "filing_file": ("201", (("look", "cases_get_case", _CASE), ("receipt", "cases_get_receipt", _CASE), ("verbs", "case_parts_verbs", _CASE))),
    "cases_list_cases": ("200", (("first", "cases_get_case", {"ref": "$response.body#/cases/0/ref"}),)),
    "case_parts_numbered": ("200", (("look", "cases_get_case", _CASE),)),
    "cases_add_attachment": ("201", (("fetch", "cases_get_attachment", _CASE), ("all", "case_parts_attachments", SAME))),
    "rules_tables": ("200", (("first", "rules_table", {"ref": "$response.body#/items/0/ref"}),)),
    "rules_table": ("200", (("adopt", "rules_adopt", SAME),)),
    "rules_draft": ("201", _DRAFTED),
    "rules_adopt": ("201", _DRAFTED),
    "chapters_propose_row": ("201", _DRAFTED),
    "chapters_propose_sheet": ("201", _DRAFTED),
    "chapters_chapters": ("200", (("first", "chapters_chapter", {"chapter": "$response.body#/items/0/code"}),)),
    "chapters_chapter": ("200", (("rows", "chapters_rows", {"chapter": "$request.path.chapter"}),)),
    "changes_change_sets": ("200", (("first", "changes_change_set", {"ref": "$response.body#/items/0/ref"}),)),
    "changes_change_set": ("200", tuple(
        (verb, f"changes_{verb}", SAME | {"header.If-Match": "$response.header.ETag"}) for verb in CHANGE_SET_VERBS
    )),
    **{f"changes_{verb}": ("200", (("look", "changes_change_set", _DRAFT),)) for verb in CHANGE_SET_VERBS},
    "alike_alike": ("200", (("join", "alike_join", {"ref": "$response.body#/alike/0/case/ref"}),)),
    "alike_join": ("201", (("look", "cases_get_case", SAME),)),
    "lists_save": ("200", (("share", "lists_share", _CASE), ("end", "lists_remove", _CASE))),
    "webhooks_add": ("201", tuple(
        (name, f"webhooks_{operation}", {"ref": "$response.body#/webhook/ref"})
        for name, operation in (("look", "webhook"), ("change", "change"), ("try", "ping"), ("log", "deliveries"), ("rotate", "rotate"), ("end", "close"))
    )),
    "webhooks_webhook": ("200", (("change", "webhooks_change", SAME | {"header.If-Match": "$response.header.ETag"}),)),
    "webhooks_ping": ("202", (("log", "webhooks_deliveries", SAME),)),
    "webhooks_deliveries": ("200", (("send_again", "webhooks_send_again", {"ref": "$response.body#/items/0/ref"}),)),
    "boundaries_versions": ("200", (("first", "boundaries_version", {"ref": "$response.body#/items/0/ref"}),)),
    **{f"boundaries_{step}": ("201", _REDRAWN) for step in ("split", "merge", "outline", "outlines_file", "hole")},
    "boundaries_version": ("200", tuple((verb, f"boundaries_{verb}", SAME) for verb in ("publish", "discard", "roll_back"))),
    "keeping_roll": ("200", (("first", "keeping_account", {"ref": "$response.body#/items/0/person"}),)),
    "keeping_account": ("200", tuple((deed, f"keeping_{deed}", SAME) for deed in KEEPING_DEEDS)),
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
        (deed, f"forums_{deed}", SAME) for deed in ("invite", "answer", "attendance", "walk_in", "ask", "file_questions", "minutes", "result", "move", "cancel")
    )),
    "firm_links_proposals": ("200", (("propose", "firm_links_propose", {}),)),
    "firm_links_propose": ("201", (("look", "firm_links_link", _CASE), ("answer", "firm_links_answer", _CASE))),
    "firm_links_link": ("200", tuple((deed, f"firm_links_{deed}", SAME) for deed in ("answer", "introduce", "settle"))),
    "firm_links_tell_lead": ("201", (("move", "firm_links_move_lead", _CASE),)),
    "firm_links_write_story": ("201", (
        ("look", "firm_links_story", _CASE), ("photo", "firm_links_add_photo", _CASE), ("publish", "firm_links_publish_story", _CASE),
    )),
    "resumptions_apply": ("201", (
        ("look", "resumptions_resumption", {"ref": "$response.body#/resumption/ref"}), ("pass", "resumptions_pass_item", {"ref": "$response.body#/items/0/ref"}),
        ("return", "resumptions_return_item", {"ref": "$response.body#/items/0/ref"}),
    )),
    "resumptions_resumption": ("200", (("resume", "resumptions_resume", SAME), ("withdraw", "resumptions_withdraw", SAME))),
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
    "troubles_trouble": ("200", (*((name, f"troubles_{name}", SAME) for name in ("members", "reports", "join", "set_apart")), ("propose", "proposals_propose", SAME))),
    "troubles_recurrences": ("200", (("dismiss", "troubles_not_recurring", {"ref": "$response.body#/items/0/case/ref"}),)),
    "troubles_trouble_of_case": ("200", (("trouble", "troubles_trouble", {"ref": "$response.body#/trouble"}), ("dismiss", "troubles_not_recurring", SAME))),
    "proposals_proposals": ("200", (("first", "proposals_proposal", {"ref": "$response.body#/items/0/ref"}),)),
    "proposals_propose": ("201", tuple((name, f"proposals_{name}", {"ref": "$response.body#/proposal/ref"}) for name in ("proposal", "decide"))),
    "proposals_proposal": ("200", (("decide", "proposals_decide", SAME), ("link", "proposals_link", SAME))),
    "proposals_decide": ("200", (("link", "proposals_link", SAME),)),
    "project_pairs_matrix": ("200", (("first", "project_pairs_project_pairs", {"ref": "$response.body#/items/0/ref"}),)),
    "project_pairs_project_pairs": ("200", (("pair", "project_pairs_pair", SAME), ("hand_over", "pairings_hand_over", {"ref": "$response.body#/project/stack/slots/0/pairing"}))),
    "project_pairs_pair": ("201", tuple((name, f"pairings_{name}", _CASE) for name in ("hand_over", "set_substitute", "end_pairing"))),
    "firm_plans_lacking": ("200", (("first", "firms_firm", {"ref": "$response.body#/items/0/ref"}),)),
}  # fmt: skip


def _together() -> dict[str, tuple[str, tuple[Link, ...]]]:
    """Both halves; what leads on from one answer stands together."""
    found = dict(_FIRST)
    for name, (status, links) in MORE.items():
        found[name] = (status, (*found.get(name, (status, ()))[1], *links))
    return found


LINKS = _together()
