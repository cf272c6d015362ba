"""Who may not: everything that a walk did is asked again by somebody of another street, by somebody in the wrong post, and without an account.

A door that names a thing by its ref must not be told from one that names nothing: another street's desk gets 404 at every such door.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.test import Client
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import issue_token
from gridloop.offices.organisation.tokens.scopes import SCOPES
from gridloop.site.founding import PersonPlan, found
from tests.api.walk import Walk
from tests.sample import FOUNDED, PASSWORD, PLAN

BESIDE = "410102991"


def desk_beside() -> dict[str, str]:
    """The headers of the duty desk of another street of the same district."""
    desk = PersonPlan(
        "P01", "外街受理", "office", (("DESK", "值班受理岗", "duty_desk", "office", ""),), username="beside"
    )
    plan = replace(
        PLAN, code=BESIDE, slug="beside", name="榆荫街道", people=(desk,), passwords={"beside": PASSWORD}, duties=(), addresses=(), routes=tuple(row for row in PLAN.routes if not row.get("place")),
        grids=(replace(PLAN.grids[0], code=BESIDE, name="榆荫街道"),),
    )  # fmt: skip
    found(plan, at=FOUNDED)
    person = organisation.person(BESIDE, "P01")
    _, secret = issue_token(by=SYSTEM, at=timezone.now(), person=person, name="测试", scopes=list(SCOPES))
    return {"Authorization": f"Bearer {secret}"}


def asked_again(walk: Walk, headers: dict[str, str], *, only_named: bool = False, only_writes: bool = False) -> Iterator[tuple[str, int, Any]]:  # fmt: skip
    """Every operation that the walk did, done again with these headers: its name, the status, the answer. Files are not sent again."""
    client = Client(raise_request_exception=True)
    for name, done in walk.done.items():
        path, method, _ = walk.where[name]
        is_file = isinstance(done.request, dict) and "file" in done.request
        if is_file or (only_named and "{ref}" not in path) or (only_writes and method == "get"):
            continue
        for key, value in done.parameters.items():
            path = path.replace(f"{{{key}}}", str(value))
        body = json.dumps(done.request or {}) if method != "get" else ""
        answer = client.generic(method.upper(), path, body, content_type="application/json", headers=headers)
        yield name, answer.status_code, answer.json() if "json" in answer.get("Content-Type", "") else None
