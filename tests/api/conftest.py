"""The sample street behind the API, and callers with tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import issue_token
from gridloop.offices.organisation.models import Street
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.organisation.tokens.scopes import SCOPES
from gridloop.offices.supervision.queries import forget_compiled
from tests.sample import CODE, FOUNDED, PEOPLE, sample_street

EVERYTHING = list(SCOPES)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that sends a token with every request."""

    client: Client
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1{path}", body if body is not None else {}, "application/json", headers=self.headers | named
        )

    def verb(self, ref: str, verb: str, **body: Any) -> Any:
        return self.post(f"/cases/{ref}/verbs/{verb}", body)


@pytest.fixture
def street(db: None, settings: Any, tmp_path: Path) -> Iterator[Street]:
    """The sample street, founded for this test alone."""
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # 13 accounts, founded for each test
    forget_everything()
    forget_compiled()
    yield sample_street()
    forget_everything()
    forget_compiled()


@pytest.fixture
def caller(street: Street) -> Callable[..., Caller]:
    """``caller("desk")``: someone with a token of all scopes, or of those named."""

    def make(username: str, scopes: list[str] | None = None, at: datetime = FOUNDED) -> Caller:
        code = next(person.code for person in PEOPLE if person.username == username)
        person = organisation.person(CODE, code)
        chosen = EVERYTHING if scopes is None else scopes
        _, secret = issue_token(by=SYSTEM, at=at, person=person, name="测试", scopes=chosen)
        return Caller(Client(raise_request_exception=False), secret)

    return make


@pytest.fixture
def now() -> datetime:
    return timezone.now()
