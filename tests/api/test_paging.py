"""Long lists by key: every list of the API is turned in pages, or it cannot grow and the reason stands here; page by page it is the whole."""

from __future__ import annotations

from typing import Any

import pytest

from gridloop.api.description import operations
from gridloop.api.v1 import api
from tests.api.walk import walked

FEW = "as many as the setup of a street has, or as one thing or person has; an answer without them would be half an answer"
COUNTED = "figures with what they are counted from, shortened where it says so"
MAP = "a map is drawn whole; GeoJSON has no pages"
BOUNDED = {
    "assisting_matters": FEW, "auditing_entries": FEW, "box_category_models": FEW, "case_parts_looks": FEW, "case_parts_points": MAP,
    "reference_boundaries": MAP, "boundaries_flaws": MAP, "boundaries_coverage": FEW, "chapters_chapters": FEW, "desk_channels": FEW,
    "keeping_keepers": FEW, "ledger_books": FEW, "lists_views": FEW, "oneself_sessions": FEW, "oversight_list_signs": COUNTED, "pairings_history": FEW,
    "pairings_coverage": FEW, "policy_answers_policies_of_firm": FEW, "projects_criteria": FEW, "rules_examples": FEW, "serving_team_list": FEW,
    "serving_loads": FEW, "visits_wishes": FEW, "webhooks_events": FEW, "webhooks_webhooks": FEW, "group_plans_plans_holding": FEW,
    "alike_offers": FEW, "assisting_times": COUNTED, "box_shown": FEW, "case_parts_verbs": FEW, "case_parts_attachments": FEW,
    "resumptions_checklist": FEW, "adverse_factors": FEW, "factors_matrix": COUNTED, "campaign_activities_satisfied": COUNTED, "campaigns_figures": COUNTED,
}  # fmt: skip

ONE_THING = {
    "cases_get_case", "resumptions_resumption", "forums_forum", "visits_visit", "banking_bank_match", "pairings_pack", "firms_firm",
    "proposals_proposal", "visits_visit_counts", "evaluations_frozen", "campaign_activities_evaluation_of_unit",
}  # fmt: skip
"""What looks like a list, and is one thing with what belongs to it."""


@pytest.fixture(scope="module")
def described() -> Any:
    return api.get_openapi_schema(path_prefix="/api/v1/")


def lists(described: Any) -> dict[str, dict[str, Any]]:
    """By operation: what reads a list, told by its items."""
    found = {}
    for path in described["paths"].values():
        told = path.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
        shape = described["components"]["schemas"].get(told.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
        if {"items", "features", "cases", "libraries"} & set(shape.get("properties", {})):
            found[path["get"]["operationId"]] = shape
    return found


def test_every_list_is_paged_by_key_or_cannot_grow(described):
    known = {
        each["operationId"]: {parameter["name"] for parameter in each["parameters"]} for each in operations(described)
    }

    unpaged = {name for name, shape in lists(described).items() if "after" not in known[name] or "next" not in shape["properties"]}  # fmt: skip

    assert unpaged - set(BOUNDED) - ONE_THING == set()


def test_page_by_page_a_list_is_the_whole_list(street, described):
    walk = walked()
    turned = 0
    for name in lists(described):
        path, _method, operation = walk.where[name]
        names = {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
        if "after" not in names or "size" not in names:
            continue
        asked = dict(walk.done[name].parameters)
        for key in [key for key in asked if f"{{{key}}}" in path]:
            path = path.replace(f"{{{key}}}", str(asked.pop(key)))
        who = "keeper" if name.startswith(("webhooks", "ledger")) else "desk"
        headers = walk.callers.get(who, walk._headers(who))
        whole = walk.client.get(path, asked | {"size": names["size"]["maximum"]}, headers=headers)
        if whole.status_code in (403, 404):  # what keepers and auditors read, and what is closed, has its own tests
            continue
        pages, address = (
            [],
            f"{path}?size=1" + "".join(f"&{key}={value}" for key, value in asked.items() if key != "size"),
        )
        while address:
            told = walk.client.get(address, headers=headers).json()
            pages += rows_of(told)
            address = told["next"]
        assert pages == rows_of(whole.json()), name
        turned += len(pages) > 1

    assert turned > 25


def rows_of(told: dict[str, Any]) -> list[Any]:
    """What an answer lists; the projects of the four libraries in the order in which they are turned."""
    if "libraries" in told:
        return sorted(row["ref"] for library in told["libraries"] for row in library["projects"])
    return list(told["items"] if "items" in told else told["cases"])
