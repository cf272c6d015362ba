"""Whatever a page of the console does or shows, the API does or tells; where it does not, the reason stands here."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver

from gridloop.api.description import operations
from gridloop.api.v1 import api
from gridloop.core.lifecycle import CASE
from gridloop.web import public_urls, urls

DRAWN = "a page drawn from what GET /cases/{ref} says"
BY_LINK = "an outside body does this on its own page, by the secret of its link"
IN_FRONT_OF_A_PAGE = (
    "who else has the page open; a program sees by the ETag of GET /cases/{ref} whether it is still the one it knows"
)
ONLY_IN_A_BROWSER = "a program that could change a second factor could take a person's place"
REPLAYED = "a replay is taken from the command line (route replay --json); it may run for a minute"
HANDED_OVER = "the letter is handed to a person, on paper or by its code, and taken back by whoever handed it over; a program has nobody to hand it to"
TROUBLES = "the troubles have pages first; their doors are still to be built"
NOT_YET = "the office has its pages first; its doors are still to be built"
EMPTY_SHEET = "an empty sheet with one example, to be filled in by hand; a program sends rows (POST /policies/import)"
DOORS: dict[str, str | tuple[str, ...]] = {
    "case_route": DRAWN,
    "replay_change_set": REPLAYED,
    "join_trouble": TROUBLES,
    "link_proposal": TROUBLES,
    "not_recurring": TROUBLES,
    "proposal": TROUBLES,
    "propose": TROUBLES,
    "set_apart": TROUBLES,
    "trouble": TROUBLES,
    "troubles": TROUBLES,
    "change_pairing": ("pairings_history", "pairings_hand_over"),
    "cluster": ("firms_firms", "firm_places_end_cluster"),
    "clusters": ("firm_places_clusters", "firm_places_add_cluster"),
    "decide_vitality": ("firms_decide_proposal",),
    "edit_enterprise": ("firms_amend",),
    "end_contact_access": HANDED_OVER,
    "end_enterprise_contact": ("firms_end_contact",),
    "invite_contact": HANDED_OVER,
    "end_pairing": ("pairings_end_pairing",),
    "enterprise": ("firms_firm",),
    "enterprise_contacts": ("firms_look_at_contacts",),
    "enterprise_deed": (
        "serving_promise",
        "serving_order_service",
        "serving_ask_law",
        "firms_add_contact",
        "firms_answer_consent",
        "pairings_pair",
        "firms_tell_figures",
        "firms_set_vitality",
        "firms_leave",
    ),
    "enterprise_intake": ("firm_places_one_import",),
    "enterprise_intakes": ("firm_places_imports", "firm_places_put_in"),
    "enterprise_refused": ("firm_places_refused_rows",),
    "enterprise_watch": ("firms_proposals", "firms_firm_counts"),
    "enterprises": ("firms_firms",),
    "enterprises_alike": ("firms_alike_firms",),
    "fill_pairings": ("pairings_pair_many",),
    "handover_pack": ("pairings_pack",),
    "handover_pack_docx": ("pairings_pack",),
    "leave_team": ("serving_leave_team",),
    "merge_enterprises": ("firms_merge_firms",),
    "new_enterprise": ("firms_register_firm",),
    "pairing_matrix": ("pairings_matrix",),
    "pairing_notice": ("pairings_notice",),
    "service_coverage": ("pairings_coverage", "pairings_uncovered"),
    "service_team": ("serving_team", "serving_join_team"),
    "service_teams": ("serving_team_list", "serving_found_team", "serving_loads"),
    "serving": ("serving_consults", "serving_orders", "serving_promises"),
    "serving_step": (
        "serving_take_consult",
        "serving_reply_law",
        "serving_book_order",
        "serving_finish_order",
        "serving_confirm_order",
        "serving_cancel_order",
        "serving_settle_promise",
    ),
    "substitute_pairing": ("pairings_set_substitute",),
    "visits": ("visits_visits", "visits_visit_counts", "visits_unseen"),
    "visit_rules": ("visits_visit_rules", "visits_set_rules", "visits_set_quiet"),
    "end_quiet": ("visits_end_quiet",),
    "visit_plans": ("visit_plans_plans", "visit_plans_propose"),
    "visit_plan": ("visit_plans_plan",),
    "adopt_plan": ("visit_plans_adopt",),
    "drop_plan": ("visit_plans_drop",),
    "visit_round": ("visit_plans_round_of_day",),
    "log_visit": ("visits_log_visit",),
    "arrange_visit": ("visits_arrange",),
    "wish_visit": ("visits_wishes", "visits_wish"),
    "withdraw_wish": ("visits_withdraw",),
    "visit": ("visits_visit",),
    "move_visit": ("visits_move",),
    "cancel_visit": ("visits_cancel",),
    "forums": NOT_YET,
    "announce_forum": NOT_YET,
    "forum": NOT_YET,
    "invite_to_forum": NOT_YET,
    "forum_attendance": NOT_YET,
    "file_forum_questions": NOT_YET,
    "forum_deed": NOT_YET,
    "forum_question_deed": NOT_YET,
    "desk": ("desk_desk", "desk_me", "desk_list_notices"),
    "desk_numbers": ("desk_desk", "case_parts_counts"),
    "notices_seen": ("desk_seen",),
    "cases": ("cases_list_cases", "case_parts_counts", "lists_views"),
    "keep_view": ("lists_save",),
    "change_view": ("lists_share", "lists_remove"),
    "bulk": ("lists_bulk",),
    "export_cases": ("exporting_take_out",),
    "exports": ("exporting_register",),
    "new_case": ("filing_file", "alike_join"),
    "look_before_filing": ("alike_alike",),
    "offer_places": ("alike_offers",),
    "offer_categories": ("alike_offers", "reference_categories"),
    "offer_questions": ("chapters_rows",),
    "case_here": IN_FRONT_OF_A_PAGE,
    "case": ("cases_get_case", "case_parts_looks", "case_parts_why_here", "case_parts_why_this_date"),
    "do_verb": tuple(f"cases_{verb}" for verb in CASE.verbs),
    "unmask": ("case_parts_contacts",),
    "case_attachment": ("cases_get_attachment",),
    "sheet": DRAWN,
    "sheet_docx": DRAWN,
    "outside": BY_LINK,
    "outside_act": BY_LINK,
    "outside_contacts": BY_LINK,
    "precedents": ("oversight_precedents",),
    "inspections": ("oversight_samples", "oversight_set_rule"),
    "inspections_csv": ("oversight_sample",),
    "inspection": ("oversight_sample",),
    "inspection_draw": ("oversight_sample",),
    "inspect": ("oversight_inspect",),
    "signs": ("oversight_list_signs", "oversight_reply"),
    "atlas": ("reference_boundaries", "case_parts_points", "case_parts_places"),
    "atlas_grids": ("reference_boundaries",),
    "atlas_flaws": ("boundaries_flaws",),
    "atlas_cases": ("case_parts_points", "case_parts_places"),
    "atlas_posts": ("boundaries_coverage",),
    "atlas_case": ("case_parts_numbered",),
    "boundaries": ("boundaries_versions",),
    "cells_in_force": ("reference_boundaries",),
    "draft_boundary": tuple(f"boundaries_{step}" for step in ("split", "merge", "outline", "outlines_file", "hole")),
    "boundary": ("boundaries_version",),
    "boundary_cells": ("boundaries_version",),
    "publish_boundary": ("boundaries_publish",),
    "discard_boundary": ("boundaries_discard",),
    "roll_back_boundary": ("boundaries_roll_back",),
    "me": ("desk_me", "oneself_leave", "oneself_sessions", "desk_channels"),
    "second_factor": ONLY_IN_A_BROWSER,
    "end_other_sessions": ("oneself_end_others",),
    "end_session": ("oneself_end_session",),
    "leave": ("oneself_leave", "oneself_take_leave"),
    "end_leave": ("oneself_end_leave",),
    "accounts": ("keeping_roll",),
    "keep_account": ("keeping_account",),
    "keep_account_do": tuple(
        f"keeping_{deed}" for deed in ("give", "password", "sign_out", "lock", "unlock", "clear_second_factor", "end")
    ),
    "keepers": ("keeping_keepers",),
    "audit": ("auditing_looks",),
    "audit_sign_ins": ("auditing_sign_ins",),
    "audit_exports": ("auditing_exports",),
    "audit_deeds": ("auditing_deeds",),
    "audit_erasures": ("auditing_erasures", "auditing_entries", "auditing_erase"),
    "my_tokens": ("credentials_list_tokens", "credentials_issue"),
    "revoke_token": ("credentials_revoke",),
    "tokens": ("credentials_list_tokens", "credentials_issue"),
    "webhooks": ("webhooks_webhooks", "webhooks_add", "webhooks_events"),
    "webhook": ("webhooks_webhook", "webhooks_deliveries"),
    "change_webhook": ("webhooks_change",),
    "rotate_webhook": ("webhooks_rotate",),
    "switch_webhook": ("webhooks_change",),
    "ping_webhook": ("webhooks_ping",),
    "close_webhook": ("webhooks_close",),
    "send_webhook_again": ("webhooks_send_again",),
    "setup": ("chapters_chapters",),
    "change_sets": ("changes_change_sets",),
    "change_set": ("changes_change_set",),
    "do_change_set": tuple(
        f"changes_{verb}" for verb in ("submit", "publish", "send_back", "discard", "roll_back", "take_out")
    ),
    "setup_rows": ("chapters_chapter", "chapters_rows"),
    "setup_row": ("chapters_propose_row",),
    "setup_sheet": ("chapters_rows",),
    "upload_setup_sheet": ("chapters_propose_sheet",),
    "routes": ("rules_tables", "rules_table"),
    "edit_routes": ("rules_draft",),
    "adopt_routes": ("rules_adopt",),
    "profiles": ("reference_profiles", "rules_examples"),
    "edit_profile": ("editors_profile",),
    "calendar": ("rules_calendar",),
    "load_calendar": ("editors_read", "editors_notice"),
    "change_hours": ("editors_hours",),
    "posts": ("rules_posts", "rules_people"),
    "duties": ("rules_duties",),
    "category_models": ("box_category_models",),
    "suggestions": ("box_suggestions",),
    "answer_suggestion": ("box_answer",),
    "suggestion_contact": ("box_contact",),
    "publicity": ("box_shown", "box_decide"),
    "policies": ("policies_policies",),
    "push_policies": ("policies_push",),
    "new_policy": ("policies_draft",),
    "preview_policy": ("policies_preview",),
    "import_policies": ("policies_import_rows",),
    "policy_sheet": EMPTY_SHEET,
    "policy_questions": ("policy_answers_questions", "policy_answers_answer_question"),
    "retire_policy_question": ("policy_answers_retire",),
    "firm_policies": ("policy_answers_policies_of_firm",),
    "answer_policy": ("policy_answers_answer_push", "policy_answers_decline"),
    "policy": ("policies_policy", "policies_firms_of_policy"),
    "edit_policy": ("policies_change_draft",),
    "do_policy": ("policies_publish", "policies_withdraw", "policies_discard", "policies_push"),
    "projects": ("projects_projects",),
    "new_project": ("projects_enter",),
    "project_criteria": ("projects_criteria", "projects_set_criteria"),
    "project": ("projects_project",),
    "edit_project": ("projects_change",),
    "do_project": (
        "projects_move",
        "projects_drop",
        "projects_plan_year",
        "projects_report_month",
        "projects_need_factor",
        "projects_raise_obstacle",
    ),
    "indicators": ("indicators_indicators",),
    "tell_reading": ("indicators_tell_reading",),
    "reading": ("indicators_reading", "indicators_check_reading"),
    "note_standing": ("indicators_note_standing",),
    "define_indicator": ("indicators_define",),
    "indicator": ("indicators_indicator",),
}
"""By the name of a page: the operations that do the same, or why there is none."""


def names_below(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.urlconf_module is not public_urls:
                yield from names_below(pattern.url_patterns)
        else:
            yield str(pattern.name)


def test_every_page_of_the_console_has_its_doors_or_a_reason() -> None:
    assert set(names_below(urls.urlpatterns)) == set(DOORS)


def test_every_door_named_here_exists() -> None:
    known = {each["operationId"] for each in operations(api.get_openapi_schema(path_prefix="/api/v1/"))}

    assert {door for doors in DOORS.values() if isinstance(doors, tuple) for door in doors} - known == set()
