"""The sample street with signed-in people, at a fixed moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gridloop.offices.cases import actions
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Account
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled
from tests.sample import CODE, IN_SW, MONDAY, PASSWORD, sample_street, who


@pytest.fixture
def street(db: None, settings: Any) -> Iterator[object]:
    """The sample street; nothing compiled is carried from one test to the next."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    forget_everything()
    forget_compiled()
    cache.clear()
    yield sample_street()
    forget_everything()
    forget_compiled()


class Wall:
    """The clock on the wall, which a test sets."""

    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The moment at which requests are answered: Monday 23 May 2022, 10:00, until the test says otherwise."""
    clock = Wall()
    monkeypatch.setattr("gridloop.web.reader.timezone", clock)
    return clock


@pytest.fixture
def signed_in(street: object, wall: Wall) -> Callable[[str], Client]:
    """A browser in which the sample person is signed in: ``signed_in("desk")``."""

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(
            Account.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return sign_in


@pytest.fixture
def light(street: object) -> str:
    """The ref of a case about a street light in the south-west, led by the urban team; filed by the service manager."""
    filing = actions.Filing(
        text="柳荫路路灯不亮三天了",
        category="城乡建设/市政设施/路灯",
        source="manager",
        reporter_name="王小明",
        reporter_phone="13800000005",
        **IN_SW,
    )
    return actions.file_case(by=who("manager"), at=MONDAY, street=CODE, filing=filing).case.ref


__all__ = ["CODE", "PASSWORD", "Wall", "organisation", "timezone"]
