"""The API, version 1: file, bulk intake, look, every verb of the loop, and what one needs to look up.

``api.urls`` is what the site mounts at ``/api/v1/``. The description is at ``openapi.json``; ``docs/api.md`` tells it as a walk.
No page here loads anything from another host.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router

from gridloop.api import cases, reference
from gridloop.api.filing import MOST_ROWS
from gridloop.api.problems import MEDIA_TYPE, answer_errors, speaks_of_methods
from gridloop.api.shapes import CaseIn

ABOUT = """网格闭环接口。令牌放在 `Authorization: Bearer gl_…`;已登录人员也可用会话加 `X-CSRFToken`。
错误一律为 RFC 9457 问题详情(application/problem+json)。写操作接受 `Idempotency-Key`。"""
EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Api(NinjaAPI):
    """Ninja, with problems for methods that do not exist and truthful media types in the description."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The addresses, each answering a wrong method with a problem."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = speaks_of_methods(pattern.callback)
        return patterns, app, namespace

    def get_openapi_schema(self, **options: Any) -> Any:
        """The description: problems under their own media type, rows of the intake by name."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                _tell_problems(operation["responses"])
        shapes = schema["components"]["schemas"]
        shapes["CaseIn"] = CaseIn.model_json_schema()
        shapes["IntakeIn"]["properties"]["cases"] |= {
            "items": {"$ref": "#/components/schemas/CaseIn"},
            "maxItems": MOST_ROWS,
        }
        return schema


def _tell_problems(responses: dict[Any, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            response["content"] = {MEDIA_TYPE: content["application/json"]}


api = Api(
    title="gridloop",
    version="1",
    description=ABOUT,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="/openapi.json",
)
answer_errors(api)
api.add_router("", cases.router)
api.add_router("", reference.router)


def no_such_address(request: HttpRequest, rest: str) -> None:
    """Whatever no other address takes."""
    raise Http404(rest)


_last = Router()
_last.api_operation(EVERY_METHOD, "/{path:rest}", include_in_schema=False)(no_such_address)
api.add_router("", _last)
