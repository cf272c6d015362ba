"""Where the tests find the real data that nobody here wrote: the folder `shared/data` beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("GRIDLOOP_SHARED", Path(__file__).parents[2] / "shared" / "data"))


def shared(path: str) -> Path:
    """The real file at ``path``; its absence skips loudly at home and fails where CI is set."""
    found = SHARED / path
    if found.exists():
        return found
    sentence = f"the real data is absent: put {path} under {SHARED} or set GRIDLOOP_SHARED"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
