"""The API, version 1: file, bulk intake, look, every verb of the loop, and what one needs to look up.

``api.urls`` is what the site mounts at ``/api/v1/``. The description is at ``openapi.json``; ``docs/api.md`` tells it as a walk.
No page here loads anything from another host.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router

from gridloop.api import (
    adverse,
    alike,
    assisting,
    auditing,
    banking,
    boundaries,
    box,
    campaign_activities,
    campaigns,
    case_parts,
    cases,
    changes,
    chapters,
    credentials,
    desk,
    editors,
    evaluations,
    exporting,
    factors,
    firm_links,
    firm_places,
    firm_plans,
    firms,
    forums,
    group_plans,
    indicators,
    keeping,
    ledger,
    lists,
    oneself,
    oversight,
    pairings,
    policies,
    policy_answers,
    project_pairs,
    projects,
    proposals,
    reference,
    resumptions,
    rules,
    serving,
    troubles,
    visit_plans,
    visits,
    webhooks,
)
from gridloop.api.description import completed, operation_id, scope_of_operation
from gridloop.api.filing import MOST_ROWS
from gridloop.api.manners import JsonReader, mannerly
from gridloop.api.problems import answer_errors
from gridloop.api.shapes import CaseIn

ABOUT = """网格闭环接口。令牌放在 `Authorization: Bearer gl_…`;已登录人员也可用会话加 `X-CSRFToken`。
错误一律为 RFC 9457 问题详情(application/problem+json)。写操作接受 `Idempotency-Key`。"""
EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Api(NinjaAPI):
    """Ninja, with the manners of this house at every address and a complete description."""

    def __init__(self, **options: Any) -> None:
        self._described: dict[str, Any] = {}
        super().__init__(**options)

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The addresses, each with its manners."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = mannerly(pattern.callback)
        return patterns, app, namespace

    def get_openapi_operation_id(self, operation: Any) -> str:
        """Short, stable names."""
        return operation_id(operation)

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> Any:
        """The description, made once for each prefix: nothing in it changes while the program runs."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._described:
            self._described[prefix] = self._description(prefix)
        return self._described[prefix]

    def _description(self, prefix: str) -> Any:
        schema = super().get_openapi_schema(path_prefix=prefix)
        shapes = schema["components"]["schemas"]
        shapes["CaseIn"] = CaseIn.model_json_schema()
        shapes["IntakeIn"]["properties"]["cases"] |= {
            "items": {"$ref": "#/components/schemas/CaseIn"},
            "maxItems": MOST_ROWS,
        }
        found = [
            each
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for each in view.operations
        ]
        scopes = {each.operation_id or operation_id(each): scope_of_operation(each) for each in found}
        return completed(schema, scopes=scopes)


api = Api(
    title="gridloop",
    version="1",
    description=ABOUT,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="/openapi.json",
    parser=JsonReader(),
)
answer_errors(api)
for part in (
    alike,
    lists,
    case_parts,
    cases,
    exporting,
    reference,
    boundaries,
    desk,
    oneself,
    oversight,
    rules,
    editors,
    chapters,
    changes,
    box,
    ledger,
    webhooks,
    credentials,
    keeping,
    auditing,
    firm_places,
    group_plans,
    firms,
    indicators,
    pairings,
    factors,
    assisting,
    banking,
    firm_plans,
    campaign_activities,
    campaigns,
    evaluations,
    adverse,
    policies,
    policy_answers,
    project_pairs,
    projects,
    troubles,
    proposals,
    serving,
    visit_plans,
    visits,
    forums,
    firm_links,
    resumptions,
):  # /cases/counts before /cases/{ref}, /enterprises/imports before /enterprises/{ref}
    api.add_router("", part.router)


def no_such_address(request: HttpRequest, rest: str) -> None:
    """Whatever no other address takes."""
    raise Http404(rest)


_last = Router()
_last.api_operation(EVERY_METHOD, "/{path:rest}", include_in_schema=False)(no_such_address)
api.add_router("", _last)
