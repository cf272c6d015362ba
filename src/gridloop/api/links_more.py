"""Where one goes on from an answer about firms, visits, policies, projects, campaigns, and the parts of a case: the second half of ``links``."""

from __future__ import annotations

Link = tuple[str, str, dict[str, str]]
"""(name, operation, parameters) of a link; the parameters are runtime expressions."""
SAME = {"ref": "$request.path.ref"}
BODY = {"ref": "$response.body#/ref"}
FIRST = {"ref": "$response.body#/items/0/ref"}
_CODE = {"code": "$request.path.code"}
_GUARDED = SAME | {"header.If-Match": "$response.header.ETag"}


def _all(module: str, names: str, parameters: dict[str, str]) -> tuple[Link, ...]:
    """A link to each of these operations of one module, named as they are."""
    return tuple((name, f"{module}_{name}", parameters) for name in names.split())


def _at(place: str) -> dict[str, str]:
    return {"ref": f"$response.body#/{place}/ref"}


OF_A_FIRM: tuple[Link, ...] = (
    *_all("firms", "tell_figures set_vitality leave merge_firms add_contact look_at_contacts answer_consent", SAME),
    ("amend", "firms_amend", _GUARDED),
    ("end_contact", "firms_end_contact", SAME | {"contact": "$response.body#/contacts/0/ref"}),
    *_all("pairings", "pair history notice", SAME),
    *_all("serving", "ask_law order_service promise", SAME),
    *_all("visits", "log_visit arrange wishes wish", SAME),
    ("policies", "policy_answers_policies_of_firm", SAME),
    ("need", "factors_need", SAME),
    ("plan", "firm_plans_open_plan", SAME),
    ("group_plans", "group_plans_plans_holding", SAME),
    *_all("firm_links", "tell_listing tell_lead write_story", SAME),
    *_all("resumptions", "apply note_batch", SAME),
)
OF_A_POLICY = "publish withdraw discard change_draft firms_of_policy"
OF_A_PROJECT = "change move drop plan_year report_month"
OF_AN_ORDER = "book_order finish_order confirm_order cancel_order"
MORE: dict[str, tuple[str, tuple[Link, ...]]] = {
    "cases_get_case": ("200", (
        *_all("case_parts", "timeline segments why_here why_this_date looks contacts", SAME), ("add_file", "cases_add_attachment", SAME),
        ("trouble", "troubles_trouble_of_case", SAME), ("measure", "factors_measure", SAME), *_all("adverse", "factors tag", SAME), ("story", "firm_links_draft_story", SAME),
    )),
    "filing_file": ("201", (("numbered", "case_parts_numbered", {"number": "$response.body#/number"}),)),
    "oversight_samples": ("200", (("first", "oversight_sample", {"period": "$response.body#/items/0/period"}),)),
    "oversight_sample": ("200", (
        ("inspect", "oversight_inspect", {"period": "$request.path.period", "ref": "$response.body#/inspections/0/ref"}),
    )),
    "oversight_list_signs": ("200", (("reply", "oversight_reply", {"period": "$response.body#/period"}),)),
    "reference_profiles": ("200", (("examples", "rules_examples", {"code": "$response.body#/items/0/code"}),)),
    "chapters_chapter": ("200", _all("chapters", "propose_row propose_sheet", {"chapter": "$request.path.chapter"})),
    "firms_firms": ("200", (("first", "firms_firm", FIRST),)),
    "firms_register_firm": ("201", (("look", "firms_firm", BODY), ("contact", "firms_add_contact", BODY), ("pair", "pairings_pair", BODY))),
    "firms_firm": ("200", OF_A_FIRM),
    "firms_proposals": ("200", (("decide", "firms_decide_proposal", FIRST),)),
    "firm_places_clusters": ("200", (("end", "firm_places_end_cluster", FIRST),)),
    "firm_places_add_cluster": ("201", (("end", "firm_places_end_cluster", BODY),)),
    "firm_places_imports": ("200", (("first", "firm_places_one_import", FIRST),)),
    "firm_places_one_import": ("200", (("refused", "firm_places_refused_rows", SAME),)),
    "pairings_pair": ("201", _all("pairings", "hand_over set_substitute end_pairing pack", BODY)),
    "pairings_history": ("200", _all("pairings", "hand_over set_substitute end_pairing pack", FIRST)),
    "pairings_coverage": ("200", (("uncovered", "pairings_uncovered", {"service": "$response.body#/items/0/service"}),)),
    "serving_team_list": ("200", (("first", "serving_team", FIRST),)),
    "serving_found_team": ("201", (("look", "serving_team", BODY), ("join", "serving_join_team", BODY))),
    "serving_team": ("200", (("join", "serving_join_team", SAME), ("leave", "serving_leave_team", _at("members/0")))),
    "serving_join_team": ("201", (("leave", "serving_leave_team", BODY),)),
    "serving_consults": ("200", _all("serving", "take_consult reply_law", FIRST)),
    "serving_ask_law": ("201", _all("serving", "take_consult reply_law", BODY)),
    "serving_orders": ("200", _all("serving", OF_AN_ORDER, FIRST)),
    "serving_order_service": ("201", _all("serving", OF_AN_ORDER, BODY)),
    "serving_promises": ("200", (("settle", "serving_settle_promise", FIRST),)),
    "serving_promise": ("201", (("settle", "serving_settle_promise", BODY),)),
    "visits_visits": ("200", (("first", "visits_visit", FIRST),)),
    "visits_visit": ("200", _all("visits", "move cancel", SAME)),
    "visits_arrange": ("201", _all("visits", "visit move cancel", _at("visit"))),
    "visits_log_visit": ("201", (("look", "visits_visit", _at("visit")),)),
    "visits_wishes": ("200", (("withdraw", "visits_withdraw", FIRST),)),
    "visits_wish": ("201", (("withdraw", "visits_withdraw", BODY),)),
    "visits_visit_rules": ("200", (("end_quiet", "visits_end_quiet", _at("quiet/0")),)),
    "visits_set_quiet": ("201", (("end", "visits_end_quiet", BODY),)),
    "visit_plans_plans": ("200", (("first", "visit_plans_plan", FIRST),)),
    "visit_plans_propose": ("201", _all("visit_plans", "plan adopt drop", _at("plan"))),
    "visit_plans_plan": ("200", _all("visit_plans", "adopt drop", SAME)),
    "policies_policies": ("200", (("first", "policies_policy", FIRST),)),
    "policies_draft": ("201", _all("policies", f"policy {OF_A_POLICY}", _at("policy"))),
    "policies_policy": ("200", _all("policies", OF_A_POLICY, SAME)),
    "policy_answers_policies_of_firm": ("200", (
        ("answer", "policy_answers_answer_push", {"ref": "$response.body#/items/0/push/ref"}), ("decline", "policy_answers_decline", SAME),
    )),
    "policy_answers_questions": ("200", (("retire", "policy_answers_retire", FIRST),)),
    "policy_answers_answer_question": ("201", (("retire", "policy_answers_retire", BODY),)),
    "projects_projects": ("200", (("first", "projects_project", {"ref": "$response.body#/libraries/0/projects/0/ref"}),)),
    "projects_criteria": ("200", (("set", "projects_set_criteria", {"library": "$response.body#/items/0/library"}),)),
    "projects_enter": ("201", (("look", "projects_project", _at("project")), *_all("projects", OF_A_PROJECT, _at("project")))),
    "projects_project": ("200", (
        *_all("projects", OF_A_PROJECT, _GUARDED), *_all("projects", "need_factor raise_obstacle", SAME),
        ("standing", "group_plans_decide_standing", _GUARDED), ("rescue", "group_plans_open_project_plan", SAME),
        ("pairings", "project_pairs_project_pairs", SAME),
    )),
    "indicators_indicators": ("200", (
        ("rows", "indicators_indicator", {"code": "$response.body#/computed/0/code"}), ("reading", "indicators_reading", _at("readings/0")),
    )),
    "indicators_tell_reading": ("201", _all("indicators", "reading check_reading", _at("figure"))),
    "indicators_reading": ("200", (("check", "indicators_check_reading", SAME),)),
    "campaigns_campaign": ("200", (
        ("plan", "campaign_activities_plan", _CODE), *_all("evaluations", "rules set_rules frozen_ones freeze", _CODE),
    )),
    "campaigns_group": ("200", (
        ("leave", "campaigns_leave", _at("members/0")), ("finish_task", "campaigns_finish_task", _at("tasks/0")),
    )),
    "campaign_activities_activity": ("200", (
        ("finish_step", "campaign_activities_finish_step", _at("steps/0")), ("unlink", "campaign_activities_unlink", _at("links/0")),
    )),
    "firm_plans_firm_plan": ("200", _all("firm_plans", "end_measure move_measure", _at("measures/0"))),
    "firm_plans_my_measures": ("200", _all("firm_plans", "end_measure move_measure", FIRST)),
    "forums_forum": ("200", _all("forums", "join attach drop", _at("asked/0"))),
    "firm_links_listings": ("200", (("withdraw", "firm_links_withdraw_listing", FIRST),)),
    "firm_links_tell_listing": ("201", (("withdraw", "firm_links_withdraw_listing", BODY),)),
    "firm_links_story": ("200", (
        ("withdraw", "firm_links_withdraw_story", SAME), ("photo", "firm_links_photo", SAME | {"photo": "$response.body#/photos/0"}),
    )),
    "resumptions_resumption": ("200", (("mend", "resumptions_mend_item", _at("items/0")),)),
    "resumptions_batches": ("200", (("void", "resumptions_void_batch", FIRST),)),
    "resumptions_note_batch": ("201", (("void", "resumptions_void_batch", BODY),)),
}  # fmt: skip
