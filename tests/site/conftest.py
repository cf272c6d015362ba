"""Compiled rules belong to rows; where a test's rows are rolled back, what was compiled from them is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled


@pytest.fixture(autouse=True)
def nothing_compiled_is_left() -> Iterator[None]:
    forget_everything()
    forget_compiled()
    yield
    forget_everything()
    forget_compiled()
