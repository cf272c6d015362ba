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
TROUBLES = "the troubles have pages first; their doors are still to be built"
NOT_YET = (
    "the offices for enterprises, policies, projects and indicators have pages first; their doors are still to be built"
)
DOORS: dict[str, str | tuple[str, ...]] = {
    "case_route": DRAWN,
    "replay_change_set": REPLAYED,
    "join_trouble": TROUBLES,
    "not_recurring": TROUBLES,
    "proposal": TROUBLES,
    "propose": TROUBLES,
    "set_apart": TROUBLES,
    "trouble": TROUBLES,
    "troubles": TROUBLES,
    "change_pairing": NOT_YET,
    "cluster": NOT_YET,
    "clusters": NOT_YET,
    "decide_vitality": NOT_YET,
    "edit_enterprise": NOT_YET,
    "end_enterprise_contact": NOT_YET,
    "end_pairing": NOT_YET,
    "enterprise": NOT_YET,
    "enterprise_contacts": NOT_YET,
    "enterprise_deed": NOT_YET,
    "enterprise_intake": NOT_YET,
    "enterprise_intakes": NOT_YET,
    "enterprise_refused": NOT_YET,
    "enterprise_watch": NOT_YET,
    "enterprises": NOT_YET,
    "enterprises_alike": NOT_YET,
    "fill_pairings": NOT_YET,
    "handover_pack": NOT_YET,
    "handover_pack_docx": NOT_YET,
    "leave_team": NOT_YET,
    "merge_enterprises": NOT_YET,
    "new_enterprise": NOT_YET,
    "pairing_matrix": NOT_YET,
    "pairing_notice": NOT_YET,
    "service_coverage": NOT_YET,
    "service_team": NOT_YET,
    "service_teams": NOT_YET,
    "serving": NOT_YET,
    "serving_step": NOT_YET,
    "substitute_pairing": NOT_YET,
    "forums": NOT_YET,
    "announce_forum": NOT_YET,
    "forum": NOT_YET,
    "invite_to_forum": NOT_YET,
    "forum_attendance": NOT_YET,
    "file_forum_questions": NOT_YET,
    "forum_deed": NOT_YET,
    "forum_question_deed": NOT_YET,
    "visits": NOT_YET,
    "visit_rules": NOT_YET,
    "end_quiet": NOT_YET,
    "visit_plans": NOT_YET,
    "visit_plan": NOT_YET,
    "adopt_plan": NOT_YET,
    "drop_plan": NOT_YET,
    "visit_round": NOT_YET,
    "log_visit": NOT_YET,
    "arrange_visit": NOT_YET,
    "wish_visit": NOT_YET,
    "withdraw_wish": NOT_YET,
    "visit": NOT_YET,
    "move_visit": NOT_YET,
    "cancel_visit": NOT_YET,
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
    "policies": NOT_YET,
    "push_policies": NOT_YET,
    "new_policy": NOT_YET,
    "preview_policy": NOT_YET,
    "import_policies": NOT_YET,
    "policy_sheet": NOT_YET,
    "policy_questions": NOT_YET,
    "retire_policy_question": NOT_YET,
    "firm_policies": NOT_YET,
    "answer_policy": NOT_YET,
    "policy": NOT_YET,
    "edit_policy": NOT_YET,
    "do_policy": NOT_YET,
    "projects": NOT_YET,
    "new_project": NOT_YET,
    "project_criteria": NOT_YET,
    "project": NOT_YET,
    "edit_project": NOT_YET,
    "do_project": NOT_YET,
    "indicators": NOT_YET,
    "tell_reading": NOT_YET,
    "reading": NOT_YET,
    "note_standing": NOT_YET,
    "define_indicator": NOT_YET,
    "indicator": NOT_YET,
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
