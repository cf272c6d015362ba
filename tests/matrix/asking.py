"""Every address asked as everybody. Each request happens inside a savepoint that is undone, so they do not see one another.

The answer is one mark:

========  ===================================================================
``✓``     opened or done (also: a rule of the loop said no, 409, after the permission was found)
``填``    may come in; what was sent (nothing, or a made-up value) is not enough to decide further (400, 415, 422)
``—``     refused: 403
``404``   not there, for this person
``登录``  must sign in first (at a firm's own page: must have been let in by an invitation)
``再验``  must prove again who one is
========  ===================================================================
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from gridloop.api.v1 import api
from gridloop.core.access import Role
from gridloop.offices.organisation.models import Street
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled
from tests.matrix import samples
from tests.matrix.world import PIXEL, Side, World

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
BRACED = re.compile(r"{(\w+)}")
ROLES = tuple(str(role) for role in Role)
LEFT_OUT = {"no_such_address", "api-root"}
"""Whatever no other address takes, and the root that only names the API."""
SESSION = "sessionid"
TOLD = {
    "reason": "测试内容",
    "text": "测试内容",
    "answer": "测试内容",
    "name": "测试",
    "key": "sample-key",
    "rev": "0",
    "password": "x",
}
"""What a form is sent with, unless ``FORMS`` says better: enough to be a form that was filled in."""
FORMS: dict[str, dict[str, str]] = {
    "publicity": {"shows_map": "", "least": "5", "hours": "24", "reason": "测试内容"},
    "bulk": {"verb": "accept"},
    "edit_profile": {"save": "1", "code": "sample", "name": "样本"},
}
BODIES: dict[str, dict[str, Any]] = {
    "correct": {"reason": "测试内容", "category": "环境保护/噪音"},
    "intake": {"cases": []},
    "attach": {"name": "照片.png", "content": base64.b64encode(PIXEL).decode()},
}
"""Calls whose description alone does not make a body that is understood, by the last part of the address."""


@dataclass(frozen=True, slots=True)
class Door:
    """One address with one method. ``body`` is what an API call sends, made up from its description."""

    group: str
    name: str
    method: str
    address: str
    body: Any = None

    @property
    def key(self) -> str:
        return f"{self.method} {self.address}"


@dataclass(slots=True)
class Answers:
    """The marks of one door: by role in one's own street; of every role from the other street; without a post; without an account; by token."""

    door: Door
    own: dict[str, str] = field(default_factory=dict)
    other: frozenset[str] = frozenset()
    no_post: str = ""
    nobody: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def doors() -> list[Door]:
    """Every door there is: pages by the resolver, calls by the API's own description."""
    return [*_pages(), *_calls()]


def _pages() -> Iterator[Door]:
    for address, pattern in _walk(get_resolver()):
        if not address.startswith("api/v1/"):
            for method in ("GET", "POST"):
                yield Door(address.partition("/")[0] or "/", pattern.name or "", method, f"/{address}")


def _walk(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, address)
        elif pattern.name not in LEFT_OUT:
            yield address, pattern


def _calls() -> Iterator[Door]:
    schema = api.get_openapi_schema()
    shapes = schema["components"]["schemas"]
    for address, operations in schema["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            body = BODIES.get(address.rpartition("/")[2]) or (_made_up(content["schema"], shapes) if content else None)
            yield Door("api/v1", operation.get("operationId", ""), method.upper(), address, body)


def _made_up(shape: dict[str, Any], shapes: dict[str, Any], depth: int = 0) -> Any:
    """The least that fits the shape."""
    if "$ref" in shape:
        return _made_up(shapes[shape["$ref"].rpartition("/")[2]], shapes, depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in shape:
            return _made_up(shape[key][0], shapes, depth + 1)
    for told in ("example", "const", "default"):
        if told in shape:
            return shape[told]
    if shape.get("examples"):
        return shape["examples"][0]
    if shape.get("enum"):
        return shape["enum"][0]
    return _by_type(shape, shapes, depth)


def _by_type(shape: dict[str, Any], shapes: dict[str, Any], depth: int) -> Any:
    kind = shape.get("type")
    if kind == "object" and depth < 8:
        wanted = shape.get("required", [])
        return {
            name: _made_up(shape["properties"][name], shapes, depth + 1)
            for name in wanted
            if name in shape.get("properties", {})
        }
    if kind == "array":
        return [_made_up(shape.get("items", {}), shapes, depth + 1)] if shape.get("minItems", 0) else []
    if kind == "string":
        soon = timezone.localtime() + timedelta(days=200)  # ahead, and near enough for what is arranged within a year
        formats = {"date-time": soon.isoformat(timespec="seconds"), "date": soon.date().isoformat()}
        return formats.get(
            shape.get("format", ""),
            "测试内容"[: shape.get("maxLength", 4)] * max(1, -(-shape.get("minLength", 1) // 4)),
        )
    return {"integer": shape.get("minimum", 1), "number": 1.0, "boolean": True}.get(str(kind))


@dataclass(slots=True)
class Asker:
    """Asks doors of a world; remembers which parameters had no sample."""

    world: World
    unsampled: set[str] = field(default_factory=set)

    def ask(self, door: Door) -> Answers | None:
        """The marks of one door; None when it does not take the method."""
        mine, theirs = self._address(door, self.world.ours), self._address(door, self.world.other)
        found = Answers(door)
        first = self._mark(found, door, mine, cookie="")
        if first is None:
            return None
        found.nobody = first
        people = self.world.ours.cookies
        for role in ROLES:
            found.own[role] = self._mark(found, door, mine, cookie=people[role]) or "405"
        found.no_post = self._mark(found, door, mine, cookie=people["nobody"]) or "405"
        if set(found.own.values()) == {"405"}:
            return None
        if mine != theirs:
            found.other = frozenset(self._mark(found, door, theirs, cookie=people[role]) or "405" for role in ROLES)
        if door.address.startswith("/api/"):
            found.tokens = {
                scope: self._mark(found, door, mine, token=secret) or "405"
                for scope, secret in self.world.tokens.items()
            }
        return found

    def _address(self, door: Door, side: Side) -> str:
        address = door.address
        for name in [*PARAMETER.findall(address), *BRACED.findall(address)]:
            value, is_real = samples.sample(self.world, side, address=door.address, name=name)
            if not is_real:
                self.unsampled.add(f"{door.address} · {name}")
            address = re.sub(rf"<(?:\w+:)?{name}>|{{{name}}}", lambda _, value=value: str(value), address, count=1)
        return address

    def _mark(self, found: Answers, door: Door, address: str, *, cookie: str = "", token: str = "") -> str | None:
        answer = _asked(door, address, cookie=cookie, token=token)
        if answer.status_code >= 500:
            found.faults.append(f"{door.key} → {answer.status_code}")
        return mark_of(answer.status_code, answer.headers.get("Location", ""))


def _asked(door: Door, address: str, *, cookie: str, token: str) -> Any:
    """The answer; whatever it changed is undone, also in what the process has compiled."""
    client = _client()
    client.cookies.clear()
    if cookie:
        client.cookies[SESSION] = cookie
    headers = {"Authorization": f"Bearer {token}"} if token else None
    with transaction.atomic():
        before = _versions() if door.method != "GET" else {}
        answer = client.generic(door.method, address, _content(door), content_type=_type(door), headers=headers)
        for _ in answer if answer.streaming else ():
            pass
        has_new_version = door.method != "GET" and _versions() != before
        transaction.set_rollback(True)
    if has_new_version:  # what was compiled from it would be taken for the next one's
        forget_everything()
        forget_compiled()
    return answer


@cache
def _client() -> Client:
    """One browser for all: making one loads the whole middleware again."""
    return Client(raise_request_exception=False)


def _versions() -> dict[str, int]:
    return dict(Street.objects.values_list("code", "version"))


def _content(door: Door) -> str:
    if door.address.startswith("/api/"):
        return json.dumps(door.body) if door.body is not None else ""
    return urlencode(FORMS.get(door.name, TOLD)) if door.method == "POST" else ""


def _type(door: Door) -> str:
    return "application/json" if door.address.startswith("/api/") else "application/x-www-form-urlencoded"


@cache
def mark_of(status: int, location: str) -> str | None:
    """The mark of an answer; None for a method that is not taken."""
    if status == 405:
        return None
    if status == 401 or location.startswith("/accounts/login/") or location == "/firm/":
        return "登录"
    if location.startswith("/accounts/reauthenticate/"):
        return "再验"
    if status in (400, 413, 415, 422):
        return "填"
    return {403: "—", 404: "404", 410: "404"}.get(status, "✓" if status < 500 and status != 429 else f"!{status}")
