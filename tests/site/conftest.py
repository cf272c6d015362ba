"""What these tests share. Compiled rules belong to rows; where a test's rows are rolled back, what was compiled from them is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled


@pytest.fixture(autouse=True)
def passwords_are_quickly_hashed(settings: Any) -> None:
    """Nine tenths of founding a street is hashing thirteen passwords slowly, as it must be for real people."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_compiled_is_left() -> Iterator[None]:
    forget_everything()
    forget_compiled()
    yield
    forget_everything()
    forget_compiled()
